package export

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	papers "holdfast/model/report"
)

// Formats of a paper.
const (
	HTML  = "html"
	Plain = "txt"
	PDF   = "pdf"
	EML   = "eml"
)

// PaperFormats lists what a paper is written as.
var PaperFormats = [...]string{Markdown, HTML, Plain, PDF, EML}

// Paper writes a paper in one of PaperFormats. The error of another wraps
// ErrFormat and names them.
func Paper(w io.Writer, d papers.Document, format string) error {
	var err error
	switch format {
	case Markdown:
		err = paperMarkdown(w, d)
	case HTML:
		err = paperPage.Execute(w, d)
	case Plain:
		err = paperText(w, d)
	case PDF:
		err = paperPDF(w, d)
	case EML:
		err = paperMail(w, d)
	default:
		return fmt.Errorf("a paper as %.40q: %w; formats are %s", format, ErrFormat, strings.Join(PaperFormats[:], ", "))
	}
	if err != nil {
		return fmt.Errorf("export %s as %s: %w", d.Title, format, err)
	}
	return nil
}

// value writes what stands behind a label; what is missing is marked, so that
// nobody overlooks it.
func value(f papers.Field) string {
	switch {
	case f.Value != "":
		return f.Value
	case f.Missing:
		return "[MISSING: " + f.Label + "]"
	}
	return "-"
}

func paperMarkdown(w io.Writer, d papers.Document) error {
	r := &report{}
	for _, m := range d.Marks {
		r.line("**%s**\n", inline(m))
	}
	r.line("# %s", inline(d.Title))
	if len(d.Missing) > 0 {
		r.line("\n## Missing\n")
		for _, m := range d.Missing {
			r.line("- \\[MISSING: %s\\]", inline(m))
		}
	}
	for _, b := range d.Blocks {
		r.block(b)
	}
	for _, m := range d.Marks {
		r.line("\n**%s**", inline(m))
	}
	_, err := w.Write(r.Bytes())
	return err
}

func (r *report) block(b papers.Block) {
	r.line("")
	switch b.Kind {
	case papers.Heading:
		r.line("%s %s", strings.Repeat("#", max(2, min(b.Level, 6))), inline(b.Text))
	case papers.Paragraph:
		r.line("%s", block(b.Text, ""))
	case papers.FieldList:
		for _, f := range b.Fields {
			r.line("- %s: %s", inline(f.Label), block(value(f), "  "))
		}
	case papers.List:
		for _, i := range b.Items {
			r.line("- %s", block(i, "  "))
		}
	case papers.Table:
		row := func(cells []string) {
			for _, c := range cells {
				fmt.Fprintf(r, "| %s ", inline(c))
			}
			r.line("|")
		}
		row(b.Head)
		r.line("%s|", strings.Repeat("|---", len(b.Head)))
		for _, cells := range b.Rows {
			row(cells)
		}
	}
}

// paperText writes a paper for a form on a portal: no marks of any language.
func paperText(w io.Writer, d papers.Document) error {
	var b strings.Builder
	line := func(parts ...string) { fmt.Fprintln(&b, plain(strings.Join(parts, ""))) }
	for _, m := range d.Marks {
		line(m)
	}
	line("\n", d.Title)
	for _, m := range d.Missing {
		line("[MISSING: ", m, "]")
	}
	for _, block := range d.Blocks {
		switch block.Kind {
		case papers.Heading, papers.Paragraph:
			line("\n", block.Text)
		case papers.FieldList:
			for _, f := range block.Fields {
				line(f.Label, ": ", value(f))
			}
		case papers.List:
			for _, i := range block.Items {
				line("- ", i)
			}
		case papers.Table:
			for _, cells := range block.Rows {
				for n, c := range cells {
					if c != "" {
						line(block.Head[n], ": ", c)
					}
				}
				line()
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// paperPage escapes every text by itself; it loads nothing from anywhere.
var paperPage = template.Must(template.New("paper").Funcs(template.FuncMap{"value": value}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title>
<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;font-size:13px}
td,th{border:1px solid #888;padding:.2rem .4rem;text-align:left;vertical-align:top}dt{font-weight:bold}dd,p{white-space:pre-line}dd{margin:0 0 .5rem}.missing,.mark{color:#a00;font-weight:bold}</style>
</head><body>
{{range .Marks}}<p class="mark">{{.}}</p>
{{end}}<h1>{{.Title}}</h1>
{{if .Missing}}<ul class="missing">{{range .Missing}}<li>[MISSING: {{.}}]</li>
{{end}}</ul>
{{end}}{{range .Blocks}}{{if eq .Kind "heading"}}{{if gt .Level 2}}<h3>{{.Text}}</h3>{{else}}<h2>{{.Text}}</h2>{{end}}
{{else if eq .Kind "paragraph"}}<p>{{.Text}}</p>
{{else if eq .Kind "fields"}}<dl>{{range .Fields}}<dt>{{.Label}}</dt><dd{{if and .Missing (not .Value)}} class="missing"{{end}}>{{value .}}</dd>
{{end}}</dl>
{{else if eq .Kind "list"}}<ul>{{range .Items}}<li>{{.}}</li>
{{end}}</ul>
{{else if eq .Kind "table"}}<table><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>
{{end}}{{end}}{{range .Marks}}<p class="mark">{{.}}</p>
{{end}}</body></html>
`))
