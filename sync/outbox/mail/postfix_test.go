//go:build postfix

// Against a real Postfix with Cyrus SASL and TLS on loopback, set up and torn
// down by testdata/postfix.sh. Needs root; about ten seconds.
package mail

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postfix is the running instance as the script describes it.
type postfix struct {
	submission, smtps                  int
	ca, mail, log, user, password, dir string
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func startPostfix(t *testing.T) *postfix {
	t.Helper()
	p := &postfix{submission: freePort(t), smtps: freePort(t)}
	script := filepath.Join("testdata", "postfix.sh")
	cmd := exec.Command("sh", script, "start", strconv.Itoa(p.submission), strconv.Itoa(p.smtps))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if stderr.Len() > 0 {
		t.Logf("%s", &stderr)
	}
	if err != nil {
		t.Fatalf("postfix.sh start: %v", err)
	}
	kv := make(map[string]string)
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		k, v, _ := strings.Cut(sc.Text(), "=")
		kv[k] = v
	}
	p.ca, p.mail, p.log, p.dir = kv["ca"], kv["mail"], kv["log"], kv["dir"]
	p.user, p.password = kv["user"], kv["password"]
	t.Cleanup(func() { p.stop(t, script, kv["pid"]) })
	return p
}

// stop ends the instance and proves that nothing of it is left.
func (p *postfix) stop(t *testing.T, script, pid string) {
	if t.Failed() {
		log, _ := os.ReadFile(p.log)
		t.Logf("mail.log:\n%s", log)
	}
	if out, err := exec.Command("sh", script, "stop", p.dir).CombinedOutput(); err != nil {
		t.Errorf("postfix.sh stop: %v\n%s", err, out)
	}
	master, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatalf("pid %q", pid)
	}
	if err := syscall.Kill(-master, 0); err != syscall.ESRCH {
		t.Errorf("processes of group %d are left: %v", master, err)
	}
	if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
		t.Errorf("%s is left", p.dir)
	}
}

func (p *postfix) account(policy TLSPolicy, mech Mechanism) Account {
	a := Account{
		Name: "ops", Host: "127.0.0.1", Port: p.submission, TLS: policy, Mechanism: mech, User: p.user,
		From: Address{"War room", "room@inbox.test"}, RootCAsFile: p.ca,
	}
	if policy == TLSImplicit {
		a.Port = p.smtps
	}
	return a
}

