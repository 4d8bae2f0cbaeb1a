package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/plain"
)

// Offer is a role that its holder wants to hand over. The holder keeps it until
// the other accepts: command is never empty.
type Offer struct {
	Role     string
	To       ID
	Briefing string
	At       Stamp
}

// Offered gives the open offer of a role; false where there is none.
func (i *Incident) Offered(role Role) (Offer, bool) {
	r := i.Fields[handoverPrefix+role.Name]
	if r == nil {
		return Offer{}, false
	}
	v, _ := r.Value()
	to, err := ParseID(v.Text)
	return Offer{Role: role.Name, To: to, Briefing: v.Reason, At: v.Stamp}, err == nil
}

// Offers lists the open offers of all roles, in no order.
func (i *Incident) Offers() []Offer {
	var list []Offer
	for field := range i.Fields {
		name, ok := strings.CutPrefix(field, handoverPrefix)
		if !ok {
			continue
		}
		n := slices.IndexFunc(ResponseRoles[:], func(r Role) bool { return r.Name == name })
		if n < 0 {
			continue // a role this version does not have
		}
		if offer, open := i.Offered(ResponseRoles[n]); open {
			list = append(list, offer)
		}
	}
	return list
}

// HandOver offers a role that is held to another person. It passes when they
// accept. Nobody withdraws it by name: the next offer, or a new assignment,
// takes its place.
type HandOver struct {
	Incident string
	Role     string
	To       string
	// Briefing is what the other must know; the hand-over sheet has the rest.
	Briefing string
}

