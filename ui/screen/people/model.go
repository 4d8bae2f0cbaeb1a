package people

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// audiencePrefix is in front of the fields of a room that list recipients.
const audiencePrefix = "audience."

// person is a human of the room, as the screen lists them.
type person struct {
	model.PersonView
	roles []string // in open incidents: "Incident commander of INC-7K2M, INC-09G4"
	tasks int      // open ones
	heard *time.Time
	here  bool   // this device is theirs
	duty  string // "on call until Mon 10:00"
	zone  *time.Location
}

// content is what the screen shows, copied from the room.
type content struct {
	people []person
	lists  map[string]string // the texts of the audiences by name
	// stakeholders counts who is meant where that list is empty.
	stakeholders int
	directory    directory
}

// read copies people and audiences out of the state. It keeps nothing of it.
func read(in screen.Input, self model.DeviceKey) content {
	c := content{lists: map[string]string{}}
	index := map[model.ID]int{}
	for i, v := range in.State.PersonViews() {
		p := person{PersonView: v}
		p.Name, p.Email, p.Team, p.Title = text.Line(v.Name), text.Line(v.Email), text.Line(v.Team), text.Line(v.Title)
		if zone, err := time.LoadLocation(v.Zone); err == nil && v.Zone != "" {
			p.zone = zone
		}
		if p.Email != "" {
			c.stakeholders++
		}
		index[v.ID] = i
		c.people = append(c.people, p)
	}
	for _, view := range in.Peers {
		if m := in.State.Members[view.Device]; m != nil && view.LastHeard != nil {
			if i, ok := index[m.Person]; ok && (c.people[i].heard == nil || view.LastHeard.After(*c.people[i].heard)) {
				c.people[i].heard = view.LastHeard
			}
		}
	}
	if m := in.State.Members[self]; m != nil {
		if i, ok := index[m.Person]; ok {
			c.people[i].here = true
		}
	}
	c.readWork(in.State, index)
	c.readLists(in.State)
	c.directory = readDirectory(in, c.people)
	for i := range c.people {
		c.people[i].duty = c.directory.duties[c.people[i].ID]
	}
	return c
}

// readWork notes roles and open tasks in open incidents.
func (c *content) readWork(s *model.State, index map[model.ID]int) {
	held := make([]map[string][]string, len(c.people)) // the incidents of each role of a person
	for i := range held {
		held[i] = map[string][]string{}
	}
	for inc := range s.Unclosed() {
		if !inc.Open() {
			continue
		}
		for _, h := range inc.Team() {
			if i, ok := index[h.Person]; ok {
				title := roleTitle(h.Role)
				held[i][title] = append(held[i][title], inc.Code)
			}
		}
		for _, t := range inc.Tasks {
			owner, err := model.ParseID(t.Fields.Text(model.TaskOwner))
			if i, ok := index[owner]; ok && err == nil && t.Known() && !t.Done() {
				c.people[i].tasks++
			}
		}
	}
	for i := range c.people {
		for _, title := range slices.Sorted(maps.Keys(held[i])) {
			codes := held[i][title]
			slices.Sort(codes)
			c.people[i].roles = append(c.people[i].roles, title+" of "+strings.Join(slices.Compact(codes), ", "))
		}
	}
}

func roleTitle(name string) string {
	if r, ok := model.FindRole(name); ok {
		return r.Title
	}
	return text.Line(name)
}

// readLists copies the audiences: the room's own, and those every room has.
func (c *content) readLists(s *model.State) {
	c.lists[model.AudienceStakeholders], c.lists[model.AudienceTeam] = "", ""
	for name := range s.Fields {
		if audience, ok := strings.CutPrefix(name, audiencePrefix); ok && audience != "" {
			c.lists[audience] = s.Fields.Text(name)
		}
	}
}

// audiences are the names, the two every room has first.
func (c content) audiences() []string {
	names := slices.Sorted(maps.Keys(c.lists))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

func rank(name string) int {
	switch name {
	case model.AudienceStakeholders:
		return 0
	case model.AudienceTeam:
		return 1
	}
	return 2
}

// filtered are the people that hold every word of a query.
func (c content) filtered(query string) []person {
	return form.Matching(c.people, query, func(p person) string {
		return strings.Join(append([]string{p.Name, p.Email, p.Team, p.Title}, p.roles...), " ")
	})
}

func (p person) row(now time.Time) part.PersonRow {
	r := part.PersonRow{ID: p.ID.String(), Name: p.Name, About: p.about(), Load: p.tasks, Health: part.Stale}
	switch {
	case p.Devices == 0:
		r.Heard = "no device here"
	case p.here:
		r.Heard, r.Health = "this device", part.Good
	case p.heard == nil:
		r.Heard = "never heard"
	default:
		r.Heard = "last heard " + text.Ago(now.Sub(*p.heard))
		if now.Sub(*p.heard) < heardLately {
			r.Health = part.Good
		}
	}
	r.Holds = p.duty
	if p.zone != nil {
		r.Local = now.In(p.zone).Format("15:04 MST")
	}
	return r
}

// about says what a person does now, and how to reach them.
func (p person) about() string {
	says := p.roles
	if p.Email != "" {
		says = append(slices.Clone(says), p.Email)
	}
	return strings.Join(says, " · ")
}

// heardLately is how long somebody counts as there: links say something every
// 15 seconds.
const heardLately = time.Minute

// judge says what a list of recipients comes to.
func judge(audience, list string, stakeholders int) (string, form.Tone) {
	if strings.TrimSpace(list) == "" {
		switch audience {
		case model.AudienceStakeholders:
			if stakeholders == 0 {
				return "The list is empty and nobody of the room has an e-mail: nobody is reached.", form.Warn
			}
			return "The list is empty, so everybody of the room with an e-mail is meant: " + text.Count(stakeholders, "person", "people") + ".", form.Plain
		case model.AudienceTeam:
			return "The list is empty, so whoever holds a role in the incident is meant.", form.Plain
		}
		return "The list is empty: nobody is reached.", form.Warn
	}
	good, bad := model.ParseRecipients(list)
	reaches := "Reaches " + text.Count(len(good), "person", "people") + "."
	if len(bad) == 0 {
		return reaches, form.Well
	}
	const named = 3
	more := ""
	if len(bad) > named {
		more = fmt.Sprintf(" and %d more", len(bad)-named)
		bad = bad[:named]
	}
	return reaches + " No address: " + text.Line(strings.Join(bad, ", ")) + more + ".", form.Wrong
}
