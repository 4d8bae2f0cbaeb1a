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
	security, privacy := false, false
	for _, name := range types {
		t, ok := s.Policy().Type(name)
		if !ok {
			continue
		}
		if t.Question != "" {
			notes = append(notes, t.Name+": "+t.Question)
		}
		security, privacy = security || t.Security, privacy || t.Privacy
	}
	if security {
		notes = append(notes, "The security steps are on: they keep the evidence first")
	}
	if privacy {
		notes = append(notes, "The breach assessment is on: legal clocks may start once somebody decides that personal data is involved")
	}
	return strings.Join(notes, " · ")
}
