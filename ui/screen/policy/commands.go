package policy

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// carry carries out a command of the palette; false where it is not this
// screen's. It waits until the policy was read: before, there is no section.
func (s *Screen) carry(command keys.ID) bool {
	if area, _, _ := strings.Cut(string(command), "."); area != "policy" {
		return false
	}
	if s.later.Keep(command) {
		s.host.Refresh()
		return true
	}
	v := s.content.section(s.shown)
	switch command {
	case "policy.edit":
		s.edit()
	case "policy.save":
		s.save()
	case "policy.discard":
		s.discard()
	case "policy.reset":
		if !v.Own {
			s.host.Toast(titles[v.Section] + " is as shipped: there is nothing to reset.")
			return true
		}
		s.open(viewFile, s.askReset(v.Section))
	case "policy.export":
		s.open(viewFile, s.askExport())
	case "policy.import":
		s.open(viewFile, s.askImport())
	case "policy.history":
		s.show(viewHistory)
		s.host.Focus(s.list)
	case "policy.settle":
		s.settle()
	default:
		return false
	}
	return true
}

// open shows a form with the keyboard in it.
func (s *Screen) open(view int, q form.Ask) {
	s.show(view)
	s.ask(q)
}

// save saves what was typed, or says why it cannot.
func (s *Screen) save() {
	switch e := s.editor; {
	case !e.changed():
		s.host.Toast("Nothing is changed in " + titles[s.shown] + ".")
	default:
		s.show(viewEdit)
		if e.save.Disabled() {
			s.host.Focus(e.area)
			s.host.Toast(e.verdict.Text())
			return
		}
		e.submit()
	}
}

// discard asks before what was typed is gone.
func (s *Screen) discard() {
	e := s.editor
	if !e.changed() {
		s.host.Toast("Nothing is changed in " + titles[s.shown] + ".")
		return
	}
	s.show(viewEdit)
	s.host.Confirm("Go back to what the room has?", "What you typed in "+titles[s.shown]+" will be lost.", "Go back", func() { e.fill(e.current()) })
}

// settle goes to a section that was changed apart, and to the first of its
// versions.
func (s *Screen) settle() {
	i := slices.IndexFunc(s.content.sections, func(v model.PolicyView) bool { return len(v.Conflict) > 0 })
	if i < 0 {
		s.host.Toast("No section was changed apart.")
		return
	}
	if len(s.content.section(s.shown).Conflict) == 0 {
		s.unfilter()
		s.list.Select(s.content.sections[i].Section)
	}
	s.show(viewConflict)
	if len(s.keep) > 0 {
		s.host.Focus(s.keep[0])
	}
}

// newFilter makes the field that filters the sections. It shows while it is
// used.
func (s *Screen) newFilter() *fynex.Entry {
	f := fynex.NewEntry()
	f.SetPlaceHolder("Filter: words of a section, or in it")
	f.OnChanged = func(string) { s.drawRows(); s.follow() }
	f.OnKey = s.filterKey
	f.Hide()
	return f
}

// find puts the keyboard into the filter.
func (s *Screen) find() {
	if s.view == viewEdit {
		s.show(viewRead) // a small window shows no list beside the text
	}
	form.Show(s.filter, true)
	s.object.Refresh()
	s.host.Focus(s.filter)
}

func (s *Screen) unfilter() {
	s.filter.SetText("")
	form.Show(s.filter, false)
	s.object.Refresh()
}

func (s *Screen) filterKey(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyEscape:
		s.unfilter()
		s.host.Focus(s.list)
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.host.Focus(s.list)
	default:
		return false
	}
	return true
}

// follow shows the section the list selects, after a filter moved it.
func (s *Screen) follow() {
	if s.list.Selected() != "" && s.list.Selected() != s.shown {
		s.show(s.view)
	}
}

// filtered keeps the sections that hold every word of the filter, in their name
// or in their text.
func (c content) filtered(query string) []model.PolicyView {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return c.sections
	}
	var out []model.PolicyView
	for _, v := range c.sections {
		in := strings.ToLower(titles[v.Section] + " " + text.Block(v.Text))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(in, w) }) {
			out = append(out, v)
		}
	}
	return out
}
