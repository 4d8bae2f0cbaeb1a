package incident

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/clip"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
)

// withFiles opens the incident with what was attached.
func withFiles(t *testing.T) (*scene, *sample.Files) {
	t.Helper()
	sc := open(t)
	story, err := sample.Attached()
	if err != nil {
		t.Fatal(err)
	}
	sc.story = story
	host := sample.NewHost(story.Room.Device(0))
	host.Clock, sc.host = sc.host.Clock, host
	f := &sample.Files{Device: host.Device}
	sc.start()
	sc.screen.Files = f
	sc.host.Refresh()
	return sc, f
}

func (sc *scene) fileNamed(name string) node.AttachmentStatus {
	sc.t.Helper()
	for _, f := range sc.screen.content.files {
		if f.Name == name {
			return f
		}
	}
	sc.t.Fatalf("no attachment is called %s", name)
	return node.AttachmentStatus{}
}

// tempFile is a file of a name.
func tempFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("14:05 GC overhead limit exceeded\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDroppedFilesAreAttachedOneAfterTheOther(t *testing.T) {
	sc, f := withFiles(t)
	one, two := tempFile(t, "gc.log"), tempFile(t, "gc-2.log")
	sc.screen.Take([]string{one, two})
	if len(f.Added) != 2 || f.Added[0].Path != one || f.Added[1].Path != two || f.Added[0].Incident != sc.story.Incident.String() {
		t.Fatalf("attached were %+v", f.Added)
	}
	if st := sc.fileNamed("gc-2.log"); st.State != node.AttachmentHere {
		t.Errorf("it is %+v", st)
	}
	if sc.screen.drawer.kind != drawerFiles || sc.screen.drawer.list.Held() {
		t.Error("the list of attachments is not shown, or took the keyboard")
	}
	if words := lineWords(sc.screen.drawer.list.Blocks()); !strings.Contains(words, "gc-2.log") {
		t.Errorf("the list says %s", words)
	}
}

func TestWhatIsAddedShowsItsProgressAndCanBeLeftOut(t *testing.T) {
	sc, _ := withFiles(t)
	// The work itself runs on another goroutine in the program; here it is held.
	a := &adding{incident: sc.story.Incident, path: "/var/log/gc.log"}
	a.ctx, a.cancel = sc.screen.files.context()
	a.told(40, 100)
	sc.screen.files.adding = []*adding{a}
	sc.screen.Run("incident.files")
	line := sc.screen.drawer.list.Blocks()[0].Lines[0]
	if line.Right != "40 %" || line.Share != 0.4 || !line.Rune('x') || a.ctx.Err() == nil {
		t.Errorf("the line says %q, %v; stopped: %v", line.Right, line.Share, a.ctx.Err())
	}
}

func TestAttachmentRowsSayWhereTheyAre(t *testing.T) {
	sc, _ := withFiles(t)
	for name, want := range map[string]string{
		"connections-db1.png": "here", "status-page-before.png": "on Li Wei's laptop", "db1-remains.tar.zst": "fetching, 39 %", "wrong-host.png": "",
	} {
		r, ok := sc.screen.content.row(sc.fileNamed(name).ID.String())
		if !ok || r.Where != want || r.Kind != "Attachment" {
			t.Errorf("%s: %+v, want %q", name, r.TimelineRow, want)
		}
	}
}

func TestEnterFetchesShowsAndSaves(t *testing.T) {
	sc, f := withFiles(t)
	s := sc.screen
	away := sc.fileNamed("status-page-before.png")
	s.openRow(away.ID.String())
	if len(f.Fetched) != 1 || f.Fetched[0] != away.ID.String() || s.drawer.kind != drawerPicture {
		t.Errorf("fetched %v, drawer %v; want it fetched and shown", f.Fetched, s.drawer.kind)
	}
	s.drawer.close()
	if s.drawer.kind != drawerFiles {
		t.Error("Esc does not go back from the picture to the list")
	}
	log := sc.fileNamed("pg_basebackup.log")
	to := filepath.Join(t.TempDir(), "saved.log")
	sc.host.Pick = to
	s.openRow(log.ID.String())
	if asked := sc.host.Chosen[0]; !asked.Save || asked.Name != "pg_basebackup.log" {
		t.Fatalf("asks %+v; want to be asked where to save", asked)
	}
	if len(f.Saved) != 1 || f.Saved[0] != log.ID.String()+" "+to {
		t.Errorf("saved %v", f.Saved)
	}
	s.files.save(log, tempFile(t, "there"))
	if len(f.Saved) != 1 || len(sc.host.Fails) != 1 || !strings.Contains(sc.host.Fails[0], "there already") {
		t.Errorf("a file that is there: saved %v, said %v", f.Saved, sc.host.Fails)
	}
}

