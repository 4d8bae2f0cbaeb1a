package capture

import (
	"strings"

	"holdfast/model/when"
)

// maxMark is how far into a line the colon of a mark is looked for:
// "ROLE subject matter expert:" and a long name before it fit.
const maxMark = 80

// marked reads the marked lines people agree on in chat, so that a pasted line
// and a typed one mean the same: DECISION: ..., TASK name 10m: ..., TODO: ...,
// ROLE IC: name, HANDOVER IC -> name, ACCEPT IC, DONE ..., RESOLVE: ...,
// DECLARE P1: what; impact. Marks that only name a kind may be in any case.
func (p *parser) marked(text string) (Intent, bool) {
	mark, body, colon := cutMark(text)
	first, of := cut(mark)
	if colon && of == "" {
		if in, ok := p.kindMark(strings.ToLower(first), body); ok {
			return in, true
		}
	}
	if first != strings.ToUpper(first) {
		return nil, false
	}
	if colon && body != "" {
		switch {
		case first == "TASK":
			return p.taskMark(of, body)
		case first == "ROLE" && of != "":
			return p.assign(of + " " + body), true
		case first == "RESOLVE" && of == "":
			return p.resolve(body), true
		case first == "DECLARE":
			return p.declareMark(of, body)
		}
	}
	first, rest := cut(text)
	if rest == "" {
		return nil, false
	}
	switch first {
	case "DONE", "DONE:":
		return p.done(rest), true
	case "HANDOVER":
		return p.handover(rest), true
	case "ACCEPT":
		if _, after, ok := wordAt(p.ctx.Roles, rest); ok && after == "" {
			return p.accept(rest), true
		}
	}
	return nil, false
}

// cutMark splits "MARK more: body" at a colon that is followed by a space.
func cutMark(text string) (mark, body string, ok bool) {
	head := text[:min(len(text), maxMark)]
	if i := strings.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	i := strings.Index(head, ": ")
	if i <= 0 {
		return "", "", false
	}
	return head[:i], strings.TrimSpace(text[i+1:]), true
}

func (p *parser) kindMark(mark, body string) (Intent, bool) {
	if body == "" {
		return nil, false
	}
	switch mark {
	case "decision", "decided", "finding", "impact", "hypothesis", "action":
		kind := strings.Replace(mark, "decided", "decision", 1)
		return p.note(kind, body, p.ctx.present(), false), true
	case "todo":
		return p.later(body), true
	}
	return nil, false
}

// taskMark reads "TASK tom 10m: text"; both the name and the minutes may be missing.
func (p *parser) taskMark(of, body string) (Intent, bool) {
	t := Task{Text: body}
	words := strings.Fields(of)
	if n := len(words); n > 0 {
		if d, err := when.ParseSpan(strings.TrimPrefix(words[n-1], "+")); err == nil {
			t.Due = p.ctx.Now.Round(0).Add(d).UTC()
			words = words[:n-1]
		}
	}
	if len(words) > 0 {
		name, why := p.ctx.person(strings.Join(words, " "))
		if why != "" {
			// The name must not be lost, so the text keeps the whole line.
			t.Hint, t.Text = why+", the task has no owner", p.line
		}
		t.Owner = name
	}
	return p.taskSays(t), true
}

// declareMark reads "DECLARE P1: what; impact".
func (p *parser) declareMark(of, body string) (Intent, bool) {
	d := ParseDeclare(strings.TrimSpace(of+" "+body), p.ctx)
	return d, d.Title != ""
}
