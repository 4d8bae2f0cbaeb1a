package incident

import (
	"slices"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// checklist is that of the lead phase.
func (p *side) checklist() item.Block {
	c := &p.screen.content
	b := item.Block{Title: sentence(c.work.phase.Name)}
	for _, k := range c.work.Checks {
		if k.Phase == c.work.phase.Name {
			b.Lines = append(b.Lines, p.check(k))
		}
	}
	if exit := text.Line(c.work.phase.Exit); exit != "" && len(b.Lines) > 0 {
		b.Lines = append(b.Lines, quiet("phase.exit", "This phase ends when: "+exit, whole))
	}
	return b
}

func (p *side) check(k model.CheckView) item.Line {
	s := p.screen
	l := line("check."+k.ID, text.Line(k.Text), whole)
	l.Box, l.Ticked = true, k.State == model.CheckDone
	tick := func(c model.TickCheck, says string) func() {
		c.Incident, c.Check = s.content.id.String(), k.ID
		return func() { s.do(c, says) }
	}
	skip := func() {
		s.ask(question{prompt: "Why is it skipped?", then: func(why string) plan {
			return plan{commands: []model.Command{model.TickCheck{Incident: s.content.id.String(), Check: k.ID, Skip: why}}}
		}})
	}
	switch k.State {
	case "":
		l.Open, l.Hint = tick(model.TickCheck{}, "Ticked"), "Enter ticks it · s skips it, with a reason"
		if k.Proof {
			l.Open = func() {
				s.ask(question{prompt: "What shows it? The text is kept with the tick", then: func(proof string) plan {
					return plan{commands: []model.Command{model.TickCheck{Incident: s.content.id.String(), Check: k.ID, Proof: proof}}}
				}})
			}
			l.Hint = "Enter ticks it, with what shows it · s skips it, with a reason"
		}
		if k.Required {
			l.Right, l.RightColor = "needed", amber()
		}
	case model.CheckSkipped:
		l.MainColor, l.Right = theme.ColorMuted, "skipped"
		if k.Reason != "" {
			l.Main += ". Skipped: " + text.Line(k.Reason)
		}
		l.Open, l.Hint = tick(model.TickCheck{}, "Ticked"), "Enter ticks it after all"
	default:
		l.MainColor = theme.ColorMuted
		if k.Reason != "" {
			l.Main += ". Shown by: " + text.Line(k.Reason)
		}
		l.Open, l.Hint = tick(model.TickCheck{Open: true}, "Open again"), "Enter takes the tick back"
	}
	l.Rune = on(map[rune]func(){'x': l.Open, 's': skip})
	return l
}

// missing is what is asked before the next act, so that it is seen before it is
// tried. Lines of the checklist stand there already.
func (p *side) missing() []item.Block {
	s := p.screen
	titles := map[string]string{
		model.ActResolution: "Before the resolution", model.ActResolve: "Before it is resolved", model.ActClose: "Before it is closed",
	}
	var blocks []item.Block
	for _, m := range s.content.work.Missing {
		if m.Check != "" && slices.ContainsFunc(s.content.work.Checks, func(k model.CheckView) bool {
			return k.ID == m.Check && k.Phase == s.content.work.phase.Name
		}) {
			continue
		}
		if n := len(blocks); n == 0 || blocks[n-1].Title != titles[m.Act] {
			blocks = append(blocks, item.Block{Title: titles[m.Act]})
		}
		l := line("missing."+m.Act+"."+m.What, sentence(m.What), whole)
		l.MainColor = theme.ColorMuted
		if m.Refuses {
			l.Right, l.RightColor, l.MainColor = "refused without", amber(), ""
		}
		l.Open, l.Hint = s.give(m), "Enter gives it"
		b := &blocks[len(blocks)-1]
		b.Lines = append(b.Lines, l)
	}
	return blocks
}

// give asks for what is missing.
func (s *Screen) give(m model.Missing) func() {
	inc := s.content.id.String()
	ask := func(prompt string, record func(string) model.Command) func() {
		return func() {
			s.ask(question{prompt: prompt, then: func(words string) plan { return plan{commands: []model.Command{record(words)}} }})
		}
	}
	switch {
	case m.Check != "":
		return func() { s.do(model.TickCheck{Incident: inc, Check: m.Check}, "Ticked") }
	case m.Act == model.ActResolution:
		return ask("What keeps the damage from growing, or why is nothing needed?", func(w string) model.Command { return model.RecordFacts{Incident: inc, Containment: w} })
	case m.Act == model.ActResolve && m.Refuses:
		return func() { s.begin("/resolve ") }
	case m.Act == model.ActClose && m.Refuses && m.What != model.CustomersDecision:
		return func() { s.side.open(tabTasks, "") }
	}
	for _, k := range s.content.work.Locks {
		if m.What == "the end of a change: "+k.Person+" is changing "+k.Thing {
			return func() { s.release(k) }
		}
	}
	return ask("Who decides on the message to customers, and what? As in: not needed because ...", func(w string) model.Command { return model.RecordFacts{Incident: inc, Customers: w} })
}
