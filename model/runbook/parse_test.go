package runbook_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "holdfast/model/runbook"
)

func parse(t testing.TB, text string) Runbook {
	t.Helper()
	b, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return b
}

// documented is the runbook that docs/runbooks.md explains the format with.
func documented(t testing.TB) Runbook {
	t.Helper()
	doc, err := os.ReadFile("../../docs/runbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "```markdown\n")
	text, _, _ := strings.Cut(rest, "```\n")
	return parse(t, text)
}

func TestTheDocumentedExampleIsRead(t *testing.T) {
	b := documented(t)
	want := Runbook{
		ID: "re-sync", Title: "Re-sync a replica", Types: []string{"Data Loss or Corruption", "Service Outage"},
		Services: []string{"database"}, Alerts: []string{"replication lag", "replica broken"}, Owner: "database team",
		Reviewed: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), Edition: "3",
		Intro:  "Use when a replica no longer follows its primary.",
		StopIf: "data on the primary is damaged", Escalate: "database expert after 10 minutes",
		Blanks: []string{"replica host"}, Text: b.Text,
		Steps: []Step{
			{
				ID: "lag", Number: "1", Title: "Read the lag", Text: "On the primary, not on the replica.", Risk: Low, Line: 20,
				Expect: "a number of seconds, and whether it grows", Minutes: 2,
				Branches: []Branch{{If: "the lag falls by itself", To: End}, {If: "otherwise", To: "copy"}},
			},
			{
				ID: "copy", Number: "2", Title: "Note the age of the last backup", Risk: Low, Line: 29,
				Expect: "an age under one day", Then: Branch{To: "wipe"}, OnFail: Branch{To: Stop},
			},
			{
				ID: "wipe", Number: "3", Title: "Remove the old data of the replica", Risk: Destructive, Line: 34,
				Target: "{{replica host}}", Requires: []string{"copy"}, StopIf: "the name on the screen is not the name typed", Then: Branch{To: End},
			},
		},
	}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("got\n%+v\nwant\n%+v", b, want)
	}
}

// A team's plain list is a runbook too, without learning anything.
func TestPlainListIsRead(t *testing.T) {
	b := parse(t, strings.ReplaceAll(`# Queue stuck
Seen twice in 2026.

1. Look at the age of the queue. It stands on the second dashboard.
   - **Expect:** under 5 minutes
   - If it is under 5 minutes -> 3
2. Restart one consumer:
   1. drain it
   2. restart it
   rollback: start the old one
   Minutes: 10 min
3) Write down what you saw

## Background
1998 was the first time.
`, "\n", "\r\n"))
	if b.ID != "queue-stuck" || b.Title != "Queue stuck" || b.Intro != "Seen twice in 2026." || len(b.Warnings) > 0 {
		t.Errorf("id %q, title %q, intro %q, warnings %v", b.ID, b.Title, b.Intro, b.Warnings)
	}
	if !strings.Contains(b.Notes, "1998") || !reflect.DeepEqual(b.Reviewed, time.Time{}) {
		t.Errorf("notes %q", b.Notes)
	}
	want := []Step{
		{
			ID: "look-at-the-age-of", Number: "1", Title: "Look at the age of the queue", Text: "It stands on the second dashboard.", Expect: "under 5 minutes", Risk: Low, Line: 4,
			Branches: []Branch{{If: "it is under 5 minutes", To: "write-down-what-you-saw"}, {If: "otherwise", To: "restart-one-consumer"}},
		},
		{
			ID: "restart-one-consumer", Number: "2", Title: "Restart one consumer", Text: "   1. drain it\n   2. restart it", RollBack: "start the old one", Minutes: 10,
			Risk: Low, Line: 7, Then: Branch{To: "write-down-what-you-saw"},
		},
		{ID: "write-down-what-you-saw", Number: "3", Title: "Write down what you saw", Risk: Low, Line: 12, Then: Branch{To: End}},
	}
	if !reflect.DeepEqual(b.Steps, want) {
		t.Errorf("got\n%+v\nwant\n%+v", b.Steps, want)
	}
}

