package peers

import (
	"context"
	"time"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
)

// Link is what the screen does to the room's devices and its copy. A method
// that takes a context or may wait is called off the UI goroutine.
type Link interface {
	Device() model.DeviceKey
	// Address is where this node listens; "" where it does not.
	Address() string
	Online() bool
	// SetOnline cuts all links, or lets them come again.
	SetOnline(on bool)
	// Connect has an address tried until it links or is forgotten; Unanswered tells how
	// that goes.
	Connect(address string) error
	Unanswered() []node.AttemptView
	Forget(address string) error
	Invite(context.Context, node.Invitation) (identity.Invite, error)
	Speak(context.Context, node.Invitation) (code string, addresses []string, expires time.Time, err error)
	// InviteViews lists the invites that can be used now, or all.
	InviteViews(all bool) []node.InviteView
	// AnswerAsk lets the device in that shows the words, or sends it away where
	// role is empty.
	AnswerAsk(ctx context.Context, words, role string) error
	// AnswerByHand lets the device of a request in and writes the answer, and tells
	// whose it is.
	AnswerByHand(ctx context.Context, q node.ByHand) (node.ByHandReply, identity.Wishes, error)
	// Quarantine lists what removed devices wrote after their removal, to an admin
	// with the first lines of it.
	Quarantine(all bool) ([]model.QuarantineView, error)
	// Ailments says what a person should know of the record.
	Ailments() []node.Ailment
	Check(context.Context) (oplog.Report, error)
	Hash() (model.Hash, error)
	// History tells what was let go here. Shrink writes the store anew, and lets go of
	// history older than some days before; with 0 of none.
	History() (node.HistoryView, error)
	Shrink(ctx context.Context, days int) (node.CompactReply, error)
	ExportBundle(path string, since model.Vector) (bundle.Summary, error)
	ImportBundle(ctx context.Context, path string) (bundle.Summary, error)
}

// Of gives the link of a room of this node.
func Of(r *node.Room) Link { return roomLink{r} }

type roomLink struct{ *node.Room }

func (l roomLink) Online() bool {
	m := l.Mesh()
	return m != nil && m.Online()
}

func (l roomLink) SetOnline(on bool) {
	if m := l.Mesh(); m != nil {
		m.SetOnline(on)
	}
}
