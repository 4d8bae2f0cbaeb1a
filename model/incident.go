package model

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
)

// Severities, most severe first. Response times and escalation are policy.
const (
	P0 = "P0"
	P1 = "P1"
	P2 = "P2"
	P3 = "P3"
)

// Severities lists the levels, most severe first.
var Severities = [...]string{P0, P1, P2, P3}

// Types lists the six types of incident of the response plan.
var Types = [...]string{
	"Service Outage", "Performance Degradation", "Data Loss or Corruption",
	"Security Breach", "Integration Failure", "Data Privacy Incident",
}

// Detections lists the ways an incident is found.
var Detections = [...]string{
	"Monitoring alerts", "Health check failures", "User reports", "Support tickets", "Internal discovery",
}

// Phases lists the six phases; one leads, and tracks may overlap.
var Phases = [...]string{"triage", "investigation", "containment", "resolution", "recovery", "post-incident"}

// Milestones lists the milestones in the order they usually come.
var Milestones = [...]string{
	"started", "detected", "acknowledged", "declared", "cause-found", "mitigated", "resolved", "closed", "reopened",
}

// Names of the fields of an incident. Milestones and roles have prefixes.
const (
	FieldTitle     = "title"
	FieldSeverity  = "severity"
	FieldType      = "type"
	FieldTypes     = "types" // further types, one a line
	FieldDetection = "detection"
	FieldPhase     = "phase"
	FieldImpact    = "impact"
	FieldState     = "state"
	FieldNext      = "next-update" // when the next update was promised
	FieldSource    = "source"      // what names an imported incident at its source
	FieldOrigin    = "origin"      // where an imported incident was told: links, licence
	FieldNotes     = "notes"
	FieldZone      = "zone" // IANA zone its people wrote times in
	FieldData      = "data" // is personal data involved? yes, no or unknown
	FieldDrill     = "drill"
	FieldParent    = "parent"      // id of the incident this one was merged under
	FieldLong      = "rhythm.long" // yes where the slower rhythm was announced

	milestonePrefix = "milestone."
	rolePrefix      = "role."
	acceptPrefix    = "accepted."
	toolPrefix      = "tool."
	handoverPrefix  = "handover."
)

// States of an incident.
const (
	StateOpen     = "open"
	StateResolved = "resolved"
	StateClosed   = "closed"
)

// FieldMilestone names the field that holds a milestone.
func FieldMilestone(name string) string { return milestonePrefix + name }

// FieldAsk names the field that says whether an audience is to be told that is
// told only where a person says so.
func FieldAsk(audience string) string { return "ask." + audience }

// FieldReview names the field that holds when a step of the post-mortem was
// done: draft, booked, held, actions or published.
func FieldReview(step string) string { return reviewPrefix + step }

// FieldTool names the field that says how a tool of the responders is: up,
// shaky, down or unknown.
func FieldTool(tool string) string { return toolPrefix + tool }

// Incident is one incident of the room.
type Incident struct {
	ID ID
	// Code is the name people use, such as INC-7K2M.
	Code string
	// Declared is zero while only ops about the incident have arrived.
	Declared Stamp
	Fields   Fields
	// Entries are those at hand, and what was written about packed ones since:
	// All and Entry give every one.
	Entries map[ID]*Entry
	Packs   []Pack `cbor:",omitempty"`
	// Places are where in the log the entries of packs are that have no bytes.
	Places   map[Hash][]byte `cbor:",omitempty"`
	Tasks    map[ID]*Task
	Messages map[ID]*Message
	Items    Items `cbor:",omitempty"`
	// Texts that people write together, by name.
	Texts map[string]*LongText `cbor:",omitempty"`

	// written is when the last entry was written, in milliseconds. loose counts the
	// entries at hand, and corrected names those with corrections.
	written   int64
	loose     int
	corrected []ID
	attic     *attic

	hashed bool
	hash   Hash
}

func (i *Incident) changed() { i.hashed = false }

func (i *Incident) digest() (Hash, error) {
	if i.hashed {
		return i.hash, nil
	}
	shell := *i
	shell.Entries, shell.Packs, shell.Places = nil, nil, nil
	b, err := canonical.enc.Marshal(&shell)
	h := sha256.New()
	h.Write(b)
	if err = errors.Join(err, i.entrySum(h)); err != nil {
		return Hash{}, fmt.Errorf("hash incident %s: %w", i.Code, err)
	}
	i.hash, i.hashed = Hash(h.Sum(nil)), true
	return i.hash, nil
}

func (i *Incident) declare(at Stamp, body declared) {
	i.Declared, i.Code = at, body.Code
	i.Fields.initial(at, body.Fields)
}

// Known reports whether the declaration has arrived.
func (i *Incident) Known() bool { return !i.Declared.zero() }

// Title gives the current title.
func (i *Incident) Title() string { return i.Fields.Text(FieldTitle) }

