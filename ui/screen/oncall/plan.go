package oncall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model/oncall"
)

// Who is secondary, in the order of the chips.
const (
	secondNone    = iota
	secondFollows // the last primary
	secondOwn     // an order of its own
)

// unitNames are the units of a rotation, in the order of the chips.
var unitNames = [...]string{oncall.UnitHourly, oncall.UnitDaily, oncall.UnitWeekly, oncall.UnitTwoWeekly, oncall.UnitMonthly, oncall.UnitUneven}

// plan is a schedule as the form asks for it, in the words that are typed.
type plan struct {
	name, zone, start, end string
	unit, every            string
	handoff                string // "Mon 10:00", "1 10:00" of a month, "10:00"
	lengths                string // of an uneven rotation: "4 17:00, 3 10:00"
	hours                  string // "08:00-20:00 mon tue; 10:00-16:00 sat"
	people                 string
	secondary              int
	second                 string // people of a secondary order of its own
}

// mistake is a field of a plan and what is wrong with it.
type mistake struct{ field, why string }

func (m *mistake) Error() string { return m.why }

// planOf reads the part of a document the form asks for: the first rotation of
// the first layer, and how the secondary goes along.
func planOf(doc oncall.Schedule) plan {
	p := plan{name: doc.Name, zone: doc.Zone, unit: oncall.UnitWeekly, every: "1"}
	if len(doc.Layers) == 0 || len(doc.Layers[0].Rotations) == 0 {
		return p
	}
	r := doc.Layers[0].Rotations[0]
	p.unit, p.every, p.start, p.end, p.people = r.Unit, strconv.Itoa(r.Every), r.Start, r.End, strings.Join(r.People, ", ")
	p.handoff, p.lengths, p.hours = handoffWords(r), lengthWords(r.Shifts), hourWords(r.Hours)
	for _, l := range doc.Layers[1:] {
		switch {
		case l.Name != oncall.Secondary:
		case l.Follows != "":
			p.secondary = secondFollows
		case len(l.Rotations) > 0:
			p.secondary, p.second = secondOwn, strings.Join(l.Rotations[0].People, ", ")
		}
	}
	return p
}

func handoffWords(r oncall.Rotation) string {
	switch {
	case r.Weekday != "":
		return strings.ToUpper(r.Weekday[:1]) + r.Weekday[1:min(3, len(r.Weekday))] + " " + r.Time
	case r.MonthDay != 0:
		return strconv.Itoa(r.MonthDay) + " " + r.Time
	}
	return r.Time
}

func lengthWords(list []oncall.Length) string {
	words := make([]string, len(list))
	for i, l := range list {
		words[i] = strconv.Itoa(l.Days) + " " + l.Time
	}
	return strings.Join(words, ", ")
}

func hourWords(list []oncall.Hours) string {
	words := make([]string, len(list))
	for i, h := range list {
		words[i] = h.From + "-" + h.To
		for _, d := range h.Weekdays {
			words[i] += " " + d[:min(3, len(d))]
		}
	}
	return strings.Join(words, "; ")
}

// onto writes a plan into a document; what the form does not ask for stays as
// it is. The error is a *mistake.
func (p plan) onto(doc oncall.Schedule, now time.Time) (oncall.Schedule, error) {
	r, err := p.rotation(now)
	if err != nil {
		return doc, err
	}
	doc.Name, doc.Zone, doc.Layers = strings.TrimSpace(p.name), strings.TrimSpace(p.zone), slices.Clone(doc.Layers)
	if len(doc.Layers) == 0 {
		doc.Layers = []oncall.Layer{{Name: oncall.Primary}}
	}
	doc.Layers[0] = withRotation(doc.Layers[0], r)
	return doc, p.secondaryOnto(&doc, r)
}

// withRotation puts a rotation in the place of the first of a layer.
func withRotation(l oncall.Layer, r oncall.Rotation) oncall.Layer {
	l.Rotations = slices.Clone(l.Rotations)
	if len(l.Rotations) == 0 {
		l.Rotations = []oncall.Rotation{r}
	} else {
		r.Zone = l.Rotations[0].Zone
		l.Rotations[0] = r
	}
	return l
}

func (p plan) secondaryOnto(doc *oncall.Schedule, r oncall.Rotation) error {
	at := slices.IndexFunc(doc.Layers, func(l oncall.Layer) bool { return l.Name == oncall.Secondary })
	if p.secondary == secondNone {
		if at > 0 {
			doc.Layers = slices.Delete(doc.Layers, at, at+1)
		}
		return nil
	}
	if at < 0 {
		doc.Layers, at = slices.Insert(doc.Layers, 1, oncall.Layer{Name: oncall.Secondary}), 1
	}
	l := doc.Layers[at]
	if p.secondary == secondFollows {
		l.Follows, l.Rotations = doc.Layers[0].Name, nil
	} else {
		if r.People = names(p.second); len(r.People) == 0 {
			return &mistake{"second", "Name the people who are secondary, in their order"}
		}
		l.Follows = ""
		l = withRotation(l, r)
	}
	doc.Layers[at] = l
	return nil
}

