package policy

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	rules "holdfast/model/policy"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// titles name the sections for people.
var titles = map[string]string{
	"severities": "Severities", "questions": "Questions for the level", "types": "Types", "routing": "Alert routing", "escalation": "Escalation",
	"triggers": "Escalation triggers", "cadence": "Update cadence", "phases": "Phases and checklists", "people": "People limits", "review": "Review",
	"clocks": "Legal clocks", "calendar": "Calendar", "tools": "Tools", "runbooks": "Runbooks",
}

// content is what the screen shows, copied from the room.
type content struct {
	// agreed is the policy of the room. A policy is never changed once it is
	// made: a change of the room makes another.
	agreed   rules.Policy
	sections []model.PolicyView
	warnings []string
}

func read(in screen.Input) content {
	return content{agreed: *in.State.Policy(), sections: in.State.PolicyViews(), warnings: in.State.PolicyWarnings()}
}

// section finds a section by its name; the first where there is none.
func (c content) section(name string) model.PolicyView {
	if i := slices.IndexFunc(c.sections, func(v model.PolicyView) bool { return v.Section == name }); i >= 0 {
		return c.sections[i]
	}
	if len(c.sections) > 0 {
		return c.sections[0]
	}
	return model.PolicyView{}
}

// last is the newest change of a section; false where it is as shipped.
func last(v model.PolicyView) (model.PolicyChange, bool) {
	if len(v.History) == 0 {
		return model.PolicyChange{}, false
	}
	return v.History[len(v.History)-1], true
}

// rows list the sections with who changed them last.
func (c content) rows(query string, now time.Time, drafted func(section string) bool) []part.SheetRow {
	sections := c.filtered(query)
	rows := make([]part.SheetRow, len(sections))
	for i, v := range sections {
		r := part.SheetRow{ID: v.Section, Label: titles[v.Section]} // one that is as shipped needs no word
		h, touched := last(v)
		switch {
		case drafted(v.Section):
			r.Meta, r.Urgent = "not saved", part.SheetWarn
		case len(v.Conflict) > 0:
			r.Meta, r.Urgent = "conflict", part.SheetAlarm
		case touched && v.Own:
			r.Meta = "changed by " + text.Signed(h.By, h.At, now)
		case touched:
			r.Meta = "shipped again: " + text.Signed(h.By, h.At, now)
		}
		r.Bold = len(v.Conflict) > 0
		rows[i] = r
	}
	return rows
}

// stands says how a section stands, in a sentence.
func stands(v model.PolicyView) string {
	h, changed := last(v)
	switch {
	case len(v.Conflict) > 0:
		return "Changed apart by " + people(v.Conflict) + "; nobody has settled it yet."
	case !changed:
		return "As shipped."
	case !v.Own:
		return "As shipped again: " + text.Line(h.By) + ", " + full(h.At) + "."
	}
	return "Changed by " + text.Line(h.By) + ", " + full(h.At) + "."
}

func people(changes []model.ChangeView) string {
	var names []string
	for _, c := range changes {
		if name := text.Line(c.By); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func full(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// version is the text of a change; an empty one went back to what is shipped.
func version(section, value string) string {
	if value == "" {
		shipped := rules.Default()
		return shipped.Section(section)
	}
	return value
}
