package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
)

// NoLegalAdvice is said wherever a legal clock or a draft notice is shown.
const NoLegalAdvice = "No legal advice: clocks and drafts are aids with their source named; a lawyer decides what is due and when."

// ClockApprover is the field with the person who approved that no notice is due.
const ClockApprover = "approver"

// FilingPhase is the field that says which part of a notice was filed.
const FilingPhase = "phase"

// Phases of a notice.
const (
	NoticeComplete = "complete"
	NoticeFirst    = "first phase" // more follows
	NoticeAddition = "addition"    // to an earlier one, more follows
	NoticeWithdraw = "withdrawal"  // no breach after all
)

// noticePhases lists the phases of a notice.
var noticePhases = []string{NoticeComplete, NoticeFirst, NoticeAddition, NoticeWithdraw}

// lateAware is how long after the detection an awareness time raises the
// question why: a short inquiry may come first, and only a short one (EDPB
// Guidelines 9/2022, paragraphs 31 to 34).
const lateAware = 24 * time.Hour

// personalAware is the start event of clocks that start with the awareness of a
// personal data breach: one decision, kept in one field of the incident.
const personalAware = "aware_personal_data_breach"

// StartClock starts a legal clock from a recorded decision: an event, its time,
// what it rests on and, as the author of the command, who took it.
type StartClock struct {
	Incident string
	Clock    string    // id in the policy
	At       time.Time // of the start event
	Reason   string
}

// Plan implements Command.
func (c StartClock) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	rule, err := p.clockRule(c.Clock)
	if err != nil {
		return Done{}, err
	}
	if rule.Off {
		return Done{}, refuse("%s is switched off (%s); switch it on in the section clocks of the policy first. Nothing was started", rule.Name, rule.Status)
	}
	reason, err := p.clockStart(rule, c.At, c.Reason)
	if err != nil {
		return Done{}, err
	}
	if old, item := inc.clockOf(rule.ID); item != nil && item.Fields.Text(ClockNone) == "" {
		return Done{}, refuse("%s runs already, from %s; correct its start with `clock move %s`. Nothing was changed", rule.Name, item.Fields.Text(ClockStart), old.Short(8))
	}
	id := p.addItem(inc.ID, ClassClock, map[string]string{ClockID: rule.ID, ClockStart: FormatTime(c.At), ClockReason: reason})
	p.setAware(inc, rule, c.At, reason)
	return Done{ID: id, Code: inc.Code, Note: inc.startQuestion(rule, c.At)}, nil
}

func (p *Planner) clockRule(id string) (policy.Clock, error) {
	rule, ok := p.State.Policy().Clock(strings.ToLower(strings.TrimSpace(id)))
	if !ok {
		var ids []string
		for _, c := range p.State.Policy().Clocks {
			ids = append(ids, c.ID)
		}
		return rule, refuse("there is no legal clock %.40q; the policy has: %s. One of your own goes into its section clocks", id, strings.Join(ids, ", "))
	}
	return rule, nil
}

// clockStart checks the decision a clock starts with.
func (p *Planner) clockStart(rule policy.Clock, at time.Time, reason string) (string, error) {
	event := strings.ReplaceAll(rule.Start, "_", " ")
	switch {
	case at.IsZero():
		return "", refuse("the start is missing: %s starts with %q, a decision with a time of its own; give it. Nothing was started", rule.Name, event)
	case at.After(p.Now):
		return "", refuse("the start of %s, %s, is still to come; a clock starts with what has happened. Nothing was started", rule.Name, at.UTC().Format("2006-01-02 15:04 MST"))
	case at.UTC().Year() < 1970:
		return "", refuse("the start of %s is in the year %d. Nothing was started", rule.Name, at.UTC().Year())
	}
	if strings.TrimSpace(reason) == "" {
		return "", refuse("say what the decision %q rests on; an authority will ask. Nothing was started", event)
	}
	return prose("the reason", reason)
}

// setAware keeps the awareness of a personal data breach where notices and
// register read it.
func (p *Planner) setAware(inc *Incident, rule policy.Clock, at time.Time, reason string) {
	if rule.Start == personalAware && inc.Fields.Text(BreachAware) != FormatTime(at) {
		p.set(KindIncidentField, inc.ID, inc.Fields, BreachAware, FormatTime(at), reason)
	}
}

