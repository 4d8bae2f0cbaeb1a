package importer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"holdfast/model/when"
)

var (
	trackMark = regexp.MustCompile("\\{\\{[<%]\\s*track\\s+[\"'`]?([^\"'`>%}]*)[\"'`]?\\s*[>%]\\}\\}")
	boldWord  = regexp.MustCompile(`^(\*\*|__|\*|_)([^*_\n]{1,60})(\*\*|__|\*|_)`)
)

// readCState reads an incident of a static status site: what it is stands before
// the text, whose updates are the newest first.
func readCState(b []byte, o Options) ([]story, error) {
	front, body, line, err := frontMatter(b)
	if err != nil {
		return nil, err
	}
	s := story{}
	s.Declare.Title = front.one("title")
	s.grade("cState", front.one("severity"))
	if list := front.list("affected"); len(list) > 0 {
		s.Declare.Notes = "Affected: " + strings.Join(list, ", ")
	}
	front.left(&s)
	rows := trackedRows(body, line)
	dates := front.milestones()
	if len(rows) == 0 && len(dates) > 0 {
		rows = append(rows, dates[0])
		rows[0].header, rows[0].text = false, either(s.Declare.Title, "Incident")
	}
	for n := range rows {
		rows[n].kind = "communication"
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: it has no updates and no date", ErrInvalid)
	}
	if err := settleMilestones(&s, dates, o); err != nil {
		return nil, err
	}
	if err := settle(&s, rows, o, ""); err != nil {
		return nil, err
	}
	return []story{s}, nil
}

// settleMilestones keeps when it began and ended.
func settleMilestones(s *story, dates []toldRow, o Options) error {
	var kept story
	if err := settle(&kept, dates, o, ""); err != nil {
		return err
	}
	for _, r := range kept.rows {
		if r.Log.At.IsZero() || r.Log.Precision == when.Day {
			s.warn("the %s of the file, %q, is no time of day", r.Where, cut(r.Log.Text, 100))
			continue
		}
		s.milestone(r.Log.Text, r.Log.At)
	}
	return nil
}

// front is what stands before the text: its keys, and the values of each.
type front struct {
	keys   []string
	values map[string][]string
}

func (f front) one(key string) string { return strings.Join(f.values[key], " ") }

func (f front) list(key string) []string {
	var list []string
	for _, v := range f.values[key] {
		for _, item := range strings.Split(strings.Trim(v, "[]"), ",") {
			if item = unquoted(item); item != "" {
				list = append(list, item)
			}
		}
	}
	return list
}

// left names the keys that are not kept; those only say how the site shows it.
func (f front) left(s *story) {
	known := []string{"title", "date", "resolved", "resolvedWhen", "severity", "affected", "section"}
	for _, key := range f.keys {
		if !slices.Contains(known, key) && f.one(key) != "" {
			s.warn("%s is not kept", cut(key, 100))
		}
	}
}

// milestones gives the times of the head as rows whose text is the milestone.
func (f front) milestones() (rows []toldRow) {
	add := func(key, name string) {
		value := f.one(key)
		if value == "" {
			return
		}
		st, ok := cellStamp(value)
		rows = append(rows, toldRow{where: key, st: st, timed: ok, raw: value, text: name})
	}
	add("date", "started")
	if strings.EqualFold(f.one("resolved"), "true") {
		add("resolvedWhen", "resolved")
	}
	return rows
}

// frontMatter parts a file; line is that of its text.
func frontMatter(b []byte) (f front, body string, line int, err error) {
	f.values = map[string][]string{}
	lines := strings.Split(string(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))), "\n")
	start := 0
	for start < len(lines) && strings.TrimSpace(lines[start]) == "" {
		start++
	}
	if start == len(lines) || strings.TrimSpace(lines[start]) != "---" {
		return f, "", 0, fmt.Errorf("%w: line %d: it does not begin with ---, as a file of cState does", ErrInvalid, start+1)
	}
	key := ""
	for n := start + 1; n < len(lines); n++ {
		text := strings.TrimSpace(lines[n])
		if text == "---" {
			return f, strings.Join(lines[n+1:], "\n"), n + 2, nil
		}
		if item, ok := strings.CutPrefix(text, "-"); ok && key != "" {
			f.values[key] = append(f.values[key], unquoted(item))
			continue
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || strings.HasPrefix(text, "#") {
			continue
		}
		key = strings.TrimSpace(name)
		f.keys = append(f.keys, key)
		if value = unquoted(value); value != "" {
			f.values[key] = append(f.values[key], value)
		}
	}
	return f, "", 0, fmt.Errorf("%w: line %d: no second --- ends what begins there", ErrInvalid, start+1)
}

func unquoted(value string) string {
	value = strings.TrimSpace(value)
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return value[1 : len(value)-1]
	}
	return value
}

// trackedRows reads the updates, each of which ends with its time.
func trackedRows(body string, line int) (rows []toldRow) {
	at := 0
	all := trackMark.FindAllStringSubmatchIndex(body, MaxEntries+1)
	for _, m := range all {
		row := updateOf(body[at:m[0]], line)
		line += strings.Count(body[at:m[1]], "\n")
		row.raw = strings.TrimSpace(body[m[2]:m[3]])
		row.st, row.timed = cellStamp(row.raw)
		rows, at = append(rows, row), m[1]
	}
	if rest := updateOf(body[at:], line); rest.text != "" {
		rows = append(rows, rest)
	}
	return rows
}

// updateOf gives the text of an update without the stars around its first word.
func updateOf(text string, line int) toldRow {
	line += strings.Count(text[:len(text)-len(strings.TrimLeft(text, " \t\n"))], "\n")
	text = strings.TrimSpace(text)
	if m := boldWord.FindStringSubmatch(text); m != nil && m[1] == m[3] {
		text = m[2] + text[len(m[0]):]
	}
	return toldRow{where: fmt.Sprintf("line %d", line), text: text}
}
