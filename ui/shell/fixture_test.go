package shell

import (
	"errors"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
	"holdfast/ui/keys"
	"holdfast/ui/screen"
)

// memory is a Keeper that can refuse.
type memory struct {
	mu      sync.Mutex
	drafts  map[string]string
	setting map[string]string
	saved   []string // drafts in the order they were kept
	refuse  error
}

func newMemory() *memory {
	return &memory{drafts: map[string]string{}, setting: map[string]string{}}
}

func (m *memory) Draft(name string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.drafts[name]
}

func (m *memory) SaveDraft(name, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return m.refuse
	}
	m.drafts[name] = text
	m.saved = append(m.saved, name+"="+text)
	return nil
}

func (m *memory) Setting(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.setting[key]
}

func (m *memory) SetSetting(key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setting[key] = value
	return nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = err
}

// loop is the UI goroutine of a test: the test itself.
type loop chan func()

func (l loop) post(f func()) { l <- f }

// until runs what was posted until a condition holds.
func (l loop) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(time.Minute) // many times what a slow machine under the race detector needs
	for !holds() {
		select {
		case f := <-l:
			f()
		case <-deadline:
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// paper is a screen that notes what it is asked.
type paper struct {
	title    string
	entry    *widget.Entry
	carries  map[keys.ID]bool
	ran      []keys.ID
	fronts   []bool
	readings int
}

func newPaper(title string, carries ...keys.ID) *paper {
	p := &paper{title: title, entry: widget.NewEntry(), carries: map[keys.ID]bool{}}
	for _, id := range carries {
		p.carries[id] = true
	}
	return p
}

func (p *paper) Title() string             { return p.title }
func (p *paper) Object() fyne.CanvasObject { return p.entry }
func (p *paper) Read(screen.Input) func()  { return func() { p.readings++ } }
func (p *paper) Tick(time.Time)            {}
func (p *paper) Shown(front bool)          { p.fronts = append(p.fronts, front) }
func (p *paper) Run(id keys.ID) bool {
	if !p.carries[id] {
		return false
	}
	p.ran = append(p.ran, id)
	return true
}

type fixture struct {
	*Shell
	t      *testing.T
	loop   loop
	keeper *memory
	window fyne.Window
	themes []fyne.Theme
	room   *node.Room
}

// open makes a shell that shows a room with screens.
func open(t *testing.T, entries ...Entry) *fixture {
	t.Helper()
	test.NewTempApp(t)
	f := &fixture{t: t, loop: make(loop, 1024), keeper: newMemory(), window: test.NewTempWindow(t, nil)}
	f.window.Resize(fyne.NewSize(1280, 720))
	f.Shell = New(Options{Window: f.window, Keeper: f.keeper, Post: f.loop.post, SetTheme: func(th fyne.Theme) {
		f.themes = append(f.themes, th)
		test.ApplyTheme(t, th)
	}})
	t.Cleanup(func() {
		if err := f.Close(); err != nil && !errors.Is(err, f.keeper.refuse) {
			t.Errorf("close: %v", err)
		}
	})
	f.loop.until(t, "the window's loop runs", func() bool { return f.Shell.open })
	if len(entries) > 0 {
		f.room = found(t)
		f.Show(f.room, entries)
	}
	return f
}

func found(t *testing.T) *node.Room {
	t.Helper()
	n, err := node.Open(node.Options{Home: t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	r, err := n.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
