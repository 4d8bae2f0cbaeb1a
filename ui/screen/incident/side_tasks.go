package incident

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// tasks is what is being done, what may be the cause, what was decided, and
// what the phase still asks for.
func (p *side) tasks(now time.Time) []item.Block {
	blocks := []item.Block{p.taskBlock(now)}
	blocks = append(blocks, p.changes(now)...)
	blocks = append(blocks, p.hypotheses(now), p.decisions())
	if b := p.checklist(); len(b.Lines) > 0 {
		blocks = append(blocks, b)
	}
	return append(blocks, p.missing()...)
}

// tasksShown is how many tasks are shown before the rest is asked for.
const tasksShown = 8

func (p *side) taskBlock(now time.Time) item.Block {
	tasks := inOrder(p.screen.content.tasks)
	open, overdue := 0, 0
	for _, t := range tasks {
		if !t.Done {
			open++
			if !t.DueAt.IsZero() && t.DueAt.Before(now) {
				overdue++
			}
		}
	}
	b := item.Block{Title: "Tasks", Note: text.Count(open, "open", "open")}
	if overdue > 0 {
		b.Note += ", " + text.Count(overdue, "overdue", "overdue")
	}
	for i, t := range tasks {
		if i == tasksShown && !p.allTasks && len(tasks) > tasksShown+1 {
			b.Lines = append(b.Lines, p.fold("tasks.more", text.Count(len(tasks)-i, "more task", "more tasks"), &p.allTasks))
			return b
		}
		b.Lines = append(b.Lines, p.taskLine(t, now))
	}
	if len(tasks) > tasksShown+1 {
		b.Lines = append(b.Lines, p.fold("tasks.more", "", &p.allTasks))
	}
	if len(tasks) == 0 {
		l := quiet("tasks.none", "No task yet", 1)
		l.Right, l.Open, l.Hint = "t adds one", func() { p.screen.begin("/task @") }, "Enter adds a task"
		b.Note, b.Lines = "", append(b.Lines, l)
	}
	return b
}

func (p *side) taskLine(t model.TaskView, now time.Time) item.Line {
	s, id := p.screen, t.ID.String()
	l := line(id, text.Line(t.Text), folded)
	l.Box, l.Ticked = true, t.Done
	if t.Owner != "" {
		who := author(t.Owner)
		if !t.Done && t.AcceptedAt.IsZero() {
			who += " (not accepted)" // before the text, which may be cut
		}
		l.Main = who + ": " + l.Main
	}
	finish := func() {
		p.task = id
		if t.Done {
			s.host.Toast("Answered: " + text.Line(t.Result))
			return
		}
		s.begin("/done ")
	}
	l.Open = finish
	acts := map[rune]func(){'x': finish}
	l.Hint = "Enter or x: done, with the answer"
	switch {
	case t.Done:
		l.MainColor, l.Hint = theme.ColorMuted, "Enter shows the answer"
		if t.Result != "" {
			l.Main += ". Answer: " + text.Line(t.Result)
		}
	default:
		l = until(l, t.DueAt, now)
		if t.AcceptedAt.IsZero() && t.Owner == s.content.me {
			acts['y'] = func() { s.do(model.AcceptTask{Task: id}, "You have this task") }
			l.Hint = "y accepts it · x: done, with the answer"
		}
	}
	l.Rune = on(acts)
	return l
}

