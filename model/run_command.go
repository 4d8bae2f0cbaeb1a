package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/plain"
	"holdfast/model/runbook"
)

// StartRun begins to follow a runbook in an incident. The run keeps the text as
// it is now.
type StartRun struct {
	Incident string
	Runbook  string
	// Values are what blanks of the text stand for; they may come later.
	Values map[string]string
}

// Plan implements Command.
func (c StartRun) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no runbook was started", "")
	if err != nil {
		return Done{}, err
	}
	r, err := p.State.FindRunbook(c.Runbook)
	if err != nil {
		return Done{}, err
	}
	b := r.Book
	if len(b.Text) > MaxText {
		return Done{}, refuse("the runbook has %d bytes, and a run keeps at most %d. Nothing was changed", len(b.Text), MaxText)
	}
	fields := map[string]string{RunRunbook: b.ID, RunVersion: r.Version, RunTitle: b.Title, RunText: b.Text}
	for name, value := range c.Values {
		if name, value, err = runValue(b, name, value); err != nil {
			return Done{}, err
		}
		fields[runValuePrefix+name] = value
	}
	note := "step " + b.Steps[0].Number + ": " + b.Steps[0].Title
	for _, other := range p.State.Runs(inc) {
		if other.Runbook == b.ID && other.Progress().Over == "" {
			note = "another run of it is under way: " + other.ID.Short(8) + "; " + note
		}
	}
	if r.Conflict != nil {
		note = "two texts of it were written apart, and this is the later one; " + note
	}
	return Done{ID: p.addItem(inc.ID, ClassRun, fields), Code: inc.Code, Note: note}, nil
}

// runValue checks what a blank is to stand for.
func runValue(b runbook.Runbook, name, value string) (string, string, error) {
	name = strings.TrimSpace(name)
	if !slices.Contains(b.Blanks, name) || !validField(runValuePrefix+name) {
		return "", "", refuse("%s has no blank %.60q; it has: %s. Nothing was changed", b.ID, name, strings.Join(b.Blanks, ", "))
	}
	value, err := line("the "+name, value, MaxTitle)
	return name, value, err
}

// SetRunValue says what a blank of a run stands for. The first value stays;
// where two were given apart, one of them settles it.
type SetRunValue struct {
	Incident string
	Run      string // see State.FindRun
	Name     string
	Value    string
}

// Plan implements Command.
func (c SetRunValue) Plan(p *Planner) (Done, error) {
	inc, run, err := p.run(c.Incident, c.Run)
	if err != nil {
		return Done{}, err
	}
	name, value, err := runValue(run.Book, c.Name, c.Value)
	if err != nil {
		return Done{}, err
	}
	done := Done{ID: run.ID, Code: inc.Code}
	var apart []string
	for _, w := range run.Disputed[name] {
		apart = append(apart, w.Value.Text)
	}
	switch now, given := run.Values[name]; {
	case apart != nil && !slices.Contains(apart, value):
		return Done{}, refuse("%s was given apart as %s; one of these settles it. Nothing was changed", name, strings.Join(apart, " and "))
	case apart != nil:
		done.Note = "settled: " + name + " is " + value
	case given && now == value:
		done.Note = "it is so already"
		return done, nil
	case given:
		return Done{}, refuse("in this run %s is %s, and that stays: what was done rests on it. Start another run for another one. Nothing was changed", name, now)
	}
	p.setItem(inc.ID, run.ID, inc.Items[run.ID], runValuePrefix+name, value, "")
	return done, nil
}

// run finds a run that can be followed here.
func (p *Planner) run(incident, text string) (*Incident, Run, error) {
	inc, err := p.State.FindIncident(incident)
	if err != nil {
		return nil, Run{}, err
	}
	run, err := p.State.FindRun(inc, text)
	if err == nil && run.Unread != "" {
		err = refuse("%s; nothing was recorded", run.Unread)
	}
	return inc, run, err
}

