package main

import (
	"fmt"
	"slices"
	"strings"

	"holdfast/model"
	"holdfast/model/plain"
)

// incidentText writes an incident for people: first what is wrong with the
// record itself, then who does what.
func (a *app) incidentText(v model.IncidentView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n", v.Code, v.Severity, plain.Line(v.Title))
	fmt.Fprintln(&b, strings.Join(a.facts(v), ", "))
	if v.Exhausted != "" {
		fmt.Fprintf(&b, "%s (holdfastctl escalate %s)\n", strings.ToUpper(plain.Line(v.Exhausted)), v.Code)
	}
	for _, mark := range v.Marks {
		fmt.Fprintln(&b, plain.Line(mark))
	}
	for _, c := range v.Conflicts {
		writeConflict(&b, v.Code, c)
	}
	writeRelated(&b, v.Response)
	writeMilestones(&b, v)
	writeRows(&b, "Reach", reach(v.Response.Facts))
	section(&b, "Roles", len(v.Roles))
	for _, r := range v.Roles {
		state := "not accepted yet"
		if r.Accepted {
			state = "accepted"
		}
		fmt.Fprintf(&b, "  %s  %s (%s)\n", pad(r.Title, 24), plain.Line(r.Person), state)
	}
	a.writeTasks(&b, v.Tasks)
	writeRuns(&b, v)
	writeTickets(&b, v.Tickets)
	section(&b, "Alerts", len(v.Alerts.Alerts))
	for _, al := range v.Alerts.Alerts {
		fmt.Fprintf(&b, "  %s  %s %s, %s: %s\n", al.ID.Short(idLength), pad(al.Class, 9), stamp(al.At), al.State, plain.Line(al.What))
	}
	section(&b, "Messages", len(v.Messages))
	for _, m := range v.Messages {
		fmt.Fprintf(&b, "  %s  %s to %s: %s\n", m.ID.Short(idLength), pad(m.Status, 9), plain.Line(m.Audience), plain.Line(m.Subject))
	}
	for _, text := range [][2]string{{"Impact", v.Impact}, {"Notes", v.Notes}, {"Source", v.Source}, {"Told at", v.Origin}} {
		if text[1] != "" {
			section(&b, text[0], 1)
			fmt.Fprintln(&b, indent(plain.Block(text[1]), "  "))
		}
	}
	for _, t := range v.Texts {
		section(&b, t.Title, 1)
		fmt.Fprintln(&b, indent(plain.Block(t.Text), "  "))
	}
	return b.String()
}

// facts are the short statements under the title.
func (a *app) facts(v model.IncidentView) []string {
	facts := []string{v.State, "phase " + v.Phase}
	for _, kind := range slices.Concat([]string{v.Type}, v.Types) {
		if kind != "" {
			facts = append(facts, plain.Line(kind))
		}
	}
	if v.Detection != "" {
		facts = append(facts, "found by "+plain.Line(strings.ToLower(v.Detection)))
	}
	lasts := "runs "
	if v.State != model.StateOpen {
		lasts = "ran "
	}
	facts = append(facts, lasts+seconds(v.ElapsedS), count(v.Entries, "entry", "entries"))
	if !v.NextUpdateAt.IsZero() {
		facts = append(facts, "next update "+a.deadline(v.NextUpdateAt))
	}
	return facts
}

func section(b *strings.Builder, title string, rows int) {
	if rows > 0 {
		fmt.Fprintf(b, "\n%s\n", title)
	}
}

func writeConflict(b *strings.Builder, code string, c model.ConflictView) {
	if c.Entry.Zero() {
		fmt.Fprintf(b, "\nConflict: %s was set apart; `settle %s %s VALUE` ends it\n", c.Field, code, c.Field)
	} else {
		fmt.Fprintf(b, "\nConflict: entry %s was corrected apart; `log edit %s TEXT` ends it\n", c.Entry.Short(idLength), c.Entry.Short(idLength))
	}
	for _, value := range c.Values {
		text := plain.Line(value.Value)
		if text == "" {
			text = "(nothing)"
		}
		fmt.Fprintf(b, "  %s, by %s, %s\n", text, plain.Line(value.By), stamp(value.At))
	}
}

func writeMilestones(b *strings.Builder, v model.IncidentView) {
	section(b, "Milestones (UTC)", len(v.Milestones))
	for _, name := range model.Milestones {
		if at, ok := v.Milestones[strings.ReplaceAll(name, "-", "_")]; ok {
			fmt.Fprintf(b, "  %s  %s\n", pad(name, 12), stamp(at))
		}
	}
}

func (a *app) writeTasks(b *strings.Builder, tasks []model.TaskView) {
	section(b, "Tasks", len(tasks))
	for _, t := range tasks {
		state := "open"
		if t.Done {
			state = "done"
		}
		fmt.Fprintf(b, "  %s  %s  %s", t.ID.Short(idLength), state, plain.Line(t.Text))
		if t.Owner != "" {
			fmt.Fprintf(b, ", %s", plain.Line(t.Owner))
		}
		if !t.AcceptedAt.IsZero() && !t.Done {
			fmt.Fprint(b, " (accepted)")
		}
		if !t.DueAt.IsZero() && !t.Done {
			fmt.Fprintf(b, ", due %s", a.deadline(t.DueAt))
		}
		if t.Result != "" {
			fmt.Fprintf(b, ": %s", plain.Line(t.Result))
		}
		fmt.Fprintln(b)
	}
}

// indent puts a margin before every line but the first of a text, and before
// that too.
func indent(text, margin string) string {
	return margin + strings.ReplaceAll(text, "\n", "\n"+margin)
}
