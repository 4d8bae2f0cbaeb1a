// Package assets holds what Holdfast ships inside its programs: message
// templates, runbooks, policy texts, legal clocks, sample incidents and the
// icon. Everything here is a starting point that a room can change; nothing is
// read from the disk of the machine it runs on.
package assets

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"
)

//go:embed templates/*.md runbooks/*.md samples/*.json samples/CREDITS.md
var files embed.FS

//go:embed policy/policy.json
var policy []byte

//go:embed words/code-names.txt
var codeNames string

//go:embed icons/holdfast.svg
var iconSVG []byte

//go:embed icons/holdfast.png
var iconPNG []byte

// ErrNone marks a name that is not among the shipped things.
var ErrNone = errors.New("not shipped")

// TemplateSource is one shipped message template, as package template reads it.
type TemplateSource struct {
	ID     string
	Source string
}

// Document is a shipped text in Markdown: a runbook.
type Document struct {
	ID    string // the file name without its ending
	Title string // the first heading of the first level
	Text  string
}

// Templates lists the shipped message templates by id.
func Templates() ([]TemplateSource, error) {
	docs, err := list("templates")
	out := make([]TemplateSource, len(docs))
	for i, d := range docs {
		out[i] = TemplateSource{ID: d.ID, Source: d.Text}
	}
	return out, err
}

// CodeNames lists the first and the second words of code names: any two, one of
// each, say nothing of what they stand for.
func CodeNames() (first, second []string) {
	for line := range strings.Lines(codeNames) {
		if words := strings.Fields(line); len(words) == 2 && words[0] != "#" {
			first, second = append(first, words[0]), append(second, words[1])
		}
	}
	return first, second
}

// Runbooks lists the shipped runbooks by id.
func Runbooks() ([]Document, error) { return list("runbooks") }

// Samples lists the names of the sample incidents: real, public ones, in
// short paraphrase. SampleCredits names their sources.
func Samples() ([]string, error) {
	entries, err := files.ReadDir("samples")
	if err != nil {
		return nil, fmt.Errorf("assets: list samples: %w", err)
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			out = append(out, name)
		}
	}
	return out, nil
}

// Sample gives one sample incident as JSON, by a name of Samples. The error of
// another name wraps ErrNone.
func Sample(name string) ([]byte, error) {
	if strings.Contains(name, "/") {
		return nil, fmt.Errorf("assets: sample %q: %w", name, ErrNone)
	}
	b, err := files.ReadFile(path.Join("samples", name+".json"))
	if err != nil {
		return nil, fmt.Errorf("assets: sample %q: %w", name, ErrNone)
	}
	return b, nil
}

// SampleCredits names the source and licence of every sample, in Markdown.
func SampleCredits() (string, error) {
	b, err := files.ReadFile("samples/CREDITS.md")
	if err != nil {
		return "", fmt.Errorf("assets: sample credits: %w", err)
	}
	return string(b), nil
}

// Policy gives the shipped policy as JSON, as package policy reads it: levels,
// escalation, cadence, phases, legal clocks and the rest. The caller owns it.
func Policy() []byte { return append([]byte(nil), policy...) }

// IconSVG gives the icon as SVG. The caller owns it.
func IconSVG() []byte { return append([]byte(nil), iconSVG...) }

// IconPNG gives the icon as PNG, 512 pixels square. The caller owns it.
func IconPNG() []byte { return append([]byte(nil), iconPNG...) }

func list(dir string) ([]Document, error) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("assets: list %s: %w", dir, err)
	}
	out := make([]Document, 0, len(entries))
	for _, e := range entries {
		b, err := files.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("assets: read %s/%s: %w", dir, e.Name(), err)
		}
		d := Document{ID: strings.TrimSuffix(e.Name(), ".md"), Text: string(b)}
		for l := range strings.Lines(d.Text) { // front matter may stand above it
			if title, ok := strings.CutPrefix(l, "# "); ok {
				d.Title = strings.TrimSpace(title)
				break
			}
		}
		out = append(out, d)
	}
	return out, nil
}
