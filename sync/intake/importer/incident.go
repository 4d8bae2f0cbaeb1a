package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/model/when"
)

// Years outside of this are slips of the pen, such as 22025-03-18.
const (
	minYear = 1970
	maxYear = 2199
)

// firstPost is a time of the files that is no milestone here: it becomes an
// entry.
const firstPost = "first_public_post_at"

// file is an incident as it is written.
type file struct {
	ID         string            `json:"id"`
	Source     string            `json:"source,omitempty"`
	Title      string            `json:"title"`
	Guess      string            `json:"severity_guess,omitempty"`
	Severity   string            `json:"severity,omitempty"`
	Type       string            `json:"type,omitempty"`
	Detection  string            `json:"detection,omitempty"`
	Zone       string            `json:"timezone,omitempty"`
	Milestones map[string]string `json:"milestones"`
	Entries    []fileEntry       `json:"entries"`
	Notes      string            `json:"notes,omitempty"`
	Licence    string            `json:"source_licence,omitempty"`
	Count      *int              `json:"entry_count,omitempty"`
}

type fileEntry struct {
	At        string `json:"at"`
	Text      string `json:"text"`
	Kind      string `json:"kind,omitempty"`
	Precision string `json:"precision,omitempty"`
}

// IncidentJSON reads one incident in the form incident-json. The error wraps
// ErrInvalid and names the field and the entry of each mistake.
func IncidentJSON(r io.Reader) (Incident, error) {
	b, err := readAll(r)
	if err != nil {
		return Incident{}, err
	}
	f, unknown, err := decode(b)
	if err != nil {
		return Incident{}, err
	}
	var wrong mistakes
	inc := Incident{Declare: f.declare(&wrong), Warnings: unknown}
	inc.rows = f.entries(&wrong)
	if f.Count != nil && *f.Count != len(f.Entries) {
		wrong.add("entry_count says %d, entries has %d", *f.Count, len(f.Entries))
	}
	if err := wrong.err(); err != nil {
		return Incident{}, err
	}
	// One op of the commit declares the incident.
	inc.Declare.Entries = logs(inc.rows[:min(len(inc.rows), model.MaxOps-1)])
	return inc, nil
}

func decode(b []byte) (file, []string, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return file{}, nil, fmt.Errorf("%w: it is not UTF-8 text", ErrInvalid)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&f); err != nil {
		return file{}, nil, fmt.Errorf("%w: %s", ErrInvalid, jsonMistake(b, err))
	}
	if rest := bytes.TrimSpace(b[d.InputOffset():]); len(rest) > 0 {
		return file{}, nil, fmt.Errorf("%w: more follows the incident, from byte %d on", ErrInvalid, d.InputOffset())
	}
	return f, unknown(b), nil
}

// jsonMistake says where in the file the JSON is wrong.
func jsonMistake(b []byte, err error) string {
	at := int64(-1)
	switch e := err.(type) {
	case *json.SyntaxError:
		at = e.Offset
	case *json.UnmarshalTypeError:
		at = e.Offset
	}
	if at < 0 || at > int64(len(b)) {
		return err.Error()
	}
	return fmt.Sprintf("line %d: %s", 1+bytes.Count(b[:at], []byte("\n")), err)
}

// unknown names the members of the object that are not read.
func unknown(b []byte) []string {
	var all map[string]json.RawMessage
	var parts struct {
		Entries []map[string]json.RawMessage `json:"entries"`
	}
	if json.Unmarshal(b, &all) != nil || json.Unmarshal(b, &parts) != nil {
		return nil
	}
	known := []string{
		"id", "source", "title", "severity_guess", "severity", "type", "detection", "timezone", "milestones", "entries",
		"notes", "source_licence", "entry_count",
	}
	var list []string
	for name := range all {
		if !slices.Contains(known, name) {
			list = append(list, name+" is not kept")
		}
	}
	seen := map[string]bool{}
	for _, e := range parts.Entries {
		for name := range e {
			if !slices.Contains([]string{"at", "text", "kind", "precision"}, name) && !seen[name] {
				seen[name] = true
				list = append(list, name+" of entries is not kept")
			}
		}
	}
	slices.Sort(list)
	return list
}

