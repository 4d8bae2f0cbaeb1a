package model

import (
	"strings"
	"time"
)

// Results of the risk assessment, and what each asks for.
const (
	RiskUnlikely = "unlikely risk" // the register alone
	RiskLikely   = "risk"          // the authority
	RiskHigh     = "high risk"     // the authority and the people
)

// RiskResults lists the results, the least first.
var RiskResults = [...]string{RiskUnlikely, RiskLikely, RiskHigh}

// RiskFactor is a factor of the risk sheet (EDPB Guidelines 9/2022, part IV).
type RiskFactor struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// RiskFactors lists the factors.
var RiskFactors = [...]RiskFactor{
	{"kind", "Kind of breach"},
	{"sensitivity", "Nature and sensitivity of the data"},
	{"volume", "Volume of the data"},
	{"identify", "How easily people are identified"},
	{"severity", "Severity of the consequences"},
	{"special-people", "Special people: children, patients"},
	{"special-role", "Special role of the controller"},
	{"number", "Number of people"},
}

// riskLevels a factor is given.
var riskLevels = []string{"low", "medium", "high"}

// riskDecision is when the risk is decided at the latest: what is unknown then
// is notified in phases.
const riskDecision = 48 * time.Hour

// AssessRisk gives a factor of the risk sheet its level.
type AssessRisk struct {
	Incident string
	Factor   string
	Level    string // low, medium or high
	Reason   string // needed
}

// Plan implements Command.
func (c AssessRisk) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	ids := make([]string, len(RiskFactors))
	for i, f := range RiskFactors {
		ids[i] = f.ID
	}
	factor, err := choose("factor", c.Factor, ids)
	if err != nil {
		return Done{}, err
	}
	level, err := choose("level", c.Level, riskLevels)
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, riskPrefix+factor, level, reason)
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// DecideRisk records the decision on the risk, which a person takes: the sheet
// proposes.
type DecideRisk struct {
	Incident string
	Result   string // one of RiskResults
	Reason   string // needed
}

// Plan implements Command.
func (c DecideRisk) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	result, err := choose("result", c.Result, RiskResults[:])
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, BreachRisk, result, reason)
	done := Done{ID: inc.ID, Code: inc.Code}
	switch sheet := p.State.Risk(inc, p.Now); {
	case riskRank(result) < riskRank(sheet.Proposed):
		done.Note = "the sheet says " + sheet.Proposed + "; the reason given will be read by the authority"
	case result == RiskHigh:
		done.Note = "people are told without undue delay: `clock start " + inc.Code + " gdpr34`"
	}
	return done, nil
}

func riskRank(result string) int {
	for i, r := range RiskResults {
		if r == result {
			return i
		}
	}
	return -1
}

// RiskView is the risk sheet.
type RiskView struct {
	Factors []RiskFactorView `json:"factors"`
	// Proposed is what the factors come to; empty while one is open and there
	// is time left.
	Proposed string `json:"proposed"`
	Why      string `json:"why"`
	// Decided is the decision of a person.
	Decided string    `json:"decided"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at,omitzero"`
}

// RiskFactorView is a factor with its level.
type RiskFactorView struct {
	RiskFactor
	Level  string `json:"level"`
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// Risk gives the risk sheet of an incident.
func (s *State) Risk(inc *Incident, now time.Time) RiskView {
	v := RiskView{Factors: make([]RiskFactorView, len(RiskFactors))}
	counts := map[string]int{}
	grave := false // sensitive data, or severe consequences
	for i, f := range RiskFactors {
		v.Factors[i].RiskFactor = f
		if value, ok := inc.fieldValue(riskPrefix + f.ID); ok {
			v.Factors[i].Level, v.Factors[i].Reason, v.Factors[i].By = value.Text, value.Reason, s.AuthorName(value.Stamp)
			grave = grave || value.Text == "high" && (f.ID == "sensitivity" || f.ID == "severity")
		}
		counts[v.Factors[i].Level]++
	}
	if value, ok := inc.fieldValue(BreachRisk); ok {
		v.Decided, v.Reason, v.By, v.At = value.Text, value.Reason, s.AuthorName(value.Stamp), viewMilli(value.Stamp.Recorded())
	}
	v.Proposed, v.Why = inc.riskProposal(counts, grave, now)
	return v
}

// fieldValue gives a field with who wrote it; false where nothing is written.
func (i *Incident) fieldValue(name string) (Value, bool) {
	r := i.Fields[name]
	if r == nil {
		return Value{}, false
	}
	v, ok := r.Value()
	return v, ok && v.Text != ""
}

// riskProposal is what the factors come to. It leans to telling: one grave or
// two high factors are a high risk, one that is more than low is a risk.
func (i *Incident) riskProposal(counts map[string]int, grave bool, now time.Time) (proposed, why string) {
	open := counts[""]
	switch {
	case i.unintelligible():
		return RiskUnlikely, "the data was encrypted, the key is safe, and only confidentiality was hit (Art. 34(3)(a))"
	case grave || counts["high"] >= 2:
		return RiskHigh, "sensitive data, severe consequences, or two high factors"
	case counts["high"] > 0 || counts["medium"] > 0:
		return RiskLikely, "a factor is more than low"
	case open == 0:
		return RiskUnlikely, "every factor is low"
	}
	if aware, ok := i.Aware(); ok && !now.Before(aware.Add(riskDecision)) {
		return RiskLikely, "unknown 48 h after awareness: notify in phases"
	}
	return "", count(open, "factor") + " not assessed yet"
}

// unintelligible reports whether nobody can read what was taken.
func (i *Incident) unintelligible() bool {
	return i.Fields.Text(BreachEncrypted) == "yes" && i.Fields.Text(BreachKeySafe) == "yes" &&
		strings.TrimSpace(i.Fields.Text(BreachKind)) == "confidentiality"
}
