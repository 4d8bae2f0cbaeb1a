package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fields of the breach assessment. Notices, letters and the register read these
// and the milestones, and nothing else, so that a figure is the same in all.
const (
	breachPrefix = "breach."
	riskPrefix   = "risk."

	BreachAware       = breachPrefix + "aware"
	BreachAwareBy     = breachPrefix + "aware-by"
	BreachRole        = breachPrefix + "role"
	BreachController  = breachPrefix + "controller"
	BreachProcessors  = breachPrefix + "processors"
	BreachToldBy      = breachPrefix + "processor-told"
	BreachAuthority   = breachPrefix + "authority"
	BreachContact     = breachPrefix + "dpo"
	BreachBegan       = breachPrefix + "began"
	BreachEnded       = breachPrefix + "ended"
	BreachKind        = breachPrefix + "kind"
	BreachNature      = breachPrefix + "nature"
	BreachCause       = breachPrefix + "cause"
	BreachGroups      = breachPrefix + "groups"
	BreachChildren    = breachPrefix + "children"
	BreachPeople      = breachPrefix + "people"
	BreachRecords     = breachPrefix + "records"
	BreachCountries   = breachPrefix + "countries"
	BreachData        = breachPrefix + "data"
	BreachNotData     = breachPrefix + "data-not"
	BreachSpecial     = breachPrefix + "special"
	BreachEncrypted   = breachPrefix + "encrypted"
	BreachKeySafe     = breachPrefix + "key-safe"
	BreachEffects     = breachPrefix + "consequences"
	BreachMeasures    = breachPrefix + "measures"
	BreachPlanned     = breachPrefix + "measures-planned"
	BreachAdvice      = breachPrefix + "advice"
	BreachPeopleTold  = breachPrefix + "people-told"
	BreachNoLetter    = breachPrefix + "people-not-told"
	BreachQuestions   = breachPrefix + "questions"
	BreachLessons     = breachPrefix + "lessons"
	BreachReviewed    = breachPrefix + "reviewed"
	BreachDocuments   = breachPrefix + "documents"
	BreachRisk        = breachPrefix + "risk"
	breachStepPrefix  = breachPrefix + stepPrefix
	breachUnknownText = "unknown"
)

// The notices and papers that need a field.
const (
	Art33 = "art33" // GDPR Art. 33: to the authority
	Art34 = "art34" // GDPR Art. 34: to the people affected
)

// How a field of the assessment is filled in.
type fieldKind uint8

const (
	asText  fieldKind = iota
	asYesNo           // yes, no or unknown
	asTime            // RFC 3339
	asCount           // 1200, 1000-1500 or unknown
	asOne             // one of Options
	asSome            // some of Options, a comma apart
)

// BreachField is a field of the assessment.
type BreachField struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Options []string `json:"options,omitempty"`
	// Needs names the notices that are incomplete without it, with the place in
	// the law.
	Needs map[string]string `json:"needs,omitempty"`
	kind  fieldKind
}

func in33(place string) map[string]string { return map[string]string{Art33: place} }
func inBoth(place33, place34 string) map[string]string {
	return map[string]string{Art33: place33, Art34: place34}
}

