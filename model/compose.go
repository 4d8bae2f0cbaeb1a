package model

import (
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"holdfast/model/template"
	"holdfast/model/when"
)

// Audiences every room has. Any other is what the room's field
// "audience.NAME" lists.
const (
	// AudienceStakeholders is, where the room lists nobody, every person of the
	// room with an e-mail address.
	AudienceStakeholders = "stakeholders"
	// AudienceTeam is, where the room lists nobody, who holds a role.
	AudienceTeam = "team"

	audiencePrefix     = "audience."
	audienceResponders = "responders" // the templates' word for the team
	fieldNextUpdate    = "next_update"
	fieldUpdateNumber  = "update.number"
	maxAddress         = 254 // RFC 5321 section 4.5.3.1.3, without the brackets
	maxNamedBadLines   = 5   // enough to see what is wrong with a list
	maxRecipientName   = 128 // encoded, it must stay on a few lines of a header
)

// ComposeOptions say for whom a message is, and what a person adds to what the
// incident says of itself.
type ComposeOptions struct {
	// Template is the name to record; empty is the template's own.
	Template string
	// Audience and Channel, where empty, are those of the template.
	Audience, Channel string
	// Fields are what a person typed, by the names a template may use. They go
	// before the facts. "next_update" is read as a time: 15:00, +30m.
	Fields map[string]string
	// Now is the corrected time; Zone is the writer's, nil for UTC.
	Now  time.Time
	Zone *time.Location
}

// Compose renders a template (its source text) for an audience. The draft is
// as complete as can be even where there is an error, so that it can be shown:
// missing names the variables nobody filled in, which stand in the text as
// {{name}}. The error, which wraps ErrRefused, says all that keeps the message
// from being sent; that an audience has no recipients is left to QueueMessage,
// because a text can also be read out or printed.
func Compose(s *State, inc *Incident, source string, o ComposeOptions) (draft Draft, missing []string, err error) {
	t, err := template.Parse(source)
	if err != nil {
		return Draft{}, nil, refuse("the template cannot be used: %s", err)
	}
	draft = Draft{
		Template: either(o.Template, t.ID), Audience: either(o.Audience, t.Audience, AudienceStakeholders),
		Channel: either(o.Channel, t.Channel, "mail"),
	}
	t.Channel = draft.Channel // its limits are those of the way the text goes
	draft.Number = inc.updates(draft.Audience) + 1
	facts := Facts(s, inc, o.Now, o.Zone)
	delete(facts, fieldNextUpdate) // what was promised before is not what is promised now
	facts[fieldUpdateNumber] = strconv.Itoa(draft.Number)
	maps.Copy(facts, o.Fields)
	next, err := s.nextPromise(inc, t, draft, o)
	if err != nil {
		return draft, nil, err
	}
	if !next.IsZero() {
		draft.Next, facts[fieldNextUpdate] = next.UnixMilli(), SpeakTime(next, o.Now, o.Zone)
	}
	r := t.Render(facts)
	draft.Subject, draft.Body = r.Subject, r.Text
	if draft.Subject == "" {
		draft.Subject = "[" + inc.Severity() + "] " + inc.Code + " " + inc.Title()
	}
	if inc.Drill() {
		draft.mark()
	}
	if slices.Contains(r.Missing, fieldNextUpdate) {
		if err := inc.mayPromise(); err != nil {
			return draft, nil, err
		}
	}
	var wrong []string
	if len(r.Unknown) > 0 {
		wrong = append(wrong, "no template has a field "+strings.Join(r.Unknown, ", "))
	}
	if err := r.Blocked(); err != nil {
		wrong = append(wrong, strings.TrimPrefix(err.Error(), template.ErrBlocked.Error()+": "))
	}
	var bad []string
	if Place(draft.Channel) {
		draft.Recipients = []Recipient{{Name: draft.Channel, Address: draft.Channel}}
	} else if draft.Recipients, bad = s.Recipients(inc, draft.Audience); bad != nil {
		wrong = append(wrong, "audience "+draft.Audience+" has entries that are no address: "+someOf(bad))
	}
	if err := s.MayTell(inc, draft.Audience); err != nil {
		wrong = append(wrong, err.Error())
	}
	if wrong != nil {
		return draft, r.Missing, refuse("the message is not ready: %s", strings.Join(wrong, "; "))
	}
	return draft, nil, nil
}

