package peers

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// cards are what waits for a person in the room: what ails the record, devices that ask,
// what removed devices wrote, and acts that others overruled. They stand at the right, first,
// until they are dealt with, and cover nothing.
type cards struct {
	screen *Screen
	object *fyne.Container
	shown  string // what is drawn, to leave alone what did not change
	first  map[string]fyne.Focusable
	held   buttons
}

func newCards(s *Screen) *cards {
	return &cards{screen: s, object: form.Column(columnWidth), first: map[string]fyne.Focusable{}}
}

// Kinds of cards, in the order they stand.
const (
	cardAiling     = "ailing"
	cardAsk        = "ask"
	cardUnanswered = "unanswered"
	cardQuarantine = "quarantine"
	cardOverruled  = "overruled"
)

// card is one of them.
type card struct {
	kind, id     string
	title, words string
	tone         form.Tone
	acts         []cardAct
}

type cardAct struct {
	word string
	do   func()
	main bool
	key  string // that does the same
}

// all gives the cards of what the room holds now.
func (c *cards) all() (list []card) {
	s := c.screen
	for _, a := range s.content.ailing {
		c := s.ailingCard(a)
		if len(c.acts) > 0 && !slices.ContainsFunc(list, func(c card) bool { return len(c.acts) > 0 }) {
			c.acts[0].main, c.acts[0].key = true, mendKey
		}
		list = append(list, c)
	}
	for _, a := range s.content.asks {
		list = append(list, s.askCard(a))
	}
	for _, v := range s.tried {
		if f := s.acts.connect; v.Failed() && (s.acts.open != f.act || f.asked != v.Address) { // else it is in front
			list = append(list, s.unansweredCard(v))
		}
	}
	for _, q := range s.content.aside {
		if f := s.acts.quarantine; s.acts.open == f.act && f.of.Feed == q.Feed {
			continue // it is in front
		}
		list = append(list, s.quarantineCard(q))
	}
	for _, m := range s.content.cards {
		if s.host.Drafted(screen.SeenDraft(m)) == "" {
			list = append(list, s.overruledCard(m))
		}
	}
	return list
}

func (c *cards) draw() {
	all := c.all()
	var is strings.Builder
	for _, card := range all {
		fmt.Fprintln(&is, card.kind, card.id, card.title, card.words, len(card.acts))
	}
	if is.String() == c.shown {
		return
	}
	c.shown, c.first = is.String(), map[string]fyne.Focusable{}
	was := c.held
	c.held = buttons{}
	c.object.Objects = nil
	if len(all) > 0 {
		c.object.Add(form.Caption("Waits for you"))
	}
	for _, card := range all {
		var row []fyne.CanvasObject
		for _, a := range card.acts {
			b := fynex.NewButton(a.word, a.do)
			b.SetHint(a.key)
			b.OnRune = c.screen.onButton
			if a.main {
				b.SetImportance(fynex.Recommended)
			}
			if c.first[card.kind] == nil {
				c.first[card.kind] = b
			}
			c.held[card.kind+" "+card.id+" "+a.word] = b
			row = append(row, b)
		}
		lines := []fyne.CanvasObject{form.Caption(card.title), form.NewWords(card.words, card.tone)}
		if len(row) > 0 {
			lines = append(lines, form.Buttons(row...))
		}
		c.object.Add(fynex.NewPanel(form.Stack(6, lines...)))
	}
	c.object.Refresh()
	c.screen.replaced(was, c.held)
}

// buttons are those of a panel that is drawn anew with what it shows, by what each is for.
type buttons map[string]*fynex.Button

// replaced passes the keyboard on from a button that is drawn no more: to the one that is for the same, else
// to the list. A button out of sight would swallow every key, and Enter would do there what nobody sees.
func (s *Screen) replaced(was, now buttons) {
	for what, b := range was {
		switch same := now[what]; {
		case !b.Focused():
		case same != nil:
			s.host.Focus(same)
		default:
			s.host.Focus(s.list)
		}
	}
}

