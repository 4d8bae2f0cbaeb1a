package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fields of the impact in figures, beside what it is in words (FieldImpact) and
// the services it touches (FieldServices). Templates name them the same way.
const (
	FieldShare   = "impact.share"   // share of users, such as "12 %" or "5-10 %"
	FieldRegions = "impact.regions" // one a line
	FieldWho     = "impact.who"
	FieldMoney   = "money" // money at risk
)

// maxImpact bounds a list of the impact: a longer one is an attachment.
const maxImpact = 100

// AssessImpact says how far the damage reaches. Empty members are left alone;
// what was said before stays in the history, so that growth is seen.
type AssessImpact struct {
	Incident string
	// Share of users hit, in percent: 12, 12%, 5-10, or unknown.
	Share    string
	Regions  []string // all of them
	Services []string // all of them
	Who      string
	Money    string
	Reason   string
}

// Plan implements Command.
func (c AssessImpact) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	values := map[string]string{}
	if c.Share != "" {
		if values[FieldShare], err = share(c.Share); err != nil {
			return Done{}, err
		}
	}
	for _, given := range []struct {
		field string
		list  []string
	}{{FieldRegions, c.Regions}, {FieldServices, c.Services}} {
		field, list := given.field, given.list
		if len(list) > maxImpact {
			return Done{}, refuse("%d %s were named; the limit is %d. Nothing was changed", len(list), strings.TrimPrefix(field, "impact."), maxImpact)
		}
		var named []string
		for _, text := range list {
			if text, err = line(strings.TrimPrefix(field, "impact."), text, MaxTitle); err != nil {
				return Done{}, err
			}
			named = append(named, text)
		}
		if len(named) > 0 {
			values[field] = strings.Join(named, "\n")
		}
	}
	for _, given := range [...]struct{ field, what, text string }{{FieldWho, "who is hit", c.Who}, {FieldMoney, "the money at risk", c.Money}} {
		if given.text != "" {
			if values[given.field], err = line(given.what, given.text, MaxTitle); err != nil {
				return Done{}, err
			}
		}
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to set; name a share, regions, services, who is hit or the money at risk")
	}
	done := Done{ID: inc.ID, Code: inc.Code}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		if reaches(field, values[field]) > reaches(field, inc.Fields.Text(field)) && inc.Fields.Text(field) != "" {
			done.Note = "it is larger than before: is " + inc.Severity() + " still right?"
		}
		p.set(KindIncidentField, inc.ID, inc.Fields, field, values[field], reason)
	}
	return done, nil
}

// share reads a share of users and gives it in its one form.
func share(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "unknown" {
		return text, nil
	}
	low, high, span := strings.Cut(strings.TrimSpace(strings.TrimSuffix(text, "%")), "-")
	a, errA := strconv.ParseFloat(strings.TrimSpace(low), 64)
	b, errB := a, error(nil)
	if span {
		b, errB = strconv.ParseFloat(strings.TrimSpace(high), 64)
	}
	if errA != nil || errB != nil || !(a >= 0 && a <= b && b <= 100) {
		return "", refuse("the share of users %.40q is not read; write 12, 5-10 or unknown, in percent. Nothing was changed", text)
	}
	format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	if span {
		return format(a) + "-" + format(b) + " %", nil
	}
	return format(a) + " %", nil
}

// reaches gives how far a value of the impact reaches, to compare it with
// another of its field: the upper end of a share, the length of a list.
func reaches(field, text string) float64 {
	if field != FieldShare {
		return float64(len(lines(text)))
	}
	text = strings.TrimSuffix(text, " %")
	if _, high, span := strings.Cut(text, "-"); span {
		text = high
	}
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// ImpactGrew tells when the impact was said to be larger than it was at the last
// look at the level, or than it was first said to be; false where it was not.
func (i *Incident) ImpactGrew() (at time.Time, what string, grew bool) {
	assessed := i.Assessed()
	for _, f := range [...]struct{ field, what string }{{FieldShare, "more users"}, {FieldRegions, "more regions"}, {FieldServices, "more services"}} {
		r := i.Fields[f.field]
		if r == nil {
			continue
		}
		history := r.History()
		base := 0.0
		for n, w := range history {
			if n == 0 || !viewMilli(w.Value.Stamp.Recorded()).After(assessed) {
				base = reaches(f.field, w.Value.Text)
			}
		}
		if v, ok := r.Value(); ok && reaches(f.field, v.Text) > base {
			if t := viewMilli(v.Stamp.Recorded()); t.After(at) {
				at, what, grew = t, f.what, true
			}
		}
	}
	return at, what, grew
}
