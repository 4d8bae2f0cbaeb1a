package runbook

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Progress is where a run stands.
type Progress struct {
	// At is the step at hand; empty once the run is over.
	At string `json:"at,omitempty"`
	// Since is when the run came to the step at hand, or was last heard of there.
	Since time.Time `json:"since,omitzero"`
	// Next is the step at hand and those that follow it whatever happens: other
	// people may take them at the same time. It ends at a question, before and
	// at a destructive step, and before one that requires another first.
	Next []string `json:"next,omitempty"`
	// Over is End or Stop once the run is over.
	Over string `json:"over,omitempty"`
	// Runbook is the one to follow, where the run stopped for another.
	Runbook string `json:"runbook,omitempty"`
	// Left are the steps that may still come, at most; circles count once.
	Left []string `json:"left,omitempty"`
	// Done counts steps done or done in another way.
	Done int `json:"done"`
	// Steps has one element per step of the runbook, in its order.
	Steps []StepProgress `json:"steps"`
	// Deviations are in the order of the results.
	Deviations []Deviation `json:"deviations,omitempty"`
	// Gaps are the results that say a step is missing or wrong.
	Gaps []Result `json:"gaps,omitempty"`
}

// StepProgress is what came of one step; Outcome is empty before its first result.
type StepProgress struct {
	Step    string    `json:"step"`
	Outcome Outcome   `json:"outcome,omitempty"`
	Branch  Branch    `json:"branch,omitzero"`
	Person  string    `json:"person,omitempty"`
	At      time.Time `json:"at,omitzero"`
	// Results counts the results of the step; more than one is a repeat.
	Results int `json:"results,omitempty"`
	// Took is from the time the run came to the step to its latest result,
	// summed over repeats; 0 where unknown.
	Took time.Duration `json:"took,omitempty"`
	// Late says that Took is more than the minutes of the step.
	Late bool `json:"late,omitempty"`
}

// Deviation is where the run left the text.
type Deviation struct {
	// Result is the place in Run.Results, from 0.
	Result int    `json:"result"`
	Step   string `json:"step"`
	// Text is a sentence.
	Text string `json:"text"`
}

// Progress folds the results. A result that Check would have refused moves
// nothing and is a deviation.
func (r Run) Progress() Progress {
	w := r.walk()
	p := w.Progress
	p.At, p.Over, p.Runbook, p.Since = w.at, w.over, w.runbook, w.since
	if p.Over == "" {
		p.Next, p.Left = w.next(), w.left()
	}
	for _, s := range p.Steps {
		if s.Outcome == Done || s.Outcome == Deviated {
			p.Done++
		}
	}
	return p
}

// walk is a run in the course of the fold.
type walk struct {
	Progress
	run     Run
	at      string // empty once it is over
	over    string
	runbook string
	since   time.Time // when the run came to the step at hand
	// ahead holds where the steps done before their turn lead.
	ahead map[string]Branch
	// met are the steps that count for those that require them.
	met map[string]bool
}

func (r Run) walk() *walk {
	w := &walk{run: r, since: r.Started, ahead: map[string]Branch{}, met: map[string]bool{}}
	w.Steps = slices.Grow(w.Steps, len(r.Book.Steps))
	for _, s := range r.Book.Steps {
		w.Steps = append(w.Steps, StepProgress{Step: s.ID})
	}
	if len(r.Book.Steps) > 0 {
		w.at = r.Book.Steps[0].ID
	} else {
		w.over = End // only a Runbook that Parse did not make has no steps
	}
	for i, res := range r.Results {
		if err := w.check(res); err != nil {
			w.deviate(i, res, "not counted: %v", err)
			continue
		}
		w.apply(i, res)
	}
	return w
}

func (w *walk) deviate(i int, res Result, format string, args ...any) {
	w.Deviations = append(w.Deviations, Deviation{i, res.Step, fmt.Sprintf(format, args...)})
}

