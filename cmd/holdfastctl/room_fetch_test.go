package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
)

// sending is the API of a device whose peer sends a record: a commit each step, until
// it stops.
type sending struct {
	began   time.Time
	commits int
	step    time.Duration
	stops   int // after so many
}

func (s *sending) lack() uint64 {
	return uint64(s.commits - min(int(time.Since(s.began)/s.step), s.stops, s.commits))
}

func (s *sending) Call(ctx context.Context, method string, _, out any) error {
	switch method {
	case "peers":
		*out.(*[]node.PeerView) = []node.PeerView{{Connected: true, WeLack: s.lack()}, {WeLack: 7}}
	case "hearsay":
		*out.(*[]node.HearsayView) = []node.HearsayView{{WeLack: s.lack(), Incidents: []model.IncidentBrief{{Code: "INC-1", Title: "Checkout down"}}}}
	case "room/catch-up":
		for s.lack() > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(s.step - time.Since(s.began)%s.step):
			}
		}
	}
	return nil
}

// TestJoinStaysWhileTheRecordComes: a record that takes long is waited for, one that
// stops is not, and what is open is told once.
func TestJoinStaysWhileTheRecordComes(t *testing.T) {
	for name, c := range map[string]struct {
		from  sending
		whole bool
		after time.Duration
	}{
		"large and slow":     {sending{commits: 40, step: 3 * time.Second, stops: 40}, true, 2 * time.Minute},
		"the peer goes away": {sending{commits: 40, step: 3 * time.Second, stops: 10}, false, 30*time.Second + catchUp},
		"nothing comes":      {sending{commits: 40, step: 3 * time.Second}, false, catchUp},
		"without an end":     {sending{commits: 4000, step: 3 * time.Second, stops: 4000}, false, catchUpAll},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said strings.Builder
				c.from.began = time.Now()
				whole, err := (&app{err: &said}).fetch(t.Context(), &c.from)
				if took := time.Since(c.from.began); err != nil || whole != c.whole || (took-c.after).Abs() > time.Second {
					t.Errorf("%v %v after %s, want %v after %s", whole, err, took, c.whole, c.after)
				}
				if patient := strings.Contains(said.String(), "still coming"); patient != (c.after > catchUp) {
					t.Errorf("says that it waits: %v: %s", patient, said.String())
				}
				if n := strings.Count(said.String(), "Checkout down"); n != 1 {
					t.Errorf("what is open is told %d times: %s", n, said.String())
				}
			})
		})
	}
}
