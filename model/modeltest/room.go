// Package modeltest makes rooms for the tests of packages above the model: one
// state, and several people who each write from a device of their own, at times
// the test sets.
package modeltest

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

// Start is when a room is founded, unless its test says otherwise: a Tuesday.
var Start = time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)

// Room is a room with its people.
type Room struct {
	tb    testing.TB
	State *model.State
	// Now is the time of the next write; it does not move by itself.
	Now     time.Time
	lamport uint64
	writers map[string]*writer
}

type writer struct {
	device model.DeviceKey
	feed   model.FeedID
	seq    uint64
}

// New founds a room. The first person is its admin; all have a device and an
// e-mail address of their first name.
func New(tb testing.TB, people ...string) *Room {
	tb.Helper()
	nonce := model.Nonce{7}
	room := model.NewRoomID(deviceKey(0), nonce)
	r := &Room{tb: tb, State: model.NewState(room, nil), Now: Start, writers: map[string]*writer{}}
	for i, person := range people {
		r.writers[person] = &writer{device: deviceKey(i), feed: model.NewFeedID(room, deviceKey(i), model.Nonce{byte(i)})}
		first, _, _ := strings.Cut(strings.ToLower(person), " ")
		if i == 0 {
			r.As(person, model.FoundRoom{Name: "SRE", Person: person, Email: first + "@example.com", Device: first, Nonce: nonce})
			continue
		}
		invite := model.OpID(r.writers[people[0]].feed, 1, 1000+i)
		r.As(people[0], model.IssueInvite{Invite: invite, Role: model.RoleMember, Expires: r.Now.Add(time.Hour), Uses: 1, Verifier: []byte("v")})
		r.As(people[0], model.AdmitMember{Device: deviceKey(i), Invite: invite, Person: person, Email: first + "@example.com", Name: first})
	}
	return r
}

func deviceKey(i int) model.DeviceKey { return model.DeviceKey{0: 0xD0, 1: byte(i + 1)} }

// Try has a person do something and gives what became of it.
func (r *Room) Try(person string, c model.Command) (model.Done, error) {
	r.tb.Helper()
	w := r.writers[person]
	if w == nil {
		r.tb.Fatalf("nobody is called %s here", person)
	}
	p := model.NewPlanner(r.State, r.Now, w.device, w.feed, w.seq+1)
	done, err := p.Plan(c)
	if err != nil {
		return done, err
	}
	ops, err := p.Ops()
	if err != nil || len(ops) == 0 {
		return done, err
	}
	body, err := model.EncodeOps(ops)
	if err != nil {
		r.tb.Fatalf("%T: %v", c, err)
	}
	if ops, err = model.DecodeOps(body); err != nil {
		r.tb.Fatalf("%T: %v", c, err)
	}
	w.seq++
	r.lamport++
	commit := model.Commit{Feed: w.feed, Seq: w.seq, Lamport: r.lamport, Wall: r.Now.UnixMilli(), Device: w.device, Ops: ops}
	before := r.State.Refused + r.State.Newer
	if err := r.State.Apply(commit); err != nil {
		r.tb.Fatalf("%T: %v", c, err)
	}
	if r.State.Refused+r.State.Newer != before {
		r.tb.Fatalf("%T was planned, and its ops are refused by the fold", c)
	}
	return done, nil
}

// As is Try for a command that must succeed.
func (r *Room) As(person string, c model.Command) model.Done {
	r.tb.Helper()
	done, err := r.Try(person, c)
	if err != nil {
		r.tb.Fatalf("%s: %T: %v", person, c, err)
	}
	return done
}

// Refused is Try for a command that must be refused; it gives the sentence.
func (r *Room) Refused(person string, c model.Command) string {
	r.tb.Helper()
	done, err := r.Try(person, c)
	if err == nil {
		r.tb.Fatalf("%s: %T is taken: %+v", person, c, done)
	}
	return err.Error()
}

// Wait moves the time.
func (r *Room) Wait(d time.Duration) { r.Now = r.Now.Add(d) }

// Incident finds an incident by what names it.
func (r *Room) Incident(text string) *model.Incident {
	r.tb.Helper()
	inc, err := r.State.FindIncident(text)
	if err != nil {
		r.tb.Fatal(err)
	}
	return inc
}
