// Package report makes papers for people outside the room, or for the file,
// from what the room knows: notices, letters, registers, post-mortems. A paper
// is a small tree that says nothing of how it looks; package export writes it as
// Markdown, HTML, PDF or plain text.
//
// It computes the figures of the response, too (Measure), and the weekly,
// monthly, quarterly and annual report made of them (Report). Each figure has
// one formula, which stands beside it, and names its incidents.
package report

import "holdfast/model"

// Kinds of block.
const (
	Heading   = "heading"
	Paragraph = "paragraph"
	FieldList = "fields"
	List      = "list"
	Table     = "table"
)

// Document is a paper.
type Document struct {
	Title string `json:"title"`
	// Marks stand above and below everything: privilege, legal hold, draft.
	Marks []string `json:"marks"`
	// Missing lists what the paper lacks, before anything else.
	Missing []string `json:"missing"`
	Blocks  []Block  `json:"blocks"`
}

// Block is one part of a paper.
type Block struct {
	Kind string `json:"kind"`
	// Level is that of a heading: 2 or 3.
	Level  int        `json:"level,omitempty"`
	Text   string     `json:"text,omitempty"`
	Fields []Field    `json:"fields,omitempty"`
	Items  []string   `json:"items,omitempty"`
	Head   []string   `json:"head,omitempty"`
	Rows   [][]string `json:"rows,omitempty"`
}

// Field is a label and what stands behind it.
type Field struct {
	Label string `json:"label"`
	Value string `json:"value"`
	// Missing is true where the paper may not go out without it: it is shown
	// as [MISSING: label].
	Missing bool `json:"missing,omitempty"`
}

func (d *Document) heading(text string) {
	d.Blocks = append(d.Blocks, Block{Kind: Heading, Level: 2, Text: text})
}

func (d *Document) paragraph(text string) {
	d.Blocks = append(d.Blocks, Block{Kind: Paragraph, Text: text})
}

func (d *Document) fields(fields ...Field) {
	d.Blocks = append(d.Blocks, Block{Kind: FieldList, Fields: fields})
}

func (d *Document) list(items []string) {
	if len(items) > 0 {
		d.Blocks = append(d.Blocks, Block{Kind: List, Items: items})
	}
}

// table adds a table; an empty one is left out, and says so.
func (d *Document) table(title, empty string, head []string, rows [][]string) {
	d.heading(title)
	if len(rows) == 0 {
		d.paragraph(empty)
		return
	}
	d.Blocks = append(d.Blocks, Block{Kind: Table, Head: head, Rows: rows})
}

// Papers of an incident.
const (
	Art33    = model.Art33
	Art34    = model.Art34
	Security = "security"
	Review   = "post-mortem"
)

// Names lists the papers of an incident.
var Names = [...]string{Art33, Art34, Security, Review}
