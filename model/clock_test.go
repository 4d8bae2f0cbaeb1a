package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	hour = time.Hour
	year = 365 * 24 * time.Hour
)

// clockRoom is a room where the clock of the second device is wrong: it declares an
// incident and writes to it before it has measured.
type clockRoom struct {
	*world
	wrong *peer
	inc   *Incident
	from  uint64
	ids   map[string]ID
}

// TestCountedOnAWholeSecond: a moment of writing that is a whole second takes
// nothing from what is counted from it.
func TestCountedOnAWholeSecond(t *testing.T) {
	for _, ms := range []time.Duration{0, 1, 999} {
		now := BetweenSeconds(testNow.Truncate(time.Second).Add(ms * time.Millisecond))
		p := &Planner{Now: now}
		for _, read := range []time.Duration{0, 3, 400} { // how much earlier the command read its clock
			at := p.fromNow(now.Add(-12*time.Minute - read*time.Millisecond))
			if !counted(at.UnixMilli(), now.UnixMilli()) || at.Sub(now) != -12*time.Minute {
				t.Errorf("%d ms: 12 minutes back are %s", ms, at.Sub(now))
			}
		}
	}
}

// wrote lets the wrong clock write what a first hour is made of.
func wrote(t tb, ahead time.Duration) *clockRoom {
	w := founded(t, RoleMember, RoleMember)
	p := w.peers[1]
	p.now = testNow.Add(ahead + 457*time.Millisecond)
	c := &clockRoom{world: w, wrong: p, from: p.seq + 1, ids: map[string]ID{}}
	done := p.do(Declare{Title: "Login fails for half of the customers", Severity: P1, Confirm: true})
	log := func(name string, l Log) {
		l.Incident, l.Text, l.Confirm = done.Code, name, true
		c.ids[name] = p.do(l).ID
	}
	log("now", Log{})
	log("counted", Log{At: p.now.Add(-12*time.Minute - 3*time.Millisecond), Counted: true})
	log("typed", Log{At: testNow.Add(-20 * time.Minute)})
	log("corrected", Log{})
	p.do(EditEntry{Entry: c.ids["corrected"].String(), Text: "corrected, the second pool only"})
	p.do(SetIncident{Incident: done.Code, Milestones: map[string]time.Time{"mitigated": p.now.Add(-5 * time.Millisecond)}, Confirm: true})
	p.do(AddTask{Incident: done.Code, Text: "check the second pool", Due: p.now.Add(15*time.Minute - 2*time.Millisecond)})
	p.do(SetIncident{Incident: done.Code, NextUpdate: p.now.Add(30*time.Minute - 2*time.Millisecond)})
	p.do(Resolve{Incident: done.Code, Verification: "error rate normal for 30 minutes", Customers: "none were told anything", Confirm: true})
	c.inc = p.incident(done.ID)
	return c
}

// fix is what the device says once it has measured.
func (c *clockRoom) fix(ahead time.Duration) ClockFix {
	return ClockFix{Feed: c.wrong.feed, From: c.from, To: c.wrong.seq, Off: ahead.Milliseconds()}
}

// shown gives the rows of the incident by their text.
func (c *clockRoom) shown(s *State) map[string]Row {
	rows := map[string]Row{}
	for _, r := range s.Timeline(s.Incident(c.inc.ID)) {
		first, _, _ := strings.Cut(r.Text, ",")
		rows[first] = r
	}
	return rows
}

func TestAClockFixCorrectsWhatWasWrittenBefore(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"3 h ahead": 3 * hour, "a year ahead": year, "20 years behind": -20 * year} {
		t.Run(name, func(t *testing.T) {
			c := wrote(t, ahead)
			c.meet()
			before := hashOf(t, c.peers[0].state)
			c.wrong.do(CorrectClock{Fixes: []ClockFix{c.fix(ahead)}})
			c.meet()
			c.sameEverywhere()
			for n, p := range c.peers {
				c.right(t, fmt.Sprint("peer ", n), p.state)
				c.right(t, fmt.Sprint("snapshot of peer ", n), stored(t, p.state))
			}
			fixes := c.peers[2].state.ClockFixes()
			if len(fixes) != 1 || fixes[0].Name != "device of Ben Okafor" || fixes[0].AheadS != ahead.Seconds() {
				t.Errorf("told as %+v", fixes)
			}
			t.Log(fixes[0].Text)
			if hashOf(t, c.peers[0].state) == before {
				t.Error("the correction is no part of the record")
			}
		})
	}
}

