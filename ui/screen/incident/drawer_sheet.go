package incident

import (
	"slices"
	"time"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// showSheet opens the hand-over sheet, of an offer where there is one.
func (s *Screen) showSheet(o model.OfferView) {
	s.drawer.offer = o
	s.drawer.show(drawerSheet, true)
	s.want()
	s.host.Refresh()
}

// sheet is the hand-over sheet in its five blocks. What is offered to the
// reader is accepted on its first line, with the sheet in sight.
func (d *drawer) sheet(now time.Time) []item.Block {
	s, sheet := d.screen, d.screen.content.work.sheet
	var blocks []item.Block
	if o := d.offer; slices.ContainsFunc(s.content.work.team.Offers, func(v model.OfferView) bool { return v.Role == o.Role && v.To == o.To }) {
		l := line("accept", text.Line(o.From)+" hands "+o.Role+" over to "+text.Line(o.To)+". "+text.Line(o.Briefing), whole)
		l.Bold = true
		l.Right = "since " + lasting(now.Sub(o.At))
		if o.To == s.content.me {
			accept := func() { s.acceptOffer(o) }
			l.Right, l.RightColor, l.Hint = "Enter accepts", amber(), "Then you hold "+o.Role
			l.Open, l.Rune = accept, on(map[rune]func(){'y': accept})
		}
		blocks = append(blocks, item.Block{Lines: []item.Line{l}})
	}
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"Situation", sheet.Situation},
		{"Objectives", sheet.Objectives},
		{"Actions", sheet.Actions},
		{"Organisation", sheet.Organisation},
		{"Resources and promises", sheet.Resources},
	} {
		b := item.Block{Title: part.title}
		for i, words := range part.lines {
			b.Lines = append(b.Lines, line(part.title+"."+count(i), noArrow(text.Line(words)), whole))
		}
		if len(part.lines) == 0 {
			b.Lines = append(b.Lines, quiet(part.title+".none", "nothing written down", 1))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// acceptOffer takes a role that was offered.
func (s *Screen) acceptOffer(o model.OfferView) {
	for _, role := range model.ResponseRoles {
		if role.Title == o.Role {
			s.do(model.AcceptRole{Incident: s.content.id.String(), Role: role.Name}, "You have "+o.Role+"; say so aloud")
			s.drawer.close()
			return
		}
	}
}
