package peers

import (
	"context"
	"errors"

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
	Connect(address string) error
	Invite(context.Context, node.Invitation) (identity.Invite, error)
	// Warnings says what a person should know of the record, a sentence each.
	Warnings() []string
	Check(context.Context) (oplog.Report, error)
	Hash() (model.Hash, error)
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

func (l roomLink) Connect(address string) error {
	m := l.Mesh()
	if m == nil {
		return errors.New("nothing links here")
	}
	return m.AddAddress(address, "typed")
}
