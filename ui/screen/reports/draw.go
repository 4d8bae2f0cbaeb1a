package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model/plain"
	"holdfast/model/report"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// page shows the row that is looked at.
func (s *Screen) page(l line) []fyne.CanvasObject {
	c := &s.content
	switch l.kind {
	case rowTime:
		return s.timePage(c.report.Metrics.Duration(l.key))
	case rowShare:
		return s.sharePage(c.report.Metrics.Share(l.key))
	case rowGroup:
		return s.groupPage(l.key)
	case rowImpact:
		return s.impactPage()
	case rowPages:
		return s.pagesPage()
	case rowList:
		return s.listPage(l.key)
	case rowCount:
		for _, a := range c.apart() {
			if a.key == l.key {
				return s.withIncidents([]fyne.CanvasObject{form.Caption(a.title), form.NewWords(a.why, form.Quiet)}, "", a.codes)
			}
		}
	}
	return s.overview()
}

// overview shows the three main figures by level, and how they went over six
// periods.
func (s *Screen) overview() []fyne.CanvasObject {
	r := s.content.report
	head := []string{"Median", "P0", "P1", "P2", "P3", "All", "Before"}
	var rows [][]string
	for _, f := range main {
		cells := []string{f.short + ", " + f.title}
		for _, l := range r.Metrics.ByLevel(f.name) {
			cells = append(cells, counted(l.N, l.Wall))
		}
		all, before := r.Metrics.Duration(f.name), r.Compared.Duration(f.name)
		rows = append(rows, append(cells, counted(all.N, all.Wall), counted(before.N, before.Wall)))
	}
	n := []string{"Incidents"}
	for _, f := range r.Metrics.Frequency {
		n = append(n, strconv.Itoa(f.N))
	}
	rows = append(rows, append(n, strconv.Itoa(len(r.Metrics.Incidents)), strconv.Itoa(len(r.Compared.Incidents))))
	out := []fyne.CanvasObject{
		form.Caption("By level"), form.Table([]float32{2.6, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2}, head, rows),
		form.NewWords("n is how many incidents have both times. Below "+strconv.Itoa(report.Few)+" no median is given, since one more or less would turn it over. Each row of the list shows its formula, its incidents and those that lack a time.", form.Quiet),
		form.Caption("Over six periods"),
	}
	out = append(out, trendPairs(r.Trend, r.Kind)...)
	if len(r.Missed) > 0 {
		out = append(out, form.Caption("Missed targets"))
		for _, m := range r.Missed {
			out = append(out, form.NewWords("· "+text.Line(m), form.Warn))
		}
	}
	return out
}

func counted(n int, s report.Stats) string {
	switch {
	case n == 0:
		return nothing
	case n < report.Few:
		return "n " + strconv.Itoa(n)
	}
	return units.Replace(spoken(s.MedianS)) + "\nn " + strconv.Itoa(n)
}

// units keeps a number and its unit on one line.
var units = strings.NewReplacer(" d", "\u00a0d", " h", "\u00a0h", " min", "\u00a0min", " s", "\u00a0s")

// trend is one chart over the periods. value gives what is drawn, and of how
// many incidents it is.
type trend struct {
	title string
	value func(report.TrendLine) (int64, int)
	words func(v int64, n int) string
}

func alone(v int64, _ int) string { return strconv.FormatInt(v, 10) }

func withCount(v int64, n int) string {
	if n < report.Few {
		return "n " + strconv.Itoa(n)
	}
	return spoken(v) + " (n " + strconv.Itoa(n) + ")"
}

// known is a median that may be drawn: below report.Few none is given.
func known(medianS int64, n int) (int64, int) {
	if n < report.Few {
		return -1, n
	}
	return medianS, n
}

var trends = [...]trend{
	{"Incidents", func(t report.TrendLine) (int64, int) { return int64(t.N), t.N }, alone},
	{"P0 and P1", func(t report.TrendLine) (int64, int) { return int64(t.Serious), t.N }, alone},
	{"MTTD, median", func(t report.TrendLine) (int64, int) { return known(t.DetectS, t.DetectN) }, withCount},
	{"MTTA, median", func(t report.TrendLine) (int64, int) { return known(t.AnswerS, t.AnswerN) }, withCount},
	{"MTTR, median", func(t report.TrendLine) (int64, int) { return known(t.ResolveS, t.ResolveN) }, withCount},
	{"Impact of P0 and P1", func(t report.TrendLine) (int64, int) { return t.ImpactS, t.N }, func(v int64, _ int) string { return spoken(v) }},
}

// chartRoom keeps the figures of a chart apart from the days of the one beside it.
const chartRoom = 8

// trendPairs sets the charts two beside one another.
func trendPairs(lines []report.TrendLine, kind string) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i := 0; i < len(trends); i += 2 {
		left := container.New(layout.NewCustomPaddedLayout(0, 0, 0, chartRoom), chart(trends[i], lines, kind))
		right := container.New(layout.NewCustomPaddedLayout(0, 0, chartRoom, 0), chart(trends[i+1], lines, kind))
		out = append(out, form.Beside(0.5, left, right))
	}
	return out
}

