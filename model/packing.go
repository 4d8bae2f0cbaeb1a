package model

import (
	"crypto/sha256"
	"slices"
)

// Packing is entries on their way into packs. Pack does it at once; an owner
// whose readers must not wait, or who has a processor to spare, takes the steps
// one by one: Choose, Squeeze and Install.
type Packing struct{ parts []packing }

// packing is the entries of one incident.
type packing struct {
	inc   *Incident
	ids   []ID
	list  []*Version // as they were added: that never changes
	packs []Pack
}

// Pack packs the entries of closed incidents, and of the others all but the
// newest: keep is how many of those stay at hand in the whole room. The
// owner then takes the bytes out of memory: see Unwritten.
func (s *State) Pack(keep int) {
	p := s.Choose(keep)
	p.Squeeze()
	s.Install(p)
}

// Choose picks what Pack packs, and changes nothing. One Packing is made at a
// time.
func (s *State) Choose(keep int) *Packing {
	var (
		ranks []uint64
		open  []*Incident
		p     Packing
	)
	for _, inc := range s.incidents {
		switch {
		case len(inc.Entries) == 0:
		case inc.State() == StateClosed:
			p.choose(inc, ^uint64(0))
		default:
			open = append(open, inc)
			for _, e := range inc.Entries {
				if e.Known() {
					ranks = append(ranks, e.First.Stamp.Lamport)
				}
			}
		}
	}
	if len(ranks) > keep {
		slices.Sort(ranks)
		for _, inc := range open {
			p.choose(inc, ranks[len(ranks)-keep-1])
		}
	}
	s.attic.next = s.attic.loose - p.entries() + keep/2
	return &p
}

// choose picks the entries at hand up to a rank, but those with corrections: they
// are read whole more often.
func (p *Packing) choose(inc *Incident, until uint64) {
	if len(inc.Entries) < minPack {
		return
	}
	part := packing{inc: inc}
	for id, e := range inc.Entries {
		if e.Known() && len(e.Edits)+len(e.Retractions) == 0 && e.First.Stamp.Lamport <= until {
			part.ids, part.list = append(part.ids, id), append(part.list, &e.First)
		}
	}
	if len(part.list) >= minPack {
		p.parts = append(p.parts, part)
	}
}

func (p *Packing) entries() (n int) {
	for _, part := range p.parts {
		n += len(part.list)
	}
	return n
}

// Squeeze puts the entries together. That is nearly all of the work; it may be
// done beside whatever reads or changes the state.
func (p *Packing) Squeeze() {
	var b packWriter
	for n := range p.parts {
		part := &p.parts[n]
		slices.SortFunc(part.list, func(a, b *Version) int { return a.Stamp.Compare(b.Stamp) })
		for list := range slices.Chunk(part.list, maxPack) {
			part.packs = append(part.packs, b.pack(list))
		}
	}
}

// Install puts the packs in the place of their entries. What was written about an
// entry since it was chosen stays at hand.
func (s *State) Install(p *Packing) {
	for _, part := range p.parts {
		inc := part.inc
		for _, id := range part.ids {
			if e := inc.Entries[id]; len(e.Edits)+len(e.Retractions) > 0 {
				inc.Entries[id] = &Entry{Edits: e.Edits, Retractions: e.Retractions}
			} else {
				delete(inc.Entries, id)
			}
		}
		rest := make(map[ID]*Entry, len(inc.Entries)) // a map gives no room back by itself
		for id, e := range inc.Entries {
			rest[id] = e
		}
		inc.Entries, inc.Packs = rest, append(inc.Packs, part.packs...)
		for _, pack := range part.packs {
			s.attic.bytes += len(pack.data)
		}
		inc.loose -= len(part.ids)
		s.attic.loose -= len(part.ids)
	}
}

// packWriter makes packs one after the other, in memory of its own.
type packWriter struct{ plain, packed, form []byte }

func (w *packWriter) pack(list []*Version) Pack {
	w.plain = appendVersions(w.plain[:0], list)
	w.packed = squeeze(w.packed[:0], w.plain)
	p := Pack{N: len(list), data: slices.Clone(w.packed)}
	p.Key = sha256.Sum256(p.data)
	for _, v := range list {
		w.form = v.form(w.form[:0])
		p.Sum.add(sha256.Sum256(w.form))
		p.Written = max(p.Written, v.Stamp.written())
	}
	return p
}
