package oncall

import (
	"cmp"
	"slices"
	"time"
)

// Gap is a time that nobody holds a layer that must be held.
type Gap struct {
	Schedule string    `json:"schedule"`
	Layer    string    `json:"layer"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
}

// Gaps gives the gaps from up to to, cut to it, by layer and time.
func (r *Rota) Gaps(from, to time.Time) []Gap {
	a, b := window(from, to)
	out := []Gap{}
	for i := range r.layers {
		l := &r.layers[i]
		if l.optional || a >= b {
			continue
		}
		cover := []span{{a, b}}
		if len(l.cover) > 0 {
			cover = spans(l.cover, r.loc, a, b)
		}
		for _, s := range without(cover, r.segs(i, a, b)) {
			if s.from, s.until = max(s.from, a), min(s.until, b); s.from < s.until {
				out = append(out, Gap{r.name, l.name, moment(s.from), moment(s.until)})
			}
		}
	}
	return out
}

// Clash is a time that a person holds two places.
type Clash struct {
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	First  Shift     `json:"first"`
	Second Shift     `json:"second"`
}

// DoubleBooked finds people who hold two places at once from up to to, in
// layers of one schedule or of several. Clashes are cut to the window and in
// order of time.
func DoubleBooked(from, to time.Time, rotas ...*Rota) []Clash {
	a, b := window(from, to)
	var all []Shift
	for _, r := range rotas {
		all = append(all, r.Shifts(from, to)...)
	}
	slices.SortStableFunc(all, func(x, y Shift) int {
		return cmp.Or(cmp.Compare(x.Person, y.Person), x.From.Compare(y.From))
	})
	out := []Clash{}
	var open []Shift // of one person, not over yet
	for _, s := range all {
		open = slices.DeleteFunc(open, func(o Shift) bool { return o.Person != s.Person || !o.Until.After(s.From) })
		for _, o := range open {
			from, until := max(s.From.Unix(), a), min(s.Until.Unix(), o.Until.Unix(), b)
			if from < until {
				out = append(out, Clash{s.Person, moment(from), moment(until), o, s})
			}
		}
		open = append(open, s)
	}
	slices.SortStableFunc(out, func(x, y Clash) int { return x.From.Compare(y.From) })
	return out
}

// Away is a time that a person on leave is on call.
type Away struct {
	Shift Shift     `json:"shift"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Note  string    `json:"note,omitempty"`
}

// OnLeave finds people on call while on leave from up to to, cut to it and in
// order of time.
func (r *Rota) OnLeave(from, to time.Time) []Away {
	a, b := window(from, to)
	byPerson := map[string][]leave{}
	for _, l := range r.leave {
		byPerson[l.person] = append(byPerson[l.person], l)
	}
	out := []Away{}
	for _, s := range r.Shifts(from, to) {
		for _, l := range byPerson[s.Person] {
			from, until := max(s.From.Unix(), l.from, a), min(s.Until.Unix(), l.until, b)
			if from < until {
				out = append(out, Away{s, moment(from), moment(until), l.note})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Away) int { return x.From.Compare(y.From) })
	return out
}

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
