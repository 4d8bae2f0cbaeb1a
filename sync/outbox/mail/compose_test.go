package mail

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func draftMessage() Message {
	m := messageTo("ann@example.net", "bob@example.net")
	m.From = Address{"War room", "room@example.org"}
	return m
}

func TestComposeForIsTheSameBytes(t *testing.T) {
	m := draftMessage()
	m.ReplyTo = Address{Addr: "ic@example.org"}
	m.References = []string{MessageID("room-a", "MSG-root"), MessageID("room-a", "MSG0")}
	raw, err := ComposeFor(m, Address{"Ann Lee", "ann@example.net"})
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := ComposeFor(m, Address{"Ann Lee", "ann@example.net"}); !bytes.Equal(raw, again) {
		t.Error("not the same bytes twice")
	}
	p := mustParse(t, raw)
	for k, v := range map[string]string{
		"From": `"War room" <room@example.org>`, "To": `"Ann Lee" <ann@example.net>`, "Reply-To": "<ic@example.org>",
		"Date": "Wed, 04 Mar 2026 05:06:07 +0000", "Message-Id": MessageID("room-a", "MSG1"),
		"In-Reply-To": m.References[1], "References": m.References[0] + " " + m.References[1],
		"Auto-Submitted": "auto-generated", "X-Holdfast-Incident": "INC-7", "X-Holdfast-Message": "MSG1",
		"Mime-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8", "Bcc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got := p.header.Get(k); got != v {
			t.Errorf("%s: got %q, want %q", k, got, v)
		}
	}
	if p.subject != m.Subject || p.body != m.Text {
		t.Errorf("got %q %q", p.subject, p.body)
	}
}

func TestMessageIDIsStableAndShowsNothing(t *testing.T) {
	id := MessageID("room-a", "MSG1")
	if id != "<d646a664fa0e7ee0c16e19ac6023f095@holdfast.invalid>" {
		t.Errorf("%s: the id of a message may never change, threads hang on it", id)
	}
	if id == MessageID("room-b", "MSG1") || MessageID("a", "bc") == MessageID("ab", "c") {
		t.Error("two messages share an id")
	}
	if !isMessageID(id) {
		t.Error("not a Message-ID")
	}
}

func TestComposeDraft(t *testing.T) {
	m := draftMessage()
	m.To = append(m.To, Address{Addr: "ANN@example.net"})
	raw, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	p := mustParse(t, raw)
	if got := p.header.Get("Bcc"); got != "<ann@example.net>, <bob@example.net>" {
		t.Errorf("Bcc %q", got)
	}
	if p.header.Get("To") != "" || p.header.Get("X-Unsent") != "1" {
		t.Errorf("headers %v", p.header)
	}
}

func TestLongThreadIsCut(t *testing.T) {
	m := draftMessage()
	for i := range 60 {
		m.References = append(m.References, MessageID("room-a", string(rune('A'+i))))
	}
	raw, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	refs := strings.Fields(mustParse(t, raw).header.Get("References"))
	if len(refs) != maxReferences || refs[0] != m.References[0] || refs[maxReferences-1] != m.References[59] {
		t.Errorf("%d references, first %s, last %s", len(refs), refs[0], refs[len(refs)-1])
	}
}

func TestMessageValidateNamesEverything(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	many := draftMessage()
	many.To = nil
	for i := range MaxRecipients + 1 {
		many.To = append(many.To, Address{Addr: fmt.Sprintf("person%d@example.net", i)})
	}
	cases := map[string]struct {
		change func(*Message)
		names  []string
	}{
		"everything":  {func(m *Message) { *m = Message{} }, []string{"id", "from", "to", "subject", "date"}},
		"injected id": {func(m *Message) { m.ID = "x\r\nBcc: a@b" }, []string{"id"}},
		"addresses": {
			func(m *Message) { m.To[1].Addr = "bob@ex ample"; m.To[0].Addr = "jörg@example.net" },
			[]string{"to[0]", "jörg@example.net", "to[1]", "bob@ex ample"},
		},
		"recipients": {func(m *Message) { m.To = many.To }, []string{"to", "limit is 200"}},
		"text":       {func(m *Message) { m.Text = long }, []string{"text", "limit is 262144"}},
		"subject":    {func(m *Message) { m.Subject = long[:MaxSubject+1] }, []string{"subject", "limit is 512"}},
		"reference":  {func(m *Message) { m.References = []string{"<a@b>\r\nX: y"} }, []string{"references[0]"}},
		"incident":   {func(m *Message) { m.Incident = "a b" }, []string{"incident"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := draftMessage()
			c.change(&m)
			_, err := Compose(m)
			var fe FieldErrors
			if !errors.As(err, &fe) {
				t.Fatalf("got %v", err)
			}
			for _, n := range c.names {
				if !strings.Contains(err.Error(), n) {
					t.Errorf("%q is not named in %q", n, err)
				}
			}
		})
	}
}

