package report_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/report"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it, then run the test with -update\n%s", name, got)
	}
}

// outline writes a document so that a change of it can be read.
func outline(d report.Document) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n") }
	for _, m := range d.Marks {
		line("! ", m)
	}
	line("# ", d.Title)
	for _, m := range d.Missing {
		line("? ", m)
	}
	for _, block := range d.Blocks {
		switch block.Kind {
		case report.Heading:
			line("\n", strings.Repeat("#", block.Level), " ", block.Text)
		case report.Paragraph:
			line(block.Text)
		}
		for _, f := range block.Fields {
			line(f.Label, ": ", f.Value)
		}
		for _, item := range block.Items {
			line("- ", item)
		}
		if len(block.Head) > 0 {
			line(strings.Join(block.Head, " | "))
		}
		for _, row := range block.Rows {
			line(strings.Join(row, " | "))
		}
	}
	return b.String()
}

func periodOf(t *testing.T, r *modeltest.Room, kind, at string) report.Period {
	t.Helper()
	day, err := time.Parse(time.DateOnly, at)
	if err != nil {
		t.Fatal(err)
	}
	p, err := report.PeriodOf(kind, day, r.Now, r.State.Policy().Calendar)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestReportsOfTheRealIncidents keeps the four reports, and the figures of all
// there was, over the incidents that ship.
func TestReportsOfTheRealIncidents(t *testing.T) {
	r, by := samples(t)
	r.As(ana, model.SetReview{Incident: by["cloudflare-2025-11-18-bot-file"].Code, Services: []string{"CDN", "Dashboard"}})
	for _, name := range []string{"cloudflare-2025-11-18-bot-file", "google-2025-06-12-service-control"} {
		r.As(ana, model.AddFactor{Incident: by[name].Code, Text: "change without a staged rollout"})
	}
	for kind, at := range map[string]string{
		report.Weekly: "2025-11-18", report.Monthly: "2022-01-31", report.Quarterly: "2023-10-01", report.Annual: "2025-06-30",
	} {
		d := report.Report(r.State, r.State.Policy(), periodOf(t, r, kind, at), r.Now)
		golden(t, kind+".txt", outline(d.Document()))
	}
	m := measure(r, time.Time{}, time.Time{})
	golden(t, "metrics.txt", outline(m.Document()))
	var rows strings.Builder
	for _, row := range m.Table() {
		rows.WriteString(strings.Join(row, "\t") + "\n")
	}
	golden(t, "metrics.tsv", rows.String())
}

func TestPostMortemOfARealIncident(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := imported(t, r, "gitlab-2017-01-31-database")
	golden(t, "post-mortem.txt", outline(report.PostMortem(r.State, inc, r.Now)))
}

func TestPeriods(t *testing.T) {
	r := modeltest.New(t, ana)
	r.Now = time.Date(2026, 3, 18, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct{ kind, at, want string }{
		{report.Weekly, "2026-03-15", "2026-03-09 2026-03-16 2026-03-02"},
		{report.Weekly, "2026-03-09", "2026-03-09 2026-03-16 2026-03-02"},
		{report.Weekly, "2026-03-18", "2026-03-16 2026-03-18 2026-03-13"}, // half a week is compared with half a week
		{report.Monthly, "2026-02-28", "2026-02-01 2026-03-01 2026-01-04"},
		{report.Quarterly, "2025-12-31", "2025-10-01 2026-01-01 2025-07-01"},
		{report.Annual, "2024-02-29", "2024-01-01 2025-01-01 2022-12-31"},
	} {
		p := periodOf(t, r, c.kind, c.at)
		if got := p.From.Format(time.DateOnly) + " " + p.To.Format(time.DateOnly) + " " + p.Before.Format(time.DateOnly); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.kind, c.at, got, c.want)
		}
		if p.To.Sub(p.From) != p.From.Sub(p.Before) {
			t.Errorf("%s of %s is compared with another length", c.kind, c.at)
		}
	}
	for _, kind := range []string{"daily", ""} {
		if _, err := report.PeriodOf(kind, r.Now, r.Now, r.State.Policy().Calendar); err == nil {
			t.Errorf("%q is a report", kind)
		}
	}
	if _, err := report.PeriodOf(report.Weekly, r.Now.AddDate(0, 1, 0), r.Now, r.State.Policy().Calendar); err == nil {
		t.Error("a week to come has a report")
	}
}

// TestReportsHaveNoNull: lists in JSON are arrays.
func TestReportsHaveNoNull(t *testing.T) {
	r := modeltest.New(t, ana)
	for _, kind := range report.Kinds {
		b, err := json.Marshal(report.Report(r.State, r.State.Policy(), periodOf(t, r, kind, "2026-01-01"), r.Now))
		if err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s: %v %s", kind, err, b)
		}
	}
}

// TestWeeklyNamesActions: those due within a week, and those whose day passed.
func TestWeeklyNamesActions(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "Disk full", Severity: "P2"}).Code
	for text, days := range map[string]int{"Add an alert": -1, "Write a runbook": 3, "Replace the disk": 30} {
		r.As(ana, model.AddAction{Incident: inc, Text: text, Owner: ben, Due: r.Now.AddDate(0, 0, days), Confirm: true})
	}
	r.Wait(time.Hour)
	w := report.Report(r.State, r.State.Policy(), periodOf(t, r, report.Weekly, "2026-03-17"), r.Now)
	texts := func(list []model.ActionView) (out []string) {
		for _, a := range list {
			out = append(out, a.Text)
		}
		return out
	}
	if got := texts(w.DueSoon); !slices.Equal(got, []string{"Write a runbook"}) {
		t.Errorf("due soon: %v", got)
	}
	if got := texts(w.Overdue); !slices.Equal(got, []string{"Add an alert"}) {
		t.Errorf("overdue: %v", got)
	}
	if len(w.New) != 1 || len(w.Open) != 1 || len(w.Closed) != 0 {
		t.Errorf("%d new, %d open, %d closed", len(w.New), len(w.Open), len(w.Closed))
	}
}

// TestMissedTargetsAreNamedByIncident: a sentence a target, and each incident once with what it missed.
func TestMissedTargetsAreNamedByIncident(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	late := r.As(ana, model.Declare{Title: "Checkout is down", Severity: "P0"}).Code
	r.As(ana, model.Declare{Title: "A colour is wrong", Severity: "P3"})
	r.As(ana, model.AddAction{Incident: late, Text: "Add an alert", Owner: ben, Due: r.Now.AddDate(0, 0, -1), Confirm: true})
	r.Wait(5 * time.Hour)
	d := report.Report(r.State, r.State.Policy(), periodOf(t, r, report.Weekly, "2026-03-17"), r.Now)
	for _, m := range d.Missed {
		if strings.Contains(m, "INC-") {
			t.Errorf("codes stand in %q", m)
		}
	}
	if len(d.MissedBy) == 0 || d.MissedBy[0].Incident != late || d.MissedBy[0].Title != "Checkout is down" || d.MissedBy[0].Severity != "P0" {
		t.Fatalf("missed: %v, %+v", d.Missed, d.MissedBy)
	}
	if got := d.MissedBy[0].Targets; !slices.Equal(got, []string{"Response within target", "Escalations on time (2)", "Actions on time"}) {
		t.Errorf("%q missed of %q", got, d.Missed)
	}
}
