package due_test

import (
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
