package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// paper writes a report as a document.
type paper struct {
	Document
	Periodic
}

// Document writes the report for people: what its kind asks for, and after it
// every figure with its formula.
func (r Periodic) Document() Document {
	p := &paper{Periodic: r, Document: Document{Marks: []string{}, Missing: []string{}, Blocks: []Block{}}}
	p.Title = r.title()
	compared := r.Before.UTC().Format(time.DateOnly) + " to " + r.From.UTC().Format(time.DateOnly)
	span := day(r.From) + " to " + day(r.To)
	if !r.Over {
		span += " (so far)"
	}
	p.fields(Field{Label: "Room", Value: r.Room}, Field{Label: "Period", Value: span}, Field{Label: "Compared with as much time before it", Value: compared})
	switch r.Kind {
	case Weekly:
		p.weekly()
	case Monthly:
		p.monthly()
	case Quarterly:
		p.quarterly()
	case Annual:
		p.annual()
	}
	p.figures(r.Metrics, &r.Compared)
	return p.Document
}

func (r Periodic) title() string {
	return map[string]string{
		Weekly: "Weekly incident summary", Monthly: "Monthly incident trends", Quarterly: "Quarterly incident analysis", Annual: "Annual reliability report",
	}[r.Kind] + ", " + r.From.Add(12*time.Hour).UTC().Format(time.DateOnly)
}

func (p *paper) weekly() {
	p.lines("New", p.New)
	p.lines("Open at the end", p.Open)
	p.lines("Resolved", p.Closed)
	p.missedTargets()
	p.actionTable("Actions due in the next 7 days", p.DueSoon)
	p.actionTable("Actions overdue", p.Overdue)
	p.load()
	p.sentences("On call now", "Nobody is named.", p.OnCall)
}

func (p *paper) monthly() {
	p.trendTable()
	p.groups("type", "service", "detection")
	p.heading("Slowest step")
	p.paragraph(either(p.Slowest, "None: no step has both its times."))
	p.counts("What came more than once", "Nothing did.", "Alert or title", p.Noisy)
	p.shareTable("Actions and promises", "actions", "promises", "acknowledged")
	p.actionTable("Actions overdue", p.Overdue)
}

func (p *paper) quarterly() {
	p.counts("Factors", "None is named.", "Factor", p.Factors)
	p.shareTable("Repeats, escalation, detection", "repeats", "escalations", "user_detected", "actions")
	rows := [][]string{}
	for _, d := range p.Drills {
		rows = append(rows, []string{d.Incident, d.Title, ratio(d.Points, d.Most)})
	}
	p.table("Drills", "None was held.", []string{"Drill", "Title", "Points"}, rows)
	p.counts("Runbooks used", "None was.", "Runbook", p.Runbooks)
	p.sentences("Steps missing or wrong", "None was named.", p.Gaps)
	p.load()
	p.sentences("Proposals", "The figures propose nothing.", p.Proposals)
}

func (p *paper) annual() {
	p.impacts("Availability by service", p.Metrics.Impact.ByService)
	p.impacts("Impact by severity", p.Metrics.Impact.BySeverity)
	rows := [][]string{}
	for i, f := range p.Metrics.Frequency {
		rows = append(rows, []string{f.Severity, strconv.Itoa(f.N), strconv.Itoa(p.Compared.Frequency[i].N), codes(f.Incidents)})
	}
	p.table("Severity, and the year before", "", []string{"Severity", "This year", "The year before", "Incidents"}, rows)
	rows = [][]string{}
	for _, c := range p.Metrics.Impact.Longest {
		rows = append(rows, []string{c.Incident, c.Severity, c.Title, spoken(c.ImpactS)})
	}
	p.table("The worst five", "None.", []string{"Incident", "Severity", "Title", "Impact"}, rows)
	rows = [][]string{}
	for _, n := range p.Legal {
		rows = append(rows, []string{n.Incident, n.Clock, n.Deadline, day(n.DueAt), either(day(n.FiledAt), "not filed")})
	}
	p.table("Legal notices", "None.", []string{"Incident", "Clock", "Notice", "Due", "Filed"}, rows)
	p.counts("What was learned", "No post-mortem was published.", "Summary", p.Learned)
	p.actionTable("What was changed", p.Changed)
	p.sentences("Goals: where the figures are weakest", "None.", p.Proposals)
}

