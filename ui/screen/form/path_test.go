package form_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

var choose = &desktop.CustomShortcut{KeyName: fyne.KeyO, Modifier: fyne.KeyModifierShortcutDefault}

// TestAPathIsTypedOrChosen: the panel gives a whole path, or says why it is none.
func TestAPathIsTypedOrChosen(t *testing.T) {
	test.NewTempApp(t)
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	d := desk{"choose log": "/var/log/x.log"}
	var got form.Answers
	p := form.NewPanel(d, "test.")
	p.Open(form.Ask{ID: "read", Title: "Read", Button: "Read", Questions: []form.Question{
		{Name: "file", Label: "File", File: &part.FileAsk{Kind: "log"}}, {Name: "other", Label: "Other", File: &part.FileAsk{Kind: "log"}, Optional: true},
	}, Do: func(a form.Answers, reply form.Reply) {
		got = a
		reply("not now", form.Wrong)
	}})
	for typed, says := range map[string]string{"": "One path is needed", "x.log": "Write the whole path"} {
		p.Set("file", typed)
		if p.Press(); got != nil || !strings.Contains(p.Said(), says) {
			t.Errorf("of %q it says %q and does %v", typed, p.Said(), got)
		}
	}
	p.Set("file", "~/x.log")
	if p.Press(); got["file"] != filepath.Join(home, "x.log") || got["other"] != "" {
		t.Errorf("took %v", got)
	}
}

func TestCtrlOAndTheButtonChooseAFile(t *testing.T) {
	test.NewTempApp(t)
	d := desk{"choose log": "/var/log/x.log"}
	i := form.NewPath(d, "File", "", part.FileAsk{Kind: "log"})
	w := test.NewTempWindow(t, form.Stack(8, i))
	w.Resize(fyne.NewSize(600, 200))
	i.Entry.TypedShortcut(choose)
	if i.Text() != "/var/log/x.log" {
		t.Errorf("Ctrl+O gives %q", i.Text())
	}
	d["choose log"] = "/var/log/y.log"
	w.Canvas().Capture() // what was never drawn takes no focus
	w.Canvas().Focus(i.Entry)
	w.Canvas().FocusNext()
	b, ok := w.Canvas().Focused().(*fynex.Button)
	if !ok {
		t.Fatalf("Tab leads to %T", w.Canvas().Focused())
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if i.Text() != "/var/log/y.log" {
		t.Errorf("the button gives %q", i.Text())
	}
}

// writer asks as the shell does.
type writer struct {
	yes    bool
	agreed string
	asked  []string
}

func (*writer) Task(work func() error, done func(error)) { done(work()) }

func (w *writer) Confirm(title, _, _ string, then func()) {
	w.asked = append(w.asked, title)
	if w.yes {
		then()
	}
}

func (w *writer) MayReplace(path string) bool { return path == w.agreed }

func TestAFileIsReplacedOnlyWithAYes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.json")
	for _, c := range []struct {
		name  string
		w     writer
		there bool
		asked int
		wrote string // new or replaced; "" nothing
	}{
		{"new", writer{}, false, 0, "new"},
		{"there, no", writer{}, true, 1, ""},
		{"there, yes", writer{yes: true}, true, 1, "replaced"},
		{"agreed in the chooser", writer{agreed: path}, true, 0, "replaced"},
	} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if c.there {
			if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		wrote, last := "", error(nil)
		form.Write(&c.w, path, func(replace bool) error {
			wrote = map[bool]string{false: "new", true: "replaced"}[replace]
			return nil
		}, func(err error) { last = err })
		if wrote != c.wrote || len(c.w.asked) != c.asked || errors.Is(last, fs.ErrExist) != (wrote == "") {
			t.Errorf("%s: wrote %q, asked %v, %v", c.name, wrote, c.w.asked, last)
		}
	}
	form.Write(&writer{yes: true}, t.TempDir(), func(bool) error { return nil }, func(err error) {
		if err == nil || !strings.Contains(err.Error(), "is a folder") {
			t.Errorf("over a folder: %v", err)
		}
	})
}
