// Package outbox delivers the messages of a room: by mail, and over the channels
// beside it. A message is rendered once,
// frozen as an op, and leaves from whichever member's machine has a route:
// the author's first, the others' after a wait.
//
// Before the first byte leaves, the claim is durable; after the server's
// answer, so is the result. A device that finds its own claim without a result
// stopped in between: it may have sent the message and says so, and never
// sends it again by itself.
package outbox

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/replica"
)

// Waiting times of the outbox.
const (
	// firstRetry and lastRetry bound the pause between tries.
	firstRetry = 15 * time.Second
	lastRetry  = 10 * time.Minute
	// idle is how often the outbox looks without being told of a change.
	idle = time.Minute
)

// Sender delivers over one channel and can say beforehand whether it would
// get through. mail.Sender is one.
type Sender interface {
	Probe(ctx context.Context, a mail.Account) mail.Report
	Send(ctx context.Context, a mail.Account, m mail.Message) mail.Result
}

// Outbox delivers one room's messages from this device.
type Outbox struct {
	room     *replica.Replica
	channels map[string]Channel
	log      *slog.Logger

	wake chan struct{}
	// pass is held by one pass at a time; it guards all below.
	pass sync.Mutex
	// tries and after hold back what failed lately; told is what was recorded last.
	tries map[model.ID]int
	after map[model.ID]time.Time
	told  map[model.ID]string
}

// New makes an outbox that rests until Run or Pass. It delivers mail where account
// gives one; further channels are added before it runs.
func New(room *replica.Replica, sender Sender, account func() (mail.Account, bool), log *slog.Logger) *Outbox {
	return &Outbox{
		room: room, channels: map[string]Channel{ChannelMail: mailChannel{sender, account}}, log: log, wake: make(chan struct{}, 1),
		tries: map[model.ID]int{}, after: map[model.ID]time.Time{}, told: map[model.ID]string{},
	}
}

// Add has the outbox deliver over one more channel.
func (o *Outbox) Add(name string, c Channel) { o.channels[name] = c }

// Has reports whether this device has what a channel needs.
func (o *Outbox) Has(channel string) bool {
	c := o.channels[channel]
	return c != nil && c.Ready()
}

// Reaches reports whether a message would get out over a channel now.
func (o *Outbox) Reaches(ctx context.Context, channel string) bool {
	if !o.Has(channel) {
		return false
	}
	ok, _ := o.channels[channel].Probe(ctx)
	return ok
}

