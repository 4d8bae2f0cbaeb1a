package comms

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/template"
	"holdfast/ui/text"
)

// content is what the composer shows of an incident, copied out of the state.
type content struct {
	id        model.ID
	brief     model.IncidentBrief
	next      time.Time
	facts     map[string]string
	templates []source // the shipped ones, with those of the room in their place
	audiences []audience
	outbox    []sent     // the newest first
	open      []model.ID // the open incidents in the order of the board
	needs     needs
}

// source is a template that can be chosen.
type source struct {
	id, name, audience, channel string
	fields                      []template.Field
	broken                      string // why it cannot be used; empty where it can
}

// audience is who can be written to.
type audience struct {
	name  string
	count int
}

// sent is a message of the outbox.
type sent struct {
	model.MessageView
	delivering bool
}

// shipped reads the templates that come with the program.
func shipped() []source {
	all, err := assets.Templates()
	if err != nil {
		return nil // they are embedded: a test of assets finds this, not a user
	}
	out := make([]source, len(all))
	for i, t := range all {
		out[i] = parse(t.ID, t.Source)
	}
	return out
}

func parse(id, src string) source {
	t, err := template.Parse(src)
	if err != nil {
		return source{id: id, name: id, broken: err.Error()}
	}
	s := source{id: id, name: text.Line(t.Name), audience: t.Audience, channel: t.Channel, fields: t.Fields()}
	if s.name == "" {
		s.name = id
	}
	return s
}

// read copies what the composer needs; without an incident it takes the first
// of the board. False where there is none.
func read(s *model.State, id, self model.ID, templates []source, now time.Time) (content, bool) {
	c := content{id: id}
	for _, b := range due.Briefs(s, false, now) { // the order of the board
		c.open = append(c.open, b.ID)
	}
	if id.Zero() && len(c.open) > 0 {
		c.id = c.open[0]
	}
	inc := s.Incident(c.id)
	if inc == nil || !inc.Known() {
		return c, false
	}
	c.brief, c.facts, c.templates = s.Brief(inc, now), model.Facts(s, inc, now, nil), ofRoom(s, templates)
	c.next = c.brief.NextUpdateAt
	c.audiences = audiences(s, inc)
	names := make([]string, 0, len(c.audiences)+len(c.templates))
	for _, a := range c.audiences {
		names = append(names, a.name)
	}
	for _, t := range c.templates {
		names = append(names, t.audience)
	}
	c.needs = needsOf(s, inc, self, names)
	for _, v := range s.MessageViews(inc) {
		m := sent{MessageView: v}
		if _, claimed := inc.Messages[v.ID].ClaimedBy(now); claimed && (v.Status == "waiting" || v.Status == "deferred") {
			m.delivering = true
		}
		c.outbox = append(c.outbox, m)
	}
	slices.Reverse(c.outbox)
	return c, true
}

// ofRoom puts the room's own templates in the place of the shipped ones.
func ofRoom(s *model.State, shipped []source) []source {
	own := map[string]source{}
	for name := range s.Fields {
		if id, ok := strings.CutPrefix(name, "template."); ok && s.Fields.Text(name) != "" {
			own[id] = parse(id, s.Fields.Text(name))
		}
	}
	if len(own) == 0 {
		return shipped
	}
	out := slices.Clone(shipped)
	for i := range out {
		if o, ok := own[out[i].id]; ok {
			out[i] = o
			delete(own, o.id)
		}
	}
	return append(out, slices.SortedFunc(maps.Values(own), func(a, b source) int { return cmp.Compare(a.id, b.id) })...)
}

func audiences(s *model.State, inc *model.Incident) []audience {
	names := []string{model.AudienceStakeholders, model.AudienceTeam}
	for _, field := range slices.Sorted(maps.Keys(s.Fields)) {
		if name, ok := strings.CutPrefix(field, "audience."); ok && !slices.Contains(names, name) && s.Fields.Text(field) != "" {
			names = append(names, name)
		}
	}
	out := make([]audience, len(names))
	for i, name := range names {
		list, _ := s.Recipients(inc, name)
		out[i] = audience{name, len(list)}
	}
	return out
}

