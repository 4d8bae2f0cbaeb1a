package incident

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/ui/keys"
)

// TestWhatIsDoneRarelyIsAskedInTheBox: each act of the palette makes the command the terminal makes.
func TestWhatIsDoneRarelyIsAskedInTheBox(t *testing.T) {
	sc := open(t)
	inc := sc.story.Incident.String()
	for _, c := range []struct {
		act     keys.ID
		answers []string
		want    model.Command
	}{
		{"incident.option", []string{"fail over to db2", "lag of 4 GB", "point the pool back"}, model.AddOption{Incident: inc, Text: "fail over to db2", Risk: "lag of 4 GB", WayBack: "point the pool back"}},
		{"incident.phase.enter", []string{"recovery", "the copy runs"}, model.EnterPhase{Incident: inc, Phase: "recovery", Reason: "the copy runs"}},
		{"incident.phase.leave", []string{"recovery", "stopped"}, model.LeavePhase{Incident: inc, Phase: "recovery", Reason: "stopped"}},
		{"incident.rhythm", []string{"long"}, model.SetRhythm{Incident: inc, Long: true}},
		{"incident.audience", []string{"executives"}, model.AskAudience{Incident: inc, Audience: "executives"}},
		{"incident.absent", []string{"@Li Wei", "now"}, model.SetPresence{Incident: inc, Person: "Li Wei", Left: true}},
		{"incident.present", []string{"@Li Wei", "-1h"}, model.SetPresence{Incident: inc, Person: "Li Wei", At: sc.host.Now().Add(-time.Hour)}},
		{"incident.target", []string{"engineering-manager", "Tom Okafor, @Li Wei"}, model.SetTarget{Target: "engineering-manager", People: []string{"Tom Okafor", "Li Wei"}}},
		{"runbook.review", []string{"database", "tried: step 3 is old"}, model.ReviewRunbook{Runbook: "database", Note: "tried: step 3 is old", Exercised: true}},
		{"runbook.retire", []string{"database", "db1 is gone"}, model.RetireRunbook{Runbook: "database", Reason: "db1 is gone"}},
	} {
		if !sc.screen.Run(c.act) {
			t.Errorf("%s does nothing", c.act)
			continue
		}
		for _, words := range c.answers {
			sc.answer(words)
		}
		if got := sc.last(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s made %+v, want %+v", c.act, got, c.want)
		}
		sc.screen.Run("go.back")
		sc.screen.leave()
	}
}

// TestACorrectionStandsBesideTheSelectedEntry: so does its restriction; without an entry nothing is asked.
func TestACorrectionStandsBesideTheSelectedEntry(t *testing.T) {
	sc := open(t)
	rows := sc.screen.content.rows
	id := rows[len(rows)-1].ID
	sc.screen.timeline.Select(id)
	sc.screen.Run("timeline.annotate")
	sc.answer("it was 00:56")
	if c, ok := sc.last().(model.Annotate); !ok || c.Of != id || c.Text != "it was 00:56" {
		t.Errorf("made %+v", sc.last())
	}
	sc.screen.timeline.Select(id)
	sc.screen.Run("timeline.restrict")
	sc.answer("names a customer")
	if c, ok := sc.last().(model.Restrict); !ok || c.Entry != id || c.Reason != "names a customer" {
		t.Errorf("made %+v", sc.last())
	}
}

// TestARunbookComesFromAFile: its text is read, and too long a file is refused.
func TestARunbookComesFromAFile(t *testing.T) {
	sc := open(t)
	path := filepath.Join(t.TempDir(), "replica.md")
	if err := os.WriteFile(path, []byte("# Replica lags\n\n1. Look at the lag.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sc.host.Pick = path
	sc.screen.Run("runbook.add")
	if c, ok := sc.last().(model.AddRunbook); !ok || c.Text != "# Replica lags\n\n1. Look at the lag.\n" {
		t.Errorf("made %+v", sc.last())
	}
	if err := os.WriteFile(path, make([]byte, model.MaxText+1), 0o600); err != nil {
		t.Fatal(err)
	}
	sc.screen.Run("runbook.add")
	if len(sc.host.Fails) == 0 {
		t.Error("a file longer than a text may be is taken")
	}
}
