package sample

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/model/when"
)

// Incident is a shipped sample incident.
type Incident struct {
	ID         string               `json:"id"`
	Source     string               `json:"source"`
	Title      string               `json:"title"`
	Severity   string               `json:"severity_guess"`
	Type       string               `json:"type"`
	Detection  string               `json:"detection"`
	Milestones map[string]time.Time `json:"-"`
	Entries    []Entry              `json:"entries"`
}

// Entry is one line of a sample's timeline.
type Entry struct {
	At        time.Time      `json:"at"`
	Text      string         `json:"text"`
	Kind      string         `json:"kind"`
	Precision when.Precision `json:"precision"`
}

// Load reads a shipped sample by name.
func Load(name string) (Incident, error) {
	b, err := assets.Sample(name)
	if err != nil {
		return Incident{}, err
	}
	var in struct {
		Incident
		Milestones map[string]*time.Time `json:"milestones"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return Incident{}, fmt.Errorf("read sample %s: %w", name, err)
	}
	in.Incident.Milestones = map[string]time.Time{}
	for k, at := range in.Milestones {
		if at != nil {
			in.Incident.Milestones[strings.ReplaceAll(strings.TrimSuffix(k, "_at"), "_", "-")] = *at
		}
	}
	return in.Incident, nil
}

// Declared is when the sample was declared, else when it was first noticed.
func (in Incident) Declared() time.Time {
	for _, name := range []string{"declared", "acknowledged", "detected", "started"} {
		if at, ok := in.Milestones[name]; ok {
			return at
		}
	}
	if len(in.Entries) > 0 {
		return in.Entries[0].At
	}
	return time.Time{}
}

// Declare opens the sample at the time it was declared, moving the device's
// clock there. Milestones that lie ahead are left out.
func (d *Device) Declare(in Incident) (model.Done, error) {
	d.Now = in.Declared()
	known := map[string]time.Time{}
	for name, at := range in.Milestones {
		if !at.After(d.Now) {
			known[name] = at
		}
	}
	return d.Do(model.Declare{
		Title: in.Title, Severity: firstWord(in.Severity), Type: oneOf(in.Type, model.Types[:]),
		Detection: oneOf(in.Detection, model.Detections[:]), Milestones: known,
	})
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// oneOf keeps a value the model knows; a sample may name two.
func oneOf(text string, list []string) string {
	for _, item := range list {
		if strings.EqualFold(item, strings.TrimSpace(text)) {
			return item
		}
	}
	return ""
}

// Replay logs the sample's entries up to a time, each by the next of the
// devices and shortly after it happened, or at the declaration where it lies
// before. The devices meet after each.
func (r *Room) Replay(in Incident, code string, until time.Time, writers ...*Device) error {
	declared := in.Declared()
	for i, e := range in.Entries {
		if e.At.After(until) {
			continue
		}
		w := writers[i%len(writers)]
		w.Now = e.At.Add(20 * time.Second)
		if w.Now.Before(declared) {
			w.Now = declared.Add(time.Duration(i) * time.Second)
		}
		if w.Now.After(until) {
			w.Now = until
		}
		if _, err := w.Do(model.Log{Incident: code, Text: e.Text, Kind: knownKind(e.Kind), At: e.At, Precision: e.Precision}); err != nil {
			return fmt.Errorf("replay %s: %w", in.ID, err)
		}
		r.Meet()
	}
	return nil
}

func knownKind(kind string) string {
	for _, k := range model.Kinds {
		if k == kind {
			return kind
		}
	}
	return "note"
}
