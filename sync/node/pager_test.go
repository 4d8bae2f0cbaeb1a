package node_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/outbox/pagerduty"
)

const hookSecret = "iW4yqz9cY0lNnF2sUc3x"

// hook sends the documented webhook as PagerDuty would for a page with a key.
func hook(t *testing.T, url, key, by, event string, at time.Time) (int, string) {
	t.Helper()
	return hookBy(t, http.DefaultClient, url, key, by, event, at)
}

func hookBy(t *testing.T, client *http.Client, url, key, by, event string, at time.Time) (int, string) {
	t.Helper()
	b, err := os.ReadFile("../intake/pagerhook/testdata/acknowledged.json")
	if err != nil {
		t.Fatal(err)
	}
	name, err := json.Marshal(by)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReplacer("d3640fbd41094207a1c11e58e46b1662", key, `"Tenex Engineer"`, string(name), "2020-10-02T18:45:22.169Z", at.UTC().Format("2006-01-02T15:04:05.000Z"),
		"5ac64822-4adc-4fda-ade0-410becf0de4f", event).Replace(string(b))
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(body))
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, url+"/pagerduty", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-PagerDuty-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(said))
}

// calledByPager declares an incident and pages the founder: it gives the
// incident's code and the key that the pager channel sends with the page.
func calledByPager(t *testing.T, r *node.Room) (inc, key string) {
	t.Helper()
	done, err := r.Do(within(t), model.Declare{Title: "Checkout down", Severity: model.P0})
	if err != nil {
		t.Fatal(err)
	}
	var person model.ID
	r.View(func(s *model.State) {
		for id := range s.People {
			person = id
		}
	})
	if _, err := r.Do(within(t), model.Page{Incident: done.Code, Person: person.String(), Way: "pager"}); err != nil {
		t.Fatal(err)
	}
	return done.Code, pagerduty.Key{Room: r.Room().String(), Incident: done.Code, Person: person.String()}.String()
}

func TestAnswersFromPagerDutyAreRecorded(t *testing.T) {
	n := intakeNode(t)
	r, url := n.Rooms()[0], "http://"+n.Status().Intake
	inc, key := calledByPager(t, r)
	if status, said := hook(t, url, key, "Tenex Engineer", "01", r.Now()); status != http.StatusUnauthorized {
		t.Fatalf("without a secret: %d %s", status, said)
	}
	if err := n.Home().Secrets().Put("pagerduty.webhook-secret", []byte(hookSecret)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key    string
		status int
		says   string
	}{
		{"d3640fbd41094207a1c11e58e46b1662", 200, "no page of this room"},
		{strings.Replace(key, r.Room().String(), strings.Repeat("0", 32), 1), 200, "no page of this room"},
		{strings.Replace(key, inc, "INC-0000", 1), 503, "not known here yet"},
	} {
		if status, said := hook(t, url, c.key, "Tenex Engineer", "01", r.Now()); status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d %s; want %d %q", c.key, status, said, c.status, c.says)
		}
	}
	entries := 0
	for range 2 { // PagerDuty may send one twice
		if status, said := hook(t, url, key, "Tenex Engineer", "01", r.Now()); status != http.StatusOK || !strings.Contains(said, "taken") {
			t.Fatalf("%d %s", status, said)
		}
		r.View(func(s *model.State) {
			i, err := s.FindIncident(inc)
			if err != nil {
				t.Fatal(err)
			}
			call := i.Attempts()[0]
			if at, ok := i.Milestone("acknowledged"); !ok || at.IsZero() || call.Result != model.Reached || s.Answerer(call) != "Tenex Engineer" {
				t.Errorf("%+v", call)
			}
			rows := len(i.Items[call.ID].Fields[model.AttemptResult].History())
			if entries != 0 && rows != entries {
				t.Errorf("the same webhook wrote again: %d values, then %d", entries, rows)
			}
			entries = rows
		})
	}
}
