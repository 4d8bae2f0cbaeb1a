package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

func TestAVendorOwesAnAnswer(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0, Type: "Integration Failure"}).Code
	r.As(ana, model.AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	opened := r.Now
	id := r.As(ana, model.OpenTicket{Incident: inc, Vendor: "carrier"}).ID.String()
	if d := find(t, of(r, inc), due.Trigger, "vendor"); d.State != due.Done || d.Result != "a ticket with Carrier One" {
		t.Errorf("the trigger is %s: %s", d.State, d.Result)
	}
	owed := func() due.Due { return find(t, of(r, inc), due.Vendor, id) }
	if d := owed(); d.What != "Ask Carrier One when they answer, and for the number of the ticket" || !d.DueAt.Equal(opened.Add(10*time.Minute)) {
		t.Errorf("without a time: %+v", d)
	}
	r.As(ana, model.SetTicket{Ticket: id, Number: "4711", Promised: opened.Add(30 * time.Minute)})
	if d := owed(); d.What != "Carrier One answers on ticket 4711" || !d.DueAt.Equal(opened.Add(30*time.Minute)) || d.State != due.Later {
		t.Errorf("promised: %+v", d)
	}
	r.Wait(31 * time.Minute)
	if d := owed(); d.State != due.Overdue {
		t.Errorf("late: %+v", d)
	}
	r.As(ana, model.SetTicket{Ticket: "4711", Answer: "a card is broken\nmore"})
	if d := owed(); d.State != due.Done || d.Result != "a card is broken" {
		t.Errorf("answered: %+v", d)
	}
}

// TestAVendorOwesTheAnswerAfterTheEndToo: the end of the incident ends no waiting;
// the closing says that it goes on, and only word of the vendor, or that none will
// come, ends it.
func TestAVendorOwesTheAnswerAfterTheEndToo(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "uplink slow", Severity: model.P2}).Code
	r.As(ana, model.AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	r.As(ana, model.OpenTicket{Incident: inc, Vendor: "carrier", Number: "4711", Promised: r.Now.Add(2 * 24 * time.Hour)})
	owed := func() []due.Due {
		var list []due.Due
		for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
			if d.Kind == due.Vendor {
				list = append(list, d)
			}
		}
		return list
	}
	r.As(ana, model.Resolve{Incident: inc, Verification: "packets pass"})
	if list := owed(); len(list) != 1 || list[0].What != "Carrier One answers on ticket 4711" {
		t.Errorf("resolved: %+v", list)
	}
	note := r.As(ana, model.Close{Incident: inc, Customers: "only staff saw it"}).Note
	if !strings.Contains(note, "ticket 4711 with Carrier One still waits for an answer") || !strings.Contains(note, `vendor answer 4711 "given up, because ..."`) {
		t.Errorf("the closing says %q", note)
	}
	r.Wait(3 * 24 * time.Hour)
	if list := owed(); len(list) != 1 || list[0].State != due.Overdue {
		t.Errorf("closed: %+v", list)
	}
	r.As(ana, model.SetTicket{Ticket: "4711", Answer: "A card was broken"})
	if list := owed(); len(list) != 0 {
		t.Errorf("answered: %+v", list)
	}
}
