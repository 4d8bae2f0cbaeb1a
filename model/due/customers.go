package due

import (
	"time"

	"holdfast/model"
)

// decideCustomers is how long after the resolution somebody decides on the
// message to customers: they see that it works again, and ask.
const decideCustomers = 30 * time.Minute

// customers asks for the decision on the message to customers of an incident
// that was resolved without it: it is not closed before.
func (b *builder) customers() {
	if b.open || b.inc.State() != model.StateResolved {
		return
	}
	resolved, ok := b.inc.Milestone("resolved")
	if !ok {
		return
	}
	d := Due{
		Kind: Question, Key: "customers", From: resolved, DueAt: resolved.Add(decideCustomers), Who: "Incident commander",
		What: "What are customers told? Send a message, or say why none is needed", Why: "a P0 or P1 is not closed without the decision on the message to customers",
	}
	for _, role := range [...]string{model.RoleComms, model.RoleCommander} {
		if held := b.held(role); len(held) > 0 {
			d.WhoIDs = b.one(held[0].Person)
			d.Who = b.names(d.WhoIDs, d.Who)
			break
		}
	}
	said := b.inc.Fields.Text(model.FieldCustomers)
	switch {
	case b.state.OwesCustomers(b.inc):
		b.add(&d)
	case said == model.NoDecision:
		b.done(&d, "a message went out")
	case said != "":
		b.done(&d, said)
	}
}
