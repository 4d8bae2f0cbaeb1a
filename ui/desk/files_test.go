package desk_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"holdfast/ui/part"
)

// TestJoiningByFilesIsOpened: the palette leads to that way into a room, chosen.
func TestJoiningByFilesIsOpened(t *testing.T) {
	n := openNode(t, t.TempDir())
	found(t, n, "Payments")
	d, w, _ := open(t, n, "")
	if !d.Shell().Choose("room.files") {
		t.Fatal("nothing carries it out")
	}
	var on []bool // of the chips: two of a new room, five ways into one
	for _, o := range test.LaidOutObjects(w.Content()) {
		if c, ok := o.(*part.Chip); ok {
			on = append(on, c.On())
		}
	}
	if want := []bool{true, false, false, false, false, true, false}; !slices.Equal(on, want) {
		t.Errorf("chosen is %v, want %v", on, want)
	}
}
