package shell

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// asking is a screen with a field for a file.
type asking struct {
	*paper
	file *form.Input
}

func (a *asking) Object() fyne.CanvasObject { return a.file }

func openAsking(t *testing.T) (*fixture, *asking) {
	t.Helper()
	a := &asking{paper: newPaper("Board")}
	f := open(t)
	fynextest.Coarse(f.window)
	a.file = form.NewPath(f.Shell, "File", "", part.FileAsk{Kind: "policy", Title: "Import from"})
	f.Show(found(t), []Entry{{ID: "board", Screen: a}})
	f.loop.until(t, "the field has the keyboard", func() bool {
		f.window.Canvas().Capture()
		f.Focus(a.file.Entry)
		return f.window.Canvas().Focused() == a.file.Entry
	})
	return f, a
}

// TestAFileIsChosenFromTheDisk reads a real folder through the bridge: from the key and from the palette.
func TestAFileIsChosenFromTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e, ok := keys.Default().Find("view.choose")
	if !ok || e.KeyText() == "" {
		t.Fatal("choosing a file has no key")
	}
	for name, begin := range map[string]func(*fixture, *asking){
		"key": func(_ *fixture, a *asking) { a.file.Entry.TypedShortcut(e.Shortcut()) }, "palette": func(f *fixture, _ *asking) { f.Choose("view.choose") },
	} {
		t.Run(name, func(t *testing.T) {
			f, a := openAsking(t)
			a.file.Fill(filepath.Dir(path) + "/pol")
			if begin(f, a); !f.chooser.IsOpen() {
				t.Fatal("nothing asks for the file")
			}
			if f.Run("list.down") {
				t.Error("a command runs under the chooser")
			}
			f.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			f.loop.until(t, "the file is chosen", func() bool { return !f.chooser.IsOpen() })
			if a.file.Text() != path || f.window.Canvas().Focused() != a.file.Entry {
				t.Errorf("the field holds %q, the keyboard is on %T", a.file.Text(), f.window.Canvas().Focused())
			}
		})
	}
}

// TestADroppedFileFillsWhatAsksForOne: the field that has the keyboard, or the chooser.
func TestADroppedFileFillsWhatAsksForOne(t *testing.T) {
	f, a := openAsking(t)
	f.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/media/stick/policy.json")})
	if a.file.Text() != "/media/stick/policy.json" {
		t.Errorf("the field holds %q", a.file.Text())
	}
	f.ChooseFile(part.FileAsk{Kind: "other", Then: func(string) {}})
	f.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/media/stick/other.json")})
	if e, ok := f.window.Canvas().Focused().(interface{ SelectedText() string }); !ok || a.file.Text() != "/media/stick/policy.json" {
		t.Errorf("the field below holds %q, the keyboard is on %T", a.file.Text(), e)
	}
	f.chooser.Close()
}

// TestNothingAsksForAFile: then the command says so.
func TestNothingAsksForAFile(t *testing.T) {
	f := open(t, Entry{ID: "board", Screen: newPaper("Board")})
	if f.Choose("view.choose") || f.chooser.IsOpen() {
		t.Error("a file is asked for nothing")
	}
}
