package node_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

const intakeToken = "correct-horse-battery"

// intakeRoom is a room whose node takes in alerts, and where.
func intakeRoom(t *testing.T) (*node.Room, string) {
	t.Helper()
	n := intakeNode(t)
	return n.Rooms()[0], "http://" + n.Status().Intake
}

// intakeNode is a node with one room that takes in alerts.
func intakeNode(t *testing.T) *node.Node {
	t.Helper()
	home := t.TempDir()
	opts := node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Now: time.Now}
	first, err := node.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	founded(t, first)
	if err := first.Home().Secrets().Put("intake.token", []byte(intakeToken)); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	opts.Links, opts.Listen, opts.Quiet, opts.Intake = true, "127.0.0.1:0", true, "127.0.0.1:0"
	n, err := node.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return n
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+intakeToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(b))
}

// until waits until the room is as a test wants it.
func until(t *testing.T, r *node.Room, what string, ok func(*model.State) bool) {
	t.Helper()
	ctx := within(t)
	changed := make(chan struct{}, 1)
	defer r.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for {
		there := false
		r.View(func(s *model.State) { there = ok(s) })
		if there {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// TestCapturedPayloads: what a real Alertmanager 0.25 sent, as it was on the wire.
func TestCapturedPayloads(t *testing.T) {
	r, url := intakeRoom(t)
	for _, name := range []string{"firing", "again", "resolved"} {
		b, err := os.ReadFile(filepath.Join("testdata", "alertmanager-0.25", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := post(t, url+"/alertmanager", string(b)); status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
	}
	r.View(func(s *model.State) {
		list := s.AlertViews(true)
		if len(list) != 2 {
			t.Fatalf("%d alerts: %+v", len(list), list)
		}
		for _, v := range list {
			if v.Class != "critical" || v.What != "Checkout 5xx above 5 %" || v.Via != model.ViaIntake || v.State != model.AlertOver || v.Runbook == "" {
				t.Errorf("%+v", v)
			}
		}
	})
}

func TestACriticalAlertThatComesInOpensAnIncident(t *testing.T) {
	r, url := intakeRoom(t)
	if status, answer := post(t, url+"/alerts", `{"what":"Checkout fails","class":"critical","service":"checkout-api"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	until(t, r, "an incident", func(s *model.State) bool { return s.Count() == 1 })
	r.View(func(s *model.State) {
		b := s.Briefs(true, r.Now())[0]
		if b.Title != "Checkout fails" || b.Severity != model.P0 || b.Detection != "Monitoring alerts" {
			t.Errorf("%+v", b)
		}
	})
	if status, answer := post(t, url+"/alerts", `{"what":"Checkout fails","status":"resolved","service":"checkout-api"}`); status != http.StatusOK || !strings.Contains(answer, `"new":0`) {
		t.Errorf("%d %s", status, answer)
	}
}

func TestIntakeIsOffWithoutTokenAndOpenOnlyHere(t *testing.T) {
	home := t.TempDir()
	opts := node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Now: time.Now, Intake: "127.0.0.1:0"}
	open := func(want string) {
		t.Helper()
		n, err := node.Open(opts)
		if err == nil {
			t.Fatal("it opened", n.Close())
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	open("config set intake.token")
	given := opts
	given.Intake = ""
	n, err := node.Open(given)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Home().Secrets().Put("intake.token", []byte(intakeToken)); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	open("no room yet")
	if n, err = node.Open(given); err != nil {
		t.Fatal(err)
	}
	founded(t, n)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	opts.Intake = ":0"
	open("set intake.cert and intake.key")
}
