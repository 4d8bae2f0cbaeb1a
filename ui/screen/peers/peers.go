// Package peers is the screen about the copies of the room: which devices hold
// them, how far each is, who may join, and whether this copy is sound.
package peers

import (
	"context"
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// Screen is the screen of peers. All but Read belongs to the UI goroutine.
type Screen struct {
	host screen.Host
	link Link
	self model.DeviceKey
	keys *keys.Map
	// ctx ends what the screen started, with the desk.
	ctx context.Context

	content content
	tried   []node.AttemptView // addresses given here that gave no link
	hash    string
	hashAt  time.Time
	hashing bool
	front   bool
	later   screen.Later // a command chosen while another screen was in front

	sentence *form.Words
	list     *part.PeerList
	filter   *form.Filter
	cut      *fynex.Button
	heads    map[keys.ID]*fynex.Button // of the acts that the sentence may ask for
	advised  keys.ID                   // whose button stands out
	about    *about
	acts     *acts
	cards    *cards
	history  *history
	object   *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// New makes the screen of a room; ctx ends what it starts.
func New(ctx context.Context, h screen.Host, link Link) *Screen {
	s := &Screen{
		host: h, link: link, self: link.Device(), keys: keys.Default(), ctx: ctx, sentence: form.Heading(""), list: part.NewPeerList(),
	}
	s.about, s.acts, s.cards = newAbout(s), newActs(s), newCards(s)
	s.history = newHistory(s)
	s.cut = fynex.NewButton("Cut links", s.toggleLinks)
	s.heads = map[keys.ID]*fynex.Button{
		"room.invite": fynex.NewButton("Invite", s.acts.invite.show), actConnect: fynex.NewButton("Connect to address", s.acts.connect.show),
		"room.export": fynex.NewButton("Export bundle", s.acts.export.show), "room.cut": s.cut,
	}
	answer := fynex.NewButton("Answer request", s.acts.request.show)
	answer.SetHint(keyOf("room.answer"))
	buttons := form.Buttons(s.heads["room.invite"], s.heads[actConnect],
		fynex.NewButton("Verify journal", s.acts.verify.show), s.heads["room.export"],
		fynex.NewButton("Import bundle", s.acts.imported.show), answer, s.cut)
	for _, b := range buttons.Objects {
		b.(*fynex.Button).OnRune = s.onButton
	}
	s.list.OnSelect = func(string) { s.about.draw(s.host.Now()) }
	s.list.OnRune = s.rune
	s.list.OnKey = func(k *fyne.KeyEvent) { s.key(k) }
	s.filter = form.NewFilter("Filter: a device, a person, a role", s.host.Focus, s.list, func() {
		s.draw(s.host.Now())
		s.object.Refresh()
	})
	s.object = container.New(form.Margins(), newPage(s, form.Stack(10, s.sentence, buttons, s.filter.Entry)))
	return s
}

// Title names the screen.
func (s *Screen) Title() string { return "Peers" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the devices and gives the step that shows them.
func (s *Screen) Read(in screen.Input) func() {
	c := read(in, s.self)
	now := in.Now
	return func() {
		s.content = c
		s.content.ailing, s.content.seen = s.unseen(s.link.Ailments())
		s.draw(now)
		s.hashSoon()
		if command := s.later.Fresh(); command != "" {
			s.goWaiting(command)
		}
	}
}

// unseen sets apart what was put away as seen: it is still so, and said below with who saw it and when.
func (s *Screen) unseen(all []node.Ailment) (ailing []node.Ailment, seen []string) {
	for _, a := range all {
		by := ""
		if a.Seen != "" {
			by = s.host.Drafted(screen.SeenAilment(a.Seen))
		}
		if by == "" {
			ailing = append(ailing, a)
			continue
		}
		seen = append(seen, a.Text+" ("+plain.Capital(by)+")")
	}
	return ailing, seen
}

// Waiting counts what waits for an answer or a ruling; a device that asks, asks for a few minutes only.
func (s *Screen) Waiting(in screen.Input) (n int, pressing bool) {
	return len(in.Asks) + len(in.State.QuarantineViews(false)), len(in.Asks) > 0
}

// Tick moves "last heard".
func (s *Screen) Tick(now time.Time) {
	s.draw(now)
	s.acts.tick()
}

// Shown has the hash computed anew.
func (s *Screen) Shown(front bool) {
	s.front = front
	s.later.Stale()
	if !front {
		s.later.Forget()
	}
	if front {
		s.hashAt = time.Time{}
		s.hashSoon()
		s.host.Focus(s.list)
	}
}

func (s *Screen) draw(now time.Time) {
	online := s.link.Online()
	s.tried = s.link.Unanswered()
	s.acts.connect.hear(s.tried, now)
	said, listed := s.sentence.Text(), len(s.list.Rows())
	s.sentence.Set(s.content.sentence(online))
	s.list.SetRows(slices.DeleteFunc(s.content.rows(s.link.Address(), online, now), func(r part.PeerRow) bool {
		return !s.filter.Holds(r.Name, r.About, r.Path)
	}))
	if s.list.Selected() == "" && len(s.content.devices) > 0 {
		s.list.Select(s.content.self.key.String())
	}
	if said != s.sentence.Text() || listed != len(s.list.Rows()) {
		s.object.Refresh() // the list begins where the sentence ends
	}
	word := "Cut links"
	if !online {
		word = "Heal links"
	}
	s.cut.SetText(word)
	s.advise(s.content.fix(online))
	s.about.draw(now)
	s.cards.draw()
	s.history.draw(now)
	s.acts.inviting.joined(s.content)
}

// advise marks the button of the act that the sentence at the head asks for, with the key
// that does it, unless a card asks for something first; where nothing does, the one that
// is pressed most.
func (s *Screen) advise(fix keys.ID) {
	key := mendKey
	switch {
	case slices.ContainsFunc(s.content.ailing, func(a node.Ailment) bool { return a.Fix != node.NoFix }):
		fix = ""
	case fix == "":
		fix, key = "room.invite", ""
	}
	s.advised = fix
	for id, b := range s.heads {
		if id != fix {
			b.SetImportance(fynex.Plain)
			b.SetHint("")
			continue
		}
		b.SetImportance(fynex.Recommended)
		b.SetHint(key)
	}
}

// hashPause is the least time between two computations of the state hash, which
// walks the whole room, and looks at what was let go.
const hashPause = 5 * time.Second

// hashSoon computes the state hash while the screen is looked at.
func (s *Screen) hashSoon() {
	if !s.front || s.hashing || time.Since(s.hashAt) < hashPause {
		return
	}
	s.hashing = true
	var h model.Hash
	var held node.HistoryView
	s.host.Task(func() (err error) {
		var errHeld error
		h, err = s.link.Hash()
		held, errHeld = s.link.History()
		return errors.Join(err, errHeld)
	}, func(err error) {
		s.hashing, s.hashAt = false, time.Now()
		if err == nil {
			s.hash, s.history.view, s.history.known = h.String(), held, true
		}
		s.history.draw(s.host.Now())
		s.about.draw(s.host.Now())
		s.about.object.Refresh() // the hash takes another line than the dots
	})
}

// Run carries out the commands about devices.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "room.invite":
		s.acts.invite.show()
	case "room.connect":
		s.acts.connect.show()
	case "room.verify":
		s.acts.verify.show()
	case "room.export":
		s.acts.export.show()
	case "room.import":
		s.acts.imported.show()
	case "room.answer":
		s.acts.request.show()
	case "room.cut":
		s.toggleLinks()
	case "room.remove":
		s.acts.remove.show()
	case "capture.submit":
		return s.acts.submit()
	case "list.down":
		s.list.Step(1)
	case "list.up":
		s.list.Step(-1)
	case "list.top":
		s.list.Step(-len(s.content.devices))
	case "list.end":
		s.list.Step(len(s.content.devices))
	case "go.find", "list.filter":
		s.filter.Find()
	case "go.back":
		return s.filter.Leave() || s.acts.back()
	default:
		return s.runTrust(command)
	}
	return true
}

// rune passes a character the list has no use for to the keyboard map.
func (s *Screen) rune(r rune) {
	if e, ok := s.keys.Rune(r); ok {
		s.pass(e.ID)
	}
}

func (s *Screen) key(k *fyne.KeyEvent) {
	if e, ok := s.keys.Key(k.Name); ok {
		s.pass(e.ID)
	}
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

// toList leaves a button of the page for the list on Escape.
func (s *Screen) toList(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		s.host.Focus(s.list)
	}
	return k == fyne.KeyEscape
}

// toggleLinks cuts the links, as in a drill, or heals them.
func (s *Screen) toggleLinks() {
	if !s.link.Online() {
		s.link.SetOnline(true)
		s.host.Toast("Links may come again; each side catches up by itself")
		s.draw(s.host.Now())
		return
	}
	s.host.Confirm("Cut all links of this device?",
		"Nothing is sent or received until you heal them. Both sides go on writing and are merged afterwards.", "Cut links", func() {
			s.link.SetOnline(false)
			s.draw(s.host.Now())
		})
}

// selected is the device of the selected row, else this one.
func (s *Screen) selected() device {
	if d, ok := s.content.find(s.list.Selected()); ok {
		return d
	}
	return s.content.self
}
