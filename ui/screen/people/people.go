// Package people is the screen about the humans of the room: who they are and
// what they do now, and whom messages go to.
package people

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Screen is the screen of people. All but Read belongs to the UI goroutine.
type Screen struct {
	// Importer takes lists of people over; nil where this device cannot. Context
	// ends what it started.
	Importer Importer
	Context  context.Context

	host screen.Host
	self model.DeviceKey

	content content
	later   screen.Later
	shown   []person // those the filter lets through

	title    *form.Words
	filter   *form.Filter
	list     *part.PersonList
	adding   *adding
	lists    *importing
	audience *audience
	panels   *panels
	printing atomic.Bool // the next Read takes a pack to print
	object   *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// columnWidth holds half a screen to lines that are read without effort.
const columnWidth = 560

// filterWidth fits a name and a team.
const filterWidth = 320

// New makes the screen; self is this device.
func New(h screen.Host, self model.DeviceKey) *Screen {
	s := &Screen{host: h, self: self, title: form.Heading(""), list: part.NewPersonList(), Context: context.Background()}
	s.filter = form.NewOpenFilter("Filter by name, role or team", h.Focus, s.list, func() { s.draw(s.host.Now()) })
	s.list.OnRune, s.list.OnKey = screen.ListKeys(h, keys.Default(), s.Run)
	s.lists = newImporting(s)
	s.adding, s.audience = newAdding(s), newAudience(s)
	s.panels = newPanels(s)
	s.list.OnSelect = func(string) { s.panels.person.draw() }
	s.object = container.New(form.Margins(), s.panels.object)
	return s
}

// Title names the screen.
func (s *Screen) Title() string { return "People" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies people and audiences and gives the step that shows them.
func (s *Screen) Read(in screen.Input) func() {
	c := read(in, s.self)
	now := in.Now
	var pack *export.Pack
	if s.printing.CompareAndSwap(true, false) {
		p := export.BuildPack(in.State, in.Now)
		pack = &p
	}
	return func() {
		s.content = c
		s.draw(now)
		s.audience.draw()
		s.panels.person.draw()
		s.panels.vendors.draw()
		s.panels.access.draw()
		if pack != nil {
			s.panels.print.write(*pack)
		}
		s.object.Refresh()
		if waited := s.later.Fresh(); waited != "" {
			s.begin(waited, true)
		}
	}
}

// Tick moves local times and "last heard".
func (s *Screen) Tick(now time.Time) { s.draw(now) }

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.later.Forget()
	s.later.Stale()
	if front {
		s.host.Focus(s.panels.entry())
	}
}

// toList puts the keyboard into the list of people, which one panel has.
func (s *Screen) toList() {
	s.panels.show(panelPerson)
	s.host.Focus(s.list)
}

func (s *Screen) draw(now time.Time) {
	s.shown = s.content.filtered(s.filter.Text())
	rows := make([]part.PersonRow, len(s.shown))
	for i, p := range s.shown {
		rows[i] = p.row(now)
	}
	s.list.SetRows(rows)
	if s.list.Selected() == "" && len(rows) > 0 {
		s.list.Select(rows[0].ID)
	}
	says := text.Count(len(s.content.people), "person", "people") + " in the room"
	if s.filter.Text() != "" {
		says = text.Count(len(s.shown), "match", "matches") + " of " + text.Count(len(s.content.people), "person", "people")
	}
	s.title.Set(says, form.Plain)
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "people.edit":
		s.panels.show(panelPerson)
		s.host.Focus(s.panels.person.fields[0].Entry)
	case "people.audiences":
		s.panels.show(panelAudiences)
		s.host.Focus(s.audience.list)
	case "people.vendors":
		s.panels.show(panelVendors)
		s.host.Focus(s.panels.vendors.fields[0].Entry)
	case "people.access":
		s.panels.show(panelAccess)
		s.host.Focus(s.panels.access.fields[0].Entry)
	case "people.print":
		s.panels.show(panelPrint)
		s.host.Focus(s.panels.print.path.Entry)
	case "people.import":
		s.panels.show(panelAudiences)
		s.host.Focus(s.lists.path.Entry)
	case "people.add":
		s.panels.show(panelAudiences)
		s.host.Focus(s.adding.name.Entry)
	case "go.find", "list.filter":
		s.panels.show(panelPerson)
		s.filter.Find()
	case "capture.submit":
		return s.submit()
	case "list.down", "list.up", "list.top", "list.end":
		s.toList()
		screen.Step(s.list, len(s.shown), command)
	default:
		return s.carry(command)
	}
	return true
}

// submit carries out the form that has something in it that is not kept.
func (s *Screen) submit() bool {
	switch at := s.panels.choice.At(); {
	case at == panelPerson && len(s.panels.person.changed()) > 0:
		s.panels.person.save()
	case at == panelVendors && s.panels.vendors.touched():
		s.panels.vendors.save()
	case at == panelAccess && s.panels.access.touched():
		s.panels.access.save()
	case at == panelPrint:
		s.panels.print.submit()
	case at != panelAudiences:
		return false
	case s.audience.changed():
		s.audience.save()
	case s.adding.name.Text() != "":
		s.adding.submit()
	case s.lists.path.Text() != "":
		s.lists.submit()
	default:
		return false
	}
	return true
}
