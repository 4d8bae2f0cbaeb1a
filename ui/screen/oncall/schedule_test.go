package oncall

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/oncall"
	"holdfast/ui/part"
	"holdfast/ui/sample"
)

var planned = time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC) // a Thursday

func usual() plan {
	return plan{name: "Platform", zone: "Europe/Berlin", unit: oncall.UnitWeekly, every: "1", handoff: "Mon 10:00", people: "Ana, Ben", secondary: secondFollows}
}

// Every kind of turn the model has can be asked for, and is read back as it was
// typed.
func TestEveryRotationGoesThroughTheForm(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*plan)
		holds  func(oncall.Rotation) bool
	}{
		{"hourly", func(p *plan) { p.unit, p.every, p.handoff = oncall.UnitHourly, "8", "08:00" }, func(r oncall.Rotation) bool { return r.Every == 8 && r.Time == "08:00" && r.Start == "2026-11-26" }},
		{"daily", func(p *plan) { p.unit, p.handoff = oncall.UnitDaily, "20:00" }, func(r oncall.Rotation) bool { return r.Start == "2026-11-25" }},
		{"weekly", func(*plan) {}, func(r oncall.Rotation) bool { return r.Weekday == "monday" && r.Start == "2026-11-23" }},
		{"two-weekly", func(p *plan) { p.unit, p.handoff = oncall.UnitTwoWeekly, "thu 17:00" }, func(r oncall.Rotation) bool { return r.Weekday == "thursday" && r.Start == "2026-11-19" }},
		{"monthly", func(p *plan) { p.unit, p.handoff, p.start = oncall.UnitMonthly, "31 09:00", "2026-10-31" }, func(r oncall.Rotation) bool { return r.MonthDay == 31 && r.Time == "09:00" }},
		{"uneven", func(p *plan) {
			p.unit, p.handoff, p.lengths, p.start = oncall.UnitUneven, "10:00", "4 17:00, 3 10:00", "2026-11-23"
		}, func(r oncall.Rotation) bool {
			return len(r.Shifts) == 2 && r.Shifts[0] == oncall.Length{Days: 4, Time: "17:00"}
		}},
		{"restricted", func(p *plan) { p.hours, p.end = "08:00-20:00 mon tue wed thu fri; 10:00-16:00 sat", "2027-01-04" }, func(r oncall.Rotation) bool {
			return len(r.Hours) == 2 && len(r.Hours[0].Weekdays) == 5 && r.Hours[1].Weekdays[0] == "saturday" && r.End == "2027-01-04"
		}},
		{"an order of its own", func(p *plan) { p.secondary, p.second = secondOwn, "Cleo, Dan" }, func(oncall.Rotation) bool { return true }},
		{"no secondary", func(p *plan) { p.secondary = secondNone }, func(oncall.Rotation) bool { return true }},
	} {
		p := usual()
		c.change(&p)
		doc, err := p.onto(oncall.Schedule{}, planned)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err := doc.Check(nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.holds(doc.Layers[0].Rotations[0]) {
			t.Errorf("%s: %+v", c.name, doc.Layers[0].Rotations[0])
		}
		back := planOf(doc)
		p.start = doc.Layers[0].Rotations[0].Start
		p.handoff = back.handoff // in capitals, perhaps
		if p.hours = strings.TrimSpace(p.hours); back != p || !strings.EqualFold(back.handoff, p.handoff) {
			t.Errorf("%s: read back it is %+v, not %+v", c.name, back, p)
		}
	}
}

