package policy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	rules "holdfast/model/policy"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

type fixture struct {
	*Screen
	t    *testing.T
	host *sample.Host
	room *sample.Room
}

func show(t *testing.T) *fixture {
	t.Helper()
	story, err := sample.Intrusion()
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	f := &fixture{t: t, host: sample.NewHost(story.Room.Device(0)), room: story.Room}
	f.host.Clock = func() time.Time { return story.Now }
	f.again()
	return f
}

// again opens the screen anew, as after a crash.
func (f *fixture) again() {
	f.Screen = New(f.host)
	w := test.NewTempWindow(f.t, f.Object())
	w.Resize(fyne.NewSize(1200, 680))
	f.host.Attach(f.Screen)
	f.Shown(true)
}

// theirs has Tom change a section.
func (f *fixture) theirs(section, was, is string) {
	f.t.Helper()
	f.room.Meet()
	d := f.room.Device(1)
	text := strings.Replace(d.State().Policy().Section(section), was, is, 1)
	if _, err := d.Do(model.SetPolicy{Section: section, Text: text, Reason: "from Tom"}); err != nil {
		f.t.Fatal(err)
	}
	f.room.Meet()
	f.host.Refresh()
}

func (f *fixture) edits(section, was, is string) {
	f.t.Helper()
	f.Pick(section)
	f.Run("list.open")
	text := strings.Replace(f.editor.area.Text, was, is, 1)
	if text == f.editor.area.Text {
		f.t.Fatalf("%s does not hold %q", section, was)
	}
	f.editor.area.SetText(text)
}

// button presses a button of the page by its word.
func (f *fixture) button(word string) {
	f.t.Helper()
	var press func(o fyne.CanvasObject) bool
	press = func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *fynex.Button:
			if o.Text() == word {
				o.Press()
				return true
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				if press(c) {
					return true
				}
			}
		}
		return false
	}
	if !press(f.page) {
		f.t.Fatalf("there is no button %q", word)
	}
}

// words is all the page says, with the words on its buttons.
func (f *fixture) words() string {
	var b strings.Builder
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *form.Words:
			b.WriteString(o.Text() + "\n")
		case *fynex.Button:
			b.WriteString(o.Text() + "\n")
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		}
	}
	walk(f.page)
	return b.String()
}

func (f *fixture) row(section string) part.SheetRow {
	for _, r := range f.list.Rows() {
		if r.ID == section {
			return r
		}
	}
	f.t.Fatalf("no row %s", section)
	return part.SheetRow{}
}

func TestSectionsSayHowTheyStand(t *testing.T) {
	f := show(t)
	if n := len(f.list.Rows()); n != len(rules.Sections) {
		t.Fatalf("%d sections", n)
	}
	for section, mark := range map[string]string{"severities": "", "escalation": "changed by Ana, 14 Nov", "cadence": "conflict"} {
		if got := f.row(section).Meta; got != mark {
			t.Errorf("%s is %q, want %q", section, got, mark)
		}
	}
	f.Pick("cadence")
	if got := f.stands.Text(); !strings.Contains(got, "Changed apart by") || f.stands.Tone() != form.Wrong {
		t.Errorf("of a conflict it says %q", got)
	}
}

// TestEverySectionIsReadAsTables holds the readable view to what a policy says:
// no section is shown as JSON, and none is left out.
func TestEverySectionIsReadAsTables(t *testing.T) {
	f := show(t)
	for section, says := range map[string][]string{
		"severities": {"P0 Critical", "at once", "with data or an intruder also security lead, legal"}, "questions": {"Is everything down for everyone?"},
		"types": {"security steps"}, "routing": {"Where these are down"}, "escalation": {"P0", "3 min", "VP Engineering"}, "triggers": {"No progress entry for a while"},
		"cadence": {"Internal stakeholders"}, "phases": {"Ends when:", "required"}, "people": {"Direct reports of one leader"}, "review": {"Meeting is held"},
		"clocks": {"GDPR notice to authority", "notify: 72 hours", "2016/679", "off"}, "calendar": {"Working days"}, "tools": {"phone tree"}, "runbooks": {"exercised"},
	} {
		f.Pick(section)
		page := f.words()
		for _, w := range says {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", section, w)
			}
		}
		if strings.ContainsAny(page, "{}") {
			t.Errorf("%s is shown as JSON", section)
		}
	}
}

