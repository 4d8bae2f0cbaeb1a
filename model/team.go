package model

import (
	"slices"
	"strconv"
	"time"
)

// ClassTeam is a group below the commander, with a leader of its own.
const ClassTeam = "team"

// Fields of a team. Members are person ids, one a line.
const (
	TeamName      = "name"
	TeamLeader    = "leader"
	TeamObjective = "objective"
	TeamReport    = "report" // minutes between reports
	TeamMembers   = "members"
	TeamWord      = "word" // what its leader reported last: condition, actions, needs
	TeamClosed    = "closed"
)

// TeamView is who works on an incident, and what is wrong with that.
type TeamView struct {
	Members []TeamMember `json:"members"`
	Teams   []SubTeam    `json:"teams"`
	// Missing lists required roles nobody holds.
	Missing []string `json:"missing"`
	// Span is how many report to the commander directly; the policy has the
	// most.
	Span     int      `json:"span"`
	MaxSpan  int      `json:"max_span"`
	Warnings []string `json:"warnings"`
	// Offers are roles that wait for their next holder to accept.
	Offers []OfferView `json:"offers"`
}

// TeamMember is a person in a role, with what the clock says of them.
type TeamMember struct {
	Role     string `json:"role"`
	Title    string `json:"title"`
	Person   string `json:"person"`
	PersonID ID     `json:"person_id"`
	Accepted bool   `json:"accepted"`
	// OnDutyS is for how long the person has been at work without a rest, in any
	// role of any incident, and OnDutySince since when: see Duty. CommandS is how
	// much of that they commanded, of the commander alone.
	OnDutyS     int64     `json:"on_duty_s"`
	OnDutySince time.Time `json:"on_duty_since,omitzero"`
	CommandS    int64     `json:"command_s,omitempty"`
	// Local is the person's local time, as 03:12; Night says that it is night
	// there.
	Local string `json:"local"`
	Night bool   `json:"night"`
	Phone string `json:"phone"`
}

// SubTeam is a team below the commander.
type SubTeam struct {
	ID        ID       `json:"id"`
	Name      string   `json:"name"`
	Leader    string   `json:"leader"`
	Objective string   `json:"objective"`
	ReportS   int64    `json:"report_every_s"`
	Members   []string `json:"members"`
	// Word is what its leader reported last, and when.
	Word   string    `json:"word,omitempty"`
	WordAt time.Time `json:"word_at,omitzero"`
}

