package model

import (
	"maps"
	"slices"
	"strings"

	"holdfast/model/policy"
)

// answerPrefix begins the fields that hold the answers to the severity
// questions of the policy, by the id of the question.
const answerPrefix = "answer."

// QuestionData is the question whether data is exposed, lost or wrong.
const QuestionData = "data"

// FieldAnswer names the field that holds the answer to a severity question:
// yes, no or unknown.
func FieldAnswer(question string) string { return answerPrefix + question }

// AssessSeverity answers the severity questions of the policy and gives the
// level they mean. The answers are kept, with who gave them.
type AssessSeverity struct {
	Incident string
	// Answers by the id of the question: yes, no or unknown. What was answered
	// before need not be said again.
	Answers map[string]string
	// Apply sets the level too, even where it is the present one: that is a
	// fresh assessment.
	Apply bool
	// Reason is why, beside what the answers say.
	Reason string
}

// Plan implements Command.
func (c AssessSeverity) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	given, err := readAnswers(p.State.Policy(), c.Answers)
	if err != nil {
		return Done{}, err
	}
	answers := p.State.answers(inc)
	maps.Copy(answers, given)
	level, why, decided := p.State.Policy().Suggest(answers)
	done := Done{ID: inc.ID, Code: inc.Code}
	if c.Apply {
		if !decided {
			return Done{}, refuse("the level is not decided yet: %s Answer it, or say unknown: unsure takes the higher. Nothing was changed", why)
		}
		if reason == "" {
			reason = why
		}
		if err := p.State.mayLower(inc, level, string(given[QuestionData]), ""); err != nil {
			return Done{}, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldAnswer(id), string(given[id]), reason)
	}
	if c.Apply {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldSeverity, level, reason)
	}
	done.Note = assessNote(inc.Severity(), level, why, decided, c.Apply)
	return done, nil
}

func assessNote(now, level, why string, decided, applied bool) string {
	switch {
	case !decided:
		return "next question: " + why
	case applied && now == level:
		return level + " is still right: " + why
	case applied:
		return now + " → " + level + ": " + why
	case now == level:
		return "the answers mean " + level + ", as it is: " + why
	}
	return "the answers mean " + level + ", it is " + now + ": " + why + ". Apply it to change the level"
}

// readAnswers checks answers that a person gave.
func readAnswers(p *policy.Policy, given map[string]string) (map[string]policy.Answer, error) {
	answers := map[string]policy.Answer{}
	var ids []string
	for _, q := range p.Questions {
		ids = append(ids, q.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		question, err := choose("question", id, ids)
		if err != nil {
			return nil, err
		}
		answer, err := choose("the answer to "+question, given[id], []string{string(policy.Yes), string(policy.No), string(policy.Unknown)})
		if err != nil {
			return nil, err
		}
		answers[question] = policy.Answer(answer)
	}
	return answers, nil
}

// answers gives what was answered so far. Where two answered apart, the one
// that means more trouble counts: unsure takes the higher. Who said that nobody
// knows whether personal data is involved has answered the question for data.
func (s *State) answers(inc *Incident) map[string]policy.Answer {
	answers := map[string]policy.Answer{}
	for _, q := range s.Policy().Questions {
		field := FieldAnswer(q.ID)
		text := inc.Fields.Text(field)
		for _, w := range inc.Fields.conflict(field) {
			if w.Value.Text != string(policy.No) {
				text = w.Value.Text
			}
		}
		if text == "" && q.ID == QuestionData && inc.Fields.Text(FieldData) == string(policy.Unknown) {
			text = string(policy.Unknown)
		}
		if text != "" {
			answers[q.ID] = policy.Answer(text)
		}
	}
	return answers
}

// mayLower refuses a lower level while a breach is possible and nobody knows
// whether data is exposed. answer and data are what this very command says, of
// the question and of personal data. An imported incident is told, not worked
// on: its level is only written down. A type that was taken away counts on until
// data is answered for: it was the suspicion.
func (s *State) mayLower(inc *Incident, level, answer, data string) error {
	present := inc.Severity()
	if severityRank(level) <= severityRank(present) || inc.Fields.Text(FieldSource) != "" || !inc.everBreachType(s.Policy()) {
		return nil
	}
	if answer == "" {
		answer = string(s.answers(inc)[QuestionData])
	}
	if data == "" {
		data = inc.Fields.Text(FieldData)
	}
	how := "assess " + inc.Code + " data=no, or data=yes"
	switch {
	case data == string(policy.Unknown):
		how = "set " + inc.Code + " --data no, or yes"
	case answer == string(policy.Unknown):
	case answer != "" || data != "":
		return nil
	}
	kind := "its type is " + strings.Join(inc.AllTypes(), ", ")
	if !inc.breachType(s.Policy()) {
		kind = "it had a type of a breach before"
	}
	return refuse("%s stays %s: %s, and nobody has said whether data is exposed. Answer that first: %s; nothing was changed",
		inc.Code, present, kind, how)
}

// breachType reports whether a type of the incident says that data, an
// intruder or privacy is at stake.
func (i *Incident) breachType(p *policy.Policy) bool {
	return i.anyType(p, func(t policy.Type) bool { return t.Security || t.Privacy || t.Data })
}

// everBreachType reports whether a type the incident has or ever had says so.
func (i *Incident) everBreachType(p *policy.Policy) bool {
	if i.breachType(p) {
		return true
	}
	for _, field := range [...]string{FieldType, FieldTypes} {
		r := i.Fields[field]
		if r == nil {
			continue
		}
		for _, w := range r.History() {
			for _, name := range lines(w.Value.Text) {
				if t, ok := p.Type(name); ok && (t.Security || t.Privacy || t.Data) {
					return true
				}
			}
		}
	}
	return false
}
