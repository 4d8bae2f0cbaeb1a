package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/theme"
)

func TestSheetRowsDrawNothingAcrossAnother(t *testing.T) {
	app := test.NewTempApp(t)
	for _, zoom := range []int{100, 200} {
		app.Settings().SetTheme(theme.New(theme.Options{Zoom: zoom}))
		for _, wide := range []float32{300, 580, 1100} {
			for _, r := range []SheetRow{
				{ID: "a", Mark: "proposed", Label: "A label that is far longer than its room is wide, at any size", Text: "and a text that is as long as that again", Meta: "by Joanna Kowalska"},
				{ID: "b", Label: "early warning", Text: "Fri 24 Nov 18:43 UTC = Fri 13:43 EST", Meta: "OVERDUE 2 min", Share: 0.8},
				{ID: "c", Head: true, Label: "Notice to the authority, Art. 33(3)", Text: "12 missing"},
			} {
				l := newSheetLine(faces{}, "28 Nov 00:00")
				l.set(r, rowState{})
				l.draw(fyne.NewSize(wide, 30))
				edge := float32(0)
				for _, o := range []fyne.CanvasObject{l.mark, l.label, l.text, l.track, l.meta} {
					if !o.Visible() || o.Size().Width <= 0 {
						continue
					}
					if o.Position().X < edge {
						t.Errorf("row %s, %v wide at %d percent: something at %v is drawn across what ends at %v", r.ID, wide, zoom, o.Position().X, edge)
					}
					edge = o.Position().X + o.Size().Width
				}
				if edge > wide {
					t.Errorf("row %s, %v wide at %d percent: it ends at %v", r.ID, wide, zoom, edge)
				}
			}
		}
	}
}

func TestSheetSaysWhereTheKeyboardIs(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	l := NewSheetList("done")
	w := test.NewTempWindow(t, l)
	l.SetRows([]SheetRow{{ID: "a", Label: "a"}})
	came := 0
	l.OnFocus = func() { came++ }
	w.Canvas().Focus(l)
	if came != 1 || l.Selected() != "a" {
		t.Errorf("told %d times, selected %q", came, l.Selected())
	}
}

// TestSheetCutsNoWordsWhileAnotherColumnHasRoom: the column of the labels gives way to the texts of its section.
func TestSheetCutsNoWordsWhileAnotherColumnHasRoom(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	l := NewSheetList("28 Nov 00:00")
	l.SetRows([]SheetRow{
		{ID: "h", Head: true, Label: "Systems", Text: "2"},
		{ID: "a", Mark: "isolated", Label: "tracker-1", Text: "VLAN 13, no route out", Meta: "image or waiver kept"},
		{ID: "b", Mark: "isolated", Label: "wiki-1", Text: "VLAN 13, no route out", Meta: "NO IMAGE"},
	})
	at := float32(0)
	for _, r := range l.Rows()[1:] {
		s := newSheetLine(faces{}, "28 Nov 00:00")
		s.set(r, rowState{})
		s.draw(fyne.NewSize(580, 25))
		if s.text.Text != r.Text || s.label.Text != r.Label {
			t.Errorf("the row says %q, %q", s.label.Text, s.text.Text)
		}
		if at != 0 && s.text.Position().X != at {
			t.Errorf("the texts of a section stand at %v and %v", at, s.text.Position().X)
		}
		at = s.text.Position().X
	}
}

// TestASelectedRowStaysInSight: what takes room below a list does not hide the row it is about.
func TestASelectedRowStaysInSight(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	l := NewSheetList("done")
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(400, 500))
	var rows []SheetRow
	for i := range 40 {
		rows = append(rows, SheetRow{ID: string(rune('A' + i)), Label: "a step of the plan"})
	}
	l.SetRows(rows)
	l.Select(rows[15].ID)
	l.Resize(fyne.NewSize(400, 120))
	top := 15 * l.height
	if y := l.list.offset(); top < y || top+l.height > y+l.list.viewport() {
		t.Errorf("the row stands at %v, shown is %v to %v", top, y, y+l.list.viewport())
	}
}
