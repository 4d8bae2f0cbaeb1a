package main

import (
	"context"

	"fyne.io/fyne/v2"

	"holdfast/sync/node"
	"holdfast/ui/screen/security"
)

func (s still) Confidential(context.Context, node.ConfidentialRequest) (node.ConfidentialReply, error) {
	return node.ConfidentialReply{}, errGallery
}

func onSecurity(m maker, then func(*stage, *security.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		sc := security.New(context.Background(), s.host, still{device: s.host.Device.Key, story: s.story})
		s.show("security", sc)
		if !s.story.Incident.Zero() {
			sc.Open(s.story.Incident)
		}
		if then != nil {
			then(s, sc)
		}
		return nil
	}
}

// assessing goes to the breach that is assessed, and to the draft of its notice.
func assessing(s *stage, sc *security.Screen) {
	sc.Run("go.next")
	sc.Pick("paper.art33")
}

// attackToCome notes an act of the intruder of tomorrow, and is asked whether it is so.
func attackToCome(s *stage, sc *security.Screen) {
	s.host.Canvas = s.window.Canvas()
	sc.Run("security.attack")
	s.settle()
	typeInto(s, "2023-11-25 03:10 UTC")
	pressKey(s, fyne.KeyTab)
	s.window.Canvas().FocusNext()
	typeInto(s, "First login with the stolen token")
	sc.Run("capture.submit")
}

// starting opens the form that starts a clock.
func starting(s *stage, sc *security.Screen) {
	sc.Pick("clock.sec-8k")
	sc.Run("list.open")
	s.settle()
}

// crowded looks at one of many items of evidence, and hands it over.
func crowded(_ *stage, sc *security.Screen) {
	sc.Pick("head.evidence")
	sc.Run("list.down")
	sc.Run("list.open")
}

// recorded looks at the evidence.
func recorded(_ *stage, sc *security.Screen) {
	sc.Pick("head.systems")
	sc.Run("list.end")
	sc.Pick("head.evidence")
	sc.Run("list.down")
}