// Outcomes lists what a step may come to.
var Outcomes = []string{
	string(runbook.Done), string(runbook.Failed), string(runbook.Skipped), string(runbook.Deviated), string(runbook.Missing), string(runbook.Wrong),
}

// DoStep records what came of a step of a run.
type DoStep struct {
	Incident string
	Run      string // see State.FindRun
	Step     string // id or number; empty is the step at hand
	Outcome  string // one of Outcomes; empty is done
	Branch   string // letter or condition, or stop
	Result   string // what was seen, or why
	Target   string // a destructive step: the name of what it acts on, typed
	// Second is the person who looks on. They confirm from a device of their
	// own, unless Present says that they stand beside.
	Second  string
	Present bool
	Person  string    // who did it; empty is the author
	At      time.Time // zero is now
}

// Plan implements Command.
func (c DoStep) Plan(p *Planner) (Done, error) {
	inc, run, err := p.run(c.Incident, c.Run)
	if err != nil {
		return Done{}, err
	}
	step, err := run.findStep(c.Step)
	if err != nil {
		return Done{}, err
	}
	if err := run.settled(p.State, step); err != nil {
		return Done{}, err
	}
	res, err := c.result(p, step)
	if err != nil {
		return Done{}, err
	}
	if err := run.Check(res); err != nil {
		return Done{}, refuse("%s", strings.ReplaceAll(err.Error(), res.Person, p.State.nameOf(res.Person)))
	}
	fields := map[string]string{
		StepRun: run.ID.String(), StepID: res.Step, StepOutcome: string(res.Outcome), StepBranch: res.Branch, StepNote: res.Note,
		StepTarget: res.Target, StepPerson: res.Person, StepSecond: res.Second,
	}
	if !c.At.IsZero() {
		fields[StepAt] = FormatTime(res.At)
	}
	if fields[StepWitness], err = c.witness(p, step, res); err != nil {
		return Done{}, err
	}
	done := Done{ID: p.addItem(inc.ID, ClassRunStep, fields), Code: inc.Code, Note: run.after(res)}
	if fields[StepWitness] == WitnessAsked {
		done.Note = "it counts when " + p.State.nameOf(res.Second) + " confirms: `runbook confirm " + inc.Code + " " + step.ID + "`"
	}
	return done, nil
}

// witness says how the second person stands for a result. Their own word is
// asked for where the result needs one: of a destructive step, and of a waiver.
func (c DoStep) witness(p *Planner, step runbook.Step, res runbook.Result) (string, error) {
	if res.Second == "" {
		return "", nil
	}
	second, err := ParseID(res.Second)
	switch {
	case err != nil:
		return "", err
	case second == p.Person:
		return WitnessConfirmed, nil
	case c.Present, step.Risk != runbook.Destructive && res.Outcome != runbook.Skipped:
		return WitnessPresent, nil
	case !p.State.hasDevice(second):
		name := p.State.PersonName(second)
		return "", refuse("%s has no device in this room to confirm from; where %s stands beside you, say so (--present). Nothing was recorded", name, name)
	}
	return WitnessAsked, nil
}

// result reads what a person said of a step.
func (c DoStep) result(p *Planner, step runbook.Step) (runbook.Result, error) {
	res := runbook.Result{Step: step.ID, Outcome: runbook.Done, Person: p.Person.String(), At: p.Now}
	var err error
	if c.Outcome != "" {
		outcome, err := choose("outcome", c.Outcome, Outcomes)
		if err != nil {
			return res, err
		}
		res.Outcome = runbook.Outcome(outcome)
	}
	if res.Note, err = remark("the result", c.Result); err != nil {
		return res, err
	}
	if res.Target, err = remark("the target", c.Target); err != nil {
		return res, err
	}
	if res.Branch, err = remark("the branch", c.Branch); err != nil {
		return res, err
	}
	if b, ok := step.Choose(res.Branch); ok && strings.EqualFold(res.Branch, runbook.Stop) {
		res.Branch = runbook.Stop
	} else if ok {
		res.Branch = b.If // a letter says nothing to who reads the log
	}
	if c.Person != "" {
		person, err := p.State.FindPerson(c.Person)
		if err != nil {
			return res, err
		}
		res.Person = person.String()
	}
	if c.Second != "" {
		second, err := p.State.FindPerson(c.Second)
		if err != nil {
			return res, err
		}
		res.Second = second.String()
	}
	if !c.At.IsZero() {
		if res.At = c.At.UTC(); res.At.After(p.Now) {
			return res, refuse("%s is still to come; nothing was recorded", FormatTime(res.At))
		}
	}
	return res, nil
}

