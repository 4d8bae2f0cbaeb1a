package board

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/sample"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

func typical(t *testing.T) sample.Story {
	t.Helper()
	story, err := sample.Typical()
	if err != nil {
		t.Fatal(err)
	}
	return story
}

func show(t *testing.T, story sample.Story) (*Screen, *sample.Host, fyne.Window) {
	t.Helper()
	t.Setenv("LANG", "en_US.UTF-8")
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("board")
	t.Cleanup(w.Close)
	fynextest.Coarse(w)
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	b := New(host)
	w.SetContent(b.Object())
	w.Resize(fyne.NewSize(1200, 640))
	host.Attach(b)
	b.Shown(true)
	return b, host, w
}

func press(w fyne.Window, k fyne.KeyName) {
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
}

func TestReadOrdersOpenAndPast(t *testing.T) {
	story := typical(t)
	c := read(story.Room.Device(0).State(), true, story.Now)
	var codes []string
	for _, l := range c.open {
		codes = append(codes, l.title)
	}
	if len(c.open) != 6 || len(c.past) != 2 {
		t.Fatalf("%d open (%q), %d past", len(c.open), codes, len(c.past))
	}
	if c.past[0].ended.Before(c.past[1].ended) {
		t.Error("what ended last does not come first")
	}
	for i := 1; i < len(c.open); i++ {
		late := func(l line) bool { return l.next.Before(story.Now) }
		if !late(c.open[i-1]) && late(c.open[i]) {
			t.Errorf("%s is overdue and stands below %s", c.open[i].title, c.open[i-1].title)
		}
	}
}

func TestRows(t *testing.T) {
	now := time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name              string
		line              line
		update, ic, state string
		tone              text.Tone
		conflict          bool
	}{
		{"due", line{next: now.Add(228 * time.Second), commander: []string{"Ana Ruiz"}}, "in 03:48", "Ana Ruiz", "", text.Soon, false},
		{"overdue", line{next: now.Add(-134 * time.Second)}, "OVERDUE 2 min", "", "", text.Late, false},
		{"long overdue", line{next: now.Add(-19 * time.Hour)}, "OVERDUE 19 h", "", "", text.Late, false},
		{"days overdue", line{next: now.Add(-50 * time.Hour)}, "OVERDUE 2 d", "", "", text.Late, false},
		{"none due", line{}, "", "", "", text.Quiet, false},
		{"two commanders", line{commander: []string{"Ana Ruiz", "Tom Okafor"}, conflicts: 1}, "", "Ana / Tom", "", text.Quiet, true},
		{"resolved", line{state: "resolved", ended: now.Add(-72 * time.Hour)}, "3 d ago", "–", "Resolved", text.Quiet, false},
	} {
		r := c.line.row(now, 0)
		if r.Update != c.update || r.IC != c.ic || r.UpdateTone != c.tone || r.Conflict != c.conflict {
			t.Errorf("%s: %+v", c.name, r)
		}
		if c.state != "" && r.Phase != c.state {
			t.Errorf("%s: phase %q", c.name, r.Phase)
		}
	}
}

// TestThatNobodyAnswersIsOnTheBoard before all else that presses.
func TestThatNobodyAnswersIsOnTheBoard(t *testing.T) {
	story, err := sample.Unanswered()
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := show(t, story)
	if got := b.content.summary(story.Now); !strings.HasPrefix(got, "1 open · 1 unanswered · ") {
		t.Errorf("the board says %q", got)
	}
	if r := b.content.open[0].row(story.Now, 0); !r.Silent {
		t.Errorf("its row is %+v", r)
	}
}

func TestFilter(t *testing.T) {
	story := typical(t)
	c := read(story.Room.Device(0).State(), true, story.Now)
	for query, want := range map[string]int{
		"": 6, "gitlab": 1, "GITLAB p0": 1, "p2": 2, "tom": 2, "containment": 2, "nothing such": 0,
	} {
		if got := len(filtered(c.open, query)); got != want {
			t.Errorf("%q keeps %d, want %d", query, got, want)
		}
	}
}

func TestTheFilterTakesTheRoomOfASummaryThatSaysNothing(t *testing.T) {
	story, err := sample.First()
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := show(t, story)
	if got, all := b.filter.Entry.Size().Width, b.top.Size().Width; got != all {
		t.Errorf("the filter is %v of %v wide", got, all)
	}
}

func TestEmptyWords(t *testing.T) {
	now := time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)
	if got := (content{}).empty(now); got != "No open incidents. Ctrl+N declares one." {
		t.Error(got)
	}
	c := content{past: []line{{code: "INC-2042", state: "resolved", ended: now.Add(-73 * time.Hour)}}}
	if got := c.empty(now); got != "No open incidents. Ctrl+N declares one. Last: INC-2042, resolved 3 d ago." {
		t.Error(got)
	}
}

func TestDeclareOpensTheIncident(t *testing.T) {
	b, host, w := show(t, typical(t))
	b.Run("incident.declare")
	test.Type(w.Canvas().Focused(), "P0 checkout down for all since 00:41; nobody can pay")
	if got := b.declare.says.Text(); got != "Declares a P0 · started 00:41 UTC · Enter declares" {
		t.Errorf("interpretation %q", got)
	}
	press(w, fyne.KeyReturn)
	d, ok := host.Commands[0].(model.Declare)
	if !ok || d.Severity != "P0" || d.Title != "checkout down for all" || len(d.Entries) != 1 || d.Entries[0].Text != "nobody can pay" {
		t.Fatalf("command %+v", host.Commands)
	}
	if want := time.Date(2017, 2, 1, 0, 41, 0, 0, time.UTC); !d.Milestones["started"].Equal(want) {
		t.Errorf("started %v", d.Milestones)
	}
	if host.Opened.Zero() || host.Drafts[draftDeclare] != "" || b.declare.object.Visible() {
		t.Errorf("opened %v, draft %q", host.Opened, host.Drafts[draftDeclare])
	}
}

