package model

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/assets"
)

// DrillMark begins the subject and the text of every message of a drill, and
// the name of its chat room, so that nobody takes an exercise for the real
// thing.
const DrillMark = "DRILL"

const (
	fieldDrillStep = "drill.step" // how many of the scenario's events were told
	drillOwn       = "own"        // a drill without a shipped scenario
)

// Scenario is a drill made of a real incident that ships with the product.
type Scenario struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Type     string `json:"type"`
	Events   int    `json:"events"`
}

type scenario struct {
	Title    string `json:"title"`
	Severity string `json:"severity_guess"`
	Type     string `json:"type"`
	Entries  []struct {
		Text string `json:"text"`
		Kind string `json:"kind"`
	} `json:"entries"`
}

// Scenarios lists the shipped scenarios by name.
func Scenarios() ([]Scenario, error) {
	names, err := assets.Samples()
	if err != nil {
		return nil, err
	}
	list := make([]Scenario, 0, len(names))
	for _, name := range names {
		s, err := readScenario(name)
		if err != nil {
			return nil, err
		}
		list = append(list, Scenario{Name: name, Title: s.Title, Severity: s.Severity, Type: s.Type, Events: len(s.Entries)})
	}
	return list, nil
}

func readScenario(name string) (scenario, error) {
	var s scenario
	text, err := assets.Sample(name)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("scenario %q: %w", name, err)
	}
	return s, nil
}

// StartDrill declares an exercise: the same product on an incident that is kept
// out of every figure, and whose messages stay inside.
type StartDrill struct {
	// Scenario is the name of a shipped one, or empty.
	Scenario string
	Title    string // needed without a scenario
	Severity string
	// Down lists tools that the exercise takes away, by their id in the policy.
	Down []string
	// Noticed is when the responders were given the first sign of it; the time to
	// declare is scored from then. Zero: it is not scored.
	Noticed time.Time
}

// Plan implements Command.
func (c StartDrill) Plan(p *Planner) (Done, error) {
	d := Declare{Title: c.Title, Severity: c.Severity, Detection: Detections[0]}
	mark := drillOwn
	if c.Scenario != "" {
		s, err := readScenario(c.Scenario)
		if err != nil {
			return Done{}, refuse("there is no scenario %.60q; `drill scenarios` lists them", c.Scenario)
		}
		mark = c.Scenario
		d.Type, d.Title, d.Severity = s.Type, either(c.Title, s.Title), either(c.Severity, s.Severity)
	}
	d.Title = cut(d.Title, MaxTitle)
	if !c.Noticed.IsZero() {
		d.Milestones = map[string]time.Time{"detected": c.Noticed}
	}
	done, err := d.Plan(p)
	if err != nil {
		return Done{}, err
	}
	p.add(KindIncidentField, done.ID, fieldSet{Field: FieldDrill, Value: mark})
	for _, id := range c.Down {
		t, ok := p.State.Policy().Tool(id)
		if !ok {
			return Done{}, refuse("the policy has no tool %.40q; it has: %s", id, strings.Join(p.State.toolIDs(), ", "))
		}
		p.add(KindIncidentField, done.ID, fieldSet{Field: FieldTool(t.ID), Value: "down", Reason: "taken away by the exercise"})
	}
	done.Note = "this is an exercise: it is kept out of every figure, and its messages stay inside"
	return done, nil
}

// cut shortens a text to a number of bytes without breaking a letter.
func cut(text string, limit int) string {
	for len(text) > limit {
		text = text[:limit]
		text = strings.ToValidUTF8(text, "")
	}
	return text
}

func (s *State) toolIDs() []string {
	var ids []string
	for _, t := range s.Policy().Tools {
		ids = append(ids, t.ID)
	}
	return ids
}

// InjectDrill tells the next event of the scenario, as the director of an
// exercise does.
type InjectDrill struct{ Incident string }

// Plan implements Command.
func (c InjectDrill) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no event was told", "")
	if err != nil {
		return Done{}, err
	}
	name := inc.Fields.Text(FieldDrill)
	if name == "" {
		return Done{}, refuse("%s is no drill; nothing was told", inc.Code)
	}
	s, err := readScenario(name)
	if err != nil {
		return Done{}, refuse("%s has no scenario; tell its events with `log`", inc.Code)
	}
	step, _ := strconv.Atoi(inc.Fields.Text(fieldDrillStep))
	if step < 0 || step >= len(s.Entries) {
		return Done{}, refuse("all %d events of the scenario were told", len(s.Entries))
	}
	e := s.Entries[step]
	p.set(KindIncidentField, inc.ID, inc.Fields, fieldDrillStep, strconv.Itoa(step+1), "")
	log := Log{Text: DrillMark + ": " + e.Text, Kind: e.Kind}
	if err := log.add(p, inc.ID); err != nil {
		return Done{}, err
	}
	return Done{ID: inc.ID, Code: inc.Code, Note: fmt.Sprintf("event %d of %d: %s", step+1, len(s.Entries), e.Text)}, nil
}

