package incident

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// The tabs of the right panel.
const (
	tabTeam       = "team"
	tabTasks      = "tasks"
	tabRunbook    = "runbook"
	tabEscalation = "escalation"
	tabClocks     = "clocks"
)

// draftTab is where the device remembers which tab was shown last.
const draftTab = "panel.tab"

// side is the right panel: a head of tabs, the lines of the one chosen, and
// under them what the keys of the line with the focus do.
type side struct {
	screen *Screen
	tab    string
	tabs   *item.Tabs
	list   *item.List
	hint   *item.Note
	object *fyne.Container

	task                                              string // the task selected last
	allTasks, allRoles, allSteps, allRungs, allClocks bool   // what is folded is shown
	opened                                            map[string]bool
	calls                                             map[string]int // of callWays, by the line of a person to call
	said                                              []string       // what was read out above, in this drawing of the escalation
}

func newSide(s *Screen) *side {
	p := &side{
		screen: s, tab: tabTeam, tabs: item.NewTabs(), list: item.NewList(), opened: map[string]bool{}, calls: map[string]int{},
		hint: item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true),
	}
	if kept := s.host.Drafted(draftTab); slices.ContainsFunc(p.words(), func(t item.Tab) bool { return t.ID == kept }) {
		p.tab = kept
	}
	p.tabs.OnSelect = p.choose
	p.tabs.OnRune = s.command
	p.tabs.OnKey = func(k *fyne.KeyEvent) bool {
		switch k.Name {
		case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
			p.list.Enter()
		case fyne.KeyEscape:
			p.leave()
		default:
			return false
		}
		return true
	}
	p.list.Focus = func(f fyne.Focusable) { s.host.Focus(f) }
	p.list.Rune = s.command
	p.list.Key = func(k *fyne.KeyEvent) bool {
		switch k.Name {
		case fyne.KeyLeft:
			p.tabs.Step(-1)
		case fyne.KeyRight:
			p.tabs.Step(1)
		case fyne.KeyEscape:
			p.leave()
		default:
			return false // Delete is for the row of the timeline, which is not meant here
		}
		return true
	}
	p.list.Hint = p.say
	p.say("")
	p.object = container.NewBorder(p.tabs, p.hint, nil, nil, p.list.Object())
	return p
}

// leave goes back to the timeline.
func (p *side) leave() {
	s := p.screen
	if s.body.Size().Width < narrowWidth() && s.sideOpen {
		s.togglePanel()
	}
	s.host.Focus(s.timeline)
}

// say shows what the keys of a line do.
func (p *side) say(hint string) {
	if hint == "" {
		hint = "The keys , and . change the tab"
	}
	p.hint.Set(hint, theme.ColorMuted)
}

// words are the tabs with what needs attention behind them.
func (p *side) words() []item.Tab {
	return []item.Tab{
		{ID: tabTeam, Word: "Team"},
		{ID: tabTasks, Word: "Tasks"},
		{ID: tabRunbook, Word: "Runbook"},
		{ID: tabEscalation, Word: "Escalation"},
		{ID: tabClocks, Word: "Clocks"},
	}
}

// choose shows a tab, and remembers it on this device.
func (p *side) choose(tab string) {
	if tab == p.tab {
		return
	}
	inside := p.list.Held()
	p.tab = tab
	p.screen.host.Draft(draftTab, tab)
	p.list.Object().ScrollToTop()
	p.set(p.screen.host.Now())
	if inside {
		p.list.Enter()
	}
}

// open shows a tab and moves the keyboard into it, to a line where one is
// named.
func (p *side) open(tab, line string) {
	s := p.screen
	switch {
	case s.body.Size().Width < narrowWidth() && !s.sideOpen, s.body.Size().Width >= narrowWidth() && s.sideHidden:
		s.togglePanel()
	}
	p.choose(tab)
	if first := p.first(tab); line == "" && first != "" {
		p.list.SelectWith(first)
		return
	}
	if line != "" {
		p.list.Select(line)
		return
	}
	p.list.Enter()
}

// first is the line of a tab that is acted on first; empty where it is the one
// at the top.
func (p *side) first(tab string) string {
	switch tab {
	case tabRunbook:
		return p.atHand()
	case tabEscalation:
		return p.toCall()
	}
	return ""
}

