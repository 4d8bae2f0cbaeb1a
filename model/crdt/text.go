package crdt

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// Text is a text that several people write at once, together or apart. It
// keeps every character that nobody deleted, and what one person wrote in one
// go stays in one piece.
//
// It is Fugue (Weidner and Kleppmann, The Art of the Fugue, 2023): each
// character hangs on one that was there before it, on its left or its right,
// and the text is what a walk of that tree reads, siblings in the order of
// their names. The order is thus a pure function of the set of characters,
// whoever sent them and with whatever intent, which lists that search for the
// place (RGA, YATA) hold only for honest writers. RGA mixes what two people
// wrote from right to left at one place, and YATA can; Fugue mixes neither. It
// keeps one reference a run where YATA keeps two.
//
// Characters are Unicode code points. Those that follow on each other and were
// written one after the other are one span. Of a deleted character its place
// stays, and not what it was.
//
// The zero Text is empty and ready for use. It is not safe for concurrent use.
type Text[K Key[K]] struct {
	writers map[K]*writer[K]
	blocks  []*block[K]
	top     []*span[K] // what hangs on the start of the text
	waiting int        // changes that wait for others
	runes   int
	bytes   int
}

// Place names a character: the one its writer wrote as the Nth, from 0.
type Place[K Key[K]] struct {
	Writer K
	N      uint32
}

// Change is what one writer did to a text at once. Who the writer is, it does
// not say: Apply is told.
type Change[K Key[K]] struct {
	_ struct{} `cbor:",toarray"`
	// Start is how many characters the writer had written before.
	Start uint32
	// Writers are the others whose characters are named.
	Writers []K
	// Inserts are named Start, Start+1 and so on, a number for each character.
	Inserts []Insert
	Deletes []Range
}

// Values of Of in a change; from ofOthers on they count through its Writers.
const (
	ofStart  = 0 // the start of the text
	ofSelf   = 1 // the writer of the change
	ofOthers = 2
)

// Insert is a run of characters and what the first of them hangs on.
type Insert struct {
	_      struct{} `cbor:",toarray"`
	Of, N  uint32
	Before bool
	Text   string
}

// Range is a run of characters that were written one after the other.
type Range struct {
	_        struct{} `cbor:",toarray"`
	Of, N, C uint32   // C is how many
}

// Limits of one change. A larger edit is several changes.
const (
	// MaxChange bounds the text of a change, in bytes: as the text of any op.
	MaxChange = 32 << 10
	// MaxParts bounds its inserts and deletes; with it a change of deletes
	// alone stays as small as one of text. Up to twice as many are taken:
	// Rename may part a delete.
	MaxParts = 4096
	// maxCount bounds what one writer writes into one text, in characters: it
	// keeps sums of two numbers in 32 bits.
	maxCount = 1 << 31
)

// ErrChange is returned for a change that makes no sense. It is the same
// wherever the change is read, so all copies refuse it alike.
var ErrChange = errors.New("not a change of a text")

// writer is what one writer wrote.
type writer[K Key[K]] struct {
	key   K
	next  uint32     // how many characters of it are here: always the first ones
	spans []*span[K] // by N
	early []piece    // deleted before they came, by N, none touching another
	waits []Change[K]
}

type piece struct{ n, count uint32 }

// span is a run of characters of one writer, each hanging on the right of the
// one before. Others hang on the left of its first and the right of its last.
type span[K Key[K]] struct {
	by          *writer[K]
	block       *block[K]
	parent      *span[K] // nil is the start of the text
	left, right []*span[K]
	text        []byte // nil where deleted
	n, count    uint32
	before      bool // it hangs on the left of its parent
	deleted     bool
}

func (s *span[K]) end() uint32 { return s.n + s.count }

func (s *span[K]) compare(o *span[K]) int {
	if c := s.by.key.Compare(o.by.key); c != 0 {
		return c
	}
	return int(int64(s.n) - int64(o.n))
}

// Len is the length of the text, in characters.
func (t *Text[K]) Len() int { return t.runes }

// Size is the length of the text, in bytes.
func (t *Text[K]) Size() int { return t.bytes }

// Waiting counts the changes that wait for one that has not come.
func (t *Text[K]) Waiting() int { return t.waiting }

// Waits tells whether a change of a writer waits. What it writes next would
// wait as well.
func (t *Text[K]) Waits(by K) bool { return t.writers[by] != nil && len(t.writers[by].waits) > 0 }

// Unplaced gives the characters that wait, without a place in the text: what
// they hang on has not come.
func (t *Text[K]) Unplaced() string {
	var out []byte
	if t.waiting == 0 {
		return ""
	}
	for _, key := range slices.SortedFunc(maps.Keys(t.writers), K.Compare) {
		w := t.writers[key]
		for _, c := range w.waits {
			n := c.Start
			for _, i := range c.Inserts {
				for _, r := range i.Text {
					if !w.isEarly(n) {
						out = utf8.AppendRune(out, r)
					}
					n++
				}
			}
		}
	}
	return string(out)
}

// isEarly tells whether a character was deleted before it came.
func (w *writer[K]) isEarly(n uint32) bool {
	return slices.ContainsFunc(w.early, func(p piece) bool { return n >= p.n && n-p.n < p.count })
}

