package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model/crdt"
)

// text are the acts on texts: edits of what is here, of what somebody saw
// before, and ops the planner would never plan.
func (h *history) text(p *peer, inc *Incident) {
	name := pickOf(h, "text", []string{TextSummary, "pm.cause"})
	switch h.pick("act", 5) {
	case 0: // what another saw, whose record may have more or less
		other := pickOf(h, "other", h.peers)
		if there := other.state.Incident(inc.ID); there != nil {
			view, err := other.state.TextView(there, name)
			if err != nil {
				h.t.Fatalf("view: %v", err)
			}
			_, _ = p.try(EditText{Incident: inc.ID.String(), Field: name, Base: view.Version, Seen: view.Text, Text: view.Text + " and fell"})
		}
	case 1:
		feed := pickOf(h, "other", h.peers).feed
		p.write([]Op{p.op(KindTextEdited, inc.ID, textEdited{Text: name, Stream: uint32(h.pick("stream", 2)), Change: crdt.Change[FeedID]{
			Start: uint32(h.pick("start", 3)), Writers: []FeedID{feed},
			Inserts: []crdt.Insert{{Of: uint32(h.pick("of", 4)), N: uint32(h.pick("n", 9)), Before: true, Text: "x"}},
			Deletes: []crdt.Range{{Of: 2, N: uint32(h.pick("from", 20)), C: 3}},
		}})})
	default:
		words := strings.Fields(inc.Text(name) + " six payment pods")
		at := h.pick("at", len(words))
		words[at] = pickOf(h, "word", []string{"", "seven", "six pods restarted"})
		_, _ = p.try(EditText{Incident: inc.ID.String(), Field: name, Text: strings.Join(words, " ")})
	}
}

// TestTextsMerge: what was written apart, on what each had seen, is all there.
func TestTextsMerge(t *testing.T) {
	w := founded(t, RoleMember, RoleMember)
	ana, ben, chen := w.peers[0], w.peers[1], w.peers[2]
	id := ana.do(Declare{Title: "Checkout fails"}).ID
	w.meet()
	edit := func(p *peer, from, to string) {
		t.Helper()
		v, err := p.state.TextView(p.incident(id), TextSummary)
		if err != nil {
			t.Fatal(err)
		}
		p.do(EditText{
			Incident: id.String(), Field: TextSummary, Base: v.Version, Seen: v.Text,
			Text: strings.Replace(v.Text, from, to, 1),
		})
	}
	edit(ana, "", "Six pods restarted.\nOrders failed.\n")
	w.meet()
	edit(ana, "Six", "Seven")
	edit(ben, "restarted", "of the payment service restarted")
	edit(chen, "Orders failed.\n", "Orders failed for 12 minutes.\nNo data was lost.\n")
	w.meet()
	w.sameEverywhere()
	want := "Seven pods of the payment service restarted.\nOrders failed for 12 minutes.\nNo data was lost.\n"
	if got := ben.incident(id).Text(TextSummary); got != want {
		t.Errorf("it reads %q, want %q", got, want)
	}
	if v := ben.state.TextBriefs(ben.incident(id)); len(v) != 1 || len(v[0].Writers) != 3 || v[0].Writers[0] != "Ana Ruiz" {
		t.Errorf("texts %+v", v)
	}
	if refused := ben.state.Refused; refused != 0 {
		t.Errorf("%d ops were refused", refused)
	}
}

