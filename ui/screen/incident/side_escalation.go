package incident

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/sync/node"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// rungOpen reports whether a rung is still to be done, and whether it was
// skipped.
func rungOpen(r node.Rung) (open, skipped bool) {
	return r.State != due.Done && r.State != due.Skipped, r.State == due.Skipped
}

// escalation is the ladder: whom to call now, with numbers and words, then what
// comes, then what was done.
func (p *side) escalation(now time.Time) []item.Block {
	ladder := p.screen.content.work.ladder
	p.said = p.said[:0]
	var blocks []item.Block
	if ladder.Exhausted != "" {
		l := line("ladder", text.Line(ladder.Exhausted), whole)
		l.MainColor, l.Bold = red(), true
		blocks = append(blocks, item.Block{Title: "Nobody was reached", Lines: []item.Line{l}})
	}
	next := item.Block{Title: "To come"}
	done := item.Block{Title: "Done"}
	unnamed := item.Block{Title: "Nobody is named for these"}
	first := true
	for _, r := range ladder.Rungs {
		open, _ := rungOpen(r)
		switch {
		case !open:
			l := quiet("rung."+r.Rung, text.Line(r.Name)+": "+text.Line(r.Result), folded)
			l.Right = r.State
			done.Lines = append(done.Lines, l)
			done.Lines = append(done.Lines, p.made(r)...)
		case first && !r.Proposed || !r.DueAt.After(now) && !r.Proposed || p.opened[r.Rung]:
			first = first && r.Proposed
			if len(r.Tree) == 0 {
				unnamed.Lines = append(unnamed.Lines, p.unnamed(r, now))
				continue
			}
			blocks = append(blocks, p.rung(r, now))
		default:
			next.Lines = append(next.Lines, p.rungLine(r, now))
		}
	}
	if len(unnamed.Lines) > 0 {
		blocks = append(blocks, unnamed)
	}
	asked := len(blocks) // what the vendors owe stands below who is called now
	if len(next.Lines) > 0 {
		blocks = append(blocks, next)
	}
	if n := len(done.Lines); n > 0 {
		blocks = append(blocks, p.done(done, len(blocks) > 0 && n > doneShown))
	}
	if len(blocks) == 0 {
		blocks = append(blocks, item.Block{Lines: []item.Line{quiet("rungs.none", "Nobody is to be called for "+p.screen.content.brief.Severity, 2)}})
		asked = 1
	}
	return slices.Insert(blocks, asked, p.vendors(now))
}

// doneShown is how many lines of what was done stand below what is to be done.
const doneShown = 2

// done folds what was done away below what is to be done.
func (p *side) done(b item.Block, folds bool) item.Block {
	if !folds {
		return b
	}
	fold := p.fold("rungs.done", text.Count(len(b.Lines), "line of what was done", "lines of what was done"), &p.allRungs)
	if !p.allRungs {
		b.Lines = nil
	}
	b.Lines = append(b.Lines, fold)
	return b
}

// rungLine is a rung in a line, opened with Enter.
func (p *side) rungLine(r node.Rung, now time.Time) item.Line {
	words := text.Line(r.What)
	if r.Proposed {
		words = "Proposed: " + words
	}
	l := until(line("rung."+r.Rung, words, whole), r.DueAt, now)
	l.Hint = "Enter shows whom to call"
	l.Open = func() {
		p.opened[r.Rung] = true
		p.set(p.screen.host.Now())
	}
	return l
}

// rung is a rung with the people to call.
func (p *side) rung(r node.Rung, now time.Time) item.Block {
	b := item.Block{}
	if name, _, _ := strings.Cut(r.Name, ":"); !strings.Contains(strings.ToLower(r.What), strings.ToLower(name)) {
		b.Title = text.Line(name)
	}
	head := p.rungLine(r, now)
	head.Bold, head.Open = true, nil
	if p.opened[r.Rung] {
		head.Open = func() {
			delete(p.opened, r.Rung)
			p.set(p.screen.host.Now())
		}
	}
	head.Hint = "s skips the rung, with a reason"
	head.Rune = on(map[rune]func(){'s': func() { p.skip(r) }})
	b.Lines = append(b.Lines, head)
	if r.Waiting != "" {
		l := until(line("rung."+r.Rung+".waiting", text.Line(r.Waiting), whole), r.AnswerAt, now)
		l.MainColor = theme.ColorMuted
		b.Lines = append(b.Lines, l)
	}
	for _, c := range r.Tree {
		b.Lines = append(b.Lines, p.call(r, c)...)
	}
	b.Lines = append(b.Lines, p.made(r)...)
	return b
}

