package main

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/secret"
)

// An ear is a device that takes what it is sent, acknowledges it and keeps
// nothing: hundreds of them leave the processors to the peer that is measured,
// as they would on machines of their own.
type ear struct {
	crowd *crowd
	mesh  *mesh.Mesh

	mu    sync.Mutex
	heads model.Vector
}

// listen makes n ears linked to an address, until ctx ends.
func (c *crowd) listen(ctx context.Context, running *sync.WaitGroup, n int, address string) error {
	end := time.Now().Add(patience)
	for range n {
		device, err := identity.LoadOrCreate(noSecrets{}, rand.Reader)
		if err != nil {
			return err
		}
		e := &ear{crowd: c, heads: model.Vector{}}
		e.mesh, err = mesh.New(mesh.Config{
			Room: c.welcome.Room, Identity: crowdIdentity{device}, Store: e, Authorize: func(model.DeviceKey, []byte) bool { return true },
		})
		if err != nil {
			return err
		}
		running.Go(func() { _ = e.mesh.Run(ctx) }) // ends with ctx
		if err := e.mesh.AddAddress(address, "typed"); err != nil {
			return err
		}
		if err := wait(e.mesh, 1, end); err != nil {
			return err
		}
	}
	c.ears += n
	return nil
}

// Accept implements mesh.Store. It notes what has come, and has it at once.
func (e *ear) Accept(_ context.Context, runs []mesh.Run) (answers func() []error) {
	now := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range runs {
		e.heads[r.Feed] = model.Head{Seq: r.Last()}
		if e.crowd.writes(r.Feed, 0) {
			e.crowd.note(arrival{seq: r.Last(), at: now})
			e.crowd.note(arrival{seq: r.Last(), at: now, durable: true})
		}
	}
	return func() []error { return make([]error, len(runs)) }
}

// Heads implements mesh.Store.
func (e *ear) Heads() model.Vector {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heads.Clone()
}

// ReadRun implements mesh.Store. What an ear has heard it does not tell.
func (e *ear) ReadRun(model.FeedID, uint64, int) (mesh.Run, bool, error) {
	return mesh.Run{}, false, nil
}

// Subscribe implements mesh.Store. What is taken is answered for, and nothing
// else changes.
func (e *ear) Subscribe(func()) (stop func()) { return func() {} }

// Naming implements mesh.Store.
func (e *ear) Naming() uint64 { return 0 }

// Short implements mesh.Store. An ear lets go of nothing.
func (e *ear) Short() mesh.Short { return mesh.Short{} }

// Sum implements mesh.Store. An ear holds nothing that could be shown.
func (e *ear) Sum(model.FeedID, uint64, uint64, [32]byte) (sum [32]byte, err error) {
	return sum, errShowsNothing
}

// Show implements mesh.Store.
func (e *ear) Show(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
	return e.Sum(feed, after, upto, salt)
}

var errShowsNothing = errors.New("an ear keeps nothing")

// OwnFeed implements mesh.Store. An ear writes nothing.
func (e *ear) OwnFeed() model.FeedID { return model.FeedID{} }

// noSecrets holds nothing and keeps nothing.
type noSecrets struct{}

// Value implements identity.Secrets.
func (noSecrets) Value(string) ([]byte, error) { return nil, secret.ErrNotFound }

// Put implements identity.Secrets.
func (noSecrets) Put(string, []byte) error { return nil }
