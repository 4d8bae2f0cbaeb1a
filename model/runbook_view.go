package model

import (
	"time"

	"holdfast/model/plain"
	"holdfast/model/runbook"
)

// RunbookView is a runbook of the room.
type RunbookView struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Types    []string `json:"types"`
	Services []string `json:"services"`
	Alerts   []string `json:"alerts"`
	Owner    string   `json:"owner"`
	// Edition is the author's own number, Version the SHA-256 of the text.
	Edition string `json:"edition"`
	Version string `json:"version"`
	// Own is true for one of the room's, false for a shipped one.
	Own         bool      `json:"own"`
	Steps       int       `json:"steps"`
	Destructive int       `json:"destructive"` // steps that are
	Blanks      []string  `json:"blanks"`
	ReviewedAt  time.Time `json:"reviewed_at,omitzero"`
	ExercisedAt time.Time `json:"exercised_at,omitzero"`
	// Stale says in sentences why it needs a look.
	Stale    []string `json:"stale"`
	Warnings []string `json:"warnings"`
	// Conflict has texts written apart that nobody has settled, all of them.
	Conflict []ChangeView `json:"conflict"`
	// Text and History, of the room's own the oldest text first, are left out of lists.
	Text    string       `json:"text,omitempty"`
	History []ChangeView `json:"history,omitempty"`
}

// RunbookViews lists what can be started in the room.
func (s *State) RunbookViews(now time.Time) []RunbookView {
	books := s.Runbooks()
	views := make([]RunbookView, len(books))
	for i, r := range books {
		views[i] = s.runbookView(r, now)
	}
	return views
}

// RunbookView gives one runbook in full.
func (s *State) RunbookView(r RoomRunbook, now time.Time) RunbookView {
	v := s.runbookView(r, now)
	v.Text = r.Book.Text
	for _, id := range r.Items {
		if f := s.Items[id].Fields[RunbookText]; f != nil {
			v.History = append(v.History, s.changeViews(RunbookText, f.History())...)
		}
	}
	return v
}

func (s *State) runbookView(r RoomRunbook, now time.Time) RunbookView {
	b, rule := r.Book, s.Policy().Runbooks
	v := RunbookView{
		ID: b.ID, Title: b.Title, Types: array(b.Types), Services: array(b.Services), Alerts: array(b.Alerts), Owner: b.Owner,
		Edition: b.Edition, Version: r.Version, Own: r.Items != nil, Steps: len(b.Steps), Blanks: array(b.Blanks),
		ReviewedAt: b.Reviewed, ExercisedAt: b.Exercised, Stale: array(b.Stale(now, rule.ReviewMonths, rule.ExerciseMonths)),
		Warnings: []string{}, Conflict: s.changeViews(RunbookText, r.Conflict),
	}
	for _, step := range b.Steps {
		if step.Risk == runbook.Destructive {
			v.Destructive++
		}
	}
	for _, w := range b.Warnings {
		v.Warnings = append(v.Warnings, plain.Line(w.String()))
	}
	return v
}

// array gives a list that is an array in JSON also where it is empty.
func array(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// RunbookSuggestion is a runbook that may fit an incident, and why.
type RunbookSuggestion struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Score   int      `json:"score"`
	Reasons []string `json:"reasons"` // strongest first
	Started bool     `json:"started"` // there is a run of it already
}

// SuggestionViews lists the runbooks that may fit an incident, the best first.
func (s *State) SuggestionViews(inc *Incident) []RunbookSuggestion {
	started := map[string]bool{}
	for _, id := range inc.Items.Of(ClassRun) {
		started[inc.Items[id].Initial(RunRunbook)] = true
	}
	views := []RunbookSuggestion{}
	for _, f := range s.SuggestRunbooks(inc) {
		v := RunbookSuggestion{ID: f.Runbook.ID, Title: f.Runbook.Title, Score: f.Score, Reasons: []string{}, Started: started[f.Runbook.ID]}
		for _, reason := range f.Reasons {
			v.Reasons = append(v.Reasons, plain.Line(reason))
		}
		views = append(views, v)
	}
	return views
}

