package mesh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

// proveWithin is how long an answer may take: the peer reads 6 MB, on a disk that may
// be busy, and its answer stands behind what it is sending.
const proveWithin = 30 * time.Second

// MaxProve is the most commits Prove goes over.
const MaxProve = engine.MaxProve

// ErrUnproven says that a device did not show that it holds what it says it holds.
var ErrUnproven = errors.New("the device does not show that it holds it")

// asked is a question that waits for its answer.
type asked struct {
	peer   model.DeviceKey
	answer chan engine.ProofTold // capacity 1
}

// Prove has a linked device show that it holds what is held here of a feed after a
// commit, up to another, byte for byte. It gives the clock there. ErrUnproven where
// the device holds something else, says that it does not, or does not answer: one of a
// version before this question never does.
func (m *Mesh) Prove(ctx context.Context, device model.DeviceKey, feed model.FeedID, after, upto uint64) (time.Time, error) {
	q := engine.Question{Feed: feed, After: after, Upto: upto}
	_, _ = rand.Read(q.Salt[:]) // never fails
	want, err := m.cfg.Store.Sum(feed, after, upto, q.Salt)
	if err != nil {
		return time.Time{}, fmt.Errorf("read what is to be shown: %w", err)
	}
	a := &asked{peer: device, answer: make(chan engine.ProofTold, 1)}
	m.mu.Lock()
	if !m.engine.Linked(device) {
		m.mu.Unlock()
		return time.Time{}, fmt.Errorf("device %s is not linked: %w", device.Short(), ErrUnproven)
	}
	m.nextAsk++
	q.ID = m.nextAsk
	m.asked[q.ID] = a
	m.step(engine.AskProof{Peer: device, Question: q})
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.asked, q.ID)
	}()
	ctx, cancel := context.WithTimeout(ctx, proveWithin)
	defer cancel()
	select {
	case told := <-a.answer:
		if !told.Held || told.Sum != want {
			return told.Wall, fmt.Errorf("device %s, feed %s, %d to %d: %w", device.Short(), feed.Short(), after+1, upto, ErrUnproven)
		}
		return told.Wall, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("device %s does not answer: %w", device.Short(), ErrUnproven)
	}
}

// show answers a peer's question from the log.
func (m *Mesh) show(r engine.ReadProof) {
	sum, err := m.cfg.Store.Show(r.Feed, r.After, r.Upto, r.Salt)
	if err != nil {
		m.cfg.Log.Warn("a peer asked for what cannot be shown here", "feed", r.Feed.Short(), "after", r.After, "upto", r.Upto, "error", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step(engine.ProofRead{Link: r.Link, ID: r.ID, Held: err == nil, Sum: sum})
}
