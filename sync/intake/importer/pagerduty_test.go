package importer

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// logEntry is a log entry of incident Q1 at a clock time of one day.
func logEntry(kind, clock, more string) string {
	return `{"id":"R` + clock + `","type":"` + kind + `_log_entry","created_at":"2026-03-17T` + clock + `Z","incident":{"id":"Q1","summary":"[#1] Slow"},` + more + `}`
}

func logEntries(entries ...string) string {
	return `{"log_entries":[` + strings.Join(entries, ",") + `]}`
}

func TestPagerDutyLogEntries(t *testing.T) {
	inc := readSample(t, "pagerduty-log-entries.json", 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:40.000 page Triggered through the API: Checkout 5xx above 5 %",
		"14:02:40.000 role Assigned to Ana Ruiz",
		"14:02:45.000 page Notified Ana Ruiz by push",
		"14:04:50.000 page Notified Ana Ruiz by phone (phone …00)",
		"14:05:32.000 page Acknowledged by Ana Ruiz",
		"14:09:30.000 action Urgency changed to high",
		"14:16:02.000 note Ana Ruiz: Connection pool exhausted after deploy 2026.11.3",
		"14:30:07.000 escalation Escalated to Chen Wei by Ben Okafor",
		"14:30:10.000 page Notified Chen Wei by SMS (phone …00)",
		"14:34:21.000 page Acknowledged by Chen Wei",
		"15:20:05.000 resolved Resolved by Ben Okafor",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:02:40.000", "acknowledged 14:05:32.000", "resolved 15:20:05.000"})
	d := inc.Declare
	if d.Title != "Checkout 5xx above 5 %" || d.Source != "pagerduty:Q2CHECKOUT4821" || d.Severity != "" || d.Detection != "Monitoring alerts" {
		t.Errorf("declared as %+v", d)
	}
	if inc.Rows()[0].Where != "log entry R01LOGENTRY4821" || len(inc.Warnings) > 0 {
		t.Errorf("the first row is of %q, the warnings are %q", inc.Rows()[0].Where, inc.Warnings)
	}
}

func TestPagerDutyIncidents(t *testing.T) {
	inc := readSample(t, "pagerduty-incidents.json", 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:40.000 page Triggered through the API: Checkout 5xx above 5 %", "15:20:05.000 resolved Resolved by Ben Okafor",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:02:40.000", "resolved 15:20:05.000"})
	d := inc.Declare
	if d.Title != "Checkout 5xx above 5 %" || d.Severity != "P0" || !hasWarning(inc, "P1 of PagerDuty was taken as P0") {
		t.Errorf("declared as %+v with %q", d, inc.Warnings)
	}
	if d.Notes != "Service: checkout-api\nBridge: +44-20-5550-0100,,,,4821#\nBridge: https://meet.example.com/inc-4821" {
		t.Errorf("notes are %q", d.Notes)
	}
}

func TestPagerDutyAnalytics(t *testing.T) {
	list := readSample(t, "pagerduty-analytics-incidents.csv", 2)
	sameLines(t, "rows", toldRows(list[0]), []string{"15:20:05.000 resolved Resolved by Ben Okafor"})
	sameLines(t, "milestones", toldMilestones(list[0]), []string{"detected 14:02:40.000", "acknowledged 14:05:32.000", "resolved 15:20:05.000"})
	sameLines(t, "rows of the second", toldRows(list[1]), []string{"02:14:03.000 page Triggered: Search latency, p95 above 2 s"})
	sameLines(t, "milestones of the second", toldMilestones(list[1]), []string{"detected 02:14:03.000", "resolved 02:31:44.000"})
	if list[0].Declare.Severity != "P0" || list[1].Declare.Severity != "P2" || list[1].Declare.Source != "pagerduty:Q2SEARCH4790" {
		t.Errorf("declared as %+v and %+v", list[0].Declare, list[1].Declare)
	}
}

