package mail

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func goodAccount() Account {
	return Account{
		Name: "ops", Host: "smtp.example.org", Port: 587, Addrs: []string{"192.0.2.5", "2001:db8::5"},
		TLS: TLSStartTLS, Mechanism: MechAuto, User: "room@example.org",
		From: Address{"War room", "room@example.org"}, ReplyTo: Address{Addr: "ic@example.org"},
		ServerName: "mx.example.org", PinSPKI: "sha256/" + strings.Repeat("A", 43) + "=", Helo: "[192.0.2.9]",
	}
}

func TestAccountValidate(t *testing.T) {
	if err := goodAccount().Validate(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		change func(*Account)
		fields string
	}{
		{"all at once", func(a *Account) { *a = Account{} }, "name host port tls mechanism from"},
		{"no mechanism", func(a *Account) { a.Mechanism = "" }, "mechanism"},
		{"host with a port", func(a *Account) { a.Host = "smtp.example.org:25" }, "host"},
		{"host with a line break", func(a *Account) { a.Host = "x\r\ny" }, "host"},
		{"port", func(a *Account) { a.Port = 70000 }, "port"},
		{"address that is a name", func(a *Account) { a.Addrs = []string{"smtp"} }, "addrs"},
		{"clear link to elsewhere", func(a *Account) { a.TLS = TLSNone }, "tls"},
		{"clear link here", func(a *Account) { a.TLS, a.Host, a.Addrs = TLSNone, "localhost", nil }, ""},
		{"clear link, remembered elsewhere", func(a *Account) { a.TLS, a.Host = TLSNone, "::1" }, "tls"},
		{"password if offered", func(a *Account) { a.TLS = TLSIfOffered }, "tls"},
		{"relay if offered", func(a *Account) { a.TLS, a.Mechanism, a.User = TLSIfOffered, MechNone, "" }, ""},
		{"unknown mechanism", func(a *Account) { a.Mechanism = "NTLM" }, "mechanism"},
		{"user without sign-in", func(a *Account) { a.Mechanism = MechNone }, "user"},
		{"external in the clear", func(a *Account) {
			a.TLS, a.Mechanism, a.Host, a.Addrs = TLSNone, MechExternal, "127.0.0.1", nil
		}, "mechanism"},
		{"external needs no user", func(a *Account) { a.Mechanism, a.User = MechExternal, "" }, ""},
		{"user with NUL", func(a *Account) { a.User = "a\x00b" }, "user"},
		{"from", func(a *Account) { a.From.Addr = "room" }, "from"},
		{"reply to", func(a *Account) { a.ReplyTo.Addr = "a b@c" }, "replyTo"},
		{"pin", func(a *Account) { a.PinSPKI = "md5/x" }, "pinSPKI"},
		{"server name", func(a *Account) { a.ServerName = "a b" }, "serverName"},
		{"helo", func(a *Account) { a.Helo = "[nope]" }, "helo"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := goodAccount()
			c.change(&a)
			var got []string
			var fe FieldErrors
			if err := a.Validate(); errors.As(err, &fe) {
				for _, f := range fe {
					got = append(got, f.Field)
				}
			} else if err != nil {
				t.Fatalf("not FieldErrors: %v", err)
			}
			for f := range strings.FieldsSeq(c.fields) {
				if !slices.Contains(got, f) {
					t.Errorf("%q is not named in %v", f, got)
				}
			}
			if c.fields == "" && len(got) > 0 {
				t.Errorf("refused for %v", fe)
			}
		})
	}
}

func TestAccountJSON(t *testing.T) {
	want := goodAccount()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseAccount(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := ParseAccount([]byte(`{"name":"x"`)); err == nil {
		t.Error("broken JSON accepted")
	}
	if _, err := ParseAccount(append(b, []byte(strings.Repeat(" ", maxAccountJSON))...)); err == nil {
		t.Error("no size limit")
	}
}

func FuzzParseAccount(f *testing.F) {
	b, err := json.Marshal(goodAccount())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"name":"a","host":"h","port":1,"tls":"none","from":{"addr":"a@b"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseAccount(b)
		if err != nil {
			return
		}
		for _, s := range []string{a.Host, a.From.Addr, a.Helo, a.User, a.ServerName} {
			if strings.ContainsAny(s, "\r\n\x00") {
				t.Fatalf("%q got through", s)
			}
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := ParseAccount(again); err != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("round trip: %+v, %v", b, err)
		}
	})
}
