package node_test

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
)

func TestReviewedTextIsSentWordForWord(t *testing.T) {
	r := founded(t, start(t, t.TempDir()))
	inc := do(t, r, model.Declare{Title: "Checkout down", Severity: model.P0})
	q := node.MessageRequest{Incident: inc.Code, Template: "customer-notification", Zone: "UTC", Fields: map[string]string{}}
	preview, err := r.Preview(q)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range preview.Missing {
		q.Fields[name] = "said " + name
	}
	if _, err := r.Send(t.Context(), node.MessageRequest{Incident: inc.Code, Template: q.Template, Zone: "UTC"}); err == nil {
		t.Fatal("a message with missing variables was sent")
	} else if !strings.Contains(err.Error(), preview.Missing[0]) {
		t.Errorf("%q does not name the missing %q", err, preview.Missing[0])
	}
	if preview, err = r.Preview(q); err != nil || len(preview.Missing) > 0 {
		t.Fatal(preview.Missing, err)
	}
	do(t, r, model.SetIncident{Incident: inc.Code, Title: "Checkout and search down"})
	q.Reviewed = &preview
	done, err := r.Send(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	r.View(func(s *model.State) {
		i, _, err := s.FindMessage(done.ID.String())
		if err != nil {
			t.Fatal(err)
		}
		if got := i.Messages[done.ID].Draft; got.Body != preview.Draft.Body || got.Subject != preview.Draft.Subject {
			t.Errorf("sent %q, reviewed %q", got.Subject, preview.Draft.Subject)
		}
	})
}
