package part_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/part"
	"holdfast/ui/theme"
)

// shelf is a disk in memory.
type shelf map[string][]files.File

func (shelf) Home() string { return "/home/ana" }

func (s shelf) List(folder string) (files.Listing, error) {
	all, ok := s[folder]
	switch {
	case folder == "/root":
		return files.Listing{}, os.ErrPermission
	case !ok:
		return files.Listing{}, os.ErrNotExist
	}
	return files.Listing{Files: all}, nil
}

func folder(name string) files.File { return files.File{Name: name, Folder: true} }

func disk() shelf {
	return shelf{
		"/":               {folder("home"), folder("root")},
		"/home":           {folder("ana")},
		"/home/ana":       {folder("Documents"), folder("Empty"), {Name: ".secret.json"}, {Name: "notes.txt"}},
		"/home/ana/Empty": {},
		"/home/ana/Documents": {
			folder("old"), {Name: "a.txt"}, {Name: "policy-before.json"}, {Name: "policy.json"}, {Name: "report.json"},
		},
		"/home/ana/Documents/old": {{Name: "policy.json"}},
	}
}

// choosing is a chooser on a window, its work done at once or held back.
type choosing struct {
	*part.Chooser
	w    fyne.Window
	took []string
	hold bool
	held []func()
}

func newChoosing(t *testing.T) *choosing {
	t.Helper()
	c := &choosing{w: empty(t, theme.Options{}, 1280, 720)}
	fynextest.Coarse(c.w)
	c.Chooser = part.NewChooser(c.w.Canvas(), func(work func() error, done func(error)) {
		run := func() { done(work()) }
		if c.hold {
			c.held = append(c.held, run)
			return
		}
		run()
	}, disk())
	return c
}

func (c *choosing) ask(a part.FileAsk) {
	a.Then = func(path string) { c.took = append(c.took, path) }
	c.Show(a)
	c.w.Canvas().Capture()
}

