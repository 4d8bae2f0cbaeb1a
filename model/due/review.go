package due

import (
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// readBefore is how long before the meeting people have the draft to read.
const readBefore = 24 * time.Hour

// review lists the steps of the post-mortem a level requires.
func (b *builder) review() {
	if b.open || b.level.Review != "required" || b.drill || b.inc.FalseAlarm() {
		return
	}
	resolved, ok := b.inc.Milestone("resolved")
	if !ok {
		return
	}
	r := b.policy.Review
	for _, step := range [...]struct {
		key, what string
		after     policy.After
	}{
		{model.StepDraft, "Draft of the post-mortem from the log", r.Draft},
		{model.StepBooked, "Post-mortem meeting is booked", r.Book},
		{model.StepHeld, "Post-mortem meeting is held", r.Meet},
		{model.StepActions, "Actions have owners and dates", r.Actions},
		{model.StepPublished, "Post-mortem is reviewed and shared", r.Publish},
	} {
		d := Due{Kind: Review, Key: step.key, From: resolved, DueAt: b.after(resolved, step.after), Who: "Owner of the review", What: step.what}
		if at := b.inc.Fields.Text(model.FieldReview(step.key)); at != "" {
			b.done(&d, at)
			continue
		}
		d.Why = b.span(step.after) + " after the resolution"
		b.owned(&d)
		b.add(&d)
	}
	b.readable(b.after(resolved, r.Draft))
}

// readable asks for a draft people can read a day before the meeting, and not
// before it can be written.
func (b *builder) readable(written time.Time) {
	meeting, err := time.Parse(time.RFC3339Nano, b.inc.Fields.Text(model.FieldReviewMeeting))
	status := b.inc.Fields.Text(model.FieldReviewStatus)
	if err != nil || b.inc.Fields.Text(model.FieldReview(model.StepHeld)) != "" || status != "" && status != model.ReviewDraft {
		return
	}
	d := Due{
		Kind: Review, Key: "readable", From: written, DueAt: meeting.Add(-readBefore).UTC(), Who: "Owner of the review",
		What: "Draft of the post-mortem is ready to be read: set it in review", Why: "a day before the meeting",
	}
	if d.DueAt.Before(written) {
		d.DueAt = written
	}
	b.owned(&d)
	b.add(&d)
}

func (b *builder) owned(d *Due) {
	if owner, ok := b.inc.ReviewOwner(); ok {
		d.WhoIDs = []model.ID{owner}
		d.Who = b.state.PersonName(owner)
	}
}

// week is how long before its day an action is spoken of, and how often after.
const week = 7 * 24 * time.Hour

// actions lists the action items of the post-mortem: spoken of a week before
// their day, and every week once it has passed.
func (b *builder) actions() {
	for _, a := range b.inc.Actions() {
		if a.Due.IsZero() || a.Dropped != "" {
			continue
		}
		d := Due{
			Kind: Action, Key: a.ID.String(), From: a.Added, DueAt: a.Due, Who: "nobody", What: "Action: " + firstLine(a.Text),
			Why: "the date given with the action", RemindAt: []time.Time{a.Due.Add(-week), a.Due},
		}
		if !a.Owner.Zero() {
			d.WhoIDs = []model.ID{a.Owner}
			d.Who = b.state.PersonName(a.Owner)
		}
		if !a.Done.IsZero() {
			b.done(&d, a.Done.Format(time.RFC3339))
			continue
		}
		if late := b.now.Sub(a.Due); late >= 0 {
			d.RemindAt = append(d.RemindAt, a.Due.Add((late/week+1)*week))
		}
		b.add(&d)
	}
}
