package template

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxValue is the longest value inserted, in bytes. A longer one is cut in
	// the preview and blocks sending.
	MaxValue = 8 << 10
	// MaxSubject is the longest subject, in characters. A mail header line
	// holds 998 bytes, encoded text up to a third of that.
	MaxSubject = 250
)

// ErrBlocked marks a message that must not be sent as it is.
var ErrBlocked = errors.New("message is not ready")

// Result is a filled template.
type Result struct {
	Subject string // one line; empty where the template has none
	Text    string // unfilled variables stand in it as {{name}}
	// Missing names the unfilled variables, in the order of the text.
	Missing []string
	// Unknown names the given facts that no vocabulary has: slips of the caller.
	Unknown []string
	// TooLong names the values over MaxValue.
	TooLong []string
	// Size is the length of the text against the limit of the channel.
	Size  Size
	Words int
	// MaxWords is the template's own limit; 0 for none.
	MaxWords int
}

// Blocked says why the message must not be sent; nil means that nothing the
// template knows of stands against it. The error wraps ErrBlocked.
func (r Result) Blocked() error {
	var why []string
	if len(r.Missing) > 0 {
		why = append(why, "fill in "+strings.Join(r.Missing, ", "))
	}
	if len(r.TooLong) > 0 {
		why = append(why, "too long: "+strings.Join(r.TooLong, ", "))
	}
	if n := utf8.RuneCountInString(r.Subject); n > MaxSubject {
		why = append(why, fmt.Sprintf("the subject has %d characters, %d fit", n, MaxSubject))
	}
	if r.Size.Over() {
		why = append(why, r.Size.String())
	}
	if r.MaxWords > 0 && r.Words > r.MaxWords {
		why = append(why, fmt.Sprintf("%d words, at most %d", r.Words, r.MaxWords))
	}
	if why == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrBlocked, strings.Join(why, "; "))
}

// Render fills the template. A fact that is empty, or empty once cleaned of
// control characters, counts as unfilled.
func (t *Template) Render(facts map[string]string) Result {
	r := renderer{facts: facts}
	subject := r.render(t.subject)
	text := r.render(t.body)
	known := map[string]bool{}
	for _, term := range Vocabulary() {
		known[term.Name] = true
	}
	for _, n := range t.own {
		known[n] = true
	}
	res := Result{
		Subject: strings.Join(strings.Fields(subject), " "), // a line break would end the header
		Text:    strings.TrimSpace(text),
		Missing: r.missing, TooLong: r.tooLong, MaxWords: t.MaxWords,
	}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if !known[name] {
			res.Unknown = append(res.Unknown, name)
		}
	}
	res.Size = Measure(t.Channel, res.Text)
	res.Words = len(strings.Fields(res.Text))
	return res
}

type renderer struct {
	facts            map[string]string
	missing, tooLong []string
}

func (r *renderer) render(nodes []node) string {
	out := ""
	for i, n := range nodes {
		switch {
		case n.variable != nil:
			out += r.value(n.variable)
		case n.optional != nil:
			next := "\n"
			if i+1 < len(nodes) {
				next = nodes[i+1].text
			}
			out = joinOptional(out, r.optional(n.optional), next)
		default:
			text := n.text
			if i > 0 && nodes[i-1].optional != nil && !r.filled(nodes[i-1].optional) && (out == "" || strings.HasSuffix(out, " ") || strings.HasSuffix(out, "\n")) {
				// What stood between two spaces or filled a line leaves no hole.
				if text[0] == ' ' || text[0] == '\n' {
					text = text[1:]
				}
			}
			out += text
		}
	}
	return out
}

// optional renders an optional sentence, or nothing.
func (r *renderer) optional(nodes []node) string {
	if !r.filled(nodes) {
		return ""
	}
	return r.render(nodes)
}

// joinOptional appends a sentence so that its own spaces, "[[ so ]]", and
// those around it make one. next is the text after it.
func joinOptional(out, sentence, next string) string {
	if out == "" || strings.HasSuffix(out, " ") || strings.HasSuffix(out, "\n") {
		sentence = strings.TrimLeft(sentence, " ")
	}
	out += sentence
	if strings.HasPrefix(next, "\n") || (sentence != "" && strings.HasPrefix(next, " ")) {
		out = strings.TrimRight(out, " ")
	}
	return out
}

// filled says whether an optional sentence is to be shown: every variable has
// a value or a default, and one at least has a value.
func (r *renderer) filled(nodes []node) bool {
	one := false
	for _, n := range nodes {
		if n.variable == nil {
			continue
		}
		has := clean(r.facts[n.variable.name]) != ""
		if !has && n.variable.deflt == "" {
			return false
		}
		one = one || has
	}
	return one
}

func (r *renderer) value(v *variable) string {
	raw := r.facts[v.name]
	if len(raw) > MaxValue {
		if !slices.Contains(r.tooLong, v.name) {
			r.tooLong = append(r.tooLong, v.name)
		}
		raw = raw[:MaxValue]
	}
	if s := clean(raw); s != "" {
		return s
	}
	if v.deflt != "" {
		return v.deflt
	}
	if !slices.Contains(r.missing, v.name) {
		r.missing = append(r.missing, v.name)
	}
	return "{{" + v.name + "}}"
}

// clean makes a value safe to stand in a message: no control characters, no
// marks that turn the direction of text (they can make a line read as another
// one), no invisible characters but the joiners some scripts need. Line breaks
// stay, tabs become spaces.
func clean(s string) string { return strings.TrimSpace(strip(s)) }

func strip(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\u200c' || r == '\u200d':
			return r
		case r == '\t' || r == '\u2028' || r == '\u2029' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
