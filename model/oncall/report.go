package oncall

import (
	"cmp"
	"slices"
	"time"
)

// Load is what a person bears in a layer. Shifts are counted as Rota.Shifts has
// them: five for a week of office hours. Seconds count in one or more of
// night, weekend and holiday. A night is 22:00 to 06:00, a weekend Saturday and
// Sunday, each in the zone of the rotation.
type Load struct {
	Person  string `json:"person"`
	Layer   string `json:"layer"`
	Shifts  int    `json:"shifts"`
	Total   int64  `json:"seconds"`
	Night   int64  `json:"night_seconds"`
	Weekend int64  `json:"weekend_seconds"`
	Holiday int64  `json:"holiday_seconds"`
}

// Fairness counts the loads from up to to, shifts cut to it. People of a
// rotation who were not on call are there too, with nothing. It is in order of
// layers and, within, the heaviest first.
func (r *Rota) Fairness(from, to time.Time) []Load {
	a, b := window(from, to)
	heavy := map[*time.Location][3][]span{}
	out := []Load{}
	for i := range r.layers {
		loads := map[string]*Load{}
		of := func(person string) *Load {
			if loads[person] == nil {
				loads[person] = &Load{Person: person, Layer: r.layers[i].name}
			}
			return loads[person]
		}
		for _, id := range r.people(i) {
			of(id)
		}
		for _, s := range r.segs(i, a, b) {
			if _, ok := heavy[s.loc]; !ok {
				heavy[s.loc] = r.heavy(s.loc, a, b)
			}
			cut, l, h := span{max(s.from, a), min(s.until, b)}, of(s.person), heavy[s.loc]
			l.Shifts++
			l.Total += cut.until - cut.from
			l.Night += shared(cut, h[0])
			l.Weekend += shared(cut, h[1])
			l.Holiday += shared(cut, h[2])
		}
		first := len(out)
		for _, l := range loads {
			out = append(out, *l)
		}
		slices.SortFunc(out[first:], func(x, y Load) int {
			return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.Person, y.Person))
		})
	}
	return out
}

// people of the rotations of a layer, or of the one it follows.
func (r *Rota) people(i int) []string {
	l := &r.layers[i]
	if l.follows >= 0 {
		l = &r.layers[l.follows]
	}
	var out []string
	for j := range l.rotations {
		out = append(out, l.rotations[j].people...)
	}
	return out
}

// heavy gives the nights, weekends and holidays of a zone.
func (r *Rota) heavy(loc *time.Location, a, b int64) (out [3][]span) {
	all := [7]bool{true, true, true, true, true, true, true}
	weekend := [7]bool{time.Saturday: true, time.Sunday: true}
	out[0] = spans([]hours{{on: all, from: 22 * 60 * 60, to: 6 * 60 * 60}}, loc, a, b)
	out[1] = spans([]hours{{on: weekend}}, loc, a, b)
	c := clock{loc: loc}
	for _, d := range r.holidays {
		out[2] = append(out[2], span{c.at(d), c.at(d + day)})
	}
	out[2] = joined(out[2])
	return out
}