// unnamed is a rung behind which nobody stands: a message to an audience, or a
// person the room has not named.
func (p *side) unnamed(r node.Rung, now time.Time) item.Line {
	l := until(line("rung."+r.Rung, text.Line(r.What), whole), r.DueAt, now)
	l.Hint, l.Rune = "s skips it, with a reason", on(map[rune]func(){'s': func() { p.skip(r) }})
	if slices.ContainsFunc(p.screen.content.work.dues, func(d due.Due) bool {
		return d.Kind == due.Escalation && d.Key == r.Rung && d.Act == "message"
	}) {
		l.Open = func() { p.screen.host.Compose(p.screen.content.id, "") }
		l.Hint = "Enter writes the message · " + l.Hint
	}
	return l
}

// callWays are the ways a person is tried by hand, in the words of the record;
// the first is meant where nobody says another, the last for who has no number.
var callWays = [...]string{"phone", "SMS", "messenger", "in person"}

// callNow marks who is next.
const callNow = "call now"

// byWay says a way as part of a sentence.
func byWay(way string) string {
	if way == callWays[len(callWays)-1] {
		return way
	}
	return "by " + way
}

const (
	callHint = "1 reached · 2 voicemail · 3 no answer · 4 refused"
	mailHint = "w way · m pages by mail · s skips the rung"
)

// call is a person of the phone tree. Its keys work on this line alone, so that
// no digit typed elsewhere says that somebody was reached.
func (p *side) call(r node.Rung, c model.Call) []item.Line {
	id := "call." + r.Rung + "." + c.PersonID.String()
	words := text.Line(c.Person)
	if c.Deputy {
		words += ", deputy"
	}
	var ways []string
	for _, n := range c.Numbers {
		ways = append(ways, text.Line(n.Name)+" "+text.Whole(text.Line(n.Number)))
	}
	first := 0
	if ways == nil {
		ways, first = []string{"no number is known"}, len(callWays)-1
	}
	l := line(id, words, whole)
	l.Bold = c.Next
	if c.Next {
		l.Right, l.RightColor = callNow, amber()
	}
	if c.Tries > 0 {
		l.Right = text.Count(c.Tries, "call", "calls") + ", " + strings.ReplaceAll(c.Last, "-", " ")
	}
	way := callWays[(first+p.calls[id])%len(callWays)]
	acts := map[rune]func(){
		's': func() { p.skip(r) },
		'w': func() {
			p.calls[id]++
			p.set(p.screen.host.Now())
		},
		'm': func() {
			p.screen.do(model.Page{Incident: p.screen.content.id.String(), Rung: r.Rung, Person: c.Person}, c.Person+" is paged by mail")
		},
	}
	for _, k := range model.ResultKeys {
		if k.Result == model.Skipped {
			continue
		}
		acts[[]rune(k.Key)[0]] = func() {
			delete(p.calls, id) // the next try is by the first way again
			p.screen.do(model.RecordAttempt{
				Incident: p.screen.content.id.String(), Rung: r.Rung, Person: c.Person, Way: way, Result: k.Result,
			}, text.Line(c.Person)+", "+way+": "+k.Text)
		}
	}
	l.Rune, l.Hint = on(acts), callHint
	reach := line(id+".numbers", strings.Join(ways, "\n"), whole)
	reach.Rune, reach.Hint = l.Rune, mailHint
	reach.Right = byWay(way)
	lines := []item.Line{l, reach}
	if c.Next && !slices.Contains(p.said, c.Script) { // who stands on two rungs is told the same
		p.said = append(p.said, c.Script)
		say := quiet(id+".script", "Say: "+text.Line(c.Script), whole)
		say.Rune, say.Hint = l.Rune, callHint
		lines = append(lines, say)
	}
	return lines
}

// toCall is the line of who is to be called now.
func (p *side) toCall() string {
	for _, b := range p.list.Blocks() {
		for _, l := range b.Lines {
			if l.Right == callNow {
				return l.ID
			}
		}
	}
	return ""
}

// skip asks why a rung is left out.
func (p *side) skip(r node.Rung) {
	p.screen.ask(question{prompt: "Why is nobody called for: " + text.Line(r.What) + "?", then: func(why string) plan {
		return plan{
			says:     "Skips it, with this reason · Enter records",
			commands: []model.Command{model.RecordAttempt{Incident: p.screen.content.id.String(), Rung: r.Rung, Result: model.Skipped, Detail: why}},
		}
	}})
}

// made are the calls that were made for a rung.
func (p *side) made(r node.Rung) []item.Line {
	var lines []item.Line
	for _, c := range r.Calls {
		result := strings.ReplaceAll(c.Result, "-", " ")
		if result == "" {
			result = "no answer yet"
		}
		words := text.Minute(c.At) + " UTC"
		if c.Person != "" {
			words += " " + text.Line(c.Person) + " " + byWay(text.Line(c.Way))
		}
		if c.Detail != "" {
			words += ": " + text.Line(c.Detail)
		}
		l := quiet(c.ID.String(), words, folded)
		l.Right = result
		lines = append(lines, l)
	}
	return lines
}
