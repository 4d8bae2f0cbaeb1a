package model

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A device that no others are linked to cannot know that its clock is wrong. Once
// it has measured, it writes down which of its commits were written on the same
// unbroken run of that clock: a clock fix, an item of the room. What the commits
// say stays as it was signed; the times that people are shown are corrected when
// they are read. So the fix may come before what it concerns, or long after, when
// that is in packs.

// ClassClockFix is the class of the items that say how far the clock was ahead
// while some commits of a feed were written. Only what the item was added with
// counts, and only where the device that wrote the feed added it.
const ClassClockFix = "clock-fix"

// Fields of a clock fix: the feed, its first and last commit, and how far the
// clock was ahead, in milliseconds.
const (
	ClockFixFeed = "feed"
	ClockFixFrom = "from"
	ClockFixTo   = "to"
	ClockFixOff  = "off_ms"
)

const (
	// ClockTolerated is what network delay alone can feign of a clock: commits that
	// say so much of their clock themselves are right.
	ClockTolerated = 2 * time.Second
	// maxClockFixes bounds what a device says of one feed: a wrong clock found every
	// day of a year. The earliest count, so that they are the same everywhere.
	maxClockFixes = 366
)

// ClockFix says how far a clock was ahead while a range of a feed was written.
type ClockFix struct {
	Feed     FeedID
	From, To uint64
	// Off is how far, in milliseconds.
	Off int64
}

// fixedBy is a feed, and a device that speaks of it.
type fixedBy struct {
	feed   FeedID
	device DeviceKey
}

// clocks are the fixes of a room. Readers share them; only folding changes them.
type clocks struct {
	// fixes in the order they were written. Of a feed those of the device that
	// writes it count: see writers.
	fixes   map[fixedBy][]clockFix
	writers map[FeedID]DeviceKey // of the feeds that are here and spoken of
}

type clockFix struct {
	ClockFix
	id ID // of its item
	at Stamp
}

// off gives how far the clock was ahead at a commit; false where nobody who may
// has said. What was said last counts.
func (c *clocks) off(feed FeedID, seq uint64) (off int64, said bool) {
	list := c.fixes[fixedBy{feed, c.writers[feed]}]
	for n := len(list) - 1; n >= 0; n-- {
		if f := &list[n]; f.From <= seq && seq <= f.To {
			return f.Off, true
		}
	}
	return 0, false
}

// within reports whether anything was said of commits from..to.
func (c *clocks) within(feed FeedID, from, to uint64) bool {
	return slices.ContainsFunc(c.fixes[fixedBy{feed, c.writers[feed]}], func(f clockFix) bool { return f.From <= to && from <= f.To })
}

// correct notes in a stamp what has been said of its clock.
func (c *clocks) correct(at *Stamp) {
	moved := int64(0)
	if off, said := c.off(at.Feed, at.Seq); said {
		if moved = off - at.Off; moved <= ClockTolerated.Milliseconds() && -moved <= ClockTolerated.Milliseconds() {
			moved = 0
		}
	}
	at.movedHigh, at.movedLow = int16(moved>>32), uint32(moved)
}

// begun takes up who writes a feed, from its first commit on.
func (c *clocks) begun(feed FeedID, by DeviceKey) {
	if c.fixes[fixedBy{feed, by}] != nil {
		c.writers[feed] = by
	}
}

// moved is by how much the times of a stamp are shown earlier than its author
// believed them to be, in milliseconds. It is no part of the record: see clocks.
func (s *Stamp) moved() int64 { return int64(s.movedHigh)<<32 | int64(s.movedLow) }

// written is when it was written as its author believed, in milliseconds since
// 1970 UTC. What is folded depends on it: a correction must not change that.
func (s *Stamp) written() int64 { return s.Wall - s.Off }

// OwnClock is what the author's clock showed, where that was wrong; zero where it
// was right.
func (s Stamp) OwnClock() time.Time {
	if off := time.Duration(s.Wall-s.Recorded()) * time.Millisecond; off.Abs() <= ClockTolerated {
		return time.Time{}
	}
	return viewMilli(s.Wall)
}

// counted tells a time that was counted from the moment of writing, as "now" and
// "-12m" are, from one a person typed. The clock counts in thousandths and people
// in seconds: so a span of whole seconds that ends between two was counted. Both
// are milliseconds since 1970 UTC.
func counted(at, written int64) bool {
	return at == written || (at-written)%1000 == 0 && at%1000 != 0
}

// BetweenSeconds gives the moment at which something is written, a thousandth
// earlier where it is a whole second: what is counted from it is known by that it
// ends between two, see counted.
func BetweenSeconds(now time.Time) time.Time {
	if now.UnixMilli()%1000 == 0 {
		return now.Add(-time.Millisecond)
	}
	return now
}

// clocked puts a time that may have been read off a clock, and not typed, so that
// counted knows it again.
func (p *Planner) clocked(t time.Time) time.Time {
	if t.UnixMilli()%1000 == 0 {
		return t
	}
	return p.fromNow(t)
}