// Poke has the outbox look again soon: a route or an account may be new.
func (o *Outbox) Poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends.
func (o *Outbox) Run(ctx context.Context) {
	stop := o.room.Subscribe(func(replica.Change) { o.Poke() })
	defer stop()
	for ctx.Err() == nil {
		next := o.Pass(ctx, false)
		timer := time.NewTimer(max(time.Until(next), 0))
		select {
		case <-ctx.Done():
		case <-o.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// job is one message that has not left.
type job struct {
	id             model.ID
	code, severity string
	drill          bool
	message        model.Message
	refs           []string
}

// Pass tries everything that is due and gives the time to look again. With now
// set, pauses after failures are not waited for: a person asked.
func (o *Outbox) Pass(ctx context.Context, now bool) time.Time {
	o.pass.Lock()
	defer o.pass.Unlock()
	next := o.room.Now().Add(idle)
	for _, j := range o.jobs() {
		if ctx.Err() != nil {
			break
		}
		if o.interrupted(ctx, j) {
			continue
		}
		if !o.Has(j.message.Draft.Channel) {
			continue
		}
		due := o.due(j)
		if now {
			due = time.Time{}
		}
		if due.After(o.room.Now()) {
			next = earliest(next, due)
			continue
		}
		o.deliver(ctx, j)
		if at, held := o.after[j.id]; held {
			next = earliest(next, at)
		}
	}
	// Timers run on this device's clock, dues on the room's.
	return time.Now().Add(next.Sub(o.room.Now()))
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// jobs lists what waits, oldest first.
func (o *Outbox) jobs() []job {
	var jobs []job
	room := o.room.Room().String()
	o.room.View(func(s *model.State) {
		collect := func(base job, messages map[model.ID]*model.Message) {
			for id, m := range messages {
				if m.Queued.Seq == 0 || m.Settled() || o.channels[m.Draft.Channel] == nil {
					continue
				}
				j := base
				j.id, j.message, j.refs = id, *m, thread(room, messages, id, m)
				jobs = append(jobs, j)
			}
		}
		collect(job{}, s.Messages)
		for inc := range s.AtHand() {
			collect(job{code: inc.Code, severity: inc.Severity(), drill: inc.Drill()}, inc.Messages)
		}
	})
	slices.SortFunc(jobs, func(a, b job) int { return a.message.Queued.Compare(b.message.Queued) })
	return jobs
}

// thread names the earlier messages to the same audience, oldest first.
func thread(room string, messages map[model.ID]*model.Message, id model.ID, m *model.Message) []string {
	if m.Draft.Channel != ChannelMail || m.Draft.Audience == model.AudienceAlerts {
		return nil // each alert is a matter of its own
	}
	type earlier struct {
		at model.Stamp
		id model.ID
	}
	var list []earlier
	for other, o := range messages {
		if other != id && o.Draft.Audience == m.Draft.Audience && o.Queued.Seq > 0 && o.Queued.Compare(m.Queued) < 0 {
			list = append(list, earlier{o.Queued, other})
		}
	}
	slices.SortFunc(list, func(a, b earlier) int { return a.at.Compare(b.at) })
	refs := make([]string, len(list))
	for i, e := range list {
		refs[i] = mail.MessageID(room, e.id.String())
	}
	return refs
}

// interrupted settles a message this device was delivering when it stopped.
// Nothing is in flight while a pass looks, so such a claim is left over. A page
// is sent again, once the record had time to say that another did.
func (o *Outbox) interrupted(ctx context.Context, j job) bool {
	mine := false
	o.room.View(func(s *model.State) {
		for _, c := range j.message.Claims {
			device, _ := s.Author(c.Stamp.Feed)
			answered := slices.ContainsFunc(j.message.Results, func(r model.Result) bool {
				d, _ := s.Author(r.Stamp.Feed)
				return d == device && r.Stamp.Compare(c.Stamp) > 0
			})
			mine = mine || device == o.room.Device() && !answered
		}
	})
	switch {
	case mine && page(&j.message):
		o.record(ctx, j, model.RecordResult{Outcome: model.Deferred, Detail: "this device stopped while it was sending; a page is sent again, because twice is better than never"})
		o.pause(j, pageWait)
	case mine:
		o.record(ctx, j, model.RecordResult{
			Outcome: model.Unknown,
			Detail:  "this device stopped while it was sending; the message may have gone. Ask a recipient before sending it again",
		})
	}
	return mine
}

// due is when this device should try: at once where it wrote the message,
// later by its turn among the others, and not before a pause is over.
func (o *Outbox) due(j job) time.Time {
	due := time.UnixMilli(j.message.Queued.Recorded())
	o.room.View(func(s *model.State) { due = due.Add(turn(s, &j.message, o.room.Device())) })
	if at, held := o.after[j.id]; held && at.After(due) {
		due = at
	}
	if claim, held := j.message.ClaimedBy(o.room.Now()); held {
		due = time.UnixMilli(claim.Until)
	}
	return due
}

// deliver makes one try. The route is tried before the claim is written, so a
// machine without a network fills no log with claims.
func (o *Outbox) deliver(ctx context.Context, j job) {
	channel := o.channels[j.message.Draft.Channel]
	if j.drill && j.message.Draft.Channel != ChannelMail {
		// The record refuses such a message; one of another version is not sent.
		o.record(ctx, j, model.RecordResult{Outcome: model.Failed, Detail: "DRILL: nothing of an exercise leaves the room"})
		return
	}
	if ok, why := channel.Probe(ctx); !ok {
		o.hold(ctx, j, why, 0)
		return
	}
	if _, err := o.room.Do(ctx, model.ClaimMessage{Message: j.id.String(), For: hold(&j.message)}); err != nil {
		if !errors.Is(err, model.ErrRefused) {
			o.log.Warn("message not claimed; it stays in the outbox", "incident", j.code, "error", err)
		}
		o.pause(j, 0)
		return
	}
	v := channel.Send(ctx, Parcel{
		ID: j.id.String(), Room: o.room.Room().String(), Incident: j.code, Severity: j.severity, Draft: j.message.Draft, To: j.message.Remaining(),
		References: j.refs, Queued: time.UnixMilli(j.message.Queued.Recorded()),
	})
	if v.Outcome == model.Deferred {
		o.pause(j, v.Wait)
	}
	if v.Outcome != model.Sent && o.told[j.id] != v.Detail {
		o.log.Warn("message not sent", "incident", j.code, "channel", j.message.Draft.Channel, "outcome", v.Outcome.String(), "why", v.Detail)
	}
	o.told[j.id] = v.Detail
	o.record(context.WithoutCancel(ctx), j, model.RecordResult{Outcome: v.Outcome, Detail: v.Detail, Accepted: v.Accepted, Refused: v.Refused})
}

// hold keeps a message back and says why, once for each reason.
func (o *Outbox) hold(ctx context.Context, j job, why string, wait time.Duration) {
	o.pause(j, wait)
	if o.told[j.id] == why {
		return
	}
	o.told[j.id] = why
	o.log.Warn("message not sent", "incident", j.code, "channel", j.message.Draft.Channel, "outcome", model.Deferred.String(), "why", why)
	if _, last := j.message.Outcome(); last.Detail == why {
		return
	}
	o.record(ctx, j, model.RecordResult{Outcome: model.Deferred, Detail: why})
}

func (o *Outbox) pause(j job, least time.Duration) {
	wait := min(firstRetry<<min(o.tries[j.id], 10), lastRetry)
	o.tries[j.id]++
	o.after[j.id] = o.room.Now().Add(max(wait, least))
}

func (o *Outbox) record(ctx context.Context, j job, c model.RecordResult) {
	c.Message = j.id.String()
	if _, err := o.room.Do(ctx, c); err != nil {
		// The claim stands without a result: the message is not sent again.
		o.log.Error("result of a message not recorded", "incident", j.code, "outcome", c.Outcome.String(), "error", err)
	}
}

func addresses(list []model.Recipient) []mail.Address {
	to := make([]mail.Address, len(list))
	for i, r := range list {
		to[i] = mail.Address{Name: r.Name, Addr: r.Address}
	}
	return to
}

// verdict sums up the deliveries: doubt first, then what is left to do.
func verdict(r mail.Result) Verdict {
	v := Verdict{Outcome: model.Sent}
	var words []string
	for _, d := range r.Deliveries {
		switch d.Outcome {
		case mail.Accepted:
			v.Accepted = append(v.Accepted, d.To.Addr)
		case mail.Refused:
			v.Refused = append(v.Refused, model.Refusal{Address: d.To.Addr, Reason: d.Text})
		default:
			words = append(words, d.To.Addr+": "+d.Text)
		}
	}
	switch {
	case r.Count(mail.Unknown) > 0:
		v.Outcome = model.Unknown
	case r.Count(mail.Deferred) > 0:
		v.Outcome = model.Deferred
	case len(v.Accepted) == 0:
		v.Outcome = model.Failed
	}
	v.Detail = cmp.Or(strings.Join(words[:min(len(words), 5)], "; "), "by "+r.Account)
	return v
}
