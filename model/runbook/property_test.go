package runbook_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "holdfast/model/modeltest/fewer" // cases of properties under the race detector
	. "holdfast/model/runbook"
)

// Whatever valid results people give, a run of a shipped runbook is at a step
// that exists or it is over; and from wherever they are, a way leads out.
func TestEveryRunLeadsToAnEnd(t *testing.T) {
	for _, b := range shipped(t) {
		t.Run(b.ID, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { walkAtRandom(t, b) })
		})
	}
}

// The same holds for any text that Parse takes.
func TestEveryRunOfAnyRunbookLeadsToAnEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := Parse([]byte(anyText(t)))
		if err != nil {
			return // circles without a way out are refused
		}
		holds(t, b)
		walkAtRandom(t, b)
	})
}

func anyText(t *rapid.T) string {
	n := rapid.IntRange(1, 7).Draw(t, "steps")
	to := rapid.SampledFrom([]string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "next", "end", "stop", "runbook other"}[7-n:])
	var w strings.Builder
	w.WriteString("# Any\n")
	for i := 8 - n; i <= 7; i++ {
		fmt.Fprintf(&w, "## %d. Step %d {#s%d}\n", i, i, i)
		if rapid.Bool().Draw(t, "destructive") {
			w.WriteString("- Risk: destructive\n- Target: host {{h}}\n")
		}
		if i > 8-n && rapid.IntRange(0, 3).Draw(t, "requires") == 0 {
			fmt.Fprintf(&w, "- Requires: s%d\n", i-1)
		}
		for j := range rapid.IntRange(0, 2).Draw(t, "branches") {
			fmt.Fprintf(&w, "- If case %d -> %s\n", j, to.Draw(t, "to"))
		}
		if rapid.Bool().Draw(t, "then") {
			fmt.Fprintf(&w, "- Then -> %s\n", to.Draw(t, "then"))
		}
		if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
			fmt.Fprintf(&w, "- If it fails -> %s\n", to.Draw(t, "fail"))
		}
	}
	return w.String()
}

func walkAtRandom(t *rapid.T, b Runbook) {
	run := Run{Book: b, Started: start, Values: map[string]string{}}
	for _, name := range b.Blanks {
		run.Values[name] = "value of " + name
	}
	out := waysOut(b)
	// 30 results at random, then straight out: a straight way has no more steps than the runbook,
	// and each may need a waiver of one it requires.
	for i := range 30 + 3*len(b.Steps)*len(b.Steps) {
		p := run.Progress()
		sound(t, run, p)
		if p.Over != "" {
			return
		}
		var res Result
		if i < 30 {
			res = random(t, run, p)
		} else {
			res = straight(run, p, out)
		}
		if err := run.Check(res); err != nil {
			t.Fatalf("a valid result was refused: %v\n%+v", err, res)
		}
		run.Results = append(run.Results, res)
		if i < 30 && rapid.IntRange(0, 4).Draw(t, "noise") == 0 {
			run.Results = append(run.Results, noise(t, b)) // as two devices make it, apart
		}
	}
	t.Fatalf("no way out of\n%s", b.Text)
}

// sound checks what holds of a run at any time.
func sound(t *rapid.T, run Run, p Progress) {
	if _, exists := run.Book.Step(p.At); exists == (p.Over != "") {
		t.Fatalf("at %q, over %q", p.At, p.Over)
	}
	if p.Over == "" && (len(p.Next) == 0 || p.Next[0] != p.At || len(p.Left) == 0 || p.Left[0] != p.At) {
		t.Fatalf("at %q, next %v, left %v", p.At, p.Next, p.Left)
	}
	for _, s := range p.Steps {
		if s.Took < 0 {
			t.Fatalf("%s took %v", s.Step, s.Took)
		}
	}
	if again := run.Progress(); !reflect.DeepEqual(again, p) {
		t.Fatal("the same results give another progress")
	}
}

// met gives a result everything that its step needs of the person.
func met(run Run, res Result) Result {
	res.Person, res.Second, res.Note = "first", "second", "because"
	for _, n := range run.Needs(res.Step) {
		switch n.Kind {
		case NeedTarget:
			res.Target = n.Name
		case NeedStep:
			if res.Outcome != Skipped {
				return met(run, Result{Step: n.Name, Outcome: Skipped, At: res.At}) // the waiver comes first
			}
		}
	}
	return res
}

func random(t *rapid.T, run Run, p Progress) Result {
	s, _ := run.Book.Step(rapid.SampledFrom(p.Next).Draw(t, "step"))
	res := Result{Step: s.ID, At: at(len(run.Results)), Outcome: rapid.SampledFrom([]Outcome{Done, Done, Done, Failed, Skipped, Deviated}).Draw(t, "outcome")}
	if n := len(s.Branches); n > 0 {
		res.Branch = s.Branches[rapid.IntRange(0, n-1).Draw(t, "branch")].If
	}
	return met(run, res)
}

// straight takes the way with the fewest steps to an end.
func straight(run Run, p Progress, out map[string]int) Result {
	s, _ := run.Book.Step(p.At)
	res := Result{Step: s.ID, At: at(len(run.Results)), Outcome: Done}
	best := len(run.Book.Steps) + 1
	for _, b := range s.Branches {
		if n := out[b.To]; n < best {
			best, res.Branch = n, b.If
		}
	}
	return met(run, res)
}

// waysOut counts the steps from each step to the nearest end.
func waysOut(b Runbook) map[string]int {
	far := len(b.Steps) + 1
	out := map[string]int{End: 0, Stop: 0}
	for _, s := range b.Steps {
		out[s.ID] = far
	}
	for range b.Steps {
		for _, s := range b.Steps {
			ways := s.Branches
			if len(ways) == 0 {
				ways = []Branch{s.Then}
			}
			for _, w := range ways {
				out[s.ID] = min(out[s.ID], out[w.To]+1)
			}
		}
	}
	return out
}

// noise is a result that may fit nowhere.
func noise(t *rapid.T, b Runbook) Result {
	step := rapid.SampledFrom(b.Steps).Draw(t, "noise step").ID
	return Result{
		Step:    rapid.SampledFrom([]string{step, step, "", "gone"}).Draw(t, "noise at"),
		Outcome: rapid.SampledFrom([]Outcome{Done, Failed, Skipped, Deviated, Missing, Wrong, "?"}).Draw(t, "noise outcome"),
		Branch:  rapid.SampledFrom([]string{"", "a", "b", "otherwise", "z"}).Draw(t, "noise branch"),
		Note:    rapid.SampledFrom([]string{"", "n"}).Draw(t, "noise note"),
		Person:  rapid.SampledFrom([]string{"", "p"}).Draw(t, "noise person"),
		At:      at(rapid.IntRange(-100, 100).Draw(t, "noise time")),
	}
}
