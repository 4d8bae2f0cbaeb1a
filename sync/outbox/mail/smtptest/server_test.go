package smtptest

import (
	"net"
	"net/smtp"
	"testing"
	"time"
)

// The server speaks to a client it shares no code with.
func TestTakesMailFromTheStandardLibrary(t *testing.T) {
	s, err := New(Options{NoSTARTTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := smtp.SendMail(s.Addr(), nil, "a@example.org", []string{"b@example.net", "c@example.net"}, []byte("Subject: x\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	got := s.MessagesTo("C@example.net")
	if len(got) != 1 || got[0].From != "a@example.org" || len(got[0].To) != 2 || string(got[0].Data) != "Subject: x\r\n\r\nhello\r\n" {
		t.Errorf("got %+v", got)
	}
	if len(s.MessagesTo("d@example.net")) != 0 {
		t.Error("mail for nobody")
	}
}

func TestCloseReleasesWhatHangs(t *testing.T) {
	for _, opt := range []Options{{Hang: AtGreeting}, {Drip: time.Hour}, {ImplicitTLS: true}} {
		s, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		start := time.Now()
		s.Close()
		s.Close()
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%+v: close took %v", opt, took)
		}
		if _, err := net.Dial("tcp", s.Addr()); err == nil {
			t.Errorf("%+v: still listening", opt)
		}
	}
}
