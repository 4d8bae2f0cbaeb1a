package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// RoleCell is who holds a role.
type RoleCell struct {
	Name     string // empty shows UNASSIGNED; "Ana / Tom" under Conflict
	Conflict bool   // two people hold it, and someone must settle that
}

// HeaderRow is the incident as its header shows it.
type HeaderRow struct {
	Severity   int
	ID, Title  string
	Phase      string
	Elapsed    string
	Update     string
	UpdateTone text.Tone
	Audience   string // who waits for the next update; empty where nobody does
	IC         RoleCell
	Comms      RoleCell
	Scribe     RoleCell
}

// The cells of the header, from left to right. Their order never changes.
const (
	CellPhase = iota
	CellElapsed
	CellUpdate
	CellIC
	CellComms
	CellScribe
	cells
)

// HeaderBar is the band over an incident: severity, identity, phase, the two clocks and the three
// roles, always in that order and with room reserved for the longest words, so that nothing moves
// when a digit changes.
type HeaderBar struct {
	widget.BaseWidget
	OnCell func(cell int) // a cell was clicked

	row      HeaderRow
	faces    faces
	pill     *SevPill
	id, name *canvas.Text
	captions [cells]*canvas.Text
	values   [cells]*canvas.Text
	clocks   [cells]*ClockText // for Elapsed and Update only
	lefts    [cells + 1]float32
	value    fyne.ThemeSizeName // of the words of a cell
	stacked  bool               // identity above the cells, where both do not fit on one line
	ground   *canvas.Rectangle
	edge     *canvas.Rectangle
}

// NewHeaderBar makes an empty header.
func NewHeaderBar() *HeaderBar {
	h := &HeaderBar{faces: faces{}, pill: NewSevPill(3), id: newText(), name: newText(), ground: newRect(), edge: newRect()}
	for i := range cells {
		h.captions[i], h.values[i] = newText(), newText()
	}
	h.clocks[CellElapsed] = NewClockText("T+00:00:00")
	h.clocks[CellUpdate] = NewClockText("OVERDUE 59 min")
	h.ExtendBaseWidget(h)
	return h
}

// Set shows an incident. A tick that changes a clock alone redraws that clock alone.
func (h *HeaderBar) Set(r HeaderRow) {
	was := h.row
	h.row = r
	h.clocks[CellElapsed].Set(r.Elapsed, text.Quiet)
	h.clocks[CellUpdate].Set(r.Update, r.UpdateTone)
	was.Elapsed, was.Update, was.UpdateTone = r.Elapsed, r.Update, r.UpdateTone
	if was != r {
		h.Refresh()
	}
}

// Tapped reports the cell under the pointer.
func (h *HeaderBar) Tapped(e *fyne.PointEvent) {
	for i := range cells {
		if h.OnCell != nil && e.Position.X >= h.lefts[i] && e.Position.X < h.lefts[i+1] {
			h.OnCell(i)
		}
	}
}

// CreateRenderer draws the header.
func (h *HeaderBar) CreateRenderer() fyne.WidgetRenderer { return newRenderer(h) }

func (h *HeaderBar) least() fyne.Size {
	height := newPen(h).size(theme.SizeHeader)
	if h.stacked {
		height *= 1.7
	}
	return fyne.NewSize(600, ceil(height))
}

// leastName is the room for identity and title, in characters, below which they get a line of
// their own.
const leastName = 36

// cellSamples are the longest words each cell reserves room for.
func cellSamples() [cells]string {
	return [cells]string{CellPhase: "Investigating", CellIC: "UNASSIGNED", CellComms: "UNASSIGNED", CellScribe: "UNASSIGNED"}
}

func (h *HeaderBar) draw(size fyne.Size) {
	p := newPen(h)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(h.ground, theme.ColorSurface)
	p.fill(h.edge, base.ColorNameSeparator)
	place(h.ground, 0, 0, size.Width, size.Height)
	place(h.edge, 0, size.Height-1, size.Width, 1)

	between := 2.5 * gap
	widths, all := h.cellWidths(p, between, base.SizeNameText, theme.SizeClock)
	if all > size.Width { // text so large that even a line of their own does not hold the cells
		widths, all = h.cellWidths(p, 0, base.SizeNameCaptionText, base.SizeNameText)
		between = min(max((size.Width-3*gap-all)/(cells-1), 0.75*gap), between) // two clocks side by side are told apart
		all += cells * between
	}
	h.stacked = size.Width-all-gap < leastName*p.size(base.SizeNameSubHeadingText)*0.6
	top, height, x := float32(0), size.Height, size.Width-gap-all
	if h.stacked {
		top, height, x = size.Height*0.42, size.Height*0.58, 2*gap
		h.drawName(p, 2*gap, size.Width-2*gap, size.Height*0.45)
	} else {
		h.drawName(p, 2*gap, x-2*gap, size.Height)
	}
	for i := range cells {
		h.lefts[i] = x
		h.drawCell(p, i, x, top, widths[i], height)
		x += widths[i] + between
	}
	h.lefts[cells] = x
}

