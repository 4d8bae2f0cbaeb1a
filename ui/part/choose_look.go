package part

import (
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// chooserLook is what a chooser shows.
type chooserLook struct {
	place        *pathLine
	list         *SheetList
	name         *fynex.Entry
	field        *Field
	only, hidden *Chip
	take         *fynex.Button
	object       *fyne.Container
}

func newChooserLook(c *Chooser) *chooserLook {
	l := &chooserLook{place: newPathLine(), list: NewSheetList(""), name: fynex.NewEntry(), hidden: NewChip("Hidden files", "")}
	word, label := "Open", "A few letters of its name, or a path"
	if c.ask.Save {
		word, label = "Save", "Name, or a path"
	}
	if c.ask.Act != "" {
		word = c.ask.Act
	}
	l.field = NewField(label, l.name)
	l.only = NewChip("Only "+strings.Join(c.ask.Types, ", "), "")
	l.only.on = !c.ask.Save
	show(l.only, len(c.ask.Types) > 0)
	l.take = fynex.NewButton(word, c.Enter)
	l.take.SetImportance(fynex.Recommended)
	leave, up, home := fynex.NewButton("Cancel", c.Close), fynex.NewButton("Up", c.up), fynex.NewButton("Home", func() { c.into(c.disk.Home()) })
	up.SetHint("Backspace")
	l.bind(c, l.take, leave, up, home)
	top := container.NewVBox(newTitle(c.ask.Title), fynex.Flush(container.NewBorder(nil, nil, nil, container.NewHBox(home, up), l.place)))
	switches := container.New(layout.NewCustomPaddedLayout(fynex.RingRoom, fynex.RingRoom, 0, 0), container.NewHBox(l.only, l.hidden)) // as tall as the buttons
	below := container.NewVBox(l.field, fynex.Flush(container.NewHBox(switches, layout.NewSpacer(), leave, l.take)))
	l.object = container.NewBorder(top, below, nil, nil, l.list)
	return l
}

// bind has the keys of every part do what they say.
func (l *chooserLook) bind(c *Chooser, buttons ...*fynex.Button) {
	escape := func(k fyne.KeyName) bool {
		if k == fyne.KeyEscape {
			c.overlay.Escape()
		}
		return k == fyne.KeyEscape
	}
	for _, b := range buttons {
		b.OnKey = escape
	}
	for _, chip := range []*Chip{l.only, l.hidden} {
		chip.OnKey = escape
		chip.OnChange = func(bool) { c.draw() }
	}
	l.name.OnChanged = func(s string) {
		if !c.filling {
			c.typed(s)
		}
	}
	l.name.OnSubmitted = func(string) { c.Enter() }
	l.name.OnKey = c.key
	l.list.OnSelect = c.picked
	l.list.OnOpen = func(string) {
		c.walked = true
		c.Enter()
	}
	l.list.OnKey = func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyBackspace {
			c.up()
		}
		escape(k.Name)
	}
}

// draw says where this is, how much is here, and what Enter does with it.
func (l *chooserLook) draw(c *Chooser, shown int) {
	l.place.set(c.folder)
	in, name := files.Split(l.name.Text)
	there, ok := c.listing.Find(strings.TrimSpace(name))
	says, wrong := "", c.trouble
	switch {
	case c.reading != 0:
		says = "Reading …"
	case c.ask.Save && ok && !there.Folder:
		wrong = "There already: " + there.About() + ". Save asks before it is replaced."
	default:
		says = l.count(c, shown) + l.enters(c, in, name)
	}
	l.field.SetHelp(says)
	l.field.SetError(wrong)
}

// count says how much of the folder is shown.
func (l *chooserLook) count(c *Chooser, shown int) string {
	all := len(c.listing.Files)
	switch {
	case c.listing.More:
		return fmt.Sprintf("%d of the first %d shown; type the whole path of another", shown, files.MaxListed)
	case shown == all:
		return text.Count(all, "entry", "entries")
	}
	return fmt.Sprintf("%d of %d shown", shown, all)
}

// enters says what Enter does; it names nothing, so that a long name moves nothing.
func (l *chooserLook) enters(c *Chooser, in, name string) string {
	f, ok := c.listing.Find(l.list.Selected())
	switch {
	case ok && f.Folder && (c.walked || !c.ask.Save), !ok && name == "" && in != "":
		return " · Enter opens the folder"
	case c.ask.Save && name != "":
		return " · Enter saves here"
	case ok:
		return " · Enter takes the file"
	}
	return ""
}

// refuse says why Enter does nothing.
func (l *chooserLook) refuse(why string) { l.field.SetError(why) }

// Sizes of the chooser, in units at text of 13.
const (
	chooserWide  = 760
	chooserHigh  = 560
	chooserClear = 24 // of the edges of the window
)

// roomy places a chooser: the same size whatever the folder holds.
func roomy(area, least fyne.Size) (fyne.Position, fyne.Size) {
	by := base.TextSize() / 13
	most := area.SubtractWidthHeight(2*chooserClear, 2*chooserClear)
	return fynex.Middle(area, fyne.NewSize(chooserWide*by, chooserHigh*by).Max(least).Min(most))
}

// pathLine shows where something is. Too long, it is cut at its beginning: the end tells folders apart.
type pathLine struct {
	widget.BaseWidget
	path  string
	faces faces
	words *canvas.Text
}

func newPathLine() *pathLine {
	l := &pathLine{faces: faces{}, words: newText()}
	l.ExtendBaseWidget(l)
	return l
}

func (l *pathLine) set(path string) {
	if l.path != path {
		l.path = path
		l.Refresh()
	}
}

// CreateRenderer draws the line.
func (l *pathLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *pathLine) least() fyne.Size {
	p := newPen(l)
	return fyne.NewSize(80, p.height(base.SizeNameText, regular))
}

func (l *pathLine) draw(size fyne.Size) {
	p := newPen(l)
	face := l.faces.at(p.size(base.SizeNameText), regular)
	words := text.Line(l.path)
	for face.Width(words) > size.Width {
		_, rest, more := strings.Cut(strings.TrimLeft(words, "…"+string(filepath.Separator)), string(filepath.Separator))
		if !more {
			break
		}
		words = "…" + string(filepath.Separator) + rest
	}
	high := p.height(base.SizeNameText, regular)
	p.write(l.words, p.cut(l.faces, words, base.SizeNameText, regular, size.Width), theme.ColorMuted, base.SizeNameText, regular)
	place(l.words, 0, (size.Height-high)/2, size.Width, high)
}

func (l *pathLine) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{l.words} }

// title is the bold line a panel begins with.
type title struct {
	widget.BaseWidget
	says  string
	faces faces
	words *canvas.Text
}

func newTitle(says string) *title {
	t := &title{says: says, faces: faces{}, words: newText()}
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer draws the title.
func (t *title) CreateRenderer() fyne.WidgetRenderer { return newRenderer(t) }

func (t *title) least() fyne.Size {
	p := newPen(t)
	return fyne.NewSize(80, ceil(p.height(base.SizeNameSubHeadingText, bold)))
}

func (t *title) draw(size fyne.Size) {
	p := newPen(t)
	p.write(t.words, p.cut(t.faces, t.says, base.SizeNameSubHeadingText, bold, size.Width), base.ColorNameForeground, base.SizeNameSubHeadingText, bold)
	place(t.words, 0, 0, size.Width, size.Height)
}

func (t *title) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{t.words} }
