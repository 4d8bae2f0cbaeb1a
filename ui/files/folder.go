package files

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/ui/text"
)

// File is what a folder holds: a file or another folder.
type File struct {
	Name   string
	Folder bool
	Size   int64 // bytes
	At     time.Time
}

// Hidden reports a name that begins with a dot.
func (f File) Hidden() bool { return strings.HasPrefix(f.Name, ".") }

// About says how large a file is, and when it was changed.
func (f File) About() string {
	if f.Folder {
		return f.At.Format(stamp)
	}
	return model.SizeText(f.Size) + " · " + f.At.Format(stamp)
}

const stamp = "2006-01-02 15:04"

// MaxListed is how many names of a folder are read: more is an archive that
// nobody looks through, and each is a question to the disk.
const MaxListed = 5000

// Listing is what a folder holds, folders first, then by name.
type Listing struct {
	Files []File
	More  bool // there are more than MaxListed
}

// Find gives the file of a name.
func (l Listing) Find(name string) (File, bool) {
	i := slices.IndexFunc(l.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return File{}, false
	}
	return l.Files[i], true
}

// Disk is where files are.
type Disk interface {
	// Home is the folder to begin in.
	Home() string
	// List reads a folder. It may take long.
	List(folder string) (Listing, error)
}

// Local is the disk of this computer.
type Local struct{}

// Home is the user's home folder, and the root where there is none.
func (Local) Home() string {
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		return filepath.Clean(home)
	}
	return string(filepath.Separator)
}

// List reads a folder. What is neither a file nor a folder, such as a pipe, is
// left out: opening it could wait for ever.
func (Local) List(folder string) (Listing, error) { return list(folder, MaxListed) }

func list(folder string, most int) (Listing, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return Listing{}, err
	}
	if !info.IsDir() {
		return Listing{}, fmt.Errorf("%s: %w", folder, errNoFolder)
	}
	f, err := os.Open(folder)
	if err != nil {
		return Listing{}, err
	}
	defer f.Close() // it was only read
	entries, err := f.ReadDir(most + 1)
	if err != nil && len(entries) == 0 && !errors.Is(err, io.EOF) {
		return Listing{}, err
	}
	l := Listing{More: len(entries) > most}
	for _, e := range entries[:min(len(entries), most)] {
		if f, ok := look(folder, e); ok {
			l.Files = append(l.Files, f)
		}
	}
	Sort(l.Files)
	return l, nil
}

// look says what an entry of a folder is; a link is what it leads to.
func look(folder string, e fs.DirEntry) (File, bool) {
	info, err := e.Info()
	if err == nil && e.Type()&fs.ModeSymlink != 0 {
		info, err = os.Stat(filepath.Join(folder, e.Name()))
	}
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return File{}, false
	}
	return File{Name: e.Name(), Folder: info.IsDir(), Size: info.Size(), At: info.ModTime()}, true
}

// Sort puts folders first, then what begins alike together.
func Sort(all []File) {
	slices.SortFunc(all, func(a, b File) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

// Trouble says why a folder could not be read, and what to do.
func Trouble(folder string, err error) string {
	folder = text.Line(folder)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, fs.ErrPermission):
		return "You may not look into " + folder + ". Go up, or type the whole path of the file."
	case errors.Is(err, fs.ErrNotExist):
		return "There is no folder " + folder + ". Go up, or type another path."
	case errors.Is(err, errNoFolder):
		return folder + " is no folder. Go up, or type another path."
	}
	return folder + " cannot be read: " + text.Line(err.Error()) + ". Go up, or type another path."
}

var errNoFolder = errors.New("no folder")
