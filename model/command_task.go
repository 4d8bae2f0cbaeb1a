package model

import "time"

// AddTask gives work to one person.
type AddTask struct {
	Incident string
	Text     string
	Owner    string
	Due      time.Time
}

// Plan implements Command.
func (c AddTask) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	text, err := prose("the task", c.Text)
	if err != nil {
		return Done{}, err
	}
	fields, note := map[string]string{TaskText: text}, ""
	if c.Owner != "" {
		owner, err := p.State.FindPerson(c.Owner)
		if err != nil {
			return Done{}, err
		}
		fields[TaskOwner], note = owner.String(), p.State.repairs(inc, owner)
	}
	if !c.Due.IsZero() {
		fields[TaskDue] = FormatTime(c.Due)
	}
	return Done{ID: p.add(KindTaskAdded, inc.ID, taskAdded{Fields: fields}), Code: inc.Code, Note: note}, nil
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
	t := inc.Tasks[id]
	if t.Done() {
		return Done{}, refuse("the task was answered already: %s", t.Fields.Text(TaskResult))
	}
	result, err := remark("the result", c.Result)
	if err != nil {
		return Done{}, err
	}
	for _, set := range [][2]string{{TaskState, "done"}, {TaskResult, result}} {
		p.add(KindTaskField, inc.ID, fieldSet{Field: set[0], Value: set[1], Pred: t.Fields.heads(set[0]), Of: id})
	}
	return Done{ID: id, Code: inc.Code}, nil
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
