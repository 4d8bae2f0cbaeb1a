package shell

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen"
)

var _ screen.Host = (*Shell)(nil)

var errNoRoom = errors.New("no room is open")

// Do carries out a command of the model.
func (s *Shell) Do(command model.Command, done func(model.Done, error)) {
	work(s, func(ctx context.Context, r *node.Room) (model.Done, error) { return r.Do(ctx, command) }, done)
}

// Preview renders a message.
func (s *Shell) Preview(q node.MessageRequest, done func(node.MessagePreview, error)) {
	work(s, func(_ context.Context, r *node.Room) (node.MessagePreview, error) { return r.Preview(q) }, done)
}

// Send freezes a message and puts it into the outbox.
func (s *Shell) Send(q node.MessageRequest, done func(model.Done, error)) {
	work(s, func(ctx context.Context, r *node.Room) (model.Done, error) { return r.Send(ctx, q) }, done)
}

// work runs something on the room off the UI goroutine. A window that closes
// meanwhile does not cut it short: what was asked is carried out.
func work[T any](s *Shell, fn func(context.Context, *node.Room) (T, error), done func(T, error)) {
	room := s.room()
	var out T
	s.bridge.Work(func(ctx context.Context) (err error) {
		if room == nil {
			return errNoRoom
		}
		out, err = fn(context.WithoutCancel(ctx), room)
		return err
	}, func(err error) {
		if done != nil {
			done(out, err)
		}
	})
}

// Refresh asks for a reading soon.
func (s *Shell) Refresh() { s.bridge.Poke() }

// Open shows an incident.
func (s *Shell) Open(incident model.ID) {
	i := s.index("incident")
	if i < 0 {
		return
	}
	if o, ok := s.entries[i].Screen.(Opener); ok {
		o.Open(incident)
	}
	s.bring(i)
}

// Compose shows the composer for an incident.
func (s *Shell) Compose(incident model.ID, template string) {
	i := s.index("comms")
	if i < 0 {
		return
	}
	if c, ok := s.entries[i].Screen.(Composer); ok {
		c.Compose(incident, template)
	}
	s.bring(i)
}

// toastFor is how long a toast stays: long enough to read a sentence twice.
const toastFor = 6 * time.Second

// Toast shows a line for a moment.
func (s *Shell) Toast(text string) {
	s.toastUntil = time.Now().Add(toastFor)
	s.toast.Set(part.ToastRow{Text: text})
}

// draftsFailed is how a failed draft is said.
const draftsFailed = "What you type is in memory alone"

// draftsKept says when a draft could not be kept, and when it could again.
func (s *Shell) draftsKept(err error) {
	switch {
	case err != nil:
		s.row.Journal, s.row.Store = "Typing not on disk", part.Bad
		s.Fail(draftsFailed, err)
	case s.row.Store == part.Bad:
		s.row.Journal, s.row.Store = journalWell, part.Good
		s.Fail(draftsFailed, nil)
		s.Toast("What you type is on disk again")
	}
	s.setClocks(s.Now())
}

// Fail shows what went wrong until it is dismissed, or until the same goes well.
func (s *Shell) Fail(what string, err error) {
	if err == nil {
		if strings.HasPrefix(s.failed, what+": ") {
			s.dismiss()
		}
		return
	}
	s.failed = what + ": " + err.Error()
	s.showBanner()
}

// dismiss lets go of what went wrong.
func (s *Shell) dismiss() {
	s.failed = ""
	s.showBanner()
}

// showBanner shows what went wrong, or else what ails the room.
func (s *Shell) showBanner() {
	row := part.BannerRow{Text: s.ails, Tone: part.NoticeWarn}
	s.banner.OnAction = nil
	if s.failed != "" {
		row = part.BannerRow{Text: s.failed, Tone: part.NoticeAlarm, Action: "Dismiss", Key: "Esc"}
		s.banner.OnAction = s.dismiss
	}
	if row == s.shownBanner {
		return
	}
	s.shownBanner = row
	s.banner.Set(row)
	s.content.Refresh()
}

