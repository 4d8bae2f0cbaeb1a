package escalate

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
	"holdfast/sync/replica"
)

const (
	ana   = "Ana Ruiz"
	ben   = "Ben Okafor"
	chidi = "Chidi Eze"
)

// group is devices that hear each other: one state, a writer for each person.
type group struct {
	t *testing.T
	*modeltest.Room
	mu       sync.Mutex
	watchers []func(replica.Change)
}

func newGroup(t *testing.T) *group {
	g := &group{t: t, Room: modeltest.New(t, ana, ben, chidi)}
	g.do(ana, model.SetTarget{Target: "on-call", People: []string{ben}})
	g.do(ana, model.SetTarget{Target: "secondary", People: []string{chidi}})
	return g
}

func (g *group) try(person string, now time.Time, c model.Command) (model.Done, error) {
	g.mu.Lock()
	g.Room.Now = now
	done, err := g.Try(person, c)
	watchers := g.watchers
	g.mu.Unlock()
	for _, fn := range watchers {
		fn(replica.Change{})
	}
	return done, err
}

func (g *group) do(person string, c model.Command) model.Done {
	g.t.Helper()
	done, err := g.try(person, time.Now(), c)
	if err != nil {
		g.t.Fatalf("%T: %v", c, err)
	}
	return done
}

func (g *group) declare(severity string) string {
	g.t.Helper()
	return g.do(ana, model.Declare{Title: "Checkout down", Severity: severity}).Code
}

// calls lists the calls of all incidents, each as "rung person way result".
func (g *group) calls() (list []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for inc := range g.State.Incidents() {
		for _, a := range inc.Attempts() {
			first, _, _ := strings.Cut(g.State.PersonName(a.Person), " ")
			list = append(list, strings.TrimSpace(a.Rung+" "+first+" "+a.Way+" "+a.Result))
		}
	}
	return list
}

func (g *group) expect(want ...string) {
	g.t.Helper()
	if got := g.calls(); fmt.Sprint(got) != fmt.Sprint(want) {
		g.t.Errorf("calls are %q, want %q", got, want)
	}
}

// device is one person's machine in a group.
type device struct {
	*group
	person string
	key    model.DeviceKey
	// ahead is how far its clock is from the others'.
	ahead time.Duration
}

func (g *group) device(person string) *device {
	d := &device{group: g, person: person}
	d.View(func(s *model.State) {
		for key, m := range s.Members {
			if s.PersonName(m.Person) == person {
				d.key = key
			}
		}
	})
	return d
}

// Device may be asked for inside View.
func (d *device) Device() model.DeviceKey { return d.key }

func (d *device) Now() time.Time { return time.Now().Add(d.ahead) }

func (d *device) View(fn func(*model.State)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn(d.State)
}

func (d *device) Do(_ context.Context, c model.Command) (model.Done, error) {
	return d.try(d.person, d.Now(), c)
}

func (d *device) Subscribe(fn func(replica.Change)) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers = append(d.watchers, fn)
	return func() {}
}

// run starts the watchers of some people's machines; stop ends them.
// ways are channels that are set up, and open.
type ways []string

func open(channels ...string) ways { return channels }

func (w ways) Has(channel string) bool                        { return slices.Contains(w, channel) }
func (w ways) Reaches(_ context.Context, channel string) bool { return w.Has(channel) }

func (g *group) run(ready bool, people ...string) (stop func()) {
	if ready {
		return g.runOver(open("mail"), people...)
	}
	return g.runOver(open(), people...)
}

