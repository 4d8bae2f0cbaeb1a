package model

import (
	"strings"
	"testing"
	"time"
)

func TestATicketWithAVendor(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	done := ana.do(Declare{Title: "Checkout down", Severity: P0})
	ana.do(AddVendor{Fields: map[string]string{"name": "Carrier One", "level": "gold", "phone": "+44 20 7946 0900"}})
	id := ana.do(OpenTicket{Incident: done.Code, Vendor: "carrier", Promised: ana.now.Add(30 * time.Minute)}).ID
	ticket := func(now time.Time) TicketView { return ana.state.TicketViews(ana.incident(done.ID), now)[0] }
	if v := ticket(ana.now); v.State != TicketWaits || v.Level != "gold" || v.Phone == "" || v.Vendor != "Carrier One" {
		t.Errorf("opened: %+v", v)
	}
	if v := ticket(ana.now.Add(31 * time.Minute)); v.State != TicketLate || !strings.Contains(v.Says(ana.now.Add(31*time.Minute)), "has not come") {
		t.Errorf("after the time: %+v", v)
	}
	ana.do(SetTicket{Ticket: id.String(), Number: "4711", Answer: "They look into it", Promised: ana.now.Add(time.Hour)})
	ana.do(SetTicket{Ticket: "4711", Answer: "A card is broken"})
	if v := ticket(ana.now.Add(2 * time.Hour)); v.State != TicketAnswered || v.Answer != "A card is broken" || !v.PromisedAt.IsZero() {
		t.Errorf("answered: %+v", v)
	}
	var rows []string
	for _, r := range ana.state.Rows(ana.incident(done.ID)) {
		if r.Kind == "vendor" {
			rows = append(rows, r.Text)
		}
	}
	want := "Carrier One: ticket opened, gold, answer promised for 17 Mar 14:30 UTC | Carrier One: the number is 4711 | " +
		"Carrier One answered on ticket 4711: They look into it | Carrier One promised word on ticket 4711 for 17 Mar 15:00 UTC | " +
		"Carrier One answered on ticket 4711: A card is broken"
	if got := strings.Join(rows, " | "); got != want {
		t.Errorf("the timeline says\n%s\nwant\n%s", got, want)
	}
	sheet := ana.state.HandoverSheet(ana.incident(done.ID), "Ana Ruiz", nil, ana.now)
	if text := strings.Join(sheet.Resources, "\n"); !strings.Contains(text, "Ticket 4711 with Carrier One, gold") {
		t.Errorf("the sheet lacks the ticket: %s", text)
	}
}

func TestATicketIsRefused(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "Checkout down", Severity: P0}).Code
	ana.do(AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	id := ana.do(OpenTicket{Incident: inc, Vendor: "carrier", Number: "7"}).ID.String()
	ana.do(OpenTicket{Incident: inc, Vendor: "carrier", Number: "7"})
	for name, c := range map[string]struct {
		c    Command
		want string
	}{
		"nobody's":           {OpenTicket{Incident: inc, Vendor: "Carrier Two"}, "no vendor"},
		"opened to come":     {OpenTicket{Incident: inc, Vendor: "carrier", Opened: ana.now.Add(time.Hour)}, "still to come"},
		"promised and past":  {OpenTicket{Incident: inc, Vendor: "carrier", Promised: ana.now.Add(-time.Hour)}, "that is past"},
		"with a key":         {OpenTicket{Incident: inc, Vendor: "carrier", Needs: "-----BEGIN PRIVATE KEY-----"}, "where it is sealed"},
		"nothing new":        {SetTicket{Ticket: id}, "say what the vendor answered"},
		"a number of two":    {SetTicket{Ticket: "7", Answer: "x"}, "two tickets have the number"},
		"no such ticket":     {SetTicket{Ticket: "ZZZZZZ", Answer: "x"}, "`vendor tickets INC` lists both"},
		"a number too long":  {SetTicket{Ticket: id, Number: strings.Repeat("4", MaxName+1)}, "number of the ticket"},
		"no such incident":   {OpenTicket{Incident: "nowhere", Vendor: "carrier"}, "no incident"},
		"promised too late":  {SetTicket{Ticket: id, Promised: time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC)}, "year 10001"},
		"an answer too long": {SetTicket{Ticket: id, Answer: strings.Repeat("x", MaxText+1)}, "the answer"},
	} {
		if _, err := ana.try(c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
