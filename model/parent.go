package model

import (
	"cmp"
	"slices"
)

// MergeIncident puts an incident under another one that has the same cause:
// from then on people work in the parent. Nothing is moved.
type MergeIncident struct {
	Incident string
	// Into is the parent; empty takes the incident out again.
	Into   string
	Reason string
}

// Plan implements Command.
func (c MergeIncident) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if c.Into == "" {
		if inc.Fields.Text(FieldParent) == "" {
			return Done{}, refuse("%s is under no other incident; nothing was changed", inc.Code)
		}
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldParent, "", reason)
		return Done{ID: inc.ID, Code: inc.Code}, nil
	}
	parent, err := p.State.FindIncident(c.Into)
	if err != nil {
		return Done{}, err
	}
	seen := map[ID]bool{} // two writers apart may have made a ring
	for above := parent; above != nil && !seen[above.ID]; above = p.State.parent(above) {
		if above == inc {
			return Done{}, refuse("%s is under %s itself; nothing was changed", parent.Code, inc.Code)
		}
		seen[above.ID] = true
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldParent, parent.ID.String(), reason)
	return Done{ID: inc.ID, Code: inc.Code, Note: inc.Code + " is under " + parent.Code}, nil
}

func (s *State) parent(inc *Incident) *Incident {
	id, err := ParseID(inc.Fields.Text(FieldParent))
	if err != nil {
		return nil
	}
	return s.Incident(id)
}

// Children lists the incidents that were merged under one, by code.
func (s *State) Children(inc *Incident) []*Incident {
	var list []*Incident
	for other := range s.Incidents() {
		if other != inc && other.Known() && s.parent(other) == inc {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(a, b *Incident) int { return cmp.Or(cmp.Compare(a.Code, b.Code), a.ID.Compare(b.ID)) })
	return list
}

// codeOf gives the code of an incident whose id is in a field.
func (s *State) codeOf(text string) string {
	if id, err := ParseID(text); err == nil {
		if inc := s.Incident(id); inc != nil && inc.Known() {
			return inc.Code
		}
	}
	return text
}
