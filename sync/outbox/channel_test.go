package outbox_test

import (
	"context"
	"testing"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/mail/smtptest"
)

// pipe is a channel that does as a test says.
type pipe struct {
	verdict outbox.Verdict
	shut    string
	got     []outbox.Parcel
}

func (p *pipe) Ready() bool                          { return true }
func (p *pipe) Probe(context.Context) (bool, string) { return p.shut == "", p.shut }
func (p *pipe) Send(_ context.Context, parcel outbox.Parcel) outbox.Verdict {
	p.got = append(p.got, parcel)
	return p.verdict
}

func (d *desk) chat(subject string) model.ID {
	d.t.Helper()
	return d.do(model.QueueMessage{Incident: d.code, Draft: model.Draft{
		Template: "investigation", Audience: "stakeholders", Channel: outbox.ChannelChat, Subject: subject, Body: "What is known.",
		Recipients: []model.Recipient{{Name: "chat", Address: "chat"}},
	}}).ID
}

func TestAMessageOfAnotherChannelIsClaimedAndSentOnce(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	p := &pipe{verdict: outbox.Verdict{Outcome: model.Sent, Detail: "by chat", Accepted: []string{"chat"}}}
	id := d.chat("update 1")
	d.pass()
	d.expect(id, 0, 0) // this device has no chat: it waits for one that has
	d.box.Add(outbox.ChannelChat, p)
	for range 3 {
		d.pass()
	}
	d.expect(id, model.Sent, 0)
	if len(p.got) != 1 || p.got[0].Incident != d.code || p.got[0].Severity != model.P0 || p.got[0].ID != id.String() {
		t.Errorf("%+v", p.got)
	}
	d.room.View(func(s *model.State) {
		inc, _, err := s.FindMessage(id.String())
		if err != nil || len(inc.Messages[id].Claims) != 1 {
			t.Errorf("%v, claims %v", err, inc.Messages[id].Claims)
		}
	})
}

func TestAChannelWithoutARouteWritesNoClaim(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	p := &pipe{shut: "no route to host"}
	d.box.Add(outbox.ChannelChat, p)
	id := d.chat("update 1")
	for range 3 {
		d.pass()
	}
	if said := d.expect(id, model.Deferred, 0); said != "no route to host" || len(p.got) != 0 {
		t.Errorf("%q, %d sent", said, len(p.got))
	}
}

func TestADoubtIsNotSentAgain(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	p := &pipe{verdict: outbox.Verdict{Outcome: model.Unknown, Detail: "cut"}}
	d.box.Add(outbox.ChannelChat, p)
	id := d.chat("update 1")
	for range 3 {
		d.pass()
	}
	d.expect(id, model.Unknown, 0)
	if len(p.got) != 1 {
		t.Errorf("%d tries", len(p.got))
	}
}

func TestAnAlertIsPassedOnFromTheRoomItself(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	p := &pipe{verdict: outbox.Verdict{Outcome: model.Sent, Detail: "by chat", Accepted: []string{"chat"}}}
	d.box.Add(outbox.ChannelChat, p)
	d.do(model.TakeAlerts{Via: model.ViaIntake, Alerts: []model.AlertFact{{Source: "probe", Fingerprint: "tls", Class: "medium", What: "Certificate ends in 3 days"}}})
	d.do(model.RouteAlert{Alert: "tls", Ways: []string{"chat"}})
	for range 3 {
		d.pass()
	}
	if len(p.got) != 1 || p.got[0].Incident != "" || p.got[0].Draft.Subject != "[MEDIUM] Certificate ends in 3 days" {
		t.Fatalf("%+v", p.got)
	}
	d.room.View(func(s *model.State) {
		v := s.AlertViews(true)[0]
		if v.Route != "chat" || v.RouteResult != model.RouteDelivered {
			t.Errorf("%+v", v)
		}
	})
	d.restart()
	d.box.Add(outbox.ChannelChat, p)
	d.pass()
	if len(p.got) != 1 {
		t.Errorf("sent %d times after a restart", len(p.got))
	}
}
