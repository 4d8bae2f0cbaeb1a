package node_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// kept is a laptop whose history an archive holds, with clocks that can be moved.
type kept struct {
	t             *testing.T
	homes         [2]string
	ahead         [2]atomic.Int64 // of the laptop and the archive
	laptop, vault *node.Room
	nodes         [2]*node.Node
	inc           model.Done
}

func (k *kept) now(who int) func() time.Time {
	return func() time.Time { return time.Now().Add(time.Duration(k.ahead[who].Load())) }
}

// keptRoom has an incident of some lines that is closed, an archive and an age of 60 days.
func keptRoom(t *testing.T) *kept {
	k := &kept{t: t, homes: [2]string{t.TempDir(), t.TempDir()}}
	for who := range k.nodes {
		k.start(who)
	}
	t.Cleanup(func() {
		for _, n := range k.nodes {
			if n != nil {
				_ = n.Close()
			}
		}
	})
	k.laptop = founded(t, k.nodes[0])
	k.vault = invited(t, k.laptop, k.nodes[1], "Vault Keeper")
	k.inc = do(t, k.laptop, model.Declare{Title: "checkout fails"})
	for n := range 40 {
		do(t, k.laptop, model.Log{Incident: k.inc.Code, Text: fmt.Sprintf("line %d: db-1 does not answer", n)})
	}
	do(t, k.laptop, model.Resolve{Incident: k.inc.Code, Verification: "orders pass"})
	do(t, k.laptop, model.Close{Incident: k.inc.Code, Customers: "staff alone saw it"})
	do(t, k.laptop, model.SetHistoryAge{Days: 60})
	do(t, k.laptop, model.MarkArchive{Device: k.vault.Device().String()})
	do(t, k.laptop, model.Declare{Title: "mail delayed"})
	same(t, k.laptop, k.vault)
	return k
}

// pass moves both clocks.
func (k *kept) pass(d time.Duration) {
	for who := range k.ahead {
		k.ahead[who].Add(int64(d))
	}
}

// letGo tries until the archive has said that it holds all.
func (k *kept) letGo() (done replica.LetGo, err error) {
	k.t.Helper()
	awaited(k.t, "the archive is linked and level", k.laptop, func() bool {
		upto, ok := k.laptop.Mesh().HoldsAll(k.vault.Device())
		return ok && upto[k.laptop.OwnFeed()] == k.laptop.Heads()[k.laptop.OwnFeed()].Seq
	})
	return k.laptop.LetGo(k.t.Context(), 90*day, 1)
}

const day = 24 * time.Hour

func warned(t *testing.T, r *node.Room, words ...string) {
	t.Helper()
	awaited(t, strings.Join(words, " ... "), r, func() bool {
		for _, a := range r.Ailments() {
			all := true
			for _, word := range words {
				all = all && strings.Contains(a.Text, word)
			}
			if all {
				if a.Fix == node.NoFix {
					t.Errorf("nothing can be done about it: %s", a.Text)
				}
				return true
			}
		}
		return false
	})
}

// TestAClockThatIsWrongLetsGoOfNothingNew: what is new to others stays, whichever of
// the clocks is wrong, and it is told.
func TestAClockThatIsWrongLetsGoOfNothingNew(t *testing.T) {
	k := keptRoom(t)
	for _, c := range []struct {
		what          string
		laptop, vault time.Duration
		told          bool
	}{
		{"both right", 0, 0, false},
		{"three hours ahead", 3 * time.Hour, 0, false},
		{"a year ahead", 365 * day, 0, true},
		{"20 years behind", -20 * 365 * day, 0, false},
		{"the archive's a year ahead", 0, 365 * day, false},
	} {
		k.ahead[0].Store(int64(c.laptop))
		k.ahead[1].Store(int64(c.vault))
		done, err := k.letGo()
		if done.Commits > 0 || (err != nil) != c.told || c.told && !strings.Contains(err.Error(), "clock") {
			t.Errorf("%s: %+v %v", c.what, done, err)
		}
	}
	k.ahead[0].Store(int64(100*day + 3*time.Hour))
	k.ahead[1].Store(int64(100 * day))
	if done, err := k.letGo(); err != nil || done.Commits < 40 {
		t.Errorf("100 days later: %+v %v", done, err)
	}
}

