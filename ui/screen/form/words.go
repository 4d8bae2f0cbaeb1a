package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// Tone is how words are meant.
type Tone int

const (
	// Plain words are read first.
	Plain Tone = iota
	// Quiet words are read second.
	Quiet
	// Wrong words say what went wrong.
	Wrong
	// Warn words ask to be heeded.
	Warn
	// Well words say that something was checked and is right.
	Well
)

func (t Tone) colour() fyne.ThemeColorName {
	switch t {
	case Quiet:
		return theme.ColorMuted
	case Wrong:
		return theme.Severity(0).Text
	case Warn:
		return theme.Severity(1).Text
	case Well:
		return theme.ColorOK
	default:
		return base.ColorNameForeground
	}
}

// Words is text over several lines, flush with the fields of a form: a label
// stands 6 units further in, and its quiet colour is that of what cannot be
// used.
type Words struct {
	widget.BaseWidget
	words string
	tone  Tone
	size  fyne.ThemeSizeName
	style fyne.TextStyle
	line  bool // never wraps
	most  int  // lines that are drawn, the last one cut; 0 draws all

	wide  float32
	face  *text.Face
	made  faceKey // what face was made for
	lines []string
	drawn []*canvas.Text
}

type faceKey struct {
	size  float32
	style fyne.TextStyle
}

// NewWords makes words of a tone.
func NewWords(words string, tone Tone) *Words {
	w := &Words{words: words, tone: tone, size: base.SizeNameText}
	w.ExtendBaseWidget(w)
	return w
}

// Heading is the title of a screen or of a panel.
func Heading(words string) *Words {
	w := NewWords(words, Plain)
	w.size, w.style = base.SizeNameSubHeadingText, fyne.TextStyle{Bold: true}
	return w
}

// Most bounds the lines that are drawn; the last one ends in an ellipsis.
func (w *Words) Most(lines int) *Words {
	w.most = lines
	return w
}

// Caption is the bold title of a few fields.
func Caption(words string) *Words {
	w := NewWords(words, Plain)
	w.style = fyne.TextStyle{Bold: true}
	return w
}

// Name is what stands over a field or a choice, as a part.Field draws it.
func Name(words string) *Words {
	w := NewWords(words, Quiet)
	w.size, w.style = base.SizeNameCaptionText, fyne.TextStyle{Bold: true}
	return w
}

// Mono is words that are compared letter by letter, such as a key.
func Mono(words string) *Words {
	w := NewWords(words, Plain)
	w.style = fyne.TextStyle{Monospace: true}
	return w
}

// Label is words on one line.
func Label(words string, tone Tone) *Words {
	w := NewWords(words, tone)
	w.line = true
	return w
}

// Set changes the words and how they are meant.
func (w *Words) Set(words string, tone Tone) {
	if w.words == words && w.tone == tone {
		return
	}
	w.words, w.tone = words, tone
	w.Refresh()
}

// Bold tells whether the words are a title.
func (w *Words) Bold() bool { return w.style.Bold }

// Text is what is said.
func (w *Words) Text() string { return w.words }

// Tone is how it is meant.
func (w *Words) Tone() Tone { return w.tone }

// Resize wraps the words anew where the width changed.
func (w *Words) Resize(size fyne.Size) {
	if size.Width != w.wide {
		w.wide = size.Width
		w.BaseWidget.Resize(size)
		w.Refresh()
		return
	}
	w.BaseWidget.Resize(size)
}

// unknownWidth is taken until words were given one: wide enough that a sentence
// is one line.
const unknownWidth = 900

func (w *Words) wrap() {
	key := faceKey{w.Theme().Size(w.size), w.style}
	if w.face == nil || key != w.made {
		w.made = key
		w.face = text.NewFace(func(s string) float32 { return fyne.MeasureText(s, key.size, key.style).Width })
	}
	w.lines = nil
	if w.words == "" {
		return
	}
	if w.line {
		w.lines = []string{w.words}
		return
	}
	wide := w.wide
	if wide < 1 {
		wide = unknownWidth
	}
	if w.most > 0 {
		w.lines = w.face.Lines(w.words, wide, w.most)
		return
	}
	w.lines = w.face.Wrap(w.words, wide)
}

// CreateRenderer draws the words.
func (w *Words) CreateRenderer() fyne.WidgetRenderer {
	r := &wordsRenderer{w: w}
	r.apply()
	return r
}

type wordsRenderer struct {
	w       *Words
	objects []fyne.CanvasObject
	line    float32
}

func (r *wordsRenderer) apply() {
	w := r.w
	w.wrap()
	size := w.Theme().Size(w.size)
	r.line = fyne.MeasureText("Mg", size, w.style).Height
	r.objects = r.objects[:0]
	for i, s := range w.lines {
		if i == len(w.drawn) {
			w.drawn = append(w.drawn, canvas.NewText("", nil))
		}
		t := w.drawn[i]
		t.Text, t.TextSize, t.TextStyle, t.Color = text.Shown(s, w.style.Monospace), size, w.style, base.ColorForWidget(w.tone.colour(), w)
		r.objects = append(r.objects, t)
	}
	r.Layout(w.Size())
}

func (r *wordsRenderer) MinSize() fyne.Size {
	width := float32(1)
	if r.w.line {
		width += r.w.face.Width(r.w.words)
	}
	return fyne.NewSize(width, r.line*float32(len(r.objects)))
}

func (r *wordsRenderer) Layout(size fyne.Size) {
	for i, o := range r.objects {
		o.Move(fyne.NewPos(0, float32(i)*r.line))
		o.Resize(fyne.NewSize(size.Width, r.line))
	}
}

func (r *wordsRenderer) Refresh() {
	r.apply()
	canvas.Refresh(r.w)
}

func (r *wordsRenderer) Destroy() {}

func (r *wordsRenderer) Objects() []fyne.CanvasObject { return r.objects }
