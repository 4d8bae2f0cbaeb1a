package oncall

import (
	"cmp"
	"slices"
	"time"
)

// Why says what puts a person on call.
type Why string

// What puts a person on call.
const (
	ByRotation Why = "rotation"
	BySwap     Why = "swap"
	ByOverride Why = "override"
)

// Shift is a person on call without a break for one reason. Times are in UTC.
type Shift struct {
	Schedule string    `json:"schedule"`
	Layer    string    `json:"layer"`
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Why      Why       `json:"why"`
	// Instead is who would be on call without the override or swap, at its start.
	Instead string `json:"instead,omitempty"`
	// Reason is that of the override or swap.
	Reason string `json:"reason,omitempty"`
}

// Duty is who holds a layer at a time. Person is empty where nobody does; then
// From and Until are zero.
type Duty struct {
	Shift
	// Next is the next other person and NextFrom when they begin; empty where
	// nobody comes within two years, or within a thousand shifts.
	Next     string    `json:"next,omitempty"`
	NextFrom time.Time `json:"next_from,omitzero"`
}

// Rota is a schedule ready to be asked. It never changes; any number of
// goroutines may use it.
type Rota struct {
	name     string
	loc      *time.Location
	layers   []layer
	leave    []leave
	holidays []int64 // midnights, wall-clock
}

type layer struct {
	name      string
	rotations []rotation
	follows   int // index of a layer, or -1
	swaps     []seg
	overrides []seg
	cover     []hours
	optional  bool
}

type leave struct {
	span
	person, note string
}

// Name is the schedule's name.
func (r *Rota) Name() string { return r.name }

// Zone is the schedule's zone.
func (r *Rota) Zone() *time.Location { return r.loc }

// At says who holds each layer at t, in the order of the layers.
func (r *Rota) At(t time.Time) []Duty {
	at := t.Unix()
	out := make([]Duty, len(r.layers))
	for i := range r.layers {
		d := &out[i]
		d.Schedule, d.Layer = r.name, r.layers[i].name
		after := at
		if now := r.segs(i, at, at+1); len(now) > 0 {
			d.Shift = r.shift(i, now[0])
			after = now[0].until
		}
		if next, ok := r.next(i, after, d.Person); ok {
			d.Next, d.NextFrom = next.person, moment(next.from)
		}
	}
	return out
}

// far is how many shifts ahead another person is looked for, at least.
const far = 1000

// next finds the first shift from after on of another person. It looks near
// before it looks far, since most turns are short.
func (r *Rota) next(i int, after int64, person string) (seg, bool) {
	for _, days := range []int64{2, 16, 128, 732} {
		list := r.segs(i, after, after+days*day)
		for _, s := range list {
			if s.from >= after && s.person != person {
				return s, true
			}
		}
		if len(list) > far {
			break
		}
	}
	return seg{}, false
}

// Shifts gives all shifts that touch from up to to, whole, by layer and time.
// At most MaxWindow is looked at.
func (r *Rota) Shifts(from, to time.Time) []Shift { return r.Plan(from, to).Shifts() }

func (r *Rota) shift(i int, s seg) Shift {
	out := Shift{
		Schedule: r.name, Layer: r.layers[i].name, Person: s.person, From: moment(s.from), Until: moment(s.until), Why: s.why(),
	}
	if s.by != nil {
		out.Instead, out.Reason = s.by.instead, s.by.reason
	}
	return out
}

// segs gives the shifts of a layer that touch [from, until), whole.
func (r *Rota) segs(i int, from, until int64) []seg {
	s := stack{from: from, until: until}
	l := &r.layers[i]
	// Whom an override or a swap replaces is seen at its start.
	s.reach(touching(l.overrides, s.from, s.until))
	s.reach(touching(l.swaps, s.from, s.until))
	r.planned(&s, l)
	s.lay(slices.Clone(touching(l.overrides, s.from, s.until)))
	return touching(s.segs, from, until)
}

// planned lays the turns of a layer, or of the one it follows a turn later,
// and its swaps.
func (r *Rota) planned(s *stack, l *layer) {
	source := l
	if l.follows >= 0 {
		source = &r.layers[l.follows]
	}
	for i := range source.rotations {
		rot := &source.rotations[i]
		who := func(k, _ int64) string { return rot.person(k) }
		if l.follows >= 0 {
			who = func(k, before int64) string { return r.previous(source, rot, k, before) }
		}
		s.lay(rot.segs(s.from, s.until, who))
	}
	s.lay(slices.Clone(touching(l.swaps, s.from, s.until)))
}

// previous is the person of the turn before turn k of a rotation, which began
// at before: after swaps, and where the rotation begins with k, of the one
// that ends there. One restricted to hours has its own round: who comes before
// it is another region.
func (r *Rota) previous(l *layer, rot *rotation, k, before int64) string {
	if k > 0 {
		return l.swapped(max(before, rot.begin), rot.person(k-1))
	}
	if len(rot.hours) == 0 {
		s := stack{from: rot.begin - 1, until: rot.begin}
		r.planned(&s, l)
		if last := touching(s.segs, rot.begin-1, rot.begin); len(last) > 0 {
			return last[0].person
		}
	}
	return rot.person(k - 1)
}

// stack is shifts laid over each other. What lies above may cut a shift outside
// of the time asked for, so each is computed for all that those below reach.
type stack struct {
	segs        []seg
	from, until int64
}

// lay puts shifts on top, and keeps them.
func (s *stack) lay(over []seg) {
	s.segs = overlay(s.segs, over)
	s.reach(s.segs)
}

func (s *stack) reach(list []seg) {
	if len(list) > 0 {
		s.from, s.until = min(s.from, list[0].from), max(s.until, list[len(list)-1].until)
	}
}

// swapped is the person who, after swaps, begins a turn at an instant.
func (l *layer) swapped(at int64, person string) string {
	if hit := touching(l.swaps, at, at+1); len(hit) > 0 {
		return hit[0].person
	}
	return person
}

// touching gives those of list, in order, that touch [from, until).
func touching(list []seg, from, until int64) []seg {
	lo, _ := slices.BinarySearchFunc(list, from, func(s seg, t int64) int {
		if s.until <= t {
			return -1
		}
		return 1
	})
	hi, _ := slices.BinarySearchFunc(list, until, func(s seg, t int64) int { return cmp.Compare(s.from, t) })
	hi = max(lo, hi)
	return list[lo:hi:hi]
}

func window(from, to time.Time) (int64, int64) {
	a := min(max(from.Unix(), -never), never)
	return a, min(max(to.Unix(), a), a+int64(MaxWindow/time.Second))
}

func moment(t int64) time.Time { return time.Unix(t, 0).UTC() }
