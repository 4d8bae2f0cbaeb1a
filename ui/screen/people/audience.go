package people

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// draftAudience is where a list is kept while it is typed, after its name.
const draftAudience = "people.audience."

// listLines is how many recipients of a list are seen at once.
const listLines = 5

// audience edits the lists of recipients.
type audience struct {
	screen *Screen
	name   string // the list in the field
	base   string // what the room had when it was put there
	names  []string
	fresh  []string // names made here and not kept yet

	chips  *fyne.Container
	list   *form.Area
	other  *form.Input
	judged *form.Words
	says   *form.Words
	keep   *fynex.Button
	undo   *fynex.Button
	object *fyne.Container
}

func newAudience(s *Screen) *audience {
	a := &audience{
		screen: s, name: model.AudienceStakeholders, chips: form.Wrap(container.NewHBox()), list: form.NewArea(listLines),
		other:  form.NewInput("Another audience", "A word such as executives; Enter makes the list"),
		judged: form.NewWords("", form.Plain), says: form.NewWords("", form.Plain),
	}
	a.keep = fynex.NewButton("Save list", a.save)
	a.keep.SetHint("Ctrl+Enter")
	a.undo = fynex.NewButton("Back to what the room has", func() { a.fill(a.saved()) })
	a.list.SetPlaceHolder("One recipient a line: Ana Ruiz <ana@example.org>")
	a.list.OnChanged = a.typed
	a.list.OnKey = s.escape
	a.other.Entry.OnKey = s.escape
	a.other.Entry.OnSubmitted = a.begin
	a.object = form.Column(columnWidth, form.Caption("Audiences"),
		form.NewWords("Whom a message to each audience reaches. The lists are the room's: every member sees and may change them.", form.Quiet),
		a.chips, a.list, a.judged, form.Buttons(a.keep, a.undo), a.says, a.other)
	a.choose(a.name)
	return a
}

// saved is the list as the room has it.
func (a *audience) saved() string { return a.screen.content.lists[a.name] }

// changed reports that the field holds what the room does not.
func (a *audience) changed() bool { return a.list.Text != a.base }

// choose puts a list into the field, as it was left.
func (a *audience) choose(name string) {
	a.name = name
	a.base = a.saved()
	words := a.base
	if kept := a.screen.host.Drafted(draftAudience + name); kept != "" {
		words = kept
	}
	a.list.SetText(words)
	a.says.Set("", form.Plain)
	a.drawChips()
	a.judge()
}

func (a *audience) fill(words string) {
	a.base = a.saved()
	a.list.SetText(words)
	a.typed(words)
}

func (a *audience) typed(words string) {
	kept := words
	if words == a.base {
		kept = ""
	}
	a.screen.host.Draft(draftAudience+a.name, kept)
	a.judge()
}

// judge says what the list comes to, and whether it is kept.
func (a *audience) judge() {
	a.judged.Set(judge(a.name, a.list.Text, a.screen.content.stakeholders))
	if a.changed() {
		a.keep.Enable()
	} else {
		a.keep.Disable()
	}
	form.Show(a.undo, a.changed())
	a.object.Refresh()
}

// draw takes over what the room has now. A list that is being typed stays, and
// it is said that the room's changed meanwhile.
func (a *audience) draw() {
	switch saved := a.saved(); {
	case saved == a.base:
	case !a.changed() || a.list.Text == saved:
		a.fill(saved)
	default:
		a.base = saved
		a.says.Set("The list was changed by somebody else meanwhile. Saving replaces theirs by yours.", form.Warn)
	}
	a.drawChips()
	a.judge()
}

// drawChips shows the audiences with how many each list names.
func (a *audience) drawChips() {
	names := a.screen.content.audiences()
	for _, n := range append(slices.Clone(a.fresh), a.name) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if !slices.Equal(names, a.names) {
		a.names = names
		a.chips.Objects = nil
		for _, n := range names {
			chip := part.NewChip("", "")
			chip.OnKey = a.screen.escape
			chip.OnChange = func(bool) { a.choose(n) }
			a.chips.Add(chip)
		}
	}
	for i, n := range names {
		count := ""
		if good, _ := model.ParseRecipients(a.screen.content.lists[n]); len(good) > 0 {
			count = text.Count(len(good), "", "")
		}
		a.chips.Objects[i].(*part.Chip).Set(text.Line(n), strings.TrimSpace(count), n == a.name)
	}
	a.chips.Refresh()
}

// begin makes a list of another name.
func (a *audience) begin(name string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || len(name) > maxAudience || strings.ContainsFunc(name, oddInName) {
		a.other.Wrong("Letters, digits, hyphen and dot alone, up to 40")
		return
	}
	a.other.Wrong("")
	a.other.Fill("")
	if !slices.Contains(a.fresh, name) {
		a.fresh = append(a.fresh, name)
	}
	a.choose(name)
	a.screen.object.Refresh()
	a.screen.host.Focus(a.list)
}

// maxAudience keeps names of audiences to a chip.
const maxAudience = 40

func oddInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' && r != '_'
}

func (a *audience) save() {
	if !a.changed() {
		return
	}
	name, words := a.name, strings.TrimSpace(a.list.Text)
	a.keep.Disable()
	a.says.Set("Saving …", form.Plain)
	a.screen.host.Do(model.SetRoom{Field: audiencePrefix + name, Value: words}, func(_ model.Done, err error) {
		if err != nil {
			a.says.Set("Not saved: "+err.Error()+". What you typed is kept.", form.Wrong)
			a.judge()
			return
		}
		a.screen.host.Draft(draftAudience+name, "")
		if a.name == name {
			a.base = words
			a.list.SetText(words)
			a.says.Set("Saved for the whole room.", form.Well)
		}
		a.screen.content.lists[name] = words
		a.drawChips()
		a.judge()
	})
}
