package main

import (
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"holdfast/sync/outbox/mail/smtptest"
)

// mailbox is the mail server of a story; it starts when the story asks for it.
type mailbox struct{ server *smtptest.Server }

func box(ts *testscript.TestScript) *smtptest.Server {
	b := ts.Value(mailbox{}).(*mailbox)
	if b.server == nil {
		server, err := smtptest.New(smtptest.Options{})
		ts.Check(err)
		b.server = server
		ts.Defer(func() { ts.Check(server.Close()) })
	}
	return b.server
}

// account HOME... gives homes an account at the story's mail server.
func account(ts *testscript.TestScript, _ bool, homes []string) {
	s := box(ts)
	for _, home := range homes {
		for key, value := range map[string]string{
			"mail.host": "127.0.0.1", "mail.port": strconv.Itoa(s.Port()), "mail.pin": s.PinSPKI(), "mail.from": home + "@example.org",
		} {
			ts.Check(ts.Exec("holdfastctl", "--home", home, "config", "set", key, value))
		}
	}
}

// mails N ADDRESS TEXT waits until N letters to an address say something; more
// fail the story at once.
func mails(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	eventually(ts, strings.Join(args, " "), func() bool {
		n := 0
		for _, m := range box(ts).MessagesTo(args[1]) {
			if strings.Contains(string(m.Data), args[2]) {
				n++
			}
		}
		if n > want {
			ts.Fatalf("%d letters to %s say %q, want %d", n, args[1], args[2], want)
		}
		return n == want
	})
}

// others HOME HOME... sets ONE and TWO to the homes after the first that are not
// the first.
func others(ts *testscript.TestScript, _ bool, homes []string) {
	names := []string{"ONE", "TWO"}
	for _, home := range homes[1:] {
		if home != homes[0] && len(names) > 0 {
			ts.Setenv(names[0], home)
			names = names[1:]
		}
	}
}
