package hook_test

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/hook"
	"holdfast/sync/outbox/hook/hooktest"
	"holdfast/sync/outbox/pagerduty"
	"holdfast/sync/outbox/slack"
	"holdfast/sync/outbox/ticket"
)

const secret = "T024BE7LD-B024BE7LH-8fJ2kq"

// channels gives the three channels at one server, each with its secret.
func channels(s *hooktest.Server, form string) map[string]outbox.Channel {
	return patient(s, form, 0)
}

// patient is channels that wait that long for an answer; 0 is the usual time.
func patient(s *hooktest.Server, form string, timeout time.Duration) map[string]outbox.Channel {
	service := func() hook.Service {
		return hook.Service{URL: s.URL, RootCAs: s.RootCAs, Timeout: timeout}
	}
	return map[string]outbox.Channel{
		"chat":  slack.Channel{Webhook: func() (string, bool) { return s.URL + "/services/" + secret, true }, Service: service},
		"pager": pagerduty.Channel{Key: func() (string, bool) { return secret, true }, Service: service},
		"ticket": ticket.Channel{Account: func() (ticket.Account, bool) {
			return ticket.Account{URL: s.URL + "/repos/harbor/ops/issues", Token: secret, Form: form}, true
		}, Service: service},
	}
}

func parcel() outbox.Parcel {
	return outbox.Parcel{
		ID: "01JQ0000000000000000000000", Room: "R", Incident: "INC-7K2M", Severity: model.P0, Queued: time.Date(2026, 3, 17, 14, 2, 0, 0, time.UTC),
		Draft: model.Draft{Audience: model.AudiencePage, Subject: "P0 INC-7K2M: checkout <!channel> down", Body: "5xx at 12 % & rising"},
		To:    []model.Recipient{{Name: "Ben Okafor", Address: "BEN"}},
	}
}