// startQuestion is what to ask where the awareness comes long after the
// detection.
func (i *Incident) startQuestion(rule policy.Clock, at time.Time) string {
	if began := i.Since(); began.Sub(at) > lateAware {
		return "question: it starts " + DwellText(int64(began.Sub(at)/time.Second)) + " before the incident began; is the day right? `clock move` corrects it"
	}
	detected, ok := i.Milestone("detected")
	aware := strings.HasPrefix(rule.Start, "aware") || rule.Start == "noticed" || strings.HasSuffix(rule.Start, "discovered")
	if !ok || !aware || at.Sub(detected) <= lateAware {
		return ""
	}
	return "question: aware " + DwellText(int64(at.Sub(detected)/time.Second)) + " after the detection; why not earlier? Only a short inquiry may come first; write the answer into the log"
}

// clockOf finds the clock of a rule that was started last; nil where none was.
func (i *Incident) clockOf(rule string) (ID, *Item) {
	ids := i.Items.Of(ClassClock)
	for _, id := range slices.Backward(ids) {
		if i.Items[id].Fields.Text(ClockID) == rule {
			return id, i.Items[id]
		}
	}
	return ID{}, nil
}

// FindClock reads what a person typed for a clock of an incident: the id of
// its rule, or its own id or the start of it.
func (s *State) FindClock(incident, text string) (*Incident, ID, error) {
	inc, err := s.FindIncident(incident)
	if err != nil {
		return nil, ID{}, err
	}
	if id, item := inc.clockOf(strings.ToLower(strings.TrimSpace(text))); item != nil {
		return inc, id, nil
	}
	upper := strings.ToUpper(strings.TrimSpace(text))
	var have []string
	for _, id := range inc.Items.Of(ClassClock) {
		if len(upper) >= minPrefix && strings.HasPrefix(id.String(), upper) {
			return inc, id, nil
		}
		have = append(have, inc.Items[id].Fields.Text(ClockID))
	}
	if len(have) == 0 {
		return nil, ID{}, refuse("no legal clock was started in %s; start it with `clock start`", inc.Code)
	}
	return nil, ID{}, refuse("the clock %.40q was not started in %s; started are: %s", text, inc.Code, strings.Join(have, ", "))
}

// MoveClock corrects the start of a clock. What it was stays in the history.
type MoveClock struct {
	Incident, Clock string
	At              time.Time
	Reason          string
}

// Plan implements Command.
func (c MoveClock) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindClock(c.Incident, c.Clock)
	if err != nil {
		return Done{}, err
	}
	rule, err := p.clockRule(inc.Items[id].Fields.Text(ClockID))
	if err != nil {
		return Done{}, err
	}
	reason, err := p.clockStart(rule, c.At, c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.setItem(inc.ID, id, inc.Items[id], ClockStart, FormatTime(c.At), reason)
	p.setAware(inc, rule, c.At, reason)
	return Done{ID: id, Code: inc.Code, Note: inc.startQuestion(rule, c.At)}, nil
}

// DeclineClock records that a clock asks for no notice: before it was started
// or while it runs. The incident stays in the register of breaches.
type DeclineClock struct {
	Incident, Clock string
	Reason          string // needed
	Approver        string // needed: who takes the decision
}

// Plan implements Command.
func (c DeclineClock) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if strings.TrimSpace(c.Reason) == "" {
		return Done{}, refuse("\"not notifiable\" needs its reason; the register keeps it. Nothing was changed")
	}
	if strings.TrimSpace(c.Approver) == "" {
		return Done{}, refuse("\"not notifiable\" needs a person who approves it. Nothing was changed")
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	approver, err := p.State.FindPerson(c.Approver)
	if err != nil {
		return Done{}, err
	}
	done := Done{Code: inc.Code, Note: "the incident stays in the register of breaches, with this reason"}
	if _, id, err := p.State.FindClock(c.Incident, c.Clock); err == nil {
		item := inc.Items[id]
		p.setItem(inc.ID, id, item, ClockNone, reason, "")
		p.setItem(inc.ID, id, item, ClockApprover, approver.String(), "")
		done.ID = id
		return done, nil
	}
	rule, err := p.clockRule(c.Clock)
	if err != nil {
		return Done{}, err
	}
	done.ID = p.addItem(inc.ID, ClassClock, map[string]string{ClockID: rule.ID, ClockNone: reason, ClockApprover: approver.String()})
	return done, nil
}

