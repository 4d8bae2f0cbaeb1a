package due

import (
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// Alert is a deadline of an alert nobody has taken up: a room's, as no incident
// has it yet.
const Alert = "alert"

// shownAlerts is how many waiting alerts of a class are listed one by one: in a
// storm the oldest stand for all, and the list of alerts has the rest.
const shownAlerts = 20

// routeFor is how old an alert may be for a machine to pass it on.
const routeFor = 2 * time.Hour

// Who is asked to acknowledge is called again each minute, three times: the third
// miss passes it on, as at PagerDuty. More calls would keep busy the one line that
// the next person is called on.
const (
	callAgain = time.Minute
	calls     = 3
)

// alerts asks that alerts are routed, and that somebody acknowledges those of a
// class that needs a commander: the next person each time the time has passed.
func (b *builder) alerts() {
	for i := range b.policy.Routing {
		r := &b.policy.Routing[i]
		waiting := b.state.WaitingAlerts(r.Class)
		urgent := answered(b.policy, r)
		for _, a := range waiting[:min(len(waiting), shownAlerts)] {
			if a.Via == model.ViaIntake && a.Route == "" && b.now.Sub(a.Recorded) < routeFor {
				b.add(b.routed(r, a))
			}
			if urgent {
				b.add(b.acknowledged(r, a))
			}
		}
	}
}

// answered tells whether the alerts of a class are to be acknowledged by a time.
func answered(p *policy.Policy, r *policy.Route) bool {
	return r.Acknowledge.Set && p.Severity(r.Severity).Commander == "required"
}

// AcknowledgeBy is when somebody has to have taken up an alert; zero where its
// class sets no time.
func AcknowledgeBy(p *policy.Policy, a *model.Alert) time.Time {
	if r, ok := p.Route(a.Class); ok && answered(p, &r) {
		return p.Calendar.Add(a.Recorded, r.Acknowledge)
	}
	return time.Time{}
}

// routed has an alert that came in by itself passed on at once.
func (b *builder) routed(r *policy.Route, a *model.Alert) *Due {
	d := &Due{
		Kind: Alert, Key: a.ID.String(), Severity: r.Severity, From: a.Recorded, DueAt: a.Recorded, Act: "notify", Who: "On-call engineer",
		What: "Pass on: " + a.What, Why: "a " + r.Class + " alert is routed at once",
	}
	if r.Declare {
		d.Act, d.What = "page", "Page for: "+a.What
	}
	if len(r.Then) > 0 {
		d.Target, d.WhoIDs = r.Then[0], b.targets(r.Then[0])
		d.Who = b.names(d.WhoIDs, r.Then[0])
	}
	return d
}

// acknowledged asks the next person where nobody has answered.
func (b *builder) acknowledged(r *policy.Route, a *model.Alert) *Due {
	d := &Due{
		Kind: Alert, Key: a.ID.String() + "/acknowledge", Severity: r.Severity, From: a.Recorded, DueAt: b.after(a.Recorded, r.Acknowledge),
		Who: "On-call engineer", What: "Acknowledge: " + a.What, Why: "a " + r.Class + " alert is acknowledged " + b.within(r.Acknowledge) + "; who is asked is called again each minute, three times",
	}
	if len(r.Then) == 0 {
		return d
	}
	next, turn := 0, a.Recorded
	for at := d.DueAt; next < len(r.Then)-1; at = b.after(at, r.Acknowledge) {
		d.RemindAt = append(d.RemindAt, at)
		if b.now.Before(at) {
			break
		}
		next, turn = next+1, at
	}
	passes := turn.Add(calls * callAgain) // to the next person, or to nobody
	if next < len(r.Then)-1 {
		passes = d.RemindAt[len(d.RemindAt)-1]
	}
	for at := turn.Add(callAgain); at.Before(turn.Add(calls*callAgain)) && at.Before(passes); at = at.Add(callAgain) {
		d.RemindAt = append(d.RemindAt, at)
	}
	slices.SortFunc(d.RemindAt, time.Time.Compare)
	d.Target, d.WhoIDs = r.Then[next], b.targets(r.Then[next])
	d.Who = b.names(d.WhoIDs, r.Then[next])
	return d
}
