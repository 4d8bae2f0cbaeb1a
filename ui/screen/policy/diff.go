package policy

import (
	"slices"
	"strings"
)

// How a line of one text stands to another.
const (
	kept    = ' '
	removed = '-'
	added   = '+'
)

// change is a line of a comparison.
type change struct {
	line string
	how  rune
}

// maxCompared bounds what is compared line by line: two sections at their limit
// would take a table of a hundred million cells.
const maxCompared = 1500

// diff gives the lines that two texts differ in, in order, each run of them
// behind what names the object it stands in.
func diff(was, is string) []change {
	all := script(strings.Split(was, "\n"), strings.Split(is, "\n"))
	var out []change
	for i, c := range all {
		if c.how == kept {
			continue
		}
		if i > 0 && all[i-1].how == kept {
			out = append(out, context(all[:i])...)
		}
		out = append(out, c)
	}
	return out
}

// maxContext bounds the lines that name an object.
const maxContext = 4

// context gives the first lines of the object that the next line stands in,
// such as its id and its level.
func context(before []change) []change {
	i := len(before)
	for i > 0 && before[i-1].how == kept && !strings.HasSuffix(before[i-1].line, "{") && !strings.HasSuffix(before[i-1].line, "[") {
		i--
	}
	return before[i:min(i+maxContext, len(before))]
}

// script writes the one text into the other: the longest common run of lines
// is kept.
func script(a, b []string) []change {
	var head, tail []change
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, change{a[0], kept}), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append(tail, change{a[len(a)-1], kept}), a[:len(a)-1], b[:len(b)-1]
	}
	slices.Reverse(tail)
	if len(a) > maxCompared || len(b) > maxCompared {
		return slices.Concat(head, whole(a, removed), whole(b, added), tail)
	}
	return slices.Concat(head, between(a, b), tail)
}

// between compares two texts that begin and end with different lines.
func between(a, b []string) []change {
	common := make([][]int, len(a)+1) // lines that the rests have in common
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []change
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out, i, j = append(out, change{a[i], kept}), i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out, i = append(out, change{a[i], removed}), i+1
		default:
			out, j = append(out, change{b[j], added}), j+1
		}
	}
	return slices.Concat(out, whole(a[i:], removed), whole(b[j:], added))
}

func whole(lines []string, how rune) []change {
	out := make([]change, len(lines))
	for i, l := range lines {
		out[i] = change{l, how}
	}
	return out
}
