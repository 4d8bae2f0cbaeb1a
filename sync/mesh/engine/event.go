package engine

import (
	"errors"
	"time"

	"holdfast/model"
)

// LinkID names one connection while it lives. The driver gives each a new one.
type LinkID uint64

// Run is commits of one feed, one after the other, in the form the log keeps.
// Bytes is opaque here.
type Run struct {
	Feed  model.FeedID
	First uint64 // seq of the first commit, from 1
	Count int    // commits, at least 1
	Bytes []byte
}

// Last is the seq of the last commit of the run.
func (r Run) Last() uint64 { return r.First + uint64(r.Count) - 1 }

// What a store answers to a run it did not take. Any other error is taken as
// the store's own trouble: the link is closed and tried again later, and the
// peer is not blamed.
var (
	// ErrGap: the run begins after what is held. The feed is asked for again.
	ErrGap = errors.New("run does not follow what is held")
	// ErrFork: the run contradicts commits that are held and cannot be kept
	// beside them. The feed stops on that link and is reported; others go on.
	ErrFork = errors.New("run contradicts what is held")
	// ErrElsewhere: the run is durable, under another name: it is of a branch of
	// a forked feed. It is acknowledged, and nobody is offered that name.
	ErrElsewhere = errors.New("run is kept under another name")
	// ErrDiverged: the run is not signed for what is held before it: it is
	// false, or the feed is forked. It is asked for from its first commit, which
	// shows which; what is false even then closes the link.
	ErrDiverged = errors.New("run does not continue what is held")
	// ErrInvalid: the run is damaged or falsely signed. The link is closed.
	ErrInvalid = errors.New("run is not valid")
	// ErrLater: the run cannot be judged yet, because what names its author has
	// not arrived. The feed is asked for again after a pause.
	ErrLater = errors.New("run cannot be judged yet")
)

// Event is something that happened outside the engine.
type Event interface{ event() }

type (
	// LinkUp: a connection to an authorised peer stands. Tag is a number both
	// ends of the connection share, to choose between two connections alike.
	LinkUp struct {
		Link     LinkID
		Peer     model.DeviceKey
		Outgoing bool
		Address  string
		Tag      uint64
	}
	// LinkDown: the connection is gone. Reason is shown with the peer.
	LinkDown struct {
		Link   LinkID
		Reason string
	}
	// FrameReceived: one frame arrived whole. The engine keeps no part of it.
	FrameReceived struct {
		Link  LinkID
		Frame []byte
	}
	// HeadsChanged gives all the feeds this replica holds durably, and which of
	// them is its own. Another Naming than before says that feeds have other
	// names now: the links begin anew, so that each side says again what it holds.
	HeadsChanged struct {
		Heads  model.Vector
		Own    model.FeedID
		Naming uint64
		Short  Short
	}
	// RunRead answers ReadRun. Run is nil if the store has nothing after After. One
	// that answers several links is best given to them one after the other, as the
	// same Run: its frame is then made once. Nobody changes it.
	RunRead struct {
		Link  LinkID
		Feed  model.FeedID
		After uint64
		Run   *Run
		Err   error
	}
	// BriefRead answers ReadBrief. Of an empty brief nothing is sent.
	BriefRead struct {
		Link  LinkID
		Brief []byte
	}
	// AskProof asks a linked device to show that it holds something. ProofTold answers.
	AskProof struct {
		Peer model.DeviceKey
		Question
	}
	// ProofRead answers ReadProof. Held is false where the store does not have it.
	ProofRead struct {
		Link LinkID
		ID   uint64
		Held bool
		Sum  [32]byte
	}
	// Ingested answers Ingest, for one or several runs committed together.
	Ingested struct{ Results []IngestResult }
	// Tick lets time pass. The driver sends it each TickEvery.
	Tick struct{}
	// Revoked: the device is no member any more.
	Revoked struct{ Device model.DeviceKey }
	// AddressesChanged: where this device listens, and where it reached others.
	AddressesChanged struct{ Mine, Known []string }
)

