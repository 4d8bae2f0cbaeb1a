package board

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/sync/node"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

// quietBoard shows a story on a board, with text of a size in percent.
func quietBoard(t *testing.T, story sample.Story, zoom int) (*Screen, *sample.Host) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, theme.New(theme.Options{Zoom: zoom}))
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	b := New(host)
	w := test.NewTempWindow(t, b.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1112, 665))
	host.Attach(b)
	return b, host
}

// TestAQuietBoardOffersAllThatIsOver: those closed last are in sight, the others after the button.
func TestAQuietBoardOffersAllThatIsOver(t *testing.T) {
	story, err := sample.Quiet()
	if err != nil {
		t.Fatal(err)
	}
	b, host := quietBoard(t, story, 100)
	at := len(b.content.past)
	if b.content.more == 0 || at == 0 || !b.past.Visible() || !b.toggle.Visible() {
		t.Fatalf("%d are over, %d more", at, b.content.more)
	}
	if got, want := b.toggle.Text(), "Show all 29 resolved and closed"; got != want {
		t.Errorf("the button says %q, want %q", got, want)
	}
	b.ShowOver()
	host.Refresh()
	if len(b.pastIn) != 29 || b.content.more != 0 {
		t.Errorf("%d are shown, %d are not", len(b.pastIn), b.content.more)
	}
}

// TestHearsayAloneHasTheBoard: with large text too, most of what a peer names is in sight, in the smallest window.
func TestHearsayAloneHasTheBoard(t *testing.T) {
	story, err := sample.Typical()
	if err != nil {
		t.Fatal(err)
	}
	told := []node.HearsayView{{Person: "Li Wei", WeLack: 86_412, Incidents: story.Room.Device(0).State().Briefs(false, story.Now)}}
	b, host := quietBoard(t, sample.Empty(), 200)
	host.SetHearsay(told)
	host.Refresh()
	if rows, high := b.toldOf.MinSize().Height*tallAlone, b.toldOf.Size().Height; high < rows || b.outer.MinSize().Height > 665 {
		t.Errorf("the list has %.0f of %.0f, and the board wants %.0f", high, rows, b.outer.MinSize().Height)
	}
}