// right demands that all times are those of the true clock, the typed one is as it
// was typed, and what the clock showed is kept.
func (c *clockRoom) right(t *testing.T, where string, s *State) {
	t.Helper()
	near := func(what string, got time.Time, want time.Duration) {
		t.Helper()
		if off := got.Sub(testNow.Add(want)); off.Abs() > 2*time.Minute {
			t.Errorf("%s: %s is shown at %s, %s from where it belongs", where, what, got, off)
		}
	}
	rows := c.shown(s)
	near("what was written as of now", rows["now"].At, 0)
	near("what was counted back from now", rows["counted"].At, -12*time.Minute)
	near("the time of what was corrected", rows["corrected"].At, 0)
	if at := rows["typed"].At; !at.Equal(testNow.Add(-20 * time.Minute)) {
		t.Errorf("%s: what was typed as 13:40 is shown at %s", where, at)
	}
	for text, r := range rows {
		near("the recording of "+text, r.Recorded, 0)
	}
	inc := s.Incident(c.inc.ID)
	for _, name := range []string{"declared", "mitigated", "resolved"} {
		at, _ := inc.Milestone(name)
		near(name, at, 0)
	}
	for _, task := range inc.Tasks {
		due, _ := task.DueAt()
		near("what is due in 15 min", due, 15*time.Minute)
	}
	next, _, _ := inc.Promised()
	near("the next update, in 30 min", next, 30*time.Minute)
	near("the last entry", inc.LastWritten(), 0)
	near("the declaration", s.View(inc, testNow).DeclaredAt, 0)
	if own := inc.Declared.OwnClock(); !own.Equal(time.UnixMilli(inc.Declared.Wall)) || own.Sub(testNow).Abs() < hour {
		t.Errorf("%s: the author's own clock is kept as %s", where, own)
	}
}

// TestAClockFixArrivesBeforeItsCommits: the carrier of the fix is another
// incarnation of the device, whose feed came first.
func TestAClockFixArrivesBeforeItsCommits(t *testing.T) {
	c := wrote(t, 3*hour)
	p := c.wrong
	fix := c.fix(3 * hour)
	p.now = testNow
	p.feed, p.seq = NewFeedID(c.room, p.key, Nonce{77}), 0
	p.do(CorrectClock{Fixes: []ClockFix{fix}})
	late := c.peers[2]
	for _, commit := range p.log[p.feed] {
		late.take(commit)
	}
	if n := len(late.state.ClockFixes()); n != 0 {
		t.Fatalf("%d corrections are told of a feed nothing is known of", n)
	}
	late.state = stored(t, late.state) // it waits through a snapshot too
	late.pull(p)
	c.right(t, "who had the fix first", late.state)
}

// TestAClockFixReachesPacks: entries in packs, and incidents that are put away
// beside a snapshot, are shown at their true time and are not written anew.
func TestAClockFixReachesPacks(t *testing.T) {
	t.Run("with bytes", func(t *testing.T) { fixReachesPacks(t, false) })
	t.Run("in the log", func(t *testing.T) { fixReachesPacks(t, true) })
}

func fixReachesPacks(t *testing.T, placed bool) {
	c := wrote(t, 3*hour)
	p := c.wrong
	for n := range 3 * minPack {
		p.do(Log{Incident: c.inc.Code, Text: fmt.Sprint("restarted worker ", n)})
	}
	c.meet()
	fix := c.fix(3 * hour)
	s, outside := c.peers[2].state, packsOf{}
	log := logOf(c.peers[2])
	if placed {
		s.KeepLog(log)
	}
	s.Pack(0)
	outside.take(s)
	keys := s.PackKeys()
	if loose := s.Loose(); loose > minPack {
		t.Fatalf("%d entries were not packed", loose)
	}
	s.Timeline(s.Incident(c.inc.ID)) // read, and kept as they were read
	p.now = testNow
	p.do(CorrectClock{Fixes: []ClockFix{fix}})
	c.meet()
	s = c.peers[2].state
	c.right(t, "packed", s)
	if got := s.PackKeys(); !reflect.DeepEqual(got, keys) {
		t.Errorf("the packs are others now: %v, %v before", got, keys)
	}
	back := stored(t, s)
	back.KeepPacks(outside.get)
	if placed {
		back.KeepLog(log)
	}
	c.right(t, "packed, after a start", back)
	if back.Missed() > 0 {
		t.Error("packs were asked for before they were there")
	}
	if hashOf(t, back) != hashOf(t, p.state) {
		t.Error("packing changed the digest")
	}
}

