package security

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// drawn is what the lower half shows, so that a tick or an unrelated change
// draws nothing anew.
type drawn struct {
	row     string
	facts   []fact
	acts    []act
	buttons []fyne.CanvasObject
	ends    []fyne.CanvasObject // the same below a draft
	chips   []candidate
	quick   []fyne.CanvasObject
	add     fyne.CanvasObject
}

func (s *Screen) draw(now time.Time) {
	c := s.content
	none := len(c.all) == 0 && len(c.law) <= 1
	form.Show(s.empty, none)
	form.Show(s.body, !none)
	form.Show(s.head, !none)
	switch {
	case none:
		s.title.Set("Security", form.Plain)
	case len(c.all) == 0:
		s.title.Set("No security or privacy incident", form.Plain)
	default:
		s.title.Set(c.shown.code+"  "+c.shown.title, form.Plain)
	}
	s.banner.Set(part.BannerRow{Text: c.banner, Tone: part.NoticeWarn})
	s.drawChips()
	for _, l := range []struct {
		list  *part.SheetList
		lines []line
	}{{s.record, s.filtered(c.record)}, {s.rules, s.filtered(c.law)}} {
		l.list.SetRows(rows(l.lines, now))
		if law := s.law; l.list.Selected() == "" && len(l.lines) > 0 {
			l.list.Select(l.lines[min(1, len(l.lines)-1)].ID)
			s.law = law // nobody went there yet
		}
	}
}

// maxChips keeps the chooser to a line or two; [ and ] reach the others.
const maxChips = 6

// drawChips shows which incident is looked at, where there are several.
func (s *Screen) drawChips() {
	all := s.content.all
	if len(all) > maxChips {
		at := slices.Index(all, s.content.shown)
		from := min(max(at-maxChips/2, 0), len(all)-maxChips)
		all = all[from : from+maxChips]
	}
	form.Show(s.chips, len(all) > 1)
	if !slices.Equal(all, s.drawn.chips) {
		s.drawn.chips = slices.Clone(all)
		s.chips.Objects = nil
		for _, c := range all {
			chip := part.NewChip("", "")
			chip.OnChange = func(bool) { s.Open(c.id) }
			s.chips.Add(chip)
		}
	}
	for i, c := range all {
		word := c.code
		if !c.open {
			word += ", over"
		}
		s.chips.Objects[i].(*part.Chip).Set(word, "", c.id == s.content.shown.id)
	}
	s.chips.Refresh()
}

// drawDetail shows the row that is looked at in full, and beside it the form
// that is open, the draft, or what the last act said.
func (s *Screen) drawDetail() {
	l := s.selected()
	if l.ID != s.drawn.row {
		s.scrolls[0].ScrollToTop()
		s.scrolls[1].ScrollToTop()
	}
	if l.ID != s.drawn.row || !slices.Equal(l.whole, s.drawn.facts) || !slices.Equal(l.acts, s.drawn.acts) {
		s.drawn.row, s.drawn.facts, s.drawn.acts = l.ID, l.whole, l.acts
		s.drawn.buttons, s.drawn.ends = s.buttons(l), s.buttons(l)
		s.whole.Objects = nil
		s.whole.Add(form.Buttons(s.drawn.buttons...))
		for i, f := range l.whole {
			s.whole.Add(factObject(l, i, f))
		}
	}
	s.asked.Objects = []fyne.CanvasObject{s.says}
	s.ends.Objects = nil
	switch {
	case s.panel.IsOpen():
		s.asked.Objects = []fyne.CanvasObject{s.panel.Object}
	case len(s.invites) > 0:
		handed := fynex.NewButton("They are handed over", func() {
			s.invites = nil
			s.drawDetail()
		})
		s.asked.Objects = append(append([]fyne.CanvasObject{s.panel.Object}, s.invites...), form.Buttons(handed))
	case l.paper != "" && s.content.paper != nil && s.content.paperName == l.paper:
		s.asked.Objects = append(s.asked.Objects, s.panel.Object)
		s.asked.Objects = append(s.asked.Objects, preview(s.content.paper)...)
		s.ends.Objects = []fyne.CanvasObject{form.Buttons(s.drawn.ends...)}
	case len(s.content.all) == 0:
	default:
		s.asked.Objects = append(s.asked.Objects, s.panel.Object, s.quick())
	}
	s.body.Refresh()
}

// recordActs add to the record, whatever row is looked at.
var recordActs = []act{actHold, actRoom, actAttack, actIndicator, actEvidence, actCredential, actIsolate}

// quick offers what is added most, where nothing else is shown.
func (s *Screen) quick() fyne.CanvasObject {
	if s.drawn.quick == nil {
		s.drawn.quick = make([]fyne.CanvasObject, 0, len(recordActs))
		for _, a := range recordActs {
			b := fynex.NewButton(string(a), func() { s.act(a, line{}) })
			b.OnKey = s.escape
			s.drawn.quick = append(s.drawn.quick, b)
		}
		s.drawn.add = form.Stack(6, form.Caption("Add to the record"), form.Buttons(s.drawn.quick...))
	}
	for i, b := range s.drawn.quick { // the registers ask for a security type
		form.Show(b, i == 0 || s.content.security.Sealed)
	}
	return s.drawn.add
}

