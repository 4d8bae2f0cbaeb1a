// Package plain makes text that others wrote fit to be shown: on a screen, in a
// terminal or in a document it hides nothing, reorders nothing and moves no
// cursor.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one character. Real scripts need three; more paint
// over the rows above and below.
const maxMarks = 4

// Line makes text written by others safe to show on one line: newlines and tabs become spaces, and
// what would hide or reorder characters is written as an escape such as <U+202E>.
func Line(s string) string { return safe(s, false) }

// Block does the same and keeps newlines, for text shown over several lines.
func Block(s string) string { return safe(s, true) }

func safe(s string, newlines bool) string {
	if plain(s, newlines) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			// The newline that follows says it all.
		case r == '\n' && newlines:
			b.WriteByte('\n')
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == blackFlag && flagTags(s[i+size:]) > 0:
			size += flagTags(s[i+size:])
			b.WriteString(s[i : i+size])
		case deceives(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
			i += size
			continue
		default:
			b.WriteRune(r)
		}
		marks = 0
		i += size
	}
	return b.String()
}

// plain is the common case: nothing to change, nothing to copy.
func plain(s string, newlines bool) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c == 0x7F || (c < 0x20 && (c != '\n' || !newlines)) {
			return false
		}
	}
	return true
}

// The flag of a part of a country, such as Scotland's, is a black flag followed by the part's code
// in tags and a tag that ends it (UTS #51, ED-14a).
const (
	blackFlag = '\U0001F3F4'
	tagSpace  = 0xE0020 // tags draw nothing; each stands for an ASCII character
	tagEnd    = 0xE007F
)

// flagTags gives the bytes of the tags that make a flag of the black flag before them; 0 where they
// do not. A code has a country's two letters and one to four letters or digits (ISO 3166-2, as CLDR
// writes it), so nothing longer hides behind a flag.
func flagTags(s string) int {
	code := 0
	for at, r := range s {
		c := r - tagSpace + ' '
		switch {
		case r == tagEnd && code >= 3:
			return at + utf8.RuneLen(r)
		case code == 6 || c > '~', code < 2 && !(c >= 'a' && c <= 'z'), !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9'):
			return 0
		}
		code++
	}
	return 0
}

// deceives reports characters that draw nothing or reorder what is drawn: controls, bidi marks and
// overrides (Trojan Source), zero-width and filler characters, tags, private line breaks. The joiner
// of emoji and of Indic and Persian writing stays.
func deceives(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Co, r):
		return true
	case r == '\u200C' || r == '\u200D':
		return false
	case unicode.Is(unicode.Cf, r):
		return true
	case r == '\u115F' || r == '\u1160' || r == '\u3164' || r == '\uFFA0' || r == '\u2800' || r == '\u034F':
		return true
	case r >= 0xE0000 && r <= 0xE0FFF:
		return true
	default:
		return false
	}
}

// Capital writes the first letter of words large, as at the beginning of a sentence.
func Capital(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + words[size:]
}

// Inside writes words as they stand within a sentence: the first letter small, but for one of a name such
// as SLO.
func Inside(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if second, _ := utf8.DecodeRuneInString(words[size:]); !unicode.IsLower(second) {
		return words
	}
	return string(unicode.ToLower(first)) + words[size:]
}