// OfferView is a role on its way to another person.
type OfferView struct {
	Role     string    `json:"role"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Briefing string    `json:"briefing"`
	At       time.Time `json:"at"`
}

// TeamView gives who works on an incident.
func (s *State) TeamView(inc *Incident, now time.Time) TeamView {
	p := s.Policy()
	v := TeamView{Members: []TeamMember{}, Teams: []SubTeam{}, Missing: []string{}, MaxSpan: p.People.Span, Warnings: []string{}, Offers: []OfferView{}}
	team, duties := inc.Team(), s.Duties(now)
	for _, h := range team {
		role, _ := FindRole(h.Role)
		local, night := s.localTime(h.Person, now)
		m := TeamMember{
			Role: h.Role, Title: role.Title, Person: s.PersonName(h.Person), PersonID: h.Person, Accepted: h.Accepted,
			Local: local, Night: night,
		}
		if duty, ok := duties.Of(h.Person); ok {
			m.OnDutySince, m.OnDutyS = duty.Since, int64(now.Sub(duty.Since)/time.Second)
			if h.Role == RoleCommander && !duty.Command.IsZero() {
				m.CommandS = int64(now.Sub(duty.Command) / time.Second)
			}
		}
		if person := s.People[h.Person]; person != nil {
			m.Phone = person.Fields.Text("phone")
		}
		v.Members = append(v.Members, m)
		if offer, ok := inc.Offered(role); ok {
			v.Offers = append(v.Offers, OfferView{
				Role: role.Title, From: m.Person, To: s.PersonName(offer.To), Briefing: offer.Briefing, At: viewMilli(offer.At.Recorded()),
			})
		}
	}
	s.subTeams(inc, &v)
	v.Span = inc.DirectReports(team)
	v.Missing = s.missingRoles(inc)
	v.Warnings = s.teamWarnings(inc, v, now)
	return v
}

// subTeams adds the teams to the view.
func (s *State) subTeams(inc *Incident, v *TeamView) {
	for _, id := range inc.Items.Of(ClassTeam) {
		f := inc.Items[id].Fields
		if f.Text(TeamClosed) != "" {
			continue
		}
		minutes, _ := strconv.Atoi(f.Text(TeamReport))
		t := SubTeam{ID: id, Name: f.Text(TeamName), Objective: f.Text(TeamObjective), ReportS: int64(minutes) * 60, Members: []string{}}
		_, t.WordAt, _ = s.written(f, TeamWord)
		t.Word = f.Text(TeamWord)
		if leader, err := ParseID(f.Text(TeamLeader)); err == nil {
			t.Leader = s.PersonName(leader)
		}
		for _, text := range lines(f.Text(TeamMembers)) {
			if member, err := ParseID(text); err == nil {
				t.Members = append(t.Members, s.PersonName(member))
			}
		}
		v.Teams = append(v.Teams, t)
	}
}

// DirectReports counts who of the team reports to the commander: everybody in a
// role but the commander, observers, and those a team leader leads.
func (i *Incident) DirectReports(team []Holder) int {
	led, direct := map[ID]bool{}, map[ID]bool{}
	for _, id := range i.Items.Of(ClassTeam) {
		f := i.Items[id].Fields
		if f.Text(TeamClosed) != "" {
			continue
		}
		for _, text := range lines(f.Text(TeamMembers)) {
			if member, err := ParseID(text); err == nil {
				led[member] = true
			}
		}
	}
	for _, h := range team {
		if h.Role != RoleCommander && h.Role != "observer" && !led[h.Person] {
			direct[h.Person] = true
		}
	}
	for _, h := range team {
		if h.Role == RoleCommander {
			delete(direct, h.Person)
		}
	}
	return len(direct)
}

// missingRoles lists the titles of required roles that nobody holds.
func (s *State) missingRoles(inc *Incident) []string {
	p := s.Policy()
	level := p.Severity(inc.Severity())
	required := level.Roles
	if inc.Sensitive(p) {
		required = slices.Concat(required, level.Sensitive)
	}
	missing := []string{}
	for _, role := range ResponseRoles {
		if slices.Contains(required, role.Name) && len(inc.Holders(role)) == 0 {
			missing = append(missing, role.Title)
		}
	}
	return missing
}

// localTime gives a person's local time and whether it is night there; "" where
// their zone is not known.
func (s *State) localTime(person ID, now time.Time) (local string, night bool) {
	p := s.People[person]
	if p == nil || p.Fields.Text("zone") == "" {
		return "", false
	}
	zone, err := time.LoadLocation(p.Fields.Text("zone"))
	if err != nil {
		return "", false
	}
	t := now.In(zone)
	return t.Format("15:04"), s.Policy().People.Night(t.Hour())
}

// teamWarnings says what is wrong with a team, the worst first.
func (s *State) teamWarnings(inc *Incident, v TeamView, now time.Time) []string {
	p, warnings := s.Policy(), []string{}
	if v.Span > v.MaxSpan {
		warnings = append(warnings, strconv.Itoa(v.Span)+" people report to the commander, more than "+strconv.Itoa(v.MaxSpan)+": make teams with leaders")
	}
	for _, h := range inc.Team() {
		role, _ := FindRole(h.Role)
		if text := s.unwise(inc, role, h.Person); text != "" && !slices.Contains(warnings, text) {
			warnings = append(warnings, text)
		}
	}
	return append(warnings, tired(&p.People, inc, v.Members)...)
}

// unwise says why a person should not hold a role, where there is a reason:
// who commands repairs nothing and is nobody's expert.
func (s *State) unwise(inc *Incident, role Role, person ID) string {
	commander, _ := FindRole(RoleCommander)
	expert, _ := FindRole(RoleSME)
	holds := func(r Role) bool {
		return role.Name == r.Name || slices.ContainsFunc(inc.Holders(r), func(h Holder) bool { return h.Person == person })
	}
	if (role.Name == commander.Name || role.Name == expert.Name) && holds(commander) && holds(expert) {
		return s.PersonName(person) + " is commander and expert at once: who commands repairs nothing, hand one of them over"
	}
	return ""
}
