package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// ClockText is a running time in monospace digits. It redraws only when what it shows changed, so a
// tick that changes nothing costs nothing, and it reserves room for the longest text it will show,
// so that digits never move what stands beside them.
type ClockText struct {
	widget.BaseWidget
	reserve string
	text    string
	tone    text.Tone
	size    fyne.ThemeSizeName // of its digits
	drawn   *canvas.Text
}

// NewClockText makes a clock with room for a sample such as "OVERDUE 59 min".
func NewClockText(reserve string) *ClockText {
	c := &ClockText{reserve: reserve, size: theme.SizeClock, drawn: newText()}
	c.ExtendBaseWidget(c)
	return c
}

// Set shows a time. It reports whether anything changed.
func (c *ClockText) Set(s string, tone text.Tone) bool {
	if c.text == s && c.tone == tone {
		return false
	}
	c.text, c.tone = s, tone
	c.Refresh()
	return true
}

// Text returns what is shown.
func (c *ClockText) Text() string { return c.text }

// CreateRenderer draws the clock.
func (c *ClockText) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(c)
}

func (c *ClockText) least() fyne.Size {
	return fyne.MeasureText(c.reserve, newPen(c).size(c.size), mono)
}

func (c *ClockText) draw(size fyne.Size) {
	newPen(c).write(c.drawn, c.text, toneColour(c.tone), c.size, mono)
	place(c.drawn, 0, 0, size.Width, size.Height)
}

func (c *ClockText) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{c.drawn} }
