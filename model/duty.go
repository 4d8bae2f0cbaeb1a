package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/policy"
)

// Hours on duty are counted for a person, not for a role: whoever was scribe in
// the morning, is on call for another incident at noon and takes command in the
// evening is awake since the morning. A stretch of duty begins with a role (or
// with the word that the person joined) and goes on over every pause that is
// shorter than the rest of the policy: handing a role over for an hour is a
// meal, no sleep. It is counted over all incidents, exercises too, open or
// closed; an incident that is resolved holds nobody awake.

// Duty is for how long a person has been at work.
type Duty struct {
	// Since is when the stretch began.
	Since time.Time
	// Command is since when the person commands, moved on by the pauses in which
	// they did not, so that now less it is the time in command; zero where they
	// command nothing now.
	Command time.Time
}

// Duties are those at work at a moment.
type Duties struct {
	by map[ID]Duty
	// joined are those who joined an incident and did not leave, by incident.
	joined map[ID][]ID
}

// Of gives the duty of a person; false where they are not at work.
func (d Duties) Of(person ID) (Duty, bool) {
	duty, ok := d.by[person]
	return duty, ok
}

// Joined lists who joined an incident and has not left, in no order.
func (d Duties) Joined(inc ID) []ID { return d.joined[inc] }

// dutyBack is how far back a stretch is looked for: nobody is awake for longer,
// and the incidents closed before need not be read through.
const dutyBack = 72 * time.Hour

// shift is a time at work. Its ends are in milliseconds since 1970 UTC.
type shift struct {
	person   ID
	from, to int64
	command  bool
}

// Duties gives for how long everybody who is at work now has been.
func (s *State) Duties(now time.Time) Duties {
	at := now.UnixMilli()
	d := Duties{by: map[ID]Duty{}}
	var shifts []shift
	for inc := range s.workedOn(at - dutyBack.Milliseconds()) {
		if inc.Fields.Text(FieldSource) != "" {
			continue
		}
		shifts = inc.shifts(shifts, at, &d)
	}
	slices.SortFunc(shifts, func(a, b shift) int { return cmp.Or(a.person.Compare(b.person), cmp.Compare(a.from, b.from)) })
	rest := s.Policy().People.Rest.Duration.Milliseconds()
	for len(shifts) > 0 {
		n := slices.IndexFunc(shifts, func(w shift) bool { return w.person != shifts[0].person })
		if n < 0 {
			n = len(shifts)
		}
		if duty, ok := stretch(shifts[:n], rest, at); ok {
			d.by[shifts[0].person] = duty
		}
		shifts = shifts[n:]
	}
	return d
}

// stretch is the last stretch of one person, whose shifts are in order; false
// where it is over.
func stretch(shifts []shift, rest, now int64) (Duty, bool) {
	var begun, end, commanded, command int64
	commands := false
	for n, w := range shifts {
		if n == 0 || w.from > end && w.from-end >= rest {
			begun, commanded, command = w.from, 0, w.from
		}
		end = max(end, w.to)
		if w.command {
			from := max(w.from, command)
			commanded += max(0, w.to-from)
			command = max(command, w.to)
			commands = commands || w.to == now
		}
	}
	duty := Duty{Since: viewMilli(begun)}
	if commands {
		duty.Command = viewMilli(now - commanded)
	}
	return duty, end == now
}

// shifts adds the times in which people worked on an incident.
func (i *Incident) shifts(list []shift, now int64, d *Duties) []shift {
	open := i.opened(now)
	for name, r := range i.Fields {
		role, held := strings.CutPrefix(name, rolePrefix)
		joined := !held && strings.HasPrefix(name, presencePrefix)
		if !held && !joined || strings.HasPrefix(role, "observer") {
			continue
		}
		history, current := r.History(), r.Current()
		for n, w := range history {
			text := w.Value.Text
			if joined {
				if text != presenceJoined {
					continue
				}
				text = name[len(presencePrefix):]
			}
			person, err := ParseID(text)
			if err != nil {
				continue // released, or left
			}
			at, _ := i.begins(name, w.Value.Stamp)
			from, to := min(at, now), now // a clock that is ahead begins no shift to come
			if !slices.ContainsFunc(current, func(c crdt.Write[ID, Value]) bool { return c.Key == w.Key }) && n+1 < len(history) {
				next, said := i.begins(name, history[n+1].Value.Stamp)
				if said && history[n+1].Value.Text == presenceJoined {
					continue // it was corrected when they came
				}
				to = next
			} else if joined && i.Open() {
				if d.joined == nil {
					d.joined = map[ID][]ID{}
				}
				d.joined[i.ID] = append(d.joined[i.ID], person)
			}
			for _, o := range open {
				if from, to := max(from, o.from), min(to, o.to, now); from <= to {
					list = append(list, shift{person, from, to, role == RoleCommander})
				}
			}
		}
	}
	return list
}

// begins is when a word on a role or on a presence counts from, in milliseconds
// since 1970 UTC; said is true where that was written with it.
func (i *Incident) begins(field string, word Stamp) (at int64, said bool) {
	if strings.HasPrefix(field, presencePrefix) {
		return i.presenceAt(field, word)
	}
	return word.Recorded(), false
}

// opened gives the times in which an incident was worked on: until it was
// resolved, and again after it was reopened.
func (i *Incident) opened(now int64) []shift {
	r := i.Fields[FieldState]
	if r == nil {
		return []shift{{to: now}}
	}
	var list []shift
	open, from := true, int64(0)
	for _, w := range r.History() {
		at := w.Value.Stamp.Recorded()
		switch is := w.Value.Text == StateOpen; {
		case open && !is:
			list = append(list, shift{from: from, to: at})
		case !open && is:
			from = at
		default:
			continue
		}
		open = !open
	}
	if open {
		list = append(list, shift{from: from, to: now})
	}
	return list
}

// tired says who has commanded or worked for too long.
func tired(p *policy.People, inc *Incident, team []TeamMember) []string {
	var warnings []string
	if !inc.Open() {
		return nil
	}
	for n, m := range team {
		if limit := p.Command[inc.Severity()]; limit.Set && time.Duration(m.CommandS)*time.Second > limit.Duration {
			warnings = append(warnings, m.Person+" has commanded for "+speakDuration(time.Duration(m.CommandS)*time.Second)+": plan relief")
		}
		first := !slices.ContainsFunc(team[:n], func(o TeamMember) bool { return o.PersonID == m.PersonID })
		if worked := time.Duration(m.OnDutyS) * time.Second; first && p.Awake.Set && worked > p.Awake.Duration {
			warnings = append(warnings, m.Person+" has been at work for "+speakDuration(worked)+" without a rest: plan relief")
		}
	}
	return warnings
}
