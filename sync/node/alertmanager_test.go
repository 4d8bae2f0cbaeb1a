//go:build alertmanager

// Against a real Prometheus Alertmanager on loopback; about ten seconds.
package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"holdfast/model"
)

const alertmanagerConfig = `route:
  receiver: holdfast
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  repeat_interval: 2s
receivers:
- name: holdfast
  webhook_configs:
  - url: %s/alertmanager
    send_resolved: true
    http_config:
      authorization:
        credentials: %s
`

// capture passes requests on and keeps their bodies; the first is answered as a
// machine under load would, so that the sender has to come again.
type capture struct {
	mu     sync.Mutex
	bodies [][]byte
	to     http.Handler
}

func (c *capture) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	c.mu.Lock()
	c.bodies = append(c.bodies, b)
	first := len(c.bodies) == 1
	c.mu.Unlock()
	if err != nil || first {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	c.to.ServeHTTP(w, r)
}

func startAlertmanager(t *testing.T, intake string) (api string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, alertmanagerConfig, intake, intakeToken), 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command("prometheus-alertmanager", "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+address, "--cluster.listen-address=")
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	api = "http://" + address
	for ctx := within(t); ; {
		if answer, err := http.Get(api + "/-/ready"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return api
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Alertmanager is not ready:\n%s", &log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// fire tells Alertmanager of two alerts, as Prometheus does.
func fire(t *testing.T, api string, began, ends time.Time) {
	t.Helper()
	var list []map[string]any
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		list = append(list, map[string]any{
			"labels":      map[string]string{"alertname": "CheckoutErrorRateHigh", "severity": "critical", "service": "checkout-api", "region": region},
			"annotations": map[string]string{"summary": "Checkout 5xx above 5 %", "runbook_url": "https://runbooks.example.com/api-error-spike"},
			"startsAt":    began.Format(time.RFC3339Nano), "endsAt": ends.Format(time.RFC3339Nano),
			"generatorURL": "http://prometheus.example.com:9090/graph?g0.expr=checkout_error_ratio+%3E+0.05&g0.tab=1",
		})
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(api+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("Alertmanager answers %s", answer.Status)
	}
}

// TestAlertmanager: from Prometheus' side of a real Alertmanager to the incident,
// through an answer that had to be tried again, to the end of the alert.
func TestAlertmanager(t *testing.T) {
	r, intake := intakeRoom(t)
	target, err := url.Parse(intake)
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{to: httputil.NewSingleHostReverseProxy(target)}
	between := &http.Server{Handler: c}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = between.Serve(ln) }()
	t.Cleanup(func() { _ = between.Close() })
	api := startAlertmanager(t, "http://"+ln.Addr().String())
	began := time.Now()
	fire(t, api, began, began.Add(time.Hour))
	until(t, r, "two alerts and one incident of them", func(s *model.State) bool {
		if len(s.Alerts()) != 2 || s.Count() != 1 {
			return false
		}
		for inc := range s.Incidents() {
			id := inc.ID
			return len(s.AlertsOf(id)) == 2
		}
		return false
	})
	r.View(func(s *model.State) {
		for _, a := range s.Alerts() {
			if a.At.Sub(began).Abs() > time.Millisecond || a.Class != "critical" || a.Metric != "checkout_error_ratio > 0.05" {
				t.Errorf("%+v", a)
			}
		}
	})
	// It repeats what it told: nothing changes.
	for ctx := within(t); ; {
		c.mu.Lock()
		n := len(c.bodies)
		c.mu.Unlock()
		if n >= 3 {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatal("Alertmanager does not repeat")
		case <-time.After(50 * time.Millisecond):
		}
	}
	fire(t, api, began, time.Now())
	until(t, r, "the end of both", func(s *model.State) bool {
		for _, a := range s.Alerts() {
			if a.Ended.IsZero() {
				return false
			}
		}
		return len(s.Alerts()) == 2
	})
	if dir := os.Getenv("CAPTURE"); dir != "" {
		keep(t, c, dir)
	}
}

// keep writes what came over the wire, for the ordinary tests.
func keep(t *testing.T, c *capture, dir string) {
	t.Helper()
	for name, body := range map[string][]byte{"firing": c.bodies[1], "again": c.bodies[2], "resolved": c.bodies[len(c.bodies)-1]} {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), append(body, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
