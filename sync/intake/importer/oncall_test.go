package importer

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model/oncall"
)

// rotaOf reads calendars for the spring of 2026.
func rotaOf() OnCallOptions {
	ids := map[string]string{
		"Ana Ruiz": "ana", "ana.ruiz@example.com": "ana", "Eli Brandt": "eli", "eli.brandt@example.com": "eli", "Cem": "cem",
	}
	return OnCallOptions{
		From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		Person: func(name, email string) (string, bool) {
			if id, ok := ids[email]; ok {
				return id, true
			}
			id, ok := ids[name]
			return id, ok
		},
	}
}

func shiftRows(list []OnCallShift) (out []string) {
	for _, s := range list {
		out = append(out, fmt.Sprint(s.Layer, " ", s.Person, "|", s.Name, " ", s.From.Format("01-02 15:04"), " ", s.Until.Format("01-02 15:04"), " line ", s.Line))
	}
	return out
}

func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func rowTexts(rows []BadRow) (out []string) {
	for _, r := range rows {
		out = append(out, r.String())
	}
	return out
}

func sampleRota(t *testing.T, name string) OnCall {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := OnCallICS(f, rotaOf())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPagerDutyCalendar(t *testing.T) {
	got := sampleRota(t, "oncall-pagerduty.ics")
	sameLines(t, "shifts", shiftRows(got.Shifts), []string{
		"primary ana|Ana Ruiz 03-16 09:00 03-23 09:00 line 6", "primary eli|Eli Brandt 03-23 09:00 03-30 08:00 line 15",
	})
	if got.Name != "On Call Schedule for Checkout Primary" || len(got.Left)+len(got.Notes)+len(got.Unknown) > 0 {
		t.Errorf("got %+v", got)
	}
}

// TestRuleCalendar has what calendars are made of: a rule with an exception, a
// moved occurrence, days without times, and the clock change of 29 March.
func TestRuleCalendar(t *testing.T) {
	got := sampleRota(t, "oncall-generic-rrule.ics")
	sameLines(t, "shifts", shiftRows(got.Shifts), []string{
		"primary ana|Ana Ruiz 03-16 09:00 03-23 09:00 line 22", "primary ana|Ana Ruiz 04-28 08:00 05-04 08:00 line 33",
		"primary ana|Ana Ruiz 05-18 08:00 05-25 08:00 line 22", "primary ana|Ana Ruiz 06-08 08:00 06-15 08:00 line 22",
		"primary ana|Ana Ruiz 06-29 08:00 07-06 08:00 line 22", "secondary eli|Eli Brandt 03-15 23:00 03-22 23:00 line 41",
	})
	sameLines(t, "notes", rowTexts(got.Notes), []string{
		"line 41: it has days and no times; they are read as midnight to midnight in Europe/Berlin", "line 41: it is marked tentative; it is read as agreed",
	})
	s, notes, err := got.Schedule(rotaOf().From, rotaOf().To)
	if err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	r, err := oncall.New(s)
	if err != nil {
		t.Fatal(err)
	}
	d := r.At(time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC))
	if s.Name != "Checkout rota" || s.Zone != "Europe/Berlin" || d[0].Person != "ana" || d[1].Person != "eli" {
		t.Errorf("schedule %+v", s)
	}
}

