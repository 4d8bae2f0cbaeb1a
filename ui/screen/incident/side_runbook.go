package incident

import (
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/runbook"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// runbook is the step at hand of the runs, and what may be started.
func (p *side) runbook(now time.Time) []item.Block {
	var blocks, over []item.Block
	for _, r := range p.screen.content.work.runs {
		if r.Over != "" {
			l := quiet("run."+r.ID.String(), text.Line(r.Title)+": "+ended(r), whole)
			over = append(over, item.Block{Title: "Over", Lines: []item.Line{l}})
			continue
		}
		blocks = append(blocks, p.run(r, now)...)
	}
	if b := p.suggested(); len(b.Lines) > 0 {
		blocks = append(blocks, b)
	}
	if len(over) > 1 {
		for _, b := range over[1:] {
			over[0].Lines = append(over[0].Lines, b.Lines...)
		}
		over = over[:1]
	}
	return append(blocks, over...)
}

func ended(r model.RunView) string {
	says := "ended after " + text.Count(r.Done, "step", "steps")
	if r.Over == runbook.Stop {
		says = "stopped after " + text.Count(r.Done, "step", "steps")
	}
	if r.Next != "" {
		says += ", go on with " + r.Next
	}
	return says
}

// suggestedMost is how many runbooks are put forward: more is a catalogue.
const suggestedMost = 4

func (p *side) suggested() item.Block {
	s := p.screen
	b := item.Block{Title: "Runbooks that may fit"}
	for _, v := range s.content.work.books {
		if v.Started {
			continue
		}
		if len(b.Lines) == suggestedMost {
			break
		}
		l := line("book."+v.ID, text.Line(v.Title), folded)
		if len(v.Reasons) > 0 {
			l.Main += "\nbecause " + text.Line(v.Reasons[0])
		}
		l.Right, l.Hint = "Enter starts", "Enter starts it"
		l.Open = func() {
			s.do(model.StartRun{Incident: s.content.id.String(), Runbook: v.ID}, "Started: "+text.Line(v.Title))
		}
		b.Lines = append(b.Lines, l)
	}
	if len(b.Lines) == 0 && len(s.content.work.runs) == 0 {
		l := quiet("book.none", "No runbook fits the type and the words of this incident", whole)
		l.Open, l.Hint = s.askRunbook, "Enter starts one by its name"
		b.Lines = append(b.Lines, l)
	}
	return b
}

// askRunbook starts a runbook by its name.
func (s *Screen) askRunbook() {
	s.ask(question{prompt: "Start which runbook? Its name, or a part of it", then: func(name string) plan {
		return plan{commands: []model.Command{model.StartRun{Incident: s.content.id.String(), Runbook: name}}}
	}})
}

func (p *side) run(r model.RunView, now time.Time) []item.Block {
	id := r.ID.String()
	b := item.Block{Title: text.Line(r.Title), Note: text.Count(r.Done, "step done", "steps done") + ", " + count(r.Left) + " left at most"}
	if r.Unread != "" {
		l := line(id+".unread", text.Line(r.Unread), whole)
		l.MainColor = red()
		b.Lines = append(b.Lines, l)
	}
	if r.StopIf != "" {
		for i, why := range strings.Split(r.StopIf, "\n") {
			b.Lines = append(b.Lines, quiet(id+".stop."+count(i), "Stop the run if "+text.Line(why), whole))
		}
	}
	blocks := []item.Block{b}
	if values := p.values(r); len(values) > 0 {
		blocks[0].Lines = append(blocks[0].Lines, values...)
	}
	if r.Hand != nil {
		blocks = append(blocks, p.hand(r, *r.Hand, now), p.ways(r, *r.Hand))
	}
	if done := p.results(r); len(done.Lines) > 0 {
		blocks = append(blocks, done)
	}
	return blocks
}

// atHand is the line of the step at hand; empty where no run is under way.
func (p *side) atHand() string {
	for _, r := range p.screen.content.work.runs {
		if r.Over == "" && r.Hand != nil {
			return r.ID.String() + "." + r.Hand.ID
		}
	}
	return ""
}

// values are the blanks of the step at hand that nobody has filled.
func (p *side) values(r model.RunView) []item.Line {
	var lines []item.Line
	for _, v := range r.Values {
		asked := r.Hand != nil && strings.Contains(r.Hand.Title+r.Hand.Text+r.Hand.Target+r.Hand.Expect+r.Hand.StopIf+r.Hand.RollBack, "{{"+v.Name+"}}")
		if (v.Value != "" || !asked) && len(v.Conflict) == 0 {
			continue
		}
		l := line(r.ID.String()+".value."+v.Name, "This run does not say: "+text.Line(v.Name), whole)
		l.MainColor, l.Right, l.Hint = amber(), "Enter says", "Enter says what it stands for in this run"
		if len(v.Conflict) > 0 {
			l.Main, l.Right, l.RightColor = text.Line(v.Name)+" was given two values apart", "CONFLICT", red()
		}
		l.Open = func() {
			p.screen.ask(question{prompt: "What is " + text.Line(v.Name) + " in this run?", then: func(value string) plan {
				return plan{commands: []model.Command{model.SetRunValue{Incident: p.screen.content.id.String(), Run: r.ID.String(), Name: v.Name, Value: value}}}
			}})
		}
		lines = append(lines, l)
	}
	return lines
}

// hand is the step at hand, as it is read out.
func (p *side) hand(r model.RunView, h model.StepView, now time.Time) item.Block {
	id := r.ID.String() + "." + h.ID
	head := line(id, text.Line(h.Number+" "+h.Title), whole)
	head.Bold = true
	if h.Minutes > 0 && !h.Since.IsZero() {
		head = until(head, h.Since.Add(time.Duration(h.Minutes)*time.Minute), now)
	}
	b := item.Block{Title: "Step at hand", Note: text.Line(h.Who), Lines: []item.Line{head}}
	add := func(part, words string) *item.Line {
		b.Lines = append(b.Lines, line(id+part, text.Line(words), whole))
		return &b.Lines[len(b.Lines)-1]
	}
	if h.Risk != "" && h.Risk != "none" {
		words, colour := "Risk: "+h.Risk, theme.ColorMuted
		if h.Risk == string(runbook.High) {
			colour = amber()
		}
		if h.Risk == string(runbook.Destructive) {
			words, colour = "DESTRUCTIVE, acts on "+h.Target+": type its name, and have a second person look on", red()
		}
		l := add(".risk", words)
		l.MainColor, l.Bold = colour, colour != theme.ColorMuted
	}
	if h.Text != "" {
		add(".text", strings.Join(strings.Fields(h.Text), " "))
	}
	if h.Expect != "" {
		add(".expect", "Expect: "+h.Expect)
	}
	if h.StopIf != "" {
		for i, why := range strings.Split(h.StopIf, "\n") {
			add(".stop."+count(i), "Stop if "+why).MainColor = amber()
		}
	}
	if h.RollBack != "" {
		add(".back", "Way back: "+h.RollBack).MainColor = theme.ColorMuted
	}
	for _, need := range h.Needs {
		if len(h.Branches) > 0 && strings.HasPrefix(need, "say which of these is so") {
			continue // the ways on stand below, each with its key
		}
		add(".need."+need, sentence(need)).MainColor = amber()
	}
	open, acts := p.acts(r, h)
	for i := range b.Lines {
		b.Lines[i].Open, b.Lines[i].Rune, b.Lines[i].Hint = open, acts, stepHint
	}
	return b
}

// results are the steps that were done, folded, and those that wait.
func (p *side) results(r model.RunView) item.Block {
	s, b := p.screen, item.Block{Title: "Done so far"}
	waits := len(r.Results) - r.Waiting
	for i, v := range r.Results {
		if i < waits {
			continue
		}
		l := line(v.ID.String(), text.Line(v.Second)+" has to confirm step "+v.Number+": "+text.Line(v.Title), whole)
		l.MainColor = amber()
		if v.Second == s.content.me {
			l.Right, l.Hint = "Enter confirms", "Enter: you stand for it as the second person"
			l.Open = func() {
				s.do(model.ConfirmStep{Incident: s.content.id.String(), Run: r.ID.String(), Step: v.Step}, "You stand for step "+v.Number)
			}
		}
		b.Lines = append(b.Lines, l)
	}
	for i, d := range r.Deviations {
		l := line(r.ID.String()+".deviation."+count(i), "Otherwise than written: "+text.Line(d), whole)
		l.MainColor = amber()
		b.Lines = append(b.Lines, l)
	}
	if p.allSteps {
		for _, v := range r.Results[:waits] {
			words := v.Number + " " + text.Line(v.Title)
			if v.Branch != "" {
				words += ": " + text.Line(v.Branch)
			}
			if v.Result != "" {
				words += ". " + text.Line(v.Result)
			}
			l := quiet(v.ID.String(), words, folded)
			l.Right = v.Outcome
			b.Lines = append(b.Lines, l)
		}
	}
	if waits > 0 {
		b.Lines = append(b.Lines, p.fold(r.ID.String()+".results", text.Count(waits, "step and its result", "steps and their results"), &p.allSteps))
	}
	return b
}
