package capture

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// cut splits off the first word of s; rest has no space before it.
func cut(s string) (head, rest string) {
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeftFunc(s[i:], unicode.IsSpace)
}

// maxQuoted is how much typed text a hint repeats: the hint is one line.
const maxQuoted = 32

// short cuts typed text for a hint.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n++; n > maxQuoted {
			return s[:i] + "…"
		}
	}
	return s
}

// wordAt finds the word of a vocabulary that text starts with, the longest
// writing first, and returns what follows it.
func wordAt(words []Word, text string) (w Word, rest string, ok bool) {
	best := 0
	for _, cand := range words {
		for _, name := range append([]string{cand.Name, cand.Label}, cand.Aliases...) {
			if len(name) > best && startsWith(text, name) {
				w, best, ok = cand, len(name), true
			}
		}
	}
	if ok {
		return w, strings.TrimLeftFunc(text[best:], unicode.IsSpace), true
	}
	return Word{}, text, false
}

// wordArg is wordAt, and reads the beginning of a word where it fits one alone.
func wordArg(words []Word, text string) (w Word, rest string, ok bool) {
	if w, rest, ok = wordAt(words, text); ok {
		return w, rest, ok
	}
	head, rest := cut(text)
	head = strings.ToLower(strings.TrimSuffix(head, ":"))
	if len(head) < 2 {
		return Word{}, text, false
	}
	for _, cand := range words {
		for _, name := range append([]string{cand.Name, cand.Label}, cand.Aliases...) {
			if !strings.HasPrefix(strings.ToLower(name), head) {
				continue
			}
			if ok && w.Name != cand.Name {
				return Word{}, text, false
			}
			w, ok = cand, true
		}
	}
	return w, rest, ok
}

// startsWith compares without case and wants the name to end with a word. Only
// ASCII is folded, so the lengths agree.
func startsWith(text, name string) bool {
	if name == "" || len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return false
	}
	rest := text[len(name):]
	return rest == "" || strings.ContainsRune(" \t\n\r:,;", rune(rest[0]))
}

// fold makes names comparable: no case, accents, spaces or punctuation.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// person finds who is meant by a handle or a name. why says what is wrong
// where nobody is, or more than one.
func (c Context) person(text string) (name, why string) {
	want := fold(strings.TrimPrefix(text, "@"))
	if want == "" {
		return "", "a name is missing"
	}
	if want == "me" && c.Me != "" {
		return c.Me, ""
	}
	var parts, starts []string
	for _, p := range c.People {
		if fold(p) == want {
			return p, ""
		}
		part, start := false, false
		for _, w := range strings.Fields(p) {
			part = part || fold(w) == want
			start = start || (len(want) >= 2 && strings.HasPrefix(fold(w), want))
		}
		if part {
			parts = append(parts, p)
		} else if start {
			starts = append(starts, p)
		}
	}
	if len(parts) == 0 {
		parts = starts
	}
	switch len(parts) {
	case 0:
		return "", "nobody here is called " + short(strings.TrimPrefix(text, "@"))
	case 1:
		return parts[0], ""
	}
	return "", short(strings.TrimPrefix(text, "@")) + " can be " + strings.Join(parts, " or ")
}

// personAt reads a person at the start of text: @handle, or a full name.
func (c Context) personAt(text string) (name, rest, why string) {
	if !strings.HasPrefix(text, "@") {
		best := ""
		for _, p := range c.People {
			if len(p) > len(best) && startsWith(text, p) {
				best = p
			}
		}
		if best != "" {
			return best, strings.TrimLeftFunc(text[len(best):], unicode.IsSpace), ""
		}
	}
	head, rest := cut(text)
	name, why = c.person(strings.TrimRight(head, ",:;"))
	return name, rest, why
}

// near finds the closest of names to a mistyped word; empty where none is
// within two slips.
func near(word string, names []string) string {
	best, at := "", 3
	for _, n := range names {
		if d := distance(word, n); d < at && d < len(n) {
			best, at = n, d
		}
	}
	return best
}

// maxSlipWord keeps distance cheap: no command is longer.
const maxSlipWord = 24

// distance counts inserted, dropped, changed and swapped letters.
func distance(a, b string) int {
	if len(a) > maxSlipWord || len(b) > maxSlipWord {
		return maxSlipWord
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, prev[j]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