func (g *group) runOver(over ways, people ...string) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, person := range people {
		w := New(g.device(person), over, slog.New(slog.DiscardHandler))
		running.Go(func() { w.Run(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// order names people by the turn of their machines for a step.
func (g *group) order(rung, person string) []string {
	id, _ := g.State.FindPerson(person)
	names := make([]string, 3)
	for inc := range g.State.Incidents() {
		for _, p := range []string{ana, ben, chidi} {
			n, _ := rank(g.State, g.device(p).key, step{incident: inc.ID, rung: rung, person: id}.key())
			names[n] = p
		}
	}
	return names
}

func bubble(t *testing.T, fn func(t *testing.T, g *group)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { fn(t, newGroup(t)) })
}

func TestThoseWhoHearEachOtherPageOnce(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(true, ana, ben, chidi)()
		time.Sleep(time.Minute)
		g.declare(model.P0)
		time.Sleep(time.Second)
		first := len(g.calls())
		time.Sleep(4 * time.Minute)
		g.expect("p0-on-call Ben mail")
		if first > 1 {
			t.Errorf("%d calls at once", first)
		}
		for inc := range g.State.Incidents() {
			for _, m := range inc.Messages {
				if m.Draft.Recipients[0].Address != "ben@example.com" || !strings.Contains(m.Draft.Body, "holdfastctl ack "+inc.Code) {
					t.Errorf("the page to %v says %q", m.Draft.Recipients, m.Draft.Body)
				}
			}
		}
	})
}

func TestNextDeviceActsWhereTheFirstIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.declare(model.P0)
		order := g.order("p0-on-call", ben)
		defer g.run(true, order[1:]...)()
		time.Sleep(settle + turnWait - time.Second)
		g.expect()
		time.Sleep(2 * time.Second)
		g.expect("p0-on-call Ben mail")
		time.Sleep(time.Minute)
		g.expect("p0-on-call Ben mail")
	})
}

func TestSplitFailsOpenOnBothSides(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		other := newGroup(t)
		g.declare(model.P0)
		other.declare(model.P0)
		defer g.run(true, ana)()
		defer other.run(true, ben, chidi)()
		time.Sleep(time.Minute)
		g.expect("p0-on-call Ben mail")
		other.expect("p0-on-call Ben mail")
	})
}

func TestRestartPagesNobodyAgain(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.declare(model.P0)
		for range 3 {
			stop := g.run(true, ana)
			time.Sleep(time.Minute)
			stop()
		}
		g.expect("p0-on-call Ben mail")
	})
}

func TestWithoutAWayOutNothingIsWritten(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(false, ana, ben)()
		inc := g.declare(model.P0)
		time.Sleep(3 * time.Minute)
		g.expect()
		list := due.Of(g.State, g.State.Policy(), g.Incident(inc), time.Now())
		for _, d := range list {
			if d.Key == "p0-on-call" && d.State != due.Overdue {
				t.Errorf("the rung nobody acted on is %s", d.State)
			}
		}
	})
}

func TestNoAnswerTriesTheDeputyAndAnAnswerEndsIt(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(true, ana)()
		inc := g.declare(model.P0)
		time.Sleep(settle + 3*turnWait)
		g.expect("p0-on-call Ben mail")
		time.Sleep(5*time.Minute + 3*turnWait)
		g.expect("p0-on-call Ben mail", "p0-on-call Chidi mail")
		time.Sleep(4 * time.Minute)
		g.do(chidi, model.AckPage{Incident: inc})
		time.Sleep(30 * time.Minute)
		g.expect("p0-on-call Ben mail", "p0-on-call Chidi mail reached")
		if at, ok := g.Incident(inc).Milestone("acknowledged"); !ok || at.IsZero() {
			t.Error("the incident is not acknowledged")
		}
		if o := g.outcomes(inc); o["ben@example.com"] != model.Withdrawn || o["chidi@example.com"] != model.Withdrawn {
			t.Errorf("pages that had not left when the call was answered are %v", o)
		}
	})
}

func (g *group) outcomes(inc string) map[string]model.Outcome {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := map[string]model.Outcome{}
	for _, m := range g.Incident(inc).Messages {
		found[m.Draft.Recipients[0].Address], _ = m.Outcome()
	}
	return found
}

func TestAWeekAsleepPagesNobody(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		for range 50 {
			g.declare(model.P0)
		}
		time.Sleep(7 * 24 * time.Hour)
		defer g.run(true, ana)()
		time.Sleep(time.Hour)
		g.expect()
	})
}

func TestProposedRungsAreLeftToPeople(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(true, ana)()
		g.declare(model.P2)
		g.declare(model.P3)
		time.Sleep(9 * time.Hour)
		g.expect()
	})
}

