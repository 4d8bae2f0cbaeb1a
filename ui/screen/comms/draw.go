package comms

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/model"
	"holdfast/model/template"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// draw shows the incident, the templates, the audiences, the fields and the
// outbox.
func (s *Screen) draw() {
	form.Show(s.object.Objects[0], s.here)
	form.Show(s.nothing, !s.here)
	if !s.here {
		return
	}
	b := s.content.brief
	s.pill.Set(max(slices.Index(model.Severities[:], b.Severity), 0))
	setLabel(s.incident, b.Code+"  "+text.Line(b.Title), widget.MediumImportance)
	now, others := s.content.byPhase()
	if _, ok := s.content.template(s.typed.Template); !ok && len(now) > 0 {
		s.typed.Template = now[0].id // chosen for them, not by them: no draft
	}
	if t, ok := s.content.template(s.typed.Template); ok {
		s.pick.SetText(t.name)
	}
	s.drawList(now, others)
	s.drawAudiences()
	s.drawFields()
	s.approval.draw()
	s.drawOutbox()
	s.columns.Refresh()
}

// drawList shows the templates, those of the phase first.
func (s *Screen) drawList(now, others []source) {
	all := slices.Concat(now, others)
	if len(s.rows) != len(all) || len(s.list.Objects) != len(all)+2 {
		s.list.RemoveAll()
		s.rows = nil
		for i := range all {
			if i == 0 || i == len(now) {
				caption := widget.NewLabel("")
				caption.SizeName, caption.TextStyle.Bold = base.SizeNameCaptionText, true
				caption.Truncation = fyne.TextTruncateEllipsis
				s.list.Add(caption)
			}
			r := item.New(0)
			r.OnRune = s.rune
			s.rows = append(s.rows, r)
			s.list.Add(r)
		}
	}
	for i, t := range all {
		if i == 0 || i == len(now) {
			at := i
			words := "For this phase: " + s.content.brief.Phase
			if i > 0 {
				at, words = i+1, "All other templates"
			}
			if caption, ok := s.list.Objects[at].(*widget.Label); ok {
				setLabel(caption, words, widget.MediumImportance)
			}
		}
		c := item.Content{Main: t.name, Selected: t.id == s.typed.Template}
		if t.broken != "" {
			c.Right, c.RightColor = "broken", theme.Severity(0).Text
		}
		s.rows[i].Set(c)
		s.rows[i].OnOpen = func() { s.choose(t.id) }
		s.rows[i].OnKey = func(k *fyne.KeyEvent) bool { return s.listKey(i, k.Name) }
	}
}

// listKey moves in the list of templates.
func (s *Screen) listKey(at int, k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		at++
	case fyne.KeyUp:
		at--
	default:
		return false
	}
	if at >= 0 && at < len(s.rows) {
		s.host.Focus(s.rows[at])
	}
	return true
}

// audience is who the message goes to: as chosen, else as the template says.
func (s *Screen) audience() string {
	if s.typed.Audience != "" {
		return s.typed.Audience
	}
	if t, ok := s.content.template(s.typed.Template); ok && t.audience != "" {
		return t.audience
	}
	return model.AudienceStakeholders
}

func (s *Screen) drawAudiences() {
	all, chosen := slices.Clone(s.content.audiences), s.audience()
	if !slices.ContainsFunc(all, func(a audience) bool { return a.name == chosen }) {
		all = append(all, audience{name: chosen})
	}
	var objects []fyne.CanvasObject
	for _, a := range all {
		chip := s.chips[a.name]
		if chip == nil {
			chip = part.NewChip("", "")
			s.chips[a.name] = chip
		}
		chip.OnChange = func(bool) {
			s.change(func(t *typed) { t.Audience = a.name })
			s.drawAudiences()
			s.approval.draw()
		}
		chip.Set(shorten(text.Line(a.name)), fmt.Sprint(a.count), a.name == chosen)
		objects = append(objects, chip)
	}
	s.audiences.Objects = objects
	s.audiences.Refresh()
}

// maxChip is the longest name on a chip; the column is not wider.
const maxChip = 30

func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxChip {
			return s[:i] + "…"
		}
	}
	return s
}

