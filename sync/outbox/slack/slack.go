// Package slack is the chat channel of the outbox: it posts a message to an
// incoming webhook of Slack, or of a chat that speaks its form, as Mattermost,
// Rocket.Chat and Zulip do.
package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/hook"
)

// maxText is what one message of Slack may hold, in characters; longer ones are
// cut there. What does not fit is refused here, so that it is known.
const maxText = 40_000

// Channel posts to a webhook. Its address is a secret: whoever has it may post.
type Channel struct {
	// Webhook gives the address; false where none is set.
	Webhook func() (string, bool)
	// Service gives all but the address.
	Service func() hook.Service
}

// Ready implements outbox.Channel.
func (c Channel) Ready() bool {
	_, ok := c.Webhook()
	return ok
}

func (c Channel) service() hook.Service {
	s := c.Service()
	s.URL, _ = c.Webhook()
	return s
}

// Probe implements outbox.Channel.
func (c Channel) Probe(ctx context.Context) (bool, string) { return c.service().Probe(ctx) }

// Send implements outbox.Channel. The form has no key that would let a message
// be sent twice for one, so a lost answer leaves a doubt.
func (c Channel) Send(ctx context.Context, p outbox.Parcel) outbox.Verdict {
	text := "*" + escape(p.Draft.Subject) + "*\n" + escape(p.Draft.Body)
	if n := len([]rune(text)); n > maxText {
		return outbox.Verdict{Outcome: model.Failed, Detail: "the message is longer than a chat message may be"}
	}
	body, err := json.Marshal(map[string]any{"text": text, "mrkdwn": true, "unfurl_links": false, "unfurl_media": false})
	if err != nil {
		return outbox.Verdict{Outcome: model.Failed, Detail: "the message cannot be written as JSON"}
	}
	answer := c.service().Post(ctx, http.Header{}, body)
	v := answer.Verdict(false)
	switch said := strings.TrimSpace(string(answer.Body)); {
	case v.Outcome == model.Sent && said != "ok" && said != "" && !strings.HasPrefix(said, "{"):
		// A page of a proxy or a sign-in, with a good status.
		v.Outcome, v.Detail = model.Unknown, "the answer is not Slack's; look in the channel before sending it again"
	case v.Outcome == model.Sent:
		v.Detail, v.Accepted = "by chat", recipients(p)
	case said == "invalid_token" || said == "no_service" || said == "no_team" || said == "team_disabled":
		v.Detail = "the webhook is not known there (" + said + "); set slack.webhook anew"
	}
	return v
}

// recipients are the names of the places, as the record has them.
func recipients(p outbox.Parcel) []string {
	list := make([]string, len(p.To))
	for i, r := range p.To {
		list[i] = r.Address
	}
	return list
}

// escape keeps a text from being read as a mention or a link: <!channel> in the
// title of an alert must call nobody.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