// calendarOf makes a calendar of events, given as lines without BEGIN and END.
func calendarOf(head string, events ...string) string {
	out := "BEGIN:VCALENDAR\r\n" + head
	for _, e := range events {
		out += "BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return out + "END:VCALENDAR\r\n"
}

func TestTimesAndRules(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"floating", "DTSTART:20260401T100000\nDURATION:PT12H", []string{"04-01 08:00 04-01 20:00"}},
		{"a length of many parts", "DTSTART:20260401T100000Z\nDURATION:+P1W1DT1H30M10S", []string{"04-01 10:00 04-09 11:30"}},
		{"an end in another zone", "DTSTART:20260401T100000Z\nDTEND;TZID=Asia/Kathmandu:20260401T174500", []string{"04-01 10:00 04-01 12:00"}},
		{"UTC", "DTSTART:20260401T100000Z\nDTEND:20260402T100000Z", []string{"04-01 10:00 04-02 10:00"}},
		{"a day", "DTSTART;VALUE=DATE:20260329", []string{"03-28 23:00 03-29 22:00"}},
		{"a skipped time is read with the offset before", "DTSTART:20260329T023000\nDTEND:20260329T100000", []string{"03-29 01:30 03-29 08:00"}},
		{"a time that comes twice is the first", "DTSTART:20261025T023000\nDTEND:20261025T100000", nil},
		{
			"weekdays", "DTSTART;TZID=Europe/Berlin:20260327T090000\nDTEND;TZID=Europe/Berlin:20260327T170000\nRRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260403T070000Z",
			[]string{"03-27 08:00 03-27 16:00", "03-30 07:00 03-30 15:00", "04-03 07:00 04-03 15:00"},
		},
		{
			"daily over the clock change", "DTSTART;TZID=America/New_York:20260307T100000\nDTEND;TZID=America/New_York:20260308T100000\nRRULE:FREQ=DAILY;COUNT=2",
			[]string{"03-07 15:00 03-08 14:00", "03-08 14:00 03-09 14:00"},
		},
		{
			"dates added and taken out", "DTSTART:20260401T100000Z\nDTEND:20260401T120000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260402T100000Z,20260403T100000Z\nRDATE:20260410T090000Z",
			[]string{"04-01 10:00 04-01 12:00", "04-10 09:00 04-10 11:00"},
		},
		{
			"a day taken out", "DTSTART:20260401T100000\nDTEND:20260401T120000\nRRULE:FREQ=DAILY;UNTIL=20260403\nEXDATE;VALUE=DATE:20260402",
			[]string{"04-01 08:00 04-01 10:00", "04-03 08:00 04-03 10:00"},
		},
		{
			"monthly", "DTSTART:20260131T000000Z\nDTEND:20260201T000000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4",
			[]string{"03-31 00:00 04-01 00:00", "04-30 00:00 05-01 00:00"},
		},
		{
			"a zone with a prefix", "DTSTART;TZID=/example.org/20070129_1/Asia/Kathmandu:20260401T100000\nDTEND;TZID=/example.org/20070129_1/Asia/Kathmandu:20260401T110000",
			[]string{"04-01 04:15 04-01 05:15"},
		},
		{
			"a zone that its VTIMEZONE explains", "DTSTART;TZID=Kathmandu by hand:20260401T100000\nDTEND;TZID=Kathmandu by hand:20260401T110000",
			[]string{"04-01 04:15 04-01 05:15"},
		},
		{
			"a zone of Windows", "DTSTART;TZID=W. Europe Standard Time:20260401T100000\nDTEND;TZID=W. Europe Standard Time:20260401T110000",
			[]string{"04-01 08:00 04-01 09:00"},
		},
		{"cancelled", "DTSTART:20260401T100000Z\nDURATION:P1D\nSTATUS:CANCELLED", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := rotaOf()
			o.Zone = berlin
			head := "BEGIN:VTIMEZONE\r\nTZID:Kathmandu by hand\r\nX-LIC-LOCATION:Asia/Kathmandu\r\nEND:VTIMEZONE\r\n"
			got, err := OnCallICS(strings.NewReader(calendarOf(head, "UID:1\nSUMMARY:Cem\n"+c.text)), o)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for _, s := range got.Shifts {
				rows = append(rows, s.From.Format("01-02 15:04 ")+s.Until.Format("01-02 15:04"))
			}
			sameLines(t, "shifts", rows, c.want)
			if len(got.Left) > 0 {
				t.Errorf("left out: %v", got.Left)
			}
		})
	}
}

