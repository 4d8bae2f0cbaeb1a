package incident

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// words are the lines of a tab, one a line.
func (sc *scene) words(tab string) string {
	return lineWords(sc.screen.side.blocks(tab, sc.story.Now))
}

func lineWords(blocks []item.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString("# " + block.Title + " | " + block.Note + "\n")
		for _, l := range block.Lines {
			b.WriteString(l.Left + " | " + l.Main + " | " + l.Right + "\n")
		}
	}
	return b.String()
}

// onLine finds the line of a tab that begins with words, and gives it the focus.
func (sc *scene) onLine(tab, begin string) item.Line {
	sc.t.Helper()
	sc.screen.side.open(tab, "")
	for _, b := range sc.screen.side.blocks(tab, sc.story.Now) {
		for _, l := range b.Lines {
			if strings.HasPrefix(l.Main, begin) || strings.HasPrefix(l.Left, begin) {
				sc.window.Canvas().Capture() // what was never drawn takes no focus
				sc.screen.side.list.Select(l.ID)
				return l
			}
		}
	}
	sc.t.Fatalf("no line of %s begins with %q:\n%s", tab, begin, sc.words(tab))
	return item.Line{}
}

// char types a character where the keyboard is.
func (sc *scene) char(r rune) { sc.window.Canvas().Focused().TypedRune(r) }

// answer replaces what stands in the box and presses Enter.
func (sc *scene) answer(words string) {
	sc.t.Helper()
	sc.screen.box.SetText(words)
	sc.host.Focus(sc.screen.box.Focusable())
	sc.press(fyne.KeyReturn)
}

func TestEachTabTellsItsPart(t *testing.T) {
	sc := open(t)
	for tab, wants := range map[string][]string{
		tabTeam: {
			"Li Wei hands Communications lead over to Ana Ruiz", "conflict", "not accepted", "02:02 there, night", "Scribe | UNASSIGNED", "at most 7",
		},
		tabTasks: {
			"2 open, 1 overdue", "OVERDUE 9 min", "in 04:00", "Joanna Kowalska: db1 data directory", "confirmed", "by chance?",
			"− A background job", "Objection: Webhooks", "decided", "proposed", "# Containment", "# Before it is resolved", "refused without",
		},
		tabRunbook: {
			"Data backup and restore", "3 Save what is left", "Risk: low", "Expect: a copy", "Stop if the copy", "a | It can be undone without a restore | to step 4", "2 steps and their results",
			"because an alert says",
		},
		tabEscalation: {
			"Notify the VP Engineering", "2 calls, no answer", "phone +44\u00A020\u00A07946\u00A00102\nprivate phone +44\u00A020\u00A07946\u00A00112", "Say: Tom Okafor, this is the incident room",
			"Nobody is named for these", "voicemail",
		},
		tabClocks: {
			"# GDPR notice to authority", "by 4 Feb 00:31 CET, 3 Feb 23:31 UTC", "2 % of the time has passed", "in 2 d 22 h", "No legal advice",
			"# Everything that is due here", "First update to Status page",
		},
	} {
		got := sc.words(tab)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", tab, want, got)
			}
		}
	}
}

func TestALineKeepsTheFocusWhenOthersComeAbove(t *testing.T) {
	sc := open(t)
	sc.onLine(tabTasks, "Tom Okafor (not accepted): Check")
	before := sc.window.Canvas().Focused()
	if _, err := sc.host.Device.Do(model.AddTask{Incident: sc.story.Incident.String(), Text: "Write to the executives", Owner: "Ana Ruiz", Due: sc.story.Now.Add(-time.Hour), Confirm: true}); err != nil {
		t.Fatal(err)
	}
	sc.host.Refresh()
	if got := sc.window.Canvas().Focused(); got != before || !strings.HasPrefix(got.(*item.Row).Content().Main, "Tom Okafor (not accepted): Check") {
		t.Errorf("the keyboard is on %q", got.(*item.Row).Content().Main)
	}
}

