package bundle

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"

	"holdfast/model"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
)

// Export writes what a room holds after since, which may be nil for all. What
// is written while it runs may be left out, and what was let go is: the summary says
// how much.
func Export(w io.Writer, room *replica.Replica, since model.Vector) (Summary, error) {
	return export(w, room, since, room.Heads())
}

// ExportIncident is Export of what a room has to hold for one incident: see
// replica.Reach. It is a bundle like any other, taken by who has nothing of the
// room but its keys, and by who has all.
func ExportIncident(w io.Writer, room *replica.Replica, since model.Vector, incident model.ID) (Summary, error) {
	heads, err := room.Reach(incident)
	if err != nil {
		return Summary{}, fmt.Errorf("write the bundle: %w", err)
	}
	return export(w, room, since, heads)
}

// export writes the feeds of heads after since, up to there or little further:
// where the next signature is.
func export(w io.Writer, room *replica.Replica, since, heads model.Vector) (Summary, error) {
	reaches := heads.Clone()
	for feed, head := range since {
		// A device that has less than the bundle before it says what that one
		// reached, so that a chain of bundles never goes back.
		if reaches[feed].Seq < head.Seq {
			reaches[feed] = head
		}
	}
	out := newWriter(w, magic)
	head, err := encodeHeader(Header{Room: room.Room(), Reaches: reaches})
	if err != nil {
		return Summary{}, fmt.Errorf("write the bundle: %w", err)
	}
	out.record(head)
	s := Summary{Room: room.Room().String()}
	begins := room.Begins()
	for _, feed := range sorted(heads) {
		after := start(since[feed], heads[feed])
		if begin := begins[feed].Seq; after < begin {
			s.LetGo += begin - after
			after = begin
		}
		n, err := out.feed(room, feed, after, heads[feed].Seq)
		if err != nil {
			return s, fmt.Errorf("write the bundle: %w", err)
		}
		if s.Commits += n; n > 0 {
			s.Feeds++
		}
	}
	if err := out.end(); err != nil {
		return s, fmt.Errorf("write the bundle: %w", err)
	}
	return s, nil
}

// start is the commit after which a feed is written. Where the bundle before
// holds another branch of a forked feed, that is the first.
func start(since, head model.Head) uint64 {
	if since.Seq == head.Seq && since.Hash != head.Hash {
		return 0
	}
	return since.Seq
}

func sorted(v model.Vector) []model.FeedID {
	return slices.SortedFunc(maps.Keys(v), model.FeedID.Compare)
}

// writer writes records and sums them up. The first error sticks.
type writer struct {
	w   *bufio.Writer
	sum interface {
		io.Writer
		Sum([]byte) []byte
	}
	err error
}

func newWriter(w io.Writer, magic string) *writer {
	out := &writer{w: bufio.NewWriter(w), sum: sha256.New()}
	out.write([]byte(magic))
	return out
}

func (w *writer) write(b []byte) {
	if w.err == nil {
		w.sum.Write(b)
		_, w.err = w.w.Write(b)
	}
}

func (w *writer) record(b []byte) {
	w.write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
	w.write(b)
}

// feed writes the runs of a feed after a commit, up to another.
func (w *writer) feed(room *replica.Replica, feed model.FeedID, after, last uint64) (commits uint64, err error) {
	for after < last && w.err == nil {
		run, ok, err := room.ReadUpTo(feed, after, last, oplog.MaxRunBytes)
		if err != nil {
			return commits, err
		}
		if !ok {
			return commits, fmt.Errorf("feed %s has no commit %d here, though its head is %d", feed.Short(), after+1, last)
		}
		w.record(run.Bytes)
		after, commits = run.First+uint64(run.Count)-1, commits+uint64(run.Count)
	}
	return commits, w.err
}

func (w *writer) end() error {
	w.write(make([]byte, lengthSize))
	if w.err == nil {
		_, w.err = w.w.Write(w.sum.Sum(nil))
	}
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}
