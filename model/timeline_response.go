package model

import (
	"slices"
	"strings"
)

// factFields are the facts a reader of the timeline looks for, each with the
// kind of its rows and what stands before the text.
var factFields = map[string]struct{ kind, before string }{
	FieldContainment:  {"mitigation", "Containment"},
	FieldIsolated:     {"mitigation", "Isolated"},
	FieldWorkaround:   {"mitigation", "Workaround"},
	FieldFix:          {"action", "Fix"},
	FieldDeployed:     {"action", "Deployed at"},
	FieldVerification: {"verified", "Verified"},
	FieldCustomers:    {"communication", "Message to customers"},
	FieldParent:       {"note", "Merged under"},
	FieldShare:        {"impact", "Share of users"},
	FieldRegions:      {"impact", "Regions"},
	FieldServices:     {"impact", "Services"},
	FieldWho:          {"impact", "Who is hit"},
	FieldMoney:        {"impact", "Money at risk"},
}

var responsePrefixes = []string{trackPrefix, toolPrefix, checkPrefix, answerPrefix, triggerPrefix}

// isResponse reports whether a field is told by responseText.
func isResponse(field string) bool {
	_, fact := factFields[field]
	return fact || slices.ContainsFunc(responsePrefixes, func(prefix string) bool { return strings.HasPrefix(field, prefix) })
}

// responseKind gives the kind of the row that tells a change of the response.
func responseKind(field string) (kind string, told bool) {
	if fact, ok := factFields[field]; ok {
		return fact.kind, true
	}
	switch {
	case strings.HasPrefix(field, trackPrefix):
		return FieldPhase, true
	case strings.HasPrefix(field, toolPrefix):
		return "tool", true
	case strings.HasPrefix(field, checkPrefix):
		return "check", true
	case strings.HasPrefix(field, answerPrefix):
		return FieldSeverity, true
	case strings.HasPrefix(field, triggerPrefix):
		return "escalation", true
	}
	return "", false
}

// responseText tells a value of such a field; names come from the policy.
func (s *State) responseText(field, text string) string {
	rules := s.Policy()
	if fact, ok := factFields[field]; ok {
		if text == "" {
			return fact.before + ": taken back"
		}
		return fact.before + ": " + strings.ReplaceAll(s.shown(field, text), "\n", ", ")
	}
	if phase, ok := strings.CutPrefix(field, trackPrefix); ok {
		return phase + " beside the lead: " + text
	}
	name := field
	if id, ok := strings.CutPrefix(field, toolPrefix); ok {
		name = id
		if t, known := rules.Tool(id); known {
			name = t.Name
		}
		return name + " " + text
	}
	if id, ok := strings.CutPrefix(field, answerPrefix); ok {
		name = id
		for _, q := range rules.Questions {
			if q.ID == id {
				return q.Text + " " + text
			}
		}
	}
	if id, ok := strings.CutPrefix(field, triggerPrefix); ok {
		name = id
		for _, t := range rules.Triggers {
			if t.ID == id {
				name = t.Text
			}
		}
	}
	if id, ok := strings.CutPrefix(field, checkPrefix); ok {
		name = id
		if c, known := rules.Line(id); known {
			name = c.Text
		}
		if text == "" {
			text = "open again"
		}
	}
	return name + ": " + text
}

// taskRows tells who was given what, who said yes, and the answer.
func (s *State) taskRows(inc *Incident) []Row {
	var rows []Row
	for id, t := range inc.Tasks {
		if !t.Known() {
			continue
		}
		add := func(id ID, at Stamp, nth uint8, text string) {
			row := s.newRow(id, at, FromChange)
			row.Kind, row.Text, row.nth = "task", text, nth
			rows = append(rows, row)
		}
		what := t.Fields.Text(TaskText)
		add(id, t.Added, 0, s.taskFor(t)+what)
		for _, field := range [...]string{TaskAccepted, TaskState} {
			r := t.Fields[field]
			if r == nil {
				continue
			}
			for _, w := range r.History() {
				switch {
				case field == TaskAccepted:
					add(w.Key, w.Value.Stamp, 1, s.shown(TaskOwner, w.Value.Text)+" accepts: "+what)
				case w.Value.Text == TaskDropped:
					add(w.Key, w.Value.Stamp, 2, "Dropped: "+what+": "+strings.TrimPrefix(t.resultAt(w.Value.Stamp), dropped))
				case w.Value.Text == TaskDone:
					add(w.Key, w.Value.Stamp, 2, strings.TrimSuffix("Done: "+what+": "+t.resultAt(w.Value.Stamp), ": "))
				}
			}
		}
	}
	return rows
}

// taskFor names whom a task was given to at first.
func (s *State) taskFor(t *Task) string {
	r := t.Fields[TaskOwner]
	if r == nil || len(r.History()) == 0 || r.History()[0].Value.Stamp != t.Added {
		return ""
	}
	return "For " + s.shown(TaskOwner, r.History()[0].Value.Text) + ": "
}
