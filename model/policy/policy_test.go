package policy_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model/policy"
)

// TestShipped holds the shipped policy to the figures of the response plan.
func TestShipped(t *testing.T) {
	p := policy.Default()
	for level, want := range map[string]string{"P0": "0m", "P1": "15m", "P2": "1h", "P3": "1 business day"} {
		if got := p.Severity(level).Respond.String(); got != want {
			t.Errorf("%s responds after %q, want %q", level, got, want)
		}
	}
	rungs := map[string]string{}
	for _, r := range p.Escalation {
		rungs[r.ID] = r.After.String()
	}
	for id, want := range map[string]string{
		"p0-on-call": "0m", "p0-manager": "5m", "p0-vp": "15m", "p0-executives": "30m", "p0-customers": "1h",
		"p1-on-call": "0m", "p1-manager": "30m", "p1-vp": "2h", "p1-customers": "4h",
	} {
		if rungs[id] != want {
			t.Errorf("rung %s after %q, want %q", id, rungs[id], want)
		}
	}
	for _, c := range p.Clocks {
		if c.Source == "" || c.Version == "" || c.Status == "" || c.Verification == "" {
			t.Errorf("clock %s lacks its source, version, status or verification", c.ID)
		}
	}
}

func TestDocumentRoundTrip(t *testing.T) {
	p := policy.Default()
	again, err := policy.Parse(p.Document())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.Document()) != string(p.Document()) {
		t.Error("a policy that was written and read again is another")
	}
	for _, name := range policy.Sections {
		same, err := p.With(name, p.Section(name))
		if err != nil {
			t.Errorf("section %s as written is refused: %v", name, err)
		} else if string(same.Document()) != string(p.Document()) {
			t.Errorf("section %s as written changes the policy", name)
		}
	}
}

