package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestWhoCameIsWrittenDownWithTheTime(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P2, Milestones: map[string]time.Time{"started": testNow.Add(-time.Hour)}}).ID)
	for want, c := range map[string]SetPresence{
		"is still to come":                 {Person: "Ben", At: p.now.Add(time.Hour)},
		"was started, at 2026-03-17 13:00": {Person: "Ben", At: testNow.Add(-2 * time.Hour)},
	} {
		c.Incident = inc.Code
		if _, err := p.try(c); !errors.Is(err, ErrUnconfirmed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
	p.do(SetPresence{Incident: inc.Code, Person: "Ben", At: testNow.Add(-30 * time.Minute)})
	if done := p.do(SetPresence{Incident: inc.Code, Person: "Ben"}); !strings.Contains(done.Note, "Ben Okafor joined already") {
		t.Errorf("said again: %q", done.Note)
	}
	if _, err := p.try(SetPresence{Incident: inc.Code, Person: "Ben", Left: true, At: testNow.Add(-40 * time.Minute)}); err == nil || !strings.Contains(err.Error(), "cannot have left at") {
		t.Errorf("went before they came: %v", err)
	}
	p.do(SetPresence{Incident: inc.Code, Person: "Ben", At: testNow.Add(-2 * time.Hour), Confirm: true})
	ben, _ := p.state.FindPerson("Ben")
	if came, ok := inc.came(ben); !ok || !came.Equal(testNow.Add(-2*time.Hour)) {
		t.Errorf("Ben came at %s, %v", came, ok)
	}
	p.do(SetPresence{Incident: inc.Code, Person: "Ben", Left: true})
	var told []string
	for _, r := range p.state.Timeline(inc) {
		if strings.Contains(r.Text, "the response") {
			told = append(told, r.At.Format("15:04 ")+r.Text)
		}
	}
	if got := strings.Join(told, "; "); got != "12:00 Ben Okafor joined the response; 13:30 Ben Okafor joined the response; 14:00 Ben Okafor left the response" {
		t.Errorf("the timeline tells %q", got)
	}
}

// TestWhoJoinsAClosedIncidentCameBefore: an arrival that was forgotten is written
// down later, and nobody comes to what is over.
func TestWhoJoinsAClosedIncidentCameBefore(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc, _ := workedAndClosed(p)
	if _, err := p.try(SetPresence{Incident: inc.Code, Person: "Ben"}); err == nil || !strings.Contains(err.Error(), "team join "+inc.Code+" --at TIME") {
		t.Errorf("joined what is closed: %v", err)
	}
	p.do(SetPresence{Incident: inc.Code, Person: "Ben", At: inc.DeclaredAt().Add(time.Second)})
}
