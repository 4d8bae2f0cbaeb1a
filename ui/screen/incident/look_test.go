package incident

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/sample"
)

func TestOnlyWhatReachedUsLateArrivedLate(t *testing.T) {
	sc := open(t)
	tom := sc.story.Room.Device(1)
	for words, written := range map[string]time.Duration{"written during the split": -20 * time.Minute, "dated back by its author": 0} {
		tom.Now = sc.story.Now.Add(written)
		if _, err := tom.Do(model.Log{Incident: sc.story.Incident.String(), Text: words, At: sc.story.Now.Add(-100 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	sc.story.Room.Meet()
	sc.host.Refresh()
	late, backdated := sc.rowWith("written during the split"), sc.rowWith("dated back by its author")
	if got := sc.screen.late[late.ID]; got != "arrived late from Tom Okafor, 01:02" {
		t.Errorf("what was written twenty minutes ago says %q", got)
	}
	if got := sc.screen.late[backdated.ID] + backdated.Late; got != "backdated, written 01:02" {
		t.Errorf("what was written just now says %q", got)
	}
}

func TestPhaseRowsBeginWithACapital(t *testing.T) {
	sc := open(t)
	for _, r := range sc.screen.content.rows {
		if r.kind == model.FieldPhase && r.Text != sentence(r.Text) {
			t.Errorf("a row says %q", r.Text)
		}
	}
	if got := sentence("überlast"); got != "Überlast" {
		t.Errorf("a letter of two bytes becomes %q", got)
	}
}

func TestFactsGiveWayToTheTimeline(t *testing.T) {
	sc := open(t)
	if !sc.screen.facts.Visible() {
		t.Error("the facts are hidden in a usual window")
	}
	sc.window.Resize(fyne.NewSize(1280, 330))
	if sc.screen.facts.Visible() {
		t.Error("the facts take the last rows of the timeline")
	}
	sc.window.Resize(fyne.NewSize(1280, 720))
	if !sc.screen.facts.Visible() {
		t.Error("the facts do not come back")
	}
}

// TestNothingIsDrawnAcrossTheConflicts: in a low window what stands over the box has the room of the conflicts.
func TestNothingIsDrawnAcrossTheConflicts(t *testing.T) {
	for name, show := range map[string]func(*scene){
		"versions": func(sc *scene) {
			sc.screen.timeline.Select(sc.rowWith("Staging holds").ID)
			sc.screen.Run("timeline.versions")
		},
		"suggestions": func(sc *scene) { sc.screen.Run("capture.focus"); sc.typed("/assign ic @") },
		"severity":    func(sc *scene) { sc.screen.Run("incident.severity") },
	} {
		sc := open(t)
		sc.window.Resize(fyne.NewSize(1204, 300))
		show(sc)
		s := sc.screen
		if s.top.Visible() && s.top.Position().Y+s.top.Size().Height > s.low.Position().Y {
			t.Errorf("%s: the conflicts end at %v, what stands over the box begins at %v", name, s.top.Position().Y+s.top.Size().Height, s.low.Position().Y)
		}
		if s.low.Position().Y < 0 {
			t.Errorf("%s begins %v above the screen", name, -s.low.Position().Y)
		}
	}
}

// TestTheLadderBeginsAtWhoIsToBeCalled, and tells nobody the same twice.
func TestTheLadderBeginsAtWhoIsToBeCalled(t *testing.T) {
	sc := open(t)
	sc.screen.Run("panel.escalation")
	if id := sc.screen.side.list.At(); id == "" || id != sc.screen.side.toCall() {
		t.Errorf("the keyboard is on %q", id)
	}
	if got := sc.words(tabEscalation); strings.Count(got, "Say: Tom Okafor") != 1 {
		t.Errorf("it says:\n%s", got)
	}
}

// TestConflictsAreToldWhole: what two sides of a split wrote of a task is not cut, and who said again what
// stood did not change it from itself.
func TestConflictsAreToldWhole(t *testing.T) {
	sc := openStory(t, sample.Torn)
	says := ""
	for _, d := range sc.screen.settling {
		says += d.says + "\n"
	}
	for _, want := range []string{
		"Task \"Roll the load balancer back\": ", "dropped, \"the balancer is fine\" (Tom Okafor, 00:57)",
		"done, \"rolled back, no change\" (Ana Ruiz, 00:57)",
	} {
		if !strings.Contains(says, want) {
			t.Errorf("the banners say:\n%s\nwant %s", says, want)
		}
	}
	if row := sc.rowWith("P0: customers lose data"); strings.Contains(row.raw, "P0 → P0") {
		t.Errorf("a row says %q", row.Text)
	}
	sc.rowWith("Tom Okafor, phone, no answer")
}

// TestThatNobodyAnswersStandsAboveTheTimeline until somebody has the incident.
func TestThatNobodyAnswersStandsAboveTheTimeline(t *testing.T) {
	sc := openStory(t, sample.Unanswered)
	if got := sc.screen.settling; len(got) != 1 || !strings.Contains(got[0].says, "Nobody has answered on any rung") || got[0].choices[0].word != "I have it" {
		t.Fatalf("the banners are %+v", got)
	}
	sc.screen.settle(sc.screen.settling[0], sc.screen.settling[0].choices[0])
	if got := sc.screen.settling; len(got) != 0 {
		t.Errorf("after an answer the banners are %+v", got)
	}
}

// TestAConflictIsSeenInALowWindow: where three have no room the first stands alone and says how many there are.
func TestAConflictIsSeenInALowWindow(t *testing.T) {
	sc := openStory(t, sample.Torn)
	s := sc.screen
	shown := func() (n int) {
		for _, o := range s.disputes.Objects {
			if s.top.Visible() && o.Visible() {
				n++
			}
		}
		return n
	}
	if len(s.settling) < 3 || shown() != len(s.settling) || s.folded {
		t.Fatalf("%d of %d conflicts are shown", shown(), len(s.settling))
	}
	sc.window.Resize(fyne.NewSize(1204, 250))
	if shown() != 1 || !s.folded {
		t.Errorf("%d conflicts are shown in a low window", shown())
	}
	if bottom := s.top.Position().Y + s.top.Size().Height; bottom > s.low.Position().Y {
		t.Errorf("the conflict ends at %v, the box begins at %v", bottom, s.low.Position().Y)
	}
	sc.window.Resize(fyne.NewSize(1204, 660))
	if shown() != len(s.settling) || s.folded {
		t.Errorf("%d of %d conflicts come back", shown(), len(s.settling))
	}
}
