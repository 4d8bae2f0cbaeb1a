package crdt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// hunk is one difference of two texts: at a position of the old one some
// characters are replaced by a text.
type hunk struct {
	at, deleted int
	text        string
}

// diff gives the differences of two texts in their order, with something kept
// between any two. It compares lines, then words, and cuts between what a
// reader takes for one character (grapheme clusters, UAX 29), so that a
// letter never loses its accent to somebody else's edit.
func diff(old, text string) []hunk {
	if old == text {
		return nil
	}
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(text, "\n")
	var hunks []hunk
	at, line := 0, 0
	for _, e := range compare(a, b) {
		at += count(a[line:e.a])
		line = e.aEnd
		was, is := words(strings.Join(a[e.a:e.aEnd], "")), words(strings.Join(b[e.b:e.bEnd], ""))
		word := 0
		for _, f := range compare(was, is) {
			at += count(was[word:f.a])
			hunks = append(hunks, narrow(at, strings.Join(was[f.a:f.aEnd], ""), strings.Join(is[f.b:f.bEnd], "")))
			at += count(was[f.a:f.aEnd])
			word = f.aEnd
		}
		at += count(was[word:])
	}
	return hunks
}

func count(parts []string) int {
	n := 0
	for _, p := range parts {
		n += utf8.RuneCountInString(p)
	}
	return n
}

// narrow leaves out of a replaced text what is the same at its ends.
func narrow(at int, old, text string) hunk {
	a, b := clusters(old), clusters(text)
	start, end := ends(a, b)
	return hunk{
		at:      at + count(a[:start]),
		deleted: count(a[start : len(a)-end]),
		text:    strings.Join(b[start:len(b)-end], ""),
	}
}

// ends counts what two lists have in common at their ends.
func ends(a, b []string) (start, end int) {
	most := min(len(a), len(b))
	for start < most && a[start] == b[start] {
		start++
	}
	for end < most-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return start, end
}

// clusters parts a text into what a reader takes for characters.
func clusters(s string) []string {
	var parts []string
	for g := graphemes.FromString(s); g.Next(); {
		parts = append(parts, g.Value())
	}
	return parts
}

// words parts a text into words and the single characters between them.
func words(s string) []string {
	var parts []string
	from, at := 0, 0
	for _, c := range clusters(s) {
		if r, _ := utf8.DecodeRuneInString(c); !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if from < at {
				parts = append(parts, s[from:at])
			}
			parts = append(parts, c)
			from = at + len(c)
		}
		at += len(c)
	}
	if from < at {
		parts = append(parts, s[from:])
	}
	return parts
}

// edit is a difference of two lists: a to aEnd of the one became b to bEnd of
// the other.
type edit struct{ a, aEnd, b, bEnd int }

// maxEdits bounds the search for the shortest difference: it takes memory in
// the square of this (4 MB). Lists that differ more differ as a whole.
const maxEdits = 1000

// compare gives the fewest differences of two lists.
func compare(a, b []string) []edit {
	start, end := ends(a, b)
	whole := edit{start, len(a) - end, start, len(b) - end}
	if whole.a == whole.aEnd && whole.b == whole.bEnd {
		return nil
	}
	edits := shortest(a[whole.a:whole.aEnd], b[whole.b:whole.bEnd])
	if edits == nil {
		return []edit{whole}
	}
	for i := range edits {
		e := &edits[i]
		e.a, e.aEnd, e.b, e.bEnd = e.a+start, e.aEnd+start, e.b+start, e.bEnd+start
	}
	return edits
}

// shortest is Myers' search (An O(ND) Difference Algorithm, 1986); nil where
// the lists differ too much for it.
func shortest(a, b []string) []edit {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	var trace [][]int32 // reach of each diagonal -d to d after d edits
	reach := func(d, k int) int {
		if d < 0 || k < -d || k > d {
			return -1
		}
		return int(trace[d][k+d])
	}
	for d := 0; d <= maxEdits; d++ {
		trace = append(trace, make([]int32, 2*d+1))
		for k := -d; k <= d; k += 2 {
			x := max(reach(d-1, k+1), reach(d-1, k-1)+1)
			if d == 0 {
				x = 0
			}
			for x < len(a) && x-k < len(b) && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			trace[d][k+d] = int32(x)
			if x >= len(a) && x-k >= len(b) {
				return traced(reach, d, len(a), len(b))
			}
		}
	}
	return nil
}

// traced walks the shortest way back from the ends of the lists.
func traced(reach func(d, k int) int, d, x, y int) []edit {
	var edits []edit // the last first
	for ; d > 0; d-- {
		k := x - y
		from, px := k-1, reach(d-1, k-1)
		if down := reach(d-1, k+1); down > px {
			from, px = k+1, down
		}
		py := px - from
		step := edit{a: px, aEnd: px, b: py, bEnd: py + 1}
		if from == k-1 {
			step = edit{a: px, aEnd: px + 1, b: py, bEnd: py}
		}
		if n := len(edits); n > 0 && edits[n-1].a == step.aEnd && edits[n-1].b == step.bEnd {
			edits[n-1].a, edits[n-1].b = step.a, step.b
		} else {
			edits = append(edits, step)
		}
		x, y = px, py
	}
	for i, j := 0, len(edits)-1; i < j; i, j = i+1, j-1 {
		edits[i], edits[j] = edits[j], edits[i]
	}
	return edits
}
