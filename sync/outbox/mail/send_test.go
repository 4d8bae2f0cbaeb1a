package mail

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/sync/outbox/mail/smtptest"
)

func TestSendSignsInAndDelivers(t *testing.T) {
	for _, policy := range []TLSPolicy{TLSImplicit, TLSStartTLS} {
		for _, mech := range []Mechanism{MechPlain, MechLogin, MechOAuthBearer, MechExternal, MechAuto} {
			t.Run(fmt.Sprintf("%s/%s", policy, mech), func(t *testing.T) {
				offered := []string{string(mech)}
				if mech == MechAuto {
					offered = []string{"OAUTHBEARER", "LOGIN", "PLAIN"}
				}
				srv := signInServer(t, smtptest.Options{ImplicitTLS: policy == TLSImplicit}, offered...)
				acc, s := accountFor(t, srv, policy, mech), testSender()
				if mech == MechExternal {
					pem, err := srv.ClientPEM(testUser)
					if err != nil {
						t.Fatal(err)
					}
					acc.User, s.Credentials = "", secrets{"ops": string(pem)}
				}
				m := messageTo("ann@example.net")
				res := send(t, s, acc, m)
				d := want(t, res, 0, Accepted, ReasonNone)
				if d.QueueID != "T1" || d.Code != 250 || d.Enhanced != "2.0.0" {
					t.Errorf("reply not read: %+v", d)
				}
				got := srv.Messages()
				if len(got) != 1 || !got[0].TLS || got[0].User != testUser || got[0].From != "room@example.org" {
					t.Fatalf("server has %+v", got)
				}
				if got[0].Helo != "[127.0.0.1]" {
					t.Errorf("EHLO %q, want the address of the link", got[0].Helo)
				}
				p := mustParse(t, got[0].Data)
				if p.subject != m.Subject || p.body != m.Text {
					t.Errorf("got %q, %q", p.subject, p.body)
				}
				if res.TLS != "TLS 1.3" {
					t.Errorf("TLS is %q", res.TLS)
				}
			})
		}
	}
}

func TestExternalWithIdentity(t *testing.T) {
	srv := signInServer(t, smtptest.Options{}, "EXTERNAL")
	pem, err := srv.ClientPEM("relay-client")
	if err != nil {
		t.Fatal(err)
	}
	acc, s := accountFor(t, srv, TLSStartTLS, MechExternal), testSender()
	s.Credentials = secrets{"ops": string(pem)}
	acc.User = "relay-client"
	want(t, send(t, s, acc, messageTo("ann@example.net")), 0, Accepted, ReasonNone)
	acc.User = "somebody-else"
	want(t, send(t, s, acc, messageTo("ann@example.net")), 0, Deferred, ReasonAuth)
}

func TestWrongPasswordSendsNothingAndTellsNoSecret(t *testing.T) {
	const wrong = "hunter2-not-it"
	for _, mech := range []Mechanism{MechPlain, MechLogin, MechOAuthBearer} {
		t.Run(string(mech), func(t *testing.T) {
			// A hostile server repeats the secret in every form it received it.
			plain := base64.StdEncoding.EncodeToString([]byte("\x00" + testUser + "\x00" + wrong))
			srv := signInServer(t, smtptest.Options{
				AuthRefusal: "5.7.8 no: " + wrong + " " + base64.StdEncoding.EncodeToString([]byte(wrong)) + " " + plain,
			}, string(mech))
			s := testSender()
			s.Credentials = secrets{"ops": wrong}
			res := send(t, s, accountFor(t, srv, TLSStartTLS, mech), messageTo("a@example.net", "b@example.net"))
			for i := range 2 {
				d := want(t, res, i, Deferred, ReasonAuth)
				if d.Code != 535 || d.Stage != StageAuth || !d.Reason.NeedsPerson() || !d.Reason.AccountFault() {
					t.Errorf("got %+v", d)
				}
				if d.RetryAfter != retryFault {
					t.Errorf("wait %v: repeating a wrong password locks accounts", d.RetryAfter)
				}
			}
			all := fmt.Sprintf("%+v", res)
			if strings.Contains(all, wrong) || strings.Contains(all, base64.StdEncoding.EncodeToString([]byte(wrong))) ||
				strings.Contains(all, plain) {
				t.Errorf("the secret is in the result: %s", all)
			}
			if !strings.Contains(all, redacted) {
				t.Errorf("the server's words are missing: %s", all)
			}
			if n := len(srv.Messages()); n != 0 {
				t.Errorf("%d messages sent", n)
			}
			if n := srv.Connections(); n != 1 {
				t.Errorf("%d connections for one wrong password", n)
			}
		})
	}
}

