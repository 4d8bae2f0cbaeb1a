package model

import (
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
	// heard are milestones that a machine told by its own clock, as a monitor does:
	// they are kept to the millisecond, and no correction of ours moves them.
	heard map[string]time.Time
	// Confirm takes milestones that stand before their cause, and times to come.
	Confirm bool
	// Entries are logged in the same commit, as an import does.
	Entries []Log
}

// Confirmed implements Doubtful.
func (c Declare) Confirmed() Command { c.Confirm = true; return c }

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
	if len(c.Types) > 0 {
		if fields[FieldTypes], err = furtherTypes(c.Types); err != nil {
			return Done{}, err
		}
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
	if err := p.setMilestones(fields, c.Milestones, c.Source != "" || c.Origin != ""); err != nil {
		return err
	}
	if err := p.setMilestones(fields, c.heard, true); err != nil {
		return err
	}
	if c.Source == "" && !c.Confirm { // an import keeps what was told, odd as it may be
		if err := p.possible(Fields{}.when, fields); err != nil {
			return err
		}
	}
	if _, ok := fields[FieldMilestone("resolved")]; ok {
		fields[FieldState], fields[FieldPhase] = StateResolved, Phases[5]
	}
	return nil
}

func (c Declare) commit(p *Planner, fields map[string]string) (Done, error) {
	id := OpID(p.feed, p.seq, len(p.ops))
	code := p.State.newCode(id)
	p.add(KindDeclared, ID{}, declared{Code: code, Fields: fields})
	for _, e := range c.Entries {
		e.Confirm = e.Confirm || c.Confirm || c.Source != "" // an import keeps what was told
		if err := e.add(p, id); err != nil {
			return Done{}, err
		}
	}
	return Done{ID: id, Code: code, Note: p.State.typeNote(append(lines(fields[FieldType]), lines(fields[FieldTypes])...))}, nil
}

// newCode picks the shortest name from the start of the id that no incident
// here has yet. Two peers apart may pick the same; then the name is refused as
// ambiguous where it is typed, and the longer id tells them apart.
func (s *State) newCode(id ID) string {
	taken := map[string]bool{}
	for inc := range s.Incidents() {
		taken[inc.Code] = true
	}
	for n := minPrefix; ; n++ {
		if code := "INC-" + id.Short(n); !taken[code] || n >= len(id.String()) {
			return code
		}
	}
}

// bySource gives the incident that was imported from a source; of several, which
// two sides of a split imported apart, the one declared first.
func (s *State) bySource(source string) (first *Incident) {
	for inc := range s.Incidents() {
		if inc.Known() && inc.Fields.Text(FieldSource) == source && (first == nil || inc.Declared.Compare(first.Declared) < 0) {
			first = inc
		}
	}
	return first
}

// Twins lists the other incidents that the same file was imported as apart and
// that nobody has merged yet, by age. All peers propose to merge the younger
// under the oldest.
func (s *State) Twins(inc *Incident) (twins []*Incident) {
	source := inc.Fields.Text(FieldSource)
	if source == "" || inc.Fields.Text(FieldParent) != "" {
		return nil
	}
	for other := range s.Incidents() {
		if other != inc && other.Known() && other.Fields.Text(FieldSource) == source && other.Fields.Text(FieldParent) == "" {
			twins = append(twins, other)
		}
	}
	slices.SortFunc(twins, func(a, b *Incident) int { return a.Declared.Compare(b.Declared) })
	return twins
}

// BySource gives the incident that was imported from a source, the one declared
// first of several; nil where there is none.
func (s *State) BySource(source string) *Incident {
	if source == "" {
		return nil
	}
	return s.bySource(source)
}

// choose reads one of a fixed list, in either case, or the start of one that fits
// it alone.
func choose(what, text string, list []string) (string, error) {
	want := strings.ToLower(strings.TrimSpace(text))
	var begun []string
	for _, item := range list {
		switch {
		case strings.EqualFold(item, want):
			return item, nil
		case len(want) >= minPrefix && strings.HasPrefix(strings.ToLower(item), want):
			begun = append(begun, item)
		}
	}
	if len(begun) == 1 {
		return begun[0], nil
	}
	return "", refuse("%s %q is not known; it is one of: %s", what, text, strings.Join(list, ", "))
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
			if c.Field == FieldSeverity {
				if err := p.State.mayLower(inc, w.Value.Text, "", ""); err != nil {
					return Done{}, err
				}
			}
			at := p.set(KindIncidentField, inc.ID, inc.Fields, c.Field, w.Value.Text, reason)
			own := strings.HasPrefix(c.Field, rolePrefix) && w.Value.Text == p.Person.String()
			if own || inc.accepted(c.Field, w.Key) { // whom it leaves in the role says yes to it, or has
				p.set(KindIncidentField, inc.ID, inc.Fields, acceptPrefix+c.Field, at.String(), "")
			}
			return Done{ID: inc.ID, Code: inc.Code}, nil
		}
		values = append(values, strconv.Quote(shown))
	}
	return Done{}, refuse("%q is none of the values in conflict: %s", c.Value, strings.Join(values, ", "))
}
