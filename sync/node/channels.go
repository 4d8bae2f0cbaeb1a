package node

import (
	"cmp"
	"fmt"
	"strings"

	"holdfast/sync/guard"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/hook"
	"holdfast/sync/outbox/pagerduty"
	"holdfast/sync/outbox/slack"
	"holdfast/sync/outbox/ticket"
)

// Secrets of the channels beside mail.
const (
	slackWebhook = "slack.webhook"
	pagerKey     = "pagerduty.key"
	ticketToken  = "ticket.token"
	pagerHook    = "pagerduty.webhook-secret"
)

// channels gives the outbox of a room this device's ways out beside mail. What a
// person sets meanwhile holds from then on.
func (n *Node) channels(o *outbox.Outbox) {
	o.Add(outbox.ChannelChat, slack.Channel{Webhook: func() (string, bool) { return n.secret(slackWebhook) }, Service: n.service})
	o.Add(outbox.ChannelPager, pagerduty.Channel{Key: func() (string, bool) { return n.secret(pagerKey) }, Service: func() hook.Service {
		s := n.service()
		s.URL = cmp.Or(n.config.value("pagerduty.url"), pagerduty.Endpoint)
		return s
	}})
	o.Add(outbox.ChannelTicket, ticket.Channel{Account: n.ticketAccount, Service: n.service})
}

func (n *Node) service() hook.Service {
	return hook.Service{RootCAs: n.config.value("hook.root-cas"), Now: n.opts.Now}
}

func (n *Node) secret(name string) (string, bool) {
	b, err := n.home.Secrets().Value(name)
	return string(b), err == nil && len(b) > 0
}

func (n *Node) ticketAccount() (ticket.Account, bool) {
	a := ticket.Account{URL: n.config.value("ticket.url"), Form: cmp.Or(n.config.value("ticket.form"), ticket.JSON)}
	a.Token, _ = n.secret(ticketToken)
	return a, a.URL != ""
}

// anyWay reports whether this device has any way out at all.
func (r *Room) anyWay() bool {
	for _, channel := range [...]string{outbox.ChannelMail, outbox.ChannelChat, outbox.ChannelPager, outbox.ChannelTicket} {
		if r.outbox.Has(channel) {
			return true
		}
	}
	return false
}

// checkSecret refuses a secret that could not be used, and does not repeat it.
func checkSecret(key, value string) error {
	switch key {
	case slackWebhook:
		if err := hook.Check(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	case intakeToken, pagerHook, statusToken:
		if len(value) < guard.MinToken {
			return fmt.Errorf("%s has %d characters, and could be guessed; the least is %d", key, len(value), guard.MinToken)
		}
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("%s must be one line", key)
	}
	return nil
}
