package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
)

// dump writes a file of so many bytes that no compression helps.
func dump(t *testing.T, name string, size int) (path string, content []byte) {
	t.Helper()
	content = make([]byte, size)
	_, _ = mathrand.NewChaCha8([32]byte{1}).Read(content) // never fails
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, content
}

func attach(t *testing.T, r *node.Room, incident, path string) model.Done {
	t.Helper()
	done, err := r.Attach(t.Context(), node.AttachRequest{Incident: incident, Path: path, Note: "heap at 14:05"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// shows waits until a device says of an attachment what is wanted.
func shows(t *testing.T, r *node.Room, id model.ID, what string, ok func(node.AttachmentStatus) bool) (s node.AttachmentStatus) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer r.WatchAttachments(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	ctx := within(t)
	for {
		var err error
		if s, err = r.Attachment(id.String()); err == nil && ok(s) {
			return s
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("after 20 s: not %s, but %+v, %v", what, s, err)
		}
	}
}

func state(want string) func(node.AttachmentStatus) bool {
	return func(s node.AttachmentStatus) bool { return s.State == want }
}

func saved(t *testing.T, r *node.Room, id model.ID, want []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out")
	if _, err := r.SaveAttachment(within(t), id.String(), path, nil); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d other bytes were saved, %v", len(got), err)
	}
}

// TestAFileIsHereAsSoonAsItIsRecorded: who looks while it is added, as screens do at every change, never reads
// that nobody has it.
func TestAFileIsHereAsSoonAsItIsRecorded(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	path, _ := dump(t, "heap.hprof", 1<<20)
	looked := make(chan error, 1)
	added := make(chan struct{})
	go func() {
		for {
			all, err := a.Attachments(inc.Code)
			for _, s := range all {
				if s.State != node.AttachmentHere && err == nil {
					err = fmt.Errorf("%s is %s, %d of %d parts here: %s", s.Name, s.State, s.Held, s.Parts, s.Where)
				}
			}
			select {
			case <-added:
				looked <- err
				return
			default:
			}
			if err != nil {
				looked <- err
				return
			}
		}
	}()
	for range 20 {
		attach(t, a, inc.Code, path)
	}
	close(added)
	if err := <-looked; err != nil {
		t.Error(err)
	}
}

func TestAttachmentIsFetchedOnDemand(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	path, content := dump(t, "heap.hprof", 3<<20+17)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	s := shows(t, b, done.ID, "known to be at Ana's", func(s node.AttachmentStatus) bool {
		return len(s.Holders) == 1 && s.Holders[0].Linked && !s.Holders[0].AskedAt.IsZero()
	})
	if s.State != node.AttachmentElsewhere || !strings.HasPrefix(s.Where, "on Ana Ruiz's ") || s.Parts != 13 || s.Type != "application/octet-stream" {
		t.Errorf("before it is fetched: %+v", s)
	}
	var mu sync.Mutex // parts arrive on several goroutines
	last := 0
	if err := b.FetchAttachment(within(t), inc.Code+"/heap.hprof", func(here, _ int) {
		mu.Lock()
		defer mu.Unlock()
		last = max(last, here)
	}); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Attachment(done.ID.String()); err != nil || s.State != node.AttachmentHere || s.Where != "here" || last != 13 {
		t.Errorf("after it was fetched: %+v, %v; told of %d parts", s, err, last)
	}
	saved(t, b, done.ID, content)
	a.Mesh().SetOnline(false)
	saved(t, b, done.ID, content)
}

func TestSmallAttachmentComesByItself(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	same(t, a, b)
	path, content := dump(t, "screenshot.png", 400_000)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	shows(t, b, done.ID, "here", state(node.AttachmentHere))
	a.Mesh().SetOnline(false)
	if got, err := b.ReadAttachment(t.Context(), done.ID.String(), 1<<20); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d other bytes, %v", len(got), err)
	}
	if _, err := b.ReadAttachment(t.Context(), done.ID.String(), 1000); err == nil {
		t.Error("more was read than the limit allows")
	}
}

func TestMissingAttachmentSaysWhoHasIt(t *testing.T) {
	home := t.TempDir()
	nb := start(t, home)
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, nb, "Ben Okafor")
	path, _ := dump(t, "heap.hprof", 3<<20)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	a.Mesh().SetOnline(false)
	shows(t, b, done.ID, "away", func(s node.AttachmentStatus) bool { return strings.Contains(s.Where, "not linked now") })
	err := b.FetchAttachment(within(t), done.ID.String(), nil)
	if err == nil || !strings.Contains(err.Error(), "on Ana Ruiz's ") || !strings.Contains(err.Error(), "not linked now") {
		t.Errorf("without a link: %v, want who has it", err)
	}
}

