package crdt

import (
	"slices"
	"unicode/utf8"
)

// hangFirst hangs a span on the start of the text.
func (t *Text[K]) hangFirst(s *span[K]) {
	at := sibling(&t.top, s)
	switch {
	case at > 0:
		t.putAfter(last(t.top[at-1]), s)
	case len(t.blocks) > 0:
		t.putBefore(t.blocks[0].spans[0], s)
	default:
		b := &block[K]{}
		t.blocks = append(t.blocks, b)
		t.put(b, 0, s)
	}
	s.by.spans = append(s.by.spans, s)
}

// hangAfter hangs a span on the right of a character.
func (t *Text[K]) hangAfter(w *writer[K], n uint32, s *span[K]) {
	p := t.span(w, n)
	if n+1 < p.end() {
		t.split(p, n+1)
	}
	if p.by == s.by && p.end() == s.n && len(p.right) == 0 && !p.deleted {
		p.text, p.count = append(p.text, s.text...), p.count+s.count
		t.grow(p.block, int(s.count), len(s.text))
		return
	}
	s.parent = p
	at := sibling(&p.right, s)
	if at > 0 {
		p = last(p.right[at-1])
	}
	t.putAfter(p, s)
	s.by.spans = append(s.by.spans, s)
}

// hangBefore hangs a span on the left of a character.
func (t *Text[K]) hangBefore(w *writer[K], n uint32, s *span[K]) {
	p := t.span(w, n)
	if n > p.n {
		p = t.split(p, n)
	}
	s.parent, s.before = p, true
	at := sibling(&p.left, s)
	if at+1 < len(p.left) {
		p = first(p.left[at+1])
	}
	t.putBefore(p, s)
	s.by.spans = append(s.by.spans, s)
}

// sibling puts a span among its siblings, and tells where.
func sibling[K Key[K]](among *[]*span[K], s *span[K]) int {
	at, _ := slices.BinarySearchFunc(*among, s, (*span[K]).compare)
	*among = slices.Insert(*among, at, s)
	return at
}

// last gives the last span of what hangs on s.
func last[K Key[K]](s *span[K]) *span[K] {
	for len(s.right) > 0 {
		s = s.right[len(s.right)-1]
	}
	return s
}

// first gives the first span of what hangs on s.
func first[K Key[K]](s *span[K]) *span[K] {
	for len(s.left) > 0 {
		s = s.left[0]
	}
	return s
}

// span finds the span of a character that is here.
func (t *Text[K]) span(w *writer[K], n uint32) *span[K] { return w.spans[w.find(n)] }

// find gives the place of a character's span among those of its writer.
func (w *writer[K]) find(n uint32) int {
	at, found := slices.BinarySearchFunc(w.spans, n, func(s *span[K], n uint32) int { return int(int64(s.n) - int64(n)) })
	if !found {
		at--
	}
	return at
}

// split cuts a span before a character inside it and gives the second part,
// which hangs on the first.
func (t *Text[K]) split(s *span[K], n uint32) *span[K] {
	rest := &span[K]{by: s.by, parent: s, n: n, count: s.end() - n, right: s.right, deleted: s.deleted}
	for _, child := range rest.right {
		child.parent = rest
	}
	s.right, s.count = []*span[K]{rest}, n-s.n
	if !s.deleted {
		cut := offset(s.text, int(s.count))
		rest.text, s.text = s.text[cut:], s.text[:cut:cut]
		t.grow(s.block, -int(rest.count), -len(rest.text))
	}
	t.putAfter(s, rest)
	s.by.spans = slices.Insert(s.by.spans, s.by.find(s.n)+1, rest)
	return rest
}

// join makes one span of two that could have been written as one.
func (t *Text[K]) join(s, rest *span[K]) {
	if s == nil || s.by != rest.by || s.end() != rest.n || s.deleted != rest.deleted || rest.before ||
		len(s.right) != 1 || len(rest.left) > 0 {
		return
	}
	s.count, s.right = s.count+rest.count, rest.right
	for _, child := range s.right {
		child.parent = s
	}
	t.drop(rest)
	at := s.by.find(s.n)
	s.by.spans = slices.Delete(s.by.spans, at+1, at+2)
}

// remove deletes characters, or notes that they are deleted where they have
// not come yet.
func (t *Text[K]) remove(w *writer[K], n, count uint32) {
	end := n + count
	if end > w.next {
		from := max(n, w.next)
		w.delay(piece{from, end - from})
		end = min(end, w.next)
	}
	for n < end {
		s := t.span(w, n)
		to := min(s.end(), end)
		if !s.deleted {
			if n > s.n {
				s = t.split(s, n)
			}
			if to < s.end() {
				t.split(s, to)
			}
			t.grow(s.block, -int(s.count), -len(s.text))
			s.text, s.deleted = nil, true
			if len(s.right) == 1 {
				t.join(s, s.right[0])
			}
			t.join(s.parent, s)
		}
		n = to
	}
}

// delay notes the deletion of characters that have not come.
func (w *writer[K]) delay(p piece) {
	at, _ := slices.BinarySearchFunc(w.early, p.n, func(e piece, n uint32) int { return int(int64(e.n) - int64(n)) })
	if at > 0 && w.early[at-1].n+w.early[at-1].count >= p.n {
		at--
	}
	to, end := at, p.n+p.count
	for ; to < len(w.early) && w.early[to].n <= end; to++ {
		p.n, end = min(p.n, w.early[to].n), max(end, w.early[to].n+w.early[to].count)
	}
	p.count = end - p.n
	w.early = slices.Replace(w.early, at, to, p)
}

// offset gives where the nth character of a text begins, in bytes.
func offset(text []byte, n int) int {
	if n >= len(text) {
		return len(text)
	}
	at := 0
	for range n {
		if text[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}
