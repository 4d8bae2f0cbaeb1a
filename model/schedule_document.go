package model

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"holdfast/model/oncall"
)

// scheduleDocument reads a document and makes ids of the people it names.
func (p *Planner) scheduleDocument(text, name string) (oncall.Schedule, error) {
	var doc oncall.Schedule
	if len(text) > oncall.MaxSchedule {
		return doc, refuse("the schedule has %d bytes and %d is the most; take old overrides out. Nothing was changed", len(text), oncall.MaxSchedule)
	}
	doc, err := oncall.Decode([]byte(text), nil)
	if err != nil {
		return doc, refuse("%s", err)
	}
	if name = strings.TrimSpace(name); name != "" {
		doc.Name = name
	}
	var unknown []string
	eachPerson(&doc, func(who string) string {
		id, err := p.State.FindPerson(who)
		if err != nil {
			if !slices.Contains(unknown, who) {
				unknown = append(unknown, who)
			}
			return who
		}
		return id.String()
	})
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return doc, refuse("the schedule names %s, who cannot be told apart or is not in this room; add them with `people add` first. Nothing was changed", strings.Join(unknown[:min(len(unknown), maxNamed)], ", "))
	}
	if err := doc.Check(nil); err != nil {
		return doc, refuse("%s", p.State.sentence(err))
	}
	return doc, nil
}

// eachPerson maps every person a document names.
func eachPerson(d *oncall.Schedule, to func(string) string) {
	for i := range d.Layers {
		for k := range d.Layers[i].Rotations {
			r := &d.Layers[i].Rotations[k]
			for n := range r.People {
				r.People[n] = to(r.People[n])
			}
		}
	}
	for i := range d.Overrides {
		d.Overrides[i].Person = to(d.Overrides[i].Person)
	}
	for i := range d.Swaps {
		w := &d.Swaps[i]
		w.First.Person, w.Second.Person = to(w.First.Person), to(w.Second.Person)
		for n := range w.Agreed {
			w.Agreed[n] = to(w.Agreed[n])
		}
	}
	for i := range d.Leave {
		d.Leave[i].Person = to(d.Leave[i].Person)
	}
}

// documentText writes a document as it is kept.
func documentText(d oncall.Schedule) (string, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	if len(b) > MaxText {
		return "", refuse("the rotations have %d bytes and %d is the most; split the schedule in two. Nothing was changed", len(b), MaxText)
	}
	return string(b), nil
}

// leftIn names the people in the rotations who left.
func (s *State) leftIn(d oncall.Schedule, now time.Time) []ID {
	var left []ID
	for _, l := range d.Layers {
		for _, r := range l.Rotations {
			for _, who := range r.People {
				if id, err := ParseID(who); err == nil && s.hasLeft(id, now) && !slices.Contains(left, id) {
					left = append(left, id)
				}
			}
		}
	}
	return left
}

// noneLeft refuses a document that puts people on call who left. Who is in the
// rotation already stays until somebody takes them out, and the note says so: a
// schedule can be mended in steps.
func (p *Planner) noneLeft(doc, before oncall.Schedule) (note string, err error) {
	had := p.State.leftIn(before, p.Now)
	var stay []string
	for _, id := range p.State.leftIn(doc, p.Now) {
		name := p.State.PersonName(id)
		if !slices.Contains(had, id) {
			return "", refuse("%s left on %s and cannot be put on call. Nothing was changed", name, p.State.People[id].Fields.Text(PersonLeft))
		}
		stay = append(stay, name)
	}
	if stay == nil {
		return "", nil
	}
	return "it keeps people on call who left: " + strings.Join(stay, ", ") + "; take them out of the rotation", nil
}
