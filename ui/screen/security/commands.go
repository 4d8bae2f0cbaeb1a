package security

import (
	"slices"

	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
)

// shortcut is a command of the palette: the acts it stands for, the likeliest
// first, and what is said where no row has one of them.
type shortcut struct {
	acts []act
	none string
}

// shortcuts hold every act of the screen, so that each is reached by its name.
var shortcuts = map[keys.ID]shortcut{
	"security.tick":         {[]act{actTick, actPlanned}, "No step is open here."},
	"security.skip":         {[]act{actSkip, actNotPlanned}, "No step is open here."},
	"security.untick":       {[]act{actUntick}, "No step is done yet."},
	"security.hold":         {[]act{actHold}, ""},
	"security.room":         {[]act{actRoom}, ""},
	"security.attack":       {[]act{actAttack}, ""},
	"security.attack.times": {[]act{actAttackTimes}, ""},
	"security.indicator":    {[]act{actIndicator}, ""},
	"security.seen":         {[]act{actSeen}, "No indicator is on record yet; \"Add an indicator\" writes the first."},
	"security.evidence":     {[]act{actEvidence, actEvidenceOf}, ""},
	"security.custody":      {[]act{actCustody}, "No evidence is on record yet; \"Add evidence\" writes the first."},
	"security.credential":   {[]act{actCredential}, ""},
	"security.rotate":       {[]act{actRotate}, "No credential is on record yet; \"Add a credential\" writes the first."},
	"security.isolate":      {[]act{actIsolate}, ""},
	"security.lift":         {[]act{actLift}, "No system is isolated."},
	"security.waive":        {[]act{actWaive}, ""},
	"security.wipe":         {[]act{actWipe}, ""},
	"security.sheet":        {[]act{actSheet}, ""},
	"security.approve":      {[]act{actApprove}, ""},
	"incident.clock":        {[]act{actStart}, "No legal clock waits for a decision here."},
	"security.move":         {[]act{actMove}, "No legal clock was started here."},
	"security.decline":      {[]act{actDecline}, "No legal clock waits for a decision here."},
	"security.file":         {[]act{actFile}, "No legal clock runs here, so that no notice is owed; \"Start a legal clock\" starts one."},
	"security.event":        {[]act{actEvent}, "No deadline waits for an event."},
	"security.assess":       {[]act{actAssess}, "No breach assessment fits this incident."},
	"security.factor":       {[]act{actFactor}, "The breach assessment is not begun; \"Fill in the breach assessment\" begins it."},
	"security.risk":         {[]act{actDecideRisk}, "The breach assessment is not begun; \"Fill in the breach assessment\" begins it."},
	"security.export":       {[]act{actExport}, ""},
}

// registerRow heads the register of breaches.
const registerRow = "head.register"

// known tells whether a command is one of this screen's acts.
func known(command keys.ID) bool {
	_, ok := shortcuts[command]
	return ok || command == "security.register"
}

// carry carries out a command of the palette, or keeps it until the incident was
// read: what the screen shows may be of another one.
func (s *Screen) carry(command keys.ID) {
	if s.later.Keep(command) {
		s.host.Refresh()
		return
	}
	s.begin(command, false)
}

// begin opens the form of a command on the row that is looked at, else on the
// first that fits. An act without a form is done at once where its row was
// looked at: behind (another screen was), the row is shown and nothing is done.
func (s *Screen) begin(command keys.ID, behind bool) {
	if !s.body.Visible() {
		s.host.Toast("Nothing here is of security or privacy: set the type of an incident to Security Breach or Data Privacy Incident first.")
		return
	}
	if command == "security.register" {
		s.reach(registerRow)
		return
	}
	c := shortcuts[command]
	a, l, here, ok := s.fits(c.acts)
	switch {
	case !ok && len(s.content.all) == 0:
		s.host.Toast("No incident here is of security or privacy: set the type of one to Security Breach or Data Privacy Incident first.")
	case !ok && !s.content.security.Sealed && (c.none == "" || !lawful(c.acts[0])):
		s.host.Toast(s.content.shown.code + " has no security type, and so no security record: set its type to Security Breach first.")
	case !ok:
		s.host.Toast(c.none)
	case atOnce(a) && (behind || !here):
		s.reach(l.ID)
		s.host.Toast("Enter does it: " + string(a) + ", " + l.Label)
	default:
		s.reach(l.ID)
		s.act(a, l)
		s.name()
	}
}

// name says of which incident the form is, where another one is open on the
// incident screen.
func (s *Screen) name() {
	s.wanted.Lock()
	other := !s.wanted.incident.Zero() && s.wanted.incident != s.content.shown.id
	s.wanted.Unlock()
	if other && s.content.shown.code != "" {
		s.host.Toast("This is about " + s.content.shown.code + ": the incident you have open is not of security or privacy.")
	}
}

// fits finds the row for an act: the one that is looked at, else the first that
// has it. here tells that it is the one that is looked at.
func (s *Screen) fits(acts []act) (a act, l line, here, ok bool) {
	looked := s.selected()
	for _, a := range acts {
		if slices.Contains(looked.acts, a) {
			return a, looked, true, true
		}
	}
	for _, a := range acts {
		for _, lines := range [][]line{s.content.record, s.content.law} {
			if i := slices.IndexFunc(lines, func(l line) bool { return slices.Contains(l.acts, a) }); i >= 0 {
				return a, lines[i], false, true
			}
		}
	}
	return "", line{}, false, false
}

// reach selects a row, past the filter where it hides the row.
func (s *Screen) reach(id string) {
	s.panel.Close()
	s.say("", form.Plain)
	if _, shown := find(s.filtered(s.content.record), id); !shown {
		if _, shown = find(s.filtered(s.content.law), id); !shown {
			s.unfilter()
		}
	}
	s.Pick(id)
}

// atOnce tells the acts that ask for nothing.
func atOnce(a act) bool { return a == actTick || a == actUntick || a == actPlanned }

// lawful tells the acts that need no security type.
func lawful(a act) bool {
	return slices.Contains([]act{actStart, actMove, actDecline, actFile, actEvent, actAssess, actFactor, actDecideRisk, actExport}, a)
}
