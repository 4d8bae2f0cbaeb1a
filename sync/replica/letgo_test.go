package replica

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/secret"
)

// aging is a room whose device's clock can be moved, and what an archive has of it.
type aging struct {
	t    *testing.T
	dir  string
	now  time.Time
	home *Home
	*Replica
	archive []mesh.Run
}

func (a *aging) open() {
	a.t.Helper()
	h, err := OpenHome(a.dir, secret.Options{Prefer: secret.KeyFile}, Options{Now: func() time.Time { return a.now }})
	if err != nil {
		a.t.Fatal(err)
	}
	a.home = h
	if rooms := h.Rooms(); len(rooms) == 1 {
		a.Replica = rooms[0]
		return
	}
	if a.Replica, err = h.Found(a.t.Context(), Founding{Name: "Payments", Person: "Ana Ruiz"}); err != nil {
		a.t.Fatal(err)
	}
}

func (a *aging) reopen() {
	a.t.Helper()
	if err := a.home.Close(); err != nil {
		a.t.Fatal(err)
	}
	a.open()
}

func (a *aging) do(c model.Command) model.Done {
	a.t.Helper()
	done, err := a.Do(a.t.Context(), c)
	if err != nil {
		a.t.Fatalf("%T: %v", c, err)
	}
	return done
}

// incident writes an incident of some entries, and closes it.
func (a *aging) incident(title string, entries int, ends bool) model.Done {
	a.t.Helper()
	inc := a.do(model.Declare{Title: title, Severity: model.P2})
	for n := range entries {
		a.do(model.Log{Incident: inc.Code, Text: fmt.Sprintf("%s, line %d: db-1 does not answer", title, n)})
	}
	if ends {
		a.do(model.Resolve{Incident: inc.Code, Verification: "orders pass"})
		a.do(model.Close{Incident: inc.Code, Customers: "staff alone saw it"})
	}
	return inc
}

// forgotten closes so many more that those before are put away.
func (a *aging) forgotten() {
	for n := range model.KeepRecent {
		a.incident(fmt.Sprint("forgotten ", n), 0, true)
	}
}

// store gives the archive all that is here.
func (a *aging) store() []Holding {
	a.t.Helper()
	h := Holding{Archive: model.DeviceKey{9}, Upto: map[model.FeedID]uint64{}}
	for feed, head := range a.Heads() {
		after := a.Begins()[feed].Seq
		for _, run := range a.archive {
			if run.Feed == feed {
				after = max(after, run.Last())
			}
		}
		for after < head.Seq {
			run, ok, err := a.ReadRun(feed, after, 4<<10)
			if err != nil || !ok {
				a.t.Fatal(ok, err)
			}
			a.archive = append(a.archive, run)
			after = run.Last()
		}
		h.Upto[feed] = head.Seq
	}
	return []Holding{h}
}

func (a *aging) letGo(before time.Time) LetGo {
	a.t.Helper()
	all := a.store()
	if _, err := a.MayLetGo(a.t.Context(), before, all); err != nil {
		a.t.Fatal(err)
	}
	done, err := a.LetGo(a.t.Context(), before, all, 1)
	if err != nil {
		a.t.Fatal(err)
	}
	return done
}

func (a *aging) hash() model.Hash {
	a.t.Helper()
	h, err := a.Hash()
	if err != nil {
		a.t.Fatal(err)
	}
	return h
}

func (a *aging) lines() map[string]int {
	n := map[string]int{}
	a.View(func(s *model.State) {
		for inc := range s.Incidents() {
			n[inc.Code] = len(s.Timeline(inc))
		}
	})
	return n
}

// same checks that nothing readers see has changed, and that the record is sound.
func (a *aging) same(when string, hash model.Hash, lines map[string]int) {
	a.t.Helper()
	if got := a.hash(); got != hash {
		a.t.Errorf("%s: another state", when)
	}
	for code, n := range a.lines() {
		if n != lines[code] {
			a.t.Errorf("%s: %s has %d rows of %d", when, code, n, lines[code])
		}
	}
	if r, err := a.Check(a.t.Context()); err != nil || !r.OK() {
		a.t.Errorf("%s: %+v %v", when, r, err)
	}
}

