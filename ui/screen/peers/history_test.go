package peers

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/screen/form"
)

// facts gives the history of the room as the panel has it.
func (f *fixture) facts(t *testing.T) []fact {
	t.Helper()
	f.hashAt = time.Time{}
	f.Shown(true)
	return f.content.facts(f.link.held, f.host.Now())
}

// heard has the other devices linked or not, and heard so long ago; they let go of as many commits as their number.
func (f *fixture) heard(connected bool, heard time.Duration) {
	at := f.host.Now().Add(-heard)
	var views []node.PeerView
	for i := 1; i < f.room.Devices(); i++ {
		views = append(views, node.PeerView{Device: f.room.Device(i).Key, Connected: connected, LastHeard: &at, LetGo: uint64(i)})
	}
	f.host.SetPeers(views)
	f.host.Refresh()
}

// TestHistoryIsSaidInSentencesWithOneFixEach: from nothing set to an archive that is away.
func TestHistoryIsSaidInSentencesWithOneFixEach(t *testing.T) {
	f := open(t)
	vault, second := f.room.Device(1), f.room.Device(2)
	f.heard(true, time.Second)
	for _, step := range []struct {
		name string
		do   func()
		says []string // a part of each fact, in order
		fix  []string
	}{
		{"nothing set", func() {}, []string{"Every device keeps all of the room's history. Nothing"}, []string{"Mark an archive"}},
		{
			"an age alone", func() { f.host.Do(model.SetHistoryAge{Days: 90}, func(model.Done, error) {}) },
			[]string{"no device is marked as an archive, so none does"},
			[]string{"Mark an archive"},
		},
		{
			"one archive", func() { f.host.Do(model.MarkArchive{Device: vault.Key.String()}, func(model.Done, error) {}) },
			[]string{"one archive is one disk", "may live on tom-laptop alone"},
			[]string{"Mark another archive", "Let go now"},
		},
		{
			"two", func() { f.host.Do(model.MarkArchive{Device: second.Key.String()}, func(model.Done, error) {}) },
			[]string{"may live on li-laptop and tom-laptop alone"},
			[]string{"Let go now"},
		},
		{"let go", func() {
			f.link.held = node.HistoryView{LetGo: 1204, Feeds: 3, By: []model.DeviceKey{vault.Key, second.Key}, Bytes: 34_000_000}
		}, []string{"Everything older than 90 days, of closed incidents, is on li-laptop and tom-laptop; this device keeps 34\u00a0MB."}, []string{"Let go of more"}},
		{"away", func() { f.heard(false, 75*time.Hour) }, []string{"li-laptop was last heard 3 d", "Everything older"}, []string{"Connect to address", "Let go of more"}},
		{
			"one unmarked", func() {
				f.host.Do(model.MarkArchive{Device: vault.Key.String(), Not: true}, func(model.Done, error) {})
			},
			[]string{"relies on li-laptop alone", "li-laptop was last heard", "is on tom-laptop, which the room does not count", "Everything older"},
			[]string{"Mark another archive", "Connect to address", "Mark it again", "Let go of more"},
		},
	} {
		step.do()
		got := f.facts(t)
		if len(got) != len(step.says) {
			t.Fatalf("%s: %d facts: %+v", step.name, len(got), got)
		}
		for i, fact := range got {
			if !strings.Contains(fact.words, step.says[i]) || fact.fix != step.fix[i] {
				t.Errorf("%s: %q with %q; want %q with %q", step.name, fact.words, fact.fix, step.says[i], step.fix[i])
			}
			if !f.Run(fact.act) {
				t.Errorf("%s: %s does nothing", step.name, fact.act)
			}
			f.Run("go.back")
		}
	}
}

// TestTheActsOnHistoryShowTheirKeys, and answer to them with the keyboard on the button.
func TestTheActsOnHistoryShowTheirKeys(t *testing.T) {
	f := open(t)
	f.facts(t)
	b := f.history.held["Mark an archive"]
	if b == nil || b.Hint() != "K" {
		t.Fatalf("the panel has %v", f.history.held)
	}
	b.TypedRune('K')
	if f.acts.open != f.acts.archive.act {
		t.Error("K on the button opens nothing")
	}
}

// TestAMemberSeesWhoDecidesOnHistory: the acts are an admin's, the words everybody's.
func TestAMemberSeesWhoDecidesOnHistory(t *testing.T) {
	c := content{}
	got := c.facts(node.HistoryView{}, start)
	if len(got) != 1 || got[0].fix != "" || !strings.HasSuffix(got[0].words, "An admin of the room decides that.") {
		t.Errorf("%+v", got)
	}
}

// TestMarkingAnArchiveNamesWhatIsReliedOn: before the act, in the form.
func TestMarkingAnArchiveNamesWhatIsReliedOn(t *testing.T) {
	f := open(t)
	f.facts(t)
	f.list.Select(f.room.Device(1).Key.String())
	f.Run("room.archive")
	mark := f.acts.archive
	if got := mark.risk.Text(); !strings.Contains(got, "relies on tom-laptop alone") {
		t.Errorf("%q", got)
	}
	f.Run("capture.submit")
	if !f.room.Device(0).State().Archive(f.room.Device(1).Key) {
		t.Fatal("not marked:", mark.says.Text())
	}
	f.heard(true, 0)
	f.Run("room.archive")
	if mark.choice.At() != 1 || mark.button.Text() != "Take the mark away" || f.host.Focused != mark.choice.Chosen() {
		t.Error("marking again what is marked already is offered first")
	}
	if got := mark.risk.Text(); !strings.Contains(got, "only archive") || !strings.Contains(got, "2 devices have let go") {
		t.Errorf("%q", got)
	}
}

// TestTheAgeOfHistory: a number of days, or never; what no admin may set is said at the field.
func TestTheAgeOfHistory(t *testing.T) {
	for words, want := range map[string]int{"never": 0, "": 0, "Never": 0, "90": 90, "365 days": 365, "29": -1, "soon": -1, "40000": -1} {
		n, err := ageOf(words)
		if err != nil {
			n = -1
		}
		if n != want {
			t.Errorf("%q is %d (%v), want %d", words, n, err, want)
		}
	}
}

// TestLettingGoSaysWhatCameOfIt: with an age it lets go, without one it only writes anew.
func TestLettingGoSaysWhatCameOfIt(t *testing.T) {
	f := open(t)
	f.facts(t)
	f.link.days, f.link.shrunk = -1, node.CompactReply{Before: 40_000_000, After: 34_000_000}
	f.Run("room.compact")
	f.Run("capture.submit")
	if got := f.acts.shrink.says.Text(); f.link.days != 0 || !strings.HasPrefix(got, "The store takes 34\u00a0MB, before 40\u00a0MB") {
		t.Errorf("%d days: %q", f.link.days, got)
	}
	f.host.Do(model.MarkArchive{Device: f.room.Device(1).Key.String()}, func(model.Done, error) {})
	f.host.Do(model.SetHistoryAge{Days: 120}, func(model.Done, error) {})
	f.link.shrunk.LetGo, f.link.shrunk.Feeds = 40, 2
	f.Run("room.compact")
	f.Run("capture.submit")
	if got := f.acts.shrink.says.Text(); f.link.days != 120 || !strings.HasPrefix(got, "Let go of 40 commits of 2 feeds") {
		t.Errorf("%d days: %q", f.link.days, got)
	}
	if f.acts.shrink.says.Tone() != form.Well {
		t.Error("said as a failure")
	}
}
