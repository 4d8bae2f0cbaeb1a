package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/runbook"
)

// Classes of the items a run of a runbook is made of.
const (
	ClassRun     = "run"      // a run that was started
	ClassRunStep = "run-step" // what came of a step
)

// Fields of a run. But for the values, what it was started with stays.
const (
	RunRunbook = "runbook" // id of the runbook
	RunVersion = "version" // SHA-256 of the text
	RunTitle   = "title"
	RunText    = "text" // pinned: who changes the runbook changes no run

	runValuePrefix = "value." // what a blank stands for
)

// Fields of what came of a step. But for the confirmation they stay.
const (
	StepRun     = "run" // id of the run
	StepID      = "step"
	StepOutcome = "outcome"
	StepBranch  = "branch"
	StepNote    = "note"
	StepTarget  = "target" // as it was typed
	StepPerson  = "person" // who did it
	StepSecond  = "second" // who looked on
	StepAt      = "at"     // when, where that is not when it was written down

	// StepWitness says how the second person stands for it: named by who did
	// it as present in the room, or asked to confirm from their own device.
	StepWitness   = "witness"
	StepConfirmed = "confirmed" // written by the second person
)

// How a second person stands for a step.
const (
	WitnessPresent   = "present"   // who did it says so
	WitnessAsked     = "asked"     // the result does not count yet
	WitnessConfirmed = "confirmed" // from a device of their own
)

// Run is one run of a runbook in an incident. Who carries it on on another
// device reads the same.
type Run struct {
	ID                      ID
	Runbook, Version, Title string
	By                      Stamp
	// Unread says why the text cannot be followed here; empty where it can.
	Unread string
	// Run is what package runbook folds: its results are those of Steps. Its
	// people are ids.
	runbook.Run
	// Steps are the results that count, in their order.
	Steps []RunStep
	// Pending are the results that wait for their second person.
	Pending []RunStep
	// Disputed are the blanks that were given two values apart, with both.
	Disputed map[string][]crdt.Write[ID, Value]
}

// Progress is where the run stands; nowhere where its text cannot be followed.
func (r Run) Progress() runbook.Progress {
	if r.Unread != "" {
		return runbook.Progress{}
	}
	return r.Run.Progress()
}

// RunStep is a result with what the record says of it.
type RunStep struct {
	ID      ID
	Result  runbook.Result
	By      Stamp
	Person  ID
	Second  ID
	Witness string // empty without a second person
	// counts is from where on it counts: its confirmation, where one was asked.
	counts Stamp
}

// Runs lists the runs of an incident in the order they were started.
func (s *State) Runs(inc *Incident) []Run {
	ids := inc.Items.Of(ClassRun)
	if len(ids) == 0 {
		return nil
	}
	steps, done := map[string][]RunStep{}, inc.Items.Of(ClassRunStep)
	for _, id := range done {
		run := inc.Items[id].Initial(StepRun)
		if steps[run] == nil {
			steps[run] = make([]RunStep, 0, len(done)/len(ids)+1)
		}
		steps[run] = append(steps[run], s.runStep(id, inc.Items[id]))
	}
	runs := make([]Run, len(ids))
	for i, id := range ids {
		runs[i] = s.run(id, inc.Items[id], steps[id.String()])
	}
	return runs
}

// run is one run; the results are its own from then on.
func (s *State) run(id ID, item *Item, steps []RunStep) Run {
	r := Run{
		ID: id, By: item.Added, Runbook: item.Initial(RunRunbook), Version: item.Initial(RunVersion), Title: item.Initial(RunTitle),
		Run: runbook.Run{Started: viewMilli(item.Added.Recorded()), Values: map[string]string{}},
	}
	switch b := s.textOf(item.Initial(RunText)); {
	case b == nil:
		r.Unread = "this version of the program cannot read the text of this run"
	case b.version != r.Version:
		r.Unread = "the text of this run is not the one that was started: its SHA-256 differs"
	default:
		r.Book = b.book
	}
	for name, field := range item.Fields {
		if blank, ok := strings.CutPrefix(name, runValuePrefix); ok {
			value, apart := firstValue(field)
			r.Values[blank] = value
			if apart != nil {
				if r.Disputed == nil {
					r.Disputed = map[string][]crdt.Write[ID, Value]{}
				}
				r.Disputed[blank] = apart
			}
		}
	}
	slices.SortFunc(steps, func(a, b RunStep) int { return cmp.Or(a.counts.Compare(b.counts), a.ID.Compare(b.ID)) })
	r.Steps, r.Results = steps[:0], make([]runbook.Result, 0, len(steps))
	for _, step := range steps {
		if step.Witness == WitnessAsked {
			r.Pending = append(r.Pending, step)
			continue
		}
		r.Steps = append(r.Steps, step)
		r.Results = append(r.Results, step.Result)
	}
	return r
}

// firstValue gives the value of a blank: the first that was written. A later
// one counts only where it settles several that were written apart and is one
// of them; the others are given where nobody has.
func firstValue(field *Field) (value string, apart []crdt.Write[ID, Value]) {
	history := field.History()
	if len(history) == 0 {
		return "", nil
	}
	value = history[0].Value.Text
	for i, w := range history[1:] {
		if len(w.Pred) > 1 && slices.ContainsFunc(history[:i+1], func(o crdt.Write[ID, Value]) bool { return o.Value.Text == w.Value.Text }) {
			value = w.Value.Text
		}
	}
	current := field.Current()
	if slices.ContainsFunc(current, func(w crdt.Write[ID, Value]) bool { return w.Value.Text != current[0].Value.Text }) {
		return value, current
	}
	return value, nil
}

