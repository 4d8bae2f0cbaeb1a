// Package template reads and fills message templates. The language is small on
// purpose, so that anyone can change a template during an incident:
//
//	{{name}}                         a variable; unfilled, it blocks sending
//	{{name or none}}                 a variable and what stands in its place
//	{{name: better / same / worse}}  a variable and values to choose from
//	[[ a sentence with {{name}} ]]   left out where its variables are unfilled
//
// There is no logic beyond that. Inserted values are data: they are never read
// as template again.
package template

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a template. A message is read by people: what is larger is a slip
// or an attack.
const (
	// MaxSource is the longest source read, in bytes: about ten printed pages.
	MaxSource = 32 << 10
	// MaxVariables bounds the places to fill in one template.
	MaxVariables = 200
	// MaxName bounds the name of a variable, in bytes.
	MaxName = 60
	// MaxChoices bounds the values suggested for a variable.
	MaxChoices = 12
)

// Statuses are what a template may say of an incident, in the order they come.
var Statuses = [...]string{StatusInvestigating, StatusIdentified, StatusMonitoring, StatusResolved}

// The statuses. Monitoring says that it works again and is watched, resolved that
// it is over.
const (
	StatusInvestigating = "investigating"
	StatusIdentified    = "identified"
	StatusMonitoring    = "monitoring"
	StatusResolved      = "resolved"
)

var (
	// ErrSyntax marks a source that is no template.
	ErrSyntax = errors.New("template syntax")
	// ErrUnknownName marks a variable that no vocabulary has.
	ErrUnknownName = errors.New("unknown name")
)

// Template is a parsed template. It does not change after Parse.
type Template struct {
	ID       string
	Name     string // what people call it
	Audience string
	Channel  string
	MaxWords int // 0: no limit
	// Status is what a message of it says of the incident, one of Statuses; empty
	// where it says none.
	Status string

	subject, body []node
	own           []string // names the template declares beside the vocabulary
}

// node is a piece of a template: text, a variable, or an optional sentence.
type node struct {
	text     string
	variable *variable
	optional []node
}

type variable struct {
	name    string
	choices []string
	deflt   string
	line    int
}

// Unknown is a variable that is in no vocabulary.
type Unknown struct {
	Name string
	Line int    // from 1, in the source
	Near string // the nearest known name; empty where none is near
}

// UnknownError lists every unknown variable of a source.
type UnknownError struct{ Names []Unknown }

// Error names each unknown variable and the nearest known one.
func (e *UnknownError) Error() string {
	parts := make([]string, len(e.Names))
	for i, u := range e.Names {
		parts[i] = fmt.Sprintf("line %d: unknown name %s", u.Line, u.Name)
		if u.Near != "" {
			parts[i] += ", did you mean " + u.Near + "?"
		}
	}
	return "template: " + strings.Join(parts, "; ")
}

// Unwrap makes errors.Is(err, ErrUnknownName) hold.
func (e *UnknownError) Unwrap() error { return ErrUnknownName }

// Parse reads a template. Every variable must be a name of the Vocabulary or
// one the front matter declares with "fields:"; otherwise the error is an
// *UnknownError. Other errors wrap ErrSyntax and name the line.
func Parse(src string) (*Template, error) {
	if len(src) > MaxSource {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrSyntax, len(src), MaxSource)
	}
	if !utf8.ValidString(src) {
		return nil, fmt.Errorf("%w: the source is not UTF-8 text", ErrSyntax)
	}
	src = strip(src) // a template from a peer is no safer than a value
	t := &Template{}
	body, line, subject, subjectLine, err := t.frontMatter(src)
	if err != nil {
		return nil, err
	}
	if t.subject, err = parseNodes(subject, subjectLine); err != nil {
		return nil, err
	}
	if t.body, err = parseNodes(strings.TrimRight(body, "\n"), line); err != nil {
		return nil, err
	}
	vars := t.variables()
	if len(vars) > MaxVariables {
		return nil, fmt.Errorf("%w: %d variables, at most %d are read", ErrSyntax, len(vars), MaxVariables)
	}
	return t, t.check(vars)
}

