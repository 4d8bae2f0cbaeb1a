package firstrun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
)

func openStick(t *testing.T) *fixture {
	t.Helper()
	f := open(t)
	f.Choose("By files")
	return f
}

// TestARequestIsWrittenForAnAdmin: with a name, and never over another file.
func TestARequestIsWrittenForAnAdmin(t *testing.T) {
	f := openStick(t)
	to := filepath.Join(t.TempDir(), "join.hfq")
	fill(f.stick.request, to)
	f.stick.write.Press()
	if says(f.guest) == "" || f.rooms.request.Request != "" {
		t.Errorf("asked for %+v without a name, says %q", f.rooms.request, says(f.guest))
	}
	fill(f.guest, "Tom Okafor")
	f.stick.write.Press()
	if want := (node.ByHand{Request: to, Person: "Tom Okafor"}); f.rooms.request != want || !strings.Contains(f.joined.Text(), "Written to "+to) {
		t.Errorf("asked for %+v, says %q", f.rooms.request, f.joined.Text())
	}
	if err := os.WriteFile(to, []byte("shopping list"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.rooms.request = node.ByHand{}
	f.host.no = true
	f.stick.write.Press()
	if f.rooms.request.Request != "" || !strings.Contains(says(f.stick.request), "there already") {
		t.Errorf("replaced it unasked; says %q", says(f.stick.request))
	}
}

// TestTheNextStartWaitsForTheAnswer: who closed Holdfast meanwhile finds the field for it, until he is in.
func TestTheNextStartWaitsForTheAnswer(t *testing.T) {
	f := openStick(t)
	to := filepath.Join(t.TempDir(), "join.hfq")
	fill(f.guest, "Tom Okafor")
	fill(f.stick.request, to)
	f.stick.write.Press()
	again := New(f.host, f.rooms, func(*node.Room) {}, nil)
	again.Start()
	if !again.stick.answer.Visible() || f.host.focused != again.stick.answer.Entry || again.stick.request.Text() != to {
		t.Errorf("the next start shows the answer: %v, the request %q", again.stick.answer.Visible(), again.stick.request.Text())
	}
	f.rooms.recovered = &node.Room{}
	fill(again.stick.answer, "/media/stick/join.hfa")
	again.join.Press()
	if New(f.host, f.rooms, func(*node.Room) {}, nil).stick.answer.Visible() {
		t.Error("an answer is waited for that came")
	}
}

// TestTheCodeOfTheDeviceIsShown: it is what the owner reads out.
func TestTheCodeOfTheDeviceIsShown(t *testing.T) {
	f := openStick(t)
	if code := identity.Code(model.DeviceKey{}); !strings.HasSuffix(f.stick.code.Text(), code) || !f.stick.code.Visible() {
		t.Errorf("says %q, want the code %s", f.stick.code.Text(), code)
	}
	f.Choose("Invite")
	if f.stick.code.Visible() || f.stick.answer.Visible() {
		t.Error("the fields of one way stand in another")
	}
}

// TestAnAnswerOpensTheRoom: and names the device that let this one in, to be compared.
func TestAnAnswerOpensTheRoom(t *testing.T) {
	f := openStick(t)
	f.rooms.recovered = &node.Room{}
	fill(f.stick.answer, "/media/stick/join.hfa")
	f.join.Press()
	if f.rooms.answer != "/media/stick/join.hfa" || f.entered != 1 || len(f.host.toasts) != 1 || !strings.Contains(f.host.toasts[0], "K7Q2-9DXM-3VTB-80HC") {
		t.Errorf("took %q, entered %d times, says %q", f.rooms.answer, f.entered, f.host.toasts)
	}
	f = openStick(t)
	f.rooms.recovered, f.rooms.err = &node.Room{}, errors.New("join.hfa: the room was entered; it is cut off")
	fill(f.stick.answer, "/media/stick/join.hfa")
	f.join.Press()
	if f.entered != 1 || len(f.host.fails) != 1 || !strings.Contains(f.host.fails[0], "carry the answer again") {
		t.Errorf("a torn answer: entered %d times, says %q", f.entered, f.host.fails)
	}
}

// TestAnAnswerThatDoesNotServeSaysWhatToDo: one thing for each.
func TestAnAnswerThatDoesNotServeSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{identity.ErrNotForUs, "take it to the computer that wrote the request"},
		{identity.ErrNotAnswer, "choose the file that the admin's Holdfast wrote"},
		{identity.ErrNewer, "update this one"},
		{fs.ErrNotExist, "choose it with Ctrl+O"},
	} {
		f := openStick(t)
		f.rooms.err = fmt.Errorf("/media/stick/join.hfa: %w", c.err)
		fill(f.stick.answer, "/media/stick/join.hfa")
		f.join.Press()
		if f.entered != 0 || !strings.Contains(says(f.stick.answer), c.want) || f.host.focused != f.stick.answer.Entry {
			t.Errorf("%v: says %q, want %q", c.err, says(f.stick.answer), c.want)
		}
	}
	f := openStick(t)
	f.rooms.err = errors.New("no space left on device")
	fill(f.stick.answer, "/media/stick/join.hfa")
	f.join.Press()
	if f.joined.Text() != "Not entered: no space left on device." {
		t.Errorf("says %q", f.joined.Text())
	}
}
