package node

import (
	"context"
	"errors"
	"time"

	"holdfast/model"
	"holdfast/sync/blob"
	"holdfast/sync/replica"
)

// tend asks peers who has what as they and the files come, and fetches what is
// small. It ends with the node.
func (a *attachments) tend() {
	defer a.room.Subscribe(func(replica.Change) {
		a.in.Line()
		a.out.Line()
		a.poke()
	})()
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	ctx := a.room.node.ctx
	asked := map[*blob.Peer]map[model.ID]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.look:
		case <-every.C:
			clear(asked)
		}
		if !pause(ctx, lookPause) || a.room.Relay() {
			continue
		}
		a.lookAround(ctx, asked)
	}
}

// pause waits; false where ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// newest lists the attachments of the room, the newest first.
func (a *attachments) newest() (all []held) {
	a.room.View(func(s *model.State) {
		names := deviceNames(s)
		s.Attachments(func(inc *model.Incident, id model.ID) {
			h := held{id: id, names: names}
			if h.content, h.ok = s.Content(inc.Items[id]); h.ok && len(all) < maxRemembered {
				h.view = s.AttachmentView(inc, id)
				all = append(all, h)
			}
		})
	})
	return all
}

// lookAround asks each peer once about each file, and again after a while.
func (a *attachments) lookAround(ctx context.Context, asked map[*blob.Peer]map[model.ID]bool) {
	peers := a.linked()
	there := map[*blob.Peer]bool{}
	for _, p := range peers {
		there[p] = true
		if asked[p] == nil {
			asked[p] = map[model.ID]bool{}
		}
	}
	for p := range asked {
		if !there[p] {
			delete(asked, p)
		}
	}
	ids, answered := map[model.ID]bool{}, false
	all := a.newest()
	for _, h := range all {
		ids[h.id] = true
		known := a.known.all(h.id)
		for _, p := range peers {
			if !asked[p][h.id] && !known[p.Device].whole() {
				asked[p][h.id], answered = true, true
				a.ask(ctx, h, []*blob.Peer{p})
			}
		}
	}
	if err := a.known.keep(ids); err != nil {
		a.room.node.log.Warn("who has which attachment was not written down", "error", err)
	}
	if answered {
		a.tell()
	}
	for _, h := range all {
		if h.content.Size <= fetchUnasked && ctx.Err() == nil {
			a.fetchSmall(ctx, h)
		}
	}
}

// fetchSmall fetches a file that somebody linked has, without being asked.
func (a *attachments) fetchSmall(ctx context.Context, h held) {
	s := a.status(h)
	if s.State != AttachmentElsewhere && s.State != AttachmentPartial {
		return
	}
	known := a.known.all(h.id)
	for _, p := range a.linked() {
		if known[p.Device].whole() {
			if err := a.fetch(ctx, h, nil); err != nil && ctx.Err() == nil {
				a.room.node.log.Debug("attachment not fetched", "name", h.view.Name, "error", err)
			}
			return
		}
	}
}

// supply gives the relays that are linked what this device added, so that it is
// there when this device is gone. It ends with the node.
func (a *attachments) supply() {
	ctx := a.room.node.ctx
	sent := map[*blob.Peer]map[model.ID]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.send:
		}
		if !pause(ctx, lookPause) || a.room.Relay() {
			continue
		}
		relays := a.relays()
		for p := range sent {
			if !relays[p] {
				delete(sent, p)
			}
		}
		for p := range relays {
			if sent[p] == nil {
				sent[p] = map[model.ID]bool{}
			}
			a.supplyRelay(ctx, p, sent[p])
		}
	}
}

// relays gives the relays that are linked.
func (a *attachments) relays() map[*blob.Peer]bool {
	relays := map[*blob.Peer]bool{}
	peers := a.linked()
	a.room.View(func(s *model.State) {
		for _, p := range peers {
			if m, ok := s.ActiveMember(p.Device); ok && m.Role == model.RoleRelay {
				relays[p] = true
			}
		}
	})
	return relays
}

// supplyRelay gives one relay what it lacks of this device's files, the newest
// first, until it takes no more.
func (a *attachments) supplyRelay(ctx context.Context, relay *blob.Peer, sent map[model.ID]bool) {
	for _, h := range a.newest() {
		if sent[h.id] || h.content.Device != a.room.Device() {
			continue
		}
		n, err := a.store.Send(ctx, h.content, relay, a.out)
		if err != nil && ctx.Err() == nil && !errors.Is(err, blob.ErrMissing) {
			a.room.node.log.Warn("a relay was not given an attachment", "name", h.view.Name, "parts", n, "error", err)
		}
		if err != nil {
			return // tried again when the relay or the record changes
		}
		sent[h.id] = true
		a.ask(ctx, h, []*blob.Peer{relay})
		a.tell()
	}
}
