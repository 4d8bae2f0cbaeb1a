package main

import (
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/incident"
)

// exportScenes are the pictures of having an incident leave as a file.
func exportScenes() []scene {
	return []scene{
		{"incident-export", onIncident(sample.Attached, command("incident.export"))},
		{"incident-export-save", onIncident(sample.Attached, saving)},
		{"incident-exported", onIncident(sample.Attached, exported)},
	}
}

// saving is asked where the post-mortem goes.
func saving(s *stage, i *incident.Screen) {
	s.host.Chooser = part.NewChooser(s.window.Canvas(), s.host.Task, sample.NewDisk())
	leave(s, i, 'd')
}

// exported has written the evidence.
func exported(s *stage, i *incident.Screen) {
	s.host.Pick = "/media/stick/evidence.zip"
	leave(s, i, 'q')
}

// leave types the letter of what is exported.
func leave(s *stage, i *incident.Screen, letter rune) {
	i.Run("incident.export")
	s.window.Canvas().Capture()
	i.Run("incident.export") // now a line of it takes the keyboard
	s.window.Canvas().Focused().TypedRune(letter)
}
