package peers

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// sure is an act that is asked about in its own place: pressed, its button makes way for a sentence and two
// buttons, of which the one that changes nothing has the keyboard. So a key too many does nothing, and
// nothing covers what is decided about.
type sure struct {
	screen    *Screen
	object    *fyne.Container
	ask       *fynex.Button
	no, yes   *fynex.Button
	idle      *fyne.Container // ask
	asked     *fyne.Container // no and yes
	sentence  *form.Words
	question  string
	fallsBack func(fyne.KeyName) bool // sees Escape where nothing is asked
}

func (s *Screen) newSure(word, key, question, yes string, do func()) *sure {
	u := &sure{screen: s, question: question, sentence: form.NewWords("", form.Warn)}
	u.ask = fynex.NewButton(word, u.open)
	u.ask.SetHint(key)
	u.no = fynex.NewButton("Leave it", u.shut)
	u.yes = fynex.NewButton(yes, func() {
		u.shut()
		do()
	})
	u.yes.SetImportance(fynex.Danger)
	u.ask.OnKey = func(k fyne.KeyName) bool { return u.fallsBack != nil && u.fallsBack(k) }
	u.no.OnKey, u.yes.OnKey = u.key, u.key
	u.idle, u.asked = form.Buttons(u.ask), form.Buttons(u.no, u.yes)
	u.asked.Hide()
	u.object = form.Stack(4, u.sentence, u.idle, u.asked)
	return u
}

// open asks.
func (u *sure) open() {
	u.show(true)
	u.screen.host.Focus(u.no)
}

// shut goes back to the button.
func (u *sure) shut() {
	had := u.no.Focused() || u.yes.Focused()
	u.show(false)
	if had {
		u.screen.host.Focus(u.ask)
	}
}

func (u *sure) show(asked bool) {
	words := ""
	if asked {
		words = u.question
	}
	u.sentence.Set(words, form.Warn)
	form.Show(u.idle, !asked)
	form.Show(u.asked, asked)
	u.screen.object.Refresh()
}

// isAsked tells whether the question is shown.
func (u *sure) isAsked() bool { return u.asked.Visible() }

// focused tells whether one of its buttons has the keyboard.
func (u *sure) focused() bool { return u.ask.Focused() || u.no.Focused() || u.yes.Focused() }

func (u *sure) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyEscape:
		u.shut()
	case fyne.KeyLeft:
		u.screen.host.Focus(u.no)
	case fyne.KeyRight:
		u.screen.host.Focus(u.yes)
	default:
		return false
	}
	return true
}
