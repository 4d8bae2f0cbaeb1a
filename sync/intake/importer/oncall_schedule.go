package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	rrule "github.com/teambition/rrule-go"

	"holdfast/model/oncall"
)

// Schedule makes a schedule of the calendar from up to to, the time it was
// read for. A layer whose events repeat for ever and come round without a gap
// becomes a rotation, and what differs from it overrides; every other layer
// becomes overrides alone. Shifts of people who were not found are left out:
// see Unknown. Where two shifts of a layer overlap, the later one begins when
// the earlier ends, and the notes say so.
func (o OnCall) Schedule(from, to time.Time) (oncall.Schedule, []BadRow, error) {
	s := oncall.Schedule{Name: cmp.Or(label(o.Name), "Imported"), Zone: o.Zone}
	var notes []BadRow
	for i := 0; i < len(o.Shifts); {
		layer, list := o.Shifts[i].Layer, o.Shifts[i:]
		if n := slices.IndexFunc(list, func(x OnCallShift) bool { return x.Layer != layer }); n > 0 {
			list = list[:n]
		}
		i += len(list)
		turns, said := apart(list)
		notes = append(notes, said...)
		if l, over, ok := o.rotate(layer, turns, from, to); ok {
			s.Layers, s.Overrides = append(s.Layers, l), append(s.Overrides, over...)
			continue
		}
		s.Layers, s.Overrides = append(s.Layers, oncall.Layer{Name: layer}), append(s.Overrides, turns...)
	}
	if len(s.Layers) == 0 {
		return s, notes, fmt.Errorf("%w: no shift in it falls into the time asked for", ErrInvalid)
	}
	if err := s.Check(nil); err != nil {
		return oncall.Schedule{}, notes, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return s, notes, nil
}

// apart makes overrides of the shifts of a layer that have a person, in order
// and without overlaps.
func apart(list []OnCallShift) (out []oncall.Override, notes []BadRow) {
	var end time.Time
	for _, x := range list {
		if x.Person == "" {
			continue
		}
		o := oncall.Override{Layer: x.Layer, Person: x.Person, From: x.From, To: x.Until}
		if o.From.Before(end) {
			if !end.Before(o.To) {
				notes = append(notes, BadRow{x.Line, fmt.Sprintf("the shift of %s falls into an earlier one of layer %s and is left out", x.Name, x.Layer)})
				continue
			}
			notes = append(notes, BadRow{x.Line, fmt.Sprintf("the shift of %s overlaps an earlier one of layer %s; it begins when that ends", x.Name, x.Layer)})
			o.From = end
		}
		end = o.To
		out = append(out, o)
	}
	return out, notes
}

// rotate makes a rotation of the rules of a layer, and overrides of what the
// turns have otherwise. ok is false where that would not say the same.
func (o OnCall) rotate(layer string, turns []oncall.Override, from, to time.Time) (oncall.Layer, []oncall.Override, bool) {
	r, ok := o.rotation(layer)
	if !ok {
		return oncall.Layer{}, nil, false
	}
	l := oncall.Layer{Name: layer, Rotations: []oncall.Rotation{r}}
	s := oncall.Schedule{Name: layer, Zone: o.Zone, Layers: []oncall.Layer{l}}
	rota, err := oncall.New(s)
	if err != nil {
		return oncall.Layer{}, nil, false
	}
	planned := map[oncall.Override]bool{}
	for _, x := range rota.Shifts(from, to) {
		planned[oncall.Override{Layer: layer, Person: x.Person, From: x.From, To: x.Until}] = true
	}
	for _, t := range turns {
		if !planned[t] {
			s.Overrides = append(s.Overrides, t)
		}
	}
	if rota, err = oncall.New(s); err != nil {
		return oncall.Layer{}, nil, false
	}
	// What the calendar leaves free the rotation must leave free too.
	var held []oncall.Override
	for _, x := range rota.Shifts(from, to) {
		held = append(held, oncall.Override{Layer: layer, Person: x.Person, From: x.From, To: x.Until})
	}
	return l, s.Overrides, slices.Equal(joinedTurns(held), joinedTurns(turns))
}

// joinedTurns joins turns of one person that follow each other.
func joinedTurns(list []oncall.Override) []oncall.Override {
	var out []oncall.Override
	for _, t := range list {
		if n := len(out); n > 0 && out[n-1].Person == t.Person && out[n-1].To.Equal(t.From) {
			out[n-1].To = t.To
			continue
		}
		out = append(out, t)
	}
	return out
}

// rotation finds the rotation that the rules of a layer make together: equal
// rules, one a person, each a turn later than the one before.
func (o OnCall) rotation(layer string) (oncall.Rotation, bool) {
	rules := slices.DeleteFunc(slices.Clone(o.rules), func(r onCallRule) bool { return r.layer != layer })
	if len(rules) == 0 {
		return oncall.Rotation{}, false
	}
	slices.SortStableFunc(rules, func(a, b onCallRule) int { return a.start.wall.Compare(b.start.wall) })
	first := rules[0]
	opt, err := rrule.StrToROption(first.rule)
	if err != nil {
		return oncall.Rotation{}, false
	}
	unit, days := oncall.UnitDaily, 1
	if opt.Freq == rrule.WEEKLY {
		unit, days = oncall.UnitWeekly, 7
	}
	turn := time.Duration(days) * 24 * time.Hour
	every := int(first.length / turn)
	if opt.Freq == rrule.MONTHLY || first.length%turn != 0 || every == 0 || max(opt.Interval, 1) != every*len(rules) {
		return oncall.Rotation{}, false
	}
	out := oncall.Rotation{
		Unit: unit, Every: every, Time: first.start.wall.Format("15:04"), Zone: first.start.loc.String(), Start: first.start.wall.Format(time.DateOnly),
	}
	if days == 7 {
		out.Weekday = strings.ToLower(first.start.wall.Weekday().String())
	}
	if out.Zone == o.Zone {
		out.Zone = ""
	}
	for i, r := range rules {
		same, err := rrule.StrToROption(r.rule)
		if err != nil || same.Freq != opt.Freq || max(same.Interval, 1) != max(opt.Interval, 1) || !oneDay(same, r.start.wall) || r.length != first.length ||
			r.start.loc != first.start.loc || r.start.wall.Sub(first.start.wall) != time.Duration(i)*first.length {
			return oncall.Rotation{}, false
		}
		out.People = append(out.People, r.person)
	}
	return out, true
}

// oneDay reports whether a rule comes on no weekday but that of its start.
func oneDay(r *rrule.ROption, start time.Time) bool {
	return len(r.Byweekday) == 0 || len(r.Byweekday) == 1 && (r.Byweekday[0].Day()+1)%7 == int(start.Weekday())
}
