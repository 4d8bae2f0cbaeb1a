package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// spans writes the phases as people would: lead or beside, minutes from the
// declaration.
func spans(inc *Incident) []string {
	var list []string
	for _, s := range inc.PhaseSpans() {
		minutes := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return fmt.Sprint(int(at.Sub(inc.DeclaredAt()).Minutes()))
		}
		beside := ""
		if !s.Lead {
			beside = "beside "
		}
		list = append(list, beside+s.Phase+" "+minutes(s.Entered)+"-"+minutes(s.Left))
	}
	return list
}

func TestPhasesRunSideBySide(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "x"}).ID)
	start := p.now
	at := func(minutes int, c Command) {
		t.Helper()
		p.now = start.Add(time.Duration(minutes) * time.Minute)
		p.do(c)
	}
	at(5, SetIncident{Incident: inc.Code, Phase: "investigation"})
	at(6, EnterPhase{Incident: inc.Code, Phase: "containment", Reason: "roll back first"})
	at(10, SetIncident{Incident: inc.Code, Phase: "investigation"})
	at(12, LeavePhase{Incident: inc.Code, Phase: "containment"})
	at(15, EnterPhase{Incident: inc.Code, Phase: "recovery"})
	at(20, SetIncident{Incident: inc.Code, Phase: "recovery"})
	want := []string{"triage 0-5", "investigation 5-20", "beside containment 6-12", "beside recovery 15-20", "recovery 20-"}
	if got := spans(inc); !slices.Equal(got, want) {
		t.Errorf("phases were\n%q, want\n%q", got, want)
	}
	for want, c := range map[string]Command{
		"recovery leads in " + inc.Code + " already":                      EnterPhase{Incident: inc.Code, Phase: "recovery"},
		"it is left by setting the next lead":                             LeavePhase{Incident: inc.Code, Phase: "recovery"},
		"triage does not run in " + inc.Code:                              LeavePhase{Incident: inc.Code, Phase: "triage"},
		`phase "panic" is not known`:                                      EnterPhase{Incident: inc.Code, Phase: "panic"},
		"cannot enter resolution yet: nobody has said what keeps the dam": EnterPhase{Incident: inc.Code, Phase: "resolution"},
	} {
		if _, err := p.try(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
	at(21, EnterPhase{Incident: inc.Code, Phase: "containment"})
	if _, err := p.try(EnterPhase{Incident: inc.Code, Phase: "containment"}); err == nil || !strings.Contains(err.Error(), "runs beside recovery") {
		t.Errorf("entered twice: %v", err)
	}
	if note := p.do(LeavePhase{Incident: inc.Code, Phase: "containment"}).Note; !strings.Contains(note, "left without: Can we stop the bleeding") {
		t.Errorf("left with %q", note)
	}
}

func TestLinesOfTheChecklistAreTicked(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "x", Type: "Service Outage"}).ID)
	line := func(id string) CheckView {
		for _, c := range p.state.Response(inc).Checks {
			if c.ID == id {
				return c
			}
		}
		return CheckView{}
	}
	if c := line("triage-signal"); !c.Required || c.State != "" || c.By != "" {
		t.Errorf("before: %+v", c)
	}
	p.do(TickCheck{Incident: inc.Code, Check: "first signal"})
	if c := line("triage-signal"); c.State != CheckDone || c.By != "Ana Ruiz" || c.At.IsZero() {
		t.Errorf("ticked: %+v", c)
	}
	p.do(TickCheck{Incident: inc.Code, Check: "triage-signal", Skip: "told by phone"})
	if c := line("triage-signal"); c.State != CheckSkipped || c.Reason != "told by phone" {
		t.Errorf("skipped: %+v", c)
	}
	p.do(TickCheck{Incident: inc.Code, Check: "triage-signal", Open: true})
	if c := line("triage-signal"); c.State != "" {
		t.Errorf("opened: %+v", c)
	}
	for want, text := range map[string]string{
		"no line of the checklist was named": "", "no line of the checklists of " + inc.Code + ` fits "dance"`: "dance",
		"name one by its id": "severity", `fits "containment-evidence"`: "containment-evidence",
	} {
		if _, err := p.try(TickCheck{Incident: inc.Code, Check: text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	p.do(SetIncident{Incident: inc.Code, Type: "Security Breach"}) // now it has the security lines
	p.do(TickCheck{Incident: inc.Code, Check: "containment-evidence"})
}

func TestResolutionAsksForTheContainment(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(inc string) Command
		enters bool
	}{
		{"nothing said", func(inc string) Command { return Log{Incident: inc, Text: "we look"} }, false},
		{"not needed", func(inc string) Command {
			return RecordFacts{Incident: inc, Containment: "not needed because it stopped by itself"}
		}, true},
		{"isolated", func(inc string) Command { return RecordFacts{Incident: inc, Isolated: []string{"db-2"}} }, true},
		{"a workaround", func(inc string) Command { return RecordFacts{Incident: inc, Workaround: "pay by card"} }, true},
		{"only a fix", func(inc string) Command { return RecordFacts{Incident: inc, Fix: "a new pool"} }, false},
		{"mitigated", func(inc string) Command {
			return SetIncident{Incident: inc, Milestones: map[string]time.Time{"mitigated": testNow}}
		}, true},
		{"ticked", func(inc string) Command { return TickCheck{Incident: inc, Check: "containment-stop"} }, true},
		{"skipped with a reason", func(inc string) Command {
			return TickCheck{Incident: inc, Check: "containment-stop", Skip: "it does not grow"}
		}, true},
		{"another line", func(inc string) Command { return TickCheck{Incident: inc, Check: "containment-risk"} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			inc := p.incident(p.do(Declare{Title: "x"}).ID)
			p.do(c.before(inc.Code))
			_, err := p.try(SetIncident{Incident: inc.Code, Phase: "resolution"})
			if (err == nil) != c.enters {
				t.Errorf("refused with %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), `Say it with: facts `+inc.Code+` --containment "not needed because ..."`) {
				t.Errorf("the refusal does not say how: %v", err)
			}
			refuses := slices.ContainsFunc(p.state.Missing(inc, ActResolution), func(m Missing) bool { return m.Refuses })
			if refuses == c.enters {
				t.Error("the list of what is missing says something else than the act")
			}
		})
	}
	p := founded(t).peers[0]
	told := p.do(Declare{Title: "told", Source: "moj-2023-09-18-disk"}).ID.String()
	p.do(SetIncident{Incident: told, Phase: "resolution"}) // an import is told, not worked on
}

// TestTheDecisionOnTheCustomerMessage: it is asked of P0 and P1. A resolution
// without it is loud; nothing is closed without it.
func TestTheDecisionOnTheCustomerMessage(t *testing.T) {
	decided := func(inc string) Command {
		return RecordFacts{Incident: inc, Customers: "not needed because only staff saw it"}
	}
	mail := func(audience string) func(inc string) Command {
		return func(inc string) Command {
			return QueueMessage{Incident: inc, Draft: Draft{Audience: audience, Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{Address: "a@example.com"}}}}
		}
	}
	for _, c := range []struct {
		name, level string
		before      func(inc string) Command
		customers   string
		owes        bool
		after       func(inc string) Command
		closing     string
	}{
		{"P0 in silence", P0, nil, "", true, decided, ""},
		{"P1 in silence", P1, nil, "", true, decided, ""},
		{"told after it", P0, nil, "", true, mail("customers"), ""},
		{"said in closing", P0, nil, "", true, nil, "not needed because only staff saw it"},
		{"P2 in silence", P2, nil, "", false, nil, ""},
		{"P3 in silence", P3, nil, "", false, nil, ""},
		{"with the resolution", P0, nil, "not needed because only staff saw it", false, nil, ""},
		{"decided before", P1, func(inc string) Command { return RecordFacts{Incident: inc, Customers: "sent by support"} }, "", false, nil, ""},
		{"told on the status page", P0, mail("public"), "", false, nil, ""},
		{"told by mail", P0, mail("customers"), "", false, nil, ""},
		{"told inside alone", P0, mail("stakeholders"), "", true, decided, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			inc := p.incident(p.do(Declare{Title: "x", Severity: c.level}).ID)
			if c.before != nil {
				p.do(c.before(inc.Code))
			}
			done := p.do(Resolve{Incident: inc.Code, Verification: "quiet for 30 min", Customers: c.customers})
			loud := strings.Contains(done.Note, "nobody has decided on the message to customers")
			told := slices.ContainsFunc(p.state.Timeline(inc), func(r Row) bool { return r.Text == "Message to customers: "+NoDecision })
			missing := slices.ContainsFunc(p.state.Missing(inc, ActClose), func(m Missing) bool { return strings.Contains(m.What, "customers") })
			if loud != c.owes || told != c.owes || missing != c.owes {
				t.Errorf("noted %v, in the timeline %v, missing %v; want %v", loud, told, missing, c.owes)
			}
			if f := p.state.Response(inc).Facts; f.Verification != "quiet for 30 min" || c.customers != "" && f.Customers != c.customers {
				t.Errorf("facts are %+v", f)
			}
			if lacks := slices.ContainsFunc(p.state.CheckReview(inc), func(s string) bool { return strings.Contains(s, "message to customers") }); lacks != c.owes {
				t.Errorf("the post-mortem lacks it: %v; want %v", lacks, c.owes)
			}
			if c.owes {
				_, err := p.try(Close{Incident: inc.Code})
				if err == nil || !strings.Contains(err.Error(), "nobody has decided on the message to customers") || inc.State() != StateResolved {
					t.Fatalf("closed without the decision: %v", err)
				}
				if c.after != nil {
					p.do(c.after(inc.Code))
				}
				if c.closing == "" {
					if list := p.state.Missing(inc, ActClose); len(list) != 0 {
						t.Errorf("still missing: %+v", list)
					}
				}
			}
			p.do(Close{Incident: inc.Code, Customers: c.closing})
			if f := p.state.Response(inc).Facts; c.closing != "" && f.Customers != c.closing {
				t.Errorf("the reason is kept as %q", f.Customers)
			}
		})
	}
}

