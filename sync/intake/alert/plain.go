package alert

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
)

// plain is an alert in our own form.
type plainAlert struct {
	model.AlertFact
	Status string `json:"status"` // firing, acknowledged or resolved
}

func readPlain(b []byte, now time.Time) (batch Batch, err error) {
	trimmed := bytes.TrimSpace(b)
	list := []json.RawMessage{trimmed}
	var wrapped struct {
		Alerts []json.RawMessage `json:"alerts"`
	}
	switch {
	case trimmed[0] == '[':
		err = unmarshal(trimmed, &list)
	default:
		if err = unmarshal(trimmed, &wrapped); wrapped.Alerts != nil {
			list = wrapped.Alerts
		}
	}
	if err != nil {
		return Batch{}, err
	}
	for _, raw := range list {
		f, err := onePlain(raw, now)
		if err != nil {
			return Batch{}, err
		}
		batch.Facts = append(batch.Facts, f)
	}
	return batch, nil
}

func onePlain(raw json.RawMessage, now time.Time) (model.AlertFact, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var a plainAlert
	if err := d.Decode(&a); err != nil {
		return a.AlertFact, invalid("%s", strings.ReplaceAll(strings.TrimPrefix(err.Error(), "json: "), "\n", " "))
	}
	f := a.AlertFact
	f.Source = first(f.Source, Plain)
	f.Fingerprint = first(f.Fingerprint, hashed(f.Service, f.What))
	switch a.Status {
	case "", "firing":
	case "acknowledged":
		if f.Acknowledged.IsZero() {
			f.Acknowledged = now
		}
	case "resolved":
		if f.Ended.IsZero() {
			f.Ended = now
		}
	default:
		return f, invalid("status is %.40q; it is one of firing, acknowledged, resolved", a.Status)
	}
	if f.What == "" {
		if a.Status == "" || a.Status == "firing" {
			return f, invalid(`an alert says in "what" what is wrong`)
		}
		f.Update = true
	}
	return f, nil
}

// readText reads one alert a line: an optional time, an optional class, and
// what is wrong. Marks of chat tools before them are left out.
func readText(b []byte, now time.Time) (batch Batch, err error) {
	for line := range strings.Lines(string(b)) {
		if f, ok := oneLine(line, now); ok {
			batch.Facts = append(batch.Facts, f)
		}
	}
	return batch, nil
}

// classWords are what a pasted line may begin with, beside the marks of
// Alertmanager: [FIRING:2].
var classWords = map[string]bool{
	"critical": true, "high": true, "error": true, "major": true, "medium": true, "warning": true, "warn": true, "minor": true, "low": true,
	"info": true, "p1": true, "p2": true, "p3": true, "p4": true, "p5": true,
}

// longestLine is what is read of one line: a title and a description.
const longestLine = 2000

func oneLine(line string, now time.Time) (f model.AlertFact, ok bool) {
	line = strings.TrimSpace(strings.Trim(strings.ToValidUTF8(line[:min(len(line), longestLine)], ""), " \t\r\n*-•>"))
	f.Source = "paste"
	rest := line
	for range 4 { // a time, a class and a mark, in any order
		word, after, _ := strings.Cut(rest, " ")
		bare := strings.ToLower(strings.Trim(word, "[]():,*|"))
		mark, _, _ := strings.Cut(bare, ":")
		switch {
		case mark == "firing":
		case mark == "resolved":
			f.Ended = now
		case classWords[bare]:
			f.Class = bare
		case bare == "alert", bare == "utc" && !f.At.IsZero():
		default:
			m, err := when.Parse(strings.Trim(word, "[](),"), now, time.UTC)
			if err != nil || !strings.Contains(word, ":") || !f.At.IsZero() || m.At.IsZero() {
				word = ""
			} else {
				f.At = m.At
			}
		}
		if word == "" {
			break
		}
		rest = strings.TrimSpace(after)
	}
	f.What = strings.TrimSpace(strings.TrimLeft(rest, ":- "))
	f.Fingerprint = hashed(strings.ToLower(f.What))
	return f, f.What != ""
}