// stayInside holds the messages of a drill to the room: marked, by mail, to its
// people.
func (s *State) stayInside(inc *Incident, d *Draft) error {
	if !inc.Drill() {
		return nil
	}
	if d.Channel != "mail" {
		return refuse("%s is a drill: nothing of it goes to %s. Nothing was sent", inc.Code, d.Channel)
	}
	d.mark()
	inside := map[string]bool{}
	for _, p := range s.People {
		if address := strings.ToLower(p.Fields.Text("email")); address != "" {
			inside[address] = true
		}
	}
	d.Recipients = slices.DeleteFunc(slices.Clone(d.Recipients), func(r Recipient) bool { return !inside[strings.ToLower(r.Address)] })
	if len(d.Recipients) == 0 {
		return refuse("%s is a drill, and nobody of this audience is in the room: nothing leaves it. Nothing was sent", inc.Code)
	}
	return nil
}

// mark says of a draft that it is of a drill.
func (d *Draft) mark() {
	if !strings.HasPrefix(d.Subject, DrillMark) {
		d.Subject = DrillMark + " " + d.Subject
	}
	if !strings.HasPrefix(d.Body, DrillMark) {
		d.Body = DrillMark + ": this is an exercise, nothing is broken.\n\n" + d.Body
	}
}

// DrillScore says how well a drill went, a line a habit.
type DrillScore struct {
	Incident string      `json:"incident"`
	Lines    []ScoreLine `json:"lines"`
	// Points of Most.
	Points int `json:"points"`
	Most   int `json:"most"`
}

// ScoreLine is one habit: what was asked, what happened.
type ScoreLine struct {
	What string `json:"what"`
	Want string `json:"want"`
	Got  string `json:"got"`
	// Points is 2 for in time, 1 for late, 0 for not at all.
	Points int `json:"points"`
}

// declareWithin is the time the plan allows from noticing to declaring: all of
// triage.
const declareWithin = 5 * time.Minute

// Score scores an exercise by the same rules as a real incident.
func (s *State) Score(inc *Incident, now time.Time) DrillScore {
	b := scoring{DrillScore{Incident: inc.Code, Lines: []ScoreLine{}}}
	p, level := s.Policy(), s.Policy().Severity(inc.Severity())
	declared := inc.declaredAt()
	noticed, known := inc.Milestone("detected")
	if !known {
		noticed, known = inc.Milestone("started")
	}
	if known && !noticed.After(declared) {
		b.took("Declared", declareWithin, declared.Sub(noticed), true)
	}
	answered, _, ok := inc.FirstAnswer(inc.Attempts(), inc.Team())
	if level.Respond.BusinessDays == 0 {
		b.took("Answered", max(level.Respond.Duration, time.Minute), answered.Sub(declared), ok)
	}
	for _, name := range level.Roles {
		role, _ := FindRole(name)
		at, filled := inc.firstHeld(role)
		b.took(role.Title+" filled", p.People.Fill.Duration, at.Sub(declared), filled)
	}
	if first, due := s.cadence(AudienceStakeholders, inc.Severity(), 0); due {
		at, sent := inc.FirstMessage(func(audience string) bool { return audience == AudienceStakeholders })
		b.took("First update to stakeholders", first, at.Sub(declared), sent)
	}
	kept, made := 0, 0
	for _, promise := range inc.Promises(now) {
		if promise.State != "open" {
			made++
		}
		if promise.State == "kept" {
			kept++
		}
	}
	if made > 0 {
		points := 2 * kept / made
		b.add(ScoreLine{What: "Promised updates kept", Want: strconv.Itoa(made), Got: strconv.Itoa(kept), Points: points})
	}
	b.add(ScoreLine{What: "Said which tools are down", Want: "yes", Got: yesNo(inc.ToolsAnswered()), Points: 2 * btoi(inc.ToolsAnswered())})
	b.add(ScoreLine{What: "Resolved with a verification", Want: "yes", Got: yesNo(!inc.Open()), Points: 2 * btoi(!inc.Open())})
	return b.score
}

type scoring struct{ score DrillScore }

func (b *scoring) add(l ScoreLine) {
	b.score.Lines = append(b.score.Lines, l)
	b.score.Points += l.Points
	b.score.Most += 2
}

// took scores how long something took: in time, late or never.
func (b *scoring) took(what string, want, took time.Duration, done bool) {
	l := ScoreLine{What: what, Want: "within " + speakDuration(want), Got: "never"}
	if done {
		l.Got, l.Points = speakDuration(took), 1
		if took <= want {
			l.Points = 2
		}
	}
	b.add(l)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// firstHeld is when a role was first given to anybody.
func (i *Incident) firstHeld(role Role) (first time.Time, ok bool) {
	for name, r := range i.Fields {
		if name != rolePrefix+role.Name && !strings.HasPrefix(name, rolePrefix+role.Name+"/") {
			continue
		}
		for _, w := range r.History() {
			if at := viewMilli(w.Value.Stamp.Recorded()); w.Value.Text != "" && (!ok || at.Before(first)) {
				first, ok = at, true
			}
		}
	}
	return first, ok
}
