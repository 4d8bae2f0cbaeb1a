package security

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/report"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// paperRegister is the register of breaches, a paper of the whole room.
const paperRegister = "register"

// lawLines are what the law asks for: clocks, what the notice lacks, the
// assessment, the risk and the papers.
func (c *content) lawLines(s *model.State, inc *model.Incident) []line {
	all := c.clockLines()
	if s.Breach(inc) {
		all = append(all, missingLines(c.breach)...)
		all = append(all, assessLines(c.breach)...)
		all = append(all, riskLines(c.breach.Risk)...)
	} else {
		h := head("breach", "Breach assessment", "not begun", actAssess)
		h.key = "data"
		h.whole = []fact{{"", "Begin it as soon as personal data may be involved: Enter asks which kinds of data were reached."}}
		all = append(all, h)
	}
	return append(all, paperLines(c.breach, c.security.Sealed)...)
}

// clockOrder puts first what runs, then what waits for a decision.
var clockOrder = []string{"running", "proposed", "filed", "none"}

func (c *content) clockLines() []line {
	count := map[string]int{}
	var all []line
	clocks := slices.Clone(c.clocks.Clocks)
	slices.SortStableFunc(clocks, func(a, b model.ClockView) int {
		return slices.Index(clockOrder, a.State) - slices.Index(clockOrder, b.State)
	})
	for _, k := range clocks {
		count[k.State]++
		all = append(all, clockLine(k))
		if k.State == "running" || k.State == "filed" {
			for _, d := range k.Deadlines {
				all = append(all, deadlineLine(k, d))
			}
		}
	}
	running := some(count["running"], "running")
	words := joined(running, some(count["proposed"], "to decide"), some(count["filed"], "filed"), some(count["none"], "not notifiable"))
	if words == "" {
		words = "none fits its type"
	}
	h := head("clocks", "Legal clocks", words)
	h.whole = []fact{{"", "A clock starts by a decision with a time and a reason, never by itself."}, {"", c.clocks.Advice}}
	return append([]line{h}, all...)
}

func some(n int, what string) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " " + what
}

func clockLine(k model.ClockView) line {
	l := line{key: k.Clock, acts: []act{actStart, actDecline}}
	l.SheetRow = part.SheetRow{ID: "clock." + k.Clock + k.ID.String(), Mark: k.State, Label: text.Line(k.Name), Bold: true, Meta: text.Line(k.Status)}
	switch k.State {
	case "proposed":
		l.Tone, l.Meta = part.SheetWarn, "when "+text.Event(k.Event)
	case "running":
		l.Mark, l.Tone, l.acts, l.Meta = "runs", part.SheetPlain, []act{actFile, actMove, actDecline}, "since "+moment(k.Start)
	case "filed":
		l.Tone, l.acts, l.Meta = part.SheetWell, []act{actFile, actMove}, "since "+moment(k.Start)
	case "none":
		l.Mark, l.acts, l.Meta = "no notice", []act{actStart}, "approved by "+text.Line(k.Approver)
	}
	l.whole = told(fact{"", text.Line(k.Name)}, fact{"Starts when", text.Event(k.Event)}, fact{"Started", full(k.Start)},
		fact{"Decision", joined(text.Block(k.Reason), text.Line(k.By))}, fact{"No notice, because", text.Block(k.None)}, fact{"Approved by", text.Line(k.Approver)},
		fact{"Source", joined(text.Line(k.Source), text.Line(k.Version), text.Line(k.Status), "text: "+text.Line(k.Checked))}, fact{"Authority's zone", k.Zone})
	for _, f := range k.Filings {
		l.whole = append(l.whole, fact{"Filed", joined(text.Line(f.Label), f.Phase, full(f.At), "receipt "+text.Line(f.Receipt), text.Line(f.Reason))})
	}
	return l
}

