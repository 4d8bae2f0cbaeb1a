package model

import "strings"

// furtherTypes reads the types beside the main one into the form of the field.
func furtherTypes(types []string) (string, error) {
	var names []string
	for _, t := range types {
		name, err := choose("type", t, Types[:])
		if err != nil {
			return "", err
		}
		names = append(names, name)
	}
	return strings.Join(names, "\n"), nil
}

// typeNote tells what types bring: the first question of each, and what they
// switch on. Empty for no types.
func (s *State) typeNote(types []string) string {
	var notes []string
	security, privacy := s.asksFor(types)
	for _, name := range types {
		t, ok := s.Policy().Type(name)
		if !ok {
			continue
		}
		if t.Question != "" {
			notes = append(notes, t.Name+": "+t.Question)
		}
	}
	if security {
		notes = append(notes, "The security steps are on: they keep the evidence first")
	}
	if privacy {
		notes = append(notes, "The breach assessment is on: legal clocks may start once somebody decides that personal data is involved")
	}
	return strings.Join(notes, " · ")
}

// asksFor tells whether some types switch on the security steps, and the breach
// assessment.
func (s *State) asksFor(types []string) (security, privacy bool) {
	for _, name := range types {
		if t, ok := s.Policy().Type(name); ok {
			security, privacy = security || t.Security, privacy || t.Privacy
		}
	}
	return security, privacy
}

// typesGone says what a change of types takes out of sight, and that it goes on all
// the same: a step or a clock that nobody sees any more is easily missed.
func (s *State) typesGone(inc *Incident, values map[string]string) string {
	var kept, gone []string
	for _, field := range [...]string{FieldType, FieldTypes} {
		text, set := values[field]
		if !set {
			text = inc.Fields.Text(field)
		}
		kept = append(kept, lines(text)...)
	}
	security, privacy := s.asksFor(inc.AllTypes())
	securityKept, privacyKept := s.asksFor(kept)
	if security && !securityKept {
		gone = append(gone, "the security steps")
	}
	if privacy && !privacyKept {
		gone = append(gone, "the breach assessment")
	}
	if len(gone) == 0 {
		return ""
	}
	return "Without that type you do not see " + strings.Join(gone, " and ") + " any more; what was recorded stays, and clocks that run go on"
}
