// Package crdt holds the merge types of the record. Each is a pure function of
// the set of writes it has seen: the order they came in, and how often, makes
// no difference. No clock takes part. A Register holds a field, where competing
// values are shown to people; a Text holds prose, where what each wrote is kept
// (Fugue, run by run: why is said at Text).
package crdt

import (
	"slices"
)

// Key is the identity of a write: comparable, and ordered by Compare.
type Key[K any] interface {
	comparable
	Compare(K) int
}

// Write is one value written to a register.
type Write[K Key[K], T any] struct {
	_ struct{} `cbor:",toarray"`
	// Key names the write.
	Key K
	// Rank orders writes for display only: the Lamport time of the op.
	Rank uint64
	// Pred names the writes this one replaces.
	Pred []K
	// Value is what was written.
	Value T
}

// Register holds one field. Every write names the writes it replaces; what no
// other write names is current. Two current writes are a conflict: both stay
// until a write names both. A write may arrive before those it replaces.
//
// The zero Register is empty and ready for use. It is not safe for concurrent
// use.
type Register[K Key[K], T any] struct {
	_ struct{} `cbor:",toarray"`
	// Writes in display order: rank, then key. Exported for encoding alone;
	// everything else goes through Add.
	Writes []Write[K, T]
}

// Add records a write and reports whether it was new.
func (r *Register[K, T]) Add(w Write[K, T]) bool {
	at, found := slices.BinarySearchFunc(r.Writes, w, order[K, T])
	if found {
		return false
	}
	r.Writes = slices.Insert(r.Writes, at, w)
	return true
}

func order[K Key[K], T any](a, b Write[K, T]) int {
	switch {
	case a.Rank < b.Rank:
		return -1
	case a.Rank > b.Rank:
		return 1
	}
	return a.Key.Compare(b.Key)
}

// History gives every write in display order, oldest first. The slice belongs
// to the register and must not be changed.
func (r *Register[K, T]) History() []Write[K, T] { return r.Writes }

// Current gives the writes that no other write replaces, the default winner
// last: the highest rank, then the highest key.
func (r *Register[K, T]) Current() []Write[K, T] {
	switch len(r.Writes) {
	case 0:
		return nil
	case 1:
		return r.Writes
	}
	// replacer holds, per write, the highest rank that names it. Only a later
	// rank replaces, so writes that name each other in a ring cannot empty the
	// register: the highest rank always stays.
	replacer := make(map[K]uint64, len(r.Writes))
	for _, w := range r.Writes {
		for _, p := range w.Pred {
			replacer[p] = max(replacer[p], w.Rank)
		}
	}
	var current []Write[K, T]
	for _, w := range r.Writes {
		if by, named := replacer[w.Key]; !named || by <= w.Rank {
			current = append(current, w)
		}
	}
	return current
}

// Value gives the default winner among the current writes.
func (r *Register[K, T]) Value() (value T, ok bool) {
	current := r.Current()
	if len(current) == 0 {
		return value, false
	}
	return current[len(current)-1].Value, true
}

// Heads gives the keys of the current writes: what a new write has to name in
// Pred to replace all that its author sees.
func (r *Register[K, T]) Heads() []K {
	current := r.Current()
	keys := make([]K, len(current))
	for i, w := range current {
		keys[i] = w.Key
	}
	return keys
}
