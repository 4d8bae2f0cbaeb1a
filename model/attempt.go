package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
)

// ClassAttempt is one try to reach a person for a rung of the escalation.
const ClassAttempt = "attempt"

// Fields of an attempt.
const (
	AttemptRung   = "rung"   // id of the rung in the policy
	AttemptTarget = "target" // who was meant, as the policy names them
	AttemptAct    = "act"
	AttemptPerson = "person" // id of who was called; empty where a message went to an audience
	AttemptWay    = "way"    // mail, pager, or one of CallWays
	AttemptResult = "result" // one of Results; empty while no answer has come
	AttemptDetail = "detail"
	AttemptMail   = "message" // id of the message that carries it, where one does
	// AttemptAnswerer is who answered in the pager service: id of the person, or a
	// name as it was told there. AttemptEvent is that service's id of the answer.
	AttemptAnswerer = "answered-by"
	AttemptEvent    = "answer-event"
)

// Results of an attempt.
const (
	Reached   = "reached"
	Voicemail = "voicemail"
	NoAnswer  = "no-answer"
	Declined  = "refused"
	Delivered = "sent"    // the next system took it over; nobody has answered
	Skipped   = "skipped" // with a reason
	// Undelivered: the message that carried the call was refused for good.
	Undelivered = "failed"
)

// Results lists what an attempt may come to.
var Results = [...]string{Reached, Voicemail, NoAnswer, Declined, Delivered, Undelivered, Skipped}

// Attempt is one try to reach a person.
type Attempt struct {
	ID                  ID
	Rung, Target, Act   string
	Person              ID
	Way, Result, Detail string
	At                  time.Time
	Answered            time.Time // when the result was written
	// Answerer is who answered where it need not be the person that was called:
	// id of a person, or a name.
	Answerer string
	Message  ID
	By       Stamp
}

// Attempts lists the tries of the escalation, in the order they were made.
func (i *Incident) Attempts() []Attempt {
	var list []Attempt
	for id, item := range i.Items {
		if item.Class != ClassAttempt || !item.Known() {
			continue
		}
		f := item.Fields
		a := Attempt{
			ID: id, Rung: f.Text(AttemptRung), Target: f.Text(AttemptTarget), Act: f.Text(AttemptAct), Way: f.Text(AttemptWay),
			Detail: f.Text(AttemptDetail), Answerer: f.Text(AttemptAnswerer), At: viewMilli(item.Added.Recorded()), By: item.Added,
		}
		a.Person, _ = ParseID(f.Text(AttemptPerson))
		a.Message, _ = ParseID(f.Text(AttemptMail))
		if r := f[AttemptResult]; r != nil {
			for _, w := range r.Current() {
				if a.Answered.IsZero() || strength(w.Value.Text) >= strength(a.Result) {
					a.Result, a.Answered = w.Value.Text, viewMilli(w.Value.Stamp.Recorded())
				}
			}
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Attempt) int { return a.By.Compare(b.By) })
	return list
}

// RecordAttempt writes down a try to reach a person for a rung of the
// escalation, or why the rung is skipped.
type RecordAttempt struct {
	Incident string
	Rung     string // id in the policy
	Person   string // who was called; needed unless the rung is skipped
	Way      string // what was really used: one of CallWays, or other words
	Result   string // one of Results; empty while no answer has come
	Detail   string // needed with Skipped: why
	// Message carries the call, where one does.
	Message ID
}

// Plan implements Command.
func (c RecordAttempt) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no call was written down", insteadLog)
	if err != nil {
		return Done{}, err
	}
	rung, err := p.rung(c.Rung)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{AttemptRung: rung.ID, AttemptTarget: rung.Target, AttemptAct: rung.Act}
	if c.Result != "" {
		if fields[AttemptResult], err = choose("result", c.Result, Results[:]); err != nil {
			return Done{}, err
		}
	}
	if fields[AttemptDetail], err = remark("the detail", c.Detail); err != nil {
		return Done{}, err
	}
	if fields[AttemptResult] == Skipped {
		if fields[AttemptDetail] == "" {
			return Done{}, refuse("a rung is skipped for a reason; say which. Nothing was changed")
		}
		return Done{ID: p.addItem(inc.ID, ClassAttempt, fields), Code: inc.Code}, nil
	}
	if c.Person == "" {
		return Done{}, refuse("say who was called; a rung is done by a named person. Nothing was changed")
	}
	person, err := p.State.FindPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	fields[AttemptPerson] = person.String()
	if fields[AttemptWay], err = callWay(c.Way); err != nil {
		return Done{}, err
	}
	if !c.Message.Zero() {
		fields[AttemptMail] = c.Message.String()
	}
	return Done{ID: p.addItem(inc.ID, ClassAttempt, fields), Code: inc.Code}, nil
}

func (p *Planner) rung(id string) (policy.Rung, error) {
	var ids []string
	for _, r := range p.State.Policy().Escalation {
		if r.ID == strings.TrimSpace(id) {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	return policy.Rung{}, refuse("there is no rung %.40q; the matrix has: %s", id, strings.Join(ids, ", "))
}
