package model

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
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
	TeamClosed    = "closed"
)

const presencePrefix = "present."

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
	// OnDutyS is for how long the person has held roles here without a break.
	OnDutyS int64 `json:"on_duty_s"`
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
	team := inc.Team()
	for _, h := range team {
		role, _ := FindRole(h.Role)
		local, night := s.localTime(h.Person, now)
		m := TeamMember{
			Role: h.Role, Title: role.Title, Person: s.PersonName(h.Person), PersonID: h.Person, Accepted: h.Accepted,
			OnDutyS: int64(now.Sub(since(team, h.Person)) / time.Second), Local: local, Night: night,
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
	led := s.subTeams(inc, &v)
	v.Span = inc.span(team, led)
	v.Missing = s.missingRoles(inc)
	v.Warnings = s.teamWarnings(inc, v, now)
	return v
}

// since is when a person's roles here began.
func since(team []Holder, person ID) time.Time {
	first := time.Time{}
	for _, h := range team {
		if at := viewMilli(h.Since.Recorded()); h.Person == person && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// subTeams adds the teams to the view and gives who is led within one.
func (s *State) subTeams(inc *Incident, v *TeamView) map[ID]bool {
	led := map[ID]bool{}
	for _, id := range inc.Items.Of(ClassTeam) {
		f := inc.Items[id].Fields
		if f.Text(TeamClosed) != "" {
			continue
		}
		minutes, _ := strconv.Atoi(f.Text(TeamReport))
		t := SubTeam{ID: id, Name: f.Text(TeamName), Objective: f.Text(TeamObjective), ReportS: int64(minutes) * 60, Members: []string{}}
		if leader, err := ParseID(f.Text(TeamLeader)); err == nil {
			t.Leader = s.PersonName(leader)
		}
		for _, text := range lines(f.Text(TeamMembers)) {
			if member, err := ParseID(text); err == nil {
				led[member] = true
				t.Members = append(t.Members, s.PersonName(member))
			}
		}
		v.Teams = append(v.Teams, t)
	}
	return led
}

// span counts who reports to the commander: everybody in a role but the
// commander, observers, and those a team leader leads.
func (i *Incident) span(team []Holder, led map[ID]bool) int {
	direct := map[ID]bool{}
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
	for _, m := range v.Members {
		onDuty := time.Duration(m.OnDutyS) * time.Second
		limit := p.People.Awake
		if c := p.People.Command[inc.Severity()]; m.Role == RoleCommander && c.Set {
			limit = c
		}
		if limit.Set && onDuty > limit.Duration && inc.Open() {
			warnings = append(warnings, m.Person+" is "+m.Title+" for "+speakDuration(onDuty)+": plan relief")
		}
	}
	return warnings
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

// AddTeam makes a team below the commander.
type AddTeam struct {
	Incident  string
	Name      string
	Leader    string
	Objective string
	// ReportMinutes is how often the leader reports.
	ReportMinutes int
	Members       []string
}

// Plan implements Command.
func (c AddTeam) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	name, err := line("the name of the team", c.Name, MaxName)
	if err != nil {
		return Done{}, err
	}
	leader, err := p.State.FindPerson(c.Leader)
	if err != nil {
		return Done{}, err
	}
	objective, err := prose("the objective", c.Objective)
	if err != nil {
		return Done{}, err
	}
	members, err := p.people(c.Members)
	if err != nil {
		return Done{}, err
	}
	if c.ReportMinutes < 0 || c.ReportMinutes > 24*60 {
		return Done{}, refuse("a team reports every 1 to %d minutes, not every %d", 24*60, c.ReportMinutes)
	}
	fields := map[string]string{TeamName: name, TeamLeader: leader.String(), TeamObjective: objective, TeamMembers: members}
	if c.ReportMinutes > 0 {
		fields[TeamReport] = strconv.Itoa(c.ReportMinutes)
	}
	return Done{ID: p.addItem(inc.ID, ClassTeam, fields), Code: inc.Code}, nil
}

// people reads names into ids, one a line.
func (p *Planner) people(names []string) (string, error) {
	var ids []string
	for _, name := range names {
		id, err := p.State.FindPerson(name)
		if err != nil {
			return "", err
		}
		if !slices.Contains(ids, id.String()) {
			ids = append(ids, id.String())
		}
	}
	return strings.Join(ids, "\n"), nil
}

// SetTeam changes a team; empty members are left alone.
type SetTeam struct {
	Team      string
	Leader    string
	Objective string
	Members   []string
	// Close dissolves the team.
	Close bool
}

// Plan implements Command.
func (c SetTeam) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Team, "team", ClassTeam)
	if err != nil {
		return Done{}, err
	}
	values := map[string]string{}
	if c.Leader != "" {
		leader, err := p.State.FindPerson(c.Leader)
		if err != nil {
			return Done{}, err
		}
		values[TeamLeader] = leader.String()
	}
	if c.Objective != "" {
		if values[TeamObjective], err = prose("the objective", c.Objective); err != nil {
			return Done{}, err
		}
	}
	if len(c.Members) > 0 {
		if values[TeamMembers], err = p.people(c.Members); err != nil {
			return Done{}, err
		}
	}
	if c.Close {
		values[TeamClosed] = "yes"
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to change; name a leader, an objective or members")
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.setItem(inc.ID, id, inc.Items[id], field, values[field], "")
	}
	return Done{ID: id, Code: inc.Code}, nil
}

func toldTeam(s *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	leader, _ := ParseID(f.Text(TeamLeader))
	switch field {
	case "", TeamLeader, TeamObjective:
		return "role", "Team " + f.Text(TeamName) + " under " + s.PersonName(leader) + ": " + f.Text(TeamObjective)
	case TeamClosed:
		return "role", "Team " + f.Text(TeamName) + " is dissolved"
	}
	return "", ""
}

// SetPresence says that a person joined the response or left it.
type SetPresence struct {
	Incident string
	Person   string // empty is the author
	Left     bool
}

// Plan implements Command.
func (c SetPresence) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	person := p.Person
	if c.Person != "" {
		if person, err = p.State.FindPerson(c.Person); err != nil {
			return Done{}, err
		}
	}
	word := "joined"
	if c.Left {
		word = "left"
		for _, h := range inc.Team() {
			if h.Person == person && h.Role != "observer" {
				return Done{}, refuse("%s holds %s on %s; hand it over or release it before leaving", p.State.PersonName(person), h.Role, inc.Code)
			}
		}
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, presencePrefix+person.String(), word, "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// Promise is an update an audience was promised, and what became of it.
type Promise struct {
	Audience string    `json:"audience"`
	Made     time.Time `json:"made_at"`
	Promised time.Time `json:"promised_at"`
	// Kept is when the next message came; zero while none has.
	Kept time.Time `json:"kept_at,omitzero"`
	// State is kept, late, missed (the time has passed, and none came) or open.
	State string `json:"state"`
}

// Promises lists the updates that messages of an incident promised, in the
// order they were made.
func (i *Incident) Promises(now time.Time) []Promise {
	list := []Promise{}
	sent := map[string][]*Message{}
	for _, m := range i.Messages {
		if o, _ := m.Outcome(); m.Known() && o != Withdrawn {
			sent[m.Draft.Audience] = append(sent[m.Draft.Audience], m)
		}
	}
	for audience, messages := range sent {
		slices.SortFunc(messages, func(a, b *Message) int { return a.Queued.Compare(b.Queued) })
		for n, m := range messages {
			if m.Draft.Next == 0 {
				continue
			}
			p := Promise{Audience: audience, Made: viewMilli(m.Queued.Recorded()), Promised: viewMilli(m.Draft.Next), State: "open"}
			if n+1 < len(messages) {
				p.Kept = viewMilli(messages[n+1].Queued.Recorded())
			}
			switch {
			case !p.Kept.IsZero() && !p.Kept.After(p.Promised):
				p.State = "kept"
			case !p.Kept.IsZero():
				p.State = "late"
			case now.After(p.Promised) && i.Open():
				p.State = "missed"
			}
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Promise) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.Audience, b.Audience)) })
	return list
}

