package oncall

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/screen/form"
)

// bodyLayout places the forms at the right over the whole height, and at the
// left the heading, what is said of now, the filter and the list. In a small
// window, or with large text, all stands below one another, and a form that is
// filled in takes the room of what is above it.
type bodyLayout struct {
	screen *Screen
	info   *fyne.Container // what scrolls in the second object
}

// Measures of the screen, in units at text of 13.
const (
	narrowBody = 820
	bodyGap    = 16
	smallGap   = 6
	mostInfo   = 0.55 // of the height, at most, for what is said of now
	narrowInfo = 0.36
	narrowList = 0.26
	infoRoom   = 5 // keeps what is said of now clear of its scroll bar
)

func (b *bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (b *bodyLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	title, info, filter, list, side := o[0], o[1], o[2], o[3], o[4]
	scale := base.TextSize() / 13
	narrow := size.Width < narrowBody*scale
	left := size.Width
	if !narrow {
		left -= sideWidth*scale + bodyGap
	}
	filling := narrow && b.screen.using
	shifts := len(b.screen.content.shifts) > 0
	b.screen.side.pin(!narrow || filling || !shifts)
	form.Show(info, !filling)
	form.Show(list, !filling)
	put := func(o fyne.CanvasObject, x, y, w, h float32) float32 {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, max(h, 0)))
		return y + max(h, 0)
	}
	title.Resize(fyne.NewSize(left, title.Size().Height))
	y := put(title, 0, 0, left, title.MinSize().Height) + smallGap
	if filling {
		put(side, 0, y, size.Width, size.Height-y)
		return
	}
	share := float32(mostInfo)
	if narrow {
		share = narrowInfo
	}
	b.info.Resize(fyne.NewSize(left, b.info.Size().Height)) // its words wrap to it, and say how tall they are
	y = put(info, 0, y, left, min(b.info.MinSize().Height, size.Height*share)) + smallGap
	if filter.Visible() {
		y = put(filter, 0, y, left, filter.MinSize().Height) + smallGap
	}
	if !narrow {
		put(list, 0, y, left, size.Height-y)
		put(side, size.Width-sideWidth*scale, 0, sideWidth*scale, size.Height)
		return
	}
	if shifts { // without shifts the form has the room
		y = put(list, 0, y, left, size.Height*narrowList) + smallGap
	} else {
		put(list, 0, y, left, 0)
	}
	put(side, 0, y, size.Width, size.Height-y)
}
