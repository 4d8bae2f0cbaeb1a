package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// BreachStep is a step of the minute plan, counted from the awareness.
type BreachStep struct {
	ID    string
	Text  string
	Who   string
	After time.Duration
}

// BreachPlan is the minute plan of a breach. The notice itself is a legal
// clock, and so is the early warning of NIS2.
var BreachPlan = [...]BreachStep{
	{"team", "Data protection officer, security and legal are in the room", "Incident commander", time.Hour},
	{"estimate", "Estimate of data and people", "Data protection officer", 4 * time.Hour},
	{"draft", "First draft of the notice", "Data protection officer", 12 * time.Hour},
	{"nis2", "NIS2 early warning, if in scope", "Legal", 24 * time.Hour},
	{"risk", "Decision on the risk", "Data protection officer", riskDecision},
	{"text", "Text of the notice is approved", "Legal", 60 * time.Hour},
	{"filed", "Notice is filed", "Data protection officer", 72 * time.Hour},
	{"register", "Entry in the register is complete", "Data protection officer", 5 * 24 * time.Hour},
}

// StepOnClock says of a step that its legal clock runs and no notice was filed
// on it yet: the clock asks from then on.
const StepOnClock = "see its clock"

// BreachStepSays says how a step of the minute plan was answered, by what the
// assessment holds or because somebody said so: StepDone, StepNotNeeded,
// StepOnClock, or nothing.
func (s *State) BreachStepSays(inc *Incident, step string) string {
	if said := inc.Fields.Text(breachStepPrefix + step); said == StepDone || said == StepNotNeeded {
		return said
	}
	holds := func(fields ...string) bool {
		return !slices.ContainsFunc(fields, func(f string) bool { return inc.Fields.Text(f) == "" })
	}
	clock := map[string]string{"nis2": "nis2", "filed": "gdpr33"}[step]
	switch id, started := inc.clockOf(clock); {
	case clock != "" && started != nil && started.Fields.Text(ClockNone) != "":
		return StepNotNeeded
	case clock != "" && started != nil && len(s.Filings(inc, id)) > 0:
		return StepDone
	case clock != "" && started != nil:
		return StepOnClock
	case step == "estimate" && holds(BreachPeople, BreachRecords, BreachData), step == "risk" && holds(BreachRisk):
		return StepDone
	}
	return ""
}

// TickBreachStep says that a step of the minute plan is done, or not needed.
type TickBreachStep struct {
	Incident, Step string
	State          string // done, not needed or open; empty is done
	Note           string
}

// Plan implements Command.
func (c TickBreachStep) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	ids := make([]string, len(BreachPlan))
	for i, step := range BreachPlan {
		ids[i] = step.ID
	}
	step, err := choose("step", c.Step, ids)
	if err != nil {
		return Done{}, err
	}
	state, err := choose("state", either(c.State, StepDone), []string{StepDone, StepNotNeeded, StepOpen})
	if err != nil {
		return Done{}, err
	}
	note, err := remark("the note", c.Note)
	if err != nil {
		return Done{}, err
	}
	if state == StepNotNeeded && note == "" {
		return Done{}, refuse("say with a note why the step is not needed. Nothing was changed")
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, breachStepPrefix+step, state, note)
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// BreachView is the breach assessment of an incident.
type BreachView struct {
	Advice    string            `json:"advice"` // that this is none
	Code      string            `json:"code"`
	Title     string            `json:"title"`
	Fields    []BreachFieldView `json:"fields"`
	Risk      RiskView          `json:"risk"`
	Missing33 []MissingField    `json:"missing_art33"`
	Missing34 []MissingField    `json:"missing_art34"`
	Steps     []BreachStepView  `json:"steps"`
	// Remarks say where its texts are not what its figures and the log say.
	Remarks []string `json:"remarks"`
}

// BreachFieldView is a field of the assessment with who filled it in.
type BreachFieldView struct {
	BreachField
	Value  string    `json:"value"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason"`
	// Conflict holds values written apart that nobody has settled: no notice
	// goes out before.
	Conflict []ChangeView `json:"conflict,omitempty"`
}

// BreachStepView is a step of the minute plan.
type BreachStepView struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"`
	Who   string    `json:"who"`
	DueAt time.Time `json:"due_at,omitzero"`
	Done  bool      `json:"done"`
	// State is StepDone, StepNotNeeded, StepOnClock or StepOpen.
	State string `json:"state"`
}

// BreachView gives the breach assessment of an incident.
func (s *State) BreachView(inc *Incident, now time.Time) BreachView {
	v := BreachView{
		Advice: NoLegalAdvice, Code: inc.Code, Title: inc.Title(), Fields: []BreachFieldView{}, Risk: s.Risk(inc, now),
		Missing33: s.MissingFields(inc, Art33), Missing34: s.MissingFields(inc, Art34), Steps: []BreachStepView{}, Remarks: s.BreachRemarks(inc),
	}
	for _, f := range BreachFields {
		view := BreachFieldView{BreachField: f, Value: s.BreachText(inc, f.Name)}
		if value, ok := inc.fieldValue(f.Name); ok {
			view.By, view.At, view.Reason = s.AuthorName(value.Stamp), viewMilli(value.Stamp.Recorded()), value.Reason
		}
		if writes := inc.Fields.conflict(f.Name); writes != nil {
			view.Conflict = s.changeViews(f.Name, writes)
		}
		view.Name = strings.TrimPrefix(f.Name, breachPrefix)
		v.Fields = append(v.Fields, view)
	}
	aware, known := inc.Aware()
	for _, step := range BreachPlan {
		view := BreachStepView{ID: step.ID, Text: step.Text, Who: step.Who, State: either(s.BreachStepSays(inc, step.ID), StepOpen)}
		view.Done = view.State == StepDone || view.State == StepNotNeeded
		if known {
			view.DueAt = aware.Add(step.After)
		}
		v.Steps = append(v.Steps, view)
	}
	return v
}