func (s *State) runStep(id ID, item *Item) RunStep {
	step := RunStep{ID: id, By: item.Added, counts: item.Added, Witness: item.Initial(StepWitness)}
	person, second := item.Initial(StepPerson), item.Initial(StepSecond)
	step.Person, _ = ParseID(person)
	step.Second, _ = ParseID(second)
	at, ok := item.Added.timeOf(item.Initial(StepAt))
	if !ok {
		at = viewMilli(item.Added.Recorded())
	}
	step.Result = runbook.Result{
		Step: item.Initial(StepID), Outcome: runbook.Outcome(item.Initial(StepOutcome)), Branch: item.Initial(StepBranch),
		Note: item.Initial(StepNote), Target: item.Initial(StepTarget), Person: person, Second: second, At: at,
	}
	switch author, _ := s.personAt(item.Added); {
	case step.Second.Zero():
		step.Witness = ""
	case step.Witness == WitnessConfirmed && author == step.Second, step.Witness == WitnessAsked:
	default:
		step.Witness = WitnessPresent // so says who wrote it down
	}
	if r := item.Fields[StepConfirmed]; r != nil && step.Witness == WitnessAsked {
		for _, w := range r.History() {
			if author, ok := s.personAt(w.Value.Stamp); ok && author == step.Second {
				step.Witness, step.counts = WitnessConfirmed, w.Value.Stamp
				break
			}
		}
	}
	return step
}

// personAt gives the person behind the device that wrote something.
func (s *State) personAt(at Stamp) (ID, bool) {
	device, ok := s.Author(at.Feed)
	if !ok {
		return ID{}, false
	}
	id, p := s.PersonOf(device)
	return id, p != nil
}

// FindRun reads what a person typed for a run of an incident: the start of its
// id, or its runbook. Empty is the run that is not over yet, or the last one.
func (s *State) FindRun(inc *Incident, text string) (Run, error) {
	runs := s.Runs(inc)
	if len(runs) == 0 {
		return Run{}, refuse("no runbook was started in %s; `runbook suggest %s` proposes some", inc.Code, inc.Code)
	}
	want := strings.TrimSpace(text)
	var found, open []Run
	for _, r := range runs {
		if want == "" || len(want) >= minPrefix && strings.HasPrefix(r.ID.String(), strings.ToUpper(want)) || strings.EqualFold(r.Runbook, want) {
			found = append(found, r)
			if r.Unread == "" && r.Progress().Over == "" {
				open = append(open, r)
			}
		}
	}
	switch {
	case len(found) == 0:
		return Run{}, refuse("there is no run %.60q in %s; there are: %s", text, inc.Code, runNames(runs))
	case len(open) > 1:
		return Run{}, refuse("%d runs are under way in %s; say which with --run: %s", len(open), inc.Code, runNames(open))
	case len(open) == 1:
		return open[0], nil
	}
	return found[len(found)-1], nil
}

func runNames(runs []Run) string {
	names := make([]string, len(runs))
	for i, r := range runs {
		names[i] = r.ID.Short(8) + " " + r.Runbook
	}
	return strings.Join(names, ", ")
}

// findStep reads what a person typed for a step: its id or its number. Empty is
// the step at hand.
func (r Run) findStep(text string) (runbook.Step, error) {
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		if s, ok := r.Book.Step(r.Progress().At); ok {
			return s, nil
		}
		return runbook.Step{}, refuse("the run is over; name the step you mean. Nothing was recorded")
	}
	var ids []string
	var numbered []runbook.Step
	for _, s := range r.Book.Steps {
		if s.ID == want {
			return s, nil
		}
		if s.Number == strings.TrimSuffix(want, ".") {
			numbered = append(numbered, s)
		}
		ids = append(ids, s.Number+" "+s.ID)
	}
	if len(numbered) == 1 {
		return numbered[0], nil
	}
	return runbook.Step{}, refuse("this runbook has no step %.60q; it has: %s. Nothing was recorded", text, strings.Join(ids, ", "))
}

// Clock of a run that nobody touches: after so long it stands still.
const runStands = 15 * time.Minute

// RunDue is the clock of a run that is under way.
type RunDue struct {
	Run  ID
	Book string // title of the runbook
	Step runbook.Step
	From time.Time // when the run came to the step, or was last heard of
	// Box is when the step runs over its minutes; zero where it has none.
	Box time.Time
	// Still is when the run counts as standing still.
	Still time.Time
	// Who did the last step, or started the run.
	Who ID
}

// RunDues gives the clocks of the runs that are under way.
func (s *State) RunDues(inc *Incident) []RunDue {
	var list []RunDue
	for _, r := range s.Runs(inc) {
		p := r.Progress()
		step, ok := r.Book.Step(p.At)
		if p.Over != "" || !ok {
			continue
		}
		d := RunDue{Run: r.ID, Book: r.Title, Step: step, From: p.Since}
		last := r.Started
		d.Who, _ = s.personAt(r.By)
		for _, steps := range [...][]RunStep{r.Steps, r.Pending} {
			for i := range steps {
				if at := steps[i].Result.At; at.After(last) {
					last, d.Who = at, steps[i].Person
				}
			}
		}
		box := time.Duration(step.Minutes) * time.Minute
		if box > 0 {
			d.Box = p.Since.Add(box)
		}
		d.Still = last.Add(runStands + box)
		list = append(list, d)
	}
	return list
}
