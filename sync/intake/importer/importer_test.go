package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/when"
)

var now = time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)

// room is a room of one device.
type room struct {
	t     *testing.T
	state *model.State
	key   model.DeviceKey
	feed  model.FeedID
	seq   uint64
}

func newRoom(t *testing.T) *room {
	key, nonce := model.DeviceKey{1}, model.Nonce{2}
	id := model.NewRoomID(key, nonce)
	r := &room{t: t, state: model.NewState(id, nil), key: key, feed: model.NewFeedID(id, key, nonce)}
	if _, err := r.do(model.FoundRoom{Name: "SRE", Person: "Ana Ruiz", Nonce: nonce}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) do(c model.Command) (model.Done, error) {
	p := model.NewPlanner(r.state, now, r.key, r.feed, r.seq+1)
	done, err := p.Plan(c)
	if err != nil {
		return done, err
	}
	ops, err := p.Ops()
	if err != nil || len(ops) == 0 {
		return done, err
	}
	body, err := model.EncodeOps(ops)
	if err != nil {
		return done, err
	}
	if ops, err = model.DecodeOps(body); err != nil {
		return done, err
	}
	r.seq++
	return done, r.state.Apply(model.Commit{
		Feed: r.feed, Seq: r.seq, Lamport: r.seq, Wall: now.UnixMilli(), Device: r.key, Ops: ops,
	})
}

func (r *room) take(inc Incident) *model.Incident {
	r.t.Helper()
	done, err := r.do(inc.Declare)
	if err != nil {
		r.t.Fatalf("declare: %v", err)
	}
	for _, l := range inc.Rest(r.state.Incident(done.ID)) {
		if _, err := r.do(l.Log); err != nil {
			r.t.Fatalf("log: %v", err)
		}
	}
	return r.state.Incident(done.ID)
}

func sample(t *testing.T, name string) (Incident, []byte) {
	t.Helper()
	b, err := assets.Sample(name)
	if err != nil {
		t.Fatal(err)
	}
	inc, err := IncidentJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return inc, b
}

// TestSamplesKeepEverything imports every real incident and finds each row of
// the file in the timeline, with its time, precision, kind and text.
func TestSamplesKeepEverything(t *testing.T) {
	names, err := assets.Samples()
	if err != nil || len(names) != 29 {
		t.Fatalf("%d samples, %v", len(names), err)
	}
	r := newRoom(t)
	for _, name := range names {
		inc, b := sample(t, name)
		if len(inc.Warnings) > 0 {
			t.Errorf("%s: %q", name, inc.Warnings)
		}
		got := r.take(inc)
		var f file
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		v := r.state.View(got, now)
		if v.Title != f.Title || v.Severity != f.Guess || v.Type != f.Type || v.Detection != f.Detection || v.Source != f.ID ||
			v.Notes != f.Notes || v.Zone != f.Zone || !strings.HasPrefix(v.Origin, f.Source) || !strings.HasSuffix(v.Origin, f.Licence) {
			t.Errorf("%s: the incident is %+v", name, v)
		}
		for key, text := range f.Milestones {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil || !v.Milestones[strings.TrimSuffix(key, "_at")].Equal(at) {
				t.Errorf("%s: %s is %s, want %s", name, key, v.Milestones[strings.TrimSuffix(key, "_at")], text)
			}
		}
		if len(v.Milestones) != len(f.Milestones) {
			t.Errorf("%s: %d milestones of %d", name, len(v.Milestones), len(f.Milestones))
		}
		sameRows(t, name, f.Entries, r.state.Rows(got))
	}
	if r.state.Refused != 0 || r.state.Newer != 0 {
		t.Errorf("refused %d, newer %d", r.state.Refused, r.state.Newer)
	}
}

func sameRows(t *testing.T, name string, want []fileEntry, rows []model.TimelineRow) {
	t.Helper()
	left := map[string]int{}
	n := 0
	for _, r := range rows {
		if r.Source == "entry" {
			left[fmt.Sprint(r.At.Unix(), r.Precision, r.Kind, r.Text)]++
			n++
		}
	}
	for _, e := range want {
		at, err := time.Parse(time.RFC3339, e.At)
		precision, perr := when.ParsePrecision(e.Precision)
		key := fmt.Sprint(at.Unix(), precision, e.Kind, e.Text)
		if err != nil || perr != nil || left[key] == 0 {
			t.Errorf("%s: lost %+v", name, e)
		}
		left[key]--
	}
	if n != len(want) {
		t.Errorf("%s: %d entries of %d", name, n, len(want))
	}
}

// TestMilestonesGiveThePublishedMinutes checks the durations against figures
// computed from the files by other means.
func TestMilestonesGiveThePublishedMinutes(t *testing.T) {
	b, err := os.ReadFile("testdata/expected_metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Incidents []struct {
			ID      string
			Entries int
			Minutes map[string]float64
		}
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	words := map[string]string{
		"start": "started", "detect": "detected", "declare": "declared", "acknowledge": "acknowledged",
		"mitigate": "mitigated", "resolve": "resolved",
	}
	r := newRoom(t)
	for _, w := range want.Incidents {
		inc, _ := sample(t, w.ID)
		got := r.take(inc)
		if len(got.Entries) != w.Entries {
			t.Errorf("%s: %d entries, want %d", w.ID, len(got.Entries), w.Entries)
		}
		for name, minutes := range w.Minutes {
			from, to, _ := strings.Cut(name, "_to_")
			a, okA := got.Milestone(words[from])
			b, okB := got.Milestone(words[to])
			if m := math.Round(b.Sub(a).Minutes()); !okA || !okB || math.Abs(m-minutes) > 1 {
				t.Errorf("%s: %s is %v min (%v %v), want %v", w.ID, name, m, okA, okB, minutes)
			}
		}
	}
}

func TestImportingAgainChangesNothing(t *testing.T) {
	r := newRoom(t)
	inc, _ := sample(t, "gitlab-2017-01-31-database")
	got := r.take(inc)
	if rest := inc.Rest(got); len(rest) != 0 {
		t.Errorf("%d entries would be written again", len(rest))
	}
	_, err := r.do(inc.Declare)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), got.Code) {
		t.Errorf("declared again: %v", err)
	}
}