func (k *kept) start(who int) {
	k.t.Helper()
	var err error
	k.nodes[who], err = node.Open(node.Options{
		Home: k.homes[who], Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Now: k.now(who),
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// stopVault closes the archive's node, and startVault opens it again.
func (k *kept) stopVault() {
	k.t.Helper()
	closed(k.t, k.nodes[1])
	k.nodes[1] = nil
	k.unlinked()
}

// unlinked waits until the laptop has seen that the archive is gone: until then it
// would be asked, and waited for.
func (k *kept) unlinked() {
	k.t.Helper()
	awaited(k.t, "the archive is gone", k.laptop, func() bool {
		_, linked := k.laptop.Mesh().HoldsAll(k.vault.Device())
		return !linked
	})
}

func (k *kept) startVault() {
	k.t.Helper()
	k.start(1)
	k.vault = room(k.t, k.nodes[1])
	connect(k.t, k.laptop, k.vault)
}

// TestAnArchiveThatDoesNotHoldItIsNotBelieved: a bit of its record flipped. It says
// that it holds all, and nothing is let go on its word; it is told on the laptop.
func TestAnArchiveThatDoesNotHoldItIsNotBelieved(t *testing.T) {
	k := keptRoom(t)
	k.pass(100 * day)
	flip(t, glob(t, filepath.Join(k.homes[1], "rooms", "*", "room.db"))[0], 20)
	before := checked(t, k.laptop).Commits
	done, err := k.letGo()
	if err != nil || done.Commits != 0 || len(k.laptop.Begins()) != 0 || checked(t, k.laptop).Commits != before {
		t.Errorf("%+v %v: %v", done, err, k.laptop.Begins())
	}
	warned(t, k.laptop, "did not show", "verify")
	if len(k.vault.Warnings()) > 0 {
		t.Error("the archive warns before it has read its record:", k.vault.Warnings())
	}
	k.vault.ReadOver(t.Context()) // as it does once a day
	warned(t, k.vault, "damaged", "commit 20", "sound copy")
}

// flip changes a bit of the record of a commit of every feed that has it, under the
// process that has the file open.
func flip(t *testing.T, path string, seq uint64) {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	copyFile(t, path, copied)
	db, err := bolt.Open(copied, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = db.View(func(tx *bolt.Tx) error {
		for no := range uint32(8) {
			v := tx.Bucket([]byte("ops")).Get(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, no), seq))
			for at := 0; len(v) > 0; n++ { // older pages may have it too
				i := bytes.Index(file[at:], v)
				if i < 0 {
					break
				}
				at += i + len(v)
				if _, err := f.WriteAt([]byte{v[len(v)-1] ^ 1}, int64(at-1)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close(), f.Close()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
}

// TestADeviceThatIsNoArchiveShowsNothing: who may let go itself is not to be relied on.
func TestADeviceThatIsNoArchiveShowsNothing(t *testing.T) {
	k := keptRoom(t)
	feed := k.laptop.OwnFeed()
	if _, err := k.vault.Mesh().Prove(t.Context(), k.laptop.Device(), feed, 0, 10); err == nil {
		t.Error("a device that is no archive showed what it holds")
	}
	if _, err := k.laptop.Mesh().Prove(t.Context(), k.vault.Device(), feed, 0, 10); err != nil {
		t.Error(err)
	}
	do(t, k.laptop, model.MarkArchive{Device: k.vault.Device().String(), Not: true})
	same(t, k.laptop, k.vault)
	if _, err := k.laptop.Mesh().Prove(t.Context(), k.vault.Device(), feed, 0, 10); err == nil {
		t.Error("a device that is no archive any more showed what it holds")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.laptop.Mesh().Prove(gone, k.vault.Device(), feed, 0, 10); err == nil {
		t.Error("no answer was waited for")
	}
}

// TestAnArchiveThatWasPutBackIsTold: the archive's folder is an older copy. Both
// sides say what is missing and what helps; the laptop shows all as before; and a newer
// copy of the archive brings the record back.
func TestAnArchiveThatWasPutBackIsTold(t *testing.T) {
	k := keptRoom(t)
	k.stopVault()
	old, newer := t.TempDir(), t.TempDir()
	copyTree(t, k.homes[1], old)
	k.startVault()
	second := do(t, k.laptop, model.Declare{Title: "search slow"})
	for n := range 30 {
		do(t, k.laptop, model.Log{Incident: second.Code, Text: fmt.Sprintf("line %d: the index is rebuilt", n)})
	}
	for _, c := range []string{second.Code, "mail delayed"} {
		do(t, k.laptop, model.Resolve{Incident: c, Verification: "orders pass"})
		do(t, k.laptop, model.Close{Incident: c, Customers: "staff alone saw it"})
	}
	do(t, k.laptop, model.Declare{Title: "disk full"})
	same(t, k.laptop, k.vault)
	k.pass(100 * day)
	done, err := k.letGo()
	if err != nil || done.Commits < 70 {
		t.Fatalf("%+v %v", done, err)
	}
	hash, err := k.laptop.Hash()
	if err != nil {
		t.Fatal(err)
	}
	k.stopVault()
	copyTree(t, k.homes[1], newer)
	put := func(copied string) {
		t.Helper()
		if err := os.RemoveAll(k.homes[1]); err != nil {
			t.Fatal(err)
		}
		copyTree(t, copied, k.homes[1])
		k.startVault()
	}
	put(old)
	warned(t, k.laptop, "does not hold any more", "another archive")
	warned(t, k.vault, "this archive held it", "put back")
	if now, err := k.laptop.Hash(); err != nil || now != hash || !knows(k.laptop, second.Code) {
		t.Error("the laptop shows something else", err)
	}
	checked(t, k.laptop)
	k.stopVault()
	put(newer)
	same(t, k.laptop, k.vault)
	awaited(t, "nothing is said of lost history any more", k.laptop, func() bool {
		return !strings.Contains(strings.Join(k.laptop.Warnings(), " "), "does not hold any more")
	})
}

// TestAnArchiveThatWasRemovedIsTold: while it is still there, somebody can act.
func TestAnArchiveThatWasRemovedIsTold(t *testing.T) {
	k := keptRoom(t)
	k.pass(100 * day)
	if done, err := k.letGo(); err != nil || done.Commits < 40 {
		t.Fatalf("%+v %v", done, err)
	}
	do(t, k.laptop, model.RemoveMember{Device: k.vault.Device().String(), Reason: "it was sold"})
	warned(t, k.laptop, "no archive any more", "bundle")
}