// suggested are the templates of each phase, in the order they are usually
// needed.
func suggested(phase string) []string {
	switch phase {
	case "investigation":
		return []string{"investigation", "status-scope", "status-no-news", "executive-brief", "support-during", "customer-notification"}
	case "containment":
		return []string{"investigation", "status-identified", "executive-brief", "support-during", "customer-notification"}
	case "resolution":
		return []string{"investigation", "status-identified", "status-long", "status-no-news", "executive-brief"}
	case "recovery":
		return []string{"investigation", "status-monitoring", "social-monitoring", "executive-brief"}
	case "post-incident":
		return []string{"incident-resolved", "status-resolved", "social-resolved", "customer-closing", "support-after", "postmortem-summary"}
	}
	return []string{"incident-detected", "status-investigating", "executive-brief", "join-call", "bridge-sms"}
}

// byPhase splits the templates into those of the phase and the others.
func (c content) byPhase() (now, others []source) {
	phase := c.brief.Phase
	if c.brief.State != model.StateOpen {
		phase = "post-incident"
	}
	wanted := suggested(phase)
	for _, id := range wanted {
		if i := slices.IndexFunc(c.templates, func(s source) bool { return s.id == id }); i >= 0 {
			now = append(now, c.templates[i])
		}
	}
	for _, s := range c.templates {
		if !slices.Contains(wanted, s.id) {
			others = append(others, s)
		}
	}
	return now, others
}

func (c content) template(id string) (source, bool) {
	for _, s := range c.templates {
		if s.id == id {
			return s, true
		}
	}
	return source{}, false
}

// mails reports whether this version can send the template itself; the other
// channels are copied by hand.
func (s source) mails() bool { return s.channel == "" || s.channel == "mail" }

// way names the channel for people.
func (s source) way() string {
	switch s.channel {
	case "", "mail":
		return "e-mail"
	case "statuspage":
		return "status page"
	case "sms":
		return "SMS"
	}
	return text.Line(s.channel)
}

// asked lists what a person fills in: what the template names and the incident
// does not know, what blocks first. The next update has a place of its own.
func (s source) asked(facts map[string]string) []template.Field {
	var out []template.Field
	for _, f := range s.fields {
		if f.Name != nextUpdate && (f.Typed || facts[f.Name] == "") && !computed(f.Name) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b template.Field) int { return rank(a) - rank(b) })
	return out
}

const nextUpdate = "next_update"

// computed names what is reckoned when the message is rendered.
func computed(name string) bool { return name == "update.number" }

func rank(f template.Field) int {
	if f.Default != "" || f.Optional {
		return 1
	}
	return 0
}

// promises reports whether the template names the time of the next update.
func (s source) promises() bool {
	return slices.ContainsFunc(s.fields, func(f template.Field) bool { return f.Name == nextUpdate })
}

// statusWord is the state of a message for people, with what it means.
func (m sent) statusWord() string {
	if m.delivering {
		return "delivering"
	}
	return m.Status
}

// line is the message in one line: whom it went to, or why it has not left, comes
// before what it is.
func (m sent) line() string {
	if m.Detail != "" && m.Status != "sent" {
		return text.Line(m.Detail) + " · " + text.Line(m.Subject)
	}
	return m.about() + " · " + text.Line(m.Subject)
}

// about is what is said of a message beside its subject.
func (m sent) about() string {
	if m.Recipients == 0 && m.Detail != "" { // people told them
		return text.Line(m.Detail)
	}
	words := text.Count(m.Recipients, "person", "people")
	if m.Detail != "" {
		words += " · " + text.Line(m.Detail)
	}
	if m.ApprovedBy != "" {
		words += " · approved by " + text.Line(m.ApprovedBy)
	}
	if n := len(m.Refused); n > 0 {
		words += " · " + text.Count(n, "address refused", "addresses refused")
	}
	return words
}
