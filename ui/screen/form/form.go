// Package form holds what the forms of several screens are made of: fields
// with their errors, a choice of one, and columns narrow enough to read.
package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
)

// Input is a field of one line.
type Input struct {
	*part.Field
	Entry *fynex.Entry
	help  string
	wrong string
}

// NewInput makes a field with a word of help under it.
func NewInput(name, help string) *Input {
	e := fynex.NewEntry()
	i := &Input{Field: part.NewField(name, e), Entry: e, help: help}
	i.SetHelp(help)
	return i
}

// NewSecret makes a field that does not show what is typed.
func NewSecret(name, help string) *Input {
	i := NewInput(name, help)
	i.Entry.Password = true
	return i
}

// Text is what was typed.
func (i *Input) Text() string { return i.Entry.Text }

// Fill puts text into the field, with the cursor after it.
func (i *Input) Fill(s string) {
	if i.Entry.Text != s {
		i.Entry.SetText(s)
	}
	i.Entry.CursorColumn = len([]rune(s))
}

// Offer fills the field with what is taken as it is, or typed over.
func (i *Input) Offer(s string) {
	i.Entry.Given = s
	i.Fill(s)
}

// Wrong says what is wrong with the field; "" takes it back.
func (i *Input) Wrong(s string) {
	i.wrong = s
	i.SetError(s)
}

// Wrongness is what is wrong with the field, "" where nothing is.
func (i *Input) Wrongness() string { return i.wrong }

// Say puts other words under the field; "" puts the help there.
func (i *Input) Say(s string) {
	if s == "" {
		s = i.help
	}
	i.SetHelp(s)
}

// Show hides or shows an object and tells whether that changed anything.
func Show(o fyne.CanvasObject, visible bool) bool {
	if visible == o.Visible() {
		return false
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
	return true
}

// Choice is one of a few, as chips in a row.
type Choice struct {
	Object   *fyne.Container
	OnChange func(i int)

	words []string
	keys  []string // that choose, shown beside the words
	chips []*part.Chip
	at    int
}

// NewChoice makes a choice with the first chosen.
func NewChoice(words ...string) *Choice {
	c := &Choice{words: words, keys: make([]string, len(words)), Object: Wrap(container.NewHBox())}
	for i, w := range words {
		chip := part.NewChip(w, "")
		chip.OnChange = func(bool) {
			c.Choose(i)
			if c.OnChange != nil {
				c.OnChange(i)
			}
		}
		c.chips = append(c.chips, chip)
		c.Object.Add(chip)
	}
	c.Choose(0)
	return c
}

// Choose chooses without reporting it.
func (c *Choice) Choose(at int) {
	c.at = at
	for i, chip := range c.chips {
		chip.Set(c.words[i], c.keys[i], i == at)
	}
}

// Chosen is the chip of what is chosen, for the keyboard.
func (c *Choice) Chosen() fyne.Focusable { return c.chips[c.at] }

// At is what is chosen.
func (c *Choice) At() int { return c.at }

// OnKey has a function see the keys of the chips first; true means handled.
func (c *Choice) OnKey(fn func(fyne.KeyName) bool) {
	for _, chip := range c.chips {
		chip.OnKey = fn
	}
}

// OnRune has a function hear what is typed on the chips.
func (c *Choice) OnRune(fn func(rune)) {
	for _, chip := range c.chips {
		chip.OnRune = fn
	}
}

// Hint shows the key that chooses one of them beside its words.
func (c *Choice) Hint(i int, key string) {
	c.keys[i] = key
	c.Choose(c.at)
}

// Allow shows or hides one of the choices.
func (c *Choice) Allow(i int, may bool) {
	if Show(c.chips[i], may) {
		c.Object.Refresh()
	}
}
