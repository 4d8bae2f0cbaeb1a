package review

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

type fixture struct {
	*Screen
	t    *testing.T
	host *sample.Host
	room *sample.Room
	inc  model.ID
	now  time.Time
}

func show(t *testing.T, story sample.Story, err error) *fixture {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	f := &fixture{t: t, host: sample.NewHost(story.Room.Device(0)), room: story.Room, inc: story.Incident, now: story.Now}
	f.host.Clock = func() time.Time { return f.now }
	f.again()
	return f
}

func reviewed(t *testing.T) *fixture {
	t.Helper()
	story, err := sample.Reviewed()
	return show(t, story, err)
}

// again opens the screen anew, as after a crash.
func (f *fixture) again() {
	f.Screen = New(f.host)
	w := test.NewTempWindow(f.t, f.Object())
	w.Resize(fyne.NewSize(1200, 680))
	f.host.Attach(f.Screen)
	f.Open(f.inc)
	f.Shown(true)
}

// in goes into a text.
func (f *fixture) in(section string) {
	f.t.Helper()
	f.Pick(rowText + "." + section)
	f.Run("list.open")
	if f.host.Focused != f.writer.area || f.writer.area.Disabled() {
		f.t.Fatalf("the keyboard is not in %s", section)
	}
}

// types types behind a number of characters.
func (f *fixture) types(at int, words string) {
	f.writer.area.SetCursor(at)
	for _, r := range words {
		f.writer.area.TypedRune(r)
	}
}

// wait lets time pass without a key.
func (f *fixture) wait() {
	f.now = f.now.Add(pause)
	f.Tick(f.now)
}

// text is a section as the room has it.
func (f *fixture) text(section string) string {
	return f.room.Device(0).State().Incident(f.inc).ReviewText(section)
}

// theirs has Tom make a section another one, from what he has.
func (f *fixture) theirs(section string, change func(string) string) {
	f.t.Helper()
	f.room.Meet()
	d := f.room.Device(1)
	was := d.State().Incident(f.inc).ReviewText(section)
	if _, err := d.Do(model.EditText{Incident: f.inc.String(), Field: model.TextReview + section, Text: change(was)}); err != nil {
		f.t.Fatal(err)
	}
	f.room.Meet()
	f.host.Refresh()
}

func TestWhatIsTypedGoesToTheRoomByItself(t *testing.T) {
	f := reviewed(t)
	was := f.text("summary")
	f.in("summary")
	f.types(0, "In short: ")
	if f.text("summary") != was || len(f.host.Drafts) != 1 || !strings.Contains(f.writer.says.Text(), "Kept on this device") {
		t.Fatalf("while typing: %v, it says %q", f.host.Drafts, f.writer.says.Text())
	}
	f.Tick(f.now.Add(time.Second))
	if f.text("summary") != was {
		t.Fatal("it went in the middle of typing")
	}
	f.wait()
	if f.text("summary") != "In short: "+was || len(f.host.Drafts) != 0 || f.writer.says.Text() != "Saved: the room has it." {
		t.Errorf("the room has %.30q, drafts %v, it says %q", f.text("summary"), f.host.Drafts, f.writer.says.Text())
	}
	f.types(0, "x")
	f.Pick(rowText + ".cause") // leaving it sends it at once
	if !strings.HasPrefix(f.text("summary"), "xIn short: ") || strings.HasPrefix(f.writer.area.Text, "x") {
		t.Errorf("after leaving: %.20q", f.text("summary"))
	}
}

func TestWhatAnotherWritesComesInAndTheCursorStays(t *testing.T) {
	f := reviewed(t)
	f.in("cause")
	was := f.writer.area.Text
	at := len([]rune("Trigger: a change"))
	f.types(at, " of the rights,")
	at += len(" of the rights,")
	f.theirs("cause", func(was string) string { return "Tom's line.\n" + was + "\nThe end is Tom's." })
	area := f.writer.area
	want := "Tom's line.\n" + was[:len("Trigger: a change")] + " of the rights," + was[len("Trigger: a change"):] + "\nThe end is Tom's."
	if area.Text != want {
		t.Fatalf("the field has %q", area.Text)
	}
	if got := area.Cursor(); got != at+len("Tom's line.\n") {
		t.Errorf("the cursor is behind %q", string([]rune(area.Text)[:got]))
	}
	area.TypedRune('!')
	f.wait()
	if got := f.text("cause"); !strings.Contains(got, "rights,!") || !strings.HasPrefix(got, "Tom's line.") || !strings.HasSuffix(got, "Tom's.") {
		t.Errorf("the room has %q", got)
	}
}