// TestRepliesAsTheVendorsDocumentThem: what each answer means for the message.
func TestRepliesAsTheVendorsDocumentThem(t *testing.T) {
	for name, c := range map[string]struct {
		channel string
		status  int
		body    string
		header  []string
		want    model.Outcome
		detail  string
		wait    time.Duration
	}{
		"slack takes it":               {"chat", 200, "ok", nil, model.Sent, "by chat", 0},
		"slack, wrong token":           {"chat", 403, "invalid_token", nil, model.Deferred, "set slack.webhook anew", 10 * time.Minute},
		"slack, webhook removed":       {"chat", 404, "no_service", nil, model.Deferred, "set slack.webhook anew", 10 * time.Minute},
		"slack, archived":              {"chat", 410, "channel_is_archived", nil, model.Deferred, "channel_is_archived", 10 * time.Minute},
		"slack, bad payload":           {"chat", 400, "invalid_payload", nil, model.Failed, "invalid_payload", 0},
		"slack, too many":              {"chat", 429, "rate_limited", []string{"Retry-After", "30"}, model.Deferred, "429", 30 * time.Second},
		"slack is broken":              {"chat", 500, "rollup_error", nil, model.Deferred, "rollup_error", 0},
		"a gateway gave up":            {"chat", 504, "", nil, model.Unknown, "may have gone", 0},
		"a sign-in page":               {"chat", 200, "<html>Please sign in</html>", nil, model.Unknown, "not Slack's", 0},
		"moved":                        {"chat", 302, "", []string{"Location", "https://elsewhere.example/"}, model.Deferred, "302", 10 * time.Minute},
		"pagerduty takes it":           {"pager", 202, `{"status":"success","message":"Event processed","dedup_key":"k"}`, nil, model.Sent, "by pager", 0},
		"pagerduty, wrong key":         {"pager", 400, `{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key ` + secret + `"]}`, nil, model.Deferred, "set pagerduty.key anew", 0},
		"pagerduty, bad event":         {"pager", 400, `{"status":"invalid event","errors":["Length of 'summary' is too long"]}`, nil, model.Failed, "summary", 0},
		"pagerduty, too many":          {"pager", 429, `{"status":"throttle exceeded"}`, []string{"Retry-After", "60"}, model.Deferred, "throttle", time.Minute},
		"pagerduty is broken":          {"pager", 500, "", nil, model.Deferred, "500", 0},
		"pagerduty behind a gateway":   {"pager", 502, "", nil, model.Deferred, "502", 0},
		"github opens it":              {"ticket", 201, `{"html_url":"https://github.com/harbor/ops/issues/17","number":17}`, nil, model.Sent, "issues/17", 0},
		"github, wrong token":          {"ticket", 401, `{"message":"Bad credentials"}`, nil, model.Deferred, "Bad credentials", 10 * time.Minute},
		"github, no access":            {"ticket", 404, `{"message":"Not Found"}`, nil, model.Deferred, "Not Found", 10 * time.Minute},
		"github, issues are off":       {"ticket", 410, `{"message":"Issues are disabled for this repo"}`, nil, model.Deferred, "disabled", 10 * time.Minute},
		"github, too many":             {"ticket", 403, `{"message":"You have exceeded a secondary rate limit"}`, []string{"Retry-After", "90"}, model.Deferred, "secondary rate limit", 90 * time.Second},
		"github, not valid":            {"ticket", 422, `{"message":"Validation Failed"}`, nil, model.Failed, "Validation Failed", 0},
		"an answer that repeats token": {"ticket", 400, "token " + secret, nil, model.Failed, "token TOKEN", 0},
		"a wait of a year":             {"pager", 429, "", []string{"Retry-After", "99999999999"}, model.Deferred, "429", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := hooktest.New(t)
			s.Answer(c.status, c.body, c.header...)
			v := channels(s, ticket.GitHub)[c.channel].Send(t.Context(), parcel())
			if v.Outcome != c.want || !strings.Contains(v.Detail, c.detail) || c.wait > 0 && v.Wait != c.wait || v.Wait > time.Hour {
				t.Errorf("%s, %q, wait %s; want %s, %q, %s", v.Outcome, v.Detail, v.Wait, c.want, c.detail, c.wait)
			}
			if strings.Contains(v.Detail, secret) {
				t.Errorf("the secret stands in the record: %s", v.Detail)
			}
			if c.want == model.Sent && (len(v.Accepted) != 1 || v.Accepted[0] != "BEN") {
				t.Errorf("accepted %q", v.Accepted)
			}
			if n := len(s.Got()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestWhereNoAnswerComes: a service that takes the same twice for one may be
// asked again; of any other a doubt is left.
func TestWhereNoAnswerComes(t *testing.T) {
	for name, c := range map[string]struct {
		channel, form string
		want          model.Outcome
	}{
		"chat":         {"chat", ticket.GitHub, model.Unknown},
		"pager":        {"pager", ticket.GitHub, model.Deferred},
		"issue":        {"ticket", ticket.GitHub, model.Unknown},
		"plain ticket": {"ticket", ticket.JSON, model.Deferred},
	} {
		for broken, how := range map[string]func(*hooktest.Server){"cut": (*hooktest.Server).Cut, "never answers": (*hooktest.Server).Hang} {
			t.Run(name+" "+broken, func(t *testing.T) {
				t.Parallel() // it waits, long enough for a request to arrive on a busy machine
				s := hooktest.New(t)
				how(s)
				v := patient(s, c.form, 2*time.Second)[c.channel].Send(t.Context(), parcel())
				if v.Outcome != c.want {
					t.Errorf("%s, %q", v.Outcome, v.Detail)
				}
				if strings.Contains(v.Detail, secret) || strings.Contains(v.Detail, s.URL) {
					t.Errorf("the address stands in the record: %s", v.Detail)
				}
				if n := len(s.Got()); n != 1 {
					t.Errorf("%d requests of one try", n)
				}
			})
		}
	}
}

func TestWhatHasNotLeftIsTriedAgain(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := hooktest.New(t)
	s.URL = "https://" + ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range channels(s, ticket.GitHub) {
		if ok, why := c.Probe(t.Context()); ok || !strings.Contains(why, "refused") {
			t.Errorf("%s: %v %q", name, ok, why)
		}
		if v := c.Send(t.Context(), parcel()); v.Outcome != model.Deferred || strings.Contains(v.Detail, secret) {
			t.Errorf("%s: %s %q", name, v.Outcome, v.Detail)
		}
	}
}

func TestTLSIsChecked(t *testing.T) {
	s := hooktest.New(t)
	trusted := s.RootCAs
	s.RootCAs = ""
	for name, c := range channels(s, ticket.JSON) {
		if v := c.Send(t.Context(), parcel()); v.Outcome != model.Deferred || !strings.Contains(v.Detail, "certificate") {
			t.Errorf("%s: %s %q", name, v.Outcome, v.Detail)
		}
	}
	if len(s.Got()) != 0 {
		t.Error("something was sent to a server nobody vouches for")
	}
	s.RootCAs = trusted
	if ok, why := channels(s, ticket.JSON)["chat"].Probe(t.Context()); !ok {
		t.Error(why)
	}
	for address, ok := range map[string]bool{
		"https://hooks.slack.com/services/T/B/X": true, "http://127.0.0.1:8065/hooks/x": true, "http://localhost/x": true,
		"http://chat.example.com/hooks/x": false, "ftp://chat.example.com": false, "hooks.slack.com/services": false, "": false, "https://": false,
	} {
		err := hook.Check(address)
		if (err == nil) != ok || err != nil && address != "" && strings.Contains(err.Error(), address) && address != "https://" {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	s := hooktest.New(t)
	sent := map[string]map[string]any{}
	for name, c := range channels(s, ticket.JSON) {
		before := len(s.Got())
		if v := c.Send(t.Context(), parcel()); v.Outcome != model.Sent {
			t.Fatalf("%s: %+v", name, v)
		}
		got := s.Got()[before]
		var body map[string]any
		if err := json.Unmarshal([]byte(got.Body), &body); err != nil || got.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%s: %s, %v", name, got.Body, err)
		}
		sent[name] = body
		if name == "ticket" && (got.Header.Get("Authorization") != "Bearer "+secret || got.Header.Get("Idempotency-Key") != parcel().ID) {
			t.Errorf("%v", got.Header)
		}
	}
	if text := sent["chat"]["text"]; text != "*P0 INC-7K2M: checkout &lt;!channel&gt; down*\n5xx at 12 % &amp; rising" {
		t.Errorf("%q", text)
	}
	if e := sent["pager"]; e["routing_key"] != secret || e["event_action"] != "trigger" || e["dedup_key"] != "R/INC-7K2M/BEN" ||
		e["payload"].(map[string]any)["severity"] != "critical" {
		t.Errorf("%v", e)
	}
	if key, ok := pagerduty.ParseKey(sent["pager"]["dedup_key"].(string)); !ok || key != (pagerduty.Key{Room: "R", Incident: "INC-7K2M", Person: "BEN"}) {
		t.Errorf("what PagerDuty tells of the page is read as %+v", key)
	}
	for _, text := range [...]string{"", "R/INC-7K2M", "R//BEN", "R/INC-7K2M/BEN/2", "d3640fbd41094207a1c11e58e46b1662"} {
		if key, ok := pagerduty.ParseKey(text); ok {
			t.Errorf("%q is read as %+v", text, key)
		}
	}
	if e := sent["ticket"]; e["title"] != parcel().Draft.Subject || e["key"] != parcel().ID || e["severity"] != "P0" {
		t.Errorf("%v", e)
	}
}

func TestRetryAfterMayBeADate(t *testing.T) {
	s := hooktest.New(t)
	now := time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)
	s.Answer(http.StatusTooManyRequests, "", "Retry-After", now.Add(2*time.Minute).Format(http.TimeFormat))
	service := hook.Service{URL: s.URL, RootCAs: s.RootCAs, Now: func() time.Time { return now }}
	if a := service.Post(t.Context(), http.Header{}, []byte("{}")); a.After != 2*time.Minute {
		t.Errorf("%s", a.After)
	}
}
