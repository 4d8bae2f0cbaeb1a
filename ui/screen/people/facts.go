package people

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// fact is a vendor or an access fact as a panel shows it.
type fact struct {
	id       model.ID
	name     string
	values   map[string]string // by the names of its fields
	warnings []string
	tested   string
}

// factPanel lists vendors or access facts, and adds and changes them. The one
// that is chosen is in the fields; "New" empties them.
type factPanel struct {
	act
	test    act
	retire  act
	chips   *fyne.Container
	at      model.ID // zero is a new one
	words   *form.Words
	fields  []*form.Input
	known   []model.FactField
	base    []string
	list    func() []fact
	command func(id string, fields map[string]string, retire string) model.Command
	object  fyne.CanvasObject
}

func newVendors(s *Screen) *factPanel {
	return newFacts(s, model.VendorFields[:], "Support numbers and contract numbers, for the day a vendor's portal is down.", func() []fact {
		var all []fact
		for _, v := range s.content.directory.vendors {
			all = append(all, fact{id: v.ID, name: v.Name, warnings: v.Warnings, values: map[string]string{
				"name": v.Name, "service": v.Service, "phone": v.Phone, "portal": v.Portal, "level": v.Level, "contract": v.Contract, "customer": v.Customer,
				"accounts": v.Accounts, "hours": v.Hours, "escalation": v.Escalation, "note": v.Note,
			}})
		}
		return all
	}, func(id string, fields map[string]string, retire string) model.Command {
		if id == "" {
			return model.AddVendor{Fields: fields}
		}
		return model.SetVendor{Vendor: id, Fields: fields, Retire: retire}
	})
}

func newAccess(s *Screen) *factPanel {
	p := newFacts(s, model.AccessFields[:], "Where break-glass accounts are sealed, who opens doors, whom to ask: never the secret itself, which every device would hold for ever.",
		func() []fact {
			var all []fact
			for _, v := range s.content.directory.access {
				f := fact{id: v.ID, name: v.Name, warnings: v.Warnings, tested: "Never tested.", values: map[string]string{
					"name": v.Name, "kind": v.Kind, "where": v.Where, "openers": v.Openers, "contact": v.Contact, "phone": v.Phone, "note": v.Note,
				}}
				if !v.TestedAt.IsZero() {
					f.tested = strings.TrimSuffix("Last tested "+v.TestedAt.In(s.host.Zone()).Format("2 Jan 2006")+": "+text.Line(v.Result), ": ") + "."
				}
				all = append(all, f)
			}
			return all
		}, func(id string, fields map[string]string, retire string) model.Command {
			if id == "" {
				return model.AddAccess{Fields: fields}
			}
			return model.SetAccess{Access: id, Fields: fields, Retire: retire}
		})
	for i, f := range p.known {
		if f.Name == model.AccessKind {
			p.fields[i].Say(strings.Join(model.AccessKinds[:4], ", ") + " …")
		}
	}
	return p
}

func newFacts(s *Screen, known []model.FactField, purpose string, list func() []fact, command func(string, map[string]string, string) model.Command) *factPanel {
	p := &factPanel{known: known, list: list, command: command, chips: form.Wrap(container.NewHBox()), words: form.NewWords("", form.Plain)}
	p.act = newAct(s, "Save", "Ctrl+Enter", p.save)
	p.test = newAct(s, "Tested, works", "", p.tested)
	p.retire = newAct(s, "Not used any more", "", p.drop)
	fresh := fynex.NewButton("New", func() { p.choose(fact{}) })
	fresh.OnKey = s.escape
	var rows []fyne.CanvasObject
	for i, f := range known {
		p.fields = append(p.fields, s.input(f.Title, "", p.save))
		if i%2 == 1 {
			rows = append(rows, form.Beside(0.5, p.fields[i-1], p.fields[i]))
		} else if i == len(known)-1 {
			rows = append(rows, p.fields[i])
		}
	}
	p.base = make([]string, len(known))
	left := form.Column(columnWidth, form.NewWords(purpose, form.Quiet), form.Buttons(fresh), p.chips)
	right := form.Column(columnWidth, append(rows, p.words)...) // what is said of it stands by its fields
	end := form.Column(columnWidth, form.Buttons(p.button, p.test.button, p.retire.button), p.says, p.test.says, p.retire.says)
	p.object = form.Panes(left, right, end)
	return p
}

