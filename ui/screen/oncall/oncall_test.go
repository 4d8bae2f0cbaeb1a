package oncall

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

type fixture struct {
	*Screen
	host *sample.Host
	now  time.Time
}

// open shows a room on the device of a person, by its number.
func open(t *testing.T, story sample.Story, device int) *fixture {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Options{}))
	f := &fixture{host: sample.NewHost(story.Room.Device(device)), now: story.Now}
	f.host.Clock = func() time.Time { return f.now }
	f.Screen = New(f.host, f.host.Device.Key)
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1204, 660))
	f.host.Attach(f.Screen)
	f.Shown(true)
	return f
}

func typical(t *testing.T, device int) *fixture {
	t.Helper()
	story, err := sample.Typical()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, story, device)
}

// pick selects the first row of a person in a place.
func (f *fixture) pick(t *testing.T, who, place string) part.ShiftRow {
	t.Helper()
	for _, r := range f.list.Rows() {
		if r.Who == who && r.Place == place {
			f.list.Select(r.ID)
			return r
		}
	}
	t.Fatalf("%s has no shift as %s", who, place)
	return part.ShiftRow{}
}

func TestWhoIsOnCallAndWhatIsWrong(t *testing.T) {
	f := typical(t, 0)
	if got := f.title.Text(); got != "On call: Joanna Kowalska, Ana Ruiz" {
		t.Errorf("title %q", got)
	}
	for _, want := range []string{"Primary of Platform: Joanna Kowalska until Fri 3 Feb 18:00", "(night)", "messenger Signal", "then Ana Ruiz"} {
		if !strings.Contains(f.duties(), want) {
			t.Errorf("%q is not in\n%s", want, f.duties())
		}
	}
	gap := f.pick(t, "Nobody", "primary of Database")
	if gap.Tone != text.Late || gap.From != "Fri 10 Feb 10:00" {
		t.Errorf("the gap is %+v", gap)
	}
	at := slices.IndexFunc(f.list.Rows(), func(r part.ShiftRow) bool {
		return strings.HasPrefix(r.Note, "holds two places; override for Joanna Kowalska: ")
	})
	if at < 0 {
		t.Fatal("what is wrong with an override must come before its reason")
	}
	f.list.Select(f.list.Rows()[at].ID)
	if got := f.side.about.Text(); !strings.HasSuffix(got, ". Holds two places; override for Joanna Kowalska: Joanna is on a flight") {
		t.Errorf("of the selected shift the side says %q", got)
	}
	if r := f.pick(t, "Li Wei", "primary of Platform"); r.Tone != text.Soon || r.Note != "on leave in it" {
		t.Errorf("on leave: %+v", r)
	}
	if f.wrong.Tone() != form.Warn || !strings.Contains(f.wrong.Text(), "Nobody is on call as primary of Database, from Fri 10 Feb 10:00") {
		t.Errorf("it says\n%s", f.wrong.Text())
	}
}

func (f *fixture) duties() string { return f.Screen.now.text() }

// TestAGapWithoutAnEndClaimsNone: the edge of what the screen looks at is no hand-off.
func TestAGapWithoutAnEndClaimsNone(t *testing.T) {
	f := typical(t, 0)
	f.pick(t, "Nobody", "primary of Database")
	for _, r := range f.list.Rows() {
		if r.Who == "Nobody" && r.Until != "past Wed 15 Feb" {
			t.Errorf("the gap ends %q", r.Until)
		}
	}
	if got := f.side.about.Text(); !strings.HasSuffix(got, "nobody, from Fri 10 Feb 10:00 on") {
		t.Errorf("%q", got)
	}
}

func TestAnOverrideFillsTheSelectedGap(t *testing.T) {
	f := typical(t, 0)
	f.pick(t, "Nobody", "primary of Database")
	f.Run("oncall.override")
	o := f.side.panels[panelOverride].(*overrideForm)
	if f.host.Focused != o.person.Entry || o.from.Text() != "2017-02-10 10:00" {
		t.Fatalf("from %q", o.from.Text())
	}
	f.Run("capture.submit")
	if o.person.Wrongness() == "" {
		t.Error("nobody is named, and nothing is said")
	}
	o.person.Fill("tom")
	f.Run("capture.submit")
	if o.says.Tone() != form.Well || o.person.Text() != "" {
		t.Errorf("%q, field %q", o.says.Text(), o.person.Text())
	}
	for _, r := range f.list.Rows() {
		if r.Who == "Nobody" {
			t.Errorf("still a gap: %+v", r)
		}
	}
}