// SetRhythm announces the slower rhythm of a long incident, or ends it.
type SetRhythm struct {
	Incident string
	Long     bool
}

// longNotBefore is the least age of an incident whose rhythm is slowed: that is
// not decided in the first hour.
const longNotBefore = time.Hour

// Plan implements Command.
func (c SetRhythm) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	word := "no"
	if c.Long {
		if age := p.Now.Sub(inc.declaredAt()); age < longNotBefore {
			return Done{}, refuse("%s runs for %s; the slower rhythm is not decided in the first hour", inc.Code, speakDuration(age))
		}
		word = "yes"
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldLong, word, "")
	return Done{ID: inc.ID, Code: inc.Code, Note: "announce it in the next update of each audience"}, nil
}

// AskAudience says whether an audience is to be told that is told only where a
// person says so: executives of a P1, customers who see it.
type AskAudience struct {
	Incident string
	Audience string
	No       bool
}

// Plan implements Command.
func (c AskAudience) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	var names []string
	for _, row := range p.State.Policy().Cadence {
		if row.Audience == c.Audience {
			word := "yes"
			if c.No {
				word = "no"
			}
			p.set(KindIncidentField, inc.ID, inc.Fields, FieldAsk(c.Audience), word, "")
			return Done{ID: inc.ID, Code: inc.Code}, nil
		}
		if !slices.Contains(names, row.Audience) {
			names = append(names, row.Audience)
		}
	}
	return Done{}, refuse("the policy has no audience %.40q; it has: %s", c.Audience, strings.Join(names, ", "))
}
