package policy

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
)

// inForm tells whether the keyboard is in a field of the form that is open.
func (f *fixture) inForm() bool {
	_, entry := f.host.Focused.(*fynex.Entry)
	return f.panel.IsOpen() && entry && f.host.Focused != f.filter
}

func TestEveryCommandOfThePolicyHasItsEffect(t *testing.T) {
	f := show(t)
	for _, c := range []struct {
		command keys.ID
		section string
		holds   func() bool
	}{
		{"policy.edit", "cadence", func() bool { return f.view == viewEdit && f.host.Focused == f.editor.area }},
		{"policy.history", "cadence", func() bool { return f.view == viewHistory && f.host.Focused == f.list }},
		{"policy.export", "cadence", func() bool { return f.view == viewFile && f.inForm() }},
		{"policy.import", "cadence", func() bool { return f.view == viewFile && f.inForm() }},
		{"policy.reset", "escalation", func() bool { return f.view == viewFile && f.inForm() }},
		{"policy.reset", "severities", func() bool { return f.says("Severities is as shipped: there is nothing to reset.") }},
		{"policy.save", "severities", func() bool { return f.says("Nothing is changed in Severities.") }},
		{"policy.discard", "severities", func() bool { return f.says("Nothing is changed in Severities.") }},
		{"policy.settle", "severities", func() bool { return f.shown == "cadence" && f.view == viewConflict && f.host.Focused == f.keep[0] }},
	} {
		f.again()
		f.host.Toasts = nil
		f.Pick(c.section)
		if !f.Run(c.command) || !c.holds() {
			t.Errorf("%s of %s: view %d of %s, the keyboard in %T; it says %q", c.command, c.section, f.view, f.shown, f.host.Focused, f.host.Toasts)
		}
	}
	for _, e := range keys.Default().In(keys.Policy) {
		if !f.Run(e.ID) {
			t.Errorf("nothing carries out %s", e.ID)
		}
	}
}

// says tells whether the one line shown for a moment is this.
func (f *fixture) says(words string) bool {
	return len(f.host.Toasts) == 1 && f.host.Toasts[0] == words
}

func TestSavingByThePaletteSavesOrSaysWhyNot(t *testing.T) {
	f := show(t)
	f.edits("triggers", "for a while", "for an hour")
	text := f.editor.area.Text
	f.editor.area.SetText("{")
	f.host.Toasts = nil
	f.Run("policy.save")
	if len(f.host.Commands) != 0 || len(f.host.Toasts) != 1 || !strings.HasPrefix(f.host.Toasts[0], "Not right yet") {
		t.Fatalf("of half a text it says %q", f.host.Toasts)
	}
	f.editor.area.SetText(text)
	f.Run("policy.save")
	if f.host.Focused != f.editor.reason.Entry {
		t.Fatal("without a reason the keyboard is elsewhere")
	}
	f.editor.reason.Fill("an hour is soon enough")
	f.Run("policy.save")
	c, ok := f.host.Commands[len(f.host.Commands)-1].(model.SetPolicy)
	if !ok || c.Section != "triggers" || f.editor.says.Tone() != form.Well {
		t.Errorf("it says %q", f.editor.says.Text())
	}
}

func TestTypedTextIsThrownAwayOnlyWhenAsked(t *testing.T) {
	f := show(t)
	f.edits("triggers", "for a while", "for an hour")
	f.host.No = true
	f.Run("policy.discard")
	if !f.editor.changed() {
		t.Fatal("it is gone without a yes")
	}
	f.host.No = false
	f.Run("policy.discard")
	if f.editor.changed() || f.host.Drafted(draftSection+"triggers") != "" {
		t.Error("it is still there")
	}
}

func TestFilterFindsSectionsByTheirWords(t *testing.T) {
	f := show(t)
	all := len(f.list.Rows())
	if !f.Run("go.find") || f.host.Focused != f.filter || !f.filter.Visible() {
		t.Fatal("Ctrl+F leads to no filter")
	}
	f.filter.SetText("legal clocks")
	if rows := f.list.Rows(); len(rows) == 0 || len(rows) == all || f.shown != f.list.Selected() {
		t.Errorf("%d of %d sections are left, %s is shown", len(rows), all, f.shown)
	}
	f.filter.SetText("no section holds these words")
	if n := len(f.list.Rows()); n != 0 {
		t.Errorf("%d sections hold nonsense", n)
	}
	f.host.Refresh()
	f.filterKey(fyne.KeyEscape)
	if f.filter.Visible() || len(f.list.Rows()) != all || f.host.Focused != f.list {
		t.Error("Escape does not leave the filter")
	}
}
