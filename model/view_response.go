package model

import (
	"slices"
	"time"
)

// ResponseView is what the work on an incident looks like: the assessment, the
// phases with their checklists, what may be the cause, what was decided, who is
// changing what, which tools work, and what is missing before the next act.
type ResponseView struct {
	Assessment AssessmentView   `json:"assessment"`
	Types      []TypeView       `json:"types"`
	Parent     string           `json:"parent"`   // code of the incident it was merged under
	Children   []string         `json:"children"` // codes of those merged under it
	Phases     []PhaseView      `json:"phases"`
	Checks     []CheckView      `json:"checks"`
	Tools      []ToolView       `json:"tools"`
	Fallbacks  []string         `json:"fallbacks"` // a line for each purpose a tool is down for
	Facts      FactsView        `json:"facts"`
	Hypotheses []HypothesisView `json:"hypotheses"`
	Options    []OptionView     `json:"options"`
	Decisions  []DecisionView   `json:"decisions"`
	// Locks are those held in the whole room: another incident may need the
	// same thing.
	Locks    []LockView `json:"locks"`
	Missing  []Missing  `json:"missing"`
	Reopened int        `json:"reopened"` // how often
}

// AssessmentView is what was answered to the severity questions.
type AssessmentView struct {
	// Suggested is the level the answers mean, with Why; where they decide
	// nothing yet it is empty, and Why is the next question.
	Suggested  string         `json:"suggested"`
	Why        string         `json:"why"`
	AssessedAt time.Time      `json:"assessed_at,omitzero"`
	Questions  []QuestionView `json:"questions"`
}

// QuestionView is a severity question with its answer, empty where none is.
type QuestionView struct {
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	Answer string    `json:"answer"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
}

// TypeView is a type of the incident with the first question it brings.
type TypeView struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	Security bool   `json:"security"`
	Privacy  bool   `json:"privacy"`
}

// PhaseView is a time in one phase.
type PhaseView struct {
	Phase     string    `json:"phase"`
	Lead      bool      `json:"lead"`
	EnteredAt time.Time `json:"entered_at,omitzero"`
	LeftAt    time.Time `json:"left_at,omitzero"`
	By        string    `json:"by"`
	Reason    string    `json:"reason"`
}

// CheckView is a line of the checklist of a phase.
type CheckView struct {
	Phase    string `json:"phase"`
	ID       string `json:"id"`
	Text     string `json:"text"`
	Required bool   `json:"required"`
	State    string `json:"state"` // done, skipped, or empty while open
	// Reason is why it is skipped, or what shows that it is done; Proof says that
	// such a text is wanted.
	Reason string    `json:"reason"`
	Proof  bool      `json:"proof"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
}

// ToolView is a tool of the responders, and who tested it.
type ToolView struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	For   string    `json:"for"`
	State string    `json:"state"`
	By    string    `json:"by"`
	At    time.Time `json:"at,omitzero"`
	// Next is what takes its place.
	Next     string   `json:"next"`
	Fallback []string `json:"fallback"`
}

// FactsView is what was done to contain and to repair: see RecordFacts.
type FactsView struct {
	Containment  string    `json:"containment"`
	Isolated     []string  `json:"isolated"`
	Workaround   string    `json:"workaround"`
	Fix          string    `json:"fix"`
	DeployedAt   time.Time `json:"deployed_at,omitzero"`
	Verification string    `json:"verification"`
	Customers    string    `json:"customers"`
	// Share, regions, services, who is hit and money are the impact in figures.
	Share    string   `json:"share"`
	Regions  []string `json:"regions"`
	Services []string `json:"services"`
	Who      string   `json:"who"`
	Money    string   `json:"money"`
}

// HypothesisView is what may be the cause.
type HypothesisView struct {
	ID          ID               `json:"id"`
	Text        string           `json:"text"`
	Owner       string           `json:"owner"`
	DueAt       time.Time        `json:"due_at,omitzero"`
	State       string           `json:"state"`
	Reason      string           `json:"reason"`
	AddedAt     time.Time        `json:"added_at,omitzero"`
	By          string           `json:"by"`
	Indications []IndicationView `json:"indications"`
	// Conflict says that two wrote different states apart.
	Conflict bool `json:"conflict"`
}

// IndicationView is what speaks for or against a hypothesis.
type IndicationView struct {
	ID          ID        `json:"id"`
	Text        string    `json:"text"`
	Strength    string    `json:"strength"`
	Against     bool      `json:"against"`
	Coincidence bool      `json:"coincidence"`
	AddedAt     time.Time `json:"added_at,omitzero"`
	By          string    `json:"by"`
}

// OptionView is something that could be done.
type OptionView struct {
	ID      ID        `json:"id"`
	Text    string    `json:"text"`
	Risk    string    `json:"risk"`
	WayBack string    `json:"way_back"`
	AddedAt time.Time `json:"added_at,omitzero"`
	By      string    `json:"by"`
}

