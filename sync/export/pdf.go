package export

import (
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	papers "holdfast/model/report"
)

// Lengths of the page in millimetres: A4, so that a printer anywhere takes it.
const (
	pdfMargin   = 15
	pdfLine     = 5.0
	pdfSmall    = 4.0
	pdfWidth    = 210 - 2*pdfMargin
	pdfHeight   = 297
	pdfNarrow   = 14.0 // the least width of a column
	pdfText     = 10.0 // points
	pdfCell     = 8.0
	pdfHeadline = 16.0
)

// paperPDF writes a paper to be printed. Its font is in the program, so that it
// looks the same everywhere and asks no network; letters the font lacks show as
// a question mark. The same paper gives the same bytes.
func paperPDF(w io.Writer, d papers.Document) error {
	glyphs, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return err
	}
	p := &printer{Fpdf: fpdf.New("P", "mm", "A4", ""), glyphs: glyphs}
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p.SetTitle(p.printable(d.Title), true)
	p.SetProducer("Holdfast", true)
	p.SetCreationDate(time.Unix(0, 0))
	p.SetModificationDate(time.Unix(0, 0))
	p.SetCatalogSort(true)
	p.SetMargins(pdfMargin, pdfMargin, pdfMargin)
	p.SetAutoPageBreak(true, pdfMargin)
	p.SetFooterFunc(func() {
		p.SetY(-10)
		p.font("", pdfCell)
		p.CellFormat(pdfWidth, pdfSmall, p.printable(strings.Join(d.Marks, " "))+"  "+strconv.Itoa(p.PageNo()), "", 0, "C", false, 0, "")
	})
	p.AddPage()
	p.paper(d)
	return p.Output(w)
}

// printer is a PDF on its way.
type printer struct {
	*fpdf.Fpdf
	glyphs *sfnt.Font
	buffer sfnt.Buffer
}

func (p *printer) font(style string, points float64) { p.SetFont("go", style, points) }

func (p *printer) text(style string, points, line float64, text string) {
	p.font(style, points)
	p.MultiCell(pdfWidth, line, p.printable(text), "", "L", false)
}

func (p *printer) paper(d papers.Document) {
	for _, m := range d.Marks {
		p.text("B", pdfText, pdfLine, m)
	}
	p.text("B", pdfHeadline, 8, d.Title)
	for _, m := range d.Missing {
		p.text("B", pdfCell, pdfSmall, "[MISSING: "+m+"]")
	}
	for _, b := range d.Blocks {
		p.Ln(2)
		switch b.Kind {
		case papers.Heading:
			size := 13.0
			if b.Level > 2 {
				size = 11
			}
			if p.GetY() > pdfHeight-4*pdfMargin {
				p.AddPage() // a heading stands with what it heads
			}
			p.text("B", size, 6, b.Text)
		case papers.Paragraph:
			p.text("", pdfText, pdfLine, b.Text)
		case papers.FieldList:
			for _, f := range b.Fields {
				p.text("", pdfText, pdfLine, f.Label+": "+value(f))
			}
		case papers.List:
			for _, item := range b.Items {
				p.text("", pdfText, pdfLine, "- "+item)
			}
		case papers.Table:
			p.table(b)
		}
	}
}

// table writes rows whose cells wrap. Widths follow what the columns hold.
func (p *printer) table(b papers.Block) {
	widths := columns(b)
	p.font("B", pdfCell)
	p.row(b.Head, widths)
	p.font("", pdfCell)
	for _, cells := range b.Rows {
		p.row(cells, widths)
	}
}

// columns shares the width of the page out: by the longest cell of each column,
// of which a very long one counts no more than a line.
func columns(b papers.Block) []float64 {
	weights, sum := make([]float64, len(b.Head)), 0.0
	for i, name := range b.Head {
		longest := utf8.RuneCountInString(name)
		for _, row := range b.Rows {
			if i < len(row) {
				longest = max(longest, utf8.RuneCountInString(row[i]))
			}
		}
		weights[i] = float64(max(4, min(longest, 60)))
		sum += weights[i]
	}
	spare := pdfWidth - pdfNarrow*float64(len(weights))
	least := pdfNarrow
	if spare < 0 { // more columns than fit at their least: all alike
		least, spare = pdfWidth/float64(len(weights)), 0
	}
	for i := range weights {
		weights[i] = least + spare*weights[i]/sum
	}
	return weights
}

// row writes a row as high as its highest cell, on the next page where it does
// not fit. One higher than a page is cut off, and says so.
func (p *printer) row(cells []string, widths []float64) {
	most := int((pdfHeight - 3*pdfMargin) / pdfSmall)
	lines, high := make([][]string, len(widths)), 1
	for i := range widths {
		if i >= len(cells) {
			continue
		}
		lines[i] = p.SplitText(p.printable(cells[i]), widths[i]-2)
		if len(lines[i]) > most {
			lines[i] = append(lines[i][:most-1], "[cut; the whole text is in the record]")
		}
		high = max(high, len(lines[i]))
	}
	height := float64(high)*pdfSmall + 1
	if p.GetY()+height > pdfHeight-pdfMargin {
		p.AddPage()
	}
	x, y := p.GetX(), p.GetY()
	for i, w := range widths {
		p.Rect(x, y, w, height, "D")
		for n, text := range lines[i] {
			p.SetXY(x+0.5, y+0.5+float64(n)*pdfSmall)
			p.CellFormat(w-1, pdfSmall, text, "", 0, "L", false, 0, "")
		}
		x += w
	}
	p.SetXY(pdfMargin, y+height)
}

// printable keeps the letters the font has.
func (p *printer) printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		if glyph, err := p.glyphs.GlyphIndex(&p.buffer, r); err != nil || glyph == 0 {
			return '?'
		}
		return r
	}, plain(text))
}