func TestMoreEntriesThanACommitHolds(t *testing.T) {
	f := file{ID: "big", Title: "big"}
	for i := range 2500 {
		f.Entries = append(f.Entries, fileEntry{At: now.Add(time.Duration(i) * time.Second).Format(time.RFC3339), Text: "the same text"})
	}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	inc, err := IncidentJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r := newRoom(t)
	done, err := r.do(inc.Declare)
	if err != nil {
		t.Fatal(err)
	}
	got := r.state.Incident(done.ID)
	rest := inc.Rest(got)
	if len(inc.Rows()) != 2500 || len(rest) != 2500-(model.MaxOps-1) {
		t.Fatalf("%d entries, %d after the first commit", len(inc.Rows()), len(rest))
	}
	for _, l := range rest[:100] { // the import breaks off here
		if _, err := r.do(l.Log); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range inc.Rest(got) {
		if _, err := r.do(l.Log); err != nil {
			t.Fatal(err)
		}
	}
	if len(got.Entries) != 2500 {
		t.Errorf("%d entries after the import went on", len(got.Entries))
	}
}

func TestMistakesAreNamed(t *testing.T) {
	entry := func(s string) string {
		return `{"id":"x","title":"t","entries":[{"at":"2026-03-17T14:00:00Z","text":"a"},` + s + `]}`
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", ``, "EOF"},
		{"no JSON", "{\n \"id\": oops}", "line 2"},
		{"a list", `[]`, "array"},
		{"two documents", `{"id":"x","title":"t"} {}`, "more follows"},
		{"no id", `{"title":"t"}`, "id is missing"},
		{"no title", `{"id":"x"}`, "title is missing"},
		{"a title of two lines", `{"id":"x","title":"a\nb"}`, "title must be one line"},
		{"a long title", `{"id":"x","title":"` + strings.Repeat("x", 201) + `"}`, "title has 201 bytes"},
		{"a severity", `{"id":"x","title":"t","severity_guess":"SEV1"}`, `severity "SEV1" is not known; it is one of: P0, P1`},
		{"a type", `{"id":"x","title":"t","type":"Fire"}`, `type "Fire" is not known`},
		{"a detection", `{"id":"x","title":"t","detection":"luck"}`, `detection "luck" is not known`},
		{"a zone", `{"id":"x","title":"t","timezone":"Mars/Base"}`, `timezone "Mars/Base"`},
		{"a milestone", `{"id":"x","title":"t","milestones":{"noticed_at":"2026-03-17T14:00:00Z"}}`, `milestones: "noticed_at" is not known; known are: started_at`},
		{"a milestone without a time", `{"id":"x","title":"t","milestones":{"started_at":"noon"}}`, `milestones: started_at: "noon"`},
		{"a year", `{"id":"x","title":"t","milestones":{"started_at":"0203-03-17T14:00:00Z"}}`, "outside the years"},
		{"a time of a row", entry(`{"at":"14:05","text":"b"}`), `entry 2: at: "14:05" is not a time`},
		{"a row without a time", entry(`{"text":"b"}`), "entry 2: at is missing"},
		{"a row without a text", entry(`{"at":"2026-03-17T14:00:00Z"}`), "entry 2: text is missing"},
		{"a kind", entry(`{"at":"2026-03-17T14:00:00Z","text":"b","kind":"rumour"}`), `entry 2: kind "rumour"`},
		{"a precision", entry(`{"at":"2026-03-17T14:00:00Z","text":"b","precision":"maybe"}`), `entry 2: precision "maybe"`},
		{"a long text", entry(`{"at":"2026-03-17T14:00:00Z","text":"` + strings.Repeat("x", model.MaxText+1) + `"}`), "entry 2: text has 32769 bytes"},
		{"a count", `{"id":"x","title":"t","entry_count":3,"entries":[]}`, "entry_count says 3, entries has 0"},
		{"not text", "{\"id\":\"\xff\"}", "UTF-8"},
		{"a large file", strings.Repeat(" ", MaxFile+1), "larger than 4 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := IncidentJSON(strings.NewReader(c.text))
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	text := `{"title":"t","entries":[` + strings.TrimSuffix(strings.Repeat(`{"at":"x"},`, 30), ",") + `]}`
	_, err := IncidentJSON(strings.NewReader(text))
	if err == nil || strings.Count(err.Error(), "\n") != MaxReported+1 || !strings.Contains(err.Error(), "and 41 more") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotKeptIsNamed(t *testing.T) {
	inc, err := IncidentJSON(strings.NewReader(
		`{"id":"x","title":"t","mood":"bad","entries":[{"at":"2026-03-17T14:00:00Z","text":"a","author":"Ana"}],` +
			`"milestones":{"first_public_post_at":"2026-03-17T14:10:00Z"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(inc.Warnings, "; "); got != "author of entries is not kept; mood is not kept" {
		t.Errorf("warnings are %q", got)
	}
	if len(inc.Rows()) != 2 || inc.Declare.Entries[1].Text != "First public post" {
		t.Errorf("entries are %+v", inc.Declare.Entries)
	}
}

func FuzzIncidentJSON(f *testing.F) {
	names, err := assets.Samples()
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names[:4] {
		b, err := assets.Sample(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"id":"x","title":"t","milestones":{"started_at":null},"entries":[null,{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		inc, err := IncidentJSON(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		// What is accepted here, a room takes.
		r := newRoom(t)
		if got := r.take(inc); len(got.Entries) != len(inc.Rows()) || r.state.Refused != 0 {
			t.Fatalf("%d entries of %d, refused %d", len(got.Entries), len(inc.Rows()), r.state.Refused)
		}
	})
}
