package outbox_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/outbox/mail/smtptest"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// desk is a room with an incident and two recipients, and an outbox that
// sends through a real conversation with an SMTP server in this process.
type desk struct {
	t      *testing.T
	dir    string
	home   *replica.Home
	room   *replica.Replica
	code   string
	server *smtptest.Server
	sender outbox.Sender
	box    *outbox.Outbox
}

func newDesk(t *testing.T, o smtptest.Options) *desk {
	t.Helper()
	server, err := smtptest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, dir: t.TempDir(), server: server, sender: &mail.Sender{Timeouts: mail.Timeouts{Final: 2 * time.Second, Step: 2 * time.Second}}}
	t.Cleanup(func() {
		if err := d.home.Close(); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	d.open()
	if d.room, err = d.home.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz"}); err != nil {
		t.Fatal(err)
	}
	d.fresh()
	d.code = d.do(model.Declare{Title: "Checkout down", Severity: model.P0}).Code
	return d
}

func (d *desk) open() {
	d.t.Helper()
	var err error
	d.home, err = replica.OpenHome(d.dir, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		d.t.Fatal(err)
	}
}

// fresh makes an outbox that knows nothing of earlier passes.
func (d *desk) fresh() {
	d.box = outbox.New(d.room, d.sender, d.account, slog.New(slog.DiscardHandler))
}

// restart closes the home as a crash would leave it for the outbox.
func (d *desk) restart() {
	d.t.Helper()
	if err := d.home.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
	d.room = d.home.Rooms()[0]
	d.fresh()
}

func (d *desk) account() (mail.Account, bool) {
	return mail.Account{
		Name: "mail", Host: "127.0.0.1", Port: d.server.Port(), TLS: mail.TLSStartTLS, Mechanism: mail.MechNone,
		From: mail.Address{Addr: "war-room@example.org"}, PinSPKI: d.server.PinSPKI(),
	}, true
}

func (d *desk) do(c model.Command) model.Done {
	d.t.Helper()
	done, err := d.room.Do(d.t.Context(), c)
	if err != nil {
		d.t.Fatalf("%T: %v", c, err)
	}
	return done
}

func (d *desk) queue(subject string) model.ID {
	d.t.Helper()
	return d.do(model.QueueMessage{Incident: d.code, Draft: model.Draft{
		Template: "investigation", Audience: "stakeholders", Channel: outbox.ChannelMail, Subject: subject, Body: "What is known.",
		Recipients: []model.Recipient{{Name: "Eva", Address: "eva@example.org"}, {Address: "tom@example.org"}},
	}}).ID
}

func (d *desk) pass() { d.box.Pass(d.t.Context(), true) }

// expect checks a message's standing and how many copies the server holds.
func (d *desk) expect(id model.ID, want model.Outcome, copies int) string {
	d.t.Helper()
	var got model.Outcome
	var result model.Result
	d.room.View(func(s *model.State) {
		inc, _, err := s.FindMessage(id.String())
		if err != nil {
			d.t.Fatal(err)
		}
		got, result = inc.Messages[id].Outcome()
	})
	if got != want {
		d.t.Errorf("the message is %s (%s), want %s", got, result.Detail, want)
	}
	if n := len(d.server.Messages()); n != copies {
		d.t.Errorf("the server took %d copies, want %d", n, copies)
	}
	return result.Detail
}

func TestMessageLeavesOnceForEachRecipient(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	id := d.queue("[P0] update 1")
	d.pass()
	d.expect(id, model.Sent, 2)
	d.pass()
	d.restart()
	d.pass()
	d.expect(id, model.Sent, 2)
}

func TestWithoutARouteItWaitsAndLeavesWhenOneReturns(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	route := &cutSender{Sender: d.sender, cut: true}
	d.sender = route
	d.fresh()
	id := d.queue("[P0] update 1")
	d.pass()
	d.pass()
	d.expect(id, model.Deferred, 0)
	d.room.View(func(s *model.State) {
		inc, _, _ := s.FindMessage(id.String())
		if m := inc.Messages[id]; len(m.Claims) != 0 || len(m.Results) != 1 {
			t.Errorf("%d claims and %d results on record for a machine without a network", len(m.Claims), len(m.Results))
		}
	})
	route.cut = false
	d.pass()
	d.expect(id, model.Sent, 2)
}

