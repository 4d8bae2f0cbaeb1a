package people

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type fixture struct {
	*Screen
	host *sample.Host
	room *sample.Room
}

// open shows a room of Ana and Tom on Ana's device.
func open(t *testing.T) *fixture {
	t.Helper()
	test.NewTempApp(t)
	room := sample.New("Payments", "Ana Ruiz", start)
	room.Join("Tom Okafor")
	f := &fixture{host: sample.NewHost(room.Device(0)), room: room}
	f.Screen = New(f.host, room.Device(0).Key)
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1204, 660))
	f.host.Attach(f.Screen)
	return f
}

func (f *fixture) do(t *testing.T, c model.Command) model.Done {
	t.Helper()
	done, err := f.room.Device(0).Do(c)
	if err != nil {
		t.Fatal(err)
	}
	f.host.Refresh()
	return done
}

func TestRowSaysWhatSomebodyDoesNow(t *testing.T) {
	f := open(t)
	inc := f.do(t, model.Declare{Title: "checkout down", Severity: model.P0})
	f.do(t, model.AssignRole{Incident: inc.Code, Role: "ic", Person: "Tom Okafor"})
	f.do(t, model.AddTask{Incident: inc.Code, Text: "check the pool", Owner: "Tom Okafor"})
	heard := start.Add(-10 * time.Second)
	f.host.SetPeers([]node.PeerView{{Device: f.room.Device(1).Key, LastHeard: &heard}})
	f.host.Refresh()
	rows := f.list.Rows()
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	ana, tom := rows[0], rows[1]
	if ana.Heard != "this device" || ana.Name != "Ana Ruiz" || ana.About != "ana.ruiz@example.com" || ana.Load != 0 {
		t.Errorf("row %+v", ana)
	}
	if f.list.Select(tom.ID); !strings.Contains(fmt.Sprint(f.panels.person.said), "Roles Incident commander of "+inc.Code) {
		t.Errorf("of Tom it says %v", f.panels.person.said)
	}
	if tom.About != "Incident commander of "+inc.Code+" · tom.okafor@example.com" || tom.Load != 1 || tom.Heard != "last heard 10 s ago" || tom.Health != part.Good || tom.Holds != "" {
		t.Errorf("row %+v", tom)
	}
	f.filter.Entry.SetText("commander")
	if rows := f.list.Rows(); len(rows) != 1 || rows[0].ID != tom.ID || f.title.Text() != "1 match of 2 people" {
		t.Errorf("filtered to %d, says %q", len(rows), f.title.Text())
	}
}

func TestAddingAPerson(t *testing.T) {
	f := open(t)
	a := f.adding
	f.Run("people.add")
	if f.host.Focused != a.name.Entry {
		t.Error("the name has not the keyboard")
	}
	a.submit()
	if a.name.Wrongness() == "" || len(f.host.Commands) != 0 {
		t.Error("somebody without a name was added")
	}
	a.name.Entry.SetText("Dana Kim")
	a.email.Entry.SetText("dana(at)example.org")
	a.submit()
	if a.email.Wrongness() == "" || a.name.Text() != "Dana Kim" {
		t.Errorf("of a bad e-mail it says %q", a.email.Wrongness())
	}
	a.email.Entry.SetText("dana@example.org")
	a.zone.Entry.SetText("Mars/Olympus")
	a.submit()
	if a.zone.Wrongness() == "" {
		t.Error("an unknown zone was taken")
	}
	a.zone.Entry.SetText("Asia/Seoul")
	if f.host.Drafts["people.add.zone"] != "Asia/Seoul" {
		t.Error("what is typed is not kept")
	}
	a.submit()
	if len(f.content.people) != 3 || a.name.Text() != "" || a.says.Text() != "Dana Kim was added." || len(f.host.Drafts) != 0 {
		t.Errorf("%d people, says %q, drafts %v", len(f.content.people), a.says.Text(), f.host.Drafts)
	}
	if row := f.list.Rows()[1]; row.Local != "21:00 KST" || row.Heard != "no device here" {
		t.Errorf("row %+v", row)
	}
}

