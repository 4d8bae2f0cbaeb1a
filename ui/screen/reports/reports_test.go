package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/model/report"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

type fixture struct {
	*Screen
	host *sample.Host
	room *sample.Room
	now  time.Time
}

func show(t *testing.T, story sample.Story, err error) *fixture {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	f := &fixture{host: sample.NewHost(story.Room.Device(0)), room: story.Room, now: story.Now}
	f.host.Clock = func() time.Time { return f.now }
	f.Screen = New(f.host)
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1200, 680))
	f.host.Attach(f.Screen)
	f.Shown(true)
	f.host.Refresh()
	return f
}

func reviewed(t *testing.T) *fixture {
	t.Helper()
	story, err := sample.Reviewed()
	return show(t, story, err)
}

// words is all that is read at the right.
func (f *fixture) words() string {
	var b strings.Builder
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *form.Words:
			b.WriteString(o.Text() + "\n")
		case *part.Chip:
			b.WriteString(o.Word() + "\n")
		case *part.Bars:
			for _, r := range o.Rows() {
				b.WriteString(r.Name + " " + r.Text + "\n")
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		}
	}
	walk(f.read)
	return b.String()
}

func (f *fixture) row(t *testing.T, id string) part.SheetRow {
	t.Helper()
	for _, r := range f.list.Rows() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no row %s", id)
	return part.SheetRow{}
}

// What the screen says is what the model says, for every kind of report.
func TestFiguresAreThoseOfTheReport(t *testing.T) {
	f := reviewed(t)
	for _, kind := range report.Kinds {
		f.Run(keys.ID("reports." + kind))
		s := f.room.Device(0).State()
		period, err := report.PeriodOf(kind, f.now, f.now, s.Policy().Calendar)
		if err != nil {
			t.Fatal(err)
		}
		r := report.Report(s, s.Policy(), period, f.now)
		if f.content.report.From != r.From || f.row(t, "overview.").Meta == "" {
			t.Fatalf("%s: from %s", kind, f.content.report.From)
		}
		for _, d := range r.Metrics.Durations {
			got, want := f.row(t, "time."+d.Name).Meta, "few values"
			switch {
			case d.N == 0:
				want = "no values"
			case d.N >= report.Few:
				want = model.SpeakDuration(time.Duration(d.Wall.MedianS) * time.Second)
			}
			if got != want {
				t.Errorf("%s, %s: %q, not %q", kind, d.Name, got, want)
			}
			f.Pick("time." + d.Name)
			if page := f.words(); !strings.Contains(page, d.Formula) || d.N > 0 && !strings.Contains(page, d.Values[0].Incident) {
				t.Errorf("%s, %s: no formula or no incident in %q", kind, d.Name, page)
			}
		}
	}
}

func TestShareOfFewHasNoPercent(t *testing.T) {
	f := reviewed(t)
	f.Run("reports.annual")
	for _, s := range f.content.report.Metrics.Shares {
		meta := f.row(t, "share."+s.Name).Meta
		if strings.Contains(meta, "%") != (s.N >= report.Few) {
			t.Errorf("%s of %d says %q", s.Name, s.N, meta)
		}
	}
	f.Pick("overview.")
	page := f.words()
	for _, w := range []string{"MTTD, time to detect", "MTTA, detection to acknowledgement", "MTTR, time to resolve", "Over six periods", "(n "} {
		if !strings.Contains(page, w) {
			t.Errorf("the overview does not say %q", w)
		}
	}
}

func TestTrendOfFewHasNoMedian(t *testing.T) {
	line := report.TrendLine{N: 9, DetectS: 120, DetectN: report.Few - 1, AnswerS: 120, AnswerN: report.Few - 1, ResolveS: 120, ResolveN: report.Few - 1}
	enough := line
	enough.DetectN, enough.AnswerN, enough.ResolveN = report.Few, report.Few, report.Few
	for _, c := range trends {
		if !strings.HasSuffix(c.title, "median") {
			continue
		}
		if v, n := c.value(line); v >= 0 || c.words(v, n) != "n 4" {
			t.Errorf("%s of four is drawn as %d, %q", c.title, v, c.words(v, n))
		}
		if v, n := c.value(enough); v != 120 || c.words(v, n) != "2 min (n 5)" {
			t.Errorf("%s of five is drawn as %d, %q", c.title, v, c.words(v, n))
		}
	}
}