// arrived waits until the mailbox holds a mail with the Message-ID and gives all
// copies of it. Delivery goes on after the reply, in other processes.
func (p *postfix) arrived(t *testing.T, id string, copies int) [][]byte {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for {
		var got [][]byte
		files, _ := filepath.Glob(filepath.Join(p.mail, "*"))
		for _, f := range files {
			if raw, err := os.ReadFile(f); err == nil && bytes.Contains(raw, []byte(id)) {
				got = append(got, raw)
			}
		}
		if len(got) >= copies {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d copies of %s arrived", len(got), copies, id)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestPostfix(t *testing.T) {
	p := startPostfix(t)
	s := testSender()
	s.Credentials = secrets{"ops": p.password}

	for i, c := range []struct {
		policy TLSPolicy
		mech   Mechanism
	}{
		{TLSStartTLS, MechPlain},
		{TLSStartTLS, MechLogin},
		{TLSStartTLS, MechCRAMMD5},
		{TLSStartTLS, MechScramSHA1},
		{TLSStartTLS, MechScramSHA256},
		{TLSStartTLS, MechAuto},
		{TLSImplicit, MechPlain},
		{TLSImplicit, MechAuto},
	} {
		t.Run(fmt.Sprintf("delivers over %s with %s", c.policy, c.mech), func(t *testing.T) {
			m := messageTo("ann@inbox.test", "bob@inbox.test")
			m.ID = fmt.Sprintf("PF-%d", i)
			m.References = []string{MessageID(m.Room, "PF-root")}
			m.Text += strings.Repeat("Lange Zeile mit Umlauten äöü und mehr. ", 100) + "\n.\n"
			res := send(t, s, p.account(c.policy, c.mech), m)
			for j := range 2 {
				d := want(t, res, j, Accepted, ReasonNone)
				if d.QueueID == "" || d.Enhanced != "2.0.0" {
					t.Errorf("reply not read: %+v", d)
				}
			}
			if res.TLS != "TLS 1.3" {
				t.Errorf("TLS %q", res.TLS)
			}
			p.check(t, m)
		})
	}

	t.Run("wrong password", func(t *testing.T) {
		for _, mech := range []Mechanism{MechPlain, MechLogin, MechCRAMMD5, MechScramSHA256} {
			bad := testSender()
			bad.Credentials = secrets{"ops": "not the password"}
			d := want(t, send(t, bad, p.account(TLSStartTLS, mech), messageTo("ann@inbox.test")), 0, Deferred, ReasonAuth)
			if d.Stage != StageAuth || d.Code != 535 {
				t.Errorf("%s: %+v", mech, d)
			}
		}
	})

	t.Run("refused and deferred recipients stop no other", func(t *testing.T) {
		m := messageTo("ann@inbox.test", "x@refused.test", "y@deferred.test", "bob@inbox.test")
		m.ID = "PF-mixed"
		res := send(t, s, p.account(TLSStartTLS, MechPlain), m)
		want(t, res, 0, Accepted, ReasonNone)
		if d := want(t, res, 1, Refused, ReasonRecipient); d.Code != 550 || d.Enhanced != "5.1.1" {
			t.Errorf("got %+v", d)
		}
		if d := want(t, res, 2, Deferred, ReasonBusy); d.Code != 450 || d.RetryAfter != time.Minute {
			t.Errorf("got %+v", d)
		}
		want(t, res, 3, Accepted, ReasonNone)
		p.check(t, Message{
			ID: m.ID, Room: m.Room, Subject: m.Subject, Text: m.Text,
			To: []Address{m.To[0], m.To[3]}, Incident: m.Incident,
		})
	})

	t.Run("no sign-in, no service", func(t *testing.T) {
		acc := p.account(TLSStartTLS, MechNone)
		acc.User = ""
		d := want(t, send(t, s, acc, messageTo("ann@inbox.test")), 0, Refused, ReasonRecipient)
		if d.Code != 554 || d.Stage != StageRcpt {
			t.Errorf("got %+v", d)
		}
	})

	t.Run("untrusted certificate", func(t *testing.T) {
		acc := p.account(TLSImplicit, MechPlain)
		acc.RootCAsFile = ""
		r := s.Probe(context.Background(), acc)
		if r.OK || r.Reason != ReasonTLS || r.PinSPKI == "" {
			t.Fatalf("got %+v", r)
		}
		acc.PinSPKI = r.PinSPKI
		if r = s.Probe(context.Background(), acc); !r.OK || r.Used != MechPlain || r.MaxSize != 10240000 {
			t.Errorf("pinned: %+v", r)
		}
	})
}

// check looks at what lies in the mailbox: one copy for each recipient, whole.
func (p *postfix) check(t *testing.T, m Message) {
	t.Helper()
	copies := p.arrived(t, m.MessageID(), len(m.To))
	if len(copies) != len(m.To) {
		t.Fatalf("%d copies for %d recipients", len(copies), len(m.To))
	}
	seen := make(map[string]bool)
	for _, raw := range copies {
		got := mustParse(t, raw)
		seen[strings.Trim(got.header.Get("To"), "<>")] = true
		if got.subject != m.Subject || got.body != m.Text {
			t.Errorf("got %q, %q", got.subject, got.body)
		}
		if got.header.Get("Message-Id") != m.MessageID() || got.header.Get("X-Holdfast-Incident") != m.Incident ||
			got.header.Get("Auto-Submitted") != "auto-generated" || got.header.Get("From") != `"War room" <room@inbox.test>` {
			t.Errorf("headers %v", got.header)
		}
		if len(m.References) > 0 && got.header.Get("In-Reply-To") != m.References[0] {
			t.Errorf("thread %v", got.header)
		}
		if !strings.Contains(got.header.Get("Received"), "ESMTPS") {
			t.Errorf("not over TLS: %s", got.header.Get("Received"))
		}
	}
	for _, to := range m.To {
		if !seen[to.Addr] {
			t.Errorf("no copy for %s in %v", to.Addr, seen)
		}
	}
}
