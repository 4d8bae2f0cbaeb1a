package runbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var risks = []Risk{Low, Medium, High, Destructive}

// settle understands the fields of each step and looks up where its branches lead.
func (p *parser) settle() {
	if len(p.drafts) == 0 {
		p.problem(1, "there is no step; write steps as numbered headings, such as \"## 1. Confirm from outside\"")
		return
	}
	if len(p.drafts) > MaxSteps {
		p.problem(p.drafts[MaxSteps].Line, "%d steps, and %d are the most that one person follows; cut the runbook in two", len(p.drafts), MaxSteps)
		return
	}
	lineOf := map[string]int{}
	for _, d := range p.drafts {
		if first, dup := lineOf[d.ID]; dup {
			p.problem(d.Line, "two steps have the id %q (the other is on line %d); give this one another, such as {#%s-2}", d.ID, first, d.ID)
			continue
		}
		lineOf[d.ID] = d.Line
	}
	for i, d := range p.drafts {
		d.Text = join(d.text)
		p.fields(d)
		p.branches(i, d)
		p.book.Steps = append(p.book.Steps, d.Step)
	}
	if len(p.problems) == 0 {
		p.ways()
	}
}

// one gives the lines of a field, and the number of the last.
func (d *draft) one(key string) (string, int) {
	var texts []string
	no := d.Line
	for _, v := range d.fields[key] {
		texts, no = append(texts, v.text), v.line
	}
	return strings.Join(texts, "\n"), no
}

