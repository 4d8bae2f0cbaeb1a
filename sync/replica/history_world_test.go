package replica

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/oplog"
	"holdfast/sync/secret"
)

// A room on two to four devices, of which the first is an archive, with a relay
// between: everybody writes what people write in real incidents, lets go of history,
// needs it again, is started with and without its snapshot, and is put back to an older
// copy of its record. Once all have exchanged all, each of them shows what a device
// shows that never let go of anything and folds the whole record from its first commit.

// site is one device of such a room.
type site struct {
	w    *world
	name string
	dir  string
	home *Home
	*Replica
	saved map[string][]byte // a copy of its record
}

type world struct {
	t     *testing.T
	rt    *rapid.T
	dir   string
	now   time.Time
	texts []string
	sites []*site // the first is the founder's, an admin's and the archive
	relay *site
	said  int
	acked []string // lines that reached the archive, of devices that are members
}

// tried counts, over all cases, that what the property is about happened.
var tried = map[string]int{}

// lines of real incidents.
func linesOfSamples(t *testing.T) (list []string) {
	t.Helper()
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := assets.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		var sample struct {
			Entries []struct{ Text string }
		}
		if err := json.Unmarshal(b, &sample); err != nil {
			t.Fatal(err)
		}
		for _, e := range sample.Entries {
			list = append(list, e.Text)
		}
	}
	return list
}

func (w *world) check(err error, what ...any) {
	if err != nil {
		w.rt.Helper()
		w.rt.Fatal(append(what, err)...)
	}
}

func (w *world) anyone(of []*site, what string) *site {
	return of[rapid.IntRange(0, len(of)-1).Draw(w.rt, what)]
}

func (w *world) openHome(dir string) *Home {
	h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{Now: func() time.Time { return w.now }})
	w.check(err)
	return h
}

func (s *site) reopen() {
	s.w.check(s.home.Close(), s.name)
	s.open()
}

// newSite enters the room on another device.
func (w *world) newSite(name, role string) *site {
	s := &site{w: w, name: name, dir: filepath.Join(w.dir, name)}
	s.home = w.openHome(s.dir)
	a := w.sites[0]
	var invite model.ID
	_, _ = rand.Read(invite[:])
	for _, c := range []model.Command{
		model.IssueInvite{Invite: invite, Role: role, Expires: w.now.Add(time.Hour), Uses: 1},
		model.AdmitMember{Device: s.home.Device().Key(), Invite: invite, Person: name, Name: name},
	} {
		_, err := a.Do(w.t.Context(), c)
		w.check(err)
	}
	var err error
	s.Replica, err = s.home.Enter(w.welcome(s.home.Device().Key(), role))
	w.check(err)
	return s
}

func (w *world) welcome(device model.DeviceKey, role string) identity.Welcome {
	a := w.sites[0]
	kept, err := a.Keys().Marshal()
	w.check(err)
	keys, err := identity.UnmarshalRoomKeys(kept)
	w.check(err)
	welcome := identity.Welcome{Room: a.Room(), Keys: keys}
	a.View(func(s *model.State) { welcome.RoomName, welcome.Founder, welcome.Nonce = s.Name(), s.Founder, s.Nonce })
	welcome.Certificate = identity.NewCertificate(a.Room(), device, role, model.ID{}, w.now)
	w.check(welcome.Certificate.Sign(a.home.Device().Private()))
	return welcome
}

