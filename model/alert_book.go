package model

import (
	"cmp"
	"slices"
	"strings"
)

// alertBook is the alerts of one state, kept up while folding: what is due is
// asked for often, and a room may hold ten thousand alerts.
type alertBook struct {
	// items by source and fingerprint, and the alerts they make.
	items map[string]map[ID]*Alert
	made  map[string][]*Alert
	of    map[ID]*Alert // by item
	// waiting are those nobody has taken up, by class, the oldest first.
	waiting map[string][]*Alert
	linked  map[ID]map[*Alert]bool // by incident
}

func alertKey(source, fingerprint string) string { return source + "\x00" + fingerprint }

// touch reads an item again, where it is an alert.
func (b *alertBook) touch(id ID, item *Item) {
	if item == nil || !item.Known() || item.Class != ClassAlert {
		return
	}
	if b.items == nil {
		*b = alertBook{
			items: map[string]map[ID]*Alert{}, made: map[string][]*Alert{}, of: map[ID]*Alert{},
			waiting: map[string][]*Alert{}, linked: map[ID]map[*Alert]bool{},
		}
	}
	read := readAlert(id, item)
	key := alertKey(read.Source, read.Fingerprint)
	if b.items[key] == nil {
		b.items[key] = map[ID]*Alert{}
	}
	b.items[key][id] = read
	for _, old := range b.made[key] {
		b.drop(old)
	}
	all := make([]*Alert, 0, len(b.items[key]))
	for _, one := range b.items[key] {
		all = append(all, one)
	}
	b.made[key] = episodes(all)
	for _, now := range b.made[key] {
		b.put(now)
	}
}

func (b *alertBook) put(a *Alert) {
	for _, id := range a.Items {
		b.of[id] = a
	}
	for _, inc := range a.Incidents {
		if b.linked[inc] == nil {
			b.linked[inc] = map[*Alert]bool{}
		}
		b.linked[inc][a] = true
	}
	if a.Waiting() {
		list := b.waiting[a.Class]
		i, _ := slices.BinarySearchFunc(list, a, compareAlerts)
		b.waiting[a.Class] = slices.Insert(list, i, a)
	}
}

func (b *alertBook) drop(a *Alert) {
	for _, inc := range a.Incidents {
		delete(b.linked[inc], a)
	}
	if list := b.waiting[a.Class]; a.Waiting() {
		if i, found := slices.BinarySearchFunc(list, a, compareAlerts); found {
			b.waiting[a.Class] = slices.Delete(list, i, i+1)
		}
	}
}

// compareAlerts orders by when they came in.
func compareAlerts(a, b *Alert) int {
	return cmp.Or(a.Recorded.Compare(b.Recorded), a.added.Compare(b.added), a.ID.Compare(b.ID))
}

// indexItems reads the items of a state that comes from a snapshot.
func (s *State) indexItems() {
	for id, item := range s.Items {
		if item.Known() {
			s.classify(id, item)
			s.alerts.touch(id, item)
		}
	}
}

// Alerts lists the alerts of the room, the first signal last.
func (s *State) Alerts() []*Alert {
	var list []*Alert
	for _, made := range s.alerts.made {
		list = append(list, made...)
	}
	slices.SortFunc(list, func(a, b *Alert) int { return cmp.Or(b.At.Compare(a.At), compareAlerts(a, b)) })
	return list
}

// AlertsOf lists the alerts of an incident, the first signal first.
func (s *State) AlertsOf(incident ID) []*Alert {
	list := make([]*Alert, 0, len(s.alerts.linked[incident]))
	for a := range s.alerts.linked[incident] {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *Alert) int { return cmp.Or(a.At.Compare(b.At), compareAlerts(a, b)) })
	return list
}

// WaitingAlerts lists the alerts of a class nobody has taken up, in the order
// they came in. The caller does not change the list.
func (s *State) WaitingAlerts(class string) []*Alert { return s.alerts.waiting[class] }

// Alert gives the alert an item belongs to; nil where there is none.
func (s *State) Alert(id ID) *Alert { return s.alerts.of[id] }

// FindAlert reads what a person typed for an alert: its id or the start of it,
// its fingerprint, or a part of what it says that fits one alone. Of alerts with
// one fingerprint the last is meant.
func (s *State) FindAlert(text string) (*Alert, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, refuse("no alert was named; `alert list` has them")
	}
	if id, err := ParseID(text); err == nil {
		if a := s.Alert(id); a != nil {
			return a, nil
		}
	}
	upper := strings.ToUpper(text)
	var byID, bySaid []*Alert
	for _, made := range s.alerts.made {
		last := made[len(made)-1]
		if strings.EqualFold(last.Fingerprint, text) {
			return last, nil
		}
		for _, a := range made {
			if len(upper) >= minPrefix && slices.ContainsFunc(a.Items, func(id ID) bool { return strings.HasPrefix(id.String(), upper) }) {
				byID = append(byID, a)
			}
		}
		if strings.Contains(strings.ToUpper(last.What), upper) {
			bySaid = append(bySaid, last)
		}
	}
	for _, found := range [...][]*Alert{byID, bySaid} {
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			names := make([]string, len(found))
			for i, a := range found {
				names[i] = a.ID.Short(2*minPrefix) + " " + a.What
			}
			slices.Sort(names)
			return nil, refuse("%q fits %d alerts: %s", text, len(found), strings.Join(names[:min(len(names), maxNamed)], "; "))
		}
	}
	return nil, refuse("there is no alert %.60q in this room; `alert list --all` has them", text)
}
