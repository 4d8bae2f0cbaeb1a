package oplog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// checkStructure checks the file as bbolt sees it. bbolt's own check follows
// page numbers and offsets unseen, in a goroutine where touching memory that is
// not there ends the program. So the tree is read here first, from the file and
// with every number bounded; what passes is safe for bbolt's check, which adds
// the free list.
func checkStructure(tx *bolt.Tx) error {
	f, err := os.Open(tx.DB().Path())
	if err != nil {
		return err
	}
	defer f.Close() // only read
	w := pageWalk{file: f, size: tx.DB().Info().PageSize, seen: make(map[uint64]bool)}
	w.pages = uint64(tx.Size()) / uint64(w.size)
	if err := w.tree(uint64(tx.Cursor().Bucket().Root()), 0); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var first error
	for err := range tx.Check() { // drained, or its goroutine never ends
		if first != nil {
			continue
		}
		first = fmt.Errorf("%w: %w", ErrDamaged, err)
		if strings.HasPrefix(err.Error(), "panic") { // what the library stumbled over tells a person nothing
			first = errPages
		}
	}
	return first
}

// The layout of a bbolt file, version 2: a page is id u64 | flags u16 |
// count u16 | overflow u32, then count elements of 16 bytes, then keys and
// values, all in the byte order of the machine.
const (
	pageHeader  = 16
	pageElement = 16
	pageBranch  = 1
	pageLeaf    = 2
	leafBucket  = 1  // flag of a leaf element: the value is a bucket
	bucketSize  = 16 // root u64 | sequence u64, and a page of its own if root is 0

	// maxDepth is past any real tree: pages hold dozens of keys each.
	maxDepth = 32
)

type pageWalk struct {
	file  io.ReaderAt
	size  int
	pages uint64
	seen  map[uint64]bool
}

// tree checks a page and all below it.
func (w *pageWalk) tree(id uint64, depth int) error {
	page, err := w.read(id, depth)
	if err != nil {
		return err
	}
	return w.elements(id, page, depth)
}

// read gives a page with its overflow pages, each of which is used once.
func (w *pageWalk) read(id uint64, depth int) ([]byte, error) {
	if id < 2 || id >= w.pages || depth > maxDepth {
		return nil, fmt.Errorf("page %d is out of place", id)
	}
	head := make([]byte, pageHeader)
	if _, err := w.file.ReadAt(head, int64(id)*int64(w.size)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head) != id || id+more >= w.pages {
		return nil, fmt.Errorf("page %d has a wrong header", id)
	}
	for n := id; n <= id+more; n++ {
		if w.seen[n] {
			return nil, fmt.Errorf("page %d is used twice", n)
		}
		w.seen[n] = true
	}
	page := make([]byte, int(more+1)*w.size)
	if _, err := w.file.ReadAt(page, int64(id)*int64(w.size)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return page, nil
}

// elements checks that a page's elements lie inside it, in order, and goes
// down where they lead.
func (w *pageWalk) elements(id uint64, page []byte, depth int) error {
	flags, count := binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:]))
	if (flags != pageBranch && flags != pageLeaf) || pageHeader+count*pageElement > len(page) || (flags == pageBranch && count == 0) {
		return fmt.Errorf("page %d has a wrong header", id)
	}
	var last []byte
	for i := range count {
		at := pageHeader + i*pageElement
		key, value, elem, err := element(page, at, flags)
		if err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("page %d: keys out of order", id)
		}
		last = key
		switch {
		case flags == pageBranch:
			err = w.tree(binary.NativeEndian.Uint64(elem[8:]), depth+1)
		case binary.NativeEndian.Uint32(elem)&leafBucket != 0:
			err = w.bucket(id, value, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// element cuts the key and value of the element at an offset out of a page.
func element(page []byte, at int, flags uint16) (key, value, elem []byte, err error) {
	elem = page[at : at+pageElement]
	pos, keySize, valueSize := binary.NativeEndian.Uint32(elem), binary.NativeEndian.Uint32(elem[4:]), uint32(0)
	if flags == pageLeaf {
		pos, keySize, valueSize = keySize, binary.NativeEndian.Uint32(elem[8:]), binary.NativeEndian.Uint32(elem[12:])
	}
	from := uint64(at) + uint64(pos)
	mid := from + uint64(keySize)
	end := mid + uint64(valueSize)
	if pos < pageElement || end > uint64(len(page)) {
		return nil, nil, nil, fmt.Errorf("entry reaches outside")
	}
	return page[from:mid], page[mid:end], elem, nil
}

func (w *pageWalk) bucket(id uint64, value []byte, depth int) error {
	if len(value) < bucketSize {
		return fmt.Errorf("page %d: bucket cut short", id)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return w.tree(root, depth+1)
	}
	if inline := value[bucketSize:]; len(inline) >= pageHeader && depth < maxDepth {
		return w.elements(id, inline, depth+1)
	}
	return fmt.Errorf("page %d: bucket cut short", id)
}