func newAging(t *testing.T) *aging {
	a := &aging{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	a.open()
	t.Cleanup(func() { _ = a.home.Close() })
	return a
}

// TestLetGoKeepsWhatReadersSee: the state, every row and the digest are as before,
// now, after a start, after a start without the snapshot, and after a second time.
func TestLetGoKeepsWhatReadersSee(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 40, true)
	a.incident("mail delayed", 40, true)
	a.now = a.now.AddDate(0, 6, 0)
	a.incident("replica behind", 20, true)
	open := a.incident("disk full", 20, false)
	hash, lines := a.hash(), a.lines()
	own := a.OwnFeed()
	done := a.letGo(a.now.AddDate(0, -3, 0))
	if done.Feeds != 1 || done.Commits < 80 || done.After >= done.Before || a.Begins()[own].Seq != done.Commits {
		t.Fatalf("%+v, begins %v", done, a.Begins())
	}
	a.same("let go", hash, lines)
	a.reopen()
	a.same("opened again", hash, lines)
	if got := a.KeptBy(); !slices.Equal(got, []model.DeviceKey{{9}}) {
		t.Error("kept by", got)
	}
	a.dropSnapshots(snapshotName)
	a.reopen()
	a.same("folded from the base", hash, lines)
	if a.Wants() {
		t.Error("asks for history")
	}
	// It goes on, and lets go again of what is old and closed by then.
	a.do(model.Log{Incident: open.Code, Text: "an entry of an open incident"})
	a.now = a.now.AddDate(1, 0, 0)
	hash, lines = a.hash(), a.lines()
	before := a.Begins()[own].Seq
	done = a.letGo(a.now.AddDate(0, -3, 0))
	// All before the incident that is open.
	if a.Begins()[own].Seq <= before || a.Heads()[own].Seq-a.Begins()[own].Seq < 21 {
		t.Errorf("%+v, begins %v", done, a.Begins())
	}
	a.same("let go twice", hash, lines)
	a.dropSnapshots(snapshotName)
	a.reopen()
	a.same("folded from the second base", hash, lines)
	names, err := a.log.Snapshots()
	if err != nil || count(names, basePrefix) != 1 {
		t.Error("bases that were replaced stay", names, err)
	}
}

func count(names []string, prefix string) (n int) {
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			n++
		}
	}
	return n
}

// dropSnapshots takes snapshots of a prefix out of the store.
func (a *aging) dropSnapshots(prefix string) {
	a.t.Helper()
	if err := a.forgetNow(a.t.Context(), prefix); err != nil {
		a.t.Fatal(err)
	}
}

// TestLetGoAsksForWhatItNeeds: without the base, or a part of it, the room opens,
// says that it lacks history, takes it from the runs of an archive, and is as before.
func TestLetGoAsksForWhatItNeeds(t *testing.T) {
	for _, lost := range []string{basePrefix, packPrefix} {
		for _, snapshot := range []bool{true, false} {
			a := newAging(t)
			a.incident("checkout down", 40, true)
			a.forgotten()
			a.now = a.now.AddDate(1, 0, 0)
			a.incident("replica behind", 20, true) // the first is in a part beside the snapshot then
			hash, lines := a.hash(), a.lines()
			a.letGo(a.now.AddDate(0, -3, 0))
			a.dropSnapshots(lost)
			if !snapshot {
				a.dropSnapshots(snapshotName)
			}
			a.reopen()
			if !a.Wants() || a.Partial() == (snapshot && lost == basePrefix) {
				t.Fatalf("without %s, snapshot %v: wants %v, partial %v", lost, snapshot, a.Wants(), a.Partial())
			}
			if _, err := a.LetGo(t.Context(), a.now, []Holding{{}}, 1); !errors.Is(err, errUnsettled) {
				t.Error("lets go of more while it lacks history", err)
			}
			for n, run := range a.archive {
				if n == 1 { // what has come stays over a restart
					a.reopen()
				}
				if err := (Store{a.Replica}).Accept(t.Context(), []mesh.Run{run})()[0]; err != nil {
					t.Fatal(n, err)
				}
			}
			if a.Wants() || len(a.Begins()) != 0 {
				t.Fatalf("without %s: still wants %v", lost, a.Begins())
			}
			a.same("regained", hash, lines)
			a.reopen()
			a.same("regained and opened again", hash, lines)
			a.do(model.Declare{Title: "and it writes on"})
		}
	}
}

