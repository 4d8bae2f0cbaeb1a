package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
)

// Halves places a list of a usual width, in units at text of 13, at the left of
// what is read of its row, which has half the room at least; in a small window, or with large text, above it. There the
// list goes where whole says that what is read needs the room.
func Halves(wide float32, list, read fyne.CanvasObject, whole func() bool) *fyne.Container {
	return container.New(&halves{wide, whole}, list, read)
}

type halves struct {
	wide  float32
	whole func() bool
}

// Measures of the halves, in units at text of 13.
const (
	narrowHalves = 820
	halvesGap    = 16
	listHigh     = 0.28 // of a narrow screen
	usualHalves  = 1196 // from here on the list grows too
	listGrows    = 0.4  // by this share of what is wider
)

func (*halves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (h *halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	scale := base.TextSize() / 13
	wide := min(h.wide*scale+max(size.Width-usualHalves*scale, 0)*listGrows, (size.Width-halvesGap)/2)
	x, y, high := wide+halvesGap, float32(0), size.Height
	narrow := size.Width < narrowHalves*scale
	Show(o[0], !narrow || !h.whole())
	if narrow {
		high = size.Height * listHigh
		wide, x, y = size.Width, 0, high+halvesGap
		if !o[0].Visible() {
			y = 0
		}
	}
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(wide, high))
	o[1].Move(fyne.NewPos(x, y))
	o[1].Resize(fyne.NewSize(size.Width-x, size.Height-y))
}
