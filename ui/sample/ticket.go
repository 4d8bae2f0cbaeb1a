package sample

import (
	"time"

	"holdfast/model"
)

// Ticketed is the typical night with tickets opened at vendors: one whose answer
// is late, one on which no time was promised, and one that was answered.
func Ticketed() (Story, error) {
	story, err := Typical()
	if err != nil {
		return Story{}, err
	}
	r, now, inc := story.Room, story.Now, story.Incident.String()
	ana, li := r.Device(0), r.Device(2)
	ago := func(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }
	registrar := r.step(ago(80), li, model.OpenTicket{Incident: inc, Vendor: "Registrar", Number: "R-118", Level: "normal", Promised: ago(60)})
	r.step(ago(66), li, model.SetTicket{Ticket: registrar.ID.String(), Answer: "The zone is unchanged; nothing to do on their side"})
	r.step(ago(52), ana, model.OpenTicket{
		Incident: inc, Vendor: "Cloud provider", Number: "4471-22", Level: "severity A, incident lead asked for", Promised: ago(7),
		Needs: "account number and the volume id of db1, in the safe list",
	})
	r.step(ago(6), ana, model.OpenTicket{Incident: inc, Vendor: "Cloud provider", Level: "the empty backup bucket"})
	r.At(now)
	return story, nil
}
