package due

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// An open incident has about others deadlines beside its rungs, updates, roles
// and tasks, and one that is watched by the clock about as many again; one that
// is over, and the room, have others alone. An id has about idSize bytes.
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
			room += asked[inc.severity] + len(inc.Tasks)
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

// place is where a deadline stands in the list, and its time. Those of an
// incident have its rank, those of the room none.
type place struct {
	at      int64 // in microseconds
	n, rank int32
}

// ordered sorts deadlines, the earliest first, then by level, incident and id.
// What is sorted are places by their time: a Due is large, and moving each once
// is the lesser part. The incidents come in the order of their level and code,
// so that their rank says what these do.
func ordered(list []Due) []Due {
	places, rank, of := make([]place, len(list)), int32(0), model.ID{}
	for n := range list {
		if list[n].IncidentID != of {
			rank, of = rank+1, list[n].IncidentID
		}
		places[n] = place{list[n].DueAt.UnixMicro(), int32(n), rank}
	}
	slices.SortFunc(places, func(x, y place) int {
		switch {
		case x.at < y.at:
			return -1
		case x.at > y.at:
			return 1
		case x.rank != y.rank && x.rank > 0 && y.rank > 0:
			return int(x.rank - y.rank)
		}
		a, b := &list[x.n], &list[y.n]
		switch {
		case a.Severity != b.Severity:
			return strings.Compare(a.Severity, b.Severity)
		case a.Incident != b.Incident:
			return strings.Compare(a.Incident, b.Incident)
		}
		return strings.Compare(a.ID, b.ID)
	})
	for n := range places { // round each cycle of moves, from the place that is left empty
		if places[n].n == int32(n) {
			continue
		}
		first, to := list[n], int32(n)
		for places[to].n != int32(n) {
			from := places[to].n
			list[to], places[to].n = list[from], to
			to = from
		}
		list[to], places[to].n = first, to
	}
	return list
}
