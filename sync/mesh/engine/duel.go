package engine

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// duel chooses between two links to one device: the one dialled by the device
// with the smaller key stays, and of two alike the one with the larger tag.
// Both ends choose the same. The other is closed only after the one that stays
// has answered, so a connection that is dead unnoticed cannot win.
func (e *Engine) duel(now time.Time, l *link) {
	for _, o := range e.links {
		if o == l || o.peer != l.peer || !o.ready {
			continue
		}
		keep := l
		if e.preferred(o, l) {
			keep = o
		}
		keep.rivals = true
		e.ping(now, keep)
	}
}

// byeTwin is what the process is told whose link is closed for another's of one key.
const byeTwin = "two homes use the key of this device, and the other one is linked"

// winDuel ends the links to the same device that l is preferred to. Answered tells that
// l's process answered what it was asked since: where it is not the one of a link that came
// after l, both live.
func (e *Engine) winDuel(now time.Time, l *link, answered bool) {
	for _, o := range slices.Clone(e.links) {
		if o == l || o.peer != l.peer || !o.ready || !e.preferred(l, o) {
			continue
		}
		if !answered || o.boot == l.boot || o.id < l.id {
			e.close(now, o, "another connection to this device stays")
			continue
		}
		e.emit(Twin{Device: l.peer})
		e.send(l, frameTwin, twinFrame{})
		e.send(o, frameTwin, twinFrame{})
		e.close(now, o, byeTwin)
	}
}

func (e *Engine) preferred(a, b *link) bool {
	if a.outgoing != b.outgoing {
		weAreSmaller := bytes.Compare(e.cfg.Device[:], a.peer[:]) < 0
		return a.outgoing == weAreSmaller
	}
	if c := cmp.Compare(a.tag, b.tag); c != 0 {
		return c > 0
	}
	return a.id > b.id
}
