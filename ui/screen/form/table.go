package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
)

// Table sets rows of words in columns, each cell over as many lines as it
// needs. The weights share out the width; the first row is the heading. Where there are
// more weights than columns, the last column takes the rest, so that tables line up.
func Table(weights []float32, head []string, rows [][]string) *fyne.Container {
	t := &table{weights: weights, columns: len(head)}
	box := container.New(t)
	for _, h := range head {
		w := NewWords(h, Quiet)
		w.style, w.size = fyne.TextStyle{Bold: true}, base.SizeNameCaptionText
		box.Add(w)
	}
	for _, cells := range rows {
		for i := range head {
			cell := ""
			if i < len(cells) {
				cell = cells[i]
			}
			box.Add(NewWords(cell, Plain))
		}
	}
	return box
}

// table remembers how tall the rows were at the width it was given.
type table struct {
	weights []float32
	columns int
	height  float32
}

// Gaps of a table.
const (
	columnGap  = 12
	tableGap   = 6
	tableLeast = 200
)

func (t *table) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(tableLeast, t.height)
}

func (t *table) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var total float32
	for _, w := range t.weights {
		total += w
	}
	room := max(size.Width-columnGap*float32(len(t.weights)-1), 1)
	y := float32(0)
	for start := 0; start < len(o); start += t.columns {
		row := o[start:min(start+t.columns, len(o))]
		var x, high float32
		for i, cell := range row {
			wide := room * t.weights[i] / total
			if i == t.columns-1 {
				wide = max(size.Width-x, 1)
			}
			cell.Resize(fyne.NewSize(wide, cell.Size().Height))
			high = max(high, cell.MinSize().Height)
			cell.Move(fyne.NewPos(x, y))
			x += wide + columnGap
		}
		for _, cell := range row {
			cell.Resize(fyne.NewSize(cell.Size().Width, high))
		}
		y += high + tableGap
	}
	t.height = max(y-tableGap, 0)
}

// Row sets objects side by side in columns as a table does, their tops level.
func Row(weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&table{weights: weights, columns: len(weights)}, objects...)
}
