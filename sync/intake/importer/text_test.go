package importer

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTextsOfSamples(t *testing.T) {
	s := readStory(t, readText, sampleTold(t, "paste-wiki-table.md"), Options{})
	wantTold(t, s,
		`line 3: 2026-03-17 00:00:00 day note "Short event description."`,
		`line 4: 2026-03-17 14:02:00 exact detection "Alert fired"`,
		`line 5: 2026-03-17 14:00:00 hour note "Deploy 2026.11.3 suspected"`,
		`line 6: 2026-03-17 14:30:00 approx note "Chen paged"`,
		`line 7: 2026-03-17 15:20:00 exact resolved "Resolved"`,
		`line 8: 2026-03-17 14:41:00 exact mitigation "**Mitigation:** migration cancelled"`,
		`line 9: 2026-03-17 00:00:00 day note "Finance told"`,
		`line 10: 2026-03-17 00:00:00 day note "Post-mortem planned"`,
		`line 11: untimed after note "22026-03-17 14:09: Declared (typo in year)"`)
	for n, want := range map[int]string{0: "template", 8: "the year 22026", 1: "", 6: ""} {
		if got := s.rows[n].Doubt; !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("the doubt of %s is %q, want %q", s.rows[n].Where, got, want)
		}
	}
	wantTold(t, readStory(t, readText, sampleTold(t, "paste-bullets-day-header.txt"), inUTC),
		`line 3: 2026-03-17 14:02:00 exact detection "Alert on checkout 5xx"`,
		`line 4: 2026-03-17 14:05:00 exact note "Ana acknowledged"`,
		`line 5: 2026-03-17 14:09:00 exact note "P1 declared, Ben IC"`,
		`line 6: 2026-03-17 14:18:00 exact decision "Decision: rollback"`,
		`line 7: 2026-03-17 14:41:00 exact note "Chen cancelled migration"`,
		`line 11: 2026-03-18 09:10:00 exact note "Post-mortem doc opened"`)
	wantQuestion(t, readText, sampleTold(t, "paste-bullets-day-header.txt"), Options{}, AskZone)
}

func TestChatsOfSamples(t *testing.T) {
	slack := sampleTold(t, "paste-slack-ui.txt")
	s := readStory(t, readText, slack, inUTCDay)
	wantTold(t, s,
		`line 1: 2026-03-17 14:07:00 exact note "Ana Ruiz: 5xx at 14 % on checkout in every region, started 14:02 UTC"`,
		`line 4: 2026-03-17 14:09:00 exact declared "Ben Okafor: DECLARE P1: checkout fails for 1 in 7 buyers."`,
		`line 7: 2026-03-17 14:18:00 exact decision "Ben Okafor: DECISION: roll back to 2026.11.2"`,
		`line 9: 2026-03-17 14:12:00 exact note "Dita Novak: Status page is up"`)
	if len(s.warnings) != 1 || !strings.HasPrefix(s.warnings[0], "4 marks") {
		t.Errorf("warnings are %q", s.warnings)
	}
	if !strings.Contains(s.rows[2].Doubt, "neither AM nor PM") || s.rows[0].Doubt != "" {
		t.Errorf("doubts are %q and %q", s.rows[2].Doubt, s.rows[0].Doubt)
	}
	wantQuestion(t, readText, slack, inUTC, AskDay)
	wantQuestion(t, readText, slack, Options{Day: theDay}, AskZone)

	zoom := sampleTold(t, "paste-zoom-chat.txt")
	wantTold(t, readStory(t, readText, zoom, Options{Zone: time.UTC, Start: theDay.Add(14 * time.Hour)}),
		`line 1: 2026-03-17 14:07:12 exact note "Ben Okafor: I am IC, Ana tech lead"`,
		`line 2: 2026-03-17 14:16:04 exact note "Ana Ruiz: rollback running"`,
		`line 3: 2026-03-17 14:36:20 exact note "Chen Wei: lock found on orders"`,
		`line 4: 2026-03-17 14:45:10 exact note "Dita Novak: status page set to monitoring"`)
	wantQuestion(t, readText, zoom, inUTCDay, AskStart)
	wantQuestion(t, readText, zoom, Options{Start: theDay}, AskZone)
}

const dayLine17 = "2026-03-17\n"

