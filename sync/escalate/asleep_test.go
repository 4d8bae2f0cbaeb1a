package escalate

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
)

// asleep is how long the lid was shut: all rungs of a P0 that page somebody fell due.
const asleep = 100 * time.Minute

// staffed has somebody else behind each rung of a P0, with the names as targets.
func (g *group) staffed() {
	g.t.Helper()
	for person, target := range map[string]string{"Eva Lind": "engineering-manager", "Femi Ade": "support-lead", "Gro Dahl": "vp-engineering", "Hal Ito": "executive-team"} {
		g.do(ana, model.AddPerson{Name: person, Email: "p@example.com"})
		g.do(ana, model.SetTarget{Target: target, People: []string{person}})
	}
}

// whole are the calls of a P0 nobody answers: each rung once, and each deputy for it.
var whole = []string{
	"p0-executives Hal mail", "p0-manager Eva mail", "p0-manager Gro mail", "p0-on-call Ben mail", "p0-on-call Chidi mail",
	"p0-support Femi mail", "p0-vp Gro mail", "p0-vp Hal mail",
}

// watch has a device look for a while, as Run does; its timers stand still while it sleeps.
func (d *device) watch(w *Watcher, span time.Duration) {
	for end := time.Now().Add(span); time.Now().Before(end); {
		time.Sleep(min(w.pass(d.t.Context()), look))
	}
}

// sleeps has a device see a P0 and fall asleep before its turn; it wakes late on all.
func (g *group) sleeps(person string, over Ways) (d *device, w *Watcher, inc string, declared time.Time) {
	d = g.device(person)
	w = New(d, over, slog.New(slog.DiscardHandler))
	d.watch(w, time.Minute)
	inc, declared = g.declare(model.P0), time.Now()
	d.ahead = asleep
	return d, w, inc, declared
}

// pagedBy writes what another device did while this one slept, at its own time.
func (g *group) pagedBy(by, inc, rung, person string, at time.Time) {
	g.t.Helper()
	id, err := g.State.FindPerson(person)
	if err != nil {
		g.t.Fatal(err)
	}
	if _, err := g.try(by, at, model.Page{Incident: inc, Rung: rung, Person: id.String()}); err != nil {
		g.t.Fatal(err)
	}
}

func (g *group) expectSorted(want ...string) {
	g.t.Helper()
	got := g.calls()
	slices.Sort(got)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		g.t.Errorf("calls are %q, want %q", got, want)
	}
}

// TestALaptopThatWakesPagesWhatNobodyPaged: others paged the first rungs while it
// slept, and their record comes some seconds after its links do.
func TestALaptopThatWakesPagesWhatNobodyPaged(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.staffed()
		d, w, inc, declared := g.sleeps(ana, open("mail"))
		d.watch(w, 10*time.Second)
		g.expect()
		g.pagedBy(ben, inc, "p0-on-call", ben, declared)
		g.pagedBy(ben, inc, "p0-manager", "Eva Lind", declared.Add(5*time.Minute))
		g.pagedBy(chidi, inc, "p0-on-call", chidi, declared.Add(6*time.Minute))
		d.watch(w, 4*time.Minute)
		g.expectSorted(slices.DeleteFunc(slices.Clone(whole), func(call string) bool { return call == "p0-vp Hal mail" })...)
		for _, a := range g.Incident(inc).Attempts() {
			by, _ := g.State.Author(a.By.Feed)
			if late := by == d.key; late == a.At.Before(declared.Add(asleep+settle)) {
				t.Errorf("called at %s, %s after the declaration", a.At, a.At.Sub(declared))
			}
		}
		d.watch(w, time.Hour)
		g.expectSorted(whole...)
	})
}

// TestAwakeAllTheTime: what the others compare with.
func TestAwakeAllTheTime(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.staffed()
		defer g.run(true, ana)()
		g.declare(model.P0)
		time.Sleep(asleep)
		g.expectSorted(whole...)
	})
}

// TestALaptopThatWakesAloneSkipsNoRung: nobody else was awake. Each rung is paged once,
// and a call made late is answered for from when it was made.
func TestALaptopThatWakesAloneSkipsNoRung(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		g.staffed()
		d, w, inc, declared := g.sleeps(ana, open("mail"))
		list := due.Of(g.State, g.State.Policy(), g.Incident(inc), d.Now())
		for rung, after := range map[string]time.Duration{"p0-on-call": 0, "p0-manager": 5 * time.Minute, "p0-support": 10 * time.Minute, "p0-vp": 15 * time.Minute, "p0-executives": 30 * time.Minute} {
			i := slices.IndexFunc(list, func(o due.Due) bool { return o.Kind == due.Escalation && o.Key == rung })
			if i < 0 || list[i].State != due.Overdue || list[i].DueAt.Sub(declared.Add(after)).Abs() > time.Second {
				t.Errorf("%s on waking: %d in %+v", rung, i, list)
			}
		}
		d.watch(w, settle-time.Second)
		g.expect()
		d.watch(w, 3*time.Minute)
		g.expectSorted("p0-executives Hal mail", "p0-manager Eva mail", "p0-on-call Ben mail", "p0-support Femi mail", "p0-vp Gro mail")
		d.watch(w, time.Hour)
		g.expectSorted(whole...)
	})
}

// shutting is a way out that is being tried when the lid is shut.
type shutting struct {
	ways
	d    *device
	once bool
}

func (s *shutting) Reaches(ctx context.Context, channel string) bool {
	if !s.once {
		s.once = true
		s.d.ahead += asleep
	}
	return s.ways.Reaches(ctx, channel)
}

// TestAsleepInTheMiddleOfATry: the way out answers after the machine woke; the record
// it is asked of is as old as the sleep.
func TestAsleepInTheMiddleOfATry(t *testing.T) {
	bubble(t, func(t *testing.T, g *group) {
		d := g.device(ana)
		way := &shutting{ways: open("mail"), d: d, once: true}
		w := New(d, way, slog.New(slog.DiscardHandler))
		d.watch(w, time.Minute)
		inc, declared := g.declare(model.P0), time.Now()
		way.once = false
		d.watch(w, 3*turnWait)
		if !way.once {
			t.Fatal("no way out was tried")
		}
		for _, call := range g.Incident(inc).Attempts() {
			if call.At.Before(declared.Add(asleep + settle)) {
				t.Errorf("paged %s after waking, before any record could come", call.At.Sub(declared.Add(asleep)))
			}
		}
		d.watch(w, time.Minute)
		g.expect("p0-on-call Ben mail")
	})
}
