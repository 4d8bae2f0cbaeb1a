package replica

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"holdfast/model"
	_ "holdfast/model/modeltest/fewer" // cases of properties under the race detector
	"holdfast/sync/secret"
)

func openRoom(t *testing.T, dir string) (*Home, *Replica) {
	t.Helper()
	h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	if rooms := h.Rooms(); len(rooms) > 0 {
		return h, rooms[0]
	}
	r, err := h.Found(t.Context(), Founding{Name: "Payments", Person: "Ana Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	return h, r
}

// textsOf gives the timeline of an incident as a reader sees it, without ids and times.
func textsOf(r *Replica, code string) (lines []string, byID map[model.ID]string) {
	byID = map[model.ID]string{}
	r.View(func(s *model.State) {
		inc, err := s.FindIncident(code)
		if err != nil {
			return
		}
		for _, row := range s.Timeline(inc) {
			if line := row.Kind + ": " + row.Text; row.Source == model.FromEntry {
				lines, byID[row.ID] = append(lines, line), line
			}
		}
	})
	return lines, byID
}

// TestEntriesTogetherAreAsOneByOne: whatever waits, in whatever order and with
// whatever refused among it, leaves the same timelines and gets the same answers as
// commands handed in one after the other; and its ids name its entries.
func TestEntriesTogetherAreAsOneByOne(t *testing.T) {
	dir := t.TempDir()
	_, alone := openRoom(t, t.TempDir())
	home, together := openRoom(t, dir)
	commits := uint64(0)
	entries := 0
	rapid.Check(t, func(rt *rapid.T) {
		var codes [2][]string
		for i, r := range []*Replica{alone, together} {
			for k := range 2 {
				done, err := r.Do(t.Context(), model.Declare{Title: fmt.Sprintf("Incident %d", k)})
				if err != nil {
					rt.Fatal(err)
				}
				codes[i] = append(codes[i], done.Code)
			}
		}
		n := rapid.IntRange(1, 40).Draw(rt, "commands")
		long := rapid.IntRange(0, 20).Draw(rt, "long") == 0
		var batch []*task
		var wants []error
		head := together.Heads()[together.OwnFeed()].Seq
		for i := range n {
			k := min(rapid.IntRange(0, 6).Draw(rt, "incident"), 1)
			kind := rapid.SampledFrom([]string{"", "decision", "action", "no such kind"}).Draw(rt, "kind")
			text := fmt.Sprintf("%d. Replication lag still rising", i)
			if long {
				text += strings.Repeat(fmt.Sprintf(" %d", i), 4000)
			}
			if rapid.IntRange(0, 9).Draw(rt, "empty") == 0 {
				text = " "
			}
			c := model.Log{Text: text, Kind: kind}
			c.Incident = codes[0][k]
			_, err := alone.Do(t.Context(), c)
			wants = append(wants, err)
			c.Incident = codes[1][k]
			batch = append(batch, &task{command: c, answer: make(chan error, 1)})
		}
		if err := together.inTurn(t.Context(), func() error { together.commit(batch); return nil }); err != nil {
			rt.Fatal(err)
		}
		made := 0
		for i, task := range batch {
			if err := <-task.answer; fmt.Sprint(err) != fmt.Sprint(wants[i]) {
				rt.Fatalf("command %d: %v, alone %v", i, err, wants[i])
			}
			if wants[i] == nil {
				made++
			}
		}
		for k := range 2 {
			want, _ := textsOf(alone, codes[0][k])
			got, ids := textsOf(together, codes[1][k])
			if !equal(want, got) {
				rt.Fatalf("%q, alone %q", got, want)
			}
			for _, task := range batch {
				if c := task.command.(model.Log); task.err == nil && c.Incident == codes[1][k] && !strings.HasSuffix(ids[task.done.ID], ": "+c.Text) {
					rt.Fatalf("%s is %q, not %q", task.done.ID, ids[task.done.ID], c.Text)
				}
			}
		}
		if more := together.Heads()[together.OwnFeed()].Seq - head; more > uint64(made) {
			rt.Fatalf("%d commits for %d entries", more, made)
		} else {
			commits, entries = commits+more, entries+made
		}
	})
	if entries > 100 && commits > uint64(entries)/2 {
		t.Errorf("%d entries took %d commits", entries, commits)
	}
	before, err := together.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	_, again := openRoom(t, dir)
	if after, err := again.Hash(); err != nil || after != before {
		t.Errorf("another state from the log: %v", err)
	}
}

func equal(a, b []string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// TestWhatIsTogetherIsBounded: long texts make commits of their own.
func TestWhatIsTogetherIsBounded(t *testing.T) {
	_, r := openRoom(t, t.TempDir())
	inc, err := r.Do(t.Context(), model.Declare{Title: "Long texts"})
	if err != nil {
		t.Fatal(err)
	}
	var batch []*task
	for range 12 {
		batch = append(batch, &task{command: model.Log{Incident: inc.Code, Text: strings.Repeat("Clean-up ", model.MaxText/9)}, answer: make(chan error, 1)})
	}
	head := r.Heads()[r.OwnFeed()].Seq
	if err := r.inTurn(t.Context(), func() error { r.commit(batch); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, task := range batch {
		if err := <-task.answer; err != nil {
			t.Fatal(err)
		}
	}
	if n := r.Heads()[r.OwnFeed()].Seq - head; n != 6 {
		t.Errorf("12 entries of 32 KiB are %d commits", n)
	}
}