func TestTypingWhileATextIsOnItsWayIsSentAfterIt(t *testing.T) {
	f := reviewed(t)
	f.in("well")
	was := f.text("well")
	f.types(0, "one ")
	f.host.Hold = true
	f.wait()
	f.types(4, "two ")
	f.theirs("well", func(was string) string { return was + " three" })
	if !strings.HasPrefix(f.writer.area.Text, "one two ") || strings.Contains(f.writer.area.Text, "three") {
		t.Fatalf("before the answer: %.30q", f.writer.area.Text)
	}
	f.host.Hold = false
	f.host.Release()
	if want := "one two " + was + " three"; f.writer.area.Text != want {
		t.Fatalf("after the answer: %q", f.writer.area.Text)
	}
	f.wait()
	if want := "one two " + was + " three"; f.text("well") != want || len(f.host.Drafts) != 0 {
		t.Errorf("the room has %q, drafts %v", f.text("well"), f.host.Drafts)
	}
}

func TestWhatWasTypedOutlivesRefusalAndCrash(t *testing.T) {
	f := reviewed(t)
	f.in("lucky")
	was := f.text("lucky")
	f.types(0, "The file was small. ")
	f.host.Refuse = errors.New("this device is an observer")
	f.wait()
	if !strings.Contains(f.writer.says.Text(), "Not saved: this device is an observer. What you typed is kept") {
		t.Errorf("refused, it says %q", f.writer.says.Text())
	}
	f.again()
	f.theirs("lucky", func(was string) string { return was + " And Tom." })
	f.host.Refuse = nil
	f.in("lucky")
	if want := "The file was small. " + was + " And Tom."; f.writer.area.Text != want {
		t.Fatalf("after a crash the field has %q", f.writer.area.Text)
	}
	f.wait()
	if want := "The file was small. " + was + " And Tom."; f.text("lucky") != want || len(f.host.Drafts) != 0 {
		t.Errorf("the room has %q", f.text("lucky"))
	}
}

// A crash between the disk and the answer leaves a draft of what the room has.
func TestWhatArrivedBeforeACrashIsNotBroughtInTwice(t *testing.T) {
	f := reviewed(t)
	f.in("helped")
	was := f.text("helped")
	f.types(0, "The test bed. ")
	f.host.Hold = true
	f.wait()
	f.types(14, "And ")
	f.writer.keep("The test bed. " + was) // as it stood on its way
	draft := f.host.Drafted(f.writer.name())
	f.host.Hold = false
	f.host.Release() // the room has it, and the program ends
	f.host.Drafts = map[string]string{f.writer.name(): draft}
	f.theirs("helped", func(was string) string { return was + " And Tom." })
	f.again()
	f.in("helped")
	if got := f.writer.area.Text; got != "The test bed. And "+was+" And Tom." {
		t.Errorf("the field has %q", got)
	}
}

func TestLostSelectionIsNoPriceOfFollowing(t *testing.T) {
	f := reviewed(t)
	f.in("poorly")
	was := f.writer.area.Text
	f.writer.area.TypedShortcut(&fyne.ShortcutSelectAll{})
	if f.writer.area.SelectedText() != was {
		t.Fatal("nothing is selected")
	}
	f.theirs("poorly", func(was string) string { return "Above. " + was })
	if f.writer.area.Text != was || f.writer.area.SelectedText() != was {
		t.Error("the selection was moved under the hand")
	}
	f.writer.area.TypedRune('x')
	f.wait()
	if got := f.text("poorly"); got != "Above. x" && got != "xAbove. " {
		t.Errorf("the room has %q", got)
	}
}