func chart(t trend, lines []report.TrendLine, kind string) fyne.CanvasObject {
	bars := make([]part.Bar, len(lines))
	for i, l := range lines {
		v, n := t.value(l)
		bars[i] = part.Bar{Name: periodWord(l.From, kind), Value: float32(v), Text: t.words(v, n), Now: i == len(lines)-1}
		if n == 0 {
			bars[i].Value, bars[i].Text = -1, "none"
		}
	}
	return form.Stack(2, form.NewWords(t.title, form.Quiet), part.NewBars(bars...))
}

// periodWord names a period by its first day.
func periodWord(from time.Time, kind string) string {
	from = from.Add(12 * time.Hour) // the same day in every zone of the calendar
	switch kind {
	case report.Annual:
		return from.UTC().Format("2006")
	case report.Weekly:
		return from.UTC().Format("2 Jan")
	}
	return from.UTC().Format("2 Jan 06")
}

func (s *Screen) timePage(d report.Duration) []fyne.CanvasObject {
	head := []string{"Level", "n", "Median", "90th percentile", "Mean", "Support hours", "No time"}
	stats := func(name string, n int, wall, support report.Stats, missing int) []string {
		row := []string{name, strconv.Itoa(n), nothing, nothing, nothing, nothing, strconv.Itoa(missing)}
		if n >= report.Few {
			row[2], row[3], row[4], row[5] = spoken(wall.MedianS), spoken(wall.P90S), spoken(wall.MeanS), spoken(support.MedianS)
		}
		return row
	}
	var rows [][]string
	for _, l := range s.content.report.Metrics.ByLevel(d.Name) {
		rows = append(rows, stats(l.Severity, l.N, l.Wall, l.Support, l.Missing))
	}
	rows = append(rows, stats("All", d.N, d.Wall, d.Support, len(d.Missing)))
	before := s.content.report.Compared.Duration(d.Name)
	rows = append(rows, stats("Before", before.N, before.Wall, before.Support, len(before.Missing)))
	out := []fyne.CanvasObject{
		form.Caption(d.Title), form.NewWords(d.Formula, form.Quiet), form.Table([]float32{1, 0.7, 1.4, 1.6, 1.4, 1.5, 1}, head, rows),
	}
	if d.N < report.Few {
		out = append(out, form.NewWords("With fewer than "+strconv.Itoa(report.Few)+" values they are listed, and nothing is made of them.", form.Quiet))
	}
	var bars []part.Bar
	for i, v := range d.Values {
		if i == maxValues {
			break
		}
		bars = append(bars, part.Bar{Name: v.Incident, Value: float32(v.WallS), Text: spoken(v.WallS)})
	}
	if len(bars) > 0 {
		out = append(out, form.Caption("Each incident"), part.NewBars(bars...))
	}
	if n := len(d.Values) - len(bars); n > 0 {
		out = append(out, form.NewWords(fmt.Sprintf("… and %d more; the exported file has them all.", n), form.Quiet))
	}
	var codes []string
	for _, v := range d.Values {
		codes = append(codes, v.Incident)
	}
	out = s.withIncidents(out, "Open one of them", codes)
	return s.withIncidents(out, "They lack a time", d.Missing)
}

// maxValues bounds what is drawn of one figure.
const maxValues = 30

func (s *Screen) sharePage(sh report.Share) []fyne.CanvasObject {
	before := s.content.report.Compared.Share(sh.Name)
	words := ratio(sh.Hit, sh.N)
	if sh.Percent != nil {
		words += ", " + rate(sh.Percent) + " %"
	}
	rows := [][]string{{"This period", words}, {"Before", ratio(before.Hit, before.N)}}
	out := []fyne.CanvasObject{form.Caption(sh.Title), form.NewWords(sh.Formula, form.Quiet), form.Table([]float32{1, 3}, []string{"", ""}, rows)}
	if sh.N < report.Few {
		out = append(out, form.NewWords("Below "+strconv.Itoa(report.Few)+" no percentage is given.", form.Quiet))
	}
	out = s.withIncidents(out, "Yes", sh.Hits)
	out = s.withIncidents(out, "No", sh.Missed)
	return s.withIncidents(out, "Cannot be said of", sh.Missing)
}

func (s *Screen) groupPage(name string) []fyne.CanvasObject {
	m := s.content.report.Metrics
	var bars []part.Bar
	var out []fyne.CanvasObject
	for _, d := range m.Distributions {
		if d.Name != name {
			continue
		}
		out = append(out, form.Caption(plain.Capital(d.Title)), form.NewWords(d.Formula, form.Quiet))
		for _, g := range d.Groups {
			words := strconv.Itoa(g.N)
			if g.Percent != nil {
				words += ", " + rate(g.Percent) + " %"
			}
			bars = append(bars, part.Bar{Name: text.Line(g.Name), Value: float32(g.N), Text: words})
		}
	}
	if len(bars) > maxValues {
		bars = bars[:maxValues]
	}
	if len(bars) == 0 {
		return append(out, form.NewWords("No incident.", form.Plain))
	}
	return append(out, part.NewBars(bars...))
}

