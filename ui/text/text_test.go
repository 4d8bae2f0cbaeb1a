package text_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"holdfast/ui/text"
)

// ten measures every character as 10 units.
func ten(s string) float32 { return float32(utf8.RuneCountInString(s)) * 10 }

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    float32
		want     []string
	}{
		{"empty", "", 100, []string{""}},
		{"fits", "one two", 100, []string{"one two"}},
		{"exactly", "0123456789", 100, []string{"0123456789"}},
		{"at spaces", "one two three", 80, []string{"one two", "three"}},
		{"spaces at a break are dropped", "one    two", 40, []string{"one", "two"}},
		{"spaces inside a line stay", "a  b", 100, []string{"a  b"}},
		{"newlines stay", "a\n\nb", 100, []string{"a", "", "b"}},
		{"trailing newline", "a\n", 100, []string{"a", ""}},
		{"trailing spaces", "ab   ", 100, []string{"ab"}},
		{"only spaces", "   ", 100, []string{""}},
		{"long word", "abcdefghij", 40, []string{"abcd", "efgh", "ij"}},
		{"long word after a short one begins where there is room", "x abcdefghij", 40, []string{"x ab", "cdef", "ghij"}},
		{"long word after a line that is nearly full", "xyz abcdefghij", 40, []string{"xyz", "abcd", "efgh", "ij"}},
		{"word goes on after the cut", "abcdef gh", 40, []string{"abcd", "ef", "gh"}},
		{"address breaks at a mark", "https://a.example/incidents/42", 120, []string{"https://a.", "example/", "incidents/42"}},
		{"combining marks stay", "e\u0301e\u0301e\u0301", 45, []string{"e\u0301e\u0301", "e\u0301"}},
		{"leading spaces that fit stay", "  a", 100, []string{"  a"}},
		{"leading spaces that do not fit go", "      abcdefgh", 80, []string{"abcdefgh"}},
	} {
		got := text.NewFace(ten).Wrap(c.in, c.width)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWrapMeasuresAWordOnce(t *testing.T) {
	calls := 0
	f := text.NewFace(func(s string) float32 { calls++; return ten(s) })
	f.Wrap("pods healthy pods healthy", 1000)
	before := calls
	for range 50 {
		f.Wrap("healthy pods healthy", 1000)
	}
	if calls != before {
		t.Errorf("%d measurements of known words", calls-before)
	}
	if f.Cold() != 2 {
		t.Errorf("%d cold words, want 2", f.Cold())
	}
}

func FuzzWrapLosesNothingAndStaysInside(f *testing.F) {
	f.Add("Roll restart of checkout-api, no strong objections", float32(130))
	f.Add("a\n\n  b  c\n", float32(10))
	f.Add("\u200D\U0001F468\u200D\U0001F469 e\u0301", float32(20))
	f.Fuzz(func(t *testing.T, s string, width float32) {
		if !(width > 0 && width < 10_000) || len(s) > 2_000 {
			return
		}
		face := text.NewFace(ten)
		lines := face.Wrap(s, width)
		if got, want := letters(strings.Join(lines, "")), letters(s); got != want {
			t.Fatalf("lost or made up letters: %q, want %q", got, want)
		}
		for _, l := range lines {
			if ten(l) > width && strings.Contains(strings.Trim(l, " "), " ") {
				t.Fatalf("line %q is wider than %v and could have been broken", l, width)
			}
		}
		if e := face.Ellipsis(s, width); face.Width(e) > width {
			t.Fatalf("ellipsis %q is wider than %v", e, width)
		}
	})
}

func letters(s string) string {
	return strings.NewReplacer(" ", "", "\n", "").Replace(s)
}

func TestEllipsis(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"Checkout 5xx", 120, "Checkout 5xx"},
		{"Checkout 5xx", 110, "Checkout 5…"},
		{"Checkout 5xx", 100, "Checkout…"},
		{"Checkout", 40, "Che…"},
		{"Checkout", 10, "…"},
		{"Checkout", 5, ""},
		{"two\nlines", 200, "two lines"},
	} {
		if got := text.NewFace(ten).Ellipsis(c.in, c.width); got != c.want {
			t.Errorf("%q in %v: %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestSafe(t *testing.T) {
	for _, c := range []struct{ name, in, line, block string }{
		{"plain", "db-primary failed over", "db-primary failed over", "db-primary failed over"},
		{"other scripts", "Größe, 東京, é", "Größe, 東京, é", "Größe, 東京, é"},
		{"newline", "a\nb", "a b", "a\nb"},
		{"carriage return", "a\r\nb\rc", "a b c", "a\nb c"},
		{"tab", "a\tb", "a b", "a b"},
		{"bidi override", "Ana\u202Eeht", "Ana<U+202E>eht", "Ana<U+202E>eht"},
		{"bidi isolate", "\u2066x\u2069", "<U+2066>x<U+2069>", "<U+2066>x<U+2069>"},
		{"escape", "\x1b[31mred", "<U+001B>[31mred", "<U+001B>[31mred"},
		{"zero width", "ad\u200Bmin", "ad<U+200B>min", "ad<U+200B>min"},
		{"filler", "\u3164", "<U+3164>", "<U+3164>"},
		{"byte order mark", "\uFEFFx", "<U+FEFF>x", "<U+FEFF>x"},
		{"line separator", "a\u2028b", "a<U+2028>b", "a<U+2028>b"},
		{"tags", "a\U000E0041b", "a<U+E0041>b", "a<U+E0041>b"},
		{"flag of Scotland", "\U0001F3F4" + tags("gbsct"), "\U0001F3F4" + tags("gbsct"), "\U0001F3F4" + tags("gbsct")},
		{"flag that does not end", "\U0001F3F4\U000E0067\U000E0062x", "\U0001F3F4<U+E0067><U+E0062>x", "\U0001F3F4<U+E0067><U+E0062>x"},
		{"tags after another", "\U0001F600\U000E0067\U000E007F", "\U0001F600<U+E0067><U+E007F>", "\U0001F600<U+E0067><U+E007F>"},
		{"not utf-8", "a\xffb", "a<0xFF>b", "a<0xFF>b"},
		{"emoji joiner stays", "\U0001F469\u200D\U0001F680", "\U0001F469\u200D\U0001F680", "\U0001F469\u200D\U0001F680"},
		{"stacked marks", "a" + strings.Repeat("\u0301", 40), "a" + strings.Repeat("\u0301", 4), "a" + strings.Repeat("\u0301", 4)},
	} {
		if got := text.Line(c.in); got != c.line {
			t.Errorf("%s: line %q, want %q", c.name, got, c.line)
		}
		if got := text.Block(c.in); got != c.block {
			t.Errorf("%s: block %q, want %q", c.name, got, c.block)
		}
	}
}

// tags is the code of a flag as it follows a black flag.
func tags(code string) string {
	var b strings.Builder
	for _, r := range code {
		b.WriteRune(r - ' ' + 0xE0020)
	}
	return b.String() + "\U000E007F"
}

// Words cannot be hidden behind a flag: more than a code is no flag.
func TestNothingHidesBehindAFlag(t *testing.T) {
	for code, flag := range map[string]bool{
		"gbeng": true, "gbsct": true, "gbwls": true, "usca": true, "us1": true, "fr20r": true, "gb": false, "": false, "gbscotl": false,
		"12abc": false, "GBSCT": false, "gb sct": false, "payevilcorp": false,
	} {
		if got := text.Line("\U0001F3F4" + tags(code)); (got == "\U0001F3F4"+tags(code)) != flag {
			t.Errorf("%q: %q", code, got)
		}
	}
}

func FuzzSafeShowsEverything(f *testing.F) {
	f.Add("\U0001F3F4" + tags("gbsct") + tags("gbsct"))
	f.Add("Ana\u202Eeht\x00\xff\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := text.Line(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if r < 0x20 || r == 0x7F || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) {
				t.Fatalf("%q still holds %U", got, r)
			}
		}
		if text.Line(got) != got {
			t.Fatalf("%q changes when made safe twice", got)
		}
	})
}

