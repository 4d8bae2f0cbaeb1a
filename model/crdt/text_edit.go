package crdt

import (
	"errors"
	"slices"
	"unicode/utf8"
)

// Version names the characters of a text as somebody saw it, in their order.
// With it an edit is made against what was seen, whatever came since.
type Version[K Key[K]] []Run[K]

// Run is characters of one writer that follow on each other.
type Run[K Key[K]] struct {
	_     struct{} `cbor:",toarray"`
	By    K
	N     uint32
	Count uint32
}

// ErrVersion is returned for a version that is not of this text.
var ErrVersion = errors.New("this is no version of the text that is here")

// Version gives the version of what can be seen now.
func (t *Text[K]) Version() Version[K] {
	var v Version[K]
	for _, b := range t.blocks {
		for _, s := range b.spans {
			if s.deleted {
				continue
			}
			if n := len(v); n > 0 && v[n-1].By == s.by.key && v[n-1].N+v[n-1].Count == s.n {
				v[n-1].Count += s.count
				continue
			}
			v = append(v, Run[K]{By: s.by.key, N: s.n, Count: s.count})
		}
	}
	return v
}

// Replace gives the changes that put text in the place of some characters:
// what an editor sends for a key. It changes nothing itself. text is UTF-8.
func (t *Text[K]) Replace(by K, at, deleted int, text string) []Change[K] {
	at = min(max(at, 0), t.runes)
	deleted = min(max(deleted, 0), t.runes-at)
	w := writing[K]{t: t, by: by, next: t.Written(by)}
	if text != "" {
		w.insert(t.before(at), text)
	}
	s, ok := t.locate(at)
	for ok && deleted > 0 {
		n := min(deleted, int(s.span().count-s.off))
		w.remove(s.span().by.key, s.span().n+s.off, uint32(n))
		deleted -= n
		s, ok = t.next(s)
	}
	return w.changes
}

// Edit gives the changes that make the text another one.
func (t *Text[K]) Edit(by K, text string) []Change[K] {
	changes, err := t.EditFrom(by, t.Version(), t.String(), text)
	if err != nil {
		panic(err) // the version is of this text, and of what was seen
	}
	return changes
}

// EditFrom gives the changes that do to the text what made text of what was
// seen. It changes nothing itself. The error is ErrVersion where v does not
// name the characters of seen, or some that are not here.
func (t *Text[K]) EditFrom(by K, v Version[K], seen, text string) ([]Change[K], error) {
	total := 0
	for _, r := range v {
		if uint64(r.N)+uint64(r.Count) > uint64(t.Written(r.By)) {
			return nil, ErrVersion
		}
		total += int(r.Count)
	}
	if total != utf8.RuneCountInString(seen) {
		return nil, ErrVersion
	}
	w := writing[K]{t: t, by: by, next: t.Written(by)}
	run, from := 0, 0 // the run a hunk begins in, and its position
	for _, h := range diff(seen, text) {
		for run < len(v) && from+int(v[run].Count) < h.at {
			from += int(v[run].Count)
			run++
		}
		if h.text != "" {
			w.insert(t.beside(v, run, h.at-from), h.text)
		}
		for i, off := run, uint32(h.at-from); h.deleted > 0; i, off = i+1, 0 {
			if n := min(uint32(h.deleted), v[i].Count-off); n > 0 {
				w.remove(v[i].By, v[i].N+off, n)
				h.deleted -= int(n)
			}
		}
	}
	return w.changes, nil
}

// anchor is what a run of characters hangs on; no span is the start.
type anchor[K Key[K]] struct {
	on     *span[K]
	n      uint32
	before bool
}

// before gives the anchor of what is written at a position.
func (t *Text[K]) before(pos int) anchor[K] {
	if pos == 0 {
		return t.atStart()
	}
	s, _ := t.locate(pos - 1)
	return t.after(s.span(), s.span().n+s.off)
}

// beside gives the anchor after off characters of a run of a version.
func (t *Text[K]) beside(v Version[K], run, off int) anchor[K] {
	if off == 0 && run == 0 || len(v) == 0 {
		return t.atStart()
	}
	n := v[run].N + uint32(off) - 1
	return t.after(t.span(t.writers[v[run].By], n), n)
}

func (t *Text[K]) atStart() anchor[K] {
	if len(t.blocks) == 0 {
		return anchor[K]{}
	}
	s := t.blocks[0].spans[0]
	return anchor[K]{on: s, n: s.n, before: true}
}

// after gives the anchor of what is written after a character: the character
// itself, or where something hangs there already, what comes next.
func (t *Text[K]) after(s *span[K], n uint32) anchor[K] {
	switch {
	case n+1 < s.end():
		return anchor[K]{on: s, n: n + 1, before: true}
	case len(s.right) == 0:
		return anchor[K]{on: s, n: n}
	}
	next := first(s.right[0])
	return anchor[K]{on: next, n: next.n, before: true}
}

// writing gathers changes, each within the limits of one.
type writing[K Key[K]] struct {
	t       *Text[K]
	by      K
	next    uint32
	size    int // of the last change
	changes []Change[K]
}

// change gives the change the next part goes into.
func (w *writing[K]) change() *Change[K] {
	n := len(w.changes)
	if n == 0 || len(w.changes[n-1].Inserts)+len(w.changes[n-1].Deletes) == MaxParts || w.size == MaxChange {
		w.changes, w.size = append(w.changes, Change[K]{Start: w.next}), 0
		n++
	}
	return &w.changes[n-1]
}

func (w *writing[K]) insert(at anchor[K], text string) {
	i := Insert{}
	for text != "" {
		c := w.change()
		part := text[:cut(text, MaxChange-w.size)]
		if part == "" { // not even one character fits
			w.size = MaxChange
			continue
		}
		switch {
		case i.Text != "":
			i = Insert{Of: ofSelf, N: w.next - 1}
		case at.on != nil:
			i = Insert{Of: c.of(w.by, at.on.by.key), N: at.n, Before: at.before}
		}
		i.Text = part
		c.Inserts = append(c.Inserts, i)
		w.size += len(part)
		w.next += uint32(utf8.RuneCountInString(part))
		text = text[len(part):]
	}
}

func (w *writing[K]) remove(of K, n, count uint32) {
	c := w.change()
	c.Deletes = append(c.Deletes, Range{Of: c.of(w.by, of), N: n, C: count})
}

// of gives how a change names a writer.
func (c *Change[K]) of(by, key K) uint32 {
	if key == by {
		return ofSelf
	}
	at := slices.Index(c.Writers, key)
	if at < 0 {
		at = len(c.Writers)
		c.Writers = append(c.Writers, key)
	}
	return uint32(at) + ofOthers
}

// cut gives the bytes of a text that go into a limit without parting a
// character.
func cut(text string, limit int) int {
	if len(text) <= limit {
		return len(text)
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return limit
}
