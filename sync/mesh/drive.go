package mesh

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

// Bounds of what is given to the store at once: enough that a commit to disk
// is shared by many runs, and little enough that a line written meanwhile by
// another peer does not wait long.
const (
	maxBatchRuns  = 32
	maxBatchBytes = 8 << 20
)

// step gives the engine an event and carries out what it answers. The caller
// holds m.mu; nothing here blocks.
func (m *Mesh) step(ev engine.Event) {
	events := []engine.Event{ev}
	for len(events) > 0 {
		effects := m.engine.Step(m.cfg.Now(), events[0])
		events = events[1:]
		if len(effects) > 1 {
			effects = m.share(effects)
		}
		for _, ef := range effects {
			if down := m.carryOut(ef); down != nil {
				events = append(events, down)
			}
		}
	}
}

// carryOut does one effect. It gives an event if the effect ended a link.
func (m *Mesh) carryOut(ef engine.Effect) engine.Event {
	switch ef := ef.(type) {
	case engine.Send:
		return m.queue(ef.Link, task{frame: ef.Frame})
	case engine.ReadRun:
		return m.queue(ef.Link, task{read: &ef})
	case engine.ReadBrief:
		if m.cfg.Brief != nil {
			return m.queue(ef.Link, task{brief: &ef})
		}
	case engine.ReadProof:
		return m.queue(ef.Link, task{proof: &ef})
	case engine.ProofTold:
		if asked := m.asked[ef.ID]; asked != nil && asked.peer == ef.Peer {
			delete(m.asked, ef.ID)
			asked.answer <- ef
		}
	case engine.BriefTold:
		m.report(func() {
			if m.cfg.OnBrief != nil {
				m.cfg.OnBrief(ef.Peer, ef.Brief)
			}
		})
	case engine.Ingest:
		m.ingest.push(ef)
	case engine.Close:
		if l := m.links[ef.Link]; l != nil {
			m.cfg.Log.Debug("link closed", "peer", l.peer.Short(), "reason", ef.Reason)
			l.finish(ef.Reason)
			m.forgetLink(l, true)
		}
	case engine.ForkSuspected:
		m.report(func() {
			if m.cfg.OnFork != nil {
				m.cfg.OnFork(ef)
			}
		})
	case engine.RolledBack:
		m.report(func() {
			if m.cfg.OnRollback != nil {
				m.cfg.OnRollback(ef)
			}
		})
	case engine.ArchivesNamed:
		m.report(func() {
			if m.cfg.OnArchives != nil {
				m.cfg.OnArchives(ef.Peer, ef.Archives)
			}
		})
	case engine.AddressesLearned:
		m.learn(ef)
	case engine.ShutOut:
		m.report(func() {
			if m.cfg.OnShutOut != nil {
				m.cfg.OnShutOut(ef.Peer)
			}
		})
	case engine.Twin:
		m.twin(ef.Device)
	case engine.PeersChanged:
		poke(m.changed)
	}
	return nil
}

func (m *Mesh) queue(id engine.LinkID, t task) engine.Event {
	l := m.links[id]
	if l == nil || l.push(t) {
		return nil
	}
	l.kill(errUnread.Error())
	m.forgetLink(l, true)
	return engine.LinkDown{Link: id, Reason: l.why()}
}

func (m *Mesh) report(fn func()) {
	m.reports = append(m.reports, fn)
	poke(m.changed)
}

// twin reports that two homes use the key of a device. The caller holds m.mu.
func (m *Mesh) twin(device model.DeviceKey) {
	m.report(func() {
		if m.cfg.OnTwin != nil {
			m.cfg.OnTwin(device)
		}
	})
}

// learn tries the addresses a peer named, and passes them on to be kept.
func (m *Mesh) learn(ef engine.AddressesLearned) {
	var fit []string
	for _, a := range ef.Addresses {
		if host, port, err := net.SplitHostPort(a); err == nil && host != "" && port != "" && m.book.add(a, SourcePeer) {
			fit = append(fit, a)
		}
	}
	if len(fit) == 0 {
		return
	}
	poke(m.dialNow)
	if m.cfg.OnAddresses != nil {
		m.report(func() { m.cfg.OnAddresses(ef.Peer, fit) })
	}
}