func deadlineLine(k model.ClockView, d model.DeadlineView) line {
	l := line{key: k.Clock, acts: []act{actFile}, from: d.From, due: d.DueAt}
	l.SheetRow = part.SheetRow{ID: "deadline." + k.ID.String() + d.Label, Label: text.Line(d.Label)}
	utc := ""
	if !d.DueAt.IsZero() {
		utc = d.DueAt.UTC().Format("Mon 2 Jan 15:04 UTC")
		l.Text = utc
		if k.Zone != "UTC" {
			l.Text += " = " + shortLocal(d.Local)
		}
	}
	switch {
	case !d.Filed.IsZero():
		l.due, l.Meta, l.Urgent = time.Time{}, "filed "+moment(d.Filed), part.SheetWell
	case d.DueAt.IsZero():
		l.Meta, l.Text = "waits for "+text.Event(d.WaitsOn), ""
		if !filedFirst(k, d.WaitsOn) {
			l.acts = []act{actEvent}
		}
	}
	exact := ""
	if !d.Exact && !d.DueAt.IsZero() {
		exact = "The law says \"without undue delay\"; this is a reminder, not a limit."
	}
	l.whole = told(fact{text.Line(k.Name), text.Line(d.Label)}, fact{"Due (UTC)", utc}, fact{"At the authority", d.Local}, fact{"Counts from", full(d.From)},
		fact{"Waits for", text.Event(d.WaitsOn)}, fact{"", exact}, fact{"Filed", full(d.Filed)}, fact{"Receipt", text.Line(d.Receipt)}, fact{"Late, because", text.Block(d.Late)})
	return l
}

// filedFirst tells whether a deadline waits for the filing of another rather
// than for an event.
func filedFirst(k model.ClockView, waits string) bool {
	for _, d := range k.Deadlines {
		if waits == d.Label || waits == "latest_"+strings.ReplaceAll(d.Label, " ", "_") {
			return true
		}
	}
	return false
}

// shortLocal drops the year of a deadline: the row has no room for it.
func shortLocal(local string) string {
	words := strings.Fields(local) // Mon 2006-01-02 15:04 MST
	if len(words) != 4 {
		return local
	}
	return words[0] + " " + words[2] + " " + words[3]
}

func missingLines(b model.BreachView) []line {
	open, unknown := 0, 0
	var all []line
	for _, m := range b.Missing33 {
		l := line{key: m.Name, acts: []act{actAssess}}
		l.SheetRow = part.SheetRow{ID: "missing." + m.Name, Mark: "missing", Tone: part.SheetAlarm, Label: text.Line(m.Label), Meta: "Art. " + m.Place}
		l.whole = []fact{{"Missing", text.Line(m.Label)}, {"Asked for by", "GDPR Art. " + m.Place}}
		if m.Unknown {
			unknown++
			l.Mark, l.Tone = "unknown", part.SheetWarn
			l.whole = append(l.whole, fact{"", "Said to be unknown: a first phase may go without it."})
		} else {
			open++
		}
		all = append(all, l)
	}
	words := joined(some(open, "missing"), some(unknown, "unknown"))
	if words == "" {
		words = "nothing is missing"
	}
	return append([]line{head("missing", "Notice to the authority, Art. 33(3)", words)}, all...)
}

func assessLines(b model.BreachView) []line {
	known := 0
	var all []line
	for _, f := range b.Fields {
		l := line{key: f.Name, acts: []act{actAssess}}
		l.SheetRow = part.SheetRow{ID: "field." + f.Name, Label: text.Line(f.Label), Text: text.Line(f.Value)}
		switch {
		case len(f.Conflict) > 0:
			l.Mark, l.Tone = "conflict", part.SheetAlarm
		case f.Value == "":
			l.Mark = "open"
		case f.Value == "unknown":
			l.Mark, l.Tone = "unknown", part.SheetWarn
		default:
			known++
			l.Mark, l.Tone = "known", part.SheetWell
		}
		l.whole = told(fact{text.Line(f.Label), text.Block(f.Value)}, fact{"Written by", joined(text.Line(f.By), full(f.At))}, fact{"Reason", text.Block(f.Reason)})
		if len(l.whole) == 0 {
			l.whole = []fact{{text.Line(f.Label), "not known yet"}}
		}
		for _, v := range f.Conflict {
			l.whole = append(l.whole, fact{"Written apart", joined(text.Block(v.Value), text.Line(v.By), full(v.At))})
		}
		all = append(all, l)
	}
	h := head("assessment", "Breach assessment", fmt.Sprintf("%d of %d known", known, len(b.Fields)))
	return append([]line{h}, all...)
}

