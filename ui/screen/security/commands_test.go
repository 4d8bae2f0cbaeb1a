package security

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
)

// A form is opened on the row it is about, with the keyboard in its first field.
func TestEveryCommandOpensItsFormOnTheRightRow(t *testing.T) {
	f := show(t)
	for command, want := range map[keys.ID]struct{ row, button string }{
		"security.skip":         {"step.", "Not needed"},
		"security.hold":         {"head.steps", "Set"},
		"security.room":         {"head.steps", "Found room"},
		"security.attack":       {"head.attack", "Note"},
		"security.attack.times": {"head.attack", ""},
		"security.indicator":    {"head.indicators", ""},
		"security.seen":         {f.line("193[.]142[.]58[.]126").ID, ""},
		"security.evidence":     {"head.evidence", "Add"},
		"security.custody":      {f.line("Disk image of the tracker").ID, "Hand over"},
		"security.credential":   {"head.credentials", "Add"},
		"security.isolate":      {"head.systems", "Note"},
		"security.waive":        {"head.systems", "Record decision"},
		"security.wipe":         {"head.systems", "Record"},
		"security.sheet":        {"head.decisions", "Record decision"},
		"security.approve":      {"head.decisions", "Record approval"},
		"incident.clock":        {"clock.", "Start clock"},
		"security.decline":      {"clock.", "Record decision"},
		"security.file":         {"clock.", "Record filing"},
		"security.move":         {"clock.", "Correct start"},
		"security.assess":       {"head.breach", "Set"},
		"security.export":       {"paper.art33", "Export"},
	} {
		f.again()
		if !f.Run(command) || !f.panel.IsOpen() {
			t.Errorf("%s opens nothing; it says %q", command, f.host.Toasts)
			continue
		}
		if got := f.selected().ID; !strings.HasPrefix(got, want.row) {
			t.Errorf("%s is about %q, want %q", command, got, want.row)
		}
		if _, list := f.host.Focused.(*part.SheetList); list || f.host.Focused == nil {
			t.Errorf("after %s the keyboard is not in the form", command)
		}
		if want.button != "" && !shows(f.panel.Foot, want.button) {
			t.Errorf("%s opens another form than %q", command, want.button)
		}
	}
}

func TestRiskIsDecidedOnceTheAssessmentIsBegun(t *testing.T) {
	f := show(t)
	f.Run("security.risk")
	if f.panel.IsOpen() || len(f.host.Toasts) != 1 || f.host.Toasts[0] != shortcuts["security.risk"].none {
		t.Fatalf("it says %q", f.host.Toasts)
	}
	if _, err := f.host.Device.Do(model.SetBreach{Incident: f.story.Incident.String(), Fields: map[string]string{"data": "unknown"}, Reason: "nobody knows yet"}); err != nil {
		t.Fatal(err)
	}
	f.host.Refresh()
	for _, c := range []struct {
		command keys.ID
		row     string
	}{{"security.risk", "head.risk"}, {"security.factor", "risk."}, {"security.assess", "missing."}} {
		f.Run(c.command)
		if !f.panel.IsOpen() || !strings.HasPrefix(f.selected().ID, c.row) {
			t.Errorf("%s is about %q", c.command, f.selected().ID)
		}
		f.Run("go.back")
	}
	f.Run("security.register")
	if f.selected().ID != registerRow || f.host.Focused != f.rules {
		t.Errorf("the register is at %q", f.selected().ID)
	}
}

// shows looks for a button by its word.
func shows(o fyne.CanvasObject, word string) bool {
	switch x := o.(type) {
	case *fynex.Button:
		return x.Text() == word
	case *fyne.Container:
		return slices.ContainsFunc(x.Objects, func(o fyne.CanvasObject) bool { return shows(o, word) })
	}
	return false
}

func TestEveryActHasACommand(t *testing.T) {
	f := show(t)
	m := keys.Default()
	reached := map[act]bool{}
	for command, c := range shortcuts {
		if _, ok := m.Find(command); !ok {
			t.Errorf("%s is not in the map", command)
		}
		for _, a := range c.acts {
			reached[a] = true
		}
	}
	for _, e := range m.In(keys.Security) {
		if !known(e.ID) {
			t.Errorf("%s is no act of the screen", e.ID)
		}
	}
	for _, l := range append(slices.Clone(f.content.record), f.content.law...) {
		for _, a := range l.acts {
			if !reached[a] {
				t.Errorf("%q on %q has no command", a, l.Label)
			}
		}
	}
}

// A command that came from another screen does nothing to a row nobody looked at.
func TestTickFromAnotherScreenOnlyShowsTheStep(t *testing.T) {
	f := show(t)
	f.Run("security.tick")
	step := f.selected()
	if len(f.host.Commands) != 0 || !slices.Contains(step.acts, actTick) || f.host.Focused != f.list() {
		t.Fatalf("it did %v and looks at %q", f.host.Commands, step.ID)
	}
	if got := f.host.Toasts[len(f.host.Toasts)-1]; got != "Enter does it: Mark done, "+step.Label {
		t.Errorf("it says %q", got)
	}
	f.Run("security.tick")
	if c := wrote[model.TickSecurityStep](f); c.Step != step.key || c.State != model.StepDone {
		t.Errorf("it ticks %+v", c)
	}
	f.Run("security.untick")
	if c := wrote[model.TickSecurityStep](f); c.Step != step.key || c.State != model.StepOpen {
		t.Errorf("it opens %+v", c)
	}
}

