package node_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// machine is a computer whose wall clock is set by the test. What counts from its
// start is not.
type machine struct {
	home  string
	ahead atomic.Int64 // of the wall clock
	boot  atomic.Int64
}

func (m *machine) set(ahead time.Duration) { m.ahead.Store(int64(ahead)) }

// open starts a node on the machine, with or without links.
func (m *machine) open(t *testing.T, links bool) *node.Node {
	t.Helper()
	n, err := node.Open(node.Options{
		Home: m.home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: links, Listen: "127.0.0.1:0", Quiet: true,
		Now: func() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) },
		Uptime: func() (string, time.Duration) {
			return fmt.Sprint("boot ", m.boot.Load()), time.Hour + time.Since(begun)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var begun = time.Now()

// apart lets a room be worked on without any link, as one process that ends.
func (m *machine) apart(t *testing.T, work func(*node.Room)) {
	t.Helper()
	n := m.open(t, false)
	work(n.Rooms()[0])
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}

// story is three devices of one room; the clock of the third is about to be wrong.
type story struct {
	a, b *node.Room
	m    *machine
	inc  string
}

func threeDevices(t *testing.T) *story {
	s := &story{m: &machine{home: t.TempDir()}}
	s.a = founded(t, start(t, t.TempDir()))
	s.b = invited(t, s.a, start(t, t.TempDir()), "Tom Okafor")
	n := s.m.open(t, true)
	c := invited(t, s.a, n, "Li Wei")
	s.inc = do(t, s.a, model.Declare{Title: "Login fails for half of the customers"}).Code
	same(t, s.a, s.b, c)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	s.m.boot.Add(1) // it is carried out of the building
	return s
}

// meets brings the third device back to the others, and waits until it has measured
// its clock and said all it has to say.
func (s *story) meets(t *testing.T) *node.Room {
	t.Helper()
	n := s.m.open(t, true)
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	c := n.Rooms()[0]
	for _, other := range []*node.Room{s.a, s.b} {
		if err := c.Mesh().AddAddress(other.Address(), "typed"); err != nil {
			t.Fatal(err)
		}
	}
	for ctx := within(t); ; time.Sleep(5 * time.Millisecond) {
		var known struct{ Measured, Said bool }
		files, err := filepath.Glob(filepath.Join(s.m.home, "rooms", "*", "clock.json"))
		var b []byte
		for _, path := range files {
			b, err = os.ReadFile(path)
			err = errors.Join(err, json.Unmarshal(b, &known))
		}
		if err == nil && known.Measured && known.Said {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the clock was not measured in time: %v, %s", err, b)
		}
	}
	same(t, s.a, s.b, c)
	return c
}

func (s *story) line(t *testing.T, r *node.Room, text string) {
	t.Helper()
	do(t, r, model.Log{Incident: s.inc, Text: text})
}

// shown says by how much each line is shown from the true time, to the minute.
func (s *story) shown(t *testing.T, r *node.Room) map[string]time.Duration {
	t.Helper()
	off := map[string]time.Duration{}
	r.View(func(st *model.State) {
		inc, err := st.FindIncident(s.inc)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range st.Timeline(inc) {
			if row.Source == model.FromEntry {
				off[row.Text] = time.Until(row.At).Round(time.Minute)
				if recorded := time.Until(row.Recorded).Round(time.Minute); recorded != off[row.Text] {
					t.Errorf("%q is shown %s from now and was recorded %s from now", row.Text, off[row.Text], recorded)
				}
			}
		}
	})
	return off
}

func (s *story) expect(t *testing.T, rooms []*node.Room, want map[string]time.Duration, fixes int) {
	t.Helper()
	for n, r := range rooms {
		got := s.shown(t, r)
		for text, off := range want {
			if is, here := got[text]; !here || is != off {
				t.Errorf("device %d shows %q %s from the true time, want %s", n, text, is, off)
			}
		}
		r.View(func(st *model.State) {
			if views := st.ClockFixes(); len(views) != fixes {
				t.Errorf("device %d tells of %d corrections, want %d: %+v", n, len(views), fixes, views)
			}
		})
	}
}

func TestAWrongClockWithoutLinksIsCorrectedOnMeeting(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, ahead := range map[string]time.Duration{"3 h ahead": 3 * time.Hour, "a year ahead": year, "20 years behind": -20 * year} {
		t.Run(name, func(t *testing.T) {
			s := threeDevices(t)
			s.m.set(ahead)
			want := map[string]time.Duration{}
			for run := range 3 { // two restarts between
				s.m.apart(t, func(r *node.Room) {
					for n := range 3 {
						text := fmt.Sprintf("run %d, line %d", run, n)
						s.line(t, r, text)
						want[text] = 0
					}
				})
			}
			s.m.apart(t, func(r *node.Room) {
				if off := s.shown(t, r)["run 0, line 0"]; off != ahead.Round(time.Minute) {
					t.Fatalf("without links a line is shown %s from the true time, want %s", off, ahead)
				}
			})
			c := s.meets(t)
			s.expect(t, []*node.Room{s.a, s.b, c}, want, 1)
			s.line(t, c, "linked")
			same(t, s.a, s.b, c)
			s.expect(t, []*node.Room{s.a, s.b, c}, map[string]time.Duration{"linked": 0}, 1)
		})
	}
}

// TestWhatWasMeasuredHoldsForTheRun: apart again, and after a restart, the times are
// right at once, for nobody set the clock.
func TestWhatWasMeasuredHoldsForTheRun(t *testing.T) {
	s := threeDevices(t)
	s.m.set(3 * time.Hour)
	s.m.apart(t, func(r *node.Room) { s.line(t, r, "before") })
	n := s.m.open(t, false)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("met", func(t *testing.T) { s.meets(t) })
	s.m.apart(t, func(r *node.Room) {
		s.line(t, r, "after")
		s.expect(t, []*node.Room{r}, map[string]time.Duration{"before": 0, "after": 0}, 1)
		s.m.set(0) // and now somebody does
		s.line(t, r, "set right")
		s.expect(t, []*node.Room{r}, map[string]time.Duration{"before": 0, "after": 0, "set right": 0}, 1)
	})
}

func TestAClockThatWasSetBetweenCorrectsNothingWrongly(t *testing.T) {
	const ahead = 3 * time.Hour
	for _, test := range []struct {
		name  string
		act   func(t *testing.T, s *story)
		want  map[string]time.Duration
		fixes int
	}{
		{"set right before meeting: nothing can be known", func(t *testing.T, s *story) {
			s.m.set(ahead)
			s.m.apart(t, func(r *node.Room) { s.line(t, r, "wrong") })
			s.m.set(0)
			s.m.apart(t, func(r *node.Room) { s.line(t, r, "right") })
		}, map[string]time.Duration{"wrong": ahead, "right": 0}, 0},
		{"right while writing, set wrong before meeting", func(t *testing.T, s *story) {
			s.m.apart(t, func(r *node.Room) { s.line(t, r, "right") })
			s.m.set(ahead)
			s.m.apart(t, func(*node.Room) {})
		}, map[string]time.Duration{"right": 0}, 0},
		{"set wrong while it ran", func(t *testing.T, s *story) {
			s.m.apart(t, func(r *node.Room) {
				s.line(t, r, "right")
				s.m.set(ahead)
				s.line(t, r, "wrong")
				s.line(t, r, "wrong too")
			})
		}, map[string]time.Duration{"right": 0, "wrong": 0, "wrong too": 0}, 1},
		{"set twice, backwards too", func(t *testing.T, s *story) {
			s.m.set(ahead)
			s.m.apart(t, func(r *node.Room) {
				s.line(t, r, "3 h ahead")
				s.m.set(-ahead)
				s.line(t, r, "3 h behind")
			})
		}, map[string]time.Duration{"3 h ahead": ahead, "3 h behind": 0}, 1},
		{"started anew between", func(t *testing.T, s *story) {
			s.m.set(ahead)
			s.m.apart(t, func(r *node.Room) { s.line(t, r, "before") })
			s.m.boot.Add(1)
			s.m.apart(t, func(r *node.Room) { s.line(t, r, "after") })
		}, map[string]time.Duration{"before": ahead, "after": 0}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := threeDevices(t)
			test.act(t, s)
			c := s.meets(t)
			s.expect(t, []*node.Room{s.a, s.b, c}, test.want, test.fixes)
		})
	}
}

func TestAFoundingOnAWrongClockIsCorrected(t *testing.T) {
	m := &machine{home: t.TempDir()}
	m.set(3 * time.Hour)
	n := m.open(t, true)
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	c := founded(t, n)
	do(t, c, model.Declare{Title: "Login fails for half of the customers"})
	a := invited(t, c, start(t, t.TempDir()), "Tom Okafor")
	b := invited(t, c, start(t, t.TempDir()), "Li Wei")
	ctx := within(t)
	for right := false; !right; time.Sleep(5 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("the times of the founding were not corrected in time")
		}
		b.View(func(s *model.State) { right = len(s.ClockFixes()) > 0 })
	}
	same(t, a, b, c)
	a.View(func(s *model.State) {
		if off := time.Until(time.UnixMilli(s.Founded.Recorded())); off.Abs() > time.Minute {
			t.Errorf("the room is shown as founded %s from now", off)
		}
		for inc := range s.Incidents() {
			if at, _ := inc.Milestone("declared"); time.Until(at).Abs() > time.Minute {
				t.Errorf("declared %s from now", time.Until(at))
			}
		}
	})
}
