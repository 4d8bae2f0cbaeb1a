package board

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/theme"
)

// Router passes alerts on over the ways this device has. *node.Room is one.
type Router interface {
	RouteAlert(ctx context.Context, alert string, with ...string) (model.Done, error)
}

// alerts is the section of the board about alerts. It is there only while one
// waits for a decision, or somebody has one that belongs to no incident.
type alerts struct {
	board *Screen

	lines []alert // as they were read
	shown []alert // those the filter lets through
	order []string

	title  *item.Note
	more   *item.Note    // the keys that bring in further alerts
	about  *fynex.Button // opens and shuts the details
	acts   *fyne.Container
	list   *part.BoardList
	detail *detail
	pick   *part.Palette
	// wanted is the alert whose details are read; nil where they are shut. The
	// bridge reads it.
	wanted atomic.Pointer[model.ID]
	// added is the alert that was just written down by hand, until it is here to
	// be selected.
	added string
}

func newAlerts(b *Screen) *alerts {
	a := &alerts{board: b, list: part.NewBoardList(), title: item.NewNote(base.ColorNameForeground, base.SizeNameText, true, true)}
	a.more = item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true)
	a.more.Set("n new · I import", theme.ColorMuted)
	a.detail = newDetail()
	a.acts = form.Buttons()
	for _, act := range []struct {
		word, key string
		command   keys.ID
	}{
		{"Acknowledge", "a", "alert.ack"},
		{"Declare", "d", "alert.declare"},
		{"Link", "l", "alert.link"},
		{"Pass on", "r", "alert.route"},
		{"Over", "e", "alert.end"},
	} {
		button := fynex.NewButton(act.word, func() { a.do(act.command) })
		button.SetHint(act.key)
		button.OnKey = a.leaveButton
		a.acts.Add(button)
	}
	a.about = fynex.NewButton("Details", a.toggle)
	a.about.SetHint("Enter")
	a.about.OnKey = a.leaveButton
	a.acts.Add(a.about)
	a.list.OnOpen = func(string) { a.toggle() }
	a.list.OnSelect = func(string) { a.read() }
	a.list.OnRune = func(r rune) {
		if e, ok := keys.Default().AlertRune(r); ok && !b.Run(e.ID) {
			screen.Pass(b.host, e.ID)
		}
	}
	a.list.OnKey = func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape && !b.Run("go.back") {
			screen.Pass(b.host, "go.back")
		}
	}
	return a
}

// leaveButton brings the keyboard from a button back to the list on Escape.
func (a *alerts) leaveButton(k fyne.KeyName) bool {
	if k != fyne.KeyEscape {
		return false
	}
	if !a.shut() {
		a.focus()
	}
	return true
}

// objects are those the layout of the board places.
func (a *alerts) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{a.title, a.more, a.acts, a.list, a.detail.object}
}

// visible tells whether the section is seen.
func (a *alerts) visible() bool { return a.list.Visible() }

// open tells whether the details are seen.
func (a *alerts) open() bool { return a.detail.object.Visible() }

// set takes over what was read.
func (a *alerts) set(lines []alert, about *about) {
	a.lines = lines
	if want := a.wanted.Load(); want != nil && about != nil && about.id == *want {
		a.detail.set(*about)
	}
}

// show draws the section as it is at a time. While somebody is at the list its
// lines stay where they are, so that no act meets an alert that just came in.
func (a *alerts) show(now time.Time) {
	lines, fresh := a.ordered()
	a.shown = lines
	rows := make([]part.BoardRow, len(lines))
	for i := range lines {
		rows[i] = lines[i].row(now)
	}
	a.list.SetRows(rows)
	a.selectAdded()
	a.title.Set(alertSummary(a.lines, fresh), base.ColorNameForeground)
	unlinked := slices.ContainsFunc(a.lines, func(l alert) bool { return l.stage != model.StageLinked })
	seen := unlinked || a.open() && len(a.lines) > 0
	if !seen || len(lines) == 0 {
		a.wanted.Store(nil)
	}
	for _, o := range []fyne.CanvasObject{a.title, a.list} {
		setVisible(o, seen)
	}
	setVisible(a.more, seen && a.more.Visible()) // whether there is room for it the layout says
	setVisible(a.acts, seen && len(lines) > 0)
	if want := a.wanted.Load(); want != nil && a.list.Selected() != "" && a.list.Selected() != want.String() {
		a.want() // what is told is what acts are about
		a.board.host.Refresh()
	}
	a.showDetail(seen)
}

// selectAdded selects what was just written down, so that the next act is about it.
func (a *alerts) selectAdded() {
	if a.added == "" {
		return
	}
	for _, l := range a.lines {
		if l.key == a.added || slices.Contains(l.with, a.added) {
			a.list.Select(l.key)
			a.added = ""
			return
		}
	}
}

// ordered gives the lines that are shown. While somebody looks at the list none changes its place; fresh counts
// those that wait for that.
func (a *alerts) ordered() (lines []alert, fresh int) {
	lines = filteredAlerts(a.lines, a.board.filter.Text())
	if a.list.Attended() && a.visible() {
		for i := range lines {
			if !slices.Contains(a.order, lines[i].key) {
				fresh++
			}
		}
		lines = inPlace(lines, a.order)
	}
	if fresh == 0 {
		a.order = a.order[:0]
		for i := range lines {
			a.order = append(a.order, lines[i].key)
		}
	}
	return lines, fresh
}

// showDetail shows what is known of the alert that was asked for.
func (a *alerts) showDetail(seen bool) {
	want := a.wanted.Load()
	if want == nil {
		a.about.SetText("Details")
		a.about.SetHint("Enter")
	} else {
		a.about.SetText("Close")
		a.about.SetHint("Esc")
	}
	setVisible(a.detail.object, seen && want != nil && a.detail.about.id == *want)
}

// selected is the line acts are about; nil where none is selected.
func (a *alerts) selected() *alert {
	for i := range a.shown {
		if a.shown[i].key == a.list.Selected() {
			return &a.shown[i]
		}
	}
	return nil
}

// focus puts the keyboard into the list; it says so where there is none.
func (a *alerts) focus() {
	if !a.visible() {
		a.board.host.Toast("No alert waits for a decision")
		return
	}
	a.board.host.Focus(a.list)
}

// toggle opens the details of the selected alert, or shuts them.
func (a *alerts) toggle() {
	if a.open() {
		a.shut()
		return
	}
	if a.selected() == nil {
		a.focus()
		return
	}
	a.want()
	a.board.host.Refresh()
	a.board.show(a.board.host.Now())
	a.board.host.Focus(a.list)
}

// shut leaves the details; false where they are not open.
func (a *alerts) shut() bool {
	if !a.open() {
		return false
	}
	a.wanted.Store(nil)
	a.board.show(a.board.host.Now())
	a.list.Select(a.list.Selected())
	a.board.host.Focus(a.list)
	return true
}

// read has the details follow the selection.
func (a *alerts) read() {
	if a.open() {
		a.want()
		a.board.host.Refresh()
	}
}

func (a *alerts) want() {
	if id, err := model.ParseID(a.list.Selected()); err == nil {
		a.wanted.Store(&id)
	}
}
