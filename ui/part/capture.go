package part

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

const (
	captureMinLines = 2
	captureMaxLines = 6
	// draftPause is how long typing rests before the draft is handed over to be kept.
	draftPause = 500 * time.Millisecond
	// captureSuggestions is how many suggestions are shown at once.
	captureSuggestions = 6
)

// Timer runs f on the UI goroutine after d and returns a function that prevents it.
type Timer func(d time.Duration, f func()) (stop func())

// Suggestion is one completion offered above the capture box.
type Suggestion struct {
	ID   string // handed to OnSuggestion
	Text string // "/task @tom +10m text"
	Note string // "gives Tom a task due in 10 min"
}

// Capture is the box in which everything is written down: two lines, or one in a low window, that grow to six, what Enter
// will do below it, suggestions above it. What was typed is never cleared by the box itself: the
// owner calls Clear once the write is durable.
type Capture struct {
	widget.BaseWidget
	OnSubmit     func(text string)                 // Enter
	OnChange     func(text string)                 // every change, for interpretation and suggestions
	OnDraft      func(text string)                 // typing rested for half a second
	OnEscape     func()                            // Escape with no suggestions open
	OnEditLast   func()                            // Up in an empty box
	OnNoText     func()                            // what is to be pasted is no text, as a picture is none
	OnSuggestion func(id string)                   // a suggestion was taken
	OnShortcut   func(shortcut fyne.Shortcut) bool // a shortcut that does not edit text; true means handled
	After        Timer                             // nil hands drafts over at once
	Blank        bool                              // Enter submits an empty box too

	entry     *captureEntry
	list      *suggestionList
	hint      *canvas.Text
	hintText  string
	hintBad   bool
	pending   string
	isPending bool
	stopDraft func()
	faces     faces
	rows      int
	few       int // lines of an empty box
}

// NewCapture makes an empty box.
func NewCapture() *Capture {
	c := &Capture{hint: newText(), faces: faces{}, rows: captureMinLines, few: captureMinLines}
	c.entry = newCaptureEntry(c)
	c.list = newSuggestionList()
	c.list.OnOpen = c.take
	c.ExtendBaseWidget(c)
	return c
}

// Text returns what is typed.
func (c *Capture) Text() string { return c.entry.Text }

// SetText puts text into the box with the cursor at its end, as for editing an entry or restoring a draft.
func (c *Capture) SetText(s string) {
	c.entry.SetText(s)
	c.entry.toEnd()
}

// SelectAll selects what stands in the box, so that typing takes its place.
func (c *Capture) SelectAll() { c.entry.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// SetPlaceHolder sets what an empty box says.
func (c *Capture) SetPlaceHolder(s string) { c.entry.SetPlaceHolder(s) }

// Focusable returns what to focus on a canvas.
func (c *Capture) Focusable() fyne.Focusable { return c.entry }

// Clear takes away what was submitted, now that it is durable. What was typed after it stays.
func (c *Capture) Clear(submitted string) {
	c.isPending = false
	rest, ours := strings.CutPrefix(c.entry.Text, submitted)
	if !ours {
		return // changed meanwhile: keep all of it
	}
	c.SetText(strings.TrimPrefix(rest, "\n"))
}

// Refuse says why what was submitted was not written. The text stays.
func (c *Capture) Refuse(why string) {
	c.isPending = false
	c.SetHint(why, true)
}

// SetHint sets the line under the box: what Enter will do, or what is wrong.
func (c *Capture) SetHint(s string, wrong bool) {
	if c.hintText != s || c.hintBad != wrong {
		c.hintText, c.hintBad = s, wrong
		c.Refresh()
	}
}

// SetSuggestions shows completions above the box; none closes the list.
func (c *Capture) SetSuggestions(s []Suggestion) {
	had := len(c.list.Rows())
	c.list.SetRows(s)
	c.list.most = min(len(s), captureSuggestions)
	if c.list.index(c.list.Selected()) < 0 {
		c.list.Select("")
	}
	if had != len(s) {
		c.Refresh()
	}
}

func (c *Capture) suggesting() bool { return len(c.list.Rows()) > 0 }

// take hands a suggestion over and keeps the typing where it was.
func (c *Capture) take(id string) {
	c.SetSuggestions(nil)
	if c.OnSuggestion != nil {
		c.OnSuggestion(id)
	}
}

// Submit does what Enter does. The same text is not submitted twice while its write is under way.
func (c *Capture) Submit() {
	s := c.entry.Text
	if strings.TrimSpace(s) == "" && !c.Blank || (c.isPending && c.pending == s) || c.OnSubmit == nil {
		return
	}
	c.pending, c.isPending = s, true
	c.flushDraft()
	c.OnSubmit(s)
}

func (c *Capture) changed(s string) {
	if c.OnChange != nil {
		c.OnChange(s)
	}
	if c.stopDraft != nil {
		c.stopDraft()
		c.stopDraft = nil
	}
	if c.After == nil {
		c.draft()
	} else {
		c.stopDraft = c.After(draftPause, c.draft)
	}
	c.grow()
}

func (c *Capture) draft() {
	c.stopDraft = nil
	if c.OnDraft != nil {
		c.OnDraft(c.entry.Text)
	}
}

// flushDraft hands a waiting draft over at once.
func (c *Capture) flushDraft() {
	if c.stopDraft != nil {
		c.stopDraft()
		c.draft()
	}
}

// SetLow gives an empty box one line, for a window in which what stands above it
// has few.
func (c *Capture) SetLow(low bool) {
	few := captureMinLines
	if low {
		few = 1
	}
	if few != c.few {
		c.few = few
		c.grow()
	}
}

// grow gives the box as many lines as its text needs, within its bounds.
func (c *Capture) grow() {
	p := newPen(c)
	width := c.Size().Width - 4*p.size(base.SizeNameInnerPadding)
	lines := 1
	if width > 0 {
		lines = len(c.faces.at(p.size(base.SizeNameText), regular).Wrap(c.entry.Text, width))
	}
	lines = min(max(lines, c.few), captureMaxLines)
	if lines != c.rows {
		c.rows = lines
		c.entry.SetMinRowsVisible(lines)
		c.Refresh()
	}
}

// CreateRenderer draws the box.
func (c *Capture) CreateRenderer() fyne.WidgetRenderer { return newRenderer(c) }

func (c *Capture) least() fyne.Size {
	p := newPen(c)
	size := c.entry.MinSize().AddWidthHeight(200, ceil(p.height(base.SizeNameCaptionText, regular))+4)
	if c.suggesting() {
		size.Height += c.list.least().Height + 4
	}
	return size
}

func (c *Capture) draw(size fyne.Size) {
	p := newPen(c)
	hint := ceil(p.height(base.SizeNameCaptionText, regular)) + 4
	top := float32(0)
	show(c.list, c.suggesting())
	if c.suggesting() {
		top = c.list.least().Height + 4
		place(c.list, 0, 0, size.Width, top-4)
	}
	place(c.entry, 0, top, size.Width, max(0, size.Height-top-hint))
	colour := theme.ColorMuted
	if c.hintBad {
		colour = theme.Severity(0).Text
	}
	gap := p.size(base.SizeNameInnerPadding)
	p.write(c.hint, p.cut(c.faces, c.hintText, base.SizeNameCaptionText, regular, size.Width-2*gap), colour, base.SizeNameCaptionText, regular)
	place(c.hint, gap, size.Height-hint+2, size.Width-2*gap, hint-2)
}

func (c *Capture) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.list, c.entry, c.hint}
}