// cellWidths is the room each cell reserves, and that of all with what is between them.
func (h *HeaderBar) cellWidths(p pen, between float32, value, clock fyne.ThemeSizeName) (widths [cells]float32, all float32) {
	samples := cellSamples()
	h.value = value
	for i := range cells {
		if h.clocks[i] != nil {
			h.clocks[i].size = clock
			widths[i] = ceil(h.clocks[i].least().Width)
		} else {
			widths[i] = ceil(h.faces.at(p.size(h.value), bold).Width(samples[i]))
		}
		all += widths[i] + between
	}
	return widths, all
}

func (h *HeaderBar) drawCell(p pen, i int, x, y, width, height float32) {
	caption, value, colour, tone := h.cell(i)
	small, line := p.height(base.SizeNameCaptionText, regular), p.height(theme.SizeClock, mono)
	top := y + (height-small-line-2)/2
	if i == CellUpdate && h.row.Audience != "" && h.faces.at(p.size(base.SizeNameCaptionText), regular).Width(caption) > width {
		caption = h.row.Audience // rather than a name cut short
	}
	p.write(h.captions[i], p.cut(h.faces, caption, base.SizeNameCaptionText, regular, width), tone, base.SizeNameCaptionText, regular)
	place(h.captions[i], x, top, width, small)
	if c := h.clocks[i]; c != nil {
		place(c, x, top+small+2, width, line)
		c.Refresh()
		return
	}
	p.write(h.values[i], h.faces.at(p.size(h.value), bold).Name(value, width), colour, h.value, bold)
	place(h.values[i], x, top+small+2, width, line)
}

// cell returns the caption and the words of a cell with their colours.
func (h *HeaderBar) cell(i int) (caption, value string, colour, captionColour fyne.ThemeColorName) {
	r := &h.row
	role := func(name string, c RoleCell) (string, string, fyne.ThemeColorName, fyne.ThemeColorName) {
		red := theme.Severity(0).Text
		switch {
		case c.Name == "":
			return name, "UNASSIGNED", red, theme.ColorMuted
		case c.Conflict:
			return name + " CONFLICT", c.Name, red, red
		default:
			return name, c.Name, base.ColorNameForeground, theme.ColorMuted
		}
	}
	switch i {
	case CellPhase:
		return "Phase", r.Phase, base.ColorNameForeground, theme.ColorMuted
	case CellElapsed:
		return "Elapsed", "", "", theme.ColorMuted
	case CellUpdate:
		caption = "Next update"
		if r.Audience != "" {
			caption = "To " + r.Audience
		}
		return caption, "", "", theme.ColorMuted
	case CellIC:
		return role("IC", r.IC)
	case CellComms:
		return role("Comms", r.Comms)
	default:
		return role("Scribe", r.Scribe)
	}
}

func (h *HeaderBar) drawName(p pen, x, right, height float32) {
	gap := p.size(base.SizeNameInnerPadding)
	h.pill.Set(h.row.Severity)
	pill := h.pill.least()
	place(h.pill, x, (height-pill.Height)/2, pill.Width, pill.Height)
	x += pill.Width + 2*gap
	room := max(0, right-x)
	small, line := p.height(base.SizeNameCaptionText, bold), p.height(theme.SizeClock, mono)
	top := (height - small - line - 2) / 2
	p.write(h.id, h.row.ID, theme.ColorMuted, base.SizeNameCaptionText, bold)
	place(h.id, x, top, room, small)
	size := h.nameSize(p, room)
	p.write(h.name, p.cut(h.faces, h.row.Title, size, bold, room), base.ColorNameForeground, size, bold)
	tall := p.height(size, bold) // its middle stands with that of the cells
	place(h.name, x, top+small+2+(line-tall)/2, room, tall)
}

// nameSize is the largest size at which the title is read whole.
func (h *HeaderBar) nameSize(p pen, room float32) fyne.ThemeSizeName {
	for _, size := range []fyne.ThemeSizeName{base.SizeNameSubHeadingText, theme.SizeClock} {
		if h.faces.at(p.size(size), bold).Width(h.row.Title) <= room {
			return size
		}
	}
	return base.SizeNameText
}

func (h *HeaderBar) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{h.ground, h.edge, h.pill, h.id, h.name}
	for i := range cells {
		all = append(all, h.captions[i])
		if h.clocks[i] != nil {
			all = append(all, h.clocks[i])
		} else {
			all = append(all, h.values[i])
		}
	}
	return all
}
