package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Declare opens an incident.
type Declare struct {
	Title     string
	Severity  string // empty is P1: unsure takes the higher
	Type      string
	Types     []string
	Detection string
	// Source names an imported incident where it comes from; it is imported
	// once. Origin, Notes and Zone are what the import tells beside.
	Source, Origin, Notes, Zone string
	// Milestones by name. Declared is now where it is not given, but for an
	// import, which nobody declared now.
	Milestones map[string]time.Time
	// Entries are logged in the same commit, as an import does.
	Entries []Log
}

// Plan implements Command.
func (c Declare) Plan(p *Planner) (Done, error) {
	title, err := line("the title", c.Title, MaxTitle)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{FieldTitle: title, FieldSeverity: P1, FieldPhase: Phases[0], FieldState: StateOpen}
	if c.Severity != "" {
		if fields[FieldSeverity], err = choose("severity", c.Severity, Severities[:]); err != nil {
			return Done{}, err
		}
	}
	for _, choice := range []struct {
		field, text string
		list        []string
	}{{FieldType, c.Type, Types[:]}, {FieldDetection, c.Detection, Detections[:]}} {
		if choice.text == "" {
			continue
		}
		if fields[choice.field], err = choose(choice.field, choice.text, choice.list); err != nil {
			return Done{}, err
		}
	}
	var further []string
	for _, t := range c.Types {
		name, err := choose("type", t, Types[:])
		if err != nil {
			return Done{}, err
		}
		further = append(further, name)
	}
	if len(further) > 0 {
		fields[FieldTypes] = strings.Join(further, "\n")
	}
	if err := c.told(p, fields); err != nil {
		return Done{}, err
	}
	if err := c.milestones(p, fields); err != nil {
		return Done{}, err
	}
	return c.commit(p, fields)
}

// maxSource bounds where an import was told: a link or two, or an id.
const maxSource = 2000

// told adds where an imported incident was told, and what was told beside.
func (c Declare) told(p *Planner, fields map[string]string) error {
	if c.Source != "" {
		source, err := line("the source", c.Source, maxSource)
		if err != nil {
			return err
		}
		if old := p.State.bySource(source); old != nil {
			return refuse("%s is in this room already, as %s; nothing was imported", source, old.Code)
		}
		fields[FieldSource] = source
	}
	for _, remarked := range [][2]string{{FieldOrigin, c.Origin}, {FieldNotes, c.Notes}, {FieldZone, c.Zone}} {
		text, err := remark("the "+remarked[0], remarked[1])
		if err != nil {
			return err
		}
		if text != "" {
			fields[remarked[0]] = text
		}
	}
	return nil
}

func (c Declare) milestones(p *Planner, fields map[string]string) error {
	if c.Source == "" {
		fields[FieldMilestone("declared")] = FormatTime(p.Now)
	}
	if err := setMilestones(fields, c.Milestones); err != nil {
		return err
	}
	if _, ok := fields[FieldMilestone("resolved")]; ok {
		fields[FieldState], fields[FieldPhase] = StateResolved, Phases[5]
	}
	return nil
}

// setMilestones adds milestones to the fields of an incident. Names may be
// written with _ for the hyphen, as JSON does.
func setMilestones(fields map[string]string, milestones map[string]time.Time) error {
	for _, name := range slices.Sorted(maps.Keys(milestones)) {
		known, err := choose("milestone", strings.ReplaceAll(name, "_", "-"), Milestones[:])
		if err != nil {
			return err
		}
		at := milestones[name]
		if y := at.UTC().Year(); y < 1 || y > 9999 {
			return refuse("the time of milestone %s is in the year %d", known, y)
		}
		fields[FieldMilestone(known)] = FormatTime(at)
	}
	return nil
}

func (c Declare) commit(p *Planner, fields map[string]string) (Done, error) {
	id := OpID(p.feed, p.seq, len(p.ops))
	code := p.State.newCode(id)
	p.add(KindDeclared, ID{}, declared{Code: code, Fields: fields})
	for _, e := range c.Entries {
		if err := e.add(p, id); err != nil {
			return Done{}, err
		}
	}
	return Done{ID: id, Code: code}, nil
}

// newCode picks the shortest name from the start of the id that no incident
// here has yet. Two peers apart may pick the same; then the name is refused as
// ambiguous where it is typed, and the longer id tells them apart.
func (s *State) newCode(id ID) string {
	taken := map[string]bool{}
	for _, inc := range s.Incidents {
		taken[inc.Code] = true
	}
	for n := minPrefix; ; n++ {
		if code := "INC-" + id.Short(n); !taken[code] || n >= len(id.String()) {
			return code
		}
	}
}

