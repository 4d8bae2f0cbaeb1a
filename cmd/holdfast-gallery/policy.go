package main

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/screen/policy"
)

func onPolicy(m maker, then func(*stage, *policy.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		p := policy.New(s.host)
		s.show("policy", p)
		if then != nil {
			then(s, p)
		}
		return nil
	}
}

// reading goes to a section.
func reading(section string) func(*stage, *policy.Screen) {
	return func(_ *stage, p *policy.Screen) { p.Pick(section) }
}

// contested looks at two versions of the cadence.
func contested(_ *stage, p *policy.Screen) {
	p.Pick("cadence")
	p.Settle()
}

// mistyping types what is no section into the editor.
func mistyping(s *stage, p *policy.Screen) {
	p.Pick("triggers")
	p.Run("timeline.edit")
	typeInto(s, "{")
}

// remembering looks at who changed the cadence.
func remembering(_ *stage, p *policy.Screen) {
	p.Pick("cadence")
	p.Run("timeline.versions")
}
