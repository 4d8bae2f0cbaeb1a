package oncall

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

// checkout is a schedule as teams have it: weekly, the secondary is last
// week's primary.
func checkout() Schedule {
	return Schedule{
		Name: "Checkout", Zone: "Europe/Berlin",
		Layers: []Layer{
			{Name: Primary, Rotations: []Rotation{Weekly("2026-03-16", "ana", "eli", "cem")}},
			{Name: Secondary, Follows: Primary},
		},
	}
}

// rows writes shifts as "layer person from until why".
func rows(shifts []Shift) (out []string) {
	for _, s := range shifts {
		out = append(out, fmt.Sprint(s.Layer, " ", s.Person, " ", s.From.Format("01-02 15:04"), " ", s.Until.Format("01-02 15:04"), " ", s.Why))
	}
	return out
}

func TestSecondaryIsTheLastPrimary(t *testing.T) {
	r := rota(t, checkout())
	same(t, rows(r.Shifts(utc("2026-03-16 09:00"), utc("2026-03-31 00:00"))), []string{
		"primary ana 03-16 09:00 03-23 09:00 rotation", "primary eli 03-23 09:00 03-30 08:00 rotation", "primary cem 03-30 08:00 04-06 08:00 rotation",
		"secondary cem 03-16 09:00 03-23 09:00 rotation", "secondary ana 03-23 09:00 03-30 08:00 rotation", "secondary eli 03-30 08:00 04-06 08:00 rotation",
	})
	if c := DoubleBooked(r.Plan(utc("2026-03-16 09:00"), utc("2027-03-16 09:00"))); len(c) > 0 {
		t.Errorf("double booked: %v", c)
	}
}

func TestSwapMovesTheSecondaryToo(t *testing.T) {
	s := checkout()
	s.Swaps = []Swap{{
		First:  Turn{Primary, utc("2026-03-16 09:00"), utc("2026-03-23 09:00"), "ana"},
		Second: Turn{Primary, utc("2026-03-23 09:00"), utc("2026-03-30 08:00"), "eli"},
		Agreed: []string{"eli", "ana"}, Reason: "a wedding",
	}}
	r := rota(t, s)
	same(t, rows(r.Shifts(utc("2026-03-16 09:00"), utc("2026-03-31 00:00"))), []string{
		"primary eli 03-16 09:00 03-23 09:00 swap", "primary ana 03-23 09:00 03-30 08:00 swap", "primary cem 03-30 08:00 04-06 08:00 rotation",
		"secondary cem 03-16 09:00 03-23 09:00 rotation", "secondary eli 03-23 09:00 03-30 08:00 rotation", "secondary ana 03-30 08:00 04-06 08:00 rotation",
	})
	if d := r.At(utc("2026-03-17 00:00"))[0]; d.Instead != "ana" || d.Reason != "a wedding" || d.Next != "ana" {
		t.Errorf("got %+v", d)
	}
	if c := DoubleBooked(r.Plan(utc("2026-03-16 09:00"), utc("2026-05-16 09:00"))); len(c) > 0 {
		t.Errorf("double booked: %v", c)
	}
}

func TestOverrideHoldsOverSwapAndRotation(t *testing.T) {
	s := checkout()
	s.Overrides = []Override{
		{Primary, utc("2026-03-18 08:00"), utc("2026-03-18 12:00"), "dia", "dentist"},
		{Primary, utc("2026-03-22 00:00"), utc("2026-03-24 00:00"), "dia", ""},
	}
	r := rota(t, s)
	same(t, rows(r.Shifts(utc("2026-03-19 00:00"), utc("2026-03-25 00:00")))[:3], []string{
		"primary ana 03-18 12:00 03-22 00:00 rotation", "primary dia 03-22 00:00 03-24 00:00 override", "primary eli 03-24 00:00 03-30 08:00 rotation",
	})
	d := r.At(utc("2026-03-18 09:00"))
	if d[0].Person != "dia" || d[0].Instead != "ana" || d[0].Reason != "dentist" || d[0].Next != "ana" || !d[0].NextFrom.Equal(utc("2026-03-18 12:00")) {
		t.Errorf("primary is %+v", d[0])
	}
	if d[1].Person != "cem" || d[1].Next != "ana" {
		t.Errorf("secondary is %+v", d[1])
	}
}

