package fynex_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

func TestASelectHasTheBorderOfAField(t *testing.T) {
	s := fynex.NewSelect([]string{"Strongest offered", "No sign-in"}, nil)
	low := container.NewVBox()
	for range 40 {
		low.Add(widget.NewLabel("above"))
	}
	low.Add(s)
	scroll := container.NewVScroll(low)
	w := window(t, scroll)
	border := func() (of color.Color, wide float32) {
		t.Helper()
		for _, o := range test.WidgetRenderer(s).Objects() {
			if r, ok := o.(*canvas.Rectangle); ok && r.StrokeWidth > 0 {
				if r.Size() != s.Size() {
					t.Errorf("the border is %v, the widget %v", r.Size(), s.Size())
				}
				return r.StrokeColor, r.StrokeWidth
			}
		}
		return nil, 0
	}
	th := theme.New(theme.Options{})
	v := fyne.CurrentApp().Settings().ThemeVariant()
	if of, wide := border(); of != th.Color(base.ColorNameInputBorder, v) || wide != 1 {
		t.Errorf("the border is %v, %v wide", of, wide)
	}
	w.Canvas().Focus(s)
	if of, _ := border(); of != th.Color(base.ColorNamePrimary, v) {
		t.Errorf("with the keyboard the border is %v", of)
	}
	if top := fyne.CurrentApp().Driver().AbsolutePositionForObject(s).Y; top+s.Size().Height > 600 {
		t.Errorf("with the keyboard it stands at %v of 600", top)
	}
	w.Canvas().Unfocus()
	if of, _ := border(); of != th.Color(base.ColorNameInputBorder, v) {
		t.Errorf("without the keyboard the border is %v", of)
	}
	s.SetSelected("No sign-in")
	if s.SelectedIndex() != 1 {
		t.Errorf("the chosen one is %d", s.SelectedIndex())
	}
}
