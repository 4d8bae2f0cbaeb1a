package node_test

import (
	"fmt"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
)

// TestConfidentialIncidentHasARoomOfItsOwn: who needs to know is in it with
// all that was written, and the open room learns nothing.
func TestConfidentialIncidentHasARoomOfItsOwn(t *testing.T) {
	a, b := start(t, t.TempDir()), start(t, t.TempDir())
	open := founded(t, a)
	do(t, open, model.AddPerson{Name: "Ben Okafor", Email: "ben@example.org"})
	before, err := open.Hash()
	if err != nil {
		t.Fatal(err)
	}
	reply, err := open.Confidential(t.Context(), node.ConfidentialRequest{
		Title: "Intruder in the internal Atlassian server", Type: "Security Breach", Severity: model.P0, CodeName: "Quiet Harbour", Members: []string{"ben", "ana"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := open.Hash(); after != before {
		t.Error("the open room was written to")
	}
	if len(reply.Invites) != 1 || reply.Invites[0].Person != "Ben Okafor" || reply.Name != "proj-quiet-harbour" {
		t.Fatalf("it is %+v", reply)
	}
	theirs, err := b.Join(within(t), reply.Invites[0].Invite, node.Guest{Person: "Ben Okafor", Email: "ben@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if err := theirs.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	theirs.View(func(s *model.State) {
		inc, err := s.FindIncident(reply.Incident)
		if err != nil || inc.Title() != "Intruder in the internal Atlassian server" || !inc.Security(s.Policy()) {
			t.Errorf("Ben finds %v, %v", inc, err)
		}
		if n := len(s.PersonViews()); n != 2 {
			t.Errorf("%d people need to know, want 2", n)
		}
	})
	if _, err := start(t, t.TempDir()).Join(within(t), reply.Invites[0].Invite, node.Guest{Person: "Mallory"}); err == nil {
		t.Error("an invite lets two devices in")
	}
}

func TestIncidentMovesIntoARoomOfItsOwn(t *testing.T) {
	a := start(t, t.TempDir())
	open := founded(t, a)
	inc := do(t, open, model.Declare{Title: "Odd logins", Type: "Security Breach"})
	const entries = 130 // more than one commit carries
	for i := range entries {
		do(t, open, model.Log{Incident: inc.Code, Text: fmt.Sprintf("login %d from an unknown address", i), Kind: model.KindAttacker})
	}
	reply, err := open.Confidential(t.Context(), node.ConfidentialRequest{Incident: inc.Code})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.CodeName(reply.CodeName); err != nil || reply.Name != model.CodeRoom(reply.CodeName) {
		t.Errorf("the suggested name is %q: %v", reply.CodeName, err)
	}
	open.View(func(s *model.State) {
		found, err := s.FindIncident(inc.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range s.Rows(found)[entries:] {
			if strings.Contains(row.Text, reply.Incident) || strings.Contains(row.Text, reply.Room) {
				t.Errorf("the open room tells %q", row.Text)
			}
		}
		if found.Fields.Text(model.FieldRoom) != reply.Room {
			t.Error("there is no pointer")
		}
	})
	for _, r := range a.Rooms() {
		if r.Name() != reply.Name {
			continue
		}
		r.View(func(s *model.State) {
			moved, err := s.FindIncident(reply.Incident)
			if err != nil || len(moved.Entries) != entries {
				t.Errorf("%d entries moved, want %d (%v)", len(moved.Entries), entries, err)
			}
		})
	}
	for name, q := range map[string]node.ConfidentialRequest{
		"moved already": {Incident: inc.Code},
		"no subject":    {CodeName: "Calm Brook"},
		"name taken":    {Title: "Another", CodeName: reply.CodeName},
		"nobody":        {Title: "Another", Members: []string{"Mallory"}},
	} {
		if _, err := open.Confidential(t.Context(), q); err == nil {
			t.Errorf("%s: a room is made", name)
		}
	}
	if n := len(a.Rooms()); n != 2 {
		t.Errorf("refusals left %d rooms, want 2", n)
	}
}
