package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/report"
)

const (
	ana = "Ana Ruiz"
	ben = "Ben Okafor"
)

// imported takes a sample in, with its milestones and entries, as it was told.
func imported(t testing.TB, r *modeltest.Room, name string) *model.Incident {
	t.Helper()
	b, err := assets.Sample(name)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		ID, Title, Type, Detection string
		Severity                   string            `json:"severity_guess"`
		Milestones                 map[string]string `json:"milestones"`
		Entries                    []struct {
			At         time.Time
			Text, Kind string
		}
	}
	if err := json.Unmarshal(b, &told); err != nil {
		t.Fatal(err)
	}
	d := model.Declare{Title: told.Title, Severity: told.Severity, Type: told.Type, Detection: told.Detection, Source: told.ID, Milestones: map[string]time.Time{}}
	for key, text := range told.Milestones {
		name := strings.ReplaceAll(strings.TrimSuffix(key, "_at"), "_", "-")
		if at, err := time.Parse(time.RFC3339, text); err == nil && slices.Contains(model.Milestones[:], name) {
			d.Milestones[name] = at
		}
	}
	for _, e := range told.Entries {
		d.Entries = append(d.Entries, model.Log{Text: e.Text, Kind: e.Kind, At: e.At})
	}
	return r.Incident(r.As(ana, d).Code)
}

// samples is a room with every sample incident.
func samples(t testing.TB) (*modeltest.Room, map[string]*model.Incident) {
	t.Helper()
	r := modeltest.New(t, ana, ben)
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]*model.Incident{}
	for _, name := range names {
		by[name] = imported(t, r, name)
	}
	return r, by
}

func measure(r *modeltest.Room, from, to time.Time) report.Metrics {
	return report.Measure(r.State, r.State.Policy(), from, to, r.Now)
}

// TestFiguresOfTheRealIncidents holds every duration of every sample to figures
// computed from the files by other means: the same minutes, and the same ones
// missing.
func TestFiguresOfTheRealIncidents(t *testing.T) {
	b, err := os.ReadFile("../../assets/testdata/expected_metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Incidents []struct {
			ID      string
			Minutes map[string]int
		}
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	r, by := samples(t)
	m := measure(r, time.Time{}, time.Time{})
	if len(want.Incidents) != 29 || len(m.Incidents) != 29 {
		t.Fatalf("%d figures for %d incidents", len(want.Incidents), len(m.Incidents))
	}
	for figure, name := range map[string]string{
		"start_to_detect": "detect", "detect_to_acknowledge": "detect_to_acknowledge", "detect_to_declare": "declare", "start_to_mitigate": "mitigate",
		"detect_to_resolve": "resolve", "start_to_resolve": "resolve_from_start",
	} {
		d := m.Duration(name)
		got := map[string]int{}
		for _, v := range d.Values {
			got[v.Incident] = int(v.WallS / 60) // whole minutes, as the figures are
		}
		for _, w := range want.Incidents {
			minutes, has := w.Minutes[figure]
			found, ok := got[by[w.ID].Code]
			if has != ok || minutes != found {
				t.Errorf("%s of %s: %d (%v), want %d (%v)", name, w.ID, found, ok, minutes, has)
			}
			if slices.Contains(d.Missing, by[w.ID].Code) == has {
				t.Errorf("%s of %s: is it missing? want %v", name, w.ID, !has)
			}
		}
		if d.N+len(d.Missing) != 29 {
			t.Errorf("%s: %d and %d missing", name, d.N, len(d.Missing))
		}
	}
}

// TestTheMeanOfRealIncidentsLies: two breaches seen after days make the mean of
// the time to detect seven hundred times its median, so one is never shown
// without the other.
func TestTheMeanOfRealIncidentsLies(t *testing.T) {
	r, _ := samples(t)
	m := measure(r, time.Time{}, time.Time{})
	d := m.Duration("detect")
	if got := fmt.Sprint(d.N, d.Wall.MedianS/60, (d.Wall.MeanS+30)/60); got != "22 2 1481" {
		t.Errorf("n, median and mean are %s", got)
	}
}

