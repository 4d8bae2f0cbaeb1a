package model

import "time"

// AcceptedAt is when its owner said yes to the task; zero where nobody did, or
// where it went to somebody else since.
func (t *Task) AcceptedAt() time.Time {
	by := t.Fields.Text(TaskAccepted)
	if by == "" || by != t.Fields.Text(TaskOwner) {
		return time.Time{}
	}
	v, _ := t.Fields[TaskAccepted].Value()
	return viewMilli(v.Stamp.Recorded())
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
