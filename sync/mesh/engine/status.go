package engine

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"holdfast/model"
)

// PeerStatus is what is known of one device of the room.
type PeerStatus struct {
	Device    model.DeviceKey
	Address   string // of the live link, or the last one
	Connected bool
	LastHeard time.Time     // by this device's clock; zero if never
	Behind    uint64        // commits it is known to lack
	Ahead     uint64        // commits it is known to hold that are lacking here
	Offset    time.Duration // its clock less ours; zero until measured
	Version   string
	// Begins gives the feeds of which it let go of the beginning: it holds what
	// follows that commit.
	Begins map[model.FeedID]uint64
	// Waits counts the commits it lacks of what was let go here, where its version
	// knows nothing of that and cannot say so itself.
	Waits uint64
	Error string // why there is no link; empty while connected
}

// sample is one measurement of a peer's clock.
type sample struct{ trip, offset time.Duration }

// keepSamples is over how many pings (two minutes) the quickest is taken: the
// quickest round trip has the least unknown in it.
const keepSamples = 8

// clockBound is the latest time a peer's clock may tell (year 2112, in
// microseconds): beyond it the value is nonsense and could overflow.
const clockBound = 1 << 52

func (e *Engine) ping(now time.Time, l *link) {
	l.pinged, l.asked = now, e.wall.UnixMicro()
	e.send(l, framePing, pingFrame{T1: l.asked})
}

func (e *Engine) pong(now time.Time, l *link, f pongFrame) {
	if l.rivals {
		l.rivals = false
		if !e.has(duelUnended) {
			e.winDuel(now, l, f.T1 == l.asked)
		}
	}
	if f.T1 != l.asked || f.T2 < 0 || f.T2 > clockBound || f.T3 < f.T2 || f.T3 > clockBound {
		return
	}
	t4 := e.wall.UnixMicro()
	s := sample{
		trip:   time.Duration(t4-f.T1-(f.T3-f.T2)) * time.Microsecond,
		offset: time.Duration((f.T2-f.T1)+(f.T3-t4)) / 2 * time.Microsecond,
	}
	// A clock was set: what was measured before says nothing now.
	if n := len(l.samples); n > 0 && (s.offset-l.samples[n-1].offset).Abs() > max(s.trip, l.samples[n-1].trip)+time.Second {
		l.samples = nil
	}
	if len(l.samples) == keepSamples {
		l.samples = slices.Delete(l.samples, 0, 1)
	}
	l.samples = append(l.samples, s)
	best := slices.MinFunc(l.samples, func(a, b sample) int { return int(a.trip - b.trip) })
	p := e.peers[l.peer]
	p.offset, p.measured = best.offset, true
	e.dirty = true
}

// Clocks tells, for each device linked and measured over that link, how far this
// device's clock is ahead of its: what was measured over one before may be of a clock
// that was set since. It looks at links alone, because it is asked after every change.
func (e *Engine) Clocks() (ahead []time.Duration) {
	counted := make(map[model.DeviceKey]bool, len(e.links))
	for _, l := range e.links {
		if p := e.peers[l.peer]; l.ready && len(l.samples) > 0 && !counted[l.peer] {
			counted[l.peer] = true
			ahead = append(ahead, -p.offset)
		}
	}
	return ahead
}

func (e *Engine) linkTo(d model.DeviceKey) *link {
	for _, l := range e.links {
		if l.peer == d && l.ready {
			return l
		}
	}
	return nil
}

// Peers tells what is known of each device met, sorted by key.
func (e *Engine) Peers() []PeerStatus {
	out := make([]PeerStatus, 0, len(e.peers))
	for d, p := range e.peers {
		s := PeerStatus{
			Device: d, Address: p.address, LastHeard: p.lastHeard, Offset: p.offset,
			Version: p.version, Error: p.err, Begins: maps.Clone(p.begins),
		}
		if l := e.linkTo(d); l != nil {
			s.Connected, s.Error = true, ""
			for f := range l.stayed {
				s.Waits += e.short.After[f] - min(e.short.After[f], p.holds[f])
			}
		}
		for f, h := range e.heads {
			if has := p.holds[f]; has < h.Seq {
				s.Behind += h.Seq - has
			}
		}
		for f, has := range p.holds {
			if ours := e.reaches(f); ours < has {
				s.Ahead += has - ours
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b PeerStatus) int { return bytes.Compare(a.Device[:], b.Device[:]) })
	return out
}

// Holds counts the peers known to hold a commit durably.
func (e *Engine) Holds(f model.FeedID, seq uint64) int {
	n := 0
	for _, p := range e.peers {
		if p.holds[f] >= seq {
			n++
		}
	}
	return n
}

// HoldsAll gives how far a device holds each feed durably from its first commit
// on, by what it said over the live link to it; false where there is none.
func (e *Engine) HoldsAll(d model.DeviceKey) (map[model.FeedID]uint64, bool) {
	l := e.linkTo(d)
	if l == nil || e.peers[d].boot != l.boot {
		return nil, false
	}
	all := map[model.FeedID]uint64{}
	for f, seq := range e.peers[d].holds {
		if l.begins[f] == 0 && !l.stopped[f] && l.suspect[f] == nil {
			all[f] = seq
		}
	}
	return all, true
}

// Linked tells whether a device has a live link.
func (e *Engine) Linked(d model.DeviceKey) bool { return e.linkTo(d) != nil }

// bucket is a token bucket; time that runs backwards adds nothing.
type bucket struct {
	rate, burst, level float64
	at                 time.Time
}

func (b *bucket) take(now time.Time, n float64) bool {
	if d := now.Sub(b.at); d > 0 {
		b.level = min(b.burst, b.level+b.rate*d.Seconds())
	}
	b.at = now
	if b.level < n {
		return false
	}
	b.level -= n
	return true
}