func TestMissingCredential(t *testing.T) {
	srv := signInServer(t, smtptest.Options{}, "PLAIN")
	for name, c := range map[string]Credentials{
		"none": nil, "unknown": secrets{}, "empty": secrets{"ops": "\n"}, "injected": secrets{"ops": "a\r\nRSET"},
	} {
		t.Run(name, func(t *testing.T) {
			s := testSender()
			s.Credentials = c
			res := send(t, s, accountFor(t, srv, TLSStartTLS, MechPlain), messageTo("a@example.net"))
			if d := want(t, res, 0, Deferred, ReasonAccount); d.Stage != StagePrepare {
				t.Errorf("got %+v", d)
			}
		})
	}
	if srv.Connections() != 0 {
		t.Error("connected without a credential")
	}
}

func TestMechanismNotOffered(t *testing.T) {
	srv := signInServer(t, smtptest.Options{}, "OAUTHBEARER")
	for _, mech := range []Mechanism{MechPlain, MechAuto, MechScramSHA256} {
		res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, mech), messageTo("a@example.net"))
		d := want(t, res, 0, Deferred, ReasonAuth)
		if !strings.Contains(d.Text, "OAUTHBEARER") {
			t.Errorf("%q does not say what the server offers", d.Text)
		}
	}
}

func TestGreylistedThenAccepted(t *testing.T) {
	srv := startServer(t, smtptest.Options{Greylist: true})
	acc := accountFor(t, srv, TLSStartTLS, MechNone)
	m := messageTo("a@example.net", "b@example.net")
	first := send(t, testSender(), acc, m)
	for i := range 2 {
		d := want(t, first, i, Deferred, ReasonBusy)
		if d.Code != 450 || d.Enhanced != "4.2.0" || d.RetryAfter != 300*time.Second {
			t.Errorf("got %+v", d)
		}
	}
	if to, wait := first.Pending(); len(to) != 2 || wait != 300*time.Second {
		t.Errorf("pending %v after %v", to, wait)
	}
	second := send(t, testSender(), acc, m)
	for i := range 2 {
		want(t, second, i, Accepted, ReasonNone)
	}
	if n := len(srv.Messages()); n != 2 {
		t.Errorf("%d messages, want one each", n)
	}
}

func TestOneRecipientStopsNoOther(t *testing.T) {
	srv := startServer(t, smtptest.Options{Rcpt: map[string]smtptest.Reply{
		"gone@example.net": {Code: 550, Text: "5.1.1 No such person"},
		"full@example.net": {Code: 452, Text: "4.2.2 Mailbox full, retry after 20 minutes"},
	}})
	res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone),
		messageTo("a@example.net", "gone@example.net", "not an address", "full@example.net", "A@EXAMPLE.net", "z@example.net"))
	want(t, res, 0, Accepted, ReasonNone)
	if d := want(t, res, 1, Refused, ReasonRecipient); d.Code != 550 || d.Enhanced != "5.1.1" {
		t.Errorf("got %+v", d)
	}
	if d := want(t, res, 2, Refused, ReasonRecipient); !strings.Contains(d.Text, "not an address") {
		t.Errorf("%q does not name the address", d.Text)
	}
	if d := want(t, res, 3, Deferred, ReasonBusy); d.RetryAfter != 20*time.Minute {
		t.Errorf("wait %v", d.RetryAfter)
	}
	want(t, res, 4, Accepted, ReasonNone)
	if len(res.Deliveries) != 5 || res.Count(Accepted) != 2 {
		t.Errorf("a recipient given twice is one: %+v", res.Deliveries)
	}
	if srv.Connections() != 1 {
		t.Errorf("%d connections, want 1", srv.Connections())
	}
}

