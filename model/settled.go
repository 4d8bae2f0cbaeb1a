package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	"holdfast/model/policy"
)

// KeepRecent is how many of the incidents that were closed last, and owe nothing,
// stay at hand: what a board shows of them without being asked for more.
const KeepRecent = 16

// judged is whether the closed incidents were put away under a policy.
type judged struct {
	by   *policy.Policy
	same bool
}

// AtHand gives the incidents that are read without asking for the closed ones, in
// no order: all that anything may still be asked of under the policy of the room,
// and those closed last.
func (s *State) AtHand() iter.Seq[*Incident] { return s.Owing(s.Policy()) }

// Owing is AtHand under a policy of the reader's. Under one that the closed
// incidents were not put away by, it reads and gives them all.
func (s *State) Owing(p *policy.Policy) iter.Seq[*Incident] {
	if s.putAwayBy(p) {
		return maps.Values(s.incidents)
	}
	return s.Incidents()
}

// Delivered gives the devices that have sent a message of an incident.
func (s *State) Delivered() map[DeviceKey]bool {
	feeds := map[FeedID]bool{}
	if s.closed != nil {
		for _, feed := range s.closed.sent {
			feeds[feed] = true
		}
	}
	for _, inc := range s.incidents {
		inc.senders(feeds)
	}
	devices := map[DeviceKey]bool{}
	for feed := range feeds {
		device, _ := s.Author(feed)
		devices[device] = true
	}
	return devices
}

// senders adds the feeds that say that a message was sent.
func (i *Incident) senders(feeds map[FeedID]bool) {
	for _, m := range i.Messages {
		for _, r := range m.Results {
			if r.Outcome == Sent {
				feeds[r.Stamp.Feed] = true
			}
		}
	}
}

// putAwayBy reports whether nothing is put away that p may ask anything of.
func (s *State) putAwayBy(p *policy.Policy) bool {
	if s.closed == nil {
		return true
	}
	if k := s.closed.judged.Load(); k != nil && k.by == p {
		return k.same
	}
	same := fingerprint(p) == s.closed.by
	s.closed.judged.Store(&judged{p, same})
	return same
}

// settledRule is the version of what settled asks beside the policy. What another
// one put away is asked again.
const settledRule = "2" // a ticket that waits is owed

// fingerprint names what a policy says, and the rule it is asked by; zero where it
// cannot be written, which no policy is.
func fingerprint(p *policy.Policy) Hash {
	text, err := json.Marshal(p)
	if err != nil {
		return Hash{}
	}
	return sha256.Sum256(append(text, settledRule...))
}

// settled reports whether a closed incident asks nothing of anybody under a
// policy, until it is changed. What it keeps back may be more than is owed.
func (s *State) settled(inc *Incident, p *policy.Policy) bool {
	if !inc.Known() || inc.State() != StateClosed || s.Breach(inc) || inc.Sensitive(p) {
		return false
	}
	for _, m := range inc.Messages {
		if !m.Settled() {
			return false
		}
	}
	for _, t := range inc.Tasks {
		if !t.Known() || !t.Done() {
			return false
		}
	}
	for _, item := range inc.Items {
		if !inc.itemSettled(item) {
			return false
		}
	}
	level := p.Severity(inc.Severity())
	if level.Review != "required" || inc.Drill() || inc.FalseAlarm() {
		return true
	}
	return !slices.ContainsFunc(reviewSteps[:], func(step string) bool { return inc.Fields.Text(FieldReview(step)) == "" })
}

func (i *Incident) itemSettled(item *Item) bool {
	switch item.Class {
	case ClassAction:
		return item.Known() && (item.Fields.Text(ActionDone) != "" || item.Fields.Text(ActionDrop) != "")
	case ClassLock:
		return item.Fields.Text(LockReleased) == yes
	case ClassTicket:
		return item.Known() && item.answered()
	case ClassRun:
		return !i.Drill() // it says when its runbook was exercised
	case ClassClock, ClassCredential:
		return false
	}
	return true
}

// sortRecent sorts closed incidents, what was closed last first.
func sortRecent(list []*Incident) {
	at := func(inc *Incident) Stamp {
		if r := inc.Fields[FieldState]; r != nil {
			v, _ := r.Value()
			return v.Stamp
		}
		return inc.Declared
	}
	slices.SortFunc(list, func(a, b *Incident) int {
		return cmp.Or(cmp.Compare(at(b).Recorded(), at(a).Recorded()), a.ID.Compare(b.ID))
	})
}
