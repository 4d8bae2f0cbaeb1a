package form

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"holdfast/model/plain"
	"holdfast/ui/files"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// Files is what a field for a file needs of the shell.
type Files interface {
	// ChooseFile asks for a file.
	ChooseFile(part.FileAsk)
}

// PathHelp says what to type into a field for the path of a file.
const PathHelp = "Whole path, or ~/ for your home folder; Ctrl+O chooses"

// NewPath makes a field for the path of a file, with a button that asks for one.
func NewPath(d Files, name, help string, a part.FileAsk) *Input {
	var i *Input
	field := part.NewPathField(name, func(typed string) {
		a := a
		if typed != "" {
			a.Name = typed
		}
		a.Then = func(path string) { i.Fill(path) }
		d.ChooseFile(a)
	})
	i = &Input{Field: field.Field, Entry: field.Entry, help: help}
	i.SetHelp(help)
	return i
}

// Path is the whole path that was typed; false, and said at the field, where it
// is none.
func (i *Input) Path() (string, bool) {
	path, why := files.Path(i.Text())
	if why != "" {
		i.Wrong(plain.Capital(why))
		return "", false
	}
	i.Wrong("")
	return path, true
}

// Writer is what writing a file needs of the shell.
type Writer interface {
	Task(work func() error, done func(error))
	Confirm(title, text, yes string, then func())
	MayReplace(path string) bool
}

// Write writes a file off the UI goroutine. Where one is there already it is left
// alone, done hears fs.ErrExist, and the person is asked: with a yes it is
// replaced, and done is called once more. Who agreed in the chooser is not asked
// again.
func Write(d Writer, path string, write func(replace bool) error, done func(error)) {
	agreed := d.MayReplace(path)
	d.Task(func() error {
		if !agreed {
			if err := fresh(path); err != nil {
				return err
			}
		}
		return write(agreed)
	}, func(err error) {
		done(err)
		if !errors.Is(err, fs.ErrExist) {
			return
		}
		d.Confirm("Replace "+text.Line(path)+"?", "What it holds now will be lost.", "Replace", func() {
			d.Task(func() error { return write(true) }, done)
		})
	})
}

// fresh refuses a path where something is.
func fresh(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; give the name of a file in it", path)
	}
	return there(path)
}

// there is the path of a file that is there already; it is an fs.ErrExist.
type there string

func (t there) Error() string {
	return text.Line(string(t)) + " is there already and was left alone; give another name, or replace it"
}

func (t there) Unwrap() error { return fs.ErrExist }

// Written says what came of writing a file.
func Written(path string, err error, reply Reply) {
	switch {
	case errors.Is(err, fs.ErrExist):
		reply("Not done: "+text.Line(path)+" is there already and was left alone. Give another name, or replace it. What you typed is kept.", Wrong)
	case err != nil:
		reply("Not done: "+text.Line(err.Error())+". What you typed is kept.", Wrong)
	default:
		reply("Written to "+text.Line(path)+".", Well)
	}
}
