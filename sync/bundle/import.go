package bundle

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
)

// Import takes the runs of a bundle into a room. What is complete is kept even
// where the rest is not: every run stands for itself, by its signature. A
// bundle imported before changes nothing. The chunks of attachments that follow
// are given to take, after the runs are in the room; take may be nil.
func Import(ctx context.Context, r io.Reader, room *replica.Replica, take func(sealed []byte) error) (Summary, error) {
	in, h, err := open(r)
	if err != nil {
		return Summary{}, fmt.Errorf("read the bundle: %w", err)
	}
	if h.Room != room.Room() {
		return Summary{}, fmt.Errorf("read the bundle: %w", ErrWrongRoom)
	}
	t := taking{ctx: ctx, room: room, feeds: map[model.FeedID]bool{}, stopped: map[model.FeedID]bool{}, before: room.Heads(), naming: room.Naming()}
	err = t.all(in)
	if err != nil {
		// What came before the damage is complete.
		err = errors.Join(err, t.flush())
	}
	s := t.summary(h)
	if err == nil {
		s.Chunks, err = in.chunks(ctx, take)
	}
	return s, t.verdict(err)
}

// ReadHeader reads what a bundle says of itself, without its content.
func ReadHeader(r io.Reader) (Header, error) {
	_, h, err := open(r)
	if err != nil {
		return h, fmt.Errorf("read the bundle: %w", err)
	}
	return h, nil
}

// taking is an import under way.
type taking struct {
	ctx     context.Context
	room    *replica.Replica
	before  model.Vector
	naming  uint64 // of before
	waiting []mesh.Run
	size    int
	commits uint64
	newer   int                   // runs of a newer version
	feeds   map[model.FeedID]bool // that the bundle holds
	stopped map[model.FeedID]bool // that cannot go on
	gaps    int                   // feeds whose beginning is not here
	forked  []model.FeedID
}