func TestLargestTextFits(t *testing.T) {
	m := draftMessage()
	m.Text = strings.Repeat("é", MaxText/2)
	raw, err := ComposeFor(m, m.To[0])
	if err != nil || len(raw) > MaxMessage {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}

func TestAddresses(t *testing.T) {
	for addr, ok := range map[string]bool{
		"a@b": true, "first.last+tag@mail.example.org": true, "a@[192.0.2.1]": true, "a@[IPv6:2001:db8::1]": true,
		"": false, "a": false, "@b": false, "a@": false, ".a@b": false, "a..b@c": false, "a@b.": false,
		`"a b"@c`: false, "a@b>": false, "<a@b>": false, "a@b\r\nX: y": false, "a@[2001:db8::1]": false, "a@b,c@d": false,
		"a@-b": false, strings.Repeat("a", 65) + "@b": false,
	} {
		if err := (Address{Addr: addr}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", addr, err)
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("subject", "name", "text", "INC-1")
	f.Add("a\r\nBcc: evil@example.org", "x\r\nX: y", ".\r\n.\r\n", "I")
	f.Add("é\u2028\x00\xff", "\"<>@,;:\\ =?utf-8?q?=0d=0a?=", "\r\r\n\x1b[0m", "")
	f.Add(strings.Repeat("long ", 100), strings.Repeat("w", 128), strings.Repeat("w", 3000), "X")
	f.Add("x", "\xb3\\", "", "") // found: net/mail writes what it cannot read
	f.Add("x", strings.Repeat("ü\"", 40), "", "")
	f.Fuzz(func(t *testing.T, subject, name, text, incident string) {
		m := draftMessage()
		m.Subject, m.From.Name, m.To[0].Name, m.Text, m.Incident = subject, name, name, text, incident
		raw, err := ComposeFor(m, m.To[0])
		if err != nil {
			return
		}
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
				t.Fatalf("line %q", line)
			}
			for _, c := range line {
				if c >= utf8.RuneSelf || c == 0 {
					t.Fatalf("not 7-bit text: %q", line)
				}
			}
		}
		p, err := parse(raw)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		allowed := "Auto-Submitted Content-Transfer-Encoding Content-Type Date From Message-Id Mime-Version Subject To " +
			"X-Auto-Response-Suppress X-Holdfast-Incident X-Holdfast-Message"
		for k, v := range p.header {
			if !strings.Contains(allowed, k) || len(v) != 1 {
				t.Fatalf("header %s: %q got in", k, v)
			}
		}
		if p.subject != cleanLine(subject) {
			t.Fatalf("subject %q became %q", subject, p.subject)
		}
		if p.body != cleanText(text) {
			t.Fatalf("text %q became %q", text, p.body)
		}
		to, err := p.header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != m.To[0].Addr || to[0].Name != cleanLine(name) {
			t.Fatalf("name %q became %v, %v", name, to, err)
		}
	})
}

func TestDateIsTheMessages(t *testing.T) {
	m := draftMessage()
	m.Date = time.Date(2026, 7, 1, 12, 0, 0, 0, time.FixedZone("CEST", 7200))
	raw, err := Compose(m)
	if err != nil || !bytes.Contains(raw, []byte("Date: Wed, 01 Jul 2026 10:00:00 +0000\r\n")) {
		t.Errorf("%v\n%s", err, raw)
	}
}