func TestLaterRotationIsTheNewOrder(t *testing.T) {
	s := checkout()
	s.Layers[0].Rotations = append(s.Layers[0].Rotations, Weekly("2026-03-25", "dia", "ana"))
	same(t, rows(rota(t, s).Shifts(utc("2026-03-20 00:00"), utc("2026-04-01 00:00"))), []string{
		"primary ana 03-16 09:00 03-23 09:00 rotation", "primary eli 03-23 09:00 03-25 09:00 rotation",
		"primary dia 03-25 09:00 03-30 08:00 rotation", "primary ana 03-30 08:00 04-06 08:00 rotation",
		"secondary cem 03-16 09:00 03-23 09:00 rotation", "secondary ana 03-23 09:00 03-25 09:00 rotation",
		"secondary eli 03-25 09:00 03-30 08:00 rotation", "secondary dia 03-30 08:00 04-06 08:00 rotation",
	})
}

// followTheSun hands a day from Berlin to New York to Sydney by wall clocks
// that change on different days.
func followTheSun() Schedule {
	region := func(zone, from, to string, people ...string) Rotation {
		r := Weekly("2026-01-05", people...)
		r.Time, r.Zone, r.Hours = from, zone, []Hours{{From: from, To: to}}
		return r
	}
	s := one("UTC", region("Europe/Berlin", "08:00", "16:00", "ana", "eli"))
	s.Layers[0].Rotations = append(s.Layers[0].Rotations,
		region("America/New_York", "10:00", "18:00", "bob", "joy"), region("Australia/Sydney", "09:00", "18:00", "kim", "lee"))
	return s
}

func TestFollowTheSun(t *testing.T) {
	r := rota(t, followTheSun())
	from := utc("2026-01-06 12:00")
	same(t, rows(r.Shifts(from, from.AddDate(0, 0, 1))), []string{
		"primary ana 01-06 07:00 01-06 15:00 rotation", "primary bob 01-06 15:00 01-06 22:00 rotation",
		"primary kim 01-06 22:00 01-07 07:00 rotation", "primary ana 01-07 07:00 01-07 15:00 rotation",
	})
	if g := r.Plan(from, from.AddDate(0, 0, 14)).Gaps(); len(g) > 0 {
		t.Errorf("gaps in January: %v", g)
	}
	// In July Sydney begins at 23:00 UTC and New York ends at 22:00.
	g := r.Plan(utc("2026-07-07 00:00"), utc("2026-07-08 00:00")).Gaps()
	if len(g) != 1 || !g[0].From.Equal(utc("2026-07-07 22:00")) || !g[0].Until.Equal(utc("2026-07-07 23:00")) {
		t.Errorf("gaps in July: %v", g)
	}
	// Nobody who works by day has nights.
	for _, l := range r.Fairness(from, from.AddDate(0, 0, 14)) {
		if l.Night != 0 || l.Total == 0 {
			t.Errorf("load of %+v", l)
		}
	}
}