func TestZonesOfWindowsExist(t *testing.T) {
	for name, iana := range windowsZones {
		if _, err := time.LoadLocation(iana); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhose(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SUMMARY:Primary: Ana Ruiz", "primary Ana Ruiz <>"},
		{"SUMMARY:Secondary - Ana Ruiz (swap with Eli)", "secondary Ana Ruiz (swap with Eli) <>"},
		{"SUMMARY:Database: Ana Ruiz\nCATEGORIES:database", "database Ana Ruiz <>"},
		{"SUMMARY:Backup: Ana Ruiz", "secondary Ana Ruiz <>"},
		{"SUMMARY:Ana\u0007 Ruiz" + strings.Repeat("ü", 100), "primary Ana Ruiz" + strings.Repeat("ü", 96) + " <>"},
		{"SUMMARY:[L2] ana", "secondary ana <>"},
		{"SUMMARY:[L3] ana", "level 3 ana <>"},
		{"SUMMARY:On Call - Ana Ruiz - Checkout Secondary", "secondary Ana Ruiz <>"},
		{"SUMMARY:on-call: Ana Ruiz", "primary Ana Ruiz <>"},
		{"SUMMARY:Shift\nATTENDEE;CN=\"Ruiz, Ana\":MAILTO:ana@example.com", "primary Ruiz, Ana <ana@example.com>"},
		{"SUMMARY:Ana Ruiz\nCATEGORIES:SHADOW", "shadow Ana Ruiz <>"},
	} {
		cal, err := readCalendar([]byte(calendarOf("", c.text)))
		if err != nil {
			t.Fatal(err)
		}
		name, email, layer := whose(&cal.events[0], "primary")
		if got := fmt.Sprintf("%s %s <%s>", layer, name, email); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

const turns = "RRULE:FREQ=WEEKLY;INTERVAL=3\nDTSTART;TZID=Europe/Berlin:2026%sT100000\nDTEND;TZID=Europe/Berlin:2026%sT100000\nSUMMARY:%s\nUID:%s"

func TestRulesBecomeARotation(t *testing.T) {
	events := []string{
		fmt.Sprintf(turns, "0302", "0309", "Ana Ruiz", "1"), fmt.Sprintf(turns, "0309", "0316", "Eli Brandt", "2"), fmt.Sprintf(turns, "0316", "0323", "Cem", "3"),
		"SUMMARY:Ana Ruiz\nUID:3\nRECURRENCE-ID;TZID=Europe/Berlin:20260406T100000\nDTSTART;TZID=Europe/Berlin:20260406T100000\nDTEND;TZID=Europe/Berlin:20260413T100000",
	}
	read := func(events ...string) oncall.Schedule {
		o := rotaOf()
		got, err := OnCallICS(strings.NewReader(calendarOf("X-WR-TIMEZONE:Europe/Berlin\r\nX-WR-CALNAME:Checkout\r\n", events...)), o)
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := got.Schedule(o.From, o.To)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := read(events...)
	want := oncall.Schedule{Name: "Checkout", Zone: "Europe/Berlin", Layers: []oncall.Layer{
		{Name: "primary", Rotations: []oncall.Rotation{oncall.Weekly("2026-03-02", "ana", "eli", "cem")}},
	}, Overrides: []oncall.Override{{
		Layer: "primary", Person: "ana", From: time.Date(2026, 4, 6, 8, 0, 0, 0, time.UTC), To: time.Date(2026, 4, 13, 8, 0, 0, 0, time.UTC),
	}}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v", s)
	}
	// A week that nobody has cannot be written as a rotation.
	events[3] = "SUMMARY:Cem\nUID:3\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=Europe/Berlin:20260406T100000\nDTSTART;TZID=Europe/Berlin:20260406T100000\nDURATION:P7D"
	if s = read(events...); len(s.Layers[0].Rotations) > 0 || len(s.Overrides) != 17 {
		t.Errorf("got %+v", s)
	}
	if s = read(events[:2]...); len(s.Layers[0].Rotations) > 0 {
		t.Errorf("two of three make no rotation: %+v", s)
	}
}

func TestOverlapsAreCutAndNamed(t *testing.T) {
	got, err := OnCallICS(strings.NewReader(calendarOf("",
		"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P2D", "SUMMARY:Ana Ruiz\nDTSTART:20260402T100000Z\nDURATION:P2D",
		"SUMMARY:Eli Brandt\nDTSTART:20260402T110000Z\nDURATION:PT1H", "SUMMARY:Zoe\nDTSTART:20260410T110000Z\nDURATION:PT1H")), rotaOf())
	if err != nil {
		t.Fatal(err)
	}
	s, notes, err := got.Schedule(rotaOf().From, rotaOf().To)
	if err != nil || len(s.Overrides) != 2 || !s.Overrides[1].From.Equal(s.Overrides[0].To) {
		t.Errorf("got %+v, %v", s, err)
	}
	sameLines(t, "notes", rowTexts(notes), []string{
		"line 7: the shift of Ana Ruiz overlaps an earlier one of layer primary; it begins when that ends",
		"line 12: the shift of Eli Brandt falls into an earlier one of layer primary and is left out",
	})
	sameLines(t, "unknown", got.Unknown, []string{"Zoe"})
}

func TestBadEventsAreLeftOutAndNamed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SUMMARY:Cem", "line 2: the event has no DTSTART"},
		{"SUMMARY:Cem\nDTSTART:tomorrow", `line 2: DTSTART "tomorrow" is not a time from 1970 to 2199`},
		{"SUMMARY:Cem\nDTSTART:02026010T100000", "is not a time from 1970"},
		{"SUMMARY:Cem\nDTSTART;TZID=Moon Time:20260401T100000", `line 2: the zone "Moon Time" is not known`},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDTEND:20260401T100000Z", "must end after it begins"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDTEND:20280401T100000Z", "within a year"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:soon", "a DURATION is written P7D"},
		{"DTSTART:20260401T100000Z\nDURATION:P1D", "the event names nobody"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=SECONDLY", `the RRULE "FREQ=SECONDLY" is not read`},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "is not read"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=WEEKLY;BYDAY=2MO", "weekdays are counted with MONTHLY alone"},
		{"SUMMARY:Cem\nDTSTART:19700101T100000Z\nDURATION:P1D\nRRULE:FREQ=MONTHLY;BYDAY=50MO", "weekdays are counted with MONTHLY alone"}, // beyond the library's own tables
		{"SUMMARY:Cem\nDTSTART:19700201T100000Z\nDURATION:P1D\nRRULE:FREQ=MONTHLY;INTERVAL=24;BYDAY=-5MO", "weekdays are counted with MONTHLY alone"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=MONTHLY;BYMONTHDAY=99", "not usable"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=DAILY;BYDAY=MO" + strings.Repeat(",MO", 100), "the RRULE has 319 bytes and 300 is the most"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:often", "is not readable"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=DAILY;INTERVAL=521", "INTERVAL 521; 1 to 520"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nnonsense", "line 6: it is no line of a calendar"},
		{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nDESCRIPTION:" + strings.Repeat("x", maxContentLine), "line 6: it has more than 16384 bytes"},
	} {
		got, err := OnCallICS(strings.NewReader(calendarOf("", c.text)), rotaOf())
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(rowTexts(got.Left), "; "); !strings.Contains(text, c.want) {
			t.Errorf("%.90s\n  got %q\n  want %q", c.text, text, c.want)
		}
	}
}

func TestZoneOfTheCalendar(t *testing.T) {
	event := "SUMMARY:Cem\nDTSTART:20260401T100000\nDURATION:PT1H"
	for head, want := range map[string]string{
		"": "UTC 10:00 0", "X-WR-TIMEZONE:Asia/Kathmandu\r\n": "Asia/Kathmandu 04:15 0", "X-WR-TIMEZONE:Moon\r\n": "UTC 10:00 1",
	} {
		got, err := OnCallICS(strings.NewReader(calendarOf(head, event)), rotaOf())
		if err != nil || len(got.Shifts) != 1 {
			t.Fatal(got, err)
		}
		if text := fmt.Sprint(got.Zone, got.Shifts[0].From.Format(" 15:04 "), len(got.Notes)); text != want {
			t.Errorf("%q: %s, want %s", head, text, want)
		}
	}
}

func TestNoCalendar(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "line 1: it does not begin with BEGIN:VCALENDAR"},
		{"name,email\n", "line 1: it does not begin"},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", `line 3: END:VCALENDAR where "VEVENT" is open`},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 2: BEGIN:VEVENT has no END"},
		{strings.Repeat("BEGIN:VCALENDAR\n", 9), "line 9: parts are nested"},
		{calendarOf("", slices.Repeat([]string{"UID:1"}, maxEvents+1)...), "more than 6000 events"},
		{calendarOf("", slices.Repeat([]string{"SUMMARY:Cem\nDTSTART:20260401T100000Z\nDURATION:P1D\nRRULE:FREQ=DAILY"}, maxRules+1)...), "more than 200 events repeat"},
		{calendarOf("", slices.Repeat([]string{"SUMMARY:Cem\nDTSTART:20260301T100000Z\nDURATION:P1D\nRRULE:FREQ=DAILY"}, 60)...), "more than 5000 shifts"},
		{strings.Repeat(" ", MaxFile+1), "larger than 4 MiB"},
	} {
		_, err := OnCallICS(strings.NewReader(c.text), rotaOf())
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	o := rotaOf()
	o.To = o.From
	if _, err := OnCallICS(strings.NewReader(calendarOf("")), o); !errors.Is(err, ErrInvalid) {
		t.Errorf("an empty window: %v", err)
	}
}

func FuzzOnCallICS(f *testing.F) {
	for _, name := range []string{"oncall-pagerduty.ics", "oncall-generic-rrule.ics"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(calendarOf("", fmt.Sprintf(turns, "0302", "0309", "Ana Ruiz", "1"), fmt.Sprintf(turns, "0309", "0316", "Cem", "2"), fmt.Sprintf(turns, "0316", "0323", "Cem", "3"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := rotaOf()
		o.Person = func(name, _ string) (string, bool) { return "p", len(name)%2 == 0 }
		got, err := OnCallICS(strings.NewReader(string(b)), o)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		for _, s := range got.Shifts {
			if !s.From.Before(s.Until) || s.Layer == "" || s.Name == "" || s.Line < 1 {
				t.Fatalf("shift %+v", s)
			}
		}
		if s, _, err := got.Schedule(o.From, o.To); err == nil {
			if _, err := oncall.New(s); err != nil {
				t.Fatalf("the schedule is not usable: %v", err)
			}
		} else if len(got.Shifts) > 0 {
			t.Fatalf("no schedule of %d shifts: %v", len(got.Shifts), err)
		}
	})
}