// set draws the chosen tab at a time.
func (p *side) set(now time.Time) {
	tabs := p.words()
	p.mark(tabs, now)
	p.tabs.Set(tabs, p.tab)
	p.list.Set(p.blocks(p.tab, now))
}

// blocks are the lines of a tab.
func (p *side) blocks(tab string, now time.Time) []item.Block {
	switch tab {
	case tabTasks:
		return p.tasks(now)
	case tabRunbook:
		return p.runbook(now)
	case tabEscalation:
		return p.escalation(now)
	case tabClocks:
		return p.clocks(now)
	}
	return p.team(now)
}

// mark says behind a tab how much of it waits.
func (p *side) mark(tabs []item.Tab, now time.Time) {
	w := &p.screen.content.work
	count := func(tab int, n int, alarm bool) {
		if n > 0 {
			tabs[tab].Mark, tabs[tab].Alarm = text.Count(n, "", "")[:len(text.Count(n, "", ""))-1], alarm
		}
	}
	count(0, len(w.team.Missing)+len(w.team.Offers), len(w.team.Missing) > 0)
	open, late := 0, false
	for _, t := range p.screen.content.tasks {
		if !t.Done {
			open++
			late = late || !t.DueAt.IsZero() && t.DueAt.Before(now)
		}
	}
	count(1, open, late)
	if slices.ContainsFunc(w.runs, func(r model.RunView) bool { return r.Over == "" }) {
		tabs[2].Mark = "•"
	}
	called := 0
	for _, r := range w.ladder.Rungs {
		if open, _ := rungOpen(r); open && !r.Proposed && !r.DueAt.After(now) {
			called++
		}
	}
	count(3, called+w.vendorsOverdue(now), true)
	if w.ladder.Exhausted != "" {
		tabs[3].Mark, tabs[3].Alarm = "!", true
	}
	running, pressing := 0, false
	for _, c := range w.legal.Clocks {
		if c.State == "running" {
			running++
			pressing = pressing || slices.ContainsFunc(c.Deadlines, func(d model.DeadlineView) bool {
				return d.Filed.IsZero() && !d.DueAt.IsZero() && d.DueAt.Before(now)
			})
		}
	}
	count(4, running, pressing)
}

// whole lets a line take the rows its words need: what is acted on or read aloud
// is not cut where the panel scrolls. folded is for what the timeline has whole.
const (
	whole  = 12
	folded = 6
)

// line makes a line whose words may take several rows.
func line(id, words string, rows int) item.Line {
	return item.Line{ID: id, Content: item.Content{Main: words, Lines: rows}}
}

// quiet makes a line that is read second.
func quiet(id, words string, rows int) item.Line {
	l := line(id, words, rows)
	l.MainColor = theme.ColorMuted
	return l
}

// until writes a countdown at the right of a line.
func until(l item.Line, at, now time.Time) item.Line {
	if at.IsZero() {
		return l
	}
	var tone text.Tone
	l.Right, tone = text.DueCell(at.Sub(now))
	switch tone {
	case text.Late:
		l.RightColor = theme.Severity(0).Text
	case text.Soon:
		l.RightColor = theme.Severity(2).Text
	case text.Quiet:
	}
	return l
}

// amber is for what should be looked at, red for what is wrong.
func amber() fyne.ThemeColorName { return theme.Severity(2).Text }

func red() fyne.ThemeColorName { return theme.Severity(0).Text }

// on maps characters to what they do on a line.
func on(acts map[rune]func()) func(rune) bool {
	return func(r rune) bool {
		do, ok := acts[r]
		if ok {
			do()
		}
		return ok
	}
}

// fold makes the line that shows what is folded away, or folds it again.
func (p *side) fold(id, words string, open *bool) item.Line {
	if *open {
		words = "Show fewer"
	}
	l := quiet(id, words, 1)
	l.Open = func() {
		*open = !*open
		p.set(p.screen.host.Now())
	}
	l.Hint = "Enter shows or folds them"
	return l
}

// panelRun carries out the commands of the right panel.
func (s *Screen) panelRun(command keys.ID) bool {
	switch command {
	case "panel.focus":
		s.side.open(s.side.tab, "")
	case "panel.next":
		s.side.tabs.Step(1)
	case "panel.previous":
		s.side.tabs.Step(-1)
	case "panel.team", "panel.tasks", "panel.runbook", "panel.escalation", "panel.clocks":
		s.side.open(string(command[len("panel."):]), "")
	default:
		return false
	}
	return true
}
