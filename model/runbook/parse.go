package runbook

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type parser struct {
	book     Runbook
	problems []Problem
	count    int // of problems, also of those that are not kept
	drafts   []*draft
	stopIf   []string
	escalate []string
}

// draft is a step as written, before its fields are understood.
type draft struct {
	Step
	text     []string
	fields   map[string][]value
	branches []rawBranch
}

type value struct {
	text string
	line int
}

// rawBranch is a branch whose target is not looked up yet.
type rawBranch struct {
	word, cond, to string
	line           int
}

func (p *parser) problem(no int, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok && len(s) > maxQuoted {
			args[i] = strings.ToValidUTF8(s[:maxQuoted], "") + "..."
		}
	}
	if p.count++; len(p.problems) < 10*maxProblems { // a hostile text has one in every line
		p.problems = append(p.problems, Problem{no, fmt.Sprintf(format, args...)})
	}
}

func (p *parser) warn(no int, format string, args ...any) {
	if len(p.book.Warnings) < maxWarnings {
		p.book.Warnings = append(p.book.Warnings, Problem{no, fmt.Sprintf(format, args...)})
	}
}

// Parse reads a runbook. The error is a *FormatError that names every line that
// is wrong and says what to write instead. Keys of the front matter that are
// not known are the team's own and only warned of.
func Parse(src []byte) (Runbook, error) {
	p := &parser{}
	if len(src) > MaxSource {
		p.problem(1, "the text has %d bytes, and %d (about twenty pages) are the most that are read; cut it into several runbooks", len(src), MaxSource)
		return Runbook{}, p.err()
	}
	if !utf8.Valid(src) || strings.ContainsRune(string(src), 0) {
		p.problem(1, "this is no UTF-8 text; save it as plain text in UTF-8")
		return Runbook{}, p.err()
	}
	p.book.Text = string(src)
	body, no := p.frontMatter(strings.TrimPrefix(p.book.Text, "\ufeff"))
	p.read(p.lines(body, no))
	p.name()
	p.settle()
	p.book.Blanks = blanks(p.book.Text)
	if err := p.err(); err != nil {
		return Runbook{}, err
	}
	return p.book, nil
}

func (p *parser) err() error {
	if len(p.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return a.Line - b.Line })
	if more := p.count - maxProblems; more > 0 {
		p.problems = append(p.problems[:maxProblems], Problem{p.problems[maxProblems].Line, fmt.Sprintf("and %d more; mend these first", more)})
	}
	return &FormatError{p.problems}
}

// frontMatter reads the lines between two lines of three dashes, and gives the
// rest and the number of its first line.
func (p *parser) frontMatter(src string) (body string, no int) {
	first, rest, _ := strings.Cut(src, "\n")
	if strings.TrimSpace(first) != "---" {
		return src, 1
	}
	no = 1
	for rest != "" {
		var l string
		l, rest, _ = strings.Cut(rest, "\n")
		no++
		l = strings.TrimSpace(l)
		if l == "---" {
			return rest, no + 1
		}
		if l == "" {
			continue
		}
		key, text, ok := strings.Cut(l, ":")
		if !ok {
			p.problem(no, "between the lines of --- stand lines such as \"owner: database team\"; this one has no colon")
			continue
		}
		p.set(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(text), no)
	}
	p.problem(1, "the front matter has no end; close it with a line of ---")
	return "", no
}

func (p *parser) set(key, text string, no int) {
	b := &p.book
	switch key {
	case "id":
		b.ID = text
		if !validID(text) {
			p.problem(no, "%q is no id; write lower-case words with dashes, such as service-outage", text)
		}
	case "title":
		b.Title = text
	case "types":
		b.Types = p.labels(key, text, no)
	case "services":
		b.Services = p.labels(key, text, no)
	case "alerts":
		b.Alerts = p.labels(key, text, no)
	case "owner":
		b.Owner = text
	case "last-reviewed":
		b.Reviewed = p.day(key, text, no)
	case "last-exercised":
		b.Exercised = p.day(key, text, no)
	case "version":
		b.Edition = text
	default:
		p.warn(no, "%q is kept but means nothing here; known are id, title, types, services, alerts, owner, last-reviewed, last-exercised and version", key)
	}
}

func (p *parser) labels(key, text string, no int) []string {
	out := list(text)
	if len(out) > MaxLabels {
		p.problem(no, "%s has %d words, and %d are the most; keep those that tell this runbook from others", key, len(out), MaxLabels)
	}
	return out
}

func (p *parser) day(key, text string, no int) time.Time {
	if text == "" || strings.EqualFold(text, "never") {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		p.problem(no, "%s is a day such as 2026-11-25, or never; %q is neither", key, text)
	}
	return t
}