// closeAll ends every link without a word from the engine. The caller holds m.mu.
func (m *Mesh) closeAll(reason string) {
	for _, l := range m.links {
		l.kill(reason)
		m.forgetLink(l, false)
		m.step(engine.LinkDown{Link: l.id, Reason: reason})
	}
}

// ingestQueue holds the runs that wait for the store. The windows of the links
// bound it.
type ingestQueue struct {
	mu   sync.Mutex
	runs []engine.Ingest
	wake chan struct{} // capacity 1
}

func (q *ingestQueue) push(r engine.Ingest) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.runs = append(q.runs, r)
	poke(q.wake)
}

// take gives the runs of one commit.
func (q *ingestQueue) take() []engine.Ingest {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.runs) && n < maxBatchRuns && (n == 0 || size+len(q.runs[n].Run.Bytes) <= maxBatchBytes) {
		size += len(q.runs[n].Run.Bytes)
		n++
	}
	batch := q.runs[:n:n]
	if q.runs = q.runs[n:]; len(q.runs) == 0 {
		q.runs = nil
	} else {
		poke(q.wake)
	}
	return batch
}

var errAnswers = errors.New("the store did not answer for every run")

// handed is runs that the store has taken, and what it will say of them.
type handed struct {
	batch   []engine.Ingest
	answers func() []error
}

// ingestLoop gives the store what waits, as much at once as has gathered meanwhile. The
// store verifies one batch while the one before is made durable.
func (m *Mesh) ingestLoop(ctx context.Context) {
	taken := make(chan handed)
	var answering sync.WaitGroup
	answering.Go(func() {
		for h := range taken {
			m.answered(h.batch, h.answers())
		}
	})
	defer answering.Wait()
	defer close(taken)
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.ingest.wake:
		}
		batch := m.ingest.take()
		if len(batch) == 0 {
			continue
		}
		runs := make([]Run, len(batch))
		for i, b := range batch {
			runs[i] = b.Run
		}
		taken <- handed{batch, m.cfg.Store.Accept(ctx, runs)}
	}
}

// answered tells the engine what became of runs.
func (m *Mesh) answered(batch []engine.Ingest, errs []error) {
	results := make([]engine.IngestResult, len(batch))
	for i, b := range batch {
		err := errAnswers
		if i < len(errs) {
			err = errs[i]
		}
		results[i] = engine.IngestResult{Link: b.Link, Feed: b.Run.Feed, First: b.Run.First, Count: b.Run.Count, Err: err}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step(engine.Ingested{Results: results})
}

// headsLoop tells the engine what has become durable.
func (m *Mesh) headsLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.heads:
		}
		heads, naming, short := m.held()
		own := m.cfg.Store.OwnFeed()
		m.mu.Lock()
		m.step(engine.HeadsChanged{Heads: heads, Own: own, Naming: naming, Short: short})
		m.mu.Unlock()
	}
}

// held gives what the store holds, and the naming it is told in.
func (m *Mesh) held() (model.Vector, uint64, Short) {
	for {
		naming := m.cfg.Store.Naming()
		heads, short := m.cfg.Store.Heads(), m.cfg.Store.Short()
		if m.cfg.Store.Naming() == naming {
			return heads, naming, short
		}
	}
}

// tickLoop lets time pass in the engine while there are links.
func (m *Mesh) tickLoop(ctx context.Context) {
	t := time.NewTicker(engine.TickEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		m.mu.Lock()
		if len(m.links) > 0 {
			m.step(engine.Tick{})
		}
		m.mu.Unlock()
	}
}

// notifyLoop calls those who asked to be told, one at a time and outside m.mu.
func (m *Mesh) notifyLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.changed:
		}
		m.mu.Lock()
		calls := m.reports
		m.reports = nil
		for _, fn := range m.watchers {
			calls = append(calls, fn)
		}
		m.mu.Unlock()
		for _, fn := range calls {
			fn()
		}
	}
}
