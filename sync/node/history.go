package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
)

// When a device lets go of history by itself, where the room's admins said after
// how long it may: the room is folded for it and its store written anew, so it is
// done rarely and not for little.
const (
	letGoFirst = 10 * time.Minute
	letGoEvery = 24 * time.Hour
	letGoLeast = 2000 // commits, about 0.4 MB
)

// errKeepsAll is the answer where the room keeps all history everywhere.
var errKeepsAll = errors.New("the room keeps all history on every device: an admin marks an archive with `room archive DEVICE` and says after how many days" +
	" the others may let go, with `room history DAYS`; nothing was let go")

// named are the archives that peers without the beginning of a feed named.
type named struct {
	mu   sync.Mutex
	list []model.DeviceKey
}

// archivesNamed takes who keeps all history, by a peer's word. Before the founding
// has arrived only those the invite named may link; whom one of them names is
// believed as well, for the record proves itself.
func (r *Room) archivesNamed(peer model.DeviceKey, archives []model.DeviceKey) {
	r.named.mu.Lock()
	r.named.list = archives
	r.named.mu.Unlock()
	early := false
	r.View(func(s *model.State) { early = s.Founded.Seq == 0 })
	if !early || r.Relay() || !r.known.trusts(peer) {
		return
	}
	for _, device := range archives {
		if err := r.known.trust(device, nil); err != nil {
			r.node.log.Warn("an archive that a peer named is not remembered", "error", err)
		}
	}
}

// LetGo lets go of history older than an age, as far as archives that are linked
// now hold it, and not of less than least commits; none is without a bound. The
// age is at least the one the room's admins allow.
func (r *Room) LetGo(ctx context.Context, older time.Duration, least uint64) (replica.LetGo, error) {
	var age time.Duration
	var archives []model.DeviceKey
	r.View(func(s *model.State) { age, archives = s.HistoryAge(), s.Archives() })
	switch {
	case r.Relay(): // the replica says so
	case age == 0:
		return replica.LetGo{}, errKeepsAll
	case older < age:
		return replica.LetGo{}, fmt.Errorf("the room keeps history for %d days on every device; nothing was let go", int(age.Hours()/24))
	}
	var said []replica.Holding
	for _, device := range archives {
		if r.mesh == nil || device == r.Device() {
			continue
		}
		if upto, linked := r.mesh.HoldsAll(device); linked {
			said = append(said, replica.Holding{Archive: device, Upto: upto})
		}
	}
	to, err := r.MayLetGo(ctx, r.Now().Add(-older), said)
	if err != nil {
		return replica.LetGo{}, err
	}
	if n := r.commits(to); n > 0 && n < least {
		return replica.LetGo{}, nil // not worth the asking
	}
	shown, now, err := r.shown(ctx, to, said)
	if err != nil {
		return replica.LetGo{}, err
	}
	return r.Replica.LetGo(ctx, now.Add(-older), shown, least)
}

// tendHistory lets go of history as the room's admins said.
func (r *Room) tendHistory() {
	for wait := letGoFirst; ; wait = letGoEvery {
		select {
		case <-r.node.ctx.Done():
			return
		case <-time.After(wait):
		}
		var age time.Duration
		keeps := false
		r.View(func(s *model.State) {
			if keeps = s.Keeps(r.Device()); !keeps {
				age = s.HistoryAge()
			}
		})
		if keeps {
			r.ReadOver(r.node.ctx)
		}
		if age == 0 || r.Relay() {
			continue
		}
		done, err := r.LetGo(r.node.ctx, age, letGoLeast)
		switch {
		case err != nil:
			r.node.log.Info("history stays here", "room", r.label(), "reason", err)
		case done.Commits > 0:
			r.node.log.Info("let go of history that an archive holds", "room", r.label(), "commits", done.Commits, "bytes", done.Before-done.After)
		}
	}
}

// HeldView says what is held of a feed whose beginning was let go.
type HeldView struct {
	Feed   model.FeedID    `json:"feed"`
	Device model.DeviceKey `json:"device"`
	Person string          `json:"person"`
	// From is the first commit that is here.
	From uint64 `json:"from"`
	// Archives hold those before it.
	Archives []string `json:"archives"`
}

// HeldViews lists the feeds that are not held from their first commit.
func (r *Room) HeldViews() []HeldView {
	views := []HeldView{}
	begins := r.Begins()
	if len(begins) == 0 {
		return views
	}
	archives := r.deviceNames(r.Short().Archives)
	r.View(func(s *model.State) {
		for feed, head := range begins {
			v := HeldView{Feed: feed, From: head.Seq + 1, Archives: archives}
			if device, ok := s.Author(feed); ok {
				v.Device = device
				_, p := s.PersonOf(device)
				if p != nil {
					v.Person = p.Name()
				}
			}
			views = append(views, v)
		}
	})
	slices.SortFunc(views, func(a, b HeldView) int {
		return max(min(strings.Compare(a.Person, b.Person), 1), -1)*2 + a.Feed.Compare(b.Feed)
	})
	return views
}

// HistoryView says how much of the room's history was let go here, and what is left.
type HistoryView struct {
	// LetGo counts the commits that were let go, of Feeds feeds.
	LetGo uint64
	Feeds int
	// By are the archives that held them, as they said then.
	By []model.DeviceKey
	// Bytes is the size of the store.
	Bytes int64
}

// History tells what was let go here. It may read the disk.
func (r *Room) History() (HistoryView, error) {
	begins := r.Begins()
	v := HistoryView{Feeds: len(begins), By: r.KeptBy()}
	for _, head := range begins {
		v.LetGo += head.Seq
	}
	var err error
	v.Bytes, err = r.Size()
	return v, err
}