// RunBrief is a run in a line.
type RunBrief struct {
	ID        ID        `json:"id"`
	Runbook   string    `json:"runbook"`
	Title     string    `json:"title"`
	StartedAt time.Time `json:"started_at,omitzero"`
	By        string    `json:"by"`
	// Over is end or stop once the run is over; Next names the runbook to go
	// on with, where one is named.
	Over string `json:"over"`
	Next string `json:"next_runbook"`
	// At is the step at hand.
	At string `json:"at"`
	// Done counts steps; Left those that may still come, at most.
	Done int `json:"done"`
	Left int `json:"left"`
	// Waiting counts results that wait for a second person.
	Waiting int `json:"waiting"`
}

// RunBriefs lists the runs of an incident.
func (s *State) RunBriefs(inc *Incident) []RunBrief {
	briefs := []RunBrief{}
	for _, r := range s.Runs(inc) {
		briefs = append(briefs, s.runBrief(r, r.Progress()))
	}
	return briefs
}

func (s *State) runBrief(r Run, p runbook.Progress) RunBrief {
	return RunBrief{
		ID: r.ID, Runbook: r.Runbook, Title: r.Title, StartedAt: r.Started, By: s.AuthorName(r.By), Over: p.Over, Next: p.Runbook,
		At: p.At, Done: p.Done, Left: len(p.Left), Waiting: len(r.Pending),
	}
}

// RunView is a run in full: what is at hand, and what was done.
type RunView struct {
	RunBrief
	Incident string `json:"incident"`
	Version  string `json:"version"` // SHA-256 of the text
	// Unread says why the text cannot be followed here.
	Unread string `json:"unread"`
	// Changed says that the runbook reads otherwise now; the run keeps its text.
	Changed bool           `json:"changed"`
	Values  []RunValueView `json:"values"`
	// StopIf and Escalate hold for the whole run.
	StopIf   string `json:"stop_if"`
	Escalate string `json:"escalate"`
	// Hand is the step at hand; left out once the run is over.
	Hand *StepView `json:"hand,omitempty"`
	// Parallel are further steps that others may take at the same time.
	Parallel []string     `json:"parallel"`
	Results  []ResultView `json:"results"`
	// Deviations and Gaps are for the post-mortem.
	Deviations []string `json:"deviations"`
	Gaps       []string `json:"gaps"`
}

// RunValueView is a blank of a run.
type RunValueView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Conflict has values given apart that nobody has settled.
	Conflict []ChangeView `json:"conflict"`
}

// StepView is a step with the values of its run filled in.
type StepView struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Expect   string    `json:"expect"`
	StopIf   string    `json:"stop_if"`
	Risk     string    `json:"risk"`
	Target   string    `json:"target"`
	RollBack string    `json:"roll_back"`
	Who      string    `json:"who"`
	Escalate string    `json:"escalate"`
	Minutes  int       `json:"minutes"`
	Since    time.Time `json:"since,omitzero"`
	// Branches are chosen by their letter.
	Branches []BranchView `json:"branches"`
	OnFail   string       `json:"on_fail"`
	// OnFailNumber is that of the step OnFail leads to.
	OnFailNumber string `json:"on_fail_number"`
	// Needs are sentences: what the step wants before it may be done.
	Needs []string `json:"needs"`
}

// BranchView is one way on.
type BranchView struct {
	Letter string `json:"letter"`
	If     string `json:"if"`
	To     string `json:"to"`
	Number string `json:"number"` // of the step it leads to; empty where it leads to none
}

// ResultView is what a person said of a step.
type ResultView struct {
	ID      ID        `json:"id"`
	Step    string    `json:"step"`
	Number  string    `json:"number"`
	Title   string    `json:"title"`
	Outcome string    `json:"outcome"`
	Branch  string    `json:"branch"`
	Result  string    `json:"result"`
	Target  string    `json:"target"`
	Person  string    `json:"person"`
	Second  string    `json:"second"`
	Witness string    `json:"witness"` // present, asked or confirmed
	At      time.Time `json:"at,omitzero"`
	By      string    `json:"by"`
	TookS   int64     `json:"took_s"` // of the step, all its results together
}