func TestTextIsCheckedWhileItIsTyped(t *testing.T) {
	f := show(t)
	f.edits("triggers", `"id": "quiet"`, `"ident": "quiet"`)
	e := f.editor
	if !strings.Contains(e.verdict.Text(), "ident") || e.verdict.Tone() != form.Wrong || !e.save.Disabled() {
		t.Errorf("of a misspelt key it says %q", e.verdict.Text())
	}
	f.Run("capture.submit")
	if len(f.host.Commands) != 0 {
		t.Error("what is wrong was saved")
	}
	e.area.SetText(strings.Replace(e.base, "for a while", "for some minutes", 1))
	if e.verdict.Tone() != form.Well || e.save.Disabled() {
		t.Errorf("of a good text it says %q", e.verdict.Text())
	}
	f.Run("capture.submit")
	if e.reason.Wrongness() == "" || len(f.host.Commands) != 0 {
		t.Error("it was saved without a reason")
	}
	e.reason.Entry.SetText("\"a while\" was argued about")
	f.Run("capture.submit")
	if got := f.room.Device(0).State().Policy().Section("triggers"); !strings.Contains(got, "for some minutes") {
		t.Error("it was not saved")
	}
	if len(f.host.Drafts) != 0 || e.changed() || !strings.HasPrefix(f.row("triggers").Meta, "changed") {
		t.Errorf("drafts %v, row %+v", f.host.Drafts, f.row("triggers"))
	}
}

func TestTypedTextOutlivesRefusalAndCrash(t *testing.T) {
	f := show(t)
	f.edits("triggers", "for a while", "for some minutes")
	f.editor.reason.Entry.SetText("argued about")
	f.host.Refuse = errors.New("this device is an observer")
	f.Run("capture.submit")
	if !strings.Contains(f.editor.says.Text(), "What you typed is kept") || !f.editor.changed() || f.editor.save.Disabled() {
		t.Errorf("refused, it says %q", f.editor.says.Text())
	}
	typed := f.editor.area.Text
	f.Pick("review")
	if f.row("triggers").Meta != "not saved" {
		t.Errorf("the list says %q of what was left", f.row("triggers").Meta)
	}
	f.again()
	f.Pick("triggers")
	if f.editor.area.Text != typed || f.editor.reason.Text() != "argued about" || !f.editor.changed() {
		t.Error("what was typed is gone after a crash")
	}
	f.editor.theirs.Press()
	if f.editor.changed() || len(f.host.Drafts) != 0 {
		t.Error("it does not go back to what the room has")
	}
}

func TestPeersChangeLeavesTypedTextAlone(t *testing.T) {
	f := show(t)
	f.edits("triggers", "for a while", "for some minutes")
	typed := f.editor.area.Text
	f.theirs("triggers", "for a while", "for ten minutes")
	says := "Tom Okafor changed this section meanwhile: your text is kept."
	if f.editor.area.Text != typed || !strings.HasPrefix(f.editor.says.Text(), says) {
		t.Errorf("it says %q", f.editor.says.Text())
	}
	f.again() // also after a crash it is known that theirs is newer
	f.Pick("triggers")
	if f.editor.area.Text != typed || !strings.HasPrefix(f.editor.says.Text(), says) {
		t.Errorf("after a crash it says %q", f.editor.says.Text())
	}
	f.editor.fill(f.editor.current())
	f.theirs("triggers", "for ten minutes", "for an hour")
	if !strings.Contains(f.editor.area.Text, "for an hour") {
		t.Error("a text nobody touched does not follow the room")
	}
}

func TestConflictIsSettledByOneOfTheVersions(t *testing.T) {
	f := show(t)
	f.Pick("cadence")
	f.Settle()
	page := f.words()
	for _, w := range []string{"Every ten minutes is too often", "The team wants to hear at once", `-   "first": "5m",`, `"audience": "team",`} {
		if !strings.Contains(page, w) {
			t.Errorf("the conflict does not say %q", w)
		}
	}
	if !strings.HasSuffix(page[:strings.Index(page, "Against the version")], "\nKeep the version of "+f.content.section("cadence").Conflict[0].By+"\n") {
		t.Error("the button of the first version is not over what it is compared to, which can be longer than the window")
	}
	f.button("Keep the version of Tom Okafor")
	f.panel.Set("reason", "agreed in the weekly")
	f.Run("capture.submit")
	if !strings.HasPrefix(f.row("cadence").Meta, "changed") || !strings.Contains(f.room.Device(0).State().Policy().Section("cadence"), `"then": "15m"`) {
		t.Errorf("it is %q", f.row("cadence").Meta)
	}
	if f.view != viewRead {
		t.Error("a conflict that is settled is still looked at")
	}
	f.Run("timeline.versions")
	if page := f.words(); !strings.Contains(page, "agreed in the weekly") || !strings.Contains(page, "Ana Ruiz, 14 Nov 2023") {
		t.Errorf("the history says %s", page)
	}
}

