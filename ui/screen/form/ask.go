package form

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model/plain"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
)

// Question is one field of an Ask.
type Question struct {
	Name, Label, Help string
	Value             string            // what stands there where nothing was typed before
	Lines             int               // over 1 it has several lines
	Options           []string          // it is one of these
	Words             map[string]string // what an option is called where its own name would mislead
	Many              bool              // or several of them, a line each in the answer
	File              *part.FileAsk     // it is the path of a file; the answer is a whole path
	Optional          bool              // a file may be left out
}

// word is what an option is called.
func (q Question) word(option string) string {
	if w, ok := q.Words[option]; ok {
		return w
	}
	return plain.Capital(option)
}

// Answers are what was typed, by the names of the questions.
type Answers map[string]string

// Reply is how an act answers: what it says, and how that is meant. Words of
// tone Wrong leave the form as it is, with what was typed.
type Reply func(says string, tone Tone)

// Ask is an act and what has to be known for it.
type Ask struct {
	// ID tells acts apart; what is typed is kept under it.
	ID        string
	Title     string
	About     string
	Button    string
	Doing     string // said while it goes on
	Danger    bool
	Shows     fyne.CanvasObject // what it is about, under those words; may be nil
	Questions []Question
	Do        func(a Answers, reply Reply)
}

// Desk is what a panel of acts needs of the shell.
type Desk interface {
	Focus(fyne.Focusable)
	Draft(name, text string)
	Drafted(name string) string
	Files
}

// Panel shows one Ask at a time. What is typed outlives a refusal, a crash and
// another act; it is forgotten once it was carried out.
type Panel struct {
	Object *fyne.Container
	// Foot has the buttons, and what is said, where the owner keeps them in sight
	// below a form that scrolls; nil puts them at the end of Object.
	Foot    *fyne.Container
	OnClose func() // the form was left

	desk   Desk
	prefix string
	ask    Ask
	open   bool
	fields []field
	button *fynex.Button
	says   *Words
}

// field is a question on the screen.
type field struct {
	Question
	object fyne.CanvasObject
	get    func() string
	focus  fyne.Focusable
	path   *Input // of a file; else nil
}

// NewPanel makes an empty panel; prefix begins the names of its drafts.
func NewPanel(desk Desk, prefix string) *Panel {
	return &Panel{Object: Stack(8), desk: desk, prefix: prefix, says: NewWords("", Plain)}
}

// IsOpen tells whether a form is shown.
func (p *Panel) IsOpen() bool { return p.open }

// Open shows an act, with what was typed for it before.
func (p *Panel) Open(a Ask) {
	p.ask, p.open, p.fields = a, true, nil
	p.says.Set("", Plain)
	rows := []fyne.CanvasObject{Caption(a.Title)}
	if a.About != "" {
		rows = append(rows, NewWords(a.About, Quiet))
	}
	if a.Shows != nil {
		rows = append(rows, a.Shows)
	}
	for _, q := range a.Questions {
		f := p.field(q)
		p.fields = append(p.fields, f)
	}
	rows = append(rows, pairs(p.fields)...)
	p.button = fynex.NewButton(a.Button, p.Press)
	p.button.SetHint("Ctrl+Enter")
	p.button.SetImportance(fynex.Recommended)
	if a.Danger {
		p.button.SetImportance(fynex.Danger)
	}
	shut := fynex.NewButton("Cancel", p.Close)
	p.button.OnKey, shut.OnKey = p.escape, p.escape
	foot := []fyne.CanvasObject{Buttons(p.button, shut), p.says}
	if p.Foot == nil {
		rows = append(rows, foot...)
	} else {
		p.Foot.Objects = foot
		p.Foot.Refresh()
	}
	p.Object.Objects = rows
	p.Object.Refresh()
	if len(p.fields) > 0 {
		p.desk.Focus(p.fields[0].focus)
	} else {
		p.desk.Focus(p.button)
	}
}

// pairs sets fields of one line side by side, two in a row.
func pairs(fields []field) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for i := 0; i < len(fields); i++ {
		if i+1 < len(fields) && fields[i].short() && fields[i+1].short() {
			rows = append(rows, Beside(0.5, fields[i].object, fields[i+1].object))
			i++
			continue
		}
		rows = append(rows, fields[i].object)
	}
	return rows
}

// short reports that half a row is enough: a path needs all of it.
func (f field) short() bool {
	_, line := f.object.(*Input)
	return line && f.path == nil
}

func (p *Panel) draft(name string) string { return p.prefix + p.ask.ID + "." + name }

// keep notes what was typed; what stands there anyway is not kept.
func (p *Panel) keep(q Question, text string) {
	if text == q.Value {
		text = ""
	}
	p.desk.Draft(p.draft(q.Name), text)
}

