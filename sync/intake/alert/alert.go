// Package alert reads alerts as other systems tell them and gives them as facts
// for a room. It reads and checks only: the same bytes give the same facts, and
// a room takes the same alert once, so reading again changes nothing.
//
// # Formats
//
//	alertmanager   webhook of Prometheus Alertmanager, version 4
//	grafana        webhook of Grafana Alerting, which is the same with more in it
//	opsgenie       answer of GET /v2/alerts
//	pagerduty      answer of GET /incidents or /incidents/{id}/log_entries, or the
//	               table of raw incidents of its analytics, as CSV
//	events-v2      one event of the PagerDuty Events API v2
//	json           one alert as an object with the keys of model.AlertFact, and
//	               "status": firing, acknowledged or resolved; an array of such;
//	               or {"alerts": [...]}
//	text           one alert a line, as people paste it: "[FIRING:2] Checkout 5xx",
//	               "14:02 critical: checkout fails"
package alert

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// Names of the formats.
const (
	Alertmanager = "alertmanager"
	Grafana      = "grafana"
	Opsgenie     = "opsgenie"
	PagerDuty    = "pagerduty"
	Events       = "events-v2"
	Plain        = "json"
	Text         = "text"
)

// Formats lists the formats.
var Formats = [...]string{Alertmanager, Grafana, Opsgenie, PagerDuty, Events, Plain, Text}

const (
	// MaxBytes bounds what is read: Alertmanager sends at most what fits one
	// group, some hundred alerts of a kilobyte.
	MaxBytes = 4 << 20
	// MaxFacts bounds the alerts of one reading: more than that is a history, and
	// comes in parts.
	MaxFacts = 5000
)

// ErrInvalid is wrapped by every error about the content.
var ErrInvalid = errors.New("the alerts cannot be read")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s; nothing was taken in", ErrInvalid, fmt.Sprintf(format, args...))
}

// Batch is what was read.
type Batch struct {
	Format string
	Facts  []model.AlertFact
	// Warnings name what was left out, a sentence each.
	Warnings []string
}

// Read reads alerts. An empty format is found by what is there. now stands for
// the time of what names none.
func Read(format string, b []byte, now time.Time) (Batch, error) {
	if len(b) > MaxBytes {
		return Batch{}, invalid("they have %d bytes, and the limit is %d", len(b), MaxBytes)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(b)) == 0 {
		return Batch{}, invalid("there is nothing in it")
	}
	if format == "" {
		format = detect(b)
	}
	read := readers[format]
	if read == nil {
		return Batch{}, invalid("format %q is not known; it is one of %s", format, strings.Join(Formats[:], ", "))
	}
	batch, err := read(b, now)
	if err != nil {
		return Batch{}, err
	}
	batch.Format = format
	switch {
	case len(batch.Facts) == 0:
		return Batch{}, invalid("there is no alert in it")
	case len(batch.Facts) > MaxFacts:
		return Batch{}, invalid("they are %d, and the limit is %d; take them in parts", len(batch.Facts), MaxFacts)
	}
	for i := range batch.Facts {
		batch.Facts[i].At, batch.Facts[i].Ended = known(batch.Facts[i].At), known(batch.Facts[i].Ended)
		batch.Facts[i].Acknowledged = known(batch.Facts[i].Acknowledged)
	}
	return batch, nil
}

var readers = map[string]func([]byte, time.Time) (Batch, error){
	Alertmanager: readAlertmanager, Grafana: readGrafana, Opsgenie: readOpsgenie, PagerDuty: readPagerDuty,
	Events: readEvent, Plain: readPlain, Text: readText,
}

// detect tells a format by the keys only it has.
func detect(b []byte) string {
	trimmed := bytes.TrimSpace(b)
	if trimmed[0] == '[' && json.Valid(trimmed) {
		return Plain
	}
	if trimmed[0] != '{' {
		if bytes.HasPrefix(trimmed, []byte("id,incident_number,")) {
			return PagerDuty
		}
		return Text
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(trimmed, &keys) != nil {
		return Plain // it says what is wrong
	}
	for _, f := range []struct{ key, format string }{
		{"event_action", Events},
		{"log_entries", PagerDuty},
		{"incidents", PagerDuty},
		{"data", Opsgenie},
		{"orgId", Grafana},
		{"groupKey", Alertmanager},
		{"receiver", Alertmanager},
	} {
		if _, ok := keys[f.key]; ok {
			return f.format
		}
	}
	return Plain
}

// unmarshal reads JSON and says where it is wrong.
func unmarshal(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return invalid("it is no JSON: %s at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind):
		return invalid("%s is a %s, and should be a %s", kind.Field, kind.Value, kind.Type)
	case err != nil:
		return invalid("%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return nil
}

// known is a time, or zero where the source wrote that it has none: the year 1.
func known(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// hashed makes a fingerprint of what tells an alert from others.
func hashed(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func first(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

// labels writes names and values in one order.
func labels(set map[string]string) string {
	pairs := make([]string, 0, len(set))
	for name, value := range set {
		pairs = append(pairs, name+"="+value)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, " ")
}