// settled refuses a step whose target has two values that were given apart.
func (r Run) settled(s *State, step runbook.Step) error {
	for name, writes := range r.Disputed {
		if step.Risk != runbook.Destructive || !strings.Contains(step.Target, name) {
			continue
		}
		var said []string
		for _, w := range writes {
			said = append(said, w.Value.Text+" by "+s.AuthorName(w.Value.Stamp))
		}
		return refuse("two values of %s were given apart: %s; settle it first (runbook value). Nothing was recorded", name, strings.Join(said, ", "))
	}
	return nil
}

// after says where the run stands once a result is added.
func (r Run) after(res runbook.Result) string {
	next := r.Run
	next.Results = append(slices.Clone(r.Results), res)
	p := next.Progress()
	if s, ok := next.Book.Step(p.At); ok {
		return plain.Line("next is step " + s.Number + ": " + s.Title + " (" + strconv.Itoa(len(p.Left)) + " left at most)")
	}
	return "the run is " + over(p)
}

// hasDevice reports whether a person can write in the room.
func (s *State) hasDevice(person ID) bool {
	for _, m := range s.Members {
		if m.Person == person && m.Active() && m.MayWrite() {
			return true
		}
	}
	return false
}

// ConfirmStep is the second person's word, from a device of their own, that
// they looked on. From then on the result counts.
type ConfirmStep struct {
	Incident string
	Run      string // see State.FindRun
	Step     string // id or number; empty where one waits
}

// Plan implements Command.
func (c ConfirmStep) Plan(p *Planner) (Done, error) {
	inc, run, err := p.run(c.Incident, c.Run)
	if err != nil {
		return Done{}, err
	}
	want := ""
	if c.Step != "" {
		step, err := run.findStep(c.Step)
		if err != nil {
			return Done{}, err
		}
		want = step.ID
	}
	waits := slices.Clone(run.Pending)
	waits = slices.DeleteFunc(waits, func(s RunStep) bool { return want != "" && s.Result.Step != want })
	if len(waits) == 0 {
		return Done{}, refuse("no such step of %s waits for a second person; it may be confirmed already. Nothing was changed", run.Runbook)
	}
	mine := slices.DeleteFunc(slices.Clone(waits), func(s RunStep) bool { return s.Second != p.Person })
	if len(mine) == 0 {
		name := p.State.PersonName(waits[len(waits)-1].Second)
		return Done{}, refuse("%s was named as the second person, and confirms from a device of their own. Nothing was changed", name)
	}
	last := mine[len(mine)-1]
	step, _ := run.Book.Step(last.Result.Step)
	if err := run.settled(p.State, step); err != nil {
		return Done{}, err
	}
	if err := run.Check(last.Result); err != nil {
		return Done{}, refuse("the run has moved on since: %s", err)
	}
	p.setItem(inc.ID, last.ID, inc.Items[last.ID], StepConfirmed, p.Person.String(), "")
	note := "you stand for step " + step.Number + " by " + p.State.PersonName(last.Person) + ": " + step.Title
	if last.Result.Target != "" {
		note += ", on " + last.Result.Target
	}
	return Done{ID: last.ID, Code: inc.Code, Note: plain.Line(note) + "; " + run.after(last.Result)}, nil
}