// RecordClockEvent gives the time of a further event of a clock, such as
// fix_available, aware or payment.
type RecordClockEvent struct {
	Incident, Clock string
	Event           string
	At              time.Time
	Reason          string
}

// Plan implements Command.
func (c RecordClockEvent) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindClock(c.Incident, c.Clock)
	if err != nil {
		return Done{}, err
	}
	item := inc.Items[id]
	rule, err := p.clockRule(item.Fields.Text(ClockID))
	if err != nil {
		return Done{}, err
	}
	event := strings.ReplaceAll(strings.TrimSpace(c.Event), " ", "_")
	var events []string
	for _, d := range rule.Deadlines {
		if _, filing := rule.Filing(d.From); d.From != policy.FromStart && !filing {
			events = append(events, d.From)
		}
	}
	if !slices.Contains(events, event) {
		return Done{}, refuse("%s waits for no event %.40q; it waits for: %s. Nothing was changed", rule.Name, c.Event, either(strings.Join(events, ", "), "none"))
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	if c.At.IsZero() {
		return Done{}, refuse("the time of %s is missing. Nothing was changed", event)
	}
	if err := p.setTime(fields, event, "the time of "+event, c.At); err != nil {
		return Done{}, err
	}
	p.setItem(inc.ID, id, item, clockEventPrefix+event, fields[event], reason)
	return Done{ID: id, Code: inc.Code}, nil
}

// FileNotice records that a notice was filed. Nothing is sent: a person files
// it at the authority's portal, and writes down the receipt.
type FileNotice struct {
	Incident, Clock string
	Label           string    // the deadline it answers; empty where the clock has one
	At              time.Time // zero is now
	Receipt         string    // number, or who took it; needed
	Phase           string    // complete, first phase, addition or withdrawal; empty is complete
	Reason          string    // why it was late; needed where it was
}

// Plan implements Command.
func (c FileNotice) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindClock(c.Incident, c.Clock)
	if err != nil {
		return Done{}, err
	}
	started := inc.clock(p.State.Policy(), id, inc.Items[id])
	if started.None != "" {
		return Done{}, refuse("%s was decided to ask for no notice; start it first. Nothing was written", started.Name)
	}
	deadline, err := started.deadline(c.Label)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{FilingReceipt, "the receipt (a number, or who took it)", c.Receipt, true, maxSource},
		formField{FilingReason, "the reason", c.Reason, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if fields[FilingPhase], err = choose("phase", either(c.Phase, NoticeComplete), noticePhases); err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	if err := p.setTime(fields, FilingAt, "the time of the filing", at); err != nil {
		return Done{}, err
	}
	late := !deadline.At.IsZero() && at.After(deadline.At) && deadline.Filed.IsZero()
	if late && deadline.Exact && fields[FilingReason] == "" {
		return Done{}, refuse("%s of %s was due at %s; a late notice gives the reasons for the delay. Nothing was written", deadline.Label, started.Name, deadline.At.Format("2006-01-02 15:04 MST"))
	}
	fields[FilingClock], fields[FilingLabel] = id.String(), deadline.Label
	done := Done{ID: p.addItem(inc.ID, ClassFiling, fields), Code: inc.Code}
	if phase := fields[FilingPhase]; phase == NoticeFirst || phase == NoticeAddition {
		done.Note = "more is to follow; the next phase is due in 7 days"
	}
	return done, nil
}

// deadline finds a deadline of a clock by its label.
func (c StartedClock) deadline(label string) (ClockDeadline, error) {
	label = strings.TrimSpace(label)
	if label == "" && len(c.Deadlines) == 1 {
		return c.Deadlines[0], nil
	}
	var labels []string
	for _, d := range c.Deadlines {
		if strings.EqualFold(d.Label, label) {
			return d, nil
		}
		labels = append(labels, d.Label)
	}
	return ClockDeadline{}, refuse("%s has no deadline %.40q; it has: %s. Nothing was written", c.Name, label, strings.Join(labels, ", "))
}
