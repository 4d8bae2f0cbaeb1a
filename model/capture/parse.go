package capture

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"holdfast/model/when"
)

const (
	// MaxLine is the longest text read for commands, in bytes: a pasted page of
	// log is evidence, not a line. Longer text is kept whole, as a note.
	MaxLine = 16 << 10

	// clearBackdate is how far back a bare clock time at the start of plain text
	// is taken as backdating. "16:00 call with the vendor" typed at 14:00 speaks
	// of the future, not of yesterday.
	clearBackdate = 12 * time.Hour
)

// parser reads one line.
type parser struct {
	ctx  Context
	line string // trimmed
	deep bool   // inside /at: no further /at
}

// Parse reads a line of the capture box. It always gives an intent, and a Note
// where nothing else fits; the text of a note is always a part of the line.
func Parse(line string, ctx Context) Intent {
	p := parser{ctx: ctx, line: strings.TrimSpace(line)}
	if len(p.line) > MaxLine {
		return p.keep(fmt.Sprintf("longer than %d KiB, not read for commands", MaxLine>>10))
	}
	return p.parse(p.line)
}

func (p *parser) parse(text string) Intent {
	if strings.HasPrefix(text, "/") {
		return p.slash(text)
	}
	if in, ok := p.marked(text); ok {
		return in
	}
	m, rest, hint, ok := p.leadingTime(text)
	if !ok {
		n := p.note("note", text, p.ctx.present(), false)
		if hint != "" {
			n.Hint = hint
			n.Reading = Reading("Note" + dot + hint + enterLogs)
		}
		return n
	}
	if in, isMarked := p.marked(rest); isMarked {
		if n, isNote := in.(Note); isNote && n.Hint == "" {
			return p.note(n.Kind, n.Text, m, true)
		}
	}
	return p.note("note", rest, m, true)
}

// note makes an entry and says so.
func (p *parser) note(kind, text string, m when.Moment, backdated bool) Note {
	label := kind
	for _, k := range p.ctx.Kinds {
		if k.Name == kind {
			label = k.Label
		}
	}
	if label == "note" {
		label = "Note"
	}
	says := label
	if backdated {
		says += dot + m.Note
	}
	return Note{Reading: Reading(says + enterLogs), Kind: kind, Text: text, Moment: m, Backdated: backdated}
}

// keep holds the whole line as a note and says why.
func (p *parser) keep(hint string) Note {
	n := p.note("note", p.line, p.ctx.present(), false)
	n.Hint = hint
	n.Reading = Reading("Kept as a note: " + hint + enterLogs)
	return n
}

// leadingTime reads a time typed at the start of plain text, in clear cases
// only. hint says why something much like a time was left in the text.
func (p *parser) leadingTime(text string) (m when.Moment, rest, hint string, ok bool) {
	head, tail := cut(text)
	if tail == "" || !looksLikeTime(head, tail) {
		return m, text, "", false
	}
	m, rest, err := p.readTime(unbracket(text, head))
	if err != nil || rest == "" || m.Precision == when.Day {
		if err != nil && strings.Contains(head, ":") {
			hint = short(head) + " is no time, kept in the text"
		}
		return m, text, hint, false
	}
	age := p.ctx.Now.Sub(m.At)
	switch {
	case age < -when.Slack:
		return m, text, short(head) + " is in the future, kept in the text", false
	case age > clearBackdate && bareClock(head):
		return m, text, short(head) + " is kept in the text; /at yesterday " + short(head) + " backdates", false
	}
	return m, afterTime(rest), "", true
}

func (p *parser) readTime(text string) (when.Moment, string, error) {
	return when.Options{Start: p.ctx.Start}.Prefix(text, p.ctx.Now, p.ctx.zone())
}

// unbracket blanks the marks around a time, "[14:02] " and "14:02: ", so that
// what follows keeps its place.
func unbracket(text, head string) string {
	if strings.HasPrefix(head, "[") && strings.HasSuffix(head, "]") {
		return " " + head[1:len(head)-1] + " " + text[len(head):]
	}
	if strings.HasSuffix(head, ":") {
		return head[:len(head)-1] + " " + text[len(head):]
	}
	return text
}

// afterTime drops the dash or bar people put between a time and the text.
func afterTime(rest string) string {
	head, tail := cut(rest)
	switch head {
	case "-", "–", "—", "|", ":":
		if tail != "" {
			return tail
		}
	}
	return rest
}

// looksLikeTime says whether a first word is written as a time and hardly as
// anything else: "14:02", "-5m", "yesterday 23:50", not "2" and not "14:02-14:10".
func looksLikeTime(head, tail string) bool {
	h := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(head, "["), "]"))
	h = strings.TrimSuffix(h, ":")
	next, more := cut(tail)
	switch {
	case h == "yesterday" || h == "today":
		return bareClock(next)
	case len(h) > 10 && isoDay(h[:10]) && h[10] == 't', isoDay(h):
		return true
	case strings.HasPrefix(h, "t+") || (strings.HasPrefix(h, "-") && len(h) > 2):
		return unicode.IsDigit(rune(h[len(h)-2])) || unicode.IsDigit(rune(h[len(h)-1])) || strings.HasSuffix(h, "min")
	case next == "ago" || strings.HasPrefix(more, "ago ") || strings.HasPrefix(more, "ago:"):
		return h != "" && unicode.IsDigit(rune(h[0]))
	}
	return bareClock(h)
}

func isoDay(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && strings.Trim(s[:4]+s[5:7]+s[8:], "0123456789") == ""
}

// bareClock reads the shapes 14:02, 14:02:09, 14:02Z, ~14:02, 14:??, 2:05pm.
func bareClock(w string) bool {
	w = strings.Trim(strings.ToLower(w), "~[]:")
	w = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(w, "am"), "pm"), "z")
	parts := strings.Split(w, ":")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) < 1 || len(parts[0]) > 2 {
		return false
	}
	for i, part := range parts {
		if i > 0 && len(part) != 2 {
			return false
		}
		if strings.Trim(part, "0123456789") != "" && (i != 1 || part != "??") {
			return false
		}
	}
	return true
}
