package mail

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

func TestPickMechanism(t *testing.T) {
	for _, c := range []struct {
		want    Mechanism
		offered []string
		got     Mechanism
	}{
		{MechAuto, []string{"CRAM-MD5", "login", "PLAIN"}, MechPlain},
		{MechAuto, []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}, MechScramSHA256},
		{MechAuto, []string{"CRAM-MD5"}, MechCRAMMD5},
		{MechAuto, []string{"XOAUTH2", "EXTERNAL"}, ""},
		{MechAuto, nil, ""},
		{MechLogin, []string{"PLAIN", "LOGIN"}, MechLogin},
		{MechLogin, []string{"PLAIN"}, ""},
	} {
		got, err := pickMechanism(c.want, c.offered)
		if got != c.got || (err == nil) != (c.got != "") || err != nil && !errors.Is(err, errAuthSide) {
			t.Errorf("%s of %v: got %q, %v", c.want, c.offered, got, err)
		}
	}
}

// Servers ask for the user in their own words, or for nothing in words at all.
func TestLoginAnswersInOrder(t *testing.T) {
	for _, asks := range [][2]string{{"Username:", "Password:"}, {"User Name\x00", "Password\x00"}, {"", ""}} {
		a, err := newAuth(MechLogin, Account{User: "u"}, "p")
		if err != nil {
			t.Fatal(err)
		}
		if mech, ir, err := a.Start(&smtp.ServerInfo{}); mech != "LOGIN" || ir != nil || err != nil {
			t.Fatalf("start: %q %q %v", mech, ir, err)
		}
		for i, want := range []string{"u", "p"} {
			if got, err := a.Next([]byte(asks[i]), true); string(got) != want || err != nil {
				t.Errorf("asked %q: %q, %v", asks[i], got, err)
			}
		}
		if _, err := a.Next([]byte("again?"), true); !errors.Is(err, errAuthSide) {
			t.Errorf("third question: %v", err)
		}
	}
}

func TestServerMayNotAskWithoutEnd(t *testing.T) {
	for _, mech := range []Mechanism{MechPlain, MechLogin, MechOAuthBearer, MechExternal, MechXOAuth2, MechCRAMMD5, MechScramSHA1, MechScramSHA256} {
		a, err := newAuth(mech, Account{User: "u"}, "p")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.Start(&smtp.ServerInfo{TLS: true}); err != nil {
			t.Fatal(err)
		}
		for turns := 0; ; turns++ {
			if _, err = a.Next(nil, true); err != nil {
				break
			}
			if turns > maxAuthTurns {
				t.Fatalf("%s goes on answering", mech)
			}
		}
		if !errors.Is(err, errAuthSide) {
			t.Errorf("%s: %v", mech, err)
		}
	}
}

func TestScramRoundsAreBound(t *testing.T) {
	for rounds, ok := range map[string]bool{"4096": true, "1000001": false, "99999999999999999999": false} {
		challenge := fmt.Sprintf("r=abc,s=c2FsdA==,i=%s", rounds)
		if n := scramRounds([]byte(challenge)); (n <= maxScramRounds) != ok {
			t.Errorf("%s: counted %d", rounds, n)
		}
	}
	a, err := newAuth(MechScramSHA256, Account{User: "u"}, "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Next([]byte("r=abc,s=c2FsdA==,i=2000000000"), true); !errors.Is(err, errAuthSide) {
		t.Errorf("got %v", err)
	}
}
