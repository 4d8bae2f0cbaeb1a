// Package paper asks where a paper goes and as what, and writes it there.
package paper

import (
	"bytes"

	"holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// formats are what a paper is written as, in the words of people.
var formats = [...]struct{ word, format string }{
	{"Markdown (.md)", export.Markdown}, {"Web page (.html)", export.HTML}, {"PDF (.pdf)", export.PDF}, {"Table (.csv)", export.CSV},
}

// Desk is what an export needs of the shell.
type Desk interface {
	form.Files
	form.Writer
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
			{Name: "file", Label: "File", Help: form.PathHelp, File: &part.FileAsk{Kind: "paper", Title: title + " to", Save: true}},
		},
		Do: func(a form.Answers, reply form.Reply) {
			path, format := a["file"], export.Markdown
			for _, f := range formats {
				if f.word == a["format"] {
					format = f.format
				}
			}
			source(func(doc report.Document, table [][]string) {
				form.Write(d, path, func(replace bool) error { return write(path, format, doc, table, replace) }, func(err error) { form.Written(path, err, reply) })
			})
		},
	}
}

// write writes a paper to a file.
func write(path, format string, doc report.Document, table [][]string, replace bool) error {
	var b bytes.Buffer
	err := export.Paper(&b, doc, format)
	if format == export.CSV {
		b.Reset()
		err = export.Table(&b, table)
	}
	if err != nil {
		return err
	}
	return export.Save(path, b.Bytes(), replace)
}