func (p *paper) lines(title string, list []IncidentLine) {
	rows := [][]string{}
	for _, l := range list {
		rows = append(rows, []string{l.Incident, l.Severity, l.Title, l.State, day(l.At), spoken(l.DurationS)})
	}
	p.table(title, "None.", []string{"Incident", "Severity", "Title", "State", "At", "Time"}, rows)
}

func (p *paper) sentences(title, empty string, list []string) {
	p.heading(title)
	if len(list) == 0 {
		p.paragraph(empty)
	}
	p.list(list)
}

func (p *paper) actionTable(title string, list []model.ActionView) {
	rows := [][]string{}
	for _, a := range list {
		rows = append(rows, []string{a.Incident, a.Text, either(a.Owner, "nobody"), day(a.DueAt), either(a.Proof, a.Ticket)})
	}
	p.table(title, "None.", []string{"Incident", "Action", "Owner", "Due", "Proof or ticket"}, rows)
}

func (p *paper) counts(title, empty, what string, list []Counted) {
	rows := [][]string{}
	for _, c := range list {
		rows = append(rows, []string{firstLine(c.Name), strconv.Itoa(c.N), codes(c.Incidents)})
	}
	p.table(title, empty, []string{what, "Times", "Incidents"}, rows)
}

func (p *paper) load() {
	pages := p.Metrics.Pages
	rows := [][]string{}
	for _, l := range pages.People {
		rows = append(rows, []string{l.Person, strconv.Itoa(l.N), strconv.Itoa(l.Night)})
	}
	p.table("On-call load", "Nobody was called.", []string{"Person", "Calls", "At night"}, rows)
	p.paragraph(strconv.Itoa(pages.N) + " calls, " + strconv.Itoa(pages.Night) + " at night, " + rate(pages.PerShift) + " a shift. " + pages.Formula + ".")
}

func (p *paper) trendTable() {
	rows := [][]string{}
	for _, t := range p.Trend {
		rows = append(rows, []string{
			t.From.UTC().Format(time.DateOnly), strconv.Itoa(t.N), strconv.Itoa(t.Serious), medianOf(t.DetectS, t.DetectN), medianOf(t.ResolveS, t.ResolveN), spoken(t.ImpactS), codes(t.Incidents),
		})
	}
	p.table("Trend, six periods of the same length", "", []string{"From", "Incidents", "P0 and P1", "Detect, median", "Resolve, median", "Impact", "Which"}, rows)
}

func (p *paper) impacts(title string, list []ImpactOf) {
	rows := [][]string{}
	for _, i := range append([]ImpactOf{p.Metrics.Impact.All}, list...) {
		rows = append(rows, []string{i.Name, minutes(i.ImpactS), available(i.Availability), codes(i.Incidents)})
	}
	p.table(title, "", []string{"Of", "Impact minutes", "Availability", "Incidents"}, rows)
	p.paragraph(p.Metrics.Impact.Formula + ".")
}

// groups writes distributions of the figures.
func (p *paper) groups(names ...string) {
	for _, d := range p.Metrics.Distributions {
		if slices.Contains(names, d.Name) {
			p.distribution(d)
		}
	}
}

// shareTable writes some of the shares.
func (p *paper) shareTable(title string, names ...string) {
	m := Metrics{}
	for _, name := range names {
		m.Shares = append(m.Shares, p.Metrics.Share(name))
	}
	p.shares(title, m, &p.Compared)
}

func codes(list []string) string { return strings.Join(list, ", ") }
