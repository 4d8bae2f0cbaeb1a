package incident

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/model"
	_ "holdfast/model/modeltest/fewer" // cases of properties under the race detector
	"holdfast/ui/sample"
)

// history is people who write on devices that meet now and then.
type history struct {
	t     *rapid.T
	story sample.Story
	room  *sample.Room
}

func (h *history) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(h.t, what) }

// step makes one thing happen on a device; refusals are fine.
func (h *history) step(d *sample.Device) {
	in := h.story.Incident.String()
	inc := d.State().Incident(h.story.Incident)
	rows := d.State().Timeline(inc)
	entry := rows[h.pick("entry", len(rows))].ID.String()
	ago := d.Now.Add(-time.Duration(h.pick("ago", 400)) * time.Minute)
	switch h.pick("step", 10) {
	case 0, 1:
		_, _ = d.Do(model.Log{Incident: in, Text: fmt.Sprint("error rate is ", h.pick("rate", 90), " %"), Kind: model.Kinds[h.pick("kind", len(model.Kinds))]})
	case 2:
		_, _ = d.Do(model.Log{Incident: in, Text: "seen on the dashboard", At: ago})
	case 3:
		_, _ = d.Do(model.EditEntry{Entry: entry, Text: fmt.Sprint("it was host ", h.pick("host", 9)), At: ago})
	case 4:
		_, _ = d.Do(model.RetractEntry{Entry: entry, Reason: "of another cluster"})
	case 5:
		_, _ = d.Do(model.SetIncident{Incident: in, Severity: model.Severities[h.pick("severity", 4)], Reason: "seen"})
	case 6:
		_, _ = d.Do(model.AddTask{Incident: in, Text: "call the vendor"})
	case 7:
		_, _ = d.Do(model.AssignRole{Incident: in, Role: model.ResponseRoles[h.pick("role", len(model.ResponseRoles))].Name, Person: h.room.Device(h.pick("person", h.room.Devices())).Name})
	case 8:
		for _, p := range d.State().PersonViews()[:1] {
			_, _ = d.Do(model.SetPerson{Person: p.ID.String(), Fields: map[string]string{"name": fmt.Sprint(p.Name, h.pick("name", 2))}})
		}
	case 9:
		for range 40 {
			_, _ = d.Do(model.Log{Incident: in, Text: "restarted the workers", At: ago})
		}
	}
}

// TestRowsKeptAreThoseReadAnew: whatever people write and correct apart, and
// whenever it arrives, the rows that were kept are those a first reading makes.
func TestRowsKeptAreThoseReadAnew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		story, err := sample.Attached()
		if err != nil {
			rt.Fatal(err)
		}
		h := &history{t: rt, story: story, room: story.Room}
		d, now := story.Room.Device(0), story.Now
		var k kept
		files := &sample.Files{Device: d}
		for range rapid.IntRange(5, 30).Draw(rt, "steps") {
			other := story.Room.Device(h.pick("device", story.Room.Devices()))
			switch h.pick("what", 7) {
			case 0:
				d.Pull(other)
			case 1:
				other.Pull(d)
			case 2:
				now = now.Add(time.Duration(h.pick("hours", 20)) * time.Hour)
			case 3:
				d.State().Pack(h.pick("keep", 60))
			case 4:
				h.step(d)
			default:
				h.step(other)
			}
			r := reader{device: d.Key, holds: d.Holds, files: files, now: now, kept: &k}
			got, _ := read(d.State(), story.Incident, r)
			was := make([]row, len(got.rows))
			for i, r := range got.rows {
				was[i] = *r
			}
			r.kept = &kept{}
			want, _ := read(d.State(), story.Incident, r)
			if len(got.rows) != len(want.rows) {
				rt.Fatalf("%d rows, read anew %d", len(got.rows), len(want.rows))
			}
			for i := range want.rows {
				if was[i] != *want.rows[i] {
					rt.Fatalf("row %d is\n%+v\nread anew it is\n%+v", i, was[i], *want.rows[i])
				}
			}
		}
	})
}

// TestARowThatWasGivenStays: what is drawn may be of a reading before the last.
func TestARowThatWasGivenStays(t *testing.T) {
	sc := open(t)
	d, s := sc.host.Device, sc.screen
	before := s.content.rows
	were := make([]row, len(before))
	for i, r := range before {
		were[i] = *r
	}
	id := sc.rowWith("Staging data backed up first").ID
	sc.host.Do(model.EditEntry{Entry: id, Text: "production data backed up first"}, func(model.Done, error) {})
	for i := range sc.story.Room.Devices() {
		sc.story.Room.Device(i).Pull(d)
	}
	sc.host.Refresh()
	changed := 0
	for i, r := range before {
		if *r != were[i] {
			t.Fatalf("row %d was changed after it was given", i)
		}
		if s.content.rows[i] != r {
			changed++
		}
	}
	if changed == 0 {
		t.Error("no row was made anew")
	}
	if n := s.kept.reader.Whole(); n != 1 {
		t.Errorf("the timeline was read whole %d times", n)
	}
}

// TestStepsOfASpread asks about a few commits, and says what asking about each
// says.
func TestStepsOfASpread(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cursors := rapid.SliceOfN(rapid.Uint64Range(0, 3000), 0, 12).Draw(rt, "cursors")
		asked := 0
		holds := func(seq uint64) int {
			asked++
			n := 0
			for _, c := range cursors {
				if c >= seq {
					n++
				}
			}
			return n
		}
		f := extent{lo: rapid.Uint64Range(1, 100).Draw(rt, "lo")}
		f.hi = f.lo + rapid.Uint64Range(0, 2900).Draw(rt, "more")
		f.steps = f.climb(holds)
		if most := 2 + 14*(len(cursors)+1); asked > most {
			rt.Errorf("asked %d times of %d devices", asked, len(cursors))
		}
		for seq := f.lo; seq <= f.hi; seq++ {
			if got, want := f.held(seq), holds(seq); got != want {
				rt.Fatalf("%d hold commit %d, not %d", want, seq, got)
			}
		}
	})
}