func TestRecipientsDoNotSeeOneAnother(t *testing.T) {
	srv := startServer(t, smtptest.Options{})
	send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), messageTo("ann@example.net", "bob@example.net"))
	got := srv.Messages()
	if len(got) != 2 {
		t.Fatalf("%d messages", len(got))
	}
	for i, name := range []string{"ann", "bob"} {
		other := []string{"bob", "ann"}[i]
		if len(got[i].To) != 1 || !strings.HasPrefix(got[i].To[0], name) || strings.Contains(string(got[i].Data), other) {
			t.Errorf("copy of %s: to %v\n%s", name, got[i].To, got[i].Data)
		}
		if id := mustParse(t, got[i].Data).header.Get("Message-ID"); id != MessageID("room-a", "MSG1") {
			t.Errorf("Message-ID %q", id)
		}
	}
}

func TestRefusals(t *testing.T) {
	cases := []struct {
		name    string
		opt     smtptest.Options
		outcome Outcome
		reason  Reason
		stage   Stage
	}{
		{"sender refused", smtptest.Options{Mail: &smtptest.Reply{Code: 553, Text: "5.7.1 not yours"}}, Deferred, ReasonAccount, StageMail},
		{"rate limited", smtptest.Options{Mail: &smtptest.Reply{Code: 451, Text: "4.7.1 slow down"}}, Deferred, ReasonBusy, StageMail},
		{"content refused", smtptest.Options{Data: &smtptest.Reply{Code: 554, Text: "5.7.1 looks like spam"}}, Refused, ReasonContent, StageReply},
		{"queue full", smtptest.Options{Data: &smtptest.Reply{Code: 452, Text: "4.3.1 disk full"}}, Deferred, ReasonBusy, StageReply},
		{"too large", smtptest.Options{MaxBytes: 100}, Refused, ReasonContent, StagePrepare},
		{"sign-in wanted", smtptest.Options{Mechanisms: []string{"PLAIN"}}, Deferred, ReasonAuth, StageMail},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			srv := startServer(t, c.opt)
			res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net", "b@example.net"))
			for i := range 2 {
				if d := want(t, res, i, c.outcome, c.reason); d.Stage != c.stage {
					t.Errorf("at %s, want %s", d.Stage, c.stage)
				}
			}
			if n := len(srv.Messages()); n != 0 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestConnectionLimitIsNoLimit(t *testing.T) {
	srv := startServer(t, smtptest.Options{PerConnection: 2})
	to := []string{"a@example.net", "b@example.net", "c@example.net", "d@example.net", "e@example.net"}
	res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), messageTo(to...))
	for i := range to {
		want(t, res, i, Accepted, ReasonNone)
	}
	if n := len(srv.Messages()); n != 5 || srv.Connections() != 3 {
		t.Errorf("%d messages over %d connections", n, srv.Connections())
	}
}

func TestSevenBitServer(t *testing.T) {
	srv := startServer(t, smtptest.Options{Strict7Bit: true})
	m := messageTo("a@example.net")
	m.To[0].Name = "Zoë Åström"
	m.Text = strings.Repeat("größer ", 500) + "\n" + strings.Repeat("x", 5000) + "\n..\n.\n"
	want(t, send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), m), 0, Accepted, ReasonNone)
	if p := mustParse(t, srv.Messages()[0].Data); p.body != m.Text {
		t.Errorf("text came out different: %q", p.body)
	}
}

func TestInvalidMessageReachesNoServer(t *testing.T) {
	srv := startServer(t, smtptest.Options{})
	m := messageTo("a@example.net")
	m.Subject = " \r\n "
	res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), m)
	if d := want(t, res, 0, Refused, ReasonContent); !strings.Contains(d.Text, "subject") {
		t.Errorf("%q does not name the field", d.Text)
	}
	if srv.Connections() != 0 {
		t.Error("connected for nothing")
	}
}

// 421 is about the connection: the rest is tried on one more, not on this one.
func TestServerGoingDown(t *testing.T) {
	srv := startServer(t, smtptest.Options{Rcpt: map[string]smtptest.Reply{
		"b@example.net": {Code: 421, Text: "4.3.2 going down"},
	}})
	res := send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone),
		messageTo("a@example.net", "b@example.net", "c@example.net"))
	want(t, res, 0, Accepted, ReasonNone)
	want(t, res, 1, Deferred, ReasonBusy)
	want(t, res, 2, Deferred, ReasonBusy)
	if srv.Connections() != 2 {
		t.Errorf("%d connections, want 2", srv.Connections())
	}
}