// TestWhoMaySayHowWrongAClockWas: of a feed its device alone, and what it said last.
func TestWhoMaySayHowWrongAClockWas(t *testing.T) {
	c := wrote(t, 3*hour)
	fix := c.fix(3 * hour)
	c.meet()
	admin := c.peers[0]
	if _, err := admin.try(CorrectClock{Fixes: []ClockFix{fix}}); err == nil {
		t.Error("an admin was let to correct the clock of another device")
	} else {
		t.Log(err)
	}
	far := fix
	far.Off = 5 * hour.Milliseconds()
	admin.write([]Op{clockFixOp(admin, far)}) // a program that is not ours
	c.meet()
	if at := c.shown(admin.state)["now"].At; at.Sub(testNow.Add(3*hour)).Abs() > time.Minute {
		t.Fatalf("what another device said moved the line to %s", at)
	}
	c.wrong.do(CorrectClock{Fixes: []ClockFix{far}})
	c.wrong.do(CorrectClock{Fixes: []ClockFix{fix}})
	if done := c.wrong.do(CorrectClock{Fixes: []ClockFix{fix}}); done.Note == "" {
		t.Error("the same was written twice")
	}
	c.meet()
	c.right(t, "after its last word", admin.state)
	// Nobody changes it later by writing to the item.
	for id, item := range admin.state.Items {
		if item.Class == ClassClockFix {
			admin.write([]Op{admin.op(KindRoomItemField, ID{}, fieldSet{Field: ClockFixOff, Value: "0", Of: id, Pred: item.Fields.heads(ClockFixOff)})})
		}
	}
	c.meet()
	c.right(t, "after another wrote to it", stored(t, admin.state))
}

func clockFixOp(p *peer, f ClockFix) Op {
	return p.op(KindRoomItemAdded, ID{}, itemAdded{Class: ClassClockFix, Fields: map[string]string{
		ClockFixFeed: f.Feed.String(), ClockFixFrom: fmt.Sprint(f.From), ClockFixTo: fmt.Sprint(f.To), ClockFixOff: fmt.Sprint(f.Off),
	}})
}

