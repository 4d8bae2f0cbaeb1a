package oncall

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const document = `{
 "name": "Checkout", "zone": "Europe/Berlin",
 "layers": [
  {"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["ana", "eli", "cem"]}]},
  {"name": "secondary", "follows": "primary"},
  {"name": "shadow", "optional": true, "rotations": [{"unit": "uneven", "time": "09:00", "start": "2026-03-16", "people": ["dia"],
   "shifts": [{"days": 4, "time": "17:00"}, {"days": 3, "time": "09:00"}], "hours": [{"weekdays": ["monday"], "from": "22:00", "to": "06:00"}]}]}
 ],
 "overrides": [{"layer": "primary", "from": "2026-03-18T09:00:00+01:00", "to": "2026-03-18T12:00:00Z", "person": "eli", "reason": "dentist"}],
 "swaps": [{"first": {"layer": "primary", "from": "2026-03-16T09:00:00Z", "to": "2026-03-23T09:00:00Z", "person": "ana"},
  "second": {"layer": "primary", "from": "2026-03-30T08:00:00Z", "to": "2026-04-06T08:00:00Z", "person": "cem"}, "agreed": ["ana", "cem", "eli"]}],
 "leave": [{"person": "ana", "from": "2026-03-30T00:00:00Z", "to": "2026-04-06T00:00:00Z"}],
 "holidays": ["2026-04-03"]
}`

func staff(id string) bool { return strings.Contains("ana eli cem dia", id) }

func TestDocument(t *testing.T) {
	s, err := Decode([]byte(document), staff)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Layers[0].Rotations[0], Weekly("2026-03-16", "ana", "eli", "cem"); !reflect.DeepEqual(got, want) {
		t.Errorf("what is left out is %+v", got)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(b, staff)
	if err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("written and read: %+v, %v", again, err)
	}
}