func TestWhatIsCountedApart(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	real := r.As(ana, model.Declare{Title: "Real", Severity: "P1"}).Code
	alarm := r.As(ana, model.Declare{Title: "False alarm", Severity: "P0"}).Code
	r.As(ana, model.SetReview{Incident: alarm, FalseAlarm: "yes"})
	drill := r.As(ana, model.StartDrill{Scenario: "fastly-2021-06-08-cdn"}).Code
	child := r.As(ana, model.Declare{Title: "The same", Severity: "P1"}).Code
	r.As(ana, model.MergeIncident{Incident: child, Into: real})
	m := measure(r, r.Now.Add(-time.Hour), r.Now.Add(time.Hour))
	for what, got := range map[string][]string{real: m.Incidents, alarm: m.FalseAlarms, drill: m.Drills, child: m.Merged} {
		if len(got) != 1 || got[0] != what {
			t.Errorf("%v, want %s alone", got, what)
		}
	}
	for _, s := range m.Shares {
		if s.Percent != nil {
			t.Errorf("%s has a percentage of %d", s.Name, s.N)
		}
	}
}

// TestReopenedCountsOnceWithBothSpans: half an hour, an hour of peace, ten
// minutes are forty minutes, and a corrected end counts as corrected.
func TestReopenedCountsOnceWithBothSpans(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "Comes back", Severity: "P1", Milestones: map[string]time.Time{"detected": r.Now}}).Code
	r.Wait(25 * time.Minute)
	r.As(ana, model.Resolve{Incident: inc, Verification: "works"})
	r.As(ana, model.SetIncident{Incident: inc, Milestones: map[string]time.Time{"resolved": r.Now.Add(5 * time.Minute)}})
	r.Wait(65 * time.Minute)
	r.As(ana, model.Reopen{Incident: inc, Reason: "again"})
	r.Wait(10 * time.Minute)
	if d := measure(r, time.Time{}, time.Time{}.Add(1)).Duration("resolve"); d.N != 0 {
		t.Errorf("an empty period has %d", d.N)
	}
	if d := measure(r, time.Time{}, r.Now).Duration("resolve"); d.N != 0 || len(d.Missing) != 1 {
		t.Errorf("an open incident is resolved: %+v", d)
	}
	r.As(ana, model.Resolve{Incident: inc, Verification: "works"})
	m := measure(r, time.Time{}, r.Now)
	if d := m.Duration("resolve"); d.N != 1 || d.Values[0].WallS != 40*60 {
		t.Errorf("resolved: %+v", d)
	}
	if len(m.Reopened) != 1 || len(m.Incidents) != 1 {
		t.Errorf("reopened %v of %v", m.Reopened, m.Incidents)
	}
}

func TestSharesTellWhatHappened(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	declare := func(title string) string {
		return r.As(ana, model.Declare{Title: title, Severity: "P1", Detection: "User reports"}).Code
	}
	first := declare("Expired certificate")
	r.As(ana, model.AddFactor{Incident: first, Text: "expired certificate"})
	r.As(ana, model.RecordAttempt{Incident: first, Rung: rungOf(r, "P1"), Person: ben, Way: "phone"})
	r.Wait(3 * time.Minute)
	r.As(ben, model.SetIncident{Incident: first, Milestones: map[string]time.Time{"acknowledged": r.Now}})
	r.Wait(time.Hour)
	r.As(ana, model.Resolve{Incident: first, Verification: "works", Customers: "not needed"})
	action := r.As(ana, model.AddAction{Incident: first, Text: "Add an alert on the expiry", Owner: ben, Due: r.Now.Add(24 * time.Hour)}).ID
	r.As(ana, model.AddAction{Incident: first, Text: "Write the runbook", Owner: ben, Due: r.Now.Add(24 * time.Hour)})
	r.As(ana, model.FinishAction{Action: action.String(), Proof: "the alert fired"})
	r.Wait(47 * time.Hour)
	r.As(ana, model.HoldReview{Incident: first})
	r.Wait(30 * 24 * time.Hour)
	second := declare("Another certificate")
	r.As(ana, model.AddFactor{Incident: second, Text: "Expired  Certificate"})
	r.Wait(time.Hour)
	m := measure(r, modeltest.Start, r.Now)
	for name, want := range map[string]string{
		"user_detected": "2/2", "acknowledged": "1/1", "response": "1/2", "post_mortem": "1/1", "actions": "1/2", "repeats": "1/2",
	} {
		if s := m.Share(name); fmt.Sprintf("%d/%d", s.Hit, s.N) != want {
			t.Errorf("%s is %d/%d, want %s: %v %v", name, s.Hit, s.N, want, s.Hits, s.Missed)
		}
	}
	if d := m.Duration("acknowledge"); d.N != 1 || d.Values[0].WallS != 180 {
		t.Errorf("acknowledged: %+v", d)
	}
	if m.Pages.N != 1 || m.Pages.People[0].Person != ben {
		t.Errorf("pages: %+v", m.Pages)
	}
	if m.Impact.All.ImpactS != int64((2*time.Hour+3*time.Minute)/time.Second) {
		t.Errorf("impact: %+v", m.Impact.All)
	}
}

