package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// record is a row of a table as it stands in the file.
type record struct {
	line  int
	cells []string
	doubt string
}

func (r record) where() string { return fmt.Sprintf("line %d", r.line) }

// delimiterOf finds what parts the cells: what gives a header, else what the
// first rows have most often.
func delimiterOf(b []byte) rune {
	lines := strings.SplitN(strings.TrimLeft(string(b[:min(len(b), 1<<16)]), "\r\n"), "\n", headSearch+1)
	lines = lines[:min(len(lines), headSearch)]
	best, most := ',', 0
	for _, line := range lines {
		for _, d := range ",;\t|" {
			cells := splitLine(line, d)
			if _, ok := columnsFrom(cells); ok && len(cells) > most {
				best, most = d, len(cells)
			}
		}
		if most > 0 {
			return best
		}
	}
	for _, d := range ",;\t|" {
		if n := strings.Count(lines[0], string(d)); n > most && timedCells(splitLine(lines[0], d)) {
			best, most = d, n
		}
	}
	return best
}

// splitLine parts one line, whatever its quotes are.
func splitLine(line string, delimiter rune) []string {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = delimiter, true, -1
	cells, err := r.Read()
	if err != nil {
		return []string{line}
	}
	return cells
}

// splitTable parts a table. A quote that is not closed would swallow the rows
// after it: then its line is read alone, and says so. It ends behind the first row
// that is one too many.
func splitTable(b []byte, delimiter rune) (list []record) {
	line := 1
	for len(list) <= MaxEntries+headSearch {
		b, line = skipBlank(b, line)
		if len(b) == 0 {
			return list
		}
		more, used, broken := readRecords(b, delimiter, line)
		list = append(list, more...)
		line += bytes.Count(b[:used], []byte("\n"))
		if b = b[used:]; !broken {
			return list
		}
		if b, line = skipBlank(b, line); len(b) == 0 {
			return list
		}
		one, rest, _ := bytes.Cut(b, []byte("\n"))
		r := record{line: line, cells: splitLine(strings.TrimRight(string(one), "\r"), delimiter)}
		if bytes.Count(one, []byte(`"`))%2 == 1 {
			r.doubt = "a quote in its line is not closed; the line was read alone"
		}
		list, b, line = append(list, r), rest, line+1
	}
	return list
}

func skipBlank(b []byte, line int) ([]byte, int) {
	trimmed := bytes.TrimLeft(b, "\r\n")
	return trimmed, line + bytes.Count(b[:len(b)-len(trimmed)], []byte("\n"))
}

// readRecords reads rows up to one whose quotes are broken, and says how many
// bytes they are.
func readRecords(b []byte, delimiter rune, line int) (list []record, used int, broken bool) {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	for {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF), len(list) > MaxEntries+headSearch:
			return list, len(b), false
		case err != nil:
			return list, used, true
		}
		at, _ := r.FieldPos(0)
		used = int(r.InputOffset())
		rec := record{line: line + at - 1, cells: cells}
		if slices.ContainsFunc(cells, func(cell string) bool { return swallows(cell, delimiter) }) {
			rec.doubt = "a cell of it holds lines that look like rows; a quote may be missing"
		}
		list = append(list, rec)
	}
}

// swallows reports a cell with a line in it that begins as a row does.
func swallows(cell string, delimiter rune) bool {
	lines := strings.Split(cell, "\n")
	for _, line := range lines[1:] {
		if head, _, ok := strings.Cut(line, string(delimiter)); ok {
			if _, ok := cellStamp(head); ok {
				return true
			}
		}
	}
	return false
}
