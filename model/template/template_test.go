package template

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func parse(t testing.TB, src string) *Template {
	t.Helper()
	tpl, err := Parse(src)
	if err != nil {
		t.Fatalf("Parse(%q): %v", src, err)
	}
	return tpl
}

const sample = `---
id: investigation
name: Investigation in progress
audience: stakeholders
channel: mail
subject: [{{severity}}] update {{update.number}} - {{incident.id}}
max_words: 40
fields: voucher
---

State: {{impact.what}}, now {{trend: better / same / worse}}.
Workaround: {{workaround or none}}. [[Voucher {{voucher}}. ]]Next update {{next_update}}.
`

func TestFrontMatterAndFields(t *testing.T) {
	tpl := parse(t, sample)
	if tpl.ID != "investigation" || tpl.Audience != "stakeholders" || tpl.Channel != "mail" || tpl.MaxWords != 40 {
		t.Errorf("front matter: %+v", tpl)
	}
	want := []Field{
		{Name: "severity", Label: "Severity"},
		{Name: "update.number", Label: "Number of this update"},
		{Name: "incident.id", Label: "Incident id"},
		{Name: "impact.what", Label: "What is affected"},
		{Name: "trend", Label: "Better, same or worse", Choices: []string{"better", "same", "worse"}, Typed: true},
		{Name: "workaround", Label: "Workaround", Default: "none"},
		{Name: "voucher", Label: "voucher", Optional: true, Typed: true},
		{Name: "next_update", Label: "Next update"},
	}
	if got := tpl.Fields(); !reflect.DeepEqual(got, want) {
		t.Errorf("fields\n got %+v\nwant %+v", got, want)
	}
	two := parse(t, "{{needs or nothing}} [[{{cause.current}}]] {{needs}} {{cause.current}}")
	for _, f := range two.Fields() {
		if f.Default != "" || f.Optional {
			t.Errorf("%s blocks in one place and is shown as %+v", f.Name, f)
		}
	}
}

func TestRender(t *testing.T) {
	facts := map[string]string{
		"severity": "P0", "update.number": "3", "incident.id": "INC-7K2M",
		"impact.what": "Sign-in fails", "trend": "better", "next_update": "14:30 UTC (15:30 Berlin)",
	}
	r := parse(t, sample).Render(facts)
	if r.Subject != "[P0] update 3 - INC-7K2M" {
		t.Errorf("subject %q", r.Subject)
	}
	want := "State: Sign-in fails, now better.\nWorkaround: none. Next update 14:30 UTC (15:30 Berlin)."
	if r.Text != want || r.Blocked() != nil {
		t.Errorf("text %q, blocked %v\nwant %q", r.Text, r.Blocked(), want)
	}
	facts["voucher"] = "A-17"
	if r = parse(t, sample).Render(facts); !strings.Contains(r.Text, "none. Voucher A-17. Next") {
		t.Errorf("with the voucher: %q", r.Text)
	}
}

func TestUnfilledVariablesBlock(t *testing.T) {
	tpl := parse(t, "{{impact.what}} {{impact.who}} {{impact.what}} {{needs or nothing}}")
	r := tpl.Render(map[string]string{"impact.who": " \u202e\n"})
	if !slices.Equal(r.Missing, []string{"impact.what", "impact.who"}) {
		t.Errorf("missing %v", r.Missing)
	}
	if err := r.Blocked(); !errors.Is(err, ErrBlocked) || err.Error() != "message is not ready: fill in impact.what, impact.who" {
		t.Errorf("blocked: %v", err)
	}
	if r.Text != "{{impact.what}} {{impact.who}} {{impact.what}} nothing" {
		t.Errorf("the preview %q does not show the gaps", r.Text)
	}
}

func TestOptionalSentencesLeaveNoHole(t *testing.T) {
	for src, want := range map[string]string{
		"A. [[You can {{workaround}}.]] B.":        "A. B.",
		"A. [[You can {{workaround}}.]]":           "A.",
		"[[You can {{workaround}}.]] B.":           "B.",
		"A.\n[[You can {{workaround}}.]]\nB.":      "A.\nB.",
		"A. [[You can {{workaround}}.]]\nB.":       "A.\nB.",
		"A. [[X {{workaround}}.]] [[Y {{ic}}.]] B": "A. B",
		"A. [[X {{needs or nothing}}.]] B.":        "A. B.",
	} {
		if got := parse(t, src).Render(nil); got.Text != want || got.Missing != nil {
			t.Errorf("%q gives %q (missing %v), want %q", src, got.Text, got.Missing, want)
		}
	}
	got := parse(t, "A. [[You can {{workaround}} {{needs or nothing}}.]] B.").Render(map[string]string{"workaround": "call"})
	if got.Text != "A. You can call nothing. B." {
		t.Errorf("filled: %q", got.Text)
	}
	got = parse(t, "A. [[ You can {{workaround}}. ]] B. [[ Or {{workaround}}. ]]").Render(map[string]string{"workaround": "call"})
	if got.Text != "A. You can call. B. Or call." {
		t.Errorf("with spaces inside: %q", got.Text)
	}
}

