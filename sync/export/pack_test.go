package export_test

import (
	"bytes"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/sync/export"
)

func TestPackHasWhatIsNeededWhenAllIsDown(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor", "Chen Wei")
	r.As("Ana Ruiz", model.SetPerson{Person: "ben", Fields: map[string]string{
		"private_phone": "+44 20 7946 0301", "messenger": "Signal +44 20 7946 0301", "emergency_note": "# not a heading\n| nor a cell |",
	}})
	r.As("Ana Ruiz", model.SetPerson{Person: "chen", Fields: map[string]string{"left": "2026-03-01", "phone": "+44 20 7946 0400"}})
	r.As("Ana Ruiz", model.AddSchedule{Document: `{"name": "Platform", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["ben", "ana"]}]}]}`})
	r.As("Ana Ruiz", model.AddVendor{Fields: map[string]string{"name": "Carrier One", "phone": "+44 20 7946 0900", "contract": "B-20417"}})
	r.As("Ana Ruiz", model.AddAccess{Fields: map[string]string{"name": "Cloud root", "kind": "break-glass", "where": "safe | London", "openers": "Ana Ruiz, Ben Okafor"}})
	var b bytes.Buffer
	if err := export.WritePack(&b, export.BuildPack(r.State, r.Now)); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"# SRE: contacts, access and on call", "No password, pin or key is on this sheet", "Platform, primary: Ben Okafor until 2026-03-23",
		"Shifts of Platform", "**Ben Okafor**", "(outside company systems)", "**Carrier One**", "B-20417", "break-glass", "never", "not tested for 90 days",
		"| Deputy | Ana Ruiz |", "| Ana Ruiz | Ben Okafor |", "## Activity log (form 214)", "Ana Ruiz: no test page has reached them yet",
	} {
		if !strings.Contains(strings.ReplaceAll(text, `\`, ""), want) {
			t.Errorf("%q is not in it", want)
		}
	}
	if strings.Contains(text, "Chen Wei") {
		t.Error("who left is in it")
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# not") || strings.HasPrefix(line, "| nor") {
			t.Errorf("what a person wrote becomes part of the form: %q", line)
		}
		if strings.HasPrefix(line, "| Cloud root") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 8 {
			t.Errorf("a text makes a cell: %q", line)
		}
	}
}

func TestAnEmptyPackSaysSo(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	var b bytes.Buffer
	if err := export.WritePack(&b, export.BuildPack(r.State, r.Now)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"No schedule is in the room.", "None is recorded.", "Nothing is recorded."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in it", want)
		}
	}
}
