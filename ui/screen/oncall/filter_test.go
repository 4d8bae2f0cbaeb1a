package oncall

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func TestShiftsAreFilteredByTheirWords(t *testing.T) {
	f := typical(t, 0)
	all := len(f.list.Rows())
	if !f.Run("go.find") || f.host.Focused != f.filter.Entry || !f.filter.Entry.Visible() {
		t.Fatal("Ctrl+F leads to no filter")
	}
	f.filter.Entry.SetText("li wei platform primary")
	rows := f.list.Rows()
	if len(rows) == 0 || len(rows) == all || f.list.Selected() != rows[0].ID {
		t.Fatalf("%d of %d shifts are left, %s is selected", len(rows), all, f.list.Selected())
	}
	for _, r := range rows {
		if r.Who != "Li Wei" || r.Place != "primary of Platform" {
			t.Errorf("it leaves %+v", r)
		}
	}
	if x, ok := f.selected(); !ok || x.person != "Li Wei" || !strings.Contains(f.side.about.Text(), "Li Wei") {
		t.Errorf("the forms are about %q", f.side.about.Text())
	}
	f.filter.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if f.host.Focused != f.list {
		t.Error("the arrow does not lead into the list")
	}
	if !f.Run("go.back") || f.filter.Entry.Visible() || len(f.list.Rows()) != all || f.Run("go.back") {
		t.Error("going back does not end the filter")
	}
}
