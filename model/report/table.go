package report

import (
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// tableHead names the columns of the tables for a spreadsheet. New ones are
// added at the end.
var tableHead = [...]string{
	"section", "name", "n", "of", "percent", "median_s", "p90_s", "mean_s", "support_median_s", "support_p90_s", "support_mean_s",
	"before_n", "before_median_s", "formula", "incidents", "missing", "at", "text",
}

// cells is a row of the table, by the name of its column.
type cells map[string]string

type table [][]string

func newTable() table { return table{append([]string{}, tableHead[:]...)} }

func (t *table) add(c cells) {
	row := make([]string, len(tableHead))
	for i, name := range tableHead {
		row[i] = c[name]
	}
	*t = append(*t, row)
}

// Table gives the figures for a spreadsheet: a head, then a row each.
func (m Metrics) Table() [][]string {
	t := newTable()
	t.figures(m, nil)
	return t
}

// Table gives the report for a spreadsheet: its lists, then its figures.
func (r Periodic) Table() [][]string {
	t := newTable()
	for _, part := range []struct {
		name string
		list []IncidentLine
	}{{"new", r.New}, {"open", r.Open}, {"closed", r.Closed}} {
		for _, l := range part.list {
			t.add(cells{"section": part.name, "name": l.Severity, "incidents": l.Incident, "at": l.At.Format(time.RFC3339), "text": l.Title})
		}
	}
	for _, part := range []struct {
		name string
		list []model.ActionView
	}{{"action due", r.DueSoon}, {"action overdue", r.Overdue}, {"action done", r.Changed}} {
		for _, a := range part.list {
			t.add(cells{"section": part.name, "name": a.Owner, "incidents": a.Incident, "at": a.DueAt.Format(time.RFC3339), "text": a.Text})
		}
	}
	for _, p := range r.Trend {
		t.add(cells{"section": "trend", "name": p.From.Format(time.DateOnly), "n": strconv.Itoa(p.N), "median_s": number(p.ResolveS), "incidents": names(p.Incidents)})
	}
	for _, f := range r.Factors {
		t.add(cells{"section": "factor", "name": f.Name, "n": strconv.Itoa(f.N), "incidents": names(f.Incidents)})
	}
	t.figures(r.Metrics, &r.Compared)
	return t
}

func (t *table) figures(m Metrics, before *Metrics) {
	for _, d := range m.Durations {
		row := cells{
			"section": "duration", "name": d.Name, "n": strconv.Itoa(d.N), "formula": d.Formula, "missing": names(d.Missing),
			"median_s": number(d.Wall.MedianS), "p90_s": number(d.Wall.P90S), "mean_s": number(d.Wall.MeanS),
			"support_median_s": number(d.Support.MedianS), "support_p90_s": number(d.Support.P90S), "support_mean_s": number(d.Support.MeanS),
		}
		var list []string
		for _, v := range d.Values {
			list = append(list, v.Incident)
		}
		row["incidents"] = names(list)
		if before != nil {
			b := before.Duration(d.Name)
			row["before_n"], row["before_median_s"] = strconv.Itoa(b.N), number(b.Wall.MedianS)
		}
		t.add(row)
	}
	for _, s := range m.Shares {
		row := cells{
			"section": "share", "name": s.Name, "n": strconv.Itoa(s.Hit), "of": strconv.Itoa(s.N), "percent": optional(s.Percent), "formula": s.Formula,
			"incidents": names(s.Hits), "missing": names(s.Missing),
		}
		if before != nil {
			row["before_n"] = strconv.Itoa(before.Share(s.Name).Hit)
		}
		t.add(row)
	}
	for _, f := range m.Frequency {
		t.add(cells{"section": "frequency", "name": f.Severity, "n": strconv.Itoa(f.N), "incidents": names(f.Incidents), "text": optional(f.PerWeek)})
	}
	for _, d := range m.Distributions {
		for _, g := range d.Groups {
			t.add(cells{
				"section": "distribution " + d.Name, "name": g.Name, "n": strconv.Itoa(g.N), "percent": optional(g.Percent), "formula": d.Formula,
				"incidents": names(g.Incidents),
			})
		}
	}
	impacts := append([]ImpactOf{m.Impact.All}, m.Impact.BySeverity...)
	for _, i := range append(impacts, m.Impact.ByService...) {
		t.add(cells{
			"section": "impact", "name": i.Name, "n": number(i.ImpactS), "percent": optional(i.Availability), "formula": m.Impact.Formula,
			"incidents": names(i.Incidents),
		})
	}
	t.add(cells{
		"section": "pages", "name": "all", "n": strconv.Itoa(m.Pages.N), "formula": m.Pages.Formula, "incidents": names(m.Pages.Incidents),
		"text": optional(m.Pages.PerShift),
	})
}

func names(list []string) string { return strings.Join(list, " ") }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func optional(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}
