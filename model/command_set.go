package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// SetIncident changes fields of an incident. Empty members are left alone.
type SetIncident struct {
	Incident  string
	Title     string
	Severity  string
	Reason    string // required with Severity
	Phase     string
	Type      string
	Types     []string // further types, all of them; NoTypes alone takes them away
	Detection string
	Impact    string
	// Data answers whether personal data is involved: yes, no or unknown.
	Data       string
	Milestones map[string]time.Time
	// Confirm takes milestones that stand before their cause or are to come.
	Confirm bool
	// NextUpdate is the time promised for the next update.
	NextUpdate time.Time
}

// NoTypes is what stands for no further types.
const NoTypes = "none"

// Confirmed implements Doubtful.
func (c SetIncident) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c SetIncident) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	values, err := c.chosen()
	if err != nil {
		return Done{}, err
	}
	if err := c.texts(values); err != nil {
		return Done{}, err
	}
	if err := c.times(p, inc, values); err != nil {
		return Done{}, err
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to set; name a field")
	}
	if level := values[FieldSeverity]; level != "" {
		if err := p.State.mayLower(inc, level, "", values[FieldData]); err != nil {
			return Done{}, err
		}
	}
	if err := p.State.lead(inc, values); err != nil {
		return Done{}, err
	}
	note := notes(p.State.typeNote(c.newTypes(values)), p.State.typesGone(inc, values))
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, field, values[field], reason)
	}
	return Done{ID: inc.ID, Code: inc.Code, Note: note}, nil
}

// lead checks the phase that is to lead. A track that leads from now on is none
// beside the lead any more.
func (s *State) lead(inc *Incident, values map[string]string) error {
	phase := values[FieldPhase]
	if phase == "" || phase == inc.Phase() {
		return nil
	}
	if err := inc.mayLead(phase); err != nil {
		return err
	}
	if inc.onTrack(phase) {
		values[FieldTrack(phase)] = TrackLeft
		return nil
	}
	return s.mayEnter(inc, phase)
}

// chosen gives the fields that are one of a list.
func (c SetIncident) chosen() (map[string]string, error) {
	values := map[string]string{}
	if c.Severity != "" && strings.TrimSpace(c.Reason) == "" {
		return nil, refuse("a change of severity needs a reason; nothing was changed")
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
		var err error
		if values[set.field], err = choose(set.field, set.text, set.list); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (c SetIncident) texts(values map[string]string) (err error) {
	if c.Title != "" {
		if values[FieldTitle], err = line("the title", c.Title, MaxTitle); err != nil {
			return err
		}
	}
	if c.Impact != "" {
		if values[FieldImpact], err = prose("the impact", c.Impact); err != nil {
			return err
		}
	}
	switch {
	case len(c.Types) == 1 && c.Types[0] == NoTypes:
		values[FieldTypes] = ""
	case len(c.Types) > 0:
		if values[FieldTypes], err = furtherTypes(c.Types); err != nil {
			return err
		}
	}
	return nil
}

func (c SetIncident) times(p *Planner, inc *Incident, values map[string]string) error {
	if err := p.setMilestones(values, c.Milestones, false); err != nil {
		return err
	}
	if !c.Confirm {
		if err := p.possible(inc.Fields.when, values); err != nil {
			return err
		}
	}
	if !c.NextUpdate.IsZero() {
		if err := inc.over("no update was promised", ""); err != nil {
			return err
		}
		values[FieldNext] = FormatTime(p.clocked(c.NextUpdate))
	}
	return nil
}

// newTypes lists the types this command sets.
func (c SetIncident) newTypes(values map[string]string) []string {
	return append(lines(values[FieldType]), lines(values[FieldTypes])...)
}
