package outbox

import (
	"slices"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
)

// TestNobodyWaitsForADeviceThatCouldNotDeliverAPage: the author has a dead key
// and says so; the next device has the page at once, the third after that one.
func TestNobodyWaitsForADeviceThatCouldNotDeliverAPage(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor", "Chi Tanaka")
	inc := r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Severity: model.P0}).Code
	r.As("Ana Ruiz", model.Page{Incident: inc, Person: "Ben Okafor", Way: "pager"})
	id := r.Incident(inc).Attempts()[0].Message
	turns := func() (list []time.Duration) {
		m := r.Incident(inc).Messages[id]
		author, _ := r.State.Author(m.Queued.Feed)
		for device := range r.State.Members {
			if d := turn(r.State, m, device); device != author {
				list = append(list, d)
			} else if d != 0 {
				t.Errorf("the author waits %s", d)
			}
		}
		slices.Sort(list)
		return list
	}
	if got := turns(); !slices.Equal(got, []time.Duration{pageWait, 2 * pageWait}) {
		t.Errorf("before the author has tried, the others wait %v", got)
	}
	r.As("Ana Ruiz", model.RecordResult{Message: id.String(), Outcome: model.Deferred, Detail: "the routing key is not known there"})
	if got := turns(); !slices.Equal(got, []time.Duration{0, pageWait}) {
		t.Errorf("after it could not, they wait %v", got)
	}
}
