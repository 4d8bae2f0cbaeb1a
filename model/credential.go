package model

import (
	"time"

	"holdfast/model/policy"
)

// ClassCredential is a row of the credential sheet.
const ClassCredential = "credential"

// Fields of a credential. The secret itself is never written down.
const (
	CredentialName    = "name"
	CredentialKind    = "kind"
	CredentialOwner   = "owner"
	CredentialUsed    = "used" // where it is used; "unused" is rotated too
	CredentialReach   = "reach"
	CredentialExposed = "exposed" // since when
	CredentialRevoked = "revoked"
	CredentialIssued  = "issued"  // when a new one was issued
	CredentialRefused = "refused" // the system that was seen to refuse the old one
	CredentialEffect  = "effect"  // on services
	CredentialUnused  = "unused"  // yes where it is thought to be used nowhere
)

// AddCredential puts a credential that was within reach on the sheet.
type AddCredential struct {
	Incident string
	Name     string
	Kind     string // password, token, key, certificate, session ...
	Owner    string
	Used     string // where it is used
	Unused   bool   // thought to be used nowhere
	Reach    string // what it opens
	Exposed  time.Time
}

// Plan implements Command.
func (c AddCredential) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{CredentialName, "the name of the credential", c.Name, true, MaxTitle},
		formField{CredentialKind, "its kind", c.Kind, true, MaxName},
		formField{CredentialOwner, "its owner", c.Owner, true, MaxName},
		formField{CredentialUsed, "where it is used", c.Used, false, 0},
		formField{CredentialReach, "its reach", c.Reach, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if err := p.setTime(fields, CredentialExposed, "the time it was exposed", c.Exposed); err != nil {
		return Done{}, err
	}
	note := ""
	if c.Unused {
		fields[CredentialUnused], note = string(policy.Yes), "it is rotated all the same: what is believed unused is how intruders came back"
	}
	return Done{ID: p.addItem(inc.ID, ClassCredential, fields), Code: inc.Code, Note: note}, nil
}

// RotateCredential records how far the change of a credential is. Empty
// members are left alone.
type RotateCredential struct {
	Credential string
	Revoked    time.Time // when the old one was revoked
	Issued     time.Time // when a new one was issued
	Refused    string    // which system was seen to refuse the old one
	Effect     string    // on services
}

// Plan implements Command.
func (c RotateCredential) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Credential, "credential", ClassCredential)
	if err != nil {
		return Done{}, err
	}
	item := inc.Items[id]
	fields, err := fillForm(
		formField{CredentialRefused, "what refused the old one", c.Refused, false, MaxTitle},
		formField{CredentialEffect, "the effect", c.Effect, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if err := p.setTime(fields, CredentialRevoked, "the time it was revoked", c.Revoked); err != nil {
		return Done{}, err
	}
	if err := p.setTime(fields, CredentialIssued, "the time the new one was issued", c.Issued); err != nil {
		return Done{}, err
	}
	if len(fields) == 0 {
		return Done{}, refuse("say what was done: revoked, a new one issued, or what refused the old one. Nothing was written")
	}
	if fields[CredentialRefused] != "" && fields[CredentialRevoked] == "" && item.Fields.Text(CredentialRevoked) == "" {
		return Done{}, refuse("%s is not revoked yet, so nothing can have refused it. Nothing was written", item.Fields.Text(CredentialName))
	}
	for _, name := range []string{CredentialRevoked, CredentialIssued} {
		if old := item.Fields.Text(name); old != "" && fields[name] != "" {
			return Done{}, refuse("%s: %s is on record as %s, and stays; correct it with `log correct %s TEXT`. Nothing was written", item.Fields.Text(CredentialName), name, old, id.Short(8))
		}
	}
	for _, name := range []string{CredentialRevoked, CredentialIssued, CredentialRefused, CredentialEffect} {
		if fields[name] != "" {
			p.setItem(inc.ID, id, item, name, fields[name], "")
		}
	}
	done := Done{ID: id, Code: inc.Code}
	if fields[CredentialRefused] == "" && item.Fields.Text(CredentialRefused) == "" {
		done.Note = "now see that the old one is refused: revoking has failed unseen before"
	}
	return done, nil
}

// CredentialView is a row of the credential sheet.
type CredentialView struct {
	ID      ID        `json:"id"`
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	Owner   string    `json:"owner"`
	Used    string    `json:"used"`
	Unused  bool      `json:"unused"`
	Reach   string    `json:"reach"`
	Exposed time.Time `json:"exposed_at,omitzero"`
	Revoked time.Time `json:"revoked_at,omitzero"`
	Issued  time.Time `json:"issued_at,omitzero"`
	Refused string    `json:"refused_by"`
	Effect  string    `json:"effect"`
	// Done is true once the old one was seen to be refused.
	Done  bool         `json:"done"`
	Notes []ChangeView `json:"notes,omitempty"`
	By    string       `json:"by"`
	At    time.Time    `json:"at"`
}

// CredentialViews lists the credential sheet of an incident.
func (s *State) CredentialViews(inc *Incident) []CredentialView {
	views := []CredentialView{}
	for _, id := range inc.Items.Of(ClassCredential) {
		item := inc.Items[id]
		f := item.Fields
		views = append(views, CredentialView{
			ID: id, Name: f.Text(CredentialName), Kind: f.Text(CredentialKind), Owner: f.Text(CredentialOwner), Used: f.Text(CredentialUsed),
			Unused: f.Text(CredentialUnused) == string(policy.Yes), Reach: f.Text(CredentialReach), Exposed: f.Time(CredentialExposed),
			Revoked: f.Time(CredentialRevoked), Issued: f.Time(CredentialIssued), Refused: f.Text(CredentialRefused), Effect: f.Text(CredentialEffect),
			Done: f.Text(CredentialRefused) != "", Notes: s.annotations(inc, id), By: s.AuthorName(item.Added), At: item.addedAt(),
		})
	}
	return views
}
