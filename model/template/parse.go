package template

import (
	"fmt"
	"strings"
)

// parseNodes reads a source that starts at the given line.
func parseNodes(src string, line int) ([]node, error) {
	var out []node
	for src != "" {
		i := opening(src)
		if i < 0 {
			return append(out, node{text: src}), nil
		}
		if i > 0 {
			out = append(out, node{text: src[:i]})
			line += strings.Count(src[:i], "\n")
			src = src[i:]
		}
		end := "}}"
		if strings.HasPrefix(src, "[[") {
			end = "]]"
		}
		inner, rest, ok := strings.Cut(src[2:], end)
		if !ok {
			return nil, fmt.Errorf("%w: line %d: %s without %s", ErrSyntax, line, src[:2], end)
		}
		n, err := parseMark(inner, end, line)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		line += strings.Count(inner, "\n")
		src = rest
	}
	return out, nil
}

// opening finds the first {{ or [[. In "[[[" the last two brackets open, so
// that an optional sentence may stand in plain brackets.
func opening(src string) int {
	for i := 0; i+1 < len(src); i++ {
		if src[i] != src[i+1] || (src[i] != '{' && src[i] != '[') {
			continue
		}
		if i+2 < len(src) && src[i+2] == src[i] {
			continue
		}
		return i
	}
	return -1
}

func parseMark(inner, end string, line int) (node, error) {
	if end == "}}" {
		v, err := parseVariable(inner, line)
		return node{variable: v}, err
	}
	if strings.Contains(inner, "[[") {
		return node{}, fmt.Errorf("%w: line %d: an optional sentence inside another", ErrSyntax, line)
	}
	nodes, err := parseNodes(inner, line)
	if err != nil {
		return node{}, err
	}
	for _, n := range nodes {
		if n.variable != nil {
			return node{optional: nodes}, nil
		}
	}
	return node{}, fmt.Errorf("%w: line %d: an optional sentence needs a variable, or it has nothing to depend on", ErrSyntax, line)
}

// parseVariable reads what stands between the braces.
func parseVariable(inner string, line int) (*variable, error) {
	v := &variable{line: line}
	text := strings.Join(strings.Fields(inner), " ")
	if name, list, ok := strings.Cut(text, ":"); ok {
		v.name = strings.TrimSpace(name)
		for c := range strings.SplitSeq(list, "/") {
			if c = strings.TrimSpace(c); c == "" {
				return nil, fmt.Errorf("%w: line %d: choices are written {{trend: better / same / worse}}", ErrSyntax, line)
			}
			v.choices = append(v.choices, clean(c))
		}
		if len(v.choices) > MaxChoices {
			return nil, fmt.Errorf("%w: line %d: %d choices, at most %d are read", ErrSyntax, line, len(v.choices), MaxChoices)
		}
	} else {
		v.name, v.deflt, ok = strings.Cut(text, " or ")
		if ok && strings.TrimSpace(v.deflt) == "" {
			return nil, fmt.Errorf("%w: line %d: after or comes what stands in its place, as in {{needs or nothing}}", ErrSyntax, line)
		}
		v.deflt = clean(strings.TrimSpace(v.deflt))
	}
	if !validName(v.name) {
		return nil, fmt.Errorf("%w: line %d: %q is no name; names are dotted words such as impact.what", ErrSyntax, line, shorten(v.name))
	}
	return v, nil
}

// validName wants lower-case words of letters, digits and underscores, with
// dots between.
func validName(name string) bool {
	if name == "" || len(name) > MaxName {
		return false
	}
	for word := range strings.SplitSeq(name, ".") {
		if word == "" || word[0] < 'a' || word[0] > 'z' {
			return false
		}
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return true
}

func shorten(s string) string {
	if len(s) > MaxName {
		s = strings.ToValidUTF8(s[:MaxName], "")
	}
	return s
}

// nearest finds the known name closest to a mistyped one: within a third of
// its length, or the same name but for its last or first word.
func nearest(name string, known []string) string {
	best, at := "", len(name)/3+1
	for _, k := range known {
		if d := distance(name, k); d < at {
			best, at = k, d
		}
	}
	if best != "" {
		return best
	}
	for _, k := range known {
		if _, last, dotted := strings.Cut(k, "."); dotted && last == name {
			return k
		}
	}
	return ""
}

// distance counts inserted, dropped and changed letters.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