// focus puts the keyboard on the first card of a kind; false where there is none.
func (c *cards) focus(kind string) bool {
	if f := c.first[kind]; f != nil {
		c.screen.host.Focus(f)
		return true
	}
	return false
}

// ailingCard says what ails the record, with the one act that goes on from there.
func (s *Screen) ailingCard(a node.Ailment) card {
	c := card{kind: cardAiling, title: "Health of the room", words: a.Text, tone: form.Warn}
	if word, do := s.fixing(a); do != nil {
		c.acts = []cardAct{{word: word, do: do}}
	}
	if a.Seen != "" {
		c.acts = append(c.acts, cardAct{word: "Seen", do: func() {
			s.host.Draft(screen.SeenAilment(a.Seen), screen.SeenBy(s.content.self.person, s.host.Now()))
			s.host.Refresh()
		}})
	}
	return c
}

// mendKey is shown on the button it presses.
const mendKey = "F"

// fixing names the act on an ailment, and does it.
func (s *Screen) fixing(a node.Ailment) (word string, do func()) {
	switch a.Fix {
	case node.FixLink:
		return "Connect to address", s.acts.connect.show
	case node.FixExport:
		return "Export bundle", s.acts.export.show
	case node.FixImport:
		return "Import bundle", s.acts.imported.show
	case node.FixVerify:
		return "Verify journal", s.acts.verify.show
	case node.FixInvite:
		return "Invite a new device", s.acts.invite.show
	case node.FixArchive:
		return "Mark an archive", func() {
			s.list.Select(a.Device.String())
			s.acts.archive.show()
		}
	case node.FixDevice:
		return "Look at the device", func() {
			s.list.Select(a.Device.String())
			s.host.Focus(s.list)
		}
	}
	return "", nil
}

// treat does what the health of the room asks for: the act of the first card about it,
// or of the sentence at the head.
func (s *Screen) treat() {
	for _, a := range s.content.ailing {
		if _, do := s.fixing(a); do != nil {
			do()
			return
		}
	}
	if fix := s.content.fix(s.link.Online()); fix != "" {
		s.Run(fix)
		return
	}
	s.host.Toast("Nothing about the room's health asks for an act")
}

func (s *Screen) askCard(a node.AskView) card {
	who := text.Line(a.Name)
	if a.Person != "" {
		who += ", which says it is " + text.Line(a.Person) + "'s,"
	}
	c := card{
		kind: cardAsk, id: a.Words, title: "A device asks to join: " + a.Words, tone: form.Plain,
		words: who + " asks since " + a.Since.In(s.host.Zone()).Format("15:04 MST") + ". Hear these three words from its owner, from that screen, in that order." +
			" Other words mean another device in between.",
	}
	if !s.content.admin {
		c.words += " An admin of the room lets it in."
		return c
	}
	c.acts = []cardAct{
		{word: "Same words: let in as member", do: func() { s.answerAsk(a, model.RoleMember) }, main: true},
		{word: "As observer", do: func() { s.answerAsk(a, model.RoleObserver) }},
		{word: "No", do: func() { s.answerAsk(a, "") }},
	}
	return c
}

func (s *Screen) answerAsk(a node.AskView, role string) {
	who := model.DeviceTitle(text.Line(a.Person), text.Line(a.Name))
	s.host.Task(func() error { return s.link.AnswerAsk(s.ctx, a.Words, role) }, func(err error) {
		switch {
		case err != nil:
			s.host.Fail(who+" was not let in", err)
		case role == "":
			s.host.Toast(who + " was sent away")
		default:
			s.host.Toast(who + " is in the room as " + role)
		}
		s.host.Refresh()
	})
}

