package escalate

import (
	"sync"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/plain"
)

// Reminder says that the time of a deadline, or of a reminder before it, has
// come. Its texts are fit to be shown anywhere: peers wrote parts of them.
type Reminder struct {
	// ID is that of the due.
	ID         string
	Kind       string
	Incident   string // code
	IncidentID model.ID
	Severity   string
	Title      string
	Text       string
	WhoIDs     []model.ID
	DueAt      time.Time
	Overdue    bool
	// Again marks what was told at its time and still stands.
	Again bool
}

// Loud reports whether a deadline cannot wait until somebody looks.
func (r Reminder) Loud() bool {
	switch r.Kind {
	case due.Response, due.Escalation, due.Answer, due.Ladder, due.Update, due.Clock:
		return true
	}
	return false
}

// soundLate is how long after its time an update still sounds. It sounds before
// it and at its time; while it is late, the notes go on alone.
const soundLate = time.Minute

// Sounds tells whether a reminder is to be heard: that of an update, before it and
// at its time, and that of an incident nobody has answered for, again and again.
func (r Reminder) Sounds(now time.Time) bool {
	return r.Kind == due.Ladder || r.Kind == due.Update && now.Sub(r.DueAt) < soundLate
}

// reminders tells each moment of each deadline once. What had come before this
// device started is not told again: the list of dues shows it.
type reminders struct {
	mu       sync.Mutex
	watchers map[int]func([]Reminder)
	next     int
	// told is the last moment of each deadline that was told; nil before the
	// first look.
	told map[string]time.Time
}

// Remind has fn called with what has come due, all of one look together, from
// the watcher's goroutine; fn must be quick. Stop ends it.
func (w *Watcher) Remind(fn func([]Reminder)) (stop func()) {
	r := &w.reminders
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	if r.watchers == nil {
		r.watchers = map[int]func([]Reminder){}
	}
	r.watchers[id] = fn
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, id)
	}
}

// look tells what has come since the last look.
func (r *reminders) look(list []due.Due, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.told == nil
	told := make(map[string]time.Time, len(list))
	var come []Reminder
	for _, d := range list {
		at := latest(d, now)
		if at.IsZero() {
			continue
		}
		if told[d.ID] = at; !first && at.After(r.told[d.ID]) {
			come = append(come, Reminder{
				ID: d.ID, Kind: d.Kind, Incident: d.Incident, IncidentID: d.IncidentID, Severity: d.Severity, WhoIDs: d.WhoIDs, DueAt: d.DueAt,
				Title: plain.Line(d.Severity + " " + d.Incident), Text: plain.Line(d.What + " (" + d.Who + ")" + left(d, at)), Overdue: d.State == due.Overdue, Again: at.After(d.DueAt),
			})
		}
	}
	r.told = told
	if len(come) == 0 {
		return
	}
	for _, fn := range r.watchers {
		fn(come)
	}
}

// left says of a clock of the law how much of its time is left.
func left(d due.Due, at time.Time) string {
	if d.Kind != due.Clock || !at.Before(d.DueAt) {
		return ""
	}
	return ": " + model.SpeakDuration(d.DueAt.Sub(at)) + " left"
}

// latest is the last moment of a deadline that has come; zero where none has.
func latest(d due.Due, now time.Time) (at time.Time) {
	for _, t := range append(d.RemindAt[:len(d.RemindAt):len(d.RemindAt)], d.DueAt) {
		if !t.After(now) && t.After(at) {
			at = t
		}
	}
	return at
}
