package crdt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// textForm is a text as bytes: equal texts, whatever order their changes came
// in, have equal bytes.
type textForm[K Key[K]] struct {
	_       struct{} `cbor:",toarray"`
	Writers []writerForm[K]
	// Spans in the order of the text, each five numbers: its writer, its first
	// character, its length with two flags, and the writer (from 1; 0 is the
	// start) and number of the character it hangs on.
	Spans []byte
	// Text is what can be seen, without the deleted spans.
	Text []byte
}

type writerForm[K Key[K]] struct {
	_     struct{} `cbor:",toarray"`
	Key   K
	Next  uint32
	Early []uint32 // pairs: number and count
	Waits []Change[K]
}

// Flags in the length of a span.
const (
	flagDeleted = 1
	flagBefore  = 2
	flagBits    = 2
)

var (
	encMode = func() cbor.EncMode {
		m, err := cbor.CoreDetEncOptions().EncMode()
		if err != nil {
			panic(err) // the options are constants of the library
		}
		return m
	}()
	decMode = func() cbor.DecMode {
		m, err := cbor.DecOptions{MaxArrayElements: 1 << 20, MaxNestedLevels: 8, IndefLength: cbor.IndefLengthForbidden}.DecMode()
		if err != nil {
			panic(err)
		}
		return m
	}()
)

// MarshalCBOR gives the text as bytes.
func (t *Text[K]) MarshalCBOR() ([]byte, error) {
	form := textForm[K]{Text: []byte(t.String())}
	place := map[*writer[K]]uint64{}
	for _, key := range slices.SortedFunc(maps.Keys(t.writers), K.Compare) {
		w := t.writers[key]
		place[w] = uint64(len(form.Writers))
		f := writerForm[K]{Key: key, Next: w.next}
		for _, p := range w.early {
			f.Early = append(f.Early, p.n, p.count)
		}
		for _, c := range w.waits {
			// Its deletes were taken when it came.
			f.Waits = append(f.Waits, Change[K]{Start: c.Start, Writers: c.Writers, Inserts: c.Inserts})
		}
		form.Writers = append(form.Writers, f)
	}
	for _, b := range t.blocks {
		for _, s := range b.spans {
			form.Spans = appendSpan(form.Spans, s, place)
		}
	}
	out, err := encMode.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("encode text: %w", err)
	}
	return out, nil
}

func appendSpan[K Key[K]](out []byte, s *span[K], place map[*writer[K]]uint64) []byte {
	size := uint64(s.count) << flagBits
	if s.deleted {
		size |= flagDeleted
	}
	if s.before {
		size |= flagBefore
	}
	out = binary.AppendUvarint(out, place[s.by])
	out = binary.AppendUvarint(out, uint64(s.n))
	out = binary.AppendUvarint(out, size)
	switch {
	case s.parent == nil:
		return append(out, 0, 0)
	case s.before:
		out = binary.AppendUvarint(out, place[s.parent.by]+1)
		return binary.AppendUvarint(out, uint64(s.parent.n))
	}
	out = binary.AppendUvarint(out, place[s.parent.by]+1)
	return binary.AppendUvarint(out, uint64(s.parent.end()-1))
}

// ErrText is returned for bytes that are no text.
var ErrText = errors.New("the bytes are no text")

// UnmarshalCBOR reads what MarshalCBOR gave. The error wraps ErrText.
func (t *Text[K]) UnmarshalCBOR(b []byte) error {
	var form textForm[K]
	if err := decMode.Unmarshal(b, &form); err != nil {
		return fmt.Errorf("%w: %w", ErrText, err)
	}
	*t = Text[K]{}
	writers := make([]*writer[K], len(form.Writers))
	for i, f := range form.Writers {
		if i > 0 && form.Writers[i-1].Key.Compare(f.Key) >= 0 {
			return fmt.Errorf("%w: its writers are out of order", ErrText)
		}
		writers[i] = t.writer(f.Key)
		if err := t.fill(writers[i], f); err != nil {
			return err
		}
	}
	hangs, err := t.readSpans(form, writers)
	if err != nil {
		return err
	}
	return t.hang(hangs)
}

// fill reads what is known of a writer.
func (t *Text[K]) fill(w *writer[K], f writerForm[K]) error {
	w.next = f.Next
	end := uint64(f.Next)
	for i := 0; i+1 < len(f.Early); i += 2 {
		p := piece{f.Early[i], f.Early[i+1]}
		if uint64(p.n) < end || p.count == 0 || i > 0 && uint64(p.n) == end {
			return fmt.Errorf("%w: a deletion is out of order", ErrText)
		}
		end = uint64(p.n) + uint64(p.count)
		w.early = append(w.early, p)
	}
	last := int64(-1)
	for _, c := range f.Waits {
		if c.check() != nil || len(c.Inserts) == 0 || int64(c.Start) <= last || c.Start < w.next {
			return fmt.Errorf("%w: what waits is out of order", ErrText)
		}
		last = int64(c.Start)
		w.waits = append(w.waits, c)
		t.waiting++
	}
	if len(f.Early)%2 != 0 || f.Next > maxCount || end > maxCount {
		return fmt.Errorf("%w: a number is missing or too large", ErrText)
	}
	return nil
}