func (s *Screen) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		s.host.Focus(s.list())
	}
	return k == fyne.KeyEscape
}

// factColumns are the shares of a label and of what stands behind it.
var factColumns = []float32{1, 3.4}

// factObject shows one fact of a row; a digest is compared letter by letter.
func factObject(l line, i int, f fact) fyne.CanvasObject {
	words := form.NewWords(f.text, form.Plain)
	switch {
	case f.label == "SHA-256":
		words = form.Mono(grouped(f.text))
	case i == 0 && l.Tone == part.SheetAlarm:
		words.Set(f.text, form.Wrong)
	}
	if f.label == "" {
		return words
	}
	return form.Row(factColumns, form.NewWords(f.label, form.Quiet), words)
}

// grouped sets a digest in groups of 16, which are compared one by one.
func grouped(sum string) string {
	var groups []string
	for ; len(sum) > 16; sum = sum[16:] {
		groups = append(groups, sum[:16])
	}
	return strings.Join(append(groups, sum), " ")
}

func (s *Screen) buttons(l line) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i, a := range l.acts {
		b := fynex.NewButton(string(a), func() { s.act(a, l) })
		if i == 0 {
			b.SetHint("Enter")
		}
		b.OnKey = s.escape
		all = append(all, b)
	}
	return all
}

// say tells what an act without a form came to.
func (s *Screen) say(words string, tone form.Tone) {
	s.says.Set(words, tone)
	s.body.Refresh()
}

// bodyLayout places the two lists side by side over the row that is looked at;
// in a small window, or with large text, one list at a time.
type bodyLayout struct{ screen *Screen }

// Measures of the body, in units at text of 13.
const (
	narrowBody = 900
	bodyGap    = 12
	listShare  = 0.58
	askedShare = 0.4 // while a form is open
)

func (b *bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (b *bodyLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	record, law, advice, whole, asked := o[0], o[1], o[2], o[3], o[4]
	narrow := size.Width < narrowBody*base.TextSize()/13
	filling := narrow && b.screen.panel.IsOpen()                   // the form needs the room
	form.Show(advice, !narrow || b.screen.law && !b.screen.busy()) // a draft says it too
	form.Show(record, !narrow || !b.screen.law && !filling)
	form.Show(law, !narrow || b.screen.law && !filling)
	form.Show(asked, !narrow || b.screen.busy())
	form.Show(whole, !narrow || !b.screen.busy())
	form.Show(b.screen.ends, narrow) // else its buttons stand in whole
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, max(h, 0)))
	}
	half := (size.Width - bodyGap) / 2
	if narrow {
		half = size.Width
	}
	advice.Resize(fyne.NewSize(size.Width, advice.Size().Height))
	note := float32(0)
	if advice.Visible() {
		note = advice.MinSize().Height
	}
	share := float32(listShare)
	if b.screen.panel.IsOpen() {
		share = askedShare
	}
	high := (size.Height-note)*share - bodyGap
	right := size.Width - half
	put(record, 0, 0, half, high)
	put(law, right, 0, half, high)
	put(advice, 0, size.Height-note, size.Width, note)
	y := high + bodyGap
	if filling {
		y = 0
	}
	put(whole, -form.RingRoom, y, half+form.RingRoom, size.Height-y-note-4)
	put(asked, right-form.RingRoom, y, half+form.RingRoom, size.Height-y-note-4)
	b.screen.below.Layout.Layout(b.screen.below.Objects, b.screen.below.Size()) // the form may have another height
}

// busy tells whether a form, a draft or the answer to an act is to be seen
// rather than the row, where there is room for one.
func (s *Screen) busy() bool {
	return s.panel.IsOpen() || len(s.invites) > 0 || s.says.Text() != "" || s.panel.Said() != "" || s.selected().paper != ""
}

// chipsLayout sets the chooser of incidents and, where only one list has room,
// that of the list beside one another.
type chipsLayout struct{ wide float32 }

func (c *chipsLayout) narrow() bool { return c.wide > 0 && c.wide < narrowBody*base.TextSize()/13 }

func (c *chipsLayout) each(o []fyne.CanvasObject, put func(o fyne.CanvasObject, x, y, w, h float32)) (height float32) {
	incidents, sides := o[0], o[1]
	two := float32(0)
	if c.narrow() {
		two = sidesShare * c.wide
		put(sides, 0, 0, two, sides.MinSize().Height)
		height = sides.MinSize().Height
		two += bodyGap
	}
	if incidents.Visible() {
		put(incidents, two, 0, max(c.wide-two, 1), incidents.MinSize().Height)
		height = max(height, incidents.MinSize().Height)
	}
	return height
}

// sidesShare is the room of the chooser of the list.
const sidesShare = 0.32

func (c *chipsLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, c.each(o, func(fyne.CanvasObject, float32, float32, float32, float32) {}))
}

func (c *chipsLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	c.wide = size.Width
	form.Show(o[1], c.narrow())
	c.each(o, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}
