package peers

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// inviteList shows the open invites, each with a button that withdraws it.
type inviteList struct {
	*act
	rows  *fyne.Container
	list  []*sure // one an invite
	fresh bool    // it was just opened: the keyboard goes to the first invite
}

func newInvites(s *Screen) *inviteList {
	f := &inviteList{rows: form.Stack(6)}
	f.act = newAct(s, "Invites", "Those that can still be used; j and k go from one to the next. Withdrawing one leaves who joined with it where they are.",
		"Refresh", func() { s.listInvites(f) }, f.rows)
	f.button.SetImportance(fynex.Plain)
	f.on = f.move
	f.opened = func() {
		f.fresh, f.first = true, f.button
		s.listInvites(f)
	}
	return f
}

func (s *Screen) listInvites(f *inviteList) {
	var all []node.InviteView
	s.host.Task(func() error {
		all = s.link.InviteViews(false)
		return nil
	}, func(error) {
		had := slices.ContainsFunc(f.list, (*sure).focused)
		f.rows.Objects, f.list = nil, nil
		for _, i := range all {
			u := s.newSure("Withdraw", keyOf(actWithdraw), "Nobody can join with it any more, also who was given it already.", "Withdraw it", func() { s.withdraw(f, i) })
			u.fallsBack = f.key
			u.ask.OnRune = f.rune
			f.list = append(f.list, u)
			f.rows.Add(fynex.NewPanel(form.Stack(4, form.Caption(i.ID.Short(8)+", role "+i.Role), form.NewWords(s.inviteWords(i), form.Plain), u.object)))
		}
		says := ""
		if len(all) == 0 {
			says = "No invite is open."
		}
		f.rows.Refresh()
		f.say(says, form.Plain)
		switch fresh := f.fresh; {
		case s.acts.open != f.act:
		case fresh && len(f.list) > 0:
			f.first = f.list[0].ask // the form may be on its way to be shown
			s.host.Focus(f.first)
		case had: // it is drawn no more
			s.host.Focus(f.button)
		}
		f.fresh = false
	})
}

// key sees what is pressed on the button of an invite.
func (f *inviteList) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		f.step(1)
	case fyne.KeyUp:
		f.step(-1)
	default:
		return f.escape(k)
	}
	return true
}

// move goes from one invite to the next by the keys of a list.
func (f *inviteList) move(id keys.ID) bool {
	switch id {
	case "list.down":
		f.step(1)
	case "list.up":
		f.step(-1)
	default:
		return false
	}
	return true
}

func (f *inviteList) step(by int) {
	if len(f.list) > 0 {
		at := slices.IndexFunc(f.list, (*sure).focused)
		f.screen.host.Focus(f.list[min(max(at+by, 0), len(f.list)-1)].ask)
	}
}

// withdraw asks about the invite that has the keyboard; where none has, it goes to the first.
func (f *inviteList) withdraw() {
	at := slices.IndexFunc(f.list, (*sure).focused)
	switch {
	case f.screen.acts.open != f.act:
		f.show()
	case at >= 0:
		f.list[at].open()
	default:
		f.step(1)
	}
}

func (s *Screen) inviteWords(i node.InviteView) string {
	return fmt.Sprintf("Used by %d of %s, good until %s. Written by %s. %s left here before it closes.", i.Used, text.Count(int(i.Uses), "device", "devices"),
		i.ExpiresAt.In(s.host.Zone()).Format("2 Jan 15:04 MST"), text.Line(i.By), text.Count(i.AttemptsLeft, "wrong attempt is", "wrong attempts are"))
}

func (s *Screen) withdraw(f *inviteList, i node.InviteView) {
	s.host.Do(model.RevokeInvite{Invite: i.ID.String(), Reason: "withdrawn on the peers screen"}, func(_ model.Done, err error) {
		if err != nil {
			f.say("Not withdrawn: "+err.Error(), form.Wrong)
			return
		}
		s.listInvites(f)
		s.host.Toast("Invite " + i.ID.Short(8) + " is withdrawn")
	})
}