// Severity gives the current level. Where two were set apart, the more severe
// one counts until a person settles it.
func (i *Incident) Severity() string {
	if w := i.Fields.conflict(FieldSeverity); w != nil {
		worst := w[0].Value.Text
		for _, c := range w {
			if severityRank(c.Value.Text) < severityRank(worst) {
				worst = c.Value.Text
			}
		}
		return worst
	}
	return i.Fields.Text(FieldSeverity)
}

// Phase gives the lead phase.
func (i *Incident) Phase() string { return i.Fields.Text(FieldPhase) }

// PhaseSince is when the lead phase began to lead, by its author's corrected
// clock; zero where the incident is in its first.
func (i *Incident) PhaseSince() time.Time {
	r := i.Fields[FieldPhase]
	if r == nil || len(r.History()) < 2 {
		return time.Time{}
	}
	v, _ := r.Value()
	return viewMilli(v.Stamp.Recorded())
}

// State gives open, resolved or closed.
func (i *Incident) State() string {
	if t := i.Fields.Text(FieldState); t != "" {
		return t
	}
	return StateOpen
}

// Open reports whether people still work on the incident.
func (i *Incident) Open() bool { return i.State() == StateOpen }

// Milestone gives the time of a milestone; false where it is not set.
func (i *Incident) Milestone(name string) (time.Time, bool) {
	return i.Fields.when(FieldMilestone(name))
}

// Since is when the incident began for those it hurts: started, else detected,
// else declared.
func (i *Incident) Since() time.Time {
	for _, name := range []string{"started", "detected", "declared"} {
		if t, ok := i.Milestone(name); ok {
			return t
		}
	}
	return time.UnixMilli(i.Declared.Recorded()).UTC()
}

// FormatTime is the one form of a time in a field.
func FormatTime(t time.Time) string {
	return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

func parseTime(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if t = t.UTC(); err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false // the offset may have moved it out of what can be written
	}
	return t, true
}

// Conflict is a field, or an entry, with values written apart that nobody has
// settled yet.
type Conflict struct {
	// Field is the name of the field, or "entry" or "task" with Entry set to its id.
	Field  string
	Entry  ID
	Writes []crdt.Write[ID, Value]
}

// Conflicts lists what is unsettled, the command of the incident first.
func (i *Incident) Conflicts() []Conflict {
	var list []Conflict
	for _, name := range slices.Sorted(maps.Keys(i.Fields)) {
		if strings.HasPrefix(name, acceptPrefix) {
			continue
		}
		if writes := i.Fields.conflict(name); writes != nil {
			list = append(list, Conflict{Field: name, Writes: writes})
		}
	}
	var disputed []ID
	for _, id := range i.corrected {
		if i.contested(id) {
			disputed = append(disputed, id)
		}
	}
	slices.SortFunc(disputed, ID.Compare)
	for _, id := range disputed {
		versions := i.Entry(id).current(id)
		if len(versions) < 2 {
			continue
		}
		c := Conflict{Field: "entry", Entry: id}
		for _, v := range versions {
			c.Writes = append(c.Writes, crdt.Write[ID, Value]{
				Key: v.Key, Rank: v.Rank, Value: Value{Text: v.Value.Text, Stamp: v.Value.Stamp},
			})
		}
		list = append(list, c)
	}
	for _, id := range slices.SortedFunc(maps.Keys(i.Tasks), ID.Compare) {
		if t := i.Tasks[id]; t.Known() && t.Disputed() {
			c := Conflict{Field: FieldTask, Entry: id}
			for _, w := range t.Fields.conflict(TaskState) {
				w.Value.Reason = t.resultOf(w.Value.Text)
				c.Writes = append(c.Writes, w)
			}
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b Conflict) int { return conflictRank(a.Field) - conflictRank(b.Field) })
	return list
}

// FieldTask names a conflict about how a task ended.
const FieldTask = "task"

func conflictRank(field string) int {
	switch field {
	case rolePrefix + RoleCommander:
		return 0
	case FieldSeverity:
		return 1
	}
	return 2
}

// LastWritten is when the last entry was written, or the last word on a cause
// or a decision, by its author's corrected clock; the declaration where there is
// none yet.
func (i *Incident) LastWritten() time.Time {
	last := i.written
	for _, item := range i.Items {
		switch item.Class {
		case ClassHypothesis, ClassIndication, ClassOption, ClassDecision:
			if item.Known() {
				last = max(last, item.Added.Recorded())
			}
		}
	}
	if last == 0 {
		return i.declaredAt()
	}
	return viewMilli(last)
}

// ToolsAnswered reports whether somebody said of any tool how it is.
func (i *Incident) ToolsAnswered() bool {
	for name := range i.Fields {
		if strings.HasPrefix(name, toolPrefix) {
			return true
		}
	}
	return false
}

// Drill reports whether the incident is an exercise: it is kept out of every
// figure, and its messages stay inside.
func (i *Incident) Drill() bool { return i.Fields.Text(FieldDrill) != "" }