func TestWhatIsMissingIsListedBeforeTheAct(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "x", Severity: P0}).ID)
	list := p.state.Response(inc).Missing
	for _, want := range []struct{ act, how string }{
		{ActResolution, "facts " + inc.Code + " --containment"},
		{ActResolve, "resolve " + inc.Code + " --verification"},
		{ActResolve, "--customers"},
		{ActResolve, "check " + inc.Code + " triage-signal"},
	} {
		if !slices.ContainsFunc(list, func(m Missing) bool { return m.Act == want.act && strings.Contains(m.How, want.how) }) {
			t.Errorf("%+v lacks %+v", list, want)
		}
	}
	p.do(TakeLock{Incident: inc.Code, Thing: "db-2"})
	if list := p.state.Missing(inc, ActResolve); !slices.ContainsFunc(list, func(m Missing) bool { return strings.Contains(m.What, "Ana Ruiz is changing db-2") && !m.Refuses }) {
		t.Errorf("the change that goes on is not in %+v", list)
	}
	p.do(ReleaseLock{Incident: inc.Code})
	task := p.do(AddTask{Incident: inc.Code, Text: "check the pool"}).ID
	p.do(Resolve{Incident: inc.Code, Verification: "v", Customers: "sent"})
	if list := p.state.Response(inc).Missing; len(list) != 1 || list[0].What != "the answer to 1 task" || !list[0].Refuses {
		t.Errorf("before closing: %+v", list)
	}
	p.do(FinishTask{Task: task.String()})
	p.do(Reopen{Incident: inc.Code, Reason: "again"})
	if m := p.state.Missing(inc, ActResolve); m[0].What != "what shows that it works again" {
		t.Errorf("the old proof still holds after the reopening: %+v", m)
	}
	p.do(Resolve{Incident: inc.Code, Verification: "v"})
	p.do(Reopen{Incident: inc.Code, Reason: "and again"})
	if n := p.state.Response(inc).Reopened; n != 2 {
		t.Errorf("reopened %d times", n)
	}
}

