package modeltest

import (
	"fmt"
	"testing"
	"time"

	"holdfast/model"
)

// Over is how many closed incidents the room of Closed has: most of them are put away.
const Over = 3 * model.KeepRecent

// Closed is a room whose people closed Over incidents, all but the last of them three
// months ago, and have one open; code names it. A message was sent for the oldest.
func Closed(tb testing.TB, people ...string) (r *Room, code string) {
	tb.Helper()
	r = New(tb, people...)
	for i := range Over {
		if i == Over-1 {
			r.Wait(90 * 24 * time.Hour) // who worked on those closed of late is at hand
		}
		inc := r.As(people[0], model.Declare{Title: fmt.Sprintf("over %d", i), Severity: model.P2}).Code
		if i == 0 { // put away, and the one that says who has sent something
			id := r.As(people[0], model.QueueMessage{Incident: inc, Draft: model.Draft{
				Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
			}}).ID
			r.As(people[0], model.RecordResult{Message: id.String(), Outcome: model.Sent})
		}
		r.As(people[0], model.Resolve{Incident: inc, Verification: "orders pass"})
		r.As(people[0], model.Close{Incident: inc, Customers: "only staff saw it"})
		r.Wait(time.Millisecond)
	}
	return r, r.As(people[0], model.Declare{Title: "checkout down", Severity: model.P0}).Code
}

// Restarted is the room's state as a device has it after a start; read counts how often
// one of the parts with closed incidents was read since.
func (r *Room) Restarted() (s *model.State, read *int) {
	r.tb.Helper()
	snap, err := r.State.Encode()
	if err != nil {
		r.tb.Fatal(err)
	}
	if s, err = model.DecodeState(snap.State); err != nil {
		r.tb.Fatal(err)
	}
	read = new(int)
	s.KeepPacks(func(key model.Hash) ([]byte, error) {
		*read++
		return snap.Closed[key], nil
	})
	return s, read
}
