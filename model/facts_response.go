package model

import "time"

// known adds what people recorded of the response, and what takes the place of
// tools that are down: an instruction must not name a call nobody can join.
func (s *State) known(inc *Incident, facts map[string]string) {
	for name, field := range map[string]string{"fix": FieldFix, "check": FieldVerification} {
		facts[name] = inc.Fields.Text(field)
	}
	for name, purpose := range map[string]string{"bridge": "voice", "channel": "text"} {
		if use := s.Fallback(inc, purpose); use != "" {
			facts[name] = use
		}
	}
}

// cause is what people take for the cause now, and since when: what was confirmed
// last, else the newest hypothesis or finding that was not rejected.
func (i *Incident) cause() (text string, since time.Time) {
	latest := i.latestOf("hypothesis", "finding")
	text, at := latest.Text, latest.Time()
	confirmed := false
	for _, id := range i.Items.Of(ClassHypothesis) {
		item := i.Items[id]
		added := viewMilli(item.Added.Recorded())
		switch item.Fields.Text(HypothesisState) {
		case HypothesisConfirmed:
			text, at, confirmed = item.Fields.Text(HypothesisText), added, true
		case HypothesisRejected:
		default:
			if !confirmed && !added.Before(at) {
				text, at = item.Fields.Text(HypothesisText), added
			}
		}
	}
	return text, at
}
