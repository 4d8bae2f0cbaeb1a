package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/sync/intake/importer"
)

var update = flag.Bool("update", false, "write the golden files")

// room is a room of one device, whose clock moves a minute at each command.
type room struct {
	t     *testing.T
	state *model.State
	key   model.DeviceKey
	feed  model.FeedID
	seq   uint64
	now   time.Time
}

func newRoom(t *testing.T) *room {
	t.Helper()
	key, nonce := model.DeviceKey{1}, model.Nonce{2}
	id := model.NewRoomID(key, nonce)
	r := &room{
		t: t, state: model.NewState(id, nil), key: key, feed: model.NewFeedID(id, key, nonce),
		now: time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC),
	}
	r.do(model.FoundRoom{Name: "SRE", Person: "Ana Ruiz", Email: "ana@example.com", Device: "laptop", Nonce: nonce})
	return r
}

func (r *room) do(c model.Command) model.Done {
	r.t.Helper()
	p := model.NewPlanner(r.state, r.now, r.key, r.feed, r.seq+1)
	done, err := p.Plan(c)
	if err != nil {
		r.t.Fatalf("%T: %v", c, err)
	}
	ops, err := p.Ops()
	if err != nil {
		r.t.Fatal(err)
	}
	r.seq++
	if err := r.state.Apply(model.Commit{
		Feed: r.feed, Seq: r.seq, Lamport: r.seq, Wall: r.now.UnixMilli(), Device: r.key, Ops: ops,
	}); err != nil {
		r.t.Fatal(err)
	}
	r.now = r.now.Add(time.Minute)
	return done
}

func (r *room) build(id model.ID) Document {
	return Build(r.state, r.state.Incident(id), r.key, r.now)
}

// imported takes a real incident in.
func (r *room) imported(name string) model.ID {
	r.t.Helper()
	b, err := assets.Sample(name)
	if err != nil {
		r.t.Fatal(err)
	}
	inc, err := importer.IncidentJSON(bytes.NewReader(b))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.do(inc.Declare).ID
}

// entry finds an entry by a part of its text.
func (r *room) entry(id model.ID, part string) string {
	r.t.Helper()
	for _, row := range r.state.Rows(r.state.Incident(id)) {
		if row.Source == "entry" && strings.Contains(row.Text, part) {
			return row.ID.String()
		}
	}
	r.t.Fatalf("no entry with %q", part)
	return ""
}

func write(t *testing.T, d Document, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Incident(&b, d, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it, then run the test with -update\n%s", name, got)
	}
}

// TestRealIncidents writes two real incidents, worked on a little.
func TestRealIncidents(t *testing.T) {
	r := newRoom(t)
	gitlab := r.imported("gitlab-2017-01-31-database")
	id := gitlab.String()
	r.do(model.AssignRole{Incident: id, Role: "ic", Person: "Ana"})
	r.do(model.SetIncident{Incident: id, Severity: model.P1, Reason: "site is back", Impact: "No commits, issues or comments\nfor all users"})
	r.do(model.EditEntry{Entry: r.entry(gitlab, "Replica about 4 GB"), Text: "Replica about 4 GB behind, and falling back"})
	r.do(model.RetractEntry{Entry: r.entry(gitlab, "fatigue"), Reason: "belongs into the review"})
	r.do(model.AddTask{Incident: id, Text: "Check every backup by a restore", Owner: "Ana", Due: r.now.Add(time.Hour)})
	r.do(model.QueueMessage{Incident: id, Draft: model.Draft{
		Template: "incident-resolved", Audience: "stakeholders", Channel: "mail", Subject: "[P1] resolved - " + id[:4],
		Body: "The site works again.\n\nA review follows.", Recipients: []model.Recipient{{Name: "Ana", Address: "ana@example.com"}},
	}})
	github := r.imported("github-2018-10-21-split-brain")
	r.do(model.EditText{Incident: id, Field: model.TextSummary, Text: "GitLab.com lost six hours of database data.\nEvery way to restore it but one was broken."})
	r.do(model.EditText{Incident: id, Field: "pm.cause", Text: "The removal ran on the primary, not on the replica."})
	for name, id := range map[string]model.ID{"gitlab-2017": gitlab, "github-2018": github} {
		d := r.build(id)
		for _, format := range Formats {
			ending := map[string]string{IncidentJSON: "incident.json"}[format]
			if ending == "" {
				ending = format
			}
			golden(t, name+"."+ending, write(t, d, format))
		}
	}
}

