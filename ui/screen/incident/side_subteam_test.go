package incident

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/screen/incident/item"
)

// teamed makes a team as the box asks for it.
func (sc *scene) teamed(name, leader, objective, members, minutes string) {
	sc.t.Helper()
	sc.screen.Run("incident.team")
	for _, a := range []string{name, leader, objective, members, minutes} {
		sc.answer(a)
	}
}

func TestTeamIsMadeByAnsweringQuestions(t *testing.T) {
	sc := open(t)
	if got := sc.words(tabTeam); !strings.Contains(got, "No team yet | Enter makes one") {
		t.Fatalf("nothing leads to a team:\n%s", got)
	}
	sc.onLine(tabTeam, "No team yet")
	sc.press(fyne.KeyReturn)
	if sc.screen.mode != asking || sc.host.Focused != sc.screen.box.Focusable() {
		t.Fatal("Enter on the line asks nothing")
	}
	sc.answer("Database")
	sc.answer("@Nobody Known")
	if got := len(sc.host.Commands); got != 0 || sc.screen.question.prompt != "Who leads it?" {
		t.Fatalf("an unknown leader is taken: %q", sc.screen.question.prompt)
	}
	sc.answer("@Li Wei")
	sc.answer("Bring a replica back")
	sc.answer("Joanna Kowalska, @Tom Okafor")
	sc.answer("10")
	c, ok := sc.last().(model.AddTeam)
	if !ok || c.Name != "Database" || c.Leader != "Li Wei" || c.Objective != "Bring a replica back" || c.ReportMinutes != 10 ||
		!slices.Equal(c.Members, []string{"Joanna Kowalska", "Tom Okafor"}) {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.words(tabTeam); !strings.Contains(got, "Database: Li Wei leads 2 people. Bring a replica back | every 10 min") {
		t.Errorf("the tab says\n%s", got)
	}
	if sc.screen.mode != logging {
		t.Error("the box still asks")
	}
}

func TestTeamIsChangedByKeysOnItsLine(t *testing.T) {
	sc := open(t)
	sc.teamed("Database", "@Li Wei", "Bring a replica back", "none", "0")
	sc.onLine(tabTeam, "Database")
	sc.char('l')
	sc.answer("@Joanna Kowalska")
	if c, ok := sc.last().(model.SetTeam); !ok || c.Leader != "Joanna Kowalska" {
		t.Fatalf("l does %+v", sc.last())
	}
	sc.onLine(tabTeam, "Database")
	sc.char('o')
	if got := sc.screen.box.Text(); got != "Bring a replica back" {
		t.Errorf("the box begins with %q", got)
	}
	sc.answer("Copy the data away first")
	if c, ok := sc.last().(model.SetTeam); !ok || c.Objective != "Copy the data away first" {
		t.Fatalf("o does %+v", sc.last())
	}
	sc.onLine(tabTeam, "Database")
	sc.char('m')
	sc.answer("Tom Okafor")
	if c, ok := sc.last().(model.SetTeam); !ok || !slices.Equal(c.Members, []string{"Tom Okafor"}) {
		t.Fatalf("m does %+v", sc.last())
	}
	if got := sc.words(tabTeam); !strings.Contains(got, "Database: Joanna Kowalska leads 1 person. Copy the data away first") {
		t.Errorf("the tab says\n%s", got)
	}
	sc.onLine(tabTeam, "Database")
	sc.char('r')
	sc.answer("half is copied; the rest runs; nobody more")
	if c, ok := sc.last().(model.SetTeam); !ok || c.Word != "half is copied; the rest runs; nobody more" {
		t.Fatalf("r does %+v", sc.last())
	}
	if got := sc.words(tabTeam); !strings.Contains(got, "Copy the data away first. half is copied") {
		t.Errorf("the tab says\n%s", got)
	}
	sc.host.No = true
	sc.onLine(tabTeam, "Database")
	sc.char('x')
	if c := sc.last().(model.SetTeam); c.Close {
		t.Fatal("it is dissolved without a yes")
	}
	sc.host.No = false
	sc.char('x')
	if c := sc.last().(model.SetTeam); !c.Close || strings.Contains(sc.words(tabTeam), "Database:") {
		t.Errorf("x does %+v", c)
	}
}

func TestTeamCommandsOfThePalette(t *testing.T) {
	sc := open(t)
	commands := []keys.ID{"incident.team.leader", "incident.team.objective", "incident.team.members", "incident.team.dissolve"}
	for _, command := range commands {
		sc.host.Toasts = nil
		if !sc.screen.Run(command) || len(sc.host.Toasts) != 1 || !strings.HasSuffix(sc.host.Toasts[0], "has no team; \"Make a team\" makes one.") {
			t.Errorf("%s without a team says %q", command, sc.host.Toasts)
		}
	}
	sc.teamed("Database", "@Li Wei", "Bring a replica back", "none", "0")
	for _, command := range commands[:3] {
		sc.screen.Run(command)
		if sc.screen.mode != asking || !strings.Contains(sc.screen.question.prompt, "Database") {
			t.Errorf("%s asks %q", command, sc.screen.question.prompt)
		}
		sc.screen.escape()
	}
	sc.teamed("Customers", "@Tom Okafor", "Tell those whose data is lost", "none", "30")
	sc.host.Toasts = nil
	sc.window.Canvas().Capture()
	sc.screen.side.choose(tabTasks)
	sc.screen.Run("incident.team.leader")
	row, ok := sc.window.Canvas().Focused().(*item.Row)
	if !ok || !strings.HasPrefix(row.Content().Main, "Database") || len(sc.host.Toasts) != 1 || !strings.HasPrefix(sc.host.Toasts[0], "Which team?") {
		t.Fatalf("of two teams it says %q", sc.host.Toasts)
	}
	sc.screen.Run("incident.team.leader")
	if !strings.Contains(sc.screen.question.prompt, "Database") {
		t.Errorf("with the team's line in front it asks %q", sc.screen.question.prompt)
	}
	sc.screen.escape()
	sc.screen.Run("incident.team.dissolve")
	if c, ok := sc.last().(model.SetTeam); !ok || !c.Close || sc.host.Asked[len(sc.host.Asked)-1] != "Dissolve Database?" {
		t.Errorf("it does %+v after asking %q", sc.last(), sc.host.Asked)
	}
}
