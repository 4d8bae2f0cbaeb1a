// Package text prepares words for the screen: it measures, wraps and shortens lines with a cache of
// word widths, makes text written by others safe to show, and writes times the way people say them.
//
// Nothing here draws. Measuring goes through a function, so that tests need no fonts; in the desktop
// that function belongs to the UI goroutine, and so does a Face (Fyne's own measuring cache is a
// plain map in a migrated build).
package text

// maxWords bounds the cache of one Face: about 2 MB of short strings. Identifiers and numbers in a
// long incident would let it grow without end.
const maxWords = 20_000

// Measure returns the width of a string in units when drawn on one line.
type Measure func(string) float32

// Face measures text of one style and size, remembering the width of each word.
type Face struct {
	measure  Measure
	widths   map[string]float32
	space    float32
	ellipsis float32
	cold     int
}

// NewFace returns a face that measures through m.
func NewFace(m Measure) *Face {
	return &Face{measure: m, widths: make(map[string]float32), space: m(" "), ellipsis: m("…")}
}

// Cold returns how many strings had to be measured so far. The difference of two calls tells how
// much real work lay between them (a cold word costs some 60 microseconds, a known one none).
func (f *Face) Cold() int { return f.cold }

// Width returns the width of s, measured as its words and the spaces between them.
func (f *Face) Width(s string) float32 {
	var total float32
	for start := 0; start < len(s); {
		end := wordEnd(s, start)
		if end == start {
			total += f.space
			start++
			continue
		}
		total += f.word(s[start:end])
		start = end
	}
	return total
}

func (f *Face) word(w string) float32 {
	if width, ok := f.widths[w]; ok {
		return width
	}
	if len(f.widths) >= maxWords {
		clear(f.widths)
	}
	width := f.measure(w)
	f.cold++
	f.widths[w] = width
	return width
}

// wordEnd returns where the run without spaces that starts at start ends.
func wordEnd(s string, start int) int {
	for i := start; i < len(s); i++ {
		if s[i] == ' ' || s[i] == '\n' {
			return i
		}
	}
	return len(s)
}