func TestGaps(t *testing.T) {
	s := checkout()
	office := Hours{[]string{"monday", "tuesday", "wednesday", "thursday", "friday"}, "09:00", "17:00"}
	s.Layers[0].Rotations[0].Hours = []Hours{office}
	s.Layers = append(s.Layers[:1], Layer{Name: Shadow, Optional: true})
	from, to := utc("2026-03-27 00:00"), utc("2026-03-30 12:00")
	gaps := rota(t, s).Plan(from, to).Gaps()
	if len(gaps) != 2 || !gaps[0].From.Equal(from) || !gaps[0].Until.Equal(utc("2026-03-27 08:00")) ||
		!gaps[1].From.Equal(utc("2026-03-27 16:00")) || !gaps[1].Until.Equal(utc("2026-03-30 07:00")) {
		t.Errorf("gaps: %v", gaps)
	}
	s.Layers[0].Cover = []Hours{office}
	if g := rota(t, s).Plan(from, to).Gaps(); len(g) > 0 {
		t.Errorf("gaps outside of what must be covered: %v", g)
	}
	d := rota(t, s).At(utc("2026-03-28 12:00"))
	if d[0].Person != "" || !d[0].From.IsZero() || d[0].Next != "eli" || !d[0].NextFrom.Equal(utc("2026-03-30 07:00")) {
		t.Errorf("on a Saturday: %+v", d[0])
	}
	if d[1].Person != "" || d[1].Next != "" {
		t.Errorf("the shadow is %+v", d[1])
	}
}

func TestDoubleBooked(t *testing.T) {
	s := checkout()
	s.Overrides = []Override{{Secondary, utc("2026-03-18 00:00"), utc("2026-03-25 00:00"), "ana", ""}}
	other := one("America/New_York", Weekly("2026-03-16", "eli"))
	other.Name = "Payments"
	from, to := utc("2026-03-17 00:00"), utc("2026-03-24 00:00")
	got := DoubleBooked(rota(t, s).Plan(from, to), rota(t, other).Plan(from, to))
	var text []string
	for _, c := range got {
		text = append(text, fmt.Sprint(c.Person, " ", c.From.Format("01-02 15:04"), " ", c.Until.Format("01-02 15:04"), " ",
			c.First.Schedule, "/", c.First.Layer, " ", c.Second.Schedule, "/", c.Second.Layer))
	}
	same(t, text, []string{
		"ana 03-18 00:00 03-23 09:00 Checkout/primary Checkout/secondary", "eli 03-23 09:00 03-23 14:00 Payments/primary Checkout/primary",
		"eli 03-23 14:00 03-24 00:00 Checkout/primary Payments/primary",
	})
}

func TestOnLeave(t *testing.T) {
	s := checkout()
	s.Leave = []Leave{
		{"eli", utc("2026-03-20 00:00"), utc("2026-03-25 00:00"), "holiday"},
		{"ana", utc("2026-04-13 00:00"), utc("2026-04-14 00:00"), ""},
	}
	got := rota(t, s).Plan(utc("2026-03-17 00:00"), utc("2026-03-31 00:00")).OnLeave()
	if len(got) != 1 || got[0].Shift.Person != "eli" || !got[0].From.Equal(utc("2026-03-23 09:00")) || !got[0].Until.Equal(utc("2026-03-25 00:00")) || got[0].Note != "holiday" {
		t.Errorf("got %+v", got)
	}
}

