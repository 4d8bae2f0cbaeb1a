package policy

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// draftSection is where the text of a section is kept while it is typed, after
// its name; with .base behind it, what the room had when typing began.
const draftSection = "policy."

// editor changes a section as text. What is typed outlives a crash, a refusal
// and a change by somebody else.
type editor struct {
	screen  *Screen
	section string
	base    string // what the room had when the text was put there
	loading bool   // the field is filled by the screen
	asking  bool   // a check runs
	again   bool   // the text changed while it ran

	area          *form.Area
	reason        *form.Input
	verdict, says *form.Words
	save          *fynex.Button
	theirs        *fynex.Button
	object        *fyne.Container
}

// editLines is the least of a section that is seen at once.
const editLines = 6

func newEditor(s *Screen) *editor {
	e := &editor{
		screen: s, area: form.NewArea(editLines), reason: form.NewInput("Reason", "The history shows it to everybody"),
		verdict: form.NewWords("", form.Plain), says: form.NewWords("", form.Plain),
	}
	e.area.TextStyle.Monospace = true
	e.save = fynex.NewButton("Save section", e.submit)
	e.save.SetHint("Ctrl+Enter")
	e.save.SetImportance(fynex.Recommended)
	e.theirs = fynex.NewButton("Back to what the room has", func() { e.fill(e.current()) })
	e.area.OnKey, e.reason.Entry.OnKey, e.save.OnKey, e.theirs.OnKey = e.escape, e.escape, e.escape, e.escape
	e.area.OnChanged = e.typed
	e.reason.Entry.OnChanged = func(s string) { e.screen.host.Draft(draftSection+e.section+".reason", s) }
	e.reason.Entry.OnSubmitted = func(string) { e.submit() }
	below := form.Stack(6, e.verdict, e.says, e.reason, form.Buttons(e.save, e.theirs))
	e.object = container.NewBorder(nil, below, nil, nil, e.area)
	return e
}

func (e *editor) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		e.screen.leave()
	}
	return k == fyne.KeyEscape
}

// current is the section as the room has it.
func (e *editor) current() string { return e.screen.content.section(e.section).Text }

// changed reports that the field holds what the room does not.
func (e *editor) changed() bool { return e.area.Text != e.base }

// open puts a section into the field, as it was left.
func (e *editor) open(section string) {
	e.section, e.base = section, e.screen.content.section(section).Text
	words := e.base
	e.says.Set("", form.Plain)
	if kept := e.screen.host.Drafted(draftSection + section); kept != "" {
		words = kept
		if base := e.screen.host.Drafted(draftSection + section + ".base"); base != "" {
			e.base = base
		}
	}
	e.put(words)
	e.reason.Fill(e.screen.host.Drafted(draftSection + section + ".reason"))
	e.reason.Wrong("")
	e.follow()
	e.judge()
}

// put fills the field without taking it for typing.
func (e *editor) put(words string) {
	e.loading = true
	e.area.SetText(words)
	e.loading = false
}

// fill goes back to a text that needs no draft.
func (e *editor) fill(words string) {
	e.base = words
	if e.says.Tone() != form.Well { // that it was saved stays said
		e.says.Set("", form.Plain)
	}
	e.put(words)
	e.forget()
	e.judge()
	e.screen.drawRows()
}

func (e *editor) forget() {
	for _, part := range []string{"", ".base", ".reason"} {
		e.screen.host.Draft(draftSection+e.section+part, "")
	}
}

func (e *editor) typed(words string) {
	if e.loading {
		return
	}
	if e.says.Tone() == form.Well {
		e.says.Set("", form.Plain)
	}
	if words == e.base {
		e.forget()
	} else {
		e.screen.host.Draft(draftSection+e.section, words)
		e.screen.host.Draft(draftSection+e.section+".base", e.base)
	}
	e.judge()
	e.screen.drawRows()
}

// follow takes over what the room has now. A text that is being typed stays,
// and it is said who changed the section meanwhile.
func (e *editor) follow() {
	now := e.current()
	switch {
	case now == e.base:
	case !e.changed() || e.area.Text == now:
		e.fill(now)
	default:
		by := "Somebody"
		if h, ok := last(e.screen.content.section(e.section)); ok {
			by = text.Line(h.By)
		}
		e.say(by+" changed this section meanwhile: your text is kept. Saving writes over theirs; the history keeps both.", form.Warn)
	}
}

// judge checks the text with the rest of the policy, off the UI goroutine; one
// check runs at a time, and the last text is always checked.
func (e *editor) judge() {
	form.Show(e.theirs, e.changed())
	if e.changed() {
		e.save.Enable()
	} else {
		e.save.Disable()
	}
	if e.asking {
		e.again = true
		return
	}
	e.asking = true
	section, words, agreed := e.section, e.area.Text, e.screen.content.agreed
	e.screen.host.Task(func() error {
		_, err := agreed.With(section, words)
		return err
	}, func(err error) {
		e.asking = false
		if e.again {
			e.again = false
			e.judge()
			return
		}
		if err != nil {
			e.verdict.Set("Not right yet: "+text.Line(err.Error())+".", form.Wrong)
			e.save.Disable()
		} else if e.changed() {
			e.verdict.Set("Checked with the rest of the policy: it can be saved.", form.Well)
		} else {
			e.verdict.Set("As the room has it.", form.Quiet)
		}
		e.object.Refresh()
	})
}

func (e *editor) say(words string, tone form.Tone) {
	e.says.Set(words, tone)
	e.object.Refresh()
}

// submit saves the section for the whole room.
func (e *editor) submit() {
	if e.save.Disabled() || !e.changed() {
		return
	}
	section, words, reason := e.section, e.area.Text, strings.TrimSpace(e.reason.Text())
	if reason == "" {
		e.reason.Wrong("Say why it is changed")
		e.screen.host.Focus(e.reason.Entry)
		return
	}
	e.reason.Wrong("")
	e.save.Disable()
	e.say("Saving …", form.Quiet)
	e.screen.host.Do(model.SetPolicy{Section: section, Text: words, Reason: reason}, func(_ model.Done, err error) {
		if e.section != section {
			if err != nil {
				e.screen.host.Fail("Not saved: "+titles[section], err)
			}
			return
		}
		if err != nil {
			e.say("Not saved: "+text.Line(err.Error())+". What you typed is kept.", form.Wrong)
			e.judge()
			return
		}
		e.forget()
		e.reason.Fill("")
		e.base = words // until the room's own writing of it is read
		e.say("Saved for the whole room.", form.Well)
		e.judge()
		e.screen.drawRows()
	})
}
