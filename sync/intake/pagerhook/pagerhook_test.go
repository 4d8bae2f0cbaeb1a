package pagerhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/sync/intake/pagerhook"
)

// acknowledged is the example of the documentation of webhooks V3.
func acknowledged(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/acknowledged.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sign(body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

func TestAnswersAreRead(t *testing.T) {
	doc := acknowledged(t)
	want := pagerhook.Answer{
		Event: "5ac64822-4adc-4fda-ade0-410becf0de4f", Key: "d3640fbd41094207a1c11e58e46b1662", By: "Tenex Engineer",
		At: time.Date(2020, 10, 2, 18, 45, 22, 169e6, time.UTC),
	}
	resolved, zone, long := want, want, want
	resolved.Resolved = true
	zone.At = time.Date(2020, 10, 2, 16, 45, 22, 0, time.UTC)
	long.By = strings.Repeat("ü", 99) + "…"
	for name, c := range map[string]struct {
		from, to string
		want     pagerhook.Answer
	}{
		"acknowledged": {"", "", want},
		"resolved":     {"incident.acknowledged", "incident.resolved", resolved},
		"zone":         {"2020-10-02T18:45:22.169Z", "2020-10-02T18:45:22+02:00", zone},
		"long name":    {"Tenex Engineer", strings.Repeat("ü", 101), long},
		"name in rows": {"Tenex Engineer", `Tenex\n  Engineer`, want},
		"new members":  {`"resource_type"`, `"since_2027": {"a": [1]}, "resource_type"`, want},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pagerhook.Read([]byte(strings.Replace(doc, c.from, c.to, 1)))
			if err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestWhatAnswersNoCall(t *testing.T) {
	doc := acknowledged(t)
	agent := doc[strings.Index(doc, `"agent": {`):strings.Index(doc, `"client"`)]
	for name, c := range map[string]struct{ from, to, says string }{
		"unacknowledged": {"incident.acknowledged", "incident.unacknowledged", "ran out"},
		"reassigned":     {"incident.acknowledged", "incident.reassigned", "somebody else"},
		"triggered":      {"incident.acknowledged", "incident.triggered", "nobody has answered"},
		"later kind":     {"incident.acknowledged", "incident.custom_field_values.updated", "answers no call"},
		"by itself":      {agent, `"agent": null, `, "no person did it"},
		"another system": {"user_reference", "inbound_integration_reference", "no person did it"},
		"no name":        {"Tenex Engineer", " ", "who did it"},
		"no key":         {`"d3640fbd41094207a1c11e58e46b1662"`, "null", "no page of Holdfast"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pagerhook.Read([]byte(strings.Replace(doc, c.from, c.to, 1)))
			var ignored pagerhook.Ignored
			if !errors.As(err, &ignored) || !strings.Contains(string(ignored), c.says) {
				t.Errorf("%v; want to hear of %q", err, c.says)
			}
		})
	}
	_, err := pagerhook.Read([]byte(`{"event":{"id":"01","event_type":"pagey.ping","resource_type":"pagey","occurred_at":"2020-10-02T18:45:22.169Z","agent":null,"client":null,"data":{"message":"Hello from your friend Pagey!","type":"ping"}}}`))
	var ignored pagerhook.Ignored
	if !errors.As(err, &ignored) {
		t.Errorf("ping: %v", err)
	}
}

func TestWhatIsNoWebhook(t *testing.T) {
	doc := acknowledged(t)
	for name, c := range map[string]struct{ body, says string }{
		"empty":     {"", "no JSON"},
		"text":      {"PagerDuty", "no JSON"},
		"version 2": {`{"messages":[{"event":"incident.acknowledge"}]}`, "version 3"},
		"no id":     {strings.Replace(doc, "5ac64822-4adc-4fda-ade0-410becf0de4f", "", 1), "event.id has 0 bytes"},
		"long id":   {strings.Replace(doc, "5ac64822", strings.Repeat("5", 100), 1), "event.id has 128 bytes"},
		"no time":   {strings.Replace(doc, "2020-10-02T18:45:22.169Z", "yesterday", 1), "no ISO 8601 time"},
		"year 0":    {strings.Replace(doc, "2020-10-02", "0000-10-02", 1), "no ISO 8601 time"},
		"a service": {strings.Replace(doc, `"type": "incident"`, `"type": "service"`, 1), "should be an incident"},
		"long key":  {strings.Replace(doc, "d3640fbd", strings.Repeat("d", 256), 1), "limit is 255"},
		"too large": {doc + strings.Repeat(" ", pagerhook.MaxBody), "the limit is"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pagerhook.Read([]byte(c.body)); !errors.Is(err, pagerhook.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want to hear %q", err, c.says)
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	body, secret := `{"event":{}}`, "iW4yqz9cY0lNnF2s"
	good, old := sign(body, secret), sign(body, "the one before it")
	for name, c := range map[string]struct {
		header string
		want   bool
	}{
		"one":             {good, true},
		"second of two":   {old + "," + good, true},
		"with a space":    {old + ", " + good, true},
		"upper case":      {"v1=" + strings.ToUpper(good[3:]), true},
		"none":            {"", false},
		"of another body": {sign(body+" ", secret), false},
		"another secret":  {old, false},
		"no version":      {good[3:], false},
		"version 2":       {"v2=" + good[3:], false},
		"cut":             {good[:len(good)-2], false},
		"longer":          {good + "00", false},
		"no hex":          {"v1=" + strings.Repeat("z", 64), false},
		"after too many":  {strings.Repeat(old+",", 8) + good, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := pagerhook.Signed(c.header, []byte(body), []byte(secret)); got != c.want {
				t.Errorf("%q: %v", c.header, got)
			}
		})
	}
	if pagerhook.Signed(sign(body, ""), []byte(body), nil) {
		t.Error("no secret lets in whoever signs with none")
	}
	// The example of RFC 4231, 4.3, which is no work of this package.
	if !pagerhook.Signed("v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", []byte("what do ya want for nothing?"), []byte("Jefe")) {
		t.Error("the HMAC of RFC 4231 is not accepted")
	}
}

// FuzzRead: whatever comes, an answer is whole and within its limits.
func FuzzRead(f *testing.F) {
	f.Add([]byte(acknowledged(f)))
	f.Add([]byte(`{"event":{"event_type":"pagey.ping"}}`))
	f.Add([]byte(`{"event":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := pagerhook.Read(body)
		var ignored pagerhook.Ignored
		switch {
		case errors.As(err, &ignored), errors.Is(err, pagerhook.ErrInvalid):
		case err != nil:
			t.Errorf("an error of no kind: %v", err)
		case a.Event == "" || len(a.Event) > 100 || a.Key == "" || len(a.Key) > 255 || a.By == "" || len([]rune(a.By)) > 100 || strings.ContainsAny(a.By, "\r\n"):
			t.Errorf("%+v", a)
		case a.At.Year() < 1970 || a.At.Year() > 9999:
			t.Errorf("at %s", a.At)
		}
	})
}

// FuzzSigned: nobody gets in by luck, and no header stops the reader.
func FuzzSigned(f *testing.F) {
	f.Add("v1=00,v1=zz,,v2=,v1=")
	f.Fuzz(func(t *testing.T, header string) {
		if pagerhook.Signed(header, []byte("body"), []byte("a secret nobody knows")) {
			t.Errorf("%q is taken for a signature", header)
		}
	})
}
