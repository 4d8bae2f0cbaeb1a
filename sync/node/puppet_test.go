package node_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// showing is what an archive answers when it is asked for a digest.
type showing func(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error)

// puppet is an archive that says what it holds, and shows what the test has it show.
type puppet struct {
	replica.Store
	device *identity.Device
	show   atomic.Pointer[showing]
	asked  atomic.Int64
}

func (p *puppet) Show(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
	p.asked.Add(1)
	return (*p.show.Load())(feed, after, upto, salt)
}

func (p *puppet) shows(s showing) { p.show.Store(&s) }

// puppetIdentity proves the device of a puppet.
type puppetIdentity struct{ *identity.Device }

func (puppetIdentity) PeerKey(cs tls.ConnectionState) (model.DeviceKey, error) {
	return identity.PeerKey(cs)
}

// taken has a puppet go on as the device of a home whose node was closed, linked to a room.
func taken(t *testing.T, home string, now func() time.Time, to *node.Room) *puppet {
	t.Helper()
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	r := h.Rooms()[0]
	certificate, err := h.Certificate(r.Room())
	if err != nil {
		t.Fatal(err)
	}
	p := &puppet{Store: replica.Store{Replica: r}, device: h.Device()}
	p.shows(p.Sum)
	m, err := mesh.New(mesh.Config{
		Room: r.Room(), Identity: puppetIdentity{h.Device()}, Authorize: func(model.DeviceKey, []byte) bool { return true },
		MyCertificate: certificate, Store: p, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, h.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := m.AddAddress(to.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
	return p
}

// beside gives the room a second archive, which is a puppet and is asked last.
func (k *kept) beside() *puppet {
	k.t.Helper()
	home := k.t.TempDir()
	cellar, err := node.Open(node.Options{
		Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Now: k.now(1),
	})
	if err != nil {
		k.t.Fatal(err)
	}
	invite, err := k.laptop.Invite(k.t.Context(), node.Invitation{})
	if err != nil {
		k.t.Fatal(err)
	}
	second, err := cellar.Join(within(k.t), invite.String(), node.Guest{Person: "Cellar Keeper", Device: "cellar"})
	if err != nil {
		k.t.Fatal(err)
	}
	do(k.t, k.laptop, model.MarkArchive{Device: second.Device().String()})
	do(k.t, k.laptop, model.Declare{Title: "disk full"})
	same(k.t, k.laptop, k.vault, second)
	if k.vault.Device().Compare(second.Device()) > 0 {
		home, k.homes[1] = k.homes[1], home
		cellar, k.nodes[1] = k.nodes[1], cellar
		k.vault = second
		connect(k.t, k.laptop, k.vault)
	}
	closed(k.t, cellar)
	p := taken(k.t, home, k.now(1), k.laptop)
	k.level(p.device.Key())
	return p
}

// named is what people call a device.
func (k *kept) named(device model.DeviceKey) (name string) {
	k.laptop.View(func(s *model.State) { name = s.Members[device].Name })
	return "device " + name
}

// level waits until an archive has said that it holds all.
func (k *kept) level(archive model.DeviceKey) {
	k.t.Helper()
	awaited(k.t, "the archive is linked and level", k.laptop, func() bool {
		upto, ok := k.laptop.Mesh().HoldsAll(archive)
		return ok && upto[k.laptop.OwnFeed()] == k.laptop.Heads()[k.laptop.OwnFeed()].Seq
	})
}

// closedIncident writes an incident of some lines, and closes it.
func closedIncident(t *testing.T, r *node.Room, title string, lines int) {
	t.Helper()
	inc := do(t, r, model.Declare{Title: title})
	for n := range lines {
		do(t, r, model.Log{Incident: inc.Code, Text: fmt.Sprintf("line %d: the index is rebuilt", n)})
	}
	do(t, r, model.Resolve{Incident: inc.Code, Verification: "orders pass"})
	do(t, r, model.Close{Incident: inc.Code, Customers: "staff alone saw it"})
}

// forked has the laptop's feed go on in two ways from here: the one that counts, and
// another that is in the log it gives, as it was at the fork and at its end.
func (k *kept) forked() (short, other *oplog.Log) {
	k.t.Helper()
	early, truth := k.t.TempDir(), k.t.TempDir()
	again := func() {
		k.start(0)
		k.laptop = room(k.t, k.nodes[0])
		connect(k.t, k.laptop, k.vault)
	}
	do(k.t, k.laptop, model.Resolve{Incident: "mail delayed", Verification: "mail arrives"})
	do(k.t, k.laptop, model.Close{Incident: "mail delayed", Customers: "staff alone saw it"})
	closed(k.t, k.nodes[0])
	copyTree(k.t, k.homes[0], early)
	again()
	closedIncident(k.t, k.laptop, "search slow", 30)
	do(k.t, k.laptop, model.Declare{Title: "queue grows"})
	same(k.t, k.laptop, k.vault)
	feed, head := k.laptop.OwnFeed(), k.laptop.Heads()[k.laptop.OwnFeed()]
	closed(k.t, k.nodes[0])
	copyTree(k.t, k.homes[0], truth)
	copyTree(k.t, early, k.homes[0]) // in place: the device does not see that it was put back
	alone := openAlone(k.t, k.homes[0])
	closedIncident(k.t, room(k.t, alone), "search is down", 60)
	closed(k.t, alone)
	logs := map[string]*oplog.Log{}
	for name, home := range map[string]string{"short": early, "other": k.homes[0]} {
		path := filepath.Join(k.t.TempDir(), name+".db")
		copyFile(k.t, glob(k.t, filepath.Join(home, "rooms", "*", "room.db"))[0], path)
		l, err := oplog.Open(path, oplog.Options{Reserve: -1})
		if err != nil {
			k.t.Fatal(err)
		}
		k.t.Cleanup(func() { _ = l.Close() })
		logs[name] = l
	}
	copyTree(k.t, truth, k.homes[0])
	again()
	if k.laptop.OwnFeed() != feed || len(k.laptop.Forks()) > 0 {
		k.t.Fatal("the laptop sees what was done to it")
	}
	if hash, err := logs["other"].HashAt(feed, head.Seq); err != nil || hash == head.Hash {
		k.t.Fatal("nothing is forked", err)
	}
	return logs["short"], logs["other"]
}

// TestAForkedArchiveIsNotBelieved: an archive that says it holds what the laptop holds,
// and has another branch of it, less of it, or nothing but an old answer, lets nobody
// let go. Beside a sound one it is named, and the sound one's word counts.
func TestAForkedArchiveIsNotBelieved(t *testing.T) {
	k := keptRoom(t)
	short, other := k.forked()
	p := k.beside()
	k.pass(100 * day)
	k.vault.Mesh().SetOnline(false)
	k.unlinked() // the puppet alone is asked
	old, err := p.Sum(k.laptop.OwnFeed(), 0, 60, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	lies := map[string]showing{
		"another branch":  other.Sum,
		"less of it":      short.Sum,
		"an older answer": func(model.FeedID, uint64, uint64, [32]byte) ([32]byte, error) { return old, nil },
		"one commit less": func(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
			return p.Sum(feed, after, upto-1, salt)
		},
		"nothing": func(model.FeedID, uint64, uint64, [32]byte) ([32]byte, error) { return [32]byte{}, nil },
	}
	before := checked(t, k.laptop).Commits
	for what, lie := range lies {
		p.shows(lie)
		k.level(p.device.Key())
		asked := p.asked.Load()
		done, err := k.laptop.LetGo(t.Context(), 90*day, 1)
		if err != nil || done.Commits != 0 || len(k.laptop.Begins()) != 0 || p.asked.Load() == asked {
			t.Errorf("%s: %+v %v", what, done, err)
		}
		warned(t, k.laptop, "did not show", k.named(p.device.Key()), "verify")
	}
	if left := checked(t, k.laptop).Commits; left != before {
		t.Errorf("%d of %d commits are left", left, before)
	}

	p.shows(other.Sum)
	k.vault.Mesh().SetOnline(true)
	k.level(p.device.Key())
	done, err := k.letGo()
	if err != nil || done.Commits < 70 || !slices.Equal(k.laptop.KeptBy(), []model.DeviceKey{k.vault.Device()}) {
		t.Errorf("beside a sound one: %+v %v, kept by %v", done, err, k.laptop.KeptBy())
	}
	warned(t, k.laptop, "did not show", k.named(p.device.Key()))
	for _, w := range k.laptop.Warnings() {
		if strings.Contains(w, "did not show") && strings.Contains(w, k.named(k.vault.Device())) {
			t.Error("the sound one is named:", w)
		}
	}
}

// TestAClockThatJumpsWhileAnArchiveIsAsked: neither the laptop's nor the archive's has
// anything new let go of, and nothing waits for ever. Links end where a clock jumps
// ahead: that blames no archive, and once the clocks are right all goes on.
func TestAClockThatJumpsWhileAnArchiveIsAsked(t *testing.T) {
	k := keptRoom(t)
	p := k.beside()
	k.stopVault() // the puppet has it all, and is the one that is asked
	for _, c := range []struct {
		what  string
		who   int
		start [2]time.Duration // how far both are ahead when it begins
		jump  time.Duration
	}{
		{"the laptop's goes ahead", 0, [2]time.Duration{}, 365 * day},
		{"the laptop's was ahead and is set right", 0, [2]time.Duration{365 * day, 0}, -365 * day},
		{"the laptop's was two days ahead and is set right", 0, [2]time.Duration{92 * day, 90 * day}, -92 * day},
		{"the archive's goes ahead", 1, [2]time.Duration{365 * day, 0}, 365 * day},
		{"the archive's goes back", 1, [2]time.Duration{100 * day, 100 * day}, -365 * day},
		{"the laptop's goes back", 0, [2]time.Duration{100 * day, 100 * day}, -365 * day},
	} {
		k.ahead[0].Store(int64(c.start[0]))
		k.ahead[1].Store(int64(c.start[1]))
		jumped := false
		p.shows(func(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
			if !jumped {
				jumped = true
				k.ahead[c.who].Add(int64(c.jump))
			}
			return p.Sum(feed, after, upto, salt)
		})
		k.level(p.device.Key())
		began := time.Now()
		done, err := k.laptop.LetGo(t.Context(), 90*day, 1)
		old := k.ahead[0].Load() >= int64(90*day) && k.ahead[1].Load() >= int64(90*day)
		if done.Commits > 0 && !old || len(k.laptop.Begins()) > 0 && !old || time.Since(began) > 20*time.Second {
			t.Errorf("%s: %+v %v after %s", c.what, done, err, time.Since(began))
		}
		if w := strings.Join(k.laptop.Warnings(), " "); strings.Contains(w, "did not show") {
			t.Errorf("%s: %s", c.what, w)
		}
	}
	p.shows(p.Sum)
	k.ahead[0].Store(int64(100 * day))
	k.ahead[1].Store(int64(100 * day))
	awaited(t, "it is let go of once the clocks are right", k.laptop, func() bool {
		k.level(p.device.Key())
		_, err := k.laptop.LetGo(t.Context(), 90*day, 1)
		return err == nil && len(k.laptop.Begins()) > 0
	})
}
