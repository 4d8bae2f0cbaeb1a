package oplog

import (
	"fmt"
	"sync"

	"holdfast/model"
)

// VerifiedRun is a run whose chain and signature hold: it may be ingested. It
// is made by Verify and VerifyAfter alone, and not changed afterwards.
type VerifiedRun struct {
	feed    model.FeedID // as it came
	root    model.FeedID // as it is signed
	prev    model.Head   // what its first commit was chained on
	open    *FeedOpen
	commits []Commit
	payload []byte    // as it came; nil where the commits are fewer
	before  []byte    // the signature at prev, where a run that ended there was verified
	refills bool      // it begins before what is held, see Regain
	room    *[]Commit // the memory of commits, for Release
}

// rooms is memory for the commits of runs: a peer that catches up verifies a hundred
// thousand of them in a second.
var rooms = sync.Pool{New: func() any { return new([]Commit) }}

// Release gives the memory of the commits up, for runs that are verified later. Nothing
// of the run or its commits is used after it.
func (v *VerifiedRun) Release() {
	if v.room == nil {
		return
	}
	clear(*v.room) // what they hold is not to be kept by them
	rooms.Put(v.room)
	v.commits, v.payload, v.room = nil, nil, nil
}

// Feed is the feed the run is part of.
func (v *VerifiedRun) Feed() model.FeedID { return v.feed }

// Root is what the run's feed is signed as: Feed, unless that is a branch of
// a forked feed.
func (v *VerifiedRun) Root() model.FeedID { return v.root }

// Open is the opening of the run's feed, whether or not the run starts there.
func (v *VerifiedRun) Open() FeedOpen { return *v.open }

// Commits are the run's commits with their hashes; the last is signed. The
// caller does not change them.
func (v *VerifiedRun) Commits() []Commit { return v.commits }

// Prev is the place the run follows on.
func (v *VerifiedRun) Prev() model.Head { return v.prev }

// Head is the place of the run's last commit.
func (v *VerifiedRun) Head() model.Head { return v.commits[len(v.commits)-1].Head() }

// Lacks tells that a commit is not durable here: it has not come, or was let go.
func (l *Log) Lacks(feed model.FeedID, seq uint64) bool {
	s, ok := l.feed(feed)
	return !ok || seq > s.head.Seq || !s.begin.holds(seq)
}

// Verify checks a run against what is durable here: its limits, its chain from
// the commit before it, and one signature. A run that overlaps what is held is
// chained from the hash of its First-1, derived from the nearest stored mark
// (at most markEvery records are read). It is safe for concurrent use.
//
// A run may come under the name of a branch that is not told apart here yet:
// then it must start at 1, or follow on the run of that name verified last. With
// a *ForkError the run is given all the same: see Graft.
//
// Errors: ErrGap when commits before it are missing, *ForkError when it is
// validly signed but differs from what is held, ErrBadSignature, ErrWrongRoom,
// ErrLetGo where it ends before what is held begins, ErrTooManyFeeds, ErrNewerVersion, ErrTooLarge, ErrMalformed,
// ErrUnknownFeed when it starts past 1 in a feed not held.
func (l *Log) Verify(run Run) (*VerifiedRun, error) {
	if err := run.checkShape(); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	state, held := l.feed(run.Feed)
	if !held {
		if end, ok := l.endOf(run.Feed); ok && run.First == end.head.Seq+1 {
			return l.verify(end.head, &end.open, run)
		}
		if run.First != 1 {
			return nil, fmt.Errorf("verify feed %s from %d: %w", run.Feed.Short(), run.First, ErrUnknownFeed)
		}
		return l.verify(model.Head{}, nil, run)
	}
	if run.First > state.head.Seq+1 {
		return nil, fmt.Errorf("verify feed %s from %d, held to %d: %w", run.Feed.Short(), run.First, state.head.Seq, ErrGap)
	}
	if run.First <= state.begin.Seq {
		return l.verifyBefore(state, run)
	}
	prev := state.head
	if run.First <= state.head.Seq {
		hash, err := l.HashAt(run.Feed, run.First-1)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		prev = model.Head{Seq: run.First - 1, Hash: hash}
	}
	v, err := l.verify(prev, &state.open, run)
	if err != nil || run.First > state.head.Seq {
		return v, err
	}
	if err := compare(v, state.head, l.HashAt); err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	return v, nil
}

