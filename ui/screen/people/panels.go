package people

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// The panels, in the order of their chips.
const (
	panelPerson = iota
	panelAudiences
	panelVendors
	panelAccess
	panelPrint
)

// panels are the parts of the screen: the list of people with the one that is
// selected, the audiences and a new person, the vendors, the access facts, the
// pack to print.
type panels struct {
	screen  *Screen
	choice  *form.Choice
	person  *personPanel
	vendors *factPanel
	access  *factPanel
	print   *printPanel
	search  *fyne.Container // the filter in its place
	bodies  []fyne.CanvasObject
	object  *fyne.Container
}

func newPanels(s *Screen) *panels {
	p := &panels{
		screen: s, choice: form.NewChoice("Person", "Audiences, new people", "Vendors", "Access", "Print"), person: newPersonPanel(s),
		vendors: newVendors(s), access: newAccess(s),
		print: newPrint(s),
	}
	p.search = form.Wide(filterWidth, s.filter.Entry)
	p.bodies = []fyne.CanvasObject{
		form.Page(form.Stack(0), s.list, p.person.object, func() int { return len(s.shown) }),
		form.Flush(form.Panes(s.audience.object, s.adding.object, form.Stack(0))), form.Flush(p.vendors.object), form.Flush(p.access.object),
		form.Flush(form.Scroll(p.print.object)),
	}
	p.choice.OnChange = func(at int) { p.show(at) }
	p.choice.OnKey(s.escape)
	head := container.NewBorder(nil, nil, nil, p.search, container.NewStack(container.New(asTall{s.filter.Entry}), s.title))
	top := form.Stack(10, head, p.choice.Object)
	p.object = container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, panelGap, 0, 0), top), nil, nil, nil, container.NewStack(p.bodies...))
	p.show(panelPerson)
	return p
}

// panelGap is between the chips and a panel.
const panelGap = 10

// asTall takes the height of an object that may be hidden, so that nothing moves
// when it is.
type asTall struct{ o fyne.CanvasObject }

func (a asTall) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, a.o.MinSize().Height) }

func (asTall) Layout([]fyne.CanvasObject, fyne.Size) {}

// show brings a panel to the front.
func (p *panels) show(at int) {
	p.choice.Choose(at)
	for i, b := range p.bodies {
		form.Show(b, i == at)
	}
	form.Show(p.search, at == panelPerson) // it looks in the list
	p.object.Refresh()
}

// entry is where the keyboard begins: the list, or the chip of another panel.
func (p *panels) entry() fyne.Focusable {
	if p.choice.At() == panelPerson {
		return p.screen.list
	}
	return p.choice.Chosen()
}

// escape brings the keyboard back to the list.
func (s *Screen) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		s.toList()
	}
	return k == fyne.KeyEscape
}

// directory is what the panels show, copied from the room.
type directory struct {
	vendors  []model.VendorView
	access   []model.AccessView
	warnings map[model.ID][]string
	duties   map[model.ID]string
}

// readDirectory copies vendors, access facts and what keeps people from being
// reached.
func readDirectory(in screen.Input, people []person) directory {
	d := directory{vendors: in.State.VendorViews(), access: in.State.AccessViews(in.Now), warnings: map[model.ID][]string{}, duties: map[model.ID]string{}}
	for _, p := range people {
		d.warnings[p.ID] = in.State.ReachWarnings(p.ID, in.Now)
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, v := range in.State.DutyViews(in.Now) {
		if _, had := d.duties[v.PersonID]; !had && v.Person != "" {
			d.duties[v.PersonID] = "on call until " + v.Until.In(zone).Format("Mon 15:04")
		}
	}
	return d
}

// input makes a field of a panel.
func (s *Screen) input(name, help string, enter func()) *form.Input {
	i := form.NewInput(name, help)
	s.bind(i, enter)
	return i
}

func (s *Screen) bind(i *form.Input, enter func()) {
	i.Entry.OnChanged = func(string) { i.Wrong("") }
	i.Entry.OnSubmitted = func(string) { enter() }
	i.Entry.OnKey = s.escape
}

// act is a button of a panel, and what became of it.
type act struct {
	screen *Screen
	button *fynex.Button
	says   *form.Words
}

func newAct(s *Screen, words, hint string, do func()) act {
	a := act{screen: s, button: fynex.NewButton(words, do), says: form.NewWords("", form.Plain)}
	a.button.SetHint(hint)
	a.button.OnKey = s.escape
	return a
}

// do carries a command out and says what became of it; then hears the id of
// what was made.
func (a act) do(c model.Command, done string, then func(model.ID)) {
	if a.button.Disabled() {
		return
	}
	a.button.Disable()
	a.screen.host.Do(c, func(made model.Done, err error) {
		a.button.Enable()
		if err != nil {
			a.says.Set("Not done: "+err.Error()+". What you typed is kept.", form.Wrong)
		} else {
			a.says.Set(done, form.Well)
			if then != nil {
				then(made.ID)
			}
		}
		a.screen.object.Refresh()
	})
}