// frontMatter reads the lines between two lines of three dashes. Without them
// the whole source is the body.
func (t *Template) frontMatter(src string) (body string, line int, subject string, subjectLine int, err error) {
	if !strings.HasPrefix(src, "---\n") {
		return src, 1, "", 1, nil
	}
	line = 1
	rest := src[len("---\n"):]
	for {
		line++
		var l string
		var more bool
		l, rest, more = strings.Cut(rest, "\n")
		if l == "---" {
			return strings.TrimPrefix(rest, "\n"), line + 1 + len(rest) - len(strings.TrimPrefix(rest, "\n")), subject, subjectLine, nil
		}
		if !more {
			return "", 0, "", 0, fmt.Errorf("%w: line 1: the front matter has no end; close it with a line of ---", ErrSyntax)
		}
		key, value, ok := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		if strings.TrimSpace(l) == "" {
			continue
		}
		if !ok {
			return "", 0, "", 0, fmt.Errorf("%w: line %d: the front matter has lines such as \"channel: mail\"", ErrSyntax, line)
		}
		if strings.TrimSpace(key) == "subject" {
			subject, subjectLine = value, line
			continue
		}
		if err := t.set(strings.TrimSpace(key), value); err != nil {
			return "", 0, "", 0, fmt.Errorf("%w: line %d: %w", ErrSyntax, line, err)
		}
	}
}

func (t *Template) set(key, value string) error {
	switch key {
	case "id":
		t.ID = value
	case "name":
		t.Name = value
	case "audience":
		t.Audience = value
	case "channel":
		t.Channel = value
	case "status":
		if !slices.Contains(Statuses[:], value) {
			return fmt.Errorf("status is one of %s, not %q", strings.Join(Statuses[:], ", "), value)
		}
		t.Status = value
	case "max_words":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("max_words is a number of words, not %q", value)
		}
		t.MaxWords = n
	case "fields":
		for f := range strings.SplitSeq(value, ",") {
			f = strings.TrimSpace(f)
			if !validName(f) {
				return fmt.Errorf("%q is no name for a field; names are dotted words such as pm.owner", f)
			}
			t.own = append(t.own, f)
		}
	default:
		return fmt.Errorf("%q is not known here; the front matter has id, name, audience, channel, status, subject, max_words and fields", key)
	}
	return nil
}

// variables lists every use of a variable, subject first.
func (t *Template) variables() (out []use) {
	for _, part := range [][]node{t.subject, t.body} {
		for _, n := range part {
			if n.variable != nil {
				out = append(out, use{n.variable, false})
			}
			for _, o := range n.optional {
				if o.variable != nil {
					out = append(out, use{o.variable, true})
				}
			}
		}
	}
	return out
}

type use struct {
	*variable
	optional bool
}

func (t *Template) check(uses []use) error {
	known := slices.Clone(t.own)
	for _, term := range Vocabulary() {
		known = append(known, term.Name)
	}
	var unknown []Unknown
	for _, u := range uses {
		if !slices.Contains(known, u.name) {
			unknown = append(unknown, Unknown{Name: u.name, Line: u.line, Near: nearest(u.name, known)})
		}
	}
	if unknown != nil {
		return &UnknownError{Names: unknown}
	}
	return nil
}

// Field is one variable of a template, as a form shows it.
type Field struct {
	Name    string
	Label   string
	Choices []string
	// Default stands in its place where it is unfilled; empty where it blocks.
	Default string
	// Optional says that only optional sentences use it.
	Optional bool
	// Typed says that a person fills it in; otherwise it is a fact of the incident.
	Typed bool
}

// Fields lists the variables in the order of their first use, each once.
func (t *Template) Fields() []Field {
	terms := map[string]Term{}
	for _, term := range Vocabulary() {
		terms[term.Name] = term
	}
	var out []Field
	at := map[string]int{}
	for _, u := range t.variables() {
		i, seen := at[u.name]
		if !seen {
			term, known := terms[u.name]
			if !known {
				term = Term{Name: u.name, Label: strings.ReplaceAll(u.name, "_", " "), Typed: true}
			}
			at[u.name] = len(out)
			out = append(out, Field{
				Name: u.name, Label: term.Label, Typed: term.Typed,
				Choices: u.choices, Default: u.deflt, Optional: u.optional,
			})
			continue
		}
		f := &out[i]
		if f.Choices == nil {
			f.Choices = u.choices
		}
		if u.deflt == "" && !u.optional {
			f.Default = "" // one use that blocks is enough
		}
		f.Optional = f.Optional && u.optional
	}
	return out
}
