package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Levels are the four severities, most severe first.
var Levels = [...]string{"P0", "P1", "P2", "P3"}

// Values that words of a policy may take.
var (
	duties = []string{"required", "optional", "no"}
	acts   = []string{"page", "notify", "message", "confirm", "ticket"}
	whens  = []string{"always", "sensitive", "needed"}
)

// maxList bounds each list of a policy: what nobody can read through at 03:00
// is no policy.
const maxList = 200

// Check says what is wrong with a policy, in one sentence; nil where nothing
// is.
func (p *Policy) Check() error {
	for _, check := range []func() error{
		p.checkSeverities, p.checkQuestions, p.checkTypes, p.checkRouting, p.checkEscalation, p.checkTriggers, p.checkCadence, p.checkPhases,
		p.checkPeople, p.checkClocks, p.Calendar.check, p.checkTools,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) checkSeverities() error {
	for i, level := range Levels {
		if len(p.Severities) != len(Levels) || p.Severities[i].Level != level {
			return fmt.Errorf("severities: the four levels P0, P1, P2, P3 must be there, in this order")
		}
		s := p.Severities[i]
		if s.Name == "" || !s.Respond.Set {
			return fmt.Errorf("severities: %s needs a name and a response time", level)
		}
		for what, text := range map[string]string{"commander": s.Commander, "review": s.Review} {
			if !slices.Contains(duties, text) {
				return fmt.Errorf("severities: %s of %s is %q; write %s", what, level, text, strings.Join(duties, ", "))
			}
		}
	}
	return nil
}

func (p *Policy) checkQuestions() error {
	for _, q := range p.Questions {
		for _, level := range []string{q.Yes, q.No, q.Unknown} {
			if level != "" && !slices.Contains(Levels[:], level) {
				return fmt.Errorf("questions: %q is no level", level)
			}
		}
		if q.ID == "" || q.Text == "" {
			return fmt.Errorf("questions: a question needs an id and a text")
		}
	}
	return bounded("questions", len(p.Questions))
}

func (p *Policy) checkTypes() error {
	seen := map[string]bool{}
	for _, t := range p.Types {
		if t.Name == "" || seen[strings.ToLower(t.Name)] {
			return fmt.Errorf("types: %q is there twice, or has no name", t.Name)
		}
		seen[strings.ToLower(t.Name)] = true
	}
	if len(p.Types) == 0 {
		return fmt.Errorf("types: there are none")
	}
	return bounded("types", len(p.Types))
}

func (p *Policy) checkEscalation() error {
	ids, steps := map[string]bool{}, map[string]string{}
	for _, r := range p.Escalation {
		switch {
		case r.ID == "":
			return fmt.Errorf("escalation: a rung of %s has no id; give each one of its own", r.Severity)
		case ids[r.ID]:
			return fmt.Errorf("escalation: two rungs have the id %q; give each one of its own", r.ID)
		case !slices.Contains(Levels[:], r.Severity):
			return fmt.Errorf("escalation: rung %s: severity %q is no level", r.ID, r.Severity)
		case !r.After.Set:
			return fmt.Errorf("escalation: rung %s has no time; write 0m for at once", r.ID)
		case r.Target == "":
			return fmt.Errorf("escalation: rung %s names nobody to call", r.ID)
		case r.Deputy == r.Target:
			return fmt.Errorf("escalation: rung %s: the deputy of %s is %s; name another, or none", r.ID, r.Target, r.Deputy)
		case !slices.Contains(acts, r.Act):
			return fmt.Errorf("escalation: rung %s: act %q is not known; it is one of %s", r.ID, r.Act, strings.Join(acts, ", "))
		case !slices.Contains(whens, r.When):
			return fmt.Errorf("escalation: rung %s: when %q is not known; it is one of %s", r.ID, r.When, strings.Join(whens, ", "))
		}
		ids[r.ID] = true
		// The same person called for the same thing at the same minute by two
		// rungs is a slip: one of them would never be answered for itself.
		step := strings.Join([]string{r.Severity, r.Target, r.Act}, "|")
		if other := steps[step]; other != "" {
			return fmt.Errorf("escalation: rungs %s and %s overlap: both %s %s at %s; keep one", other, r.ID, r.Act, r.Target, r.Severity)
		}
		steps[step] = r.ID
	}
	for _, s := range p.Severities {
		if s.Escalate == "automatic" && !slices.ContainsFunc(p.Escalation, func(r Rung) bool { return r.Severity == s.Level }) {
			return fmt.Errorf("escalation: %s is escalated automatically, and no rung says whom to call; keep one, or set its escalate to no", s.Level)
		}
	}
	return bounded("escalation", len(p.Escalation))
}

// TriggerIDs names what may ask whether to escalate. What each watches is code;
// a policy words it and switches it off.
var TriggerIDs = [...]string{"sla", "quiet", "impact", "people", "vendor", "legal", "fatigue"}

func (p *Policy) checkTriggers() error {
	seen := map[string]bool{}
	for _, t := range p.Triggers {
		switch {
		case !slices.Contains(TriggerIDs[:], t.ID):
			return fmt.Errorf("triggers: nothing watches %q; a trigger is one of %s", t.ID, strings.Join(TriggerIDs[:], ", "))
		case seen[t.ID]:
			return fmt.Errorf("triggers: %s is there twice", t.ID)
		case t.Off && t.ID == "sla":
			return fmt.Errorf("triggers: the times that pass are those of the rungs; change them in the section escalation")
		}
		seen[t.ID] = true
	}
	return nil
}

// Watched reports whether a trigger asks: it is there and not switched off.
func (p *Policy) Watched(id string) bool {
	return slices.ContainsFunc(p.Triggers, func(t Trigger) bool { return t.ID == id && !t.Off })
}

func (p *Policy) checkCadence() error {
	seen := map[string]bool{}
	for _, c := range p.Cadence {
		key := c.Audience + " at " + c.Severity
		switch {
		case c.Audience == "" || !slices.Contains(Levels[:], c.Severity):
			return fmt.Errorf("cadence: a row needs an audience and a level, not %q", key)
		case seen[key]:
			return fmt.Errorf("cadence: %s is there twice", key)
		case c.Then.Set && c.Then.Duration < minUpdate && c.Then.BusinessDays == 0 && c.Then.Months == 0:
			return fmt.Errorf("cadence: %s every %s is more than anybody can write; the least is %s", key, c.Then, Minutes(1))
		}
		seen[key] = true
	}
	return bounded("cadence", len(p.Cadence))
}

const minUpdate = 60e9

func (p *Policy) checkPhases() error {
	ids := map[string]bool{}
	for _, ph := range p.Phases {
		if ph.Name == "" {
			return fmt.Errorf("phases: a phase has no name")
		}
		for level := range ph.Limits {
			if !slices.ContainsFunc(p.Severities, func(s Severity) bool { return s.Level == level }) {
				return fmt.Errorf("phases: limits of %s name the level %q; the levels are P0 to P3", ph.Name, level)
			}
		}
		for _, c := range ph.Checks {
			if c.ID == "" || c.Text == "" || ids[c.ID] {
				return fmt.Errorf("phases: check %q of %s is there twice, or has no text", c.ID, ph.Name)
			}
			ids[c.ID] = true
		}
	}
	if len(p.Phases) == 0 {
		return fmt.Errorf("phases: there are none")
	}
	return bounded("phases", len(p.Phases))
}

// maxRest bounds the pause that ends a stretch of work: with a longer one, who
// worked every day would never have rested.
const maxRest = 24 * time.Hour

func (p *Policy) checkPeople() error {
	switch {
	case p.People.Span < 2 || p.People.Span > 50:
		return fmt.Errorf("people: span is %d; a leader has 2 to 50 direct reports", p.People.Span)
	case p.People.Rest.BusinessDays != 0 || p.People.Rest.Months != 0 || p.People.Rest.Duration > maxRest:
		return fmt.Errorf("people: rest is %s; a pause that ends a stretch of work is a span of at most 24h", p.People.Rest)
	case p.People.NightFrom < 0 || p.People.NightFrom > 23 || p.People.NightTo < 0 || p.People.NightTo > 23:
		return fmt.Errorf("people: night_from and night_to are hours, 0 to 23")
	}
	return nil
}

func (p *Policy) checkClocks() error {
	seen := map[string]bool{}
	for _, c := range p.Clocks {
		if seen[c.ID] {
			return fmt.Errorf("clocks: two clocks have the id %q", c.ID)
		}
		seen[c.ID] = true
		if err := c.check(); err != nil {
			return err
		}
	}
	return bounded("clocks", len(p.Clocks))
}

func (p *Policy) checkTools() error {
	seen := map[string]bool{}
	for _, t := range p.Tools {
		if t.ID == "" || t.Name == "" || seen[t.ID] {
			return fmt.Errorf("tools: tool %q is there twice, or has no name", t.ID)
		}
		seen[t.ID] = true
	}
	return bounded("tools", len(p.Tools))
}

func bounded(section string, n int) error {
	if n > maxList {
		return fmt.Errorf("%s: %d entries; the limit is %d", section, n, maxList)
	}
	return nil
}

// Severity gives the row of a level; the most severe where it is none.
func (p *Policy) Severity(level string) Severity {
	for _, s := range p.Severities {
		if s.Level == level {
			return s
		}
	}
	return p.Severities[0]
}

// Type gives the row of a type; false where there is none.
func (p *Policy) Type(name string) (Type, bool) {
	for _, t := range p.Types {
		if strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return Type{}, false
}

// Phase gives the row of a phase; false where there is none.
func (p *Policy) Phase(name string) (Phase, bool) {
	for _, ph := range p.Phases {
		if ph.Name == name {
			return ph, true
		}
	}
	return Phase{}, false
}

// Line gives a line of the checklists by id; false where there is none.
func (p *Policy) Line(id string) (Check, bool) {
	for _, ph := range p.Phases {
		for _, c := range ph.Checks {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Check{}, false
}

// Clock gives a legal clock by id; false where there is none.
func (p *Policy) Clock(id string) (Clock, bool) {
	for _, c := range p.Clocks {
		if c.ID == id {
			return c, true
		}
	}
	return Clock{}, false
}

// Tool gives a tool by id; false where there is none.
func (p *Policy) Tool(id string) (Tool, bool) {
	for _, t := range p.Tools {
		if t.ID == id {
			return t, true
		}
	}
	return Tool{}, false
}

// Answer is what somebody says to one of the severity questions.
type Answer string

// Answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Suggest gives the level the answers to the questions mean, and why. What is
// not answered counts as unknown only where the question says what that means;
// unsure takes the higher. False where the answers decide nothing yet.
func (p *Policy) Suggest(answers map[string]Answer) (level, why string, ok bool) {
	for _, q := range p.Questions {
		var means string
		switch answers[q.ID] {
		case Yes:
			means = q.Yes
		case No:
			means = q.No
		case Unknown:
			means = q.Unknown
		default:
			return "", q.Text, false
		}
		if means != "" {
			why := fmt.Sprintf("%s %s", q.Text, answers[q.ID])
			if answers[q.ID] == Unknown {
				why += ", and unsure takes the higher level"
			}
			return means, why, true
		}
	}
	return "", "", false
}
