package crdt

import "slices"

// block holds a stretch of the text's spans, so that a place is found by two
// short searches and an insert moves few of them.
type block[K Key[K]] struct {
	spans []*span[K]
	at    int // place among the blocks
	runes int // of the text in it
}

// maxBlock is the most spans of a block; from 32 to 128 it makes no difference.
const maxBlock = 64

// grow counts what came into a block or left it.
func (t *Text[K]) grow(b *block[K], runes, bytes int) {
	b.runes += runes
	t.runes += runes
	t.bytes += bytes
}

func (t *Text[K]) putAfter(at, s *span[K]) { t.put(at.block, slices.Index(at.block.spans, at)+1, s) }

func (t *Text[K]) putBefore(at, s *span[K]) { t.put(at.block, slices.Index(at.block.spans, at), s) }

// put places a span in a block.
func (t *Text[K]) put(b *block[K], at int, s *span[K]) {
	b.spans = slices.Insert(b.spans, at, s)
	s.block = b
	if !s.deleted {
		t.grow(b, int(s.count), len(s.text))
	}
	if len(b.spans) <= maxBlock {
		return
	}
	half := &block[K]{spans: slices.Clone(b.spans[maxBlock/2:])}
	clear(b.spans[maxBlock/2:])
	b.spans = b.spans[:maxBlock/2]
	for _, s := range half.spans {
		s.block = half
		if !s.deleted {
			half.runes += int(s.count)
			b.runes -= int(s.count)
		}
	}
	t.blocks = slices.Insert(t.blocks, b.at+1, half)
	t.number(b.at + 1)
}

// drop takes a deleted span out of its block.
func (t *Text[K]) drop(s *span[K]) {
	b := s.block
	at := slices.Index(b.spans, s)
	b.spans = slices.Delete(b.spans, at, at+1)
	if len(b.spans) == 0 {
		t.blocks = slices.Delete(t.blocks, b.at, b.at+1)
		t.number(b.at)
	}
}

func (t *Text[K]) number(from int) {
	for i, b := range t.blocks[from:] {
		b.at = from + i
	}
}

// spot is a character of the text that can be seen.
type spot[K Key[K]] struct {
	block *block[K]
	at    int    // place of its span in the block
	off   uint32 // place of it in the span
}

func (s spot[K]) span() *span[K] { return s.block.spans[s.at] }

// locate finds the character at a position; false past the end.
func (t *Text[K]) locate(pos int) (spot[K], bool) {
	for _, b := range t.blocks {
		if pos >= b.runes {
			pos -= b.runes
			continue
		}
		for i, s := range b.spans {
			switch {
			case s.deleted:
			case pos < int(s.count):
				return spot[K]{b, i, uint32(pos)}, true
			default:
				pos -= int(s.count)
			}
		}
	}
	return spot[K]{}, false
}

// next gives the first character of the next span that can be seen.
func (t *Text[K]) next(s spot[K]) (spot[K], bool) {
	b, from := s.block, s.at+1
	for {
		for i := from; i < len(b.spans); i++ {
			if !b.spans[i].deleted {
				return spot[K]{b, i, 0}, true
			}
		}
		if b.at+1 == len(t.blocks) {
			return spot[K]{}, false
		}
		b, from = t.blocks[b.at+1], 0
	}
}

// position counts the characters before one.
func (t *Text[K]) position(s *span[K], n uint32) int {
	pos := 0
	for _, b := range t.blocks[:s.block.at] {
		pos += b.runes
	}
	for _, o := range s.block.spans {
		if o == s {
			break
		}
		if !o.deleted {
			pos += int(o.count)
		}
	}
	if !s.deleted {
		pos += int(n - s.n)
	}
	return pos
}

// Cursor is a place between two characters: beside one of them, on its left
// (Before) or its right. It stays beside it whatever others write, and where
// the character was once that is deleted. The zero Cursor is the start.
type Cursor[K Key[K]] struct {
	Of     Place[K]
	Before bool
	// Set is false for the ends of the text: the start, or with Before the end.
	Set bool
}

// CursorAt gives the cursor at a position, in characters. before says to which
// side it keeps: what is inserted right there comes before it.
func (t *Text[K]) CursorAt(pos int, before bool) Cursor[K] {
	pos = min(max(pos, 0), t.runes)
	if !before {
		pos--
	}
	if pos < 0 || pos == t.runes {
		return Cursor[K]{Before: before}
	}
	s, _ := t.locate(pos)
	return Cursor[K]{Of: Place[K]{s.span().by.key, s.span().n + s.off}, Before: before, Set: true}
}

// Position gives where a cursor is, in characters; the start where its
// character has not come here.
func (t *Text[K]) Position(c Cursor[K]) int {
	if !c.Set {
		if c.Before {
			return t.runes
		}
		return 0
	}
	if c.Of.N >= t.Written(c.Of.Writer) {
		return 0
	}
	s := t.span(t.writers[c.Of.Writer], c.Of.N)
	pos := t.position(s, c.Of.N)
	if !c.Before && !s.deleted {
		pos++
	}
	return pos
}
