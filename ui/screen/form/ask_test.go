package form_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// desk keeps drafts as the shell does.
type desk map[string]string

func (desk) Focus(fyne.Focusable) {}
func (d desk) Draft(name, text string) {
	delete(d, name)
	if text != "" {
		d[name] = text
	}
}
func (d desk) Drafted(name string) string { return d[name] }

// ChooseFile answers with the path that is kept for it.
func (d desk) ChooseFile(a part.FileAsk) { a.Then(d["choose "+a.Kind]) }

func TestPanelKeepsWhatWasTypedUntilItIsDone(t *testing.T) {
	test.NewTempApp(t)
	d := desk{}
	var got form.Answers
	tone := form.Wrong
	ask := form.Ask{ID: "add", Title: "Add", Button: "Add", Questions: []form.Question{
		{Name: "name", Label: "Name"},
		{Name: "kind", Label: "Kind", Options: []string{"a", "b", "c"}, Value: "a"},
		{Name: "some", Label: "Some", Options: []string{"x", "y"}, Many: true},
		{Name: "note", Label: "Note", Lines: 3},
	}, Do: func(a form.Answers, reply form.Reply) {
		got = a
		reply("so it is", tone)
	}}
	d["test.add.kind"] = "of yesterday" // no longer offered
	p := form.NewPanel(d, "test.")
	p.Open(ask)
	if p.Press(); got["kind"] != "a" {
		t.Errorf("chosen is %q", got["kind"])
	}
	p.Set("name", " Ana ")
	p.Set("kind", "b")
	p.Set("some", "x")
	p.Set("some", "y")
	p.Press()
	if !p.IsOpen() || p.Said() != "so it is" || got["name"] != "Ana" || got["kind"] != "b" || got["some"] != "x\ny" {
		t.Errorf("refused: open %v, says %q, answers %v", p.IsOpen(), p.Said(), got)
	}
	again := form.NewPanel(d, "test.") // after a crash
	again.Open(ask)
	tone = form.Well
	got = nil
	again.Press()
	if got["name"] != "Ana" || got["kind"] != "b" || got["some"] != "x\ny" || again.IsOpen() || again.Said() != "so it is" || len(d) != 0 {
		t.Errorf("done: answers %v, drafts %v, says %q", got, d, again.Said())
	}
}

// TestAnOptionIsCalledByItsWordAndAnsweredByItsName: how a maker writes its name is not what the record reads.
func TestAnOptionIsCalledByItsWordAndAnsweredByItsName(t *testing.T) {
	test.NewTempApp(t)
	var got string
	p := form.NewPanel(desk{}, "test.")
	p.Open(form.Ask{ID: "take", Title: "Take in", Button: "Take in", Questions: []form.Question{
		{Name: "format", Label: "Format", Options: []string{"json", "text"}, Words: map[string]string{"json": "JSON"}, Value: "json"},
	}, Do: func(a form.Answers, reply form.Reply) {
		got = a["format"]
		reply("done", form.Well)
	}})
	w := test.NewTempWindow(t, p.Object)
	w.Resize(fyne.NewSize(600, 400))
	var words []string
	for _, o := range test.LaidOutObjects(p.Object) {
		if c, ok := o.(*canvas.Text); ok {
			words = append(words, c.Text)
		}
	}
	if !slices.Contains(words, "✓ JSON") || !slices.Contains(words, "Text") {
		t.Errorf("the form reads %q", words)
	}
	p.Press()
	if got != "json" {
		t.Errorf("the answer is %q", got)
	}
}

func TestTableRowsAreAsTallAsTheirCells(t *testing.T) {
	test.NewTempApp(t)
	table := form.Table([]float32{1, 3}, []string{"A", "B"}, [][]string{{long, "b"}, {"c", "d"}})
	below := form.NewWords("below", form.Plain)
	stack := form.Stack(4, table, below)
	stack.Resize(fyne.NewSize(500, 600))
	cells := table.Objects
	first, next := cells[2], cells[4]
	if next.Position().Y < first.Position().Y+first.MinSize().Height || cells[3].Position().Y != first.Position().Y {
		t.Errorf("a row at %v is drawn across one of %v at %v", next.Position(), first.MinSize(), first.Position())
	}
	if below.Position().Y < next.Position().Y+next.MinSize().Height {
		t.Error("what stands below is drawn across the table")
	}
}
