package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/when"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// clocksShown is how many clocks that nobody decided on are shown at once.
const clocksShown = 3

// clocks are the legal clocks, and below them everything else that is owed in
// this incident.
func (p *side) clocks(now time.Time) []item.Block {
	c := &p.screen.content
	var blocks []item.Block
	proposed, open := item.Block{Title: "To be decided"}, 0
	for _, k := range c.work.legal.Clocks {
		if k.State == "proposed" {
			if len(proposed.Lines) < clocksShown || p.allClocks {
				proposed.Lines = append(proposed.Lines, p.proposed(k))
			}
			open++
			continue
		}
		blocks = append(blocks, p.clock(k, now))
	}
	if more := open - clocksShown; more > 0 {
		proposed.Lines = append(proposed.Lines, p.fold("clocks.more", text.Count(more, "more clock", "more clocks")+" of the policy", &p.allClocks))
	}
	if open > 0 {
		proposed.Note = text.Count(open, "decision", "decisions") + " to take"
		blocks = append(blocks, proposed)
	}
	if len(blocks) > 0 {
		blocks = append(blocks, item.Block{Lines: []item.Line{quiet("clocks.advice", c.work.legal.Advice, whole)}})
	}
	b := item.Block{Title: "Everything that is due here"}
	for _, d := range c.work.dues {
		if d.Kind != due.Clock {
			b.Lines = append(b.Lines, p.owed(d, now))
		}
	}
	if len(b.Lines) == 0 {
		b.Lines = append(b.Lines, quiet("due.none", "Nothing is due", 1))
	}
	return append(blocks, b)
}

func (p *side) clock(k model.ClockView, now time.Time) item.Block {
	b := item.Block{Title: text.Line(k.Name)}
	id := k.ID.String()
	start := quiet(id+".start", sentence(text.Event(k.Event))+" since "+zoned(k.Start, k.Zone)+". "+text.Line(k.Reason), whole)
	if k.State == "none" {
		start.Main = "No notice is due: " + text.Line(k.None) + " (" + text.Line(k.Approver) + ")"
		b.Lines = append(b.Lines, start)
		return b
	}
	for _, d := range k.Deadlines {
		b.Lines = append(b.Lines, p.deadline(k, d, now)...)
	}
	for _, f := range k.Filings {
		b.Lines = append(b.Lines, quiet(f.ID.String(), "Filed "+f.At.UTC().Format("2 Jan 15:04")+" UTC, "+f.Phase+": "+text.Line(f.Receipt), whole))
	}
	source := quiet(id+".source", text.Line(k.Source)+", text: "+text.Line(k.Checked), whole)
	b.Lines = append(b.Lines, start, source)
	return b
}

// zoned writes a time on the wall clock of an authority and in UTC.
func zoned(at time.Time, zone string) string {
	utc := at.UTC().Format("2 Jan 15:04") + " UTC"
	place, err := time.LoadLocation(zone)
	if err != nil || at.In(place).Format("2 Jan 15:04") == at.UTC().Format("2 Jan 15:04") {
		return utc
	}
	return at.In(place).Format("2 Jan 15:04 MST") + ", " + utc
}

func (p *side) deadline(k model.ClockView, d model.DeadlineView, now time.Time) []item.Line {
	id := k.ID.String() + "." + d.Label
	l, more := line(id, sentence(d.Label), 1), line(id+".at", "", 3)
	l.Bold = d.Filed.IsZero()
	switch {
	case !d.Filed.IsZero():
		more.Main, l.Right = "filed "+zoned(d.Filed, k.Zone), "filed"
		l.MainColor, more.MainColor = theme.ColorMuted, theme.ColorMuted
	case d.DueAt.IsZero():
		more.Main = "waits for: " + text.Event(d.WaitsOn)
		more.MainColor = theme.ColorMuted
	default:
		more.Main = "by " + zoned(d.DueAt, k.Zone) + "\n" + progress(d.From, d.DueAt, now)
		if !d.Exact {
			more.Main += ", a reminder, not a limit"
		}
		l = until(l, d.DueAt, now)
	}
	file := func() { p.file(k, d) }
	l.Open, l.Rune, l.Hint = file, on(map[rune]func(){'f': file}), "Enter or f: it was filed, with its receipt"
	more.Open, more.Rune, more.Hint = l.Open, l.Rune, l.Hint
	return []item.Line{l, more}
}

// progress writes how much of the time of a clock has passed, with the marks at
// which people are reminded.
func progress(from, to, now time.Time) string {
	if !to.After(from) {
		return ""
	}
	part := min(max(float64(now.Sub(from))/float64(to.Sub(from)), 0), 1)
	if part >= 1 {
		return "the time is over"
	}
	var passed []string
	for _, mark := range [...]int{50, 75, 90} {
		if part*100 >= float64(mark) {
			passed = append(passed, fmt.Sprintf("%d %%", mark))
		}
	}
	says := fmt.Sprintf("%d %% of the time has passed", int(part*100))
	if len(passed) > 0 {
		says += ", past the mark of " + passed[len(passed)-1]
	}
	return says
}