// TestTextOfAnEarlierView: an edit of what was seen an hour ago keeps what the
// others wrote since, also of a text that was empty then.
func TestTextOfAnEarlierView(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	id := ana.do(Declare{Title: "Checkout fails"}).ID
	w.meet()
	empty, err := ana.state.TextView(ana.incident(id), TextSummary)
	if err != nil || empty.Version == "" {
		t.Fatalf("view %+v: %v", empty, err)
	}
	ben.do(EditText{Incident: id.String(), Field: TextSummary, Text: "Six pods restarted."})
	w.meet()
	ana.do(EditText{Incident: id.String(), Field: TextSummary, Base: empty.Version, Text: "Orders fail. "})
	w.meet()
	if got := ben.incident(id).Text(TextSummary); got != "Orders fail. Six pods restarted." {
		t.Errorf("it reads %q", got)
	}
	for name, c := range map[string]EditText{
		"another text seen":    {Field: TextSummary, Base: empty.Version, Seen: "x"},
		"no version":           {Field: TextSummary, Base: "!"},
		"no text of this name": {Field: "notes", Text: "x"},
		"a section of no name": {Field: "pm.", Text: "x"},
		"too long":             {Field: TextSummary, Text: strings.Repeat("x", MaxLongText+1)},
	} {
		c.Incident = id.String()
		if _, err := ana.try(c); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if done := ana.do(EditText{Incident: id.String(), Field: TextSummary, Text: "Orders fail. Six pods restarted."}); done.Note == "" {
		t.Error("an edit that changes nothing says nothing")
	}
}

// TestTextAfterWhatWasCut: what somebody wrote after text of a removed device
// that does not count any more is kept and shown, and they write on.
func TestTextAfterWhatWasCut(t *testing.T) {
	w := founded(t, RoleMember, RoleMember)
	ana, ben, chen := w.peers[0], w.peers[1], w.peers[2]
	id := ana.do(Declare{Title: "Checkout fails"}).ID
	chen.pull(ana)
	edit := func(p *peer, text string) {
		t.Helper()
		p.do(EditText{Incident: id.String(), Field: TextSummary, Text: text})
	}
	edit(chen, "Six pods restarted.")
	w.meet()
	edit(chen, "Six pods restarted. Nothing else")
	ben.pull(chen) // and Ana does not
	edit(ben, "Six pods restarted. Nothing else: orders failed.")
	ana.do(RemoveMember{Device: chen.key.String(), Reason: "lost"})
	w.meet()
	edit(ben, "Seven pods restarted.")
	edit(ben, "Seven pods restarted twice.")
	w.meet()
	w.sameEverywhere()
	v, err := ana.state.TextView(ana.incident(id), TextSummary)
	if err != nil || v.Text != "Seven pods restarted twice." || v.Unplaced != ": orders failed." || v.Waiting != 1 {
		t.Errorf("it reads %q, unplaced is %q of %d edits (%v)", v.Text, v.Unplaced, v.Waiting, err)
	}
}

// TestTimelineTellsSittings: a row for what one wrote in one go.
func TestTimelineTellsSittings(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	id := p.do(Declare{Title: "Checkout fails"}).ID
	for i := range 200 { // a key a second, and a break after 120
		if i == 120 {
			p.now = p.now.Add(sittingBreak)
		}
		p.do(EditText{Incident: id.String(), Field: "pm.root-cause", Text: strings.Repeat("x", i+1)})
	}
	var told []string
	for _, r := range p.state.Timeline(p.incident(id)) {
		if r.Kind == "text" {
			told = append(told, r.Text)
		}
	}
	want := []string{
		"Post-mortem, root cause: 120 characters written over 1 minute",
		"Post-mortem, root cause: 80 characters written over 1 minute",
	}
	if !slices.Equal(told, want) {
		t.Errorf("the timeline tells %q", told)
	}
}

// keys gives commits of one key each, typed into the summary.
func keys(tb testing.TB, n int) (*world, ID, []Commit) {
	w := founded(tb)
	p := w.peers[0]
	id := p.do(Declare{Title: "Checkout fails"}).ID
	p.do(EditText{Incident: id.String(), Field: TextSummary, Text: "a"})
	commits := make([]Commit, n)
	for i := range commits {
		body, err := EncodeOps([]Op{p.op(KindTextEdited, id, textEdited{Text: TextSummary, Change: crdt.Change[FeedID]{
			Start: uint32(i + 1), Inserts: []crdt.Insert{{Of: 1, N: uint32(i), Text: string(rune('a' + i%26))}},
		}})})
		if err != nil {
			tb.Fatal(err)
		}
		ops, err := DecodeOps(body)
		if err != nil {
			tb.Fatal(err)
		}
		commits[i] = Commit{Feed: p.feed, Seq: p.seq + uint64(i) + 1, Lamport: p.lamport + uint64(i) + 1, Wall: testNow.Add(time.Duration(i) * time.Second).UnixMilli(), Device: p.key, Ops: ops}
	}
	return w, id, commits
}

// BenchmarkFoldKeys folds 100 000 keys; body-B/key is the body of the commit.
func BenchmarkFoldKeys(b *testing.B) {
	const n = 100_000
	w, _, commits := keys(b, n)
	base := stored(b, w.peers[0].state)
	body, err := EncodeOps(commits[n-1].Ops)
	if err != nil {
		b.Fatal(err)
	}
	var heap float64
	var spent time.Duration
	for b.Loop() {
		s := stored(b, base)
		before, start := heapNow(), time.Now()
		apply(b, s, commits)
		spent += time.Since(start)
		heap = float64(heapNow() - before)
		if s.Refused != 0 {
			b.Fatal("refused")
		}
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/n, "ns/key")
	b.ReportMetric(heap, "B/text")
	b.ReportMetric(float64(len(body)), "body-B/key")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkEditLongText plans a change of one word in a text of 100 kB, and
// views it as an editor does.
func BenchmarkEditLongText(b *testing.B) {
	w := founded(b)
	p := w.peers[0]
	id := p.do(Declare{Title: "Checkout fails"}).ID
	var text strings.Builder
	for i := 0; text.Len() < 100_000; i++ {
		fmt.Fprintf(&text, "Line %d: the payment workers restarted, errors fell.\n", i)
	}
	p.do(EditText{Incident: id.String(), Field: TextSummary, Text: text.String()})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.state.TextView(p.incident(id), TextSummary); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("edit", func(b *testing.B) {
		after := strings.Replace(text.String(), "Line 900: the", "Line 900: six", 1)
		for b.Loop() {
			planner := NewPlanner(p.state, p.now, p.key, p.feed, p.seq+1)
			if _, err := planner.Plan(EditText{Incident: id.String(), Field: TextSummary, Text: after}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestTextCommandTravels(t *testing.T) {
	args, err := json.Marshal(EditText{Incident: "INC", Field: TextSummary, Base: "b", Seen: "s", Text: "t"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := DecodeCommand("text-edit", args)
	if want := (EditText{Incident: "INC", Field: TextSummary, Base: "b", Seen: "s", Text: "t"}); err != nil || c != want {
		t.Errorf("%+v %v", c, err)
	}
}
