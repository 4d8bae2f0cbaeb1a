package importer

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// toldRows writes rows as "14:02:40.000 page text", with the doubt behind.
func toldRows(inc Incident) (out []string) {
	for _, r := range inc.Rows() {
		line := r.Log.At.Format("15:04:05.000 ") + r.Log.Kind + " " + r.Log.Text
		if r.Doubt != "" {
			line += " ?" + r.Doubt
		}
		out = append(out, line)
	}
	return out
}

// toldMilestones writes milestones as "detected 14:02:40.000", in their order.
func toldMilestones(inc Incident) (out []string) {
	for _, name := range []string{"started", "detected", "acknowledged", "declared", "cause-found", "mitigated", "resolved", "closed"} {
		if at, ok := inc.Declare.Milestones[name]; ok {
			out = append(out, name+at.Format(" 15:04:05.000"))
		}
	}
	return out
}

func readSample(t *testing.T, name string, n int) []Incident {
	t.Helper()
	told, err := ReadFile("", "testdata/told/"+name, Options{})
	if err != nil || len(told.Incidents) != n {
		t.Fatalf("%s: %d incidents, %v", name, len(told.Incidents), err)
	}
	again, err := ReadFile(told.Format, "testdata/told/"+name, Options{})
	if err != nil || !reflect.DeepEqual(told, again) {
		t.Errorf("%s gives another result when it is read again, %v", name, err)
	}
	return told.Incidents
}

// readTold reads a file of a test.
func readTold(t *testing.T, format, text string, n int) []Incident {
	t.Helper()
	list, err := read(format, []byte(text), "sha256:test", Options{Name: "file"})
	if err != nil || len(list) != n {
		t.Fatalf("%d incidents, %v, of %s", len(list), err, text)
	}
	return list
}

func hasWarning(inc Incident, part string) bool {
	return strings.Contains(strings.Join(inc.Warnings, "\n"), part)
}

func TestLooseTime(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for _, c := range []struct {
		text, want string
		zone       *time.Location
	}{
		{"2026-03-17T14:00:00.1239999Z", "2026-03-17 14:00:00.123000", nil},
		{"2026-03-17T14:00:00+02:00", "2026-03-17 12:00:00.000000", berlin},
		{" 2026-03-17 14:00:00 UTC", "2026-03-17 14:00:00.000000", nil},
		{"2026-03-17 14:00:00 -0700", "2026-03-17 21:00:00.000000", nil},
		{"2026-03-17T14:00:00", "2026-03-17 13:00:00.000000", berlin},
		{"1.773756E12", "2026-03-17 14:00:00.000000", nil},
		{"1773756000", "2026-03-17 14:00:00.000000", nil},
		{"2026-03-17 14:00:00", "a question", nil},
		{"", "it has no time", nil},
		{"20260317", `its time "20260317" is outside the years 1970 to 2199`, nil},
		{"NaN", `its time "NaN" is outside the years 1970 to 2199`, nil},
		{"2200-01-01T00:00:00Z", `its time "2200-01-01T00:00:00Z" is outside the years 1970 to 2199`, nil},
		{"noon", `"noon" is no time`, nil},
	} {
		at, doubt, err := looseTime(loose(c.text), c.zone)
		got := doubt
		switch {
		case errors.As(err, new(Question)):
			got = "a question"
		case doubt == "":
			got = at.Format("2006-01-02 15:04:05.000000")
		}
		if got != c.want || at.IsZero() == (err == nil && doubt == "") {
			t.Errorf("%q is %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLooseText(t *testing.T) {
	for in, want := range map[string]string{
		`"a\u00e9"`: "aé", `12.50`: "12.50", `true`: "true", `null`: "", `["a"]`: "", `{"text":"in"}`: "in", `{"text":{"text":"deep"}}`: "",
	} {
		l := loose("old")
		if err := json.Unmarshal([]byte(in), &l); err != nil || string(l) != want {
			t.Errorf("%s is %q, %v; want %q", in, l, err, want)
		}
	}
	l := loose("old")
	_ = l.UnmarshalJSON([]byte("null"))
	if l != "" {
		t.Errorf("null is %q", l)
	}
}

func fuzzTold(f *testing.F, format string, names ...string) {
	for _, name := range names {
		b, err := os.ReadFile("testdata/told/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := read(format, b, "sha256:test", Options{})
		takeTold(t, list, err)
	})
}

// takeTold finds that an error is one of those told of, and that a room takes what
// is accepted.
func takeTold(t *testing.T, list []Incident, err error) {
	t.Helper()
	if q := (Question{}); err != nil && !errors.Is(err, ErrInvalid) && !errors.As(err, &q) {
		t.Fatalf("an error of another kind: %v", err)
	}
	for _, inc := range list[:min(len(list), 3)] {
		r := newRoom(t)
		if got := r.take(inc); len(got.Entries) != len(inc.Rows()) || r.state.Refused != 0 {
			t.Fatalf("%d entries of %d, refused %d", len(got.Entries), len(inc.Rows()), r.state.Refused)
		}
	}
}
