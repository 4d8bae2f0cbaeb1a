package runbook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcome is what came of a step.
type Outcome string

// Outcomes. Missing and Wrong are remarks about the runbook for the
// post-mortem; they move nothing.
const (
	// Done as written, and what was expected came.
	Done Outcome = "done"
	// Failed was tried, and what was expected did not come.
	Failed Outcome = "failed"
	// Skipped was left out, for the reason in the note. Of a step that others
	// require, a skip with a second person is the waiver.
	Skipped Outcome = "skipped"
	// Deviated was done in another way, told in the note.
	Deviated Outcome = "deviated"
	// Missing says that a step is missing behind this one, or anywhere without a step.
	Missing Outcome = "missing"
	// Wrong says that the step is wrong as written.
	Wrong Outcome = "wrong"
)

// Result is what a person says of a step.
type Result struct {
	Step    string  `json:"step"`
	Outcome Outcome `json:"outcome"`
	// Branch is the letter or the condition of the branch taken, or "stop".
	Branch string    `json:"branch,omitempty"`
	Note   string    `json:"note,omitempty"`
	Person string    `json:"person"`
	At     time.Time `json:"at"`
	// Target is what the person typed as the target of a destructive step.
	Target string `json:"target,omitempty"`
	// Second is the person who looked on.
	Second string `json:"second,omitempty"`
}

// Run is one run of a runbook.
type Run struct {
	// Book is the text that this run began with; Runbook.Version pins it.
	Book Runbook
	// Started is when the run began; the time of the first step counts from it.
	Started time.Time
	// Values are what the blanks stand for in this run, by name. A value may
	// come late but does not change once given, or results that named the old
	// one would no longer count: another target is another run.
	Values map[string]string
	// Results are in the order everyone sees them in.
	Results []Result
}

// Fill puts the values of this run in place of the blanks of a text. A blank
// without a value stays as it is.
func (r Run) Fill(text string) string {
	return blank.ReplaceAllStringFunc(text, func(m string) string {
		if v := strings.TrimSpace(r.Values[strings.TrimSpace(m[2:len(m)-2])]); v != "" {
			return v
		}
		return m
	})
}

// ErrRefused is wrapped by every refusal of Check. The sentence is for the
// person who asked; nothing was recorded.
var ErrRefused = errors.New("refused")

type refusal struct{ text string }

func (r *refusal) Error() string        { return r.text }
func (r *refusal) Is(target error) bool { return target == ErrRefused }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// NeedKind says what a step wants.
type NeedKind string

// Kinds of needs, in the order in which they are met.
const (
	NeedTurn   NeedKind = "turn"   // a destructive step waits until the run is there
	NeedStep   NeedKind = "step"   // another step first; Name is its id
	NeedValue  NeedKind = "value"  // a blank of the target has no value; Name is the blank
	NeedTarget NeedKind = "target" // the person types the target; Name is what to type
	NeedSecond NeedKind = "second" // a second person looks on
	NeedBranch NeedKind = "branch" // a branch is chosen
)

// Need is one thing that a step wants before it may be done.
type Need struct {
	Kind NeedKind `json:"kind"`
	Name string   `json:"name,omitempty"`
	// Text is a sentence for the person.
	Text string `json:"text"`
}

// Needs lists what a step wants before it may be done, as the run stands now.
// It is empty for a step that the runbook does not have.
func (r Run) Needs(step string) []Need {
	s, ok := r.Book.Step(step)
	if !ok {
		return nil
	}
	return r.walk().needs(s)
}

func (w *walk) needs(s Step) []Need {
	out := w.before(s)
	if len(s.Branches) > 0 {
		out = append(out, Need{NeedBranch, "", strings.TrimPrefix(ways(s), "; ")})
	}
	return out
}

