package security

import (
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// act is something that can be done with a row; it is the word on its button.
type act string

const (
	actTick        act = "Mark done"
	actSkip        act = "Not needed"
	actUntick      act = "Open again"
	actPlanned     act = "Done"
	actNotPlanned  act = "Is not needed"
	actHold        act = "Legal hold"
	actRoom        act = "Confidential room"
	actAttack      act = "Note an act"
	actAttackTimes act = "Set entry, spread, last seen"
	actIndicator   act = "Add indicator"
	actSeen        act = "Seen again"
	actEvidence    act = "Add evidence"
	actEvidenceOf  act = "Add its image"
	actCustody     act = "Hand over"
	actCredential  act = "Add credential"
	actRotate      act = "Rotated"
	actIsolate     act = "Isolate a system"
	actLift        act = "Connect again"
	actWaive       act = "Go on without image"
	actWipe        act = "Record a wipe"
	actSheet       act = "Write decision sheet"
	actApprove     act = "Approve message"
	actStart       act = "Start clock"
	actMove        act = "Correct start"
	actDecline     act = "Not notifiable"
	actFile        act = "File notice"
	actEvent       act = "Record event"
	actAssess      act = "Fill in"
	actFactor      act = "Assess factor"
	actDecideRisk  act = "Decide risk"
	actExport      act = "Export"
)

// ask gives the form of an act on a row; false where the act needs none and is
// done at once.
func (s *Screen) ask(a act, l line) (form.Ask, bool) {
	var q form.Ask
	switch a {
	case actTick, actUntick:
		s.tick(a, l)
		return q, false
	case actPlanned:
		s.panel.Close()
		s.run(model.TickBreachStep{Incident: s.incident(), Step: l.key}, "Done.", s.say)
		return q, false
	case actSkip, actNotPlanned:
		q = s.askSkip(a, l)
	case actHold:
		q = s.askHold()
	case actRoom:
		q = s.askRoom()
	case actAttack:
		q = s.askAttack()
	case actAttackTimes:
		q = s.askAttackTimes()
	default:
		q = s.askRegister(a, l)
	}
	q.ID = s.content.shown.code + "." + string(a) + "." + l.key
	if q.Button == "" {
		q.Button = string(a)
	}
	if q.Doing == "" {
		q.Doing = "Writing …"
	}
	return q, true
}

// askRegister gives the form of an act on the registers of the record.
func (s *Screen) askRegister(a act, l line) form.Ask {
	switch a {
	case actIndicator:
		return s.askIndicator()
	case actSeen:
		return s.askSeen(l)
	case actEvidence:
		return s.askEvidence("")
	case actEvidenceOf:
		return s.askEvidence(l.Label)
	case actCustody:
		return s.askCustody(l)
	case actCredential:
		return s.askCredential()
	case actRotate:
		return s.askRotate(l)
	case actIsolate:
		return s.askIsolate()
	case actLift:
		return s.askLift(l)
	case actWaive:
		return s.askWaive(l)
	case actWipe:
		return s.askWipe(l)
	case actSheet:
		return s.askSheet()
	case actApprove:
		return s.askApprove()
	}
	return s.askLaw(a, l)
}

// askLaw gives the form of an act on what the law asks for.
func (s *Screen) askLaw(a act, l line) form.Ask {
	switch a {
	case actStart, actMove:
		return s.askStart(a, l)
	case actDecline:
		return s.askDecline(l)
	case actFile:
		return s.askFile(l)
	case actEvent:
		return s.askEvent(l)
	case actAssess:
		return s.askAssess(l)
	case actFactor:
		return s.askFactor(l)
	case actDecideRisk:
		return s.askDecideRisk()
	}
	return s.askExport(l)
}

// incident is what commands name the incident by.
func (s *Screen) incident() string { return s.content.shown.id.String() }

// run has a command carried out and says what came of it.
func (s *Screen) run(c model.Command, says string, reply form.Reply) {
	s.host.Do(c, func(done model.Done, err error) {
		if err != nil {
			reply(notDone(err), form.Wrong)
			screen.AskAgain(s.host, c, err, func(c model.Command) { s.run(c, says, reply) })
			return
		}
		if done.Note != "" {
			says += " " + text.Line(sentence(done.Note))
		}
		reply(says, form.Well)
	})
}

// notDone says what the model refused; what was typed stays in the form.
func notDone(err error) string {
	return "Not done: " + text.Line(sentence(screen.Refusal(err))) + " What you typed is kept."
}

func sentence(words string) string {
	words = strings.TrimSpace(words)
	if words == "" || strings.HasSuffix(words, ".") {
		return words
	}
	return words + "."
}

// readTime reads a time as people type it, in the reader's zone; an empty text
// is none.
func (s *Screen) readTime(typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	m, err := when.Parse(typed, s.host.Now(), s.host.Zone())
	return m.At, err
}

// now is what a field for a time begins with.
func (s *Screen) now() string { return s.host.Now().UTC().Format("2006-01-02 15:04") + " UTC" }

const timeHelp = "As 14:05, yesterday 23:50 or 2026-11-25 14:05"

func (s *Screen) timeAsked(name, label, value string) form.Question {
	return form.Question{Name: name, Label: label, Help: timeHelp, Value: value}
}

// times reads several times of the answers, and replies where one is no time.
func (s *Screen) times(a form.Answers, reply form.Reply, names ...string) (map[string]time.Time, bool) {
	read := map[string]time.Time{}
	for _, n := range names {
		at, err := s.readTime(a[n])
		if err != nil {
			reply(notDone(err), form.Wrong)
			return nil, false
		}
		read[n] = at
	}
	return read, true
}

// tick says at once that a step is done, or open again.
func (s *Screen) tick(a act, l line) {
	c := model.TickSecurityStep{Incident: s.incident(), Step: l.key, State: model.StepDone}
	says := "Done."
	if a == actUntick {
		c.State, says = model.StepOpen, "Open again."
	}
	s.panel.Close()
	s.run(c, says, func(says string, tone form.Tone) {
		s.say(strings.Replace(says, " What you typed is kept.", "", 1), tone)
	})
}

func (s *Screen) askSkip(a act, l line) form.Ask {
	return form.Ask{Title: "This step is not needed", About: l.Label, Questions: []form.Question{
		{Name: "note", Label: "Why", Help: "A required step needs its reason", Lines: 2},
	}, Do: func(answers form.Answers, reply form.Reply) {
		if a == actNotPlanned {
			s.run(model.TickBreachStep{Incident: s.incident(), Step: l.key, State: model.StepNotNeeded, Note: answers["note"]}, "Noted.", reply)
			return
		}
		s.run(model.TickSecurityStep{Incident: s.incident(), Step: l.key, State: model.StepNotNeeded, Note: answers["note"]}, "Noted.", reply)
	}}
}

func (s *Screen) askHold() form.Ask {
	hold := "no"
	if s.content.security.Hold {
		hold = "yes"
	}
	return form.Ask{
		Title: "Legal hold and privilege mark", About: "Under hold nothing about the incident is edited or taken back. Every paper carries hold and mark.", Button: "Set",
		Questions: []form.Question{
			{Name: "hold", Label: "Legal hold", Options: []string{"yes", "no"}, Value: hold},
			{Name: "mark", Label: "Privilege mark", Help: "Such as: Privileged: prepared for counsel. \"none\" takes it away", Value: s.content.security.Privilege},
			{Name: "reason", Label: "Reason", Lines: 2},
		}, Do: func(a form.Answers, reply form.Reply) {
			s.run(model.SetHold{Incident: s.incident(), Hold: a["hold"], Privilege: a["mark"], Reason: a["reason"]}, "Set.", reply)
		},
	}
}

func (s *Screen) askAttack() form.Ask {
	return form.Ask{
		Title: "Note what the intruder did", About: "It goes into the intruder's timeline, apart from what was done about it.", Button: "Note",
		Questions: []form.Question{s.timeAsked("at", "When", ""), {Name: "text", Label: "What the intruder did", Lines: 3}},
		Do: func(a form.Answers, reply form.Reply) {
			if t, ok := s.times(a, reply, "at"); ok {
				s.run(model.Log{Incident: s.incident(), Kind: model.KindAttacker, Text: a["text"], At: t["at"]}, "Noted.", reply)
			}
		},
	}
}

func (s *Screen) askAttackTimes() form.Ask {
	return form.Ask{
		Title: "Entry, spread, last seen", About: "Where entry and last seen are left open, the first and the last act of the intruder stand for them.", Button: "Set",
		Questions: []form.Question{
			s.timeAsked("entered", "Entry", ""), s.timeAsked("spread", "Spread", ""), s.timeAsked("seen", "Last seen", ""),
			{Name: "reason", Label: "What it rests on"},
		}, Do: func(a form.Answers, reply form.Reply) {
			if t, ok := s.times(a, reply, "entered", "spread", "seen"); ok {
				s.run(model.SetAttack{Incident: s.incident(), Entered: t["entered"], Spread: t["spread"], LastSeen: t["seen"], Reason: a["reason"]}, "Set.", reply)
			}
		},
	}
}

func (s *Screen) askIndicator() form.Ask {
	return form.Ask{
		Title: "Add an indicator", About: "Write it as it is or defanged; it is shown defanged.", Button: "Add",
		Questions: []form.Question{
			{Name: "kind", Label: "Kind", Options: model.IndicatorKinds[:]},
			{Name: "value", Label: "Value"},
			{Name: "note", Label: "Note"},
			{Name: "source", Label: "Source", Help: "Where it was found"},
		}, Do: func(a form.Answers, reply form.Reply) {
			s.run(model.AddIndicator{Incident: s.incident(), Kind: a["kind"], Value: a["value"], Note: a["note"], Source: a["source"]}, "Added.", reply)
		},
	}
}

func (s *Screen) askSeen(l line) form.Ask {
	return form.Ask{Title: "Seen again", About: l.Label, Button: "Note", Questions: []form.Question{
		s.timeAsked("at", "When", s.now()), {Name: "where", Label: "Where"},
	}, Do: func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "at"); ok {
			s.run(model.SeeIndicator{Indicator: l.key, At: t["at"], Where: a["where"]}, "Noted.", reply)
		}
	}}
}