// TestAnotherRoomTakesItIn: what incident-json writes, the importer reads.
func TestAnotherRoomTakesItIn(t *testing.T) {
	names, err := assets.Samples()
	if err != nil {
		t.Fatal(err)
	}
	a, b := newRoom(t), newRoom(t)
	for _, name := range names {
		first := write(t, a.build(a.imported(name)), IncidentJSON)
		inc, err := importer.IncidentJSON(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := write(t, b.build(b.do(inc.Declare).ID), IncidentJSON); !bytes.Equal(first, again) {
			t.Errorf("%s is not the same after a journey:\n%s", name, again)
		}
	}
}

func TestJSONListsAreNeverNull(t *testing.T) {
	r := newRoom(t)
	out := write(t, r.build(r.do(model.Declare{Title: "checkout fails"}).ID), JSON)
	if bytes.Contains(out, []byte("null")) {
		t.Errorf("null in %s", out)
	}
	var d Document
	dec := json.NewDecoder(bytes.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil || d.Version != Version || len(d.Timeline) != 1 {
		t.Errorf("read back: %v, %+v", err, d)
	}
}

// hostile texts, as a pasted chat or another member may bring them.
var hostile = []string{
	"![x](https://evil.example/pixel.png)", "<img src=x onerror=alert(1)>", "# not a heading", "- not a list\n1. nor this\n---\n===",
	"| a | b |", "`code` **bold** _it_ ~~gone~~", "[link](javascript:alert(1))", "&lt;script&gt;", "right\u202eleft", "\x1b[31mred",
	"```\nfence\n```", "<!-- comment", "http://x/<script>", "a\r\n## b", "\\`",
}

func TestMarkdownOfHostileTextsIsText(t *testing.T) {
	r := newRoom(t)
	id := r.do(model.Declare{Title: "# [x](y) <b>"}).ID
	for _, text := range hostile {
		r.do(model.Log{Incident: id.String(), Text: text})
		r.do(model.AddTask{Incident: id.String(), Text: text})
		r.do(model.RetractEntry{Entry: r.do(model.Log{Incident: id.String(), Text: "old"}).ID.String(), Reason: text})
	}
	out := string(write(t, r.build(id), Markdown))
	for _, bad := range []string{"\x1b", "\u202e", "\r"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is in the report", bad)
		}
	}
	headings := 0
	for n, l := range strings.Split(out, "\n") {
		text := strings.TrimLeft(l, " ")
		if strings.HasPrefix(text, "#") {
			headings++
		}
		if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "===") || strings.HasPrefix(text, "```") {
			t.Errorf("line %d is markup: %q", n+1, l)
		}
		for i, c := range l {
			if strings.ContainsRune("<[", c) && (i == 0 || l[i-1] != '\\') && !strings.HasPrefix(text, "- [ ] ") {
				t.Errorf("line %d has a live %c: %q", n+1, c, l)
			}
		}
	}
	if headings != 5 { // title, Milestones, Timeline, the day, Tasks
		t.Errorf("%d headings:\n%s", headings, out)
	}
}

func TestCSVCellsAreNoFormulas(t *testing.T) {
	r := newRoom(t)
	id := r.do(model.Declare{Title: "checkout fails"}).ID
	texts := map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-12m": "'-12m", "@sum(a1)": "'@sum(a1)", "a=b": "a=b",
		"two\nlines, \"quoted\"": "two\nlines, \"quoted\"", "＝1": "'＝1",
	}
	for text := range texts {
		r.do(model.Log{Incident: id.String(), Text: text})
	}
	rows, err := csv.NewReader(bytes.NewReader(write(t, r.build(id), CSV))).ReadAll()
	if err != nil || len(rows) != len(texts)+2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[5]] = true
	}
	for _, want := range texts {
		if !seen[want] {
			t.Errorf("no cell %q in %v", want, seen)
		}
	}
	for in, want := range map[string]string{" =1": "' =1", "\t=1": "'\t=1", "\tx": "'\tx", "\r=1": "'\n=1", "": "", "\x00=1": "'=1"} {
		if got := cell(in); got != want {
			t.Errorf("cell %q is %q, want %q", in, got, want)
		}
	}
}

func TestUnknownFormatIsNamed(t *testing.T) {
	err := Incident(&bytes.Buffer{}, Document{}, "docx")
	if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "md, json, csv, incident-json") {
		t.Errorf("got %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreTold(t *testing.T) {
	r := newRoom(t)
	d := r.build(r.do(model.Declare{Title: "checkout fails"}).ID)
	for _, format := range Formats {
		if err := Incident(full{}, d, format); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func FuzzMarkdownText(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, out := range []string{inline(text), block(text, "  ")} {
			for i, c := range out {
				if strings.ContainsRune("<[`*_|", c) && (i == 0 || out[i-1] != '\\') {
					t.Fatalf("%q became %q", text, out)
				}
			}
		}
		if strings.Contains(inline(text), "\n") {
			t.Fatalf("%q has more than one line", text)
		}
	})
}

// TestMarkdownEscapesWhatMeansSomething and leaves figures and addresses as they are.
func TestMarkdownEscapesWhatMeansSomething(t *testing.T) {
	for text, want := range map[string]string{
		"66.7 %":            "66.7 %",
		"10.0.0.1":          "10.0.0.1",
		"1. restart":        `1\. restart`,
		"2) restart":        `2\) restart`,
		"3.":                `3\.`,
		"4.\trestart":       "4\\.\trestart",
		"it is 1. and *now": `it is 1. and \*now`,
	} {
		if got := escape(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}