func TestTheTabIsRemembered(t *testing.T) {
	sc := open(t)
	sc.screen.Run("panel.clocks")
	sc.start()
	if got := sc.screen.side.tab; got != tabClocks {
		t.Errorf("after a restart the tab is %q", got)
	}
	sc.screen.Run("panel.next")
	if got := sc.screen.side.tab; got != tabTeam {
		t.Errorf("after the last tab comes %q", got)
	}
}

func TestAResultOfACallIsOneKeyOnItsLineAlone(t *testing.T) {
	sc := open(t)
	sc.screen.Run("panel.tasks")
	for _, r := range "1234" {
		sc.char(r)
	}
	sc.onLine(tabEscalation, "Notify the support lead")
	sc.char('1')
	if len(sc.host.Commands) != 0 {
		t.Fatalf("a digit away from the person records %+v", sc.last())
	}
	sc.onLine(tabEscalation, "Tom Okafor")
	sc.char('2')
	if c, ok := sc.last().(model.RecordAttempt); !ok || c.Person != "Tom Okafor" || c.Result != model.Voicemail || c.Rung != "p0-support" || c.Way != "phone" {
		t.Fatalf("command %+v", sc.last())
	}
	sc.onLine(tabEscalation, "Tom Okafor")
	sc.char('w')
	sc.char('w')
	sc.char('3')
	if c, ok := sc.last().(model.RecordAttempt); !ok || c.Way != "messenger" || c.Result != model.NoAnswer {
		t.Fatalf("by the second way: %+v", sc.last())
	}
	sc.char('3')
	if c, ok := sc.last().(model.RecordAttempt); !ok || c.Way != "phone" {
		t.Fatalf("the next try: %+v", sc.last())
	}
	sc.char('s')
	sc.answer("his deputy has it")
	if c, ok := sc.last().(model.RecordAttempt); !ok || c.Result != model.Skipped || c.Detail != "his deputy has it" {
		t.Errorf("command %+v", sc.last())
	}
}

func TestADestructiveStepAsksForTargetAndSecondPerson(t *testing.T) {
	sc := open(t)
	r := sc.screen.content.work.runs[0]
	h := *r.Hand
	h.Risk, h.Target = "destructive", "db1:/var/opt"
	sc.screen.side.step(r, h, model.DoStep{})
	sc.answer("db2")
	if len(sc.host.Commands) != 0 || sc.screen.mode != asking {
		t.Fatal("a wrong name is taken")
	}
	sc.answer("db1:/var/opt")
	if sc.screen.mode != asking || sc.screen.box.Text() != "@" {
		t.Fatalf("nobody is asked who looks on: %q", sc.screen.box.Text())
	}
	sc.answer("@nobody at all")
	if len(sc.host.Commands) != 0 {
		t.Fatal("an unknown second person is taken")
	}
	sc.answer("@Tom here")
	if c, ok := sc.last().(model.DoStep); !ok || c.Target != h.Target || c.Second != "Tom Okafor" || !c.Present {
		t.Errorf("command %+v", sc.last())
	}
}

func TestABranchIsChosenByItsLetter(t *testing.T) {
	sc := open(t)
	sc.onLine(tabRunbook, "3 Save what is left")
	sc.press(fyne.KeyReturn)
	if len(sc.host.Commands) != 0 {
		t.Fatal("a step with branches is done without one")
	}
	sc.char('b')
	if c, ok := sc.last().(model.DoStep); !ok || c.Branch != "b" || sc.screen.content.work.runs[0].Done != 3 {
		t.Errorf("command %+v, %d steps done", sc.last(), sc.screen.content.work.runs[0].Done)
	}
}