// press types keys, and words between them.
func (c *choosing) press(all ...any) {
	for _, k := range all {
		switch k := k.(type) {
		case string:
			test.Type(c.w.Canvas().Focused(), k)
		case fyne.KeyName:
			c.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
}

func (c *choosing) says(words string) bool {
	for _, o := range c.w.Canvas().Overlays().List() {
		for _, at := range texts(o, fyne.Position{}, nil) {
			if strings.Contains(at.text, words) {
				return true
			}
		}
	}
	return false
}

// TestAFileIsChosenWithTheKeyboard walks, types a few letters, and types paths.
func TestAFileIsChosenWithTheKeyboard(t *testing.T) {
	const enter, down, back = fyne.KeyReturn, fyne.KeyDown, fyne.KeyBackspace
	json := part.FileAsk{Kind: "policy", Title: "Import from", Types: []string{".json"}}
	save := part.FileAsk{Kind: "policy", Title: "Export to", Name: "policy.json", Save: true}
	for _, c := range []struct {
		name string
		ask  part.FileAsk
		keys []any
		want string
	}{
		{"walked to", json, []any{enter, down, down, enter}, "/home/ana/Documents/policy.json"},
		{"by letters", json, []any{"doc", enter, "BEFORE", enter}, "/home/ana/Documents/policy-before.json"},
		{"an exact name wins over one that begins so", json, []any{"doc", enter, "policy.json", enter}, "/home/ana/Documents/policy.json"},
		{"up and in again", json, []any{"doc", enter, back, enter, "rep", enter}, "/home/ana/Documents/report.json"},
		{"a path", json, []any{"/home/ana/Documents/old/policy.json", enter}, "/home/ana/Documents/old/policy.json"},
		{"a path of a folder, then letters", json, []any{"/home/ana/Documents/", enter, "rep", enter}, "/home/ana/Documents/report.json"},
		{"a path from here", json, []any{"Documents/old/pol", enter}, "/home/ana/Documents/old/policy.json"},
		{"a hidden one by its dot", json, []any{".sec", enter}, "/home/ana/.secret.json"},
		{"what is not there", json, []any{"nothing", enter}, ""},
		{"a new file", save, []any{enter}, "/home/ana/policy.json"},
		{"a new file elsewhere", save, []any{down, enter, enter}, "/home/ana/Documents/policy.json?"},
		{"a new file by a path", part.FileAsk{Kind: "p", Save: true}, []any{"/home/ana/Empty/x.json", enter}, "/home/ana/Empty/x.json"},
		{"a folder by its path, with the name that was offered", save, []any{"/home/ana/Empty/", enter, enter}, "/home/ana/Empty/policy.json"},
		{"no name", part.FileAsk{Kind: "p", Save: true}, []any{enter}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newChoosing(t)
			f.ask(c.ask)
			f.press(c.keys...)
			want, asked := strings.CutSuffix(c.want, "?")
			if asked {
				if len(f.took) != 0 || !f.says("Replace policy.json?") {
					t.Fatalf("took %v without asking", f.took)
				}
				f.press(fyne.KeyRight, enter)
			}
			if got := strings.Join(f.took, " "); got != want {
				t.Errorf("took %q, want %q", got, want)
			}
			if f.IsOpen() != (want == "") {
				t.Errorf("open is %v", f.IsOpen())
			}
			if f.MayReplace(want) != asked || f.MayReplace(want) {
				t.Error("what was agreed is not said once")
			}
		})
	}
}

func TestAChooserSaysWhatIsWrong(t *testing.T) {
	f := newChoosing(t)
	f.ask(part.FileAsk{Kind: "x", Title: "Open"})
	f.press("/root/")
	if !f.says("You may not look into /root. Go up, or type") {
		t.Error("of a folder that may not be read nothing is said")
	}
	f.Take("/gone/x")
	f.press(fyne.KeyReturn)
	if !f.says("There is no folder /gone") || len(f.took) != 0 {
		t.Errorf("of a folder that is not there nothing is said; took %v", f.took)
	}
	f.press(fyne.KeyEscape)
	if f.IsOpen() || len(f.took) != 0 {
		t.Error("Esc does not leave")
	}
}

// TestAReplacementCanBeRefused: the file stays, and another name can be given.
func TestAReplacementCanBeRefused(t *testing.T) {
	f := newChoosing(t)
	f.ask(part.FileAsk{Kind: "x", Save: true, Name: "/home/ana/notes.txt"})
	if !f.says("There already") {
		t.Error("nothing is said of the file that is there")
	}
	f.press(fyne.KeyReturn, fyne.KeyEscape)
	if len(f.took) != 0 || !f.IsOpen() || f.MayReplace("/home/ana/notes.txt") {
		t.Errorf("took %v, open %v", f.took, f.IsOpen())
	}
	f.press("2", fyne.KeyReturn)
	if len(f.took) != 1 || f.took[0] != "/home/ana/notes.txt2" {
		t.Errorf("took %v", f.took)
	}
}

// TestAChooserBeginsWhereItEnded: for each kind of question.
func TestAChooserBeginsWhereItEnded(t *testing.T) {
	f := newChoosing(t)
	a := part.FileAsk{Kind: "policy"}
	f.ask(a)
	f.press("Documents/report.json", fyne.KeyReturn)
	f.ask(a)
	f.press("rep", fyne.KeyReturn)
	f.ask(part.FileAsk{Kind: "bundle"})
	f.press("notes", fyne.KeyReturn)
	if got := fmt.Sprint(f.took); got != "[/home/ana/Documents/report.json /home/ana/Documents/report.json /home/ana/notes.txt]" {
		t.Errorf("took %s", got)
	}
}

// TestASlowFolderHoldsNothingUp: Enter waits for what it is about, and what comes late is let go.
func TestASlowFolderHoldsNothingUp(t *testing.T) {
	f := newChoosing(t)
	f.hold = true
	f.ask(part.FileAsk{Kind: "x"})
	f.press("Documents/rep", fyne.KeyReturn)
	if len(f.took) != 0 || !f.says("Reading …") {
		t.Fatalf("took %v while nothing was read", f.took)
	}
	for i := len(f.held) - 1; i >= 0; i-- { // home, the slowest, comes last
		f.held[i]()
	}
	if len(f.took) != 1 || f.took[0] != "/home/ana/Documents/report.json" || f.IsOpen() {
		t.Errorf("took %v", f.took)
	}
}

func TestFilesOfOtherKindsAreShownOnDemand(t *testing.T) {
	f := newChoosing(t)
	f.ask(part.FileAsk{Kind: "x", Types: []string{".json"}, Name: "/home/ana/Documents/"})
	f.Take("/home/ana/Documents/")
	if f.says("a.txt") || !f.says("report.json") || !f.says("4 of 5 shown") {
		t.Error("files of another kind are among those asked for")
	}
	for range 10 {
		f.w.Canvas().FocusNext()
		if chip, ok := f.w.Canvas().Focused().(*part.Chip); ok && chip.On() {
			f.press(fyne.KeySpace)
			break
		}
	}
	if !f.says("a.txt") {
		t.Error("the chip does not show all")
	}
}

// TestChoosingOverAForm: the keyboard comes back to the field it was asked from.
func TestChoosingOverAForm(t *testing.T) {
	f := newChoosing(t)
	e := fynex.NewEntry()
	f.w.SetContent(e)
	f.w.Canvas().Capture()
	f.w.Canvas().Focus(e)
	f.ask(part.FileAsk{Kind: "x"})
	f.press(fyne.KeyEscape)
	if f.w.Canvas().Focused() != e {
		t.Errorf("the keyboard is on %T", f.w.Canvas().Focused())
	}
}