func TestMistakeInAPlanIsSaidAtItsField(t *testing.T) {
	for field, change := range map[string]func(*plan){
		"name": func(p *plan) { p.name = " " }, "people": func(p *plan) { p.people = " , " }, "zone": func(p *plan) { p.zone = "Berlin" },
		"every": func(p *plan) { p.every = "0" }, "handoff": func(p *plan) { p.handoff = "Someday 10:00" }, "start": func(p *plan) { p.start = "next week" },
		"end": func(p *plan) { p.end = "31.12." }, "hours": func(p *plan) { p.hours = "08:00-20:00 every day" },
		"lengths": func(p *plan) { p.unit, p.handoff, p.lengths = oncall.UnitUneven, "10:00", "four days" },
		"second":  func(p *plan) { p.secondary = secondOwn },
	} {
		p := usual()
		change(&p)
		_, err := p.onto(oncall.Schedule{}, planned)
		if m, ok := err.(*mistake); !ok || m.field != field || m.why == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestWhatTheFormDoesNotShowStays(t *testing.T) {
	first := oncall.Weekly("2026-11-23", "Ana", "Ben")
	night := oncall.Rotation{Unit: oncall.UnitDaily, Every: 1, Time: "22:00", Start: "2026-11-23", People: []string{"Cleo"}, Hours: []oncall.Hours{{From: "22:00", To: "06:00"}}}
	was := oncall.Schedule{
		Name: "Platform", Zone: "UTC", Holidays: []string{"2026-12-25"},
		Layers: []oncall.Layer{{Name: "primary", Rotations: []oncall.Rotation{first, night}, Cover: []oncall.Hours{{From: "00:00", To: "00:00"}}}, {Name: "secondary", Follows: "primary"}, {Name: "shadow", Optional: true}},
	}
	p := planOf(was)
	p.people = "Ben, Ana"
	got, err := p.onto(was, planned)
	if err != nil {
		t.Fatal(err)
	}
	if l := got.Layers[0]; len(l.Rotations) != 2 || !slices.Equal(l.Rotations[1].People, night.People) || len(l.Cover) != 1 || l.Rotations[0].People[0] != "Ben" || len(got.Layers) != 3 || len(got.Holidays) != 1 {
		t.Errorf("%+v", got)
	}
	if was.Layers[0].Rotations[0].People[0] != "Ana" {
		t.Error("what the room has was changed in place")
	}
	if words := beyond(was); !strings.Contains(words, "1 further rotation, 1 further layer, 2 rules of cover, 1 holiday") {
		t.Errorf("it says %q", words)
	}
}

// form is the form of schedules, in sight.
func (f *fixture) schedules(t *testing.T) *scheduleForm {
	t.Helper()
	if f.side.choice.At() != panelSchedule {
		t.Fatalf("panel %d is in sight", f.side.choice.At())
	}
	return f.side.schedule()
}

func TestScheduleIsChangedAndTakenOutOfUse(t *testing.T) {
	f := typical(t, 0)
	f.pick(t, "Li Wei", "primary of Platform")
	f.Run("oncall.schedule.set")
	n := f.schedules(t)
	if n.fields["name"].Text() != "Platform" || n.units.At() != 2 || n.second.At() != secondFollows || !strings.Contains(n.preview.Text(), "Primary: Joanna Kowalska") {
		t.Fatalf("the form has %+v; it says %q", n.typed(), n.preview.Text())
	}
	n.fields["people"].Fill("Tom Okafor, Li Wei")
	f.host.Refresh() // a change of the room leaves alone what is typed
	if n.fields["people"].Text() != "Tom Okafor, Li Wei" {
		t.Fatal("what was typed is gone")
	}
	f.Run("capture.submit")
	if n.says.Text() == "" || !strings.HasPrefix(n.says.Text(), "The schedule is changed.") {
		t.Fatalf("it says %q", n.says.Text())
	}
	if slices.ContainsFunc(f.list.Rows(), func(r part.ShiftRow) bool { return r.Place == "primary of Platform" && r.Who == "Joanna Kowalska" }) {
		t.Error("Joanna is still on call")
	}
	f.Run("oncall.schedule.retire")
	n.retire.button.Press()
	if n.fields["reason"].Wrongness() == "" {
		t.Error("it goes out of use without a reason")
	}
	n.fields["reason"].Fill("the team was dissolved")
	n.retire.button.Press()
	if c, ok := f.host.Commands[len(f.host.Commands)-1].(model.RetireSchedule); !ok || c.Reason == "" || !n.at.Zero() {
		t.Errorf("it does %+v", f.host.Commands[len(f.host.Commands)-1])
	}
}

func TestPlanSaysWhatComesOfIt(t *testing.T) {
	f := open(t, sample.Empty(), 0)
	f.Run("oncall.schedule")
	n := f.schedules(t)
	n.fields["name"].Fill("Night")
	n.fields["people"].Fill("Ana Ruiz, Tom Okafor")
	n.units.OnChange(0) // the chip reports what Choose has chosen
	n.units.Choose(0)
	n.fields["every"].Fill("6")
	n.fields["handoff"].Fill("12:00")
	n.second.Choose(secondNone)
	n.look()
	want := "Primary: Ana Ruiz, Tue 31 Jan 12:00 to Tue 31 Jan 18:00\nPrimary: Tom Okafor, Tue 31 Jan 18:00 to Wed 1 Feb 00:00\nPrimary: Ana Ruiz, Wed 1 Feb 00:00 to Wed 1 Feb 06:00"
	if got := n.preview.Text(); got != want {
		t.Errorf("it says\n%s", got)
	}
	n.fields["hours"].Fill("25:00-26:00")
	if got := n.preview.Text(); !strings.Contains(got, "25:00") {
		t.Errorf("of hours that are none it says %q", got)
	}
	n.fields["hours"].Fill("")
	f.Run("capture.submit")
	if f.title.Text() != "On call: Ana Ruiz" {
		t.Errorf("title %q; %q", f.title.Text(), n.says.Text())
	}
}

const calendar = `BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Database
BEGIN:VEVENT
UID:1
SUMMARY:On Call - Ana Ruiz
DTSTART:20170131T100000Z
DTEND:20170207T100000Z
ATTENDEE;CN=Ana Ruiz:mailto:ana.ruiz@example.com
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:On Call - Nina Stranger
DTSTART:20170207T100000Z
DTEND:20170214T100000Z
ATTENDEE;CN=Nina Stranger:mailto:nina@example.com
END:VEVENT
END:VCALENDAR
`

func TestCalendarBecomesASchedule(t *testing.T) {
	f := open(t, sample.Empty(), 0)
	f.Run("oncall.calendar")
	c := f.side.panels[panelCalendar].(*calendarForm)
	c.file.Fill("oncall.ics")
	f.Run("capture.submit")
	if c.file.Wrongness() == "" {
		t.Error("half a path is taken")
	}
	path := filepath.Join(t.TempDir(), "oncall.ics")
	c.file.Fill(path)
	f.Run("capture.submit")
	if !strings.HasPrefix(c.says.Text(), "Not done") {
		t.Errorf("of no file it says %q", c.says.Text())
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(calendar, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	f.Run("capture.submit")
	if f.title.Text() != "On call: Ana Ruiz" || !strings.Contains(c.left.Text(), "Nina Stranger") {
		t.Errorf("title %q, it says %q and %q", f.title.Text(), c.says.Text(), c.left.Text())
	}
}

func TestOneThingBeyondTheFieldsIsIt(t *testing.T) {
	doc := oncall.Schedule{Layers: []oncall.Layer{{Name: "primary"}, {Name: "shadow"}}}
	if got := beyond(doc); got != `It also has 1 further layer: it stays as it is; "holdfastctl oncall set" changes it.` {
		t.Errorf("it says %q", got)
	}
}
