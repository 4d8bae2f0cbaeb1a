package due

import (
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/runbook"
)

// runbookBefore is how long before its day a runbook is spoken of: a look at it
// is planned work, and before that it is no deadline yet.
const runbookBefore = 14 * 24 * time.Hour

// runbooks lists the runbooks nobody has looked through, or tried, for as long
// as the policy allows. One that never was counts from the day it came to the
// room.
func (b *builder) runbooks() {
	rule := b.policy.Runbooks
	founded := time.UnixMilli(b.state.Founded.Recorded()).UTC()
	for _, r := range b.state.Runbooks() {
		since := r.Since
		if since.IsZero() {
			since = founded
		}
		b.rested(r.Book, "reviewed", "Look through the runbook ", r.Book.Reviewed, since, rule.ReviewMonths)
		b.rested(r.Book, "exercised", "Exercise the runbook ", r.Book.Exercised, since, rule.ExerciseMonths)
	}
}

func (b *builder) rested(book runbook.Runbook, key, what string, last, since time.Time, months int) {
	why := "never " + key
	if !last.IsZero() {
		since, why = last, "last "+key+" on "+last.Format("2 Jan 2006")
	}
	at := since.AddDate(0, months, 0)
	if b.now.Before(at.Add(-runbookBefore)) {
		return
	}
	who := book.Owner
	if who == "" || strings.Contains(who, "{{") { // a blank nobody has filled in
		who = "Owner of the runbook"
	}
	b.add(&Due{
		Kind: Runbook, Key: book.ID + "/" + key, From: since, DueAt: at, Who: who, What: what + book.Title, Why: why,
		RemindAt: []time.Time{at.Add(-runbookBefore), at},
	})
}

// runs lists the steps of runbooks that run over their minutes, and the runs
// that stand still.
func (b *builder) runs() {
	if !b.open {
		return
	}
	for _, r := range b.state.RunDues(b.inc) {
		who := []model.ID{r.Who}
		step := r.Book + ", step " + r.Step.Number + ": " + r.Step.Title
		d := Due{Kind: Runbook, Key: r.Run.String() + "/" + r.Step.ID, From: r.From, DueAt: r.Box, Who: b.names(who, "nobody"), WhoIDs: who, What: step}
		if !r.Box.IsZero() {
			d.Why = "the time box of the step"
			d.RemindAt = []time.Time{r.Box}
			b.add(&d)
		}
		d.Key, d.DueAt, d.What, d.RemindAt = r.Run.String()+"/still", r.Still, "Nothing was recorded: "+step, nil
		d.Why = "a run that nobody carries on is taken up, or stopped with a word"
		b.add(&d)
	}
}
