package model

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRowsOfOnCallHaveAnOrder: the schedules as they were added, then by layer; and of
// the load, who bears the most first, then by name.
func TestRowsOfOnCallHaveAnOrder(t *testing.T) {
	w := founded(t, RoleMember, RoleMember)
	p := w.peers[0]
	week := func(name string, people ...string) {
		text := fmt.Sprintf(`{"name": %q, "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"unit": "weekly", "every": 1, "time": "09:00", "weekday": "monday", "start": "2026-03-16", "people": ["%s"]}]}, {"name": "secondary", "follows": "primary"}]}`,
			name, strings.Join(people, `", "`))
		p.do(AddSchedule{Document: text})
	}
	week("Shops", "Chen Wei", "Ben Okafor", "Ana Ruiz")
	week("bank", "Ben Okafor", "Ana Ruiz")
	var now, load []string
	for _, v := range p.state.DutyViews(testNow) {
		now = append(now, v.Schedule+" "+v.Layer)
	}
	if got := strings.Join(now, ", "); got != "Shops primary, Shops secondary, bank primary, bank secondary" {
		t.Errorf("now in the order %s", got)
	}
	from := time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC)
	for _, v := range p.state.LoadViews(from, from.AddDate(0, 0, 14)) {
		load = append(load, v.Schedule+" "+v.Layer+" "+v.Person)
	}
	want := "Shops primary Ben Okafor, Shops primary Chen Wei, Shops primary Ana Ruiz, Shops secondary Ana Ruiz, Shops secondary Chen Wei, Shops secondary Ben Okafor, " +
		"bank primary Ana Ruiz, bank primary Ben Okafor, bank secondary Ana Ruiz, bank secondary Ben Okafor"
	if got := strings.Join(load, ", "); got != want {
		t.Errorf("the load in the order %s", got)
	}
}
