package fynex_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

// window shows content in a test window of 800 by 600 under our theme.
func window(t testing.TB, content fyne.CanvasObject) fyne.Window {
	t.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("test")
	w.SetPadded(false)
	w.SetContent(content)
	w.Resize(fyne.NewSize(800, 600))
	t.Cleanup(w.Close)
	return w
}

func press(c fyne.Canvas, name fyne.KeyName) {
	k := &fyne.KeyEvent{Name: name}
	if f := c.Focused(); f != nil {
		f.TypedKey(k)
	} else if on := c.OnTypedKey(); on != nil {
		on(k)
	}
}

func TestOverlayTakesKeysAndGivesThemBack(t *testing.T) {
	below := fynex.NewEntry()
	w := window(t, below)
	c := w.Canvas()
	var keysBelow int
	c.SetOnTypedKey(func(*fyne.KeyEvent) { keysBelow++ })
	c.Focus(below)

	if !fynex.Free(c) {
		t.Fatal("nothing is open yet")
	}
	returned := 0
	v := fynex.Open(c, widget.NewLabel("x"), fynex.Options{OnReturn: func() { returned++ }})
	if fynex.Free(c) || fynex.CommandMode(c) {
		t.Error("commands must not run under an overlay")
	}
	press(c, fyne.KeyReturn)
	press(c, fyne.KeyJ)
	if returned != 1 || keysBelow != 0 {
		t.Errorf("returned %d, keys below %d", returned, keysBelow)
	}
	press(c, fyne.KeyEscape)
	if v.IsOpen() || !fynex.Free(c) {
		t.Fatal("Escape closes")
	}
	if c.Focused() != fyne.Focusable(below) {
		t.Error("focus goes back to where it was")
	}
	c.Unfocus()
	press(c, fyne.KeyJ)
	if keysBelow != 1 {
		t.Error("the canvas keys are back")
	}
	v.Close() // again: nothing
	if c.Focused() != nil {
		t.Error("closing twice moved the focus")
	}
}

func TestOverlaysNest(t *testing.T) {
	w := window(t, widget.NewLabel("below"))
	c := w.Canvas()
	below := 0
	c.SetOnTypedKey(func(*fyne.KeyEvent) { below++ })
	first := fynex.Open(c, widget.NewLabel("1"), fynex.Options{})
	second := fynex.Open(c, widget.NewLabel("2"), fynex.Options{})
	press(c, fyne.KeyEscape)
	if second.IsOpen() || !first.IsOpen() {
		t.Fatal("Escape closes the upper one only")
	}
	third := fynex.Open(c, widget.NewLabel("3"), fynex.Options{})
	first.Close()
	third.Close()
	press(c, fyne.KeyJ)
	if below != 1 {
		t.Error("closing the lower one first must still give the keys back")
	}
}

func TestOutsideClickClosesOnlyWhereAsked(t *testing.T) {
	w := window(t, widget.NewLabel("below"))
	for _, outside := range []bool{true, false} {
		v := fynex.Open(w.Canvas(), fynex.NewPanel(widget.NewLabel("x")), fynex.Options{Outside: outside})
		test.TapCanvas(w.Canvas(), fyne.NewPos(400, 245))
		if !v.IsOpen() {
			t.Fatal("a click on the content closed it")
		}
		test.TapCanvas(w.Canvas(), fyne.NewPos(3, 3))
		if v.IsOpen() == outside {
			t.Errorf("outside %v: open %v", outside, v.IsOpen())
		}
		v.Close()
	}
}

func TestOverlayFollowsTheWindow(t *testing.T) {
	w := window(t, widget.NewLabel("below"))
	v := fynex.Open(w.Canvas(), widget.NewLabel("x"), fynex.Options{})
	w.Resize(fyne.NewSize(1000, 700))
	if v.Size() != w.Canvas().Size() {
		t.Errorf("overlay %v on canvas %v", v.Size(), w.Canvas().Size())
	}
}

