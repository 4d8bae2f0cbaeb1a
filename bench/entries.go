package main

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model"
)

// sample is an entry of a real incident.
type sample struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	Kind string    `json:"kind"`
}

// samples are the entries of the real incidents.
func samples() ([]sample, error) {
	names, err := assets.Samples()
	if err != nil {
		return nil, err
	}
	var all []sample
	for _, name := range names {
		b, err := assets.Sample(name)
		if err != nil {
			return nil, err
		}
		var doc struct {
			Entries []sample `json:"entries"`
		}
		if err := json.Unmarshal(b, &doc); err != nil {
			return nil, err
		}
		all = append(all, doc.Entries...)
	}
	return all, nil
}

// command is the entry as Holdfast is given it.
func (e sample) command(incident string) model.Log {
	return model.Log{Incident: incident, Text: e.Text, Kind: e.Kind, At: e.At}
}

// entrySize is how long an entry is as JSON, in bytes: what the systems that
// Holdfast is compared with carry for the same entry.
const entrySize = 200

// vary gives an entry that no other equals, of entrySize bytes as JSON.
func vary(all []sample, i int) sample {
	e := all[i%len(all)]
	e.Text = strconv.Itoa(i) + " " + e.Text
	for more := i*7 + 3; ; more++ {
		asJSON, _ := json.Marshal(e) // a struct of texts always has a JSON form
		pad := entrySize - len(asJSON)
		if pad <= 0 {
			break
		}
		text := " " + all[more%len(all)].Text
		e.Text += text[:min(pad, len(text))]
	}
	e.Text = strings.ToValidUTF8(e.Text, "")
	return e
}

// entryFile writes n entries as lines of JSON, for systems that read them from there.
func entryFile(path string, n int) error {
	all, err := samples()
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := json.NewEncoder(f)
	for i := range n {
		if err := w.Encode(vary(all, i)); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}
