package model

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"holdfast/model/crdt"
)

// Entries are nearly all of what a room holds, and nearly none of it is looked
// at. Those of closed incidents, and the oldest of the others, are therefore put
// together in packs: compressed, and kept outside the state by whoever owns it.
// What was written about a packed entry later, a correction or a retraction,
// stays at hand. So packing changes no answer and no digest, only what memory
// holds.

// Limits of packs.
const (
	// maxPack is how many entries are read together to find one: a tenth of a
	// millisecond.
	maxPack = 512
	// minPack is what is worth a pack; fewer stay at hand.
	minPack = 16
	// maxRead is how many packs are kept as they were read, for who looks again: a
	// screen draws the rows of its incident anew with each change. About 7 MB.
	maxRead = 32
	// maxPacked bounds what a pack may unfold to: its entries at the longest text.
	maxPacked = maxPack * (MaxText + 256)
)

// Pack is some entries of an incident, put together.
type Pack struct {
	_ struct{} `cbor:",toarray"`
	// Key names what the pack holds: the SHA-256 of its bytes, or of its places.
	Key Hash
	N   int
	// Sum is what its entries add to the digest of the incident.
	Sum Sum
	// Written is when the last of them was written, in milliseconds.
	Written int64

	data []byte // nil where it is kept outside
}

// Packs is where packs are kept outside the state. It is called while the state
// is read, from several goroutines at once, and wrong bytes are found by their
// key. What it cannot give is missing from what readers see until the owner has
// folded again: it is told by asking once more.
type Packs func(key Hash) ([]byte, error)

// attic is what the incidents of a state share.
type attic struct {
	packs   Packs
	commits Commits // nil where no log is at hand
	loose   int     // entries at hand
	bytes   int     // of packs that are in memory
	next    int     // how many of them begin the next packing
	// missed is for Missed: readers count too.
	missed atomic.Uint64
	recent *recent
	clocks clocks

	// lists are what was read of entries of some kinds, the oldest first. Readers
	// share it.
	lists struct {
		sync.Mutex
		list  []standing
		books suggested
	}

	// read are the packs that were read last, the oldest first. Readers share it.
	read struct {
		sync.Mutex
		list []readPack
	}
}

// readPack is a pack as it was read: the entries as they were added.
type readPack struct {
	key     Hash
	ids     []ID
	entries []Entry
}

// KeepPacks says where packs are kept.
func (s *State) KeepPacks(from Packs) {
	s.attic.packs = from
	s.lastWritten()
}

// KeepLog says where the log is that the state was folded from. From then on packs
// name places in it.
func (s *State) KeepLog(from Commits) {
	s.attic.commits = from
	s.lastWritten()
}

// Loose is how many entries are at hand, not packed.
func (s *State) Loose() int { return s.attic.loose }

// Crowded reports whether packing again is worth its time: limit entries are at
// hand, and as many as half of it have come since it was done last.
func (s *State) Crowded(limit int) bool { return s.attic.loose >= max(limit, s.attic.next) }

// PackedBytes is how much memory packs take.
func (s *State) PackedBytes() int { return s.attic.bytes }

// Unwritten gives the packs whose bytes are still in memory, for their owner to
// keep. done lets go of the bytes, once they are durable where Packs finds them.
func (s *State) Unwritten() iter.Seq2[Hash, []byte] {
	return func(yield func(Hash, []byte) bool) {
		for _, inc := range s.incidents {
			for _, p := range inc.Packs {
				if p.data != nil && !yield(p.Key, p.data) {
					return
				}
			}
		}
	}
}

// Written lets go of the bytes of every pack: they are durable where Packs finds
// them.
func (s *State) Written() {
	for _, inc := range s.incidents {
		for i := range inc.Packs {
			inc.Packs[i].data = nil
		}
	}
	s.attic.bytes = 0
}

// PackKeys names every pack of the state that has bytes.
func (s *State) PackKeys() map[Hash]bool {
	keys := map[Hash]bool{}
	for inc := range s.Incidents() {
		for _, p := range inc.Packs {
			if inc.Places[p.Key] == nil {
				keys[p.Key] = true
			}
		}
	}
	return keys
}

// All gives every entry that has arrived, in no order. A packed entry comes with
// what was written about it since; it is read anew each time and not kept.
func (i *Incident) All() iter.Seq2[ID, *Entry] {
	return func(yield func(ID, *Entry) bool) {
		for id, e := range i.Entries {
			if e.Known() && !yield(id, e) {
				return
			}
		}
		for n := range i.Packs {
			p := i.unpack(&i.Packs[n])
			for n, id := range p.ids {
				if !yield(id, i.whole(id, &p.entries[n])) {
					return
				}
			}
		}
	}
}

// whole puts a packed entry together with what was written about it since.
func (i *Incident) whole(id ID, packed *Entry) *Entry {
	since := i.Entries[id]
	if since == nil {
		return packed
	}
	return &Entry{First: packed.First, Edits: since.Edits, Retractions: since.Retractions}
}