func riskLines(r model.RiskView) []line {
	result := "the sheet proposes: " + r.Proposed
	if r.Proposed == "" {
		result = r.Why
	}
	h := head("risk", "Risk", result, actDecideRisk)
	decision := line{acts: []act{actDecideRisk}}
	decision.SheetRow = part.SheetRow{ID: "risk.decision", Mark: "to decide", Tone: part.SheetWarn, Label: "Decision on the risk", Bold: true, Text: "a person decides"}
	if r.Decided != "" {
		decision.Mark, decision.Tone, decision.Text, decision.Meta = "decided", part.SheetWell, r.Decided, text.Line(r.By)
	}
	h.whole = told(fact{"Sheet proposes", r.Proposed}, fact{"Because", r.Why}, fact{"Decided", r.Decided}, fact{"Reason", text.Block(r.Reason)}, fact{"By", joined(text.Line(r.By), full(r.At))})
	decision.whole = h.whole
	all := []line{h, decision}
	for _, f := range r.Factors {
		l := line{key: f.ID, acts: []act{actFactor}}
		l.SheetRow = part.SheetRow{ID: "risk." + f.ID, Mark: f.Level, Label: f.Text, Text: text.Line(f.Reason)}
		switch f.Level {
		case "":
			l.Mark = "open"
		case "low":
			l.Tone = part.SheetWell
		case "medium":
			l.Tone = part.SheetWarn
		default:
			l.Tone = part.SheetAlarm
		}
		l.whole = told(fact{f.Text, f.Level}, fact{"Reason", text.Block(f.Reason)}, fact{"By", text.Line(f.By)})
		all = append(all, l)
	}
	return all
}

func paperLines(b model.BreachView, sealed bool) []line {
	all := []line{head("papers", "Papers", "drafts; select one to read it")}
	add := func(name, label string, missing int) {
		l := line{acts: []act{actExport}, paper: name, whole: []fact{{"Draft", label}}}
		l.SheetRow = part.SheetRow{ID: "paper." + name, Mark: "draft", Label: label}
		if missing > 0 {
			l.Meta, l.Urgent = strconv.Itoa(missing)+" missing", part.SheetAlarm
		}
		all = append(all, l)
	}
	add(report.Art33, "Notice to the authority, Art. 33", len(b.Missing33))
	add(report.Art34, "Letter to the people affected, Art. 34", len(b.Missing34))
	if sealed {
		add(report.Security, "Security record", 0)
	}
	return all
}

func registerLines(register []model.RegisterEntry) []line {
	h := head("register", "Register of breaches, Art. 33(5)", counted(len(register), ""), actExport)
	h.paper = paperRegister
	all := []line{h}
	for _, e := range register {
		l := line{paper: paperRegister, acts: []act{actExport}}
		l.SheetRow = part.SheetRow{ID: "register." + e.ID.String(), Mark: "No. " + strconv.Itoa(e.Number), Label: joined(text.Line(e.Incident), text.Line(e.Title)), Text: text.Line(e.Notified), Meta: e.Risk}
		l.whole = told(fact{"Incident", joined(text.Line(e.Incident), text.Line(e.Title))}, fact{"Aware", full(e.Aware)}, fact{"Risk", joined(e.Risk, text.Line(e.RiskReason))}, fact{"Notified", text.Block(e.Notified)}, fact{"People told", text.Block(e.PeopleTold)})
		all = append(all, l)
	}
	return all
}
