package theme

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"
)

// Sizes beyond Fyne's own.
const (
	// SizeClock is the text size of the running clocks in a header.
	SizeClock fyne.ThemeSizeName = "holdfast.clock"
	// SizeRow is the height of a row in a short list.
	SizeRow fyne.ThemeSizeName = "holdfast.row"
	// SizeBoardRow is the height of a row of the incident board.
	SizeBoardRow fyne.ThemeSizeName = "holdfast.boardRow"
	// SizeHeader is the height of the incident header.
	SizeHeader fyne.ThemeSizeName = "holdfast.header"
	// SizeRail is the width of the rail of screens.
	SizeRail fyne.ThemeSizeName = "holdfast.rail"
	// SizeFocusRing is the stroke of the focus ring.
	SizeFocusRing fyne.ThemeSizeName = "holdfast.focusRing"
	// SizeTarget is the smallest height of something to click.
	SizeTarget fyne.ThemeSizeName = "holdfast.target"
)

// density is what the three densities differ in, in units at 100 percent.
type density struct{ text, caption, header, clock, row, board, bar float32 }

func densityOf(d Density) density {
	switch d {
	case Comfort:
		return density{text: 15, caption: 12.5, header: 20, clock: 17, row: 30, board: 33, bar: 58}
	case Wall:
		return density{text: 20, caption: 16, header: 26, clock: 24, row: 40, board: 44, bar: 76}
	default:
		return density{text: 13, caption: 11, header: 18, clock: 15, row: 25, board: 28, bar: 52}
	}
}

func sizesFor(o Options) map[fyne.ThemeSizeName]float32 {
	d := densityOf(o.Density)
	sizes := map[fyne.ThemeSizeName]float32{
		base.SizeNameText:               d.text,
		base.SizeNameCaptionText:        d.caption,
		base.SizeNameSubHeadingText:     d.header,
		base.SizeNameHeadingText:        d.header,
		base.SizeNamePadding:            3,
		base.SizeNameInnerPadding:       6,
		base.SizeNameLineSpacing:        3,
		base.SizeNameInlineIcon:         d.text + 5,
		base.SizeNameScrollBar:          12,
		base.SizeNameScrollBarSmall:     4,
		base.SizeNameSeparatorThickness: 1,
		base.SizeNameSplitThickness:     3,
		base.SizeNameInputBorder:        1,
		base.SizeNameInputRadius:        4,
		base.SizeNameButtonRadius:       4,
		base.SizeNameSelectionRadius:    3,
		SizeClock:                       d.clock,
		SizeRow:                         d.row,
		SizeBoardRow:                    d.board,
		SizeHeader:                      d.bar,
		SizeRail:                        84 * d.text / 13,
		SizeTarget:                      max(24, d.row-1),
	}
	for name, units := range sizes {
		sizes[name] = scaled(units, o.Zoom)
	}
	// Lines keep their thickness at every zoom: they separate, they are not read.
	sizes[base.SizeNameSeparatorThickness] = 1
	sizes[base.SizeNameInputBorder] = 1
	sizes[SizeFocusRing] = 2
	return sizes
}
