package incident

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/sample"
)

// TestASecondEnterSettlesNothingElse: a button that has done its work is gone, and the next conflict is read first.
func TestASecondEnterSettlesNothingElse(t *testing.T) {
	sc := openStory(t, sample.Torn)
	s := sc.screen
	s.Run("incident.settle")
	b, ok := sc.host.Focused.(*fynex.Button)
	if !ok || !b.Focused() || len(s.settling) < 2 {
		t.Fatalf("the keyboard is on %T, %d conflicts", sc.host.Focused, len(s.settling))
	}
	before := len(s.settling)
	b.Press()
	if len(s.settling) != before-1 || sc.host.Focused != s.timeline {
		t.Errorf("%d of %d conflicts are left, the keyboard is on %T", len(s.settling), before, sc.host.Focused)
	}
	did := len(sc.host.Commands)
	b.Press()
	if len(s.settling) != before-1 || len(sc.host.Commands) != did {
		t.Errorf("the second press did %+v", sc.host.Commands[did:])
	}
}

// TestTheKeyboardStaysOnAConflict while another one comes in above it.
func TestTheKeyboardStaysOnAConflict(t *testing.T) {
	sc := openStory(t, sample.Torn)
	s := sc.screen
	s.Run("incident.settle")
	says, word := s.settling[0].says, s.settling[0].choices[0].word
	s.setDisputes(append([]dispute{{says: "Two phases", choices: []choice{{"Keep triage", model.Settle{}}}}}, s.settling...))
	if b := s.settlers[says+"\n"+word]; b == nil || sc.host.Focused != b {
		t.Errorf("the keyboard is on %v", sc.host.Focused)
	}
}

// TestVersionsAreQuotedWhereTheyDiffer: a long beginning they share would hide it.
func TestVersionsAreQuotedWhereTheyDiffer(t *testing.T) {
	for _, c := range []struct{ one, other, want string }{
		{"gateway is slow", "gateway is down", "gateway is slow|gateway is down"},
		{"the payment gateway answers with 502 since 18:02 on the card path", "the payment gateway answers with 502 since 18:02, EU only", "…18:02 on the card path|…18:02, EU only"},
		{"the payment gateway answers with 502 since 18:02 in Zürich", "the payment gateway answers with 502 since 18:02 in Ürdingen", "…in Zürich|…in Ürdingen"},
		{strings.Repeat("é", 60), strings.Repeat("é", 50), strings.Repeat("é", 60) + "|" + strings.Repeat("é", 50)},
	} {
		from := parting([]string{c.one, c.other})
		if got := from(c.one) + "|" + from(c.other); got != c.want {
			t.Errorf("%q is shown, want %q", got, c.want)
		}
	}
}

// TestAKeyOnPaperIsNoPeer: it holds no entry, and lacks none.
func TestAKeyOnPaperIsNoPeer(t *testing.T) {
	sc := open(t)
	before := sc.screen.content.others
	for _, m := range sc.host.Device.State().Members {
		if m.Device != sc.host.Device.Key {
			m.Recovery = true
			break
		}
	}
	sc.host.Refresh()
	if got := sc.screen.content.others; got != before-1 {
		t.Errorf("%d peers are to hold an entry, before %d", got, before)
	}
}
