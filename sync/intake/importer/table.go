package importer

import (
	"bytes"
	"fmt"
	"strings"
)

// headSearch is how many rows may stand before the header: a name, a line of who
// wrote it.
const headSearch = 6

// readTable reads a table of one row per line of the timeline.
func readTable(b []byte, o Options) ([]story, error) {
	delimiter := delimiterOf(b)
	records := splitTable(b, delimiter)
	if len(records) > MaxEntries+headSearch {
		return nil, fmt.Errorf("%w: it has more than %d rows", ErrInvalid, MaxEntries)
	}
	var s story
	cols, head := columns{}, -1
	for n, r := range records[:min(len(records), headSearch)] {
		if c, ok := columnsFrom(r.cells); ok {
			cols, head = c, n
			break
		}
	}
	var rows []toldRow
	for n, r := range records {
		switch {
		case n == head:
			continue
		case n < head, head < 0:
			rows = append(rows, r.bare(delimiter))
		default:
			rows = append(rows, cols.row(r, string(delimiter)))
		}
	}
	if head < 0 && !anyTimed(rows) {
		return nil, fmt.Errorf("%w: line 1: it has no column of times, such as one with the header time or Datum", ErrInvalid)
	}
	rows = withText(rows)
	if err := settle(&s, rows, o, cols.zoneName); err != nil {
		return nil, err
	}
	return []story{s}, nil
}

// isTable says whether a text begins with a header of a table, or with two rows
// of one whose first cell is a time.
func isTable(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	if len(b) == 0 || b[0] == '|' {
		return false // a table of a wiki
	}
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	delimiter := delimiterOf(head)
	first := splitLine(string(head), delimiter)
	if c, ok := columnsFrom(first); ok {
		return c.roles[roleText] || c.roles[roleKind] || c.roles[roleAuthor] || c.roles[roleDate] && c.roles[roleTime]
	}
	second, _, _ := bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("\n"))
	return timedCells(first) && timedCells(splitLine(string(second), delimiter))
}

// timedCells reports a row whose first cell is a time, or a date and the second a
// clock. "00:07:12 <tab> Ben: <tab> hello" and "17.03.26, 15:02 - Ben" are chats.
func timedCells(cells []string) bool {
	if len(cells) < 2 || strings.HasSuffix(strings.TrimSpace(cells[1]), ":") {
		return false
	}
	st, ok := cellStamp(cells[0])
	if ok && st.day != dayNone && st.clock == clockNone {
		st, ok = cellStamp(cells[1])
	}
	return ok && (st.clock != clockNone || !st.epoch.IsZero())
}

// bare reads a row under no header: a time, or a date and a time, and the text.
func (r record) bare(delimiter rune) toldRow {
	row := toldRow{where: r.where(), doubt: r.doubt}
	rest := r.cells
	if st, ok := cellStamp(rest[0]); ok && len(rest) > 1 {
		row.st, row.timed, row.raw, rest = st, true, strings.TrimSpace(rest[0]), rest[1:]
		if at, ok := cellStamp(rest[0]); ok && len(rest) > 1 && st.clock == clockNone && st.epoch.IsZero() && at.day == dayNone {
			row.st.join(at)
			row.raw, rest = row.raw+" "+strings.TrimSpace(rest[0]), rest[1:]
		}
	}
	row.text = strings.Join(rest, string(delimiter))
	return row
}

// join adds the clock of another cell to a date.
func (st *stamp) join(at stamp) {
	st.clock, st.h, st.m, st.s, st.ns, st.half = at.clock, at.h, at.m, at.s, at.ns, at.half
	st.zone = either(at.zone, st.zone)
	st.approx = st.approx || at.approx
	st.wrong, st.doubt = either(st.wrong, at.wrong), also(st.doubt, at.doubt)
}

func anyTimed(rows []toldRow) bool {
	for _, r := range rows {
		if r.timed {
			return true
		}
	}
	return false
}

// withText leaves out rows whose cells are all empty, as spreadsheets write them
// below the last.
func withText(rows []toldRow) []toldRow {
	kept := rows[:0]
	for _, r := range rows {
		if r.timed || r.raw != "" || r.said() != "" {
			kept = append(kept, r)
		}
	}
	return kept
}
