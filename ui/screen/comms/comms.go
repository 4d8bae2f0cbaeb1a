// Package comms is the composer: a template filled with the facts of the
// incident, what is still missing, exactly the text that leaves, and what
// became of the messages before it.
package comms

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
)

// lockOut is how soon after the review opened a second press counts: a key that
// bounces must not send.
const lockOut = time.Second

// Screen is the composer. All but Read belongs to the UI goroutine.
type Screen struct {
	// Self is the device that is written on: who commands asks nobody.
	Self model.DeviceKey
	// Outbox delivers what waits; nil where this device cannot. Context ends with
	// the window.
	Outbox  Outbox
	Context context.Context

	host      screen.Host
	keys      *keys.Map
	templates []source

	mu     sync.Mutex
	wanted model.ID

	content content
	here    bool
	typed   typed
	inputs  map[string]*form.Input     // by the name of the field
	offered map[string]*fyne.Container // suggested values, by the name of the field

	preview  preview
	review   *node.MessageRequest // frozen; nil while writing
	reviewed time.Time
	sending  bool

	incident  *widget.Label
	pill      *part.SevPill
	list      *fyne.Container
	rows      []*item.Row
	audiences *fyne.Container
	chips     map[string]*part.Chip
	fields    *fyne.Container
	next      *form.Input
	presets   *fyne.Container
	pane      *pane
	approval  *approval
	outbox    *fyne.Container
	sent      *container.Scroll
	boxRows   []*item.Row
	run       *fynex.Button // sends what waits, while something does
	banner    *part.Banner
	says      *form.Words
	pick      *fynex.Button // where the templates are out of sight: which one is chosen
	picking   bool          // they are shown in the place of the form
	act       *fynex.Button
	back      *fynex.Button
	copied    *fynex.Button
	columns   *fyne.Container
	bottom    *fyne.Container
	nothing   *part.EmptyState
	object    *fyne.Container
}

