package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/when"
)

// KindAttacker marks the entries that tell what the intruder did, apart from
// what the responders did.
const KindAttacker = "attacker"

// SetAttack says what is known of the intruder as a whole. Empty members are
// left alone.
type SetAttack struct {
	Incident string
	// Entered, Spread and LastSeen are true times; where Entered and LastSeen
	// are not set, the first and last entries of the attack stand for them.
	Entered, Spread, LastSeen time.Time
	// ClockOffset is the clock of the systems the times of the attack were read
	// from, less true time.
	ClockOffset *time.Duration
	Reason      string
}

// Plan implements Command.
func (c SetAttack) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	for name, t := range map[string]time.Time{FieldEntered: c.Entered, FieldSpread: c.Spread, FieldLastSeen: c.LastSeen} {
		if err := p.setTime(fields, name, "the time", t); err != nil {
			return Done{}, err
		}
	}
	if c.ClockOffset != nil {
		if c.ClockOffset.Abs() > MaxClockOffset {
			return Done{}, refuse("a clock offset of %s is not possible. Nothing was written", c.ClockOffset)
		}
		fields[FieldOffset] = strconv.FormatFloat(c.ClockOffset.Seconds(), 'f', -1, 64)
	}
	if len(fields) == 0 {
		return Done{}, refuse("nothing to set; name a time, or the clock offset")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, name, fields[name], reason)
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// AttackView is the timeline of the intruder, in true time.
type AttackView struct {
	// OffsetS is how far the clock the times were read from was ahead.
	OffsetS  float64   `json:"clock_offset_s"`
	Entered  time.Time `json:"entered_at,omitzero"`
	Spread   time.Time `json:"spread_at,omitzero"`
	LastSeen time.Time `json:"last_seen_at,omitzero"`
	// DwellS is how long the intruder was in before anybody noticed, and
	// PresentS until the last trace.
	DwellS   int64         `json:"dwell_s"`
	PresentS int64         `json:"present_s"`
	Rows     []TimelineRow `json:"rows"`
}

// Attack gives the timeline of the intruder, apart from the responders': its
// times are corrected by the offset of the clock they were read from.
func (s *State) Attack(inc *Incident) AttackView {
	v := AttackView{Rows: []TimelineRow{}}
	v.OffsetS, _ = strconv.ParseFloat(inc.Fields.Text(FieldOffset), 64)
	offset := time.Duration(v.OffsetS * float64(time.Second))
	for _, row := range s.attackRows(inc) {
		if row.Precision == when.Exact || row.Precision == when.Approx {
			row.At = row.At.Add(-offset)
		}
		v.Rows = append(v.Rows, row)
		if row.Retracted {
			continue
		}
		if v.Entered.IsZero() {
			v.Entered = row.At
		}
		v.LastSeen = row.At
	}
	for name, at := range map[string]*time.Time{FieldEntered: &v.Entered, FieldSpread: &v.Spread, FieldLastSeen: &v.LastSeen} {
		if t := inc.Fields.Time(name); !t.IsZero() {
			*at = t
		}
	}
	if detected, ok := inc.Milestone("detected"); ok && detected.After(v.Entered) && !v.Entered.IsZero() {
		v.DwellS = int64(detected.Sub(v.Entered) / time.Second)
	}
	if v.LastSeen.After(v.Entered) {
		v.PresentS = int64(v.LastSeen.Sub(v.Entered) / time.Second)
	}
	return v
}

// attackRows are the entries about the intruder in the order things happened.
// A long incident has thousands of others: they are passed over before a row is
// made of them.
func (s *State) attackRows(inc *Incident) []TimelineRow {
	var rows []Row
	for id, e := range inc.All() {
		v := e.first()
		if len(e.Edits) > 0 {
			v = e.Now(id)
		}
		if v.Kind == KindAttacker {
			rows = append(rows, s.entryRow(id, e))
		}
	}
	return viewRows(sortedRows(rows))
}

// DwellText writes a dwell time for people: 9 d 6 h.
func DwellText(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	days, hours, minutes := d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute
	switch {
	case seconds <= 0:
		return "not known"
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	}
	return strings.TrimSpace(fmt.Sprintf("%d h %d min", hours, minutes))
}
