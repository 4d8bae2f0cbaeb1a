package main

import (
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/sample"
	"holdfast/ui/screen/comms"
)

// onComms is the screen for writing, with the first incident of a story.
func onComms(m maker, then func(*stage, *comms.Screen)) func(fyne.Window) error {
	return onCommsOf(0, m, then)
}

// onCommsOf is onComms on the device of another person.
func onCommsOf(device int, m maker, then func(*stage, *comms.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.host = sample.NewHost(s.story.Room.Device(device))
		s.host.Clock = func() time.Time { return s.story.Now }
		c := comms.New(s.host)
		c.Self = s.host.Device.Key
		s.show("comms", c)
		if !s.story.Incident.Zero() {
			c.Compose(s.story.Incident, "")
		}
		if then != nil {
			then(s, c)
		}
		return nil
	}
}

// outside writes to customers, all but approved.
func outside(s *stage, c *comms.Screen) {
	s.host.Do(model.SetRoom{Field: "audience.customers", Value: "status@customers.example.com, desk@customers.example.com"}, func(model.Done, error) {})
	c.Compose(s.story.Incident, "customer-notification")
	for _, words := range []string{ // each field that is missing, from above
		"The dashboard", "sign-in", "sign in", "changes wait until sign-in is back", "being checked",
		"status.example.com", "support@example.com", "Li Wei, incident communications",
	} {
		s.window.Canvas().Capture() // a field that was never drawn takes no focus
		c.Run("update.write")
		if f, ok := s.window.Canvas().Focused().(*fynex.Entry); !ok || f.Text != "" {
			break
		}
		typeInto(s, words)
	}
	s.window.Canvas().Capture()
	c.Run("update.approve")
}

// approved has the word of who commands, and reads the message once more.
func approved(s *stage, c *comms.Screen) {
	outside(s, c)
	typeInto(s, "Ana")
	s.window.Canvas().Capture()
	c.Run("capture.submit")
}

// lawyer has the word of legal, not recorded yet.
func lawyer(s *stage, c *comms.Screen) {
	outside(s, c)
	typeInto(s, "Joanna")
}

// reviewing fills in what is missing and opens the review.
func reviewing(s *stage, c *comms.Screen) {
	c.Compose(s.story.Incident, "investigation")
	for _, words := range []string{"about the same", "the snapshot of 17:20 is whole", "high", "yes"} { // trend, known, confidence, data
		s.window.Canvas().Capture() // a field that was never drawn takes no focus
		c.Run("update.write")
		typeInto(s, words)
	}
	c.Run("capture.submit")
}
