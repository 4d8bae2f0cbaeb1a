package people

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// personPanel shows how the selected person is reached, and changes it.
type personPanel struct {
	act
	tested   act
	name     *form.Words
	said     [][2]string // what is known of the person, with its name
	table    *fyne.Container
	warnings *form.Words
	fields   []*form.Input
	id       model.ID
	base     map[string]string // what the room had when it was put into the fields
	object   fyne.CanvasObject
}

// details are the fields of a person in the form.
var details = [...]struct{ field, name, help string }{
	{model.PersonPhone, "Phone", "Of work, with the country"},
	{model.PersonPrivatePhone, "Private phone", "Works when the company's does not"},
	{model.PersonSecondPhone, "Second carrier", "A number with another carrier"},
	{model.PersonMessenger, "Messenger", "On a private phone"},
	{model.PersonMessenger2, "Second messenger", "Optional"},
	{model.PersonPrivateEmail, "Private e-mail", "Optional"},
	{model.PersonOrder, "Contact order", "Such as messenger, private phone, phone"},
	{model.PersonZone, "Time zone", "Such as Europe/Berlin"},
	{model.PersonTeam, "Team", "Optional"},
	{model.PersonTitle, "Title", "The escalation looks for Engineering manager"},
	{model.PersonSkills, "Skills", "Optional"},
	{model.PersonManager, "Manager", "A person of the room"},
	{model.PersonNote, "Emergency note", "What a caller must know"},
	{model.PersonLeft, "Left on", "The day, such as 2026-11-25"},
}

func newPersonPanel(s *Screen) *personPanel {
	p := &personPanel{
		name: form.Caption(""), table: form.Row(factWeights), warnings: form.NewWords("", form.Warn), base: map[string]string{},
	}
	p.act = newAct(s, "Save changes", "Ctrl+Enter", p.save)
	p.tested = newAct(s, "A test page arrived", "", p.record)
	undo := fynex.NewButton("Back to what the room has", func() {
		p.id = model.ID{}
		p.draw()
	})
	undo.OnKey = s.escape
	var rows []fyne.CanvasObject
	for i, d := range details {
		in := s.input(d.name, d.help, p.save)
		p.fields = append(p.fields, in)
		if i%2 == 1 {
			rows = append(rows, form.Beside(0.5, p.fields[i-1], in))
		}
	}
	left := form.Column(columnWidth, p.name, p.warnings, p.table, form.Buttons(p.tested.button), p.tested.says)
	right := form.Column(columnWidth, append([]fyne.CanvasObject{
		form.Caption("Change"), form.NewWords("No password, pin or key belongs here: every device of the room holds it.", form.Quiet),
	}, rows...)...)
	p.object = form.Panes(left, right, form.Column(columnWidth, form.Buttons(p.button, undo), p.says))
	return p
}

// factWeights share out the width of what is known: its name, and the thing.
var factWeights = []float32{1, 3.4}

// selected is the person of the row that is selected.
func (s *Screen) selected() (person, bool) {
	for _, p := range s.shown {
		if p.ID.String() == s.list.Selected() {
			return p, true
		}
	}
	return person{}, false
}

func (p *personPanel) draw() {
	s := p.screen
	v, ok := s.selected()
	if !ok {
		p.name.Set("Select a person", form.Plain)
		return
	}
	p.name.Set(v.Name, form.Plain)
	p.know(v.facts(s.host.Now()))
	var warnings []string
	for _, w := range s.content.directory.warnings[v.ID] {
		warnings = append(warnings, plain.Capital(w))
	}
	p.warnings.Set(strings.Join(warnings, "\n"), form.Warn)
	p.fill(v)
}

func wayName(way string) string {
	if way == "email" {
		return "E-mail"
	}
	return plain.Capital(strings.ReplaceAll(way, "_", " "))
}

// know shows what is known of a person, a line each.
func (p *personPanel) know(facts [][2]string) {
	if slices.Equal(facts, p.said) {
		return
	}
	p.said = facts
	p.table.Objects = nil
	for _, f := range facts {
		p.table.Add(form.NewWords(f[0], form.Quiet))
		p.table.Add(form.NewWords(f[1], form.Plain))
	}
	p.table.Refresh()
}

// facts says what is known of a person: first how they are reached, then the
// rest.
func (p person) facts(now time.Time) [][2]string {
	var all [][2]string
	add := func(name, value string) {
		if value != "" {
			all = append(all, [2]string{name, text.Line(value)})
		}
	}
	for _, w := range p.Ways {
		where := ""
		if w.Own {
			where = "  (outside company systems)"
		}
		add(wayName(w.Way), w.Value+where)
	}
	if len(p.Ways) == 0 {
		add("Reached", "No way is written down")
	}
	if p.zone != nil {
		add("Local time", now.In(p.zone).Format("15:04 MST")+", "+p.Zone)
	}
	add("Roles", strings.Join(p.roles, " · "))
	add("Team", p.Team)
	add("Title", p.Title)
	add("Skills", p.Skills)
	add("Manager", p.Manager)
	add("In an emergency", p.Note)
	add("Left on", p.Left)
	if p.Devices > 0 {
		add("Devices", strconv.Itoa(p.Devices))
	}
	if !p.TestPageAt.IsZero() {
		add("Last test page", text.Ago(now.Sub(p.TestPageAt)))
	}
	return all
}

// fill puts the room's values into fields that were not typed in, and all of
// them where another person is selected.
func (p *personPanel) fill(v person) {
	values := map[string]string{
		model.PersonPhone: v.Phone, model.PersonPrivatePhone: v.PrivatePhone, model.PersonSecondPhone: v.SecondPhone, model.PersonMessenger: v.Messenger,
		model.PersonMessenger2: v.SecondMessenger, model.PersonPrivateEmail: v.PrivateEmail, model.PersonOrder: v.Order, model.PersonZone: v.Zone,
		model.PersonTeam: v.Team, model.PersonTitle: v.Title, model.PersonSkills: v.Skills, model.PersonManager: v.Manager, model.PersonNote: v.Note,
		model.PersonLeft: v.Left,
	}
	for i, d := range details {
		if v.ID != p.id || p.fields[i].Text() == p.base[d.field] {
			p.fields[i].Fill(text.Line(values[d.field]))
			p.fields[i].Wrong("")
			p.base[d.field] = p.fields[i].Text()
		}
	}
	if v.ID != p.id {
		p.says.Set("", form.Plain)
		p.tested.says.Set("", form.Plain)
	}
	p.id = v.ID
}

// changed are the fields that hold what the room does not.
func (p *personPanel) changed() map[string]string {
	changed := map[string]string{}
	for i, d := range details {
		if typed := p.fields[i].Text(); typed != p.base[d.field] {
			changed[d.field] = strings.TrimSpace(typed)
		}
	}
	return changed
}

func (p *personPanel) save() {
	changed := p.changed()
	if len(changed) == 0 || p.id.Zero() {
		p.says.Set("Nothing is changed.", form.Quiet)
		p.screen.object.Refresh()
		return
	}
	p.do(model.SetPerson{Person: p.id.String(), Fields: changed}, "Saved for the whole room.", func(model.ID) {
		for i, d := range details {
			p.base[d.field] = p.fields[i].Text()
		}
	})
}

// record notes that a test page reached the selected person.
func (p *personPanel) record() {
	if v, ok := p.screen.selected(); ok {
		p.tested.do(model.RecordTestPage{Person: v.ID.String()}, "Noted.", nil)
	}
}