// draw shows what the room has now; what is being typed stays.
func (p *factPanel) draw() {
	all := p.list()
	names := make([]string, len(all))
	p.chips.Objects = nil
	var now fact
	for i, f := range all {
		names[i] = f.name
		chip := part.NewChip(short(f.name), "")
		chip.OnKey = p.screen.escape
		chip.OnChange = func(bool) { p.choose(f) }
		mark := ""
		if len(f.warnings) > 0 {
			mark = "!"
		}
		chip.Set(short(f.name), mark, f.id == p.at)
		p.chips.Add(chip)
		if f.id == p.at {
			now = f
		}
	}
	p.chips.Refresh()
	if p.at.Zero() && len(all) > 0 && !p.touched() {
		p.choose(all[0])
		return
	}
	p.describe(now, len(all))
	if now.id == p.at && !p.at.Zero() && !p.touched() {
		p.fill(now)
	}
}

// maxChip keeps names to a chip.
const maxChip = 28

func short(s string) string {
	r := []rune(text.Line(s))
	if len(r) > maxChip {
		r = append(r[:maxChip-1], '…')
	}
	return string(r)
}

func (p *factPanel) describe(f fact, n int) {
	words, tone := f.tested, form.Plain
	switch {
	case n == 0:
		words, tone = "None is in the room yet.", form.Quiet
	case f.id.Zero():
		words, tone = "A new one is in the fields.", form.Quiet
	case len(f.warnings) > 0:
		said := make([]string, len(f.warnings))
		for i, w := range f.warnings {
			said[i] = plain.Capital(w) + "."
		}
		words, tone = strings.TrimSpace(f.tested+"\n"+strings.Join(said, "\n")), form.Warn
	}
	p.words.Set(words, tone)
	form.Show(p.retire.button, !f.id.Zero())
	form.Show(p.test.button, f.tested != "" && !f.id.Zero())
}

// choose puts one into the fields; the zero one empties them.
func (p *factPanel) choose(f fact) {
	p.at = f.id
	p.fill(f)
	p.says.Set("", form.Plain)
	p.test.says.Set("", form.Plain)
	p.retire.says.Set("", form.Plain)
	if f.id.Zero() {
		for i := range p.fields {
			p.base[i] = " " // so that what is there counts as being typed
		}
		p.screen.host.Focus(p.fields[0].Entry)
	}
	p.draw()
	p.screen.object.Refresh()
}

func (p *factPanel) fill(f fact) {
	for i, k := range p.known {
		p.fields[i].Fill(text.Line(f.values[k.Name]))
		p.base[i] = p.fields[i].Text()
	}
}

// touched reports that the fields hold what the room does not.
func (p *factPanel) touched() bool {
	for i := range p.fields {
		if p.fields[i].Text() != p.base[i] {
			return true
		}
	}
	return false
}

func (p *factPanel) save() {
	fields := map[string]string{}
	for i, k := range p.known {
		if typed := strings.TrimSpace(p.fields[i].Text()); typed != strings.TrimSpace(p.base[i]) {
			fields[k.Name] = typed
		}
	}
	if len(fields) == 0 {
		p.says.Set("Nothing is changed.", form.Quiet)
		p.screen.object.Refresh()
		return
	}
	id := ""
	if !p.at.Zero() {
		id = p.at.String()
	}
	p.do(p.command(id, fields, ""), "Saved for the whole room.", func(made model.ID) {
		for i := range p.fields {
			p.base[i] = p.fields[i].Text()
		}
		p.at = made
	})
}

// tested notes that the access fact was tried and works.
func (p *factPanel) tested() {
	if !p.at.Zero() {
		p.test.do(model.TestAccess{Access: p.at.String()}, "Noted.", nil)
	}
}

// drop takes the one that is chosen out of use; it stays in the record.
func (p *factPanel) drop() {
	at, name := p.at, p.base[0]
	if at.Zero() {
		return
	}
	p.screen.host.Confirm("Take "+name+" out of use?", "It is listed and printed no longer. It stays in the room's record.", "Take out of use", func() {
		p.retire.do(p.command(at.String(), nil, "not used any more"), name+" is out of use.", func(model.ID) { p.at = model.ID{} })
	})
}
