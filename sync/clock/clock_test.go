package clock_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/clock"
)

// machine is a computer: true time passes, its wall clock is ahead by so much, and
// what it keeps outlives its processes.
type machine struct {
	t     *testing.T
	at    time.Time
	ahead time.Duration
	boot  string
	up    time.Duration
	kept  []byte
	full  bool
	saved int
	*clock.Watch
}

var first, second = model.FeedID{1}, model.FeedID{2}

func started(t *testing.T) *machine {
	m := &machine{t: t, at: time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC), boot: "first", up: time.Hour}
	m.process()
	return m
}

func (m *machine) pass(d time.Duration) { m.at, m.up = m.at.Add(d), m.up+d }

// process begins a new process on the machine.
func (m *machine) process() {
	m.t.Helper()
	keep := func(b []byte) error {
		if m.saved++; m.full && b != nil {
			return errors.New("no space left on device")
		}
		m.kept = slices.Clone(b)
		return nil
	}
	var err error
	m.Watch, err = clock.Open(m.kept, keep, func() time.Time { return m.at.Add(m.ahead) }, func() (string, time.Duration) { return m.boot, m.up })
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) write(feed model.FeedID, seq uint64, believed time.Duration) {
	m.t.Helper()
	if err := m.Writing(feed, seq, believed); err != nil {
		m.t.Fatal(err)
	}
	m.pass(time.Minute)
}

func (m *machine) measure() {
	m.t.Helper()
	if err := m.Measured(m.ahead); err != nil {
		m.t.Fatal(err)
	}
}

func TestWhatOneRunOfTheClockProves(t *testing.T) {
	const ahead = 3 * time.Hour
	for _, test := range []struct {
		name string
		act  func(*machine)
		want []clock.Span
	}{
		{"one process", func(m *machine) { m.write(first, 5, 0); m.write(first, 6, 0) }, []clock.Span{{Feed: first, From: 5}}},
		{"processes that end", func(m *machine) {
			m.write(first, 5, 0)
			m.process()
			m.write(first, 6, 0)
			m.process()
		}, []clock.Span{{Feed: first, From: 5}}},
		{"another incarnation", func(m *machine) { m.write(first, 5, 0); m.write(second, 1, 0) }, []clock.Span{{Feed: first, From: 5}, {Feed: second, From: 1}}},
		{"a night asleep", func(m *machine) { m.write(first, 5, 0); m.pass(9 * time.Hour) }, []clock.Span{{Feed: first, From: 5}}},
		{"nothing written", func(*machine) {}, nil},
		{"another start of the machine", func(m *machine) {
			m.write(first, 5, 0)
			m.boot, m.up = "second", time.Minute
			m.process()
		}, nil},
		{"it was right, and then set wrong", func(m *machine) {
			m.ahead = 0
			m.process()
			m.write(first, 5, 0)
			m.ahead = ahead
			m.process()
		}, nil},
		{"it was set back and forth while nothing was written", func(m *machine) {
			m.write(first, 5, 0)
			m.ahead = 0
			m.Set()
			m.ahead = ahead
			m.pass(time.Minute)
		}, nil},
		{"all was written as it should be", func(m *machine) { m.write(first, 5, ahead) }, nil},
		{"some was", func(m *machine) { m.write(first, 5, ahead); m.write(first, 6, 0) }, []clock.Span{{Feed: first, From: 5}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := started(t)
			m.ahead = ahead
			m.process()
			test.act(m)
			if spans, _ := m.Unsaid(); spans != nil || m.Ahead() != 0 {
				t.Fatalf("before it is measured it says %v, %s", spans, m.Ahead())
			}
			m.pass(time.Minute)
			m.measure()
			m.process() // killed before it was said
			spans, off := m.Unsaid()
			if !slices.Equal(spans, test.want) || len(spans) > 0 && off != ahead {
				t.Errorf("says %v and %s, want %v", spans, off, test.want)
			}
			if got := m.Ahead(); got != ahead {
				t.Errorf("the rest of the run is %s ahead", got)
			}
			if err := m.Said(); err != nil {
				t.Fatal(err)
			}
			m.process()
			if spans, _ := m.Unsaid(); spans != nil {
				t.Errorf("it says %v again", spans)
			}
		})
	}
}

// TestWhatWasMeasuredBeforeTheClockWasSetDoesNotCount: what peers said a moment ago
// is of the clock before.
func TestWhatWasMeasuredBeforeTheClockWasSetDoesNotCount(t *testing.T) {
	m := started(t)
	m.measure()
	m.ahead = 3 * time.Hour
	if err := m.Measured(0); err != nil { // of the pings before
		t.Fatal(err)
	}
	m.write(first, 5, 0)
	if m.pass(-30 * time.Second); m.Measured(0) != nil || m.Ahead() != 0 {
		t.Fatal("an old answer was taken")
	}
	if spans, _ := m.Unsaid(); spans != nil {
		t.Fatalf("it speaks of %v too early", spans)
	}
	m.pass(clock.SettlesAfter)
	m.measure()
	if spans, off := m.Unsaid(); len(spans) != 1 || off != 3*time.Hour {
		t.Errorf("once it is sure it says %v, %s", spans, off)
	}
	// The peers are of another opinion later: what is in the record stays.
	if err := m.Measured(time.Hour); err != nil || m.Ahead() != 3*time.Hour {
		t.Errorf("a second opinion was taken: %s, %v", m.Ahead(), err)
	}
}

func TestAClockThatRunsEvenlyCostsNoWrites(t *testing.T) {
	m := started(t)
	for seq := range uint64(1000) {
		m.write(first, seq+1, 0)
		m.ahead += time.Millisecond // it drifts: a second in eleven hours
	}
	if m.saved != 1 {
		t.Errorf("%d files for one run", m.saved)
	}
}

func TestWhatCannotBeKeptIsForgotten(t *testing.T) {
	m := started(t)
	m.ahead = time.Hour
	m.process()
	m.write(first, 1, 0)
	m.ahead, m.full = 2*time.Hour, true
	if err := m.Writing(first, 2, 0); err == nil {
		t.Fatal("a full disk went unnoticed")
	}
	m.ahead, m.full = time.Hour, false // as if nothing had been
	m.process()
	m.measure()
	if spans, _ := m.Unsaid(); spans != nil {
		t.Errorf("it vouches for %v", spans)
	}
}

func TestADamagedFileIsNoEvidence(t *testing.T) {
	for _, saved := range []string{"", "{", `{"boot":"first","wall_less_uptime_ms":"x"}`, `{"feeds":[{"feed":"zz","from":0}],"measured":true}`} {
		now := func() time.Time { return time.UnixMilli(3_600_000) }
		w, err := clock.Open([]byte(saved), func([]byte) error { return nil }, now, func() (string, time.Duration) { return "first", time.Hour })
		if w == nil {
			t.Fatalf("%q: %v", saved, err)
		}
		if spans, _ := w.Unsaid(); spans != nil || w.Ahead() != 0 {
			t.Errorf("%q vouches for %v", saved, spans)
		}
	}
}

// TestTheMachineCounts: two readings of one process are of one start, and do not run
// backwards.
func TestTheMachineCounts(t *testing.T) {
	up := clock.Machine()
	boot, a := up()
	again, b := up()
	if boot == "" || boot != again || b < a || a < 0 {
		t.Errorf("%q at %s, then %q at %s", boot, a, again, b)
	}
}
