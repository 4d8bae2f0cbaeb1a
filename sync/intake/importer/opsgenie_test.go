package importer

import (
	"errors"
	"strings"
	"testing"
)

func TestOpsgenieAlerts(t *testing.T) {
	inc := readSample(t, "opsgenie-alerts.json", 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:39.894 page Alert created: Checkout 5xx above 5 % (Prometheus)",
		"14:05:31.894 page Acknowledged by ana.ruiz@example.com",
		"14:42:50.111 note Last alert of 79",
		"15:20:05.894 resolved Closed by ben.okafor@example.com",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:02:39.894", "acknowledged 14:05:31.894", "resolved 15:20:05.894"})
	d := inc.Declare
	if d.Title != "Checkout 5xx above 5 %" || d.Source != "opsgenie:70413a06-38d6-4c85-92b8-5ebc900d42e2" || d.Severity != "P0" {
		t.Errorf("declared as %+v", d)
	}
	if hasWarning(inc, "characters") || hasWarning(inc, "only a part") {
		t.Errorf("warnings are %q", inc.Warnings)
	}
}

func TestOpsgenieLog(t *testing.T) {
	inc := readSample(t, "opsgenie-alert-logs.json", 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:39.894 page Alert created via Prometheus[Prometheus]",
		"14:02:44.020 page Sent push notification to ana.ruiz@example.com",
		"14:05:31.780 page ana.ruiz@example.com: Alert acknowledged via mobile app",
		"14:30:08.410 escalation Escalated to next: Chen Wei",
		"15:20:06.002 resolved ben.okafor@example.com: Alert closed via web",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:02:39.894", "acknowledged 14:05:31.780", "resolved 15:20:06.002"})
	if !strings.HasPrefix(inc.Declare.Source, "sha256:") || inc.Rows()[0].Where != "log 1773756159894_1" {
		t.Errorf("the source is %s, the first row is of %s", inc.Declare.Source, inc.Rows()[0].Where)
	}
}

func TestOpsgenieLogRows(t *testing.T) {
	for _, c := range []struct{ log, want string }{
		{`"log":"Added note: DECISION: wait","owner":"ana"`, "decision ana: Added note: DECISION: wait"},
		{`"log":"Note added: see the closed list"`, "note Note added: see the closed list"},
		{`"log":"Alert unacknowledged"`, "page Alert unacknowledged"},
		{`"log":"Sent SMS to +34-555010277 from 10.0.100.200"`, "page Sent SMS to …77 from 10.0.100.200"},
		{`"log":"Routed to the team that closed it"`, "note Routed to the team that closed it"},
		{`"note":"Found: a lock","owner":"ana"`, "finding ana: Found: a lock"},
		{`"log":""`, "note a line without a text"},
	} {
		inc := readTold(t, Opsgenie, `{"data":[{"createdAt":1773756159894,`+c.log+`}]}`, 1)[0]
		sameLines(t, c.log, toldRows(inc), []string{"14:02:39.894 " + c.want})
	}
}

// TestOpsgenieClosedTwice takes the first time it was acknowledged and the last
// it was closed.
func TestOpsgenieClosedTwice(t *testing.T) {
	line := func(log, ms string) string { return `{"log":"Alert ` + log + `","createdAt":` + ms + `},` }
	inc := readTold(t, Opsgenie, `{"data":[`+line("closed", "1773756240000")+line("acknowledged", "1773756180000")+
		`{"log":"no time"},7,`+line("closed", `"2026-03-17T14:02:00Z"`)+line("acknowledged", "1773756060000")+
		`{"log":"Alert created","createdAt":"1773756000000"}],"paging":{"next":"https://x"}}`, 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:00:00.000 page Alert created", "14:01:00.000 page Alert acknowledged", "14:02:00.000 resolved Alert closed",
		"14:02:00.000 note 7 ?it is no object", "14:02:00.000 note no time ?it has no time",
		"14:03:00.000 page Alert acknowledged", "14:04:00.000 resolved Alert closed",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:00:00.000", "acknowledged 14:01:00.000", "resolved 14:04:00.000"})
	if !hasWarning(inc, "only a part") {
		t.Errorf("warnings are %q", inc.Warnings)
	}
}

func TestOpsgenieOneAlert(t *testing.T) {
	message := strings.Repeat("ü", 130)
	inc := readTold(t, Opsgenie, `{"data":{"id":"A1","message":"`+message+`","description":"why","status":"open","createdAt":1773756000000,
		"priority":null,"count":"many","report":{"ackTime":0,"closeTime":"60000","closedBy":"ana"}}}`, 1)[0]
	if got := toldRows(inc); len(got) != 2 || got[1] != "14:01:00.000 note Closed by ana ?the alert is open again" {
		t.Errorf("rows are %q", got)
	}
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:00:00.000"})
	if !hasWarning(inc, "130 characters") || inc.Declare.Notes != "why" || inc.Declare.Severity != "" || inc.Declare.Source != "opsgenie:A1" {
		t.Errorf("declared as %+v with %q", inc.Declare, inc.Warnings)
	}
	if inc := readTold(t, Opsgenie, `{"data":{"id":"A1","message":"`+message+`x","status":"closed","createdAt":1773756000000}}`, 1)[0]; hasWarning(inc, "130") ||
		!hasWarning(inc, "does not say when") {
		t.Errorf("warnings are %q", inc.Warnings)
	}
}

func TestOpsgenieKeepsWhatIsOdd(t *testing.T) {
	list := readTold(t, Opsgenie, `{"data":["x",{"id":"A1","message":"One","createdAt":1773756000000,"report":[],"integration":"API"},
		{"id":"A2","message":"Two","createdAt":"0001-01-01T00:00:00Z"},
		{"id":"A3","message":"Three","createdAt":1773756000,"report":{"ackTime":-5,"closeTime":1e300}},
		{"message":"Four","createdAt":1773756000000},{"message":"Five","createdAt":1773756000000}]}`, 4)
	sameLines(t, "rows", toldRows(list[0]), []string{
		"14:00:00.000 page Alert created: One",
		`14:00:00.000 note "x" ?it is no object; it may be of another incident: unknown`,
		`14:00:00.000 note Alert created: Two ?its time "0001-01-01T00:00:00Z" is outside the years 1970 to 2199; it may be of another incident: Two`,
	})
	sameLines(t, "seconds", toldRows(list[1]), []string{"14:00:00.000 page Alert created: Three"})
	if a, b := list[2].Declare.Source, list[3].Declare.Source; a == b || !strings.HasPrefix(a, "opsgenie:") {
		t.Errorf("two alerts without an id have the sources %q and %q", a, b)
	}
}

func TestOpsgenieMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"broken", "{\"data\":\n[{\"log\" 1}]}", "line 2"},
		{"no data", `{"took":1}`, "no data"},
		{"data of another kind", `{"data":"x"}`, "data is no list"},
		{"nothing", `{"data":[]}`, "nothing in it"},
		{"a list", `[{"log":"x"}]`, "no object"},
	} {
		_, err := read(Opsgenie, []byte(c.text), "", Options{})
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
	}
}

func FuzzReadOpsgenie(f *testing.F) {
	fuzzTold(f, Opsgenie, "opsgenie-alerts.json", "opsgenie-alert-logs.json")
}
