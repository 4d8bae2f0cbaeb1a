package people

import (
	"holdfast/ui/keys"
	"holdfast/ui/text"
)

// carry carries out the commands about what the room has; false where it is none
// of them. They wait until it was read: before, nothing is selected.
func (s *Screen) carry(command keys.ID) bool {
	switch command {
	case "people.tested", "people.audience.add", "people.vendor.add", "people.vendor.retire", "people.access.add", "people.access.tested", "people.access.retire":
	default:
		return false
	}
	if s.later.Keep(command) {
		s.host.Refresh()
		return true
	}
	s.begin(command, false)
	return true
}

// begin carries a command out. behind tells that another screen was in front:
// then nothing is noted of a person nobody looked at.
func (s *Screen) begin(command keys.ID, behind bool) {
	switch command {
	case "people.tested":
		s.testPage(behind)
	case "people.audience.add":
		s.newAudience()
	case "people.vendor.add":
		s.add(panelVendors, s.panels.vendors)
	case "people.vendor.retire":
		s.retire(panelVendors, s.panels.vendors, "vendor")
	case "people.access.add":
		s.add(panelAccess, s.panels.access)
	case "people.access.tested":
		s.accessWorks()
	case "people.access.retire":
		s.retire(panelAccess, s.panels.access, "access fact")
	}
}

// testPage notes that a test page reached the person who is selected.
func (s *Screen) testPage(behind bool) {
	s.panels.show(panelPerson)
	_, ok := s.selected()
	switch {
	case !ok:
		s.host.Toast("Select the person whom the test page reached first.")
	case behind:
		s.host.Focus(s.panels.person.tested.button) // Enter does it
	default:
		s.panels.person.record()
	}
}

func (s *Screen) newAudience() {
	s.panels.show(panelAudiences)
	s.host.Focus(s.audience.other.Entry)
}

// add opens empty fields for a new one. What was typed for a new one stays.
func (s *Screen) add(at int, p *factPanel) {
	s.panels.show(at)
	if !p.touched() {
		p.choose(fact{})
		return
	}
	s.host.Focus(p.fields[0].Entry)
	if !p.at.Zero() {
		s.host.Toast("Save what you changed in " + text.Line(p.base[0]) + " first, with Ctrl+Enter.")
	}
}

// accessWorks goes to the button that notes it, for the access fact that is
// chosen: Enter does it.
func (s *Screen) accessWorks() {
	s.panels.show(panelAccess)
	p := s.panels.access
	if p.at.Zero() {
		s.host.Toast("No access fact is chosen; \"Add an access fact\" writes one.")
		return
	}
	s.host.Focus(p.test.button)
}

// retire asks whether the one that is chosen is not used any more.
func (s *Screen) retire(at int, p *factPanel, what string) {
	s.panels.show(at)
	if p.at.Zero() {
		s.host.Toast("No " + what + " is chosen: the chips below choose one.")
		return
	}
	p.drop()
}