func TestValuesAreData(t *testing.T) {
	tpl := parse(t, "---\nsubject: {{incident.title}}\n---\n[[{{impact.what}}]] {{cause.current}}")
	r := tpl.Render(map[string]string{
		"incident.title": "one\r\nBcc: all@example.com",
		"impact.what":    "{{ic}} [[x]] {{secret}}",
		"cause.current":  "a\x00b\x1b[31mc\u202ed\u2066e\ufeff\tf\ng",
		"ic":             "Ana",
	})
	if r.Subject != "one Bcc: all@example.com" {
		t.Errorf("subject %q holds a line break or lost text", r.Subject)
	}
	if r.Text != "{{ic}} [[x]] {{secret}} ab[31mcde f\ng" || r.Missing != nil {
		t.Errorf("text %q, missing %v", r.Text, r.Missing)
	}
	if r.Unknown != nil {
		t.Errorf("unknown %v", r.Unknown)
	}
	if r = tpl.Render(map[string]string{"next_updat": "x"}); !slices.Equal(r.Unknown, []string{"next_updat"}) {
		t.Errorf("a fact nobody knows is not named: %v", r.Unknown)
	}
	long := tpl.Render(map[string]string{"cause.current": strings.Repeat("é", MaxValue)})
	if !slices.Equal(long.TooLong, []string{"cause.current"}) || long.Blocked() == nil || len(long.Text) > MaxValue+100 {
		t.Errorf("a value over the limit: %v, %d bytes", long.TooLong, len(long.Text))
	}
}

func TestUnknownNamesAreNamed(t *testing.T) {
	_, err := Parse("---\nsubject: {{severty}}\n---\nx\n{{next_updte}} {{regions}} {{zzzzzz}}")
	var unknown *UnknownError
	if !errors.As(err, &unknown) || !errors.Is(err, ErrUnknownName) {
		t.Fatalf("error %v", err)
	}
	want := []Unknown{{"severty", 2, "severity"}, {"next_updte", 5, "next_update"}, {"regions", 5, "impact.regions"}, {"zzzzzz", 5, ""}}
	if !reflect.DeepEqual(unknown.Names, want) {
		t.Errorf("unknown %+v, want %+v", unknown.Names, want)
	}
	if !strings.Contains(err.Error(), "line 5: unknown name next_updte, did you mean next_update?") {
		t.Errorf("says %q", err)
	}
}

func TestSyntaxErrorsNameTheLine(t *testing.T) {
	for src, says := range map[string]string{
		"a\n{{ic":                                "line 2: {{ without }}",
		"a\n\n[[ {{ic}}":                         "line 3: [[ without ]]",
		"[[ no variable ]]":                      "needs a variable",
		"[[ a {{ic}} [[ b ]] ]]":                 "inside another",
		"{{}}":                                   "is no name",
		"{{Impact}}":                             "is no name",
		"{{ic; rm -rf}}":                         "is no name",
		"{{needs or }}":                          "is no name",
		"{{trend: a // b}}":                      "choices are written",
		"{{a..b}}":                               "is no name",
		"---\nid: x\n":                           "has no end",
		"---\nnonsense\n---\nx":                  "line 2: the front matter has lines",
		"---\ncolour: red\n---\n":                `line 2: "colour" is not known`,
		"---\nmax_words: many\n---\nx":           "max_words",
		"---\nfields: Bad Name\n---\nx":          "is no name",
		"---\nsubject: {{ic\n---\nx":             "line 2: {{ without }}",
		"---\nid: x\n---\n\na\n{{ic":             "line 6: {{ without }}",
		strings.Repeat("x", MaxSource+1):         "at most",
		strings.Repeat("{{ic}}", MaxVariables+1): "at most",
		"{{trend: " + strings.Repeat("a / ", 20) + "b}}": "at most",
		"\xff":        "UTF-8",
		"{{ic}}\xff}": "UTF-8",
	} {
		_, err := Parse(src)
		if !errors.Is(err, ErrSyntax) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want %q", src, err, says)
		}
	}
}

func TestLengthLimits(t *testing.T) {
	social := parse(t, "---\nchannel: social\n---\n{{impact.what}}")
	if err := social.Render(map[string]string{"impact.what": strings.Repeat("ä", 280)}).Blocked(); err != nil {
		t.Errorf("280 characters: %v", err)
	}
	if err := social.Render(map[string]string{"impact.what": strings.Repeat("ä", 281)}).Blocked(); err == nil || !strings.Contains(err.Error(), "281 of 280 characters") {
		t.Errorf("281 characters: %v", err)
	}
	for _, tt := range []struct {
		text string
		used int
		over bool
	}{
		{strings.Repeat("a", 160), 160, false},
		{strings.Repeat("a", 161), 161, true},
		{strings.Repeat("[", 81), 162, true},
		{strings.Repeat("ж", 70), 70, false},
		{strings.Repeat("ж", 71), 71, true},
		{strings.Repeat("a", 69) + "😀", 71, true},
	} {
		if s := Measure(ChannelSMS, tt.text); s.Used != tt.used || s.Over() != tt.over {
			t.Errorf("SMS %.6q: %+v, want %d, over %v", tt.text, s, tt.used, tt.over)
		}
	}
	if s := Measure("mail", strings.Repeat("a", 5000)); s.Over() {
		t.Errorf("mail: %v", s)
	}
	words := parse(t, "---\nmax_words: 2\n---\na b c").Render(nil)
	if err := words.Blocked(); err == nil || !strings.Contains(err.Error(), "3 words, at most 2") {
		t.Errorf("words: %v", err)
	}
}

func TestVocabularyHasEachNameOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, term := range Vocabulary() {
		if seen[term.Name] || !validName(term.Name) || term.Label == "" {
			t.Errorf("%+v is there twice, or has no name or label", term)
		}
		seen[term.Name] = true
	}
}

func TestLintFinds(t *testing.T) {
	for text, want := range map[string]Rule{
		"This should be fixed within the hour.":             RuleETA,
		"It is fixed by 15:00.":                             RuleETA,
		"Restored within 2 hours":                           RuleETA,
		"ETA 15:00":                                         RuleETA,
		"We will be back soon.":                             RuleETA,
		"The engineer forgot the flag.":                     RuleBlame,
		"They should have checked.":                         RuleBlame,
		"Human error.":                                      RuleBlame,
		"It is probably the cache.":                         RuleGuess,
		"We believe the vendor did it.":                     RuleGuess,
		"We take security seriously.":                       RulePhrase,
		"We take the security of your data very seriously.": RulePhrase,
		"Acme takes your privacy and security seriously":    RulePhrase,
		"db-2 is down":                                      RuleHost,
		"see prod-web-03 first":                             RuleHost,
		"db1.cluster.example.com refuses":                   RuleHost,
		"10.2.3.4 refuses":                                  RuleHost,
		"2001:db8::1 refuses":                               RuleHost,
		"vault.internal refuses":                            RuleHost,
		"The outage began at 14:05 UTC.":                    RuleOutage,
		"We apologise for any inconvenience":                RuleFiller,
		"Ana is on it":                                      RulePerson,
	} {
		ws := Lint(text, "Ana Ruiz", "Li")
		if !slices.ContainsFunc(ws, func(w Warning) bool { return w.Rule == want }) {
			t.Errorf("%q: %+v, want %s", text, ws, want)
		}
		for _, w := range ws {
			if text[w.From:w.To] != w.Found || w.Advice == "" {
				t.Errorf("%q: %+v does not point at what it found", text, w)
			}
		}
	}
}

func TestLintNamesAPersonOnce(t *testing.T) {
	ws := Lint("We thank Ana Ruiz, and Ruiz again", "Ana Ruiz")
	if len(ws) != 2 || ws[0].Found != "Ana Ruiz" || ws[1].Found != "Ruiz" {
		t.Errorf("%+v", ws)
	}
}

func TestLintLeavesPlainFactsAlone(t *testing.T) {
	for _, text := range []string{
		"Some customers cannot place orders since 14:05 UTC (15:05 Berlin). We post again by 14:25 UTC.",
		"The default works again. Follow https://status.example.com/inc/1 or status.example.com.",
		"Write to help@support.example.com. Incident INC-2042, P0, 14:05:09, 3.5 %.",
		"Analysis is done. Lifts work. Version 1.2.3 is live.",
		"Sign-in works again for 95 % of users in Europe.",
	} {
		if ws := Lint(text, "Ana Ruiz", "Li"); len(ws) > 0 {
			t.Errorf("%q: %+v", text, ws)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(sample, "value")
	f.Add("{{ic}} [[x {{comms}}]] {{needs or nothing}}", "{{ic}}")
	f.Add("[[[{{ic}}]]]", "\u202e\x00")
	f.Add("---\nsubject: {{ic}}\nchannel: sms\n---\n{{trend: a / b}}", "a\nb")
	f.Add("---\nid: x", "")
	f.Add("{{{ic}}} }} ]]", "\xff")
	f.Fuzz(func(t *testing.T, src, value string) {
		Lint(src, value)
		tpl, err := Parse(src)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrUnknownName) {
				t.Fatalf("%q: %v wraps neither sentinel", src, err)
			}
			return
		}
		facts := map[string]string{}
		for _, fl := range tpl.Fields() {
			facts[fl.Name] = value
		}
		full, empty := tpl.Render(facts), tpl.Render(nil)
		if clean(value) != "" && len(full.Missing) > 0 {
			t.Fatalf("%q with every field filled misses %v", src, full.Missing)
		}
		for _, fl := range tpl.Fields() {
			blocks := fl.Default == "" && !fl.Optional
			if blocks && !slices.Contains(empty.Missing, fl.Name) {
				t.Fatalf("%q: %s is unfilled and does not block", src, fl.Name)
			}
		}
		if strings.ContainsFunc(full.Subject, unicode.IsControl) {
			t.Fatalf("%q: the subject %q has control characters", src, full.Subject)
		}
	})
}
