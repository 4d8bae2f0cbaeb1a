package fynex

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// RingRoom is what a button keeps around it for its focus ring.
const RingRoom = 3

// Flush lets the room a button keeps for its ring hang over the right edge, so that the button ends
// where the fields above it end.
func Flush(row fyne.CanvasObject) *fyne.Container { return container.New(flush{}, row) }

type flush struct{}

func (flush) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().SubtractWidthHeight(RingRoom, 0)
}

func (flush) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size.AddWidthHeight(RingRoom, 0))
}
