// Package policy is the screen of what the room has agreed on: severities,
// escalation, cadence, checklists, clocks. It shows each section as tables,
// changes it as text that is checked while it is typed, and keeps who changed
// what and why.
package policy

import (
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// What is seen of a section.
const (
	viewRead = iota
	viewEdit
	viewHistory
	viewConflict
	viewFile
)

// Screen is the policy screen. All but Read belongs to the UI goroutine.
type Screen struct {
	host screen.Host
	keys *keys.Map

	content content
	shown   string           // the section in the editor
	drawn   model.PolicyView // what the page shows
	view    int
	later   screen.Later
	keep    []*fynex.Button // one for each version of a conflict

	title  *form.Words
	stands *form.Words
	filter *fynex.Entry
	list   *part.SheetList
	left   *fyne.Container // filter and list
	views  *form.Choice
	panel  *form.Panel
	editor *editor
	page   *fyne.Container // what is read
	scroll *container.Scroll
	object *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// scrollRoom keeps what is read clear of the scroll bar, and headGap of the chips.
const (
	scrollRoom = 10
	headGap    = 8
)

// New makes the screen.
func New(h screen.Host) *Screen {
	s := &Screen{
		host: h, keys: keys.Default(), title: form.Heading(""), stands: form.NewWords("", form.Quiet), list: part.NewSheetList(""),
		views: form.NewChoice("Read", "Edit", "History", "Conflict", "File"), panel: form.NewPanel(h, draftSection), page: form.Stack(10),
	}
	s.editor = newEditor(s)
	s.filter = s.newFilter()
	s.left = container.NewBorder(s.filter, nil, nil, nil, s.list)
	s.panel.OnClose = func() { s.host.Focus(s.list) }
	s.list.OnSelect = func(string) { s.show(s.view) }
	s.list.OnOpen = func(string) { s.edit() }
	s.list.OnPeek = func(string) { s.show(viewHistory) }
	s.list.OnRune = func(r rune) {
		if e, ok := s.keys.Rune(r); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.list.OnKey = func(k *fyne.KeyEvent) {
		if e, ok := s.keys.Key(k.Name); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.views.OnChange = s.show
	s.views.OnKey(s.editor.escape)
	s.scroll = form.Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), s.page))
	head := container.New(layout.NewCustomPaddedLayout(0, headGap, 0, 0), form.Stack(6, s.title, s.stands, s.views.Object))
	right := container.NewBorder(head, nil, nil, nil, container.NewStack(form.Flush(s.scroll), s.editor.object))
	s.object = container.New(form.Margins(), container.New(&halves{s}, s.left, right))
	return s
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

// Title names the screen.
func (s *Screen) Title() string { return "Policy" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the policy and gives the step that shows it.
func (s *Screen) Read(in screen.Input) func() {
	c := read(in)
	return func() {
		s.content = c
		s.drawRows()
		if s.list.Selected() == "" && len(c.sections) > 0 {
			s.list.Select(c.sections[0].Section) // shows it
		} else {
			s.show(s.view)
		}
		s.object.Refresh()
		if waited := s.later.Fresh(); waited != "" {
			s.carry(waited)
		}
	}
}

// Tick does nothing: a policy has no clock.
func (s *Screen) Tick(time.Time) {}

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.later.Forget()
	s.later.Stale()
	if front {
		s.host.Focus(s.list)
	}
}

func (s *Screen) drawRows() {
	s.list.SetRows(s.content.rows(s.filter.Text, s.host.Now(), func(section string) bool { return s.host.Drafted(draftSection+section) != "" }))
}

// show shows the selected section in one of the ways.
func (s *Screen) show(view int) {
	v := s.content.section(s.list.Selected())
	if view == viewConflict && len(v.Conflict) == 0 {
		view = viewRead
	}
	moved := v.Section != s.shown || view != s.view
	s.view = view
	s.views.Choose(view)
	s.views.Allow(viewConflict, len(v.Conflict) > 0)
	s.title.Set(titles[v.Section], form.Plain)
	tone := form.Quiet
	if len(v.Conflict) > 0 {
		tone = form.Wrong
	}
	s.stands.Set(strings.Join(append([]string{stands(v)}, s.content.warnings...), " "), tone)
	if v.Section != s.shown {
		s.shown = v.Section
		s.panel.Close()
		s.editor.open(v.Section)
	} else {
		s.editor.follow()
		s.editor.judge()
	}
	form.Show(s.editor.object, view == viewEdit)
	form.Show(s.scroll, view != viewEdit)
	if !moved && reflect.DeepEqual(v, s.drawn) {
		return // a button that has the keyboard keeps it
	}
	s.drawPage(v)
	if moved {
		s.scroll.ScrollToTop()
	}
	s.object.Refresh()
}

// drawPage fills what is read of a section.
func (s *Screen) drawPage(v model.PolicyView) {
	s.drawn = v
	s.page.Objects = nil
	switch s.view {
	case viewRead:
		s.page.Objects = readable(&s.content.agreed, v.Section)
	case viewHistory:
		s.page.Objects = history(v)
	case viewConflict:
		s.page.Objects = append([]fyne.CanvasObject{s.panel.Object}, s.conflict(v)...)
	case viewFile:
		s.page.Objects = append([]fyne.CanvasObject{s.panel.Object}, s.files(v)...)
	}
}

// ask opens a form at the top of the page, in sight.
func (s *Screen) ask(a form.Ask) {
	s.panel.Open(a)
	s.scroll.ScrollToTop()
}

// leave goes back to the list, which a small window hides behind the text.
func (s *Screen) leave() {
	if !s.left.Visible() {
		s.show(viewRead)
	}
	s.host.Focus(s.list)
}

// edit goes to the text of the section.
func (s *Screen) edit() {
	s.show(viewEdit)
	s.host.Focus(s.editor.area)
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "go.find", "list.filter":
		s.find()
	case "capture.submit":
		switch {
		case s.view == viewEdit && s.editor.changed():
			s.editor.submit()
		case s.panel.IsOpen():
			s.panel.Press()
		default:
			return false
		}
	case "timeline.edit", "list.open":
		s.edit()
	case "timeline.versions":
		s.show(viewHistory)
	case "go.back":
		switch {
		case s.view != viewRead:
			s.panel.Close()
			s.show(viewRead)
		case s.filter.Visible():
			s.unfilter()
		default:
			return false
		}
	case "list.down":
		s.list.Step(1)
	case "list.up":
		s.list.Step(-1)
	case "list.top":
		s.list.Step(-len(s.list.Rows()))
	case "list.end":
		s.list.Step(len(s.list.Rows()))
	default:
		return s.carry(command)
	}
	return true
}

// halves places the sections at the left of what is read of one; in a small
// window, or with large text, above it.
type halves struct{ screen *Screen }

// Measures of the screen, in units at text of 13.
const (
	narrowScreen = 820
	listWide     = 330
	halvesGap    = 16
	listHigh     = 0.28 // of a narrow screen
)

func (*halves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (h *halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	scale := base.TextSize() / 13
	wide, x, y, high := listWide*scale, listWide*scale+halvesGap, float32(0), size.Height
	narrow := size.Width < narrowScreen*scale
	form.Show(o[0], !narrow || h.screen.view != viewEdit) // the text needs the room
	if narrow {
		row := h.screen.list.MinSize().Height
		high = max(1, float32(int(size.Height*listHigh/row))) * row // whole rows
		if h.screen.filter.Visible() {
			high += h.screen.filter.MinSize().Height + base.Padding()
		}
		wide, x, y = size.Width, 0, high+halvesGap
		if !o[0].Visible() {
			y = 0
		}
	}
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(wide, high))
	o[1].Move(fyne.NewPos(x, y))
	o[1].Resize(fyne.NewSize(size.Width-x, size.Height-y))
}

// Pick shows a section.
func (s *Screen) Pick(section string) { s.list.Select(section) }

// Settle shows the versions of a section that were written apart.
func (s *Screen) Settle() { s.show(viewConflict) }
