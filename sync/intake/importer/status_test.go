package importer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"holdfast/model"
)

// toldFile is a sample of testdata/told.
func toldFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "told", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readOne reads a file that tells of one incident.
func readOne(t *testing.T, format string, b []byte, o Options) Incident {
	t.Helper()
	told, err := Read(format, bytes.NewReader(b), int64(len(b)), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(told.Incidents) != 1 {
		t.Fatalf("%d incidents", len(told.Incidents))
	}
	return told.Incidents[0]
}

// lines writes rows as time, kind and text, to the second.
func lines(inc Incident) (list []string) {
	for _, r := range inc.Rows() {
		list = append(list, r.Log.At.UTC().Format("15:04:05")+" "+r.Log.Kind+" "+r.Log.Text)
	}
	return list
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestStatuspage(t *testing.T) {
	inc := readOne(t, "", toldFile(t, "statuspage-incidents.json"), Options{})
	d := inc.Declare
	if d.Title != "Checkout errors" || d.Source != "statuspage:x1checkout4821" || d.Severity != model.P1 || d.Zone != "America/Los_Angeles" {
		t.Errorf("declares %+v", d)
	}
	for name, want := range map[string]string{"started": "14:12:30", "mitigated": "14:47:10", "resolved": "15:22:30"} {
		if got := d.Milestones[name].UTC().Format("15:04:05"); got != want {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	same(t, lines(inc), []string{
		"14:12:30 communication Investigating: Some purchases fail with an error. We are looking into it. Next update within 20 minutes.\nCheckout: Partial outage, before Operational",
		"14:32:05 communication Identified: We found the reason and are working on it. Next update by 07:55 PDT.",
		"14:47:10 communication Monitoring: A fix is in place and success rates are back to normal. We keep watching.\nCheckout: Degraded performance, before Partial outage",
		"15:22:30 communication Resolved: Purchases work normally again. No orders were lost.\nCheckout: Operational, before Degraded performance",
	})
}

// A time that was corrected counts, a component list may be null, and an update
// whose time is broken is kept behind the one before it in the file.
func TestStatuspageTraps(t *testing.T) {
	inc := readOne(t, Statuspage, []byte(`{"page": {"time_zone": "Mars/Olympus"}, "incidents": [{"id": "a", "name": " Slow \n search ", "impact": "odd", "incident_updates": [
		{"id": "2", "status": "in_progress", "body": "Now", "created_at": "2026-03-17T14:05:00Z", "display_at": "2026-03-17T14:00:00Z", "affected_components": null},
		{"id": "1", "status": "scheduled", "body": "Soon", "created_at": "yesterday"}]}]}`), Options{})
	same(t, lines(inc), []string{"14:00:00 communication In progress: Now", "14:00:00 communication Scheduled: Soon"})
	if r := inc.Rows()[1]; r.Log.Precision.String() != "after" || r.Where != "update 1" || !strings.Contains(r.Doubt, `"yesterday" is not a time`) {
		t.Errorf("the broken time is read as %+v", r)
	}
	if d := inc.Declare; d.Title != "Slow search" || d.Zone != "" || d.Severity != "" || len(d.Milestones) != 0 {
		t.Errorf("declares %+v", d)
	}
}

func TestGoogle(t *testing.T) {
	b := toldFile(t, "google-cloud-incidents.json")
	inc := readOne(t, "", b, Options{Severity: model.P3})
	if d := inc.Declare; d.Source != "google:Zx9SampleIncident001" || d.Severity != model.P3 || d.Origin != "https://status.cloud.google.com/incidents/Zx9SampleIncident001" ||
		d.Milestones["resolved"].UTC().Format("15:04") != "15:05" {
		t.Errorf("declares %+v", d)
	}
	got := lines(inc)
	for n := range got {
		got[n], _, _ = strings.Cut(got[n], ". Next")
	}
	same(t, got, []string{
		"13:58:00 vendor Google: Google Cloud SQL begins",
		"14:20:44 vendor Google, Service disruption: We are investigating slow connections to Cloud SQL in europe-west2 since Tuesday, 2026-03-17 06:58 US/Pacific",
		"15:05:00 vendor Google: Google Cloud SQL ends",
		"15:40:02 vendor Google, Available: The issue with Cloud SQL is resolved for all affected projects as of Tuesday, 2026-03-17 08:05 US/Pacific.\nLondon (europe-west2)",
	})
	open := readOne(t, Google, bytes.Replace(b, []byte(`"end": "2026-03-17T15:05:00+00:00",`), nil, 1), Options{})
	if _, ok := open.Declare.Milestones["resolved"]; ok || len(open.Rows()) != 3 {
		t.Errorf("an incident that has not ended: %+v", open.Declare.Milestones)
	}
}

func TestWhatIsNoIncidentIsRefused(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":        "",
		"no incident":    `{"page": {}, "incidents": []}`,
		"no rows":        `{"page": {}, "incidents": [{"id": "x", "name": "y"}]}`,
		"broken":         "{\n\n\"page\": {}, \"incidents\": [}",
		"another type":   `{"page": 3, "incidents": 4}`,
		"no text at all": "GIF89a\x00\x01",
	} {
		_, err := Read("", strings.NewReader(file), int64(len(file)), Options{})
		if !errors.Is(err, ErrInvalid) && !isQuestion(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	webhook := `{"version": "4", "status": "firing", "receiver": "pager", "alerts": [{"status": "firing"}]}`
	_, err := Read("", strings.NewReader(webhook), int64(len(webhook)), Options{})
	if err == nil || !strings.Contains(err.Error(), "it tells of alerts and of no incident; take it in as alerts") {
		t.Errorf("alerts: %v", err)
	}
	_, err = Read("gif", strings.NewReader("x"), 1, Options{})
	if err == nil || !strings.Contains(err.Error(), "it is one of: incident-json, slack") {
		t.Errorf("an unknown format: %v", err)
	}
}

func isQuestion(err error) bool { _, ok := errors.AsType[Question](err); return ok }

// Spreadsheets write UTF-16, and older ones the code page of Western Europe.
func TestCodePages(t *testing.T) {
	for name, b := range map[string][]byte{
		"UTF-8":        []byte("K\u00e4se"),
		"with a mark":  []byte("\ufeffK\u00e4se"),
		"UTF-16 LE":    {0xFF, 0xFE, 'K', 0, 0xE4, 0, 's', 0, 'e', 0},
		"UTF-16 BE":    {0xFE, 0xFF, 0, 'K', 0, 0xE4, 0, 's', 0, 'e'},
		"Windows-1252": {'K', 0xE4, 's', 'e'},
	} {
		if got, err := utf8Text(b); err != nil || string(got) != "Käse" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A text longer than an entry is kept whole, in parts at the same time.
func TestALongTextIsKeptInParts(t *testing.T) {
	var s story
	s.Declare.Title = strings.Repeat("t", 300)
	long := strings.Repeat("word ", model.MaxText/5*2+10)
	s.add("line 1", timeOrZero("2026-03-17T14:00:00Z"), 0, "note", long, "")
	inc, err := s.incident()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range inc.Rows() {
		all = append(all, r.Log.Text)
	}
	if len(all) != 3 || strings.Join(all, " ") != strings.TrimSpace(long) || inc.Rows()[2].Where != "line 1, part 3 of 3" || len(inc.Declare.Title) > model.MaxTitle {
		t.Errorf("%d parts, %q, title of %d bytes", len(all), inc.Rows()[len(all)-1].Where, len(inc.Declare.Title))
	}
}

func FuzzReadStatus(f *testing.F) {
	f.Add(toldFile(f, "statuspage-incidents.json"))
	f.Add(toldFile(f, "google-cloud-incidents.json"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range []string{Statuspage, Google} {
			if _, err := Read(format, bytes.NewReader(b), int64(len(b)), Options{}); err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", format, err)
			}
		}
	})
}