// Confirm asks before something that cannot be taken back.
func (s *Shell) Confirm(title, text, yes string, then func()) {
	fynex.Confirm(s.canvas(), fynex.Question{Title: title, Body: text, Act: yes, Danger: true, OnAct: then})
}

// ChooseFile asks for a file.
func (s *Shell) ChooseFile(a part.FileAsk) { s.chooser.Show(a) }

// MayReplace reports, once, that the person agreed in the chooser to replace a file.
func (s *Shell) MayReplace(path string) bool { return s.chooser.MayReplace(path) }

// Focus moves the keyboard to a widget; nil to none. Fyne refuses a widget that
// was never drawn or is hidden, as one of a screen is that has nothing to show
// yet: then the wish waits for what is drawn next. A form that was just opened
// takes the keyboard from the list it was opened from with the next frame.
func (s *Shell) Focus(f fyne.Focusable) {
	s.later, s.holder = nil, nil
	if f == nil {
		s.canvas().Unfocus()
		s.setClocks(s.Now())
		return
	}
	if !s.take(f) {
		s.later, s.holder = f, s.canvas().Focused()
		s.nextFrame(f)
	}
	s.setClocks(s.Now()) // says whether keys are typed or command
}

// take moves the keyboard, where it can be moved now.
func (s *Shell) take(f fyne.Focusable) bool {
	if s.open {
		s.canvas().Focus(f)
	}
	return s.canvas().Focused() == f
}

// frame is longer than the window's loop takes from one frame to the next.
const frame = 25 * time.Millisecond

// nextFrame carries a wish out once its widget was drawn. Where the widget was not, as one that is hidden,
// what had the keyboard keeps it, if it is in sight itself.
func (s *Shell) nextFrame(f fyne.Focusable) {
	s.bridge.Work(func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-time.After(frame):
		}
		return nil
	}, func(error) {
		s.focusLater()
		if s.later == f {
			s.holder = nil
			s.leaveHidden()
		}
	})
}

// leaveHidden takes the keyboard from a widget that is out of sight, as a field of a form that was just
// left is: it would swallow every key. Fyne refuses to give it back where it is hidden.
func (s *Shell) leaveHidden() {
	c := s.canvas()
	if was := c.Focused(); was != nil {
		c.Unfocus()
		c.Focus(was)
		s.setClocks(s.Now())
	}
}

// settle holds the keyboard back until the window's loop has turned once: what
// was just put into the window is not drawn before.
func (s *Shell) settle() {
	s.open = false
	s.bridge.Work(func(context.Context) error { return nil }, func(error) {
		s.open = true
		s.focusLater()
	})
}

// focusLater carries out the wish that waits, unless the person went somewhere
// else meanwhile.
func (s *Shell) focusLater() {
	f, at := s.later, s.canvas().Focused()
	if f == nil || !s.open || !s.free() || at != nil && at != s.holder || !s.take(f) {
		return
	}
	s.later, s.holder = nil, nil
	s.setClocks(s.Now())
}

// Task runs work off the UI goroutine and done on it.
func (s *Shell) Task(work func() error, done func(error)) {
	s.bridge.Work(func(context.Context) error { return work() }, done)
}

// Draft keeps what was typed. A draft that cannot be kept is said at once.
func (s *Shell) Draft(name, text string) { s.drafts.put(name, text) }

// Drafted gives back what was typed under a name.
func (s *Shell) Drafted(name string) string { return s.drafts.get(name) }

// Now is the room's corrected time.
func (s *Shell) Now() time.Time {
	if r := s.room(); r != nil {
		return r.Now()
	}
	return time.Now()
}

// Zone is the person's time zone.
func (s *Shell) Zone() *time.Location { return s.zone.Load() }

// SetZone changes the zone times are shown in beside UTC.
func (s *Shell) SetZone(zone *time.Location) {
	s.zone.Store(zone)
	s.setClocks(s.Now())
	s.bridge.Poke()
}
