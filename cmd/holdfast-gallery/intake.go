package main

import (
	"fyne.io/fyne/v2"

	"holdfast/assets"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/board"
)

// intakeScenes are what was told elsewhere, as it is taken over.
func intakeScenes() []scene {
	return []scene{
		{"board-alert-add", onBoard(sample.Alerted, askingOnBoard("alert.add"))},
		{"board-alert-import", onBoard(sample.Alerted, askingOnBoard("alert.import"))},
		{"board-import", onBoard(sample.Typical, importing)},
		{"people-import", onPeople(sample.Typical, "people.import")},
	}
}

func askingOnBoard(command keys.ID) func(*stage, *board.Screen) {
	return func(s *stage, b *board.Screen) {
		b.Run(command)
		s.window.Canvas().Capture() // a field that was never drawn takes no focus
		s.host.Focus(s.host.Focused)
	}
}

// importing has looked into the file of an incident, and is asked whether it is
// to be written.
func importing(s *stage, b *board.Screen) {
	const path = "/media/stick/aws-2017-02-28-s3.json"
	file, err := assets.Sample("aws-2017-02-28-s3")
	if err != nil {
		return
	}
	b.Taker = sample.Taker{Device: s.host.Device, Files: map[string][]byte{path: file}}
	askingOnBoard("incident.import")(s, b)
	typeInto(s, path)
	pressKey(s, fyne.KeyReturn)
}
