package model

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model/policy"
)

// Classes of the items a legal clock is made of.
const (
	ClassClock  = "clock"  // a clock that was started
	ClassFiling = "filing" // a notice that was filed
)

// Fields of a started clock and of a filing.
const (
	ClockID     = "clock"  // id in the policy
	ClockStart  = "start"  // when the start event was; RFC 3339
	ClockReason = "reason" // what the decision rests on
	ClockNone   = "none"   // why no notice is due; the clock then rests

	clockEventPrefix = "event." // times of further events, such as event.fix_available

	FilingClock   = "of"    // id of the started clock
	FilingLabel   = "label" // the deadline it answers
	FilingAt      = "at"
	FilingReceipt = "receipt"
	FilingReason  = "reason" // why it was late
)

// StartedClock is a legal clock that runs in an incident.
type StartedClock struct {
	ID     ID
	Clock  string // id in the policy
	Name   string
	Source string
	Status string
	Start  time.Time
	Reason string
	// None is why no notice is due, where somebody decided so.
	None      string
	By        Stamp
	Deadlines []ClockDeadline
}

// ClockDeadline is one deadline of a started clock.
type ClockDeadline struct {
	Label string
	// From is zero while what it counts from has not happened.
	From, At time.Time
	// Exact is false where the law names no figure.
	Exact   bool
	Filed   time.Time
	Receipt string
	// Late is the reason given for a late filing.
	Late string
}

// Clocks lists the legal clocks that were started, the earliest first. A clock
// the policy does not know any more keeps its name and has no deadlines.
func (i *Incident) Clocks(p *policy.Policy) []StartedClock {
	var list []StartedClock
	for id, item := range i.Items {
		if item.Class == ClassClock && item.Known() {
			list = append(list, i.clock(p, id, item))
		}
	}
	slices.SortFunc(list, func(a, b StartedClock) int { return cmp.Or(a.Start.Compare(b.Start), a.By.Compare(b.By)) })
	return list
}

func (i *Incident) clock(p *policy.Policy, id ID, item *Item) StartedClock {
	c := StartedClock{
		ID: id, Clock: item.Fields.Text(ClockID), Name: item.Fields.Text(ClockID), Reason: item.Fields.Text(ClockReason),
		None: item.Fields.Text(ClockNone), By: item.Added,
	}
	c.Start, _ = item.Fields.when(ClockStart)
	rule, ok := p.Clock(c.Clock)
	if !ok {
		return c
	}
	c.Name, c.Source, c.Status = rule.Name, rule.Source, rule.Status
	filed := i.filings(id)
	for _, d := range rule.Deadlines {
		line := filed[d.Label]
		line.Label = d.Label
		switch {
		case c.None != "":
		case d.From == policy.FromStart:
			line.From = c.Start
		default:
			if label, ok := rule.Filing(d.From); ok {
				line.From = filed[label].Filed
				break
			}
			line.From, _ = item.Fields.when(clockEventPrefix + d.From)
		}
		if !line.From.IsZero() {
			line.At, line.Exact = d.At(line.From, p.Calendar, rule.Location(p.Calendar))
		}
		c.Deadlines = append(c.Deadlines, line)
	}
	return c
}

// filings gives what was filed for a started clock, by label: the last of each,
// as deadlines that count from "the latest" want it.
func (i *Incident) filings(clock ID) map[string]ClockDeadline {
	filed := map[string]ClockDeadline{}
	for _, id := range i.Items.Of(ClassFiling) {
		f := i.Items[id].Fields
		if f.Text(FilingClock) != clock.String() {
			continue
		}
		at, _ := f.when(FilingAt)
		filed[f.Text(FilingLabel)] = ClockDeadline{Filed: at, Receipt: f.Text(FilingReceipt), Late: f.Text(FilingReason)}
	}
	return filed
}