// BreachFields lists the fields of the assessment in the order of the notice to
// the authority.
var BreachFields = [...]BreachField{
	{Name: BreachRole, Label: "Role", kind: asOne, Options: []string{"controller", "processor", "joint controller"}, Needs: in33("33(1), 33(2)")},
	{Name: BreachController, Label: "Controller: name, address, register number", Needs: inBoth("33(1)", "34(1)")},
	{Name: BreachProcessors, Label: "Processors and joint controllers involved"},
	{Name: BreachAuthority, Label: "Lead authority and its portal", Needs: inBoth("33(1)", "34(2)")},
	{Name: BreachContact, Label: "Data protection officer or other contact, reachable 24 h", Needs: inBoth("33(3)(b)", "34(2)")},
	{Name: BreachBegan, Label: "Breach began", kind: asTime, Needs: in33("33(3)(a)")},
	{Name: BreachEnded, Label: "Breach ended", kind: asTime},
	{Name: BreachAware, Label: "Aware at", kind: asTime, Needs: in33("33(1)")},
	{Name: BreachAwareBy, Label: "Awareness decided by", Needs: in33("33(1)")},
	{Name: BreachToldBy, Label: "Processor told us", kind: asTime},
	{Name: BreachKind, Label: "Kind of breach", kind: asSome, Options: []string{"confidentiality", "integrity", "availability"}, Needs: in33("33(3)(a)")},
	{Name: BreachNature, Label: "What happened", Needs: inBoth("33(3)(a)", "34(2)")},
	{Name: BreachCause, Label: "Cause: accidental, deliberate inside, deliberate outside"},
	{Name: BreachGroups, Label: "Groups of people", Needs: in33("33(3)(a)")},
	{Name: BreachChildren, Label: "Children among them", kind: asYesNo},
	{Name: BreachPeople, Label: "Number of people, about", kind: asCount, Needs: in33("33(3)(a)")},
	{Name: BreachRecords, Label: "Number of records, about", kind: asCount, Needs: in33("33(3)(a)")},
	{Name: BreachCountries, Label: "Countries", Needs: in33("33(1)")},
	{Name: BreachData, Label: "Kinds of data", Needs: inBoth("33(3)(a)", "34(2)")},
	{Name: BreachNotData, Label: "Kinds of data not affected"},
	{Name: BreachSpecial, Label: "Special categories (Art. 9) or criminal data (Art. 10)", kind: asYesNo},
	{Name: BreachEncrypted, Label: "Data was encrypted", kind: asYesNo},
	{Name: BreachKeySafe, Label: "The key is safe", kind: asYesNo},
	{Name: BreachEffects, Label: "Likely consequences", Needs: inBoth("33(3)(c)", "34(2)")},
	{Name: BreachMeasures, Label: "Measures taken", Needs: inBoth("33(3)(d)", "34(2)")},
	{Name: BreachPlanned, Label: "Measures planned"},
	{Name: BreachAdvice, Label: "What people should do", Needs: map[string]string{Art34: "34(2)"}},
	{Name: BreachQuestions, Label: "Phone, hours and page for questions", Needs: map[string]string{Art34: "34(2)"}},
	{Name: BreachPeopleTold, Label: "People were told at", kind: asTime},
	{Name: BreachNoLetter, Label: "Why people were not told (Art. 34(3) a, b or c, or no high risk)"},
	{Name: BreachLessons, Label: "Lessons"},
	{Name: BreachDocuments, Label: "Documents and their hashes"},
	{Name: BreachReviewed, Label: "Reviewed on", kind: asTime},
}

// findBreachField reads the name of a field, with or without its prefix.
func findBreachField(name string) (BreachField, error) {
	name = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "_", "-"))
	names := make([]string, 0, len(BreachFields))
	for _, f := range BreachFields {
		short := strings.TrimPrefix(f.Name, breachPrefix)
		if name == short || name == f.Name {
			return f, nil
		}
		names = append(names, short)
	}
	return BreachField{}, refuse("the breach assessment has no field %.40q; it has: %s", name, strings.Join(names, ", "))
}

// fieldTitle names a field of the security record or the assessment for people.
func fieldTitle(name string) string {
	for _, f := range BreachFields {
		if f.Name == name {
			return f.Label
		}
	}
	_, name, _ = strings.Cut(name, ".")
	return strings.ReplaceAll(strings.TrimPrefix(name, stepPrefix), "-", " ")
}

// SetBreach fills in fields of the breach assessment.
type SetBreach struct {
	Incident string
	Fields   map[string]string // by name; an empty text takes it back
	Reason   string
}

// Plan implements Command.
func (c SetBreach) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if len(c.Fields) == 0 {
		return Done{}, refuse("nothing to set; name a field")
	}
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		f, err := findBreachField(name)
		if err != nil {
			return Done{}, err
		}
		if values[f.Name], err = f.read(p, c.Fields[name]); err != nil {
			return Done{}, err
		}
	}
	if values[BreachAware] != "" && reason == "" {
		return Done{}, refuse("\"aware\" is a decision and needs its reason: what made it reasonably certain that personal data was hit. Nothing was changed")
	}
	if err := p.sameAware(inc, values); err != nil {
		return Done{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, name, values[name], reason)
	}
	done := Done{ID: inc.ID, Code: inc.Code}
	if values[BreachAware] != "" {
		done.Note = "start the clocks that run from it: `clock start " + inc.Code + " gdpr33`"
	}
	return done, nil
}

// sameAware refuses an awareness that differs from the start of a clock that
// runs from it: one fact has one time.
func (p *Planner) sameAware(inc *Incident, values map[string]string) error {
	aware, set := values[BreachAware]
	if !set {
		return nil
	}
	for _, c := range inc.Clocks(p.State.Policy()) {
		if rule, _ := p.State.Policy().Clock(c.Clock); rule.Start == personalAware && c.None == "" && FormatTime(c.Start) != aware {
			return refuse("%s runs from %s; correct both with `clock move`. Nothing was changed", c.Name, c.Start.Format("2006-01-02 15:04 MST"))
		}
	}
	return nil
}

