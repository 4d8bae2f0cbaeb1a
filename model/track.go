package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// trackPrefix begins the fields that hold phases which run beside the lead.
const trackPrefix = "track."

// What a track field says.
const (
	TrackEntered = "entered"
	TrackLeft    = "left"
)

// FieldTrack names the field of a phase that runs beside the lead phase.
func FieldTrack(phase string) string { return trackPrefix + phase }

// PhaseSpan is a time in one phase.
type PhaseSpan struct {
	Phase string
	// Lead is false for a track that runs beside the lead phase.
	Lead          bool
	Entered, Left time.Time // Left is zero while it runs
	Reason        string
	By            Stamp
}

// PhaseSpans gives the phases in the order they were entered: the leads one
// after another, and the tracks beside them.
func (i *Incident) PhaseSpans() []PhaseSpan {
	spans := i.leads()
	for _, phase := range Phases {
		r := i.Fields[FieldTrack(phase)]
		if r == nil {
			continue
		}
		running := -1
		for _, w := range r.History() {
			at := viewMilli(w.Value.Stamp.Recorded())
			switch {
			case w.Value.Text == TrackEntered && running < 0:
				running = len(spans)
				spans = append(spans, PhaseSpan{Phase: phase, Entered: at, Reason: w.Value.Reason, By: w.Value.Stamp})
			case w.Value.Text != TrackEntered && running >= 0:
				spans[running].Left, running = at, -1
			}
		}
		// After a split one may have left what another still works on.
		if running >= 0 && !i.onTrack(phase) {
			spans[running].Left = spans[running].Entered
		}
	}
	slices.SortStableFunc(spans, func(a, b PhaseSpan) int {
		return cmp.Or(a.Entered.Compare(b.Entered), a.By.Compare(b.By), cmp.Compare(a.Phase, b.Phase))
	})
	return spans
}

// leads gives the lead phases in the order of writing; the same phase written
// again makes no new span.
func (i *Incident) leads() []PhaseSpan {
	r := i.Fields[FieldPhase]
	if r == nil {
		return nil
	}
	var spans []PhaseSpan
	next := func(phase string, at time.Time, reason string, by Stamp) {
		if n := len(spans); n > 0 {
			if spans[n-1].Phase == phase {
				return
			}
			spans[n-1].Left = at
		}
		spans = append(spans, PhaseSpan{Phase: phase, Lead: true, Entered: at, Reason: reason, By: by})
	}
	for _, w := range r.History() {
		at := viewMilli(w.Value.Stamp.Recorded())
		if d := i.declaredAt(); w.Value.Stamp == i.Declared && !d.IsZero() {
			at = d
		}
		next(w.Value.Text, at, w.Value.Reason, w.Value.Stamp)
	}
	if n := len(spans); n > 0 {
		next(i.Phase(), spans[n-1].Entered, spans[n-1].Reason, spans[n-1].By)
	}
	return spans
}

// onTrack reports whether a phase runs beside the lead.
func (i *Incident) onTrack(phase string) bool {
	return i.Fields.Text(FieldTrack(phase)) == TrackEntered
}

// EnterPhase opens a phase beside the lead: containment does not wait for the
// investigation.
type EnterPhase struct {
	Incident, Phase, Reason string
}

// Plan implements Command.
func (c EnterPhase) Plan(p *Planner) (Done, error) {
	inc, phase, reason, err := p.track(c.Incident, c.Phase, c.Reason)
	if err != nil {
		return Done{}, err
	}
	switch {
	case inc.Phase() == phase:
		return Done{}, refuse("%s leads in %s already; nothing was changed", phase, inc.Code)
	case inc.onTrack(phase):
		return Done{}, refuse("%s runs beside %s in %s already; nothing was changed", phase, inc.Phase(), inc.Code)
	}
	if err := inc.mayLead(phase); err != nil {
		return Done{}, err
	}
	if err := p.State.mayEnter(inc, phase); err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldTrack(phase), TrackEntered, reason)
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// LeavePhase ends a phase that runs beside the lead. The lead phase is left by
// setting another one.
type LeavePhase struct {
	Incident, Phase, Reason string
}

// Plan implements Command.
func (c LeavePhase) Plan(p *Planner) (Done, error) {
	inc, phase, reason, err := p.track(c.Incident, c.Phase, c.Reason)
	if err != nil {
		return Done{}, err
	}
	switch {
	case inc.Phase() == phase:
		return Done{}, refuse("%s leads in %s; it is left by setting the next lead phase. Nothing was changed", phase, inc.Code)
	case !inc.onTrack(phase):
		return Done{}, refuse("%s does not run in %s; nothing was changed", phase, inc.Code)
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldTrack(phase), TrackLeft, reason)
	done := Done{ID: inc.ID, Code: inc.Code}
	var left []string
	for _, c := range p.State.unticked(inc, phase) {
		left = append(left, c.Text)
	}
	if len(left) > 0 {
		done.Note = "left without: " + strings.Join(left, "; ")
	}
	return done, nil
}

func (p *Planner) track(incident, phase, reason string) (*Incident, string, string, error) {
	inc, err := p.State.FindIncident(incident)
	if err != nil {
		return nil, "", "", err
	}
	if phase, err = choose("phase", phase, Phases[:]); err != nil {
		return nil, "", "", err
	}
	reason, err = remark("the reason", reason)
	return inc, phase, reason, err
}
