package model

import "time"

// Task is work given to one named person, with an answer expected.
type Task struct {
	Added  Stamp
	Fields Fields
}

// Names of the fields of a task.
const (
	TaskText   = "text"
	TaskOwner  = "owner"
	TaskDue    = "due"
	TaskState  = "state" // "" while open, TaskDone or TaskDropped
	TaskResult = "result"
	// TaskAccepted holds the id of the person who said yes to the task.
	TaskAccepted = "accepted"
)

// States of a task that is not open.
const (
	TaskDone    = "done"
	TaskDropped = "dropped" // it is not to be done; nothing is deleted
)

// Known reports whether the task itself has arrived.
func (t *Task) Known() bool { return !t.Added.zero() }

// DueAt is when the answer is expected; false where nobody said.
func (t *Task) DueAt() (time.Time, bool) { return t.Fields.when(TaskDue) }

// Done reports whether nothing is left to do: it was answered or dropped.
func (t *Task) Done() bool { return t.Fields.Text(TaskState) != "" }

// Disputed reports whether it was ticked on one side of a split and dropped on
// the other. It stays ended; what came of it is shown twice until settled.
func (t *Task) Disputed() bool { return t.Fields.conflict(TaskState) != nil }

// repairs says that a task must not go to its owner: who commands repairs
// nothing.
func (s *State) repairs(inc *Incident, owner ID) string {
	commander, _ := FindRole(RoleCommander)
	for _, h := range inc.Holders(commander) {
		if h.Person == owner {
			return s.PersonName(owner) + " commands; give repairs to somebody else"
		}
	}
	return ""
}

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

func (s *State) foldTask(inc *Incident, at Stamp, op Op) error {
	if op.Kind == KindTaskAdded {
		body, err := decode[taskAdded](op)
		if err != nil {
			return err
		}
		t := s.task(inc, at.ID())
		t.Added = at
		t.Fields.initial(at, body.Fields)
		return nil
	}
	set, err := decode[fieldSet](op)
	if err != nil {
		return err
	}
	if set.Of.Zero() {
		return errRefused
	}
	return s.task(inc, set.Of).Fields.fold(at, op)
}

func (s *State) task(inc *Incident, id ID) *Task {
	t := inc.Tasks[id]
	if t == nil {
		t = &Task{Fields: Fields{}}
		inc.Tasks[id] = t
	}
	return t
}