// read sorts the lines into steps, fields, branches and texts.
func (p *parser) read(lines []line) {
	start := stepItem
	for _, l := range lines {
		if !l.code && stepHeading.MatchString(l.text) {
			start = stepHeading
		}
	}
	var intro, notes []string
	var at *draft
	for _, l := range lines {
		if !l.code {
			if m := start.FindStringSubmatch(l.text); m != nil {
				at = p.begin(m[1], m[2], l.no, start == stepItem)
				continue
			}
			if m := section.FindStringSubmatch(l.text); m != nil {
				if p.book.Title == "" && p.drafts == nil {
					p.book.Title = m[1]
				}
				if strings.HasPrefix(l.text, "# ") && p.drafts == nil {
					continue // the title, or the title again
				}
				at = nil
			}
			if (at != nil && p.stepLine(at, l)) || (p.drafts == nil && p.introLine(l)) {
				continue
			}
		}
		switch {
		case at != nil:
			at.text = append(at.text, l.text)
		case p.drafts == nil:
			intro = append(intro, l.text)
		default:
			notes = append(notes, l.text)
		}
	}
	p.book.Intro, p.book.Notes = join(intro), join(notes)
	p.book.StopIf, p.book.Escalate = join(p.stopIf), join(p.escalate)
}

func join(lines []string) string { return strings.Trim(strings.Join(lines, "\n"), "\n") }

// begin starts a step. The title of a list item is its first sentence.
func (p *parser) begin(number, title string, no int, item bool) *draft {
	d := &draft{Step: Step{Number: number, Line: no}, fields: map[string][]value{}}
	if m := explicitID.FindStringSubmatchIndex(title); m != nil {
		d.ID, title = title[m[2]:m[3]], title[:m[0]]
		if !validID(d.ID) {
			p.problem(no, "%q is no id for a step; write lower-case words with dashes that are not end, stop or next, such as {#roll-back}", d.ID)
			d.ID = ""
		}
	}
	if part := firstPart.FindString(title); item && part != "" && len(part) < len(title) {
		d.text = append(d.text, title[len(part):])
		title = part
	}
	d.Title = strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(title, "**", "")), ".:")
	if d.ID == "" {
		d.ID = slug(d.Title)
		if !validID(d.ID) {
			p.problem(no, "no id can be made of %q; write one behind the title, such as {#check}", d.Title)
		}
	}
	p.drafts = append(p.drafts, d)
	return d
}

// fieldNames are the fields of a step; true for those that may stand more than once.
var fieldNames = map[string]bool{
	"expect": true, "stop if": true, "roll back": true, "escalate": true,
	"risk": false, "who": false, "minutes": false, "target": false, "requires": false,
}

// stepLine takes a line that is a branch or a field.
func (p *parser) stepLine(d *draft, l line) bool {
	if m := branchLine.FindStringSubmatch(l.text); m != nil {
		d.branches = append(d.branches, rawBranch{
			word: strings.ToLower(m[1]), cond: strings.Join(strings.Fields(strings.TrimRight(m[2], " :-")), " "),
			to: strings.TrimSpace(m[3]), line: l.no,
		})
		return true
	}
	m := fieldLine.FindStringSubmatch(l.text)
	if m == nil {
		return false
	}
	key := strings.ToLower(strings.TrimSpace(m[1]))
	if key == "rollback" {
		key = "roll back"
	}
	many, known := fieldNames[key]
	switch {
	case !known && slices.Contains(risks, Risk(strings.ToLower(m[2]))):
		p.warn(l.no, "%q is read as text; if it is how risky the step is, write \"Risk: %s\"", m[1], strings.ToLower(m[2]))
		return false
	case !known:
		return false
	case !many && len(d.fields[key]) > 0:
		p.problem(l.no, "%s stands twice in this step (the first is on line %d); keep one", m[1], d.fields[key][0].line)
		return true
	}
	d.fields[key] = append(d.fields[key], value{strings.TrimSpace(m[2]), l.no})
	return true
}

// introLine takes a condition that holds for the whole run.
func (p *parser) introLine(l line) bool {
	m := fieldLine.FindStringSubmatch(l.text)
	if m == nil {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(m[1])) {
	case "stop if":
		p.stopIf = append(p.stopIf, m[2])
	case "escalate":
		p.escalate = append(p.escalate, m[2])
	default:
		return false
	}
	return true
}

// name fills in an id that the front matter does not give.
func (p *parser) name() {
	if p.book.Title == "" {
		p.problem(1, "the runbook has no title; begin with a line such as \"# Service outage\"")
		return
	}
	if p.book.ID == "" {
		if p.book.ID = slug(p.book.Title); !validID(p.book.ID) {
			p.problem(1, "no id can be made of the title %q; write a line such as \"id: service-outage\" between lines of ---", p.book.Title)
		}
	}
}
