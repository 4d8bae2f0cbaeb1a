package due

import "time"

// The shares of a legal clock at which people are reminded.
var clockMarks = [...]float64{0.5, 0.75, 0.9}

// clocks lists the deadlines of the legal clocks that were started: each from
// its own event, through nights and changes of the clocks, until its filing is
// recorded. They run on after the incident is resolved or closed.
func (b *builder) clocks() {
	for _, started := range b.inc.Clocks(b.policy) {
		for _, d := range started.Deadlines {
			if d.From.IsZero() {
				continue // waits for another filing, or for its event
			}
			due := Due{
				Kind: Clock, Key: started.ID.String() + "/" + d.Label, From: d.From, DueAt: d.At, Who: started.Name, What: started.Name + ": " + d.Label,
				Why: started.Source + "; no legal advice",
			}
			if !d.Exact {
				due.Why += "; without undue delay: a reminder, not a limit"
			}
			for _, mark := range clockMarks {
				due.RemindAt = append(due.RemindAt, d.From.Add(time.Duration(mark*float64(d.At.Sub(d.From)))))
			}
			due.RemindAt = append(due.RemindAt, d.At)
			if !d.Filed.IsZero() {
				b.done(&due, "filed at "+d.Filed.Format("2006-01-02 15:04")+" UTC")
				continue
			}
			b.add(&due)
		}
		b.phases(started)
	}
}
