package plain

import (
	"cmp"
	"strings"
	"unicode"
)

// Natural compares names as people count: "Vendor 2" comes before "Vendor 10". Case does not count unless
// nothing else tells them apart.
func Natural(a, b string) int {
	return cmp.Or(natural(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

func natural(a, b string) int {
	for a != "" && b != "" {
		partA, restA := part(a)
		partB, restB := part(b)
		if by := comparePart(partA, partB); by != 0 {
			return by
		}
		a, b = restA, restB
	}
	return cmp.Compare(a, b)
}

// part cuts the digits, or what is none, off the beginning.
func part(s string) (string, string) {
	digits := isDigit(rune(s[0]))
	for i, r := range s {
		if isDigit(r) != digits {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func isDigit(r rune) bool { return r < unicode.MaxASCII && unicode.IsDigit(r) }

// comparePart compares numbers by their size, of any length.
func comparePart(a, b string) int {
	if !isDigit(rune(a[0])) || !isDigit(rune(b[0])) {
		return cmp.Compare(a, b)
	}
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
