package oncall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func utc(s string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	panic(s)
}

// one is a schedule of one layer and one rotation.
func one(zone string, r Rotation) Schedule {
	return Schedule{Name: "Checkout", Zone: zone, Layers: []Layer{{Name: Primary, Rotations: []Rotation{r}}}}
}

func rota(t testing.TB, s Schedule) *Rota {
	t.Helper()
	r, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// starts writes shifts as "person from" with the time in UTC.
func starts(shifts []Shift) (out []string) {
	for _, s := range shifts {
		out = append(out, s.Person+" "+s.From.Format("2006-01-02 15:04"))
	}
	return out
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestHandoffIsWallClock checks hand-offs around both clock changes of a year,
// those in the hour that is skipped and in the hour that comes twice among them.
func TestHandoffIsWallClock(t *testing.T) {
	for _, c := range []struct{ zone, time, day, want string }{
		{"Europe/Berlin", "10:00", "2026-03-28", "2026-03-28 09:00"},
		{"Europe/Berlin", "10:00", "2026-03-29", "2026-03-29 08:00"},
		{"Europe/Berlin", "02:30", "2026-03-29", "2026-03-29 01:00"}, // skipped: at 03:00
		{"Europe/Berlin", "02:00", "2026-03-29", "2026-03-29 01:00"}, // skipped: at 03:00
		{"Europe/Berlin", "03:00", "2026-03-29", "2026-03-29 01:00"},
		{"Europe/Berlin", "02:30", "2026-10-25", "2026-10-25 00:30"}, // twice: the first
		{"Europe/Berlin", "03:00", "2026-10-25", "2026-10-25 02:00"},
		{"Europe/Berlin", "10:00", "2026-10-25", "2026-10-25 09:00"},
		{"America/New_York", "10:00", "2026-03-07", "2026-03-07 15:00"},
		{"America/New_York", "10:00", "2026-03-08", "2026-03-08 14:00"},
		{"America/New_York", "02:30", "2026-03-08", "2026-03-08 07:00"},
		{"America/New_York", "01:30", "2026-11-01", "2026-11-01 05:30"},
		{"America/New_York", "02:00", "2026-11-01", "2026-11-01 07:00"},
		{"America/New_York", "10:00", "2026-11-01", "2026-11-01 15:00"},
		{"Australia/Lord_Howe", "10:00", "2026-04-04", "2026-04-03 23:00"},
		{"Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04 14:45"}, // 02:00 to 01:30
		{"Australia/Lord_Howe", "10:00", "2026-04-05", "2026-04-04 23:30"},
		{"Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03 15:30"}, // 02:00 to 02:30
		{"Australia/Lord_Howe", "10:00", "2026-10-04", "2026-10-03 23:00"},
		{"Asia/Kathmandu", "10:00", "2026-03-29", "2026-03-29 04:15"},
		{"Asia/Kathmandu", "00:00", "2026-12-31", "2026-12-30 18:15"},
		{"America/St_Johns", "10:00", "2026-03-07", "2026-03-07 13:30"},
		{"America/St_Johns", "02:30", "2026-03-08", "2026-03-08 05:30"},
		{"America/St_Johns", "10:00", "2026-03-08", "2026-03-08 12:30"},
		{"America/St_Johns", "01:30", "2026-11-01", "2026-11-01 04:00"},
		{"Africa/Cairo", "00:00", "2026-04-24", "2026-04-23 22:00"}, // midnight is skipped
		{"Pacific/Apia", "10:00", "2011-12-29", "2011-12-29 20:00"},
		{"Pacific/Apia", "10:00", "2011-12-31", "2011-12-30 20:00"}, // the 30th was skipped whole
	} {
		t.Run(fmt.Sprint(c.zone, c.day, c.time), func(t *testing.T) {
			start := utc(c.day+" 00:00").AddDate(0, 0, -30).Format(time.DateOnly)
			r := rota(t, one(c.zone, Rotation{Unit: UnitDaily, Every: 1, Time: c.time, Start: start, People: []string{"ana", "eli"}}))
			want := utc(c.want)
			d := r.At(want)[0]
			if !d.From.Equal(want) {
				t.Errorf("the shift at %s is from %s", want, d.From)
			}
			if before := r.At(want.Add(-time.Second))[0]; !before.Until.Equal(want) {
				t.Errorf("the shift a second before is until %s", before.Until)
			}
		})
	}
}

func TestUnits(t *testing.T) {
	people := []string{"ana", "eli", "cem"}
	for _, c := range []struct {
		name, zone, from, to string
		r                    Rotation
		want                 []string
	}{
		{
			"weekly over the clock change", "Europe/Berlin", "2026-03-20 00:00", "2026-04-07 00:00", Weekly("2026-03-16", people...),
			[]string{"ana 2026-03-16 09:00", "eli 2026-03-23 09:00", "cem 2026-03-30 08:00", "ana 2026-04-06 08:00"},
		},
		{
			"weekly from a Wednesday", "UTC", "2026-03-01 00:00", "2026-03-31 00:00", Weekly("2026-03-18", people...),
			[]string{"ana 2026-03-18 10:00", "eli 2026-03-23 10:00", "cem 2026-03-30 10:00"},
		},
		{
			"two-weekly over the year's end", "America/New_York", "2026-12-20 00:00", "2027-01-20 00:00",
			Rotation{Unit: UnitTwoWeekly, Every: 1, Time: "09:00", Weekday: "Friday", Start: "2026-12-18", People: people},
			[]string{"ana 2026-12-18 14:00", "eli 2027-01-01 14:00", "cem 2027-01-15 14:00"},
		},
		{
			"every third day", "Asia/Kathmandu", "2028-02-27 12:00", "2028-03-05 00:00",
			Rotation{Unit: UnitDaily, Every: 3, Time: "10:00", Start: "2028-02-26", People: people},
			[]string{"ana 2028-02-26 04:15", "eli 2028-02-29 04:15", "cem 2028-03-03 04:15"},
		},
		{
			"every eighth hour keeps its time of day", "Europe/Berlin", "2026-03-28 22:00", "2026-03-29 21:00",
			Rotation{Unit: UnitHourly, Every: 8, Time: "06:00", Start: "2026-03-28", People: people},
			[]string{"cem 2026-03-28 21:00", "ana 2026-03-29 04:00", "eli 2026-03-29 12:00", "cem 2026-03-29 20:00"},
		},
		{
			"hourly, the skipped hour is nobody's", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 02:30",
			Rotation{Unit: UnitHourly, Every: 1, Time: "00:00", Start: "2026-03-29", People: []string{"0", "1", "2", "3", "4"}},
			[]string{"1 2026-03-29 00:00", "3 2026-03-29 01:00", "4 2026-03-29 02:00"},
		},
		{
			"hourly, the repeated hour is one shift", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 03:00",
			Rotation{Unit: UnitHourly, Every: 1, Time: "00:00", Start: "2026-10-25", People: []string{"0", "1", "2", "3", "4"}},
			[]string{"2 2026-10-25 00:00", "3 2026-10-25 02:00"},
		},
		{
			"monthly on the 31st", "UTC", "2027-12-31 12:00", "2028-05-30 00:00",
			Rotation{Unit: UnitMonthly, Every: 1, Time: "10:00", MonthDay: 31, Start: "2027-01-31", People: people},
			[]string{
				"eli 2027-11-30 10:00", "cem 2027-12-31 10:00", "ana 2028-01-31 10:00", "eli 2028-02-29 10:00", "cem 2028-03-31 10:00",
				"ana 2028-04-30 10:00",
			}[1:],
		},
		{
			"monthly on the 29th of a common year", "UTC", "2027-02-01 00:00", "2027-03-30 00:00",
			Rotation{Unit: UnitMonthly, Every: 1, Time: "00:00", MonthDay: 29, Start: "2027-01-29", People: people},
			[]string{"ana 2027-01-29 00:00", "eli 2027-02-28 00:00", "cem 2027-03-29 00:00"},
		},
		{
			"monthly from the middle", "UTC", "2026-01-01 00:00", "2026-06-01 00:00",
			Rotation{Unit: UnitMonthly, Every: 2, Time: "10:00", MonthDay: 1, Start: "2026-01-20", People: people},
			[]string{"ana 2026-01-20 10:00", "eli 2026-03-01 10:00", "cem 2026-05-01 10:00"},
		},
		{
			"weekdays and weekend", "Europe/Berlin", "2026-03-27 00:00", "2026-04-07 00:00",
			Rotation{
				Unit: UnitUneven, Every: 1, Time: "09:00", Start: "2026-03-23", People: people,
				Shifts: []Length{{4, "17:00"}, {3, "09:00"}},
			},
			[]string{
				"ana 2026-03-23 08:00", "eli 2026-03-27 16:00", "cem 2026-03-30 07:00", "ana 2026-04-03 15:00", "eli 2026-04-06 07:00",
			},
		},
		{
			"until its end", "UTC", "2026-03-01 00:00", "2026-12-31 00:00",
			Rotation{Unit: UnitWeekly, Every: 1, Time: "10:00", Weekday: "monday", Start: "2026-03-16", End: "2026-03-25", People: people},
			[]string{"ana 2026-03-16 10:00", "eli 2026-03-23 10:00"},
		},
		{
			"office hours, and a night that belongs to its evening", "Europe/Berlin", "2026-03-27 00:00", "2026-03-31 00:00",
			Rotation{
				Unit: UnitWeekly, Every: 1, Time: "10:00", Weekday: "monday", Start: "2026-03-23", People: people,
				Hours: []Hours{{[]string{"friday", "monday"}, "09:00", "17:00"}, {[]string{"saturday"}, "22:00", "06:00"}},
			},
			[]string{"ana 2026-03-27 08:00", "ana 2026-03-28 21:00", "ana 2026-03-30 07:00", "eli 2026-03-30 08:00"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, starts(rota(t, one(c.zone, c.r)).Shifts(utc(c.from), utc(c.to))), c.want)
		})
	}
}

// drawRotation draws any rotation that is valid.
func drawRotation(t *rapid.T) Rotation {
	r := Rotation{
		Unit:  rapid.SampledFrom([]string{UnitHourly, UnitDaily, UnitWeekly, UnitTwoWeekly, UnitMonthly, UnitUneven}).Draw(t, "unit"),
		Every: 1, Time: fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, "minute")),
		Start:  utc("2026-01-01 00:00").AddDate(0, 0, rapid.IntRange(0, 1200).Draw(t, "start")).Format(time.DateOnly),
		People: []string{"ana", "eli", "cem", "dia", "fay"}[:rapid.IntRange(1, 5).Draw(t, "people")],
	}
	switch r.Unit {
	case UnitWeekly, UnitTwoWeekly:
		r.Weekday = time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")).String()
	case UnitMonthly:
		r.MonthDay = rapid.IntRange(1, 31).Draw(t, "day")
	case UnitUneven:
		least := 1
		if r.Time > "23:00" {
			least = 2 // the first would end within the hour
		}
		for range rapid.IntRange(1, 4).Draw(t, "shifts") {
			r.Shifts = append(r.Shifts, Length{rapid.IntRange(least, 5).Draw(t, "days"), fmt.Sprintf("%02d:00", rapid.IntRange(0, 23).Draw(t, "end"))})
			least = 1
		}
		r.Shifts = append(r.Shifts, Length{2, r.Time})
	}
	if r.Unit != UnitUneven {
		r.Every = rapid.IntRange(1, 12).Draw(t, "every")
	}
	return r
}

