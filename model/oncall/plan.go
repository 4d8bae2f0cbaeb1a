package oncall

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"
)

// Plan is the shifts of a schedule in a time, laid once and asked for what is
// wrong with them.
type Plan struct {
	rota   *Rota
	span           // of the plan
	layers [][]seg // of each layer, whole shifts in order
}

// Plan lays the shifts from up to to. At most MaxWindow is looked at.
func (r *Rota) Plan(from, to time.Time) Plan {
	p := Plan{rota: r, layers: make([][]seg, len(r.layers))}
	p.from, p.until = window(from, to)
	for i := range r.layers {
		p.layers[i] = r.segs(i, p.from, p.until)
	}
	return p
}

func (p *Plan) len() (n int) {
	for _, list := range p.layers {
		n += len(list)
	}
	return n
}

// Shifts gives all shifts that touch the time, whole, by layer and time.
func (p Plan) Shifts() []Shift {
	out := make([]Shift, 0, p.len())
	for i, list := range p.layers {
		for _, s := range list {
			out = append(out, p.rota.shift(i, s))
		}
	}
	return out
}

// Hold is a person in a layer, once however many shifts they have there.
type Hold struct {
	Layer, Person string
	Until         time.Time // the end of the last shift
}

// Holds lists who is on call at some time, by layer and first shift.
func (p Plan) Holds() []Hold {
	out := make([]Hold, 0, 2*len(p.layers))
	for i, list := range p.layers {
		first := len(out)
		for n := range list {
			at := slices.IndexFunc(out[first:], func(h Hold) bool { return h.Person == list[n].person })
			if at < 0 {
				at = len(out) - first
				out = append(out, Hold{Layer: p.rota.layers[i].name, Person: list[n].person})
			}
			out[first+at].Until = moment(list[n].until)
		}
	}
	return out
}

// Gap is a time that nobody holds a layer that must be held.
type Gap struct {
	Schedule string    `json:"schedule"`
	Layer    string    `json:"layer"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
}

// Gaps gives the gaps, cut to the time of the plan, by layer and time.
func (p Plan) Gaps() []Gap {
	out := []Gap{}
	for i := range p.rota.layers {
		l := &p.rota.layers[i]
		if l.optional || p.from >= p.until {
			continue
		}
		cover := []span{p.span}
		if len(l.cover) > 0 {
			cover = spans(l.cover, p.rota.loc, p.from, p.until)
		}
		for _, s := range without(cover, p.layers[i]) {
			if s.from, s.until = max(s.from, p.from), min(s.until, p.until); s.from < s.until {
				out = append(out, Gap{p.rota.name, l.name, moment(s.from), moment(s.until)})
			}
		}
	}
	return out
}

// Away is a time that a person on leave is on call.
type Away struct {
	Shift Shift     `json:"shift"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Note  string    `json:"note,omitempty"`
}

// OnLeave finds people on call while on leave, cut to the time of the plan and
// in order of time.
func (p Plan) OnLeave() []Away {
	out := []Away{}
	if len(p.rota.leave) == 0 {
		return out
	}
	byPerson := map[string][]leave{}
	for _, l := range p.rota.leave {
		byPerson[l.person] = append(byPerson[l.person], l)
	}
	for i, list := range p.layers {
		for _, s := range list {
			for _, l := range byPerson[s.person] {
				from, until := max(s.from, l.from, p.from), min(s.until, l.until, p.until)
				if from < until {
					out = append(out, Away{p.rota.shift(i, s), moment(from), moment(until), l.note})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Away) int { return x.From.Compare(y.From) })
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

// held is a shift among those of several plans. A Shift is large: what is sorted
// are these.
type held struct {
	*seg
	plan, layer, n int
}

// clash is a Clash while it is computed: two of the shifts.
type clash struct {
	span
	first, second int
}

// DoubleBooked finds people who hold two places at once, in layers of one plan
// or of several. Clashes are cut to the time of the first, and in order of time.
func DoubleBooked(plans ...Plan) []Clash {
	return append([]Clash{}, slices.Collect(Clashes(plans...))...)
}

// Clashes gives what DoubleBooked finds, one after the other: a Clash is large, and
// who counts needs few of them.
func Clashes(plans ...Plan) iter.Seq[Clash] {
	return func(yield func(Clash) bool) {
		if len(plans) == 0 {
			return
		}
		all := byPerson(plans)
		found := twice(all, plans[0].span)
		slices.SortStableFunc(found, func(x, y clash) int { return cmp.Compare(x.from, y.from) })
		shift := func(n int) Shift { return plans[all[n].plan].rota.shift(all[n].layer, *all[n].seg) }
		for _, c := range found {
			if !yield(Clash{all[c.first].person, moment(c.from), moment(c.until), shift(c.first), shift(c.second)}) {
				return
			}
		}
	}
}

// byPerson gives the shifts of all plans, those of a person together in order of time.
func byPerson(plans []Plan) []held {
	n := 0
	for at := range plans {
		n += plans[at].len()
	}
	all := make([]held, 0, n)
	for at := range plans {
		for layer, list := range plans[at].layers {
			for i := range list {
				all = append(all, held{&list[i], at, layer, len(all)})
			}
		}
	}
	slices.SortFunc(all, func(x, y held) int {
		if c := strings.Compare(x.person, y.person); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(x.from, y.from), x.n-y.n)
	})
	return all
}

// twice finds what overlaps within a time among the shifts of a person, which
// stand together in order of time.
func twice(all []held, in span) []clash {
	var found []clash
	open := make([]int, 0, 8) // of one person, not over yet
	for n, s := range all {
		open = slices.DeleteFunc(open, func(o int) bool { return all[o].person != s.person || all[o].until <= s.from })
		for _, o := range open {
			if both := (span{max(s.from, in.from), min(s.until, all[o].until, in.until)}); both.from < both.until {
				found = append(found, clash{both, o, n})
			}
		}
		open = append(open, n)
	}
	return found
}