func either(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// nextPromise is the time a message promises: the one typed, else the cadence of
// its audience where the template names a time at all.
func (s *State) nextPromise(inc *Incident, t *template.Template, draft Draft, o ComposeOptions) (time.Time, error) {
	if text := strings.TrimSpace(o.Fields[fieldNextUpdate]); text != "" {
		if err := inc.mayPromise(); err != nil {
			return time.Time{}, err
		}
		m, err := when.Options{Ahead: true}.Parse(text, o.Now, o.Zone)
		if err != nil {
			return time.Time{}, refuse("the time of the next update is not read: %s", err)
		}
		if !m.At.After(o.Now) {
			return time.Time{}, refuse("the next update would have been due already, at %s", SpeakTime(m.At, o.Now, o.Zone))
		}
		return m.At, nil
	}
	named := slices.ContainsFunc(t.Fields(), func(f template.Field) bool { return f.Name == fieldNextUpdate })
	after, ok := s.cadence(draft.Audience, inc.Severity(), draft.Number)
	if !named || !ok || !inc.Open() {
		return time.Time{}, nil
	}
	return o.Now.Add(after).Truncate(time.Minute), nil
}

// Recipients gives the addressees of an audience, each address once, and the
// entries of the room's list that are no address.
func (s *State) Recipients(inc *Incident, audience string) (list []Recipient, bad []string) {
	if text := s.Fields.Text(audiencePrefix + audience); strings.TrimSpace(text) != "" {
		return ParseRecipients(text)
	}
	var people []ID
	switch audience {
	case AudienceStakeholders:
		people = slices.SortedFunc(maps.Keys(s.People), ID.Compare)
	case AudienceTeam, audienceResponders:
		for _, h := range inc.Team() {
			people = append(people, h.Person)
		}
	}
	for _, id := range people {
		p := s.People[id]
		if p == nil {
			continue
		}
		if r, ok := recipient(&mail.Address{Name: p.Name(), Address: p.Fields.Text("email")}); ok {
			list = addRecipient(list, r)
		}
	}
	return list, nil
}

// ParseRecipients reads a list of addresses: a line or a comma apart, each as
// "name@example.org" or "Name <name@example.org>". bad names what is none.
func ParseRecipients(text string) (list []Recipient, bad []string) {
	for n, l := range strings.Split(text, "\n") {
		if l = strings.Trim(l, ",; \t\r"); l == "" {
			continue
		}
		// The whole line first: a quoted name may hold a comma.
		pieces := []string{l}
		if _, err := mail.ParseAddressList(l); err != nil {
			pieces = strings.FieldsFunc(l, func(r rune) bool { return r == ',' || r == ';' })
		}
		for _, piece := range pieces {
			found, err := mail.ParseAddressList(piece)
			ok := err == nil
			for _, a := range found {
				r, valid := recipient(a)
				if ok = ok && valid; valid {
					list = addRecipient(list, r)
				}
			}
			if !ok {
				bad = append(bad, "line "+strconv.Itoa(n+1)+" "+strconv.Quote(strings.TrimSpace(piece)))
			}
		}
	}
	return list, bad
}

// recipient checks an address: a plain ASCII mailbox, because a relay on the
// way may know nothing else and would bounce the message.
func recipient(a *mail.Address) (Recipient, bool) {
	local, domain, _ := strings.Cut(a.Address, "@")
	odd := func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || strings.ContainsRune(`"(),:;<>\`, r) }
	if local == "" || domain == "" || len(a.Address) > maxAddress || strings.ContainsFunc(a.Address, odd) || strings.Contains(domain, "@") {
		return Recipient{}, false
	}
	if _, err := mail.ParseAddress(a.Address); err != nil {
		return Recipient{}, false
	}
	name := strings.Join(strings.FieldsFunc(a.Name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if len(name) > maxRecipientName {
		name = strings.ToValidUTF8(name[:maxRecipientName], "")
	}
	return Recipient{Name: name, Address: a.Address}, true
}

func addRecipient(list []Recipient, r Recipient) []Recipient {
	if slices.ContainsFunc(list, func(o Recipient) bool { return strings.EqualFold(o.Address, r.Address) }) {
		return list
	}
	return append(list, r)
}

func someOf(list []string) string {
	if len(list) <= maxNamedBadLines {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:maxNamedBadLines], ", ") + " and " + strconv.Itoa(len(list)-maxNamedBadLines) + " more"
}