var zones = []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "UTC"}

// TestShiftsTileTheTime draws rotations with overrides and checks that shifts
// leave no gap and do not overlap, and that At agrees with them.
func TestShiftsTileTheTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := one(rapid.SampledFrom(zones).Draw(t, "zone"), drawRotation(t))
		begin := utc(s.Layers[0].Rotations[0].Start+" 00:00").AddDate(0, 0, 2)
		from := begin.Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 60*24*60).Draw(t, "length")) * time.Minute)
		at := from.Add(-24 * time.Hour)
		for range rapid.IntRange(0, 6).Draw(t, "overrides") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20000).Draw(t, "after")) * time.Minute)
			o := Override{Layer: Primary, From: at, Person: "gil"}
			at = at.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "lasts")) * time.Minute)
			o.To = at
			s.Overrides = append(s.Overrides, o)
		}
		r, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		shifts := r.Shifts(from, to)
		if len(shifts) == 0 || shifts[0].From.After(from) || shifts[len(shifts)-1].Until.Before(to) {
			t.Fatalf("the window is not covered: %v", shifts)
		}
		for i, x := range shifts {
			if !x.From.Before(x.Until) || i > 0 && !x.From.Equal(shifts[i-1].Until) {
				t.Fatalf("shift %d does not join the one before: %v %v", i, shifts[max(i-1, 0)], x)
			}
			for _, when := range []time.Time{x.From, x.From.Add(x.Until.Sub(x.From) / 2), x.Until.Add(-time.Second)} {
				if d := r.At(when)[0]; d.Shift != x {
					t.Fatalf("at %s: %+v, but the shift is %+v", when, d.Shift, x)
				}
			}
		}
		if gaps := r.Plan(from, to).Gaps(); len(gaps) > 0 {
			t.Fatalf("gaps: %v", gaps)
		}
	})
}

