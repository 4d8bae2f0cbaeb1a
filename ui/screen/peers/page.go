package peers

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/ui/screen/form"
)

// ringSpread is how far the toolkit draws past a ring to smooth it. Cut off by the edge of a scroller, a picture
// shows the ring beside its button.
const ringSpread = 4

// page lays out the heading, the list of devices, and below it what is known of the selected one with the
// forms and cards at its right. Where they do not fit side by side, what waits for a person stands above what
// is known and the list gives way to it; an open form has the page to itself, with its buttons in view.
type page struct {
	screen      *Screen
	left, right *fyne.Container // in the scrollers
	wide        *fyne.Container // heading, list, and both scrollers
	alone       *fyne.Container // the form that is open, over its buttons
	form        *fyne.Container // in the scroller of alone
	pinned      *fyne.Container
	foot        *act // whose buttons are pinned
}

func newPage(s *Screen, top fyne.CanvasObject) *fyne.Container {
	p := &page{screen: s, left: form.Stack(pageGap), right: form.Stack(pageGap), form: form.Stack(pageGap), pinned: form.Stack(0)}
	ringed := func(o fyne.CanvasObject) fyne.CanvasObject {
		return form.Scroll(form.ClearOfBar(container.New(layout.NewCustomPaddedLayout(0, 0, ringSpread, 0), o)))
	}
	below := container.New(&halves{}, ringed(p.left), ringed(p.right))
	p.wide = form.Page(top, s.list, below, func() int {
		if p.narrow() && (len(s.cards.object.Objects) > 0 || s.history.warns) {
			return 1
		}
		return len(s.content.devices)
	})
	foot := container.New(layout.NewCustomPaddedLayout(footGap, 0, form.RingRoom, form.RingRoom), p.pinned)
	p.alone = form.Flush(form.Footed(form.Scroll(form.ClearOfBar(p.form)), foot))
	return container.New(p, p.wide, p.alone)
}

// Measures of the page, in units.
const (
	pageGap = 14
	footGap = 4 // between a form and the buttons below it
)

func (p *page) narrow() bool { return form.Narrow(p.wide.Size().Width) }

func (p *page) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

// Layout leaves no part out, also of what is hidden: a change of theme reaches what is in the page alone.
func (p *page) Layout(o []fyne.CanvasObject, size fyne.Size) {
	s, narrow := p.screen, form.Narrow(size.Width)
	alone := narrow && s.acts.open != nil
	switch {
	case alone:
		p.put(p.left, s.about.object)
		p.put(p.right, s.cards.object, s.history.object)
		p.put(p.form, s.acts.object)
	case narrow:
		p.put(p.form)
		p.put(p.right, s.acts.object)
		p.put(p.left, p.stacked()...)
	default:
		p.put(p.form)
		p.put(p.left, s.about.object)
		p.put(p.right, s.acts.object, s.cards.object, s.history.object)
	}
	p.pin(alone)
	form.Show(p.wide, !alone)
	form.Show(p.alone, alone)
	for _, half := range o {
		half.Move(fyne.NewPos(0, 0))
		half.Resize(size)
	}
}

// stacked is the page without a second column. Where history relies on what it should not, that comes
// before what is known of the selected device.
func (p *page) stacked() []fyne.CanvasObject {
	s := p.screen
	if s.history.warns {
		return []fyne.CanvasObject{s.cards.object, s.history.object, s.about.object}
	}
	return []fyne.CanvasObject{s.cards.object, s.about.object, s.history.object}
}

// pin keeps the buttons of the open form in view, and gives those of another one back to it.
func (p *page) pin(alone bool) {
	open := p.screen.acts.open
	if !alone {
		open = nil
	}
	if open == p.foot {
		return
	}
	if p.foot != nil {
		p.put(p.pinned)
		p.put(p.foot.loose, p.foot.foot)
	}
	p.foot = open
	if open != nil {
		p.put(open.loose)
		p.put(p.pinned, open.foot)
	}
}

// put fills a container, where it holds something else.
func (*page) put(into *fyne.Container, objects ...fyne.CanvasObject) {
	same := len(into.Objects) == len(objects)
	for i := 0; same && i < len(objects); i++ {
		same = into.Objects[i] == objects[i]
	}
	if !same {
		into.Objects = objects
		into.Refresh()
	}
}

// halves sets two scrollers side by side; where they do not fit, the left one has the place. It begins before
// the edge, so that what is in it stands flush with the list above.
type halves struct{}

func (halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(o[1].MinSize().Width, 0)
}

func (halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left, narrow := (size.Width-pageGap)/2, form.Narrow(size.Width)
	if narrow {
		left = size.Width
	}
	form.Show(o[1], !narrow)
	o[0].Move(fyne.NewPos(-ringSpread, 0))
	o[0].Resize(fyne.NewSize(left+ringSpread, size.Height))
	o[1].Move(fyne.NewPos(left+pageGap, 0))
	o[1].Resize(fyne.NewSize(max(size.Width-left-pageGap, 0), size.Height))
}
