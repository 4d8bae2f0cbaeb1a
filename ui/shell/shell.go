// Package shell is the window of the desktop: the rail, the screen in front,
// the status line, the menu, the palette and the keys. It owns no fact: what
// it shows it reads from the room through the bridge.
package shell

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/bridge"
	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/theme"
)

// Keeper keeps what belongs to this device: drafts and settings. *node.Node is
// one.
type Keeper interface {
	Draft(name string) string
	SaveDraft(name, text string) error
	Setting(key string) string
	SetSetting(key, value string) error
}

// Options join a shell to its program.
type Options struct {
	Window fyne.Window
	Keeper Keeper
	// Post puts a function on the UI goroutine: fyne.Do in the program.
	Post func(func())
	// SetTheme has the program draw with a theme.
	SetTheme func(fyne.Theme)
	// Acts are the commands that neither the shell nor a screen carries out.
	Acts map[keys.ID]Act
}

// Act is a command of the program around the shell.
type Act struct {
	Do func()
	// Unable says why it cannot be done now; nil or "" where it can.
	Unable func() string
}

// Entry is a screen's place on the rail.
type Entry struct {
	// ID is the word behind "go." in the keyboard map.
	ID     string
	Screen screen.Screen
}

// Opener is a screen that shows one incident.
type Opener interface{ Open(incident model.ID) }

// Composer is a screen that writes messages.
type Composer interface {
	Compose(incident model.ID, template string)
}

// Holder is a screen that may have an incident open; the zero id is none.
type Holder interface{ Incident() model.ID }

// Taker is a screen that takes files that are dropped on the window.
type Taker interface{ Take(paths []string) }

// view is what the bridge reads: a room and the screen in front.
type view struct {
	room     *node.Room
	front    screen.Screen
	counters map[string]screen.Counter // by the id of the screen
}

// count is what waits on a screen.
type count struct {
	n        int
	pressing bool
}

// Shell is the window's content. Its methods are called on the UI goroutine.
type Shell struct {
	opts   Options
	bridge *bridge.Bridge
	keys   *keys.Map
	// current and zone are read by the bridge too.
	current atomic.Pointer[view]
	zone    atomic.Pointer[time.Location]

	entries []Entry
	front   int
	recents []keys.ID
	unwatch func()
	uncover func() bool      // the way back from what covers the room; nil where nothing does
	counts  map[string]count // by the id of the screen
	drafts  *draftBox
	places  places

	failed      string // what went wrong, until it is dismissed
	ails        string // what ails the room, until it is well
	shownBanner part.BannerRow
	toastUntil  time.Time

	rail    *part.Rail
	stack   *fyne.Container
	status  *part.StatusLine
	banner  *part.Banner
	toast   *part.Toast
	palette *part.Palette
	chooser *part.Chooser
	content *fyne.Container
	look    theme.Options
	row     part.StatusRow
	open    bool           // the window's loop runs
	later   fyne.Focusable // what the keyboard goes to once it can
	holder  fyne.Focusable // what may be left for it; nil is nothing
}

// New makes a shell in a window. Show gives it a room; Close ends it.
func New(opts Options) *Shell {
	s := &Shell{
		opts: opts, keys: keys.Default(), rail: part.NewRail(), status: part.NewStatusLine(), banner: part.NewBanner(),
		toast: part.NewToast(), stack: container.NewStack(), content: container.NewStack(), places: places{set: map[string]string{}},
	}
	s.zone.Store(time.Local)
	s.setLook(s.savedLook())
	s.palette = part.NewPalette(opts.Window.Canvas())
	s.palette.Find, s.palette.OnRun = s.find, func(id string) { s.Choose(keys.ID(id)) }
	s.chooser = part.NewChooser(opts.Window.Canvas(), s.Task, files.Local{})
	s.rail.OnPick = func(id string) { s.Choose(keys.ID("go." + id)) }
	s.status.OnTap = func() { s.Choose("go.peers") }
	opts.Window.SetContent(s.content)
	opts.Window.SetOnDropped(s.dropped)
	s.bindKeys()
	s.bridge = bridge.New(opts.Post, s.read)
	s.drafts = newDraftBox(opts.Keeper, s.bridge.Work, s.draftsKept)
	s.bridge.Every(time.Second, s.tick)
	s.settle()
	return s
}

