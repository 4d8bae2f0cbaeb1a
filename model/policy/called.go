package policy

import (
	"maps"
	"slices"
)

// Called lists whom the escalation and the routing of alerts call, deputies
// too, by name.
func (p *Policy) Called() []string {
	names := map[string]bool{}
	for _, r := range p.Escalation {
		names[r.Target] = true
		if r.Deputy != "" {
			names[r.Deputy] = true
		}
	}
	for _, r := range p.Routing {
		for _, target := range r.Then {
			names[target] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
