package export_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/report"
	"holdfast/sync/export"
)

const ana = "Ana Ruiz"

// hostile is what somebody may write to reach whoever opens the paper.
const hostile = "<script>alert(1)</script> | [x](http://evil.example) \x1b[31m"

// lost declares the loss of data at GitLab as a breach, with a hostile text in
// each field that takes one.
func lost(t *testing.T) (*modeltest.Room, *model.Incident) {
	t.Helper()
	r := modeltest.New(t, ana, "Ben Okafor")
	code := r.As(ana, model.Declare{Title: "Database removed on the primary", Type: "Data Privacy Incident", Types: []string{"Security Breach"}}).Code
	fields := map[string]string{"nature": hostile, "measures": "Restored from a copy of six hours before", "people": "5000-5037", "dpo": hostile}
	r.As(ana, model.SetBreach{Incident: code, Fields: fields})
	r.As(ana, model.AddEvidence{Incident: code, What: hostile, System: "db1", Store: "safe"})
	r.As(ana, model.SetHold{Incident: code, Hold: "yes", Privilege: "Privileged <b>", Reason: "claim"})
	return r, r.Incident(code)
}

func written(t *testing.T, d report.Document, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := export.Paper(&b, d, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPapersKeepTextsHarmless(t *testing.T) {
	r, inc := lost(t)
	for _, name := range report.Names {
		d, ok := report.Of(name, r.State, inc, r.Now)
		if !ok {
			t.Fatalf("there is no paper %s", name)
		}
		for format, forbidden := range map[string][]string{
			export.HTML:     {"<script>", "<b>", "href", "src="},
			export.Markdown: {"[x](", "<script>", "\x1b"},
			export.Plain:    {"\x1b"},
		} {
			text := written(t, d, format)
			for _, bad := range forbidden {
				if strings.Contains(text, bad) {
					t.Errorf("%s as %s holds %q", name, format, bad)
				}
			}
			if strings.Count(text, "LEGAL HOLD") < 1 || !strings.Contains(text, "Privileged") {
				t.Errorf("%s as %s does not carry its marks", name, format)
			}
		}
	}
	if err := export.Paper(&bytes.Buffer{}, report.Document{}, "docx"); !errors.Is(err, export.ErrFormat) {
		t.Errorf("another format is %v", err)
	}
}

func TestPaperListsWhatIsMissingFirst(t *testing.T) {
	r, inc := lost(t)
	for _, format := range []string{export.Markdown, export.HTML, export.Plain} { // what is in a PDF is packed
		text := written(t, report.Art33Form(r.State, inc, r.Now), format)
		list, form := strings.Index(text, "MISSING: Likely consequences"), strings.Index(text, "1 Controller")
		if format == export.Markdown {
			form = strings.Index(text, "Controller")
		}
		if list < 0 || list > strings.LastIndex(text, "Controller") || form < 0 {
			t.Errorf("%s: missing items at %d, the form at %d", format, list, form)
		}
		if strings.Contains(text, "MISSING: Number of people") {
			t.Errorf("%s: a number that is there is called missing", format)
		}
	}
}

// TestNoticesAndRegisterTellTheSame holds the figures of all papers to the one
// field they come from.
func TestNoticesAndRegisterTellTheSame(t *testing.T) {
	r, inc := lost(t)
	for name, d := range map[string]report.Document{
		"art33": report.Art33Form(r.State, inc, r.Now), "register": report.BreachRegister(r.State, r.Now),
	} {
		if !strings.Contains(written(t, d, export.Plain), "5000-5037") {
			t.Errorf("%s does not say 5000-5037", name)
		}
	}
	for name, d := range map[string]report.Document{
		"art33": report.Art33Form(r.State, inc, r.Now), "art34": report.Art34Letter(r.State, inc, r.Now), "register": report.BreachRegister(r.State, r.Now),
	} {
		if !strings.Contains(written(t, d, export.Plain), "Restored from a copy of six hours before") {
			t.Errorf("%s does not name the measure", name)
		}
		if !strings.Contains(strings.Join(d.Marks, " "), "No legal advice") {
			t.Errorf("%s is not marked as no legal advice", name)
		}
	}
}

func TestPublicExportLeavesTheRespondersOut(t *testing.T) {
	r, inc := lost(t)
	r.As(ana, model.Log{Incident: inc.Code, Text: "Restored at 18:14", Kind: "recovery"})
	secret := r.As(ana, model.Log{Incident: inc.Code, Text: "Attacker address blocked", Kind: "mitigation"}).ID
	r.As(ana, model.Log{Incident: inc.Code, Text: "We suspect Mallory", Kind: "hypothesis"})
	r.As(ana, model.Restrict{Entry: secret.String(), Reason: "tells what we know"})
	r.As(ana, model.AssignRole{Incident: inc.Code, Role: "ic", Person: ana})
	r.As(ana, model.AddTask{Incident: inc.Code, Text: "Ask Mallory", Owner: ana})
	r.As(ana, model.AddHypothesis{Incident: inc.Code, Text: "Mallory's laptop", Owner: ana})
	r.As(ana, model.Propose{Incident: inc.Code, Proposal: "Tell Mallory nothing"})
	inc = r.Incident(inc.Code)
	d := export.BuildPublic(r.State, inc, model.DeviceKey{}, r.Now)
	for _, format := range export.Public {
		var b bytes.Buffer
		if err := export.Incident(&b, d, format); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, word := range []string{"Ana", "Mallory", "Attacker address", "db1", "Ben Okafor"} {
			if strings.Contains(text, word) {
				t.Errorf("%s for outsiders names %q:\n%s", format, word, text)
			}
		}
		if !strings.Contains(text, "Restored at 18") || !strings.Contains(text, "Privileged") {
			t.Errorf("%s for outsiders lacks the recovery or the mark", format)
		}
	}
}
