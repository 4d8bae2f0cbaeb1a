package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
)

// report writes Markdown. Only constants of this file and escaped texts go in.
type report struct {
	bytes.Buffer
}

func (r *report) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func writeMarkdown(w io.Writer, d Document) error {
	r := &report{}
	i := d.Incident
	r.marks(d)
	r.line("# %s %s", inline(i.Code), inline(i.Title))
	r.facts(d)
	if i.Impact != "" {
		r.line("\n## Impact\n\n%s", block(i.Impact, ""))
	}
	r.texts(i)
	r.milestones(i)
	r.conflicts(i)
	r.roles(i)
	r.timeline(d)
	r.tasks(i)
	r.messages(i)
	if i.Notes != "" {
		r.line("\n## Notes\n\n%s", block(i.Notes, ""))
	}
	r.line("\nTimes are UTC. Written %s from room %s.", stamp(d.ExportedAt), inline(d.Room.Name))
	for _, mark := range i.Marks {
		r.line("\n**%s**", inline(mark))
	}
	_, err := w.Write(r.Bytes())
	return err
}

// texts writes what people wrote together, each under its title.
func (r *report) texts(i model.IncidentView) {
	for _, t := range i.Texts {
		r.line("\n## %s\n\n%s", inline(t.Title), block(t.Text, ""))
		if t.Unplaced != "" {
			r.line("\nWritten at a place that is not here: %s", block(t.Unplaced, ""))
		}
	}
}

// marks writes what must stand on every page: a privilege, a legal hold.
func (r *report) marks(d Document) {
	for _, mark := range d.Incident.Marks {
		r.line("**%s**\n", inline(mark))
	}
}

func (r *report) facts(d Document) {
	i := d.Incident
	r.line("")
	fact := func(name, text string) {
		if text != "" {
			r.line("- %s: %s", name, inline(text))
		}
	}
	fact("Severity", i.Severity)
	fact("Type", strings.Join(append([]string{i.Type}, i.Types...), ", "))
	fact("State", i.State)
	fact("Phase", i.Phase)
	fact("Detection", i.Detection)
	fact("Commander", strings.Join(i.Commander, " and "))
	fact("Lasted", when.Clock(time.Duration(i.ElapsedS)*time.Second))
	if !i.NextUpdateAt.IsZero() {
		fact("Next update", stamp(i.NextUpdateAt))
	}
	fact("Source", i.Source)
	fact("Told at", i.Origin)
	fact("Id", i.ID.String())
}

func (r *report) milestones(i model.IncidentView) {
	if len(i.Milestones) == 0 {
		return
	}
	r.line("\n## Milestones\n\n| milestone | time (UTC) |\n|---|---|")
	for _, name := range model.Milestones {
		if at, ok := i.Milestones[strings.ReplaceAll(name, "-", "_")]; ok {
			r.line("| %s | %s |", strings.ReplaceAll(name, "-", " "), stamp(at))
		}
	}
	if len(i.SeverityHistory) < 2 {
		return
	}
	r.line("\nSeverity:\n")
	for _, c := range i.SeverityHistory {
		r.line("- %s %s, by %s%s", stamp(c.At), inline(c.Value), inline(c.By), because(c.Reason))
	}
}

func (r *report) conflicts(i model.IncidentView) {
	if len(i.Conflicts) == 0 {
		return
	}
	r.line("\n## Conflicts\n\nWritten apart, and not settled yet.\n")
	for _, c := range i.Conflicts {
		r.line("- %s", inline(c.Field))
		for _, v := range c.Values {
			value := inline(v.Value)
			if value == "" {
				value = "nothing"
			}
			r.line("  - %s, by %s at %s%s", value, inline(v.By), stamp(v.At), because(v.Reason))
		}
	}
}

func (r *report) roles(i model.IncidentView) {
	if len(i.Roles) == 0 {
		return
	}
	r.line("\n## Roles\n")
	for _, h := range i.Roles {
		accepted := ""
		if !h.Accepted {
			accepted = ", not accepted yet"
		}
		r.line("- %s: %s since %s%s", inline(h.Title), inline(h.Person), stamp(h.Since), accepted)
	}
}

