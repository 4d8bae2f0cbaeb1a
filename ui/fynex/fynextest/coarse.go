// Package fynextest is what the tests of screens share of the toolkit.
package fynextest

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
)

// Coarse lets a window of a test draw a sixteenth of its pixels. What was never drawn takes no
// focus, and to draw is most of the time such a test takes; where things stand and how large
// they are is the same at any scale. It is for tests that look at no pixel.
func Coarse(w fyne.Window) {
	w.Canvas().(software.WindowlessCanvas).SetScale(0.25)
}
