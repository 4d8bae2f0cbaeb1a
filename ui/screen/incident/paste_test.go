package incident

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/clip"
)

// TestWhereNothingIsPastedThatIsSaid: the toolkit gives a program the text of a clipboard alone.
func TestWhereNothingIsPastedThatIsSaid(t *testing.T) {
	sc, _ := withFiles(t)
	sc.screen.Clip = func(context.Context) ([]byte, error) { return nil, clip.ErrNoTool }
	clipboard := test.NewClipboard()
	box := sc.screen.box.Focusable().(fyne.Shortcutable)
	box.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if n := len(sc.host.Toasts); n != 1 || !strings.Contains(sc.host.Toasts[0], "save it to a file and drop that here") {
		t.Errorf("says %q", sc.host.Toasts)
	}
	clipboard.SetContent("\x89PNG\r\n\x1a\n\x00\x00") // as some programs answer who asks for text
	box.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if got := sc.screen.box.Text(); got != "" || len(sc.host.Toasts) != 2 {
		t.Errorf("the box has %q, says %q", got, sc.host.Toasts)
	}
	clipboard.SetContent("queue depth 12,000")
	box.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if got := sc.screen.box.Text(); got != "queue depth 12,000" || len(sc.host.Toasts) != 2 {
		t.Errorf("the box has %q, says %q", got, sc.host.Toasts)
	}
}

// TestAFetchThatGoesWellTakesTheFailureBack: the line of the one before would send somebody after a file that is here.
func TestAFetchThatGoesWellTakesTheFailureBack(t *testing.T) {
	sc, f := withFiles(t)
	away := sc.fileNamed("status-page-before.png")
	f.Refuse = errors.New("no device that has it is linked")
	sc.screen.openRow(away.ID.String())
	if len(sc.host.Fails) != 1 {
		t.Fatalf("says %q", sc.host.Fails)
	}
	f.Refuse = nil
	sc.screen.openRow(away.ID.String())
	if len(sc.host.Fails) != 0 {
		t.Errorf("it is here, and %q is still shown", sc.host.Fails)
	}
}
