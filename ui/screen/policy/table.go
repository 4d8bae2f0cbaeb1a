package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	rules "holdfast/model/policy"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// readable shows a section as tables.
func readable(p *rules.Policy, section string) []fyne.CanvasObject {
	switch section {
	case "severities":
		return severities(p)
	case "questions":
		return one([]float32{4, 1, 1, 1}, []string{"Question, asked in order", "Yes", "Not known", "No"}, p.Questions, func(q rules.Question) []string {
			return []string{q.Text, q.Yes, q.Unknown, q.No}
		})
	case "types":
		return one([]float32{2, 4, 3}, []string{"Type", "First question", "Switches on"}, p.Types, func(t rules.Type) []string {
			return []string{t.Name, t.Question, list(when(t.Security, "security steps"), when(t.Privacy, "breach assessment"), when(t.Data, "data may be harmed"))}
		})
	case "routing":
		return one([]float32{1, 1, 3, 3, 1.6}, []string{"Class", "Level", "Ways", "Where these are down", "Next person after"}, p.Routing, func(r rules.Route) []string {
			return []string{r.Class, r.Severity, list(r.Ways...), r.Fallback, r.Acknowledge.String()}
		})
	case "escalation":
		return grouped(escalation(p))
	case "triggers":
		return one([]float32{6, 1}, []string{"Ask whether to escalate when", ""}, p.Triggers, func(t rules.Trigger) []string { return []string{t.Text, when(t.Off, "off")} })
	case "cadence":
		return grouped(cadence(p))
	case "phases":
		return grouped(phases(p))
	case "clocks":
		all := one([]float32{3, 2.4, 3.4, 3, 1.8}, []string{"Clock", "Starts when", "Deadlines", "Source, version", "Status"}, p.Clocks, clock)
		return append(all, form.NewWords(model.NoLegalAdvice, form.Quiet))
	case "tools":
		return one([]float32{2, 1, 5}, []string{"Tool", "For", "Where it is down"}, p.Tools, func(t rules.Tool) []string {
			return []string{t.Name, t.For, strings.Join(t.Fallback, "; then ")}
		})
	}
	return settings(p, section)
}

// groupGap sets a group of a section off from the one above.
const groupGap = 6

// grouped puts more room above each title than below it.
func grouped(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i, o := range objects {
		if w, title := o.(*form.Words); i > 0 && title && w.Bold() {
			out = append(out, form.Gap(groupGap))
		}
		out = append(out, o)
	}
	return out
}

// settings shows a section that is one set of values.
func settings(p *rules.Policy, section string) []fyne.CanvasObject {
	var rows [][]string
	switch section {
	case "people":
		rows = limits(p.People)
	case "review":
		r := p.Review
		rows = [][]string{
			{"Draft after the resolution", r.Draft.String()},
			{"Meeting is booked", r.Book.String()},
			{"Meeting is held", r.Meet.String()},
			{"Actions have owners", r.Actions.String()},
			{"Published", r.Publish.String()},
			{"Default of a priority action", r.Priority.String()},
			{"Default of another action", r.Other.String()},
		}
	case "calendar":
		c := p.Calendar
		rows = [][]string{{"Zone", c.Zone}, {"Working days", list(c.Days...)}, {"Working hours", c.Begin + " to " + c.End}, {"Holidays", list(c.Holidays...)}}
	case "runbooks":
		rows = [][]string{
			{"Runbooks are reviewed every", text.Count(p.Runbooks.ReviewMonths, "month", "months")},
			{"Runbooks are exercised every", text.Count(p.Runbooks.ExerciseMonths, "month", "months")},
		}
	}
	for _, r := range rows {
		r[1] = said(r[1])
	}
	return []fyne.CanvasObject{form.Table([]float32{2, 3}, []string{"Setting", "Value"}, rows)}
}

// one shows a list as one table.
func one[T any](weights []float32, head []string, items []T, cells func(T) []string) []fyne.CanvasObject {
	rows := make([][]string, len(items))
	for i, item := range items {
		rows[i] = cells(item)
		for n, c := range rows[i] {
			rows[i][n] = said(c)
		}
	}
	return []fyne.CanvasObject{form.Table(weights, head, rows)}
}

// said is a cell as it is read: what is empty is none.
func said(cell string) string {
	if cell == "" {
		return "–"
	}
	return text.Spans(text.Line(cell))
}

func list(parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" }), ", ")
}

func when(is bool, words string) string {
	if is {
		return words
	}
	return ""
}

func severities(p *rules.Policy) []fyne.CanvasObject {
	wide := []float32{1.3, 3.2, 3, 2.2, 2.4}
	all := one(wide, []string{"Level", "Means", "Measured by", "Answered within", "Told"}, p.Severities, func(s rules.Severity) []string {
		return []string{s.Level + " " + s.Name, s.Meaning, s.Measure, either(s.Respond, "none"), s.Inform}
	})
	more := one(wide, []string{"Level", "Escalated", "Commander", "Review", "Watched after resolution"}, p.Severities, func(s rules.Severity) []string {
		return []string{s.Level, s.Escalate, s.Commander, s.Review, s.Watch.String()}
	})
	roles := one(wide, []string{"Level", "Level reassessed every", "Asked for progress after", "Roles that must be filled"}, p.Severities, func(s rules.Severity) []string {
		roles := roleList(s.Roles)
		if len(s.Sensitive) > 0 {
			roles += "; with data or an intruder also " + roleList(s.Sensitive)
		}
		return []string{s.Level, s.Reassess.String(), s.Quiet.String(), roles}
	})
	for _, table := range [][]fyne.CanvasObject{more, roles} {
		all = append(append(all, form.Gap(groupGap)), table...)
	}
	return all
}

