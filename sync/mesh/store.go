package mesh

import (
	"context"
	"crypto/tls"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

// Run is commits of one feed, one after the other, in the form the log keeps.
type Run = engine.Run

// What a Store answers to a run it does not take; wrap them freely. Any other
// error counts as the store's own trouble (a full disk): the link is closed and
// tried again later, and nothing is lost.
var (
	// ErrGap: the run begins after what is held. The feed is asked for again.
	ErrGap = engine.ErrGap
	// ErrFork: the run contradicts commits that are held and cannot be kept
	// beside them. The feed stops on that link and is reported; others go on.
	ErrFork = engine.ErrFork
	// ErrElsewhere: the run is durable, under another name: it is of a branch of
	// a forked feed. Heads says what is held by which name.
	ErrElsewhere = engine.ErrElsewhere
	// ErrDiverged: the run is not signed for what is held before it: it is
	// false, or the feed is forked. Sent again from its first commit it shows which.
	ErrDiverged = engine.ErrDiverged
	// ErrInvalid: the run is damaged or falsely signed. The link is closed.
	ErrInvalid = engine.ErrInvalid
	// ErrLater: the run cannot be judged yet, because what names its author has
	// not arrived. The feed is asked for again after a pause.
	ErrLater = engine.ErrLater
)

// Short says what of the feeds held was let go here.
type Short = engine.Short

// Store is the replica as a mesh sees it. Its methods may be called from
// several goroutines at once.
type Store interface {
	// Heads gives how far each feed is held durably. The caller may keep it.
	Heads() model.Vector
	// Subscribe has fn called after Heads or OwnFeed changed: after it is
	// durable, at least once after the last change. fn returns at once and calls
	// nothing of the store.
	Subscribe(fn func()) (stop func())
	// ReadRun gives commits of a feed from after+1 on, durable ones only, about
	// maxBytes of them and at least one; false if there are none, or what follows
	// was let go. It leaves no transaction open.
	ReadRun(feed model.FeedID, after uint64, maxBytes int) (Run, bool, error)
	// Accept verifies runs in order and begins to make them durable, after what it
	// was given before and in as few commits as it can. It is called by one goroutine.
	// answers, which is called once, waits for that and tells of each run: nil once it
	// is durable. A run already held is nil too, and of a run held in part the rest
	// is taken.
	Accept(ctx context.Context, runs []Run) (answers func() []error)
	// Naming changes whenever feeds have other names in Heads than before,
	// because a fork was found, or begin elsewhere.
	Naming() uint64
	// Short says what of the feeds held was let go. It goes with a Naming.
	Short() Short
	// Sum gives a salted digest of what is held of a feed after a commit, up to
	// another. Show is the same for a peer, which may let go of what it is shown: an
	// error where it is not to rely on this device.
	Sum(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error)
	Show(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error)
	// OwnFeed is the feed this replica writes now.
	OwnFeed() model.FeedID
}

// Identity is this device's proof of its key in TLS 1.3.
type Identity interface {
	// Key is the public key the certificate of both configurations holds.
	Key() model.DeviceKey
	// ServerTLS asks for any client certificate.
	ServerTLS() *tls.Config
	// ClientTLS accepts any server certificate that holds a device key, or only
	// the expected one.
	ClientTLS(expect *model.DeviceKey) *tls.Config
	// PeerKey gives the key the other end has proved.
	PeerKey(tls.ConnectionState) (model.DeviceKey, error)
}