// textLines are one row each, of 17 March 2026.
var textLines = []struct{ name, text, want string }{
	{"a dash", dayLine17 + "14:02 - x", `14:02:00 exact note "x"`},
	{"an en dash", dayLine17 + "14:02 – x", `14:02:00 exact note "x"`},
	{"an em dash", dayLine17 + "14:02—x", `14:02:00 exact note "x"`},
	{"a colon", dayLine17 + "14:02: x", `14:02:00 exact note "x"`},
	{"a dot", dayLine17 + "14.09 – x", `14:09:00 exact note "x"`},
	{"Uhr", dayLine17 + "14.09 Uhr x", `14:09:00 exact note "x"`},
	{"a half of the day", dayLine17 + "2:41 PM x", `14:41:00 exact note "x"`},
	{"a hyphen as bullet", dayLine17 + "- 14:02 x", `14:02:00 exact note "x"`},
	{"a star as bullet", dayLine17 + "* 14:02 x", `14:02:00 exact note "x"`},
	{"a bullet", dayLine17 + "• 14:02 x", `14:02:00 exact note "x"`},
	{"bold", dayLine17 + "- **14:02**: x", `14:02:00 exact note "x"`},
	{"brackets", dayLine17 + "[14:02:11] x", `14:02:11 exact note "x"`},
	{"an unknown minute", dayLine17 + "14:?? x", `14:00:00 hour note "x"`},
	{"about", dayLine17 + "~14:30 x", `14:30:00 approx note "x"`},
	{"a zone", dayLine17 + "14:02 CET x", `13:02:00 exact note "x"`},
	{"a day in the line", "2026-03-17 14:02 x", `14:02:00 exact note "x"`},
	{"a day alone", "2026-03-17: x", `00:00:00 day note "x"`},
	{"a span", dayLine17 + "14:02 - 14:09 x", `14:02:00 exact note "- 14:09 x"`},
	{"the next lines", dayLine17 + "14:02 x\ny\n  - z\n\nlast", `14:02:00 exact note "x\ny\n- z\nlast"`},
	{"a number is no clock", dayLine17 + "14:02 x\n14.09 GB used", `14:02:00 exact note "x\n14.09 GB used"`},
	{"a header with a weekday", "Tuesday 17 March 2026\n14:02 x", `14:02:00 exact note "x"`},
	{"a heading of Markdown", "## 2026-03-17\n14:02 x", `14:02:00 exact note "x"`},
	{"a bold header", "**17.03.2026**\n14:02 x", `14:02:00 exact note "x"`},
	{"a table without a header", "| 2026-03-17 14:02 | x | y |", `14:02:00 exact note "x | y"`},
	{"Confluence", "||Time||Event||\n|2026-03-17 14:02|x|", `14:02:00 exact note "x"`},
	{"a bar in a cell", "| time | event |\n|---|---|\n| 2026-03-17 14:02 | a \\| b<br>c |", `14:02:00 exact note "a | b\nc"`},
	{"a numbered list", dayLine17 + "1. 14:02 x", `14:02:00 exact note "x"`},
	{"a chat with brackets", "[17.03.26, 14:02:11] Ana: x\n", `14:02:11 exact note "Ana: x"`},
	{"a zone beside the header", "2026-03-17 (all times CET)\n14:02 x", `13:02:00 exact note "x"`},
	{"a zone behind the title", "# Timeline (CET)\n2026-03-17 14:02 x", `13:02:00 exact note "x"`},
	{"a zone in a later line", dayLine17 + "14:02 x\nthey met (CET)", `14:02:00 exact note "x\nthey met (CET)"`},
	{"a number before a month", "17. März 2026\n14:02 x", `14:02:00 exact note "x"`},
	{"an empty cell", "| date | time | who | event |\n|---|---|---|---|\n|2026-03-17|14:02||x|", `14:02:00 exact note "x"`},
}

func TestLinesOfText(t *testing.T) {
	for _, c := range textLines {
		t.Run(c.name, func(t *testing.T) {
			s := readStory(t, readText, c.text, inUTC)
			if got := toldLines(s); len(got) != 1 || !strings.HasSuffix(got[0], " 2026-03-17 "+c.want) {
				t.Errorf("rows are %q, want %s", got, c.want)
			}
		})
	}
}

