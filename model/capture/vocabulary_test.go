package capture

import (
	"slices"
	"testing"

	"holdfast/model"
)

// What the box offers is what the record takes: the words of the default
// context are those of package model, which it does not import.
func TestDefaultWordsAreThoseOfTheModel(t *testing.T) {
	ctx := DefaultContext()
	var roles []string
	for _, r := range model.ResponseRoles {
		roles = append(roles, r.Name)
	}
	for name, tt := range map[string]struct {
		ours  []Word
		model []string
	}{
		"severities": {ctx.Severities, model.Severities[:]},
		"phases":     {ctx.Phases, model.Phases[:]},
		"milestones": {ctx.Milestones, model.Milestones[:]},
		"kinds":      {ctx.Kinds, model.Kinds[:]},
		"roles":      {ctx.Roles, roles},
	} {
		var ours []string
		for _, w := range tt.ours {
			ours = append(ours, w.Name)
		}
		slices.Sort(ours)
		if want := slices.Sorted(slices.Values(tt.model)); !slices.Equal(ours, want) {
			t.Errorf("%s: %v, the model has %v", name, ours, want)
		}
	}
}
