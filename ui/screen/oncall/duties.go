package oncall

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/screen/form"
)

// maxDuties is how many layers the lines above the list name.
const maxDuties = 4

// duties says who is on call now, a layer below the other: its place, the
// person, and until when and how they are reached. The columns stand at the same
// place in each, so that a number is found without reading the sentences.
type duties struct {
	lines  [maxDuties]dutyLine
	none   *form.Words // what to do where there is no schedule
	object *fyne.Container
}

// dutyLine is one layer.
type dutyLine struct{ place, who, reach *form.Words }

func newDuties() *duties {
	d := &duties{none: form.NewWords("", form.Plain)}
	var all []fyne.CanvasObject
	for i := range d.lines {
		l := dutyLine{form.NewWords("", form.Plain).Most(2), form.Caption("").Most(2), form.NewWords("", form.Plain)}
		d.lines[i] = l
		all = append(all, l.place, l.who, l.reach)
	}
	d.object = container.New(&dutyLayout{d}, append(all, d.none)...)
	return d
}

// set shows the duties of now, the first few.
func (d *duties) set(views []model.DutyView, zone *time.Location) {
	d.none.Set("", form.Plain)
	if len(views) == 0 {
		d.none.Set("A schedule says who is paged. Make one in the form, or import a calendar; the escalation then finds people by itself.", form.Plain)
	}
	for i, l := range d.lines {
		if i >= len(views) {
			l.set("", "", form.Plain, "")
			continue
		}
		v, tone := views[i], form.Plain
		who := short(v.Person, maxName)
		if who == "" {
			who, tone = "Nobody", form.Wrong
		}
		l.set(plain.Capital(short(place(v.Layer, v.Schedule), maxName)), who, tone, reach(v, zone))
	}
	d.object.Refresh()
}

func (l dutyLine) set(place, who string, tone form.Tone, reach string) {
	l.place.Set(place, form.Plain)
	l.who.Set(who, tone)
	l.reach.Set(reach, form.Plain)
}

// text is all that is said, a layer a line.
func (d *duties) text() string {
	var b strings.Builder
	for _, l := range d.lines {
		if l.place.Text() != "" {
			b.WriteString(l.place.Text() + ": " + l.who.Text() + " " + l.reach.Text() + "\n")
		}
	}
	return b.String() + d.none.Text()
}

// reach says until when a person has a layer and who is next, and on a line of
// its own how they are reached.
func reach(d model.DutyView, zone *time.Location) string {
	var words string
	if d.Person != "" {
		words = "until " + stampOf(d.Until, zone)
		if d.Local != "" {
			words += ", " + d.Local + " there"
			if d.Night {
				words += " (night)"
			}
		}
	}
	if d.Next != "" {
		if words != "" {
			words += dot
		}
		words += "then " + short(d.Next, maxName)
		if d.Person == "" {
			words += " from " + stampOf(d.NextFrom, zone)
		}
	}
	var ways []string
	for i, w := range d.Ways {
		if i < maxWays && d.Person != "" {
			ways = append(ways, strings.ReplaceAll(w.Way, "_", " ")+" "+whole(short(w.Value, maxName)))
		}
	}
	if len(ways) > 0 {
		words += "\n" + strings.Join(ways, dot)
	}
	return words
}

// maxWays is how many ways to reach a person are said; the directory has all.
const maxWays = 2

// dot parts what a line says, and stays with what is before it.
const dot = "\u00a0· "

// whole keeps a number on one line, so that it is dialled as it is read.
func whole(way string) string { return strings.ReplaceAll(way, " ", "\u00a0") }

// dutyLayout gives the columns their places: the first is as wide as the names
// of the lanes below it. With little room the place stands above the rest.
type dutyLayout struct{ duties *duties }

// Measures in units at text of 13.
const (
	placeWide   = 143
	whoWide     = 124
	columnGap   = 5
	lineGap     = 3
	narrowLines = 560
)

func (l *dutyLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	var height float32
	width := float32(0)
	if l.duties.object != nil {
		width = l.duties.object.Size().Width
	}
	l.each(width, func(o *form.Words, _, y, _ float32) {
		if least := o.MinSize().Height; least > 0 {
			height = max(height, y+least)
		}
	})
	return fyne.NewSize(1, height)
}

func (l *dutyLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.each(size.Width, func(o *form.Words, x, y, w float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
	})
}

// each gives every text its place and width, from the top down.
func (l *dutyLayout) each(width float32, put func(o *form.Words, x, y, w float32)) {
	scale := base.TextSize() / 13
	y := float32(0)
	at := func(o *form.Words, x, w float32) float32 {
		o.Resize(fyne.NewSize(w, o.Size().Height)) // its words wrap to it, and say how tall they are
		put(o, x, y, w)
		return o.MinSize().Height
	}
	if width < 1 {
		width = narrowLines * 2 * scale // before the first layout
	}
	for _, line := range l.duties.lines {
		left := float32(placeWide) * scale
		if width < narrowLines*scale {
			y += at(line.place, 0, width)
			left = 0
		}
		tall := float32(0)
		if left > 0 {
			tall = at(line.place, 0, left-columnGap*scale)
		}
		tall = max(tall, at(line.who, left, (whoWide-columnGap)*scale))
		left += whoWide * scale
		if tall = max(tall, at(line.reach, left, max(width-left, 1))); tall > 0 {
			y += tall + lineGap*scale
		}
	}
	at(l.duties.none, 0, width)
}
