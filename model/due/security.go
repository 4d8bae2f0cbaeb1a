package due

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// Kinds of the due of security incidents and breaches.
const (
	Security   = "security"   // a step of the security record with a time
	Credential = "credential" // one that is not rotated, or not tested
	Breach     = "breach"     // a step of the minute plan of a breach
)

const (
	// secondCheck is when a credential believed unused is tried once more: what
	// was missed came back after days, not minutes.
	secondCheck = 24 * time.Hour
	// rotateWithin is when a reachable credential is rotated at the latest.
	rotateWithin = 4 * time.Hour
	// heightened is how long a security incident is watched after it ended.
	heightened = 30 * 24 * time.Hour
)

// security lists the timed steps of the security record, and what must come
// before something else.
func (b *builder) security() {
	if !b.secret || b.drill {
		return
	}
	for _, step := range model.SecuritySteps {
		b.securityStep(step)
	}
	b.evidence()
	b.credentials()
	b.heightenedWatch()
}

func (b *builder) securityStep(step model.SecurityStep) {
	if step.Within == 0 {
		return
	}
	d := Due{
		Kind: Security, Key: step.ID, From: b.declared, DueAt: b.declared.Add(step.Within), Who: "Incident commander", What: step.Text,
		Why: "security checklist",
	}
	v, state := b.inc.SecurityStepState(step.ID)
	decided := step.ID == "police" && b.inc.Decided("police") || step.ID == "insurer" && b.inc.Decided("insurer")
	switch {
	case decided:
		b.done(&d, "decision sheet")
	case state != model.StepOpen:
		b.done(&d, strings.TrimSpace(state+" "+v.Reason))
	case b.open:
		b.add(&d)
	}
}

// evidence asks for an image of each isolated system before anything is
// eradicated.
func (b *builder) evidence() {
	_, eradicated := b.inc.SecurityStepState("eradicate")
	if !b.open || eradicated != model.StepOpen {
		return
	}
	var seen []string
	for _, id := range b.inc.Items.Of(model.ClassIsolation) {
		item := b.inc.Items[id]
		system := item.Fields.Text(model.SystemName)
		if slices.Contains(seen, system) {
			continue
		}
		seen = append(seen, system)
		at := time.UnixMilli(item.Added.Recorded()).UTC()
		d := Due{
			Kind: Security, Key: "evidence/" + id.String(), From: at, DueAt: at.Add(time.Hour), Who: "Security lead", What: "Image of " + system + ", before it is eradicated",
			Why: "evidence is kept before change; wiping is refused until then",
		}
		if b.inc.EvidenceSecured(system) {
			b.done(&d, "image or waiver recorded")
			continue
		}
		b.add(&d)
	}
}

// credentials asks that every reachable credential is rotated and its old form
// seen to be refused; one believed unused is tried a second time.
func (b *builder) credentials() {
	for _, id := range b.inc.Items.Of(model.ClassCredential) {
		f := b.inc.Items[id].Fields
		name, added := f.Text(model.CredentialName), time.UnixMilli(b.inc.Items[id].Added.Recorded()).UTC()
		unused := f.Text(model.CredentialUnused) != ""
		d := Due{
			Kind: Credential, Key: id.String(), From: added, DueAt: added.Add(rotateWithin), Who: f.Text(model.CredentialOwner), What: "Rotate " + name,
			Why: "every reachable credential is rotated",
		}
		switch {
		case f.Text(model.CredentialRevoked) == "" && unused:
			d.What, d.Why = "Rotate "+name+", which is believed unused", "what was believed unused and not rotated let intruders back in"
		case f.Text(model.CredentialRevoked) != "" && f.Text(model.CredentialRefused) == "":
			d.What, d.Why = "See that the old "+name+" is refused", "a revocation can fail unseen"
		case f.Text(model.CredentialRefused) != "":
			b.done(&d, "refused by "+f.Text(model.CredentialRefused))
			if unused {
				b.recheck(id, name, f.Text(model.CredentialOwner))
			}
			continue
		}
		b.add(&d)
	}
}

// recheck asks once more for a credential that was believed unused: its refusal
// must have been recorded at least secondCheck after it was revoked.
func (b *builder) recheck(id model.ID, name, owner string) {
	f := b.inc.Items[id].Fields
	revoked := f.Time(model.CredentialRevoked)
	d := Due{
		Kind: Credential, Key: id.String() + "/again", From: revoked, DueAt: revoked.Add(secondCheck), Who: owner, What: "Check once more that the old " + name + " is refused",
		Why: "a credential believed unused is checked twice",
	}
	for _, w := range f[model.CredentialRefused].History() {
		if at := time.UnixMilli(w.Value.Stamp.Recorded()).UTC(); !at.Before(d.DueAt) {
			b.done(&d, "refused by "+w.Value.Text)
			return
		}
	}
	b.add(&d)
}

// heightenedWatch asks to watch for the intruder's return.
func (b *builder) heightenedWatch() {
	resolved, ok := b.inc.Milestone("resolved")
	if !ok || b.open {
		return
	}
	d := Due{
		Kind: Watch, Key: "intruder", From: resolved, DueAt: resolved.Add(heightened), Who: "Security lead", What: "Heightened watch ends: no indicator was seen again",
		Why: "a security incident is watched for 30 days", RemindAt: []time.Time{resolved.Add(heightened)},
	}
	if v, state := b.inc.SecurityStepState("watch"); state != model.StepOpen {
		b.done(&d, strings.TrimSpace(state+" "+v.Reason))
		return
	}
	b.add(&d)
}