func TestWhatIsNoStepStaysText(t *testing.T) {
	b := parse(t, "# T\n<!-- a note to the author\n## 9. not a step\n-->\n## 1. One {#one}\n```sh\n# not a title\n## 2. not a step\nRisk: destructive\n```\n"+
		"1. a list inside\n- Expect: a long\n  line\n  - Expect: nested\n### Why\n- If so -> `end`.\n## Step 2: Two\n\n# Notes\nRisk: destructive\n")
	if len(b.Steps) != 2 || b.Steps[0].Risk != Low || b.Steps[0].Expect != "a long line\nnested" || b.Steps[1].ID != "two" {
		t.Errorf("%+v", b.Steps)
	}
	for _, part := range []string{"## 2. not a step", "1. a list inside", "### Why"} {
		if !strings.Contains(b.Steps[0].Text, part) {
			t.Errorf("%q is lost from %q", part, b.Steps[0].Text)
		}
	}
	if !strings.Contains(b.Notes, "Risk: destructive") || b.Steps[0].Branches[0].To != End {
		t.Errorf("notes %q, branches %+v", b.Notes, b.Steps[0].Branches)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	many := "# T\n" + strings.Repeat("## 1. Step\n", MaxSteps+1)
	branches := "# T\n## 1. A\n"
	for i := range MaxBranches {
		branches += fmt.Sprintf("- If %d -> end\n", i)
	}
	for _, c := range []struct{ name, text, want string }{
		{"same id", "# T\n## 1. A {#a}\n## 2. B {#a}\n", `line 3: two steps have the id "a" (the other is on line 2); give this one another, such as {#a-2}`},
		{"same title", "# T\n## 1. Look\n## 2. Look\n", `line 3: two steps have the id "look"`},
		{"branch to nothing", "# T\n## 1. A\n- If so -> b\n", `line 3: the branch leads to "b", and there is no such step; the steps are a, or write next, end, stop or "runbook other-id"`},
		{"branch to a number that two have", "# T\n## 1. A\n- If so -> 2\n## 2. B\n## 2. C\n", `line 3: the branch leads to "2"`},
		{"branch to no runbook", "# T\n## 1. A\n- If so -> runbook ../x\n", `line 3: "../x" is no id of a runbook`},
		{"no condition", "# T\n## 1. A\n- If -> end\n", `line 3: the branch has no condition; write "If condition -> step"`},
		{"same condition", "# T\n## 1. A\n- If so -> end\n- If So -> stop\n", `line 4: the condition "So" stands twice`},
		{"two ways", "# T\n## 1. A\n- Then -> end\n- Otherwise -> stop\n", `line 4: a second way on without a condition`},
		{"two failures", "# T\n## 1. A\n- If it fails -> end\n- If it fails -> stop\n", `line 4: "If it fails" stands twice`},
		{"no target", "# T\n## 1. Wipe it\n- Risk: destructive\n", `line 2: the step "Wipe it" is destructive and names no target; write what it acts on, such as "Target: {{host}}"`},
		{"a target nobody can type", "# T\n## 1. A\n- Target: db1\u200b\n", `line 3: the target "db1\u200b" holds a character that nobody can type or see; write the name anew`},
		{"unknown risk", "# T\n## 1. A\n- Risk: deadly\n", `line 3: the risk "deadly" is not known; write low, medium, high or destructive`},
		{"empty risk", "# T\n## 1. A\n- Risk:\n", `line 3: the risk "" is not known`},
		{"field twice", "# T\n## 1. A\n- Risk: high\n- Risk: low\n", `line 4: Risk stands twice in this step (the first is on line 3); keep one`},
		{"minutes", "# T\n## 1. A\n- Minutes: soon\n", `line 3: Minutes is a whole number from 1 to 1440, not "soon"; write "Minutes: 5"`},
		{"hours", "# T\n## 1. A\n- Minutes: 2 hours\n", `line 3: Minutes is a whole number`},
		{"requires nothing", "# T\n## 1. A\n- Requires: evidence\n", `line 3: "evidence", which this step requires, is no step; the steps are a`},
		{"requires itself", "# T\n## 1. A\n- Requires: a\n", `line 3: the step requires itself`},
		{"no steps", "# T\nSome text.\n", `line 1: there is no step; write steps as numbered headings, such as "## 1. Confirm from outside"`},
		{"no title", "## 1. A\n", `line 1: the runbook has no title; begin with a line such as "# Service outage"`},
		{"bad id", "---\nid: A B\n---\n# T\n## 1. A\n", `line 2: "A B" is no id; write lower-case words with dashes`},
		{"bad step id", "# T\n## 1. A {#stop}\n", `line 2: "stop" is no id for a step`},
		{"no id", "# T\n## 1. ???\n", `line 2: no id can be made of "???"; write one behind the title`},
		{"bad day", "---\nlast-reviewed: 25.11.2026\n---\n# T\n## 1. A\n", `line 2: last-reviewed is a day such as 2026-11-25, or never; "25.11.2026" is neither`},
		{"no colon", "---\nowner\n---\n# T\n## 1. A\n", `line 2: between the lines of --- stand lines such as "owner: database team"`},
		{"no end of the front matter", "---\nid: a\n", `line 1: the front matter has no end; close it with a line of ---`},
		{"no end of code", "# T\n## 1. A\n```\n## 2. B\n", "line 3: the code block that begins here has no end"},
		{"no end of a comment", "# T\n## 1. A\n<!--\n## 2. B\n", "line 3: the comment that begins here has no end"},
		{"a circle", "# T\n## 1. A\n## 2. B\n- Then -> a\n", `line 2: from the step "a" no way leads to an end; let a branch lead to end or stop`},
		{"an end only by failing", "# T\n## 1. A\n- If it fails -> stop\n- Then -> a\n", `line 2: from the step "a" no way leads to an end`},
		{"too long", "# T\n## 1. A\n" + strings.Repeat("x", MaxSource), "line 1: the text has 65548 bytes, and 65536 (about twenty pages) are the most that are read"},
		{"too many steps", many, "line 102: 101 steps, and 100 are the most that one person follows"},
		{"too many labels", "---\nalerts: " + strings.Repeat("a, ", MaxLabels) + "a\n---\n# T\n## 1. A\n", "line 2: alerts has 101 words, and 100 are the most; keep those that tell this runbook from others"},
		{"too many branches", branches, "line 2: 13 branches, and 12 are the most"},
		{"no text", "\xff\xfe", "line 1: this is no UTF-8 text; save it as plain text in UTF-8"},
		{"all problems at once", "# T\n## 1. A\n- Risk: x\n- Minutes: y\n", "line 3: the risk \"x\" is not known; write low, medium, high or destructive\nline 4: Minutes"},
		{"not a hundred sentences", "# T\n## 1. A\n" + strings.Repeat("- If so -> b\n", 100), "line 23: and 80 more; mend these first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			var f *FormatError
			if !errors.Is(err, ErrFormat) || !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// A sentence goes to a terminal: it repeats nothing that would move its cursor,
// and stays short whatever the text.
func TestSentencesAreSafeToShow(t *testing.T) {
	_, err := Parse([]byte("# T\x1b[2J\n## 1. A\x1b[2J {#\x1b[2J}\n- If \x1b[2J -> \x1b[2J\n- Risk: \x1b[2J\n- Minutes: " + strings.Repeat("9", 60000) + "\n"))
	if err == nil || strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 4000 {
		t.Errorf("%q", err)
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"---\nreviewer: Ana\n---\n# T\n## 1. A\n", `line 2: "reviewer" is kept but means nothing here`},
		{"# T\n## 1. A\n- Rsik: destructive\n", `line 3: "Rsik" is read as text; if it is how risky the step is, write "Risk: destructive"`},
		{"# T\n## 1. A\n- Then -> c\n## 2. B\n## 3. C\n", `line 4: no step leads to "b"`},
	} {
		b := parse(t, c.text)
		if len(b.Warnings) != 1 || !strings.HasPrefix(b.Warnings[0].String(), c.want) {
			t.Errorf("got %v, want %s", b.Warnings, c.want)
		}
	}
}

func TestVersionPinsTheText(t *testing.T) {
	text := "# T\n## 1. A\n"
	if v := parse(t, text).Version(); v != "ca405d721c9b1156fe824052a777808a22d32c80a530d5bb8433fc93c50430e1" {
		t.Errorf("version %s", v)
	}
	if parse(t, text).Version() == parse(t, text+" ").Version() {
		t.Error("another text has the same version")
	}
}

func TestStale(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	now := day("2026-11-25")
	for _, c := range []struct {
		reviewed, exercised string
		want                []string
	}{
		{"2026-05-25", "2025-11-25", nil},
		{"2026-05-24", "2025-11-25", []string{"not reviewed since 24 May 2026, more than 6 months ago"}},
		{"2026-11-25", "2025-11-24", []string{"not exercised since 24 Nov 2025, more than 12 months ago"}},
		{"never", "", []string{"never reviewed", "never exercised"}},
	} {
		b := parse(t, "---\nlast-reviewed: "+c.reviewed+"\nlast-exercised: "+c.exercised+"\n---\n# T\n## 1. A\n")
		if got := b.Stale(now); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %q, want %q", c.reviewed, c.exercised, got, c.want)
		}
	}
}

// FuzzParse: whatever the text, it is refused with sentences or it is a runbook
// in which every way leads somewhere and the run begins.
func FuzzParse(f *testing.F) {
	for _, b := range shipped(f) {
		f.Add([]byte(b.Text))
	}
	f.Add([]byte(documented(f).Text))
	f.Add([]byte("---\r\nid: x\r\n---\r\n1. A {#a}\r\n   - If b -> a\r\n"))
	f.Add([]byte("\ufeff# T\n## 1. A\n<!-- -->\n~~~\n~~~\n- If x -> -> 1\n- Risk: destructive\n- Target: {{x}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(text)
		if err != nil {
			var e *FormatError
			if !errors.As(err, &e) || len(e.Problems) == 0 {
				t.Fatalf("an error without a sentence: %v", err)
			}
			return
		}
		if b.Text != string(text) || b.ID == "" || b.Title == "" || len(b.Steps) == 0 {
			t.Fatalf("%+v", b)
		}
		holds(t, b)
		run := Run{Book: b, Results: []Result{{Step: b.Steps[0].ID, Outcome: Skipped, Note: "n", Person: "p"}}}
		run.Progress()
		for _, s := range b.Steps {
			run.Needs(s.ID)
		}
		Suggest([]Runbook{b}, Facts{Title: b.Title, Alerts: b.Alerts, Types: b.Types})
	})
}

// holds checks what Parse promises of every runbook.
func holds(t rapid.TB, b Runbook) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range b.Steps {
		if seen[s.ID] {
			t.Fatalf("two steps %q", s.ID)
		}
		seen[s.ID] = true
		if s.Risk == Destructive && s.Target == "" {
			t.Fatalf("destructive step %q has no target", s.ID)
		}
		if (len(s.Branches) == 0) == (s.Then.To == "") || len(s.Branches) == 1 {
			t.Fatalf("step %q: branches %v, then %v", s.ID, s.Branches, s.Then)
		}
		for _, w := range append(slices.Clone(s.Branches), s.Then, s.OnFail) {
			if _, ok := b.Step(w.To); !ok && w.To != "" && w.To != End && w.To != Stop {
				t.Fatalf("step %q leads to %q, which is missing", s.ID, w.To)
			}
		}
	}
}