func TestWhatIsRefusedStaysTyped(t *testing.T) {
	f := typical(t, 0)
	f.host.Refuse = errors.New("the disk is full")
	f.Run("oncall.override")
	o := f.side.panels[panelOverride].(*overrideForm)
	o.person.Fill("tom")
	o.to.Fill("whenever")
	f.Run("capture.submit")
	if o.to.Wrongness() == "" || len(f.host.Commands) != 0 {
		t.Error("a time that is none is sent")
	}
	o.to.Fill("8h")
	f.Run("capture.submit")
	if o.says.Tone() != form.Wrong || o.person.Text() != "tom" {
		t.Errorf("%q, field %q", o.says.Text(), o.person.Text())
	}
}

func TestASwapIsAgreedToByOneKey(t *testing.T) {
	f := typical(t, 0)
	if !strings.HasPrefix(f.wrong.Text(), "A swap of Li Wei and Ana Ruiz waits for you") {
		t.Fatalf("it says\n%s", f.wrong.Text())
	}
	e, _ := keys.Default().Rune('y')
	f.Run(e.ID)
	if _, waits := f.content.waiting(); waits || f.side.swap.agree.says.Tone() != form.Well {
		t.Errorf("it waits %v, and says %q", waits, f.side.swap.agree.says.Text())
	}
	f.pick(t, "Li Wei", "primary of Platform")
	f.Run("oncall.swap")
	f.Run("capture.submit")
	c, ok := f.host.Commands[len(f.host.Commands)-1].(model.AddSwap)
	if !ok || c.Layer != "primary" || c.SecondAt.IsZero() || !c.FirstAt.IsZero() {
		t.Errorf("the selected shift of another is asked for: %+v", c)
	}
}

func TestHandoffIsReadWrittenAndAccepted(t *testing.T) {
	f := typical(t, 3)
	f.pick(t, "Joanna Kowalska", "primary of Platform")
	h := f.side.handoff
	if h.stands.Tone() != form.Well || !strings.Contains(h.notes.Text(), "disk alert of db2 until Friday") || h.take.button.Visible() {
		t.Errorf("%q\n%s", h.stands.Text(), h.notes.Text())
	}
	f.Run("oncall.handoff")
	h.parts[0].Fill("restore of the database runs")
	f.Run("capture.submit")
	if !strings.Contains(h.note.Text(), "restore of the database runs") || !strings.Contains(h.note.Text(), "To Ana Ruiz, who takes over on Fri 3 Feb 18:00") {
		t.Errorf("the note says %q; %q", h.note.Text(), h.says.Text())
	}

	a := typical(t, 0)
	a.now = time.Date(2017, 2, 3, 18, 20, 0, 0, time.UTC)
	a.host.Device.Now = a.now
	a.host.Refresh()
	a.pick(t, "Ana Ruiz", "primary of Platform")
	if h := a.side.handoff; h.stands.Tone() != form.Wrong || !h.take.button.Visible() {
		t.Errorf("20 minutes late it says %q", h.stands.Text())
	}
	a.Run("oncall.accept")
	if h := a.side.handoff; h.stands.Tone() != form.Well {
		t.Errorf("accepted, it says %q; %q", h.stands.Text(), h.take.says.Text())
	}
}

func TestTheFirstScheduleIsMadeHere(t *testing.T) {
	f := open(t, sample.Empty(), 0)
	n := f.side.panels[panelSchedule].(*scheduleForm)
	if f.side.choice.At() != panelSchedule || !strings.Contains(f.title.Text(), "no schedule") {
		t.Fatalf("chosen is %d, title %q", f.side.choice.At(), f.title.Text())
	}
	n.fields["name"].Fill("Platform")
	n.fields["people"].Fill("ana, Tom Okafor")
	n.fields["handoff"].Fill("never")
	f.Run("capture.submit")
	if n.fields["handoff"].Wrongness() == "" {
		t.Error("never is taken for a hand-off")
	}
	n.fields["handoff"].Fill("Mon 10:00")
	f.Run("capture.submit")
	if f.title.Text() != "On call: Ana Ruiz" {
		t.Errorf("title %q; %q", f.title.Text(), n.says.Text())
	}
	f.Run("oncall.load")
	if !strings.Contains(f.side.panels[panelLoad].(*loadPanel).words.Text(), "Tom Okafor") {
		t.Error("the load leaves Tom out")
	}
}

