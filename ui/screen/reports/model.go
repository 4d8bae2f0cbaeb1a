package reports

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/report"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// want is what Read is to read: a kind of report, and a day of its period; the
// zero day is now.
type want struct {
	kind string
	at   time.Time
}

// content is what the screen shows, copied from the room.
type content struct {
	report report.Periodic
	ids    map[string]model.ID // of the incidents, by their name for people
	titles map[string]string
	err    error
}

func read(in screen.Input, w want) content {
	at := w.at
	if at.IsZero() {
		at = in.Now
	}
	c := content{ids: map[string]model.ID{}, titles: map[string]string{}}
	rules := in.State.Policy()
	period, err := report.PeriodOf(w.kind, at, in.Now, rules.Calendar)
	if err != nil {
		c.err = err
		return c
	}
	c.report = report.Report(in.State, rules, period, in.Now)
	for inc := range in.State.Incidents() {
		if inc.Known() {
			c.ids[inc.Code], c.titles[inc.Code] = inc.ID, inc.Title()
		}
	}
	return c
}

// line is a row of the list, and what is read of it.
type line struct {
	part.SheetRow
	kind, key string
}

// Kinds of row.
const (
	rowOverview = "overview"
	rowTime     = "time"
	rowShare    = "share"
	rowGroup    = "group"
	rowCount    = "count"
	rowImpact   = "impact"
	rowPages    = "pages"
	rowList     = "list"
)

// main are the three figures everybody asks for, by their names in the report.
var main = [...]struct{ name, short, title string }{
	{"detect", "MTTD", "time to detect"}, {"detect_to_acknowledge", "MTTA", "detection to acknowledgement"}, {"resolve", "MTTR", "time to resolve"},
}

func row(kind, key, mark, label, meta string, tone part.SheetTone) line {
	return line{SheetRow: part.SheetRow{ID: kind + "." + key, Mark: mark, Label: label, Meta: meta, Urgent: tone}, kind: kind, key: key}
}

func head(key, label, words string) line {
	return line{SheetRow: part.SheetRow{ID: "head." + key, Head: true, Label: label, Text: words}, kind: rowOverview}
}

// lines are the rows of a report.
func (c content) lines() []line {
	if c.err != nil {
		return nil
	}
	m := c.report.Metrics
	all := []line{row(rowOverview, "", "", "Overview", text.Count(len(m.Incidents), "incident", "incidents"), part.SheetQuiet)}
	all = append(all, head("times", "Times", "median, all hours"))
	for _, d := range m.Durations {
		tone := part.SheetPlain
		if d.N < report.Few {
			tone = part.SheetQuiet // no figure
		}
		all = append(all, row(rowTime, d.Name, "n "+strconv.Itoa(d.N), d.Title, median(d.N, d.Wall), tone))
	}
	all = append(all, head("shares", "As it should be", ""))
	for _, s := range m.Shares {
		meta, tone := ratio(s.Hit, s.N), part.SheetPlain
		if s.Percent != nil {
			meta += " · " + rate(s.Percent) + " %"
		}
		if s.N == 0 {
			tone = part.SheetQuiet
		}
		all = append(all, row(rowShare, s.Name, "n "+strconv.Itoa(s.N), s.Title, meta, tone))
	}
	all = append(all, head("lists", "In the period", ""))
	for _, l := range c.lists() {
		all = append(all, row(rowList, l.key, "n "+strconv.Itoa(l.n), l.title, "", l.tone))
	}
	all = append(all, head("groups", "Shared out", "the largest group of each"))
	for _, d := range m.Distributions {
		all = append(all, row(rowGroup, d.Name, "", plain.Capital(d.Title), most(d), part.SheetQuiet))
	}
	all = append(all, head("load", "Impact and load", ""))
	all = append(all, row(rowImpact, "", "", "Impact of P0 and P1", spoken(m.Impact.All.ImpactS), part.SheetPlain))
	all = append(all, row(rowPages, "", "n "+strconv.Itoa(m.Pages.N), "Calls to people", strconv.Itoa(m.Pages.Night)+" at night", part.SheetPlain))
	all = append(all, head("counted", "What is counted", ""))
	for _, a := range c.apart() {
		all = append(all, row(rowCount, a.key, "n "+strconv.Itoa(len(a.codes)), a.title, "", part.SheetQuiet))
	}
	return all
}

// apart are the checks of the figures: what is in them, and what is counted
// apart.
func (c content) apart() []struct {
	key, title, why string
	codes           []string
} {
	m := c.report.Metrics
	return []struct {
		key, title, why string
		codes           []string
	}{
		{"incidents", "In the figures", "An incident counts in the period it was declared in, under the level it had last.", m.Incidents},
		{"reopened", "Reopened", "Counted once, with each stretch from reopened to resolved.", m.Reopened},
		{"drills", "Drills", "In no figure.", m.Drills},
		{"alarms", "False alarms", "In no figure.", m.FalseAlarms},
		{"merged", "Merged under another", "The other one counts.", m.Merged},
	}
}

