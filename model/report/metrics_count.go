package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"holdfast/model"
)

// Frequency is how often incidents of a level came.
type Frequency struct {
	Severity string `json:"severity"`
	N        int    `json:"n"`
	// PerWeek is left out where the period has no beginning.
	PerWeek   *float64 `json:"per_week,omitempty"`
	Incidents []string `json:"incidents"`
}

const week = 7 * 24 * time.Hour

func (m *meter) frequency() {
	for _, level := range model.Severities {
		f := Frequency{Severity: level, Incidents: []string{}}
		for _, s := range m.subjects {
			note(&f.Incidents, s.Code, s.severity == level)
		}
		f.N = len(f.Incidents)
		if !m.from.IsZero() && m.to.After(m.from) {
			rate := math.Round(100*float64(f.N)*float64(week)/float64(m.to.Sub(m.from))) / 100
			f.PerWeek = &rate
		}
		m.out.Frequency = append(m.out.Frequency, f)
	}
}

// Distribution says how incidents fall into groups.
type Distribution struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Formula string  `json:"formula"`
	Groups  []Group `json:"groups"`
}

// Group is one of a distribution.
type Group struct {
	Name      string   `json:"name"`
	N         int      `json:"n"`
	Percent   *float64 `json:"percent,omitempty"`
	Incidents []string `json:"incidents"`
}

// unnamed groups what says nothing.
const unnamed = "not said"

func (m *meter) distributions() {
	for _, d := range [...]struct {
		name, title, formula string
		of                   func(*subject) []string
	}{
		{"severity", "By severity", "incidents of a final level / incidents", func(s *subject) []string { return []string{s.severity} }},
		{"type", "By type", "incidents of a main type / incidents", func(s *subject) []string { return []string{s.Fields.Text(model.FieldType)} }},
		{"service", "By service", "incidents that touched a service / incidents; one may touch several", func(s *subject) []string { return s.Services() }},
		{"detection", "By detection", "incidents found in a way / incidents", func(s *subject) []string { return []string{s.found} }},
	} {
		out := Distribution{Name: d.name, Title: d.title, Formula: d.formula, Groups: []Group{}}
		groups := map[string][]string{}
		for _, s := range m.subjects {
			names := d.of(s)
			if len(names) == 0 {
				names = []string{""}
			}
			for _, name := range names {
				name = cmp.Or(name, unnamed)
				groups[name] = append(groups[name], s.Code)
			}
		}
		for name, codes := range groups {
			out.Groups = append(out.Groups, Group{Name: name, N: len(codes), Percent: percent(len(codes), len(m.subjects)), Incidents: codes})
		}
		slices.SortFunc(out.Groups, func(a, b Group) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
		m.out.Distributions = append(m.out.Distributions, out)
	}
}

// Pages are the calls of people in the period.
type Pages struct {
	Formula string `json:"formula"`
	N       int    `json:"n"`
	Night   int    `json:"night"`
	// PerShift is for a shift of 12 hours; left out where the period has no
	// beginning.
	PerShift  *float64     `json:"per_shift,omitempty"`
	People    []PersonLoad `json:"people"`
	Incidents []string     `json:"incidents"`
}

// PersonLoad is how often one person was called.
type PersonLoad struct {
	Person string `json:"person"`
	N      int    `json:"n"`
	Night  int    `json:"night"`
}

// shift is the length of a duty that pages are counted for.
const shift = 12 * time.Hour

func (m *meter) pages() {
	out := Pages{Formula: "calls that page a person; at night by that person's zone; per shift of 12 h = calls / (period / 12 h)", People: []PersonLoad{}, Incidents: []string{}}
	load := map[model.ID]*PersonLoad{}
	for _, s := range m.every {
		called := false
		for _, a := range s.attempts {
			if a.Act != "page" || a.Result == model.Skipped || a.Person.Zero() || !m.within(a.At) {
				continue
			}
			called = true
			p := load[a.Person]
			if p == nil {
				p = &PersonLoad{Person: m.state.PersonName(a.Person)}
				load[a.Person] = p
			}
			p.N++
			out.N++
			if m.state.AtNight(m.policy, a.Person, a.At) {
				p.Night++
				out.Night++
			}
		}
		note(&out.Incidents, s.Code, called)
	}
	for _, p := range load {
		out.People = append(out.People, *p)
	}
	slices.SortFunc(out.People, func(a, b PersonLoad) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Person, b.Person)) })
	if !m.from.IsZero() && m.to.After(m.from) {
		rate := math.Round(100*float64(out.N)*float64(shift)/float64(m.to.Sub(m.from))) / 100
		out.PerShift = &rate
	}
	m.out.Pages = out
}

// Impact is how long incidents of P0 and P1 hurt in the period, and what that
// leaves of it.
type Impact struct {
	Formula    string         `json:"formula"`
	BySeverity []ImpactOf     `json:"by_severity"`
	ByService  []ImpactOf     `json:"by_service"`
	All        ImpactOf       `json:"all"`
	Longest    []ImpactedCase `json:"longest"`
	// Missing are incidents told elsewhere that say no end.
	Missing []string `json:"missing"`
}