// file asks for the receipt of a notice.
func (p *side) file(k model.ClockView, d model.DeadlineView) {
	p.screen.ask(question{prompt: "Filed at the authority: its receipt, or who took it?", then: func(receipt string) plan {
		return plan{
			says:     "Records that " + text.Line(k.Name) + " was filed now; nothing is sent · Enter records",
			commands: []model.Command{model.FileNotice{Incident: p.screen.content.id.String(), Clock: k.ID.String(), Label: d.Label, Receipt: receipt}},
		}
	}})
}

func (p *side) proposed(k model.ClockView) item.Line {
	l := line("clock."+k.Clock, text.Line(k.Name)+"\nstarts when "+text.Event(k.Event), whole)
	l.Right, l.Hint = "Enter starts", "Enter starts it · n: none is due, with a reason"
	l.Open = func() { p.screen.startClock(k) }
	l.Rune = on(map[rune]func(){'n': func() { p.screen.declineClock(k) }})
	return l
}

// startClock asks for the decision a legal clock starts with: when, and what it
// rests on.
func (s *Screen) startClock(k model.ClockView) {
	s.ask(question{prompt: sentence(text.Event(k.Event)) + ": since when? 12:07, T+20m, 2017-01-31 23:00", then: func(words string) plan {
		m, err := when.Options{Start: s.content.brief.Since}.Parse(words, s.host.Now(), time.UTC)
		if err != nil {
			return plan{refuse: err.Error()}
		}
		return plan{says: "From " + m.Note + " · Enter asks what it rests on", next: &question{
			prompt: "What does that rest on? An authority will ask",
			then: func(why string) plan {
				return plan{
					says:     "Starts " + text.Line(k.Name) + " · Enter starts",
					commands: []model.Command{model.StartClock{Incident: s.content.id.String(), Clock: k.Clock, At: m.At, Reason: why}},
				}
			},
		}}
	}})
}

func (s *Screen) declineClock(k model.ClockView) {
	s.ask(question{prompt: "Why is no notice due? The register keeps it", then: func(why string) plan {
		return plan{says: "Asks who approves it next · Enter", next: &question{prompt: "Who approves that?", begin: "@", then: func(words string) plan {
			name, wrong := s.person(words)
			if wrong != "" {
				return plan{refuse: wrong}
			}
			return plan{commands: []model.Command{model.DeclineClock{Incident: s.content.id.String(), Clock: k.Clock, Reason: why, Approver: name}}}
		}}}
	}})
}

// owed is a deadline of any other kind, with the way to meet it.
func (p *side) owed(d due.Due, now time.Time) item.Line {
	words := text.Line(d.What)
	if d.Proposed {
		words = "Proposed: " + words
	}
	if who := text.Line(d.Who); who != "" && !strings.Contains(strings.ToLower(words), strings.ToLower(who)) {
		words += " · " + who
	}
	l := until(line("due."+d.ID, words, whole), d.DueAt, now)
	s := p.screen
	switch d.Kind {
	case due.Update:
		l.Open, l.Hint = func() { s.host.Compose(s.content.id, "") }, "Enter writes the update"
	case due.Escalation, due.Answer, due.Ladder, due.Response:
		l.Open, l.Hint = func() { p.open(tabEscalation, "") }, "Enter goes to the escalation"
	case due.Vendor:
		l.Open, l.Hint = func() { p.open(tabEscalation, d.Key) }, "Enter goes to the ticket"
	case due.Trigger:
		trigger, _, _ := strings.Cut(d.Key, "/")
		l.Open, l.Hint = func() { s.askTrigger(trigger) }, "Enter writes down what was decided"
	case due.Task, due.Phase:
		l.Open, l.Hint = func() { p.open(tabTasks, "") }, "Enter goes to the tasks"
	case due.Role, due.Accept, due.Relief:
		l.Open, l.Hint = func() { p.open(tabTeam, "") }, "Enter goes to the team"
	case due.Report:
		l.Open, l.Hint = func() { p.open(tabTasks, d.Key) }, "Enter goes to the hypothesis"
		if slices.ContainsFunc(s.content.work.team.Teams, func(t model.SubTeam) bool { return t.ID.String() == d.Key }) {
			l.Open, l.Hint = func() { p.open(tabTeam, d.Key) }, "Enter goes to the team, r on its line writes its report down"
		}
	case due.Runbook:
		l.Open, l.Hint = func() { p.open(tabRunbook, "") }, "Enter goes to the runbook"
	case due.Reassess:
		l.Open, l.Hint = func() { s.Run("incident.severity") }, "Enter answers the questions again"
	case due.Question:
		switch d.Key {
		case "tools":
			l.Open, l.Hint = func() { s.Run("incident.tools") }, "Enter says which tools are down"
		case "customers":
			l.Open, l.Hint = s.decideCustomers, "Enter decides"
		}
	}
	return l
}
