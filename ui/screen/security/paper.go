package security

import (
	"bytes"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// formats are what a draft is written as, in the words of people.
var formats = [...]struct{ word, format string }{
	{"Markdown (.md)", export.Markdown}, {"Web page (.html)", export.HTML}, {"Plain text (.txt)", export.Plain},
}

// askExport writes the draft that is looked at to a file.
func (s *Screen) askExport(l line) form.Ask {
	words := make([]string, len(formats))
	for i, f := range formats {
		words[i] = f.word
	}
	return form.Ask{
		Title: "Export: " + l.Label, About: "A draft for a person to check. What is missing is marked in it.", Doing: "Writing …",
		Questions: []form.Question{
			{Name: "format", Label: "As", Options: words, Value: words[0]},
			{Name: "file", Label: "File", Help: "A path such as /media/stick/notice.md; Ctrl+O chooses", File: &part.FileAsk{Kind: "paper", Title: "Export draft to", Save: true}},
		}, Do: func(a form.Answers, reply form.Reply) { s.export(l.paper, a, reply) },
	}
}

func (s *Screen) export(paper string, a form.Answers, reply form.Reply) {
	path := a["file"]
	if s.content.paper == nil || s.content.paperName != paper {
		reply("Not done: the draft is still being made. Press again in a moment.", form.Wrong)
		return
	}
	doc, format := *s.content.paper, export.Markdown
	for _, f := range formats {
		if f.word == a["format"] {
			format = f.format
		}
	}
	form.Write(s.host, path, func(replace bool) error { return writePaper(path, doc, format, replace) }, func(err error) { form.Written(path, err, reply) })
}

// writePaper writes a draft to a file.
func writePaper(path string, d report.Document, format string, replace bool) error {
	var b bytes.Buffer
	if err := export.Paper(&b, d, format); err != nil {
		return err
	}
	return export.Save(path, b.Bytes(), replace)
}

// maxPreview bounds what is shown of a draft: a register may have any length,
// and the file has it whole.
const maxPreview = 200

// preview shows a draft as it will be written, what is missing in red.
func preview(d *report.Document) []fyne.CanvasObject {
	var all []fyne.CanvasObject
	add := func(o fyne.CanvasObject) {
		if len(all) < maxPreview {
			all = append(all, o)
		}
	}
	for _, m := range d.Marks {
		add(form.NewWords(text.Line(m), form.Warn))
	}
	add(form.Caption(text.Line(d.Title)))
	if len(d.Missing) > 0 {
		add(form.NewWords("Missing: "+text.Line(strings.Join(d.Missing, "; ")), form.Wrong))
	}
	for _, b := range d.Blocks {
		previewBlock(b, add)
	}
	if len(all) == maxPreview {
		all = append(all, form.NewWords("… the rest is in the file.", form.Quiet))
	}
	return all
}

func previewBlock(b report.Block, add func(fyne.CanvasObject)) {
	switch b.Kind {
	case report.Heading:
		add(form.Caption(text.Line(b.Text)))
	case report.Paragraph:
		add(form.NewWords(text.Block(b.Text), form.Plain))
	case report.FieldList:
		for _, f := range b.Fields {
			switch {
			case f.Value == "" && f.Missing:
				add(form.NewWords(text.Line(f.Label)+": missing", form.Wrong))
			case f.Value == "":
				add(form.NewWords(text.Line(f.Label)+": -", form.Quiet))
			default:
				add(form.NewWords(text.Line(f.Label)+": "+text.Block(f.Value), form.Plain))
			}
		}
	case report.List:
		for _, i := range b.Items {
			add(form.NewWords("· "+text.Block(i), form.Plain))
		}
	case report.Table:
		for _, r := range b.Rows {
			var cells []string
			for i, c := range r {
				if c != "" && i < len(b.Head) {
					cells = append(cells, text.Line(b.Head[i])+" "+text.Line(c))
				}
			}
			add(form.NewWords(strings.Join(cells, " · "), form.Plain))
		}
	}
}