// fromNow puts a time that was counted from now so that counted knows it again.
func (p *Planner) fromNow(t time.Time) time.Time { return p.Now.Add(t.Sub(p.Now).Round(time.Second)) }

// shown gives the time of something as its readers see it: what was counted from
// a wrong clock is corrected with it, and what a person typed is left alone.
func (s *Stamp) shown(at int64) int64 {
	if moved := s.moved(); moved != 0 && counted(at, s.written()) {
		return at - moved
	}
	return at
}

// Time reads the value as a time, corrected where it was counted from a clock that
// was wrong; false where it is none.
func (v *Value) Time() (time.Time, bool) {
	return v.Stamp.timeOf(v.Text)
}

func (s *Stamp) timeOf(text string) (time.Time, bool) {
	t, ok := parseTime(text)
	if s.moved() == 0 || !ok {
		return t, ok
	}
	at := t.UnixMilli()
	return t.Add(time.Duration(s.shown(at)-at) * time.Millisecond), true
}

// when gives the current value of a field as a time; false where it holds none.
func (f Fields) when(name string) (time.Time, bool) {
	r := f[name]
	if r == nil {
		return time.Time{}, false
	}
	v, _ := r.Value()
	return v.Time()
}

// takeFix takes up a clock fix, and reports whether it may change times that were
// folded.
func (s *State) takeFix(id ID, item *Item) bool {
	f, err := readClockFix(item)
	by, known := s.Author(item.Added.Feed)
	if err != nil || !known {
		return false
	}
	c := &s.attic.clocks
	if c.fixes == nil {
		c.fixes, c.writers = map[fixedBy][]clockFix{}, map[FeedID]DeviceKey{}
	}
	key := fixedBy{f.Feed, by}
	list := c.fixes[key]
	n, found := slices.BinarySearchFunc(list, item.Added, func(f clockFix, at Stamp) int { return f.at.Compare(at) })
	if found || n == maxClockFixes {
		return false
	}
	list = slices.Insert(list, n, clockFix{f, id, item.Added})
	c.fixes[key] = list[:min(len(list), maxClockFixes)]
	writer, here := s.Author(f.Feed)
	if here {
		c.begun(f.Feed, writer)
	}
	return here && writer == by && s.Applied[f.Feed].Seq >= f.From
}

func readClockFix(item *Item) (f ClockFix, err error) {
	feed, err := hex.DecodeString(item.Initial(ClockFixFeed))
	if err != nil || len(feed) != len(f.Feed) {
		return f, errRefused
	}
	f.Feed = FeedID(feed)
	from, errFrom := strconv.ParseUint(item.Initial(ClockFixFrom), 10, 64)
	to, errTo := strconv.ParseUint(item.Initial(ClockFixTo), 10, 64)
	off, errOff := strconv.ParseInt(item.Initial(ClockFixOff), 10, 64)
	f.From, f.To, f.Off = from, to, off
	if errFrom != nil || errTo != nil || errOff != nil || !f.possible() {
		return f, errRefused
	}
	return f, nil
}

func (f ClockFix) possible() bool {
	return f.From >= 1 && f.From <= f.To && -maxOffMS <= f.Off && f.Off <= maxOffMS
}

// maxOffMS is MaxClockOffset in milliseconds.
const maxOffMS = int64(MaxClockOffset / time.Millisecond)

// CorrectClock says that the clock of the device that asks was ahead by Off while
// it wrote some of its commits. Nothing is changed where the record says so
// already.
type CorrectClock struct {
	Fixes []ClockFix
}

// maxFixes bounds one command: the feeds a device wrote on one run of its clock.
const maxFixes = 64

// Plan implements Command.
func (c CorrectClock) Plan(p *Planner) (Done, error) {
	if len(c.Fixes) == 0 || len(c.Fixes) > maxFixes {
		return Done{}, refuse("%d corrections of a clock at once are not possible. Nothing was written", len(c.Fixes))
	}
	done := Done{Note: unchangedClock}
	for _, f := range c.Fixes {
		switch by, known := p.State.Author(f.Feed); {
		case !known || by != p.Device:
			return Done{}, refuse("feed %s was not written by this device: only who wrote it may say how wrong its clock was. Nothing was written", f.Feed.Short())
		case !f.possible() || f.To > p.State.Applied[f.Feed].Seq:
			return Done{}, refuse("commits %d to %d and %d ms are no range of feed %s and no clock's error. Nothing was written", f.From, f.To, f.Off, f.Feed.Short())
		}
		if p.State.fixed(f) {
			continue
		}
		done = Done{ID: p.addItem(ID{}, ClassClockFix, map[string]string{
			ClockFixFeed: f.Feed.String(), ClockFixFrom: strconv.FormatUint(f.From, 10), ClockFixTo: strconv.FormatUint(f.To, 10),
			ClockFixOff: strconv.FormatInt(f.Off, 10),
		})}
	}
	return done, nil
}

// unchangedClock is the note where the record says so already.
const unchangedClock = "nothing changed"

