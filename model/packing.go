package model

import (
	"crypto/sha256"
	"maps"
	"slices"
)

// Packing is entries on their way into packs. Pack does it at once; an owner
// whose readers must not wait, or who has a processor to spare, takes the steps
// one by one: Choose, Squeeze and Install.
type Packing struct {
	attic *attic
	parts []packing
}

// packing is the entries of one incident.
type packing struct {
	inc   *Incident
	ids   []ID
	list  []*Version // as they were added: that never changes
	packs []Pack
	named [][]byte // the places of packs; nil for those with bytes
	// placed are packs that are to get bytes, which are then at the same place in packs.
	placed []Pack
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
		p     = Packing{attic: s.attic}
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

// ChoosePlaced picks packs of open incidents that name places in the log, at most so
// many, to give them bytes; nil where there are none.
func (s *State) ChoosePlaced(most int) *Packing {
	p := &Packing{attic: s.attic}
	for _, inc := range s.incidents {
		if len(inc.Places) == 0 || inc.State() == StateClosed {
			continue
		}
		part := packing{inc: inc}
		for _, pack := range inc.Packs {
			if inc.Places[pack.Key] != nil && most > 0 {
				part.placed, part.named = append(part.placed, pack), append(part.named, inc.Places[pack.Key])
				most--
			}
		}
		if len(part.placed) > 0 {
			p.parts = append(p.parts, part)
		}
	}
	if len(p.parts) == 0 {
		return nil
	}
	return p
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
			if p.attic.commits == nil {
				part.packs, part.named = append(part.packs, b.pack(list)), append(part.named, nil)
				continue
			}
			pack, named := b.place(list)
			part.packs, part.named = append(part.packs, pack), append(part.named, named)
		}
		for n := range part.placed {
			part.packs = append(part.packs, b.fromLog(p.attic, &part.placed[n], part.named[n]))
		}
	}
}

// Unread counts the packs that were to get bytes and could not be read.
func (p *Packing) Unread() (n int) {
	for _, part := range p.parts {
		for i := range part.placed {
			if part.packs[i].data == nil {
				n++
			}
		}
	}
	return n
}

// Install puts the packs in the place of their entries. What was written about an
// entry since it was chosen stays at hand.
func (s *State) Install(p *Packing) {
	for _, part := range p.parts {
		if part.placed != nil {
			s.rewritten(part)
			continue
		}
		inc := part.inc
		inc.letGo(part.ids)
		inc.Packs = append(inc.Packs, part.packs...)
		for n, pack := range part.packs {
			s.attic.bytes += len(pack.data)
			if named := part.named[n]; named != nil {
				inc.place(pack.Key, named)
			}
		}
		inc.loose -= len(part.ids)
		s.attic.loose -= len(part.ids)
	}
}

// letGo takes entries from hand, but what was written about them since.
func (i *Incident) letGo(ids []ID) {
	all := len(ids) == len(i.Entries)
	rest := map[ID]*Entry{} // a map gives no room back by itself
	for _, id := range ids {
		e := i.Entries[id]
		if len(e.Edits)+len(e.Retractions) > 0 {
			rest[id] = &Entry{Edits: e.Edits, Retractions: e.Retractions}
		}
		if !all {
			delete(i.Entries, id)
		}
	}
	if !all {
		maps.Copy(rest, i.Entries)
	}
	i.Entries = rest
}

// rewritten puts packs with bytes in the place of those without. What could not be
// read stays as it was.
func (s *State) rewritten(part packing) {
	for n, old := range part.placed {
		at := slices.IndexFunc(part.inc.Packs, func(p Pack) bool { return p.Key == old.Key })
		if pack := part.packs[n]; at >= 0 && pack.data != nil {
			part.inc.Packs[at] = pack
			delete(part.inc.Places, old.Key)
			s.attic.bytes += len(pack.data)
		}
	}
}

// packWriter makes packs one after the other, in memory of its own.
type packWriter struct{ plain, packed, form []byte }

func (w *packWriter) pack(list []*Version) Pack {
	w.plain = appendVersions(w.plain[:0], list)
	w.packed = squeeze(w.packed[:0], w.plain)
	p := w.about(list)
	p.data = slices.Clone(w.packed)
	p.Key = sha256.Sum256(p.data)
	return p
}

// place makes a pack that names places in the log.
func (w *packWriter) place(list []*Version) (Pack, []byte) {
	p, named := w.about(list), appendPlaces(nil, placesOf(list))
	p.Key = sha256.Sum256(named)
	return p, named
}

// fromLog makes a pack with bytes of one that names places; without any where they
// cannot be read.
func (w *packWriter) fromLog(a *attic, placed *Pack, named []byte) Pack {
	read, err := a.fromLog(placed, named)
	if err != nil {
		return Pack{}
	}
	list := make([]*Version, len(read))
	for n := range read {
		list[n] = &read[n]
	}
	return w.pack(list)
}

// about tells what is known of entries without reading their pack.
func (w *packWriter) about(list []*Version) Pack {
	p := Pack{N: len(list)}
	for _, v := range list {
		w.form = v.form(w.form[:0])
		p.Sum.add(sha256.Sum256(w.form))
		p.Written = max(p.Written, v.Stamp.written())
	}
	return p
}
