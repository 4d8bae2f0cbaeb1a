package runbook

import (
	"regexp"
	"strings"
	"unicode"
)

// line is a line of the text, or a bullet with the lines that carry it on.
type line struct {
	no   int
	text string
	code bool     // between fences: nothing in it is a step or a field
	more []string // the lines that carry it on, until they are joined
}

var (
	stepHeading = regexp.MustCompile(`^#{1,6} +(?i:step +)?([0-9]{1,4})[.):] +(\S.*)$`)
	stepItem    = regexp.MustCompile(`^([0-9]{1,4})[.)] +(\S.*)$`)
	section     = regexp.MustCompile(`^#{1,2} +(\S.*)$`)
	bullet      = regexp.MustCompile(`^\s*[-*+] `)
	nested      = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,4}[.)]) `)
	explicitID  = regexp.MustCompile(`\s*\{#([^{}]*)\}$`)
	fieldLine   = regexp.MustCompile(`^\s*(?:[-*+] +)?\**([A-Za-z][A-Za-z ]{0,20})\**:\**\s*(.*)$`)
	branchLine  = regexp.MustCompile(`(?i)^\s*(?:[-*+] +)?\**(if|then|otherwise)\b\**,?(.*)(?:->|→)(.*)$`)
	firstPart   = regexp.MustCompile(`^.{8,}?[.?:](\s+|$)`)
)

// lines cuts a text whose first line has the given number. A fence or a comment
// that never ends would swallow steps, so it is a problem.
func (p *parser) lines(text string, no int) []line {
	var out []line
	fence, comment := 0, 0
	for raw := range strings.SplitSeq(text, "\n") {
		raw = strings.TrimRight(raw, " \t\r")
		trimmed := strings.TrimLeft(raw, " \t")
		isFence := strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")
		switch {
		case comment > 0 || (fence == 0 && strings.HasPrefix(trimmed, "<!--")):
			if comment == 0 {
				comment = no
			}
			if strings.Contains(raw, "-->") {
				comment = 0
			}
		case isFence && fence == 0:
			fence = no
			out = append(out, line{no: no, text: raw, code: true})
		case isFence:
			fence = 0
			out = append(out, line{no: no, text: raw, code: true})
		case fence == 0 && carriesOn(out, raw):
			last := &out[len(out)-1]
			last.more = append(last.more, trimmed)
		default:
			out = append(out, line{no: no, text: raw, code: fence > 0})
		}
		no++
	}
	for i := range out {
		if out[i].more != nil {
			out[i].text += " " + strings.Join(out[i].more, " ")
		}
	}
	if fence > 0 {
		p.problem(fence, "the code block that begins here has no end; close it with a line of ```")
	}
	if comment > 0 {
		p.problem(comment, "the comment that begins here has no end; close it with -->")
	}
	return out
}

// carriesOn reports an indented line that belongs to the bullet above it.
func carriesOn(above []line, raw string) bool {
	if len(above) == 0 || !strings.HasPrefix(raw, "  ") || nested.MatchString(raw) {
		return false
	}
	last := above[len(above)-1]
	return !last.code && bullet.MatchString(last.text)
}

// slug makes an id of the first words of a title.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	id := ""
	for i, w := range words {
		if i == 5 || len(id)+1+len(w) > MaxID {
			break
		}
		if id != "" {
			id += "-"
		}
		id += w
	}
	return id
}

// validID wants words of letters and digits with dashes between, and a letter
// somewhere, so that no id looks like a number.
func validID(id string) bool {
	if id == "" || len(id) > MaxID || id == End || id == Stop || id == "next" {
		return false
	}
	letter, dash := false, true
	for _, r := range id {
		switch {
		case r == '-':
			if dash {
				return false
			}
			dash = true
			continue
		case unicode.IsUpper(r), !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return false
		}
		dash = false
		letter = letter || unicode.IsLetter(r)
	}
	return letter && !dash
}

// list cuts "a, b" into its parts.
func list(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