func TestLeaveMarksTheShift(t *testing.T) {
	f := typical(t, 3)
	f.Run("oncall.leave")
	l := f.side.panels[panelLeave].(*leaveForm)
	l.from.Fill("2017-02-05")
	l.to.Fill("2017-02-06")
	f.Run("capture.submit")
	if !strings.Contains(l.says.Text(), "is on call then") {
		t.Errorf("%q", l.says.Text())
	}
	if !slices.ContainsFunc(f.list.Rows(), func(r part.ShiftRow) bool { return r.Who == "Joanna Kowalska" && r.Note == "on leave in it" }) {
		t.Error("her shift is not marked")
	}
}

func TestAChangeIsTakenBack(t *testing.T) {
	f := typical(t, 0)
	f.Run("oncall.changes")
	p := f.side.panels[panelChanges].(*changesPanel)
	if len(p.chips.Objects) != 3 || f.host.Focused == nil || !strings.HasPrefix(p.words.Text(), "Override of Ana Ruiz as primary, Fri 3 Feb 18:00 to Sat 4 Feb 08:00. Joanna is on a flight.") {
		t.Fatalf("%d chips, %q", len(p.chips.Objects), p.words.Text())
	}
	p.withdraw()
	if len(p.chips.Objects) != 2 || p.says.Tone() != form.Well {
		t.Errorf("%d chips, says %q", len(p.chips.Objects), p.says.Text())
	}
	if strings.Contains(f.wrong.Text(), "two places") {
		t.Error("the override that clashed is gone, and still told of")
	}
}

func BenchmarkRead(b *testing.B) {
	story, err := sample.Overfull()
	if err != nil {
		b.Fatal(err)
	}
	host := sample.NewHost(story.Room.Device(0))
	in := host.Input()
	for b.Loop() {
		read(in, host.Device.Key)
	}
}

func TestANumberStaysOnItsLine(t *testing.T) {
	if got := typical(t, 0).duties(); !strings.Contains(got, "phone +44\u00a020\u00a07946\u00a00102\u00a0· private phone") {
		t.Errorf("it says\n%s", got)
	}
}

func TestASwapThatWaitsIsAnsweredBeforeOneIsProposed(t *testing.T) {
	f := typical(t, 0)
	f.Run("oncall.swap")
	s := f.side.swap
	at := func(o fyne.CanvasObject) float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y }
	if !s.agree.button.Visible() || at(s.agree.button) > at(s.who) {
		t.Errorf("Agree is at %v, the field at %v", at(s.agree.button), at(s.who))
	}
}

func TestWithoutShiftsTheFormHasTheRoom(t *testing.T) {
	f := open(t, sample.Empty(), 0)
	f.object.Resize(fyne.NewSize(600, 660)) // as narrow as large text makes it
	if h := f.list.Size().Height; h != 0 {
		t.Errorf("an empty list takes %v", h)
	}
}

func TestTheButtonOfAFormIsInSight(t *testing.T) {
	f := typical(t, 0)
	for _, size := range []fyne.Size{fyne.NewSize(1204, 660), fyne.NewSize(600, 340)} {
		f.object.Resize(size)
		for at, button := range map[int]fyne.CanvasObject{
			panelOverride: f.side.panels[panelOverride].(*overrideForm).button, panelLeave: f.side.panels[panelLeave].(*leaveForm).button,
			panelSwap: f.side.swap.button, panelSchedule: f.side.schedule().button,
		} {
			f.side.show(at)
			y := fyne.CurrentApp().Driver().AbsolutePositionForObject(button).Y
			if y < 0 || y+button.Size().Height > size.Height {
				t.Errorf("at %v the button of panel %d is at %v", size, at, y)
			}
		}
	}
}
