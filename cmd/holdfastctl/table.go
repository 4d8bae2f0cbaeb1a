package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"holdfast/model/plain"
	"holdfast/model/when"
)

// gap is the blank between two columns.
const gap = "  "

// table writes rows in aligned columns under a head. The last column is not
// padded, so long titles go there.
type table struct {
	head []string
	rows [][]string
}

func newTable(head ...string) *table { return &table{head: head} }

func (t *table) add(cells ...string) {
	for i := range cells {
		if cells[i] = plain.Line(cells[i]); cells[i] == "" && i < len(cells)-1 {
			cells[i] = "-"
		}
	}
	t.rows = append(t.rows, cells)
}

// write prints the table, or the sentence where it has no rows.
func (t *table) write(w io.Writer, empty string) {
	if len(t.rows) == 0 {
		fmt.Fprintln(w, empty)
		return
	}
	widths := make([]int, len(t.head))
	lines := append([][]string{t.head}, t.rows...)
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], cells(cell))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			if i > 0 {
				b.WriteString(gap)
			}
			b.WriteString(pad(cell, widths[i]))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// stamp writes a time in full, in UTC; nothing for no time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// moment writes a time as well as it is known, in UTC.
func moment(at time.Time, p when.Precision) string {
	if at.IsZero() {
		return "unknown"
	}
	day := at.UTC().Format("2006-01-02")
	if p == when.Day {
		return day
	}
	return day + " " + when.Format(when.Moment{At: at, Precision: p}, time.UTC)
}

func seconds(n int64) string { return when.Clock(time.Duration(n) * time.Second) }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
