package text

import (
	"strings"
	"unicode"
)

// How far a name is shortened.
const (
	firstAndInitial = iota
	firstOnly
	initials
)

// Name shortens the name of a person, or of several joined by " / ", to a width: to "Ana R.", then to
// "Ana", then to "A. R.". A name is cut inside a word only where none of these fits, as one word that
// is too long.
func (f *Face) Name(name string, width float32) string {
	if f.Width(name) <= width || !strings.Contains(name, " ") {
		return f.Ellipsis(name, width)
	}
	people := strings.Split(name, " / ")
	for step := firstAndInitial; step <= initials; step++ {
		short := make([]string, len(people))
		for i, p := range people {
			short[i] = shortName(p, step)
		}
		if words := strings.Join(short, " / "); f.Width(words) <= width {
			return words
		}
	}
	return f.Ellipsis(name, width)
}

// Short is the first name of a person and the initial of the next: "Joanna K.". A single name stays.
func Short(name string) string { return shortName(name, firstAndInitial) }

func shortName(name string, step int) string {
	first, rest, _ := strings.Cut(name, " ")
	rest = strings.TrimLeft(rest, " ")
	switch step {
	case firstAndInitial:
		return strings.TrimSpace(first + " " + initial(rest))
	case firstOnly:
		return first
	case initials:
		return strings.TrimSpace(initial(first) + " " + initial(rest))
	}
	return name
}

// initial is the first character of a name as a reader sees it.
func initial(name string) string {
	if name == "" {
		return ""
	}
	first := name[:boundaries(name)[0]]
	if rightToLeft(first) { // drawn in a line that runs the other way, a stop would stand before it
		return first
	}
	return first + "."
}

// rightToLeft tells whether a character belongs to a script that is written from the right.
func rightToLeft(s string) bool {
	for _, r := range s {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
	}
	return false
}
