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
)

var (
	berlin   = zoneNamed("Europe/Berlin")
	theDay   = time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC)
	inUTC    = Options{Zone: time.UTC}
	inUTCDay = Options{Zone: time.UTC, Day: theDay}
)

func zoneNamed(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// toldLines writes the rows of a story in the order of the file.
func toldLines(s story) (list []string) {
	for _, r := range s.rows {
		at := "untimed"
		if !r.Log.At.IsZero() {
			at = r.Log.At.UTC().Format("2006-01-02 15:04:05.999")
		}
		list = append(list, fmt.Sprintf("%s: %s %s %s %q", r.Where, at, r.Log.Precision, r.Log.Kind, r.Log.Text))
	}
	return list
}

// readStory reads a text twice, which must give the same.
func readStory(t *testing.T, read reader, text string, o Options) story {
	t.Helper()
	list, err := read([]byte(text), o)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d stories, %v of %q", len(list), err, text)
	}
	again, err := read([]byte(text), o)
	if err != nil || !reflect.DeepEqual(list, again) {
		t.Errorf("reading again gave another story, %v", err)
	}
	return list[0]
}

func wantTold(t *testing.T, s story, want ...string) {
	t.Helper()
	if got := toldLines(s); !slices.Equal(got, want) {
		t.Errorf("rows are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func sampleTold(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/told/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = utf8Text(b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantQuestion(t *testing.T, read reader, text string, o Options, asks string) {
	t.Helper()
	var q Question
	if list, err := read([]byte(text), o); !errors.As(err, &q) || q.Asks != asks || q.Why == "" || list != nil {
		t.Errorf("%q gave %d stories and %v, want a question for %s", text, len(list), err, asks)
	}
}

// fuzzStory holds a reader to what every reader promises.
func fuzzStory(f *testing.F, read reader, seeds ...string) {
	for n, s := range seeds {
		f.Add([]byte(s), n%2 == 0)
	}
	f.Fuzz(func(t *testing.T, b []byte, open bool) {
		b, err := utf8Text(b)
		if err != nil {
			return
		}
		o := Options{Zone: berlin, Order: DayFirst, Day: theDay, Start: theDay}
		if open {
			o = Options{}
		}
		list, err := read(b, o)
		again, failed := read(b, o)
		if fmt.Sprint(err) != fmt.Sprint(failed) || !reflect.DeepEqual(list, again) {
			t.Fatalf("reading again gave another story: %v and %v", err, failed)
		}
		var q Question
		switch {
		case errors.As(err, &q):
			if !open || q.Why == "" {
				t.Fatalf("it asked %+v, and all was told", q)
			}
		case err != nil && !errors.Is(err, ErrInvalid):
			t.Fatalf("an error of another kind: %v", err)
		}
		if err != nil {
			return
		}
		incidents, err := finish(list, "test", o)
		if err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatalf("the end gave an error of another kind: %v", err)
		}
		for _, inc := range incidents {
			for _, r := range inc.Rows() {
				if r.Log.At.IsZero() || outside(r.Log.At) || r.Log.Text == "" || r.Where == "" {
					t.Fatalf("a row cannot be kept: %+v", r)
				}
			}
		}
	})
}

// atOf reads one time as a cell of a table.
func atOf(t *testing.T, text string, o Options) string {
	t.Helper()
	s := readStory(t, readTable, "time\ttext\n"+text+"\tx\n", o)
	r := s.rows[0]
	if r.Log.At.IsZero() {
		return "untimed: " + r.Doubt
	}
	return strings.TrimSpace(r.Log.At.UTC().Format("2006-01-02 15:04:05.999") + " " + r.Log.Precision.String())
}

func TestTimesOfCells(t *testing.T) {
	local := Options{Zone: berlin, Day: theDay}
	for _, c := range []struct{ text, want string }{
		{"2026-03-17T14:02:11Z", "2026-03-17 14:02:11 exact"},
		{"2026-03-17T14:02:11.894+02:00", "2026-03-17 12:02:11.894 exact"},
		{"20260317T140211Z", "2026-03-17 14:02:11 exact"},
		{"2026/3/7 9:05", "2026-03-07 08:05:00 exact"},
		{"2026-03-17 14:02:11+00", "2026-03-17 14:02:11 exact"},
		{"17.03.2026 15:02", "2026-03-17 14:02:00 exact"},
		{"17.3.26, 15.02 Uhr", "2026-03-17 14:02:00 exact"},
		{"3.4.2026 10:00", "2026-04-03 08:00:00 exact"}, // dots are day first
		{"Di, 17. März 2026 um 15:02", "2026-03-17 14:02:00 exact"},
		{"Tuesday, March 17th, 2026 at 3:02 PM", "2026-03-17 14:02:00 exact"},
		{"Tue, 17 Mar 2026 14:02:11 +0000", "2026-03-17 14:02:11 exact"},
		{"17-Mar-2026 15h02", "2026-03-17 14:02:00 exact"},
		{"17 mars 2026 15:02", "2026-03-17 14:02:00 exact"},
		{"17 de marzo de 2026 15:02", "2026-03-17 14:02:00 exact"},
		{"14:02, 17 March 2026 (UTC)", "2026-03-17 14:02:00 exact"},
		{"Mar 17 15:02:11", "2026-03-17 14:02:11 exact"}, // the year of the day told
		{"7:02 a.m.", "2026-03-17 06:02:00 exact"},
		{"12:02 AM", "2026-03-16 23:02:00 exact"},
		{"12:02 PM", "2026-03-17 11:02:00 exact"},
		{"7 PM", "2026-03-17 18:00:00 exact"},
		{"1502", "2026-03-17 14:02:00 exact"},
		{"15:02:11,5", "2026-03-17 14:02:11.5 exact"},
		{"14:02 PDT", "2026-03-17 21:02:00 exact"},
		{"14:02 PT", "2026-03-17 21:02:00 exact"},
		{"14:02 EST", "2026-03-17 19:02:00 exact"},
		{"14:02 MEZ", "2026-03-17 13:02:00 exact"},
		{"14:02 BST", "2026-03-17 13:02:00 exact"},
		{"14:02 Asia/Kolkata", "2026-03-17 08:32:00 exact"},
		{"14:02 IST", "2026-03-17 13:02:00 exact"}, // of several: the zone that was told
		{"1773756131", "2026-03-17 14:02:11 exact"},
		{"1773756131.25", "2026-03-17 14:02:11.25 exact"},
		{"1773756131894", "2026-03-17 14:02:11.894 exact"},
		{"~2026-03-17 14:30", "2026-03-17 13:30:00 approx"},
		{"2026-03-17 ca. 14:30", "2026-03-17 13:30:00 approx"},
		{"2026-03-17 14:??", "2026-03-17 13:00:00 hour"},
		{"2026-03-17 --:--", "2026-03-16 23:00:00 day"},
		{"2026-03-17", "2026-03-16 23:00:00 day"},
		{"2026-03-17 24:00", "2026-03-17 23:00:00 exact"},
		{"22026-03-17 14:09", "untimed: its time cannot be read: the year 22026 is outside 1970 to 2199"},
		{"31.02.2026 14:09", "untimed: its time cannot be read: the calendar has no such day"},
		{"2026-03-17 25:10", "untimed: its time cannot be read: 25:10:00 is not on the clock"},
		{"soon", "untimed: it has no time that can be read"},
	} {
		if got := atOf(t, c.text, local); got != c.want {
			t.Errorf("%q is %s, want %s", c.text, got, c.want)
		}
	}
}

func TestWhatIsNoTime(t *testing.T) {
	for _, text := range []string{
		"14:02x", "14.09.", "10.0.0.1 is down", "2026.11.3 deployed", "3/4 of buyers", "may be late", "12:345", "1405 users", "", "~", "of 2026",
	} {
		if st, rest, ok := scanStamp(text); ok && st.y != 0 {
			t.Errorf("%q was read as %+v, and then %q", text, st, rest)
		} else if ok && st.clock != clockNone {
			t.Errorf("%q was read as the clock %d:%d, and then %q", text, st.h, st.m, rest)
		}
	}
	// What follows a time is not its zone.
	for text, want := range map[string]string{
		"14:02 ALERT fired": " ALERT fired", "14:02 -10 pods": " -10 pods", "09:00-09:30 call": "-09:30 call",
		"2026-03-17 14:02 UTC alert": " alert", "14:02Z: alert": ": alert", "14:02 Api/Checkout down": " Api/Checkout down",
	} {
		if _, rest, ok := scanStamp(text); !ok || rest != want {
			t.Errorf("behind the time of %q stands %q, want %q", text, rest, want)
		}
	}
}

func TestClocksThatWereSet(t *testing.T) {
	for _, c := range []struct{ text, want, doubt string }{
		{"2026-03-29 02:30", "2026-03-29 01:30:00", "02:30 was skipped when clocks were set forward"},
		{"2026-10-25 02:30", "2026-10-25 00:30:00", "02:30 came twice when clocks were set back; the first was taken"},
		{"2026-10-25 03:00", "2026-10-25 02:00:00", ""},
		{"2026-07-01 12:00 MEZ", "2026-07-01 11:00:00", "MEZ is not kept on that day; it was read as written"},
		{"2026-07-01 12:00 PST", "2026-07-01 20:00:00", "PST is not kept on that day; it was read as written"},
		{"2026-07-01 12:00 CEST", "2026-07-01 10:00:00", ""},
		{"2026-03-17 14:02 PM", "2026-03-17 13:02:00", "14 of the 24-hour clock stands beside PM"},
	} {
		r := readStory(t, readTable, "time,text\n"+c.text+",x\n", Options{Zone: berlin}).rows[0]
		if got := r.Log.At.Format("2006-01-02 15:04:05"); got != c.want || r.Doubt != c.doubt {
			t.Errorf("%q is %s with the doubt %q; want %s with %q", c.text, got, r.Doubt, c.want, c.doubt)
		}
	}
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2026-03-17T14:02:11.5Z", "17.3.26, 15.02 Uhr", "Tue, 17 Mar 2026 2:02 p.m. PT", "~3/4/26 14:??", "1773756131", "2026-03-17 HH:mm"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		st, rest, ok := scanStamp(text)
		if !ok && rest != text {
			t.Fatalf("nothing was read of %q, and %q is left", text, rest)
		}
		if !ok || st.wrong != "" {
			return
		}
		c := &settler{o: Options{Zone: berlin, Day: theDay}, order: DayFirst, last: -1, zones: map[string]*time.Location{}}
		if _, _, err := c.at(&toldRow{st: st, timed: true}); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