// TestLetGoIsRefused where nobody has what would go, or this device has to keep it.
func TestLetGoIsRefused(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 40, true)
	a.incident("still open", 3, false)
	a.now = a.now.AddDate(1, 0, 0)
	heads := a.Heads()
	all := a.store()
	if _, err := a.LetGo(t.Context(), a.now, nil, 1); !errors.Is(err, ErrNoArchive) {
		t.Error(err)
	}
	less := Holding{Archive: model.DeviceKey{9}, Upto: map[model.FeedID]uint64{a.OwnFeed(): 5}}
	if done, err := a.LetGo(t.Context(), a.now, []Holding{{Archive: model.DeviceKey{8}}, less}, 1); err != nil || done.Commits != 5 {
		t.Errorf("an archive that holds 5: %+v %v", done, err)
	}
	if done, err := a.LetGo(t.Context(), a.now, []Holding{less}, 1); err != nil || done.Commits != 0 || done.Waits[waitsArchive] != 1 {
		t.Errorf("again: %+v %v", done, err)
	}
	if done, err := a.LetGo(t.Context(), a.now.AddDate(-2, 0, 0), all, 1); err != nil || done.Commits != 0 || done.Waits[waitsYoung] != 1 {
		t.Errorf("young history: %+v %v", done, err)
	}
	done, err := a.LetGo(t.Context(), a.now, all, 1)
	if err != nil || a.Heads()[a.OwnFeed()].Seq-a.Begins()[a.OwnFeed()].Seq != 4 {
		t.Errorf("%+v %v: %v of %v", done, err, a.Begins(), heads)
	}
	a.do(model.MarkArchive{Device: a.Device().String()})
	if _, err := a.LetGo(t.Context(), a.now, all, 1); !errors.Is(err, ErrIsArchive) {
		t.Error(err)
	}
}

// TestABaseThatIsAnotherStateIsNotUsed: what would be kept is folded and compared
// before anything is dropped.
func TestABaseThatIsAnotherStateIsNotUsed(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 40, true)
	a.now = a.now.AddDate(1, 0, 0)
	err := a.inTurn(t.Context(), func() error {
		other := a.Replica.state.Name()
		if other == "" {
			return errors.New("no name")
		}
		a.Replica.state.Refused++ // as where what is seen is not what the record gives
		defer func() { a.Replica.state.Refused-- }()
		_, err := a.Replica.letGo(a.now, a.store(), 1)
		return err
	})
	if !errors.Is(err, errNotTheSame) {
		t.Fatal(err)
	}
	if len(a.Begins()) != 0 {
		t.Error("something was let go")
	}
	hash, lines := a.hash(), a.lines()
	a.reopen()
	a.same("opened again", hash, lines)
}

