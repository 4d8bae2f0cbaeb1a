package incident

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
)

func TestTheSeverityQuestionsAreAnsweredWithOneKeyEach(t *testing.T) {
	sc := open(t)
	sc.host.Focus(sc.screen.timeline)
	sc.char('s')
	sc.window.Canvas().Capture()
	sc.screen.drawer.list.Enter()
	for _, r := range "nnu" {
		sc.window.Canvas().Capture()
		sc.char(r)
	}
	c, ok := sc.last().(model.AssessSeverity)
	if !ok || c.Answers["core"] != "unknown" || c.Apply {
		t.Fatalf("command %+v", sc.last())
	}
	if got := lineWords(sc.screen.drawer.list.Blocks()); !strings.Contains(got, "The answers mean P1") {
		t.Fatalf("the drawer says\n%s", got)
	}
	sc.screen.drawer.list.Select("question.data") // the level may be out of view below the questions
	sc.press(fyne.KeyReturn)
	sc.answer("the workaround was found to lose data")
	if c, ok := sc.last().(model.AssessSeverity); !ok || !c.Apply || c.Reason != "the workaround was found to lose data" {
		t.Fatalf("command %+v", sc.last())
	}
}

func TestARefusedDowngradeSaysWhyInTheBox(t *testing.T) {
	sc := open(t)
	d := sc.host.Device
	inc := sc.story.Incident.String()
	for _, c := range []model.Command{
		model.SetIncident{Incident: inc, Data: "unknown"},
		model.AssessSeverity{Incident: inc, Answers: map[string]string{"data": "no", "all": "no", "core": "no", "users": "no"}},
	} {
		if _, err := d.Do(c); err != nil {
			t.Fatal(err)
		}
	}
	sc.host.Refresh()
	sc.screen.applySeverity(sc.screen.content.work.Assessment)
	sc.answer("it looks small")
	if sc.screen.content.brief.Severity != model.P0 || sc.screen.mode != asking || sc.screen.box.Text() != "it looks small" {
		t.Errorf("severity %s, the box holds %q", sc.screen.content.brief.Severity, sc.screen.box.Text())
	}
}

// declared opens an incident that was declared a moment ago.
func declared(t *testing.T) *scene {
	t.Helper()
	sc := open(t)
	story, err := sample.Fresh()
	if err != nil {
		t.Fatal(err)
	}
	sc.story = story
	sc.host = sample.NewHost(story.Room.Device(0))
	sc.host.Clock = func() time.Time { return story.Now }
	sc.start()
	return sc
}

func TestTheToolsAreAskedForAfterADeclarationAndStopNobody(t *testing.T) {
	sc := declared(t)
	s := sc.screen
	if s.drawer.kind != drawerTools || !s.panel.Visible() {
		t.Fatal("nobody asks which tools are down")
	}
	sc.enter("checkout is down in all regions")
	if l, ok := sc.last().(model.Log); !ok || l.Text != "checkout is down in all regions" {
		t.Fatalf("the question takes what is typed: %+v", sc.last())
	}
	sc.host.Focus(s.timeline)
	s.Run("panel.focus")
	sc.window.Canvas().Capture()
	s.drawer.list.Enter()
	sc.char('e')
	if c, ok := sc.last().(model.SetTools); !ok || c.Tools["vpn"] != model.ToolDown {
		t.Fatalf("command %+v", sc.last())
	}
	sc.char('0')
	if c, ok := sc.last().(model.SetTools); !ok || c.Tools["chat"] != model.ToolUp || c.Tools["vpn"] != "" || s.drawer.kind != drawerShut {
		t.Errorf("command %+v", sc.last())
	}
	if lines := s.standing.Lines(); len(lines) != 1 || !strings.HasPrefix(lines[0].Text, "VPN") {
		t.Errorf("under the header stands %+v", lines)
	}
}

func TestAPutOffQuestionStaysAmongWhatIsDue(t *testing.T) {
	sc := declared(t)
	sc.screen.drawer.close()
	sc.host.Refresh()
	if sc.screen.drawer.kind != drawerShut {
		t.Error("the question comes back at once")
	}
	if got := sc.words(tabClocks); !strings.Contains(got, "Which tools are down?") {
		t.Errorf("the question is forgotten:\n%s", got)
	}
}

func TestAHandOverIsAcceptedWithTheSheetInSight(t *testing.T) {
	sc := open(t)
	sc.host.Focus(sc.screen.timeline)
	sc.char('y')
	if len(sc.host.Commands) != 0 {
		t.Fatal("an offer is accepted unread")
	}
	got := lineWords(sc.screen.drawer.list.Blocks())
	for _, want := range []string{"Li Wei hands Communications lead over", "# Situation", "# Objectives", "# Actions", "# Organisation", "# Resources"} {
		if !strings.Contains(got, want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	sc.window.Canvas().Capture()
	sc.screen.drawer.list.Select("accept")
	sc.press(fyne.KeyReturn)
	if c, ok := sc.last().(model.AcceptRole); !ok || c.Role != model.RoleComms || len(sc.screen.content.work.team.Offers) != 0 {
		t.Errorf("command %+v", sc.last())
	}
}

func TestARoleIsHandedOverWithABriefing(t *testing.T) {
	sc := open(t)
	h, _ := sc.screen.content.holder(model.RoleOnCall)
	sc.screen.askHandOver(h)
	sc.answer("@Li")
	sc.answer("the standby is wiped")
	if c, ok := sc.last().(model.HandOver); !ok || c.Role != model.RoleOnCall || c.To != "Li Wei" || c.Briefing != "the standby is wiped" {
		t.Errorf("command %+v", sc.last())
	}
}

func TestALegalClockStartsFromADecision(t *testing.T) {
	sc := open(t)
	sc.onLine(tabClocks, "NIS2 significant incident")
	sc.press(fyne.KeyReturn)
	sc.answer("00:20")
	sc.answer("the service is down for all its users")
	c, ok := sc.last().(model.StartClock)
	if !ok || c.Clock == "" || c.At.Format("15:04") != "00:20" || c.Reason == "" {
		t.Errorf("command %+v", sc.last())
	}
}

func TestEveryActOfTheResponseIsInThePalette(t *testing.T) {
	m := keys.Default()
	sc := open(t)
	for _, id := range []keys.ID{
		"incident.severity", "incident.tools", "incident.handover", "incident.sheet", "incident.accept", "incident.ack", "incident.lock", "incident.unlock",
		"incident.hypothesis", "incident.runbook", "incident.step", "incident.escalate", "incident.clock", "panel.focus", "panel.next", "panel.previous",
		"panel.team", "panel.tasks", "panel.runbook", "panel.escalation", "panel.clocks",
	} {
		if _, ok := m.Find(id); !ok {
			t.Errorf("%s is not in the map", id)
		}
		if !sc.screen.Run(id) {
			t.Errorf("%s is not carried out", id)
		}
		sc.screen.escape()
	}
}
