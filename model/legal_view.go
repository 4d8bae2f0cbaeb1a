package model

import (
	"slices"
	"time"

	"holdfast/model/policy"
)

// FilingView is a notice that was filed.
type FilingView struct {
	ID      ID        `json:"id"`
	Clock   string    `json:"clock"`
	Label   string    `json:"label"`
	Phase   string    `json:"phase"`
	At      time.Time `json:"at"`
	Receipt string    `json:"receipt"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
}

// Filings lists what was filed for a started clock, in the order of filing.
func (s *State) Filings(inc *Incident, clock ID) []FilingView {
	views := []FilingView{}
	for _, id := range inc.Items.Of(ClassFiling) {
		if f := inc.Items[id].Fields; f.Text(FilingClock) == clock.String() {
			views = append(views, FilingView{
				ID: id, Clock: inc.Items[clock].Fields.Text(ClockID), Label: f.Text(FilingLabel), Phase: f.Text(FilingPhase), At: f.Time(FilingAt),
				Receipt: f.Text(FilingReceipt), Reason: f.Text(FilingReason), By: s.AuthorName(inc.Items[id].Added),
			})
		}
	}
	slices.SortStableFunc(views, func(a, b FilingView) int { return a.At.Compare(b.At) })
	return views
}

// NextPhase gives when the next phase of a notice is due: 7 days after the last
// one that said more would follow. Zero where all was said.
func (i *Incident) NextPhase(clock ID) (last, next time.Time) {
	more := false
	for _, id := range i.Items.Of(ClassFiling) {
		f := i.Items[id].Fields
		if f.Text(FilingClock) != clock.String() || f.Time(FilingAt).Before(last) {
			continue
		}
		last = f.Time(FilingAt)
		more = f.Text(FilingPhase) == NoticeFirst || f.Text(FilingPhase) == NoticeAddition
	}
	if !more {
		return last, time.Time{}
	}
	return last, last.Add(nextPhase)
}

// nextPhase is how often a notice in phases goes on until it is complete.
const nextPhase = 7 * 24 * time.Hour

// ClockView is a legal clock: started, or proposed for the incident.
type ClockView struct {
	ID     ID     `json:"id,omitzero"` // zero where it is only proposed
	Clock  string `json:"clock"`
	Name   string `json:"name"`
	Event  string `json:"start_event"`
	Source string `json:"source"`
	// Version dates the text the clock was taken from; Checked says how well.
	Version string `json:"version"`
	Status  string `json:"status"`
	// When is the condition under which the law asks for it; empty is always.
	When    string `json:"when"`
	Checked string `json:"verification"`
	// State is proposed, running, filed or none.
	State     string         `json:"state"`
	Start     time.Time      `json:"start_at,omitzero"`
	Reason    string         `json:"reason"`
	None      string         `json:"none"`
	Approver  string         `json:"approver"`
	By        string         `json:"by"`
	Zone      string         `json:"zone"` // of the authority
	Deadlines []DeadlineView `json:"deadlines"`
	Filings   []FilingView   `json:"filings"`
}

// DeadlineView is a deadline of a clock.
type DeadlineView struct {
	Label   string    `json:"label"`
	From    time.Time `json:"from,omitzero"`
	WaitsOn string    `json:"waits_on,omitempty"`
	DueAt   time.Time `json:"due_at,omitzero"`
	// Local is the deadline on the wall clock of the authority.
	Local   string    `json:"local"`
	LeftS   int64     `json:"left_s"`
	Exact   bool      `json:"exact"`
	Filed   time.Time `json:"filed_at,omitzero"`
	Receipt string    `json:"receipt"`
	Late    string    `json:"late_reason"`
}

// ClocksView is what `clock` shows.
type ClocksView struct {
	Advice string      `json:"advice"` // that this is none
	Clocks []ClockView `json:"clocks"`
}

// ProposedClocks lists the clocks of the policy that an incident of its types
// should decide on and that nobody has: what is switched off is not offered.
func (i *Incident) ProposedClocks(p *policy.Policy) []policy.Clock {
	list := []policy.Clock{}
	privacy := i.Privacy(p) || i.Fields.Text(FieldData) == string(policy.Yes) || i.Fields.Text(BreachAware) != ""
	for _, c := range p.Clocks {
		fits := c.For == "any" && i.Sensitive(p) || c.For == "privacy" && privacy || c.For == "security" && i.Security(p)
		if _, started := i.clockOf(c.ID); fits && !c.Off && started == nil {
			list = append(list, c)
		}
	}
	return list
}

// ClocksView gives the legal clocks of an incident: the started ones, then
// those a decision is missing on.
func (s *State) ClocksView(inc *Incident, now time.Time) ClocksView {
	p := s.Policy()
	v := ClocksView{Advice: NoLegalAdvice, Clocks: []ClockView{}}
	for _, c := range inc.Clocks(p) {
		rule, _ := p.Clock(c.Clock)
		view := ClockView{
			ID: c.ID, Clock: c.Clock, Name: c.Name, Event: rule.Start, Source: c.Source, Version: rule.Version, Status: c.Status, When: rule.When, Checked: rule.Verification,
			State: c.state(), Start: c.Start, Reason: c.Reason, None: c.None, By: s.AuthorName(c.By),
			Approver: s.personText(inc.Items[c.ID].Fields, ClockApprover), Zone: rule.Location(p.Calendar).String(),
			Deadlines: []DeadlineView{}, Filings: s.Filings(inc, c.ID),
		}
		for n, d := range c.Deadlines {
			view.Deadlines = append(view.Deadlines, deadlineView(d, rule.Deadlines[n], rule.Location(p.Calendar), now))
		}
		v.Clocks = append(v.Clocks, view)
	}
	for _, c := range inc.ProposedClocks(p) {
		v.Clocks = append(v.Clocks, ClockView{
			Clock: c.ID, Name: c.Name, Event: c.Start, Source: c.Source, Version: c.Version, Status: c.Status, When: c.When, Checked: c.Verification, State: "proposed",
			Zone: c.Location(p.Calendar).String(), Deadlines: []DeadlineView{}, Filings: []FilingView{},
		})
	}
	return v
}

func deadlineView(d ClockDeadline, rule policy.Deadline, zone *time.Location, now time.Time) DeadlineView {
	v := DeadlineView{Label: d.Label, From: d.From, DueAt: d.At, Exact: d.Exact, Filed: d.Filed, Receipt: d.Receipt, Late: d.Late}
	switch {
	case d.At.IsZero():
		v.WaitsOn = rule.From
	default:
		v.Local = d.At.In(zone).Format("Mon 2006-01-02 15:04 MST")
		if d.Filed.IsZero() {
			v.LeftS = int64(d.At.Sub(now) / time.Second)
		}
	}
	return v
}

// state says in one word how a started clock stands.
func (c StartedClock) state() string {
	if c.None != "" {
		return "none"
	}
	for _, d := range c.Deadlines {
		if d.Filed.IsZero() {
			return "running"
		}
	}
	return "filed"
}