// TestPagerDutyFilesAreOneIncident imports the three files into one room: the
// second and the third bring no row a second time.
func TestPagerDutyFilesAreOneIncident(t *testing.T) {
	r := newRoom(t)
	first := readSample(t, "pagerduty-log-entries.json", 1)[0]
	got := r.take(first)
	for _, name := range []string{"pagerduty-incidents.json", "pagerduty-analytics-incidents.csv"} {
		told, err := ReadFile("", "testdata/told/"+name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		next := told.Incidents[0]
		if next.Declare.Source != first.Declare.Source || len(next.Rest(got)) != 0 {
			t.Errorf("%s is %s and adds %+v", name, next.Declare.Source, next.Rest(got))
		}
	}
}

func TestPagerDutyTypes(t *testing.T) {
	for kind, want := range map[string]string{
		"trigger": "page", "acknowledge": "page", "unacknowledge": "page", "annotate": "note", "assign": "role", "delegate": "role",
		"escalate": "escalation", "notify": "page", "resolve": "resolved", "snooze": "action", "urgency_change": "action",
		"exhaust_escalation_path": "escalation", "repeat_escalation_path": "escalation", "reach_ack_limit": "action",
		"reach_trigger_limit": "action", "field_value_change": "action", "custom_field_value_change": "action", "merge": "note",
	} {
		inc := readTold(t, PagerDuty, logEntries(logEntry(kind, "14:00:00", `"summary":"It was so"`)), 1)[0]
		sameLines(t, kind, toldRows(inc), []string{"14:00:00.000 " + want + " It was so"})
	}
}

func TestPagerDutyRows(t *testing.T) {
	for _, c := range []struct{ name, entry, want string }{
		{"a note as a field", logEntry("annotate", "14:00:00", `"summary":"Note","agent":{"summary":"Ana"},"note":"DECISION: wait"`), "decision Ana: DECISION: wait"},
		{"a note of the channel", logEntry("annotate", "14:00:00", `"summary":"Note","agent":{"summary":"Ana"},"channel":{"summary":"Found: a lock"}`), "finding Ana: Found: a lock"},
		{"what was triggered", logEntry("trigger", "14:00:00", `"summary":"Triggered","event_details":{"description":"Disk full"}`), "page Triggered: Disk full"},
		{"told once", logEntry("trigger", "14:00:00", `"summary":"Disk full","channel":{"summary":"Disk full"}`), "page Disk full"},
		{"a failure", logEntry("notify", "14:00:00", `"summary":"Notified Ana","channel":{"notification":{"address":"ana@example.com","status":"failed"}}`), "page Notified Ana (ana@example.com), failed"},
		{"a number as a number", logEntry("notify", "14:00:00", `"summary":"Called Ana","channel":{"notification":{"address":34555010299,"status":"no_answer"}}`), "page Called Ana (phone …99), no answer"},
		{"a number in a summary", logEntry("notify", "14:00:00", `"summary":"Called (555) 010-2345 on 2026-03-17"`), "page Called …45 on 2026-03-17"},
		{"a caller", logEntry("trigger", "14:00:00", `"summary":"Call from +1 555 010 2345"`), "page Call from …45"},
		{"no summary", logEntry("escalate", "14:00:00", `"agent":{"summary":"Ana"}`), "escalation escalate by Ana"},
		{"odd members", logEntry("snooze", "14:00:00", `"summary":42,"channel":"web","agent":[],"contexts":7`), "action 42"},
		{"no time", strings.Replace(logEntry("resolve", "14:00:00", `"summary":"Over"`), `T14`, `T99`, 1) + "," + logEntry("snooze", "14:00:00", `"summary":"x"`), `note Over ?"2026-03-17T99:00:00Z" is no time`},
	} {
		inc := readTold(t, PagerDuty, logEntries(c.entry), 1)[0]
		if got := toldRows(inc); !strings.HasSuffix(got[0], "14:00:00.000 "+c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPagerDutyKeepsWhatIsOdd(t *testing.T) {
	far := strings.Replace(logEntry("resolve", "14:03:00", `"summary":"Over"`), "2026-", "22026-", 1)
	early := strings.Replace(logEntry("resolve", "14:03:00", `"summary":"Over"`), "2026-", "1926-", 1)
	inc := readTold(t, PagerDuty, logEntries(logEntry("trigger", "14:02:00", `"summary":"On"`), `"`+strings.Repeat("é", 300)+`"`, far, early), 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:00.000 page On",
		`14:02:00.000 note "` + strings.Repeat("é", 98) + "… ?it is no object",
		`14:02:00.000 note Over ?"22026-03-17T14:03:00Z" is no time`,
		`14:02:00.000 note Over ?its time "1926-03-17T14:03:00Z" is outside the years 1970 to 2199`,
	})
	if len(inc.Declare.Milestones) != 1 {
		t.Errorf("milestones are %v", inc.Declare.Milestones)
	}
}

// TestPagerDutyOrder takes an incident that was resolved, came again, and was
// resolved once more; the file has the newest first, and two incidents.
func TestPagerDutyOrder(t *testing.T) {
	other := strings.Replace(logEntry("trigger", "14:03:00", `"summary":"Other"`), `"Q1"`, `"Q2"`, 1)
	list := readTold(t, PagerDuty, logEntries(
		logEntry("resolve", "14:30:00", `"summary":"Again over"`), logEntry("acknowledge", "14:20:00", `"summary":"Ack 2"`),
		logEntry("resolve", "14:10:00", `"summary":"Over"`), logEntry("acknowledge", "14:05:00", `"summary":"Ack 1"`), other,
		logEntry("assign", "14:02:00", `"summary":"Assigned"`), logEntry("trigger", "14:02:00", `"summary":"On"`)), 2)
	sameLines(t, "rows", toldRows(list[0]), []string{
		"14:02:00.000 page On", "14:02:00.000 role Assigned", "14:05:00.000 page Ack 1", "14:10:00.000 resolved Over",
		"14:20:00.000 page Ack 2", "14:30:00.000 resolved Again over",
	})
	sameLines(t, "milestones", toldMilestones(list[0]), []string{"detected 14:02:00.000", "acknowledged 14:05:00.000", "resolved 14:30:00.000"})
	if list[0].Declare.Source != "pagerduty:Q1" || list[1].Declare.Source != "pagerduty:Q2" {
		t.Errorf("sources are %q and %q", list[0].Declare.Source, list[1].Declare.Source)
	}
}

// TestPagerDutyOfOneSecond turns round what the file has the newest first, and
// leaves what cannot be read behind what it stood behind.
func TestPagerDutyOfOneSecond(t *testing.T) {
	other := strings.Replace(logEntry("snooze", "14:02:00", `"summary":"Other"`), `"Q1"`, `"Q2"`, 1)
	list := readTold(t, PagerDuty, logEntries(`"odd"`, other, logEntry("notify", "14:01:00", `"summary":"third"`),
		logEntry("assign", "14:01:00", `"summary":"second"`), logEntry("snooze", "14:00:00", `"summary":"first"`)), 2)
	sameLines(t, "rows", toldRows(list[0]), []string{"14:00:00.000 action first", "14:01:00.000 role second", "14:01:00.000 page third"})
	sameLines(t, "rows of the other", toldRows(list[1]), []string{"14:02:00.000 action Other", `14:02:00.000 note "odd" ?it is no object`})
}

func TestPagerDutyPart(t *testing.T) {
	text := logEntries(logEntry("trigger", "14:02:00", `"summary":"On","channel":{"details":{"host":"db1"}}`))
	inc := readTold(t, PagerDuty, strings.TrimSuffix(text, "}")+`,"more":true}`, 1)[0]
	if !hasWarning(inc, "only a part") || !hasWarning(inc, "of 1 trigger are not kept") {
		t.Errorf("warnings are %q", inc.Warnings)
	}
	if inc := readTold(t, PagerDuty, strings.TrimSuffix(text, "}")+`,"more":false}`, 1)[0]; hasWarning(inc, "only a part") {
		t.Errorf("a whole file: %q", inc.Warnings)
	}
}

func TestPagerDutyOpenIncident(t *testing.T) {
	inc := readTold(t, PagerDuty, `{"incidents":[{"id":"Q1","title":"Slow","status":"acknowledged","urgency":"high","priority":null,
		"created_at":"2026-03-17T14:02:00+01:00","resolved_at":"2026-03-17T15:00:00Z","conference_bridge":null,
		"acknowledgements":[{"at":"2026-03-17T13:05:00Z","acknowledger":{"type":"user_reference","summary":"Ana"}}]}]}`, 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{"13:02:00.000 page Triggered: Slow", "13:05:00.000 page Acknowledged by Ana"})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 13:02:00.000", "acknowledged 13:05:00.000"})
	if inc.Declare.Severity != "" || inc.Declare.Notes != "" || len(inc.Warnings) > 0 {
		t.Errorf("declared as %+v with %q", inc.Declare, inc.Warnings)
	}
}

func TestPagerDutyIncidentsKeepWhatIsOdd(t *testing.T) {
	list := readTold(t, PagerDuty, `{"incidents":[5,{"id":"Q1","title":"Slow","status":"resolved","created_at":"2026-03-17T14:02:00Z","resolved_at":"late",
		"acknowledgements":[{"at":"soon"}]},{"id":"Q2","title":"Lost"},{"title":"A"  ,"created_at":"2026-03-17T14:03:00Z"}]}`, 2)
	sameLines(t, "rows", toldRows(list[0]), []string{
		"14:02:00.000 page Triggered: Slow", `14:02:00.000 note Acknowledged by somebody ?"soon" is no time`,
		"14:02:00.000 note 5 ?it is no object; it may be of another incident: unknown",
		"14:02:00.000 note Triggered: Lost ?it has no time; it may be of another incident: Lost",
	})
	sameLines(t, "milestones", toldMilestones(list[0]), []string{"detected 14:02:00.000"})
	if !hasWarning(list[0], "when cannot be read") || list[1].Declare.Source != "pagerduty:2026-03-17T14:03:00Z A" {
		t.Errorf("warnings are %q, the other source is %s", list[0].Warnings, list[1].Declare.Source)
	}
}

// TestPagerDutyResolvedByAMachine gives the milestone and no row: its log entry
// has other words, and would be told twice.
func TestPagerDutyResolvedByAMachine(t *testing.T) {
	inc := readTold(t, PagerDuty, `{"incidents":[{"id":"Q1","title":"Slow","status":"resolved","created_at":"2026-03-17T14:02:00Z",
		"last_status_change_at":"2026-03-17T14:30:00Z","last_status_change_by":{"type":"service_reference","summary":"api"}}]}`, 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{"14:02:00.000 page Triggered: Slow"})
	sameLines(t, "milestones", toldMilestones(inc), []string{"detected 14:02:00.000", "resolved 14:30:00.000"})
}

func TestPagerDutyAnalyticsColumns(t *testing.T) {
	list := readTold(t, PagerDuty, "resolved_by_user_name,Seconds_To_First_Ack,seconds_to_first_ack,created_at,description,id,seconds_to_resolve\n"+
		",, 60.5 ,2026-03-17T14:00:00Z,\"a, \"\"b\"\"\",Q1,90\n"+
		"Ana,,,noon,Late,Q2,\n"+
		"Ana,,,2026-03-17T15:00:00Z,Short\n", 2)
	sameLines(t, "rows", toldRows(list[0]), []string{
		`14:00:00.000 page Triggered: a, "b"`,
		`14:00:00.000 note Triggered: Late ?"noon" is no time; it may be of another incident: Late`,
	})
	sameLines(t, "milestones", toldMilestones(list[0]), []string{"detected 14:00:00.000", "acknowledged 14:01:00.500", "resolved 14:01:30.000"})
	if list[0].Rows()[1].Where != "line 3" || list[1].Declare.Source != "pagerduty:2026-03-17T15:00:00Z Short" {
		t.Errorf("the second row is of %s, the source of the other is %s", list[0].Rows()[1].Where, list[1].Declare.Source)
	}
}

func TestPagerDutyAsksForTheZone(t *testing.T) {
	text := []byte("id,created_at,seconds_to_first_ack\nQ1,2026-03-17 14:00:00,60\n")
	_, err := read(PagerDuty, text, "", Options{})
	if q := (Question{}); !errors.As(err, &q) || q.Asks != AskZone {
		t.Fatalf("got %v", err)
	}
	list, err := read(PagerDuty, text, "", Options{Zone: time.FixedZone("", 3600)})
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, "milestones", toldMilestones(list[0]), []string{"detected 13:00:00.000", "acknowledged 13:01:00.000"})
}

func TestPagerDutyMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"broken", "{\n\"log_entries\": [\n{]}", "line 3"},
		{"another file", `{"services":[]}`, "neither log_entries nor incidents"},
		{"a list", `[]`, "no object"},
		{"entries that are none", `{"log_entries":{}}`, "log_entries is no list"},
		{"nothing", `{"log_entries":[]}`, "nothing in it"},
		{"no time at all", logEntries(`{"summary":"x"}`), "has a time"},
		{"too many", `{"incidents":[` + strings.Repeat("0,", MaxEntries) + `0]}`, "more than 50000"},
	} {
		_, err := read(PagerDuty, []byte(c.text), "", Options{})
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
	}
}

func FuzzReadPagerDuty(f *testing.F) {
	fuzzTold(f, PagerDuty, "pagerduty-log-entries.json", "pagerduty-incidents.json", "pagerduty-analytics-incidents.csv")
}