// VerifyAfter checks a run that follows on prev, which need not be durable
// yet: the head of a run verified before. Open is that feed's opening, and is
// not needed where the run starts at 1. It is safe for concurrent use.
func (l *Log) VerifyAfter(prev model.Head, open *FeedOpen, run Run) (*VerifiedRun, error) {
	if err := run.checkShape(); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if run.First != prev.Seq+1 {
		return nil, fmt.Errorf("verify feed %s from %d after %d: %w", run.Feed.Short(), run.First, prev.Seq, ErrGap)
	}
	if open == nil && run.First != 1 {
		return nil, fmt.Errorf("verify feed %s from %d: %w", run.Feed.Short(), run.First, ErrUnknownFeed)
	}
	v, err := l.verify(prev, open, run)
	if s, held := l.feed(run.Feed); err == nil && held && run.First <= s.begin.Seq {
		return v, l.checkRefill(v, s)
	}
	return v, err
}

func (l *Log) verify(prev model.Head, open *FeedOpen, run Run) (*VerifiedRun, error) {
	room := rooms.Get().(*[]Commit)
	commits, err := l.codec.decodePayload(*room, &run)
	if err != nil {
		return nil, fmt.Errorf("verify feed %s from %d: %w", run.Feed.Short(), run.First, err)
	}
	*room = commits
	if run.First == 1 {
		open = commits[0].Open
	}
	payload := run.Payload
	if run.First <= prev.Seq { // what was let go is not looked at: the rest follows on what is known
		commits, payload = commits[prev.Seq+1-run.First:], nil
	}
	if err := checkOpen(open, l.room); err != nil {
		return nil, fmt.Errorf("verify feed %s: %w", run.Feed.Short(), err)
	}
	v := &VerifiedRun{feed: run.Feed, root: open.Feed(), prev: prev, open: open, commits: commits, payload: payload, room: room}
	v.chain()
	for i := range commits {
		commits[i].Root = v.root
	}
	tail := &commits[len(commits)-1]
	tail.Sig = run.Sig[:]
	if !verifySig(open.Device, tail.Hash, tail.Sig) {
		return nil, fmt.Errorf("verify feed %s %d to %d: %w", run.Feed.Short(), run.First, run.Last(), ErrBadSignature)
	}
	if e, ok := l.endOf(run.Feed); ok && e.head == prev {
		v.before = e.sig
	}
	l.remember(v)
	return v, nil
}

// chain computes every hash.
func (v *VerifiedRun) chain() {
	var slim []byte // of one after the other
	prev := v.prev.Hash
	for i := range v.commits {
		slim = appendSlim(slim[:0], &v.commits[i])
		prev = chainHash(v.root, prev, slim)
		v.commits[i].Hash = prev
	}
}

// slim gives the slim form of a commit, which is what is stored of one that is kept
// on its own.
func (v *VerifiedRun) slim(i int) []byte {
	c := &v.commits[i]
	return appendSlim(make([]byte, 0, c.cost()), c)
}

// at gives the run's hash at a seq it reaches; its prev counts.
func (v *VerifiedRun) at(seq uint64) model.Hash {
	if seq == v.prev.Seq {
		return v.prev.Hash
	}
	return v.commits[seq-v.prev.Seq-1].Hash
}

// hashLookup gives our chain hash at a seq of a feed.
type hashLookup func(feed model.FeedID, seq uint64) (model.Hash, error)

// compare looks for a fork where the run overlaps what is held up to head.
// Equal hashes at the last common commit mean equal commits all the way; else
// the walk back finds the first commit that differs.
func compare(v *VerifiedRun, head model.Head, hashAt hashLookup) error {
	var fork *ForkError
	for seq := min(v.Head().Seq, head.Seq); seq >= max(v.prev.Seq, 1); seq-- {
		ours := head.Hash
		if seq != head.Seq {
			var err error
			if ours, err = hashAt(v.feed, seq); err != nil {
				return err
			}
		}
		theirs := v.at(seq)
		if ours == theirs {
			break
		}
		fork = &ForkError{Feed: v.feed, Seq: seq, Ours: ours, Theirs: theirs}
	}
	if fork == nil {
		return nil
	}
	return fork
}
