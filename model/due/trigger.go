package due

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// How soon after its cause a trigger is answered.
const (
	askImpact = 5 * time.Minute
	askVendor = 10 * time.Minute
	askLegal  = 15 * time.Minute
)

// roleLegal is who answers for the law.
const roleLegal = "legal"

// triggers ask whether to escalate. Three of the policy's have deadlines of
// their own: what passes its time has its rungs, silence its quiet, fatigue its
// relief.
func (b *builder) triggers() {
	if !b.open || b.level.Escalate == "no" {
		return
	}
	if at, what, grew := b.inc.ImpactGrew(); grew {
		b.trigger("impact", "", at, at.Add(askImpact), "Larger than first assessed: "+what+". Escalate?")
	}
	b.moreHands()
	if b.vendor() {
		at := b.since
		if said := b.said(model.FieldType); said.After(at) {
			at = said
		}
		b.trigger("vendor", "", at, at.Add(askVendor), "A vendor is needed: open their ticket, ask for their incident lead, note number and contract level")
	}
	b.counsel()
}

// vendor reports whether a type of the incident says that another company must
// act.
func (b *builder) vendor() bool {
	mainly, further := b.inc.Fields.Text(model.FieldType), b.inc.Fields.Text(model.FieldTypes)
	for n := range b.policy.Types {
		t := &b.policy.Types[n]
		if t.Vendor && (strings.EqualFold(t.Name, mainly) || further != "" && slices.Contains(strings.Split(further, "\n"), t.Name)) {
			return true
		}
	}
	return false
}

// trigger adds one that is watched; done where it was answered after its cause.
func (b *builder) trigger(id, part string, from, at time.Time, what string) {
	if !b.policy.Watched(id) {
		return
	}
	d := Due{Kind: Trigger, Key: id + part, From: from, DueAt: at, Who: "Incident commander", What: what, Why: "trigger of the escalation: answered by what was decided"}
	if id == "vendor" {
		if ticket := b.ticketed(); ticket != "" {
			b.done(&d, ticket)
			return
		}
	}
	if answered := b.said(model.FieldTrigger(id)); !answered.Before(from) && !answered.IsZero() {
		b.done(&d, b.inc.Fields.Text(model.FieldTrigger(id)))
		return
	}
	b.add(&d)
}

// said is when a field of the incident was written last; zero where it never was.
func (b *builder) said(field string) time.Time {
	r := b.inc.Fields[field]
	if r == nil {
		return time.Time{}
	}
	v, _ := r.Value()
	return recorded(v.Stamp)
}

// moreHands asks for people: where more report to the commander than one can
// lead, and where nobody looks into a hypothesis.
func (b *builder) moreHands() {
	if n := len(b.team); n <= b.policy.People.Span {
		// too few to be too many, and most incidents
	} else if n = b.inc.DirectReports(b.team); n > b.policy.People.Span {
		var at time.Time
		for _, h := range b.team {
			if since := recorded(h.Since); since.After(at) {
				at = since
			}
		}
		b.trigger("people", "", at, at.Add(askImpact), strconv.Itoa(n)+" people report to the commander, "+strconv.Itoa(b.policy.People.Span)+" is the most: make teams with leaders")
	}
	for _, id := range b.inc.Items.Of(model.ClassHypothesis) {
		item := b.inc.Items[id]
		if state := item.Fields.Text(model.HypothesisState); item.Fields.Text(model.HypothesisOwner) != "" || state == model.HypothesisConfirmed || state == model.HypothesisRejected {
			continue
		}
		at := recorded(item.Added)
		b.trigger("people", "/hypothesis", at, b.after(at, b.policy.People.Task), "Nobody looks into: "+firstLine(item.Fields.Text(model.HypothesisText)))
		return // the first stands for all
	}
}

// counsel asks to tell legal where data, an intruder or privacy is possible, and
// no rung of the level does.
func (b *builder) counsel() {
	if !b.sensitive || len(b.held(roleLegal)) > 0 {
		return
	}
	for n := range b.policy.Escalation {
		if r := &b.policy.Escalation[n]; r.Severity == b.level.Level && r.When == "sensitive" {
			return
		}
	}
	at := b.since
	for _, field := range [...]string{model.FieldData, model.FieldType, model.FieldTypes} {
		if said := b.said(field); said.After(at) {
			at = said
		}
	}
	b.trigger("legal", "", at, at.Add(askLegal), "Personal data, an intruder or a contract may be hit: tell legal, or say why not")
}
