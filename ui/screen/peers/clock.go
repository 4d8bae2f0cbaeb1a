package peers

import (
	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// clockBack takes back what was corrected of this device's clock. It stands below what is known of this
// device, where the correction is told; the record takes that from no other.
type clockBack struct {
	*sure
	fix model.ClockFixView
}

func newClockBack(s *Screen) *clockBack {
	b := &clockBack{}
	b.sure = s.newSure("Times were right: take it back", keyOf(actClock), "", "Take it back", b.takeBack)
	b.fallsBack, b.ask.OnRune = s.toList, s.onButton
	b.object.Hide()
	return b
}

// draw offers the act on this device, while a correction counts; it tells whether it came or went.
func (b *clockBack) draw(d device) bool {
	if d.fix.ID != b.fix.ID {
		b.fix = d.fix
		b.question = plain.Capital(text.Line(d.fix.Text)) + ". Taken back, they stand at the time that its clock showed, at every peer."
		b.show(false)
	}
	offered := d.self && d.fix.ID != ""
	if b.focused() && !offered {
		b.screen.host.Focus(b.screen.list)
	}
	return form.Show(b.object, offered)
}

// begin asks, from wherever the keyboard is.
func (b *clockBack) begin() {
	s := b.screen
	if s.content.self.fix.ID == "" {
		s.host.Toast("No correction of this device's clock counts")
		return
	}
	s.list.Select(s.content.self.key.String())
	b.open()
}

func (b *clockBack) takeBack() {
	s := b.screen
	s.host.Do(model.TakeBackClock{Fixes: []string{b.fix.ID}}, func(_ model.Done, err error) {
		if err != nil {
			s.host.Fail("The correction was not taken back", err)
			return
		}
		s.host.Toast("Taken back. What was written then stands at the time that the clock showed, at every peer")
		s.host.Refresh()
	})
}
