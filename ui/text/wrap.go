package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap breaks s into lines no wider than width, at spaces where it can, inside a word where it must,
// and at every newline. The lines are parts of s; spaces at a break are dropped. At least one line
// comes back, which is empty for an empty s.
func (f *Face) Wrap(s string, width float32) []string {
	var lines []string
	for {
		paragraph, rest, more := strings.Cut(s, "\n")
		lines = f.wrapParagraph(lines, paragraph, width)
		if !more {
			return lines
		}
		s = rest
	}
}

// Lines wraps s into at most a number of lines, the last one shortened. What is left of a word that
// was broken goes on without a space.
func (f *Face) Lines(s string, width float32, most int) []string {
	lines := f.Wrap(s, width)
	if len(lines) <= most {
		return lines
	}
	at := 0
	for _, l := range lines[:most-1] {
		at += strings.Index(s[at:], l) + len(l)
	}
	return append(lines[:most-1], f.Ellipsis(strings.TrimLeft(s[at:], " \n"), width))
}

func (f *Face) wrapParagraph(lines []string, s string, width float32) []string {
	begin, end := 0, 0 // the line so far is s[begin:end]
	var used float32
	for pos := 0; pos < len(s); {
		if s[pos] == ' ' {
			pos++
			continue
		}
		stop := wordEnd(s, pos)
		word := s[pos:stop]
		wide := f.word(word)
		gap := f.space * float32(pos-end)
		switch {
		case used+gap+wide <= width && (end > begin || pos == end || begin == 0):
			used, end = used+gap+wide, stop
		case end > begin && wide > width && 2*(width-used-gap) >= width: // broken anyway: it begins where there is room
			cut := f.fit(word, width-used-gap)
			lines = append(lines, s[begin:pos+cut])
			begin, end, used = pos+cut, pos+cut, 0
			stop = pos + cut
		case end > begin: // close the line and look at the word again on a fresh one
			lines = append(lines, s[begin:end])
			begin, end, used = pos, pos, 0
			continue
		case pos > end: // leading spaces of a paragraph keep their place only if the word fits too
			begin, end = pos, pos
			continue
		default: // a word wider than a line
			cut := f.fit(word, width)
			lines = append(lines, word[:cut])
			begin, end, used = pos+cut, pos+cut, 0
			stop = pos + cut
		}
		pos = stop
	}
	if end > begin || len(s) == 0 || len(lines) == 0 {
		lines = append(lines, s[begin:end])
	}
	return lines
}

// fit returns how many bytes of a word fill a line: at least one character, preferably ending after
// a mark that addresses and identifiers are read by.
func (f *Face) fit(word string, width float32) int {
	cuts := boundaries(word)
	n := sort.Search(len(cuts), func(i int) bool { return f.measured(word[:cuts[i]]) > width })
	if n == 0 {
		return cuts[0]
	}
	best := cuts[n-1]
	for i := n - 1; i >= 0 && cuts[i]*2 > best; i-- {
		if strings.IndexByte("/-_.,;:&?=@", word[cuts[i]-1]) >= 0 {
			return cuts[i]
		}
	}
	return best
}

// measured measures parts of words, which would only fill the cache.
func (f *Face) measured(s string) float32 {
	f.cold++
	return f.measure(s)
}

// boundaries returns the ends of the characters of s as a reader sees them: marks that combine,
// joiners and variation selectors stay with what they follow.
func boundaries(s string) []int {
	cuts := make([]int, 0, len(s))
	joined := false
	for i, r := range s {
		if i > 0 && !joined && !clings(r) {
			cuts = append(cuts, i)
		}
		joined = r == zeroWidthJoiner
	}
	return append(cuts, len(s))
}

const zeroWidthJoiner = '\u200D'

func clings(r rune) bool {
	return r == zeroWidthJoiner || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) ||
		(r >= 0x1F3FB && r <= 0x1F3FF) // skin tones follow what they colour
}

// Ellipsis returns s if it is no wider than width, else its beginning with "…". Newlines become
// spaces. If not even the ellipsis fits, the result is empty.
func (f *Face) Ellipsis(s string, width float32) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if f.Width(s) <= width {
		return s
	}
	room := width - f.ellipsis
	if room < 0 {
		return ""
	}
	var used float32
	for pos := 0; pos < len(s); {
		if s[pos] == ' ' {
			used += f.space
			pos++
			continue
		}
		stop := wordEnd(s, pos)
		wide := f.word(s[pos:stop])
		if used+wide > room {
			return strings.TrimRight(s[:pos]+f.head(s[pos:stop], room-used), " ") + "…"
		}
		used, pos = used+wide, stop
	}
	return strings.TrimRight(s, " ") // only spaces at the end did not fit
}

// head returns the longest beginning of a word that is no wider than room.
func (f *Face) head(word string, room float32) string {
	if room <= 0 {
		return ""
	}
	cuts := boundaries(word)
	n := sort.Search(len(cuts), func(i int) bool { return f.measured(word[:cuts[i]]) > room })
	if n == 0 {
		return ""
	}
	return word[:cuts[n-1]]
}

// Estimate guesses how many lines s takes when the average character is charWidth wide. It measures
// nothing; callers use it for text far outside what is seen.
func Estimate(s string, charWidth, width float32) int {
	lines := 0
	perLine := max(1, int(width/charWidth))
	for {
		paragraph, rest, more := strings.Cut(s, "\n")
		lines += max(1, (utf8.RuneCountInString(paragraph)+perLine-1)/perLine)
		if !more {
			return lines
		}
		s = rest
	}
}
