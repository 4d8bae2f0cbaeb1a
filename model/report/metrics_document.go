package report

import (
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// Document writes the figures for people, each with its formula.
func (m Metrics) Document() Document {
	d := Document{Title: "Incident metrics", Marks: []string{}, Missing: []string{}, Blocks: []Block{}}
	from := "the beginning"
	if !m.From.IsZero() {
		from = day(m.From)
	}
	d.fields(Field{Label: "Period", Value: from + " to " + day(m.To)})
	d.figures(m, nil)
	return d
}

// figures writes all figures, beside those of a period of the same length where
// there is one.
func (d *Document) figures(m Metrics, before *Metrics) {
	d.heading("Counted")
	d.fields(
		Field{Label: "Incidents", Value: counted(m.Incidents)}, Field{Label: "Reopened, counted once with each stretch", Value: counted(m.Reopened)},
		Field{Label: "Counted apart: drills", Value: counted(m.Drills)}, Field{Label: "Counted apart: false alarms", Value: counted(m.FalseAlarms)},
		Field{Label: "Counted apart: merged under another", Value: counted(m.Merged)},
	)
	d.durationTable("Durations, all hours", m, before, func(d Duration) Stats { return d.Wall }, func(v Value) int64 { return v.WallS })
	d.durationTable("Durations, support hours", m, before, func(d Duration) Stats { return d.Support }, func(v Value) int64 { return v.SupportS })
	d.shares("Shares", m, before)
	rows := [][]string{}
	for _, f := range m.Frequency {
		rows = append(rows, []string{f.Severity, strconv.Itoa(f.N), rate(f.PerWeek), codes(f.Incidents)})
	}
	d.table("Frequency: incidents per week by final severity", "", []string{"Severity", "n", "A week", "Incidents"}, rows)
	for _, x := range m.Distributions {
		d.distribution(x)
	}
	d.heading("Impact")
	all := m.Impact.All
	d.paragraph(minutes(all.ImpactS) + " min of impact, availability " + available(all.Availability) + " (" + counted(all.Incidents) + "; no end is said of: " + counted(m.Impact.Missing) + "). " + m.Impact.Formula + ".")
	d.heading("Pages")
	d.paragraph(strconv.Itoa(m.Pages.N) + " calls, " + strconv.Itoa(m.Pages.Night) + " at night, " + rate(m.Pages.PerShift) + " a shift (" + counted(m.Pages.Incidents) + "). " + m.Pages.Formula + ".")
}

// durationTable writes the figures of time. Below Few the values are listed,
// for a median of three says less than the three.
func (d *Document) durationTable(title string, m Metrics, before *Metrics, stats func(Duration) Stats, value func(Value) int64) {
	head := []string{"Step", "n", "Median", "90th percentile", "Mean", "Before", "Formula", "Incidents", "Time missing"}
	rows := [][]string{}
	for _, x := range m.Durations {
		s := stats(x)
		row := []string{x.Title, strconv.Itoa(x.N), spoken(s.MedianS), spoken(s.P90S), spoken(s.MeanS), "", x.Formula, values(x.Values, value), codes(x.Missing)}
		if x.N < Few {
			row[2], row[3], row[4] = "", "", ""
		}
		if before != nil {
			b := before.Duration(x.Name)
			row[5] = medianOf(stats(b).MedianS, b.N)
		}
		rows = append(rows, row)
	}
	d.table(title, "", head, rows)
}

// medianOf writes a median with the number it is of; below Few the number alone.
func medianOf(seconds int64, n int) string {
	if n < Few {
		return "n " + strconv.Itoa(n)
	}
	return spoken(seconds) + " (n " + strconv.Itoa(n) + ")"
}

func values(list []Value, of func(Value) int64) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = v.Incident + " " + spoken(of(v))
	}
	return strings.Join(texts, ", ")
}

func (d *Document) shares(title string, m Metrics, before *Metrics) {
	rows := [][]string{}
	for _, s := range m.Shares {
		row := []string{s.Title, ratio(s.Hit, s.N), rate(s.Percent), "", s.Formula, codes(s.Hits), codes(s.Missed), codes(s.Missing)}
		if before != nil {
			b := before.Share(s.Name)
			row[3] = ratio(b.Hit, b.N)
		}
		rows = append(rows, row)
	}
	d.table(title, "", []string{"Share", "Of", "%", "Before", "Formula", "Yes", "No", "Cannot be said"}, rows)
}

func (d *Document) distribution(x Distribution) {
	rows := [][]string{}
	for _, g := range x.Groups {
		rows = append(rows, []string{g.Name, strconv.Itoa(g.N), rate(g.Percent), codes(g.Incidents)})
	}
	d.table(x.Title+": "+x.Formula, "No incident.", []string{"Group", "n", "%", "Incidents"}, rows)
}

func counted(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strconv.Itoa(len(list)) + ": " + codes(list)
}

func spoken(seconds int64) string {
	return model.SpeakDuration(time.Duration(seconds) * time.Second)
}

func minutes(seconds int64) string { return strconv.FormatInt((seconds+30)/60, 10) }

func ratio(part, of int) string { return strconv.Itoa(part) + " of " + strconv.Itoa(of) }

// rate writes a number that may not be known.
func rate(f *float64) string {
	if f == nil {
		return "-"
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func available(f *float64) string {
	if f == nil {
		return "-"
	}
	return strconv.FormatFloat(*f, 'f', 3, 64) + " %"
}