// cutSender is a sender whose network can be taken away.
type cutSender struct {
	outbox.Sender
	cut bool
}

func (c *cutSender) Probe(ctx context.Context, a mail.Account) mail.Report {
	if c.cut {
		return mail.Report{Reason: mail.ReasonNetwork, Text: "no route to the mail server"}
	}
	return c.Sender.Probe(ctx, a)
}

func TestGreylistingIsTriedAgainForThoseLeft(t *testing.T) {
	d := newDesk(t, smtptest.Options{Greylist: true})
	id := d.queue("[P0] update 1")
	d.pass()
	d.expect(id, model.Deferred, 0)
	d.pass()
	d.expect(id, model.Sent, 2)
}

func TestRefusedRecipientStopsNoOther(t *testing.T) {
	d := newDesk(t, smtptest.Options{Rcpt: map[string]smtptest.Reply{"tom@example.org": {Code: 550, Text: "no such user"}}})
	id := d.queue("[P0] update 1")
	d.pass()
	d.pass()
	d.expect(id, model.Sent, 1)
	d.room.View(func(s *model.State) {
		inc, _, _ := s.FindMessage(id.String())
		if _, r := inc.Messages[id].Outcome(); len(r.Refused) != 1 || r.Refused[0].Address != "tom@example.org" {
			t.Errorf("refused on record: %+v", r.Refused)
		}
	})
}

func TestDoubtIsLeftToAPerson(t *testing.T) {
	d := newDesk(t, smtptest.Options{Cut: smtptest.AfterDot})
	id := d.queue("[P0] update 1")
	d.pass()
	d.expect(id, model.Unknown, len(d.server.Messages()))
	before := d.server.Connections()
	d.pass()
	d.restart()
	d.pass()
	if after := d.server.Connections(); after != before {
		t.Errorf("%d further connections for a message in doubt", after-before)
	}
}

func TestCrashWhileSendingIsDoubtAndNeverASecondCopy(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	id := d.queue("[P0] update 1")
	// The claim is durable and the process dies before the result is.
	d.do(model.ClaimMessage{Message: id.String(), For: time.Hour})
	d.restart()
	d.pass()
	if why := d.expect(id, model.Unknown, 0); !strings.Contains(why, "stopped while it was sending") {
		t.Errorf("the person is told %q", why)
	}
	d.pass()
	d.expect(id, model.Unknown, 0)
}

// TestACrashWhilePagingPagesAgain: twice is better than never.
func TestACrashWhilePagingPagesAgain(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	d.do(model.Page{Incident: d.code, Person: "Ana Ruiz", Way: "pager"})
	var id model.ID
	d.room.View(func(s *model.State) {
		inc, err := s.FindIncident(d.code)
		if err != nil {
			t.Fatal(err)
		}
		id = inc.Attempts()[0].Message
	})
	d.do(model.ClaimMessage{Message: id.String(), For: time.Hour})
	d.restart()
	p := &pipe{verdict: outbox.Verdict{Outcome: model.Sent, Detail: "by pager"}}
	d.box.Add(outbox.ChannelPager, p)
	if d.box.Pass(t.Context(), false); len(p.got) != 0 {
		t.Error("paged again before the record could say that another device has")
	}
	d.expect(id, model.Deferred, 0)
	d.pass()
	d.expect(id, model.Sent, 0)
	if len(p.got) != 1 {
		t.Errorf("%d pages", len(p.got))
	}
}

func TestNewerUpdateTakesThePlaceOfOneThatHasNotLeft(t *testing.T) {
	d := newDesk(t, smtptest.Options{})
	route := &cutSender{Sender: d.sender, cut: true}
	d.sender = route
	d.fresh()
	old := d.queue("[P0] update 1")
	d.pass()
	newer := d.queue("[P0] update 2")
	route.cut = false
	d.pass()
	d.expect(old, model.Withdrawn, 2)
	d.expect(newer, model.Sent, 2)
}
