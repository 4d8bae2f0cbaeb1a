package model_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
)

func clockView(t *testing.T, r *modeltest.Room, inc, clock string) model.ClockView {
	t.Helper()
	for _, c := range r.State.ClocksView(r.Incident(inc), r.Now).Clocks {
		if c.Clock == clock {
			return c
		}
	}
	t.Fatalf("there is no clock %s", clock)
	return model.ClockView{}
}

// privacy declares the data loss at GitLab as a breach of personal data:
// availability counts (GDPR Art. 4(12)).
func privacy(t *testing.T, r *modeltest.Room) string {
	t.Helper()
	inc := lived(t, r, "gitlab-2017-01-31-database")
	r.As(ana, model.SetIncident{Incident: inc, Type: "Data Privacy Incident", Confirm: true, Milestones: map[string]time.Time{"detected": r.Now.Add(-2 * time.Hour)}})
	return inc
}

func TestClockStartsWithADecision(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := privacy(t, r)
	start := model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now.Add(-time.Hour), Reason: "dump of the users table is lost"}
	for name, c := range map[string]struct {
		change func(*model.StartClock)
		says   string
	}{
		"no time":    {func(c *model.StartClock) { c.At = time.Time{} }, "aware personal data breach"},
		"to come":    {func(c *model.StartClock) { c.At = r.Now.Add(time.Minute) }, "still to come"},
		"no reason":  {func(c *model.StartClock) { c.Reason = " " }, "rests on"},
		"no such":    {func(c *model.StartClock) { c.Clock = "gdpr99" }, "policy has: gdpr33"},
		"off":        {func(c *model.StartClock) { c.Clock = "gdpr33-omnibus" }, "switched off"},
		"far before": {func(c *model.StartClock) { c.At = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC) }, "year 1969"},
	} {
		bad := start
		c.change(&bad)
		if got := r.Refused(ana, bad); !strings.Contains(got, c.says) || !strings.Contains(got, "Nothing was started") && name != "no such" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if done := r.As(ana, start); done.Note != "" {
		t.Errorf("an hour after the detection raises %q", done.Note)
	}
	wants(t, r.Refused(ana, start), "runs already", "clock move")
	if aware, ok := r.Incident(inc).Aware(); !ok || !aware.Equal(start.At) {
		t.Errorf("the assessment says aware at %s", aware)
	}
	wants(t, r.Refused(ana, model.SetBreach{Incident: inc, Fields: map[string]string{"aware": model.FormatTime(r.Now)}, Reason: "later"}), "clock move")
	r.As(ana, model.MoveClock{Incident: inc, Clock: "gdpr33", At: r.Now.Add(-30 * time.Minute), Reason: "the call was at half past"})
	if aware, _ := r.Incident(inc).Aware(); !aware.Equal(clockView(t, r, inc, "gdpr33").Start) {
		t.Error("clock and assessment differ after the move")
	}
	r.Wait(30 * time.Hour)
	late := r.As(ana, model.StartClock{Incident: inc, Clock: "uk-gdpr", At: r.Now, Reason: "British customers too"})
	wants(t, late.Note, "question", "1 d 8 h")
}

func TestClocksAreProposedByType(t *testing.T) {
	r := modeltest.New(t, ana)
	proposed := func(inc string) string {
		var ids []string
		for _, c := range r.Incident(inc).ProposedClocks(r.State.Policy()) {
			ids = append(ids, c.ID)
		}
		return strings.Join(ids, " ")
	}
	outage := r.As(ana, model.Declare{Title: "checkout down", Type: "Service Outage"}).Code
	if got := proposed(outage); got != "" {
		t.Errorf("an outage is offered %s", got)
	}
	if got := proposed(lived(t, r, "dfds-2021-12-10-log4shell")); !strings.Contains(got, "cra-vuln") || strings.Contains(got, "gdpr33") {
		t.Errorf("a security incident is offered %s", got)
	}
	inc := privacy(t, r)
	if got := proposed(inc); !strings.Contains(got, "gdpr33 gdpr34 nis2") || strings.Contains(got, "omnibus") || strings.Contains(got, "contract") {
		t.Errorf("a privacy incident is offered %s", got)
	}
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "certain"})
	if got := proposed(inc); strings.Contains(got, "gdpr33 ") {
		t.Errorf("a running clock is offered again: %s", got)
	}
	if v := r.State.ClocksView(r.Incident(inc), r.Now); v.Advice != model.NoLegalAdvice {
		t.Error("the clocks are not marked as no legal advice")
	}
}

func TestLateNoticeGivesItsReason(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := privacy(t, r)
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "certain"})
	r.Wait(73 * time.Hour)
	f := model.FileNotice{Incident: inc, Clock: "gdpr33", Receipt: "BfDI 4711"}
	wants(t, r.Refused(ana, f), "reasons for the delay")
	f.Reason = "the dump was only found on day three"
	noReceipt := f
	noReceipt.Receipt = ""
	wants(t, r.Refused(ana, noReceipt), "receipt")
	f.Phase = "first phase"
	wants(t, r.As(ana, f).Note, "7 days")
	clock := r.Incident(inc).Clocks(r.State.Policy())[0].ID
	if _, next := r.Incident(inc).NextPhase(clock); !next.Equal(r.Now.Add(7 * 24 * time.Hour)) {
		t.Errorf("the next phase is due at %s", next)
	}
	r.Wait(time.Hour)
	r.As(ana, model.FileNotice{Incident: inc, Clock: "gdpr33", Receipt: "BfDI 4711/2", Phase: "complete"})
	if _, next := r.Incident(inc).NextPhase(clock); !next.IsZero() {
		t.Error("a complete notice asks for a phase")
	}
	if got := len(clockView(t, r, inc, "gdpr33").Filings); got != 2 {
		t.Errorf("%d filings are shown", got)
	}
}

