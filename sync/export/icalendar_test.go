package export

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"holdfast/model/oncall"
	"holdfast/sync/intake/importer"
)

// checkout is a schedule with what a calendar has to carry: a clock change, an
// override, a swap, a layer of its own name and people with awkward names.
func checkout(t *testing.T) *oncall.Rota {
	t.Helper()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	r, err := oncall.New(oncall.Schedule{
		Name: "Checkout, payments; and more", Zone: "Europe/Berlin",
		Layers: []oncall.Layer{
			{Name: oncall.Primary, Rotations: []oncall.Rotation{oncall.Weekly("2026-03-16", "ana", "eli", "cem")}},
			{Name: oncall.Secondary, Follows: oncall.Primary},
			{Name: "database", Rotations: []oncall.Rotation{oncall.Weekly("2026-03-16", "dia")}},
		},
		Overrides: []oncall.Override{{
			Layer: oncall.Primary, From: at("2026-03-18T08:00:00Z"), To: at("2026-03-18T12:00:00Z"), Person: "dia", Reason: "dentist;\nback at noon, or so",
		}},
		Swaps: []oncall.Swap{{
			First:  oncall.Turn{Layer: oncall.Primary, From: at("2026-03-30T08:00:00Z"), To: at("2026-04-06T08:00:00Z"), Person: "cem"},
			Second: oncall.Turn{Layer: oncall.Primary, From: at("2026-04-06T08:00:00Z"), To: at("2026-04-13T08:00:00Z"), Person: "ana"},
			Agreed: []string{"ana", "cem"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var staff = map[string][2]string{
	"ana": {"Ana Ruiz, of Checkout and of a name so long that its line has to be folded", ""},
	"eli": {"Eli O'Brandt: \"the\" second; Jr.", "eli.brandt@example.com"}, "cem": {"Cem Öztürk (Köln)", ""}, "dia": {"दीया शर्मा", ""},
}

func calendar(t *testing.T, o ShiftCalendar) string {
	t.Helper()
	o.From, o.To = time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	o.Person = func(id string) (string, string) { return staff[id][0], staff[id][1] }
	o.Now = time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	if err := ICalendar(&b, checkout(t), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCalendarComesBack writes the shifts and reads them again: the same people
// at the same times in the same layers.
func TestCalendarComesBack(t *testing.T) {
	text := calendar(t, ShiftCalendar{})
	from, to := time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	got, err := importer.OnCallICS(strings.NewReader(text), importer.OnCallOptions{From: from, To: to, Person: func(name, email string) (string, bool) {
		for id, s := range staff {
			if name == s[0] || email != "" && email == s[1] {
				return id, true
			}
		}
		return "", false
	}})
	if err != nil || len(got.Left)+len(got.Unknown)+len(got.Notes) > 0 {
		t.Fatal(err, got.Left, got.Unknown, got.Notes)
	}
	s, notes, err := got.Schedule(from, to)
	if err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	again, err := oncall.New(s)
	if err != nil {
		t.Fatal(err)
	}
	want, have := checkout(t).Shifts(from, to), again.Shifts(from, to)
	if len(have) != len(want) || again.Name() != checkout(t).Name() || again.Zone().String() != "Europe/Berlin" {
		t.Fatalf("%d shifts of %d; %s in %s", len(have), len(want), again.Name(), again.Zone())
	}
	uids := map[string]bool{}
	for i, w := range want {
		if h := have[i]; h.Layer != w.Layer || h.Person != w.Person || !h.From.Equal(w.From) || !h.Until.Equal(w.Until) {
			t.Errorf("shift %d is %+v, want %+v", i, h, w)
		}
		uids[got.Shifts[i].UID] = true
	}
	if len(uids) != len(want) {
		t.Errorf("%d UIDs of %d shifts", len(uids), len(want))
	}
}

func TestCalendarHasTheFormOfRFC5545(t *testing.T) {
	text := calendar(t, ShiftCalendar{ID: "x", Only: "dia"})
	if !strings.HasPrefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Errorf("got %s", text)
	}
	for _, l := range strings.SplitAfter(text, "\r\n") {
		if len(l) > 77 || strings.Count(l, "\n") != strings.Count(l, "\r\n") {
			t.Errorf("a line of %d bytes: %q", len(l), l)
		}
	}
	flat := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		"METHOD:PUBLISH", `X-WR-CALNAME:Checkout\, payments\; and more`, "X-WR-TIMEZONE:Europe/Berlin", "DTSTAMP:20260317T140000Z",
		"DTSTART:20260318T080000Z", "DTEND:20260318T120000Z", "SUMMARY:Primary: दीया शर्मा", "TRANSP:TRANSPARENT",
		`DESCRIPTION:Override for Ana Ruiz\, of Checkout and of a name so long that its line has to be folded: dentist\;\nback at noon\, or so`,
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "SUMMARY:Database: दीया शर्मा", "CATEGORIES:database",
	} {
		if !strings.Contains(flat, want+"\r\n") {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(flat, "Eli") || strings.Count(flat, "BEGIN:VEVENT") != 8 {
		t.Errorf("shifts of others: %s", flat)
	}
	if all := calendar(t, ShiftCalendar{ID: "x"}); strings.Contains(all, "VALARM") || !strings.Contains(all, "ATTENDEE:mailto:eli.brandt@example.com\r\n") {
		t.Error("a calendar of all has alarms, or no address")
	}
}

// TestUIDsAreStable fixes them: a calendar program that has the events must
// know them again after an update of Holdfast.
func TestUIDsAreStable(t *testing.T) {
	s := oncall.Shift{Layer: oncall.Primary, Person: "ana", From: time.Unix(1773651600, 0)}
	want := shiftUID("x", s)
	if want != "4ba31fd70a3d4d9e6ad616f3acb2622e@holdfast" {
		t.Errorf("got %s", want)
	}
	s.Person = "eli"
	if shiftUID("x", s) != want {
		t.Error("another person makes another event")
	}
	for _, other := range []oncall.Shift{{Layer: oncall.Secondary, From: s.From}, {Layer: s.Layer, From: s.From.Add(time.Hour)}} {
		if shiftUID("x", other) == want {
			t.Errorf("%+v has the same UID", other)
		}
	}
	if shiftUID("y", s) == want {
		t.Error("another schedule has the same UID")
	}
}

func TestCalendarWriteErrorsAreTold(t *testing.T) {
	if err := ICalendar(full{}, checkout(t), ShiftCalendar{From: time.Unix(1773651600, 0), To: time.Unix(1783651600, 0)}); err == nil {
		t.Error("a full disk was not told")
	}
}
