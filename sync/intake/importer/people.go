package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holdfast/model"
)

// maxColumns bounds the columns of a list of people, and maxCell a cell: a
// detail of a person is a line. maxMailbox is the limit of RFC 5321.
const (
	maxColumns = 64
	maxCell    = 1000
	maxMailbox = 254
)

// columnNames gives the name a column has in the room.
var columnNames = [...]struct{ name, column string }{
	{"name", "name"},
	{"name", "full name"},
	{"email", "email"},
	{"email", "e-mail"},
	{"email", "mail"},
	{"phone", "phone"},
	{"phone", "phone primary"},
	{"phone", "mobile"},
	{"second_phone", "phone2"},
	{"second_phone", "second phone"},
	{"messenger", "messenger"},
	{"team", "team"},
	{"zone", "zone"},
	{"zone", "time zone"},
	{"zone", "timezone"},
	{"title", "title"},
	{"title", "role"},
	{"second_phone", "phone secondary"},
	{"second_phone", "phone backup"},
	{"messenger", "messenger out of band"},
	{"skills", "sme for"},
}

// BadRow is a row of a list that was left out.
type BadRow struct {
	Line int // in the file, from 1
	Why  string
}

// String names the row and what is wrong with it.
func (b BadRow) String() string { return fmt.Sprintf("line %d: %s", b.Line, b.Why) }

// PeopleCSV reads a list of people. Rows that are wrong are left out and
// named; the error, which wraps ErrInvalid, is for a file that is no such list.
// The separator is a comma, a semicolon or a tab, as the header has it.
func PeopleCSV(r io.Reader) ([]model.AddPerson, []BadRow, error) {
	b, err := readAll(r)
	if err != nil {
		return nil, nil, err
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, nil, fmt.Errorf("%w: it is not UTF-8 text; save it as CSV UTF-8", ErrInvalid)
	}
	rows := csv.NewReader(bytes.NewReader(b))
	rows.Comma, rows.FieldsPerRecord, rows.TrimLeadingSpace = separator(b), -1, true
	header, err := rows.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: it has no header row such as name,email,phone,team,zone,title", ErrInvalid)
	}
	columns, err := columnsOf(header)
	if err != nil {
		return nil, nil, err
	}
	var people []model.AddPerson
	var bad []BadRow
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return people, bad, nil
		}
		if err != nil {
			// Quotes that do not close make all that follows doubtful.
			return nil, nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		line, _ := rows.FieldPos(0)
		p, why := person(columns, row)
		switch {
		case why == "" && len(people) == MaxPeople:
			return nil, nil, fmt.Errorf("%w: it has more than %d people", ErrInvalid, MaxPeople)
		case why == "":
			people = append(people, p)
		case strings.TrimSpace(strings.Join(row, "")) != "":
			bad = append(bad, BadRow{Line: line, Why: why})
		}
	}
}

// separator is what the header row has most of.
func separator(b []byte) rune {
	header, _, _ := bytes.Cut(b, []byte("\n"))
	best := ','
	for _, c := range []rune{';', '\t'} {
		if bytes.Count(header, []byte(string(c))) > bytes.Count(header, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func columnsOf(header []string) ([]string, error) {
	if len(header) > maxColumns {
		return nil, fmt.Errorf("%w: it has %d columns, the limit is %d", ErrInvalid, len(header), maxColumns)
	}
	columns := make([]string, len(header))
	for i, title := range header {
		columns[i] = columnName(title)
		if columns[i] != "" && slices.Contains(columns[:i], columns[i]) {
			columns[i] = "" // the first column of a name counts
		}
	}
	if !slices.Contains(columns, "name") {
		return nil, fmt.Errorf("%w: its header row has no column name; it begins with %.80q", ErrInvalid, strings.Join(header, ","))
	}
	return columns, nil
}

func columnName(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r == '_' || unicode.IsSpace(r) || unicode.IsControl(r) })
	plain := strings.Join(words, " ")
	for _, c := range columnNames {
		if c.column == plain {
			return c.name
		}
	}
	if len(plain) > model.MaxName {
		return ""
	}
	return strings.ReplaceAll(plain, " ", "_")
}

// person reads a row; why says what is wrong with it.
func person(columns, row []string) (p model.AddPerson, why string) {
	p.Fields = map[string]string{}
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case i >= len(columns):
			return p, fmt.Sprintf("it has %d cells, the header has %d", len(row), len(columns))
		case len(cell) > maxCell:
			return p, fmt.Sprintf("%s has %d bytes; the limit is %d", columns[i], len(cell), maxCell)
		case columns[i] == "name":
			p.Name = cell
		case columns[i] == "email":
			p.Email = cell
		case columns[i] != "":
			p.Fields[columns[i]] = cell
		}
	}
	return p, mistake(p)
}

func mistake(p model.AddPerson) string {
	switch {
	case p.Name == "":
		return "name is missing"
	case len(p.Name) > model.MaxName:
		return fmt.Sprintf("name has %d bytes; the limit is %d", len(p.Name), model.MaxName)
	case strings.ContainsAny(p.Name, "\r\n"):
		return "name must be one line"
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > maxMailbox {
			return fmt.Sprintf("%.80q is not an e-mail address", p.Email)
		}
	}
	if zone := p.Fields["zone"]; zone != "" {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			return fmt.Sprintf("%.80q is no time zone, such as Europe/Berlin", zone)
		}
	}
	return ""
}
