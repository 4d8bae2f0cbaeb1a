package form_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/fynex"
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

// What ends a form is seen while its last fields are filled in, and where what stands above it grows after the
// keyboard came; nobody who has looked elsewhere is called back.
func TestWhatEndsAFormIsInSightWithItsLastFields(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{Zoom: 100}))
	first, last, grows := form.NewInput("Name", "Optional"), form.NewInput("File", "Whole path"), form.NewWords("", form.Plain)
	rows := []fyne.CanvasObject{first}
	for range 12 {
		rows = append(rows, form.NewWords("What the decision rests on", form.Plain))
	}
	button := fynex.NewButton("Import", func() {})
	ends := form.Buttons(button)
	far := form.Stack(8, form.Gap(600), form.Buttons(fynex.NewButton("Another", func() {})))
	scroll := form.Scroll(form.Column(400, append(rows, grows, last, ends, far)...))
	w := test.NewTempWindow(t, scroll)
	w.Resize(fyne.NewSize(420, 220))
	w.Canvas().Capture()
	below := func() float32 {
		d := app.Driver()
		return d.AbsolutePositionForObject(button).Y + button.Size().Height - d.AbsolutePositionForObject(scroll).Y - scroll.Size().Height
	}
	w.Canvas().Focus(first.Entry)
	if scroll.Offset.Y != 0 {
		t.Errorf("the first field moved the form to %v: its end does not fit beside it", scroll.Offset.Y)
	}
	w.Canvas().Focus(last.Entry)
	if below() > 0 {
		t.Errorf("the button ends %v below the edge", below())
	}
	grows.Set("Several lines, which are there only after the keyboard came. "+long, form.Plain)
	scroll.Refresh()
	w.Canvas().Capture()
	if below() > 0 {
		t.Errorf("once there is more above, the button ends %v below the edge", below())
	}
	scroll.ScrollToTop()
	grows.Set("", form.Plain)
	scroll.Refresh()
	w.Canvas().Capture()
	if scroll.Offset.Y != 0 {
		t.Errorf("somebody who reads the top is called back to %v", scroll.Offset.Y)
	}
}

// A button that is in sight leaves what it stands under where it is, whatever other buttons come further down.
func TestAButtonInSightMovesNothing(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{Zoom: 100}))
	first := fynex.NewButton("Copy invite", func() {})
	scroll := form.Scroll(form.Column(400, form.NewWords(long, form.Plain), form.Buttons(first),
		form.Gap(30), form.Buttons(fynex.NewButton("Mark an archive", func() {}))))
	w := test.NewTempWindow(t, scroll)
	w.Resize(fyne.NewSize(420, 140))
	w.Canvas().Capture()
	w.Canvas().Focus(first)
	if scroll.Offset.Y != 0 {
		t.Errorf("a button in sight moved what it stands under to %v", scroll.Offset.Y)
	}
}
