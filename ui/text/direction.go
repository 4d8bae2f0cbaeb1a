package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hairSpace is the narrowest space of the fonts, a tenth of the size.
const hairSpace = "\u200A"

// hooked is a line whose first letter keeps its hook: Fyne cuts off what a letter draws left of where the
// line begins, as J and j do in the proportional fonts.
func hooked(line string) string {
	if strings.HasPrefix(line, "J") || strings.HasPrefix(line, "j") {
		return hairSpace + line
	}
	return line
}

// leftToRight is the mark that keeps what stands beside it in the direction of the screen.
const leftToRight = "\u200E"

// Shown is a line as it is to be drawn. Fyne takes the direction of a line from its first letter and
// then draws its runs from left to right in the order they are written, so a line that begins with a
// name in Arabic loses the space and the brackets behind it, and a number inside Hebrew parts the
// sentence in the wrong order. Here a line runs from left to right, as the screen does, and a stretch
// in the other direction is put into the order in which it is read.
//
// Fyne also cuts off the hook of a J that begins a line, but for one in the font of fixed width.
func Shown(line string, fixed bool) string {
	if !fixed {
		line = hooked(line)
	}
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

// sentenceWords is how many words tell a sentence that runs from right to left from a name.
const sentenceWords = 5

// stretch returns where what runs from right to left ends: at its last letter or number before a
// letter that runs the other way. A comma at the end of the line belongs to a sentence that goes on in
// the next one.
func stretch(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case backward(r), unicode.IsDigit(r), clings(r), i == end && closes(s[:end], r):
			end = i + len(string(r))
		case unicode.IsLetter(r), string(r) == leftToRight:
			return end
		}
	}
	if len(strings.Fields(s[:end])) >= sentenceWords && strings.Trim(s[end:], ",;،؛") == "" {
		return len(s)
	}
	return end
}

// closes reports a bracket that was opened in s.
func closes(s string, r rune) bool {
	open := mirrored[r]
	return strings.ContainsRune(")]}»", r) && strings.Count(s, open) > strings.Count(s, string(r))
}

// mirrored are the brackets of each kind, as they stand in text that runs the other way.
var mirrored = map[rune]string{'(': ")", ')': "(", '[': "]", ']': "[", '{': "}", '}': "{", '«': "»", '»': "«", '<': ">", '>': "<"}

// reversed puts what a stretch is made of into the order in which it stands on the screen: words, each run
// of which is drawn in its own direction, numbers, and what stands between them.
func reversed(s string) string {
	var parts []string
	for s != "" {
		n := wordsEnd(s)
		if n == 0 {
			n = numberEnd(s)
		}
		between := n == 0
		r, size := utf8.DecodeRuneInString(s)
		if between {
			n = size
		}
		part := s[:n]
		if m, ok := mirrored[r]; ok && between {
			part = m
		}
		parts, s = append(parts, part), s[n:]
	}
	slices.Reverse(parts)
	return strings.Join(parts, leftToRight)
}

// wordsEnd is where the words that s begins with end: letters that run from right to left, what clings to
// them, and the spaces between.
func wordsEnd(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case backward(r), end > 0 && clings(r):
			end = i + len(string(r))
		case r != ' ' || end == 0:
			return end
		}
	}
	return end
}

// numberEnd is where the number that s begins with ends, such as 13:58 or 4.5.
func numberEnd(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			end = i + len(string(r))
		case end == 0 || end < i || !strings.ContainsRune(".:,/-", r):
			return end
		}
	}
	return end
}
