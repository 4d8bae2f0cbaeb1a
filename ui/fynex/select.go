package fynex

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Select opens a list of which one is chosen. It has the border of a field, which a stock one lacks, and is
// brought into sight with the keyboard.
type Select struct {
	widget.Select
	focused bool
}

// NewSelect makes one of its options; chosen may be nil.
func NewSelect(options []string, chosen func(string)) *Select {
	s := &Select{}
	s.Options, s.OnChanged = options, chosen
	s.ExtendBaseWidget(s)
	return s
}

// FocusGained colours the border and brings the widget into sight.
func (s *Select) FocusGained() {
	s.focused = true
	s.Select.FocusGained()
	InSight(s)
}

// FocusLost gives the border its colour back.
func (s *Select) FocusLost() {
	s.focused = false
	s.Select.FocusLost()
}

// CreateRenderer draws the stock widget with a border over it.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &selectRenderer{WidgetRenderer: s.Select.CreateRenderer(), of: s, border: &canvas.Rectangle{}}
	r.colour()
	return r
}

type selectRenderer struct {
	fyne.WidgetRenderer
	of     *Select
	border *canvas.Rectangle
}

func (r *selectRenderer) Objects() []fyne.CanvasObject {
	stock := r.WidgetRenderer.Objects()
	return append(stock[:len(stock):len(stock)], r.border)
}

func (r *selectRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.border.Resize(size)
}

func (r *selectRenderer) Refresh() {
	r.colour()
	r.WidgetRenderer.Refresh()
}

func (r *selectRenderer) colour() {
	th, v := r.of.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	name := theme.ColorNameInputBorder
	if r.of.focused {
		name = theme.ColorNamePrimary
	}
	r.border.StrokeColor, r.border.StrokeWidth = th.Color(name, v), th.Size(theme.SizeNameInputBorder)
	r.border.CornerRadius = th.Size(theme.SizeNameInputRadius)
}