func TestConfirmFocusesTheSafeButton(t *testing.T) {
	w := window(t, widget.NewLabel("below"))
	c := w.Canvas()
	var acted, safe int
	ask := func() {
		fynex.Confirm(c, fynex.Question{Title: "Send?", Body: "Cannot be taken back.", Act: "Send", Danger: true, OnAct: func() { acted++ }, OnSafe: func() { safe++ }})
	}
	focused := func() string {
		b, ok := c.Focused().(*fynex.Button)
		if !ok {
			t.Fatalf("focused %T", c.Focused())
		}
		return b.Text()
	}
	ask()
	if focused() != "Cancel" {
		t.Fatalf("focused %q", focused())
	}
	press(c, fyne.KeyReturn)
	if acted != 0 || safe != 1 || !fynex.Free(c) {
		t.Errorf("Return on the safe button: acted %d safe %d", acted, safe)
	}
	ask()
	press(c, fyne.KeyEscape)
	if acted != 0 || safe != 2 {
		t.Error("Escape is the safe answer")
	}
	ask()
	c.Unfocus()
	press(c, fyne.KeyEscape)
	if safe != 3 {
		t.Error("Escape works with nothing focused")
	}
	ask()
	press(c, fyne.KeyRight)
	if focused() != "Send" {
		t.Fatal("the arrow moves to the act")
	}
	press(c, fyne.KeyReturn)
	if acted != 1 || !fynex.Free(c) {
		t.Error("Return presses the focused button")
	}
}

type list struct{ widget.Entry }

func (*list) CommandSurface() {}

func TestCommandMode(t *testing.T) {
	typing, commands := fynex.NewEntry(), &list{}
	commands.ExtendBaseWidget(commands)
	w := window(t, container.NewVBox(typing, commands))
	c := w.Canvas()
	if !fynex.CommandMode(c) {
		t.Error("nothing focused: commands")
	}
	c.Focus(typing)
	if fynex.CommandMode(c) {
		t.Error("an entry is focused: typing")
	}
	c.Focus(commands)
	if !fynex.CommandMode(c) {
		t.Error("a list is focused: commands")
	}
}

func TestButton(t *testing.T) {
	n := 0
	b := fynex.NewButton("Escalate now", func() { n++ })
	w := window(t, b)
	w.Canvas().Focus(b)
	press(w.Canvas(), fyne.KeyReturn)
	press(w.Canvas(), fyne.KeySpace)
	test.Tap(b)
	if n != 3 {
		t.Errorf("pressed %d times, want 3", n)
	}
	b.Disable()
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Tapped(nil)
	if n != 3 {
		t.Error("a disabled button acted")
	}
}

func TestMarkdownFetchesNothing(t *testing.T) {
	var fetched atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	defer server.Close()
	source := strings.ReplaceAll(`# Summary
![a](URL/1.png) and [![b](URL/2.png)](URL/x)

- item ![c](URL/3.png)

> quote ![d](URL/4.png)

| a | b |
|---|---|
| ![e](URL/5.png) | [f](javascript:alert) |
`, "URL", server.URL)
	r := fynex.Markdown(source, func(*url.URL) {})
	window(t, r).Canvas().Capture()
	if n := fetched.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	if left := images(r.Segments); left != 0 {
		t.Errorf("%d images left", left)
	}
}

func images(in []widget.RichTextSegment) (n int) {
	for _, s := range in {
		switch s := s.(type) {
		case *widget.ImageSegment:
			n++
		case *widget.TableSegment:
			for _, row := range append(s.Rows, s.Headers) {
				for _, cell := range row {
					n += images(cell)
				}
			}
		case widget.RichTextBlock:
			n += images(s.Segments())
		}
	}
	return n
}