func (p *Panel) field(q Question) field {
	was := p.desk.Drafted(p.draft(q.Name))
	if was == "" {
		was = q.Value
	}
	switch {
	case len(q.Options) > 0:
		return p.chips(q, was)
	case q.Lines > 1:
		area := NewArea(q.Lines)
		area.OnKey = p.escape
		area.SetText(was)
		area.OnChanged = func(s string) { p.keep(q, s) }
		f := part.NewField(q.Label, area)
		f.SetHelp(q.Help)
		return field{q, f, func() string { return area.Text }, area, nil}
	}
	in, path := NewInput(q.Label, q.Help), (*Input)(nil)
	if q.File != nil {
		in = NewPath(p.desk, q.Label, q.Help, *q.File)
		path = in
	}
	in.Fill(was)
	in.Entry.Given = q.Value
	in.Entry.OnKey = p.escape
	in.Entry.OnChanged = func(s string) { p.keep(q, s) }
	in.Entry.OnSubmitted = func(string) { p.Press() }
	return field{q, in, in.Text, in.Entry, path}
}

// chips asks for one or several of a few.
func (p *Panel) chips(q Question, was string) field {
	on := map[string]bool{}
	for _, o := range strings.Split(was, "\n") {
		if !slices.Contains(q.Options, o) { // no longer offered
			o = q.Value
		}
		on[o] = true
	}
	row := Wrap(container.NewHBox())
	chips := make([]*part.Chip, len(q.Options))
	get := func() string {
		var all []string
		for _, o := range q.Options {
			if on[o] {
				all = append(all, o)
			}
		}
		return strings.Join(all, "\n")
	}
	for i, o := range q.Options {
		chips[i] = part.NewChip(o, "")
		chips[i].Set(q.word(o), "", on[o])
		chips[i].OnKey = p.escape
		chips[i].OnChange = func(is bool) {
			if !q.Many {
				clear(on)
			}
			on[o] = is || !q.Many && q.Value != "" // one of them is always chosen
			for j, other := range q.Options {
				chips[j].Set(q.word(other), "", on[other])
			}
			p.keep(q, get())
		}
		row.Add(chips[i])
	}
	return field{q, Stack(2, Name(q.Label), row), get, chips[0], nil}
}

func (p *Panel) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		p.Close()
	}
	return k == fyne.KeyEscape
}

// Set types into a field, as a person does.
func (p *Panel) Set(name, text string) {
	for _, f := range p.fields {
		if f.Name != name {
			continue
		}
		switch w := f.focus.(type) {
		case *fynex.Entry:
			w.SetText(text)
		case *Area:
			w.SetText(text)
		case *part.Chip:
			for _, o := range f.object.(*fyne.Container).Objects[1].(*fyne.Container).Objects {
				if c := o.(*part.Chip); c.Word() == plain.Capital(text) && !c.On() {
					c.Tapped(nil)
				}
			}
		}
	}
}

// Press carries the act out.
func (p *Panel) Press() {
	if !p.open || p.button.Disabled() {
		return
	}
	answers := Answers{}
	for _, f := range p.fields {
		answers[f.Name] = strings.TrimSpace(f.get())
		if f.path == nil || f.Optional && answers[f.Name] == "" {
			continue
		}
		path, ok := f.path.Path()
		if !ok {
			p.Say("Not done: "+f.path.Wrongness()+". What you typed is kept.", Wrong)
			p.desk.Focus(f.focus)
			return
		}
		answers[f.Name] = path
	}
	ask, names := p.ask, make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = p.draft(f.Name)
	}
	button := p.button
	button.Disable()
	p.Say(ask.Doing, Quiet)
	ask.Do(answers, func(says string, tone Tone) {
		button.Enable()
		if tone != Wrong {
			for _, n := range names {
				p.desk.Draft(n, "")
			}
			if p.open && p.ask.ID == ask.ID {
				p.Close()
			}
		}
		p.Say(says, tone)
	})
}

// Say shows a sentence below the form, or alone where none is open.
func (p *Panel) Say(words string, tone Tone) {
	p.says.Set(words, tone)
	p.Object.Refresh()
	if p.Foot != nil {
		p.Foot.Refresh()
	}
}

// Said is the sentence shown.
func (p *Panel) Said() string { return p.says.Text() }

// Close leaves the form. What was typed is there when it is opened again.
func (p *Panel) Close() {
	if !p.open {
		return
	}
	p.open, p.fields = false, nil
	p.says.Set("", Plain)
	if p.Foot != nil {
		p.Foot.Objects = nil
		p.Foot.Refresh()
	}
	p.Object.Objects = []fyne.CanvasObject{p.says}
	p.Object.Refresh()
	if p.OnClose != nil {
		p.OnClose()
	}
}
