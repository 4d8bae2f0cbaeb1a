package form_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// Fyne moves the keyboard with Tab and scrolls nothing: what is typed would go into a field nobody sees.
func TestTabBringsAFieldIntoSight(t *testing.T) {
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Options{Zoom: 100}))
	defer app.Quit()
	fields := make([]*form.Input, 20)
	rows := make([]fyne.CanvasObject, len(fields))
	for i := range fields {
		fields[i] = form.NewInput(fmt.Sprintf("Field %d", i), "Optional")
		rows[i] = fields[i]
	}
	scroll := form.Scroll(form.Column(400, rows...))
	w := app.NewWindow("")
	defer w.Close()
	w.SetContent(scroll)
	w.Resize(fyne.NewSize(420, 200))
	w.Canvas().Capture() // a field that was never drawn takes no focus

	seen := func(in *form.Input) bool {
		top := app.Driver().AbsolutePositionForObject(in).Y - app.Driver().AbsolutePositionForObject(scroll).Y
		return top >= 0 && top+in.Size().Height <= scroll.Size().Height
	}
	for i, in := range fields {
		w.Canvas().FocusNext()
		if w.Canvas().Focused() != in.Entry {
			t.Fatalf("Tab %d did not go to field %d", i+1, i)
		}
		if !seen(in) {
			t.Fatalf("field %d has the keyboard, and its name, it or its help is out of sight", i)
		}
	}
	if end := scroll.Content.Size().Height - scroll.Size().Height; scroll.Offset.Y > end {
		t.Errorf("scrolled to %v, past the end at %v", scroll.Offset.Y, end)
	}
	at := scroll.Offset
	w.Canvas().FocusPrevious()
	if scroll.Offset != at {
		t.Errorf("a field in sight moved the form from %v to %v", at, scroll.Offset)
	}
	w.Canvas().Focus(fields[0].Entry)
	if !seen(fields[0]) || scroll.Offset.Y != 0 {
		t.Errorf("back at the first field the form stands at %v", scroll.Offset.Y)
	}
}