// hanging is a span and the name of what it hangs on.
type hanging[K Key[K]] struct {
	*span[K]
	on *writer[K]
	n  uint32
}

// readSpans reads the spans into blocks.
func (t *Text[K]) readSpans(form textForm[K], writers []*writer[K]) ([]hanging[K], error) {
	if !utf8.Valid(form.Text) {
		return nil, fmt.Errorf("%w: it is no UTF-8", ErrText)
	}
	var hangs []hanging[K]
	text := slices.Clone(form.Text)
	for in := form.Spans; len(in) > 0; {
		h, rest, err := readSpan(in, writers)
		if err != nil {
			return nil, err
		}
		if in = rest; !h.deleted {
			cut := offset(text, int(h.count))
			if utf8.RuneCount(text[:cut]) != int(h.count) {
				return nil, fmt.Errorf("%w: it is shorter than its spans", ErrText)
			}
			h.text, text = text[:cut:cut], text[cut:]
		}
		hangs = append(hangs, h)
		h.by.spans = append(h.by.spans, h.span)
		t.append(h.span)
	}
	if len(text) > 0 {
		return nil, fmt.Errorf("%w: it is longer than its spans", ErrText)
	}
	for _, w := range writers {
		if err := w.whole(); err != nil {
			return nil, err
		}
	}
	return hangs, nil
}

func readSpan[K Key[K]](in []byte, writers []*writer[K]) (h hanging[K], rest []byte, err error) {
	var v [5]uint64
	for i := range v {
		n, size := binary.Uvarint(in)
		if size <= 0 || n >= maxCount<<flagBits {
			return h, nil, fmt.Errorf("%w: a span is cut off", ErrText)
		}
		v[i], in = n, in[size:]
	}
	s := &span[K]{n: uint32(v[1]), count: uint32(v[2] >> flagBits), deleted: v[2]&flagDeleted != 0, before: v[2]&flagBefore != 0}
	if v[0] >= uint64(len(writers)) || v[3] > uint64(len(writers)) || s.count == 0 || v[1]+uint64(s.count) > uint64(writers[v[0]].next) {
		return h, nil, fmt.Errorf("%w: a span is of nobody", ErrText)
	}
	s.by = writers[v[0]]
	h = hanging[K]{span: s, n: uint32(v[4])}
	if v[3] > 0 {
		h.on = writers[v[3]-1]
	}
	return h, in, nil
}

// whole sorts the spans of a writer, and demands that they hold each of its
// characters once.
func (w *writer[K]) whole() error {
	slices.SortFunc(w.spans, (*span[K]).compare)
	end := uint32(0)
	for _, s := range w.spans {
		if s.n != end {
			return fmt.Errorf("%w: characters are missing or come twice", ErrText)
		}
		end = s.end()
	}
	if end != w.next {
		return fmt.Errorf("%w: the last characters are missing", ErrText)
	}
	return nil
}

// append puts a span at the end of the text.
func (t *Text[K]) append(s *span[K]) {
	n := len(t.blocks)
	if n == 0 || len(t.blocks[n-1].spans) == maxBlock/2 {
		t.blocks = append(t.blocks, &block[K]{at: n})
		n++
	}
	b := t.blocks[n-1]
	t.put(b, len(b.spans), s)
}

// hang joins the spans to a tree, and demands that a walk of it reads them in
// the order in which they came.
func (t *Text[K]) hang(hangs []hanging[K]) error {
	for _, h := range hangs {
		if h.on == nil {
			t.top = append(t.top, h.span)
			continue
		}
		if h.n >= h.on.next {
			return fmt.Errorf("%w: a span hangs on nothing", ErrText)
		}
		p := t.span(h.on, h.n)
		h.parent = p
		switch {
		case h.before && h.n == p.n:
			p.left = append(p.left, h.span)
		case !h.before && h.n == p.end()-1:
			p.right = append(p.right, h.span)
		default:
			return fmt.Errorf("%w: a span hangs inside another", ErrText)
		}
	}
	slices.SortFunc(t.top, (*span[K]).compare)
	for _, h := range hangs {
		slices.SortFunc(h.left, (*span[K]).compare)
		slices.SortFunc(h.right, (*span[K]).compare)
	}
	at := 0
	for s := range walk(t.top) {
		if at == len(hangs) || hangs[at].span != s {
			return fmt.Errorf("%w: its spans are out of order", ErrText)
		}
		at++
	}
	if at != len(hangs) {
		return fmt.Errorf("%w: spans hang on each other", ErrText)
	}
	return nil
}

// walk reads a tree from left to right; it may be as deep as it is large.
func walk[K Key[K]](top []*span[K]) func(func(*span[K]) bool) {
	return func(yield func(*span[K]) bool) {
		type step struct {
			s    *span[K]
			seen bool // what hangs on its left was read
		}
		var stack []step
		push := func(list []*span[K]) {
			for _, s := range slices.Backward(list) {
				stack = append(stack, step{s: s})
			}
		}
		push(top)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !at.seen {
				stack = append(stack, step{at.s, true})
				push(at.s.left)
				continue
			}
			if !yield(at.s) {
				return
			}
			push(at.s.right)
		}
	}
}
