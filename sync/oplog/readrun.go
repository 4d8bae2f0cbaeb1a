package oplog

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"sync"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// ReadRun reads what follows commit after of a feed, for a link or a bundle;
// false when there is nothing. It ends at the last commit within maxCommits and
// maxBytes (both capped at MaxRunCommits and MaxRunBytes) whose signature is
// stored, or where there is none at the first one after: a run that was
// ingested keeps only its tail's. It does not go past the end of a segment, which
// is given as it is stored. The read transaction ends before encoding. It is
// ErrLetGo where what follows was let go.
func (l *Log) ReadRun(feed model.FeedID, after uint64, maxCommits, maxBytes int) (Run, bool, error) {
	s, ok := l.feed(feed)
	if !ok || after >= s.head.Seq {
		return Run{}, false, nil
	}
	if after < s.begin.Seq {
		return Run{}, false, fmt.Errorf("read run of feed %s after %d: %w", feed.Short(), after, ErrLetGo)
	}
	maxCommits, maxBytes = min(maxCommits, MaxRunCommits), min(maxBytes, MaxRunBytes)
	in := copies.Get().(*copyOut)
	defer in.put()
	in.begin(names{feed, s.root}, model.Hash{}, int(min(uint64(maxCommits), s.head.Seq-after)))
	run, err := l.gather(in, s, after, maxCommits, maxBytes)
	if err != nil {
		return Run{}, false, fmt.Errorf("read run: %w", err)
	}
	if run.Payload == nil {
		run.Payload = l.codec.encodePayload(in.out)
	}
	l.touch(len(run.Payload))
	return run, true, nil
}

// copies is memory for reading runs: a peer that has been away reads a hundred thousand
// commits in a second.
var copies = sync.Pool{New: func() any { return new(copyOut) }}

func (in *copyOut) put() {
	clear(in.out)
	copies.Put(in)
}

// gather copies the commits of one run out of the store, or gives the run itself where
// it is there as a segment. Else the run has no payload yet.
func (l *Log) gather(in *copyOut, s *feedState, after uint64, maxCommits, maxBytes int) (run Run, err error) {
	feed := in.id.feed
	newest, stored := l.newest(feed, after+1, s.head.Seq)
	if after >= stored {
		run.Sig, err = in.records(s.head.Seq, maxCommits, maxBytes, func(fn eachFunc) error { return eachRecent(feed, newest, fn) })
		run.Feed, run.First, run.Count = feed, after+1, len(in.out)
		return run, err
	}
	err = l.view(func(tx *bolt.Tx) error {
		to := s.head.Seq
		err := eachPiece(tx, feed, s.no, after+1, after+1, func(p piece) (bool, error) {
			if p.segment == nil {
				return false, nil
			}
			to = p.last
			if r := &p.segment.run; p.first == after+1 && r.Count <= maxCommits && len(r.Payload) <= maxBytes {
				run = Run{Feed: feed, First: r.First, Count: r.Count, Payload: bytes.Clone(r.Payload), Sig: [ed25519.SignatureSize]byte(p.segment.sig(p.last))}
			}
			return false, nil
		})
		if err != nil || run.Payload != nil {
			return err
		}
		run.Sig, err = in.records(to, maxCommits, maxBytes, func(fn eachFunc) error {
			more := true
			err := l.eachRecord(tx, feed, s.no, after+1, min(to, stored), func(seq uint64, r record) (bool, error) {
				var err error
				more, err = fn(seq, r)
				return more, err
			})
			if err != nil || !more || to <= stored {
				return err
			}
			return eachRecent(feed, newest, fn)
		})
		run.Feed, run.First, run.Count = feed, after+1, len(in.out)
		return err
	})
	return run, l.letGoSince(feed, err)
}

type eachFunc = func(seq uint64, r record) (more bool, err error)

// records copies what each gives, commits up to a place, as far as the last signature within
// bounds, which it gives.
func (in *copyOut) records(to uint64, maxCommits, maxBytes int, each func(eachFunc) error) (sig [ed25519.SignatureSize]byte, err error) {
	signed, cost, feed := 0, 0, in.id.feed
	err = each(func(seq uint64, r record) (bool, error) {
		cost += len(r.slim) + commitOverhead // at least what Verify counts
		if seq == 1 {
			cost += openOverhead
		}
		if full := len(in.out)+1 > maxCommits || cost > maxBytes; full && signed > 0 {
			return false, nil
		}
		if len(in.out) == MaxRunCommits {
			return false, damagedAt(feed, seq, "no signature within the length of a run")
		}
		own := record{slim: in.keep(r.slim)}
		c, err := own.commit(in.id, seq)
		if err != nil {
			return false, damagedAt(feed, seq, err.Error())
		}
		in.out = append(in.out, c)
		if r.sig != nil {
			signed = len(in.out)
			copy(sig[:], r.sig)
		}
		return true, nil
	})
	if err == nil && signed == 0 {
		err = damagedAt(feed, to, "signature is missing")
	}
	clear(in.out[signed:])
	in.out = in.out[:signed]
	return sig, err
}