// TestTurnsGoRoundAtTheirTime draws rotations and checks, by the clock of the
// zone, that each hand-off comes at the time wished for, and that people follow
// in their order.
func TestTurnsGoRoundAtTheirTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rot := drawRotation(t)
		r, err := New(one(rapid.SampledFrom(zones).Draw(t, "zone"), rot))
		if err != nil {
			t.Fatal(err)
		}
		from := utc(rot.Start+" 00:00").AddDate(0, 0, 3+rapid.IntRange(0, 700).Draw(t, "from"))
		shifts := r.Shifts(from, from.AddDate(0, 2, 0))
		for i, x := range shifts[1:] {
			was, is := slices.Index(rot.People, shifts[i].Person), slices.Index(rot.People, x.Person)
			// In the hour that is skipped a turn may fall out.
			if step := (is - was + len(rot.People)) % len(rot.People); step != 1%len(rot.People) && !(rot.Unit == UnitHourly && rot.Every == 1) {
				t.Fatalf("%s follows %s", x.Person, shifts[i].Person)
			}
			local, before := x.From.In(r.Zone()), x.From.Add(-time.Second).In(r.Zone())
			changed := before.Format("-0700") != local.Format("-0700")
			if got := local.Format("15:04"); (rot.Unit != UnitHourly && rot.Unit != UnitUneven) && got != rot.Time && !changed {
				t.Fatalf("hand-off at %s, want %s", local, rot.Time)
			}
			if got := local.Weekday().String(); rot.Weekday != "" && got != rot.Weekday && !changed {
				t.Fatalf("hand-off on %s, want %s", got, rot.Weekday)
			}
		}
	})
}
