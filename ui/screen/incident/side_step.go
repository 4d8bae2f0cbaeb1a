package incident

import (
	"strings"

	"holdfast/model"
	"holdfast/model/runbook"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

const stepHint = "Enter: done · w with words · f failed · n not done"

// ways are the ways on from the step at hand, each on a line of its own.
func (p *side) ways(r model.RunView, h model.StepView) item.Block {
	b, id := item.Block{Title: "What came of it", Left: keyColumn}, r.ID.String()+"."+h.ID+".way."
	if len(h.Branches) == 0 {
		b.Left = enterColumn
	}
	open, acts := p.acts(r, h)
	add := func(key, words, right string, do func()) {
		b.Lines = append(b.Lines, item.Line{
			ID: id + key, Content: item.Content{Left: key, Main: words, Right: right, Lines: whole}, Open: do, Rune: acts, Hint: stepHint,
		})
	}
	step := func(c model.DoStep) func() { return func() { p.step(r, h, c) } }
	for _, way := range h.Branches {
		words, to := sentence(way.If), leads(way.To, way.Number)
		if strings.HasPrefix(way.To, "runbook ") { // too long to stand beside it
			words, to = words+": "+to, ""
		}
		add(way.Letter, words, to, step(model.DoStep{Branch: way.Letter}))
	}
	if len(h.Branches) == 0 {
		add("Enter", "Done, as written", "", open)
	}
	failed := ""
	if h.OnFail != "" {
		failed = leads(h.OnFail, h.OnFailNumber)
	}
	add("f", "Failed, with what was seen", failed, func() { acts('f') })
	add("n", "Not done, with the reason", "", func() { acts('n') })
	return b
}

// leads says where a way leads: a step is named by the number it is read out with.
func leads(to, number string) string {
	switch {
	case to == runbook.End:
		return "the run is over"
	case to == runbook.Stop:
		return "stops the run"
	case number != "":
		return "to step " + number
	}
	return "to " + text.Line(to)
}

// keyColumn holds the name of a key, enterColumn that of a longer one.
const (
	keyColumn   = 10
	enterColumn = 34
)

// acts are what Enter and the keys do on the lines of a step.
func (p *side) acts(r model.RunView, h model.StepView) (open func(), keys func(rune) bool) {
	said := func(outcome runbook.Outcome, prompt string) func() {
		return func() {
			p.screen.ask(question{prompt: prompt, then: func(words string) plan {
				return p.planStep(r, h, model.DoStep{Outcome: string(outcome), Result: words})
			}})
		}
	}
	acts := map[rune]func(){
		'w': said(runbook.Done, "Step "+h.Number+" is done: what was seen?"),
		'f': said(runbook.Failed, "Step "+h.Number+" failed: what was seen?"),
		'n': said(runbook.Skipped, "Step "+h.Number+" is not done: why?"),
	}
	for _, way := range h.Branches {
		acts[[]rune(way.Letter)[0]] = func() { p.step(r, h, model.DoStep{Branch: way.Letter}) }
	}
	open = func() { p.step(r, h, model.DoStep{}) }
	if len(h.Branches) > 0 {
		open = func() { p.screen.host.Toast("Choose what came of it by its letter") }
	}
	return open, on(acts)
}

// step records a step, after what it asks for.
func (p *side) step(r model.RunView, h model.StepView, c model.DoStep) {
	if h.Risk != string(runbook.Destructive) {
		c.Incident, c.Run, c.Step = p.screen.content.id.String(), r.ID.String(), h.ID
		p.screen.do(c, "Step "+h.Number+" is done")
		return
	}
	p.screen.ask(p.target(r, h, c))
}

// planStep is step for what was typed.
func (p *side) planStep(r model.RunView, h model.StepView, c model.DoStep) plan {
	if h.Risk == string(runbook.Destructive) && c.Outcome != string(runbook.Skipped) {
		q := p.target(r, h, c)
		return plan{says: "Asks for the target next · Enter", next: &q}
	}
	c.Incident, c.Run, c.Step = p.screen.content.id.String(), r.ID.String(), h.ID
	return plan{commands: []model.Command{c}}
}

// here is what stands after the name of a second person who stands beside.
const here = " here"

// target asks for the name of what a destructive step acts on, and then for
// who looks on: neither can be picked, both are typed.
func (p *side) target(r model.RunView, h model.StepView, c model.DoStep) question {
	c.Incident, c.Run, c.Step = p.screen.content.id.String(), r.ID.String(), h.ID
	return question{prompt: "DESTRUCTIVE. Type the name of what it acts on", then: func(target string) plan {
		if h.Target != "" && target != h.Target {
			return plan{refuse: "that is not the name of the target; read it off and type it as it is written"}
		}
		c.Target = target
		return plan{says: "Asks who looks on next · Enter", next: &question{
			prompt: "Who looks on? A name; \"Tom here\" where they stand beside you", begin: "@",
			then: func(words string) plan {
				name, why := p.screen.person(strings.TrimSuffix(words, here))
				if why != "" {
					return plan{refuse: why}
				}
				c.Second, c.Present = name, strings.HasSuffix(words, here)
				says := name + " is asked to confirm from their own device; until then it does not count · Enter records"
				if c.Present {
					says = name + " stands beside you · Enter records"
				}
				return plan{says: says, commands: []model.Command{c}}
			},
		}}
	}}
}
