package model

import (
	"slices"
	"strings"
	"time"
)

// Classes of what is done to systems.
const (
	ClassIsolation = "isolation" // a system that was cut off
	ClassWaiver    = "waiver"    // a decision to go on without an image
	ClassWipe      = "wipe"      // a system that was wiped or rebuilt
)

// Fields of these.
const (
	SystemName   = "system"
	SystemHow    = "how" // how it was cut off, wiped or rebuilt
	SystemAt     = "at"
	SystemBy     = "by" // id of who decided
	SystemEffect = "effect"
	SystemReason = "reason"
	SystemLifted = "lifted" // when the isolation ended
)

// EvidenceSecured reports whether a system may be wiped: an image of it is in
// the evidence register, with what it can be found or known by, or somebody
// decided to go on without one. Steps that destroy evidence ask this first.
func (i *Incident) EvidenceSecured(system string) bool {
	system = strings.TrimSpace(system)
	for _, item := range i.Items {
		if !item.Known() || !strings.EqualFold(item.Fields.Text(SystemName), system) {
			continue
		}
		if item.Class == ClassWaiver || item.Class == ClassEvidence && item.Fields.Text(EvidenceKind) == EvidenceImage && item.kept() {
			return true
		}
	}
	return false
}

// kept reports whether an item of evidence says where it is, or what its bytes are:
// without either it is a word that somebody meant to take one.
func (i *Item) kept() bool {
	for _, field := range [...]string{EvidenceStore, EvidenceFile, EvidenceSHA256, EvidenceAttachment} {
		if i.Fields.Text(field) != "" {
			return true
		}
	}
	return false
}

// Unsecured says what keeps the incident from being eradicated: the isolated
// systems without an image or a waiver; "" where nothing does.
func (i *Incident) Unsecured() string {
	var open []string
	any := false
	for _, item := range i.Items {
		if !item.Known() {
			continue
		}
		system := item.Fields.Text(SystemName)
		switch item.Class {
		case ClassIsolation:
			if !i.EvidenceSecured(system) && !slices.Contains(open, system) {
				open = append(open, system)
			}
		case ClassEvidence, ClassWaiver:
			any = true
		}
	}
	slices.Sort(open)
	switch {
	case len(open) > 0:
		return "there is no image of " + someOf(open)
	case !any:
		return "no evidence was recorded yet"
	}
	return ""
}

// Isolate records that a system was cut off: a host, an account, a token or a
// network path.
type Isolate struct {
	Incident string
	System   string
	How      string
	Effect   string    // on services
	At       time.Time // zero is now
}

// Plan implements Command.
func (c Isolate) Plan(p *Planner) (Done, error) {
	return p.system(c.Incident, ClassIsolation, c.At,
		formField{SystemName, "the system", c.System, true, MaxName},
		formField{SystemHow, "how it was cut off", c.How, true, 0},
		formField{SystemEffect, "the effect", c.Effect, false, 0})
}

// system writes something that was done to a system.
func (p *Planner) system(incident, class string, at time.Time, form ...formField) (Done, error) {
	inc, err := p.secured(incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(form...)
	if err != nil {
		return Done{}, err
	}
	if at.IsZero() {
		at = p.Now
	}
	if err := p.setTime(fields, SystemAt, "its time", at); err != nil {
		return Done{}, err
	}
	return Done{ID: p.addItem(inc.ID, class, fields), Code: inc.Code}, nil
}

// LiftIsolation records that a system is connected again.
type LiftIsolation struct {
	Isolation string // id
	Reason    string
}

// Plan implements Command.
func (c LiftIsolation) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Isolation, "isolated system", ClassIsolation)
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if inc.Items[id].Fields.Text(SystemLifted) != "" {
		return Done{}, refuse("the isolation of %s ended already. Nothing was changed", inc.Items[id].Fields.Text(SystemName))
	}
	p.setItem(inc.ID, id, inc.Items[id], SystemLifted, FormatTime(p.Now), reason)
	return Done{ID: id, Code: inc.Code}, nil
}

// WaiveEvidence records the decision to go on without an image of a system.
type WaiveEvidence struct {
	Incident string
	System   string
	Reason   string
	Person   string // who decided; needed
}

// Plan implements Command.
func (c WaiveEvidence) Plan(p *Planner) (Done, error) {
	if c.Person == "" {
		return Done{}, refuse("say who decides to go on without evidence of %s. Nothing was written", c.System)
	}
	person, err := p.State.FindPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	return p.system(c.Incident, ClassWaiver, time.Time{},
		formField{SystemName, "the system", c.System, true, MaxName},
		formField{SystemReason, "the reason", c.Reason, true, 0},
		formField{SystemBy, "the person", person.String(), true, 0})
}

// RecordWipe records that a system is wiped, re-imaged or rebuilt. It is
// refused until the evidence is kept or waived.
type RecordWipe struct {
	Incident string
	System   string
	How      string
	At       time.Time // zero is now
}

// Plan implements Command.
func (c RecordWipe) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !inc.EvidenceSecured(c.System) {
		return Done{}, refuse("there is no image of %q in the evidence register, and wiping it destroys what it holds. Take an image and `evidence add` it with --kind image and its file or where it is kept (--store), or record a waiver with its reason. Nothing was written", strings.TrimSpace(c.System))
	}
	return p.system(c.Incident, ClassWipe, c.At,
		formField{SystemName, "the system", c.System, true, MaxName},
		formField{SystemHow, "how it was wiped", c.How, true, 0})
}

// SystemView is something that was done to a system.
type SystemView struct {
	ID     ID        `json:"id"`
	Act    string    `json:"act"` // isolation, waiver or wipe
	System string    `json:"system"`
	How    string    `json:"how,omitempty"`
	Effect string    `json:"effect,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Person string    `json:"person,omitempty"`
	At     time.Time `json:"at"`
	Lifted time.Time `json:"lifted_at,omitzero"`
	// Secured is true where an image or a waiver is recorded.
	Secured bool   `json:"evidence_secured"`
	By      string `json:"by"`
}

func (s *State) systemViews(inc *Incident) []SystemView {
	views := []SystemView{}
	for _, class := range []string{ClassIsolation, ClassWaiver, ClassWipe} {
		for _, id := range inc.Items.Of(class) {
			item := inc.Items[id]
			f := item.Fields
			views = append(views, SystemView{
				ID: id, Act: class, System: f.Text(SystemName), How: f.Text(SystemHow), Effect: f.Text(SystemEffect), Reason: f.Text(SystemReason),
				Person: s.personText(f, SystemBy), At: f.Time(SystemAt), Lifted: f.Time(SystemLifted),
				Secured: inc.EvidenceSecured(f.Text(SystemName)), By: s.AuthorName(item.Added),
			})
		}
	}
	return views
}