func (r *report) timeline(d Document) {
	if len(d.Timeline) == 0 {
		return
	}
	r.line("\n## Timeline")
	history := map[model.ID]model.EntryHistory{}
	for _, h := range d.History {
		history[h.ID] = h
	}
	day := ""
	for _, row := range d.Timeline {
		if of := row.At.UTC().Format("Monday 2 January 2006"); of != day {
			day = of
			r.line("\n### %s\n", day)
		}
		mark := when.Format(when.Moment{At: row.At, Precision: row.Precision}, zoneOf(d.Incident, row.Precision))
		r.line("- `%s` **%s** %s (%s)", mark, inline(row.Kind), block(row.Text, "  "), inline(row.Author))
		if row.Conflict {
			r.line("  - in conflict: corrected apart, and not settled yet")
		}
		r.changes(history[row.ID])
	}
}

// zoneOf is the zone a time is written in: UTC, but for a day known without its
// time, which is a day where its people were.
func zoneOf(i model.IncidentView, p when.Precision) *time.Location {
	if p == when.Day {
		if zone, err := time.LoadLocation(i.Zone); err == nil {
			return zone
		}
	}
	return time.UTC
}

// changes tells what an entry said before, and why it was taken back.
func (r *report) changes(h model.EntryHistory) {
	for n, v := range h.Versions {
		if len(h.Versions) == 1 || v.Current && n == len(h.Versions)-1 {
			continue
		}
		verb := "corrected"
		if n == 0 {
			verb = "written"
		}
		at := when.Format(when.Moment{At: v.At, Precision: v.Precision}, time.UTC)
		r.line("  - %s by %s at %s as: `%s` %s", verb, inline(v.By), stamp(v.RecordedAt), at, block(v.Text, "    "))
	}
	for _, t := range h.Retractions {
		r.line("  - taken back by %s at %s%s", inline(t.By), stamp(t.At), because(t.Reason))
	}
}

func (r *report) tasks(i model.IncidentView) {
	if len(i.Tasks) == 0 {
		return
	}
	r.line("\n## Tasks\n")
	for _, t := range i.Tasks {
		mark, due := " ", ""
		if t.Done {
			mark = "x"
		}
		if !t.DueAt.IsZero() {
			due = ", due " + stamp(t.DueAt)
		}
		owner := inline(t.Owner)
		if owner == "" {
			owner = "nobody"
		}
		r.line("- [%s] %s (%s%s)", mark, block(t.Text, "  "), owner, due)
		if t.Result != "" {
			r.line("  - result: %s", block(t.Result, "    "))
		}
	}
}

func (r *report) messages(i model.IncidentView) {
	if len(i.Messages) == 0 {
		return
	}
	r.line("\n## Messages")
	for _, m := range i.Messages {
		r.line("\n### %s\n", inline(m.Subject))
		r.line("- Update %d to %s over %s, recipients: %d", m.Number, inline(m.Audience), inline(m.Channel), m.Recipients)
		r.line("- Queued %s by %s: %s", stamp(m.QueuedAt), inline(m.By), inline(strings.TrimSpace(m.Status+" "+m.Detail)))
		for _, f := range m.Refused {
			r.line("- Refused for %s: %s", inline(f.Address), inline(f.Reason))
		}
		r.line("\n%s", block(m.Body, ""))
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + inline(reason)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// inline writes a text on one line, so that Markdown reads it as text alone.
func inline(text string) string {
	return escape(strings.Join(strings.Fields(plain(text)), " "))
}

// block writes a text that may have several lines; later ones are indented to
// stay within a list item. No line can become a heading, a list or a rule.
func block(text, indent string) string {
	var b strings.Builder
	for n, l := range strings.Split(strings.TrimSpace(plain(text)), "\n") {
		if n > 0 {
			b.WriteString("\\\n" + indent) // a hard line break
		}
		l = strings.TrimSpace(l)
		if l == "" {
			b.WriteString("&nbsp;")
			continue
		}
		b.WriteString(escape(l))
	}
	return b.String()
}

// escape puts a backslash before every character that can mean something to
// Markdown or HTML. At the start of a line some more do.
func escape(line string) string {
	var b strings.Builder
	starts := true
	for n, r := range line {
		switch {
		case strings.ContainsRune("\\`*_[]<>&|~!$^{}", r):
			b.WriteByte('\\')
		case starts && strings.ContainsRune("#+-=:", r):
			b.WriteByte('\\')
		case (r == '.' || r == ')') && n > 0 && strings.Trim(line[:n], "0123456789") == "" && (n+1 == len(line) || line[n+1] == ' ' || line[n+1] == '\t'):
			b.WriteByte('\\')
		}
		starts = false
		b.WriteRune(r)
	}
	return b.String()
}
