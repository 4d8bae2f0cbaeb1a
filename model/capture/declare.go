package capture

import (
	"strings"
	"unicode"

	"holdfast/model/when"
)

func (p *parser) declare(args string) Intent {
	d := ParseDeclare(args, p.ctx)
	if d.Title == "" {
		return p.incomplete("what is broken is missing", "/declare P0 checkout down for all since 13:58")
	}
	return d
}

// ParseDeclare reads the one line that opens an incident:
// "P0 checkout down for all since 13:58". What follows a semicolon is the
// impact. Severity is empty where the line names none; words such as "high"
// are left in the title, since "high error rate" is no severity.
func ParseDeclare(text string, ctx Context) Declare {
	p := parser{ctx: ctx}
	text = strings.TrimSpace(text)
	d := Declare{}
	if w, rest, ok := wordAt(numbered(ctx.Severities), text); ok {
		d.Severity = w.Name
		text = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":,-–", r) })
	}
	title, impact, _ := strings.Cut(text, ";")
	for _, part := range []*string{&title, &impact} {
		*part = strings.TrimSpace(*part)
		if d.HasStarted {
			continue
		}
		if m, rest, ok := p.since(*part); ok {
			d.Started, d.HasStarted, *part = m, true, rest
		}
	}
	d.Title, d.Impact = title, impact
	d.Reading = p.declareSays(d)
	return d
}

func (p *parser) declareSays(d Declare) Reading {
	says := "Declares an incident"
	if d.Severity != "" {
		says = "Declares a " + d.Severity
	} else {
		says += dot + "no severity given"
	}
	if d.HasStarted {
		says += dot + "started " + d.Started.Note
	}
	return Reading(says + dot + "Enter declares")
}

// since takes "since 13:58" out of a text, where it ends the text or a comma
// ends it, so that "since 2 May release" stays.
func (p *parser) since(text string) (when.Moment, string, bool) {
	low := lowerASCII(text)
	for end := len(low); ; {
		i := strings.LastIndex(low[:end], "since ")
		if i < 0 {
			return when.Moment{}, text, false
		}
		end = i
		if i > 0 && !unicode.IsSpace(rune(text[i-1])) {
			continue
		}
		m, rest, err := p.readTime(text[i+len("since "):])
		if err != nil {
			continue
		}
		used := strings.TrimRightFunc(text[:len(text)-len(rest)], unicode.IsSpace)
		if rest != "" && !strings.HasSuffix(used, ",") {
			continue
		}
		before := strings.TrimRight(strings.TrimSpace(text[:i]), ",")
		return m, strings.TrimSpace(before + " " + rest), true
	}
}

// lowerASCII keeps every byte in its place.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// numbered keeps of each severity only the writings with a digit and a letter.
func numbered(words []Word) []Word {
	out := make([]Word, 0, len(words))
	for _, w := range words {
		n := Word{Name: w.Name}
		for _, a := range w.Aliases {
			if len(a) > 1 && strings.ContainsAny(a, "0123456789") {
				n.Aliases = append(n.Aliases, a)
			}
		}
		out = append(out, n)
	}
	return out
}
