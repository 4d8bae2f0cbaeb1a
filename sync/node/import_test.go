package node_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
)

// toldPath is a sample of an incident that was told elsewhere.
func toldPath(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "intake", "importer", "testdata", "told", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func importing(t *testing.T, r *node.Room, q node.ImportRequest) node.ImportReport {
	t.Helper()
	report, err := r.ImportFile(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func hashOf(t *testing.T, r *node.Room) model.Hash {
	t.Helper()
	h, err := r.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Importing again changes nothing, and an update that came since is added alone.
func TestImportingAgainChangesNothing(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	const first = `{"page": {}, "incidents": [{"id": "c1", "name": "Checkout errors", "impact": "major", "started_at": "2026-03-17T14:12:30Z", "incident_updates": [
		{"id": "1", "status": "investigating", "body": "Some purchases fail.", "display_at": "2026-03-17T14:12:30Z"}]}]}`
	q := node.ImportRequest{Content: []byte(first)}
	dry := q
	dry.DryRun = true
	if would := importing(t, r, dry); would.Incident != "" || would.Entries != 1 || len(would.Rows) != 1 || would.Format != importer.Statuspage {
		t.Fatalf("a dry run says %+v", would)
	}
	done := importing(t, r, q)
	before := hashOf(t, r)
	again := importing(t, r, q)
	if done.Entries != 1 || again.Entries != 0 || again.Skipped != 1 || again.ID != done.ID || hashOf(t, r) != before {
		t.Errorf("first %+v, again %+v", done, again)
	}
	q.Content = []byte(strings.Replace(first, `[
		{"id"`, `[{"id": "2", "status": "resolved", "body": "All is well.", "display_at": "2026-03-17T15:22:30Z"}, {"id"`, 1))
	if more := importing(t, r, q); more.Entries != 1 || more.Skipped != 1 || more.ID != done.ID {
		t.Errorf("with one update more: %+v", more)
	}
	r.View(func(s *model.State) {
		inc := s.Incident(done.ID)
		if origin := inc.Fields.Text(model.FieldOrigin); !strings.Contains(origin, "pasted text, read as statuspage, SHA-256 ") {
			t.Errorf("origin %q", origin)
		}
	})
}

// Of a file with several incidents nothing is taken until it is said which.
func TestAFileOfSeveralIncidents(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	update := `"incident_updates": [{"id": "1", "status": "resolved", "body": "Done.", "display_at": "2026-03-17T14:12:30Z"}]`
	q := node.ImportRequest{Content: []byte(`{"page": {}, "incidents": [{"id": "a", "name": "Search slow", ` + update + `}, {"id": "b", "name": "Checkout errors", ` + update + `}]}`)}
	before := hashOf(t, r)
	_, err := r.ImportFile(t.Context(), q)
	if _, ok := errors.AsType[node.SeveralIncidents](err); !ok || !strings.Contains(err.Error(), "statuspage:b  Checkout errors") {
		t.Errorf("several: %v", err)
	}
	q.Only = "payments"
	if _, err := r.ImportFile(t.Context(), q); err == nil || !strings.Contains(err.Error(), `"payments" fits no incident of the file`) || hashOf(t, r) != before {
		t.Errorf("none of them: %v", err)
	}
	q.Only = "checkout"
	if one := importing(t, r, q); one.Title != "Checkout errors" || len(one.More) != 0 {
		t.Errorf("one of them: %+v", one)
	}
	q.Only, q.All = "", true
	if all := importing(t, r, q); all.Title != "Search slow" || all.Entries != 1 || len(all.More) != 1 || all.More[0].Entries != 0 {
		t.Errorf("all: %+v", all)
	}
}

// What two systems tell of one event is suggested as one, and left out where that
// is asked for; what was imported says from which file.
func TestRowsThatSeemToBeThereAlready(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	first := importing(t, r, node.ImportRequest{Path: toldPath(t, "pagerduty-log-entries.json")})
	q := node.ImportRequest{Path: toldPath(t, "opsgenie-alert-logs.json"), Incident: first.Incident, DryRun: true}
	would := importing(t, r, q)
	similar := 0
	for _, row := range would.Rows {
		if row.Similar != "" {
			similar++
		}
	}
	if would.Entries != 5 || similar != 5 {
		t.Fatalf("%d of %d rows seem to be there: %+v", similar, would.Entries, would.Rows)
	}
	q.DryRun, q.SkipSimilar = false, true
	before := hashOf(t, r)
	if got := importing(t, r, q); got.Entries != 0 || got.Skipped != 5 || hashOf(t, r) != before {
		t.Errorf("left out: %+v", got)
	}
	q.SkipSimilar = false
	importing(t, r, q)
	r.View(func(s *model.State) {
		var from string
		for _, row := range s.Rows(s.Incident(first.ID)) {
			if strings.HasPrefix(row.Text, "Imported 5 entries: opsgenie-alert-logs.json, read as opsgenie, SHA-256 ") {
				from = row.Text
			}
		}
		if from == "" {
			t.Error("nothing says where the entries came from")
		}
	})
}

// Rows of one file that stand close together are no doubles of each other, also
// where the file is longer than one commit and an import goes on.
func TestRowsOfOneFileAreNotSimilar(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	table := strings.Builder{}
	table.WriteString("time,text\n")
	const rows = 1500
	for n := range rows {
		fmt.Fprintf(&table, "2026-03-17T14:%02d:%02dZ,line %d\n", n/60, n%60, n)
	}
	q := node.ImportRequest{Content: []byte(table.String()), SkipSimilar: true}
	if got := importing(t, r, q); got.Entries != rows || got.Skipped != 0 {
		t.Errorf("declared with %d entries, %d left out", got.Entries, got.Skipped)
	}
	other := do(t, r, model.Declare{Title: "Another"})
	do(t, r, model.Log{Incident: other.Code, Text: "seen by support", At: time.Date(2026, 3, 17, 14, 11, 40, 0, time.UTC)})
	q.Incident = other.Code
	if got, near := importing(t, r, q), 2*90+1; got.Entries != rows-near {
		t.Errorf("into another %d entries of %d, where %d are within 90 s of one that is there", got.Entries, rows, near)
	}
}

// What a file leaves open is asked for in words that say how to answer, and what
// is answered wrongly is refused; nothing is written.
func TestWhatAFileLeavesOpen(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	before := hashOf(t, r)
	path := toldPath(t, "timeline-european.csv")
	_, err := r.ImportFile(t.Context(), node.ImportRequest{Path: path})
	if q, ok := errors.AsType[importer.Question](err); !ok || q.Asks != importer.AskZone {
		t.Errorf("no zone: %v", err)
	}
	for want, q := range map[string]node.ImportRequest{
		"is not an absolute path":       {Path: "timeline.csv"},
		`time zone "CEST/x"`:            {Path: path, Zone: "CEST/x"},
		`order of dates "ymd"`:          {Path: path, Dates: "ymd"},
		`day "17.3."`:                   {Path: path, Day: "17.3."},
		`start "noon"`:                  {Path: path, Start: "noon"},
		`severity "P9"`:                 {Path: path, Severity: "P9"},
		`format "docx" is not known`:    {Path: path, Format: "docx"},
		"no such file":                  {Path: path + ".not"},
		"a folder is read as an export": {Path: filepath.Dir(path), Format: importer.Table},
	} {
		if _, err := r.ImportFile(t.Context(), q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", q, err, want)
		}
	}
	if hashOf(t, r) != before {
		t.Error("something was written")
	}
	if got := importing(t, r, node.ImportRequest{Path: path, Zone: "Europe/Berlin"}); got.Entries != 4 || got.Title != "timeline-european" {
		t.Errorf("with a zone: %+v", got)
	}
}