// files gives the record's files, or puts them back in place, where nothing tells
// that they were.
func (a *aging) files() map[string][]byte {
	a.t.Helper()
	if err := a.home.Close(); err != nil {
		a.t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, path := range []string{a.Replica.log.Path(), a.Replica.log.Path() + ".mark"} {
		b, err := os.ReadFile(path)
		if err != nil {
			a.t.Fatal(err)
		}
		out[path] = b
	}
	a.open()
	return out
}

func (a *aging) putBack(files map[string][]byte) {
	a.t.Helper()
	if err := a.home.Close(); err != nil {
		a.t.Fatal(err)
	}
	for path, b := range files {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	a.open()
}

// TestAForkOfAFeedWithoutItsBeginning: the other branch is not taken and not
// refused for ever. What was let go comes back, and then both branches are kept.
func TestAForkOfAFeedWithoutItsBeginning(t *testing.T) {
	for _, early := range []bool{true, false} {
		a := newAging(t)
		a.incident("checkout down", 10, true)
		common := a.files()
		a.incident("mail delayed", 10, true)
		if !early {
			common = a.files()
		}
		a.incident("replica behind", 10, true)
		ours := a.files()
		feed := a.OwnFeed()
		a.putBack(common)
		a.incident("another branch", 10, true)
		if a.OwnFeed() != feed {
			t.Fatal("the device noticed")
		}
		a.store()
		branch := a.archive
		a.archive = nil
		a.putBack(ours)
		all := a.store()
		all[0].Upto[feed] = min(all[0].Upto[feed], 25)
		a.now = a.now.AddDate(1, 0, 0)
		done, err := a.LetGo(t.Context(), a.now, all, 1)
		if err != nil || done.Commits != 25 {
			t.Fatalf("%+v %v", done, err)
		}
		hash, lines := a.hash(), a.lines()
		store := Store{a.Replica}
		forked := false
		for _, run := range branch {
			err := store.Accept(t.Context(), []mesh.Run{run})()[0]
			forked = forked || errors.Is(err, mesh.ErrFork)
			if err == nil {
				t.Error("a run of the other branch was taken")
			}
		}
		if !forked || !a.Wants() {
			t.Fatalf("early %v: fork %v, wants %v", early, forked, a.Wants())
		}
		a.same("a fork is near", hash, lines)
		for _, run := range a.archive {
			if err := store.Accept(t.Context(), []mesh.Run{run})()[0]; err != nil {
				t.Fatal(err)
			}
		}
		if a.Wants() || len(a.Begins()) != 0 {
			t.Fatal("still lacks", a.Begins())
		}
		a.same("regained", hash, lines)
		for _, run := range branch {
			if err := store.Accept(t.Context(), []mesh.Run{run})()[0]; err != nil && !errors.Is(err, mesh.ErrElsewhere) {
				t.Fatal(err)
			}
		}
		both := false
		a.View(func(s *model.State) {
			for inc := range s.Incidents() {
				both = both || inc.Title() == "another branch" && inc.Count() == 10
			}
		})
		if len(a.Forks()) != 1 || !both {
			t.Errorf("early %v: %d forks, the other branch is there: %v", early, len(a.Forks()), both)
		}
		done = a.letGo(a.now)
		if done.Commits != 0 || done.Waits[waitsForked] == 0 {
			t.Errorf("a forked feed was let go of: %+v", done)
		}
	}
}

// TestAClockYearsBehindWritesNothingOld: what was written after the others' work of
// today is not old, whatever its author's clock says.
func TestAClockYearsBehindWritesNothingOld(t *testing.T) {
	a := newAging(t)
	today := a.now
	a.incident("checkout down", 5, true)
	first := a.OwnFeed()
	a.RolledBack() // another feed, as another device has
	a.now = today.AddDate(-20, 0, 0)
	a.incident("mail delayed", 20, true)
	if a.OwnFeed() == first {
		t.Fatal("one feed")
	}
	a.now = today.AddDate(0, 0, 10)
	if done := a.letGo(a.now.AddDate(0, 0, -60)); done.Commits != 0 || done.Waits[waitsYoung] != 2 {
		t.Errorf("%+v", done)
	}
	a.now = today.AddDate(0, 0, 100)
	if done := a.letGo(a.now.AddDate(0, 0, -60)); done.Commits < 20 {
		t.Errorf("once it is old: %+v", done)
	}
}

// TestAClockSetBackWhileArchivesAreAsked: what was written today by a clock that is
// years behind stays, although the others' work of today is now to come.
func TestAClockSetBackWhileArchivesAreAsked(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 5, true)
	a.now = a.now.AddDate(1, 0, 0)
	today := a.now
	a.incident("search slow", 5, true)
	a.RolledBack() // another feed, as another device has
	a.now = today.AddDate(-20, 0, 0)
	a.incident("mail delayed", 20, true)
	a.now = today
	all, before := a.store(), today.AddDate(0, 0, -60)
	if to, err := a.MayLetGo(t.Context(), before, all); err != nil || to[a.OwnFeed()].Seq > 0 {
		t.Fatal(to, err)
	}
	a.now = today.AddDate(-1, 0, 10)
	done, err := a.LetGo(t.Context(), before, all, 1)
	if err != nil || a.Begins()[a.OwnFeed()].Seq > 0 {
		t.Errorf("%+v %v", done, err)
	}
}

// TestWhoWasReliedOnLetsGoOfNothing: an archive showed what it holds, and is none a
// moment later: what another may have let go of by then stays here.
func TestWhoWasReliedOnLetsGoOfNothing(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 20, true)
	a.now = a.now.AddDate(1, 0, 0)
	device, feed := a.Device().String(), a.OwnFeed()
	store := Store{a.Replica}
	if _, err := store.Show(feed, 0, 10, [32]byte{1}); !errors.Is(err, errNotKept) {
		t.Error("shows what it may let go of:", err)
	}
	a.do(model.MarkArchive{Device: device})
	sum, err := store.Show(feed, 0, 10, [32]byte{1})
	if own, ownErr := a.Sum(feed, 0, 10, [32]byte{1}); err != nil || ownErr != nil || own != sum {
		t.Error(err, ownErr)
	}
	if other, err := store.Show(feed, 0, 10, [32]byte{2}); err != nil || other == sum {
		t.Error("the salt changes nothing", err)
	}
	all := a.store()
	if _, err := a.MayLetGo(t.Context(), a.now, all); !errors.Is(err, ErrIsArchive) {
		t.Error(err)
	}
	a.do(model.MarkArchive{Device: device, Not: true})
	if done, err := a.LetGo(t.Context(), a.now, all, 1); !errors.Is(err, errUnshown) {
		t.Errorf("%+v %v", done, err)
	}
	to, err := a.MayLetGo(t.Context(), a.now, all) // and what is held is asked for anew
	if err != nil || to[feed].Seq < 20 {
		t.Fatal(to, err)
	}
	if done, err := a.LetGo(t.Context(), a.now, all, 1); err != nil || done.Commits < 20 {
		t.Errorf("%+v %v", done, err)
	}
	a.do(model.MarkArchive{Device: device})
	if _, err := (Store{a.Replica}).Show(feed, 25, 26, [32]byte{1}); err == nil {
		t.Error("shows a feed whose beginning it let go of")
	}
}
