package fynex

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Question is an act to confirm.
type Question struct {
	Title  string // what is about to happen: "Send update to 231 people?"
	Body   string // what cannot be taken back, in a sentence
	Act    string // the word on the button that acts; say the act, never "Yes"
	Safe   string // the word on the button that does not; empty is "Cancel"
	Danger bool   // the act cannot be taken back
	OnAct  func()
	OnSafe func() // also on Escape; nil does nothing
}

// Confirm asks before an act. The safe button is focused, Return presses the focused button, the
// arrows and Tab move between the two, and Escape is the safe answer: a stock dialog focuses
// nothing, takes neither key, and on Hide forgets to call back.
func Confirm(c fyne.Canvas, q Question) *Overlay {
	if q.Safe == "" {
		q.Safe = "Cancel"
	}
	var v *Overlay
	answer := func(f func()) func() {
		return func() {
			v.Close()
			if f != nil {
				f()
			}
		}
	}
	safe, act := NewButton(q.Safe, answer(q.OnSafe)), NewButton(q.Act, answer(q.OnAct))
	act.SetImportance(Recommended)
	if q.Danger {
		act.SetImportance(Danger)
	}
	move := func(to fyne.Focusable) func(fyne.KeyName) bool {
		return func(k fyne.KeyName) bool {
			switch k {
			case fyne.KeyLeft, fyne.KeyRight:
				c.Focus(to)
			case fyne.KeyEscape:
				v.Escape()
			default:
				return false
			}
			return true
		}
	}
	safe.OnKey, act.OnKey = move(act), move(safe)
	v = Open(c, NewPanel(confirmBody(q, safe, act)), Options{Focus: safe, OnEscape: answer(q.OnSafe)})
	return v
}

func confirmBody(q Question, safe, act *Button) fyne.CanvasObject {
	return container.NewVBox(newParagraph(q.Title, true), newParagraph(q.Body, false), Flush(container.NewHBox(layout.NewSpacer(), safe, act)))
}

// Panel is the raised ground that dialogs and palettes stand on.
type Panel struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// NewPanel puts content on a panel.
func NewPanel(content fyne.CanvasObject) *Panel {
	p := &Panel{content: content}
	p.ExtendBaseWidget(p)
	return p
}

// Tapped keeps a click on the panel from closing the overlay around it.
func (p *Panel) Tapped(*fyne.PointEvent) {}

// CreateRenderer draws the panel.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{p: p, ground: canvas.NewRectangle(color.Transparent)}
	r.apply()
	return r
}

type panelRenderer struct {
	p      *Panel
	ground *canvas.Rectangle
}

func (r *panelRenderer) pad() float32 { return 2 * r.p.Theme().Size(base.SizeNameInnerPadding) }

func (r *panelRenderer) apply() {
	r.ground.FillColor = base.ColorForWidget(theme.ColorSurface, r.p)
	r.ground.StrokeColor = base.ColorForWidget(base.ColorNameInputBorder, r.p)
	r.ground.StrokeWidth, r.ground.CornerRadius = 1, 8
}

func (r *panelRenderer) MinSize() fyne.Size {
	return r.p.content.MinSize().Add(fyne.NewSquareSize(2 * r.pad()))
}

func (r *panelRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.p.content.Move(fyne.NewSquareOffsetPos(r.pad()))
	r.p.content.Resize(size.Subtract(fyne.NewSquareSize(2 * r.pad())))
}

func (r *panelRenderer) Refresh() {
	r.apply()
	r.p.content.Refresh()
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *panelRenderer) Destroy() {}

func (r *panelRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.p.content}
}
