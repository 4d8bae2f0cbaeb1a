package incident

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestAPictureOnTheClipboardIsNotPastedInSilence: the toolkit gives a program the text of a clipboard alone.
func TestAPictureOnTheClipboardIsNotPastedInSilence(t *testing.T) {
	sc := open(t)
	clipboard := test.NewClipboard()
	box := sc.screen.box.Focusable().(fyne.Shortcutable)
	box.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if n := len(sc.host.Toasts); n != 1 || !strings.Contains(sc.host.Toasts[0], "Ctrl+Shift+A attaches it") {
		t.Errorf("says %q", sc.host.Toasts)
	}
	clipboard.SetContent("queue depth 12,000")
	box.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if got := sc.screen.box.Text(); got != "queue depth 12,000" || len(sc.host.Toasts) != 1 {
		t.Errorf("the box has %q, says %q", got, sc.host.Toasts)
	}
}