func TestMarkdownLinks(t *testing.T) {
	var opened []string
	r := fynex.Markdown("[web](https://status.example/x) [mail](mailto:a@b.c) [file](file:///etc/passwd) [trick](https://bank.example@evil.example/)", func(u *url.URL) { opened = append(opened, u.String()) })
	links := 0
	var walk func([]widget.RichTextSegment)
	walk = func(in []widget.RichTextSegment) {
		for _, s := range in {
			if l, ok := s.(*widget.HyperlinkSegment); ok {
				links++
				l.OnTapped()
			}
			if b, ok := s.(widget.RichTextBlock); ok {
				walk(b.Segments())
			}
		}
	}
	walk(r.Segments)
	if links != 1 || len(opened) != 1 || opened[0] != "https://status.example/x" {
		t.Errorf("%d links, opened %v", links, opened)
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("![x](http://a.example/b.png) | a |\n|---|\n| ![y](z) |")
	f.Fuzz(func(t *testing.T, s string) {
		if n := images(fynex.Markdown(s, nil).Segments); n != 0 {
			t.Fatalf("%d images left", n)
		}
	})
}

func TestNoticeCannotCarryACommand(t *testing.T) {
	n := fynex.Notice(`P0 $(calc) "x" `+"`y`", "a\nb; rm -rf ~ & $env:X\u202E \xff"+strings.Repeat("é", 200))
	for _, s := range []string{n.Title, n.Content} {
		if strings.ContainsAny(s, "$()`\"';&|<>{}\n\\%\u202E") {
			t.Errorf("%q", s)
		}
		if len(s) > 120 {
			t.Errorf("%d bytes", len(s))
		}
	}
}

func TestCopyTextShowsWhatHides(t *testing.T) {
	c := test.NewClipboard()
	fynex.CopyText(c, "a\u202Eb\nc\x1b[0m")
	if got := c.Content(); got != "a<U+202E>b\nc<U+001B>[0m" {
		t.Errorf("%q", got)
	}
}

func TestEntryOffersKeysItDoesNotNeed(t *testing.T) {
	e := fynex.NewEntry()
	w := window(t, e)
	var keys []fyne.KeyName
	var cuts int
	e.OnKey = func(k fyne.KeyName) bool { keys = append(keys, k); return k == fyne.KeyEscape }
	e.OnShortcut = func(fyne.Shortcut) bool { cuts++; return true }
	w.Canvas().Focus(e)
	press(w.Canvas(), fyne.KeyEscape)
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl})
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: fyne.KeyModifierControl})
	if len(keys) != 1 || cuts != 1 {
		t.Errorf("keys %v, shortcuts %d", keys, cuts)
	}
}

func heights(n int) []float32 {
	h := make([]float32, n)
	for i := range h {
		h[i] = float32(20 + i%4*18)
	}
	return h
}

func row(n int) fynex.Row {
	return fynex.Row{
		Length: func() int { return n }, Heights: heights(n),
		Create: func() fyne.CanvasObject { return widget.NewLabel("row") },
		Update: func(i int, o fyne.CanvasObject) { o.(*widget.Label).SetText(fmt.Sprint(i)) },
	}
}

func TestSwapKeepsTheOffset(t *testing.T) {
	old := fynex.NewList(row(500))
	stack := container.NewStack(old)
	window(t, stack)
	old.ScrollToOffset(1234)
	fresh := fynex.NewList(row(501))
	fynex.Swap(stack, old, fresh, 1234)
	if stack.Objects[0] != fyne.CanvasObject(fresh) || fresh.GetScrollOffset() != 1234 {
		t.Errorf("offset %v", fresh.GetScrollOffset())
	}
}

// BenchmarkSetItemHeight measures what a live list costs against a fresh one (Fyne #3427).
func BenchmarkSetItemHeight(b *testing.B) {
	b.Run("live", func(b *testing.B) {
		l := fynex.NewList(row(5000))
		window(b, l)
		h := float32(30)
		for b.Loop() {
			h++
			l.SetItemHeight(3, h)
		}
	})
	b.Run("fresh list of 5000", func(b *testing.B) {
		l := fynex.NewList(row(5000))
		stack := container.NewStack(l)
		window(b, stack)
		for b.Loop() {
			fresh := fynex.NewList(row(5000))
			fynex.Swap(stack, l, fresh, 5000)
			l = fresh
		}
	})
}

// Who goes on to a field that is filled in types over what stands there; what he typed himself he goes on with.
func TestTypingTakesThePlaceOfWhatWasGiven(t *testing.T) {
	w := test.NewTempWindow(t, nil)
	e, other := fynex.NewEntry(), fynex.NewEntry()
	e.SetText("high")
	e.Given = "high"
	w.SetContent(container.NewVBox(e, other))
	for _, c := range []struct{ typed, want string }{{"critical", "critical"}, {"ly", "critically"}} {
		w.Canvas().Focus(e)
		test.Type(e, c.typed)
		w.Canvas().Focus(other)
		if e.Text != c.want {
			t.Errorf("after %q the field holds %q, want %q", c.typed, e.Text, c.want)
		}
	}
}
