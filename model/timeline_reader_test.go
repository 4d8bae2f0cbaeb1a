package model

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// look reads an incident with a reader that has read before, and demands what a
// reading of everything gives.
func look(t tb, r *TimelineReader, s *State, inc *Incident) {
	t.Helper()
	before := append([]*Row(nil), r.rows...)
	were := make([]Row, len(before))
	for n, row := range before {
		were[n] = *row
	}
	got, want := r.Read(s, inc), s.Timeline(inc)
	if len(got) != len(want) {
		t.Fatalf("%d rows, a reading of everything gives %d", len(got), len(want))
	}
	for n := range want {
		if *got[n] != want[n] {
			t.Fatalf("row %d is\n%+v\na reading of everything gives\n%+v", n, *got[n], want[n])
		}
	}
	for n, row := range before {
		if *row != were[n] {
			t.Fatalf("a row that was given has changed from\n%+v\nto\n%+v", were[n], *row)
		}
	}
}

// TestReaderShowsWhatIsThere lets devices write anything apart and meet now and
// then, with packs and snapshots in between: whatever a reader has kept, it shows
// what there is.
func TestReaderShowsWhatIsThere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{world: founded(rt, RoleAdmin, RoleMember, RoleObserver), t: rt}
		outside := packsOf{}
		type kept struct {
			peer     *peer
			incident ID
		}
		readers := map[kept]*TimelineReader{}
		for range rapid.SliceOfN(rapid.Just(0), 20, 90).Draw(rt, "steps") {
			p := pickOf(h, "who", h.peers)
			switch inc, ok := h.incidentOf(p); h.pick("what", 12) {
			case 0:
				p.state = stored(rt, p.state)
			case 1:
				p.state.Pack(h.pick("keep", 20))
				outside.take(p.state)
			case 2:
				for n := range 20 {
					if ok {
						_, _ = p.try(Log{Incident: inc.ID.String(), Text: fmt.Sprint("worker ", n), At: p.now.Add(-time.Duration(h.pick("ago", 300)) * time.Second)})
					}
				}
			case 3:
				if ok {
					_, _ = p.try(EditEntry{Entry: h.entryOf(p, inc), Text: "moved", At: p.now.Add(-time.Duration(h.pick("ago", 300)) * time.Second)})
				}
			default:
				h.step()
			}
			p = pickOf(h, "reader", h.peers)
			for inc := range p.state.Incidents() {
				k := kept{p, inc.ID}
				if readers[k] == nil {
					readers[k] = &TimelineReader{}
				}
				look(rt, readers[k], p.state, inc)
			}
		}
	})
}

// TestReaderReadsWhatChanged tells a reading of what changed from one of
// everything: the work of a person is never worth the latter.
func TestReaderReadsWhatChanged(t *testing.T) {
	w := founded(t, RoleMember)
	p, q := w.peers[0], w.peers[1]
	in := p.do(Declare{Title: "checkout fails", Severity: P1}).ID
	code := in.String()
	first := p.do(Log{Incident: code, Text: "5xx above 4 %"}).ID.String()
	q.pull(p)
	var r TimelineReader
	look(t, &r, p.state, p.incident(in))
	for _, c := range []Command{
		Log{Incident: code, Text: "restarted the pods"},
		Log{Incident: code, Text: "seen earlier", At: testNow.Add(-time.Hour)},
		EditEntry{Entry: first, Text: "5xx above 6 %"},
		RetractEntry{Entry: first, Reason: "of staging"},
		SetIncident{Incident: code, Severity: P0, Reason: "all regions"},
		AddTask{Incident: code, Text: "call the vendor"},
		AddHypothesis{Incident: code, Text: "the pool"},
		SetTools{Incident: code, Tools: map[string]string{p.state.Policy().Tools[0].ID: ToolDown}},
	} {
		p.do(c)
		look(t, &r, p.state, p.incident(in))
	}
	for n := range 200 {
		q.do(Log{Incident: code, Text: fmt.Sprint("apart ", n)})
	}
	p.pull(q)
	look(t, &r, p.state, p.incident(in))
	if rows := r.Read(p.state, p.incident(in)); &rows[0] != &r.rows[0] || r.Whole() != 1 {
		t.Errorf("%d readings of everything, the first one is enough", r.Whole())
	}
	p.do(AddPerson{Name: "Li", Email: "li@example.com"})
	look(t, &r, p.state, p.incident(in))
	if r.Whole() != 1 {
		t.Error("a person who wrote nothing changes every row")
	}
}