func rungOf(r *modeltest.Room, severity string) string {
	for _, rung := range r.State.Policy().Escalation {
		if rung.Severity == severity && rung.Act == "page" {
			return rung.ID
		}
	}
	return ""
}

// many is a room of a busy year.
func many(b *testing.B, n int) *modeltest.Room {
	r := modeltest.New(b, ana, ben)
	for i := range n {
		at := r.Now
		inc := r.As(ana, model.Declare{
			Title: fmt.Sprintf("Incident %d", i), Severity: model.Severities[i%4], Type: model.Types[i%6], Detection: model.Detections[i%5],
			Milestones: map[string]time.Time{"started": at.Add(-10 * time.Minute), "detected": at.Add(-4 * time.Minute), "acknowledged": at.Add(3 * time.Minute), "mitigated": at.Add(30 * time.Minute)},
		}).Code
		r.As(ana, model.RecordAttempt{Incident: inc, Rung: rungOf(r, "P1"), Person: ben, Way: "phone"})
		r.As(ana, model.AddFactor{Incident: inc, Text: fmt.Sprintf("factor %d", i%40)})
		r.As(ana, model.AddAction{Incident: inc, Text: "Add an alert", Owner: ben})
		r.Wait(3 * time.Hour)
		r.As(ana, model.Resolve{Incident: inc, Verification: "works", Customers: "not needed"})
	}
	return r
}

// BenchmarkMeasure measures the figures of 2,000 incidents. They are read on
// the screen, so they must be there within 50 ms.
func BenchmarkMeasure(b *testing.B) {
	r := many(b, 2000)
	p := r.State.Policy()
	for b.Loop() {
		if m := report.Measure(r.State, p, modeltest.Start, r.Now, r.Now); len(m.Incidents) != 2000 {
			b.Fatal(len(m.Incidents))
		}
	}
}

// BenchmarkReport measures the annual report of the same room: eight times the
// figures, and the lists.
func BenchmarkReport(b *testing.B) {
	r := many(b, 2000)
	p := r.State.Policy()
	period, err := report.PeriodOf(report.Annual, r.Now, r.Now, p.Calendar)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		report.Report(r.State, p, period, r.Now)
	}
}

// TestOpenEndTakesWhatAFastClockWrote: without an end the figures hold all there
// is, also what another device wrote a moment ahead of this one.
func TestOpenEndTakesWhatAFastClockWrote(t *testing.T) {
	r := modeltest.New(t, ana)
	r.As(ana, model.Declare{Title: "Disk full", Severity: "P2"})
	if m := report.Measure(r.State, r.State.Policy(), time.Time{}, time.Time{}, r.Now.Add(-time.Second)); len(m.Incidents) != 1 {
		t.Errorf("%v", m.Incidents)
	}
	if m := measure(r, time.Time{}, r.Now); len(m.Incidents) != 0 {
		t.Errorf("the end is in the period: %v", m.Incidents)
	}
}