func TestTimes(t *testing.T) {
	due := func(d time.Duration) string { s, _ := text.Due(d); return s }
	cell := func(d time.Duration) string { s, _ := text.DueCell(d); return s }
	tone := func(d time.Duration) text.Tone { _, v := text.Due(d); return v }
	for _, c := range []struct{ got, want string }{
		{text.Elapsed(47*time.Minute + 12*time.Second), "T+00:47:12"},
		{text.Elapsed(104*time.Hour + 5*time.Second), "T+4d 08h"},
		{text.Elapsed(-time.Second), "T+00:00:00"},
		{due(3*time.Minute + 48*time.Second), "in 03:48"},
		{due(0), "in 00:00"},
		{due(-2*time.Minute - 14*time.Second), "OVERDUE 2 min"},
		{due(65 * time.Minute), "in 1 h 05 m"},
		{due(-50 * time.Hour), "OVERDUE 2 d 2 h"},
		{due(-200 * time.Hour), "OVERDUE 8 d"},
		{due(3585 * 24 * time.Hour), "in 9 y"},
		{cell(-134 * time.Second), "OVERDUE 2 min"},
		{due(-40 * time.Second), "OVERDUE 40 s"},
		{due(-11 * time.Minute), "OVERDUE 11 min"},
		{due(-65 * time.Minute), "OVERDUE 1 h 05 m"},
		{cell(-90 * time.Minute), "OVERDUE 1 h"},
		{cell(-50 * time.Hour), "OVERDUE 2 d"},
		{cell(-364 * 24 * time.Hour), "OVERDUE 364 d"},
		{cell(-3585 * 24 * time.Hour), "OVERDUE 9 y"},
		{text.Ago(time.Second), "now"},
		{text.Ago(-time.Minute), "now"},
		{text.Ago(12 * time.Second), "12 s ago"},
		{text.Ago(6*time.Minute + 59*time.Second), "6 min ago"},
		{text.Ago(3 * time.Hour), "3 h ago"},
		{text.Ago(76 * time.Hour), "3 d ago"},
		{text.Count(1, "person", "people"), "1 person"},
		{text.Count(231, "person", "people"), "231 people"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if tone(6*time.Minute) != text.Quiet || tone(5*time.Minute) != text.Soon || tone(-time.Second) != text.Late {
		t.Error("a countdown presses from five minutes on and is late below zero")
	}
}

func TestDay(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 30, 0, 0, time.FixedZone("CET", 3600)) // still the 22nd in UTC
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now, "Today, Sun 22 Nov (UTC)"},
		{now.Add(-24 * time.Hour), "Yesterday, Sat 21 Nov (UTC)"},
		{now.Add(-72 * time.Hour), "Thu 19 Nov (UTC)"},
		{now.Add(24 * time.Hour), "Mon 23 Nov (UTC)"},
		{time.Date(2025, 11, 18, 11, 5, 0, 0, time.UTC), "Tue 18 Nov 2025 (UTC)"},
	} {
		if got := text.Day(c.at, now); got != c.want {
			t.Errorf("%v: %q, want %q", c.at, got, c.want)
		}
	}
}

