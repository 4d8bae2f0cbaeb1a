package board

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// run carries out a command about alerts; false where it is none. Acts are about
// the line that is selected: where none is, the keyboard goes to the list first,
// so that nothing is done with an alert nobody looked at.
func (a *alerts) run(command keys.ID) bool {
	if command == "alert.list" {
		a.focus()
		return true
	}
	if !strings.HasPrefix(string(command), "alert.") {
		return false
	}
	if a.selected() == nil || !a.visible() {
		a.focus()
		return true
	}
	a.do(command)
	return true
}

// do acts on the line that is selected.
func (a *alerts) do(command keys.ID) {
	l := a.selected()
	if l == nil {
		a.focus()
		return
	}
	switch command {
	case "alert.ack":
		if l.who != "" {
			a.board.host.Toast(l.who + " has it already; nothing was changed")
			return
		}
		a.carry("Not acknowledged", "You have it: "+l.said(), model.AckAlert{Alert: l.key, With: l.with})
	case "alert.declare":
		a.board.declare.from(*l)
	case "alert.link":
		a.link(*l)
	case "alert.route":
		a.route(*l)
	case "alert.end":
		a.carry("Not changed", "Over: "+l.said(), model.SetAlert{Alert: l.key, With: l.with, Ended: a.board.host.Now()})
	}
}

// carry carries a command out and says what came of it.
func (a *alerts) carry(failed, says string, c model.Command) {
	a.board.host.Do(c, func(done model.Done, err error) {
		if err != nil {
			a.board.host.Fail(failed, err)
			return
		}
		if done.Note != "" {
			says += " · " + text.Line(done.Note)
		}
		a.board.host.Toast(says)
	})
}

// route passes a line on in one message.
func (a *alerts) route(l alert) {
	b := a.board
	if b.Router == nil {
		b.host.Toast("This device has no way to pass alerts on")
		return
	}
	if l.stage != model.StageWaits {
		b.host.Toast("It is answered already; nothing was passed on")
		return
	}
	var done model.Done
	b.host.Task(func() (err error) {
		done, err = b.Router.RouteAlert(b.Context, l.key, l.with...)
		return err
	}, func(err error) {
		if err != nil {
			b.host.Fail("Not passed on", err)
			return
		}
		b.host.Toast(strings.ToUpper(done.Note[:1]) + done.Note[1:] + ": " + l.said())
		b.host.Refresh()
	})
}

// unlink is what is picked to take an alert out of its incident.
const unlink = "unlink"

// link asks for the open incident a line belongs to.
func (a *alerts) link(l alert) {
	if len(a.board.content.open) == 0 && len(l.incidents) == 0 {
		a.board.host.Toast("No incident is open; d declares one from the alert")
		return
	}
	if a.pick == nil {
		canvas := fyne.CurrentApp().Driver().CanvasForObject(a.board.outer)
		if canvas == nil {
			return
		}
		a.pick = part.NewPalette(canvas)
		a.pick.Ask("Link to which incident?", "Its code or a word of its title")
	}
	a.pick.Find = func(query string) []part.PaletteItem { return a.candidates(l, query) }
	a.pick.OnRun = func(id string) {
		c := model.LinkAlert{Alert: l.key, With: l.with, Incident: id}
		says := "Linked: " + l.said()
		if id == unlink {
			c.Incident, says = "", "Taken out of "+strings.Join(l.incidents, ", ")+": "+l.said()
		}
		a.carry("Not linked", says, c)
	}
	a.pick.Show()
}

// candidates are the incidents a line may belong to that fit a query.
func (a *alerts) candidates(l alert, query string) []part.PaletteItem {
	var items []part.PaletteItem
	if len(l.incidents) > 0 && strings.TrimSpace(query) == "" {
		items = append(items, part.PaletteItem{ID: unlink, Title: "Take it out of " + strings.Join(l.incidents, ", ")})
	}
	for _, inc := range form.Matching(a.board.content.open, query, func(l line) string { return l.words }) {
		item := part.PaletteItem{ID: inc.id.String(), Title: inc.code + "  " + model.Severities[inc.severity] + "  " + inc.title}
		if len(l.incidents) == 1 && l.incidents[0] == inc.code {
			item.Disabled = "it belongs there already"
		}
		items = append(items, item)
	}
	return items
}