func TestSectionGoesBackToShipped(t *testing.T) {
	f := show(t)
	f.Pick("escalation")
	f.show(viewFile)
	f.button("Reset section to shipped")
	f.Run("capture.submit")
	if !f.panel.IsOpen() || len(f.host.Commands) != 0 {
		t.Error("it was reset without a reason")
	}
	f.panel.Set("reason", "5 minutes were right")
	f.Run("capture.submit")
	shipped := rules.Default()
	if f.content.section("escalation").Text != shipped.Section("escalation") || !strings.HasPrefix(f.row("escalation").Meta, "shipped again") {
		t.Errorf("it stands as %q", f.stands.Text())
	}
}

func TestWholePolicyGoesThroughAFile(t *testing.T) {
	f := show(t)
	path := filepath.Join(t.TempDir(), "policy.json")
	f.show(viewFile)
	f.button("Export policy")
	f.panel.Set("file", path)
	f.Run("capture.submit")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(doc), "for a while", "for an hour", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	f.button("Import policy")
	f.panel.Set("file", path)
	f.panel.Set("reason", "from the other room")
	f.Run("capture.submit")
	if !strings.HasPrefix(f.row("triggers").Meta, "changed") || f.row("severities").Meta != "" {
		t.Errorf("it says %q", f.panel.Said())
	}
	big := filepath.Join(t.TempDir(), "big.json")
	if err := os.WriteFile(big, make([]byte, rules.MaxDocument+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readWhole(big); err == nil {
		t.Error("a file of any size is read")
	}
}

func TestDiffNamesTheObject(t *testing.T) {
	was := "[\n {\n  \"id\": \"a\",\n  \"x\": 1\n },\n {\n  \"id\": \"b\",\n  \"x\": 1,\n  \"y\": 2\n }\n]"
	is := strings.Replace(was, "\"y\": 2", "\"y\": 3", 1)
	want := []change{{`  "id": "b",`, kept}, {`  "x": 1,`, kept}, {`  "y": 2`, removed}, {`  "y": 3`, added}}
	got := diff(was, is)
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d is %q %q", i, got[i].how, got[i].line)
		}
	}
	if len(diff(was, was)) != 0 {
		t.Error("a text differs from itself")
	}
	long := strings.Repeat("x\n", maxCompared+2)
	if n := len(diff(long, strings.ReplaceAll(long, "x", "y"))); n < 2*maxCompared {
		t.Errorf("%d lines of two long texts differ", n)
	}
}

func TestKeysLeadAround(t *testing.T) {
	f := show(t)
	f.list.TypedRune('j')
	if f.shown != "questions" {
		t.Errorf("j goes to %s", f.shown)
	}
	f.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.view != viewEdit || f.host.Focused != f.editor.area {
		t.Error("Enter does not edit")
	}
	f.editor.area.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if f.host.Focused != f.list {
		t.Error("Escape does not lead back")
	}
	f.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if f.view != viewHistory {
		t.Error("Space does not show the history")
	}
	if !f.Run("go.back") || f.view != viewRead || f.Run("go.back") {
		t.Error("going back does not end at the tables")
	}
}

func TestSourceOfAClockIsSaidOnce(t *testing.T) {
	for _, c := range []struct{ source, version, want string }{
		{"Regulation (EU) 2016/679 Art. 33", "2016/679", "Regulation (EU) 2016/679 Art. 33"},
		{"SEC Release 33-11216", "33-11216 (2023)", "SEC Release 33-11216 (2023)"},
		{"45 CFR 164.404", "45 CFR 164 (2013)", "45 CFR 164.404 (2013)"},
		{"UK GDPR Art. 33", "2021", "UK GDPR Art. 33, 2021"},
		{"Contract", "-", "Contract"},
	} {
		if got := cited(c.source, c.version); got != c.want {
			t.Errorf("%s, %s: %q", c.source, c.version, got)
		}
	}
}

// The newest change is told first, whatever the order of the record, but none before one it was written over.
func TestChangesAreToldInTheOrderOfTheirTimes(t *testing.T) {
	at := time.Date(2023, 11, 14, 18, 0, 0, 0, time.UTC)
	change := func(minute, over int) model.PolicyChange {
		return model.PolicyChange{ChangeView: model.ChangeView{At: at.Add(time.Duration(minute) * time.Minute)}, Over: over}
	}
	for name, c := range map[string]struct {
		all  []model.PolicyChange
		want []int
	}{
		"written apart":        {[]model.PolicyChange{change(44, -1), change(43, -1)}, []int{0, 1}},
		"one after the other":  {[]model.PolicyChange{change(43, -1), change(44, 0)}, []int{1, 0}},
		"a clock that is slow": {[]model.PolicyChange{change(44, -1), change(3, 0)}, []int{1, 0}},
	} {
		if got := told(c.all); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
