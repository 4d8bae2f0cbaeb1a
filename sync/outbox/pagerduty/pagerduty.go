// Package pagerduty is the pager channel of the outbox: it triggers an event of
// the PagerDuty Events API v2. The service of the routing key decides whom its
// own schedule wakes; the message says whom the room means.
package pagerduty

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/hook"
)

// Endpoint is where events go; a setting names another, as for the EU region.
const Endpoint = "https://events.pagerduty.com/v2/enqueue"

// maxSummary is what the API keeps of a summary, in characters.
const maxSummary = 1024

// Channel triggers events.
type Channel struct {
	// Key gives the routing key of the service; false where none is set.
	Key     func() (string, bool)
	Service func() hook.Service // its URL is the endpoint
}

// Ready implements outbox.Channel.
func (c Channel) Ready() bool {
	_, ok := c.Key()
	return ok
}

// Probe implements outbox.Channel.
func (c Channel) Probe(ctx context.Context) (bool, string) { return c.Service().Probe(ctx) }

type event struct {
	RoutingKey string  `json:"routing_key"`
	Action     string  `json:"event_action"`
	DedupKey   string  `json:"dedup_key"`
	Client     string  `json:"client"`
	Payload    payload `json:"payload"`
}

type payload struct {
	Summary   string            `json:"summary"`
	Source    string            `json:"source"`
	Severity  string            `json:"severity"`
	Timestamp string            `json:"timestamp"`
	Component string            `json:"component,omitempty"`
	Details   map[string]string `json:"custom_details"`
}

// severities are what the API calls the levels.
var severities = map[string]string{model.P0: "critical", model.P1: "error", model.P2: "warning", model.P3: "info"}

// Send implements outbox.Channel. The key of the event is made of the incident
// and the person, so that a page that is sent twice, by one device or by two
// that do not hear each other, is one.
func (c Channel) Send(ctx context.Context, p outbox.Parcel) outbox.Verdict {
	key, _ := c.Key()
	severity := severities[p.Severity]
	if severity == "" {
		severity = "critical"
	}
	names := make([]string, len(p.To))
	addresses := make([]string, len(p.To))
	for i, r := range p.To {
		names[i], addresses[i] = r.Name, r.Address
	}
	e := event{
		RoutingKey: key, Action: "trigger", DedupKey: dedup(p), Client: "Holdfast",
		Payload: payload{
			Summary: cut(p.Draft.Subject), Source: "Holdfast", Severity: severity, Timestamp: p.Queued.UTC().Format("2006-01-02T15:04:05.000Z"), Component: p.Incident,
			Details: map[string]string{"message": p.Draft.Body, "for": strings.Join(names, ", ")},
		},
	}
	body, err := json.Marshal(e)
	if err != nil {
		return outbox.Verdict{Outcome: model.Failed, Detail: "the message cannot be written as JSON"}
	}
	answer := c.Service().Post(ctx, http.Header{}, body)
	v := answer.Verdict(true)
	switch {
	case v.Outcome == model.Sent:
		v.Detail, v.Accepted = "by pager", addresses
	case answer.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(string(answer.Body)), "routing"):
		v.Outcome, v.Detail = model.Deferred, "the routing key is not known there; set pagerduty.key anew"
	}
	v.Detail = strings.ReplaceAll(v.Detail, key, "KEY") // an answer may repeat it
	return v
}

func dedup(p outbox.Parcel) string {
	if p.Incident == "" || p.Draft.Audience != model.AudiencePage || len(p.To) != 1 {
		return p.ID
	}
	return Key{Room: p.Room, Incident: p.Incident, Person: p.To[0].Address}.String()
}

// Key names the page of a person in an incident. PagerDuty tells it with what
// was answered there.
type Key struct{ Room, Incident, Person string }

func (k Key) String() string { return k.Room + "/" + k.Incident + "/" + k.Person }

// ParseKey reads a key; false where it is not of a page to one person.
func ParseKey(text string) (Key, bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || slices.Contains(parts, "") {
		return Key{}, false
	}
	return Key{parts[0], parts[1], parts[2]}, true
}

func cut(text string) string {
	if utf8.RuneCountInString(text) <= maxSummary {
		return text
	}
	return string([]rune(text)[:maxSummary-1]) + "…"
}
