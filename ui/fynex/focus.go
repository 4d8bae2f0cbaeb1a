package fynex

import "fyne.io/fyne/v2"

// FocusOn focuses a widget on whatever canvas it is shown. A tap does not move the focus by itself,
// and a widget does not know its canvas.
func FocusOn(f fyne.Focusable) {
	o, ok := f.(fyne.CanvasObject)
	if !ok {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.Focused() != f {
		c.Focus(f)
	}
}

// PassOn gives a key that a focused widget has no use for to what the canvas does with keys.
func PassOn(o fyne.CanvasObject, k *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}
