package review

import (
	"reflect"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// factColumns are the shares of a label and of what stands behind it.
var factColumns = []float32{1, 4}

// drawPage shows the row that is looked at in full, with what can be done about
// it, or the form that is open.
func (s *Screen) drawPage() {
	l := s.row(s.shown)
	if s.panel.IsOpen() {
		s.page.Objects = []fyne.CanvasObject{s.panel.Object}
		s.drawn = line{}
		s.page.Refresh()
		return
	}
	if reflect.DeepEqual(l, s.drawn) {
		return // a button that has the keyboard keeps it
	}
	s.drawn = l
	s.page.Objects = nil
	if l.Head || l.kind == rowStand {
		s.page.Add(form.Caption(l.Label))
	}
	for i, f := range l.facts {
		s.page.Add(factObject(f))
		if buttons := s.buttons(l.acts); i == 0 && len(buttons) > 0 {
			s.page.Add(form.Buttons(buttons...)) // in sight in the smallest window
		}
	}
	s.page.Add(s.panel.Object)
	if l.Head {
		s.page.Add(form.Caption("The whole post-mortem"))
		s.page.Add(form.Buttons(s.buttons([]keys.ID{"review.owner", "review.book", "review.export"})...))
	}
	s.page.Refresh()
}

func factObject(f fact) fyne.CanvasObject {
	tone := form.Plain
	if f.tone == part.SheetWarn {
		tone = form.Warn
	}
	words := form.NewWords(f.text, tone)
	if f.label == "" {
		return words
	}
	return form.Row(factColumns, form.NewWords(f.label, form.Quiet), words)
}

func (s *Screen) buttons(all []keys.ID) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i, id := range all {
		b := fynex.NewButton(acts[id].word, func() { s.begin(id) })
		if i == 0 && len(s.drawn.acts) > 0 && id == s.drawn.acts[0] {
			b.SetHint("Enter")
		}
		b.OnKey = func(k fyne.KeyName) bool {
			if k == fyne.KeyEscape {
				s.host.Focus(s.list)
			}
			return k == fyne.KeyEscape
		}
		out = append(out, b)
	}
	return out
}