func (s *Screen) impactPage() []fyne.CanvasObject {
	impact := s.content.report.Metrics.Impact
	rows := [][]string{}
	for i, of := range slices.Concat([]report.ImpactOf{impact.All}, impact.BySeverity, impact.ByService) {
		name := text.Line(of.Name)
		if i == 0 {
			name = "All"
		}
		available := nothing
		if of.Availability != nil {
			available = strconv.FormatFloat(*of.Availability, 'f', 3, 64) + " %"
		}
		rows = append(rows, []string{name, spoken(of.ImpactS), available, strconv.Itoa(len(of.Incidents))})
	}
	out := []fyne.CanvasObject{form.Caption("Impact"), form.NewWords(impact.Formula, form.Quiet), form.Table([]float32{2, 1.5, 1.5, 1}, []string{"Of", "Impact", "Availability", "n"}, rows)}
	rows = nil
	for _, w := range impact.Longest {
		rows = append(rows, []string{w.Incident, w.Severity, text.Line(w.Title), spoken(w.ImpactS)})
	}
	if len(rows) > 0 {
		out = append(out, form.Caption("The worst"), form.Table([]float32{1, 0.6, 4, 1}, []string{"Incident", "Level", "Title", "Impact"}, rows))
	}
	return s.withIncidents(out, "No end is said of", impact.Missing)
}

func (s *Screen) pagesPage() []fyne.CanvasObject {
	p := s.content.report.Metrics.Pages
	out := []fyne.CanvasObject{form.Caption("Calls to people"), form.NewWords(p.Formula, form.Quiet), form.NewWords(fmt.Sprintf("%d calls, %d at night, %s a shift.", p.N, p.Night, rate(p.PerShift)), form.Plain)}
	rows := [][]string{}
	for i, l := range p.People {
		if i < maxValues {
			rows = append(rows, []string{text.Line(l.Person), strconv.Itoa(l.N), strconv.Itoa(l.Night)})
		}
	}
	if len(rows) > 0 {
		out = append(out, form.Table([]float32{3, 1, 1}, []string{"Person", "Calls", "At night"}, rows))
	}
	return s.withIncidents(out, "In", p.Incidents)
}

func (s *Screen) listPage(key string) []fyne.CanvasObject {
	for _, l := range s.content.lists() {
		if l.key != key {
			continue
		}
		out := []fyne.CanvasObject{form.Caption(l.title)}
		if len(l.lines) == 0 {
			out = append(out, form.NewWords(l.empty, form.Plain))
		}
		for i, words := range l.lines {
			if i == maxValues {
				out = append(out, form.NewWords(fmt.Sprintf("… and %d more; the exported file has them all.", len(l.lines)-i), form.Quiet))
				break
			}
			out = append(out, form.NewWords("· "+words, form.Plain))
		}
		if key == "missed" {
			out = append(out, missedTable(s.content.report.MissedBy)...)
		}
		return s.withIncidents(out, "Open one of them", l.codes)
	}
	return nil
}

// missedTable shows the incidents that missed a target, those with the most first.
func missedTable(all []report.MissedBy) []fyne.CanvasObject {
	if len(all) == 0 {
		return nil
	}
	var rows [][]string
	for i, m := range all {
		if i == maxValues {
			break
		}
		rows = append(rows, []string{m.Incident, m.Severity, text.Line(m.Title), plain.Capital(strings.ToLower(strings.Join(m.Targets, "; ")))})
	}
	out := []fyne.CanvasObject{form.Caption("By incident"), form.Table([]float32{1.1, 0.6, 3.4, 3}, []string{"Incident", "Level", "Title", "Missed"}, rows)}
	if n := len(all) - len(rows); n > 0 {
		out = append(out, form.NewWords(fmt.Sprintf("… and %d more; the exported file has them all.", n), form.Quiet))
	}
	return out
}

// maxChips bounds the incidents that can be opened from one figure.
const maxChips = 40

// withIncidents adds the incidents of a figure, each of which opens.
func (s *Screen) withIncidents(out []fyne.CanvasObject, title string, codes []string) []fyne.CanvasObject {
	if len(codes) == 0 {
		return out
	}
	if title != "" {
		out = append(out, form.Caption(title))
	}
	chips := form.Wrap(container.NewHBox())
	for i, code := range codes {
		if i == maxChips {
			break
		}
		chip := part.NewChip(code, "")
		chip.OnKey = s.escape
		chip.OnChange = func(bool) {
			chip.Set(code, "", false)
			s.host.Open(s.content.ids[code])
		}
		chips.Add(chip)
	}
	out = append(out, chips)
	if n := len(codes) - maxChips; n > 0 {
		out = append(out, form.NewWords(strings.Join([]string{"… and", strconv.Itoa(n), "more."}, " "), form.Quiet))
	}
	return out
}