// RegisterEntry is a row of the register of breaches (GDPR Art. 33(5)): every
// breach, notified or not.
type RegisterEntry struct {
	Number     int       `json:"number"`
	Incident   string    `json:"incident"`
	ID         ID        `json:"id"`
	Title      string    `json:"title"`
	Began      string    `json:"began"`
	Detected   time.Time `json:"detected_at,omitzero"`
	Aware      time.Time `json:"aware_at,omitzero"`
	Contained  time.Time `json:"contained_at,omitzero"`
	Role       string    `json:"role"`
	Facts      string    `json:"facts"`
	Cause      string    `json:"cause"`
	Data       string    `json:"data"`
	People     string    `json:"people"`
	Records    string    `json:"records"`
	Countries  string    `json:"countries"`
	Effects    string    `json:"effects"`
	Risk       string    `json:"risk"`
	RiskReason string    `json:"risk_reason"`
	// Notified says when the authority was told and the receipt, or why not.
	Notified   string `json:"notified"`
	PeopleTold string `json:"people_told"`
	Measures   string `json:"measures"`
	Processor  string `json:"processor"`
	Lessons    string `json:"lessons"`
	DecidedBy  string `json:"decided_by"`
	Documents  string `json:"documents"`
	Reviewed   string `json:"reviewed"`
}

// BreachRegister gives the register over all incidents of the room, numbered in
// the order they were declared.
func (s *State) BreachRegister(now time.Time) []RegisterEntry {
	var breaches []*Incident
	for inc := range s.Incidents() {
		if inc.Known() && !inc.Drill() && s.Breach(inc) {
			breaches = append(breaches, inc)
		}
	}
	slices.SortFunc(breaches, func(a, b *Incident) int {
		return cmp.Or(cmp.Compare(a.Declared.Recorded(), b.Declared.Recorded()), a.ID.Compare(b.ID))
	})
	register := make([]RegisterEntry, len(breaches))
	for n, inc := range breaches {
		register[n] = s.registerEntry(inc, now)
		register[n].Number = n + 1
	}
	return register
}

func (s *State) registerEntry(inc *Incident, now time.Time) RegisterEntry {
	risk := s.Risk(inc, now)
	text := func(name string) string { return s.BreachText(inc, name) }
	e := RegisterEntry{
		Incident: inc.Code, ID: inc.ID, Title: inc.Title(), Began: text(BreachBegan), Role: text(BreachRole),
		Facts: either(text(BreachNature), inc.Fields.Text(FieldImpact)), Cause: text(BreachCause), Data: text(BreachData), People: text(BreachPeople),
		Records: text(BreachRecords), Countries: text(BreachCountries), Effects: text(BreachEffects),
		Risk: either(risk.Decided, "not decided"), RiskReason: risk.Reason, Measures: text(BreachMeasures), Processor: text(BreachProcessors),
		Lessons: text(BreachLessons), DecidedBy: risk.By, Documents: text(BreachDocuments), Reviewed: text(BreachReviewed),
		PeopleTold: either(text(BreachPeopleTold), joined("no", text(BreachNoLetter))), Notified: s.notified(inc),
	}
	e.Detected, _ = inc.Milestone("detected")
	e.Aware, _ = inc.Aware()
	e.Contained, _ = inc.Milestone("mitigated")
	return e
}

// notified says of every clock of a privacy law what became of it.
func (s *State) notified(inc *Incident) string {
	var parts []string
	for _, c := range inc.Clocks(s.Policy()) {
		rule, ok := s.Policy().Clock(c.Clock)
		if !ok || rule.For != "privacy" {
			continue
		}
		if c.None != "" {
			parts = append(parts, joined(c.Name+": no: "+c.None, "approved by "+s.personText(inc.Items[c.ID].Fields, ClockApprover)))
			continue
		}
		filed := s.Filings(inc, c.ID)
		for _, f := range filed {
			parts = append(parts, joined(c.Name+": "+f.Phase+" "+f.At.Format("2006-01-02 15:04 MST"), "receipt "+f.Receipt, f.Reason))
		}
		if len(filed) == 0 {
			parts = append(parts, c.Name+": not yet, the clock runs")
		}
	}
	return either(strings.Join(parts, "; "), "no decision yet")
}

// Kind names how a field of the assessment is filled in: text, yes-no (yes, no
// or unknown), time, count (a number, a range or unknown), one or some of its
// options.
func (f BreachField) Kind() string {
	switch f.kind {
	case asYesNo:
		return "yes-no"
	case asTime:
		return "time"
	case asCount:
		return "count"
	case asOne:
		return "one"
	case asSome:
		return "some"
	}
	return "text"
}
