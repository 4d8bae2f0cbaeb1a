package when

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func utc(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

// Monday 23 November 2026, 14:10:30 in Berlin.
const present = "2026-11-23T13:10:30Z"

func TestParseForms(t *testing.T) {
	now, berlin := utc(t, present), zone(t, "Europe/Berlin")
	tests := []struct {
		text, at string
		p        Precision
		note     string
	}{
		{"now", "2026-11-23T13:10:30Z", Exact, "14:10:30 CET = 13:10:30 UTC"},
		{"2026-11-23T14:05:09Z", "2026-11-23T14:05:09Z", Exact, "14:05:09 UTC; this is in the future"},
		{"2026-11-23T14:05:09+01:00", "2026-11-23T13:05:09Z", Exact, "14:05:09 UTC+01:00 = 13:05:09 UTC"},
		{"2026-11-23T14:05:09.123456Z", "2026-11-23T14:05:09.123456Z", Exact, ""},
		{"2026-11-23T14:05", "2026-11-23T13:05:00Z", Exact, "14:05 CET = 13:05 UTC"},
		{"2026-11-23 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"14:05", "2026-11-23T13:05:00Z", Exact, "14:05 CET = 13:05 UTC"},
		{"14:05:09", "2026-11-23T13:05:09Z", Exact, ""},
		{"14.05", "2026-11-23T13:05:00Z", Exact, ""},
		{"1405", "2026-11-23T13:05:00Z", Exact, ""},
		{"14:12", "2026-11-23T13:12:00Z", Exact, "14:12 CET = 13:12 UTC"}, // inside the slack
		{"14:16", "2026-11-22T13:16:00Z", Exact, "yesterday 14:16 CET = 13:16 UTC"},
		{"14:05 CET", "2026-11-23T13:05:00Z", Exact, ""},
		{"13:05 UTC", "2026-11-23T13:05:00Z", Exact, "13:05 UTC"},
		{"13:05Z", "2026-11-23T13:05:00Z", Exact, "13:05 UTC"},
		{"13:05 z", "2026-11-23T13:05:00Z", Exact, ""},
		{"14:05 +02:00", "2026-11-23T12:05:00Z", Exact, ""},
		{"14:05+0200", "2026-11-23T12:05:00Z", Exact, ""},
		{"14:05 UTC+2", "2026-11-23T12:05:00Z", Exact, ""},
		{"08:05 America/New_York", "2026-11-23T13:05:00Z", Exact, "08:05 EST = 13:05 UTC"},
		{"08:05 america/new_york", "2026-11-23T13:05:00Z", Exact, ""},
		{"08:05 ET", "2026-11-23T13:05:00Z", Exact, "08:05 EST = 13:05 UTC"},
		{"14:05 cest", "2026-11-23T12:05:00Z", Exact, "14:05 CEST = 12:05 UTC; read as CEST as written, Europe/Berlin keeps CET then (13:05)"},
		{"2:05pm", "2026-11-23T13:05:00Z", Exact, ""},
		{"2:05 PM", "2026-11-23T13:05:00Z", Exact, ""},
		{"2pm", "2026-11-23T13:00:00Z", Exact, ""},
		{"12am", "2026-11-22T23:00:00Z", Exact, "00:00 CET = 22 Nov 23:00 UTC"},
		{"12:30 pm", "2026-11-23T11:30:00Z", Exact, ""},
		{"-12m", "2026-11-23T12:58:30Z", Exact, "13:58:30 CET = 12:58:30 UTC"},
		{"-1h30m", "2026-11-23T11:40:30Z", Exact, ""},
		{"-1h 30m", "2026-11-23T11:40:30Z", Exact, ""},
		{"-1.5h", "2026-11-23T11:40:30Z", Exact, ""},
		{"12m ago", "2026-11-23T12:58:30Z", Exact, ""},
		{"12 min ago", "2026-11-23T12:58:30Z", Exact, ""},
		{"1 hour 30 minutes ago", "2026-11-23T11:40:30Z", Exact, ""},
		{"+10m", "2026-11-23T13:20:30Z", Exact, ""},
		{"in 10 min", "2026-11-23T13:20:30Z", Exact, ""},
		{"T+20m", "2026-11-23T12:20:00Z", Exact, ""},
		{"T+00:47:12", "2026-11-23T12:47:12Z", Exact, ""},
		{"T-5m", "2026-11-23T11:55:00Z", Exact, ""},
		{"t+1d 02:10", "2026-11-24T14:10:00Z", Exact, ""},
		{"yesterday 23:50", "2026-11-22T22:50:00Z", Exact, "yesterday 23:50 CET = 22:50 UTC"},
		{"23:50 yesterday", "2026-11-22T22:50:00Z", Exact, ""},
		{"yesterday at 23:50", "2026-11-22T22:50:00Z", Exact, ""},
		{"yesterday 00:10", "2026-11-21T23:10:00Z", Exact, "yesterday 00:10 CET = 21 Nov 23:10 UTC"},
		{"today 09:00", "2026-11-23T08:00:00Z", Exact, ""},
		{"Mon 23:50", "2026-11-16T22:50:00Z", Exact, "16 Nov 23:50 CET = 22:50 UTC"},
		{"Monday 09:00", "2026-11-23T08:00:00Z", Exact, "09:00 CET = 08:00 UTC"},
		{"Fri 18:00", "2026-11-20T17:00:00Z", Exact, ""},
		{"23 Nov 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"Nov 23, 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"24 Dec 18:00", "2025-12-24T17:00:00Z", Exact, "24 Dec 2025 18:00 CET = 17:00 UTC"},
		{"23rd November 2026 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"Mon, 23 Nov 2026 14:05:09 +0100", "2026-11-23T13:05:09Z", Exact, ""},
		{"29 Feb 10:00", "2024-02-29T09:00:00Z", Exact, ""},
		{"23.11. 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"23.11.2026 14:05", "2026-11-23T13:05:00Z", Exact, ""},
		{"1795439109", "2026-11-23T13:05:09Z", Exact, ""},
		{"1795439109250", "2026-11-23T13:05:09.25Z", Exact, ""},
		{"1690290348.206639", "2023-07-25T13:05:48.206639Z", Exact, ""},
		{"p1690290348206639", "2023-07-25T13:05:48.206639Z", Exact, ""},
		{"~14:05", "2026-11-23T13:05:00Z", Approx, "~14:05 CET = 13:05 UTC"},
		{"about 14:05", "2026-11-23T13:05:00Z", Approx, ""},
		{"~ 14:05", "2026-11-23T13:05:00Z", Approx, ""},
		{"14:??", "2026-11-23T13:00:00Z", Hour, "14:?? CET = 13:00 UTC"},
		{"yesterday 22:??", "2026-11-22T21:00:00Z", Hour, ""},
		{"2026-11-23", "2026-11-22T23:00:00Z", Day, "today (the day, no time)"},
		{"yesterday", "2026-11-21T23:00:00Z", Day, "yesterday (the day, no time)"},
		{"23 Nov", "2026-11-22T23:00:00Z", Day, ""},
		{"after 14:05", "2026-11-23T13:05:00Z", After, "after 14:05 CET = 13:05 UTC"},
		{"after ~14:05", "2026-11-23T13:05:00Z", After, ""},
		{"  14:05\t", "2026-11-23T13:05:00Z", Exact, ""},
	}
	o := Options{Start: utc(t, "2026-11-23T12:00:00Z")}
	for _, tt := range tests {
		m, err := o.Parse(tt.text, now, berlin)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.text, err)
			continue
		}
		if !m.At.Equal(utc(t, tt.at)) || m.Precision != tt.p {
			t.Errorf("Parse(%q) = %s %s, want %s %s", tt.text, m.At.Format(time.RFC3339Nano), m.Precision, tt.at, tt.p)
		}
		if m.At.Location() != time.UTC {
			t.Errorf("Parse(%q) is in %s, want UTC", tt.text, m.At.Location())
		}
		if m.Note == "" || (tt.note != "" && m.Note != tt.note) {
			t.Errorf("Parse(%q) note %q, want %q", tt.text, m.Note, tt.note)
		}
	}
}

func TestParseRefusesWithAReason(t *testing.T) {
	now, berlin := utc(t, present), zone(t, "Europe/Berlin")
	tests := []struct {
		text string
		is   error
		says string
	}{
		{"25:99", ErrRange, `time "25:99": no such time: hour 25 is not on the clock (0 to 23); write 14:05, -12m or "yesterday 23:50"`},
		{"14:75", ErrRange, "minute 75"},
		{"14:05:61", ErrRange, "second 61"},
		{"24:00", ErrRange, "00:00 of the next day"},
		{"13:05pm", ErrRange, "13 pm"},
		{"31 Feb", ErrRange, "31 Feb is not in the calendar"},
		{"2026-02-29 10:00", ErrRange, "29 Feb"},
		{"22025-03-18", ErrRange, "year 22025"},
		{"2026-13-01", ErrRange, "month 13"},
		{"Tue 23 Nov 2026 14:05", ErrRange, "is a Monday, not a Tuesday"},
		{"-4000000d", ErrUnreadable, ""},
		{"-900000d", ErrRange, "ten years"},
		{"14:05 +19:00", ErrRange, "outside -12:00 to +14:00"},
		{"14:02-14:10", ErrRange, "outside -12:00 to +14:00"},
		{"14:05 CST", ErrAmbiguous, "-06:00 (Chicago), +08:00 (Shanghai) or -05:00 (Havana)"},
		{"14:05 IST", ErrAmbiguous, "+05:30 (India)"},
		{"14:05 BST", ErrAmbiguous, "Dhaka"},
		{"03/04/2026 14:05", ErrAmbiguous, "write 2026-11-23"},
		{"", ErrUnreadable, "empty"},
		{"soon", ErrUnreadable, `"soon" has no date and no clock`},
		{"14:05 tomorrowish", ErrUnreadable, `"tomorrowish" is not understood here`},
		{"14:05 Mars/Olympus", ErrUnreadable, "no time zone"},
		{"14:05 ../../etc/passwd", ErrUnreadable, "not understood"},
		{"T+20m", ErrUnreadable, "counts from the start"},
		{"-12", ErrUnreadable, ""},
		{"+02:00", ErrUnreadable, ""},
		{"CET", ErrUnreadable, ""},
		{"14:05\x00", ErrUnreadable, "no text"},
		{strings.Repeat("1", MaxInput+1), ErrUnreadable, "at most 96"},
	}
	for _, tt := range tests {
		m, err := Parse(tt.text, now, berlin)
		if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Parse(%q) = %v, %v; want %v saying %q", tt.text, m, err, tt.is, tt.says)
		}
	}
}

func TestAmbiguousZoneIsTheWritersOwn(t *testing.T) {
	now := utc(t, present)
	for _, tt := range []struct{ zone, text, at string }{
		{"America/Chicago", "07:05 CST", "2026-11-23T13:05:00Z"},
		{"Asia/Kolkata", "18:35 IST", "2026-11-23T13:05:00Z"},
		{"Europe/London", "14:05 BST", "2026-11-23T13:05:00Z"}, // the summer half of the year counts too
	} {
		m, err := Parse(tt.text, now, zone(t, tt.zone))
		if err != nil || !m.At.Equal(utc(t, tt.at)) {
			t.Errorf("%s in %s = %v, %v; want %s", tt.text, tt.zone, m.At, err, tt.at)
		}
	}
}

func TestClockChanges(t *testing.T) {
	tests := []struct{ zone, now, text, at, says string }{
		// Forward: the hour is missing, the time is read past the change.
		{"Europe/Berlin", "2026-03-29T09:00:00Z", "02:30", "2026-03-29T01:30:00Z", "that clock time was skipped: clocks went from 02:00 to 03:00"},
		{"Europe/Berlin", "2026-03-29T09:00:00Z", "01:59", "2026-03-29T00:59:00Z", ""},
		{"Europe/Berlin", "2026-03-29T09:00:00Z", "03:00", "2026-03-29T01:00:00Z", ""},
		{"America/New_York", "2026-03-08T15:00:00Z", "02:30", "2026-03-08T07:30:00Z", "skipped: clocks went from 02:00 to 03:00"},
		{"Australia/Sydney", "2026-10-04T03:00:00Z", "02:30", "2026-10-03T16:30:00Z", "skipped: clocks went from 02:00 to 03:00"},
		{"Europe/London", "2026-03-29T09:00:00Z", "01:30", "2026-03-29T01:30:00Z", "clocks went from 01:00 to 02:00"},
		{"Australia/Lord_Howe", "2026-10-04T03:00:00Z", "02:15", "2026-10-03T15:45:00Z", "clocks went from 02:00 to 02:30"},
		// Back: the hour comes twice, the later one that is past is meant.
		{"Europe/Berlin", "2026-10-25T09:00:00Z", "02:30", "2026-10-25T01:30:00Z", "came twice, this is the second (CET), write CEST for the other"},
		{"Europe/Berlin", "2026-10-25T09:00:00Z", "02:30 CEST", "2026-10-25T00:30:00Z", ""},
		{"Europe/Berlin", "2026-10-25T00:40:00Z", "02:30", "2026-10-25T00:30:00Z", "this is the first (CEST), write CET for the other"},
		{"Europe/Berlin", "2026-10-25T00:40:00Z", "25 Oct 2026 02:30", "2026-10-25T00:30:00Z", "first (CEST)"},
		{"America/New_York", "2026-11-01T15:00:00Z", "01:30", "2026-11-01T06:30:00Z", "second (EST), write EDT for the other"},
		{"America/New_York", "2026-11-01T15:00:00Z", "01:30 EDT", "2026-11-01T05:30:00Z", ""},
		{"Australia/Sydney", "2026-04-05T03:00:00Z", "02:30", "2026-04-04T16:30:00Z", "second (AEST), write AEDT for the other"},
		{"Australia/Sydney", "2026-04-05T03:00:00Z", "02:30 AEDT", "2026-04-04T15:30:00Z", ""},
		// Relative times run on the real clock, through the change.
		{"Europe/Berlin", "2026-10-25T01:15:00Z", "-30m", "2026-10-25T00:45:00Z", "02:45 CEST"},
		{"America/New_York", "2026-03-08T07:10:00Z", "-20m", "2026-03-08T06:50:00Z", "01:50 EST"},
		// "yesterday" is a date, not 24 hours.
		{"Europe/Berlin", "2026-03-29T22:30:00Z", "yesterday 23:50", "2026-03-29T21:50:00Z", "yesterday 23:50 CEST"},
		{"Europe/Berlin", "2026-10-25T22:30:00Z", "yesterday 23:50", "2026-10-24T21:50:00Z", "yesterday 23:50 CEST"},
		{"Africa/Cairo", "2026-04-24T09:00:00Z", "2026-04-24", "2026-04-23T22:00:00Z", "the day, no time"}, // its midnight is skipped
	}
	for _, tt := range tests {
		m, err := Parse(tt.text, utc(t, tt.now), zone(t, tt.zone))
		if err != nil || !m.At.Equal(utc(t, tt.at)) || !strings.Contains(m.Note, tt.says) {
			t.Errorf("%s at %s in %s = %s %q, %v; want %s saying %q", tt.text, tt.now, tt.zone, m.At.Format(time.RFC3339), m.Note, err, tt.at, tt.says)
		}
		if tt.says == "" && strings.Contains(m.Note, ";") && !strings.Contains(m.Note, "as written") {
			t.Errorf("%s in %s: note %q remarks on nothing special", tt.text, tt.zone, m.Note)
		}
	}
}

// Every local time that a zone's clocks show in a year, written out, is read
// back as one of the instants that show it.
func TestEveryLocalTimeComesBack(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata"} {
		loc := zone(t, name)
		end := utc(t, "2027-01-01T00:00:00Z")
		for at := utc(t, "2026-01-01T00:00:00Z"); at.Before(end); at = at.Add(41 * time.Minute) {
			text := at.In(loc).Format("2006-01-02 15:04")
			m, err := Parse(text, end, loc)
			if err != nil {
				t.Fatalf("%s %s: %v", name, text, err)
			}
			if got := m.At.In(loc).Format("2006-01-02 15:04"); got != text {
				t.Fatalf("%s: %s came back as %s", name, text, got)
			}
			if !m.At.Equal(at) && !strings.Contains(m.Note, "came twice") {
				t.Fatalf("%s: %s is %s, want %s", name, text, m.At, at)
			}
		}
	}
}

