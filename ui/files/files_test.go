package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"/var/log/x.log": "/var/log/x.log", " '/a b/c.png' ": "/a b/c.png", "file:///a%20b/c.png": "/a b/c.png", "~/x.png": filepath.Join(home, "x.png"),
		"/var//log/../x.log": "/var/x.log", "~": home, "~ana/x.png": "",
		"x.png": "", "": "", "/a\n/b": "", "/a\x00b": "", "https://example.com/x.png": "",
	} {
		if got, why := Path(typed); got != want || (why == "") != (want != "") {
			t.Errorf("%q is read as %q, %q; want %q", typed, got, why, want)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"~/x", "file:///a%20b", "/", "'\"", "~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		path, why := Path(typed)
		if (why == "") != filepath.IsAbs(path) {
			t.Errorf("%q gives %q, %q", typed, path, why)
		}
		if in, name := Split(typed); in+name != typed {
			t.Errorf("%q is split into %q and %q", typed, in, name)
		}
	})
}

func TestAFolderIsListed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.log", "A.log", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "zz"), 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" { // making links takes a right there
		for name, to := range map[string]string{"link": "zz", "broken": "nowhere"} {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	l, err := Local{}.List(dir)
	if err != nil || l.More {
		t.Fatal(err)
	}
	var names []string
	for _, f := range l.Files {
		if f.Name != "link" {
			names = append(names, fmt.Sprintf("%s %v", f.Name, f.Folder))
		}
	}
	if got, want := strings.Join(names, ", "), "zz true, .hidden false, A.log false, b.log false"; got != want {
		t.Errorf("lists %s, want %s", got, want)
	}
	if f, ok := l.Find("link"); runtime.GOOS != "windows" && (!ok || !f.Folder) {
		t.Error("a link to a folder is no folder")
	}
	if f, ok := l.Find("b.log"); !ok || f.Size != 3 || !strings.HasPrefix(f.About(), "3 bytes · ") || !(File{Name: ".x"}).Hidden() {
		t.Errorf("b.log is %+v, %q", f, f.About())
	}
}

func TestAFolderWithTooMuchIsListedInPart(t *testing.T) {
	dir := t.TempDir()
	for i := range 4 {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(i)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	l, err := list(dir, 3)
	if err != nil || !l.More || len(l.Files) != 3 {
		t.Errorf("%d listed, more %v: %v", len(l.Files), l.More, err)
	}
}

// TestTroubleSaysWhatToDo: of a folder that cannot be read, in one sentence.
func TestTroubleSaysWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, gone := Local{}.List(filepath.Join(file, "..", "gone"))
	_, noFolder := Local{}.List(file)
	for _, c := range []struct {
		err  error
		want string
	}{
		{gone, "There is no folder /x"},
		{noFolder, "/x is no folder"},
		{&fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}, "You may not look into /x"},
		{errors.New("input/output error"), "/x cannot be read: input/output error"},
	} {
		if got := Trouble("/x", c.err); !strings.HasPrefix(got, c.want) || !strings.Contains(got, "Go up, or type") {
			t.Errorf("%v: %q", c.err, got)
		}
	}
	if got := Trouble("/x", nil); got != "" {
		t.Errorf("of no trouble it says %q", got)
	}
}
