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
}

var responsePrefixes = []string{trackPrefix, toolPrefix, checkPrefix, answerPrefix}

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
	}
	if id, ok := strings.CutPrefix(field, answerPrefix); ok {
		name = id
		for _, q := range rules.Questions {
			if q.ID == id {
				return q.Text + " " + text
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