func TestAheadReadsTheNextClockTime(t *testing.T) {
	now, berlin := utc(t, present), zone(t, "Europe/Berlin")
	for text, at := range map[string]string{
		"14:30":        "2026-11-23T13:30:00Z",
		"14:05":        "2026-11-24T13:05:00Z",
		"Mon 09:00":    "2026-11-30T08:00:00Z",
		"24 Dec 12:00": "2026-12-24T11:00:00Z",
		"23 Jan 12:00": "2027-01-23T11:00:00Z",
	} {
		m, err := Options{Ahead: true}.Parse(text, now, berlin)
		if err != nil || !m.At.Equal(utc(t, at)) {
			t.Errorf("%q ahead = %v, %v; want %s", text, m.At, err, at)
		}
	}
}

func TestPrefixLeavesTheWordsAlone(t *testing.T) {
	now, berlin := utc(t, present), zone(t, "Europe/Berlin")
	tests := []struct{ text, at, rest string }{
		{"12:03 restarted db-2", "2026-11-23T11:03:00Z", "restarted db-2"},
		{"12:03 CET restarted", "2026-11-23T11:03:00Z", "restarted"},
		{"12:03 met with the vendor", "2026-11-23T11:03:00Z", "met with the vendor"},
		{"12:03 et al", "2026-11-23T11:03:00Z", "et al"},
		{"12:03 2 of 6 pods", "2026-11-23T11:03:00Z", "2 of 6 pods"},
		{"12:03 Mon backups missing", "2026-11-23T11:03:00Z", "Mon backups missing"},
		{"12:03 may 5 pods die", "2026-11-23T11:03:00Z", "may 5 pods die"},
		{"12:03 -10 pods", "2026-11-23T11:03:00Z", "-10 pods"},
		{"12:03 api/checkout slow", "2026-11-23T11:03:00Z", "api/checkout slow"},
		{"14:02 am I right", "2026-11-23T13:02:00Z", "am I right"},
		{"yesterday 1405 users", "2026-11-21T23:00:00Z", "1405 users"},
		{"yesterday 23:50 CET  odd  spacing ", "2026-11-22T22:50:00Z", "odd  spacing "},
		{"-5m restarted", "2026-11-23T13:05:30Z", "restarted"},
		{"-5m 10m of queue", "2026-11-23T13:05:30Z", "10m of queue"},
		{"12 min ago it broke", "2026-11-23T12:58:30Z", "it broke"},
		{"2026-11-23T12:03:00Z x", "2026-11-23T12:03:00Z", "x"},
		{"12:03", "2026-11-23T11:03:00Z", ""},
	}
	for _, tt := range tests {
		m, rest, err := Options{}.Prefix(tt.text, now, berlin)
		if err != nil || !m.At.Equal(utc(t, tt.at)) || rest != tt.rest {
			t.Errorf("Prefix(%q) = %s, %q, %v; want %s, %q", tt.text, m.At, rest, err, tt.at, tt.rest)
		}
	}
	long := "12:03 " + strings.Repeat("word ", 4000)
	if _, rest, err := (Options{}).Prefix(long, now, berlin); err != nil || len(rest) != len(long)-6 {
		t.Errorf("a long text after the time: %d bytes left, %v", len(rest), err)
	}
}

