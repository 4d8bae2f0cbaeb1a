package model

import (
	"strings"
	"testing"
	"time"
)

func TestWhatPeoplePostThemselvesIsTold(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.incident(a.do(Declare{Title: "checkout fails", Severity: P0}).ID)
	a.do(AssignRole{Incident: inc.Code, Role: "ic", Person: "ana"})
	queued := a.do(QueueMessage{Incident: inc.Code, Draft: Draft{
		Audience: "public", Channel: "statuspage", Subject: "old", Body: "old", Recipients: []Recipient{{Address: "a@example.com"}},
	}}).ID
	w.meet()
	next := b.now.Add(20 * time.Minute)
	told := TellByHand{
		Incident: inc.Code, Where: "status.example.net", Proof: "picture 3", Unreached: "the press line", Next: next,
		Draft: Draft{Audience: "public", Channel: "statuspage", Body: "Some customers cannot pay.\nNews at 14:30."},
	}
	if done := b.do(told); !strings.Contains(done.Note, "Ana Ruiz commands, and no approval") {
		t.Errorf("nobody asked the commander, and it says %q", done.Note)
	}
	told.Approver = "ana"
	if done := b.do(told); done.Note != "" {
		t.Errorf("approved, and it says %q", done.Note)
	}
	w.meet()
	views := a.state.MessageViews(inc)
	last := views[len(views)-1]
	if last.Status != "sent" || last.Detail != "by hand: status.example.net; proof: picture 3; not reached: the press line" ||
		last.ApprovedBy != "Ana Ruiz" || last.Subject != "Some customers cannot pay." || last.Number != 3 || !last.NextUpdateAt.Equal(next) {
		t.Errorf("%+v", last)
	}
	if o, _ := inc.Messages[queued].Outcome(); o != Withdrawn {
		t.Errorf("the older update is %s", o)
	}
	if _, ok := inc.FirstMessage(External); !ok {
		t.Error("the public heard nothing")
	}
	for want, c := range map[string]TellByHand{
		"where it was told is missing": {Incident: inc.Code, Draft: Draft{Audience: "public", Body: "x"}},
		"say which audience":           {Incident: inc.Code, Where: "x", Draft: Draft{Body: "x"}},
		"the message is missing":       {Incident: inc.Code, Where: "x", Draft: Draft{Audience: "public", Subject: "s"}},
	} {
		if said := a.refused(c); !strings.Contains(said, want) {
			t.Errorf("want %q: %s", want, said)
		}
	}
}

func TestAPostByHandIsLookedThroughOnce(t *testing.T) {
	a := founded(t).peers[0]
	inc := a.incident(a.do(Declare{Title: "checkout fails", Severity: P0}).ID)
	note := a.do(TellByHand{Incident: inc.Code, Where: "status page", Draft: Draft{
		Audience: "public", Body: "Ana Ruiz says it is resolved, db-01.internal works again at 15:00.",
	}}).Note
	for _, want := range []string{`mind "resolved"`, `mind "Ana Ruiz"`, `mind "db-01.internal"`} {
		if strings.Count(note, want) != 1 {
			t.Errorf("%s should stand once in %s", want, note)
		}
	}
}

func TestADrillPostsNothing(t *testing.T) {
	a := founded(t).peers[0]
	inc := a.incident(a.do(StartDrill{Title: "checkout fails"}).ID)
	a.do(TellByHand{Incident: inc.Code, Where: "status page", Draft: Draft{Audience: "public", Body: "Some customers cannot pay."}})
	v := a.state.MessageViews(inc)
	if len(v) != 1 || !strings.HasPrefix(v[0].Detail, "in the exercise, nothing was posted") || !strings.HasPrefix(v[0].Body, DrillMark) {
		t.Errorf("%+v", v)
	}
}
