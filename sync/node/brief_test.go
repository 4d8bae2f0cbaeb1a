package node

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

func opened(t *testing.T, links bool) *Node {
	t.Helper()
	n, err := Open(Options{Home: t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}, Links: links, Listen: "127.0.0.1:0", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func foundedRoom(t *testing.T, n *Node) *Room {
	t.Helper()
	r, err := n.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A device that joins a room with a long history is told what is open while the
// history comes, and forgets what it was told once the record says it.
func TestNewcomerIsToldWhatIsOpen(t *testing.T) {
	a := foundedRoom(t, opened(t, true))
	inc, err := a.Do(t.Context(), model.Declare{Title: "Database replication stopped, deletes pile up", Severity: model.P0})
	if err != nil {
		t.Fatal(err)
	}
	const writers, each = 100, 200
	var all sync.WaitGroup
	for n := range writers {
		name := []string{inc.Code, inc.ID.String()}[n%2] // by two names: fewer of them share a commit
		all.Go(func() {
			for range each {
				if _, err := a.Do(t.Context(), model.Log{Incident: name, Text: "db1: the replica lags 4 GB behind, deletes pile up"}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	invite, err := a.Invite(t.Context(), Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := opened(t, true).Join(t.Context(), invite.String(), Guest{Person: "Ben Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	caughtUp(t, b, writers*each)
	told := kept(t, b, a.Device())
	if len(told.Incidents) != 1 || told.Incidents[0].Code != inc.Code || told.Incidents[0].Severity != "P0" || told.Incidents[0].Entries < writers*each {
		t.Errorf("told %+v", told)
	}
	if left := b.Hearsay(); len(left) != 0 {
		t.Errorf("the record is here, and still told: %+v", left)
	}
}

// kept waits for what a peer told: it was sent first, and is kept beside the record.
func kept(t *testing.T, r *Room, peer model.DeviceKey) HearsayView {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer r.Mesh().Subscribe(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for late := time.After(time.Minute); ; {
		r.briefs.mu.Lock()
		v, ok := r.briefs.peers[peer]
		r.briefs.mu.Unlock()
		if ok {
			return v
		}
		select {
		case <-changed:
		case <-late:
			t.Fatal("nothing was told")
		}
	}
}

func TestWhatTheRecordSaysIsHearsayNoMore(t *testing.T) {
	r := foundedRoom(t, opened(t, false))
	inc, err := r.Do(t.Context(), model.Declare{Title: "Payments refused", Severity: model.P1})
	if err != nil {
		t.Fatal(err)
	}
	r.View(func(s *model.State) {
		open := s.Briefs(false, r.Now())
		other := open[0]
		other.ID, other.Code = model.ID{9}, "INC-ZZZZ"
		if left := unknown(s, append(open, other)); len(left) != 1 || left[0].Code == inc.Code {
			t.Errorf("left are %+v", left)
		}
	})
}

// caughtUp waits until a room holds so many entries of its one incident.
func caughtUp(t *testing.T, r *Room, entries int) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer r.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for late := time.After(time.Minute); ; {
		n := 0
		r.View(func(s *model.State) {
			for _, b := range s.Briefs(true, r.Now()) {
				n = max(n, b.Entries)
			}
		})
		if n >= entries {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%d of %d entries arrived", n, entries)
		}
	}
}

func TestRelayAndStrangerAreToldNothing(t *testing.T) {
	r := foundedRoom(t, opened(t, false))
	if _, err := r.Do(t.Context(), model.Declare{Title: "Payroll data in a public bucket", Severity: model.P0}); err != nil {
		t.Fatal(err)
	}
	if b := r.brief(r.Device()); !strings.Contains(string(b), "Payroll") {
		t.Fatalf("a member is told %q", b)
	}
	if b := r.brief(model.DeviceKey{7}); b != nil {
		t.Errorf("a stranger is told %q", b)
	}
	r.View(func(s *model.State) { s.Members[r.Device()].Role = model.RoleRelay })
	if b := r.brief(r.Device()); b != nil {
		t.Errorf("a relay is told %q", b)
	}
}

func TestBriefOfVeryManyFitsItsLimit(t *testing.T) {
	r := foundedRoom(t, opened(t, false))
	for range 2 * maxTold {
		if _, err := r.Do(t.Context(), model.Declare{Title: strings.Repeat("Checkout fails. ", 12), Severity: model.P2}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Do(t.Context(), model.Declare{Title: "All regions down", Severity: model.P0}); err != nil {
		t.Fatal(err)
	}
	open, ok := decodeBrief(r.brief(r.Device()))
	if !ok || len(open) < 20 || open[0].Title != "All regions down" {
		t.Errorf("%d incidents, readable %v", len(open), ok)
	}
}

func TestBriefOfWhatNoIncidentIsIsLeftOut(t *testing.T) {
	good := model.IncidentBrief{ID: model.ID{1}, Code: "INC-AAAA", State: model.StateOpen, Severity: "P1", Title: "Checkout down"}
	long, many, over, none := good, good, good, good
	long.Title, over.State, none.ID = strings.Repeat("x", model.MaxTitle+1), model.StateClosed, model.ID{}
	many.Commander = make([]string, maxCommanders+1)
	b, err := json.Marshal([]model.IncidentBrief{long, good, many, over, none})
	if err != nil {
		t.Fatal(err)
	}
	if open, ok := decodeBrief(b); !ok || len(open) != 1 || open[0].Title != good.Title {
		t.Errorf("taken: %+v, %v", open, ok)
	}
}

func FuzzDecodeBrief(f *testing.F) {
	good, err := json.Marshal([]model.IncidentBrief{{ID: model.ID{1}, Code: "INC-AAAA", State: model.StateOpen, Severity: "P1"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`[{"id":"zz"}]`))
	f.Add([]byte(strings.Repeat("[", 10_000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		open, ok := decodeBrief(b)
		if ok && (len(b) > engine.MaxBrief || len(open) > maxTold) {
			t.Errorf("%d bytes with %d incidents were taken", len(b), len(open))
		}
		for _, i := range open {
			if i.ID.Zero() || i.State != model.StateOpen {
				t.Errorf("taken: %+v", i)
			}
		}
	})
}
