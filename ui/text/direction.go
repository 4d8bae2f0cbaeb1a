package text

import (
	"strings"
	"unicode"
)

// leftToRight is the mark that keeps what stands beside it in the direction of the screen.
const leftToRight = "\u200E"

// Shown is a line as it is to be drawn. Fyne takes the direction of a line from its first letter and
// then draws its runs from left to right in the order they are written, so a line that begins with a
// name in Arabic loses the space and the brackets behind it, and a number inside Hebrew parts the
// sentence in the wrong order. Here a line runs from left to right, as the screen does, and a stretch
// in the other direction is put into the order in which it is read. A line without one is returned as it is.
func Shown(line string) string {
	if !strings.ContainsFunc(line, backward) {
		return line
	}
	var b strings.Builder
	for line != "" {
		from := strings.IndexFunc(line, backward)
		if from < 0 {
			break
		}
		to := stretch(line[from:]) + from
		b.WriteString(line[:from] + leftToRight + reversed(line[from:to]) + leftToRight)
		line = line[to:]
	}
	return b.String() + line
}

// Apart ends words so that a number behind them is not read as theirs, as one would be
// that follows a title in Arabic.
func Apart(words string) string {
	if strings.ContainsFunc(words, backward) {
		return words + leftToRight
	}
	return words
}

// backward reports letters that are written from right to left.
func backward(r rune) bool {
	return r >= 0x0590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) && unicode.IsLetter(r)
}

// stretch returns where what runs from right to left ends: at its last letter or number before a
// letter that runs the other way.
func stretch(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case backward(r), unicode.IsDigit(r), clings(r):
			end = i + len(string(r))
		case unicode.IsLetter(r), string(r) == leftToRight:
			return end
		}
	}
	return end
}

// reversed puts the words and the numbers of a stretch into the order in which they stand on the
// screen: each is drawn in its own direction.
func reversed(s string) string {
	var runs []string
	for s != "" {
		number := !backward([]rune(s)[0])
		n := strings.IndexFunc(s, func(r rune) bool {
			if number {
				return backward(r)
			}
			return unicode.IsDigit(r)
		})
		if n < 0 {
			n = len(s)
		}
		runs, s = append(runs, s[:n]), s[n:]
	}
	var b strings.Builder
	for i := len(runs) - 1; i >= 0; i-- {
		words := strings.TrimRight(runs[i], " ")
		if i < len(runs)-1 && words != runs[i] {
			b.WriteString(leftToRight + " " + leftToRight)
		}
		b.WriteString(words)
	}
	return b.String()
}