// TestFairness counts a week by hand: Ana's, with 7 nights of 8 hours, one
// weekend, and a Sunday of 23 hours in Eli's.
func TestFairness(t *testing.T) {
	s := checkout()
	s.Layers = s.Layers[:1]
	s.Holidays = []string{"2026-03-29", "2026-03-18"}
	got := rota(t, s).Fairness(utc("2026-03-16 09:00"), utc("2026-03-30 08:00"))
	want := []Load{
		{"ana", Primary, 1, 168 * 3600, 56 * 3600, 48 * 3600, 24 * 3600},
		{"eli", Primary, 1, 167 * 3600, 55 * 3600, 47 * 3600, 23 * 3600},
		{"cem", Primary, 0, 0, 0, 0, 0},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestHandoffs(t *testing.T) {
	s := checkout()
	s.Overrides = []Override{{Primary, utc("2026-03-18 08:00"), utc("2026-03-18 12:00"), "dia", ""}}
	s.Layers = append(s.Layers, Layer{Name: Shadow, Rotations: []Rotation{Weekly("2026-03-16", "gil")}})
	var got []string
	for _, h := range rota(t, s).Handoffs(utc("2026-03-16 09:00"), utc("2026-03-30 08:00")) {
		got = append(got, fmt.Sprint(h.At.Format("01-02 15:04"), " ", h.Layer, " ", h.From, ">", h.To, " ", h.Why))
	}
	same(t, got, []string{
		"03-16 09:00 primary >ana rotation", "03-16 09:00 secondary >cem rotation", "03-16 09:00 shadow >gil rotation",
		"03-18 08:00 primary ana>dia override", "03-18 12:00 primary dia>ana rotation",
		"03-23 09:00 primary ana>eli rotation", "03-23 09:00 secondary cem>ana rotation",
	})
}

func TestAnswersKeepTheirJSON(t *testing.T) {
	b, err := json.Marshal(rota(t, checkout()).At(utc("2026-03-17 00:00"))[:1])
	want := `[{"schedule":"Checkout","layer":"primary","person":"ana","from":"2026-03-16T09:00:00Z","until":"2026-03-23T09:00:00Z","why":"rotation",` +
		`"next":"eli","next_from":"2026-03-23T09:00:00Z"}]`
	if err != nil || string(b) != want {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	r := rota(t, one("UTC", Weekly("2030-01-07", "ana")))
	from, to := utc("2026-01-01 00:00"), utc("2026-01-01 00:00")
	all := []any{r.Shifts(from, to), r.Plan(from, to).Gaps(), r.Plan(from, to).OnLeave(), r.Handoffs(from, to), DoubleBooked(r.Plan(from, to))}
	b, err := json.Marshal(all)
	if err != nil || string(b) != "[[],[],[],[],[]]" {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestAWindowHasAnEnd(t *testing.T) {
	r := rota(t, checkout())
	for _, w := range [][2]time.Time{{{}, utc("2026-03-17 00:00")}, {utc("2026-03-17 00:00"), time.Unix(1<<60, 0)}, {time.Unix(-1<<60, 0), time.Unix(1<<60, 0)}} {
		if n := len(r.Shifts(w[0], w[1])); n > 2*107 {
			t.Errorf("%d shifts", n)
		}
		r.Plan(w[0], w[1]).Gaps()
		r.Fairness(w[0], w[1])
		r.At(w[0])
		r.At(w[1])
	}
	if s := r.Shifts(utc("2026-03-17 00:00"), utc("2026-03-16 00:00")); len(s) > 0 {
		t.Errorf("shifts of a window that ends before it begins: %v", s)
	}
}

// year is a year of an hourly rotation with an override a day.
func year() Schedule {
	s := one("Europe/Berlin", Rotation{Unit: UnitHourly, Every: 1, Time: "00:00", Start: "2026-01-01", People: []string{"ana", "eli", "cem", "dia"}})
	s.Layers = append(s.Layers, Layer{Name: Secondary, Follows: Primary})
	for d := range 365 {
		at := utc("2026-01-01 10:20").AddDate(0, 0, d)
		s.Overrides = append(s.Overrides, Override{Primary, at, at.Add(100 * time.Minute), "gil", "review"})
	}
	return s
}

// BenchmarkYearOfShifts is to stay under 5 ms.
func BenchmarkYearOfShifts(b *testing.B) {
	from := utc("2026-01-01 00:00")
	for layers := 1; layers <= 2; layers++ {
		b.Run(fmt.Sprint(layers, "layers"), func(b *testing.B) {
			s := year()
			s.Layers = s.Layers[:layers]
			r := rota(b, s)
			b.ReportAllocs()
			for b.Loop() {
				if n := len(r.Shifts(from, from.AddDate(1, 0, 0))); n < layers*8500 {
					b.Fatal(n)
				}
			}
		})
	}
}

func BenchmarkYearOfFairness(b *testing.B) {
	r := rota(b, year())
	from := utc("2026-01-01 00:00")
	for b.Loop() {
		r.Fairness(from, from.AddDate(1, 0, 0))
	}
}

func BenchmarkAt(b *testing.B) {
	r := rota(b, year())
	at := utc("2026-07-01 00:00")
	b.ReportAllocs()
	for b.Loop() {
		r.At(at)
	}
}