// drawFields shows a field for what the template needs and the incident does
// not know. A field that is being filled in stays where it is.
func (s *Screen) drawFields() {
	t, _ := s.content.template(s.typed.Template)
	asked := t.asked(s.content.facts)
	var objects []fyne.CanvasObject
	if t.broken != "" {
		objects = append(objects, prose("This template cannot be used: "+t.broken))
	}
	for _, f := range asked {
		objects = append(objects, s.input(f))
		if len(f.Choices) > 0 {
			objects = append(objects, s.choices(f))
		}
	}
	if !sameObjects(objects, s.fields.Objects) {
		s.fields.Objects = objects
		s.fields.Refresh()
	}
	form.Show(s.next, t.promises())
	form.Show(s.presets, t.promises())
}

func sameObjects(a, b []fyne.CanvasObject) bool {
	return slices.EqualFunc(a, b, func(a, b fyne.CanvasObject) bool { return a == b })
}

// input gives the field of a name; the same each time, so that nothing typed
// and no focus is lost.
func (s *Screen) input(f template.Field) *form.Input {
	in := s.inputs[f.Name]
	if in != nil {
		return in
	}
	help := ""
	switch {
	case f.Default != "":
		help = "Left empty: " + f.Default
	case f.Optional:
		help = "Left empty, its sentence is left out"
	case len(f.Choices) > 0:
		help = "Choose one, or write your own"
	}
	in = form.NewInput(f.Label, help)
	in.Fill(s.typed.Fields[f.Name])
	in.Entry.OnChanged = func(words string) { s.change(func(t *typed) { t.Fields[f.Name] = words }) }
	s.inputs[f.Name] = in
	return in
}

// choices are the values a template suggests for a field.
func (s *Screen) choices(f template.Field) fyne.CanvasObject {
	key := "choices/" + f.Name
	if had := s.offered[key]; had != nil {
		return had
	}
	row := newFlow()
	for _, c := range f.Choices {
		row.Add(fynex.NewButton(c, func() { s.inputs[f.Name].Fill(c) }))
	}
	s.offered[key] = row
	return row
}

func (s *Screen) drawOutbox() {
	form.Show(s.run, s.content.waits())
	n := max(len(s.content.outbox), 1)
	if len(s.boxRows) != n {
		s.outbox.RemoveAll()
		s.boxRows = nil
		for range n {
			r := item.New(statusWidth)
			s.boxRows = append(s.boxRows, r)
			s.outbox.Add(r)
		}
	}
	s.sent.SetMinSize(fyne.NewSize(240, float32(min(n, sentRows))*(s.boxRows[0].MinSize().Height+base.Padding())))
	if len(s.content.outbox) == 0 {
		s.boxRows[0].Set(item.Content{Left: "Nothing was sent for this incident yet"})
		return
	}
	for i, m := range s.content.outbox {
		c := item.Content{Left: m.statusWord(), Main: m.line(), Right: m.QueuedAt.Format("15:04")}
		switch m.Status {
		case "failed", "unknown":
			c.Left, c.RightColor = strings.ToUpper(c.Left), theme.Severity(0).Text
		case "deferred":
			c.RightColor = theme.Severity(2).Text
		}
		s.boxRows[i].Set(c)
		s.boxRows[i].OnRune = s.rune
		s.boxRows[i].OnOpen = func() {
			s.copy(m.Subject, m.Body)
			s.host.Toast(statusHelp(m))
		}
	}
}

// statusWidth holds "WITHDRAWN".
const statusWidth = 78

// statusHelp says what a state means and what to do.
func statusHelp(m sent) string {
	said := "Copied. "
	switch {
	case m.delivering:
		return said + "It is being delivered now."
	case m.Status == "unknown":
		return said + "The link broke while it was sent: it may have gone. Ask a reader before sending again."
	case m.Status == "deferred":
		return said + "It is tried again by itself: " + text.Line(m.Detail)
	case m.Status == "failed":
		return said + "It was refused: " + text.Line(m.Detail) + ". Send the text another way."
	case m.Status == "withdrawn":
		return said + "It did not leave: " + text.Line(m.Detail)
	case m.Status == "sent":
		return said + "The mail server took it over."
	}
	return said + "It waits for a device with a mail account."
}