// typed is what a person chose and typed for an incident. It is kept as a
// draft.
type typed struct {
	Template string            `json:"template,omitempty"`
	Audience string            `json:"audience,omitempty"`
	Next     string            `json:"next,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	// Approver is who said that it may go, and Lawyer who said so for legal.
	Approver string `json:"approver,omitempty"`
	Lawyer   string `json:"lawyer,omitempty"`
}

var _ screen.Screen = (*Screen)(nil)

// New makes the screen, with no incident.
func New(h screen.Host) *Screen {
	s := &Screen{
		host: h, keys: keys.Default(), templates: shipped(), inputs: map[string]*form.Input{}, offered: map[string]*fyne.Container{}, chips: map[string]*part.Chip{},
		incident: widget.NewLabel(""), pill: part.NewSevPill(0), list: container.NewVBox(), audiences: container.New(&flow{}),
		fields: form.Stack(fieldGap), next: form.NewInput("Next update", nextHelp), outbox: container.NewVBox(), banner: part.NewBanner(),
		says: form.Caption(""), typed: typed{Fields: map[string]string{}},
		Context: context.Background(),
	}
	s.run = fynex.NewButton("Send what waits now", s.runOutbox)
	s.run.SetHint("Ctrl+Shift+O")
	s.run.Hide()
	s.pane, s.approval = newPane(), newApproval(s)
	s.incident.TextStyle.Bold, s.incident.Truncation = true, fyne.TextTruncateEllipsis
	s.act = fynex.NewButton("Review", func() { s.step() })
	s.act.SetImportance(fynex.Recommended)
	s.act.SetHint("Ctrl+Enter")
	s.act.OnKey = s.reviewKey
	s.pick = fynex.NewButton("", func() { s.choosing(true) })
	s.pick.SetHint("change")
	s.back = fynex.NewButton("Back", s.unreview)
	s.back.SetHint("Esc")
	s.back.OnKey = s.reviewKey
	s.copied = fynex.NewButton("Copy text", s.copyText)
	s.next.Entry.OnChanged = func(words string) { s.change(func(t *typed) { t.Next = words }) }
	s.next.Entry.SetPlaceHolder("+30m or 15:00")
	s.nothing = part.NewEmptyState("No incident is open to write about. Ctrl+N declares one.")
	s.build()
	return s
}

const nextHelp = "Empty takes the usual time for the severity"

// Widths of the two left columns, in units.
const (
	listWidth = 224
	formWidth = 336
	edge      = 8
	sentRows  = 4 // of what was sent that are seen at once
	fieldGap  = 8 // between the rows of the form
	headTop   = 5 // puts the heading of the form on the line of that of the templates
)

func (s *Screen) build() {
	s.presets = newFlow()
	for _, p := range []string{"+15m", "+30m", "+1h", "+2h"} {
		s.presets.Add(fynex.NewButton(p, func() { s.next.Fill(p) }))
	}
	top := container.NewBorder(nil, nil, s.pill, nil, s.incident)
	left := container.NewBorder(nil, nil, nil, nil, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, edge), s.list)))
	middle := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 2*edge), container.New(
		layout.NewCustomPaddedLayout(headTop, 0, edge, 0), form.Stack(fieldGap, form.Buttons(s.pick), form.Caption("Who gets it"), s.audiences, s.approval.object, s.fields, s.next, s.presets))))
	s.sent = container.NewVScroll(s.outbox)
	s.bottom = container.New(&foot{says: s.says}, s.says, form.Buttons(s.copied, s.back, s.act))
	sent := container.NewVBox(container.NewBorder(nil, nil, nil, form.Buttons(s.run), caption("Messages of this incident")), s.sent)
	right := container.NewBorder(nil, container.NewVBox(s.bottom, sent), nil, nil, s.pane.object)
	s.columns = container.New(&threeColumns{s, sent}, left, middle, right)
	page := container.NewBorder(container.NewVBox(s.banner, top), nil, nil, nil, s.columns)
	s.object = container.NewStack(container.New(layout.NewCustomPaddedLayout(edge, edge, form.SideMargin, form.SideMargin), page), s.nothing)
	s.object.Objects[0].Hide()
	s.back.Hide()
}

// Title names the screen.
func (s *Screen) Title() string { return "Comms" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Compose shows the composer for an incident. An empty template leaves what was
// chosen.
func (s *Screen) Compose(id model.ID, template string) {
	s.load(id)
	if template != "" {
		s.choose(template)
	}
	s.host.Refresh()
}

// Incident is the incident written about; zero where there is none.
func (s *Screen) Incident() model.ID { return s.content.id }

// load takes up an incident with what was typed for it.
func (s *Screen) load(id model.ID) {
	if id == s.content.id && !id.Zero() {
		return
	}
	s.unreview()
	s.content, s.here = content{id: id}, false
	s.take()
	s.mu.Lock()
	s.wanted = id
	s.mu.Unlock()
}

// take restores what was typed for the incident.
func (s *Screen) take() {
	s.typed = typed{}
	if kept := s.host.Drafted(draftName(s.content.id)); kept != "" {
		if err := json.Unmarshal([]byte(kept), &s.typed); err != nil {
			s.host.Toast("The draft of this message could not be read")
		}
	}
	if s.typed.Fields == nil {
		s.typed.Fields = map[string]string{}
	}
	s.inputs = map[string]*form.Input{}
	s.fields.RemoveAll()
	s.next.Fill(s.typed.Next)
	s.approval.take(s.typed)
}

// draftName is the name under which a message is kept.
func draftName(id model.ID) string { return "comms." + id.String() }

// change notes what was typed, keeps it and renders again. It ends a review:
// what is sent is what was reviewed.
func (s *Screen) change(set func(*typed)) {
	set(&s.typed)
	s.approval.asked = false
	s.unreview()
	if b, err := json.Marshal(s.typed); err == nil {
		s.host.Draft(draftName(s.content.id), string(b))
	}
	s.render()
}

// choose takes a template.
func (s *Screen) choose(id string) {
	s.choosing(false)
	if s.typed.Template == id {
		return
	}
	s.change(func(t *typed) { t.Template, t.Audience, t.Approver = id, "", "" }) // another text was not approved
	s.approval.take(s.typed)
	s.draw()
}

// choosing shows the templates where they are out of sight, or the form again.
func (s *Screen) choosing(on bool) {
	if s.picking == on {
		return
	}
	s.picking = on
	s.columns.Refresh()
	for _, r := range s.rows {
		if on && r.Visible() {
			s.host.Focus(r)
			return
		}
	}
}

// Read copies the incident and gives the step that shows it.
func (s *Screen) Read(in screen.Input) func() {
	s.mu.Lock()
	id := s.wanted
	s.mu.Unlock()
	self, _ := in.State.PersonOf(s.Self)
	c, here := read(in.State, id, self, s.templates, in.Now)
	return func() {
		if !s.content.id.Zero() && c.id != s.content.id {
			return // another incident was asked for meanwhile
		}
		fresh := s.content.id.Zero() && here
		s.content, s.here = c, here
		if fresh {
			s.take()
			s.mu.Lock()
			s.wanted = c.id
			s.mu.Unlock()
		}
		s.draw()
		if s.review == nil {
			s.render()
		}
	}
}

// Tick does nothing: the preview moves when something is typed or changes.
func (s *Screen) Tick(time.Time) {}

// Shown renders again: time has gone on.
func (s *Screen) Shown(front bool) {
	if front {
		s.render()
	}
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "capture.submit":
		s.step()
	case "go.back":
		switch {
		case s.review != nil:
			s.unreview()
		case s.picking:
			s.choosing(false)
			s.host.Focus(s.pick)
		default:
			return false
		}
	case "update.write", "update.write.here", "go.find", "list.filter":
		s.focusFirst()
	case "outbox.run":
		s.runOutbox()
	case "update.approve":
		if !s.approval.ask() {
			s.host.Toast("This message needs nobody's approval")
		}
	case "go.next", "go.next.here":
		s.neighbour(1)
	case "go.previous", "go.previous.here":
		s.neighbour(-1)
	default:
		return false
	}
	return true
}

// neighbour takes the incident before or after this one on the board.
func (s *Screen) neighbour(step int) {
	n, at := len(s.content.open), 0
	for i, id := range s.content.open {
		if id == s.content.id {
			at = i
		}
	}
	if n > 0 {
		s.load(s.content.open[(at+step+n)%n])
		s.host.Refresh()
	}
}

// focusFirst puts the keyboard where work goes on: the first field that is
// missing, else the list of templates.
func (s *Screen) focusFirst() {
	for _, name := range s.preview.result.Missing {
		if i := s.inputs[name]; i != nil {
			s.goTo(i)
			return
		}
	}
	switch {
	case s.approval.lacks() != "":
		s.approval.ask()
	case s.pick.Visible() && !s.picking:
		s.host.Focus(s.pick)
	case len(s.rows) > 0:
		s.host.Focus(s.rows[0])
	}
}

// goTo puts the keyboard into a field, and the field in sight though it has the keyboard already.
func (s *Screen) goTo(in *form.Input) {
	s.host.Focus(in.Entry)
	fynex.InSight(in.Entry)
}

func (s *Screen) rune(r rune) {
	e, ok := s.keys.Rune(r)
	if !ok || s.Run(e.ID) {
		return
	}
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(e.ID)
	}
}