// apply takes a result that passed the check.
func (w *walk) apply(i int, res Result) {
	if res.Outcome == Missing || res.Outcome == Wrong {
		w.Gaps = append(w.Gaps, res)
		return
	}
	n := w.run.Book.index(res.Step)
	s := w.run.Book.Steps[n]
	note := ""
	if res.Note != "" {
		note = ": " + res.Note
	}
	if res.Outcome != Done {
		w.deviate(i, res, "%q %s%s", s.Title, res.Outcome, note)
	}
	lead := w.lead(s, res)
	here := s.ID == w.at
	again := w.Steps[n].Outcome != "" && w.Steps[n].Outcome != Failed
	w.note(n, s, res, lead, here)
	if res.Outcome != Skipped || waives(res) {
		w.met[s.ID] = res.Outcome != Failed
	}
	switch {
	case stops(res):
		w.deviate(i, res, "stopped at %q%s", s.Title, note)
		w.finish(lead)
	case here && lead.To != "":
		w.move(n, lead)
	case here: // failed, and the text names no way on: it stays at hand
	case again:
		w.deviate(i, res, "%q was recorded again", s.Title)
	default:
		w.deviate(i, res, "%q came before its turn", s.Title)
		if lead.To != "" && res.Outcome != Failed {
			w.ahead[s.ID] = lead
		}
	}
}

// waives reports a skip that a second person agreed to.
func waives(res Result) bool {
	second := strings.TrimSpace(res.Second)
	return second != "" && !strings.EqualFold(second, strings.TrimSpace(res.Person))
}

// lead gives where a result leads; To is empty where it leads nowhere.
func (w *walk) lead(s Step, res Result) Branch {
	if b, ok := s.Choose(res.Branch); ok && (res.Outcome != Failed || stops(res)) {
		return b
	}
	switch {
	case res.Outcome == Failed:
		return s.OnFail
	case len(s.Branches) > 0:
		return s.Branches[len(s.Branches)-1] // a question that was skipped
	}
	return s.Then
}

// note keeps what a result says of its step.
func (w *walk) note(n int, s Step, res Result, lead Branch, here bool) {
	p := &w.Steps[n]
	p.Outcome, p.Branch, p.Person, p.At = res.Outcome, lead, res.Person, res.At
	p.Results++
	if !here {
		return
	}
	if !w.since.IsZero() && res.At.After(w.since) { // clocks of two people may differ
		p.Took += res.At.Sub(w.since)
	}
	w.since = res.At
	p.Late = s.Minutes > 0 && p.Took > time.Duration(s.Minutes)*time.Minute
}

// move goes on from step n, over the steps that were done before their turn.
func (w *walk) move(n int, lead Branch) {
	for {
		to := w.run.Book.index(lead.To)
		if to < 0 {
			w.finish(lead)
			return
		}
		if to <= n {
			clear(w.ahead) // what is gone back to has to be done again
		}
		w.at = lead.To
		next, done := w.ahead[w.at]
		if !done {
			return
		}
		n, lead = to, next
	}
}

func (w *walk) finish(lead Branch) { w.at, w.over, w.runbook = "", lead.To, lead.Runbook }

// next lists the step at hand and what follows it without a question.
func (w *walk) next() []string {
	var out []string
	seen := map[string]bool{}
	for id := w.at; !seen[id]; {
		seen[id] = true
		s, ok := w.run.Book.Step(id)
		ready := !slices.ContainsFunc(s.Requires, func(id string) bool { return !w.met[id] })
		if !ok || (id != w.at && (s.Risk == Destructive || !ready)) {
			break
		}
		if lead, done := w.ahead[id]; done {
			id = lead.To
			continue
		}
		out = append(out, id)
		if len(s.Branches) > 0 || s.Risk == Destructive {
			break
		}
		id = s.Then.To
	}
	return out
}

// left lists what may still come, going forward in the text only.
func (w *walk) left() []string {
	reached := map[string]bool{w.at: true}
	var out []string
	for i := w.run.Book.index(w.at); i < len(w.run.Book.Steps); i++ {
		s := w.run.Book.Steps[i]
		if !reached[s.ID] {
			continue
		}
		if _, done := w.ahead[s.ID]; !done {
			out = append(out, s.ID)
		}
		for _, b := range append(slices.Clone(s.exits()), s.OnFail) {
			reached[b.To] = true
		}
	}
	return out
}
