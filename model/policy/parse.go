package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"

	"holdfast/assets"
)

// Sections names the parts of a policy in the order they are shown; each is a
// register of the room of its own.
var Sections = [...]string{
	"severities", "questions", "types", "routing", "escalation", "triggers", "cadence", "phases", "people", "review",
	"clocks", "calendar", "tools", "runbooks",
}

// MaxSection bounds one section: it is kept as one text of the record.
const MaxSection = 32 << 10

// MaxDocument bounds a whole policy file: every section at its limit.
const MaxDocument = len(Sections) * MaxSection

// section gives the part of the policy a name stands for; nil where there is
// none.
func (p *Policy) section(name string) any {
	switch name {
	case "severities":
		return &p.Severities
	case "questions":
		return &p.Questions
	case "types":
		return &p.Types
	case "routing":
		return &p.Routing
	case "escalation":
		return &p.Escalation
	case "triggers":
		return &p.Triggers
	case "cadence":
		return &p.Cadence
	case "phases":
		return &p.Phases
	case "people":
		return &p.People
	case "review":
		return &p.Review
	case "clocks":
		return &p.Clocks
	case "calendar":
		return &p.Calendar
	case "tools":
		return &p.Tools
	case "runbooks":
		return &p.Runbooks
	}
	return nil
}

// Default is the shipped policy. The caller owns it.
func Default() Policy { return *Shipped() }

// Shipped is the shipped policy, one for all; it must not be changed.
func Shipped() *Policy {
	p, err := shipped()
	if err != nil {
		panic(err) // a test reads what is shipped
	}
	return p
}

var shipped = sync.OnceValues(func() (*Policy, error) {
	return Parse(assets.Policy())
})

// Parse reads a whole policy document: strictly, so that a misspelt key is told
// and not lost, and checks it. Every section must be there.
func Parse(doc []byte) (*Policy, error) {
	if len(doc) > MaxDocument {
		return nil, fmt.Errorf("the policy has %d bytes; the limit is %d", len(doc), MaxDocument)
	}
	p := &Policy{}
	if err := strict(doc, p); err != nil {
		return nil, fmt.Errorf("the policy is not read: %w", err)
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	return p, nil
}

// strict decodes one JSON value and nothing after it.
func strict(doc []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w (near %s)", err, place(doc, d.InputOffset()))
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("there is more after its end (near %s)", place(doc, d.InputOffset()))
	}
	return nil
}

// place names a position of a document for a person.
func place(doc []byte, offset int64) string {
	before := doc[:min(int64(len(doc)), max(offset, 0))]
	return fmt.Sprintf("line %d", bytes.Count(before, []byte("\n"))+1)
}

// With gives the policy with one section replaced, checked as a whole: a rung
// may name a role that another section must know.
func (p *Policy) With(section, text string) (*Policy, error) {
	if len(text) > MaxSection {
		return nil, fmt.Errorf("section %s has %d bytes; the limit is %d", section, len(text), MaxSection)
	}
	next := *p
	part := next.section(section)
	if part == nil {
		return nil, fmt.Errorf("there is no section %.40q; a policy has: %s", section, strings.Join(Sections[:], ", "))
	}
	reflect.ValueOf(part).Elem().SetZero() // else decoding writes into the slices of p
	if err := strict([]byte(text), part); err != nil {
		return nil, fmt.Errorf("section %s is not read: %w", section, err)
	}
	if err := next.Check(); err != nil {
		return nil, err
	}
	return &next, nil
}

// Section writes a section as people edit it; "" where there is none.
func (p *Policy) Section(name string) string {
	part := p.section(name)
	if part == nil {
		return ""
	}
	return pretty(part)
}

// Document writes the whole policy as one file.
func (p *Policy) Document() []byte { return []byte(pretty(p) + "\n") }

func pretty(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(err) // plain data
	}
	return strings.TrimSpace(b.String())
}

// Assemble gives the policy of a room: the shipped one with the sections the
// room has set. A section that does not read, such as one of a newer version,
// is left as shipped and named in wrong.
func Assemble(set func(section string) string) (p *Policy, wrong []string) {
	base := Default()
	p = &base
	for _, name := range Sections {
		text := set(name)
		if text == "" {
			continue
		}
		next, err := p.With(name, text)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("section %s is as shipped: %v", name, err))
			continue
		}
		p = next
	}
	return p, wrong
}
