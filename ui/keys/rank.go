package keys

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How well a word of the query fits. A verb, the first word of a title, is worth most: people type
// what they want to do. The steps are wide enough that a better kind of fit always wins.
const (
	fitVerb    = 1000 // beginning of the title
	fitAlias   = 700  // beginning of an alias
	fitWord    = 600  // beginning of another word of the title
	fitInside  = 300  // somewhere inside the title or an alias
	fitLetters = 100  // the letters in order, with gaps
	whole      = 150  // added where the word is complete
	recent     = 40   // added for what was used lately, less for each place further back
)

// maxQuery is the longest query looked at, in bytes; more is somebody's cat or a paste gone wrong.
const maxQuery = 80

// Match is one row of the palette.
type Match struct {
	Entry Entry
	Score int
	Marks []int // places of matched characters in the title, in runes, ascending
}

// Rank returns the commands that fit a query, best first. An empty query returns the recent ones,
// latest first, then all others in the order of the table. Moves inside lists have no place in a
// palette and are left out, and so are the twins that only add a second key to a command.
func (m *Map) Rank(query string, recents []ID) []Match {
	if len(query) > maxQuery {
		query = query[:maxQuery]
	}
	words := strings.Fields(strings.ToLower(query))
	var out []Match
	for _, e := range m.entries {
		if !e.inPalette() {
			continue
		}
		match, ok := fit(e, words)
		if !ok {
			continue
		}
		if at := slices.Index(recents, e.ID); at >= 0 {
			match.Score += max(recent-at, 1)
		}
		out = append(out, match)
	}
	slices.SortStableFunc(out, func(a, b Match) int { return b.Score - a.Score })
	return out
}

func (e Entry) inPalette() bool {
	id := string(e.ID)
	return !strings.HasPrefix(id, "list.") && !strings.HasSuffix(id, ".here") && e.ID != "go.back" && e.ID != "view.palette"
}

// fit scores a command; every word of the query must fit somewhere.
func fit(e Entry, words []string) (Match, bool) {
	m := Match{Entry: e}
	title := strings.ToLower(e.Title)
	for _, w := range words {
		score, marks := fitTitle(title, w)
		for _, a := range e.Aliases {
			if s := fitAliasWord(strings.ToLower(a), w); s > score {
				score, marks = s, nil
			}
		}
		if score == 0 {
			return m, false
		}
		m.Score += score
		m.Marks = append(m.Marks, marks...)
	}
	slices.Sort(m.Marks)
	m.Marks = slices.Compact(m.Marks)
	return m, true
}

func fitTitle(title, w string) (int, []int) {
	if at := strings.Index(title, w); at >= 0 {
		score := inside(w)
		switch {
		case at == 0:
			score = fitVerb
		case startsWord(title, at):
			score = fitWord
		default: // a later place may begin a word
			if later := strings.Index(title, " "+w); later >= 0 {
				at, score = later+1, fitWord
			}
		}
		if score > 0 && endsWord(title, at+len(w)) {
			score += whole
		}
		if score > 0 {
			return score, span(utf8.RuneCountInString(title[:at]), utf8.RuneCountInString(w))
		}
	}
	marks := letters(title, w)
	if marks == nil {
		return 0, nil
	}
	// Letters close together are a better guess than letters far apart.
	return max(fitLetters-(marks[len(marks)-1]-marks[0]), 1), marks
}

func fitAliasWord(alias, w string) int {
	at := strings.Index(alias, w)
	switch {
	case at < 0:
		return 0
	case alias == w: // another name of the command is as good as its title
		return fitVerb + whole
	case at > 0 && !startsWord(alias, at):
		return inside(w)
	case endsWord(alias, at+len(w)):
		return fitAlias + whole
	default:
		return fitAlias
	}
}

// inside scores a fit in the middle of a word; one or two letters are inside nearly everything.
func inside(w string) int {
	if utf8.RuneCountInString(w) < 3 {
		return 0
	}
	return fitInside
}

func startsWord(s string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

func endsWord(s string, at int) bool {
	r, size := utf8.DecodeRuneInString(s[at:])
	return size == 0 || (!unicode.IsLetter(r) && !unicode.IsDigit(r))
}

func span(from, n int) []int {
	marks := make([]int, n)
	for i := range marks {
		marks[i] = from + i
	}
	return marks
}

// letters finds the runes of w in order in s, starting at the beginning of a word. One letter alone
// would fit nearly everything, so at least two are asked for.
func letters(s, w string) []int {
	want := []rune(w)
	if len(want) < 2 {
		return nil
	}
	var marks []int
	at := 0
	wordStart := true
	for _, r := range s {
		if len(marks) < len(want) && r == want[len(marks)] && (len(marks) > 0 || wordStart) {
			marks = append(marks, at)
		}
		wordStart = r == ' '
		at++
	}
	if len(marks) < len(want) {
		return nil
	}
	return marks
}
