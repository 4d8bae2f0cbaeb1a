package due

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// An open incident has about others deadlines beside its rungs, updates, roles
// and tasks, and about as many again where it is watched by the clock, or has a
// runbook or a hypothesis; one that is over, and the room, have others alone. An
// id has about idSize bytes.
const (
	others = 3
	idSize = 46
)

// reserve makes room for the deadlines of incidents: a list that grew would be
// copied again and again.
func (b *builder) reserve(list []live) {
	asked := make(map[string]int, len(b.policy.Severities))
	for i := range b.policy.Severities {
		l := &b.policy.Severities[i]
		asked[l.Level] = len(l.Roles)
		if l.Quiet.Set {
			asked[l.Level] += others
		}
	}
	for i := range b.policy.Escalation {
		if r := &b.policy.Escalation[i]; r.When != "sensitive" {
			asked[r.Severity]++
		}
	}
	for i := range b.policy.Cadence {
		if c := &b.policy.Cadence[i]; !c.Asked {
			asked[c.Severity]++
		}
	}
	room := others
	for _, inc := range list {
		room += others
		if inc.Open() {
			room += asked[inc.severity] + len(inc.Tasks) + min(others, len(inc.Items))
		}
	}
	b.list = make([]Due, 0, room)
	b.named.Grow(room * idSize)
}

// live is an incident with its level.
type live struct {
	*model.Incident
	severity string
}

// byCode sorts incidents by their level and code.
func byCode(list []live) {
	slices.SortFunc(list, func(x, y live) int {
		if x.severity != y.severity {
			return strings.Compare(x.severity, y.severity)
		}
		if x.Code != y.Code {
			return strings.Compare(x.Code, y.Code)
		}
		return x.ID.Compare(y.ID)
	})
}

// identified gives the deadlines collected their ids, all cut from one text.
func (b *builder) identified() []Due {
	text, from := b.named.String(), 0
	for n := range b.list {
		d, on := &b.list[n], len("room")
		if !d.IncidentID.Zero() {
			on = len(b.id)
		}
		end := from + on + len(d.Kind) + len(d.Key) + len("//")
		d.ID, from = text[from:end], end
	}
	return b.list
}

// piece is for how many times or ids memory is asked at once.
const piece = 64

// moments keeps moments in memory that deadlines share.
func (b *builder) moments(at ...time.Time) []time.Time {
	if cap(b.times)-len(b.times) < len(at) {
		b.times = make([]time.Time, 0, max(piece, len(at)))
	}
	from := len(b.times)
	b.times = append(b.times, at...)
	return slices.Clip(b.times[from:])
}

// one is a list of one person, in memory that deadlines share.
func (b *builder) one(id model.ID) []model.ID {
	if len(b.ids) == cap(b.ids) {
		b.ids = make([]model.ID, 0, piece)
	}
	b.ids = append(b.ids, id)
	return slices.Clip(b.ids[len(b.ids)-1:])
}

// ordered sorts deadlines, the earliest first, then by level, incident and id.
// What is sorted are keys: as much of the time as fits above the place in the
// list. A Due is large, and moving each once is the lesser part.
func ordered(list []Due) []Due {
	if len(list) == 0 {
		return list
	}
	first, last := list[0].DueAt.UnixMicro(), list[0].DueAt.UnixMicro()
	for n := range list {
		at := list[n].DueAt.UnixMicro()
		first, last = min(first, at), max(last, at)
	}
	low := bits.Len(uint(len(list)))
	coarse := max(0, bits.Len64(uint64(last-first))+low-64)
	keys := make([]uint64, len(list))
	for n := range list {
		keys[n] = uint64(list[n].DueAt.UnixMicro()-first)>>coarse<<low | uint64(n)
	}
	slices.Sort(keys)
	at := func(key uint64) int { return int(key & (1<<low - 1)) }
	for from, to := 0, 0; from < len(keys); from = to {
		for to = from + 1; to < len(keys) && keys[to]>>low == keys[from]>>low; to++ {
		}
		if to-from > 1 {
			slices.SortFunc(keys[from:to], func(x, y uint64) int { return before(list, at(x), at(y)) })
		}
	}
	for n := range keys { // round each cycle of moves, from the place that is left empty
		if at(keys[n]) == n {
			continue
		}
		moved, to := list[n], n
		for at(keys[to]) != n {
			from := at(keys[to])
			list[to], keys[to] = list[from], uint64(to)
			to = from
		}
		list[to], keys[to] = moved, uint64(to)
	}
	return list
}

// before compares two deadlines by their places. Those of an incident stand
// together, and the incidents in the order of their level and code, so that the
// places of two incidents say what these do.
func before(list []Due, x, y int) int {
	a, b := &list[x], &list[y]
	if c := cmp.Compare(a.DueAt.UnixMicro(), b.DueAt.UnixMicro()); c != 0 {
		return c
	}
	switch {
	case a.IncidentID != b.IncidentID && !a.IncidentID.Zero() && !b.IncidentID.Zero():
		return x - y
	case a.Severity != b.Severity:
		return strings.Compare(a.Severity, b.Severity)
	case a.Incident != b.Incident:
		return strings.Compare(a.Incident, b.Incident)
	}
	return strings.Compare(a.ID, b.ID)
}