// roleList names roles for people.
func roleList(names []string) string {
	titles := make([]string, len(names))
	for i, n := range names {
		titles[i] = n
		if r, ok := model.FindRole(n); ok {
			titles[i] = strings.ToLower(r.Title)
		}
	}
	return list(titles...)
}

// target names whom a rung is for; a rung for it says how.
func target(p *rules.Policy, id string) string {
	if i := slices.IndexFunc(p.Escalation, func(r rules.Rung) bool { return r.Target == id }); i >= 0 {
		return p.Escalation[i].Name
	}
	return id
}

// either writes a span; one of nothing is at once.
func either(a rules.After, none string) string {
	switch {
	case !a.Set:
		return none
	case a.String() == "0m":
		return "at once"
	}
	return a.String()
}

func escalation(p *rules.Policy) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, level := range model.Severities {
		rungs := slices.DeleteFunc(slices.Clone(p.Escalation), func(r rules.Rung) bool { return r.Severity != level })
		if len(rungs) == 0 {
			continue
		}
		all = append(all, form.Caption(level))
		all = append(all, one([]float32{1.5, 2.2, 1, 3.7, 2.2, 2.4}, []string{"After", "Who", "Act", "What", "When", "Else"}, rungs, func(r rules.Rung) []string {
			on := map[string]string{"always": "always", "sensitive": "with data or an intruder", "needed": "if somebody decides so"}[r.When]
			return []string{either(r.After, "none"), r.Name, r.Act, r.Text, list(on, when(r.Proposed, "proposed")), target(p, r.Deputy)}
		})...)
	}
	return all
}

func cadence(p *rules.Policy) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, level := range model.Severities {
		of := slices.DeleteFunc(slices.Clone(p.Cadence), func(c rules.Cadence) bool { return c.Severity != level })
		if len(of) == 0 {
			continue
		}
		all = append(all, form.Caption(level))
		all = append(all, one([]float32{3, 1.6, 1.6, 2, 2.6}, []string{"Audience", "First within", "Then every", "Older than 2 h", "When"}, of, func(c rules.Cadence) []string {
			return []string{c.Name, either(c.First, ""), c.Then.String(), c.Long.String(), list(c.When, when(c.Asked, "a person says so"))}
		})...)
	}
	return all
}

func phases(p *rules.Policy) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, f := range p.Phases {
		limit := "from " + either(f.Begin, "the declaration")
		if f.Limit.Set {
			limit += ", over by " + f.Limit.String()
		}
		for _, level := range slices.Sorted(maps.Keys(f.Limits)) {
			limit += ", at " + level + " " + either(f.Limits[level], "open")
		}
		all = append(all, form.Caption(text.Line(f.Name)), form.NewWords(text.Line(limit+". Ends when: "+f.Exit), form.Quiet))
		all = append(all, one([]float32{6, 1.4, 1.6}, []string{"Check", "", ""}, f.Checks, func(c rules.Check) []string {
			return []string{c.Text, when(c.Required, "required"), when(c.Security, "security only")}
		})...)
	}
	return all
}

func clock(c rules.Clock) []string {
	var due []string
	for _, d := range c.Deadlines {
		span := strings.Replace(strings.ReplaceAll(d.Unit, "_", " "), "us ", "US ", 1)
		if d.Value != nil {
			if *d.Value == 1 {
				span = strings.TrimSuffix(span, "s")
			}
			span = fmt.Sprintf("%d %s", *d.Value, span)
		}
		if d.From != rules.FromStart {
			span += since(d.From)
		}
		due = append(due, d.Label+": "+span)
	}
	return []string{
		c.Name, text.Event(c.Start), strings.Join(due, "; "), cited(c.Source, c.Version),
		list(when(c.Off && !strings.Contains(c.Status, "off"), "off"), c.Status, c.Verification),
	}
}

// cited is a source with what its version adds: "33-11216 (2023)" adds the year
// to a source that names the number.
func cited(source, version string) string {
	number, year, dated := strings.Cut(version, " (")
	switch {
	case version == "-" || strings.Contains(source, version):
		return source
	case dated && strings.Contains(source, number):
		return source + " (" + year
	}
	return list(source, version)
}

// since says what a deadline is counted from: an event, or another deadline of
// the clock.
func since(from string) string {
	name := strings.ReplaceAll(from, "_", " ")
	if event := text.Event(from); event != name {
		return " once " + event
	}
	return " from " + name
}

func limits(p rules.People) [][]string {
	rows := [][]string{
		{"A required role is filled within", p.Fill.String()},
		{"An assigned role is accepted within", p.Accept.String()},
		{"A page is answered within", p.Acknowledge.String()},
		{"Direct reports of one leader", fmt.Sprint(p.Span)},
		{"Nobody works longer than", p.Awake.String()},
		{"A pause that ends a stretch of work is", p.Rest.String()},
		{"Night", fmt.Sprintf("%02d:00 to %02d:00 local", p.NightFrom, p.NightTo)},
		{"Elapsed time is called out every", p.Elapsed.String()},
		{"A task without a time gets", p.Task.String()},
	}
	for _, level := range slices.Sorted(maps.Keys(p.Command)) {
		rows = append(rows, []string{"Relief of the commander is planned after, " + level, p.Command[level].String()})
	}
	return rows
}