func (s *Screen) quarantineCard(q model.QuarantineView) card {
	c := card{
		kind: cardQuarantine, id: q.Feed.String(), title: "Written after its removal: " + ownerOf(q), tone: form.Plain,
		words: fmt.Sprintf("%s, %s to %s. They are kept aside and do not count.", counted(q.Commits, "commit", "commits"),
			q.FirstAt.In(s.host.Zone()).Format("2 Jan 15:04"), q.LastAt.In(s.host.Zone()).Format("15:04 MST")),
	}
	if s.content.admin {
		c.acts = []cardAct{{word: "Read and rule", do: func() { s.openQuarantine(q) }, main: true}}
		if q.Feed == s.content.aside[0].Feed { // the key opens the first
			c.acts[0].key = keyOf("room.quarantine")
		}
	} else {
		c.words += " An admin reads them, and rules on them."
	}
	return c
}

// ownerOf names the device of a quarantine with its person.
func ownerOf(q model.QuarantineView) string {
	return device{name: text.Line(q.Name), person: text.Line(q.Person)}.whose()
}

func (s *Screen) overruledCard(m model.MembershipCard) card {
	c := card{
		kind: cardOverruled, id: screen.SeenDraft(m), title: text.Line(m.Act), tone: form.Plain,
		words: m.At.In(s.host.Zone()).Format("2 Jan 15:04 MST") + ". " + text.Line(m.Outcome),
	}
	if d, ok := s.content.find(m.Device); ok && s.content.admin && !d.self {
		c.acts = append(c.acts, cardAct{word: "Change its role", do: func() { s.on(d, s.acts.role) }}, cardAct{word: "Remove it", do: func() { s.on(d, s.acts.remove) }})
	}
	if !slices.ContainsFunc(s.content.devices, func(d device) bool { return d.key.String() == m.Device }) && s.content.admin {
		c.acts = append(c.acts, cardAct{word: "Invite anew", do: s.acts.invite.show})
	}
	c.acts = append(c.acts, cardAct{word: "Seen", do: func() {
		s.host.Draft(screen.SeenDraft(m), screen.SeenBy(s.content.self.person, s.host.Now()))
		s.cards.draw()
	}})
	return c
}

// on opens an act about a device.
func (s *Screen) on(d device, a *act) {
	s.list.Select(d.key.String())
	a.show()
}

// runTrust carries out the commands about who is in the room.
func (s *Screen) runTrust(command keys.ID) bool {
	switch command {
	case "room.asks", "room.quarantine", actAccept, actDiscard, "room.mend":
		if s.later.Keep(command) { // what waits is not read yet
			s.host.Refresh()
			break
		}
		s.goWaiting(command)
	case "room.forget":
		s.forgetUnanswered()
	case "room.spoken":
		s.acts.invite.show()
		s.acts.inviting.aloud(true)
	case actRelay:
		s.acts.inviting.relay()
	case "room.invites":
		s.acts.invites.show()
	case actWithdraw:
		s.acts.invites.withdraw()
	case "room.role":
		s.acts.role.show()
	case actClock:
		s.about.clock.begin()
	case actArchive:
		s.acts.archive.show()
	case actHistory:
		s.acts.age.show()
	case actShrink:
		s.acts.shrink.show()
	default:
		return false
	}
	return true
}

// goWaiting puts the keyboard on what waits for an answer or a ruling, or does what ails asks for.
func (s *Screen) goWaiting(command keys.ID) {
	switch {
	case command == "room.mend":
		s.treat()
	case command == actAccept, command == actDiscard:
		s.rule(command)
	case command == "room.asks" && !s.cards.focus(cardAsk):
		s.host.Toast("No device asks to join")
	case command == "room.asks":
	case len(s.content.aside) > 0:
		s.openQuarantine(s.content.aside[0])
	case len(s.content.away) > 0: // nothing waits; what was put away can still be let in
		s.openQuarantine(s.content.away[0])
	default:
		s.host.Toast("Nothing is in quarantine")
	}
}