func TestEstimateCountsLines(t *testing.T) {
	if got := text.Estimate("0123456789\nab", 10, 50); got != 3 {
		t.Errorf("%d lines, want 3", got)
	}
	if got := text.Estimate("", 10, 50); got != 1 {
		t.Errorf("%d lines, want 1", got)
	}
}

func TestRunCutsBeforeASpaceAfterASymbol(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain words", "plain words"},
		{"P1 → P0", "P1 →"},
		{" P0: fix", " P0: fix"},
		{"\U0001F525 latency", "\U0001F525"},
		{"\u2764\uFE0F thanks", "\u2764\uFE0F"},
		{"900 ms → 310", "900 ms →"},
		{"a→b", "a→b"},
		{"5 €, “so”", "5 €, “so”"},
		{"", ""},
	} {
		if got := c.in[:text.Run(c.in)]; got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSpansAreSaidAsPeopleSayThem(t *testing.T) {
	for words, want := range map[string]string{
		"Nothing was written for 20m: escalate?": "Nothing was written for 20 min: escalate?",
		"1h30m":                                  "1 h 30 min",
		"within 4h, over by 14d":                 "within 4 h, over by 14 d",
		"P0 after 5 business days, 60m-db1":      "P0 after 5 business days, 60m-db1",
		"3dm of nothing, 7dfs":                   "3dm of nothing, 7dfs",
		"":                                       "",
	} {
		if got := text.Spans(words); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}

func TestLinesCutTheLastOneAndAddNoSpace(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"one two", 2, "one two"},
		{"one two three four", 2, "one two|three fo…"},
		{"x https://a.example/d/a1b2c3", 3, "x https:/|/a.exampl|e/d/a1b2…"},
		{"x abcdefghijklmnopqrstuvwx", 3, "x abcdefg|hijklmnop|qrstuvwx"},
	} {
		if got := strings.Join(text.NewFace(ten).Lines(c.in, 90, c.most), "|"); got != c.want {
			t.Errorf("Lines(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

// TestACountdownStaysInItsColumn: what stood for ten years does not crowd the next cell.
func TestACountdownStaysInItsColumn(t *testing.T) {
	const day = 24 * time.Hour
	for left, want := range map[time.Duration]string{
		-90 * time.Minute: "OVERDUE 1 h", -26 * time.Hour: "OVERDUE 1 d", -364 * day: "OVERDUE 364 d", -3585 * day: "OVERDUE 9 y",
		70 * time.Hour: "in 2 d 22 h", 150 * day: "in 150 d", 800 * day: "in 2 y",
	} {
		if got, _ := text.DueCell(left); got != want || len(got) > len("OVERDUE 59 min") {
			t.Errorf("DueCell(%v) = %q, want %q", left, got, want)
		}
	}
	if got := text.Elapsed(3585 * day); got != "T+9y 300d" {
		t.Errorf("ten years elapsed as %q", got)
	}
}

func TestEventsOfClocksAreWords(t *testing.T) {
	for id, want := range map[string]string{"aware_personal_data_breach": "aware of a personal data breach", "our_own_event": "our own event"} {
		if got := text.Event(id); got != want {
			t.Errorf("Event(%q) = %q, want %q", id, got, want)
		}
	}
}
