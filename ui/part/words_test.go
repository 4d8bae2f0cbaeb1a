package part_test

import "fyne.io/fyne/v2/canvas"

func wordsOf(o any) (string, bool) {
	t, ok := o.(*canvas.Text)
	if !ok {
		return "", false
	}
	return t.Text, true
}
