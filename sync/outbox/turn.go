package outbox

import (
	"time"

	"holdfast/model"
)

// Who delivers, and for how long the others leave it to them. A page is worth
// more twice than late; who hears of the claim on it leaves it alone.
const (
	// rankWait is how long each further device waits for the one before it: a
	// try with greylisting in between takes about a minute. pageWait is that of a
	// page: over the time a pager is given to be reached.
	rankWait, pageWait = 90 * time.Second, 20 * time.Second
	// claimFor bounds one delivery: it is over the sender's own total limit.
	// pageClaim is that of a page, over what a pager takes: a device that dies
	// with the claim keeps the others from it no longer than this.
	claimFor, pageClaim = 20 * time.Minute, time.Minute
)

// page reports whether a message calls one person.
func page(m *model.Message) bool { return m.Draft.Audience == model.AudiencePage }

// hold is for how long a device claims a message.
func hold(m *model.Message) time.Duration {
	if page(m) {
		return pageClaim
	}
	return claimFor
}

// turn is how long a device leaves a message to others: the author is first, the
// others follow in the order of their keys. For one that said that it could not
// deliver a page nobody waits.
func turn(s *model.State, m *model.Message, self model.DeviceKey) time.Duration {
	author, _ := s.Author(m.Queued.Feed)
	if author == self {
		return 0
	}
	wait, unable := rankWait, map[model.DeviceKey]bool{}
	if page(m) {
		wait, unable = pageWait, deferred(s, m)
	}
	rank := 0
	for device, member := range s.Members {
		before := device == author || device.String() < self.String() && member.Active() && member.MayWrite()
		if before && device != self && !unable[device] {
			rank++
		}
	}
	return time.Duration(rank) * wait
}

// deferred are the devices that could not deliver a message so far.
func deferred(s *model.State, m *model.Message) map[model.DeviceKey]bool {
	devices := map[model.DeviceKey]bool{}
	for _, r := range m.Results {
		if device, ok := s.Author(r.Stamp.Feed); ok && r.Outcome == model.Deferred {
			devices[device] = true
		}
	}
	return devices
}
