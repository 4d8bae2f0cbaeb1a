package model

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/policy"
)

// AudiencePublic is everybody: what is sent to it stands on the status page.
const AudiencePublic = "public"

// Limits of a status page. It is read on a phone and across a room.
const (
	// MaxStatusIncidents is more than anybody runs at a time; the others are counted.
	MaxStatusIncidents = 50
	// StatusAfter is how long what is over stays on the page: who looks in the
	// morning sees that it ended.
	StatusAfter = 24 * time.Hour
)

// StatusPage is what people outside the response may see of a room's incidents:
// no timeline, no person but who commands, no contact, and nothing of an
// incident that is confidential.
type StatusPage struct {
	Room string    `json:"room"`
	At   time.Time `json:"at"`
	// Public is what a status page shows to anybody: the incidents that something
	// was sent to the public of, in the words that were sent. Otherwise all that are
	// open are here, for the people inside.
	Public    bool             `json:"public"`
	Incidents []StatusIncident `json:"incidents"`
	// More counts the incidents beyond MaxStatusIncidents.
	More int `json:"more"`
}

// StatusIncident is an incident on a status page.
type StatusIncident struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Phase    string `json:"phase"`
	// State is open, resolved or closed.
	State     string    `json:"state"`
	Since     time.Time `json:"since,omitzero"`
	ElapsedS  int64     `json:"elapsed_s"`
	Commander []string  `json:"commander"`
	// NextUpdateAt is when the next update was promised.
	NextUpdateAt time.Time `json:"next_update_at,omitzero"`
	Drill        bool      `json:"drill"`
	// Message is what was sent last; left out where nothing was.
	Message *StatusMessage `json:"message,omitempty"`
}

// StatusMessage is a message that left, word for word.
type StatusMessage struct {
	Audience string    `json:"audience"`
	Subject  string    `json:"subject"`
	Body     string    `json:"body"`
	SentAt   time.Time `json:"sent_at,omitzero"`
}

// StatusPage gives the status page of the room: for anybody, or for the people
// inside.
func (s *State) StatusPage(public bool, now time.Time) StatusPage {
	page := StatusPage{Room: s.Name(), At: viewTime(now), Public: public, Incidents: []StatusIncident{}}
	p := s.Policy()
	for _, b := range s.RecentBriefs(now) {
		inc := s.Incident(b.ID)
		if inc.Confidential(p) || !inc.onStatusPage(now) {
			continue
		}
		if v, ok := inc.statusIncident(b, public); ok {
			page.Incidents = append(page.Incidents, v)
		}
	}
	slices.SortStableFunc(page.Incidents, func(a, b StatusIncident) int {
		return cmp.Compare(b2i(a.State != StateOpen), b2i(b.State != StateOpen))
	})
	if page.More = max(0, len(page.Incidents)-MaxStatusIncidents); page.More > 0 {
		page.Incidents = page.Incidents[:MaxStatusIncidents]
	}
	return page
}

// onStatusPage reports whether the incident is open, or has not been over for long.
func (i *Incident) onStatusPage(now time.Time) bool {
	over, ok := i.Milestone("resolved")
	return i.Open() || ok && now.Sub(over) < StatusAfter
}

// statusIncident is the incident as the page shows it; false where nothing of it
// is for everybody.
func (i *Incident) statusIncident(b IncidentBrief, public bool) (StatusIncident, bool) {
	v := StatusIncident{
		Code: b.Code, Title: b.Title, Severity: b.Severity, Phase: b.Phase, State: b.State, Since: b.Since, ElapsedS: b.ElapsedS,
		Commander: b.Commander, NextUpdateAt: b.NextUpdateAt, Drill: b.Drill,
	}
	if !public {
		v.Message, _ = i.lastSent(AudienceStakeholders, AudiencePublic)
		return v, true
	}
	m, next := i.lastSent(AudiencePublic)
	if m == nil || b.Drill {
		return v, false
	}
	v.Title, v.Commander, v.Message, v.NextUpdateAt = cmp.Or(m.Subject, "Incident "+b.Code), []string{}, m, next
	return v, true
}

// lastSent gives the message that left last to one of some audiences, and when
// the update after it was promised, while there is one to come; nil where none left.
func (i *Incident) lastSent(audiences ...string) (last *StatusMessage, next time.Time) {
	var latest Stamp
	for _, m := range i.Messages {
		outcome, result := m.Outcome()
		if !m.Known() || outcome != Sent || !slices.Contains(audiences, m.Draft.Audience) || last != nil && m.Queued.Compare(latest) < 0 {
			continue
		}
		latest, next = m.Queued, time.Time{}
		last = &StatusMessage{Audience: m.Draft.Audience, Subject: m.Draft.Subject, Body: m.Draft.Body, SentAt: viewMilli(result.Stamp.Recorded())}
		if m.Draft.Next != 0 && i.Open() {
			next = viewMilli(m.Draft.Next)
		}
	}
	return last, next
}

// Confidential reports whether only those who work on an incident may know of
// it: it is a security incident, its papers are privileged, or it has a code
// name. Where values compete, one that says so is enough.
func (i *Incident) Confidential(p *policy.Policy) bool {
	secret := func(text string) bool {
		return slices.ContainsFunc(lines(text), func(name string) bool {
			t, ok := p.Type(name)
			return ok && t.Security
		})
	}
	written := func(text string) bool { return text != "" }
	return i.says(FieldType, secret) || i.says(FieldTypes, secret) ||
		i.says(FieldPrivilege, written) || i.says(FieldCodeName, written) || i.says(FieldRoom, written)
}

// says reports whether a current value of a field fits.
func (i *Incident) says(field string, fits func(string) bool) bool {
	r := i.Fields[field]
	return r != nil && slices.ContainsFunc(r.Current(), func(w crdt.Write[ID, Value]) bool { return fits(w.Value.Text) })
}

// LastWrite is when the newest commit that is here was written, by any device;
// zero for none.
func (s *State) LastWrite() (at time.Time) {
	for _, m := range s.Applied {
		if t := viewMilli(m.At); t.After(at) {
			at = t
		}
	}
	return at
}
