package importer

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/model/when"
)

// oracle is what all samples tell together.
type oracle struct {
	Entries []struct {
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
		Text    string    `json:"text"`
		Sources []string  `json:"sources"`
	} `json:"entries"`
}

// answers say what the samples leave open.
func answers(t *testing.T, name string) Options {
	t.Helper()
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	day := time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC)
	switch name {
	case "timeline-european.csv":
		return Options{Zone: zone("Europe/Berlin")}
	case "paste-bullets-day-header.txt":
		return Options{Zone: time.UTC}
	case "paste-slack-ui.txt", "paste-zoom-chat.txt":
		return Options{Zone: time.UTC, Day: day, Start: day.Add(14 * time.Hour)}
	}
	return Options{}
}

// elsewhere are samples that are read as alerts, and what a sample tells so that
// nobody can be sure of it.
func elsewhere(source, kind string) bool {
	return strings.Contains(source, "webhook") ||
		source == "paste-wiki-table.md" && kind == "declared" || // its year is mistyped
		source == "paste-zoom-chat.txt" && kind == "finding" // said in the meeting two minutes before
}

// TestAllSamplesTellOneIncident: each event of the incident is in every file that
// tells of it, at its time, and of its kind where the file says what it is.
func TestAllSamplesTellOneIncident(t *testing.T) {
	var all oracle
	if err := json.Unmarshal(toldFile(t, "expected.json"), &all); err != nil {
		t.Fatal(err)
	}
	read := map[string][]Row{}
	rows := func(source string) []Row {
		if read[source] == nil {
			told, err := ReadFile("", filepath.Join("testdata", "told", source), answers(t, source))
			if err != nil {
				t.Fatalf("%s: %v", source, err)
			}
			for _, inc := range told.Incidents {
				read[source] = append(read[source], inc.Rows()...)
			}
		}
		return read[source]
	}
	checked := 0
	for _, e := range all.Entries {
		for _, source := range e.Sources {
			if elsewhere(source, e.Kind) {
				continue
			}
			checked++
			if !tells(rows(source), e.At, e.Kind) {
				t.Errorf("%s does not tell at %s, as %s: %s", source, e.At.Format(time.TimeOnly), e.Kind, e.Text)
			}
		}
	}
	if checked < 66 {
		t.Errorf("only %d events of files were looked for", checked)
	}
}

// tells looks for a row of a kind, or a note, near a time.
func tells(rows []Row, at time.Time, kind string) bool {
	for _, r := range rows {
		off := 90 * time.Second
		if r.Log.Precision == when.Hour {
			off = time.Hour
		}
		if d := r.Log.At.Sub(at).Abs(); d <= off && (r.Log.Kind == kind || r.Log.Kind == "note") {
			return true
		}
	}
	return false
}

// Rows that say plainly what they are set the milestones; a word within a
// sentence sets none.
func TestMilestonesOfPlainRows(t *testing.T) {
	milestones := func(inc Incident) string {
		var list []string
		for _, name := range []string{"detected", "declared", "mitigated", "resolved"} {
			if at := inc.Declare.Milestones[name]; !at.IsZero() {
				list = append(list, name+" "+at.UTC().Format(time.TimeOnly))
			}
		}
		return strings.Join(list, ", ")
	}
	if got := milestones(readOne(t, "", toldFile(t, "timeline-iso.csv"), Options{})); got != "detected 14:02:11, declared 14:09:02, mitigated 14:41:12, resolved 15:20:00" {
		t.Errorf("a column of kinds: %s", got)
	}
	pasted := "2026-03-17\n14:00Z Declared a public holiday\n14:02Z RESOLVED: too early\n14:09Z Declared: P1\n15:20Z Resolved.\n~15:?? Mitigation: unsure\n"
	if got := milestones(readOne(t, Text, []byte(pasted), Options{Zone: time.UTC})); got != "declared 14:09:00, resolved 15:20:00" {
		t.Errorf("pasted lines: %s", got)
	}
	if got := milestones(readOne(t, "", toldFile(t, "slack-export.zip"), Options{})); got != "declared 14:09:02, resolved 15:20:00" {
		t.Errorf("a chat: %s", got)
	}
}
