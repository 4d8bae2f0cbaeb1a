package sample

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/assets"
	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen"
)

// Host is a shell without a window: it carries commands out at once on a
// device, and writes down what screens asked for. It belongs to one goroutine.
type Host struct {
	Device *Device
	// Commands, Sent, Toasts, Fails and Asked are what screens asked for, in
	// order.
	Commands []model.Command
	Sent     []node.MessageRequest
	Toasts   []string
	Fails    []string
	Asked    []string // titles of questions
	Opened   model.ID
	Composed string // the template last asked for
	Drafts   map[string]string
	Focused  fyne.Focusable
	// Chosen are the questions for a file; Pick, where set, is the answer to them.
	Chosen []part.FileAsk
	Pick   string
	// Chooser, where set, asks instead.
	Chooser *part.Chooser
	// Canvas, where set, is where questions are put, with no answer yet.
	Canvas fyne.Canvas
	// Refuse, where set, is the answer to every command and message.
	Refuse error
	// Hold keeps answers back until Release, as a slow disk does.
	Hold bool
	// No answers questions with no.
	No bool
	// Clock is the present; nil is the device's clock.
	Clock func() time.Time
	In    *time.Location

	screens []screen.Screen
	held    []func()
	peers   []node.PeerView
	asks    []node.AskView
	hearsay []node.HearsayView
}

var _ screen.Host = (*Host)(nil)

// NewHost makes a host on a device.
func NewHost(d *Device) *Host {
	return &Host{Device: d, Drafts: map[string]string{}, In: time.UTC}
}

// Attach has a screen read after every change.
func (h *Host) Attach(screens ...screen.Screen) {
	h.screens = append(h.screens, screens...)
	h.Refresh()
}

// Input is what a screen reads now.
func (h *Host) Input() screen.Input {
	return screen.Input{State: h.Device.State(), Peers: h.peers, Asks: h.asks, Hearsay: h.hearsay, Now: h.Now(), Zone: h.In}
}

// SetPeers sets the links screens see.
func (h *Host) SetPeers(peers []node.PeerView) { h.peers = peers }

// SetAsks sets the devices that ask to be let in.
func (h *Host) SetAsks(asks []node.AskView) { h.asks = asks }

// SetHearsay sets what peers say before the record is here.
func (h *Host) SetHearsay(told []node.HearsayView) { h.hearsay = told }

// Do carries a command out, or refuses it.
func (h *Host) Do(c model.Command, done func(model.Done, error)) {
	h.Commands = append(h.Commands, c)
	h.answer(func() {
		if h.Refuse != nil {
			done(model.Done{}, h.Refuse)
			return
		}
		made, err := h.Device.Do(c)
		done(made, err)
		h.Refresh()
	})
}

func (h *Host) answer(f func()) {
	if h.Hold {
		h.held = append(h.held, f)
		return
	}
	f()
}

// Release gives the answers kept back.
func (h *Host) Release() {
	held := h.held
	h.held = nil
	for _, f := range held {
		f()
	}
}

// Task runs work at once.
func (h *Host) Task(work func() error, done func(error)) { done(work()) }

// Preview renders as a room does.
func (h *Host) Preview(q node.MessageRequest, done func(node.MessagePreview, error)) {
	h.answer(func() { done(h.preview(q)) })
}

func (h *Host) preview(q node.MessageRequest) (p node.MessagePreview, err error) {
	all, err := assets.Templates()
	if err != nil {
		return p, err
	}
	inc, err := h.Device.State().FindIncident(q.Incident)
	if err != nil {
		return p, err
	}
	for _, t := range all {
		if t.ID != q.Template {
			continue
		}
		p.Draft, p.Missing, err = model.Compose(h.Device.State(), inc, t.Source, model.ComposeOptions{
			Template: q.Template, Audience: q.Audience, Channel: q.Channel, Fields: q.Fields, Now: h.Now(), Zone: h.In,
		})
		if p.Draft.Next != 0 {
			at := time.UnixMilli(p.Draft.Next).UTC()
			p.Next = &at
		}
		return p, err
	}
	return p, fmt.Errorf("there is no template %q", q.Template)
}

// Send freezes a message and queues it.
func (h *Host) Send(q node.MessageRequest, done func(model.Done, error)) {
	h.Sent = append(h.Sent, q)
	h.answer(func() {
		p, err := h.preview(q)
		if err = errors.Join(h.Refuse, err); err != nil {
			done(model.Done{}, err)
			return
		}
		c := model.QueueMessage{Incident: q.Incident, Draft: p.Draft, Approver: q.Approver}
		if p.Next != nil {
			c.Next = *p.Next
		}
		made, err := h.Device.Do(c)
		done(made, err)
		h.Refresh()
	})
}

// Refresh has every screen read and draw.
func (h *Host) Refresh() {
	for _, s := range h.screens {
		if step := s.Read(h.Input()); step != nil {
			step()
		}
	}
}

// Open notes the incident.
func (h *Host) Open(id model.ID) { h.Opened = id }

// Compose notes the template.
func (h *Host) Compose(id model.ID, template string) { h.Opened, h.Composed = id, template }

// Toast notes the line.
func (h *Host) Toast(text string) { h.Toasts = append(h.Toasts, text) }

// Fail notes what went wrong.
func (h *Host) Fail(what string, err error) {
	if err == nil {
		h.Fails = slices.DeleteFunc(h.Fails, func(f string) bool { return strings.HasPrefix(f, what+": ") })
		return
	}
	h.Fails = append(h.Fails, what+": "+err.Error())
}

// Confirm notes the question and answers it, or puts it to the window.
func (h *Host) Confirm(title, body, yes string, then func()) {
	h.Asked = append(h.Asked, title)
	if h.Canvas != nil {
		fynex.Confirm(h.Canvas, fynex.Question{Title: title, Body: body, Act: yes, Danger: true, OnAct: then})
		return
	}
	if !h.No {
		then()
	}
}

// ChooseFile notes the question and answers it.
func (h *Host) ChooseFile(a part.FileAsk) {
	h.Chosen = append(h.Chosen, a)
	switch {
	case h.Chooser != nil:
		h.Chooser.Show(a)
	case h.Pick != "":
		a.Then(h.Pick)
	}
}

// MayReplace reports what was agreed in the chooser.
func (h *Host) MayReplace(path string) bool { return h.Chooser != nil && h.Chooser.MayReplace(path) }

// Focus moves the keyboard.
func (h *Host) Focus(f fyne.Focusable) {
	h.Focused = f
	o, ok := f.(fyne.CanvasObject)
	if !ok {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(f)
	}
}

// Draft keeps a text.
func (h *Host) Draft(name, text string) {
	if text == "" {
		delete(h.Drafts, name)
		return
	}
	h.Drafts[name] = text
}

// Drafted gives a kept text back.
func (h *Host) Drafted(name string) string { return h.Drafts[name] }

// Now is the present.
func (h *Host) Now() time.Time {
	if h.Clock != nil {
		return h.Clock()
	}
	return h.Device.Now
}

// Zone is the reader's.
func (h *Host) Zone() *time.Location { return h.In }