func TestFormatRows(t *testing.T) {
	at := utc(t, "2026-11-23T13:05:09Z")
	berlin := zone(t, "Europe/Berlin")
	for p, want := range map[Precision]string{Exact: "14:05:09", Approx: "~14:05", Hour: "14:??", Day: "23 Nov", After: "after 14:05"} {
		if got := Format(Moment{At: at, Precision: p}, berlin); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
	if got := Format(Moment{At: at}, nil); got != "13:05:09" {
		t.Errorf("no zone: %q", got)
	}
}

func TestClocks(t *testing.T) {
	for d, want := range map[time.Duration]string{
		47*time.Minute + 12*time.Second + 900*time.Millisecond: "00:47:12",
		0:                             "00:00:00",
		-300 * time.Millisecond:       "00:00:00",
		23*time.Hour + 59*time.Minute: "23:59:00",
		24 * time.Hour:                "1d 00:00",
		74*time.Hour + 10*time.Minute: "3d 02:10",
		-3 * time.Minute:              "-00:03:00",
		-1 << 63:                      "-106751d 23:47",
	} {
		if got := Clock(d); got != want {
			t.Errorf("Clock(%d) = %q, want %q", d, got, want)
		}
	}
	start := utc(t, "2026-11-20T10:00:00Z")
	for _, d := range []time.Duration{47*time.Minute + 12*time.Second, 74*time.Hour + 10*time.Minute, -5 * time.Minute} {
		m, err := Options{Start: start}.Parse(Elapsed(d), start, nil)
		if err != nil || m.At.Sub(start) != d {
			t.Errorf("%s came back as %s, %v", Elapsed(d), m.At.Sub(start), err)
		}
	}
}

func TestPrecisionText(t *testing.T) {
	for _, p := range Precisions() {
		b, err := p.MarshalText()
		var back Precision
		if err != nil || back.UnmarshalText(b) != nil || back != p {
			t.Errorf("%s came back as %s, %v", p, back, err)
		}
	}
	if _, err := ParsePrecision("minute"); err == nil {
		t.Error("an unknown word is a precision")
	}
	if _, err := Precision(9).MarshalText(); err == nil {
		t.Error("a value without a word is written")
	}
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "90 min": 90 * time.Minute, "2d": 48 * time.Hour} {
		if d, err := ParseSpan(text); err != nil || d != want {
			t.Errorf("ParseSpan(%q) = %s, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "0m", "10", "m", "10m later", "-5m", "1.2.3h"} {
		if d, err := ParseSpan(text); err == nil {
			t.Errorf("ParseSpan(%q) = %s", text, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"now", "14:05", "14:05:09 CET", "2:05pm", "-1h30m", "12m ago", "T+3d 02:10", "yesterday 23:50", "Mon 23:50",
		"2026-11-23T14:05:09.5+02:00", "Mon, 23 Nov 2026 14:05 Europe/Berlin", "1795439109250", "~14:05", "14:??", "after 14:05",
		"23.11. 14.05", "25:99", "14:05 CST", "02:30", "9999999d ago", "-0.0000001s", "\xff", "p1", "99999 Nov", "0:00 ,",
	} {
		f.Add(s)
	}
	now := utc(f, "2026-10-25T01:10:30Z")
	zones := []*time.Location{nil, zone(f, "Europe/Berlin"), zone(f, "America/St_Johns")}
	f.Fuzz(func(t *testing.T, text string) {
		o := Options{Start: now.Add(-time.Hour)}
		for _, loc := range zones {
			m, err := o.Parse(text, now, loc)
			if err == nil {
				if y := m.At.Year(); y < minYear || y > maxYear || m.At.Location() != time.UTC || m.Note == "" {
					t.Fatalf("%q read as %v", text, m)
				}
				if Format(m, loc) == "" {
					t.Fatalf("%q formats as nothing", text)
				}
			}
			_, rest, err := o.Prefix(text, now, loc)
			if !strings.HasSuffix(text, rest) {
				t.Fatalf("%q leaves %q (%v)", text, rest, err)
			}
			if err == nil && len(rest) == len(text) {
				t.Fatalf("%q: a time was read and nothing used", text)
			}
		}
	})
}

// TestAClockTimeReadAsTheDayBeforeSaysSo: only a bare clock time that is still ahead
// leaves anything to be said, in the zone it was read in.
func TestAClockTimeReadAsTheDayBeforeSaysSo(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 40, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"12:50":           "12:50 is still to come today, so it is read as that of the day before: 25 Nov 12:50 UTC; if another day is meant, write the date",
		"14:05 CET":       "14:05 is still to come today, so it is read as that of the day before: 25 Nov 14:05 CET; if another day is meant, write the date",
		"13:30 CET":       "",
		"12:43":           "",
		"yesterday 12:50": "",
		"-50h":            "",
	} {
		m, err := Parse(text, now, nil)
		if err != nil || m.Remark != want {
			t.Errorf("%q: %q, %v; want %q", text, m.Remark, err, want)
		}
	}
	if m, err := (Options{Ahead: true}).Parse("12:30", now, nil); err != nil || m.Remark != "" {
		t.Errorf("a deadline: %q, %v", m.Remark, err)
	}
}
