package due

import (
	"strconv"
	"time"

	"holdfast/model"
	"holdfast/model/oncall"
)

// Kinds of deadlines of the room itself: they belong to no incident.
const (
	Handoff  = "hand-off"  // on call passes to another person
	Rota     = "on-call"   // a gap, a person in two places, or on leave while on call
	TestPage = "test-page" // of a person who is on call
	Swap     = "swap"      // waits for an answer
	Access   = "access"    // something not tried for too long
)

// ahead is how long before its time a deadline of the room is listed, where its
// kind says nothing else.
const ahead = model.RotaAhead

// near takes a deadline of the room that is near enough to be listed.
func (b *builder) near(d Due) {
	if d.DueAt.Sub(b.now) <= ahead {
		b.add(&d)
	}
}

// handoffs asks for the note 30 minutes before a layer passes on, and for the
// acceptance until 15 minutes after it.
func (b *builder) handoffs() {
	for _, h := range b.state.HandoffViews(b.now, b.now.Add(oncall.RemindBefore+time.Second)) {
		if h.State == "accepted" || h.State == "ahead" || h.Layer == oncall.Shadow {
			continue
		}
		where := h.Layer + " of " + h.Schedule
		d := Due{
			Kind: Handoff, Key: h.ScheduleID.String() + "/" + h.Layer + "/" + strconv.FormatInt(h.At.Unix(), 10), From: h.At.Add(-oncall.RemindBefore),
			Who: h.To, WhoIDs: []model.ID{h.ToID}, Target: h.Layer,
		}
		if h.State == "due" {
			d.DueAt, d.Why = h.At, "a hand-off is written 30 min before it"
			d.What = "Hand off " + where + " to " + h.To
			if !h.FromID.Zero() {
				d.Who, d.WhoIDs = h.From, []model.ID{h.FromID, h.ToID}
			}
			d.RemindAt = []time.Time{d.From}
		} else {
			d.DueAt, d.Why = h.At.Add(oncall.LateAfter), "a hand-off is accepted within 15 min"
			d.What, d.RemindAt = h.To+" has not accepted "+where, []time.Time{h.At}
		}
		b.near(d)
	}
}

// rotas asks to see to what is wrong in the next two weeks. The first of each
// kind, place and person stands for all.
func (b *builder) rotas() {
	for _, t := range b.weeks().FirstTroubles() {
		d := Due{
			Kind: Rota, Key: t.Kind + "/" + t.Schedule + "/" + t.Layer + "/" + t.Person, From: b.now, DueAt: t.From, Who: t.Person, What: t.What,
			Why: "the next two weeks have somebody on call at all times, in one place at once", Target: t.Layer,
		}
		if t.More > 0 {
			d.What += ", and " + strconv.Itoa(t.More) + " times more"
		}
		if d.DueAt.IsZero() {
			d.DueAt = b.now
		} else {
			d.RemindAt = b.moments(t.From.Add(-ahead))
		}
		if d.Who == "" {
			d.Who = "Everybody on " + t.Schedule
		}
		if t.Kind == model.TroubleLeft {
			d.Who = "Everybody on " + t.Schedule
		} else if !t.PersonID.Zero() {
			d.WhoIDs = b.one(t.PersonID)
		}
		b.near(d)
	}
}

// weeks is who is on call in the next two weeks, laid once for a list.
func (b *builder) weeks() model.Planned {
	if !b.planned {
		b.plan, b.planned = b.state.Plan(b.now, b.now.Add(ahead)), true
	}
	return b.plan
}

// testPages asks that who is on call soon was reached by a test page lately.
func (b *builder) testPages() {
	for _, id := range b.weeks().OnCall(b.now) {
		name := b.state.PersonName(id)
		d := Due{Kind: TestPage, Key: id.String(), Who: name, WhoIDs: b.one(id), Why: "a test page is good for 30 days"}
		if at := b.state.TestPage(id); at.IsZero() {
			d.DueAt, d.What = b.now, "Send "+name+" a test page: none has reached them yet"
		} else {
			d.From, d.DueAt, d.What = at, at.Add(model.TestPageEvery), "Send "+name+" a test page"
			d.RemindAt = b.moments(d.DueAt.Add(-3 * 24 * time.Hour))
		}
		b.near(d)
	}
}

// swapAnswer is how long a swap may wait for an answer; at most until the first
// of its shifts begins.
const swapAnswer = 24 * time.Hour

func (b *builder) swaps() {
	for _, w := range b.state.OpenSwaps() {
		if !w.Ends.After(b.now) {
			continue // too late to answer
		}
		who := ""
		for i, id := range w.Waits {
			if i > 0 {
				who += ", "
			}
			who += b.state.PersonName(id)
		}
		at := w.Asked.Add(swapAnswer)
		if w.Begins.After(w.Asked) && w.Begins.Before(at) {
			at = w.Begins
		}
		b.near(Due{
			Kind: Swap, Key: w.ID.String(), From: w.Asked, DueAt: at, Who: who, WhoIDs: w.Waits, What: "Answer the swap of shifts",
			Why: "a swap holds once both agreed", RemindAt: []time.Time{w.Asked},
		})
	}
}

// access asks to try what is used in need alone.
func (b *builder) access() {
	for _, id := range b.state.AccessIDs() {
		f := b.state.Items[id].Fields
		tested, at := b.state.AccessDue(id)
		who := f.Text(model.AccessOpeners)
		if who == "" {
			who = "Everybody"
		}
		b.near(Due{
			Kind: Access, Key: id.String(), From: tested, DueAt: at, Who: who, What: "Test " + f.Text(model.AccessName),
			Why: "what is used in need alone is tried every 90 days", RemindAt: b.moments(at.Add(-ahead / 2)),
		})
	}
}