// Show opens a room with its screens, the first of them in front.
func (s *Shell) Show(room *node.Room, entries []Entry) {
	s.leave()
	s.entries, s.front = entries, 0
	s.stack.RemoveAll()
	for _, e := range entries {
		o := e.Screen.Object()
		o.Hide()
		s.stack.Add(o)
	}
	below := container.New(footer{}, s.status, s.toast)
	s.frame(container.NewBorder(s.banner, below, s.rail, nil, s.stack))
	s.unwatch = s.watch(room)
	s.current.Store(&view{room: room})
	s.opts.Window.SetTitle(titled(room))
	s.opts.Window.SetMainMenu(s.menu())
	s.bring(0)
}

// Cover shows an object instead of a room, as first-run does. escape takes the way back where no part of the
// object has the keyboard, as after a click; it tells whether there was one.
func (s *Shell) Cover(o fyne.CanvasObject, escape func() bool) {
	s.leave()
	s.uncover = escape
	s.frame(container.NewBorder(s.banner, container.New(footer{}, s.status, s.toast), nil, nil, o))
	s.opts.Window.SetTitle("Holdfast")
	s.opts.Window.SetMainMenu(s.menu())
	s.row = part.StatusRow{}
	s.setClocks(s.Now())
	s.settle()
}

// leave lets go of the room shown, if there is one.
func (s *Shell) leave() {
	if s.unwatch != nil {
		s.unwatch()
		s.unwatch = nil
	}
	if s.front < len(s.entries) {
		s.entries[s.front].Screen.Shown(false)
	}
	s.entries, s.front, s.ails, s.counts, s.uncover = nil, 0, "", nil, nil
	s.current.Store(nil)
	s.Focus(nil)
}

func (s *Shell) frame(o fyne.CanvasObject) {
	s.content.Objects = []fyne.CanvasObject{o}
	s.content.Refresh()
	s.showBanner()
}

// Close ends the bridge, waits for what it started and keeps what was typed
// last. Call it after the window's loop has ended.
func (s *Shell) Close() error {
	s.leave()
	s.bridge.Close()
	return s.drafts.save()
}

// Entries are the screens shown, in the order of the rail.
func (s *Shell) Entries() []Entry { return s.entries }

// Front is the screen in front; nil where none is.
func (s *Shell) Front() screen.Screen {
	if s.front < len(s.entries) {
		return s.entries[s.front].Screen
	}
	return nil
}

// Context ends when the shell closes.
func (s *Shell) Context() context.Context { return s.bridge.Context() }

// dropped hands files that were dropped on the window to what asks for one, else
// to the screen that takes them: the incident.
func (s *Shell) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	if len(paths) == 1 && s.offer(paths[0]) {
		return
	}
	i := s.index("incident")
	if i < 0 || len(paths) == 0 || !s.free() {
		s.Toast("Nothing here takes what was dropped")
		return
	}
	if t, ok := s.entries[i].Screen.(Taker); ok {
		s.bring(i)
		t.Take(paths)
	}
}

// offer puts a path where a file is asked for: into the chooser, or into the
// field that has the keyboard.
func (s *Shell) offer(path string) bool {
	if s.chooser.IsOpen() {
		s.chooser.Take(path)
		return true
	}
	e, ok := s.canvas().Focused().(*fynex.Entry)
	if ok = ok && e.OnChoose != nil; ok {
		e.SetText(path)
	}
	return ok
}

// canvas is where overlays go.
func (s *Shell) canvas() fyne.Canvas { return s.opts.Window.Canvas() }

// room is the room shown; nil before one is.
func (s *Shell) room() *node.Room {
	if v := s.current.Load(); v != nil {
		return v.room
	}
	return nil
}

// free reports that no overlay is in the way of a command.
func (s *Shell) free() bool { return fynex.Free(s.canvas()) }
