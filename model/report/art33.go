package report

import (
	"fmt"
	"strings"
	"time"

	"holdfast/model"
)

const stampForm = "2006-01-02 15:04 MST"

// notice reads one incident for a paper.
type notice struct {
	doc   Document
	state *model.State
	inc   *model.Incident
	now   time.Time
	lacks map[string]model.MissingField // by full name
}

func newNotice(s *model.State, inc *model.Incident, title, article string, now time.Time) *notice {
	n := &notice{state: s, inc: inc, now: now, lacks: map[string]model.MissingField{}, doc: Document{
		Title: title, Marks: append([]string{"DRAFT, legal review needed. " + model.NoLegalAdvice}, inc.Marks()...), Missing: []string{}, Blocks: []Block{},
	}}
	for _, m := range s.MissingFields(inc, article) {
		n.lacks["breach."+m.Name] = m
		text := m.Label + " (Art. " + m.Place + ")"
		if m.Unknown {
			text += ", said to be unknown: give the date by which it will be known"
		}
		n.doc.Missing = append(n.doc.Missing, text)
	}
	for _, f := range model.BreachFields {
		if c := n.conflict(f.Name); c != "" {
			n.doc.Missing = append(n.doc.Missing, f.Label+": two values were written apart and nobody has settled them: "+c)
		}
	}
	return n
}

// conflict gives the values of a field that compete.
func (n *notice) conflict(name string) string {
	for _, c := range n.inc.Conflicts() {
		if c.Field == name {
			var values []string
			for _, w := range c.Writes {
				values = append(values, w.Value.Text)
			}
			return strings.Join(values, " / ")
		}
	}
	return ""
}

func (n *notice) text(name string) string { return n.state.BreachText(n.inc, name) }

// field gives a field of the assessment for the paper.
func (n *notice) field(name string) Field {
	f := Field{Value: n.text(name)}
	for _, b := range model.BreachFields {
		if b.Name == name {
			f.Label = b.Label
		}
	}
	m, lacks := n.lacks[name]
	f.Missing = lacks && !m.Unknown
	return f
}

func (n *notice) some(names ...string) {
	fields := make([]Field, len(names))
	for i, name := range names {
		fields[i] = n.field(name)
	}
	n.doc.fields(fields...)
}

// milestone gives a time of the log.
func (n *notice) milestone(label, name string) Field {
	f := Field{Label: label}
	if t, ok := n.inc.Milestone(name); ok {
		f.Value = t.Format(stampForm)
	}
	return f
}

// Art33Form drafts the notice to the authority (GDPR Art. 33). It sends
// nothing: a person files it and records the receipt.
func Art33Form(s *model.State, inc *model.Incident, now time.Time) Document {
	n := newNotice(s, inc, "Notification of a personal data breach to the authority (GDPR Art. 33)", Art33, now)
	d := &n.doc
	d.fields(Field{Label: "Incident", Value: inc.Code}, Field{Label: "Kind of notice", Value: n.phase()})
	d.heading("1 Controller")
	n.some(model.BreachRole, model.BreachController, model.BreachProcessors, model.BreachAuthority, model.BreachCountries)
	d.heading("2 Contact (33(3)(b))")
	n.some(model.BreachContact)
	d.heading("3 Times")
	d.fields(n.times()...)
	d.heading("4 Nature (33(3)(a))")
	n.some(model.BreachKind, model.BreachNature, model.BreachCause)
	d.heading("5 People and records (33(3)(a))")
	n.some(model.BreachGroups, model.BreachChildren, model.BreachPeople, model.BreachRecords)
	d.heading("6 Kinds of data")
	n.some(model.BreachData, model.BreachNotData, model.BreachSpecial, model.BreachEncrypted, model.BreachKeySafe)
	d.heading("7 Likely consequences (33(3)(c))")
	n.some(model.BreachEffects)
	risk := s.Risk(inc, now)
	d.fields(Field{Label: "Risk", Value: either(risk.Decided, "not decided"), Missing: risk.Decided == ""}, Field{Label: "Reasons", Value: either(risk.Reason, risk.Why)})
	d.heading("8 Measures (33(3)(d))")
	n.some(model.BreachMeasures, model.BreachPlanned)
	d.heading("9 People informed (Art. 34)")
	n.some(model.BreachPeopleTold, model.BreachNoLetter)
	n.others()
	return *d
}

func (n *notice) times() []Field {
	aware, known := n.inc.Aware()
	fields := []Field{n.field(model.BreachBegan), n.field(model.BreachEnded), n.milestone("Detected", "detected"), {Label: "Detected by", Value: n.inc.Fields.Text(model.FieldDetection)}, n.field(model.BreachAware), n.field(model.BreachAwareBy), n.field(model.BreachToldBy)}
	this := Field{Label: "This notice", Value: n.now.UTC().Format(stampForm)}
	if !known {
		return append(fields, this)
	}
	hours := n.now.Sub(aware).Hours()
	this.Value += fmt.Sprintf(" = %.1f h after awareness", hours)
	fields = append(fields, this)
	if hours > 72 {
		reason := ""
		for _, f := range n.filings() {
			reason = either(reason, f.Reason)
		}
		fields = append(fields, Field{Label: "Over 72 h: reasons for the delay (33(1))", Value: reason, Missing: reason == ""})
		if reason == "" {
			n.doc.Missing = append(n.doc.Missing, "Reasons for the delay over 72 h (Art. 33(1))")
		}
	}
	return fields
}

// filings gives what was filed under Art. 33.
func (n *notice) filings() []model.FilingView {
	for _, c := range n.inc.Clocks(n.state.Policy()) {
		if c.Clock == "gdpr33" && c.None == "" {
			return n.state.Filings(n.inc, c.ID)
		}
	}
	return nil
}

// phase says which part of the notice this is.
func (n *notice) phase() string {
	filed := n.filings()
	switch {
	case len(filed) > 0:
		return "addition to reference " + filed[0].Receipt
	case len(n.doc.Missing) > 0:
		return "first phase, more follows"
	}
	return "complete"
}

// others lists what other laws were told.
func (n *notice) others() {
	rows := [][]string{}
	for _, c := range n.inc.Clocks(n.state.Policy()) {
		for _, f := range n.state.Filings(n.inc, c.ID) {
			rows = append(rows, []string{c.Name, f.Label, f.Phase, f.At.Format(stampForm), f.Receipt})
		}
		if c.None != "" {
			rows = append(rows, []string{c.Name, "none due", "", "", c.None})
		}
	}
	n.doc.table("10 Notices so far", "None.", []string{"Law", "Notice", "Phase", "Filed", "Reference"}, rows)
}

func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
