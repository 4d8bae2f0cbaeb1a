package incident

import (
	"time"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// respond carries out the commands of the response.
func (s *Screen) respond(command keys.ID) bool {
	switch command {
	case "incident.severity":
		s.drawer.show(drawerSeverity, true)
	case "incident.tools":
		s.drawer.show(drawerTools, true)
	case "incident.attach", "view.choose":
		s.files.ask()
	case "incident.files":
		s.drawer.show(drawerFiles, true)
	case "incident.export":
		s.exports.show()
	case "incident.sheet":
		s.showSheet(s.myOffer())
	case "incident.handover":
		h, _ := s.content.holder(model.RoleCommander)
		s.askHandOver(h)
	case "incident.accept":
		s.accept()
	case "incident.ack":
		s.do(model.AckPage{Incident: s.content.id.String()}, "You have it")
	case "incident.lock":
		s.begin("/lock ")
	case "incident.unlock":
		s.unlock()
	case "incident.hypothesis":
		s.askHypothesis()
	case "incident.impact":
		s.askImpact()
	case "incident.trigger":
		s.askTrigger("")
	case "incident.runbook":
		s.askRunbook()
	case "incident.step":
		s.stepDone()
	case "incident.escalate":
		s.side.open(tabEscalation, s.nextCall())
	case "incident.clock":
		s.clockStart()
	case "panel.focus":
		if s.drawer.kind != drawerShut && !s.drawer.list.Held() {
			s.drawer.list.Enter()
			return true
		}
		return s.panelRun(command)
	default:
		return s.ofTeam(command) || s.ofTicket(command) || s.rare(command) || s.panelRun(command)
	}
	return true
}

// myOffer is the role that waits for the reader, else the first that waits.
func (s *Screen) myOffer() model.OfferView {
	offers := s.content.work.team.Offers
	for _, o := range offers {
		if o.To == s.content.me {
			return o
		}
	}
	if len(offers) > 0 {
		return offers[0]
	}
	return model.OfferView{}
}

// accept takes what waits for the reader: an offer with its sheet, or a role.
func (s *Screen) accept() {
	if o := s.myOffer(); o.To == s.content.me && o.Role != "" {
		s.showSheet(o)
		return
	}
	for _, h := range s.content.holders {
		if h.mine && !h.accepted {
			s.do(model.AcceptRole{Incident: s.content.id.String(), Role: h.role.Name}, "You hold "+h.role.Title)
			return
		}
	}
	for _, t := range s.content.tasks {
		if !t.Done && t.Owner == s.content.me && t.AcceptedAt.IsZero() {
			s.do(model.AcceptTask{Task: t.ID.String()}, "You have this task: "+text.Line(t.Text))
			return
		}
	}
	s.do(model.AckPage{Incident: s.content.id.String()}, "You have it")
}

// unlock gives back the one lock the reader holds, else asks which.
func (s *Screen) unlock() {
	var mine []model.LockView
	for _, k := range s.content.work.Locks {
		if k.Person == s.content.me {
			mine = append(mine, k)
		}
	}
	switch {
	case len(mine) == 1:
		s.release(mine[0])
	case len(s.content.work.Locks) == 0:
		s.host.Toast("Nobody is changing anything")
	default:
		s.begin("/unlock ")
	}
}

// stepDone records the step at hand of the run that is under way.
func (s *Screen) stepDone() {
	for _, r := range s.content.work.runs {
		if r.Over == "" && r.Hand != nil {
			if len(r.Hand.Branches) > 0 {
				s.side.open(tabRunbook, r.ID.String()+"."+r.Hand.ID)
				return
			}
			s.side.step(r, *r.Hand, model.DoStep{})
			return
		}
	}
	s.side.open(tabRunbook, "")
}

// nextCall is the line of who is to be called now.
func (s *Screen) nextCall() string {
	for _, r := range s.content.work.ladder.Rungs {
		if open, _ := rungOpen(r); !open || r.Proposed {
			continue
		}
		for _, c := range r.Tree {
			if c.Next {
				return "call." + r.Rung + "." + c.PersonID.String()
			}
		}
	}
	return ""
}

// clockStart starts the one legal clock that waits for a decision, else shows
// them.
func (s *Screen) clockStart() {
	var proposed []model.ClockView
	for _, k := range s.content.work.legal.Clocks {
		if k.State == "proposed" {
			proposed = append(proposed, k)
		}
	}
	if len(proposed) == 1 {
		s.startClock(proposed[0])
		return
	}
	line := ""
	if len(proposed) > 0 {
		line = "clock." + proposed[0].Clock
	}
	s.side.open(tabClocks, line)
}

// command carries out the command of a character, past the selected row of the
// timeline: in a list beside it, that row is not meant.
func (s *Screen) command(r rune) {
	if e, ok := s.keys.Rune(r); ok && !s.Run(e.ID) {
		s.pass(e.ID)
	}
}

// standing are the lines under the header at a time.
func (c content) standing(now time.Time) []part.StandingLine {
	var lines []part.StandingLine
	if c.work.drill {
		lines = append(lines, part.StandingLine{Word: "DRILL", Text: "This is an exercise. Nothing is broken, and no message leaves the room.", Kind: part.StandingDrill})
	}
	if word, down := c.work.down(); word != "" {
		lines = append(lines, part.StandingLine{Word: word, Text: down, Kind: part.StandingDown})
	}
	if locks := c.work.changing(c.code, now); locks != "" {
		lines = append(lines, part.StandingLine{Word: "Changing", Text: locks, Kind: part.StandingPlain})
	}
	return lines
}

// askFrom is how long after the declaration the tools are asked for unasked:
// later, the question stands among what is due.
const askFrom = 10 * time.Minute

// askTools opens the question for the tools right after a declaration that
// needs a commander. It takes no key from what is typed.
func (s *Screen) askTools(now time.Time) {
	c := &s.content
	serious := c.brief.Severity == model.P0 || c.brief.Severity == model.P1
	if c.brief.State == model.StateOpen && serious && !c.work.asked && !s.drawer.skipped[c.id] && s.drawer.kind == drawerShut &&
		s.versionsOf == "" && c.mayWrite && now.Sub(c.brief.DeclaredAt) < askFrom {
		s.drawer.show(drawerTools, false)
	}
}