func TestTheHeaderNamesWhoWaits(t *testing.T) {
	sc := open(t)
	h := sc.screen.content.header(sc.story.Now)
	if h.Audience == "" || h.UpdateTone != text.Late || !strings.HasPrefix(h.Update, "OVERDUE") {
		t.Errorf("next update %q to %q", h.Update, h.Audience)
	}
}

func TestWhatIsDownAndBeingChangedStaysInSight(t *testing.T) {
	sc := open(t)
	lines := sc.screen.standing.Lines()
	if len(lines) != 2 || lines[0].Word != "Down" || !strings.Contains(lines[0].Text, "Chat, VPN") || !strings.Contains(lines[0].Text, "second messenger on private phones") {
		t.Fatalf("lines %+v", lines)
	}
	if !strings.Contains(lines[1].Text, "db1 data directory, 44\u00A0min") {
		t.Errorf("locks %q", lines[1].Text)
	}
	c := sc.screen.content
	c.work.drill = true
	if got := c.standing(sc.story.Now); len(got) != 3 || got[0].Kind != part.StandingDrill {
		t.Errorf("a drill says %+v", got)
	}
}

func TestTheWholeTextOfATaskHasRoom(t *testing.T) {
	sc := open(t)
	l := sc.onLine(tabTasks, "Joanna K. (not accepted): Find every copy")
	row := sc.window.Canvas().Focused().(*item.Row)
	if one := row.MinSize().Height; l.Lines < 2 || row.Size().Height < one*1.5 {
		t.Errorf("the row is %v high, one line is %v", row.Size().Height, one)
	}
}

func TestATickMovesNothing(t *testing.T) {
	sc := open(t)
	for _, tab := range []string{tabTeam, tabTasks, tabRunbook, tabEscalation, tabClocks} {
		sc.screen.side.open(tab, "")
		sc.screen.Tick(sc.story.Now)
		before := places(sc.screen.side.list.Object().Content)
		sc.screen.Tick(sc.story.Now.Add(time.Second))
		if after := places(sc.screen.side.list.Object().Content); !slices.Equal(before, after) || len(before) == 0 {
			t.Errorf("%s jumps when a second passes", tab)
		}
	}
}

// places are where the lines of a list stand and how large they are.
func places(o fyne.CanvasObject) []float32 {
	var all []float32
	for _, c := range o.(*fyne.Container).Objects {
		all = append(all, c.Position().Y, c.Size().Width, c.Size().Height)
	}
	return all
}

func TestNarrowWindowShowsOneSideAtATime(t *testing.T) {
	sc := open(t)
	sc.window.Resize(fyne.NewSize(900, 660))
	if sc.screen.side.object.Visible() || !sc.screen.sideTab.Visible() {
		t.Fatal("the right panel takes room it does not have")
	}
	sc.screen.Run("view.panel")
	if !sc.screen.side.object.Visible() || sc.screen.centre.Visible() {
		t.Error("Ctrl+B does not show the panel")
	}
}

// In a low window the button that turns to the panel takes no row from what is asked over the box, nor
// from the panel itself where the tabs leave room beside them.
func TestTheSwitchTakesNoRoomWhereThereIsLittle(t *testing.T) {
	sc := open(t)
	sc.window.Resize(fyne.NewSize(900, 360))
	s := sc.screen
	beside := s.centre.Position().Y
	s.drawer.show(drawerSeverity, true)
	if s.sideTab.Visible() || s.centre.Position().Y >= beside {
		t.Errorf("the question begins at %v, the timeline at %v", s.centre.Position().Y, beside)
	}
	s.drawer.close()
	if !s.sideTab.Visible() || s.centre.Position().Y != beside {
		t.Error("the switch does not come back")
	}
	s.Run("view.panel")
	if !s.sideTab.Visible() || s.side.object.Position().Y != 0 || s.side.tabs.End() > s.sideTab.Position().X {
		t.Errorf("the panel begins at %v, its tabs end at %v, the switch begins at %v", s.side.object.Position().Y, s.side.tabs.End(), s.sideTab.Position().X)
	}
}

