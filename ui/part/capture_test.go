package part_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"holdfast/ui/part"
	"holdfast/ui/theme"
)

type box struct {
	*part.Capture
	w fyne.Window
}

func newBox(t *testing.T) box {
	w := window(t, theme.Options{}, 700, 400, container.NewStack())
	c := part.NewCapture()
	w.SetContent(container.NewBorder(nil, c, nil, nil))
	w.Resize(fyne.NewSize(700, 401))
	w.Canvas().Focus(c.Focusable())
	return box{c, w}
}

func (b box) key(names ...fyne.KeyName) {
	for _, n := range names {
		b.Focusable().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func (b box) shift(f func()) {
	k := b.Focusable().(desktop.Keyable)
	k.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	f()
	k.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
}

func (b box) typed(s string) {
	for _, r := range s {
		b.Focusable().TypedRune(r)
	}
}

func TestCaptureEnterSubmitsAndKeepsTheText(t *testing.T) {
	b := newBox(t)
	var got []string
	b.OnSubmit = func(s string) { got = append(got, s) }
	b.key(fyne.KeyReturn)
	b.typed("pods")
	b.shift(func() { b.key(fyne.KeyReturn) })
	b.typed("healthy")
	b.key(fyne.KeyReturn, fyne.KeyReturn)
	if len(got) != 1 || got[0] != "pods\nhealthy" {
		t.Fatalf("submitted %q, want it once", got)
	}
	if b.Text() != "pods\nhealthy" {
		t.Errorf("the text is gone before the write was acknowledged: %q", b.Text())
	}
	b.Clear(got[0])
	if b.Text() != "" {
		t.Errorf("left %q", b.Text())
	}
}

func TestCaptureClearKeepsWhatWasTypedSince(t *testing.T) {
	b := newBox(t)
	b.OnSubmit = func(string) {}
	b.typed("one")
	b.key(fyne.KeyReturn)
	b.typed(" two")
	b.Clear("one")
	if b.Text() != " two" {
		t.Errorf("%q, want what was typed meanwhile", b.Text())
	}
	b.SetText("other words")
	b.Clear("one")
	if b.Text() != "other words" {
		t.Errorf("%q: text that is not what was submitted must stay", b.Text())
	}
}

func TestCaptureRefusalKeepsTheTextAndLetsTryAgain(t *testing.T) {
	b := newBox(t)
	n := 0
	b.OnSubmit = func(string) { n++ }
	b.typed("one")
	b.key(fyne.KeyReturn)
	b.Refuse("could not write the journal: disk full. Your note is kept.")
	if _, ok := find(b.w, "could not write the journal: disk full. Your note is kept."); !ok || b.Text() != "one" {
		t.Error("a refusal is said and the text stays")
	}
	b.key(fyne.KeyReturn)
	if n != 2 {
		t.Errorf("submitted %d times, want a second try", n)
	}
}

func TestCaptureKeys(t *testing.T) {
	b := newBox(t)
	var escaped, last, shortcuts int
	b.OnEscape = func() { escaped++ }
	b.OnEditLast = func() { last++ }
	b.OnShortcut = func(fyne.Shortcut) bool { shortcuts++; return true }
	b.key(fyne.KeyUp)
	b.typed("x")
	b.key(fyne.KeyUp, fyne.KeyEscape)
	s := b.Focusable().(fyne.Shortcutable)
	s.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl})
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	if escaped != 1 || last != 1 || shortcuts != 1 || b.Text() != "x" {
		t.Errorf("escaped %d, edit last %d, shortcuts %d, text %q", escaped, last, shortcuts, b.Text())
	}
	if b.Focusable().(fyne.Tabbable).AcceptsTab() {
		t.Error("Tab must leave the box")
	}
}

func TestCaptureGrowsFromTwoLinesToSix(t *testing.T) {
	b := newBox(t)
	heights := map[int]float32{}
	for lines := 1; lines <= 9; lines++ {
		b.SetText(strings.TrimSuffix(strings.Repeat("line\n", lines), "\n"))
		heights[lines] = b.MinSize().Height
	}
	if heights[1] != heights[2] || heights[3] <= heights[2] || heights[6] <= heights[5] || heights[9] != heights[6] {
		t.Errorf("heights by lines: %v", heights)
	}
}

// TestCaptureInALowWindow: an empty box takes one line, and still grows.
func TestCaptureInALowWindow(t *testing.T) {
	b := newBox(t)
	usual := b.MinSize().Height
	b.SetLow(true)
	low := b.MinSize().Height
	if low >= usual {
		t.Errorf("the box is %v tall in a low window, %v in a high one", low, usual)
	}
	b.SetText("one\ntwo\nthree")
	if got := b.MinSize().Height; got <= usual {
		t.Errorf("the box is %v tall around three lines", got)
	}
	b.SetText("")
	b.SetLow(false)
	if got := b.MinSize().Height; got != usual {
		t.Errorf("the box is %v tall again, want %v", got, usual)
	}
}

func TestCaptureDraftWaitsForAPause(t *testing.T) {
	b := newBox(t)
	var drafts []string
	var fire func()
	var waited time.Duration
	stopped := 0
	b.OnDraft = func(s string) { drafts = append(drafts, s) }
	b.After = func(d time.Duration, f func()) func() {
		waited, fire = d, f
		return func() { stopped++ }
	}
	b.typed("abc")
	if len(drafts) != 0 || stopped != 2 || waited != 500*time.Millisecond {
		t.Fatalf("drafts %q, stopped %d, waited %v", drafts, stopped, waited)
	}
	fire()
	if len(drafts) != 1 || drafts[0] != "abc" {
		t.Errorf("drafts %q", drafts)
	}
	b.typed("d")
	b.key(fyne.KeyEscape)
	if len(drafts) != 2 || drafts[1] != "abcd" {
		t.Errorf("leaving the box hands the draft over at once: %q", drafts)
	}
}

func TestCaptureSuggestions(t *testing.T) {
	b := newBox(t)
	var taken []string
	submitted := 0
	b.OnSuggestion = func(id string) { taken = append(taken, id) }
	b.OnSubmit = func(string) { submitted++ }
	offer := func() {
		b.SetSuggestions([]part.Suggestion{{ID: "task", Text: "/task"}, {ID: "tag", Text: "/tag"}})
	}
	b.typed("/ta")
	offer()
	if _, ok := find(b.w, "/task"); !ok {
		t.Fatal("suggestions are not shown")
	}
	b.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	offer()
	b.key(fyne.KeyTab)
	if len(taken) != 2 || taken[0] != "tag" || taken[1] != "task" || submitted != 0 {
		t.Errorf("taken %v, submitted %d", taken, submitted)
	}
	offer()
	b.key(fyne.KeyReturn)
	if submitted != 1 {
		t.Error("Enter with nothing chosen submits what was typed")
	}
	escaped := 0
	b.OnEscape = func() { escaped++ }
	b.key(fyne.KeyEscape)
	if escaped != 0 {
		t.Error("the first Escape closes the suggestions only")
	}
	b.key(fyne.KeyEscape)
	if escaped != 1 {
		t.Error("the second one leaves")
	}
	if b.w.Canvas().Focused() != b.Focusable() {
		t.Error("suggestions must not take the focus")
	}
}
