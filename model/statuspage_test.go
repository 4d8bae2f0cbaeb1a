package model_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
)

const splitBrain = "43 s network cut caused a cross-coast database failover"

// sent queues a message of an incident and has it leave a minute later.
func sent(r *modeltest.Room, inc, audience, subject, body string, next time.Duration) {
	id := queued(r, inc, audience, subject, body, next)
	r.Wait(time.Minute)
	r.As("Ana Ruiz", model.RecordResult{Message: id.String(), Outcome: model.Sent})
}

func queued(r *modeltest.Room, inc, audience, subject, body string, next time.Duration) model.ID {
	m := model.QueueMessage{Incident: inc, Draft: model.Draft{
		Audience: audience, Channel: "mail", Subject: subject, Body: body, Recipients: []model.Recipient{{Name: "Lee", Address: "ana@example.com"}},
	}}
	if next > 0 {
		m.Next = r.Now.Add(next)
	}
	return r.As("Ana Ruiz", m).ID
}

func TestTheStatusPageShowsWhatWasSent(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	inc := r.As("Ana Ruiz", model.Declare{Title: splitBrain, Severity: model.P0}).Code
	r.As("Ana Ruiz", model.AssignRole{Incident: inc, Role: "ic", Person: "Ben Okafor"})
	r.As("Ana Ruiz", model.Log{Incident: inc, Text: "Database team paged at +1 555 0100"})

	if page := r.State.StatusPage(true, r.Now); len(page.Incidents) != 0 || !page.Public {
		t.Errorf("nothing was published, and the page has %+v", page)
	}
	queued(r, inc, model.AudiencePublic, "Never left", "waits", 0)
	if page := r.State.StatusPage(true, r.Now); len(page.Incidents) != 0 {
		t.Errorf("what has not left is on the page: %+v", page)
	}
	sent(r, inc, model.AudienceStakeholders, "P0: primaries moved", "Keep west coast writes.", 0)
	sent(r, inc, model.AudiencePublic, "Elevated errors", "We are investigating.", 20*time.Minute)

	page := r.State.StatusPage(true, r.Now)
	if len(page.Incidents) != 1 {
		t.Fatalf("the page has %d incidents", len(page.Incidents))
	}
	got := page.Incidents[0]
	if got.Title != "Elevated errors" || len(got.Commander) != 0 || got.Message.Body != "We are investigating." || !got.NextUpdateAt.Equal(r.Now.Add(19*time.Minute)) {
		t.Errorf("anybody sees %+v, %+v", got, got.Message)
	}
	b, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, inside := range []string{"failover", "Ben", "Ana", "555", "ana@", "west coast"} {
		if strings.Contains(string(b), inside) {
			t.Errorf("anybody sees %q", inside)
		}
	}

	wall := r.State.StatusPage(false, r.Now).Incidents[0]
	if wall.Title != splitBrain || fmt.Sprint(wall.Commander) != "[Ben Okafor]" || wall.Message.Subject != "Elevated errors" || wall.NextUpdateAt.IsZero() {
		t.Errorf("the wall shows %+v, %+v", wall, wall.Message)
	}
}

func TestWhatIsOverStaysForADay(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	inc := r.As("Ana Ruiz", model.Declare{Title: splitBrain, Severity: model.P2}).Code
	sent(r, inc, model.AudiencePublic, "Elevated errors", "We are investigating.", time.Hour)
	r.As("Ana Ruiz", model.Resolve{Incident: inc, Verification: "backlog done"})
	r.As("Ana Ruiz", model.Declare{Title: "Lag grows again", Severity: model.P3})

	wall := r.State.StatusPage(false, r.Now).Incidents
	if len(wall) != 2 || wall[0].State != model.StateOpen || wall[1].State != model.StateResolved {
		t.Errorf("what is open does not stand first: %+v", wall)
	}
	public := r.State.StatusPage(true, r.Now).Incidents
	if len(public) != 1 || public[0].State != model.StateResolved || !public[0].NextUpdateAt.IsZero() {
		t.Errorf("anybody sees %+v", public)
	}
	r.Wait(model.StatusAfter)
	if left := r.State.StatusPage(true, r.Now).Incidents; len(left) != 0 {
		t.Errorf("a day later it is still there: %+v", left)
	}
}

// TestWhatIsConfidentialIsOnNoPage, whatever makes it so, and whatever was sent.
func TestWhatIsConfidentialIsOnNoPage(t *testing.T) {
	for name, then := range map[string]func(inc string) model.Command{
		"type": func(inc string) model.Command { return model.SetIncident{Incident: inc, Type: "Security Breach"} },
		"further type": func(inc string) model.Command {
			return model.SetIncident{Incident: inc, Types: []string{"Security Breach"}}
		},
		"privilege": func(inc string) model.Command {
			return model.SetHold{Incident: inc, Privilege: "Privileged: prepared for counsel", Reason: "counsel asks"}
		},
		"code name": func(inc string) model.Command {
			return model.LinkRoom{Incident: inc, CodeName: "Quiet Harbour", Room: strings.Repeat("ab", 16)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := modeltest.New(t, "Ana Ruiz")
			inc := r.As("Ana Ruiz", model.Declare{Title: splitBrain, Severity: model.P1}).Code
			sent(r, inc, model.AudiencePublic, "Elevated errors", "We are investigating.", 0)
			if page := r.State.StatusPage(true, r.Now); len(page.Incidents) != 1 {
				t.Fatalf("before, anybody sees %+v", page.Incidents)
			}
			r.As("Ana Ruiz", then(inc))
			for _, public := range []bool{true, false} {
				if page := r.State.StatusPage(public, r.Now); len(page.Incidents) != 0 || page.More != 0 {
					t.Errorf("public %v shows %+v", public, page.Incidents)
				}
			}
		})
	}
}

func TestADrillIsNotPublic(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	inc := r.As("Ana Ruiz", model.StartDrill{Title: splitBrain, Severity: model.P1}).Code
	sent(r, inc, model.AudienceStakeholders, "EXERCISE: Elevated errors", "EXERCISE: We are investigating.", 0)
	if page := r.State.StatusPage(true, r.Now); len(page.Incidents) != 0 {
		t.Errorf("anybody sees %+v", page.Incidents)
	}
	if wall := r.State.StatusPage(false, r.Now).Incidents; len(wall) != 1 || !wall[0].Drill {
		t.Errorf("the wall shows %+v", wall)
	}
}

func TestAStatusPageIsBounded(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	for range model.MaxStatusIncidents + 3 {
		r.As("Ana Ruiz", model.Declare{Title: splitBrain, Severity: model.P3})
		r.Wait(time.Minute)
	}
	if page := r.State.StatusPage(false, r.Now); len(page.Incidents) != model.MaxStatusIncidents || page.More != 3 {
		t.Errorf("%d are shown and %d more", len(page.Incidents), page.More)
	}
}
