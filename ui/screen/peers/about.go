package peers

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// about says of the selected device, and of the room, what is compared by eye.
type about struct {
	screen *Screen
	name   *form.Words
	facts  *form.Words
	clock  *clockBack
	hint   *form.Words // the keys that change it
	key    *form.Words
	hash   *form.Words
	health *form.Words
	object *fyne.Container
}

func newAbout(s *Screen) *about {
	a := &about{
		screen: s, name: form.Caption(""), facts: form.NewWords("", form.Plain), hint: form.NewWords("M changes its role, K marks it as an archive.", form.Quiet), key: form.Mono(""), hash: form.Mono(""),
		health: form.NewWords("", form.Plain),
	}
	a.clock = newClockBack(s)
	copyKey := fynex.NewButton("Copy key", func() { s.copy(s.selected().key.String(), "Copied the key of "+s.selected().name) })
	copyHash := fynex.NewButton("Copy hash", func() { s.copy(s.hash, "Copied the state hash") })
	a.object = form.Column(columnWidth,
		a.name, a.facts, a.clock.object, a.hint,
		form.NewWords("Its key. Compare it by voice or by eye before you trust a new device.", form.Quiet), a.key, form.Buttons(copyKey),
		form.Caption("State of the record here"), a.hash,
		form.NewWords("Two devices that show the same hash hold the same record, to the letter.", form.Quiet), form.Buttons(copyHash),
		form.Caption("Health of the room"), a.health)
	return a
}

// columnWidth holds half a screen to lines that are read without effort.
const columnWidth = 560

func (a *about) draw(now time.Time) {
	d := a.screen.selected()
	if open := a.screen.acts.open; open != nil {
		open.follow(d)
	}
	a.name.Set(d.whose(), form.Plain)
	a.facts.Set(strings.Join(d.details(now), "\n"), form.Plain)
	if form.Show(a.hint, a.screen.content.admin && !d.paper) {
		a.object.Refresh()
	}
	if a.clock.draw(d) {
		a.object.Refresh()
	}
	a.key.Set(d.key.String(), form.Plain)
	hash := a.screen.hash
	if hash == "" {
		hash = "…"
	}
	a.hash.Set(groups(hash), form.Plain)
	a.health.Set(a.screen.content.healthWords())
}

// healthWords says what does not count; what is worse stands in cards.
func (c content) healthWords() (string, form.Tone) {
	switch {
	case len(c.health)+len(c.seen) > 0:
		return strings.Join(slices.Concat(c.health, c.seen), "\n"), form.Warn
	case len(c.ailing) > 0:
		return "What needs a look is said under Waits for you.", form.Warn
	}
	return "Every change that is here counts; nothing waits for a newer version.", form.Plain
}

// groups writes a hash in groups of four, eight to a line, as it is read aloud.
func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case i > 0 && i%32 == 0:
			b.WriteByte('\n')
		case i > 0 && i%4 == 0:
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *Screen) copy(words, says string) {
	fynex.CopyText(fyne.CurrentApp().Clipboard(), words)
	s.host.Toast(says)
}