// TakeBackClock says that corrections of this device's clock were wrong, by the start
// of their ids: what was written then stands at the time that the clock showed. It is
// one more correction, by zero, and so its device alone may say it and the last word
// counts. Errors: the sentences of refuse.
type TakeBackClock struct {
	Fixes []string
}

// Plan implements Command.
func (c TakeBackClock) Plan(p *Planner) (Done, error) {
	back := CorrectClock{}
	for _, text := range c.Fixes {
		fix, err := p.State.findClockFix(text)
		if err != nil {
			return Done{}, err
		}
		if by := p.State.Applied[fix.Feed].Device; by != p.Device {
			whose := "device " + by.Short()
			if m := p.State.Members[by]; m != nil {
				whose = DeviceTitle(p.State.PersonName(m.Person), m.Name)
			}
			return Done{}, refuse("correction %s is about the clock of %s: only that device may take it back. Nothing was written", fix.id.Short(8), whose)
		}
		fix.Off = 0
		back.Fixes = append(back.Fixes, fix.ClockFix)
	}
	return back.Plan(p)
}

// findClockFix finds the correction whose id begins so, of those that are told.
func (s *State) findClockFix(text string) (clockFix, error) {
	var fit []clockFix
	want := strings.ToUpper(strings.TrimSpace(text))
	if len(want) < minPrefix {
		return clockFix{}, refuse("%q is too short for the id of a correction: give at least %d characters. Nothing was written", text, minPrefix)
	}
	for feed, by := range s.attic.clocks.writers {
		for _, f := range s.attic.clocks.fixes[fixedBy{feed, by}] {
			if strings.HasPrefix(f.id.String(), want) {
				fit = append(fit, f)
			}
		}
	}
	switch len(fit) {
	case 0:
		return clockFix{}, refuse("no correction of a clock is called %q. Nothing was written; `peers clocks` lists them", text)
	case 1:
		return fit[0], nil
	}
	return clockFix{}, refuse("%q fits %d corrections of clocks. Nothing was written; give more of the id", text, len(fit))
}

// fixed reports whether the last word on the clock of a range is this one.
func (s *State) fixed(f ClockFix) bool {
	list := s.attic.clocks.fixes[fixedBy{f.Feed, s.Applied[f.Feed].Device}]
	for n := len(list) - 1; n >= 0; n-- {
		if is := list[n].ClockFix; is.From <= f.To && f.From <= is.To {
			return is == f
		}
	}
	return false
}

// ClockFixView is a correction of a clock, as people read it.
type ClockFixView struct {
	ID     string `json:"id"`
	Device string `json:"device"`
	Name   string `json:"name"`
	Person string `json:"person"`
	Feed   string `json:"feed"`
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
	// AheadS is how far the clock was ahead, in seconds; what was written on it is
	// shown so much earlier.
	AheadS     float64   `json:"clock_ahead_s"`
	RecordedAt time.Time `json:"recorded_at"`
	// Counts is false where something later was said of its first commit.
	Counts bool   `json:"counts"`
	Text   string `json:"text"`
}

// ClockFixes lists the corrections of those who may say so, the last one last.
func (s *State) ClockFixes() []ClockFixView {
	views := []ClockFixView{}
	var all []clockFix
	for feed, by := range s.attic.clocks.writers {
		all = append(all, s.attic.clocks.fixes[fixedBy{feed, by}]...)
	}
	slices.SortFunc(all, func(a, b clockFix) int { return a.at.Compare(b.at) })
	for _, f := range all {
		m := s.Members[s.attic.clocks.writers[f.Feed]]
		v := ClockFixView{ID: f.id.String(), Feed: f.Feed.String(), From: f.From, To: f.To, AheadS: float64(f.Off) / 1000, RecordedAt: viewMilli(f.at.Recorded())}
		if m != nil {
			v.Device, v.Name, v.Person = m.Device.String(), m.Name, s.PersonName(m.Person)
		}
		v.Text, v.Counts = f.text(), s.attic.clocks.last(f)
		views = append(views, v)
	}
	return views
}

// last reports whether a fix is the last word on its first commit.
func (c *clocks) last(f clockFix) bool {
	list := c.fixes[fixedBy{f.Feed, c.writers[f.Feed]}]
	for n := len(list) - 1; n >= 0; n-- {
		if list[n].From <= f.From && f.From <= list[n].To {
			return list[n].id == f.id
		}
	}
	return false
}

// text says what was corrected, in one sentence.
func (f ClockFix) text() string {
	n, d := count(int(min(f.To-f.From+1, 1<<31)), "commit"), time.Duration(f.Off)*time.Millisecond
	switch {
	case d > ClockTolerated:
		return n + " from before its clock was measured stood " + speakDuration(d) + " too late; they stand at their true time now"
	case d < -ClockTolerated:
		return n + " from before its clock was measured stood " + speakDuration(-d) + " too early; they stand at their true time now"
	}
	return n + " stand at the time that its clock showed: that was right, and no correction of them counts"
}
