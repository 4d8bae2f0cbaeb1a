package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// safeLine makes text that others wrote safe for one line of a terminal: what
// would move the cursor, change the screen, or hide and reorder characters is
// written as an escape such as <U+001B>.
func safeLine(s string) string { return safe(s, false) }

// safeBlock does the same and keeps line ends.
func safeBlock(s string) string { return safe(s, true) }

func safe(s string, lines bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			// The line end that follows says it all.
		case r == '\n' && lines:
			b.WriteByte('\n')
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case deceives(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// deceives reports what a terminal would obey or not show: controls, marks that
// reorder text (Trojan Source), invisible characters and private line ends. The
// joiners of emoji and of Indic and Persian writing stay.
func deceives(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200C', '\u200D'
	if r == zeroWidthNonJoiner || r == zeroWidthJoiner {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// cells is how many columns of a terminal a text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// pad fills a text up with blanks to a number of columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(columns-cells(s), 0))
}