// DecisionView is a proposal and what became of it.
type DecisionView struct {
	ID         ID        `json:"id"`
	Proposal   string    `json:"proposal"`
	Option     ID        `json:"option,omitzero"`
	Objections string    `json:"objections"`
	Result     string    `json:"result"`
	Reason     string    `json:"reason"`
	By         string    `json:"by"`
	At         time.Time `json:"at,omitzero"` // when the result was written
	// Conflict says that two wrote different results apart; writing it again
	// ends that.
	Conflict bool `json:"conflict"`
}

// LockView is a change lock that is held. Conflict says that another holds the
// same thing.
type LockView struct {
	ID       ID        `json:"id"`
	Incident string    `json:"incident"`
	Thing    string    `json:"thing"`
	Person   string    `json:"person"`
	Since    time.Time `json:"since,omitzero"`
	Conflict bool      `json:"conflict"`
}

// Response gives the work on an incident.
func (s *State) Response(inc *Incident) ResponseView {
	v := ResponseView{
		Assessment: s.assessmentView(inc), Types: s.typeViews(inc), Parent: s.codeOf(inc.Fields.Text(FieldParent)), Children: []string{},
		Phases: s.phaseViews(inc), Checks: s.checkViews(inc), Tools: s.toolViews(inc), Fallbacks: s.Fallbacks(inc), Facts: inc.facts(),
		Hypotheses: s.hypothesisViews(inc), Options: s.optionViews(inc), Decisions: s.decisionViews(inc), Locks: s.LockViews(),
		Missing: []Missing{}, Reopened: inc.reopened(),
	}
	for _, child := range s.Children(inc) {
		v.Children = append(v.Children, child.Code)
	}
	switch inc.State() {
	case StateOpen:
		if slices.Index(Phases[:], inc.Phase()) < slices.Index(Phases[:], ActResolution) && !inc.onTrack(ActResolution) {
			v.Missing = s.Missing(inc, ActResolution)
		}
		v.Missing = append(v.Missing, s.Missing(inc, ActResolve)...)
	case StateResolved:
		v.Missing = s.Missing(inc, ActClose)
	}
	return v
}

// recorded keeps of a view what people wrote: the form of an export, which has
// no place for open checklists and for what other incidents are changing.
func (v ResponseView) recorded(code string) ResponseView {
	v.Assessment.Questions = slices.DeleteFunc(v.Assessment.Questions, func(q QuestionView) bool { return q.By == "" })
	v.Checks = slices.DeleteFunc(v.Checks, func(c CheckView) bool { return c.By == "" })
	v.Tools = slices.DeleteFunc(v.Tools, func(t ToolView) bool { return t.By == "" })
	v.Missing = slices.DeleteFunc(v.Missing, func(m Missing) bool { return m.Check != "" })
	v.Locks = slices.DeleteFunc(v.Locks, func(l LockView) bool { return l.Incident != code })
	return v
}

// Public keeps what outsiders may read of the work: nothing but its types.
func (v ResponseView) Public() ResponseView {
	return ResponseView{
		Assessment: AssessmentView{Questions: []QuestionView{}}, Types: v.Types, Children: []string{}, Phases: []PhaseView{},
		Checks: []CheckView{}, Tools: []ToolView{}, Fallbacks: []string{}, Facts: FactsView{Isolated: []string{}, Regions: []string{}, Services: []string{}},
		Hypotheses: []HypothesisView{}, Options: []OptionView{}, Decisions: []DecisionView{}, Locks: []LockView{}, Missing: []Missing{},
	}
}

// written gives who wrote the current value of a field and when.
func (s *State) written(f Fields, field string) (by string, at time.Time, reason string) {
	r := f[field]
	if r == nil {
		return "", time.Time{}, ""
	}
	v, _ := r.Value()
	return s.AuthorName(v.Stamp), viewMilli(v.Stamp.Recorded()), v.Reason
}

func (s *State) assessmentView(inc *Incident) AssessmentView {
	rules, answers := s.Policy(), s.answers(inc)
	v := AssessmentView{AssessedAt: inc.Assessed(), Questions: []QuestionView{}}
	v.Suggested, v.Why, _ = rules.Suggest(answers)
	for _, q := range rules.Questions {
		line := QuestionView{ID: q.ID, Text: q.Text, Answer: string(answers[q.ID])}
		field := FieldAnswer(q.ID)
		if q.ID == QuestionData && inc.Fields.Text(field) == "" {
			field = FieldData
		}
		if line.Answer != "" {
			line.By, line.At, _ = s.written(inc.Fields, field)
		}
		v.Questions = append(v.Questions, line)
	}
	return v
}

func (s *State) typeViews(inc *Incident) []TypeView {
	views := []TypeView{}
	for _, name := range inc.AllTypes() {
		t, _ := s.Policy().Type(name)
		views = append(views, TypeView{Name: name, Question: t.Question, Security: t.Security, Privacy: t.Privacy})
	}
	return views
}

func (s *State) phaseViews(inc *Incident) []PhaseView {
	views := []PhaseView{}
	for _, p := range inc.PhaseSpans() {
		views = append(views, PhaseView{
			Phase: p.Phase, Lead: p.Lead, EnteredAt: p.Entered, LeftAt: p.Left, By: s.AuthorName(p.By), Reason: p.Reason,
		})
	}
	return views
}

