package model

import (
	"cmp"
	"slices"
	"strings"
)

// maxStanding is how many lists of standing entries are kept: those a screen
// asks for with each change are about ten.
const maxStanding = 32

// maxStood is how many entries a list may have to be kept: more are read anew. About
// a megabyte.
const maxStood = 4096

// maxPatch is how many entries are put into a list or a timeline one by one
// where each may have to be looked for in the packs, or be moved.
const maxPatch = 64

// standing are the entries of some kinds that were not taken back, as they were
// read last.
type standing struct {
	incident ID
	kinds    string
	from     uint64 // the count of recent it is brought up to
	ids      []ID
	versions []Version
}

// latest gives the text of the newest entry of some kinds that still stands.
func (i *Incident) latest(kinds ...string) string { return i.latestOf(kinds...).Text }

func (i *Incident) latestOf(kinds ...string) Version {
	if all := i.standing(kinds...); len(all) > 0 {
		return all[len(all)-1]
	}
	return Version{}
}

// standing lists the entries of some kinds that were not taken back, in the
// order they happened. The list is shared, and must not be changed.
func (i *Incident) standing(kinds ...string) []Version {
	kept := &i.attic.lists
	kept.Lock()
	defer kept.Unlock()
	key := strings.Join(kinds, " ")
	n := slices.IndexFunc(kept.list, func(l standing) bool { return l.incident == i.ID && l.kinds == key })
	if n >= 0 && i.refresh(&kept.list[n], kinds) {
		return kept.list[n].versions
	}
	if n >= 0 {
		kept.list = slices.Delete(kept.list, n, n+1)
	}
	missed := i.attic.missed.Load()
	l := standing{incident: i.ID, kinds: key, from: i.attic.recent.written}
	for id, e := range i.All() {
		l.take(id, e, kinds)
	}
	l.order()
	if i.attic.missed.Load() != missed || len(l.versions) > maxStood {
		return l.versions // there is more, once it can be read; or it is too much to keep
	}
	if len(i.Packs) > 0 {
		for n := range l.versions { // the texts of a pack are one piece
			l.versions[n].Text = strings.Clone(l.versions[n].Text)
		}
	}
	if len(kept.list) >= maxStanding {
		kept.list = slices.Delete(kept.list, 0, 1)
	}
	kept.list = append(kept.list, l)
	return l.versions
}

// refresh brings a list up to date; false where it has to be read anew.
func (i *Incident) refresh(l *standing, kinds []string) bool {
	recent, missed := i.attic.recent, i.attic.missed.Load()
	ids, ok := recent.since(l.from, i.ID)
	if !ok || len(ids) > maxPatch {
		return false
	}
	now := standing{incident: l.incident, kinds: l.kinds, from: recent.written}
	changed := false
	for _, id := range ids {
		e := i.Entry(id)
		changed = changed || slices.Contains(l.ids, id) || e != nil && e.stands(id, kinds)
	}
	switch {
	case i.attic.missed.Load() != missed:
		return false
	case !changed:
		l.from = now.from
		return true
	}
	for n, id := range l.ids {
		if !slices.Contains(ids, id) {
			now.ids, now.versions = append(now.ids, id), append(now.versions, l.versions[n])
		}
	}
	for _, id := range ids {
		if e := i.Entry(id); e != nil {
			now.take(id, e, kinds)
		}
	}
	now.order()
	*l = now
	return true
}

func (e *Entry) stands(id ID, kinds []string) bool {
	return e.Known() && !e.Retracted() && slices.Contains(kinds, e.Now(id).Kind)
}

func (l *standing) take(id ID, e *Entry, kinds []string) {
	if e.stands(id, kinds) {
		l.ids, l.versions = append(l.ids, id), append(l.versions, e.Now(id))
	}
}

// order sorts a list by when things happened.
func (l *standing) order() {
	places := make([]int, len(l.ids))
	for n := range places {
		places[n] = n
	}
	slices.SortFunc(places, func(x, y int) int {
		a, b := &l.versions[x], &l.versions[y]
		return cmp.Or(cmp.Compare(a.At, b.At), a.Stamp.Compare(b.Stamp))
	})
	ids, versions := make([]ID, len(places)), make([]Version, len(places))
	for n, p := range places {
		ids[n], versions[n] = l.ids[p], l.versions[p]
	}
	l.ids, l.versions = ids, versions
}
