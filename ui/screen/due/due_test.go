package due

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/sample"
	"holdfast/ui/screen"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

func show(t *testing.T) (*Screen, *sample.Host, sample.Story) {
	t.Helper()
	story, err := sample.Typical()
	if err != nil {
		t.Fatal(err)
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("due")
	t.Cleanup(w.Close)
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	s := New(host, host.Device.Key)
	w.SetContent(s.Object())
	w.Resize(fyne.NewSize(1200, 640))
	host.Attach(s)
	s.Shown(true)
	return s, host, story
}

func TestWhatPressesIsOnTop(t *testing.T) {
	s, _, story := show(t)
	rows := s.list.Rows()
	if len(rows) < 20 {
		t.Fatalf("six open incidents owe %d things", len(rows))
	}
	for i := 1; i < len(s.shown); i++ {
		a, b := s.shown[i-1], s.shown[i]
		late, next := a.at.Before(story.Now), b.at.Before(story.Now)
		switch {
		case next && !late:
			t.Fatalf("%q is late and stands below %q, which is not", b.what, a.what)
		case late && next && a.after > b.after:
			t.Fatalf("%q of an incident that is over stands above %q", a.what, b.what)
		case late && next && a.after == b.after && a.severity > b.severity && b.severity >= 0:
			t.Fatalf("%q of a P%d stands above %q of a P%d", a.what, a.severity, b.what, b.severity)
		case !late && b.at.Before(a.at):
			t.Fatalf("%q stands above %q, which is due earlier", a.what, b.what)
		}
	}
	if rows[0].Tone != text.Late || rows[0].Severity != 0 {
		t.Errorf("on top is %+v", rows[0])
	}
	if !strings.Contains(s.title.Text(), "overdue") {
		t.Errorf("the title says %q", s.title.Text())
	}
}

func TestWhoIsNotSaidTwice(t *testing.T) {
	for _, c := range []struct{ what, who, want string }{
		{"Notify the engineering manager", "Engineering manager: Joanna Kowalska", "Joanna Kowalska"},
		{"Scribe is not filled", "Scribe", ""},
		{"Which tools are down?", "Incident commander", "Incident commander"},
		{"First update to Status page", "Status page", ""},
		{"Draft of the post-mortem from the log", "Owner of the review: Li Wei", "Owner of the review: Li Wei"},
	} {
		if got := besides(c.what, c.who); got != c.want {
			t.Errorf("%q, %q is owed by %q, want %q", c.what, c.who, got, c.want)
		}
	}
}

func TestTheFilterKeepsEveryWord(t *testing.T) {
	s, _, _ := show(t)
	s.filter.Entry.SetText("p0 update")
	for _, r := range s.list.Rows() {
		if r.Severity != 0 || r.Kind != "update" {
			t.Errorf("%+v is shown for \"p0 update\"", r)
		}
	}
	if n := len(s.list.Rows()); n == 0 {
		t.Error("a P0 owes no update")
	}
	s.filter.Leave()
	if s.filter.Text() != "" {
		t.Error("Escape leaves the filter")
	}
}

func TestEnterGoesWhereTheDeadlineIsMet(t *testing.T) {
	s, host, _ := show(t)
	for _, l := range s.shown {
		host.Opened, host.Composed = model.ID{}, "untouched"
		s.open(l.id)
		if composed := host.Composed != "untouched"; host.Opened != l.incident || composed != (l.kind == "update") {
			t.Fatalf("%s opens %v, composing %v", l.kind, host.Opened, composed)
		}
	}
}

func TestMineIsWhatNamesMe(t *testing.T) {
	s, host, story := show(t)
	s.filter.Entry.SetText("mine")
	before := len(s.list.Rows())
	inc := story.Incident.String()
	if _, err := host.Device.Do(model.AddTask{Incident: inc, Text: "read the replication lag", Owner: host.Device.Name}); err != nil {
		t.Fatal(err)
	}
	if step := s.Read(screen.Input{State: host.Device.State(), Now: story.Now}); step != nil {
		step()
	}
	if after := len(s.list.Rows()); after != before+1 {
		t.Errorf("a task for me makes %d of mine from %d", after, before)
	}
}