func TestFactsAreBounded(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "x"}).ID)
	for want, c := range map[string]RecordFacts{
		"nothing to record": {}, "the system must be one line": {Isolated: []string{"db-1\ndb-2"}}, "the system is missing": {Isolated: []string{" "}},
		"101 systems were named; the limit is 100": {Isolated: make([]string, 101)},
		"the fix has 1048576 bytes":                {Fix: strings.Repeat("x", 1<<20)},
	} {
		c.Incident = inc.Code
		if _, err := p.try(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestPhasesSetApart: whoever's lead counts in the end, all see the same spans
// and the last is the present one.
func TestPhasesSetApart(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.do(Declare{Title: "x"}).ID
	w.meet()
	a.do(SetIncident{Incident: inc.String(), Phase: "investigation"})
	b.do(SetIncident{Incident: inc.String(), Phase: "containment"})
	a.do(EnterPhase{Incident: inc.String(), Phase: "recovery"})
	b.do(EnterPhase{Incident: inc.String(), Phase: "recovery"})
	a.do(LeavePhase{Incident: inc.String(), Phase: "recovery"})
	w.meet()
	here, there := a.incident(inc).PhaseSpans(), b.incident(inc).PhaseSpans()
	if !slices.Equal(here, there) {
		t.Errorf("one sees %+v, the other %+v", here, there)
	}
	open := map[string]bool{}
	for _, s := range here {
		if s.Left.IsZero() {
			open[s.Phase] = s.Lead
		}
	}
	lead, leads := open[a.incident(inc).Phase()]
	if _, beside := open["recovery"]; !lead || !leads || beside != a.incident(inc).onTrack("recovery") {
		t.Errorf("%s leads and recovery runs: %v, in %+v", a.incident(inc).Phase(), a.incident(inc).onTrack("recovery"), here)
	}
}
