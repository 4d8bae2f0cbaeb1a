package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Fields of the facts people record while they contain and repair.
const (
	FieldContainment  = "containment"  // what keeps the damage from growing, or why nothing is needed
	FieldIsolated     = "isolated"     // systems taken off, one a line
	FieldWorkaround   = "workaround"   // what users can do meanwhile
	FieldFix          = "fix"          // what repairs it
	FieldDeployed     = "deployed"     // when the fix went live
	FieldVerification = "verification" // what shows that it works again
	// FieldCustomers is the decision on the message to customers: that it was
	// sent, or why none is needed. NoDecision says that nobody decided.
	FieldCustomers = "customers"
)

// NoDecision stands in FieldCustomers of an incident that was resolved before
// anybody decided.
const NoDecision = "resolved without a decision"

// maxIsolated bounds the systems of one incident: a list longer than that is an
// attachment.
const maxIsolated = 100

// RecordFacts writes down what was done to contain and to repair. Empty
// members are left alone.
type RecordFacts struct {
	Incident string
	// Containment is what keeps the damage from growing, or why nothing is
	// needed. It must be answered before the resolution.
	Containment  string
	Isolated     []string // all systems that are taken off
	Workaround   string
	Fix          string
	Deployed     time.Time
	Verification string
	Customers    string
}

// Plan implements Command.
func (c RecordFacts) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	values, err := c.texts()
	if err != nil {
		return Done{}, err
	}
	if len(c.Isolated) > maxIsolated {
		return Done{}, refuse("%d systems were named; the limit is %d", len(c.Isolated), maxIsolated)
	}
	var systems []string
	for _, text := range c.Isolated {
		system, err := line("the system", text, MaxTitle)
		if err != nil {
			return Done{}, err
		}
		systems = append(systems, system)
	}
	if len(systems) > 0 {
		values[FieldIsolated] = strings.Join(systems, "\n")
	}
	if !c.Deployed.IsZero() {
		values[FieldDeployed] = FormatTime(c.Deployed)
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to record; name a fact")
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, field, values[field], "")
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

func (c RecordFacts) texts() (map[string]string, error) {
	values := map[string]string{}
	for _, set := range [...]struct{ field, what, text string }{
		{FieldContainment, "the containment", c.Containment},
		{FieldWorkaround, "the workaround", c.Workaround},
		{FieldFix, "the fix", c.Fix},
		{FieldVerification, "the verification", c.Verification},
		{FieldCustomers, "the decision on the customer message", c.Customers},
	} {
		text, err := remark(set.what, set.text)
		if err != nil {
			return nil, err
		}
		if text != "" {
			values[set.field] = text
		}
	}
	return values, nil
}
