package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestBarsAreAsLongAsTheirNumbers(t *testing.T) {
	test.NewTempApp(t)
	b := NewBars(
		Bar{"January", 60, "60 min", false}, Bar{"February", 120, "2 h", true}, Bar{"March", 0, "0", false}, Bar{"April", -1, "not known", false}, Bar{"May", 0.01, "1 s", false},
	)
	w := test.NewTempWindow(t, b)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 200))
	at := func(i int) float32 { return b.drawn[i].bar.Size().Width }
	if at(1) != b.drawn[1].track.Size().Width || at(0) < at(1)/2-1 || at(0) > at(1)/2+1 {
		t.Errorf("60 is %.0f wide, 120 is %.0f of %.0f", at(0), at(1), b.drawn[1].track.Size().Width)
	}
	if b.drawn[2].bar.Visible() || b.drawn[3].bar.Visible() {
		t.Error("nothing has a bar")
	}
	if !b.drawn[4].bar.Visible() || at(4) < 2 {
		t.Error("a little is not seen")
	}
	for i, l := range b.drawn {
		if end := l.text.Position().X + fyne.MeasureText(l.text.Text, l.text.TextSize, l.text.TextStyle).Width; end > 400 || l.track.Position().X+l.track.Size().Width > l.text.Position().X {
			t.Errorf("line %d: the bar meets its number, or leaves the chart at %.0f", i, end)
		}
	}
}