// deviceNames gives devices as people know them.
func (r *Room) deviceNames(devices []model.DeviceKey) []string {
	list := []string{}
	r.View(func(s *model.State) {
		for _, d := range devices {
			name := d.Short()
			if m := s.Members[d]; m != nil && m.Name != "" {
				name = m.Name
			}
			list = append(list, name)
		}
	})
	return list
}

// historyAilments tells what this device lacks of the room's history, and who has it.
func (r *Room) historyAilments() (list []Ailment) {
	says := func(fix Fix, form string, args ...any) {
		list = append(list, Ailment{Text: fmt.Sprintf(form, args...), Fix: fix})
	}
	if r.Wants() {
		why := "what it made of it cannot be used by this version, is damaged, or has to be judged anew"
		seen := "What you see is as it was"
		if r.Partial() {
			seen = "Until then it shows a part of the room alone"
		}
		says(FixLink, "This device let go of old history and needs it again: %s. It takes it from an archive, %s, as soon as that is linked, or from a bundle"+
			" that was written there. %s; nothing is lost.", why, r.archiveNames(r.Short().Archives), seen)
	}
	list = append(list, r.archiveAilments()...)
	for _, p := range r.Peers() {
		if p.Waits > 0 {
			says(FixExport, "Device %s lacks %d commits that this device let go of, and its version does not know that an archive has them: %s. Link it to that one,"+
				" bring it up to date, or carry a bundle there.", strings.Join(r.deviceNames([]model.DeviceKey{p.Device}), ""), p.Waits, r.archiveNames(r.Short().Archives))
		}
	}
	if n, commits := r.withoutBeginning(); n > 0 && r.isArchive() {
		says(FixImport, "Devices let go of the beginning of %d %s because this archive held it, and %d commits of that are not here any more: its record was put back to an"+
			" older copy, or was lost. Link another archive, import a bundle or put back a newer copy: what nobody has is lost.", n, feeds(n), commits)
	} else if n > 0 {
		r.named.mu.Lock()
		archives := r.named.list
		r.named.mu.Unlock()
		says(FixLink, "The devices linked here let go of the beginning of %d %s, %d commits in all, so this device cannot take them yet. An archive has them: %s."+
			" Link to it, or import a bundle that was written there.", n, feeds(n), commits, r.archiveNames(archives))
	}
	return list
}

func feeds(n int) string {
	if n == 1 {
		return "feed"
	}
	return "feeds"
}

func (r *Room) archiveNames(devices []model.DeviceKey) string {
	if len(devices) == 0 {
		return "a device that keeps all of the room's history"
	}
	return "device " + strings.Join(r.deviceNames(devices), " or ")
}

// withoutBeginning counts the feeds that a linked device has and cannot give, because it let
// go of their beginning, and that beginning is not here and no other link has it.
func (r *Room) withoutBeginning() (n int, commits uint64) {
	heads := r.Heads()
	short, whole := map[model.FeedID]uint64{}, map[model.FeedID]bool{}
	for _, p := range r.Peers() {
		if !p.Connected {
			continue
		}
		for feed, begin := range p.Begins {
			if heads[feed].Seq < begin {
				short[feed] = max(short[feed], begin-heads[feed].Seq)
			}
		}
		upto, _ := r.mesh.HoldsAll(p.Device)
		for feed := range upto {
			whole[feed] = true
		}
	}
	for feed, lacks := range short {
		if !whole[feed] {
			n, commits = n+1, commits+lacks
		}
	}
	return n, commits
}

// compactRequest asks to write a store anew, and to let go of history first.
type compactRequest struct {
	// Days is the age of what is let go; zero lets go of nothing.
	Days int `json:"days"`
}

// CompactReply is the size of the store before and after it was written anew, and
// what was let go.
type CompactReply struct {
	Before int64 `json:"bytes_before"`
	After  int64 `json:"bytes_after"`
	// LetGo counts the commits that are not here any more, of Feeds feeds.
	LetGo uint64 `json:"let_go"`
	Feeds int    `json:"let_go_feeds"`
	// Stays says why the other feeds were not let go of further.
	Stays []string `json:"stays"`
}

func compact(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	var q compactRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if q.Days < 0 || q.Days > model.MaxHistoryDays {
		return nil, fmt.Errorf("%d days is not an age; nothing was changed", q.Days)
	}
	return room.Shrink(r.ctx, q.Days)
}

// Shrink writes the store anew without what is free in it. With days over zero it
// lets go of history older than that before, as LetGo does.
func (r *Room) Shrink(ctx context.Context, days int) (CompactReply, error) {
	if days == 0 {
		c, err := r.Compact()
		return CompactReply{Before: c.Before, After: c.After, Stays: []string{}}, err
	}
	done, err := r.LetGo(ctx, time.Duration(days)*24*time.Hour, 1)
	if err != nil {
		return CompactReply{}, err
	}
	if done.Commits == 0 {
		if done.Compacted, err = r.Compact(); err != nil {
			return CompactReply{}, err
		}
	}
	return compactReply(done.Compacted, done), nil
}

func compactReply(c oplog.Compacted, done replica.LetGo) CompactReply {
	reply := CompactReply{Before: c.Before, After: c.After, LetGo: done.Commits, Feeds: done.Feeds, Stays: []string{}}
	for why, n := range done.Waits {
		reply.Stays = append(reply.Stays, fmt.Sprintf("%d %s: %s", n, feeds(n), why))
	}
	slices.Sort(reply.Stays)
	return reply
}