// String gives the text.
func (t *Text[K]) String() string {
	out := make([]byte, 0, t.bytes)
	for _, b := range t.blocks {
		for _, s := range b.spans {
			out = append(out, s.text...)
		}
	}
	return string(out)
}

// Written tells how many characters of a writer are here: the Start of its
// next change.
func (t *Text[K]) Written(by K) uint32 {
	if w := t.writers[by]; w != nil {
		return w.next
	}
	return 0
}

// Apply takes a change. One that was taken before changes nothing; one that
// hangs on what has not come waits. Of two changes a writer gives the same
// names, the first counts: who owns the text keeps the order of each writer
// where writers may lie. The error wraps ErrChange.
func (t *Text[K]) Apply(by K, c Change[K]) error {
	if err := c.check(); err != nil {
		return err
	}
	for _, d := range c.Deletes {
		t.remove(t.writer(c.key(by, d.Of)), d.N, d.C)
	}
	if len(c.Inserts) == 0 {
		return nil
	}
	switch w := t.writer(by); {
	case c.Start < w.next:
	case t.ready(w, c):
		t.insertAll(w, c)
		t.wake()
	default:
		at, found := slices.BinarySearchFunc(w.waits, c.Start, func(c Change[K], start uint32) int {
			return int(int64(c.Start) - int64(start))
		})
		if !found {
			w.waits = slices.Insert(w.waits, at, c)
			t.waiting++
		}
	}
	return nil
}

func (c *Change[K]) check() error {
	size, count, known := 0, uint64(c.Start), uint32(len(c.Writers)+ofOthers)
	for _, i := range c.Inserts {
		if i.Text == "" || !utf8.ValidString(i.Text) || i.Of >= known {
			return fmt.Errorf("%w: an insert is empty, no UTF-8 or hangs on nothing", ErrChange)
		}
		size += len(i.Text)
		count += uint64(utf8.RuneCountInString(i.Text))
	}
	for _, d := range c.Deletes {
		if d.Of == ofStart || d.Of >= known || d.C == 0 || uint64(d.N)+uint64(d.C) > maxCount {
			return fmt.Errorf("%w: a delete names nothing", ErrChange)
		}
	}
	if size > MaxChange || len(c.Inserts)+len(c.Deletes) > 2*MaxParts || len(c.Writers) > MaxParts || count > maxCount {
		return fmt.Errorf("%w: it is larger than one may be", ErrChange)
	}
	return nil
}

// Count gives how many characters a change writes and deletes.
func (c *Change[K]) Count() (written, deleted uint64) {
	for _, i := range c.Inserts {
		written += uint64(utf8.RuneCountInString(i.Text))
	}
	for _, d := range c.Deletes {
		deleted += uint64(d.C)
	}
	return written, deleted
}

// key gives the writer a change names.
func (c *Change[K]) key(by K, of uint32) K {
	if of == ofSelf {
		return by
	}
	return c.Writers[of-ofOthers]
}

func (t *Text[K]) writer(key K) *writer[K] {
	w := t.writers[key]
	if w == nil {
		if t.writers == nil {
			t.writers = map[K]*writer[K]{}
		}
		w = &writer[K]{key: key}
		t.writers[key] = w
	}
	return w
}

// ready tells whether all is here that a change hangs on.
func (t *Text[K]) ready(w *writer[K], c Change[K]) bool {
	if c.Start != w.next {
		return false
	}
	own := w.next
	for _, i := range c.Inserts {
		switch {
		case i.Of == ofStart:
		case i.Of == ofSelf:
			if i.N >= own {
				return false
			}
		case i.N >= t.Written(c.key(w.key, i.Of)):
			return false
		}
		own += uint32(utf8.RuneCountInString(i.Text))
	}
	return true
}

// wake takes the changes that waited for what has come.
func (t *Text[K]) wake() {
	for more := t.waiting > 0; more; {
		more = false
		for _, w := range t.writers {
			n := 0
			for ; n < len(w.waits) && (w.waits[n].Start < w.next || t.ready(w, w.waits[n])); n++ {
				if w.waits[n].Start == w.next {
					t.insertAll(w, w.waits[n])
					more = true
				}
			}
			w.waits = slices.Delete(w.waits, 0, n)
			t.waiting -= n
		}
	}
}

func (t *Text[K]) insertAll(w *writer[K], c Change[K]) {
	for _, i := range c.Inserts {
		s := &span[K]{by: w, n: w.next, count: uint32(utf8.RuneCountInString(i.Text)), text: []byte(i.Text)}
		w.next = s.end()
		n, count := s.n, s.count
		switch {
		case i.Of == ofStart:
			t.hangFirst(s)
		case i.Before:
			t.hangBefore(t.writers[c.key(w.key, i.Of)], i.N, s)
		default:
			t.hangAfter(t.writers[c.key(w.key, i.Of)], i.N, s)
		}
		t.catchUp(w, n, count)
	}
}

// catchUp deletes what was deleted before it came.
func (t *Text[K]) catchUp(w *writer[K], n, count uint32) {
	for len(w.early) > 0 && w.early[0].n < n+count {
		p := w.early[0]
		here := min(p.count, n+count-p.n)
		if w.early[0].n, w.early[0].count = p.n+here, p.count-here; w.early[0].count == 0 {
			w.early = slices.Delete(w.early, 0, 1)
		}
		if len(w.early) == 0 {
			w.early = nil
		}
		t.remove(w, p.n, here)
	}
}