func (s *State) checkViews(inc *Incident) []CheckView {
	views := []CheckView{}
	for _, phase := range s.Policy().Phases {
		for _, c := range s.checks(inc, phase) {
			v := CheckView{Phase: phase.Name, ID: c.ID, Text: c.Text, Required: c.Required, Proof: c.Proof, State: inc.Fields.Text(FieldCheck(c.ID))}
			v.By, v.At, v.Reason = s.written(inc.Fields, FieldCheck(c.ID))
			views = append(views, v)
		}
	}
	return views
}

func (s *State) toolViews(inc *Incident) []ToolView {
	views := []ToolView{}
	for _, t := range s.Policy().Tools {
		v := ToolView{ID: t.ID, Name: t.Name, For: t.For, State: inc.tool(t.ID), Fallback: append([]string{}, t.Fallback...)}
		v.By, v.At, _ = s.written(inc.Fields, FieldTool(t.ID))
		if len(t.Fallback) > 0 {
			v.Next = s.placed(t.Fallback[0])
		}
		views = append(views, v)
	}
	return views
}

func (i *Incident) facts() FactsView {
	f := FactsView{
		Containment: i.Fields.Text(FieldContainment), Isolated: lines(i.Fields.Text(FieldIsolated)), Workaround: i.Fields.Text(FieldWorkaround),
		Fix: i.Fields.Text(FieldFix), Verification: i.Fields.Text(FieldVerification), Customers: i.Fields.Text(FieldCustomers),
		Share: i.Fields.Text(FieldShare), Regions: lines(i.Fields.Text(FieldRegions)), Services: i.Services(),
		Who: i.Fields.Text(FieldWho), Money: i.Fields.Text(FieldMoney),
	}
	f.DeployedAt, _ = i.Fields.when(FieldDeployed)
	return f
}

func (i *Incident) reopened() int {
	n := 0
	if r := i.Fields[FieldMilestone("reopened")]; r != nil {
		for _, w := range r.History() {
			if w.Value.Text != "" {
				n++
			}
		}
	}
	return n
}

func (s *State) hypothesisViews(inc *Incident) []HypothesisView {
	views, indications := []HypothesisView{}, inc.indications()
	for _, id := range inc.Items.Of(ClassHypothesis) {
		item := inc.Items[id]
		f := item.Fields
		v := HypothesisView{
			ID: id, Text: f.Text(HypothesisText), Owner: s.shown(TaskOwner, f.Text(HypothesisOwner)), State: f.Text(HypothesisState),
			AddedAt: viewMilli(item.Added.Recorded()), By: s.AuthorName(item.Added), Indications: []IndicationView{},
		}
		if v.State == "" {
			v.State = HypothesisOpen
		}
		v.DueAt, _ = f.when(HypothesisDue)
		_, _, v.Reason = s.written(f, HypothesisState)
		v.Conflict = f.conflict(HypothesisState) != nil
		for _, of := range indications[id.String()] {
			item := inc.Items[of]
			f := item.Fields
			v.Indications = append(v.Indications, IndicationView{
				ID: of, Text: f.Text(IndicationText), Strength: f.Text(IndicationStrength), Against: f.Text(IndicationAgainst) == yes,
				Coincidence: f.Text(IndicationChance) == yes, AddedAt: viewMilli(item.Added.Recorded()), By: s.AuthorName(item.Added),
			})
		}
		views = append(views, v)
	}
	return views
}

func (s *State) optionViews(inc *Incident) []OptionView {
	views := []OptionView{}
	for _, id := range inc.Items.Of(ClassOption) {
		item := inc.Items[id]
		views = append(views, OptionView{
			ID: id, Text: item.Fields.Text(OptionText), Risk: item.Fields.Text(OptionRisk), WayBack: item.Fields.Text(OptionBack),
			AddedAt: viewMilli(item.Added.Recorded()), By: s.AuthorName(item.Added),
		})
	}
	return views
}

func (s *State) decisionViews(inc *Incident) []DecisionView {
	views := []DecisionView{}
	for _, id := range inc.Items.Of(ClassDecision) {
		f := inc.Items[id].Fields
		v := DecisionView{
			ID: id, Conflict: f.conflict(DecisionResult) != nil, Proposal: f.Text(DecisionProposal), Objections: f.Text(DecisionObjections), Result: f.Text(DecisionResult),
		}
		v.Option, _ = ParseID(f.Text(DecisionOption))
		v.By, v.At, v.Reason = s.written(f, DecisionResult)
		views = append(views, v)
	}
	return views
}

// LockViews lists the change locks that are held in the room, the oldest first.
func (s *State) LockViews() []LockView {
	views := []LockView{}
	for _, l := range s.Locks() {
		views = append(views, LockView{
			ID: l.ID, Incident: l.Incident.Code, Thing: l.Thing, Person: s.PersonName(l.Person), Since: l.Since, Conflict: l.Conflict,
		})
	}
	return views
}