func (p *parser) fields(d *draft) {
	d.Expect, _ = d.one("expect")
	d.StopIf, _ = d.one("stop if")
	d.RollBack, _ = d.one("roll back")
	d.Escalate, _ = d.one("escalate")
	d.Who, _ = d.one("who")
	p.risk(d)
	if text, no := d.one("minutes"); text != "" {
		number, unit, _ := strings.Cut(text, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > MaxMinutes || !slices.Contains([]string{"", "min", "minutes"}, unit) {
			p.problem(no, "Minutes is a whole number from 1 to %d, not %q; write \"Minutes: 5\"", MaxMinutes, text)
		}
		d.Minutes = n
	}
	text, no := d.one("requires")
	for _, id := range list(text) {
		switch i := p.find(id); {
		case i < 0:
			p.problem(no, "%q, which this step requires, is no step; %s", id, p.known())
		case p.drafts[i] == d:
			p.problem(no, "the step requires itself; name the step that has to come first")
		default:
			d.Requires = append(d.Requires, p.drafts[i].ID)
		}
	}
}

// risk reads how risky the step is and what it acts on.
func (p *parser) risk(d *draft) {
	d.Risk = Low
	if text, no := d.one("risk"); d.fields["risk"] != nil {
		d.Risk = Risk(strings.ToLower(strings.TrimRight(text, ".")))
		if !slices.Contains(risks, d.Risk) {
			p.problem(no, "the risk %q is not known; write low, medium, high or destructive", text)
		}
	}
	target, no := d.one("target")
	d.Target = strings.Trim(target, "` ")
	if strings.ContainsFunc(d.Target, func(r rune) bool { return !unicode.IsPrint(r) }) {
		p.problem(no, "the target %q holds a character that nobody can type or see; write the name anew", d.Target)
	}
	if d.Risk == Destructive && d.Target == "" {
		p.problem(d.Line, "the step %q is destructive and names no target; write what it acts on, such as \"Target: {{host}}\", which the person has to type", d.Title)
	}
}

// branches settles the ways on from step i.
func (p *parser) branches(i int, d *draft) {
	next := End
	if i+1 < len(p.drafts) {
		next = p.drafts[i+1].ID
	}
	d.Then = Branch{To: next}
	var otherwise *Branch
	for _, raw := range d.branches {
		to, ok := p.target(raw, next)
		switch {
		case !ok:
		case raw.word != "if" && otherwise != nil:
			p.problem(raw.line, "a second way on without a condition; write \"If condition -> step\" for one of them")
		case raw.word != "if":
			otherwise = &to
		case raw.cond == "":
			p.problem(raw.line, "the branch has no condition; write \"If condition -> step\", or \"Otherwise -> step\"")
		case strings.EqualFold(raw.cond, "it fails"):
			if d.OnFail.To != "" {
				p.problem(raw.line, "\"If it fails\" stands twice in this step; keep one")
				continue
			}
			d.OnFail = to
		case slices.ContainsFunc(d.Branches, func(b Branch) bool { return strings.EqualFold(b.If, raw.cond) }):
			p.problem(raw.line, "the condition %q stands twice in this step; keep one", raw.cond)
		default:
			to.If = raw.cond
			d.Branches = append(d.Branches, to)
		}
	}
	if otherwise != nil {
		d.Then = *otherwise
	}
	if d.Branches != nil {
		last := d.Then
		last.If = "otherwise"
		d.Branches = append(d.Branches, last)
		d.Then = Branch{}
	}
	if len(d.Branches) > MaxBranches {
		p.problem(d.Line, "%d branches, and %d are the most that one chooses from; cut the step in two", len(d.Branches), MaxBranches)
	}
}

// target reads what stands behind the arrow.
func (p *parser) target(raw rawBranch, next string) (Branch, bool) {
	to := strings.Trim(strings.TrimRight(raw.to, ". "), "`* ")
	lower := strings.ToLower(to)
	if id, ok := strings.CutPrefix(lower, "runbook "); ok {
		id = strings.Trim(id, "`* ")
		if !validID(id) {
			p.problem(raw.line, "%q is no id of a runbook; write \"-> runbook security\"", id)
		}
		return Branch{To: Stop, Runbook: id}, validID(id)
	}
	switch lower {
	case End, Stop:
		return Branch{To: lower}, true
	case "next":
		return Branch{To: next}, true
	}
	if i := p.find(to); i >= 0 {
		return Branch{To: p.drafts[i].ID}, true
	}
	p.problem(raw.line, "the branch leads to %q, and there is no such step; %s, or write next, end, stop or \"runbook other-id\"", to, p.known())
	return Branch{}, false
}

// find looks up a step by id, or by number where only one step has it.
func (p *parser) find(name string) int {
	name = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(name), "step "), "#")
	found := -1
	for i, d := range p.drafts {
		if d.ID == name {
			return i
		}
		if d.Number == name {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// known lists the steps there are, for a sentence.
func (p *parser) known() string {
	var ids []string
	for i, d := range p.drafts {
		if i == 12 {
			ids = append(ids, fmt.Sprintf("and %d more", len(p.drafts)-i))
			break
		}
		ids = append(ids, d.ID)
	}
	return "the steps are " + strings.Join(ids, ", ")
}

// exits lists the ways on from a step that did not fail.
func (s Step) exits() []Branch {
	if len(s.Branches) > 0 {
		return s.Branches
	}
	return []Branch{s.Then}
}

// ways checks that every step is reached and can reach an end: a run may go in
// circles only as long as people choose to.
func (p *parser) ways() {
	steps := p.book.Steps
	ends, reached := map[string]bool{End: true, Stop: true}, map[string]bool{steps[0].ID: true}
	for range steps { // each round carries the marks at least one step further
		for _, s := range steps {
			for _, b := range s.exits() { // a failure is no plan: an end has to be reached without one
				ends[s.ID] = ends[s.ID] || ends[b.To]
				reached[b.To] = reached[b.To] || reached[s.ID]
			}
			reached[s.OnFail.To] = reached[s.OnFail.To] || reached[s.ID]
		}
	}
	for _, s := range steps {
		if !ends[s.ID] {
			p.problem(s.Line, "from the step %q no way leads to an end; let a branch lead to end or stop", s.ID)
		}
		if !reached[s.ID] {
			p.warn(s.Line, "no step leads to %q; let a branch lead here, or take it out", s.ID)
		}
	}
}