func TestLinesWithoutATime(t *testing.T) {
	s := readStory(t, readText, "# Checkout outage\nAll times are in CET.\nKept by Ana.\n\n## 2026-03-17\n- 14:02 alert\n  more of it\n- Chen joined\n- 14:05 ack\n\n## Lessons\nWrite more.\n", Options{})
	if s.Declare.Title != "Checkout outage" {
		t.Errorf("the title is %q", s.Declare.Title)
	}
	wantTold(t, s,
		`line 2: untimed after note "All times are in CET."`,
		`line 3: untimed after note "Kept by Ana."`,
		`line 6: 2026-03-17 13:02:00 exact detection "alert\nmore of it"`,
		`line 8: untimed after note "Chen joined"`,
		`line 9: 2026-03-17 13:05:00 exact page "ack"`,
		`line 11: untimed after note "Lessons"`,
		`line 12: untimed after note "Write more."`)
	for _, text := range []string{"", "no time at all", "# Title\n\ntext", "| a | b |\n|---|---|\n| c | d |"} {
		if list, err := readText([]byte(text), inUTCDay); !errors.Is(err, ErrInvalid) || list != nil {
			t.Errorf("%q gave %d stories and %v", text, len(list), err)
		}
	}
	// What looks like a sentence is no title.
	if s := readStory(t, readText, "It went down on Monday.\n2026-03-17 14:02 x", inUTC); s.Declare.Title != "" || len(s.rows) != 2 {
		t.Errorf("%q, %v", s.Declare.Title, toldLines(s))
	}
}

func TestDaysOfText(t *testing.T) {
	wantQuestion(t, readText, "14:02Z x", Options{}, AskDay)
	wantQuestion(t, readText, "3/4/26\n14:02Z x", Options{}, AskOrder)
	wantQuestion(t, readText, "March 17\n14:02Z x", Options{}, AskDay)
	s := readStory(t, readText, "23:50Z a\n00:10Z b\n00:20Z c\n23:55Z late\n", Options{Day: theDay})
	wantTold(t, s,
		`line 1: 2026-03-17 23:50:00 exact note "a"`, `line 2: 2026-03-18 00:10:00 exact note "b"`,
		`line 3: 2026-03-18 00:20:00 exact note "c"`, `line 4: 2026-03-17 23:55:00 exact note "late"`)
	if s.rows[0].Doubt != "" || !strings.Contains(s.rows[1].Doubt, "next day") || s.rows[2].Doubt != "" || !strings.Contains(s.rows[3].Doubt, "day before") {
		t.Errorf("doubts are %q, %q, %q, %q", s.rows[0].Doubt, s.rows[1].Doubt, s.rows[2].Doubt, s.rows[3].Doubt)
	}
	// A header starts its day, however late the one before it ended.
	wantTold(t, readStory(t, readText, "17.03.2026\n23:50Z a\n18.03.2026\n09:10Z b\n", Options{}),
		`line 2: 2026-03-17 23:50:00 exact note "a"`, `line 4: 2026-03-18 09:10:00 exact note "b"`)
	// January follows December where no year is named.
	wantTold(t, readStory(t, readText, "Dec 31 23:50Z a\nJan 1 00:10Z b\n", Options{Day: theDay}),
		`line 1: 2026-12-31 23:50:00 exact note "a"`, `line 2: 2027-01-01 00:10:00 exact note "b"`)
	// Half a day back is a line that was written late.
	wantTold(t, readStory(t, readText, "14:02Z a\n09:00Z b\n", Options{Day: theDay}),
		`line 1: 2026-03-17 14:02:00 exact note "a"`, `line 2: 2026-03-17 09:00:00 exact note "b"`)
	// The day of another row answers, and what was told goes before a later one.
	s = readStory(t, readText, "14:02Z a\n2026-03-18 09:00Z b\n10:00Z c\n", Options{})
	wantTold(t, s, `line 1: 2026-03-18 14:02:00 exact note "a"`, `line 2: 2026-03-18 09:00:00 exact note "b"`, `line 3: 2026-03-18 10:00:00 exact note "c"`)
	if s.rows[0].Doubt == "" {
		t.Error("a day taken from a later row has no doubt")
	}
	// So does that of a heading, which goes behind what was told.
	title := "Outage of 17 March 2026\n14:02Z a\n"
	if s = readStory(t, readText, title, Options{}); s.rows[0].Log.At.Day() != 17 || s.rows[0].Doubt == "" || s.Declare.Title != "Outage of 17 March 2026" {
		t.Errorf("%v, %q, %q", toldLines(s), s.rows[0].Doubt, s.Declare.Title)
	}
	if s = readStory(t, readText, title, Options{Day: theDay.AddDate(0, 0, 1)}); s.rows[0].Log.At.Day() != 18 || s.rows[0].Doubt != "" {
		t.Errorf("%v, %q", toldLines(s), s.rows[0].Doubt)
	}
	if s = readStory(t, readText, "14:02Z a\n2026-03-18 09:00Z b\n", Options{Day: theDay}); s.rows[0].Log.At.Day() != 17 {
		t.Errorf("the first row is of %s", s.rows[0].Log.At)
	}
}