func TestFetchGoesOnAfterTheLinkBroke(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	path, content := dump(t, "heap.hprof", 8<<20)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	var cut atomic.Bool
	first := make(chan error, 1)
	err := b.FetchAttachment(within(t), done.ID.String(), func(here, _ int) {
		if here >= 5 && cut.CompareAndSwap(false, true) {
			a.Mesh().SetOnline(false)
			a.Mesh().SetOnline(true)
			first <- nil
		}
	})
	if err != nil {
		t.Fatalf("the link broke and came back: %v", err)
	}
	<-first
	saved(t, b, done.ID, content)
}

func TestCancelledFetchKeepsWhatArrived(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	path, content := dump(t, "heap.hprof", 8<<20)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	ctx, cancel := context.WithCancel(within(t))
	err := b.FetchAttachment(ctx, done.ID.String(), func(here, _ int) {
		if here >= 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	s, err := b.Attachment(done.ID.String())
	if err != nil || s.State != node.AttachmentPartial || s.Held < 5 || s.Held == s.Parts || !strings.Contains(s.Where, " of 32 parts here, all of it on Ana Ruiz's ") {
		t.Errorf("after it was cancelled: %+v, %v", s, err)
	}
	saved(t, b, done.ID, content)
}

func TestDamagedAttachmentIsFetchedAgain(t *testing.T) {
	home := t.TempDir()
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, home), "Ben Okafor")
	path, content := dump(t, "heap.hprof", 2<<20)
	done := attach(t, a, inc.Code, path)
	same(t, a, b)
	saved(t, b, done.ID, content)
	files, err := filepath.Glob(filepath.Join(home, "rooms", "*", "attachments", "??", "*"))
	if err != nil || len(files) != 9 {
		t.Fatalf("%d chunks are kept, %v", len(files), err)
	}
	for _, f := range files[:4] {
		if err := os.Truncate(f, 1000); err != nil {
			t.Fatal(err)
		}
	}
	saved(t, b, done.ID, content)
}

func TestRelayKeepsAttachmentsForThoseWhoNeverMeet(t *testing.T) {
	a, relay := relayed(t)
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b := invited(t, a, start(t, t.TempDir()), "Ben Okafor")
	same(t, a, b)
	meets(t, relay, "told of b", func(members, _ map[model.DeviceKey]bool) bool { return members[b.Device()] })
	b.Mesh().SetOnline(false)
	path, content := dump(t, "heap.hprof", 2<<20)
	done := attach(t, a, inc.Code, path)
	shows(t, a, done.ID, "kept by the relay", func(s node.AttachmentStatus) bool {
		return len(s.Holders) == 1 && strings.HasPrefix(s.Holders[0].Name, "the relay ") && s.Holders[0].Held == 8
	})
	settles(t, relay, "in possession of what a wrote", func(*model.State) bool {
		return relay.Heads()[a.OwnFeed()].Seq == a.Heads()[a.OwnFeed()].Seq
	})
	a.Mesh().SetOnline(false)
	if err := b.Mesh().AddAddress(relay.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
	b.Mesh().SetOnline(true)
	same(t, a, b)
	saved(t, b, done.ID, content)
}

func TestObserverReadsAttachmentsAndAddsNone(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	path, content := dump(t, "heap.hprof", 2<<20)
	done := attach(t, a, inc.Code, path)
	invite, err := a.Invite(t.Context(), node.Invitation{Role: model.RoleObserver})
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	o, err := start(t, home).Join(within(t), invite.String(), node.Guest{Person: "Olive Marsh"})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	same(t, a, o)
	_, err = o.Attach(t.Context(), node.AttachRequest{Incident: inc.Code, Path: path}, nil)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "observer") {
		t.Errorf("an observer attaches: %v, want a refusal", err)
	}
	if files, _ := filepath.Glob(filepath.Join(home, "rooms", "*", "attachments", "*")); len(files) != 0 {
		t.Errorf("left after the refusal: %v", files)
	}
	saved(t, o, done.ID, content)
}

func TestAttachRefusesWhatIsNoFile(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	huge := filepath.Join(t.TempDir(), "disk.img")
	if err := errors.Join(os.WriteFile(huge, nil, 0o600), os.Truncate(huge, model.MaxAttachment+1)); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.log")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		huge: "the limit is 2 GiB", empty: "empty", t.TempDir(): "is a folder", "/dev/null": "no regular file", "/nowhere/x.log": "no such file",
	} {
		_, err := a.Attach(t.Context(), node.AttachRequest{Incident: inc.Code, Path: path}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
