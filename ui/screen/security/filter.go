package security

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// newFilter makes the field that filters both lists. It shows while it is used:
// the lists need the room.
func (s *Screen) newFilter() *fynex.Entry {
	f := fynex.NewEntry()
	f.SetPlaceHolder("Filter rows: every word must be in the row or its heading")
	f.OnChanged = func(string) { s.refilter() }
	f.OnKey = s.filterKey
	f.Hide()
	return f
}

// find puts the keyboard into the filter.
func (s *Screen) find() {
	form.Show(s.filter, true)
	s.object.Refresh()
	s.host.Focus(s.filter)
}

// unfilter shows every row again.
func (s *Screen) unfilter() {
	s.filter.SetText("")
	form.Show(s.filter, false)
	s.object.Refresh()
}

func (s *Screen) filterKey(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyEscape:
		s.unfilter()
		s.host.Focus(s.list())
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		if len(s.list().Rows()) == 0 {
			s.law = !s.law // the rows that are left are in the other list
		}
		s.enter(s.law)
	default:
		return false
	}
	return true
}

// refilter draws the rows that are left and looks at the first of them.
func (s *Screen) refilter() {
	if len(s.content.all) == 0 && len(s.content.law) == 0 {
		return
	}
	s.Tick(s.host.Now())
	law := s.law
	for _, l := range []bool{!law, law} {
		s.law = l
		rows := s.list().Rows()
		i := slices.IndexFunc(rows, func(r part.SheetRow) bool { return !r.Head })
		if s.filter.Text != "" && i >= 0 {
			s.list().Select(rows[i].ID)
		}
	}
	s.look(law)
}

// filtered keeps the rows that hold every word of the filter, with their
// heading; a heading that holds them keeps its whole section.
func (s *Screen) filtered(lines []line) []line {
	words := strings.Fields(strings.ToLower(s.filter.Text))
	if len(words) == 0 {
		return lines
	}
	var out []line
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && !lines[to].Head {
			to++
		}
		out = append(out, section(lines[from:to], words)...)
		from = to
	}
	return out
}

// section filters a heading and the rows under it.
func section(lines []line, words []string) []line {
	if lines[0].Head && holds(strings.ToLower(lines[0].Label), words) {
		return lines
	}
	title, out := strings.ToLower(lines[0].Label)+" ", []line(nil)
	for _, l := range lines {
		if !l.Head && holds(title+l.words(), words) {
			out = append(out, l)
		}
	}
	if len(out) > 0 && lines[0].Head {
		out = append([]line{lines[0]}, out...)
	}
	return out
}

// words are what the filter looks in.
func (l line) words() string {
	all := []string{l.Mark, l.Label, l.Text, l.Meta}
	for _, f := range l.whole {
		all = append(all, f.text)
	}
	return strings.ToLower(strings.Join(all, " "))
}

func holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}