// ImpactOf is the impact of one level, one service or all.
type ImpactOf struct {
	Name    string `json:"name"`
	ImpactS int64  `json:"impact_s"`
	// Availability in percent; left out where the period has no beginning.
	Availability *float64 `json:"availability,omitempty"`
	Incidents    []string `json:"incidents"`
}

// ImpactedCase is an incident and how long it hurt in the period.
type ImpactedCase struct {
	Incident string `json:"incident"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	ImpactS  int64  `json:"impact_s"`
}

// worst is how many of the longest incidents are named.
const worst = 5

// impact adds up the time in which each group of incidents hurt. Where two hurt
// at once, the time counts once.
func (m *meter) impact() {
	out := Impact{
		Formula:    "P0 and P1, except security and privacy types: started (else detected, declared) to mitigated (else resolved, else now), reopened to resolved; overlaps count once; availability = 1 - impact / period",
		BySeverity: []ImpactOf{}, ByService: []ImpactOf{}, Longest: []ImpactedCase{}, Missing: []string{},
	}
	var all, levels, services grouped
	for _, s := range m.every {
		level := s.severity
		if level != model.P0 && level != model.P1 || s.Security(m.policy) || s.Privacy(m.policy) {
			continue // a breach hurts, and takes nothing down
		}
		stretches := s.hurt(m.now)
		if stretches[len(stretches)-1].To.IsZero() || s.told && s.Open() {
			note(&out.Missing, s.Code, m.within(s.at))
			continue
		}
		hurt := m.clip(stretches)
		if len(hurt) == 0 {
			continue
		}
		all.add("all", s.Code, hurt)
		levels.add(level, s.Code, hurt)
		for _, name := range s.Services() {
			services.add(name, s.Code, hurt)
		}
		out.Longest = append(out.Longest, ImpactedCase{Incident: s.Code, Severity: level, Title: s.Title(), ImpactS: int64(total(hurt) / time.Second)})
	}
	out.All = ImpactOf{Name: "all", Incidents: []string{}}
	if list := m.impacts(all); len(list) > 0 {
		out.All = list[0]
	} else {
		out.All.Availability = m.availability(0)
	}
	out.BySeverity, out.ByService = m.impacts(levels), m.impacts(services)
	slices.SortStableFunc(out.Longest, func(a, b ImpactedCase) int { return cmp.Compare(b.ImpactS, a.ImpactS) })
	out.Longest = out.Longest[:min(len(out.Longest), worst)]
	m.out.Impact = out
}

// hurt lists the stretches in which an incident hurt its users.
func (s *subject) hurt(now time.Time) []model.Outage {
	list := slices.Clone(s.outages)
	if list[0].From = s.times[0]; list[0].From.IsZero() {
		list[0].From = s.Since()
	}
	if t, ok := s.time("mitigated"); ok && len(list) == 1 && !t.Before(list[0].From) {
		list[0].To = t
	}
	if last := &list[len(list)-1]; last.To.IsZero() && s.Open() {
		last.To = now
	}
	return list
}

func (m *meter) clip(list []model.Outage) []model.Outage {
	var kept []model.Outage
	for _, o := range list {
		if o.From.Before(m.from) {
			o.From = m.from
		}
		if o.To.After(m.to) {
			o.To = m.to
		}
		if o.To.After(o.From) {
			kept = append(kept, o)
		}
	}
	return kept
}

// grouped are the stretches of groups of incidents, by name.
type grouped map[string]*stretches

type stretches struct {
	list  []model.Outage
	codes []string
}

func (g *grouped) add(name, code string, list []model.Outage) {
	if *g == nil {
		*g = grouped{}
	}
	s := (*g)[name]
	if s == nil {
		s = &stretches{}
		(*g)[name] = s
	}
	s.list, s.codes = append(s.list, list...), append(s.codes, code)
}

func (m *meter) impacts(g grouped) []ImpactOf {
	list := []ImpactOf{}
	for name, s := range g {
		d := total(s.list)
		list = append(list, ImpactOf{Name: name, ImpactS: int64(d / time.Second), Availability: m.availability(d), Incidents: s.codes})
	}
	slices.SortFunc(list, func(a, b ImpactOf) int { return cmp.Or(cmp.Compare(b.ImpactS, a.ImpactS), cmp.Compare(a.Name, b.Name)) })
	return list
}

func (m *meter) availability(impact time.Duration) *float64 {
	if m.from.IsZero() || !m.to.After(m.from) {
		return nil
	}
	a := math.Round(1e5*(1-float64(impact)/float64(m.to.Sub(m.from)))) / 1e3
	return &a
}

// total adds up stretches, the time of overlapping ones once.
func total(list []model.Outage) time.Duration {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b model.Outage) int { return a.From.Compare(b.From) })
	var sum time.Duration
	var end time.Time
	for _, o := range list {
		if o.From.Before(end) {
			o.From = end
		}
		if o.To.After(o.From) {
			sum += o.To.Sub(o.From)
			end = o.To
		}
	}
	return sum
}