// TestDeadlinesChain follows the deadlines that count from other filings and
// events (DORA RTS 2025/301; CRA Art. 14).
func TestDeadlinesChain(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := lived(t, r, "dfds-2021-12-10-log4shell")
	at := func(clock, label string) time.Time {
		for _, d := range clockView(t, r, inc, clock).Deadlines {
			if d.Label == label {
				return d.DueAt
			}
		}
		t.Fatalf("%s has no %s", clock, label)
		return time.Time{}
	}
	start := r.Now
	r.As(ana, model.StartClock{Incident: inc, Clock: "dora", At: start, Reason: "classified major"})
	r.As(ana, model.RecordClockEvent{Incident: inc, Clock: "dora", Event: "aware", At: start.Add(-21 * time.Hour)})
	if got := at("dora", "initial latest"); !got.Equal(start.Add(3 * time.Hour)) {
		t.Errorf("initial latest is %s", got)
	}
	if got := at("dora", "intermediate"); !got.IsZero() {
		t.Errorf("intermediate runs before the initial notice: %s", got)
	}
	r.Wait(2 * time.Hour)
	r.As(ana, model.FileNotice{Incident: inc, Clock: "dora", Label: "initial", Receipt: "1"})
	if got := at("dora", "intermediate"); !got.Equal(r.Now.Add(72 * time.Hour)) {
		t.Errorf("intermediate is %s", got)
	}
	for range 2 { // the final report counts from the latest intermediate one
		r.Wait(24 * time.Hour)
		r.As(ana, model.FileNotice{Incident: inc, Clock: "dora", Label: "intermediate", Receipt: "2"})
	}
	// A month later is a Sunday: the report moves to noon of the Monday.
	if got, sunday := at("dora", "final"), r.Now.AddDate(0, 1, 0); sunday.Weekday() != time.Sunday || !got.Equal(time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("final is %s", got)
	}

	r.As(ana, model.StartClock{Incident: inc, Clock: "cra-vuln", At: r.Now, Reason: "exploited in the wild"})
	wants(t, r.Refused(ana, model.RecordClockEvent{Incident: inc, Clock: "cra-vuln", Event: "payment", At: r.Now}), "fix_available")
	r.As(ana, model.RecordClockEvent{Incident: inc, Clock: "cra-vuln", Event: "fix available", At: r.Now})
	if got := at("cra-vuln", "final report"); !got.Equal(r.Now.AddDate(0, 0, 14)) {
		t.Errorf("final report is %s", got)
	}
}

func TestDeadlineIsShownInTheZoneOfTheAuthority(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := privacy(t, r)
	r.As(ana, model.StartClock{Incident: inc, Clock: "sec-8k", At: r.Now, Reason: "material"})
	r.As(ana, model.StartClock{Incident: inc, Clock: "uk-gdpr", At: time.Date(2026, 3, 17, 13, 0, 0, 0, time.UTC), Reason: "certain"})
	if d := clockView(t, r, inc, "sec-8k").Deadlines[0]; d.Local != "Mon 2026-03-23 23:59 EDT" || d.DueAt.Format(time.RFC3339) != "2026-03-24T03:59:59Z" {
		t.Errorf("four business days end %s, %s", d.Local, d.DueAt)
	}
	if d := clockView(t, r, inc, "uk-gdpr").Deadlines[0]; d.Local != "Fri 2026-03-20 13:00 GMT" {
		t.Errorf("72 hours end %s", d.Local)
	}
}

// TestNotNotifiableStaysInTheRegister is GDPR Art. 33(5).
func TestNotNotifiableStaysInTheRegister(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	outage := r.As(ana, model.Declare{Title: "checkout down", Type: "Service Outage"}).Code
	if n := len(r.State.BreachRegister(r.Now)); n != 0 {
		t.Fatalf("%d entries without a breach", n)
	}
	none := model.DeclineClock{Incident: outage, Clock: "gdpr33"}
	wants(t, r.Refused(ana, none), "needs its reason")
	none.Reason = "the laptop was encrypted, the key is safe"
	wants(t, r.Refused(ana, none), "approves")
	none.Approver = ben
	r.As(ana, none)
	register := r.State.BreachRegister(r.Now)
	if len(register) != 1 {
		t.Fatalf("the register has %d entries", len(register))
	}
	wants(t, register[0].Notified, "no: the laptop was encrypted", "approved by Ben Okafor")

	inc := privacy(t, r)
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "certain"})
	r.As(ana, model.FileNotice{Incident: inc, Clock: "gdpr33", Receipt: "4711"})
	register = r.State.BreachRegister(r.Now)
	wants(t, register[1].Notified, "complete 2026-03-17 14:00 UTC", "4711")
	r.As(ana, model.StartClock{Incident: inc, Clock: "uk-gdpr", At: r.Now, Reason: "certain"})
	r.As(ana, model.DeclineClock{Incident: inc, Clock: "uk-gdpr", Reason: "no British data", Approver: ben})
	if c := clockView(t, r, inc, "uk-gdpr"); c.State != "none" || c.Approver != ben {
		t.Errorf("it is %+v", c)
	}
}