func TestAClockFixThatCannotBeDoesNothing(t *testing.T) {
	c := wrote(t, 3*hour)
	fix := c.fix(3 * hour)
	for name, change := range map[string]func(*ClockFix){
		"no range":               func(f *ClockFix) { f.From, f.To = 9, 3 },
		"before the first":       func(f *ClockFix) { f.From = 0 },
		"what is not written":    func(f *ClockFix) { f.To += 100 },
		"two hundred years":      func(f *ClockFix) { f.Off = 200 * year.Milliseconds() },
		"a feed of nobody":       func(f *ClockFix) { f.Feed[3]++ },
		"the feed of the others": func(f *ClockFix) { f.Feed = c.peers[0].feed },
	} {
		f := fix
		change(&f)
		if _, err := c.wrong.try(CorrectClock{Fixes: []ClockFix{f}}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	// What a commit says of its clock itself, to what delay can feign, stays.
	before := c.shown(c.wrong.state)["now"].At
	c.wrong.do(CorrectClock{Fixes: []ClockFix{c.fix(ClockTolerated)}})
	if at := c.shown(c.wrong.state)["now"].At; !at.Equal(before) {
		t.Errorf("a line was moved from %s to %s", before, at)
	}
	// A device says no end of things; the first count, at every peer.
	for n := range maxClockFixes + 5 {
		c.wrong.do(CorrectClock{Fixes: []ClockFix{{Feed: fix.Feed, From: fix.From, To: fix.To, Off: int64(n+3) * 60_000}}})
	}
	if n := len(c.wrong.state.ClockFixes()); n != maxClockFixes {
		t.Errorf("%d corrections are kept", n)
	}
	if got, want := c.shown(stored(t, c.wrong.state))["now"].At, c.shown(c.wrong.state)["now"].At; !got.Equal(want) {
		t.Errorf("after a start it stands at %s, before at %s", got, want)
	}
}

// TestPackingAndOrderChangeNoCorrectedTime folds what was written on a wrong clock,
// and what was said of it, in any order, packed now and then, and compares all
// that readers see.
func TestPackingAndOrderChangeNoCorrectedTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := founded(rt, RoleMember)
		p := w.peers[1]
		done := p.do(Declare{Title: "checkout fails", Confirm: true})
		from := p.seq
		for n := range rapid.IntRange(minPack, 80).Draw(rt, "acts") {
			switch rapid.IntRange(0, 9).Draw(rt, "act") {
			case 0:
				lo := rapid.Uint64Range(from, p.seq).Draw(rt, "from")
				f := ClockFix{Feed: p.feed, From: lo, To: rapid.Uint64Range(lo, p.seq).Draw(rt, "to")}
				f.Off = rapid.SampledFrom([]time.Duration{0, time.Second, 3 * hour, year, -20 * year}).Draw(rt, "off").Milliseconds()
				p.do(CorrectClock{Fixes: []ClockFix{f}})
			case 1:
				p.now = p.now.Add(rapid.SampledFrom([]time.Duration{3 * hour, -3 * hour, 137 * time.Millisecond}).Draw(rt, "jump"))
			case 2:
				back := time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute
				p.do(Log{Incident: done.Code, Text: fmt.Sprint("seen before ", n), At: p.now.Add(-back), Counted: true})
			case 3:
				rows := p.state.Timeline(p.incident(done.ID))
				if r := rows[len(rows)-1]; r.Source == FromEntry {
					p.do(EditEntry{Entry: r.ID.String(), Text: fmt.Sprint("corrected ", n)})
				}
			default:
				p.do(Log{Incident: done.Code, Text: fmt.Sprint("restarted worker ", n)})
			}
		}
		want := answers(t, p.state, p.incident(done.ID))
		s, outside := stored(t, w.peers[0].state), packsOf{}
		log := rapid.Bool().Draw(rt, "log at hand")
		if log {
			s.KeepLog(logOf(p))
		}
		for _, c := range p.log[p.feed] {
			if err := s.Apply(c); err != nil {
				rt.Fatal(err)
			}
			if rapid.IntRange(0, 7).Draw(rt, "pack") == 0 {
				s.Pack(rapid.IntRange(0, 20).Draw(rt, "kept"))
				outside.take(s)
			}
		}
		if got := answers(t, s, s.Incident(done.ID)); !reflect.DeepEqual(got, want) {
			rt.Fatalf("packed and plain differ:\n%v\n%v", got, want)
		}
		back := stored(t, s)
		back.KeepPacks(outside.get)
		if log {
			back.KeepLog(logOf(p))
		}
		if got := answers(t, back, back.Incident(done.ID)); !reflect.DeepEqual(got, want) {
			rt.Fatalf("a snapshot of a packed state gives another:\n%v\n%v", got, want)
		}
	})
}

// clock lets a device say how wrong its clock was, rightly or not.
func (h *history) clock(p *peer) {
	f := ClockFix{Feed: p.feed, From: uint64(h.pick("from", 20) + 1)}
	f.To = f.From + uint64(h.pick("long", 20))
	f.Off = pickOf(h, "off", []time.Duration{0, time.Second, 3 * hour, year, -20 * year}).Milliseconds()
	if h.pick("whose", 3) == 0 {
		f.Feed = pickOf(h, "feed", h.peers).feed
		p.write([]Op{clockFixOp(p, f)})
		return
	}
	f.To = min(f.To, p.seq)
	_, _ = p.try(CorrectClock{Fixes: []ClockFix{f}})
}

// stampsAgree demands of every stamp a state holds, wherever it is, that it says
// what was said of its clock.
func stampsAgree(t tb, s *State) {
	t.Helper()
	seen, found := map[uintptr]bool{}, 0
	var look func(v reflect.Value, path []string)
	look = func(v reflect.Value, path []string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Pointer()] {
				seen[v.Pointer()] = true
				look(v.Elem(), path)
			}
		case reflect.Slice, reflect.Array:
			for n := range v.Len() {
				look(v.Index(n), path)
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				look(it.Value(), path)
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[Stamp]() {
				found++
				at := Stamp{
					Seq: v.FieldByName("Seq").Uint(), Off: v.FieldByName("Off").Int(),
					movedHigh: int16(v.FieldByName("movedHigh").Int()), movedLow: uint32(v.FieldByName("movedLow").Uint()),
				}
				for n := range at.Feed {
					at.Feed[n] = byte(v.FieldByName("Feed").Index(n).Uint())
				}
				was := at.moved()
				s.attic.clocks.correct(&at)
				if at.moved() != was {
					t.Fatalf("%s: commit %d is moved by %d ms, not by %d", strings.Join(path, "."), at.Seq, was, at.moved())
				}
				return
			}
			for n := range v.NumField() {
				if name := v.Type().Field(n).Name; name != "clocks" { // what was said, and when: it corrects nothing
					look(v.Field(n), append(slices.Clone(path), name))
				}
			}
		}
	}
	look(reflect.ValueOf(s), nil)
	if found == 0 {
		t.Fatalf("no stamp was found")
	}
}

