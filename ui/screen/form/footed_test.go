package form_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/screen/form"
)

// TestTheButtonOfALongFormStaysInSight: who fills a form in a low window sees what ends it.
func TestTheButtonOfALongFormStaysInSight(t *testing.T) {
	test.NewTempApp(t)
	rows := form.Stack(8)
	for range 20 {
		rows.Add(form.NewWords("What the decision rests on", form.Plain))
	}
	scroll, foot := form.Scroll(rows), form.Label("Start clock", form.Plain)
	both := form.Footed(scroll, foot)
	for _, high := range []float32{120, 2000} {
		both.Resize(fyne.NewSize(400, high))
		if end := foot.Position().Y + foot.Size().Height; end > high {
			t.Errorf("in a height of %v the button ends at %v", high, end)
		}
		if gap := foot.Position().Y - scroll.Size().Height; gap != 0 {
			t.Errorf("in a height of %v the button stands %v below the form", high, gap)
		}
	}
}

// A heading is cut where its lines end, not at a number of letters.
func TestWordsAreHeldToTheirLines(t *testing.T) {
	test.NewTempApp(t)
	words := strings.Repeat("Payments and checkout fail for all customers ", 4)
	w := form.Heading(words).Most(2)
	w.Resize(fyne.NewSize(400, 100))
	narrow := w.MinSize().Height
	one := form.Heading("Payments")
	one.Resize(fyne.NewSize(400, 100))
	if narrow != 2*one.MinSize().Height {
		t.Errorf("two lines are %v high, one is %v", narrow, one.MinSize().Height)
	}
	w.Resize(fyne.NewSize(4000, 100))
	if got := w.MinSize().Height; got != one.MinSize().Height {
		t.Errorf("in a wide window it is %v high", got)
	}
}
