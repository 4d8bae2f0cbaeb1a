package mesh

import (
	"context"
	"slices"

	"holdfast/sync/mesh/engine"
)

// shared is a read of the log for several links. A line goes to all links of a
// relay: it is read, packed and framed once.
type shared struct {
	read  engine.ReadRun // its Link is zero
	links []engine.LinkID
}

// share takes from the effects of a step the reads that are alike, to be done
// once. A link that has something to write reads for itself, when that is
// written: so a peer that is slow to take what it is sent holds no more runs in
// memory than it would alone. The caller holds m.mu.
func (m *Mesh) share(effects []engine.Effect) (rest []engine.Effect) {
	alike := map[engine.ReadRun][]engine.LinkID{}
	for _, ef := range effects {
		switch r := ef.(type) {
		case engine.ReadBrief:
			return effects // it is told before any run
		case engine.ReadRun:
			if l := m.links[r.Link]; l != nil && l.idle() {
				r.Link = 0
				alike[r] = append(alike[r], l.id)
			}
		}
	}
	for r, links := range alike {
		if len(links) > 1 {
			m.shared = append(m.shared, shared{r, links})
			poke(m.reading)
		}
	}
	return slices.DeleteFunc(effects, func(ef engine.Effect) bool {
		r, ok := ef.(engine.ReadRun)
		id := r.Link
		r.Link = 0
		return ok && len(alike[r]) > 1 && slices.Contains(alike[r], id)
	})
}

// readLoop does the reads that are shared.
func (m *Mesh) readLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.reading:
		}
		m.mu.Lock()
		due := m.shared
		m.shared = nil
		m.mu.Unlock()
		for _, s := range due {
			m.readRun(s.read, s.links...)
		}
	}
}