// before lists what a step wants but the choice of a branch.
func (w *walk) before(s Step) []Need {
	var out []Need
	add := func(kind NeedKind, name, format string, args ...any) {
		out = append(out, Need{kind, name, fmt.Sprintf(format, args...)})
	}
	destructive := s.Risk == Destructive
	if destructive && w.at != s.ID {
		add(NeedTurn, "", "the step %q is destructive, and the run is not there; go through the steps before it, or skip them with a reason", s.Title)
	}
	for _, id := range s.Requires {
		if !w.met[id] {
			first, _ := w.run.Book.Step(id)
			add(NeedStep, id, "the step %q has to come first; do it, or skip it with a reason and a second person, which waives it", first.Title)
		}
	}
	if destructive {
		target := strings.TrimSpace(w.run.Fill(s.Target))
		for _, name := range blanks(target) {
			add(NeedValue, name, "this run does not say which %s it acts on; say so before the step", name)
		}
		add(NeedTarget, target, "type the name of what the step acts on: %s", target)
		add(NeedSecond, "", "a second person reads the name aloud and looks on")
	}
	return out
}

// Check says whether a result can be recorded as the run stands now. Its error
// wraps ErrRefused: a sentence that says what is missing.
func (r Run) Check(res Result) error { return r.walk().check(res) }

func (w *walk) check(res Result) error {
	s, known := w.run.Book.Step(res.Step)
	remark := res.Outcome == Missing || res.Outcome == Wrong
	note := strings.TrimSpace(res.Note) != ""
	switch {
	case !known && (res.Outcome != Missing || res.Step != ""):
		return refuse("this runbook has no step %q; nothing was recorded", res.Step)
	case strings.TrimSpace(res.Person) == "":
		return refuse("who did it? Nothing was recorded; name the person")
	case remark && !note:
		return refuse("say in the result what is %s; nothing was recorded", res.Outcome)
	case remark:
		return nil
	case !slices.Contains([]Outcome{Done, Failed, Skipped, Deviated}, res.Outcome):
		return refuse("%q is no result of a step; say done, failed, skipped, deviated, missing or wrong", res.Outcome)
	case w.over != "":
		return refuse("the run is over; nothing was recorded. Start the runbook again if there is more to do")
	case !note && (res.Outcome == Skipped || res.Outcome == Deviated):
		return refuse("say in the result why the step is %s, and what was done instead; nothing was recorded", res.Outcome)
	}
	_, chosen := s.Choose(res.Branch)
	switch {
	case res.Branch != "" && !chosen:
		return refuse("the step %q has no branch %q; nothing was recorded%s", s.Title, res.Branch, ways(s))
	case stops(res) && s.StopIf == "" && !note:
		return refuse("say in the result why the run stops here; nothing was recorded")
	case res.Outcome == Skipped, res.Outcome == Failed && stops(res):
		return nil // to leave a step out, or to stop before it worked, does no harm
	}
	return w.checkNeeds(s, res)
}

// checkNeeds holds a result against what its step wants.
func (w *walk) checkNeeds(s Step, res Result) error {
	for _, n := range w.before(s) {
		switch n.Kind {
		case NeedTarget:
			switch typed := strings.TrimSpace(res.Target); {
			case typed == "":
				return refuse("the step %q is destructive and was not recorded: %s", s.Title, n.Text)
			case typed != n.Name:
				return refuse("you typed %q, and this run acts on %q; nothing was recorded. Stop, and read the name on the machine itself", typed, n.Name)
			}
		case NeedSecond:
			switch {
			case strings.TrimSpace(res.Second) == "":
				return refuse("the step %q is destructive and was not recorded: %s; name that person", s.Title, n.Text)
			case strings.EqualFold(strings.TrimSpace(res.Second), strings.TrimSpace(res.Person)):
				return refuse("the second person has to be another one than %s; nothing was recorded", strings.TrimSpace(res.Person))
			}
		default:
			return refuse("the step %q was not recorded: %s", s.Title, n.Text)
		}
	}
	if len(s.Branches) > 0 && res.Branch == "" && res.Outcome != Failed {
		return refuse("the step %q was not recorded%s", s.Title, ways(s))
	}
	return nil
}

// ways tells the branches of a step, to end a refusal.
func ways(s Step) string {
	if len(s.Branches) == 0 {
		return "; it has no branches, only stop"
	}
	var out []string
	for i, b := range s.Branches {
		out = append(out, fmt.Sprintf("%c %s", 'a'+i, b.If))
	}
	return "; say which of these is so: " + strings.Join(out, "; ")
}

// stops reports a result that stops the run whatever its step says.
func stops(res Result) bool { return strings.EqualFold(strings.TrimSpace(res.Branch), Stop) }