func TestBadLinesOfAListAreNamed(t *testing.T) {
	for _, c := range []struct {
		audience, list, says string
		tone                 form.Tone
	}{
		{"stakeholders", "", "everybody of the room with an e-mail is meant: 2 people", form.Plain},
		{"team", " \n", "whoever holds a role", form.Plain},
		{"executives", "", "nobody is reached", form.Warn},
		{"executives", "Ana <ana@example.org>\nbob@example.org", "Reaches 2 people.", form.Well},
		{"executives", "Ana <ana@example.org>\nbob at example", `Reaches 1 person. No address: line 2 "bob at example".`, form.Wrong},
		{"executives", "a\nb\nc\nd\ne", "and 2 more", form.Wrong},
	} {
		if says, tone := judge(c.audience, c.list, 2); !strings.Contains(says, c.says) || tone != c.tone {
			t.Errorf("of %q it says %q", c.list, says)
		}
	}
}

func TestListIsTheRooms(t *testing.T) {
	f := open(t)
	a := f.audience
	f.Run("people.audiences")
	if a.changed() || f.Run("capture.submit") {
		t.Error("there is something to save at the start")
	}
	a.list.SetText("Ana <ana@example.org>\nboss@example.org")
	if f.host.Drafts["people.audience.stakeholders"] == "" || !a.changed() {
		t.Error("what is typed is not kept")
	}
	f.host.Refuse = errors.New("this device is an observer: it reads and cannot write")
	f.Run("capture.submit")
	if !strings.HasPrefix(a.says.Text(), "Not saved: this device is an observer") || !a.changed() {
		t.Errorf("says %q", a.says.Text())
	}
	f.host.Refuse = nil
	f.Run("capture.submit")
	if got := f.room.Device(0).State().Fields.Text("audience.stakeholders"); got != a.list.Text {
		t.Errorf("the room has %q", got)
	}
	if a.changed() || f.host.Drafts["people.audience.stakeholders"] != "" {
		t.Error("what was saved still counts as a draft")
	}
}

func TestListTypedHereSurvivesAChangeByAnother(t *testing.T) {
	f := open(t)
	a := f.audience
	a.list.SetText("mine@example.org")
	f.do(t, model.SetRoom{Field: "audience.stakeholders", Value: "theirs@example.org"})
	if a.list.Text != "mine@example.org" || !strings.Contains(a.says.Text(), "changed by somebody else") {
		t.Errorf("the field has %q, says %q", a.list.Text, a.says.Text())
	}
	a.undo.Press()
	if a.list.Text != "theirs@example.org" || a.changed() {
		t.Errorf("back to what the room has gives %q", a.list.Text)
	}
	f.do(t, model.SetRoom{Field: "audience.stakeholders", Value: "newer@example.org"})
	if a.list.Text != "newer@example.org" {
		t.Errorf("an untouched field keeps %q", a.list.Text)
	}
}

func TestDraftOfAListIsThereAfterARestart(t *testing.T) {
	f := open(t)
	f.audience.list.SetText("half@exam")
	again := New(f.host, f.room.Device(0).Key)
	f.host.Attach(again)
	if again.audience.list.Text != "half@exam" || !again.audience.changed() {
		t.Errorf("after a restart the field has %q", again.audience.list.Text)
	}
}

func TestAnotherAudience(t *testing.T) {
	f := open(t)
	a := f.audience
	a.begin("two words")
	if a.other.Wrongness() == "" || a.name != model.AudienceStakeholders {
		t.Error("a name that no command line could give was taken")
	}
	a.begin("Executives")
	a.list.SetText("ceo@example.org")
	a.save()
	if got := f.room.Device(0).State().Fields.Text("audience.executives"); got != "ceo@example.org" {
		t.Errorf("the room has %q", got)
	}
	if n := len(a.chips.Objects); n != 3 {
		t.Errorf("%d chips", n)
	}
}