// Plan implements Command.
func (c HandOver) Plan(p *Planner) (Done, error) {
	inc, role, err := p.duty(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	to, err := p.here(c.To)
	if err != nil {
		return Done{}, err
	}
	briefing, err := remark("the briefing", c.Briefing)
	if err != nil {
		return Done{}, err
	}
	if role.Several {
		return Done{}, refuse("several people can hold %s; assign %s to it, and release who leaves", role.Title, p.State.PersonName(to))
	}
	held := inc.Holders(role)
	switch {
	case len(held) == 0:
		return Done{}, refuse("nobody holds %s on %s; assign it instead", role.Title, inc.Code)
	case len(held) > 1:
		return Done{}, refuse("%s of %s is in conflict; settle who holds it first", role.Title, inc.Code)
	case held[0].Person == to:
		return Done{}, refuse("%s holds %s already", p.State.PersonName(to), role.Title)
	case p.State.gone(to):
		return Done{}, refuse("%s has no device in the room any more; hand over to somebody who can accept", p.State.PersonName(to))
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, handoverPrefix+role.Name, to.String(), briefing)
	return Done{ID: inc.ID, Code: inc.Code, Note: p.State.PersonName(held[0].Person) + " stays " + role.Title + " until " + p.State.PersonName(to) + " accepts"}, nil
}

// gone reports a person whose devices were all removed: nobody can accept for
// them. One who never had a device is told by telephone, and may be put down as
// accepted by others.
func (s *State) gone(person ID) bool {
	removed := false
	for _, m := range s.Members {
		if m.Person != person {
			continue
		}
		if m.Active() {
			return false
		}
		removed = true
	}
	return removed
}

func (s *State) handoverText(name string, v Value) string {
	title := name
	if r, ok := FindRole(name); ok {
		title = r.Title
	}
	to, err := ParseID(v.Text)
	if err != nil {
		return ""
	}
	text := "HANDOVER " + title + " → " + s.PersonName(to)
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	return text
}

// Sheet is what the next commander reads before accepting, in the five blocks of
// the incident briefing form 201 of FEMA.
type Sheet struct {
	Incident string    `json:"incident"`
	Title    string    `json:"title"`
	Severity string    `json:"severity"`
	Prepared time.Time `json:"prepared_at"`
	By       string    `json:"by"`
	// Situation: what happens to whom, since when, and what endangers people.
	Situation []string `json:"situation"`
	// Objectives: what is tried, with the hypotheses behind it.
	Objectives []string `json:"objectives"`
	// Actions: what was done and is being done, with times.
	Actions []string `json:"actions"`
	// Organisation: who holds what, since when, and who is tired.
	Organisation []string `json:"organisation"`
	// Resources: who and what was called, tools that are down, promises and
	// clocks that run.
	Resources []string `json:"resources"`
}

// EmptySheet tells nothing; its lists are empty, not missing.
func EmptySheet() Sheet {
	return Sheet{Situation: []string{}, Objectives: []string{}, Actions: []string{}, Organisation: []string{}, Resources: []string{}}
}

// sheetActions is how many of the last actions the sheet tells: more is read in
// the timeline.
const sheetActions = 20

// HandoverSheet writes the sheet of an incident. promises are the deadlines that
// run, in words, which package due knows.
func (s *State) HandoverSheet(inc *Incident, by string, promises []string, now time.Time) Sheet {
	team := s.TeamView(inc, now)
	sheet := Sheet{
		Incident: inc.Code, Title: inc.Title(), Severity: inc.Severity(), Prepared: now, By: by,
		Situation: s.situation(inc, now), Objectives: s.objectives(inc, now), Actions: s.actions(inc),
		Organisation: []string{}, Resources: []string{},
	}
	for _, m := range team.Members {
		line := m.Title + ": " + m.Person
		if !m.OnDutySince.IsZero() { // what is resolved holds nobody at work
			line += ", " + speakDuration(time.Duration(m.OnDutyS)*time.Second) + " on duty"
		}
		if m.CommandS > 0 && m.CommandS != m.OnDutyS {
			line += ", " + speakDuration(time.Duration(m.CommandS)*time.Second) + " in command"
		}
		if !m.Accepted {
			line += ", not accepted"
		}
		if m.Night {
			line += ", night there (" + m.Local + ")"
		}
		sheet.Organisation = append(sheet.Organisation, line)
	}
	for _, t := range team.Teams {
		sheet.Organisation = append(sheet.Organisation, "Team "+t.Name+" under "+t.Leader+": "+t.Objective)
	}
	for _, w := range team.Warnings {
		sheet.Organisation = append(sheet.Organisation, "Warning: "+w)
	}
	for _, a := range inc.Attempts() {
		if who := s.PersonName(a.Person); !a.Person.Zero() {
			sheet.Resources = append(sheet.Resources, "Called "+who+" by "+a.Way+" at "+SpeakTime(a.At, now, nil)+": "+either(a.Result, "no answer yet"))
		}
	}
	for _, t := range s.Policy().Tools {
		if status := inc.Fields.Text(FieldTool(t.ID)); status == "down" || status == "shaky" {
			sheet.Resources = append(sheet.Resources, t.Name+" is "+status+"; instead: "+strings.Join(t.Fallback, ", then "))
		}
	}
	for _, t := range s.TicketViews(inc, now) {
		sheet.Resources = append(sheet.Resources, t.Says(now))
	}
	sheet.Resources = append(sheet.Resources, promises...)
	return sheet
}

func (s *State) situation(inc *Incident, now time.Time) []string {
	lines := []string{inc.Severity() + ", " + inc.Phase() + ", since " + SpeakTime(inc.Since(), now, nil) + " (" + speakDuration(inc.end(now).Sub(inc.Since())) + ")"}
	for _, text := range []string{inc.Fields.Text(FieldImpact), inc.latest("impact"), inc.latest("finding"), inc.latest("mitigation")} {
		if text != "" && text != lines[len(lines)-1] {
			lines = append(lines, text)
		}
	}
	return lines
}

// objectives lists what is believed and what was decided, as entries and on the
// board.
func (s *State) objectives(inc *Incident, now time.Time) []string {
	list := inc.texts("hypothesis", "decision")
	v := s.Response(inc)
	for _, h := range v.Hypotheses {
		line := plain.Capital(h.State) + " hypothesis: " + h.Text
		if h.State == HypothesisOpen {
			line += " (for " + speakDuration(now.Sub(h.AddedAt)) + ")"
		}
		list = append(list, line)
	}
	for _, d := range v.Decisions {
		list = append(list, plain.Capital(d.Result)+": "+d.Proposal)
	}
	return list
}

// texts lists what stands of some kinds of entry, the oldest first.
func (i *Incident) texts(kinds ...string) []string {
	list := []string{}
	for _, v := range i.standing(kinds...) {
		list = append(list, v.Text)
	}
	return list
}

func (s *State) actions(inc *Incident) []string {
	list := []string{}
	done := inc.standing("action", "failed_action", "mitigation", "recovery")
	for _, v := range done[max(0, len(done)-sheetActions):] {
		list = append(list, v.Time().Format("2 Jan 15:04")+" UTC "+v.Text)
	}
	for _, t := range s.TaskViews(inc) {
		if !t.Done {
			list = append(list, "Open: "+t.Text+" ("+either(t.Owner, "nobody")+")")
		}
	}
	return list
}