func TestPeriodsAreSteppedThrough(t *testing.T) {
	f := reviewed(t)
	f.Run("reports.quarterly")
	was := f.content.report.From
	f.Run("go.next.here")
	if len(f.host.Toasts) != 1 || f.content.report.From != was {
		t.Errorf("it goes beyond now: %q", f.host.Toasts)
	}
	f.Run("go.previous.here")
	before := f.content.report
	if !before.Over || before.To != was {
		t.Errorf("before it is %s to %s", before.From, before.To)
	}
	f.Run("reports.after")
	if f.content.report.From != was || !strings.HasSuffix(f.title.Text(), "until now") {
		t.Errorf("back at %q", f.title.Text())
	}
}

func TestIncidentOfAFigureOpens(t *testing.T) {
	f := reviewed(t)
	f.Run("reports.annual")
	f.Pick("time.resolve")
	f.Run("list.open")
	chip, ok := f.host.Focused.(*part.Chip)
	if !ok {
		t.Fatalf("the keyboard is in %T", f.host.Focused)
	}
	chip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	code := f.content.report.Metrics.Duration("resolve").Values[0].Incident
	if f.host.Opened != f.content.ids[code] || chip.On() {
		t.Errorf("%s did not open", code)
	}
}

// A room in a storm is not measured at every change, and nothing stays old.
func TestRoomThatChangesOnIsReadNowAndThen(t *testing.T) {
	f := reviewed(t)
	n := len(f.content.report.New)
	if _, err := f.room.Device(0).Do(model.Declare{Title: "Another", Severity: "P2"}); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(time.Second)
	f.host.Refresh()
	f.Tick(f.now)
	if len(f.content.report.New) != n {
		t.Error("it is measured at every change")
	}
	f.now = f.now.Add(rest)
	f.Tick(f.now)
	if len(f.content.report.New) != n+1 {
		t.Error("what is shown stays old")
	}
	if step := f.Read(f.host.Input()); step != nil {
		t.Error("it is measured without a change")
	}
	f.Shown(true)
	if step := f.Read(f.host.Input()); step == nil {
		t.Error("coming to the front reads nothing")
	}
}

func TestReportIsExportedInEveryFormat(t *testing.T) {
	f := reviewed(t)
	for word, want := range map[string]string{
		"Markdown (.md)": "# Annual reliability report", "Web page (.html)": "<h1>Annual reliability report", "PDF (.pdf)": "%PDF", "Table (.csv)": "section,name,n,of",
	} {
		path := filepath.Join(t.TempDir(), "report")
		f.Run("reports.annual")
		f.Run("reports.export")
		f.panel.Set("format", word)
		f.panel.Set("file", path)
		f.Run("capture.submit")
		b, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v, it begins %.60q; it says %q", word, err, b, f.panel.Said())
		}
	}
}

func TestEmptyRoomHasAReportToo(t *testing.T) {
	f := show(t, sample.Empty(), nil)
	for _, e := range keys.Default().In(keys.Reports) {
		if !f.Run(e.ID) {
			t.Errorf("nothing carries out %s", e.ID)
		}
		f.panel.Close()
	}
	for _, r := range f.list.Rows() {
		f.Pick(r.ID)
		if f.words() == "" {
			t.Errorf("%s says nothing", r.ID)
		}
	}
}

func TestFiguresAreFilteredByTheirWords(t *testing.T) {
	f := reviewed(t)
	f.Run("go.find")
	f.filter.Entry.SetText("to resolve")
	if !strings.HasPrefix(f.shown, "time.resolve") {
		t.Errorf("it shows %s", f.shown)
	}
	f.filter.Entry.SetText("nothing holds these words")
	if f.Run("go.back"); f.filter.Entry.Visible() || len(f.list.Rows()) < 20 {
		t.Error("going back does not end the filter")
	}
}

// A day behind a title in Arabic is no part of the title.
func TestTitlesOfAnotherDirectionKeepOffTheDay(t *testing.T) {
	title := "قاعدة البيانات"
	l := incidentList("open", "Open at the end", []report.IncidentLine{{Incident: "INC-2T9R", Severity: "P0", Title: title, At: time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC), State: "open"}})
	if shown := text.Shown(l.lines[0], false); strings.Index(shown, "17") < strings.Index(shown, title) {
		t.Errorf("it reads %q", shown)
	}
}

func TestNothingOfNothingIsNone(t *testing.T) {
	f := reviewed(t)
	f.Run("reports.annual")
	for _, s := range f.content.report.Metrics.Shares {
		f.Pick("share." + s.Name)
		if strings.Contains(f.words(), "0 of 0") {
			t.Errorf("%s: %q", s.Name, f.words())
		}
	}
}

func TestMissedTargetsAreReadByIncident(t *testing.T) {
	f := reviewed(t)
	f.Run("reports.annual")
	f.Pick("list.missed")
	words := f.words()
	for _, m := range f.content.report.MissedBy {
		if !strings.Contains(words, m.Title) {
			t.Errorf("%s is not named in\n%s", m.Title, words)
		}
	}
}