// RunViews gives the runs of an incident in full.
func (s *State) RunViews(inc *Incident) []RunView {
	views := []RunView{}
	for _, r := range s.Runs(inc) {
		views = append(views, s.runView(inc, r))
	}
	return views
}

func (s *State) runView(inc *Incident, r Run) RunView {
	p := r.Progress()
	v := RunView{
		RunBrief: s.runBrief(r, p), Incident: inc.Code, Version: r.Version, Unread: r.Unread, Values: []RunValueView{},
		StopIf: r.Fill(r.Book.StopIf), Escalate: r.Fill(r.Book.Escalate), Parallel: []string{}, Results: []ResultView{},
		Deviations: []string{}, Gaps: []string{},
	}
	if now, ok := s.shelved(r.Runbook); ok {
		v.Changed = now.Version != r.Version
	}
	for _, name := range r.Book.Blanks {
		v.Values = append(v.Values, RunValueView{Name: name, Value: r.Values[name], Conflict: s.changeViews(name, r.Disputed[name])})
	}
	if step, ok := r.Book.Step(p.At); ok {
		v.Hand = stepView(r, step, p)
		v.Parallel = append(v.Parallel, p.Next[1:]...)
	}
	took := map[string]int64{}
	for _, step := range p.Steps {
		took[step.Step] = int64(step.Took / time.Second)
	}
	for _, list := range [][]RunStep{r.Steps, r.Pending} {
		for _, step := range list {
			v.Results = append(v.Results, s.resultView(r, step, took))
		}
	}
	for _, d := range p.Deviations {
		v.Deviations = append(v.Deviations, plain.Line(d.Text))
	}
	for _, g := range p.Gaps {
		v.Gaps = append(v.Gaps, plain.Line(string(g.Outcome)+" at "+g.Step+": "+g.Note))
	}
	return v
}

func (s *State) resultView(r Run, step RunStep, took map[string]int64) ResultView {
	res := step.Result
	v := ResultView{
		ID: step.ID, Step: res.Step, Outcome: string(res.Outcome), Branch: res.Branch, Result: res.Note, Target: res.Target,
		Person: s.PersonName(step.Person), Witness: step.Witness, At: viewTime(res.At), By: s.AuthorName(step.By), TookS: took[res.Step],
	}
	if known, ok := r.Book.Step(res.Step); ok {
		v.Number, v.Title = known.Number, known.Title
	}
	if !step.Second.Zero() {
		v.Second = s.PersonName(step.Second)
	}
	return v
}

func stepView(r Run, step runbook.Step, p runbook.Progress) *StepView {
	v := &StepView{
		ID: step.ID, Number: step.Number, Title: r.Fill(step.Title), Text: r.Fill(step.Text), Expect: r.Fill(step.Expect),
		StopIf: r.Fill(step.StopIf), Risk: string(step.Risk), Target: r.Fill(step.Target), RollBack: r.Fill(step.RollBack),
		Who: r.Fill(step.Who), Escalate: r.Fill(step.Escalate), Minutes: step.Minutes, Since: p.Since, Branches: []BranchView{}, Needs: []string{},
		OnFail: leads(step.OnFail), OnFailNumber: numberOf(r, step.OnFail),
	}
	for i, b := range step.Branches {
		v.Branches = append(v.Branches, BranchView{Letter: string(rune('a' + i)), If: r.Fill(b.If), To: leads(b), Number: numberOf(r, b)})
	}
	for _, need := range r.Needs(step.ID) {
		v.Needs = append(v.Needs, plain.Line(need.Text))
	}
	return v
}

// numberOf is the number of the step a branch leads to.
func numberOf(r Run, b runbook.Branch) string {
	step, _ := r.Book.Step(b.To)
	return step.Number
}

// leads says where a branch leads.
func leads(b runbook.Branch) string {
	if b.Runbook != "" {
		return "runbook " + b.Runbook
	}
	return b.To
}