// names reads names with commas.
func names(typed string) []string {
	var all []string
	for name := range strings.SplitSeq(typed, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

func (p plan) rotation(now time.Time) (oncall.Rotation, error) {
	r := oncall.Rotation{Unit: p.unit, End: strings.TrimSpace(p.end), People: names(p.people)}
	zone, err := time.LoadLocation(strings.TrimSpace(p.zone))
	switch {
	case strings.TrimSpace(p.name) == "":
		return r, &mistake{"name", "Give it a name, such as Platform"}
	case len(r.People) == 0:
		return r, &mistake{"people", "Name the people in their order"}
	case err != nil || strings.TrimSpace(p.zone) == "":
		return r, &mistake{"zone", "This zone is not known; Europe/Berlin is of the kind"}
	}
	if r.Every, err = strconv.Atoi(strings.TrimSpace(p.every)); err != nil || r.Every < 1 {
		return r, &mistake{"every", "Write a number from 1"}
	}
	if err := p.handoffOf(&r); err != nil {
		return r, err
	}
	if r.Unit == oncall.UnitUneven {
		if r.Shifts, err = readLengths(p.lengths); err != nil {
			return r, err
		}
	}
	if r.Hours, err = readHours(p.hours); err != nil {
		return r, err
	}
	r.Start = p.begins(r, now.In(zone))
	for field, day := range map[string]string{"start": r.Start, "end": r.End} {
		if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
			return r, &mistake{field, "Write the day as 2026-11-23"}
		}
	}
	return r, nil
}

// handoffOf reads when turns change.
func (p plan) handoffOf(r *oncall.Rotation) error {
	day, clock, two := strings.Cut(strings.TrimSpace(p.handoff), " ")
	if !two {
		day, clock = "", day
	}
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	r.Time = at.Format("15:04")
	switch r.Unit {
	case oncall.UnitWeekly, oncall.UnitTwoWeekly:
		if r.Weekday = weekday(day); err != nil || r.Weekday == "" {
			return &mistake{"handoff", "Write Mon 10:00"}
		}
	case oncall.UnitMonthly:
		n, bad := strconv.Atoi(day)
		if r.MonthDay = n; err != nil || bad != nil || n < 1 || n > 31 {
			return &mistake{"handoff", "Write the day of the month and the time: 1 10:00"}
		}
	default:
		if err != nil || two {
			return &mistake{"handoff", "Write 10:00"}
		}
	}
	return nil
}

// weekday gives the name of a day by its first letters; "" is none.
func weekday(typed string) string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for d := range 7 {
		if name := strings.ToLower(time.Weekday(d).String()); len(typed) >= 2 && strings.HasPrefix(name, typed) {
			return name
		}
	}
	return ""
}

// begins is the first day: the one typed, else that of the last hand-off, so
// that the first person is on call now.
func (p plan) begins(r oncall.Rotation, now time.Time) string {
	if start := strings.TrimSpace(p.start); start != "" {
		return start
	}
	at, err := time.Parse("15:04", r.Time)
	if err == nil && now.Hour()*60+now.Minute() < at.Hour()*60+at.Minute() {
		now = now.AddDate(0, 0, -1)
	}
	for range 7 {
		if r.Weekday == "" || strings.ToLower(now.Weekday().String()) == r.Weekday {
			break
		}
		now = now.AddDate(0, 0, -1)
	}
	return now.Format(time.DateOnly)
}

func readLengths(typed string) ([]oncall.Length, error) {
	var list []oncall.Length
	for _, part := range names(typed) {
		var l oncall.Length
		if n, err := fmt.Sscanf(part, "%d %s", &l.Days, &l.Time); err != nil || n != 2 {
			return nil, &mistake{"lengths", "Write when each shift ends, days after it began and at what time: 4 17:00, 3 10:00"}
		}
		list = append(list, l)
	}
	if len(list) == 0 {
		return nil, &mistake{"lengths", "Say when each shift ends: 4 17:00, 3 10:00"}
	}
	return list, nil
}

func readHours(typed string) ([]oncall.Hours, error) {
	var list []oncall.Hours
	for part := range strings.SplitSeq(typed, ";") {
		words := strings.Fields(strings.ReplaceAll(part, ",", " "))
		if len(words) == 0 {
			continue
		}
		h := oncall.Hours{}
		var ok bool
		if h.From, h.To, ok = strings.Cut(words[0], "-"); !ok {
			return nil, &mistake{"hours", "Write 08:00-20:00 mon tue wed thu fri; 10:00-16:00 sat"}
		}
		for _, w := range words[1:] {
			d := weekday(w)
			if d == "" {
				return nil, &mistake{"hours", "The day " + w + " is not known; write mon, tue, wed"}
			}
			h.Weekdays = append(h.Weekdays, d)
		}
		list = append(list, h)
	}
	return list, nil
}

// beyond says what of a document the form does not show; "" where that is
// nothing.
func beyond(doc oncall.Schedule) string {
	var parts []string
	rotations, others, cover := 0, 0, 0
	for i, l := range doc.Layers {
		if i > 0 && l.Name != oncall.Secondary {
			others++
		}
		rotations += max(len(l.Rotations)-1, 0)
		if len(l.Cover) > 0 || l.Optional {
			cover++
		}
	}
	for _, n := range []struct {
		n         int
		one, many string
	}{{rotations, "further rotation", "further rotations"}, {others, "further layer", "further layers"}, {cover, "rule of cover", "rules of cover"}, {len(doc.Holidays), "holiday", "holidays"}} {
		switch {
		case n.n == 1:
			parts = append(parts, "1 "+n.one)
		case n.n > 1:
			parts = append(parts, strconv.Itoa(n.n)+" "+n.many)
		}
	}
	stays := "they stay as they are; \"holdfastctl oncall set\" changes them."
	switch {
	case len(parts) == 0:
		return ""
	case len(parts) == 1 && strings.HasPrefix(parts[0], "1 "):
		stays = "it stays as it is; \"holdfastctl oncall set\" changes it."
	}
	return "It also has " + strings.Join(parts, ", ") + ": " + stays
}
