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

// MaxProve is the most commits Prove goes over: to ask a peer for more breaks the
// protocol.
const MaxProve = engine.MaxProve

// Why a device is not relied on.
var (
	// ErrUnproven: it did not show that it holds what it says it holds.
	ErrUnproven = errors.New("the device does not show that it holds it")
	// ErrUnlinked: it was asked nothing, or is gone before it answered.
	ErrUnlinked = errors.New("the device is not linked")
)

// asked is a question that waits for its answer. The answer is closed without one
// where the link ends.
type asked struct {
	peer   model.DeviceKey
	answer chan engine.ProofTold // capacity 1
}

// Prove has a linked device show that it holds what is held here of a feed after a
// commit, up to another, byte for byte. It gives the clock there. ErrUnproven where
// the device holds something else, says that it does not, or does not answer: one of a
// version before this question never does. A link that ends meanwhile, as all do when a
// computer wakes or its clock jumps, is waited for and the question asked again;
// ErrUnlinked where none comes.
func (m *Mesh) Prove(ctx context.Context, device model.DeviceKey, feed model.FeedID, after, upto uint64) (time.Time, error) {
	if upto > after+MaxProve {
		return time.Time{}, fmt.Errorf("more than %d commits are to be shown at once", MaxProve)
	}
	q := engine.Question{Feed: feed, After: after, Upto: upto}
	_, _ = rand.Read(q.Salt[:]) // never fails
	want, err := m.cfg.Store.Sum(feed, after, upto, q.Salt)
	if err != nil {
		return time.Time{}, fmt.Errorf("read what is to be shown: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, proveWithin)
	defer cancel()
	changed := make(chan struct{}, 1)
	defer m.Subscribe(func() { poke(changed) })()
	for {
		told, err := m.put(ctx, device, q)
		switch {
		case err == nil && told.Held && told.Sum == want:
			return told.Wall, nil
		case err == nil:
			return told.Wall, fmt.Errorf("device %s, feed %s, %d to %d: %w", device.Short(), feed.Short(), after+1, upto, ErrUnproven)
		case !errors.Is(err, ErrUnlinked):
			return time.Time{}, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return time.Time{}, err
		}
	}
}

// put asks a device once.
func (m *Mesh) put(ctx context.Context, device model.DeviceKey, q engine.Question) (told engine.ProofTold, err error) {
	a := &asked{peer: device, answer: make(chan engine.ProofTold, 1)}
	m.mu.Lock()
	if !m.engine.Linked(device) {
		m.mu.Unlock()
		return told, fmt.Errorf("device %s: %w", device.Short(), ErrUnlinked)
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
	select {
	case told, ok := <-a.answer:
		if !ok {
			return told, fmt.Errorf("device %s is gone before it answered: %w", device.Short(), ErrUnlinked)
		}
		return told, nil
	case <-ctx.Done():
		return told, fmt.Errorf("device %s does not answer: %w", device.Short(), ErrUnproven)
	}
}

// unanswered ends the questions a device was asked, one of whose links ends: on which
// they were is not known. The caller holds m.mu.
func (m *Mesh) unanswered(device model.DeviceKey) {
	for id, a := range m.asked {
		if a.peer == device {
			delete(m.asked, id)
			close(a.answer)
		}
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
