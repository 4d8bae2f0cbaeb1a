package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/theme"
)

// TestTheCountOfPeersStandsBesideItsDot at every zoom.
func TestTheCountOfPeersStandsBesideItsDot(t *testing.T) {
	for _, zoom := range []int{100, 150, 200} {
		test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{Zoom: zoom}))
		l := NewTimeline()
		l.SetRows([]*TimelineRow{{ID: "1", At: "12:04:31", Day: "Mon 23 Nov (UTC)", Kind: "Note", Author: "Ana", Text: "5xx rate above 4 %", Of: 14, Spread: 12}})
		w := test.NewTempWindow(t, l)
		w.Resize(fyne.NewSize(1100, 400))
		w.Canvas().Capture()
		r := newEntryRow(l)
		r.index = 0
		r.Resize(fyne.NewSize(1100, 100))
		r.draw(r.Size())
		if end := r.count.Position().X + r.count.Size().Width; end > r.dot.Position().X || r.count.MinSize().Width > r.count.Size().Width {
			t.Errorf("at %d %% the count ends at %v, %v wide of %v; the dot begins at %v", zoom, end, r.count.MinSize().Width, r.count.Size().Width, r.dot.Position().X)
		}
	}
}
