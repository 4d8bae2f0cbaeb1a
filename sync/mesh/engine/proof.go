package engine

import (
	"slices"
	"time"

	"holdfast/model"
)

// Before a device lets go of what an archive says it holds, the archive shows it: it
// is asked for a digest of some commits, salted by a number it could not know. A device
// of an older version ignores the question, and nothing is let go on its word. What was
// asked for is answered while the link lives, or not at all.

// Question asks for a digest of a feed after a commit, up to another.
type Question struct {
	ID          uint64 // the asker's, to know the answer by
	Feed        model.FeedID
	After, Upto uint64
	Salt        [32]byte
}

// MaxProve is the most commits a question may ask for. They are counted as commits
// that the peer sent: so many a second cost as much to read.
const MaxProve = 8192

type proveFrame struct {
	ID    uint64 `cbor:"1,keyasint"`
	Feed  []byte `cbor:"2,keyasint"`
	After uint64 `cbor:"3,keyasint"`
	Upto  uint64 `cbor:"4,keyasint"`
	Salt  []byte `cbor:"5,keyasint"`
}

// proofFrame answers a proveFrame. Sum is empty from who cannot, or does not have to,
// hold that. Wall is the clock there, in milliseconds since 1970.
type proofFrame struct {
	ID   uint64 `cbor:"1,keyasint"`
	Wall int64  `cbor:"2,keyasint"`
	Sum  []byte `cbor:"3,keyasint,omitempty"`
}

func (f proveFrame) check() bool {
	return checkMark(f.Feed, f.Upto) && f.After < f.Upto && f.Upto-f.After <= MaxProve && len(f.Salt) == 32
}

func (f proofFrame) check() bool { return len(f.Sum) == 0 || len(f.Sum) == 32 }

// ask sends a question to a device that is linked. To others nothing is sent, and no
// answer comes.
func (e *Engine) ask(ev AskProof) {
	if l := e.linkTo(ev.Peer); l != nil {
		q := ev.Question
		e.send(l, frameProve, proveFrame{ID: q.ID, Feed: slices.Clone(q.Feed[:]), After: q.After, Upto: q.Upto, Salt: slices.Clone(q.Salt[:])})
	}
}

// prove has the store answer a peer's question, one at a time on a link.
func (e *Engine) prove(now time.Time, l *link, f proveFrame) {
	if l.proving || !e.peers[l.peer].commits.take(now, float64(f.Upto-f.After)) {
		e.send(l, frameProof, proofFrame{ID: f.ID, Wall: e.wall.UnixMilli()})
		return
	}
	l.proving = true
	e.emit(ReadProof{Link: l.id, Question: Question{
		ID: f.ID, Feed: model.FeedID(f.Feed), After: f.After, Upto: f.Upto, Salt: [32]byte(f.Salt),
	}})
}

func (e *Engine) proofRead(ev ProofRead) {
	l := e.link(ev.Link)
	if l == nil {
		return
	}
	l.proving = false
	f := proofFrame{ID: ev.ID, Wall: e.wall.UnixMilli()}
	if ev.Held {
		f.Sum = slices.Clone(ev.Sum[:])
	}
	e.send(l, frameProof, f)
}

func (e *Engine) proved(l *link, f proofFrame) {
	told := ProofTold{Peer: l.peer, ID: f.ID, Wall: time.UnixMilli(f.Wall)}
	if told.Held = len(f.Sum) == len(told.Sum); told.Held {
		told.Sum = [32]byte(f.Sum)
	}
	e.emit(told)
}