func TestRefused(t *testing.T) {
	p := policy.Default()
	edit := func(section, from, to string) string {
		text := p.Section(section)
		if !strings.Contains(text, from) {
			t.Fatalf("section %s has no %q", section, from)
		}
		return strings.Replace(text, from, to, 1)
	}
	for name, c := range map[string]struct{ section, text, want string }{
		"overlapping rungs":  {"escalation", edit("escalation", `"severity": "P1"`, `"severity": "P0"`), "overlap"},
		"rung with no id":    {"escalation", edit("escalation", `"id": "p0-on-call"`, `"id": ""`), "a rung of P0 has no id"},
		"two rungs, one id":  {"escalation", edit("escalation", `"id": "p0-manager"`, `"id": "p0-on-call"`), "give each one of its own"},
		"own deputy":         {"escalation", edit("escalation", `"deputy": "vp-engineering"`, `"deputy": "engineering-manager"`), "name another, or none"},
		"nobody called":      {"escalation", "[]", "P0 is escalated automatically, and no rung says whom to call"},
		"nothing watches it": {"triggers", edit("triggers", `"id": "vendor"`, `"id": "moon"`), "nothing watches \"moon\""},
		"sla is the rungs":   {"triggers", edit("triggers", `"id": "sla"`, `"off": true, "id": "sla"`), "those of the rungs"},
		"an update a blink":  {"cadence", edit("cadence", `"then": "10m"`, `"then": "0m"`), "more than anybody can write"},
		"rung with no time":  {"escalation", edit("escalation", `"after": "5m"`, `"after": ""`), "has no time"},
		"unknown act":        {"escalation", edit("escalation", `"act": "page"`, `"act": "shout"`), "act \"shout\" is not known"},
		"misspelt key":       {"escalation", edit("escalation", `"target"`, `"targt"`), "unknown field"},
		"unknown zone":       {"calendar", edit("calendar", `"UTC"`, `"Mars/Olympus"`), "zone \"Mars/Olympus\" is not known"},
		"no working days":    {"calendar", `{"zone":"UTC","days":[],"begin":"09:00","end":"17:00","holidays":[]}`, "no working days"},
		"clock no start":     {"clocks", edit("clocks", `"start_event": "classified_major"`, `"start_event": ""`), "start_event is missing"},
		"clock no unit":      {"clocks", edit("clocks", `"unit": "hours"`, `"unit": "fortnights"`), "unit \"fortnights\" is not known"},
		"missing level":      {"severities", "[]", "four levels"},
		"a rest of days":     {"people", edit("people", `"rest": "6h"`, `"rest": "2d"`), "at most 24h"},
		"limit of no level":  {"phases", edit("phases", `"P3": "1 business day"`, `"P9": "1 business day"`), "name the level \"P9\""},
		"bad span":           {"people", edit("people", `"fill": "5m"`, `"fill": "soon"`), "no span of time"},
		"no second path":     {"routing", edit("routing", `"fallback": "phone tree"`, `"fallback": ""`), "no second path"},
		"no such section":    {"colours", "[]", "there is no section"},
		"too long":           {"tools", strings.Repeat(" ", policy.MaxSection+1), "the limit is"},
		"more after it":      {"tools", "[] []", "more after its end"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.With(c.section, c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
	if string(p.Document()) != string(defaultDocument()) {
		t.Error("a refused section changed the policy it was tried on")
	}
}

func defaultDocument() []byte {
	p := policy.Default()
	return p.Document()
}

func TestAssemble(t *testing.T) {
	p, wrong := policy.Assemble(func(section string) string {
		switch section {
		case "runbooks":
			return `{"review_months":3,"exercise_months":6}`
		case "tools":
			return `{"of":"a newer version"}`
		}
		return ""
	})
	if p.Runbooks.ReviewMonths != 3 {
		t.Error("the room's own section is not taken")
	}
	if len(wrong) != 1 || !strings.Contains(wrong[0], "tools is as shipped") || len(p.Tools) != 15 {
		t.Errorf("a section that does not read: %v, %d tools", wrong, len(p.Tools))
	}
}

func TestAfter(t *testing.T) {
	for text, want := range map[string]string{
		"15m": "15m", "60m": "1h", "90m": "1h30m", "48h": "48h", "7d": "7d", "next business day 12:00": "1 business day 12:00",
		"5 business days": "5 business days", "1 month": "1 month", "": "", "none": "",
	} {
		a, err := policy.ParseAfter(text)
		if err != nil || a.String() != want {
			t.Errorf("%q reads as %q, %v; want %q", text, a, err, want)
		}
		if again, err := policy.ParseAfter(a.String()); err != nil || again != a {
			t.Errorf("%q written as %q reads as another", text, a)
		}
	}
	for _, text := range []string{"soon", "-5m", "0 business days", "1 business day 25:00", "999999h", "3 fortnights"} {
		if a, err := policy.ParseAfter(text); err == nil {
			t.Errorf("%q is taken as %q", text, a)
		}
	}
}

func FuzzAfter(f *testing.F) {
	f.Add("1 business day 12:00")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := policy.ParseAfter(text)
		if err != nil {
			return
		}
		if again, err := policy.ParseAfter(a.String()); err != nil || again.String() != a.String() {
			t.Errorf("%q written as %q: %v", text, a, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(defaultDocument())
	f.Fuzz(func(_ *testing.T, doc []byte) {
		if p, err := policy.Parse(doc); err == nil {
			p.Document()
		}
	})
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 MST", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestCalendar(t *testing.T) {
	berlin := policy.Calendar{
		Zone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Begin: "09:00", End: "17:00",
		Holidays: []string{"2026-04-03", "2026-04-06"},
	}
	span := func(text string) policy.After {
		a, err := policy.ParseAfter(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for name, c := range map[string]struct{ from, span, want string }{
		"over the weekend":                     {"2026-01-30 15:00 UTC", "1 business day 12:00", "2026-02-02 11:00 UTC"},
		"over Easter and the change of clocks": {"2026-03-27 11:00 UTC", "5 business days", "2026-04-07 10:00 UTC"},
		"hours run through the weekend":        {"2026-01-30 15:00 UTC", "72h", "2026-02-02 15:00 UTC"},
		"a month from the 31st":                {"2026-01-31 10:00 UTC", "1 month", "2026-02-28 10:00 UTC"},
		"a month into a leap day":              {"2028-01-30 10:00 UTC", "1 month", "2028-02-29 10:00 UTC"},
		"across the end of the year":           {"2026-12-31 10:00 UTC", "1 business day 09:00", "2027-01-01 08:00 UTC"},
	} {
		if got := berlin.Add(at(c.from), span(c.span)); !got.Equal(at(c.want)) {
			t.Errorf("%s: %s + %s = %s, want %s", name, c.from, c.span, got.UTC(), c.want)
		}
	}
}

func TestDeadlines(t *testing.T) {
	p := policy.Default()
	deadline := func(clock string, n int) policy.Deadline {
		c, ok := p.Clock(clock)
		if !ok {
			t.Fatalf("no clock %s", clock)
		}
		return c.Deadlines[n]
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		clock      string
		n          int
		from, want string
	}{
		"72 hours over the change of clocks": {"gdpr33", 0, "2026-03-28 10:00 UTC", "2026-03-31 10:00 UTC"},
		"a month after the notification":     {"nis2", 2, "2026-01-31 10:00 UTC", "2026-02-28 10:00 UTC"},
		// Thanksgiving 2026 is 26 November: the 25th, 27th, 30th and 1st count.
		"four US business days over Thanksgiving": {"sec-8k", 0, "2026-11-24 15:00 UTC", "2026-12-02 04:59 UTC"},
		"60 calendar days":                        {"hipaa-people", 0, "2026-01-01 10:00 UTC", "2026-03-02 10:00 UTC"},

		// Independence Day 2026 is a Saturday, kept on Friday the 3rd.
		"four US business days over Independence Day": {"sec-8k", 0, "2026-07-01 15:00 UTC", "2026-07-09 03:59 UTC"},
	} {
		got, exact := deadline(c.clock, c.n).At(at(c.from), p.Calendar, berlin)
		if !exact || !got.Truncate(time.Minute).Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if _, exact := deadline("gdpr34", 0).At(at("2026-01-01 10:00 UTC"), p.Calendar, berlin); exact {
		t.Error("\"without undue delay\" is given out as an exact limit")
	}
}

func TestSuggest(t *testing.T) {
	p := policy.Default()
	type answers = map[string]policy.Answer
	for name, c := range map[string]struct {
		given answers
		want  string
	}{
		"data exposed":        {answers{"data": policy.Yes}, "P0"},
		"data unknown":        {answers{"data": policy.Unknown}, "P0"},
		"all down":            {answers{"data": policy.No, "all": policy.Yes}, "P0"},
		"core task broken":    {answers{"data": policy.No, "all": policy.No, "core": policy.Yes}, "P1"},
		"unsure takes higher": {answers{"data": policy.No, "all": policy.No, "core": policy.Unknown}, "P1"},
		"users notice":        {answers{"data": policy.No, "all": policy.No, "core": policy.No, "users": policy.Yes}, "P2"},
		"nobody notices":      {answers{"data": policy.No, "all": policy.No, "core": policy.No, "users": policy.No}, "P3"},
		"not answered to end": {answers{"data": policy.No, "all": policy.No}, ""},
	} {
		if got, why, ok := p.Suggest(c.given); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q because %q", name, got, why)
		}
	}
}

// TestWeekendRuleOfDORA: Article 5(4) and (5) of Delegated Regulation (EU)
// 2025/301. Good Friday 2026 is 3 April, Easter Monday the 6th.
func TestWeekendRuleOfDORA(t *testing.T) {
	p := policy.Default()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	room := policy.Calendar{
		Zone: "UTC", Days: []string{"sun", "mon", "tue", "wed", "thu"}, Begin: "09:00", End: "17:00", // the team's days are not the authority's
		Holidays: []string{"2026-04-03", "2026-04-06"},
	}
	for name, c := range map[string]struct {
		clock      string
		n          int
		from, want string
	}{
		"classified on a Saturday":                {"dora-other", 0, "2026-03-21 09:00 UTC", "2026-03-23 11:00 UTC"},
		"classified late on a Friday":             {"dora-other", 0, "2026-03-20 21:00 UTC", "2026-03-23 11:00 UTC"}, // 02:00 on Saturday in Berlin
		"classified early on a Friday":            {"dora-other", 0, "2026-03-20 09:00 UTC", "2026-03-20 13:00 UTC"},
		"aware on Thursday before Easter":         {"dora-other", 1, "2026-04-02 12:00 UTC", "2026-04-07 10:00 UTC"}, // the Friday is a bank holiday
		"initial filed on a Thursday":             {"dora-other", 2, "2026-03-19 09:00 UTC", "2026-03-23 11:00 UTC"},
		"initial filed on Wednesday":              {"dora-other", 2, "2026-03-18 09:00 UTC", "2026-03-23 11:00 UTC"}, // Saturday
		"initial filed on a Friday":               {"dora-other", 2, "2026-03-20 09:00 UTC", "2026-03-23 09:00 UTC"},
		"final a month later, on a Sunday":        {"dora-other", 3, "2026-04-10 09:00 UTC", "2026-05-11 10:00 UTC"},
		"a bank, classified on a Saturday":        {"dora", 0, "2026-03-21 09:00 UTC", "2026-03-21 13:00 UTC"},
		"a bank, aware on Thursday before":        {"dora", 1, "2026-04-02 12:00 UTC", "2026-04-03 12:00 UTC"},
		"a bank, initial filed on a Thursday":     {"dora", 2, "2026-03-19 09:00 UTC", "2026-03-22 09:00 UTC"},
		"a bank, final on a Sunday moves too":     {"dora", 3, "2026-04-10 09:00 UTC", "2026-05-11 10:00 UTC"},
		"the clocks change before the noon":       {"dora-other", 0, "2026-03-28 09:00 UTC", "2026-03-30 10:00 UTC"},
		"a month is short":                        {"dora-other", 3, "2026-01-31 09:00 UTC", "2026-03-02 11:00 UTC"}, // 28 February is a Saturday
		"HIPAA, media, counts calendar days":      {"hipaa-media", 0, "2026-01-01 10:00 UTC", "2026-03-02 10:00 UTC"},
		"HIPAA, Secretary, at once with 500":      {"hipaa-hhs-500", 0, "2026-01-01 10:00 UTC", "2026-03-02 10:00 UTC"},
		"HIPAA, ends on a Sunday and stays there": {"hipaa-media", 0, "2026-01-07 10:00 UTC", "2026-03-08 10:00 UTC"},
	} {
		clock, ok := p.Clock(c.clock)
		if !ok {
			t.Fatalf("no clock %s", c.clock)
		}
		if got, exact := clock.Deadlines[c.n].At(at(c.from), room, berlin); !exact || !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, id := range []string{"dora", "dora-other", "hipaa-media", "hipaa-hhs-500"} {
		if clock, _ := p.Clock(id); clock.When == "" || clock.Source == "" {
			t.Errorf("%s does not say when it holds, or where that stands", id)
		}
	}
	if other, _ := p.Clock("dora-other"); !other.Off {
		t.Error("both clocks of one law are offered")
	}
}