// inOrder puts open tasks first, those due first before the others.
func inOrder(tasks []model.TaskView) []model.TaskView {
	tasks = slices.Clone(tasks)
	rank := func(t model.TaskView) int {
		switch {
		case t.Done:
			return 2
		case t.DueAt.IsZero():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(tasks, func(a, b model.TaskView) int {
		return cmp.Or(rank(a)-rank(b), a.DueAt.Compare(b.DueAt))
	})
	return tasks
}

// current gives the open task a line without a name is about: the one selected
// last, or the only one.
func (p *side) current(c content) (id string, open int) {
	task, only := p.task, ""
	if at := p.list.At(); p.list.Held() && at != "" {
		task = at
	}
	for _, t := range c.tasks {
		if t.Done {
			continue
		}
		open++
		only = t.ID.String()
		if only == task {
			id = only
		}
	}
	if id == "" && open == 1 {
		id = only
	}
	return id, open
}

// changes are the change locks: who is changing what, and since when.
func (p *side) changes(now time.Time) []item.Block {
	s := p.screen
	if len(s.content.work.Locks) == 0 {
		return nil
	}
	b := item.Block{Title: "Being changed"}
	for _, k := range s.content.work.Locks {
		l := line(k.ID.String(), text.Line(k.Person)+": "+text.Line(k.Thing), folded)
		if k.Incident != s.content.code {
			l.Main += " (" + k.Incident + ")"
		}
		l.Right, l.Hint = lasting(now.Sub(k.Since)), "x: it is free again"
		if k.Conflict {
			l.Right, l.RightColor = "CONFLICT", red()
		}
		release := func() { s.release(k) }
		l.Open, l.Rune = release, on(map[rune]func(){'x': release})
		b.Lines = append(b.Lines, l)
	}
	return []item.Block{b}
}

// release gives a change lock back; who ends that of another says why.
func (s *Screen) release(k model.LockView) {
	c := model.ReleaseLock{Incident: s.content.id.String(), Thing: k.Thing}
	if k.Person == s.content.me {
		s.do(c, text.Line(k.Thing)+" is free")
		return
	}
	s.ask(question{prompt: text.Line(k.Person) + " is changing " + text.Line(k.Thing) + ". Why do you end that?", then: func(why string) plan {
		c.Reason = why
		return plan{commands: []model.Command{c}}
	}})
}

func (p *side) hypotheses(now time.Time) item.Block {
	s := p.screen
	b := item.Block{Title: "What may be the cause"}
	for _, h := range s.content.work.Hypotheses {
		b.Lines = append(b.Lines, s.hypothesis(h, now))
		for _, i := range h.Indications {
			sign := "+ "
			if i.Against {
				sign = "− "
			}
			e := quiet(i.ID.String(), sign+text.Line(i.Text), folded)
			e.Right = i.Strength
			if i.Coincidence {
				e.Right = "by chance?"
			}
			b.Lines = append(b.Lines, e)
		}
	}
	if len(s.content.work.Hypotheses) == 0 {
		l := quiet("hypotheses.none", "No hypothesis yet", 1)
		l.Right, l.Open, l.Hint = "Enter adds one", s.askHypothesis, "Enter adds a hypothesis"
		b.Lines = append(b.Lines, l)
	}
	return b
}

func (s *Screen) hypothesis(h model.HypothesisView, now time.Time) item.Line {
	l := line(h.ID.String(), text.Line(h.Text), folded)
	l.Bold = h.State == model.HypothesisOpen
	if h.Owner != "" {
		l.Main = author(h.Owner) + ": " + l.Main
	}
	switch {
	case h.Conflict:
		l.Right, l.RightColor = "CONFLICT", red()
	case h.State == model.HypothesisOpen && !h.DueAt.IsZero():
		l = until(l, h.DueAt, now)
	default:
		l.Right = h.State
	}
	if h.State == model.HypothesisRejected {
		l.MainColor = theme.ColorMuted
	}
	l.Hint = "+ for · - against · c confirms · r rejects"
	set := func(state, word string) func() {
		return func() {
			s.ask(question{prompt: "What makes it " + word + "?", then: func(why string) plan {
				return plan{commands: []model.Command{model.SetHypothesis{Hypothesis: h.ID.String(), State: state, Reason: why}}}
			}})
		}
	}
	confirm, reject := set(model.HypothesisConfirmed, "confirmed"), set(model.HypothesisRejected, "rejected")
	l.Open, l.Rune = s.indicate(h, false), on(map[rune]func(){'+': s.indicate(h, false), '-': s.indicate(h, true), 'c': confirm, 'r': reject})
	return l
}

func (s *Screen) askHypothesis() { s.begin("/hypothesis ") }

// indicate asks what speaks for a hypothesis, or against it.
func (s *Screen) indicate(h model.HypothesisView, against bool) func() {
	word := "for"
	if against {
		word = "against"
	}
	return func() {
		s.ask(question{prompt: "What speaks " + word + " it?", then: func(what string) plan {
			return plan{commands: []model.Command{model.AddIndication{Hypothesis: h.ID.String(), Text: what, Against: against}}}
		}})
	}
}

func (p *side) decisions() item.Block {
	s := p.screen
	b := item.Block{Title: "Options and decisions"}
	for _, d := range s.content.work.Decisions {
		b.Lines = append(b.Lines, s.decision(d))
	}
	for _, o := range s.content.work.Options {
		b.Lines = append(b.Lines, s.option(o))
	}
	if len(b.Lines) == 0 {
		l := quiet("decisions.none", "No decision yet", 1)
		l.Right, l.Open, l.Hint = "d decides", func() { s.begin("/decide ") }, "Enter writes a decision down"
		b.Lines = append(b.Lines, l)
	}
	return b
}

func (s *Screen) decision(d model.DecisionView) item.Line {
	l := line(d.ID.String(), text.Line(d.Proposal), whole)
	l.Bold = d.Result == model.Proposed
	if d.Objections != "" {
		l.Main += "\nObjection: " + text.Line(d.Objections)
	}
	l.Right = d.Result
	if d.Result == model.Proposed {
		l.RightColor = amber()
		l.Hint = "d decides · o objects · x drops it"
	}
	if d.Conflict {
		l.Right, l.RightColor = "CONFLICT", red()
	}
	decide := func() {
		s.do(model.Decide{Decision: d.ID.String(), Result: model.Decided}, "Decided: "+text.Line(d.Proposal))
	}
	l.Rune = on(map[rune]func(){
		'd': decide,
		'o': func() {
			s.ask(question{prompt: "What is the strong objection?", then: func(what string) plan {
				return plan{commands: []model.Command{model.Decide{Decision: d.ID.String(), Result: model.Proposed, Objections: what}}}
			}})
		},
		'x': func() {
			s.ask(question{prompt: "Why is it dropped?", then: func(why string) plan {
				return plan{commands: []model.Command{model.Decide{Decision: d.ID.String(), Result: model.Dropped, Reason: why}}}
			}})
		},
	})
	return l
}

func (s *Screen) option(o model.OptionView) item.Line {
	words := "Option: " + text.Line(o.Text)
	if o.Risk != "" {
		words += ". Risk: " + text.Line(o.Risk)
	}
	if o.WayBack != "" {
		words += ". Way back: " + text.Line(o.WayBack)
	}
	l := quiet(o.ID.String(), words, whole)
	propose := func() {
		s.do(model.Propose{Incident: s.content.id.String(), Option: o.ID.String()}, "Proposed: any strong objections?")
	}
	l.Open, l.Hint = propose, "Enter proposes it: any strong objections?"
	return l
}
