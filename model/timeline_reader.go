package model

import "slices"

// TimelineReader keeps the timeline of an incident between readings, and reads
// again what has changed alone. It gives the rows that State.Timeline gives, each
// by a pointer: a row that is as it was keeps its pointer, and no row is changed
// once it was given. The zero value has read nothing. Read is called while nobody
// changes the state.
type TimelineReader struct {
	// of is what was read, and from; nil is nothing that can be gone on from.
	of   ID
	from *recent
	// written and others are how far: see recent.
	written, others uint64

	rows    []*Row
	entries map[ID]*Row       // of the rows, those of entries
	other   map[Row]*Row      // and the rest, by what they say
	authors map[FeedID]string // who wrote the entries, as they were called
	whole   int
}

// Whole counts the readings that were of everything.
func (r *TimelineReader) Whole() int { return r.whole }

// Read gives the rows of an incident in the order they happened. The slice is the
// same as before where no row has changed; it must not be changed.
func (r *TimelineReader) Read(s *State, inc *Incident) []*Row {
	missed := s.Missed()
	if r.of != inc.ID || r.from != s.attic.recent || !r.named(s) || !r.patch(s, inc) {
		r.readAll(s, inc)
	}
	if s.Missed() != missed {
		r.from = nil // there is more, once it can be read
	}
	return r.rows
}

func (r *TimelineReader) readAll(s *State, inc *Incident) {
	recent, rows := s.attic.recent, s.Timeline(inc)
	*r = TimelineReader{
		of: inc.ID, from: recent, written: recent.written, others: recent.others, rows: make([]*Row, len(rows)),
		entries: make(map[ID]*Row, len(rows)), other: map[Row]*Row{}, authors: map[FeedID]string{}, whole: r.whole + 1,
	}
	for n := range rows {
		row := &rows[n]
		r.rows[n] = row
		if row.Source == FromEntry {
			r.entries[row.ID], r.authors[row.Feed] = row, row.Author
		} else {
			r.other[*row] = row
		}
	}
	if len(r.entries)+len(r.other) != len(rows) {
		r.from = nil // two rows say the same, and cannot be told apart
	}
}

// named reports whether those who wrote entries are called as they were.
func (r *TimelineReader) named(s *State) bool {
	if r.others == s.attic.recent.others {
		return true
	}
	for feed, name := range r.authors {
		if s.AuthorName(Stamp{Feed: feed}) != name {
			return false
		}
	}
	return true
}

// patch reads what has changed; false where everything has to be read.
func (r *TimelineReader) patch(s *State, inc *Incident) bool {
	ids, ok := r.from.since(r.written, inc.ID)
	if !ok {
		return false
	}
	var fresh, gone []*Row
	far := 0
	for _, id := range ids {
		e := inc.Entries[id]
		if e == nil || !e.Known() { // it may be in a pack
			if far++; far > maxPatch {
				return false
			}
			e = inc.Entry(id)
		}
		was := r.entries[id]
		if e == nil || !e.Known() {
			continue // a correction of what has not arrived
		}
		row := s.entryRow(id, e)
		switch {
		case was == nil:
		case *was == row:
			continue
		default:
			gone = append(gone, was)
		}
		r.entries[id], r.authors[row.Feed] = &row, row.Author
		fresh = append(fresh, &row)
	}
	if r.others != r.from.others {
		came, went, apart := r.readOther(s, inc)
		if !apart {
			return false
		}
		fresh, gone = append(fresh, came...), append(gone, went...)
	}
	r.written, r.others = r.from.written, r.from.others
	return r.merge(fresh, gone)
}

// readOther reads the rows that were not written as entries, which are few, and
// tells those that came and went; false where two of them say the same.
func (r *TimelineReader) readOther(s *State, inc *Incident) (fresh, gone []*Row, apart bool) {
	rows := s.otherRows(inc)
	now := make(map[Row]*Row, len(rows))
	for n := range rows {
		row := r.other[rows[n]]
		if row == nil {
			row = &rows[n]
			fresh = append(fresh, row)
		}
		now[*row] = row
	}
	for row, was := range r.other {
		if now[row] == nil {
			gone = append(gone, was)
		}
	}
	r.other = now
	return fresh, gone, len(now) == len(rows)
}

// merge puts rows into their places and takes others out of theirs.
func (r *TimelineReader) merge(fresh, gone []*Row) bool {
	if len(fresh)+len(gone) == 0 {
		return true
	}
	slices.SortFunc(fresh, compareRows)
	slices.SortFunc(gone, compareRows)
	rows, from := make([]*Row, 0, len(r.rows)+len(fresh)-len(gone)), 0
	for len(fresh)+len(gone) > 0 {
		takes := len(gone) > 0 && (len(fresh) == 0 || compareRows(gone[0], fresh[0]) <= 0)
		next := gone
		if !takes {
			next = fresh
		}
		n, _ := slices.BinarySearchFunc(r.rows[from:], next[0], compareRows)
		rows, from = append(rows, r.rows[from:from+n]...), from+n
		if !takes {
			rows, fresh = append(rows, fresh[0]), fresh[1:]
			continue
		}
		if from == len(r.rows) || r.rows[from] != gone[0] {
			return false // two rows of one place
		}
		from, gone = from+1, gone[1:]
	}
	r.rows = append(rows, r.rows[from:]...)
	return true
}
