package oncall

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// changesPanel lists overrides, swaps and leave, and takes one back.
type changesPanel struct {
	act
	chips  *fyne.Container
	words  *form.Words
	at     model.ID
	object *fyne.Container
}

func newChangesPanel(s *Screen) *changesPanel {
	p := &changesPanel{chips: form.Wrap(container.NewHBox()), words: form.NewWords("", form.Plain)}
	p.act = newAct(s, "Take back", p.withdraw)
	p.button.SetHint("")
	p.object = form.Stack(8, form.NewWords("Overrides, swaps and leave that are not over yet.", form.Quiet),
		p.words, form.Buttons(p.button), p.says, p.chips)
	return p
}

func (p *changesPanel) content() fyne.CanvasObject { return p.object }

func (p *changesPanel) first() fyne.Focusable {
	if len(p.chips.Objects) == 0 {
		return nil
	}
	return p.chips.Objects[0].(*part.Chip)
}

// maxChanges keeps the chips to what is looked through.
const maxChanges = 40

func (p *changesPanel) draw() {
	p.chips.Objects = nil
	words, tone, found := "", form.Plain, false
	changes := p.screen.content.changes
	if len(changes) > 0 && !has(changes, p.at) {
		p.at = changes[0].ID
	}
	for i, c := range changes {
		if i == maxChanges {
			break
		}
		chip := part.NewChip("", "")
		chip.OnKey = p.screen.escape
		chip.OnChange = func(bool) {
			p.at = c.ID
			p.says.Set("", form.Plain)
			p.draw()
			p.screen.object.Refresh()
		}
		chip.Set(c.Kind+" "+short(c.Person, maxName/2), c.From.In(p.screen.host.Zone()).Format("2 Jan"), c.ID == p.at)
		p.chips.Add(chip)
		if c.ID == p.at {
			words, tone = p.screen.describe(c)
			found = true
		}
	}
	if !found {
		words, tone = "There is none.", form.Quiet
	}
	p.words.Set(words, tone)
	form.Show(p.button, found)
	p.chips.Refresh()
}

func has(changes []model.RotaChangeView, id model.ID) bool {
	for _, c := range changes {
		if c.ID == id {
			return true
		}
	}
	return false
}

// describe says what a change is and whether it holds.
func (s *Screen) describe(c model.RotaChangeView) (string, form.Tone) {
	zone := s.host.Zone()
	words, tone := plain.Capital(c.Kind)+" of "+text.Line(c.Person), form.Plain
	if c.Layer != "" {
		words += " as " + text.Line(c.Layer)
	}
	words += ", " + stampOf(c.From, zone) + " to " + stampOf(c.To, zone)
	if c.With != "" {
		words += ", for that of " + text.Line(c.With) + ", " + stampOf(c.WithFrom, zone) + " to " + stampOf(c.WithTo, zone)
	}
	words += ". "
	switch c.State {
	case "waits":
		words, tone = words+"It waits for "+text.Line(strings.Join(c.Waits, " and "))+" to agree. ", form.Warn
	case "refused":
		words, tone = words+"It was refused. ", form.Quiet
	case "off":
		words, tone = words+"It does not hold: it does not fit beside what was written before. ", form.Wrong
	}
	if c.Reason != "" {
		words += text.Line(c.Reason) + ". "
	}
	return words + "Written by " + text.Line(c.By) + ".", tone
}

func (p *changesPanel) withdraw() {
	if p.at.Zero() || !has(p.screen.content.changes, p.at) {
		return
	}
	p.do(model.WithdrawChange{Change: p.at.String()}, "Taken back.", nil)
}

func (p *changesPanel) submit() bool { return false }
