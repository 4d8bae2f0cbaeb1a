package main

import (
	"image"
	"image/color"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/when"
)

func played(t *testing.T) story {
	t.Helper()
	content, err := assets.Sample(sample)
	if err != nil {
		t.Fatal(err)
	}
	s, err := readStory(content)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoryKeepsEveryEntryInOrder(t *testing.T) {
	s := played(t)
	all := append(append(append([]beat{}, s.together...), s.apart...), s.after...)
	if len(all) != 33 || len(s.together) != 18 || len(s.apart) != 11 || len(s.after) != 4 {
		t.Errorf("%d entries: %d before, %d during, %d after", len(all), len(s.together), len(s.apart), len(s.after))
	}
	for i, b := range all[1:] {
		if b.At.Before(all[i].At) {
			t.Errorf("%q comes before %q", all[i].Text, b.Text)
		}
	}
	if s.Severity != model.P0 || !s.Declared.Equal(time.Date(2017, 1, 31, 23, 28, 39, 0, time.UTC)) {
		t.Errorf("declared %s at %s", s.Severity, s.Declared)
	}
	if !s.apart[0].At.Equal(s.Declared) || s.after[0].Kind != "recovery" {
		t.Errorf("apart begins with %q, after with %q", s.apart[0].Text, s.after[0].Text)
	}
}

func TestBothSidesWriteWhileApart(t *testing.T) {
	s := played(t)
	if n := len(of(s.apart, ada)); n < 3 {
		t.Errorf("the office writes %d entries", n)
	}
	if n := len(of(s.apart, mika, noor)); n < 3 {
		t.Errorf("the data centre writes %d entries", n)
	}
}

// What is typed means the entry, to the window's own parser.
func TestTypedLinesMeanTheEntry(t *testing.T) {
	s := played(t)
	ctx := capture.DefaultContext()
	ctx.Now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	lines := 0
	for _, b := range append(s.together, s.apart...) {
		if !b.typed {
			continue
		}
		lines++
		want := when.Exact
		if b.Precision != "" {
			var err error
			if want, err = when.ParsePrecision(b.Precision); err != nil {
				t.Fatal(err)
			}
		}
		n, ok := capture.Parse(typed(b), ctx).(capture.Note)
		if !ok || n.Kind != b.Kind || n.Text != b.Text || n.Moment.Precision != want || !n.Moment.At.Equal(b.At.Truncate(time.Minute)) {
			t.Errorf("%q is read as %+v", typed(b), n)
		}
	}
	if lines < 3 {
		t.Errorf("%d lines are typed", lines)
	}
}

func TestNotEveryEntryCanBeTyped(t *testing.T) {
	at := time.Date(2017, 1, 31, 23, 0, 0, 0, time.UTC)
	for _, b := range []beat{
		{At: at, Kind: "page", Text: "x"},
		{At: at, Kind: "note", Precision: "day", Text: "x"},
		{At: at, Kind: "note", Text: "x\ny"},
	} {
		if line := typed(b); line != "" {
			t.Errorf("%+v is typed as %q", b, line)
		}
	}
}

func TestStoryOfAnotherShapeIsRefused(t *testing.T) {
	for _, bad := range []string{"", "[]", `{"entries":[]}`, `{"milestones":{"declared_at":"2017-01-31T23:28:39Z"},"entries":[{"at":"2017-01-31T23:00:00Z","text":"x","kind":"note"}]}`} {
		if _, err := readStory([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a story", bad)
		}
	}
}

func TestProofNamesWhatDiffers(t *testing.T) {
	same := account{peer: "A", entries: 33, feeds: 3, commits: 62, verified: "62 signatures hold", hash: strings.Repeat("ab", 32)}
	other := same
	other.peer = "B"
	table, err := proof([]account{same, other})
	if err != nil || !strings.Contains(table, "abababababababab\n") || strings.Count(table, "\n") != 3 {
		t.Errorf("%v\n%s", err, table)
	}
	other.entries, other.hash = 32, "cd"
	if _, err := proof([]account{same, other}); err == nil || !strings.Contains(err.Error(), "entries of B is 32, of A 33") || !strings.Contains(err.Error(), "state hash") {
		t.Errorf("a different copy gives %v", err)
	}
}

func TestChangedCountsPixels(t *testing.T) {
	a, b := image.NewRGBA(image.Rect(0, 0, 10, 10)), image.NewRGBA(image.Rect(0, 0, 10, 10))
	if got := changed(a, b); got != 0 {
		t.Errorf("equal pictures differ by %v", got)
	}
	b.Set(3, 4, color.White)
	if got := changed(a, b); got != 0.01 {
		t.Errorf("one pixel of 100 is %v", got)
	}
	if got := changed(a, image.NewRGBA(image.Rect(0, 0, 5, 5))); got != 1 {
		t.Errorf("pictures of different size differ by %v", got)
	}
}

func TestFillsTheScreen(t *testing.T) {
	if !fills("WINDOW=2097154\nX=0\nY=0\nWIDTH=1440\nHEIGHT=900\nSCREEN=0") {
		t.Error("a window of the screen's size is taken for smaller")
	}
	for _, other := range []string{"", "X=0\nY=0\nWIDTH=1280\nHEIGHT=720", "X=10\nY=0\nWIDTH=1440\nHEIGHT=900"} {
		if fills(other) {
			t.Errorf("%q is taken for the whole screen", other)
		}
	}
}