func (t *taking) all(in *reader) error {
	for {
		record, err := in.record(oplog.MaxRunRecord)
		if err != nil {
			return err
		}
		if record == nil {
			if err := t.flush(); err != nil {
				return err
			}
			return in.digest()
		}
		run, err := oplog.DecodeRun(record)
		switch {
		case errors.Is(err, oplog.ErrNewerVersion):
			t.newer++
			continue
		case err != nil:
			return fmt.Errorf("%w: record %d: %w", ErrDamaged, in.records, err)
		}
		t.feeds[run.Feed] = true
		t.commits += uint64(run.Count)
		t.waiting = append(t.waiting, mesh.Run{Feed: run.Feed, First: run.First, Count: run.Count, Bytes: record})
		if t.size += len(record); t.size >= handOver {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
}

// flush makes what was read durable.
func (t *taking) flush() error {
	runs := t.waiting
	t.waiting, t.size = nil, 0
	var first error
	for i, err := range t.room.Ingest(t.ctx, runs) {
		feed := runs[i].Feed
		switch {
		case err == nil, errors.Is(err, mesh.ErrElsewhere), t.stopped[feed]:
		case errors.Is(err, mesh.ErrGap), errors.Is(err, mesh.ErrDiverged):
			// Where it diverges, the bundle goes on from a branch that is not here.
			t.stopped[feed] = true
			t.gaps++
		case errors.Is(err, mesh.ErrFork):
			t.stopped[feed] = true
			t.forked = append(t.forked, feed)
		case errors.Is(err, mesh.ErrInvalid):
			t.stopped[feed] = true
			first = errors.Join(first, fmt.Errorf("%w: %w", ErrDamaged, err))
		default:
			return err
		}
	}
	return first
}

func (t *taking) summary(h Header) Summary {
	s := Summary{Room: h.Room.String(), Feeds: len(t.feeds), Commits: t.commits}
	renamed := t.naming != t.room.Naming()
	for _, head := range t.before {
		if renamed { // a fork was found: then all that is held counts, repeated beginnings too
			s.New -= head.Seq
		}
	}
	for feed, head := range t.room.Heads() {
		switch {
		case renamed:
			s.New += head.Seq
		case t.feeds[feed]:
			s.New += head.Seq - min(t.before[feed].Seq, head.Seq)
		}
	}
	return s
}

// verdict puts what kept an import from being whole into one sentence.
func (t *taking) verdict(err error) error {
	var said []error
	if err != nil {
		said = append(said, fmt.Errorf("%w; what was complete is kept. Copy the file once more and read it again", err))
	}
	if t.gaps > 0 {
		said = append(said, fmt.Errorf("%w: import that one first; what could be taken is kept", ErrEarlier))
	}
	for _, feed := range t.forked {
		said = append(said, fmt.Errorf("feed %s differs from the one held here: a device's data was restored or copied, more often than branches are kept; those held are kept", feed.Short()))
	}
	if t.newer > 0 {
		said = append(said, fmt.Errorf("%w; %d of its records were left out, the others are kept", ErrNewer, t.newer))
	}
	if len(said) == 0 {
		return nil
	}
	return fmt.Errorf("read the bundle: %w", errors.Join(said...))
}

// reader reads records and sums them up.
type reader struct {
	r       *bufio.Reader
	sum     hash.Hash
	records int
}

// open reads a bundle up to the first run.
func open(r io.Reader) (*reader, Header, error) {
	in := &reader{r: bufio.NewReader(r), sum: sha256.New()}
	begin := make([]byte, len(magic))
	if _, err := io.ReadFull(in.r, begin); err != nil && !cutOff(err) {
		return nil, Header{}, err
	}
	if string(begin) != magic {
		return nil, Header{}, ErrNotBundle
	}
	in.sum.Write(begin)
	record, err := in.record(maxHeader)
	if err != nil {
		return nil, Header{}, err
	}
	h, err := decodeHeader(record)
	return in, h, err
}

// record reads one record; nil at the end of them.
func (r *reader) record(limit int) ([]byte, error) {
	var length [lengthSize]byte
	if _, err := io.ReadFull(r.r, length[:]); err != nil {
		return nil, cut(err)
	}
	r.sum.Write(length[:])
	n := int64(binary.BigEndian.Uint32(length[:]))
	if n == 0 {
		return nil, nil
	}
	r.records++
	if n > int64(limit) {
		return nil, fmt.Errorf("%w: record %d claims %d bytes, the limit is %d", ErrDamaged, r.records, n, limit)
	}
	// Grows with what really comes: a length alone costs no memory.
	var record bytes.Buffer
	if _, err := io.CopyN(&record, r.r, n); err != nil {
		return nil, cut(err)
	}
	r.sum.Write(record.Bytes())
	return record.Bytes(), nil
}

// digest reads the digest of a part.
func (r *reader) digest() error {
	var digest [sha256.Size]byte
	if _, err := io.ReadFull(r.r, digest[:]); err != nil {
		return cut(err)
	}
	if !bytes.Equal(digest[:], r.sum.Sum(nil)) {
		return fmt.Errorf("%w: its digest does not fit", ErrDamaged)
	}
	return nil
}

// chunks reads the chunks of attachments, where there are any, and that nothing
// follows.
func (r *reader) chunks(ctx context.Context, take func([]byte) error) (n int, err error) {
	begin := make([]byte, len(chunkMagic))
	switch _, err := io.ReadFull(r.r, begin); {
	case errors.Is(err, io.EOF):
		return 0, nil
	case err != nil && !cutOff(err):
		return 0, err
	case string(begin) != chunkMagic:
		return 0, fmt.Errorf("%w: something follows its end", ErrDamaged)
	}
	r.sum = sha256.New()
	r.sum.Write(begin)
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		chunk, err := r.record(maxChunk)
		if err != nil {
			return n, err
		}
		if chunk == nil {
			break
		}
		n++
		if take != nil {
			if err := take(chunk); err != nil {
				return n, err
			}
		}
	}
	if err := r.digest(); err != nil {
		return n, err
	}
	if _, err := r.r.ReadByte(); !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("%w: something follows its end", ErrDamaged)
	}
	return n, nil
}

func cutOff(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// cut calls an early end by its name.
func cut(err error) error {
	if cutOff(err) {
		return ErrCut
	}
	return err
}
