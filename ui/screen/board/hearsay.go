package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// maxHearsay is how many incidents are listed that the record has not confirmed
// yet: more would push the list away that it is about to fill. With large text,
// whose rows stand on two lines, fewer are in sight.
const (
	maxHearsay  = 6
	tallHearsay = 3
	tallAlone   = 5 // where the board has nothing else yet; the smallest window has room for these
)

// toldAlone reports that what a peer told has the board to itself.
func (b *Screen) toldAlone() bool {
	return len(b.told.lines) > 0 && len(b.content.open)+len(b.content.past)+len(b.alerts.lines) == 0
}

// saying is what a peer told of open incidents while the record is on its way, the
// most pressing first. They are no rows of the list: nothing can be done about them yet.
type saying struct {
	who   string
	lines []line
}

func hearsay(views []node.HearsayView) (t saying) {
	var who strings.Builder
	for _, v := range views {
		name := text.Line(v.Person)
		if name == "" {
			name = "Device " + v.Device.Short()
		}
		fmt.Fprintf(&who, "%s says that %s open. The record is on its way (%s to come) and has not confirmed it yet.",
			name, text.Count(len(v.Incidents), "incident is", "incidents are"), text.Count(int(v.WeLack), "line", "lines"))
		if more := len(v.Incidents) - maxHearsay; more > 0 {
			fmt.Fprintf(&who, " The first %d are below.", maxHearsay)
		}
		who.WriteByte('\n')
		for _, inc := range v.Incidents[:min(len(v.Incidents), maxHearsay)] {
			if !slices.ContainsFunc(t.lines, func(l line) bool { return l.id == inc.ID }) {
				t.lines = append(t.lines, lineOf(inc, false))
			}
		}
	}
	t.who = strings.TrimSuffix(who.String(), "\n")
	return t
}

// newTold makes the list of what a peer told, in the columns of the board below it.
func (b *Screen) newTold() fyne.CanvasObject {
	b.toldOf = part.NewBoardList()
	b.toldOf.OnOpen = func(string) { b.host.Toast("It opens once its record is here and confirms it") }
	b.toldOf.OnRune = b.list.OnRune
	b.toldOf.Hide()
	return container.New(&told{b}, b.toldOf)
}

// setHearsay shows it over the list, or takes it away.
func (b *Screen) setHearsay(t saying, now time.Time) {
	again := t.who == b.told.who && len(t.lines) == len(b.told.lines)
	b.told = t
	b.toldBy.Set(t.who, form.Warn)
	setVisible(b.toldOf, len(t.lines) > 0)
	b.showTold(now)
	if !again {
		b.arrange()
	}
}

// showTold draws the rows as they are at a time.
func (b *Screen) showTold(now time.Time) {
	rows := make([]part.BoardRow, len(b.told.lines))
	for i, l := range b.told.lines {
		rows[i] = l.row(now, 0)
	}
	b.toldOf.SetRows(rows)
}

// told gives the list the room of its rows.
type told struct{ b *Screen }

func (t *told) MinSize([]fyne.CanvasObject) fyne.Size {
	list, n := t.b.toldOf, len(t.b.told.lines)
	row := list.MinSize().Height
	if row > 1.5*list.Theme().Size(theme.SizeBoardRow) {
		most := tallHearsay
		if t.b.toldAlone() && !strings.Contains(t.b.told.who, "\n") { // a second peer's words take rows too
			most = tallAlone
		}
		n = min(n, most)
	}
	return fyne.NewSize(1, row*float32(n))
}

func (t *told) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size)
}
