package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/replica"
)

// clocksApart is how far this device's clock and an archive's may differ when history
// is let go of by its age, which is 30 days at least. Below it the earlier counts; a
// clock that is a year ahead would make old history of yesterday's work.
const clocksApart = 24 * time.Hour

// unproven are the archives that did not show what they say they hold, when this
// device last asked.
type unproven struct {
	mu   sync.Mutex
	list []model.DeviceKey
}

// shown has archives show that they hold what would be let go. It gives what they have
// shown, and the earliest of the clocks: what is not old by all of them stays. Each is
// asked for all it says it holds, also what another has shown: while this device still
// has it, one that lost it can be named.
func (r *Room) shown(ctx context.Context, to model.Vector, said []replica.Holding) (shown []replica.Holding, now time.Time, err error) {
	begins, now := r.Begins(), r.Now()
	var failed []model.DeviceKey
	defer func() {
		r.unproven.mu.Lock()
		r.unproven.list = failed
		r.unproven.mu.Unlock()
	}()
	for _, holding := range said {
		has := replica.Holding{Archive: holding.Archive, Upto: map[model.FeedID]uint64{}}
		for _, feed := range slices.SortedFunc(maps.Keys(to), model.FeedID.Compare) {
			begin := begins[feed].Seq
			upto, wall, err := r.showsUpTo(ctx, holding.Archive, feed, begin, min(to[feed].Seq, holding.Upto[feed]))
			if ctx.Err() != nil {
				return nil, now, ctx.Err()
			}
			if upto > begin {
				if apart := wall.Sub(r.Now()); apart.Abs() > clocksApart {
					return nil, now, r.clocksDiffer(holding.Archive, apart)
				}
				if wall.Before(now) {
					now = wall
				}
				has.Upto[feed] = upto
			}
			if err != nil {
				r.node.log.Warn("an archive did not show that it holds what would be let go", "room", r.label(), "error", err)
				if !errors.Is(err, mesh.ErrUnlinked) { // who went away is not to blame
					failed = append(failed, holding.Archive)
				}
				break // it is asked no more today
			}
		}
		shown = append(shown, has)
	}
	return shown, now, nil
}

// showsUpTo gives how far an archive shows that it holds a feed, and its clock.
func (r *Room) showsUpTo(ctx context.Context, device model.DeviceKey, feed model.FeedID, begin, end uint64) (upto uint64, wall time.Time, err error) {
	for upto = begin; upto < end; {
		next := min(upto+mesh.MaxProve, end)
		at, err := r.mesh.Prove(ctx, device, feed, upto, next)
		if err != nil {
			return upto, wall, err
		}
		upto, wall = next, at
	}
	return upto, wall, nil
}

// clocksDiffer says that nothing was let go of because of the clocks.
func (r *Room) clocksDiffer(archive model.DeviceKey, apart time.Duration) error {
	words := "ahead of"
	if apart > 0 {
		words = "behind"
	}
	return fmt.Errorf("this device's clock is %s %s the clock of the archive, %s, so it cannot be told what is old; nothing was let go. Set the clock that is wrong",
		apart.Abs().Round(time.Minute), words, r.archiveNames([]model.DeviceKey{archive}))
}

// commits counts what would be let go.
func (r *Room) commits(to model.Vector) (n uint64) {
	begins := r.Begins()
	for feed, at := range to {
		n += at.Seq - begins[feed].Seq
	}
	return n
}

// ReadOver has an archive read its whole record, as `verify` does: what others rely on
// is looked after while somebody else may still have it.
func (r *Room) ReadOver(ctx context.Context) {
	report, err := r.Check(ctx)
	if err != nil {
		return // the node is stopping
	}
	r.readOver.Store(&report)
	if !report.OK() {
		r.node.log.Error("the record of this archive is damaged", "room", r.label(), "structure", report.Structure, "bad", len(report.Bad))
	}
}

// damageSentence says what an archive found in its own record.
func (r *Room) damageSentence() (string, bool) {
	report := r.readOver.Load()
	if report == nil || report.OK() {
		return "", false
	}
	where := "its file does not hold together"
	if len(report.Bad) > 0 {
		where = fmt.Sprintf("commit %d of feed %s is not what was written", report.Bad[0].Seq, report.Bad[0].Feed.Short())
	}
	return fmt.Sprintf("The record of this archive is damaged: %s. Nobody lets go of anything more on its word. Put back a sound copy of the folder, or move the file away and start"+
		" again, while another device still has all: the room is then filled by its peers.", where), true
}

// archiveAilments tells what is wrong with those who keep what this device let go of,
// or would.
func (r *Room) archiveAilments() (list []Ailment) {
	r.unproven.mu.Lock()
	failed := slices.Compact(slices.Clone(r.unproven.list))
	r.unproven.mu.Unlock()
	if len(failed) > 0 {
		list = append(list, Ailment{Fix: FixDevice, Device: failed[0], Text: fmt.Sprintf("The archive, %s, did not show that it holds what this device would let go of: its record may be damaged, or it runs an older version. Nothing was"+
			" let go on its word. Run `verify` there, and bring it up to date.", r.archiveNames(failed))})
	}
	if sentence, ok := r.damageSentence(); ok {
		list = append(list, Ailment{Text: sentence, Fix: FixVerify})
	}
	begins := r.Begins()
	if len(begins) == 0 {
		return list
	}
	if lost := r.keptByNobody(begins); lost > 0 {
		list = append(list, Ailment{Fix: FixLink, Text: fmt.Sprintf("This device let go of %d commits that the archive, %s, does not hold any more. What was made of them stays here; the signed record of"+
			" them has to come from another archive, a bundle or a copy of the archive's folder.", lost, r.archiveNames(r.KeptBy()))})
	}
	var kept []model.DeviceKey
	mark := FixDevice
	r.View(func(s *model.State) {
		if me, active := s.ActiveMember(r.Device()); active && me.Role == model.RoleAdmin {
			mark = FixArchive
		}
		if len(s.Archives()) == 0 {
			kept = r.KeptBy()
		}
	})
	if len(kept) > 0 {
		list = append(list, Ailment{Fix: mark, Device: kept[0], Text: fmt.Sprintf("The room has no archive any more, and what this device let go of is with %s. Mark a device that holds all as an archive (`room archive DEVICE`),"+
			" or have a bundle written there before that device is gone.", r.archiveNames(kept))})
	}
	return list
}

// keptByNobody counts the commits let go of here that archives which are linked do
// not hold, though they did; zero while none of those is linked.
func (r *Room) keptByNobody(begins model.Vector) (lost uint64) {
	if r.mesh == nil {
		return 0
	}
	most, linked := map[model.FeedID]uint64{}, false
	for _, p := range r.Peers() {
		upto, ok := r.mesh.HoldsAll(p.Device)
		linked = linked || ok && slices.Contains(r.KeptBy(), p.Device)
		for feed, seq := range upto {
			most[feed] = max(most[feed], seq)
		}
	}
	if !linked {
		return 0
	}
	for feed, begin := range begins {
		lost += begin.Seq - min(begin.Seq, most[feed])
	}
	return lost
}

// isArchive tells whether this device is marked as an archive.
func (r *Room) isArchive() (is bool) {
	r.View(func(s *model.State) { is = s.Archive(r.Device()) })
	return is
}
