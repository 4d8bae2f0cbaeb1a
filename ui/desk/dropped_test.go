package desk_test

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"holdfast/sync/node"
	"holdfast/ui/desk"
)

// dropping is a window on which files can be dropped.
type dropping struct {
	fyne.Window
	drop func(fyne.Position, []fyne.URI)
}

func (w *dropping) SetOnDropped(drop func(fyne.Position, []fyne.URI)) { w.drop = drop }

func TestDroppedFileIsAttachedToTheIncidentInFront(t *testing.T) {
	n := openNode(t, t.TempDir())
	r := found(t, n, "Payments")
	id := declared(t, r, "Checkout down")
	test.NewTempApp(t)
	w := &dropping{Window: test.NewTempWindow(t, nil)}
	w.Resize(fyne.NewSize(1280, 720))
	ui := make(loop, 4096)
	d := desk.New(desk.Options{Window: w, Node: n, Post: ui.post, SetTheme: func(th fyne.Theme) { test.ApplyTheme(t, th) }, Incident: id.String()})
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	path := filepath.Join(t.TempDir(), "gc.log")
	if err := os.WriteFile(path, []byte("14:05 GC overhead limit exceeded\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var all []node.AttachmentStatus
	ui.until(t, "the file is attached", func() bool {
		w.drop(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)}) // until the screen has read who writes here
		var err error
		if all, err = r.Attachments(id.String()); err != nil {
			t.Fatal(err)
		}
		return len(all) > 0
	})
	if all[0].Name != "gc.log" || all[0].State != node.AttachmentHere || all[0].Type != "text/plain" {
		t.Errorf("attached was %+v", all[0])
	}
}
