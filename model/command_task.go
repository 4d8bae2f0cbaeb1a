package model

import "time"

// AddTask gives work to one person.
type AddTask struct {
	Incident string
	Text     string
	Owner    string
	Due      time.Time
	// Confirm takes a time of Due that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c AddTask) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c AddTask) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no task was added", insteadAction)
	if err != nil {
		return Done{}, err
	}
	text, err := prose("the task", c.Text)
	if err != nil {
		return Done{}, err
	}
	fields, note := map[string]string{TaskText: text}, "nobody is named; a task is one person's (--owner)"
	if c.Owner != "" {
		owner, err := p.here(c.Owner)
		if err != nil {
			return Done{}, err
		}
		fields[TaskOwner], note = owner.String(), p.State.repairs(inc, owner)
	}
	if !c.Due.IsZero() {
		if err := p.toCome("the task would be due", c.Due, c.Confirm); err != nil {
			return Done{}, err
		}
		fields[TaskDue] = FormatTime(p.clocked(c.Due))
	}
	return Done{ID: p.add(KindTaskAdded, inc.ID, taskAdded{Fields: fields}), Code: inc.Code, Note: note}, nil
}

// toCome refuses what is late as it is said, as in "the task would be due": a time
// is slipped.
func (p *Planner) toCome(what string, due time.Time, confirmed bool) error {
	if confirmed || !due.Before(p.Now) {
		return nil
	}
	return doubt("%s at %s, which is past: it is %s now; nothing was changed. Correct the time, or confirm it (--confirm) if it is so",
		what, stampText(due), stampText(p.Now))
}

// moved refuses as toCome does, where due is not when it is due already; zero
// leaves that.
func (p *Planner) moved(what, was string, due time.Time, confirmed bool) error {
	if due.IsZero() || FormatTime(due) == was {
		return nil
	}
	return p.toCome(what, due, confirmed)
}

// FinishTask answers a task.
type FinishTask struct {
	Task   string
	Result string
}

// Plan implements Command.
func (c FinishTask) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindTask(c.Task)
	if err != nil {
		return Done{}, err
	}
	if t := inc.Tasks[id]; t.Disputed() && c.Result == "" {
		c.Result = t.resultOf(TaskDone)
	}
	return p.endTask(inc, id, TaskDone, c.Result)
}

// DropTask says that a task is not to be done after all, and why. It settles one
// that was ticked on the other side of a split.
type DropTask struct {
	Task   string
	Reason string
}

// dropped begins the result of a task that was dropped.
const dropped = "dropped: "

// Plan implements Command.
func (c DropTask) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindTask(c.Task)
	if err != nil {
		return Done{}, err
	}
	if t := inc.Tasks[id]; t.Disputed() && c.Reason == "" {
		return p.endTask(inc, id, TaskDropped, t.resultOf(TaskDropped))
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	return p.endTask(inc, id, TaskDropped, dropped+reason)
}

// endTask writes how a task ended: once, or where two sides of a split said so
// differently.
func (p *Planner) endTask(inc *Incident, id ID, state, result string) (Done, error) {
	t := inc.Tasks[id]
	if t.Done() && !t.Disputed() {
		return Done{}, refuse("the task was answered already: %s", t.Fields.Text(TaskResult))
	}
	result, err := remark("the result", result)
	if err != nil {
		return Done{}, err
	}
	for _, set := range [][2]string{{TaskState, state}, {TaskResult, result}} {
		p.add(KindTaskField, inc.ID, fieldSet{Field: set[0], Value: set[1], Pred: t.Fields.heads(set[0]), Of: id})
	}
	return Done{ID: id, Code: inc.Code}, nil
}

// resultOf gives the result that was written with a state.
func (t *Task) resultOf(state string) string {
	for _, s := range t.Fields[TaskState].Current() {
		if s.Value.Text == state {
			return t.resultAt(s.Value.Stamp)
		}
	}
	return ""
}

// resultAt gives the result that was written in the same commit as a state.
func (t *Task) resultAt(state Stamp) string {
	if t.Fields[TaskResult] == nil {
		return ""
	}
	for _, r := range t.Fields[TaskResult].History() {
		if r.Value.Stamp.Feed == state.Feed && r.Value.Stamp.Seq == state.Seq {
			return r.Value.Text
		}
	}
	return ""
}

// AcceptTask says yes to a task: its owner does, or whoever takes one that has
// none.
type AcceptTask struct{ Task string }

// Plan implements Command.
func (c AcceptTask) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindTask(c.Task)
	if err != nil {
		return Done{}, err
	}
	t := inc.Tasks[id]
	owner, me := t.Fields.Text(TaskOwner), p.Person.String()
	switch {
	case t.Done():
		return Done{}, refuse("the task was answered already: %s", t.Fields.Text(TaskResult))
	case owner != "" && owner != me:
		return Done{}, refuse("the task is for %s, who says yes to it; nothing was changed", p.State.shown(TaskOwner, owner))
	case !t.AcceptedAt().IsZero():
		return Done{ID: id, Code: inc.Code, Note: "you have it already"}, nil
	}
	fields := []string{TaskAccepted}
	if owner == "" {
		fields = append(fields, TaskOwner)
	}
	for _, field := range fields {
		p.add(KindTaskField, inc.ID, fieldSet{Field: field, Value: me, Pred: t.Fields.heads(field), Of: id})
	}
	return Done{ID: id, Code: inc.Code}, nil
}
