// Package pagerhook reads what PagerDuty tells of its incidents: webhooks V3,
// each one event, signed with the secret of the subscription. It reads and
// checks only; what an answer means for a call is for the room to say.
//
// Sources: developer.pagerduty.com/docs/webhooks-overview and
// developer.pagerduty.com/docs/verifying-webhook-signatures.
package pagerhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/model/plain"
)

const (
	// MaxBody is an event with an incident that has many teams and assignees; one
	// has a few kilobytes.
	MaxBody = 256 << 10
	// maxSignatures bounds the work before anybody is known: while a secret is
	// changed there are two.
	maxSignatures = 8
	// maxName is what PagerDuty allows for the name of a user, in characters; maxKey what its
	// Events API allows for a key, and maxID is more than any id of it has.
	maxName, maxKey, maxID = 100, 255, 100
)

// SignatureHeader carries the signatures.
const SignatureHeader = "X-PagerDuty-Signature"

// Signed reports whether one of the signatures of a header is of this body by
// this secret: "v1=" and the HMAC-SHA256 in hex, several with commas between.
// What is not of version 1 is passed over. The time it takes tells nothing of
// the secret.
func Signed(header string, body, secret []byte) bool {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	want := mac.Sum(nil)
	signed := false
	for n, one := range strings.Split(header, ",") {
		if n == maxSignatures {
			break
		}
		text, v1 := strings.CutPrefix(strings.TrimSpace(one), "v1=")
		given, err := hex.DecodeString(text)
		if hmac.Equal(given, want) && v1 && err == nil {
			signed = true
		}
	}
	return signed && len(secret) > 0
}

// Answer is what a person did to a page in PagerDuty.
type Answer struct {
	// Event is the id of the event, the same each time it is sent.
	Event string
	// Key is the one our page was sent with.
	Key string
	// By is who did it: the name of the user there, in some accounts an address.
	By       string
	At       time.Time
	Resolved bool // else acknowledged
}

// ErrInvalid is wrapped by every error about the content.
var ErrInvalid = errors.New("the webhook cannot be read")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s; nothing was changed", ErrInvalid, fmt.Sprintf(format, args...))
}

// Ignored is an event that answers no call, and why.
type Ignored string

func (i Ignored) Error() string { return string(i) }

// passed are events that are understood and change nothing.
var passed = map[string]Ignored{
	"pagey.ping":              "a test of the subscription; it has arrived",
	"incident.triggered":      "the page has arrived there; nobody has answered it yet",
	"incident.unacknowledged": "the acknowledgement ran out there; who answered here still has the incident, and PagerDuty calls again by itself",
	"incident.reassigned":     "it is with somebody else there, who has not answered yet",
	"incident.escalated":      "it went on to the next there, who has not answered yet",
	"incident.delegated":      "it is with another policy there, where nobody has answered yet",
	"incident.reopened":       "it was opened again there; the incident here is reopened by a person",
}

type webhook struct {
	Event *struct {
		ID    string `json:"id"`
		Type  string `json:"event_type"`
		At    string `json:"occurred_at"`
		Agent *struct {
			Type    string `json:"type"`
			Summary string `json:"summary"`
		} `json:"agent"`
		Data struct {
			Type string `json:"type"`
			Key  string `json:"incident_key"`
		} `json:"data"`
	} `json:"event"`
}

// Read reads a webhook. The error is an Ignored where the event is sound and
// answers no call, else it wraps ErrInvalid. Members it does not know are passed
// over: PagerDuty adds some without a new version.
func Read(body []byte) (Answer, error) {
	if len(body) > MaxBody {
		return Answer{}, invalid("it has %d bytes, and the limit is %d", len(body), MaxBody)
	}
	var w webhook
	if err := json.Unmarshal(body, &w); err != nil {
		return Answer{}, invalid("it is no JSON of a webhook V3: %s", plain.Line(err.Error()))
	}
	e := w.Event
	if e == nil || e.Type == "" {
		return Answer{}, invalid("there is no event with an event_type in it; subscribe with version 3 of the webhooks")
	}
	resolved := e.Type == "incident.resolved"
	if e.Type != "incident.acknowledged" && !resolved {
		if why, known := passed[e.Type]; known {
			return Answer{}, why
		}
		return Answer{}, Ignored(fmt.Sprintf("%.60q answers no call", e.Type))
	}
	at, err := time.Parse(time.RFC3339Nano, e.At)
	switch {
	case e.ID == "" || len(e.ID) > maxID:
		return Answer{}, invalid("event.id has %d bytes; it has 1 to %d", len(e.ID), maxID)
	case err != nil || at.Year() < 1970 || at.UTC().Year() > 9999:
		return Answer{}, invalid("occurred_at is %.40q, and no ISO 8601 time with a zone", e.At)
	case e.Data.Type != "incident":
		return Answer{}, invalid("data.type is %.40q, and should be an incident", e.Data.Type)
	case e.Data.Key == "":
		return Answer{}, Ignored("the incident has no incident_key, so it is no page of Holdfast")
	case len(e.Data.Key) > maxKey:
		return Answer{}, invalid("incident_key has %d bytes, and the limit is %d", len(e.Data.Key), maxKey)
	case e.Agent == nil || !strings.HasPrefix(e.Agent.Type, "user"):
		return Answer{}, Ignored("no person did it: a time ran out, or another system did")
	}
	by := name(e.Agent.Summary)
	if by == "" {
		return Answer{}, Ignored("it does not say who did it")
	}
	return Answer{Event: e.ID, Key: e.Data.Key, By: by, At: at.UTC(), Resolved: resolved}, nil
}

// name is a name as it was told, on one line. A longer one is cut: an answer is
// worth more than the end of a name.
func name(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if runes := []rune(text); len(runes) > maxName {
		text = string(runes[:maxName-1]) + "…"
	}
	return text
}