func TestOnePersonOnSeveralRungsIsPagedApart(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		for _, target := range []string{"engineering-manager", "vp-engineering", "support-lead"} {
			g.do(ana, model.SetTarget{Target: target, People: []string{ben}})
		}
		defer g.run(true, ana)()
		inc := g.declare(model.P1)
		time.Sleep(20 * time.Minute)
		g.do(ana, model.SetIncident{Incident: inc, Severity: model.P0, Reason: "nobody can pay"})
		time.Sleep(10 * time.Minute)
		var last time.Time
		for _, a := range g.Incident(inc).Attempts() {
			if !last.IsZero() && a.At.Sub(last) < model.PageAgain {
				t.Errorf("paged %s after the page before", a.At.Sub(last))
			}
			last = a.At
		}
		if n := len(g.calls()); n < 4 {
			t.Errorf("%d calls: %q", n, g.calls())
		}
	})
}

func TestResolvedMeanwhileTakesBackWhatHasNotLeft(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		defer g.run(true, ana)()
		inc := g.declare(model.P0)
		time.Sleep(time.Minute)
		g.do(ben, model.Resolve{Incident: inc, Verification: "payments work"})
		time.Sleep(time.Hour)
		g.expect("p0-on-call Ben mail")
		if o := g.outcomes(inc); o["ben@example.com"] != model.Withdrawn {
			t.Errorf("the page is %s", o["ben@example.com"])
		}
	})
}

func TestAClockThatJumpsWaitsForOthers(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		d := g.device(ana)
		w := New(d, open("mail"), slog.New(slog.DiscardHandler))
		w.pass(t.Context())
		time.Sleep(time.Minute)
		w.pass(t.Context())
		g.declare(model.P0)
		d.ahead = 3 * time.Hour // before its links have measured it
		w.pass(t.Context())
		g.expect()
		d.ahead = 0
		w.pass(t.Context())
		time.Sleep(settle + 3*turnWait)
		w.pass(t.Context())
		g.expect("p0-on-call Ben mail")
	})
}

func TestRemindersComeOnce(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		inc := g.declare(model.P0)
		w := New(g.device(ana), open(), slog.New(slog.DiscardHandler))
		var mu sync.Mutex
		told := map[string]int{}
		w.Remind(func(list []Reminder) {
			mu.Lock()
			defer mu.Unlock()
			for _, r := range list {
				told[r.Kind+" "+strings.TrimPrefix(r.ID, r.IncidentID.String()+"/"+r.Kind+"/")]++
				if r.Incident != inc || r.Text == "" {
					t.Errorf("a reminder of %q says %q", r.Incident, r.Text)
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.Run(ctx) })
		time.Sleep(12 * time.Minute)
		cancel()
		running.Wait()
		for _, want := range []string{"escalation p0-manager", "escalation p0-support", "role ic"} {
			if told[want] != 1 {
				t.Errorf("%s was told %d times: %v", want, told[want], told)
			}
		}
		if told["escalation p0-on-call"] != 0 {
			t.Errorf("what was overdue before the start is told: %v", told)
		}
	})
}

// TestThatNobodyAnswersIsToldAndSoundsAgainAndAgain, from when the last call ran
// out and until somebody answers.
func TestThatNobodyAnswersIsToldAndSoundsAgainAndAgain(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.staffed()
		inc := g.declare(model.P0)
		w := New(g.device(ana), open("mail"), slog.New(slog.DiscardHandler))
		var mu sync.Mutex
		var told []time.Time
		w.Remind(func(list []Reminder) {
			mu.Lock()
			defer mu.Unlock()
			for _, r := range list {
				if r.Kind != due.Ladder {
					continue
				}
				if told = append(told, time.Now()); !r.Loud() || !r.Sounds(time.Now()) || r.Incident != inc || r.Again != (len(told) > 1) {
					t.Errorf("%+v", r)
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.Run(ctx) })
		declared := time.Now()
		time.Sleep(45 * time.Minute)
		g.do(ben, model.AckPage{Incident: inc})
		mu.Lock()
		rang := len(told)
		if rang < 4 || told[0].Before(declared.Add(35*time.Minute)) || told[0].After(declared.Add(36*time.Minute)) {
			t.Errorf("told %d times, the first after %s", rang, told[0].Sub(declared))
		}
		mu.Unlock()
		time.Sleep(20 * time.Minute)
		cancel()
		running.Wait()
		if len(told) != rang {
			t.Errorf("told %d times more after an answer", len(told)-rang)
		}
	})
}
