package incident

import (
	"strings"
	"testing"

	"holdfast/model"
)

func TestImpactIsAskedForInFigures(t *testing.T) {
	sc := open(t)
	sc.screen.Run("incident.impact")
	for _, typed := range []string{"30-40", "EU, US", "git", "people who push", "none"} {
		sc.answer(typed)
	}
	c, ok := sc.last().(model.AssessImpact)
	if !ok || c.Share != "30-40" || strings.Join(c.Regions, "|") != "EU|US" || strings.Join(c.Services, "|") != "git" || c.Who != "people who push" || c.Money != "" {
		t.Fatalf("command %+v", sc.last())
	}
	if got := pinned(map[string]string{"impact.what": "pushes fail", "impact.share": "40 %", "impact.regions": "EU"}); got[0].Text != "40 % of users, EU: pushes fail" {
		t.Errorf("above the timeline stands %q", got[0].Text)
	}
	sc.screen.Run("incident.impact")
	if got := sc.screen.box.Text(); got != "30-40" {
		t.Errorf("asked again, the box begins with %q", got)
	}
}

func TestATriggerIsAnswered(t *testing.T) {
	sc := open(t)
	before := len(sc.host.Commands)
	sc.screen.askTrigger("moon")
	if len(sc.host.Commands) != before || sc.screen.mode == asking {
		t.Fatal("nothing asks, and something is asked")
	}
	for _, share := range []string{"30", "60"} {
		sc.screen.Run("incident.impact")
		for _, typed := range []string{share, "none", "none", "none", "none"} {
			sc.answer(typed)
		}
	}
	sc.screen.Run("incident.trigger")
	q := sc.screen.question
	says := q.prompt + "; " + q.hint(true)
	if strings.Count(says, "Larger than first assessed: more users") != 1 || strings.Count(says, "What was decided?") != 1 {
		t.Fatalf("asks %q", says)
	}
	sc.answer("told the manager; stays P0")
	if c, ok := sc.last().(model.AnswerTrigger); !ok || c.Trigger != "impact" || c.Decision != "told the manager; stays P0" {
		t.Errorf("command %+v", sc.last())
	}
}