// Entry gives an entry, packed or not; nil where nothing of it has arrived.
func (i *Incident) Entry(id ID) *Entry {
	e := i.Entries[id]
	if e != nil && e.Known() {
		return e
	}
	for n := range i.Packs {
		p := i.unpack(&i.Packs[n])
		if at := slices.Index(p.ids, id); at >= 0 {
			return i.whole(id, &p.entries[at])
		}
	}
	return e
}

// contested reports whether versions of an entry may compete: it has
// corrections, and unless its first version is packed, and replaced, what they
// are has to be looked at.
func (i *Incident) contested(id ID) bool {
	e := i.Entries[id]
	if len(e.Edits) == 0 || e.Known() || len(i.Packs) == 0 {
		return len(e.Edits) > 0
	}
	edits := crdt.Register[ID, Version]{Writes: e.Edits}
	return len(edits.Current()) > 1 || !slices.ContainsFunc(e.Edits, func(w crdt.Write[ID, Version]) bool { return slices.Contains(w.Pred, id) })
}

// Count is how many entries have arrived.
func (i *Incident) Count() int {
	n := i.loose
	for _, p := range i.Packs {
		n += p.N
	}
	return n
}

// unpack reads a pack, wherever it is.
func (i *Incident) unpack(p *Pack) readPack {
	if found, ok := i.attic.lookUp(p.Key); ok {
		return found
	}
	list, err := i.versions(p)
	if err != nil {
		i.attic.missed.Add(1)
		return readPack{} // its owner knows, and folds again
	}
	r := readPack{key: p.Key, ids: make([]ID, len(list)), entries: make([]Entry, len(list))}
	for n, v := range list {
		if i.attic.clocks.fixes != nil {
			i.attic.clocks.correct(&v.Stamp)
		}
		r.ids[n], r.entries[n].First = v.Stamp.ID(), v
	}
	i.attic.remember(r)
	return r
}

// versions reads the entries of a pack.
func (i *Incident) versions(p *Pack) ([]Version, error) {
	if named := i.Places[p.Key]; named != nil {
		return i.attic.fromLog(p, named)
	}
	data := p.data
	if data == nil && i.attic.packs != nil {
		var err error
		if data, err = i.attic.packs(p.Key); err != nil {
			return nil, err
		}
	}
	return unpackVersions(data)
}

func (a *attic) lookUp(key Hash) (readPack, bool) {
	a.read.Lock()
	defer a.read.Unlock()
	n := slices.IndexFunc(a.read.list, func(r readPack) bool { return r.key == key })
	if n < 0 {
		return readPack{}, false
	}
	return a.read.list[n], true
}

func (a *attic) remember(r readPack) {
	a.read.Lock()
	defer a.read.Unlock()
	if len(a.read.list) >= maxRead {
		a.read.list = slices.Delete(a.read.list, 0, 1)
	}
	a.read.list = append(a.read.list, r)
}

// Sum is a digest of a set, whatever the order things are added in: the sum of
// their SHA-256 values, in four lanes. It compares what members signed; it need
// not stand against one who searches for two sets of one sum.
type Sum [4]uint64

func (s *Sum) add(h Hash) {
	for n := range s {
		s[n] += binary.BigEndian.Uint64(h[8*n:])
	}
}

func (s *Sum) join(o Sum) {
	for n := range s {
		s[n] += o[n]
	}
}

// form appends what of a version goes into the Sum of its incident.
func (v *Version) form(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, v.Stamp.Lamport)
	b = binary.BigEndian.AppendUint64(b, uint64(v.Stamp.Wall))
	b = binary.BigEndian.AppendUint64(b, v.Stamp.Seq)
	b = binary.BigEndian.AppendUint32(b, uint32(v.Stamp.Off))
	if far := int32(v.Stamp.Off >> 31); far != 0 && far != -1 { // what the first versions could not hold
		b = binary.BigEndian.AppendUint32(b, uint32(far))
	}
	b = binary.BigEndian.AppendUint16(b, v.Stamp.N)
	b = append(b, v.Stamp.Feed[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(v.At))
	b = append(b, byte(v.Precision), byte(len(v.Kind)))
	b = append(b, v.Kind...)
	return append(b, v.Text...)
}

// entrySum is the digest of all entries: the first versions as a sum, so that
// packs need not be read, and what was written about them in order.
func (i *Incident) entrySum(h hash.Hash) error {
	var sum Sum
	var scratch []byte
	n := 0
	later := map[ID]*Entry{}
	for id, e := range i.Entries {
		if e.Known() {
			scratch = e.First.form(scratch[:0])
			sum.add(sha256.Sum256(scratch))
			n++
		}
		if len(e.Edits)+len(e.Retractions) > 0 {
			later[id] = e
		}
	}
	for _, p := range i.Packs {
		sum.join(p.Sum)
		n += p.N
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(n))
	for _, lane := range sum {
		b = binary.BigEndian.AppendUint64(b, lane)
	}
	h.Write(b)
	for _, id := range slices.SortedFunc(maps.Keys(later), ID.Compare) {
		b, err := canonical.enc.Marshal(Entry{Edits: later[id].Edits, Retractions: later[id].Retractions})
		if err != nil {
			return err
		}
		h.Write(id[:])
		h.Write(b)
	}
	return nil
}