func newWorld(t *testing.T, rt *rapid.T, texts []string) *world {
	dir, err := os.MkdirTemp(t.TempDir(), "room")
	w := &world{t: t, rt: rt, dir: dir, texts: texts, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	w.check(err)
	a := &site{w: w, name: "Ana Ruiz", dir: filepath.Join(dir, "Ana Ruiz")}
	a.home = w.openHome(a.dir)
	a.Replica, err = a.home.Found(t.Context(), Founding{Name: "Payments", Person: a.name})
	w.check(err)
	w.sites = []*site{a}
	others := []string{"Tom Okafor", "Eve Lind", "Ben Marsh"}[:rapid.IntRange(1, 3).Draw(rt, "others")]
	for i, name := range others {
		w.sites = append(w.sites, w.newSite(name, []string{model.RoleAdmin, model.RoleMember}[i%2]))
	}
	w.relay = w.newSite("relay", model.RoleRelay)
	_, err = a.Do(t.Context(), model.MarkArchive{Device: a.Device().String()})
	w.check(err)
	w.meet(a, w.relay)
	want, err := a.Sum(a.OwnFeed(), 0, 1, [32]byte{1})
	w.check(err)
	if got, err := (Store{w.relay.Replica}).Show(a.OwnFeed(), 0, 1, [32]byte{1}); err != nil || got != want {
		rt.Fatal("a relay, which may be an archive, does not show what it holds:", err)
	}
	for _, s := range w.sites[1:] {
		w.meet(a, s)
	}
	return w
}

func (w *world) close() {
	for _, s := range append(slices.Clone(w.sites), w.relay) {
		if s != nil {
			_ = s.home.Close()
		}
	}
	_ = os.RemoveAll(w.dir)
}

// give sends what one device lacks of another's record, as a link does: what does
// not go on from what is held is sent from the first commit on.
func (w *world) give(from, to *site) {
	feeds := from.Heads()
	for _, feed := range slices.SortedFunc(maps.Keys(feeds), model.FeedID.Compare) {
		w.giveFeed(from, to, feed)
	}
}

func (w *world) giveFeed(from, to *site, feed model.FeedID) {
	theirs, ours := from.Heads()[feed], to.Heads()[feed]
	after, again := ours.Seq, false
	if ours.Seq > theirs.Seq || ours.Seq == theirs.Seq && ours.Hash == theirs.Hash {
		if hash, err := to.log.HashAt(feed, theirs.Seq); err != nil || hash == theirs.Hash {
			if !to.Wants() || to.Begins()[feed].Seq == 0 {
				return
			}
		}
		after, again = 0, true
	} else if ours.Seq == theirs.Seq || to.Wants() && to.Begins()[feed].Seq > 0 {
		after, again = 0, true
	}
	for after < from.Heads()[feed].Seq {
		run, ok, err := from.ReadRun(feed, after, 4<<10)
		w.check(err, from.name, "reads for", to.name)
		if !ok {
			return // it was let go there
		}
		err = Store{to.Replica}.Ingest(w.t.Context(), []mesh.Run{run})[0]
		switch {
		case err == nil, errors.Is(err, mesh.ErrElsewhere):
			after = run.Last()
		case (errors.Is(err, mesh.ErrDiverged) || errors.Is(err, mesh.ErrGap)) && !again:
			after, again = 0, true
		case errors.Is(err, oplog.ErrLetGo):
			return // it is wanted now, and comes from the archive
		default:
			w.rt.Fatalf("%s takes %d to %d of feed %s from %s: %v", to.name, run.First, run.Last(), feed.Short(), from.name, err)
		}
	}
}

func (w *world) meet(a, b *site) {
	w.give(a, b)
	w.give(b, a)
	if a == w.sites[0] || b == w.sites[0] {
		w.note()
	}
}

// tendKeys gives members the keys they lack, and starts those that are due, as a node
// does of itself.
func (s *site) tendKeys() {
	var due []model.Command
	s.View(func(st *model.State) {
		m, ok := st.ActiveMember(s.Device())
		if !ok || !m.MayWrite() {
			return
		}
		if m.Role == model.RoleAdmin && st.KeyDue() {
			due = append(due, model.RenewKey{})
		}
		for epoch := range st.KeysMissing() {
			if _, held := s.Keys().Key(epoch); held {
				due = append(due, model.ShareKeys{})
				break
			}
		}
	})
	for _, c := range due {
		s.do(c)
	}
}

// exchange has all meet all, and tends the keys.
func (w *world) exchange() {
	for range 8 {
		for _, s := range w.sites {
			s.tendKeys()
		}
		for _, s := range w.sites[1:] {
			w.meet(s, w.relay)
			w.meet(s, w.sites[0])
		}
		w.meet(w.relay, w.sites[0])
	}
}

// note keeps which lines the archive has by now: they may never be lost again.
func (w *world) note() {
	w.acked = w.acked[:0]
	a := w.sites[0]
	a.View(func(s *model.State) {
		for inc := range s.Incidents() {
			for _, row := range s.Rows(inc) {
				if row.Source == "entry" {
					w.acked = append(w.acked, row.Text)
				}
			}
		}
	})
}
