package crdt

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"holdfast/model/modeltest/fewer"
)

// yjsHistory is a random history written with Yjs: see bench/yjs.
type yjsHistory struct {
	Peers int
	Steps []struct {
		By                   int
		From                 *int
		Del, After, How, Run string
	}
	End string
}

// TestAgainstYjs replays random histories that Yjs has merged. The same
// characters must be left, all copies alike, and two runs must not be mixed
// where Yjs keeps them apart. Which of two runs at one place comes first is
// not compared: each order is right.
func TestAgainstYjs(t *testing.T) {
	f, err := os.Open("testdata/yjs.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var list []yjsHistory
	if err := json.NewDecoder(z).Decode(&list); err != nil {
		t.Fatal(err)
	}
	list = list[:fewer.Cases(len(list), len(list)/10)]
	var mixed, theirs int
	for n, h := range list {
		end, runs := h.replay(t)
		if a, b := []rune(end), []rune(h.End); !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			t.Fatalf("history %d leaves %q, with Yjs %q", n, end, h.End)
		}
		ours, yjs := extents(end, runs), extents(h.End, runs)
		for i, a := range runs {
			for j, b := range runs[:i] {
				if yjs[i].mixed(yjs[j]) {
					theirs++
				}
				if !ours[i].mixed(ours[j]) {
					continue
				}
				if mixed++; !yjs[i].mixed(yjs[j]) {
					t.Errorf("history %d mixes %q and %q: %q, Yjs does not: %q", n, a, b, end, h.End)
				}
			}
		}
	}
	t.Logf("%d histories; runs inside others: %d here, %d with Yjs", len(list), mixed, theirs)
}

func (h yjsHistory) replay(t *testing.T) (end string, runs []string) {
	g := newGroup(h.Peers)
	for _, s := range h.Steps {
		now := g.copies[s.By].String()
		at := func(of string) int { return utf8.RuneCountInString(now[:strings.Index(now, of)]) }
		switch {
		case s.From != nil:
			g.meet(t, s.By, *s.From)
		case s.Del != "":
			for _, r := range s.Del { // here they may not follow on each other
				now = g.copies[s.By].String()
				g.write(t, s.By, at(string(r)), 1, "")
			}
		default:
			pos := 0
			if s.After != "" {
				pos = at(s.After) + 1
			}
			g.writeRun(t, s.By, pos, s.How, s.Run)
			runs = append(runs, s.Run)
		}
	}
	g.meetAll(t)
	for _, c := range g.copies {
		if form(t, c) != form(t, g.copies[0]) {
			t.Fatal("two copies differ")
		}
	}
	return g.copies[0].String(), runs
}

// writeRun writes a run at once, key by key, or from right to left.
func (g *group) writeRun(t *testing.T, by, at int, how, run string) {
	switch letters := []rune(run); how {
	case "paste":
		g.write(t, by, at, 0, run)
	case "type":
		for i, r := range letters {
			g.write(t, by, at+i, 0, string(r))
		}
	default:
		for _, r := range slices.Backward(letters) {
			g.write(t, by, at, 0, string(r))
		}
	}
}

// extent is where what is left of a run begins and ends in a text.
type extent struct{ from, to int }

func extents(text string, runs []string) []extent {
	place := map[rune]int{}
	for i, r := range text {
		place[r] = i
	}
	list := make([]extent, len(runs))
	for i, run := range runs {
		e := extent{len(text), -1}
		for _, r := range run {
			if at, ok := place[r]; ok {
				e = extent{min(e.from, at), max(e.to, at)}
			}
		}
		list[i] = e
	}
	return list
}

// mixed tells whether neither run is wholly before the other.
func (e extent) mixed(o extent) bool { return e.from < o.to && o.from < e.to }
