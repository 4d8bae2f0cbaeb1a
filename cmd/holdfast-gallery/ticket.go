package main

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/sample"
	"holdfast/ui/screen/incident"
)

// ticketScenes are the tickets with vendors of an incident.
func ticketScenes() []scene {
	return []scene{
		{"incident-tickets", onIncident(sample.Ticketed, amongTickets)},
		{"incident-ticket", onIncident(sample.Ticketed, ticketing)},
	}
}

// amongTickets looks at all of them, the keyboard on one that waits.
func amongTickets(s *stage, i *incident.Screen) {
	command("incident.tickets")(s, i)
	pressKey(s, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	pressKey(s, fyne.KeyUp, fyne.KeyUp, fyne.KeyUp)
}

// ticketing records a ticket, and is asked for the promise of the vendor.
func ticketing(s *stage, i *incident.Screen) {
	command("incident.ticket")(s, i)
	for _, words := range []string{"Cloud provider", "4471-31", "", ""} {
		typeInto(s, words)
		i.Run("capture.submit")
	}
}