func (f file) declare(wrong *mistakes) model.Declare {
	d := model.Declare{
		Title: oneLine(wrong, "title", f.Title, model.MaxTitle), Source: oneLine(wrong, "id", f.ID, model.MaxTitle),
		Severity: oneOf(wrong, "severity", either(f.Severity, f.Guess), model.Severities[:]),
		Type:     oneOf(wrong, "type", f.Type, model.Types[:]), Detection: oneOf(wrong, "detection", f.Detection, model.Detections[:]),
		Origin: text(wrong, "source", f.Source), Notes: text(wrong, "notes", f.Notes), Zone: strings.TrimSpace(f.Zone),
		Milestones: map[string]time.Time{},
	}
	if f.Licence != "" {
		d.Origin = strings.TrimSpace(d.Origin + "\nlicence: " + text(wrong, "source_licence", f.Licence))
	}
	if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" {
		wrong.add("timezone %.60q is no IANA zone, such as Europe/Berlin", f.Zone)
	}
	for _, key := range slices.Sorted(maps.Keys(f.Milestones)) {
		at, ok := moment(wrong, "milestones: "+key, f.Milestones[key])
		name := strings.ReplaceAll(strings.TrimSuffix(key, "_at"), "_", "-")
		switch {
		case !ok || key == firstPost:
		case !strings.HasSuffix(key, "_at") || !slices.Contains(model.Milestones[:], name):
			wrong.add("milestones: %.60q is not known; known are: %s", key, milestoneKeys())
		default:
			d.Milestones[name] = at
		}
	}
	return d
}

func milestoneKeys() string {
	var keys []string
	for _, name := range model.Milestones {
		keys = append(keys, strings.ReplaceAll(name, "-", "_")+"_at")
	}
	return strings.Join(append(keys, firstPost), ", ")
}

func (f file) entries(wrong *mistakes) []Row {
	if len(f.Entries) > MaxEntries {
		wrong.add("entries has %d, the limit is %d", len(f.Entries), MaxEntries)
		return nil
	}
	rows := make([]Row, 0, len(f.Entries)+1)
	for n, e := range f.Entries {
		where := fmt.Sprintf("entry %d", n+1)
		row := where + ": "
		at, _ := moment(wrong, row+"at", e.At)
		if strings.TrimSpace(e.At) == "" {
			wrong.add("%sat is missing", row)
		}
		if strings.TrimSpace(e.Text) == "" {
			wrong.add("%stext is missing", row)
		}
		precision, err := when.ParsePrecision(strings.TrimSpace(e.Precision))
		if err != nil {
			wrong.add("%sprecision %.60q is not known; it is exact, approx, hour, day or after", row, e.Precision)
		}
		kind := either(oneOf(wrong, row+"kind", e.Kind, model.Kinds[:]), model.Kinds[0])
		log := model.Log{Text: text(wrong, row+"text", e.Text), Kind: kind, At: at, Precision: precision}
		rows = append(rows, Row{Log: log, Where: where})
	}
	if at, ok := moment(&mistakes{}, firstPost, f.Milestones[firstPost]); ok {
		rows = append(rows, Row{Log: model.Log{Text: "First public post", Kind: "communication", At: at}, Where: firstPost})
	}
	return rows
}

// moment reads an RFC 3339 time; an empty text is none, and no mistake.
func moment(wrong *mistakes, field, text string) (time.Time, bool) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	switch {
	case err != nil:
		wrong.add("%s: %.60q is not a time such as 2026-03-17T14:05:00Z", field, text)
	case t.UTC().Year() < minYear || t.UTC().Year() > maxYear:
		wrong.add("%s: %.60q is outside the years %d to %d", field, text, minYear, maxYear)
	default:
		return t.UTC(), true
	}
	return time.Time{}, false
}

func oneLine(wrong *mistakes, field, value string, limit int) string {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		wrong.add("%s is missing", field)
	case len(value) > limit:
		wrong.add("%s has %d bytes; the limit is %d", field, len(value), limit)
	case strings.ContainsAny(value, "\r\n"):
		wrong.add("%s must be one line", field)
	}
	return value
}

func text(wrong *mistakes, field, value string) string {
	value = strings.TrimSpace(value)
	if len(value) > model.MaxText {
		wrong.add("%s has %d bytes; the limit is %d", field, len(value), model.MaxText)
	}
	return value
}

func oneOf(wrong *mistakes, field, value string, list []string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	for _, item := range list {
		if strings.EqualFold(item, value) {
			return item
		}
	}
	wrong.add("%s %.60q is not known; it is one of: %s", field, value, strings.Join(list, ", "))
	return ""
}

func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