func TestFailedFetchSaysWhy(t *testing.T) {
	sc, f := withFiles(t)
	f.Refuse = errors.New("status-page-before.png cannot be had now: on Li Wei's laptop, not linked now")
	sc.screen.openRow(sc.fileNamed("status-page-before.png").ID.String())
	if len(sc.host.Fails) != 1 || !strings.Contains(sc.host.Fails[0], "on Li Wei's laptop") {
		t.Errorf("said %v", sc.host.Fails)
	}
}

func TestAttachAsksForAFile(t *testing.T) {
	sc, f := withFiles(t)
	s := sc.screen
	path := tempFile(t, "gc log.txt")
	fyne.CurrentApp().Clipboard().SetContent("file://" + strings.ReplaceAll(path, " ", "%20"))
	sc.host.Pick = path
	s.Run("incident.attach")
	asked := sc.host.Chosen[0]
	if asked.Name != path || asked.Save || !strings.Contains(asked.Title, s.content.code) {
		t.Errorf("asks %+v, want the path on the clipboard", asked)
	}
	if len(f.Added) != 1 || f.Added[0].Path != path || s.mode != logging {
		t.Errorf("attached %+v, mode %v", f.Added, s.mode)
	}
	fyne.CurrentApp().Clipboard().SetContent("no path at all")
	sc.host.Pick = ""
	s.Run("view.choose")
	if asked := sc.host.Chosen[1]; asked.Name != "" || len(f.Added) != 1 {
		t.Errorf("asks %+v, attached %+v", asked, f.Added)
	}
}

func TestAttachmentIsTakenBackWithAReason(t *testing.T) {
	sc, _ := withFiles(t)
	s := sc.screen
	id := sc.fileNamed("pg_basebackup.log").ID.String()
	s.timeline.Select(id)
	s.Run(keys.ID("timeline.retract"))
	s.load("of another cluster")
	s.Run("capture.submit")
	if c, ok := sc.last().(model.RetractAttachment); !ok || c.Attachment != id || c.Reason != "of another cluster" {
		t.Errorf("the command is %+v", sc.last())
	}
}

// TestAPastedPictureIsAttached, as a file that is gone afterwards; what is no picture is said.
func TestAPastedPictureIsAttached(t *testing.T) {
	sc, f := withFiles(t)
	paste := func() {
		sc.screen.box.Focusable().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: test.NewClipboard()})
	}
	picture := []byte("\x89PNG picture")
	sc.screen.Clip = func(context.Context) ([]byte, error) { return picture, nil }
	paste()
	if st := sc.screen.content.files; len(f.Added) != 1 || !slices.ContainsFunc(st, func(a node.AttachmentStatus) bool {
		return strings.HasPrefix(a.Name, "pasted ") && a.Size == int64(len(picture))
	}) {
		t.Fatalf("attached were %+v", f.Added)
	}
	path := f.Added[0].Path
	if name := filepath.Base(path); !strings.HasPrefix(name, "pasted ") || !strings.HasSuffix(name, " UTC.png") {
		t.Errorf("it is called %q", name)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is left: %v", err)
	}
	sc.screen.Clip = func(context.Context) ([]byte, error) { return nil, clip.ErrNone }
	paste()
	if len(f.Added) != 1 || !strings.HasPrefix(sc.host.Toasts[len(sc.host.Toasts)-1], "There is neither text") {
		t.Errorf("without a picture it says %q", sc.host.Toasts)
	}
	sc.screen.Clip = func(context.Context) ([]byte, error) {
		return nil, errors.New("the program that holds the clipboard does not answer")
	}
	paste()
	if len(f.Added) != 1 || !strings.Contains(strings.Join(sc.host.Fails, "|"), "was not pasted: the program") {
		t.Errorf("a clipboard that fails is told as %q", sc.host.Fails)
	}
}
