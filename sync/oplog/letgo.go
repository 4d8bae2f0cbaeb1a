package oplog

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// A device that is no archive may let go of a feed's beginning. What it keeps is
// where the feed begins for it: the place, the chain hash and the device's
// signature there. So what follows is verified as before, and the beginning, should
// it come back, has to lead to the same hash. Nothing else changes: Heads still
// tell how far a feed is held, and every reader of what was let go gets ErrLetGo.

// begin is where what is held of a feed begins: after it. The zero value is the
// first commit.
type begin struct {
	model.Head
	sig []byte // of the commit at the place
	// fill is how much of what was let go is held again: from the first commit up
	// to there.
	fill model.Head
}

const beginSize = 8 + 32 + ed25519.SignatureSize + 8 + 32

func (b *begin) append(dst []byte) []byte {
	if b.Seq == 0 {
		return dst
	}
	dst = appendPlace(dst, b.Head)
	dst = append(dst, b.sig...)
	return appendPlace(dst, b.fill)
}

func appendPlace(dst []byte, h model.Head) []byte {
	return append(binary.BigEndian.AppendUint64(dst, h.Seq), h.Hash[:]...)
}

func place(b []byte) (h model.Head) {
	h.Seq = binary.BigEndian.Uint64(b)
	copy(h.Hash[:], b[8:40])
	return h
}

// decodeBegin reads what append wrote for a feed held up to head.
func decodeBegin(b []byte, head uint64) (begin, error) {
	if len(b) == 0 {
		return begin{}, nil
	}
	if len(b) != beginSize {
		return begin{}, ErrMalformed
	}
	d := begin{Head: place(b), sig: b[40 : 40+ed25519.SignatureSize : 40+ed25519.SignatureSize], fill: place(b[40+ed25519.SignatureSize:])}
	if d.Seq == 0 || d.Seq >= head || d.fill.Seq > d.Seq {
		return begin{}, ErrMalformed
	}
	return d, nil
}

// holds reports whether the record of a seq is there, as far as the beginning goes.
func (b *begin) holds(seq uint64) bool { return seq > b.Seq || seq <= b.fill.Seq }

// Begins gives the feeds whose beginning was let go, and after which commit what
// is held begins. The caller owns the map.
func (l *Log) Begins() model.Vector {
	l.mu.RLock()
	defer l.mu.RUnlock()
	v := model.Vector{}
	for id, s := range l.feeds {
		if s.begin.Seq > 0 {
			v[id] = s.begin.Head
		}
	}
	return v
}

// shortening is a change of where feeds begin, made while the store is written anew.
type shortening struct {
	feeds map[model.FeedID]*feedState // as they will be
}

// feed gives what a new file says of a feed.
func (c *shortening) feed(name, value []byte) []byte {
	if c == nil || len(name) != len(model.FeedID{}) {
		return value
	}
	if s, ok := c.feeds[model.FeedID(name)]; ok {
		return s.encode()
	}
	return value
}

// Signed gives the last place of a feed at or before seq whose signature is
// stored, zero where there is none that is held: a feed can begin there.
func (l *Log) Signed(feed model.FeedID, seq uint64) (at model.Head, err error) {
	s, ok := l.feed(feed)
	if !ok {
		return at, fmt.Errorf("feed %s: %w", feed.Short(), ErrNotHeld)
	}
	newest, stored := l.newest(feed, 1, min(seq, s.head.Seq))
	for _, c := range slices.Backward(newest) {
		if r, err := c.record(feed); err != nil || r.sig != nil {
			return model.Head{Seq: c.seq, Hash: c.hash}, err
		}
	}
	err = l.view(func(tx *bolt.Tx) error {
		err := eachBack(tx, feed, s.no, s.begin.Seq, min(seq, s.head.Seq, stored), func(p piece) (bool, error) {
			n, ok := p.signed(seq)
			if ok {
				at.Seq = n
			}
			return !ok, nil
		})
		if err != nil {
			return err
		}
		at.Hash, err = l.hashIn(tx, s, at.Seq)
		return err
	})
	return at, err
}

// errNoBegin says that a feed cannot begin where it is asked to.
var errNoBegin = errors.New("a feed begins after a commit that is held here under its hash, is signed, and is not the last")

// LetGo drops every commit of the feeds named up to the places given, which become
// where they begin. The caller has made sure that others hold them, and that
// whatever is made of them is kept.
//
// The store is written anew beside the old one, as by Compact: whenever the
// process ends, the path names the store with all or the one without. It belongs
// to the writer. Errors: those of Compact; ErrNotHeld where a feed is not held to
// there; ErrFork for a forked feed, which is kept whole.
func (l *Log) LetGo(to model.Vector) (Compacted, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.broken != nil {
		return Compacted{}, fmt.Errorf("let go: %w", l.broken)
	}
	if l.opts.ReadOnly {
		return Compacted{}, fmt.Errorf("let go: %w", ErrReadOnly)
	}
	if err := l.checkpoint(); err != nil {
		return Compacted{}, fmt.Errorf("let go: %w", err)
	}
	change, err := l.planLetGo(to)
	if err != nil {
		return Compacted{}, fmt.Errorf("let go: %w", err)
	}
	temp := compactPath(l.path)
	c, err := l.copyTo(temp, change)
	if err != nil {
		_ = os.Remove(temp) // a left-over is removed by the next Open
		return Compacted{}, fmt.Errorf("let go: %w", asDiskFull(err))
	}
	if err := l.swap(temp, func() { l.shorten(change, c.held) }); err != nil {
		// Which of the two files is there is not known now.
		l.broken = fmt.Errorf("%w (%w)", ErrReopen, err)
		return Compacted{}, fmt.Errorf("let go: %w", l.broken)
	}
	return c, nil
}

// shorten makes a change visible; the caller holds l.write.
func (l *Log) shorten(change *shortening, held uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	feeds := maps.Clone(l.feeds)
	maps.Copy(feeds, change.feeds)
	l.feeds, l.regain = feeds, false
	l.packed = held
	l.begun++
	l.gen++
}

// letGoSince gives err, unless it is that a record is missing because it was let
// go while it was looked for.
func (l *Log) letGoSince(feed model.FeedID, err error) error {
	var d *DamageError
	if !errors.As(err, &d) {
		return err
	}
	if s, ok := l.feed(feed); ok && !s.begin.holds(d.Seq) {
		return letGoAt(feed, d.Seq)
	}
	return err
}

func (l *Log) planLetGo(to model.Vector) (*shortening, error) {
	change := &shortening{feeds: map[model.FeedID]*feedState{}}
	for feed, at := range to {
		s, ok := l.feed(feed)
		if !ok || at.Seq <= s.begin.Seq || at.Seq >= s.head.Seq {
			return nil, fmt.Errorf("feed %s commit %d: %w: %w", feed.Short(), at.Seq, errNoBegin, ErrNotHeld)
		}
		if s.root != feed || l.forked(feed) {
			return nil, fmt.Errorf("feed %s: %w", feed.Short(), ErrFork)
		}
		c, err := l.At(feed, at.Seq)
		if err != nil {
			return nil, err
		}
		if c.Hash != at.Hash || c.Sig == nil || !verifySig(s.open.Device, c.Hash, c.Sig) {
			return nil, fmt.Errorf("feed %s commit %d: %w: %w", feed.Short(), at.Seq, errNoBegin, ErrNotHeld)
		}
		next := *s
		next.begin = begin{Head: at, sig: c.Sig}
		change.feeds[feed] = &next
	}
	return change, nil
}