// read checks what a person filled in.
func (f BreachField) read(p *Planner, text string) (string, error) {
	text, err := remark(strings.ToLower(f.Label), text)
	if err != nil || text == "" || strings.EqualFold(text, breachUnknownText) {
		return strings.ToLower(text), err
	}
	switch f.kind {
	case asYesNo:
		return choose(f.Label, text, []string{"yes", "no", breachUnknownText})
	case asOne:
		return choose(f.Label, text, f.Options)
	case asSome:
		var some []string
		for part := range strings.SplitSeq(text, ",") {
			one, err := choose(f.Label, part, f.Options)
			if err != nil {
				return "", err
			}
			some = append(some, one)
		}
		return strings.Join(some, ", "), nil
	case asCount:
		return readCount(f.Label, text)
	case asTime:
		t, ok := parseTime(text)
		if !ok {
			return "", refuse("%s: %.40q is no time; write 2026-03-17T14:00:00Z. Nothing was changed", f.Label, text)
		}
		fields := map[string]string{}
		err := p.setTime(fields, f.Name, f.Label, t)
		return fields[f.Name], err
	}
	return text, nil
}

// readCount reads a number or a range of numbers: the law asks for an
// approximate figure.
func readCount(what, text string) (string, error) {
	low, high, isRange := strings.Cut(strings.ReplaceAll(text, " ", ""), "-")
	least, err := strconv.ParseUint(low, 10, 63)
	most := least
	if err == nil && isRange {
		most, err = strconv.ParseUint(high, 10, 63)
	}
	if err != nil || most < least {
		return "", refuse("%s: %.40q is no number; write 1200, 1000-1500 or unknown. Nothing was changed", what, text)
	}
	if isRange && most > least {
		return low + "-" + high, nil
	}
	return low, nil
}

// Breach reports whether the incident belongs in the register of breaches: its
// type asks for the assessment, personal data is involved, or somebody began
// the assessment or decided on a clock of a privacy law.
func (s *State) Breach(inc *Incident) bool {
	if inc.Privacy(s.Policy()) || inc.Fields.Text(FieldData) == "yes" {
		return true
	}
	for name := range inc.Fields {
		if strings.HasPrefix(name, breachPrefix) {
			return true
		}
	}
	for _, item := range inc.Items {
		if c, ok := s.Policy().Clock(item.Fields.Text(ClockID)); ok && item.Known() && item.Class == ClassClock && c.For == "privacy" {
			return true
		}
	}
	return false
}

// Aware gives when the organisation became aware of the breach; false where
// nobody has decided that yet.
func (i *Incident) Aware() (time.Time, bool) { return i.Fields.when(BreachAware) }

// BreachText gives a field of the assessment as the notices write it. Where the
// log knows the fact already, it is the log's: who decided on the awareness,
// when it began, what was done.
func (s *State) BreachText(inc *Incident, name string) string {
	text := inc.Fields.Text(name)
	switch {
	case text != "":
	case name == BreachAwareBy:
		if r := inc.Fields[BreachAware]; r != nil {
			if v, ok := r.Value(); ok && v.Text != "" {
				text = s.AuthorName(v.Stamp) + ": " + v.Reason
			}
		}
	case name == BreachBegan:
		if t, ok := inc.Milestone("started"); ok {
			text = FormatTime(t)
		}
	}
	if t, ok := parseTime(text); ok {
		return t.Format("2006-01-02 15:04 MST")
	}
	return text
}

// MissingField is something a notice still lacks.
type MissingField struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Place string `json:"place"` // in the law
	// Unknown is true where somebody said that it is not known yet: a first
	// phase may go without it.
	Unknown bool `json:"unknown"`
}

// MissingFields lists what a notice still lacks: Art33 or Art34.
func (s *State) MissingFields(inc *Incident, notice string) []MissingField {
	missing := []MissingField{}
	for _, f := range BreachFields {
		place, needed := f.Needs[notice]
		text := s.BreachText(inc, f.Name)
		if needed && (text == "" || text == breachUnknownText) {
			missing = append(missing, MissingField{Name: strings.TrimPrefix(f.Name, breachPrefix), Label: f.Label, Place: place, Unknown: text != ""})
		}
	}
	return missing
}
