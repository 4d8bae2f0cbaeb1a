package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model/oncall"
)

// What a person on call must have. Sources: practice after the outages of
// Facebook on 4 October 2021 and Rogers on 8 July 2022, where phones, mail and
// directory of the company were down with everything else.
const (
	// OwnWaysNeeded is how many ways to reach them need no system of the
	// company.
	OwnWaysNeeded = 2
	// TestPageEvery is how long a test page is good for.
	TestPageEvery = 30 * 24 * time.Hour
	// RotaAhead is how far ahead people are asked to see to gaps.
	RotaAhead = 14 * 24 * time.Hour
)

// ContactWarning is something that keeps a person from being reached.
type ContactWarning struct {
	Person   string `json:"person"`
	PersonID ID     `json:"person_id"`
	What     string `json:"what"`
}

// ContactWarnings says what is wrong with the ways to reach those who are on
// call now or within RotaAhead, by name.
func (s *State) ContactWarnings(now time.Time) []ContactWarning {
	list := []ContactWarning{}
	for _, id := range s.OnCallSoon(now, RotaAhead) {
		for _, what := range s.ReachWarnings(id, now) {
			list = append(list, ContactWarning{s.PersonName(id), id, what})
		}
	}
	return list
}

// OnCallSoon lists who is on call at some time from now on, by name.
func (s *State) OnCallSoon(now time.Time, ahead time.Duration) []ID {
	return s.Plan(now, now.Add(ahead)).OnCall(now)
}

// OnCall lists who is on call in the time of the plan and is with the room at now,
// by name. Those who look on are left out.
func (p Planned) OnCall(now time.Time) []ID {
	var ids []ID
	s := p.state
	for _, plan := range p.plans {
		for _, h := range plan.Holds() {
			if id, err := ParseID(h.Person); err == nil && s.People[id] != nil && !s.hasLeft(id, now) && h.Layer != oncall.Shadow && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, func(a, b ID) int { return cmp.Or(cmp.Compare(s.PersonName(a), s.PersonName(b)), a.Compare(b)) })
	return ids
}

// ReachWarnings says what is wrong with the ways to reach one person.
func (s *State) ReachWarnings(person ID, now time.Time) []string {
	p := s.People[person]
	if p == nil {
		return nil
	}
	f, list := p.Fields, []string{}
	own := map[string]bool{}
	for _, way := range Ways {
		if v := bare(f.Text(way)); v != "" && ownWay(way) {
			own[v] = true
		}
	}
	if work := bare(f.Text(PersonPhone)); own[work] && work != "" {
		delete(own, work) // the same number twice is one way
	}
	switch len(own) {
	case 0:
		list = append(list, "no way to reach them without the company's phone and mail")
	case 1:
		list = append(list, "one way to reach them without the company's phone and mail; two are needed")
	}
	if f.Text(PersonZone) == "" {
		list = append(list, "no time zone: nobody sees when it is night there")
	}
	switch at, ok := f.when(PersonTestPage); {
	case !ok:
		list = append(list, "no test page has reached them yet")
	case now.Sub(at) > TestPageEvery:
		list = append(list, "the last test page is "+count(int(now.Sub(at)/(24*time.Hour)), "day")+" old; 30 is the most")
	}
	if s.hasLeft(person, now) {
		list = append(list, "left on "+f.Text(PersonLeft)+" and is still in a schedule")
	}
	return list
}

// bare is a way to reach somebody without what does not tell two apart.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()./", r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}

// WayView is one way to reach a person.
type WayView struct {
	Way   string `json:"way"`
	Value string `json:"value"`
	// Own says that it needs no system of the company.
	Own bool `json:"own"`
}

// WaysOf lists the ways to reach a person in the order they asked for.
func (s *State) WaysOf(person ID) []WayView {
	list := []WayView{}
	p := s.People[person]
	if p == nil {
		return list
	}
	text, _ := contactOrder(p.Fields.Text(PersonOrder))
	order := lines(strings.ReplaceAll(text, ",", "\n"))
	for _, way := range Ways {
		if !slices.Contains(order, way) {
			order = append(order, way)
		}
	}
	for _, way := range order {
		if v := p.Fields.Text(way); v != "" {
			list = append(list, WayView{way, v, ownWay(way)})
		}
	}
	return list
}

// TestPage is when the last test page reached a person; zero where none did.
func (s *State) TestPage(person ID) time.Time {
	if p := s.People[person]; p != nil {
		at, _ := p.Fields.when(PersonTestPage)
		return at
	}
	return time.Time{}
}