func TestEveryCommandOfThePostMortemOpensItsForm(t *testing.T) {
	f := reviewed(t)
	for _, e := range keys.Default().In(keys.Review) {
		f.panel.Close()
		f.Pick("head.texts")
		f.host.Toasts = nil
		if !f.Run(e.ID) {
			t.Errorf("nothing carries out %s", e.ID)
		}
		if into := f.host.Focused == f.writer.area; !f.panel.IsOpen() && !into {
			t.Errorf("%s opens nothing; it says %q", e.ID, f.host.Toasts)
		}
	}
	empty := show(t, sample.Empty(), nil)
	if !empty.Run("review.draft") || len(empty.host.Toasts) != 1 || empty.panel.IsOpen() {
		t.Errorf("without an incident it says %q", empty.host.Toasts)
	}
	fresh, err := sample.Fresh()
	f = show(t, fresh, err)
	f.Run("review.action.done")
	if f.panel.IsOpen() || len(f.host.Toasts) != 1 || f.host.Toasts[0] != "No action is recorded yet." {
		t.Errorf("without an action it says %q", f.host.Toasts)
	}
}

// press fills the form that is open and presses its button.
func (f *fixture) press(answers map[string]string) {
	f.t.Helper()
	for name, answer := range answers {
		f.panel.Set(name, answer)
	}
	f.Run("capture.submit")
}

func (f *fixture) view() model.ReviewView {
	s := f.room.Device(0).State()
	return s.ReviewView(s.Incident(f.inc))
}

func TestPostMortemIsSeenThrough(t *testing.T) {
	f := reviewed(t)
	f.Run("review.action")
	f.press(map[string]string{"text": "Test the switch in a drill", "owner": "Li", "due": "14d", "kind": "process", "priority": "yes"})
	a := f.view().Actions
	found := false
	for _, v := range a {
		found = found || v.Text == "Test the switch in a drill" && v.Owner == "Li Wei" && v.Kind == "process" && v.Priority && v.DueAt.Equal(f.now.Add(14*24*time.Hour))
	}
	if !found {
		t.Fatalf("%+v; it says %q", a, f.panel.Said())
	}
	f.Pick(rowAction + ".")
	f.Run("review.action.done")
	f.press(map[string]string{"proof": "refused in the test"})
	f.Run("review.factor")
	f.press(map[string]string{"text": "backlog of logins", "role": "long"})
	f.Run("review.held")
	f.press(map[string]string{"at": "-1h"})
	f.Run("review.state")
	f.press(map[string]string{"state": "reviewed", "reason": "Ana and Tom approved it"})
	v := f.view()
	if v.Status != model.ReviewReviewed || len(v.Factors) != 4 || v.Steps[model.StepHeld].IsZero() {
		t.Errorf("%+v", v)
	}
	f.Pick(rowStand + ".state")
	if got := f.row(f.shown); !strings.Contains(got.Meta, "Ana") || got.facts[1].text == "" {
		t.Errorf("who approved it is not said: %+v", got)
	}
	f.Run("review.publish")
	f.press(map[string]string{"shared": "engineering"})
	if f.view().Shared != "" || !strings.Contains(f.panel.Said(), "before it is published") {
		t.Fatalf("it was published as it is; it says %q", f.panel.Said())
	}
	f.press(map[string]string{"confirm": "yes"})
	if v := f.view(); v.Shared != "engineering" || v.Steps[model.StepPublished].IsZero() {
		t.Errorf("it says %q", f.panel.Said())
	}
}

