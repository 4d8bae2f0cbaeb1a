package peers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/sync/node"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// connectForm has an address tried, and says how that goes until it links.
type connectForm struct {
	*act
	address *form.Input
	asked   string // the address that is waited for; "" for none
	since   time.Time
}

func newConnect(s *Screen) *connectForm {
	f := &connectForm{address: form.NewInput("Address", "Host and port, such as 192.168.1.20:7420; tried until you close Holdfast")}
	f.act = newAct(s, "Connect to address", "Where another device of this room listens. It is tried at once, and again while it does not answer.", "Connect", f.connect, f.address)
	f.keep("connect", f.address)
	return f
}

func (f *connectForm) connect() {
	s, address := f.screen, strings.TrimSpace(f.address.Text())
	if err := s.link.Connect(address); err != nil {
		f.address.Wrong(text.Line(err.Error()))
		return
	}
	f.address.Wrong("")
	if !s.link.Online() {
		f.asked = ""
		f.say("The links of this device are cut: "+text.Line(address)+" is tried once you heal them.", form.Warn)
		return
	}
	f.asked, f.since = address, s.host.Now()
	s.draw(s.host.Now())
}

// hear says how it goes at the address that is waited for: whatever the form said of
// it before, it says no more once there is a link.
func (f *connectForm) hear(tried []node.AttemptView, now time.Time) {
	if f.asked == "" {
		return
	}
	at, is := slices.IndexFunc(tried, func(v node.AttemptView) bool { return v.Address == f.asked }), text.Line(f.asked)
	switch {
	case at < 0 && !f.screen.link.Online():
		f.say("The links of this device are cut: "+is+" is tried once you heal them.", form.Warn)
	case at < 0:
		f.asked = ""
		f.forget()
		f.say("Linked: a device of this room answers at "+is+".", form.Well)
	case tried[at].Failed():
		f.say(text.Line(tried[at].Text), form.Wrong)
	default:
		waits := ""
		if d := now.Sub(f.since); d >= time.Second {
			waits = fmt.Sprintf(" %d s", d/time.Second)
		}
		f.say("Trying "+is+" …"+waits, form.Plain)
	}
}

// unansweredCard says that an address a person gave does not answer.
func (s *Screen) unansweredCard(v node.AttemptView) card {
	return card{
		kind: cardUnanswered, id: v.Address, title: "No link to " + text.Line(v.Address), words: text.Line(v.Text), tone: form.Warn,
		acts: []cardAct{
			{word: "Connect to address", do: s.acts.connect.show},
			{word: "Stop trying it", do: func() { s.forget(v.Address) }, key: "U"},
		},
	}
}

// forget has an address tried no more.
func (s *Screen) forget(address string) {
	if err := s.link.Forget(address); err != nil {
		s.host.Toast(text.Line(err.Error()))
	} else {
		s.host.Toast(text.Line(address) + " is not tried any more")
	}
	if f := s.acts.connect; f.asked == address {
		f.asked = ""
		f.say("", form.Plain)
	}
	s.draw(s.host.Now())
}

// forgetUnanswered stops trying the address that does not answer; of several it goes to their cards.
func (s *Screen) forgetUnanswered() {
	var failed []string
	for _, v := range s.tried {
		if v.Failed() {
			failed = append(failed, v.Address)
		}
	}
	switch {
	case len(failed) == 1:
		s.forget(failed[0])
	case len(failed) == 0:
		s.host.Toast("No address that was given here goes unanswered")
	default:
		s.acts.back() // its form may stand for one of the cards
		s.cards.focus(cardUnanswered)
	}
}
