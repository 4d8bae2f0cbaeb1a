package export

import (
	"io"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/when"
)

// promised are the kinds of deadline a hand-over passes on.
var promised = [...]string{due.Update, due.Clock, due.Task, due.Vendor, due.Watch, due.Review, due.Action}

// promises writes what an incident owes to others, for the hand-over sheet.
func promises(s *model.State, inc *model.Incident, now time.Time) []string {
	lines := []string{}
	for _, d := range due.Of(s, s.Policy(), inc, now) {
		for _, kind := range promised {
			if d.Kind == kind && d.Open() {
				lines = append(lines, d.What+": "+model.SpeakTime(d.DueAt, now, nil)+" ("+d.State+")")
			}
		}
	}
	return lines
}

// writeBriefing is the hand-over sheet in the blocks of FEMA's form 201.
func writeBriefing(w io.Writer, d Document) error {
	r := &report{}
	s := d.Sheet
	r.marks(d)
	r.line("# Incident briefing (form 201)\n")
	r.line("- Incident: %s %s", inline(s.Incident), inline(s.Title))
	r.line("- Severity: %s", inline(s.Severity))
	r.line("- Prepared: %s by %s", stamp(s.Prepared), inline(s.By))
	for _, block := range []struct {
		title string
		lines []string
	}{
		{"1. Situation", s.Situation},
		{"2. Objectives", s.Objectives},
		{"3. Actions", s.Actions},
		{"4. Organisation", s.Organisation},
		{"5. Resources, promises and clocks", s.Resources},
	} {
		r.line("\n## %s\n", block.title)
		if len(block.lines) == 0 {
			r.line("Nothing recorded.")
		}
		for _, text := range block.lines {
			r.line("- %s", inline(text))
		}
	}
	r.line("\n## Hand-over\n\nHanded over by: ______________ at: ______  \nAccepted by: ______________ at: ______\n")
	_, err := w.Write(r.Bytes())
	return err
}

// writeActivity is the activity log in the form of FEMA's form 214.
func writeActivity(w io.Writer, d Document) error {
	r := &report{}
	i := d.Incident
	r.line("# Activity log (form 214)\n")
	r.marks(d)
	r.line("- Incident: %s %s", inline(i.Code), inline(i.Title))
	r.line("- Period: %s to %s (%s)", stamp(i.Since), stamp(d.ExportedAt), when.Clock(time.Duration(i.ElapsedS)*time.Second))
	r.line("- Unit: %s\n", inline(d.Room.Name))
	r.line("## Personnel\n\n| name | position | since |\n|---|---|---|")
	for _, h := range i.Roles {
		r.line("| %s | %s | %s |", inline(h.Person), inline(h.Title), stamp(h.Since))
	}
	r.line("\n## Activity\n\n| time (UTC) | by | activity |\n|---|---|---|")
	for _, row := range d.Timeline {
		if !row.Retracted {
			r.line("| %s | %s | %s |", row.At.Format("2006-01-02 15:04"), inline(row.Author), inline(strings.ReplaceAll(row.Text, "\n", " ")))
		}
	}
	r.line("\nPrepared by: ______________")
	_, err := w.Write(r.Bytes())
	return err
}