// TestReaderFarBehind reads everything where more came than is named, and nothing
// but what came where it is as much as that.
func TestReaderFarBehind(t *testing.T) {
	w, id, commits := manyEntries(t, 2*maxRecent+1)
	p := w.peers[0]
	var r TimelineReader
	look(t, &r, p.state, p.incident(id))
	apply(t, p.state, commits[:maxRecent])
	look(t, &r, p.state, p.incident(id))
	if r.Whole() != 1 {
		t.Errorf("%d readings of everything after %d entries", r.Whole(), maxRecent)
	}
	apply(t, p.state, commits[maxRecent:])
	look(t, &r, p.state, p.incident(id))
	if r.Whole() != 2 {
		t.Errorf("%d readings of everything, and more came than is named", r.Whole())
	}
}

// TestReaderOfAMissingPack does not hold on to what it could not read.
func TestReaderOfAMissingPack(t *testing.T) {
	w, id, commits := manyEntries(t, 100)
	p := w.peers[0]
	apply(t, p.state, commits)
	p.state.Pack(10)
	outside := packsOf{}
	outside.take(p.state)
	state := stored(t, p.state) // has yet to read its packs
	state.KeepPacks(packsOf{}.get)
	var r TimelineReader
	if n := len(r.Read(state, state.Incident(id))); n > 20 {
		t.Fatalf("%d rows without the packs", n)
	}
	state.KeepPacks(outside.get)
	look(t, &r, state, state.Incident(id))
	if n := len(r.rows); n < 100 {
		t.Errorf("%d rows once the packs are there", n)
	}
}

// TestStandingFollowsTheEntries keeps what was asked of the entries, and asks
// again a state that has just been read.
func TestStandingFollowsTheEntries(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := founded(rt)
		p, outside := w.peers[0], packsOf{}
		in := p.do(Declare{Title: "checkout fails"}).ID
		var entries []ID
		for n := range rapid.IntRange(1, 60).Draw(rt, "acts") {
			switch what := rapid.IntRange(0, 9).Draw(rt, "act"); {
			case what < 6 || len(entries) == 0:
				at := p.now.Add(-time.Duration(rapid.IntRange(0, 99).Draw(rt, "ago")) * time.Second)
				entries = append(entries, p.do(Log{Incident: in.String(), Text: fmt.Sprint("step ", n), Kind: Kinds[n%4], At: at}).ID)
			case what < 8:
				_, _ = p.try(EditEntry{Entry: rapid.SampledFrom(entries).Draw(rt, "entry").String(), Text: fmt.Sprint("step ", n), Kind: Kinds[n%3]})
			case what == 8:
				_, _ = p.try(RetractEntry{Entry: rapid.SampledFrom(entries).Draw(rt, "entry").String(), Reason: "of another incident"})
			default:
				p.state.Pack(rapid.IntRange(0, 30).Draw(rt, "keep"))
				outside.take(p.state)
			}
			anew := stored(rt, p.state)
			for _, kinds := range [][]string{{Kinds[0]}, {Kinds[1], Kinds[2]}, {Kinds[3]}} {
				got, want := p.incident(in).standing(kinds...), anew.Incident(in).standing(kinds...)
				if fmt.Sprint(got) != fmt.Sprint(want) {
					rt.Fatalf("what stands of %v is\n%v\nread anew it is\n%v", kinds, got, want)
				}
			}
			if got, want := p.incident(in).Count(), anew.Incident(in).Count(); got != want {
				rt.Fatalf("%d entries, read anew %d", got, want)
			}
			if got, want := fmt.Sprint(p.incident(in).Conflicts()), fmt.Sprint(anew.Incident(in).Conflicts()); got != want {
				rt.Fatalf("conflicts %s, read anew %s", got, want)
			}
		}
	})
}
