package oncall

import (
	"slices"
	"time"
)

const (
	// RemindBefore is how long before a hand-off both people are reminded.
	RemindBefore = 30 * time.Minute
	// LateAfter is how long after it an acceptance is missed.
	LateAfter = 15 * time.Minute
)

// Handoff is a layer passing from a person to another. From is empty where
// nobody held it. Schedule, Layer and At name it.
type Handoff struct {
	Schedule string    `json:"schedule"`
	Layer    string    `json:"layer"`
	At       time.Time `json:"at"`
	From     string    `json:"from,omitempty"`
	To       string    `json:"to"`
	Why      Why       `json:"why"`
	// Until is when To's shift ends.
	Until time.Time `json:"until"`
}

// Handoffs gives the hand-offs at from up to to, in order of time. A person
// who follows themselves hands nothing off.
func (r *Rota) Handoffs(from, to time.Time) []Handoff {
	a, b := window(from, to)
	out := []Handoff{}
	for i := range r.layers {
		out = append(out, r.handoffs(i, a, b)...)
	}
	slices.SortStableFunc(out, func(x, y Handoff) int { return x.At.Compare(y.At) })
	return out
}

func (r *Rota) handoffs(i int, a, b int64) []Handoff {
	out := []Handoff{}
	last := seg{}
	for _, s := range r.segs(i, a-1, b) {
		h := Handoff{Schedule: r.name, Layer: r.layers[i].name, At: moment(s.from), To: s.person, Why: s.why(), Until: moment(s.until)}
		if last.until == s.from {
			h.From = last.person
		}
		if s.from >= a && h.From != h.To {
			out = append(out, h)
		}
		last = s
	}
	return out
}
