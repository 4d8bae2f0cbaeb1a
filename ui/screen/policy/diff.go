package policy

import "strings"

// change is a line that is in one of two texts only.
type change struct {
	line  string
	added bool
}

// maxCompared bounds what is compared line by line: two sections at their limit
// would take a table of a hundred million cells.
const maxCompared = 1500

// diff gives the lines that two texts differ in, in order: the longest common
// run of lines is left out.
func diff(was, is string) []change {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > maxCompared || len(b) > maxCompared {
		return append(all(a, false), all(b, true)...)
	}
	common := make([][]int, len(a)+1) // of the rests
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
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out, i = append(out, change{a[i], false}), i+1
		default:
			out, j = append(out, change{b[j], true}), j+1
		}
	}
	return append(append(out, all(a[i:], false)...), all(b[j:], true)...)
}

func all(lines []string, added bool) []change {
	out := make([]change, len(lines))
	for i, l := range lines {
		out[i] = change{l, added}
	}
	return out
}
