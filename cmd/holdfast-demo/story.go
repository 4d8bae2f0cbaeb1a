package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The people of the play: made up, and named for what they do.
const (
	ada  = "Ada Lead"
	mika = "Mika Data"
	noor = "Noor Comms"
)

// beat is one entry of the incident, and who writes it in the play.
type beat struct {
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
	Kind      string    `json:"kind"`
	Precision string    `json:"precision"`
	by        string
	// typed has the entry written with real keys into the window.
	typed bool
}

// story is the incident, parted where the network is lost and where it is
// back.
type story struct {
	Title, Severity, Type, Detection      string
	Started, Detected, Declared, Resolved time.Time
	together, apart, after                []beat
}

// readStory reads a sample incident and gives each entry its writer.
func readStory(sample []byte) (story, error) {
	var in struct {
		Title      string `json:"title"`
		Severity   string `json:"severity_guess"`
		Type       string `json:"type"`
		Detection  string `json:"detection"`
		Milestones struct {
			Started  time.Time `json:"started_at"`
			Detected time.Time `json:"detected_at"`
			Declared time.Time `json:"declared_at"`
			Resolved time.Time `json:"resolved_at"`
		} `json:"milestones"`
		Entries []beat `json:"entries"`
	}
	if err := json.Unmarshal(sample, &in); err != nil {
		return story{}, fmt.Errorf("read the incident: %w", err)
	}
	s := story{
		Title: in.Title, Severity: in.Severity, Type: in.Type, Detection: in.Detection,
		Started: in.Milestones.Started, Detected: in.Milestones.Detected,
		Declared: in.Milestones.Declared, Resolved: in.Milestones.Resolved,
	}
	s.part(in.Entries)
	if len(s.together) == 0 || len(s.apart) == 0 || len(s.after) == 0 {
		return s, fmt.Errorf("read the incident: its %d entries do not part into before, during and after", len(in.Entries))
	}
	return s, nil
}

// part splits the entries: the network is lost at the declaration, and is back
// when recovery begins. Their order is the record's.
func (s *story) part(entries []beat) {
	for _, b := range entries {
		b.by = writer(b.Kind)
		b.typed = b.by == ada && typed(b) != ""
		switch {
		case b.At.Before(s.Declared):
			s.together = append(s.together, b)
		case len(s.after) == 0 && b.Kind != "recovery":
			s.apart = append(s.apart, b)
		default:
			s.after = append(s.after, b)
		}
	}
}

// writer says who writes entries of a kind: whoever works on the database, whoever
// speaks to the public, and the commander for the rest.
func writer(kind string) string {
	switch kind {
	case "action", "failed_action", "recovery":
		return mika
	case "communication", "followup":
		return noor
	}
	return ada
}

// typed gives the line a person types for an entry, or "" where the capture
// box has no word for the kind or no way to write the time.
func typed(b beat) string {
	words := map[string]string{"note": "/note", "impact": "/impact", "finding": "/find", "decision": "/decide", "action": "/action", "hypothesis": "/hyp"}
	marks := map[string]string{"": "", "exact": "", "approx": "~", "after": "after "}
	word, known := words[b.Kind]
	mark, readable := marks[b.Precision]
	if !known || !readable || strings.ContainsAny(b.Text, "\n\t") {
		return ""
	}
	return fmt.Sprintf("/at %s%s UTC %s %s", mark, b.At.UTC().Format("2006-01-02 15:04"), word, b.Text)
}

// of gives the beats of one writer.
func of(beats []beat, by ...string) []beat {
	var own []beat
	for _, b := range beats {
		if slices.Contains(by, b.by) {
			own = append(own, b)
		}
	}
	return own
}
