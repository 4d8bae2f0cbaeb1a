// Package paper asks where a paper goes and as what, and writes it there.
package paper

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"

	"holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// formats are what a paper is written as, in the words of people.
var formats = [...]struct{ word, format string }{
	{"Markdown (.md)", export.Markdown}, {"Web page (.html)", export.HTML}, {"PDF (.pdf)", export.PDF}, {"Table (.csv)", export.CSV},
}

// Desk is what an export needs of the shell.
type Desk interface {
	// Task runs work off the UI goroutine and done on it.
	Task(work func() error, done func(error))
}

// Source gives a paper once it was read, and its figures as a table.
type Source func(then func(doc report.Document, table [][]string))

// Ask asks for format and file of a paper; one with figures can be a table too.
func Ask(d Desk, title string, figures bool, source Source) form.Ask {
	n := len(formats)
	if !figures {
		n--
	}
	words := make([]string, n)
	for i := range words {
		words[i] = formats[i].word
	}
	return form.Ask{
		Title: title, Button: "Export", Doing: "Writing …",
		Questions: []form.Question{
			{Name: "format", Label: "As", Options: words, Value: words[0]},
			{Name: "file", Label: "File", Help: "The whole path, from the root; a file that is there is left alone"},
		},
		Do: func(a form.Answers, reply form.Reply) {
			path, format := a["file"], export.Markdown
			if !filepath.IsAbs(path) {
				reply("Not done: give the whole path of the file, from the root. What you typed is kept.", form.Wrong)
				return
			}
			for _, f := range formats {
				if f.word == a["format"] {
					format = f.format
				}
			}
			source(func(doc report.Document, table [][]string) {
				d.Task(func() error { return write(path, format, doc, table) }, func(err error) { said(path, err, reply) })
			})
		},
	}
}

func said(path string, err error, reply form.Reply) {
	switch {
	case errors.Is(err, fs.ErrExist):
		reply("Not done: "+text.Line(path)+" is there already and was left alone. Give another name. What you typed is kept.", form.Wrong)
	case err != nil:
		reply("Not done: "+text.Line(err.Error())+". What you typed is kept.", form.Wrong)
	default:
		reply("Written to "+text.Line(path)+".", form.Well)
	}
}

// write writes a paper to a new file.
func write(path, format string, doc report.Document, table [][]string) error {
	var b bytes.Buffer
	err := export.Paper(&b, doc, format)
	if format == export.CSV {
		b.Reset()
		err = export.Table(&b, table)
	}
	if err != nil {
		return err
	}
	return export.NewFile(path, b.Bytes())
}