// TestMistakesAreSentences changes one thing of the document at a time.
func TestMistakesAreSentences(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	for _, c := range []struct{ old, new, want string }{
		{`"ana", "eli", "cem"]}`, `]}`, "layer primary: the rotation has no people; name at least one"},
		{`"Europe/Berlin"`, `"Mars/Base"`, `the schedule: the zone "Mars/Base" is not known; write one such as Europe/Berlin`},
		{`"Europe/Berlin"`, `"Local"`, `the zone "Local" is not known`},
		{`"Europe/Berlin"`, `""`, `the zone "" is not known`},
		{`{"start": "2026-03-16"`, `{"every": 0, "start": "2026-03-16"`, "a shift of 0 units has no length"},
		{`{"start": "2026-03-16"`, `{"every": -3, "start": "2026-03-16"`, "a shift of -3 units has no length"},
		{`{"start": "2026-03-16"`, `{"every": 53, "start": "2026-03-16"`, "every 53 is too long for weekly; 52 is the most"},
		{`{"start": "2026-03-16"`, `{"unit": "fortnight", "start": "2026-03-16"`, `the unit "fortnight" is not known; it is one of hourly`},
		{`{"start": "2026-03-16"`, `{"unit": "daily", "weekday": "monday", "start": "2026-03-16"`, "weekday has no meaning for daily"},
		{`{"start": "2026-03-16"`, `{"unit": "monthly", "month_day": 32, "start": "2026-03-16"`, "month_day is 32; it is 1 to 31"},
		{`{"start": "2026-03-16"`, `{"weekday": "moonday", "start": "2026-03-16"`, `the weekday "moonday" is not known`},
		{`{"start": "2026-03-16"`, `{"time": "9:00", "start": "2026-03-16"`, `the time "9:00" is not a time of day; write 10:00`},
		{`{"start": "2026-03-16"`, `{"start": "2026-02-30"`, `the date "2026-02-30" is not a day from 1970 to 2199`},
		{`{"start": "2026-03-16"`, `{"end": "2026-03-16", "start": "2026-03-16"`, "it ends on 2026-03-16, which is not after its start"},
		{`{"start": "2026-03-16"`, `{"zone": "Nowhere", "start": "2026-03-16"`, `layer primary: the zone "Nowhere"`},
		{`{"days": 4, "time": "17:00"}`, `{"days": 0, "time": "09:00"}`, "shift 1 has no length"},
		{`{"days": 4, "time": "17:00"}`, `{"days": -9, "time": "17:00"}`, "shift 1 has no length"},
		{`{"days": 3, "time": "09:00"}`, `{"days": 3, "time": "10:00"}`, "the last shift ends at 10:00, but the next round begins at"},
		{`{"days": 3, "time": "09:00"}`, `{"days": 399, "time": "09:00"}`, "the shifts together last longer than a year"},
		{`"to": "2026-03-18T12:00:00Z"`, `"to": "2026-03-17T12:00:00Z"`, "the override of primary by eli on 2026-03-18: it ends before it starts"},
		{`"to": "2026-03-18T12:00:00Z"`, `"to": "2026-03-18T09:00:00+01:00"`, "it has no length"},
		{`"to": "2026-03-18T12:00:00Z"`, `"to": "2028-03-18T12:00:00Z"`, "it lasts longer than a year"},
		{`"to": "2026-03-18T12:00:00Z", `, ``, "it ends before it starts"},
		{`"person": "eli", "reason"`, `"person": "zoe", "reason"`, `"zoe" is not among the known people`},
		{`["ana", "eli", "cem"]}`, `["ana", "zoe"]}`, `layer primary: "zoe" is not among the known people; add the person first or name another`},
		{`"person": "eli", "reason": "dentist"`, `"person": "", "reason": ""`, "the id of a person is empty"},
		{`"dentist"`, `"` + long + `"`, "the reason has 2001 bytes and 2000 is the most"},
		{
			`"reason": "dentist"}`, `"reason": ""}, {"layer": "primary", "from": "2026-03-18T11:00:00Z", "to": "2026-03-18T13:00:00Z", "person": "ana"}`,
			"two overrides of primary overlap: eli until 2026-03-18 12:00 UTC, and ana from 2026-03-18 11:00 UTC; end one where the other begins",
		},
		{`{"layer": "primary", "from": "2026-03-18`, `{"layer": "tertiary", "from": "2026-03-18`, `"tertiary" is no layer of this schedule`},
		{`"agreed": ["ana", "cem", "eli"]`, `"agreed": ["ana"]`, "cem has not agreed; a swap needs both"},
		{`"person": "cem"}`, `"person": "ana"}`, "a person cannot swap with themselves"},
		{`"follows": "primary"`, `"follows": "moon"`, `layer secondary follows "moon", which is no layer`},
		{`"follows": "primary"`, `"follows": "secondary"`, "layer secondary follows secondary, which has no rotation"},
		{
			`"agreed": ["ana", "cem", "eli"]}`, `"agreed": ["ana", "cem"]}, {"first": {"layer": "primary", "from": "2026-03-20T09:00:00Z", "to": "2026-03-21T09:00:00Z", "person": "ana"},
  "second": {"layer": "primary", "from": "2026-05-01T08:00:00Z", "to": "2026-05-02T08:00:00Z", "person": "eli"}, "agreed": ["ana", "eli"]}`,
			"two swaps of primary overlap: cem until 2026-03-23 09:00 UTC, and eli from 2026-03-20 09:00 UTC",
		},
		{`"shifts": [{"days": 4, "time": "17:00"}, {"days": 3, "time": "09:00"}], `, ``, "an uneven rotation has no shifts; say how long each is"},
		{`"shifts": [`, `"shifts": [` + strings.Repeat(`{"days": 1, "time": "09:00"},`, 64), "there are 66 shifts in layer shadow and 64 is the most"},
		{`["ana", "eli", "cem"]}`, `["` + strings.Repeat("a", 201) + `"]}`, "the id of a person has 201 bytes and 200 is the most"},
		{`{"layer": "primary", "from": "2026-03-18`, `{"layer": "` + strings.Repeat(`a\t`, 50) + `", "from": "2026-03-18`, "a?a?a?"},
		{`"optional": true`, `"follows": "primary"`, "follows primary and has rotations of its own"},
		{`"name": "shadow"`, `"name": "primary"`, "layer primary is there twice"},
		{`"name": "shadow"`, `"name": ""`, "the name of a layer is empty"},
		{`"name": "Checkout"`, `"name": "a\nb"`, "the schedule's name must be one line of text"},
		{`"from": "22:00"`, `"from": "24:00"`, `the time "24:00" is not a time of day`},
		{`["2026-04-03"]`, `["Good Friday"]`, `holidays: the date "Good Friday"`},
		{`"holidays"`, `"vacations"`, `unknown field "vacations"`},
		{`{"start": "2026-03-16"`, `{"begin": 1, "start": "2026-03-16"`, `unknown field "begin"`},
		{`"2026-03-18T12:00:00Z"`, `"noon"`, "not readable"},
		{`"name"`, `"layers": 7, "name"`, "layers is a number, and should be a list"},
		{"\n}", "\n} {}", "more follows"},
		{`"zone": "Europe/Berlin",`, `"zone": "Europe/Berlin", "layers": [],`, ""},
	} {
		text := strings.Replace(document, c.old, c.new, 1)
		if text == document {
			t.Fatalf("%q is not in the document", c.old)
		}
		_, err := Decode([]byte(text), staff)
		if c.want == "" {
			continue
		}
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n  got %v\n  want %q", c.new, err, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	s := checkout()
	many := make([]string, MaxPeople+1)
	for i := range many {
		many[i] = "ana"
	}
	s.Layers[0].Rotations[0].People = many
	if err := s.Check(nil); err == nil || !strings.Contains(err.Error(), "there are 501 people in layer primary and 500 is the most") {
		t.Errorf("got %v", err)
	}
	s = checkout()
	s.Layers[0].Rotations = make([]Rotation, MaxRotations+1)
	if err := s.Check(nil); err == nil || !strings.Contains(err.Error(), "there are 65 rotations and 64 is the most") {
		t.Errorf("got %v", err)
	}
	s = checkout()
	s.Overrides = make([]Override, MaxChanges+1)
	if err := s.Check(nil); err == nil || !strings.Contains(err.Error(), "there are 5001 overrides and 5000 is the most") {
		t.Errorf("got %v", err)
	}
	s.Overrides = s.Overrides[:100]
	if err := s.Check(nil); err == nil || strings.Count(err.Error(), "\n") != maxTold+1 {
		t.Errorf("got %v", err)
	}
	if _, err := Decode(make([]byte, MaxSchedule+1), nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "1048577 bytes") {
		t.Errorf("got %v", err)
	}
	if err := (Schedule{}).Check(nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "there is no layer; add one named primary") {
		t.Errorf("got %v", err)
	}
}

// TestTheHeaviestScheduleIsAnswered asks one that fills all limits that cost time.
func TestTheHeaviestScheduleIsAnswered(t *testing.T) {
	s := Schedule{Name: "x", Zone: "America/St_Johns"}
	for i := range MaxLayers {
		l := Layer{Name: string(rune('a' + i))}
		for range MaxRotations / MaxLayers {
			l.Rotations = append(l.Rotations, Rotation{Unit: UnitHourly, Every: 1, Time: "00:30", Start: "1970-01-01", People: []string{"ana"}})
		}
		s.Layers = append(s.Layers, l)
	}
	for i := range MaxChanges {
		from := time.Unix(1767225600, 0).Add(time.Duration(i) * time.Hour)
		s.Overrides = append(s.Overrides, Override{Layer: "a", From: from, To: from.Add(time.Hour), Person: "ana"})
	}
	r, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Unix(1767225600, 0)
	if n := len(r.Shifts(from, from.Add(MaxWindow))); n < MaxLayers*24*700 {
		t.Errorf("%d shifts", n)
	}
	if d := r.At(from); d[0].Person != "ana" || d[0].Next != "" {
		t.Errorf("got %+v", d[0])
	}
	if c := DoubleBooked(r.Plan(from, from.AddDate(0, 0, 14))); len(c) < MaxLayers*(MaxLayers-1)/2*24*14 {
		t.Errorf("%d clashes", len(c))
	}
}

// FuzzDecode checks that whatever is accepted can be asked, and that what is
// said agrees.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(document), int64(1773738000))
	for _, s := range []Schedule{checkout(), followTheSun()} {
		b, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, int64(1782000000))
	}
	f.Add([]byte(`{"name":"x","zone":"Pacific/Apia","layers":[{"name":"p","rotations":[{"unit":"monthly","every":12,"month_day":31,"start":"2011-12-30","people":["a"]}]}]}`), int64(1325200000))
	f.Fuzz(func(t *testing.T, b []byte, unix int64) {
		s, err := Decode(b, nil)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		r, err := New(s)
		if err != nil {
			t.Fatalf("decoded, but not usable: %v", err)
		}
		from := time.Unix(unix, 0)
		to := from.Add(72 * time.Hour)
		last := map[string]time.Time{}
		for _, x := range r.Shifts(from, to) {
			if !x.From.Before(x.Until) || x.From.Before(last[x.Layer]) {
				t.Fatalf("%+v after %s", x, last[x.Layer])
			}
			last[x.Layer] = x.Until
		}
		r.At(from)
		r.Plan(from, to).Gaps()
		r.Plan(from, to).OnLeave()
		r.Fairness(from, to)
		r.Handoffs(from, to)
		DoubleBooked(r.Plan(from, to), r.Plan(from, to))
	})
}