// TestAChangeStandsAfterWhatItReplaces, whatever the clocks say: entries name no
// other row, and stand where their times put them.
func TestAChangeStandsAfterWhatItReplaces(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	done := ana.do(Declare{Title: "Login fails", Severity: P2})
	w.meet()
	ana.now = testNow.Add(10 * time.Minute)
	ben.now = ana.now.Add(-1700 * time.Millisecond) // what is tolerated of a clock
	var reader TimelineReader
	for n, s := range []struct {
		p  *peer
		to string
	}{{ana, P1}, {ben, P0}, {ana, P1}, {ben, P2}} {
		s.p.do(SetIncident{Incident: done.Code, Severity: s.to, Reason: fmt.Sprint("answer ", n)})
		w.meet()
		var told []string
		for _, r := range ana.state.Timeline(ana.incident(done.ID)) {
			if r.Kind == FieldSeverity {
				told = append(told, r.Text[len(r.Text)-1:])
			}
		}
		if want := []string{"0", "1", "2", "3"}[:n+1]; !slices.Equal(told, want) {
			t.Errorf("the answers stand as %v", told)
		}
		rows := reader.Read(ana.state, ana.incident(done.ID))
		for i, r := range ana.state.Timeline(ana.incident(done.ID)) {
			if *rows[i] != r {
				t.Fatalf("who reads on has %q in place %d, not %q", rows[i].Text, i, r.Text)
			}
		}
	}
}

// TestAWrongCorrectionIsTakenBack: by the device alone, by the id of the correction, and whoever hears of
// both in whatever order shows the time that the clock showed.
func TestAWrongCorrectionIsTakenBack(t *testing.T) {
	c := wrote(t, 3*hour)
	p, admin, third := c.wrong, c.peers[0], c.peers[2]
	third.pull(p)
	before := c.shown(third.state)
	fix := c.fix(3 * hour)
	p.feed, p.seq = NewFeedID(c.room, p.key, Nonce{77}), 0 // of another run, so that the words may come in any order
	p.do(CorrectClock{Fixes: []ClockFix{fix}})
	said := p.state.ClockFixes()[0]
	admin.pull(p)
	refused(t, admin, TakeBackClock{Fixes: []string{said.ID}}, "only that device may take it back")
	refused(t, p, TakeBackClock{Fixes: []string{"ZZZZZZZZ"}}, "no correction of a clock is called")
	if at := c.shown(admin.state)["now"].At; at.Sub(before["now"].At) != -3*hour {
		t.Fatalf("the correction moved the line from %s to %s", before["now"].At, at)
	}
	fixed := p.log[p.feed]
	p.feed, p.seq = NewFeedID(c.room, p.key, Nonce{78}), 0
	p.do(TakeBackClock{Fixes: []string{said.ID[:8]}})
	if done := p.do(TakeBackClock{Fixes: []string{said.ID}}); done.Note != unchangedClock {
		t.Error("it was taken back twice")
	}
	if fixes := p.state.ClockFixes(); len(fixes) != 2 || fixes[0].Counts || !fixes[1].Counts || fixes[1].AheadS != 0 {
		t.Errorf("told of: %+v", fixes)
	}
	admin.pull(p)                                                // the correction came first
	for _, commit := range slices.Concat(p.log[p.feed], fixed) { // the taking back first
		third.take(commit)
	}
	third.state = stored(t, third.state)
	for name, s := range map[string]*State{"author": p.state, "admin": admin.state, "third": third.state} {
		rows := c.shown(s)
		for text, row := range before {
			if !rows[text].At.Equal(row.At) {
				t.Errorf("%s shows %q at %s, the clock showed %s", name, text, rows[text].At, row.At)
			}
		}
		if hashOf(t, s) != hashOf(t, p.state) {
			t.Errorf("%s has another state", name)
		}
	}
}
