package model

import (
	"slices"
	"strings"
	"time"
)

// Resolve ends the work on an incident: what it broke works again.
type Resolve struct {
	Incident     string
	Verification string // what shows that it works again
	// Customers is the decision on the message to customers: that it was sent,
	// or why none is needed. See FieldCustomers.
	Customers string
	// At is when it worked again; zero is now.
	At time.Time
	// Confirm takes a time that stands before the cause.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c Resolve) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command. A P0 or P1 that nobody decided the customer message
// of is resolved all the same, and says so for everybody to see: what works
// again must not count as broken because a form is open, and a script written
// before the question existed still ends the incident. What is missing stays in
// Missing until somebody answers it.
func (c Resolve) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !inc.Open() {
		return Done{}, refuse("%s is %s already", inc.Code, inc.State())
	}
	proof, err := prose("the verification", c.Verification)
	if err != nil {
		return Done{}, err
	}
	customers, err := remark("the decision on the customer message", c.Customers)
	if err != nil {
		return Done{}, err
	}
	at := p.clocked(c.At)
	if c.At.IsZero() {
		at = p.Now
	} else if !c.Confirm {
		written := map[string]string{FieldMilestone("resolved"): FormatTime(at)}
		if err := p.possible(inc.Fields.when, written); err != nil {
			return Done{}, err
		}
	}
	done := Done{ID: inc.ID, Code: inc.Code}
	if customers == "" && p.State.OwesCustomers(inc) {
		customers = NoDecision
		done.Note = "resolved, and nobody has decided on the message to customers; the timeline says so. Send it, or say why none is needed: facts " +
			inc.Code + " --customers \"not needed because ...\""
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateResolved, proof)
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("resolved"), FormatTime(at), "")
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldVerification, proof, "")
	if customers != "" {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldCustomers, customers, "")
	}
	return done, nil
}

// Close files a resolved incident. A P0 or P1 waits for the decision on the
// message to customers: what was ended in a hurry is filed at leisure.
type Close struct {
	Incident string
	// Customers is that decision, as in Resolve, where nobody made it before.
	Customers string
}

// Plan implements Command.
func (c Close) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	switch inc.State() {
	case StateClosed:
		return Done{}, refuse("%s is closed already", inc.Code)
	case StateOpen:
		return Done{}, refuse("%s is not resolved; resolve it first, with what shows that it works again", inc.Code)
	}
	if open := inc.openTasks(); open > 0 {
		return Done{}, refuse("%s has %s open; answer them first", inc.Code, count(open, "task"))
	}
	customers, err := remark("the decision on the customer message", c.Customers)
	if err != nil {
		return Done{}, err
	}
	if customers != "" {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldCustomers, customers, "")
	} else if p.State.OwesCustomers(inc) {
		return Done{}, refuse("nobody has decided on the message to customers of %s; it stays resolved. Send them one, or say why none is needed: close %s --no-customer-message \"only staff saw it\"", inc.Code, inc.Code)
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateClosed, "")
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("closed"), FormatTime(p.Now), "")
	return Done{ID: inc.ID, Code: inc.Code, Note: notes(p.watchCut(inc), p.stillWaiting(inc))}, nil
}

// stillWaiting says that an incident is closed while a vendor owes an answer.
func (p *Planner) stillWaiting(inc *Incident) string {
	waits := inc.waits()
	if len(waits) == 0 {
		return ""
	}
	called, found := p.State.ticketName(waits[0], inc.Items[waits[0]])
	if more := len(waits) - 1; more > 0 {
		called += " and " + count(more, "other ticket")
	}
	return called + " still waits for an answer, and `due` goes on asking; where none will come, say so: vendor answer " + found + ` "given up, because ..."`
}

// notes puts notes into one line; empty ones are left out.
func notes(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(n string) bool { return n == "" }), " · ")
}

// watchCut says that an incident is closed before the watch for its recurrence
// ends: nothing reminds of it any more.
func (p *Planner) watchCut(inc *Incident) string {
	rules := p.State.Policy()
	watch := rules.Severity(inc.Severity()).Watch
	resolved, ok := inc.Milestone("resolved")
	if !ok || !watch.Set || inc.Fields.Text(FieldSource) != "" {
		return ""
	}
	if end := rules.Calendar.Add(resolved, watch); end.After(p.Now) {
		return "the watch for a recurrence would run until " + end.UTC().Format("15:04 UTC") + ", and nothing reminds of it now; `reopen` takes the work up again"
	}
	return ""
}

// Reopen takes the work up again.
type Reopen struct {
	Incident string
	Reason   string
}

// Plan implements Command.
func (c Reopen) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if inc.Open() {
		return Done{}, refuse("%s is open", inc.Code)
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateOpen, reason)
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("reopened"), FormatTime(p.Now), "")
	if inc.Fields.Text(FieldVerification) != "" { // it does not hold any more
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldVerification, "", reason)
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}
