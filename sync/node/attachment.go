package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"

	"holdfast/model"
	"holdfast/sync/blob"
	"holdfast/sync/mesh"
)

const (
	// attachmentsDir is where a room's chunks are, beside its store.
	attachmentsDir = "attachments"
	// rateSetting bounds how fast attachments come and go, in KiB a second: for a
	// line that others need. It counts from the next start on.
	rateSetting = "attachments.rate"
	maxRate     = 1 << 20 // 1 GiB a second is more than any disk here
	// relayLimit is what a relay keeps for others: relays are small rented machines.
	relayLimit = 16 << 30
)

// attachments is what this device keeps of a room's attached files, and what it
// knows of who else has them.
type attachments struct {
	room    *Room
	store   *blob.Store
	in, out *blob.Pace
	known   *holders
	look    chan struct{} // capacity 1: the record or the peers changed
	send    chan struct{} // the same, for what relays are given

	mu       sync.Mutex
	peers    map[model.DeviceKey]*blob.Peer
	jobs     map[model.ID]*fetchJob
	counted  map[model.ID]int    // parts that are here, until that may have changed; damage shows when one is read
	recounts uint64              // how often it may have
	adding   map[model.Hash]bool // roots of files that are recorded before their parts have their place: all are here
	watchers map[int]func()
	nextSub  int
}

// openAttachments opens what is kept of a room's files.
func openAttachments(r *Room) (*attachments, error) {
	rate := int64(blob.DefaultRate)
	if set, err := strconv.ParseInt(r.node.config.value(rateSetting), 10, 64); err == nil {
		rate = set << 10
	}
	a := &attachments{
		room: r, in: blob.NewPace(rate), out: blob.NewPace(rate), look: make(chan struct{}, 1), send: make(chan struct{}, 1),
		peers: map[model.DeviceKey]*blob.Peer{}, jobs: map[model.ID]*fetchJob{}, counted: map[model.ID]int{}, adding: map[model.Hash]bool{}, watchers: map[int]func(){},
	}
	options := blob.Options{Recorded: a.recorded, ReadOnly: r.node.home.ReadOnly()}
	if r.Relay() {
		options.Limit = relayLimit
	}
	dir := r.node.home.RoomDir(r.Room())
	var err error
	if a.store, err = blob.Open(filepath.Join(dir, attachmentsDir), options); err != nil {
		return nil, err
	}
	a.known, err = loadHolders(filepath.Join(dir, holdersFile))
	if err != nil {
		r.node.log.Warn("who has which attachment is asked anew", "error", err)
	}
	return a, nil
}

// recorded tells whether the record names a root.
func (a *attachments) recorded(root blob.Name) (found bool) {
	a.room.View(func(s *model.State) {
		s.Attachments(func(inc *model.Incident, id model.ID) {
			c, ok := s.Content(inc.Items[id])
			found = found || ok && c.Root == root
		})
	})
	return found
}

// streams has the mesh carry chunks beside its links.
func (a *attachments) streams() *mesh.Streams {
	return &mesh.Streams{MaxFrame: blob.MaxFrame, Serve: a.serve}
}

// serve is one peer, as long as its stream lasts.
func (a *attachments) serve(ctx context.Context, s *mesh.Stream) {
	p := blob.NewPeer(s.Peer(), s, a.store, a.room.Relay(), a.out)
	a.mu.Lock()
	a.peers[p.Device] = p
	a.mu.Unlock()
	a.poke()
	a.tell()
	err := p.Run(ctx)
	a.mu.Lock()
	if a.peers[p.Device] == p {
		delete(a.peers, p.Device)
	}
	a.mu.Unlock()
	a.tell()
	a.room.node.log.Debug("stream ended", "peer", p.Device.Short(), "reason", err)
}

// linked gives the peers that can be asked now.
func (a *attachments) linked() []*blob.Peer {
	a.mu.Lock()
	defer a.mu.Unlock()
	peers := make([]*blob.Peer, 0, len(a.peers))
	for _, p := range a.peers {
		peers = append(peers, p)
	}
	return peers
}

func (a *attachments) isLinked(device model.DeviceKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.peers[device] != nil
}

// recount forgets how many parts of a file are here; of all files where none is
// named.
func (a *attachments) recount(ids ...model.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recounts++
	if len(ids) == 0 {
		clear(a.counted)
	}
	for _, id := range ids {
		delete(a.counted, id)
	}
}

// poke has who tends the files look again.
func (a *attachments) poke() {
	for _, c := range []chan struct{}{a.look, a.send} {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// WatchAttachments has fn called after what is known of the room's files may have
// changed: progress, who has them. fn must be quick; several changes may be one
// call, and calls may come from several goroutines.
func (r *Room) WatchAttachments(fn func()) (stop func()) {
	a := r.files
	a.mu.Lock()
	defer a.mu.Unlock()
	id := a.nextSub
	a.nextSub++
	a.watchers[id] = fn
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, id)
	}
}

func (a *attachments) tell() {
	a.mu.Lock()
	fns := make([]func(), 0, len(a.watchers))
	for _, fn := range a.watchers {
		fns = append(fns, fn)
	}
	a.mu.Unlock()
	for _, fn := range fns {
		fn()
	}
}

// held is an attachment as the state has it.
type held struct {
	id      model.ID
	view    model.AttachmentView
	content model.Content
	ok      bool // the record of its content can be right
	names   map[model.DeviceKey]string
}

// find reads what a person typed for an attachment.
func (r *Room) find(text string) (h held, err error) {
	r.View(func(s *model.State) {
		var inc *model.Incident
		if inc, h.id, err = s.FindAttachment(text); err != nil {
			return
		}
		h.view = s.AttachmentView(inc, h.id)
		h.content, h.ok = s.Content(inc.Items[h.id])
		h.names = deviceNames(s)
	})
	if err == nil && !h.ok {
		err = fmt.Errorf("the record of attachment %q is damaged or false; it cannot be opened", h.view.Name)
	}
	return h, err
}

// deviceNames says how devices are called in a sentence: "Ben Okafor's laptop".
func deviceNames(s *model.State) map[model.DeviceKey]string {
	names := make(map[model.DeviceKey]string, len(s.Members))
	for device, m := range s.Members {
		name := m.Name
		if name == "" {
			name = "device " + device.Short()
		}
		switch {
		case m.Role == model.RoleRelay:
			name = "the relay " + name
		case !m.Person.Zero():
			name = s.PersonName(m.Person) + "'s " + name
		}
		if !m.Active() {
			name += " (removed)"
		}
		names[device] = name
	}
	return names
}

var errNoLinks = errors.New("nothing links here now; start `holdfastctl serve` or the desktop, and try again")