func (s *State) bySource(source string) *Incident {
	for _, inc := range s.Incidents {
		if inc.Known() && inc.Fields.Text(FieldSource) == source {
			return inc
		}
	}
	return nil
}

// choose reads one of a fixed list, in either case.
func choose(what, text string, list []string) (string, error) {
	for _, item := range list {
		if strings.EqualFold(item, strings.TrimSpace(text)) {
			return item, nil
		}
	}
	return "", refuse("%s %q is not known; it is one of: %s", what, text, strings.Join(list, ", "))
}

// SetIncident changes fields of an incident. Empty members are left alone.
type SetIncident struct {
	Incident  string
	Title     string
	Severity  string
	Reason    string // required with Severity
	Phase     string
	Type      string
	Detection string
	Impact    string
	// Data answers whether personal data is involved: yes, no or unknown.
	Data       string
	Milestones map[string]time.Time
	// NextUpdate is the time promised for the next update.
	NextUpdate time.Time
}

// Plan implements Command.
func (c SetIncident) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if c.Severity != "" && strings.TrimSpace(c.Reason) == "" {
		return Done{}, refuse("a change of severity needs a reason; nothing was changed")
	}
	values := map[string]string{}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	for _, set := range []struct {
		field, text string
		list        []string
	}{
		{FieldSeverity, c.Severity, Severities[:]},
		{FieldPhase, c.Phase, Phases[:]},
		{FieldType, c.Type, Types[:]},
		{FieldDetection, c.Detection, Detections[:]},
		{FieldData, c.Data, []string{"yes", "no", "unknown"}},
	} {
		if set.text == "" {
			continue
		}
		if values[set.field], err = choose(set.field, set.text, set.list); err != nil {
			return Done{}, err
		}
	}
	if c.Title != "" {
		if values[FieldTitle], err = line("the title", c.Title, MaxTitle); err != nil {
			return Done{}, err
		}
	}
	if c.Impact != "" {
		if values[FieldImpact], err = prose("the impact", c.Impact); err != nil {
			return Done{}, err
		}
	}
	if err := setMilestones(values, c.Milestones); err != nil {
		return Done{}, err
	}
	if !c.NextUpdate.IsZero() {
		values[FieldNext] = FormatTime(c.NextUpdate)
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to set; name a field")
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, field, values[field], reason)
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// Settle ends a conflict: the field takes the value, and every value that
// competed stays in the history.
type Settle struct {
	Incident string
	Field    string
	// Value is one of those in conflict, as written or as a view shows it: a
	// person may be given by name.
	Value  string
	Reason string
}

// Plan implements Command.
func (c Settle) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	writes := inc.Fields.conflict(c.Field)
	if writes == nil {
		return Done{}, refuse("%s of %s is not in conflict; someone may have settled it already", c.Field, inc.Code)
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	var values []string
	for _, w := range writes {
		shown := p.State.shown(c.Field, w.Value.Text)
		if w.Value.Text == c.Value || strings.EqualFold(shown, c.Value) {
			p.set(KindIncidentField, inc.ID, inc.Fields, c.Field, w.Value.Text, reason)
			return Done{ID: inc.ID, Code: inc.Code}, nil
		}
		values = append(values, strconv.Quote(shown))
	}
	return Done{}, refuse("%q is none of the values in conflict: %s", c.Value, strings.Join(values, ", "))
}

// Resolve ends the work on an incident: what it broke works again.
type Resolve struct {
	Incident     string
	Verification string // what shows that it works again
	At           time.Time
}

// Plan implements Command.
func (c Resolve) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !inc.Open() {
		return Done{}, refuse("%s is %s already", inc.Code, inc.State())
	}
	proof, err := prose("the verification", c.Verification)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateResolved, proof)
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("resolved"), FormatTime(at), "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// Close files a resolved incident.
type Close struct{ Incident string }

// Plan implements Command.
func (c Close) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	switch inc.State() {
	case StateClosed:
		return Done{}, refuse("%s is closed already", inc.Code)
	case StateOpen:
		return Done{}, refuse("%s is not resolved; resolve it first, with what shows that it works again", inc.Code)
	}
	open := 0
	for _, t := range inc.Tasks {
		if !t.Added.zero() && !t.Done() {
			open++
		}
	}
	if open > 0 {
		return Done{}, refuse("%s has %s open; answer them first", inc.Code, count(open, "task"))
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateClosed, "")
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("closed"), FormatTime(p.Now), "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// Reopen takes the work up again.
type Reopen struct {
	Incident string
	Reason   string
}

// Plan implements Command.
func (c Reopen) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if inc.Open() {
		return Done{}, refuse("%s is open", inc.Code)
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldState, StateOpen, reason)
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("reopened"), FormatTime(p.Now), "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}
