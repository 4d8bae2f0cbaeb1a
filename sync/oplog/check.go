package oplog

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// Report is what Check found.
type Report struct {
	Feeds      int
	Commits    uint64 // sound ones
	Signatures uint64 // checked ones; a signature covers all before it
	Bad        []BadCommit
	Structure  error // first error of the file's own structure, nil if sound
}

// BadCommit is the first commit of a feed that is not what its device wrote;
// what follows it in that feed was not checked.
type BadCommit struct {
	Feed model.FeedID
	Seq  uint64
	What string
}

// OK tells whether nothing was found.
func (r *Report) OK() bool { return len(r.Bad) == 0 && r.Structure == nil }

// Progress is told how many commits of all were looked at; it may be nil.
type Progress func(done, total uint64)

// checkChunk is how many commits are read and checked at a time.
const checkChunk = 1024

// Check verifies everything held: the structure of the file, and every feed
// from the first commit held: checksums, chain, and each signature stored. It goes
// on with the next feed after a bad commit, and changes nothing. What is found
// is in the Report; the error is that of ctx.
func (l *Log) Check(ctx context.Context, progress Progress) (Report, error) {
	for {
		before := l.Naming()
		r, err := l.check(ctx, progress)
		if err != nil || r.OK() || l.Naming() == before {
			return r, err
		}
		// What it missed was let go meanwhile.
	}
}

func (l *Log) check(ctx context.Context, progress Progress) (Report, error) {
	feeds := l.Feeds()
	r := Report{Feeds: len(feeds)}
	r.Structure = l.view(func(tx *bolt.Tx) error { return checkStructure(tx) })
	var done, total uint64
	for _, f := range feeds {
		total += f.Head.Seq - f.Begin.Seq
	}
	for no, f := range feeds {
		err := l.checkFeed(ctx, uint32(no), f, &r, func(n uint64) {
			done += n
			if progress != nil {
				progress(done, total)
			}
		})
		if err != nil {
			return r, fmt.Errorf("check: %w", err)
		}
	}
	return r, nil
}

func (l *Log) checkFeed(ctx context.Context, no uint32, f FeedInfo, r *Report, step func(uint64)) error {
	bad := func(seq uint64, what string) { r.Bad = append(r.Bad, BadCommit{Feed: f.Feed, Seq: seq, What: what}) }
	at := f.Begin
	if s, ok := l.feed(f.Feed); ok && at.Seq > 0 {
		if !verifySig(f.Open.Device, at.Hash, s.begin.sig) {
			bad(at.Seq, "signature of where it begins does not fit")
			return nil
		}
		r.Signatures++
	}
	for at.Seq < f.Head.Seq {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, n, what := l.checkRead(f, no, at)
		seq, count := firstBadSignature(f.Open.Device, list)
		if seq != 0 {
			bad(seq, "signature does not fit")
			r.Commits += seq - at.Seq - 1
			r.Signatures += count
			return nil
		}
		r.Commits += uint64(len(list))
		r.Signatures += count
		step(uint64(len(list)))
		if what != "" {
			bad(n, what)
			return nil
		}
		last := &list[len(list)-1]
		if at = last.Head(); at.Seq == f.Head.Seq {
			switch {
			case at.Hash != f.Head.Hash:
				bad(at.Seq, "chain does not end at the feed's head")
			case last.Sig == nil:
				bad(at.Seq, "signature of the last commit is missing")
			}
		}
	}
	return nil
}

// checkRead reads sound commits after at. Where one is bad it gives those
// before it, its seq and what is wrong.
func (l *Log) checkRead(f FeedInfo, no uint32, at model.Head) (list []Commit, seq uint64, what string) {
	list, err := l.chunk(f.names(), no, at.Hash, at.Seq+1, f.Head.Seq, checkChunk)
	if err != nil { // once more one by one, to find which
		for seq = at.Seq + 1; seq <= f.Head.Seq; seq++ {
			one, err := l.chunk(f.names(), no, at.Hash, seq, seq, 1)
			if err != nil {
				return list, seq, checkText(err)
			}
			list = append(list, one[0])
			at = one[0].Head()
		}
	}
	if len(list) > 0 && list[0].Open != nil {
		if err := checkOpen(list[0].Open, l.room); err != nil {
			return nil, 1, err.Error()
		}
	}
	return list, 0, ""
}

// checkText gives what is wrong without the place, which the report has.
func checkText(err error) string {
	var d *DamageError
	if errors.As(err, &d) {
		return d.What
	}
	return err.Error()
}

// firstBadSignature checks the signatures of a chunk on all processors; seq is
// that of the first which does not fit, 0 if all do.
func firstBadSignature(device model.DeviceKey, list []Commit) (seq, count uint64) {
	workers := runtime.GOMAXPROCS(0)
	first := len(list)
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		next    atomic.Int64
		checked atomic.Uint64
	)
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				if list[i].Sig == nil {
					continue
				}
				checked.Add(1)
				if !verifySig(device, list[i].Hash, list[i].Sig) {
					mu.Lock()
					first = min(first, i)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if first == len(list) {
		return 0, checked.Load()
	}
	return list[first].Seq, checked.Load()
}