// TestADayThatHasPassedIsAskedAbout: unless it stood there already, as of an action
// that is late.
func TestADayThatHasPassedIsAskedAbout(t *testing.T) {
	f := reviewed(t)
	f.host.No = true
	f.Run("review.action")
	f.press(map[string]string{"text": "Add an alert on the backlog", "due": "2020-01-01"})
	if len(f.host.Asked) != 1 || !strings.Contains(f.panel.Said(), "which is past") || strings.Contains(f.panel.Said(), "--confirm") {
		t.Fatalf("asked %q; it says %q", f.host.Asked, f.panel.Said())
	}
	f.Pick(rowAction + ".")
	f.Run("review.action.set")
	f.now = f.now.AddDate(1, 0, 0)
	f.room.Device(0).Now = f.now
	f.press(map[string]string{"owner": "Li"})
	if f.panel.Said() != "Saved." {
		t.Errorf("an action that is late is given to another: it says %q", f.panel.Said())
	}
}

func TestCheckLeadsToWhatItIsAbout(t *testing.T) {
	f := reviewed(t)
	for want, start := range map[string]string{
		rowText + ".poorly": "What went poorly says", "text.lucky": "Where we were lucky still has a TODO", rowAction: "Action \"Better limits",
	} {
		for _, l := range f.rows {
			if strings.HasPrefix(l.key, start) {
				f.list.Select(l.ID)
			}
		}
		f.Run("list.open")
		if !strings.HasPrefix(f.shown, want) {
			t.Errorf("%q leads to %s", start, f.shown)
		}
		f.panel.Close()
	}
}

func TestPostMortemIsExportedWithWhatWasJustTyped(t *testing.T) {
	f := reviewed(t)
	f.in("summary")
	f.types(0, "Typed a moment ago. ")
	for word, want := range map[string]string{"Markdown (.md)": "Typed a moment ago", "Web page (.html)": "Typed a moment ago", "PDF (.pdf)": "%PDF"} {
		path := filepath.Join(t.TempDir(), "post-mortem")
		f.Run("review.export")
		f.press(map[string]string{"format": word, "file": "post-mortem.md"})
		if !strings.Contains(f.panel.Said(), "whole path") {
			t.Errorf("of half a path it says %q", f.panel.Said())
		}
		f.press(map[string]string{"file": path})
		b, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v; it says %q", word, err, f.panel.Said())
		}
		f.Run("review.export")
		f.host.No = true
		f.press(map[string]string{"format": word, "file": path})
		f.host.No = false
		if !strings.Contains(f.panel.Said(), "is there already") {
			t.Errorf("over a file it says %q", f.panel.Said())
		}
		f.panel.Close()
	}
}

func TestIncidentsAreSteppedThrough(t *testing.T) {
	f := reviewed(t)
	f.Run("go.next")
	if f.content.id == f.inc || !strings.HasPrefix(f.title.Text(), "Post-mortem of "+f.content.view.Incident) {
		t.Errorf("it shows %q", f.title.Text())
	}
	f.Run("go.previous")
	if f.content.id != f.inc {
		t.Error("back is elsewhere")
	}
}

func TestRowsAreFilteredByTheirWords(t *testing.T) {
	f := reviewed(t)
	f.Run("go.find")
	f.filter.Entry.SetText("query behind the bot file")
	if f.shown != rowText+".cause" || f.host.Focused != f.filter.Entry {
		t.Errorf("it shows %s of %d rows", f.shown, len(f.list.Rows()))
	}
	f.filter.Entry.SetText("nothing holds these words")
	if f.Run("go.back"); f.filter.Entry.Visible() || len(f.list.Rows()) < 20 {
		t.Error("going back does not end the filter")
	}
}

// In the smallest window with the largest text, what ends a form is in sight.
func TestTheButtonOfAFormStaysInSight(t *testing.T) {
	f := reviewed(t)
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{Zoom: 200}))
	f.again()
	f.Run("review.action")
	for range 2 { // words say how tall they are once they have a width
		f.object.Refresh()
	}
	at, high := f.panel.Foot.Position().Y, f.panel.Foot.MinSize().Height
	if room := f.below.Size().Height; high == 0 || f.below.Objects[1].Position().Y+at+high > room {
		t.Errorf("the buttons, %v high, end below the window, which has %v", high, room)
	}
	f.Run("go.back")
	if got := f.panel.Foot.MinSize().Height; got != 0 {
		t.Errorf("a form that was left keeps %v", got)
	}
}