func TestSlackWindow(t *testing.T) {
	s := readStory(t, readText, "Yesterday\nAna Ruiz  11:58 PM\nfirst\nline two\n12:03\nsecond\nToday\nPagerDuty\nAPP\n  9:15 AM\nnew\nNew\n1 reply\n", inUTCDay)
	wantTold(t, s,
		`line 2: 2026-03-16 23:58:00 exact note "Ana Ruiz: first\nline two"`,
		`line 5: 2026-03-17 00:03:00 exact note "Ana Ruiz: second"`,
		`line 8: 2026-03-17 09:15:00 exact note "PagerDuty: new"`)
	wantQuestion(t, readText, "Yesterday\nAna Ruiz  11:58 PM\nfirst\n", inUTC, AskDay)
	// A bare clock before the first with a half is the nearest before it.
	wantTold(t, readStory(t, readText, "Ana Ruiz\n  1:58\nx\nBen Okafor\n  2:02 PM\ny\n", inUTCDay),
		`line 1: 2026-03-17 13:58:00 exact note "Ana Ruiz: x"`, `line 4: 2026-03-17 14:02:00 exact note "Ben Okafor: y"`)
	wantTold(t, readStory(t, readText, "ana [2:07 PM]\nx\n[2:09 PM]\ny\n", inUTCDay),
		`line 1: 2026-03-17 14:07:00 exact note "ana: x"`, `line 3: 2026-03-17 14:09:00 exact note "ana: y"`)
	// A window of 24 hours has no halves to find.
	wantTold(t, readStory(t, readText, "Ana Ruiz\n  09:58\nx\n10:02\ny\n", inUTCDay),
		`line 1: 2026-03-17 09:58:00 exact note "Ana Ruiz: x"`, `line 4: 2026-03-17 10:02:00 exact note "Ana Ruiz: y"`)
	// Words of the window are a text where there is no window.
	wantTold(t, readStory(t, readText, "2026-03-17 14:02 x\n2 replies\n", inUTC), `line 1: 2026-03-17 14:02:00 exact note "x\n2 replies"`)
}

func TestMeetingChats(t *testing.T) {
	wantTold(t, readStory(t, readText, "14:02:10\tFrom Ana Ruiz : on it\n14:03:10 From Ben to Ana Ruiz:\n\tthanks\nagain\n", inUTCDay),
		`line 1: 2026-03-17 14:02:10 exact note "Ana Ruiz: on it"`,
		`line 2: 2026-03-17 14:03:10 exact note "Ben: (to Ana Ruiz)\nthanks\nagain"`)
	// Clocks of the afternoon count from no start.
	wantTold(t, readStory(t, readText, "14:02:10\tAna Ruiz:\ton it\n", inUTCDay), `line 1: 2026-03-17 14:02:10 exact note "Ana Ruiz: on it"`)
	wantTold(t, readStory(t, readText, "00:59:59\tAna:\ta\n01:00:01\tAna:\tDECISION: b\n", Options{Start: theDay.Add(23*time.Hour + 30*time.Minute)}),
		`line 1: 2026-03-18 00:29:59 exact note "Ana: a"`, `line 2: 2026-03-18 00:30:01 exact decision "Ana: DECISION: b"`)
}

func FuzzText(f *testing.F) {
	seeds := []string{"Yesterday\nAna Ruiz  11:58 PM\nx\n12:03\ny\n", "||Time||Event||\n|14:02|x|\n## 3/4/26\n- ~2:41 PM: x\n- y\n"}
	for _, name := range []string{"paste-wiki-table.md", "paste-bullets-day-header.txt", "paste-slack-ui.txt", "paste-zoom-chat.txt"} {
		seeds = append(seeds, sampleTold(f, name), sampleTold(f, name))
	}
	fuzzStory(f, readText, seeds...)
}
