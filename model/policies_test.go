package model

import (
	"slices"
	"testing"
)

// A change names the version its author had before them: of two made apart neither is over the other, and
// the one that settles them is over the one the room went by.
func TestAPolicyChangeNamesTheVersionItWasWrittenOver(t *testing.T) {
	w := founded(t, RoleAdmin)
	ana, ben := w.peers[0], w.peers[1]
	triggers := func(text string) string { return `[{"id":"sla","text":"` + text + `"}]` }
	ana.do(SetPolicy{Section: "triggers", Text: triggers("first")})
	w.meet()
	ana.do(SetPolicy{Section: "triggers", Text: triggers("of Ana")})
	ben.do(SetPolicy{Section: "triggers", Text: triggers("of Ben")})
	w.meet()
	ana.do(SetPolicy{Section: "triggers", Text: triggers("settled")})
	w.meet()
	for _, p := range w.peers {
		views := p.state.PolicyViews()
		history := views[slices.IndexFunc(views, func(v PolicyView) bool { return v.Section == "triggers" })].History
		var over []int
		for _, h := range history {
			over = append(over, h.Over)
		}
		if !slices.Equal(over, []int{-1, 0, 0, 2}) {
			t.Errorf("the changes are over %v", over)
		}
	}
}
