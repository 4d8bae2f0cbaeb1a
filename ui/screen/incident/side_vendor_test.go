package incident

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/incident/item"
)

// vendorID is the id of a vendor of the register.
func (sc *scene) vendorID(name string) string {
	for _, v := range sc.screen.content.work.vendors {
		if v.Name == name {
			return v.ID.String()
		}
	}
	return "no vendor " + name
}

func TestATicketWithAVendorIsRecordedByKeyAndCountsDown(t *testing.T) {
	sc := open(t)
	if got := sc.words(tabEscalation); !strings.Contains(got, "# Vendors | \n | No ticket with a vendor yet | V records one") {
		t.Fatalf("nothing leads to a ticket:\n%s", got)
	}
	sc.host.Focus(sc.screen.timeline)
	sc.char('V')
	if got := sc.screen.question.prompt; got != "With which vendor? Cloud provider, Registrar" {
		t.Fatalf("V asks %q", got)
	}
	sc.answer("nobody")
	sc.answer("r")
	if sc.screen.mode != asking || !strings.HasPrefix(sc.screen.question.prompt, "With which vendor?") {
		t.Fatalf("a name that is none, or fits two, is taken: %q", sc.screen.question.prompt)
	}
	sc.answer("cloud")
	sc.answer("4471-22")
	if got := sc.screen.box.Text(); got != "business" {
		t.Errorf("the level begins with %q, not that of the contract", got)
	}
	sc.answer("severity A")
	sc.answer("00:50")
	sc.answer("30m")
	sc.answer("account number")
	now := sc.story.Now
	want := model.OpenTicket{
		Incident: sc.story.Incident.String(), Vendor: sc.vendorID("Cloud provider"), Number: "4471-22", Level: "severity A",
		Opened: time.Date(2017, 2, 1, 0, 50, 0, 0, time.UTC), Promised: now.Add(30 * time.Minute), Needs: "account number",
	}
	if got := sc.last(); !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	got := sc.words(tabEscalation)
	for _, want := range []string{"Cloud provider, ticket 4471-22: severity A | in 30:00", "Contract B-20417", "They need account number", "Another ticket"} {
		if !strings.Contains(strings.ReplaceAll(got, "\u00A0", " "), want) {
			t.Errorf("the tab lacks %q:\n%s", want, got)
		}
	}
}

// What stands in the box is there to be taken or typed over, and never gets between what is typed; the line
// that waits behind the questions comes back as it was.
func TestTypingReplacesWhatAQuestionBeginsWith(t *testing.T) {
	sc := open(t)
	sc.screen.box.SetText("half a thought")
	sc.screen.Run("incident.ticket")
	sc.answer("Registrar")
	if got := sc.screen.box.Text(); got != none {
		t.Fatalf("the number begins with %q", got)
	}
	test.Type(sc.screen.box.Focusable(), "CS-4711")
	if got := sc.screen.box.Text(); got != "CS-4711" {
		t.Errorf("the box holds %q", got)
	}
	sc.press(fyne.KeyEscape)
	test.Type(sc.screen.box.Focusable(), " more")
	if got := sc.screen.box.Text(); !strings.HasSuffix(got, "half a thought more") {
		t.Errorf("after Escape the box holds %q", got)
	}
}

func TestATicketLeftAtItsDefaultsPromisesNothing(t *testing.T) {
	sc := open(t)
	sc.screen.Run("incident.ticket")
	sc.answer("Registrar")
	for range 5 { // what stands in the box is taken with Enter alone
		sc.press(fyne.KeyReturn)
	}
	want := model.OpenTicket{Incident: sc.story.Incident.String(), Vendor: sc.vendorID("Registrar")}
	if got := sc.last(); !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	if got := sc.words(tabEscalation); !strings.Contains(got, "a ticket without a number | in 10:00") || !strings.Contains(got, "They promised no time: ask for one") {
		t.Errorf("the tab says\n%s", got)
	}
}

func TestWhatAVendorSaysIsWrittenByKeysOnItsLine(t *testing.T) {
	sc := openStory(t, sample.Ticketed)
	const begin = "Cloud provider, ticket"
	ticket := sc.onLine(tabEscalation, begin).ID
	if tabs := sc.screen.side.words(); func() string { sc.screen.side.mark(tabs, sc.story.Now); return tabs[3].Mark }() == "" {
		t.Error("a late answer does not mark the tab")
	}
	for _, c := range []struct {
		key     rune
		answers []string
		want    model.SetTicket
	}{
		{'n', []string{"4471-23"}, model.SetTicket{Number: "4471-23"}},
		{'l', []string{"severity B"}, model.SetTicket{Level: "severity B"}},
		{'p', []string{"none", "01:30"}, model.SetTicket{Promised: time.Date(2017, 2, 1, 1, 30, 0, 0, time.UTC)}},
		{'a', []string{"the volume is whole", "45m"}, model.SetTicket{Answer: "the volume is whole", Promised: sc.story.Now.Add(45 * time.Minute)}},
		{'a', []string{"restored from their side", "none"}, model.SetTicket{Answer: "restored from their side"}},
	} {
		sc.onLine(tabEscalation, begin)
		sc.char(c.key)
		for _, words := range c.answers {
			sc.answer(words)
		}
		c.want.Ticket = ticket
		if got := sc.last(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%c: got %+v, want %+v", c.key, got, c.want)
		}
	}
	got := strings.ReplaceAll(sc.words(tabEscalation), "\u00A0", " ")
	for _, want := range []string{"Cloud provider, ticket 4471-23: severity B | answered", "Said 01:02 UTC: restored from their side"} {
		if !strings.Contains(got, want) {
			t.Errorf("the tab lacks %q:\n%s", want, got)
		}
	}
}

func TestTheCommandsOfTicketsFindTheTicket(t *testing.T) {
	sc := open(t)
	for command, want := range map[keys.ID]string{"incident.ticket.answer": "No vendor owes an answer here"} {
		if !sc.screen.Run(command) || !strings.HasPrefix(sc.host.Toasts[len(sc.host.Toasts)-1], want) {
			t.Errorf("%s says %q", command, sc.host.Toasts)
		}
	}
	sc = openStory(t, sample.Ticketed)
	sc.window.Canvas().Capture()
	sc.screen.side.choose(tabEscalation)
	sc.window.Canvas().Capture()
	sc.screen.Run("incident.tickets")
	if row, ok := sc.window.Canvas().Focused().(*item.Row); !ok || !strings.HasPrefix(row.Content().Main, "Cloud provider, ticket") {
		t.Fatalf("the keyboard is on %T", sc.window.Canvas().Focused())
	}
	sc.screen.Run("incident.ticket.answer") // of the line with the keyboard
	if got := sc.screen.question.prompt; got != "What did Cloud provider answer?" {
		t.Errorf("it asks %q", got)
	}
	sc.screen.escape()
	sc.host.Toasts = nil
	sc.screen.Run("incident.ticket.answer") // two wait
	if sc.screen.mode == asking || len(sc.host.Toasts) != 1 || !strings.HasPrefix(sc.host.Toasts[0], "Which ticket?") {
		t.Errorf("of two tickets it says %q", sc.host.Toasts)
	}
}

func TestADueOfAVendorLeadsToItsTicket(t *testing.T) {
	sc := openStory(t, sample.Ticketed)
	sc.onLine(tabClocks, "Cloud provider answers on ticket")
	sc.press(fyne.KeyReturn)
	if p := sc.screen.side; p.tab != tabEscalation || p.list.At() != sc.screen.content.work.waits()[0].ID.String() {
		t.Errorf("it leads to %s of %s", p.list.At(), p.tab)
	}
}