// lister is one list of the report in sentences.
type lister struct {
	key, title, empty string
	n                 int
	tone              part.SheetTone
	lines             []string
	codes             []string
}

func (c content) lists() []lister {
	r := c.report
	late := part.SheetQuiet
	if len(r.Overdue) > 0 {
		late = part.SheetAlarm
	}
	all := []lister{incidentList("new", "New", r.New), incidentList("open", "Open at the end", r.Open), incidentList("closed", "Resolved", r.Closed)}
	var missed []string
	for _, m := range r.MissedBy {
		missed = append(missed, m.Incident)
	}
	all = append(all, lister{key: "missed", title: "Missed targets", empty: "None was missed.", n: len(r.Missed), lines: safe(r.Missed), codes: missed})
	all = append(all, actionList("overdue", "Actions overdue", r.Overdue, late), actionList("due", "Actions due in the 7 days after", r.DueSoon, part.SheetQuiet), actionList("done", "Actions done", r.Changed, part.SheetQuiet))
	all = append(all, countedList("factors", "Contributing factors", "None is named.", r.Factors), countedList("again", "What came more than once", "Nothing did.", r.Noisy))
	all = append(all, countedList("learned", "Post-mortems published", "None was.", r.Learned), countedList("runbooks", "Runbooks used", "None was.", r.Runbooks))
	var legal []string
	for _, n := range r.Legal {
		filed := "not filed"
		if !n.FiledAt.IsZero() {
			filed = "filed " + day(n.FiledAt)
		}
		legal = append(legal, n.Incident+", "+n.Clock+", "+n.Deadline+": due "+day(n.DueAt)+", "+filed)
	}
	all = append(all, lister{key: "legal", title: "Legal notices", empty: "None was owed.", n: len(legal), lines: safe(legal)})
	all = append(all, lister{key: "oncall", title: "On call now", empty: "Nobody is named.", n: len(r.OnCall), lines: safe(r.OnCall)})
	return append(all, lister{key: "proposals", title: "Proposals", empty: "The figures propose nothing.", n: len(r.Proposals), lines: safe(r.Proposals)})
}

func incidentList(key, title string, list []report.IncidentLine) lister {
	l := lister{key: key, title: title, empty: "None.", n: len(list)}
	for _, i := range list {
		l.lines = append(l.lines, i.Incident+"  "+i.Severity+"  "+text.Apart(text.Line(i.Title))+", "+day(i.At)+", "+spoken(i.DurationS)+", "+i.State)
		l.codes = append(l.codes, i.Incident)
	}
	return l
}

func actionList(key, title string, list []model.ActionView, tone part.SheetTone) lister {
	l := lister{key: key, title: title, empty: "None.", n: len(list), tone: tone}
	for _, a := range list {
		owner := text.Line(a.Owner)
		if owner == "" {
			owner = "nobody"
		}
		l.lines = append(l.lines, a.Incident+"  "+text.Line(a.Text)+": "+owner+", due "+day(a.DueAt))
		l.codes = append(l.codes, a.Incident)
	}
	l.codes = slices.Compact(l.codes)
	return l
}

func countedList(key, title, empty string, list []report.Counted) lister {
	l := lister{key: key, title: title, empty: empty, n: len(list)}
	for _, c := range list {
		first, _, _ := strings.Cut(c.Name, "\n")
		l.lines = append(l.lines, text.Apart(text.Line(first))+": "+strconv.Itoa(c.N)+" ("+strings.Join(c.Incidents, ", ")+")")
	}
	return l
}

func safe(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text.Line(s)
	}
	return out
}

// most names the largest group.
func most(d report.Distribution) string {
	at, n := "", 0
	for _, g := range d.Groups {
		if g.N > n {
			at, n = text.Line(g.Name), g.N
		}
	}
	if n == 0 {
		return "none"
	}
	return text.Apart(at) + ", " + strconv.Itoa(n)
}

// median is a figure in words: below report.Few it says nothing, for one more
// or less would turn it over.
func median(n int, s report.Stats) string {
	switch {
	case n == 0:
		return "no values"
	case n < report.Few:
		return "few values"
	}
	return spoken(s.MedianS)
}

func spoken(seconds int64) string { return model.SpeakDuration(time.Duration(seconds) * time.Second) }

func ratio(hit, n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(hit) + " of " + strconv.Itoa(n)
}

func rate(f *float64) string {
	if f == nil {
		return nothing
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// nothing stands where there is no figure, as in the tables of the policy.
const nothing = "–"

func day(t time.Time) string {
	if t.IsZero() {
		return "no day"
	}
	return t.UTC().Format("2 Jan 2006")
}