func TestEscapeGoesFromThePanelToTheTimeline(t *testing.T) {
	sc := open(t)
	sc.screen.Run("panel.focus")
	if !sc.screen.side.list.Held() {
		t.Fatal("the panel does not get the keyboard")
	}
	sc.press(fyne.KeyDelete)
	sc.press(fyne.KeyEscape)
	if got := sc.window.Canvas().Focused(); got != sc.screen.timeline || sc.screen.mode != logging {
		t.Errorf("the keyboard is on %T", got)
	}
}

func TestAnExhaustedLadderIsLoudAndAProposalIsSaidToBeOne(t *testing.T) {
	sc := open(t)
	w := &sc.screen.content.work
	w.ladder.Exhausted = "Every rung was tried and nobody has answered"
	for i := range w.ladder.Rungs {
		w.ladder.Rungs[i].Proposed = true
	}
	blocks := sc.screen.side.blocks(tabEscalation, sc.story.Now)
	if l := blocks[0].Lines[0]; l.Main != w.ladder.Exhausted || l.MainColor != red() || !l.Bold {
		t.Errorf("on top stands %+v", l)
	}
	if got := sc.words(tabEscalation); !strings.Contains(got, "Proposed: Notify the support lead") || strings.Contains(got, "call now") {
		t.Errorf("proposals read\n%s", got)
	}
}

func TestWhoHasNoNumberIsToBeReachedInPerson(t *testing.T) {
	sc := open(t)
	p, person := sc.screen.side, model.Call{Person: "Ana Ruiz"}
	way := func() string { return p.call(node.Rung{}, person)[1].Right }
	if got := way(); got != "in person" {
		t.Errorf("with no number: %q", got)
	}
	person.Numbers = []model.Number{{Name: "phone", Number: "+44 20 7946 0102"}}
	for _, want := range []string{"by phone", "by SMS", "by messenger", "in person", "by phone"} {
		if got := way(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		p.call(node.Rung{}, person)[1].Rune('w')
	}
	tried := p.made(node.Rung{Calls: []node.RungCall{{Person: "Ana Ruiz", Way: "in person", Result: model.Reached}}})
	if len(tried) != 1 || !strings.HasSuffix(tried[0].Main, "Ana Ruiz in person") {
		t.Errorf("told as %+v", tried)
	}
}

func TestALineUnderTheHeaderNamesAFewAndCountsTheRest(t *testing.T) {
	if got := few([]string{"a", "b", "c", "d", "e", "f", "g"}, ", "); got != "a, b, c, d, and 3 more" {
		t.Error(got)
	}
	if got := few([]string{"a", "b", "c", "d", "e"}, ", "); got != "a, b, c, d, e" {
		t.Error(got)
	}
}

func TestTwoRunsHaveTheirOwnHeadings(t *testing.T) {
	sc := open(t)
	if _, err := sc.host.Device.Do(model.StartRun{Incident: sc.story.Incident.String(), Runbook: "database-connection"}); err != nil {
		t.Fatal(err)
	}
	sc.host.Refresh()
	sc.screen.side.open(tabRunbook, "")
	seen := map[fyne.CanvasObject]bool{}
	for _, o := range sc.screen.side.list.Object().Content.(*fyne.Container).Objects {
		if seen[o] {
			t.Fatal("one heading stands in two places")
		}
		seen[o] = true
	}
}

func TestClocksTickWithoutReading(t *testing.T) {
	sc := open(t)
	sc.screen.Tick(sc.story.Now.Add(2 * time.Second))
	if _, shown := sc.top("T+02:02:22"); !shown {
		t.Error("the elapsed clock stands")
	}
	sc.screen.Run("panel.tasks")
	sc.screen.Tick(sc.story.Now.Add(3 * time.Second))
	if _, shown := sc.top("in 03:57"); !shown {
		t.Error("the countdown stands")
	}
}