// Short says what of the feeds held was let go here.
type Short struct {
	// After gives the feeds that are held only after a commit, and which. It goes
	// with a Naming: another begins the links anew.
	After map[model.FeedID]uint64
	// Archives are the devices that keep all.
	Archives []model.DeviceKey
	// Wanted: what was let go is needed again.
	Wanted bool
}

// IngestResult is what became of one run. Err nil means it is durable.
type IngestResult struct {
	Link  LinkID
	Feed  model.FeedID
	First uint64
	Count int
	Err   error
}

func (LinkUp) event()           {}
func (LinkDown) event()         {}
func (FrameReceived) event()    {}
func (HeadsChanged) event()     {}
func (RunRead) event()          {}
func (BriefRead) event()        {}
func (AskProof) event()         {}
func (ProofRead) event()        {}
func (Ingested) event()         {}
func (Tick) event()             {}
func (Revoked) event()          {}
func (AddressesChanged) event() {}

// Effect is something the driver has to do. Effects of one step are carried
// out in order.
type Effect interface{ effect() }

type (
	// Send hands a frame to the link. Frames of a link keep their order.
	Send struct {
		Link  LinkID
		Frame []byte
	}
	// ReadRun asks for commits of a feed after a seq. There is at most one
	// unanswered read for each link.
	ReadRun struct {
		Link     LinkID
		Feed     model.FeedID
		After    uint64
		MaxBytes int
	}
	// ReadBrief asks for what the peer of the link should know at once, because it
	// lacks so much that the history will take a while. It is told before any run.
	ReadBrief struct {
		Link LinkID
		Peer model.DeviceKey
	}
	// BriefTold is what a peer says is open now: unproven until the history
	// arrives. At most one comes of a link.
	BriefTold struct {
		Peer  model.DeviceKey
		Brief []byte
	}
	// ReadProof asks for what shows a peer that something is held. There is at most
	// one unanswered for each link.
	ReadProof struct {
		Link LinkID
		Question
	}
	// ProofTold is what a peer answered to AskProof. Wall is the clock there.
	ProofTold struct {
		Peer model.DeviceKey
		ID   uint64
		Wall time.Time
		Held bool
		Sum  [32]byte
	}
	// Ingest asks to verify a run and make it durable. Runs of a feed are given
	// in order and must be taken in order; several may be taken in one commit.
	Ingest struct {
		Link LinkID
		Run  Run
	}
	// Close ends a link after what was sent before has gone out. The driver
	// answers with no LinkDown.
	Close struct {
		Link   LinkID
		Reason string
	}
	// ForkSuspected: the peer's commits of a feed differ from ours at Seq or
	// before, and the store cannot keep both.
	ForkSuspected struct {
		Feed model.FeedID
		Seq  uint64
		Link LinkID
		Peer model.DeviceKey
	}
	// RolledBack: a peer holds our own feed up to Seq, and we hold less.
	RolledBack struct {
		Feed model.FeedID
		Seq  uint64
		Peer model.DeviceKey
	}
	// AddressesLearned: a peer named addresses of the room.
	AddressesLearned struct {
		Peer      model.DeviceKey
		Addresses []string
	}
	// ArchivesNamed: a peer that let go of history named who keeps it.
	ArchivesNamed struct {
		Peer     model.DeviceKey
		Archives []model.DeviceKey
	}
	// ShutOut: a peer said that this device is not a member any more. What removed it
	// may not have arrived, so this may be all it hears.
	ShutOut struct{ Peer model.DeviceKey }
	// Twin: two processes link with the key of a device at once. It is this device's
	// own where a peer says so of it.
	Twin struct{ Device model.DeviceKey }
	// PeersChanged: what Peers tells has changed.
	PeersChanged struct{}
)

func (Send) effect()             {}
func (ReadRun) effect()          {}
func (ReadBrief) effect()        {}
func (BriefTold) effect()        {}
func (ReadProof) effect()        {}
func (ProofTold) effect()        {}
func (Ingest) effect()           {}
func (Close) effect()            {}
func (ForkSuspected) effect()    {}
func (RolledBack) effect()       {}
func (AddressesLearned) effect() {}
func (ArchivesNamed) effect()    {}
func (ShutOut) effect()          {}
func (Twin) effect()             {}
func (PeersChanged) effect()     {}
