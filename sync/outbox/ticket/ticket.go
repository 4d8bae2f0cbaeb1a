// Package ticket is the ticket channel of the outbox: it opens a ticket by one
// POST of JSON, in the form of a GitHub issue or in a plain one.
package ticket

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/hook"
)

// Forms of a ticket.
const (
	// GitHub is the form of POST /repos/OWNER/REPO/issues, which Gitea and Forgejo
	// take too.
	GitHub = "github"
	// JSON has a member for everything that is known; the key of a request is sent
	// along, and the service is expected to take the same key twice for one.
	JSON = "json"
)

// Forms lists the forms.
var Forms = [...]string{GitHub, JSON}

// Channel opens tickets.
type Channel struct {
	// Account gives address, token and form; false where no address is set. The
	// token may be empty.
	Account func() (Account, bool)
	// Service gives all but the address.
	Service func() hook.Service
}

// Account is where tickets go.
type Account struct{ URL, Token, Form string }

// Ready implements outbox.Channel.
func (c Channel) Ready() bool {
	_, ok := c.Account()
	return ok
}

func (c Channel) service() (hook.Service, Account) {
	a, _ := c.Account()
	s := c.Service()
	s.URL = a.URL
	return s, a
}

// Probe implements outbox.Channel.
func (c Channel) Probe(ctx context.Context) (bool, string) {
	s, _ := c.service()
	return s.Probe(ctx)
}

// Send implements outbox.Channel.
func (c Channel) Send(ctx context.Context, p outbox.Parcel) outbox.Verdict {
	service, account := c.service()
	header := http.Header{}
	if account.Token != "" {
		header.Set("Authorization", "Bearer "+account.Token)
	}
	repeatable := account.Form != GitHub
	content := map[string]any{"title": p.Draft.Subject, "body": p.Draft.Body}
	if repeatable {
		header.Set("Idempotency-Key", p.ID)
		content["key"], content["incident"], content["severity"] = p.ID, p.Incident, p.Severity
	} else {
		header.Set("Accept", "application/vnd.github+json")
	}
	body, err := json.Marshal(content)
	if err != nil {
		return outbox.Verdict{Outcome: model.Failed, Detail: "the ticket cannot be written as JSON"}
	}
	answer := service.Post(ctx, header, body)
	v := answer.Verdict(repeatable)
	if v.Outcome == model.Sent {
		v.Detail = "ticket " + opened(answer.Body)
		for _, r := range p.To {
			v.Accepted = append(v.Accepted, r.Address)
		}
	}
	if answer.Status == http.StatusForbidden && answer.After > 0 {
		v.Wait = answer.After // GitHub says so of too many requests
	}
	if account.Token != "" {
		v.Detail = strings.ReplaceAll(v.Detail, account.Token, "TOKEN") // an answer may repeat it
	}
	return v
}

// opened names the ticket by what the answer says of it.
func opened(body []byte) string {
	var a struct {
		Link   string      `json:"html_url"`
		URL    string      `json:"url"`
		Number json.Number `json:"number"`
		Key    string      `json:"key"`
	}
	if json.Unmarshal(body, &a) != nil {
		return "opened"
	}
	for _, name := range []string{a.Link, a.Key, a.Number.String(), a.URL} {
		if name != "" {
			return name[:min(len(name), 300)]
		}
	}
	return "opened"
}
