package main

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/incident"
	"holdfast/ui/screen/policy"
)

// chooseScenes are the pictures of choosing a file.
func chooseScenes() []scene {
	return []scene{
		{"choose-field", onPolicy(sample.Intrusion, withPolicy("policy.import"))},
		{"choose-open", onPolicy(sample.Intrusion, walking)},
		{"choose-letters", onPolicy(sample.Intrusion, withPolicy("policy.import", "/home/ana/Documents/", "bef"))},
		{"choose-refused", onPolicy(sample.Intrusion, withPolicy("policy.import", "/root/"))},
		{"choose-save", onPolicy(sample.Intrusion, withPolicy("policy.export", "/home/ana/Documents/policy-of-february.json"))},
		{"choose-save-exists", onPolicy(sample.Intrusion, withPolicy("policy.export", "/home/ana/Documents/policy.json"))},
		{"choose-save-replace", onPolicy(sample.Intrusion, replacing)},
		{"choose-overfull", onIncident(sample.Attached, heaped)},
	}
}

// withPolicy opens a form with a field for a file, types into it, and asks for
// one, typing into the chooser too.
func withPolicy(command keys.ID, typed ...string) func(*stage, *policy.Screen) {
	return func(s *stage, p *policy.Screen) {
		s.host.Chooser = part.NewChooser(s.window.Canvas(), s.host.Task, sample.NewDisk())
		s.window.Canvas().Capture() // a field that was never drawn takes no focus
		p.Run(command)
		s.window.Canvas().Capture()
		for i, words := range typed {
			if i == 0 {
				s.host.Chooser.Show(part.FileAsk{
					Kind: "policy", Title: map[bool]string{true: "Export policy to", false: "Import policy from"}[command == "policy.export"],
					Save: command == "policy.export", Types: []string{".json"},
				})
				s.host.Chooser.Take(words)
				continue
			}
			typeInto(s, words)
		}
	}
}

// walking went into a folder, and stands on a file.
func walking(s *stage, p *policy.Screen) {
	withPolicy("policy.import", "/home/ana/Documents/")(s, p)
	s.host.Chooser.Enter()
	for range 2 {
		s.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
}

// replacing is asked whether a file may be replaced.
func replacing(s *stage, p *policy.Screen) {
	withPolicy("policy.export", "/home/ana/Documents/policy.json")(s, p)
	s.host.Chooser.Enter()
}

// heaped attaches one of hundreds of logs.
func heaped(s *stage, i *incident.Screen) {
	disk := sample.NewDisk()
	disk.Heap()
	s.host.Chooser = part.NewChooser(s.window.Canvas(), s.host.Task, disk)
	i.Run("incident.attach")
	s.host.Chooser.Take("/var/log/postgresql/")
	for range 12 {
		s.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
}
