package crdt

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"holdfast/model/modeltest/fewer"
)

// trace is a real editing history: see testdata/traces.
type trace struct {
	EndContent string
	Txns       []struct {
		Parents []int
		Agent   key
		Patches []patch
	}
}

type patch struct {
	at, deleted int
	text        string
}

func (p *patch) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&p.at, &p.deleted, &p.text})
}

func readTrace(tb testing.TB, name string) trace {
	tb.Helper()
	f, err := os.Open("testdata/traces/" + name + ".json.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var tr trace
	if err := json.NewDecoder(z).Decode(&tr); err != nil {
		tb.Fatal(err)
	}
	return tr
}

// tb is what tests, properties and benchmarks share.
type tb interface {
	Helper()
	Fatal(args ...any)
}

// sent is a change and its writer, as it travels.
type sent struct {
	by key
	Change[key]
}

// writes makes one replacement as an editor does, and gives what it sends.
func writes(tb tb, t *Text[key], by key, p patch) []sent {
	var out []sent
	for _, c := range t.Replace(by, p.at, p.deleted, p.text) {
		if err := t.Apply(by, c); err != nil {
			tb.Fatal(err)
		}
		out = append(out, sent{by, c})
	}
	return out
}

func take(tb tb, t *Text[key], changes ...sent) {
	for _, c := range changes {
		if err := t.Apply(c.by, c.Change); err != nil {
			tb.Fatal(err)
		}
	}
}

// play writes a trace of one writer on a text.
func (tr trace) play(tb testing.TB) (*Text[key], []sent) {
	t, log := &Text[key]{}, make([]sent, 0, len(tr.Txns))
	for _, txn := range tr.Txns {
		for _, p := range txn.Patches {
			log = append(log, writes(tb, t, txn.Agent, p)...)
		}
	}
	return t, log
}

// cut leaves the first n edits alone, and finds what they give without a Text.
func (tr *trace) cut(n int) {
	if n == len(tr.Txns) {
		return
	}
	tr.Txns = tr.Txns[:n]
	var text []rune
	for _, txn := range tr.Txns {
		for _, p := range txn.Patches {
			text = slices.Replace(text, p.at, p.at+p.deleted, []rune(p.text)...)
		}
	}
	tr.EndContent = string(text)
}

// TestPaper writes a paper key by key: 259,778 keys.
func TestPaper(t *testing.T) {
	tr := readTrace(t, "automerge-paper")
	if n := utf8.RuneCountInString(tr.EndContent); len(tr.Txns) != 259_778 || n != 104_852 {
		t.Fatalf("%d edits to %d characters are not the paper", len(tr.Txns), n)
	}
	tr.cut(fewer.Cases(len(tr.Txns), 20_000))
	text, log := tr.play(t)
	if n := utf8.RuneCountInString(tr.EndContent); text.Len() != n || text.String() != tr.EndContent {
		t.Fatalf("%d edits give %d characters, and not the paper", len(tr.Txns), text.Len())
	}
	far := &Text[key]{}
	take(t, far, log...)
	if far.String() != tr.EndContent {
		t.Error("what was sent gives another text")
	}
	if form(t, far) != form(t, text) {
		t.Error("what was sent gives other bytes")
	}
}

// TestTwoFriends replays two people who write at once, each on what it had
// seen, and brings what they sent to others in other orders.
func TestTwoFriends(t *testing.T) {
	tr := readTrace(t, "friendsforever")
	here, log := map[key]*Text[key]{0: {}, 1: {}}, make([][]sent, len(tr.Txns))
	seen := map[key][]bool{0: make([]bool, len(tr.Txns)), 1: make([]bool, len(tr.Txns))}
	for i, txn := range tr.Txns {
		me := here[txn.Agent]
		tr.catchUp(t, me, seen[txn.Agent], log, txn.Parents)
		for _, p := range txn.Patches {
			log[i] = append(log[i], writes(t, me, txn.Agent, p)...)
		}
		seen[txn.Agent][i] = true
	}
	all := slices.Concat(log...)
	take(t, here[0], all...)
	take(t, here[1], all...)
	backwards := &Text[key]{}
	slices.Reverse(all)
	take(t, backwards, all...)
	for i, text := range []*Text[key]{here[0], here[1], backwards} {
		if text.String() != tr.EndContent {
			t.Errorf("copy %d has another text", i)
		}
		if form(t, text) != form(t, here[0]) {
			t.Errorf("copy %d has other bytes", i)
		}
	}
}

// catchUp brings a writer all that its next edit was written on. What a writer
// saw is never less than before.
func (tr trace) catchUp(tb testing.TB, t *Text[key], seen []bool, log [][]sent, parents []int) {
	var lacks []int
	for list := slices.Clone(parents); len(list) > 0; {
		i := list[len(list)-1]
		if list = list[:len(list)-1]; !seen[i] {
			seen[i] = true
			lacks, list = append(lacks, i), append(list, tr.Txns[i].Parents...)
		}
	}
	slices.Sort(lacks)
	for _, i := range lacks {
		take(tb, t, log[i]...)
	}
}

func form(tb tb, t *Text[key]) string {
	tb.Helper()
	b, err := t.MarshalCBOR()
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func heapNow() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkPaperLocal writes the paper as its editor did; B/text is what the
// text keeps on the heap.
func BenchmarkPaperLocal(b *testing.B) {
	tr := readTrace(b, "automerge-paper")
	var spent time.Duration
	var heap int64
	for b.Loop() {
		t, before, start := &Text[key]{}, heapNow(), time.Now()
		for _, txn := range tr.Txns {
			for _, p := range txn.Patches {
				for _, c := range t.Replace(txn.Agent, p.at, p.deleted, p.text) {
					if err := t.Apply(txn.Agent, c); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
		spent += time.Since(start)
		heap = heapNow() - before
		runtime.KeepAlive(t)
	}
	b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), "ms/paper")
	b.ReportMetric(float64(heap), "B/text")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPaperRemote takes the paper as another device sent it, change by
// change.
func BenchmarkPaperRemote(b *testing.B) {
	_, log := readTrace(b, "automerge-paper").play(b)
	for b.Loop() {
		take(b, &Text[key]{}, log...)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/paper")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPaperOpen reads the paper from a snapshot, with its whole history.
func BenchmarkPaperOpen(b *testing.B) {
	text, _ := readTrace(b, "automerge-paper").play(b)
	bytes := []byte(form(b, text))
	for b.Loop() {
		if err := new(Text[key]).UnmarshalCBOR(bytes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(bytes)), "B/snapshot")
}

// BenchmarkPaperEdit changes one word of the paper as an editor submits it: the
// whole text, against the version it had seen.
func BenchmarkPaperEdit(b *testing.B) {
	text, _ := readTrace(b, "automerge-paper").play(b)
	after := strings.Replace(text.String(), "conflict", "collision", 1)
	for b.Loop() {
		changes, err := text.EditFrom(5, text.Version(), text.String(), after)
		if err != nil || len(changes) != 1 {
			b.Fatalf("%d changes: %v", len(changes), err)
		}
	}
}