// The row that is looked at comes before the first that fits.
func TestCommandIsAboutTheRowInSight(t *testing.T) {
	f := show(t)
	f.Shown(true)
	f.Pick(f.line("wiki-1").ID)
	f.Run("security.wipe")
	if got := f.selected().Label; got != "wiki-1" || !f.panel.IsOpen() {
		t.Errorf("the wipe is of %q", got)
	}
	f.panel.Set("how", "rebuilt")
	f.Run("capture.submit")
	if c := wrote[model.RecordWipe](f); c.System != "wiki-1" {
		t.Errorf("it records %+v", c)
	}
}

func TestApprovalAndDecisionSheetAreWritten(t *testing.T) {
	f := show(t)
	f.Run("security.approve")
	f.panel.Set("audience", "customers")
	f.panel.Set("person", "Li Wei")
	f.panel.Set("text", "The first notice as of 21:00")
	f.Run("capture.submit")
	if c := wrote[model.ApproveMessage](f); c.Audience != "customers" || f.line("Message to customers").Meta != "Li Wei" {
		t.Errorf("it writes %+v; says %q", c, f.panel.Said())
	}
	f.Run("security.sheet")
	for name, words := range map[string]string{"topic": "police", "options": "report or not", "advice": "counsel: report", "choice": "report", "person": "Li Wei"} {
		f.panel.Set(name, words)
	}
	f.Run("capture.submit")
	if c := wrote[model.DecideSheet](f); c.Topic != "police" || f.line("police").Text != "report" {
		t.Errorf("it writes %+v; says %q", c, f.panel.Said())
	}
}

func TestWhereNothingFitsASentenceSaysWhy(t *testing.T) {
	f := show(t)
	f.Run("security.event") // makes the screen fresh
	for command, want := range map[keys.ID]string{
		"security.lift": shortcuts["security.lift"].none, "security.custody": shortcuts["security.custody"].none, "security.file": shortcuts["security.file"].none,
	} {
		a := shortcuts[command].acts[0]
		for _, lines := range [][]line{f.content.record, f.content.law} {
			for i := range lines {
				lines[i].acts = slices.DeleteFunc(slices.Clone(lines[i].acts), func(x act) bool { return x == a })
			}
		}
		f.host.Toasts = nil
		f.Run(command)
		if len(f.host.Toasts) != 1 || f.host.Toasts[0] != want {
			t.Errorf("%s says %q", command, f.host.Toasts)
		}
	}
}

func TestRoomWithoutSecurityIncidentsAnswersEveryCommand(t *testing.T) {
	test.NewTempApp(t)
	story := sample.Empty()
	host := sample.NewHost(story.Room.Device(0))
	s := New(t.Context(), host, &rooms{device: host.Device.Key})
	test.NewTempWindow(t, s.Object()).Resize(fyne.NewSize(1200, 680))
	host.Attach(s)
	s.Shown(true)
	for _, e := range keys.Default().In(keys.Security) {
		host.Toasts = nil
		if !s.Run(e.ID) || len(host.Toasts) != 1 || !strings.HasPrefix(host.Toasts[0], "Nothing here is of security or privacy") {
			t.Errorf("%s says %q", e.ID, host.Toasts)
		}
	}
}

func TestFilterKeepsRowsWithEveryWordAndTheirHeading(t *testing.T) {
	f := show(t)
	if !f.Run("list.filter") || !f.filter.Visible() || f.host.Focused != f.filter {
		t.Fatal("/ leads to no filter")
	}
	f.filter.SetText("service gateway")
	var got []string
	for _, r := range f.record.Rows() {
		got = append(got, r.Label)
	}
	if !slices.Equal(got, []string{"Credentials", "Gateway service account"}) {
		t.Errorf("it keeps %q", got)
	}
	if f.selected().Label != "Gateway service account" {
		t.Errorf("it looks at %q", f.selected().Label)
	}
	f.filter.SetText("credentials")
	if n := len(f.record.Rows()); n < 4 {
		t.Errorf("a heading keeps %d rows of its section", n)
	}
	f.filterKey(fyne.KeyReturn)
	if f.host.Focused != f.record {
		t.Error("Enter does not lead to the rows")
	}
	f.Run("security.evidence")
	if f.selected().ID != "head.evidence" || f.filter.Text != "" {
		t.Errorf("a command looks at %q behind the filter %q", f.selected().ID, f.filter.Text)
	}
	f.panel.Close()
	f.Run("go.find")
	f.filterKey(fyne.KeyEscape)
	if f.filter.Visible() || f.host.Focused != f.list() {
		t.Error("Escape does not leave the filter")
	}
	if f.says.Tone() == form.Wrong {
		t.Error("filtering fails")
	}
}

func TestFormSaysWhichIncidentItIsOfWhereAnotherIsOpen(t *testing.T) {
	f := show(t)
	f.Open(model.ID{1})
	f.Run("security.evidence")
	if n := len(f.host.Toasts); n != 1 || !strings.HasPrefix(f.host.Toasts[0], "This is about "+f.content.shown.code) {
		t.Errorf("it says %q", f.host.Toasts)
	}
}
