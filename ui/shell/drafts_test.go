package shell

import (
	"errors"
	"testing"
	"time"

	"holdfast/ui/part"
)

func TestDraftsAreKeptInTheOrderTheyWereTyped(t *testing.T) {
	f := open(t)
	for _, text := range []string{"c", "ch", "che", "check"} {
		f.Draft("box", text)
		if got := f.Drafted("box"); got != text {
			t.Fatalf("reads %q after typing %q", got, text)
		}
	}
	f.loop.until(t, "the last text is on disk", func() bool { return f.keeper.Draft("box") == "check" })
	for i, s := range f.keeper.saved {
		if i > 0 && len(s) < len(f.keeper.saved[i-1]) {
			t.Errorf("an older text was kept after a newer one: %v", f.keeper.saved)
		}
	}
}

func TestDraftsTypedLastAreKeptOnClose(t *testing.T) {
	f := open(t)
	for range 50 {
		f.Draft("box", "half a thought")
		f.Draft("box", "half a thought, and the other half")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := f.keeper.Draft("box"); got != "half a thought, and the other half" {
		t.Errorf("kept %q", got)
	}
}

func TestDraftThatCannotBeKeptIsSaidAndTriedAgain(t *testing.T) {
	f := open(t)
	f.keeper.fail(errors.New("disk full"))
	f.Draft("box", "typed")
	f.loop.until(t, "the failure is said", func() bool { return f.failed == draftsFailed+": disk full" })
	if !f.banner.Visible() || f.row.Store != part.Bad {
		t.Error("the failure is not shown")
	}
	if f.Drafted("box") != "typed" {
		t.Error("the text is gone")
	}
	f.keeper.fail(nil)
	f.drafts.mu.Lock()
	f.drafts.again = time.Now().Add(-time.Second)
	f.drafts.mu.Unlock()
	f.drafts.retry()
	f.loop.until(t, "the failure is taken back", func() bool { return f.failed == "" })
	if f.keeper.Draft("box") != "typed" || f.row.Store != part.Good {
		t.Errorf("kept %q after the disk was freed", f.keeper.Draft("box"))
	}
}

func TestFailureOfADraftOutlivesNoOtherMessage(t *testing.T) {
	f := open(t)
	f.draftsKept(errors.New("disk full"))
	f.Fail("Not logged", errors.New("refused"))
	f.draftsKept(nil)
	if f.failed != "Not logged: refused" {
		t.Errorf("another failure was taken away: %q", f.failed)
	}
}