func TestDeclareRefusedKeepsTheLine(t *testing.T) {
	b, host, w := show(t, typical(t))
	host.Refuse = errors.New("write the journal: disk full")
	b.Run("incident.declare")
	test.Type(w.Canvas().Focused(), "P1 search slow")
	press(w, fyne.KeyReturn)
	if b.declare.entry.Text != "P1 search slow" || !host.Opened.Zero() {
		t.Fatalf("line %q, opened %v", b.declare.entry.Text, host.Opened)
	}
	if got := b.declare.says.Text(); got != "Not declared: write the journal: disk full. The line is kept." {
		t.Errorf("says %q", got)
	}
	host.Refuse = nil
	press(w, fyne.KeyReturn)
	if host.Opened.Zero() {
		t.Error("a second Enter does not try again")
	}
}

func TestDeclareSurvivesEscapeAndCrash(t *testing.T) {
	story := typical(t)
	b, host, w := show(t, story)
	b.Run("incident.declare")
	test.Type(w.Canvas().Focused(), "P0 half a sen")
	press(w, fyne.KeyEscape)
	again := New(host)
	w.SetContent(again.Object())
	host.Attach(again)
	again.Run("incident.declare")
	if again.declare.entry.Text != "P0 half a sen" {
		t.Errorf("after a crash the line is %q", again.declare.entry.Text)
	}
}

func TestADrillIsStartedFromAScenarioAndMarked(t *testing.T) {
	b, host, w := show(t, typical(t))
	b.Run("drill.start")
	test.Type(w.Canvas().Focused(), "fastly-2021-06-08-cdn")
	press(w, fyne.KeyReturn)
	if c, ok := host.Commands[0].(model.StartDrill); !ok || c.Scenario != "fastly-2021-06-08-cdn" {
		t.Fatalf("command %+v", host.Commands)
	}
	b.Run("drill.start")
	test.Type(w.Canvas().Focused(), "P2 the chat is gone since -4m")
	press(w, fyne.KeyReturn)
	if c, ok := host.Commands[1].(model.StartDrill); !ok || c.Title != "the chat is gone" || c.Severity != "P2" || c.Noticed.IsZero() {
		t.Fatalf("command %+v", host.Commands)
	}
	marked := 0
	for _, r := range b.list.Rows() {
		if r.Drill {
			marked++
		}
	}
	if marked != 2 {
		t.Errorf("%d rows are marked as drills", marked)
	}
}

func TestEnterOpensTheRow(t *testing.T) {
	b, host, w := show(t, typical(t))
	host.Focus(b.list)
	press(w, fyne.KeyDown)
	press(w, fyne.KeyReturn)
	if want := b.shown[1].id; host.Opened != want {
		t.Errorf("opened %v, want %v", host.Opened, want)
	}
}

func TestUnreadCountsWhatOthersWrote(t *testing.T) {
	story := typical(t)
	b, host, _ := show(t, story)
	tom := story.Room.Device(1)
	if _, err := tom.Do(model.Log{Incident: story.Incident.String(), Text: "one more"}); err != nil {
		t.Fatal(err)
	}
	story.Room.Meet()
	host.Refresh()
	at := slices.IndexFunc(b.shown, func(l line) bool { return l.id == story.Incident })
	if got := b.list.Rows()[at].Unread; got != 1 {
		t.Fatalf("unread %d, want 1", got)
	}
	b.open(b.shown[at].code)
	b.Shown(false)
	b.Shown(true)
	host.Refresh()
	if got := b.list.Rows()[at].Unread; got != 0 {
		t.Errorf("unread %d after it was opened", got)
	}
}

func TestHearsayStandsOverTheBoardUntilTheRecordIsHere(t *testing.T) {
	story := typical(t)
	b, host, _ := show(t, sample.Empty())
	open := story.Room.Device(0).State().Briefs(false, story.Now)
	host.SetHearsay([]node.HearsayView{{Person: "Li Wei", WeLack: 86_412, Incidents: open}})
	host.Refresh()
	for _, want := range []string{"Li Wei says that 6 incidents are open", "86,412 lines to come", "not confirmed", open[0].Title} {
		if says := b.toldBy.Text() + "\n" + fmt.Sprint(b.toldOf.Rows()); !strings.Contains(says, want) {
			t.Errorf("%q is not in\n%s", want, says)
		}
	}
	host.SetHearsay(nil)
	host.Refresh()
	if b.toldBy.Text() != "" || len(b.toldOf.Rows()) > 0 || b.toldOf.Visible() {
		t.Errorf("still there: %q", b.toldBy.Text())
	}
}

// TestTheBoardTakesTheKeyboard: a row that looks chosen answers to its keys, but not while a line is typed.
func TestTheBoardTakesTheKeyboard(t *testing.T) {
	b, host, _ := show(t, typical(t))
	b.Shown(false)
	host.Focused = nil
	b.Shown(true)
	if host.Focused != b.list {
		t.Errorf("back on the board the keyboard is on %T", host.Focused)
	}
	b.Run("incident.declare")
	b.Shown(false)
	b.Shown(true)
	if host.Focused == b.list {
		t.Error("the list takes the keyboard from the line that declares")
	}
}
