package capture

import (
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"holdfast/model/when"
)

// room is the present of the tests: Monday 23 November 2026, 12:31:00 UTC.
func room() Context {
	c := DefaultContext()
	c.Now = time.Date(2026, 11, 23, 12, 31, 0, 0, time.UTC)
	c.Start = c.Now.Add(-47 * time.Minute)
	c.Me = "Li Chen"
	c.People = []string{"Ana Ruiz", "Tom", "Li Chen", "Ben Okafor", "Ben Ahmed", "Zoë Müller"}
	c.Teams = []string{"payments", "platform"}
	c.Templates = []Word{{"incident-detected", "Incident detected", []string{"detected"}}, {"investigation", "Investigation in progress", nil}}
	return c
}

func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", clock)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// bare drops the reading, which is tested by itself.
func bare(in Intent) Intent {
	v := reflect.New(reflect.TypeOf(in)).Elem()
	v.Set(reflect.ValueOf(in))
	v.FieldByName("Reading").SetString("")
	return v.Interface().(Intent)
}

func TestParseCommands(t *testing.T) {
	due := at("2026-11-23 12:41:00")
	tests := []struct {
		line string
		want Intent
		says string
	}{
		{"/sev P0 payments fail for all", Severity{Level: "P0", Reason: "payments fail for all"}, "Severity → P0 Critical · Enter logs"},
		{"/sev sev1", Severity{Level: "P1"}, "Severity → P1 High · no reason given · Enter logs"},
		{"/phase investigation", Phase{Name: "investigation"}, "Phase → Investigation · Enter logs"},
		{"/phase inv looking at the pool", Phase{Name: "investigation", Reason: "looking at the pool"}, ""},
		{"/phase identified", Phase{Name: "containment"}, ""},
		{"/phase post incident", Phase{Name: "post-incident"}, ""},
		{"/task @tom +10m rolling restart", Task{Owner: "Tom", Due: due, Text: "rolling restart"}, "Task → Tom · due 12:41 · Enter logs"},
		{"/task +10m @tom rolling restart", Task{Owner: "Tom", Due: due, Text: "rolling restart"}, ""},
		{"/task @ana by 14:30 call the vendor", Task{Owner: "Ana Ruiz", Due: at("2026-11-23 14:30:00"), Text: "call the vendor"}, ""},
		{"/task @me by hand", Task{Owner: "Li Chen", Text: "by hand"}, ""},
		{"/task @tom by tomorrow 09:00 write the review", Task{Owner: "Tom", Due: at("2026-11-24 09:00:00"), Text: "write the review"}, "Task → Tom · due Tue 24 Nov 09:00 · Enter logs"},
		{"/task @tom -5m call the vendor", Task{Owner: "Tom", Due: at("2026-11-23 12:26:00"), Text: "call the vendor"}, "Task → Tom · due 12:26, which is past · Enter logs"},
		{"/task by yesterday 14:30 call the vendor", Task{Due: at("2026-11-22 14:30:00"), Text: "call the vendor"}, "Task · no owner · due Sun 22 Nov 14:30, which is past · Enter logs"},
		{"/task - check the pool", Task{Text: "- check the pool"}, ""},
		{"/task check the pool", Task{Text: "check the pool"}, "Task · no owner · Enter logs"},
		{"/task @bob check", Task{Text: "@bob check", Hint: "nobody here is called bob, the task has no owner"}, "Task · nobody here is called bob, the task has no owner · Enter logs"},
		{"/task @ben check", Task{Text: "@ben check", Hint: "ben can be Ben Okafor or Ben Ahmed, the task has no owner"}, ""},
		{"/task @ben.okafor check", Task{Owner: "Ben Okafor", Text: "check"}, ""},
		{"/task @zoe check", Task{Owner: "Zoë Müller", Text: "check"}, ""},
		{"/assign ic @ana", Assign{Role: "ic", Person: "Ana Ruiz"}, "Incident commander → Ana Ruiz · Enter logs"},
		{"/assign incident commander Ana Ruiz", Assign{Role: "ic", Person: "Ana Ruiz"}, ""},
		{"/assign @ana scribe", Assign{Role: "scribe", Person: "Ana Ruiz"}, ""},
		{"/assign communications me", Assign{Role: "comms", Person: "Li Chen"}, ""},
		{"/handover ic -> @tom", Handover{Role: "ic", Person: "Tom"}, "Hands Incident commander to Tom, who must accept · Enter logs"},
		{"/accept ic", Accept{Role: "ic"}, ""},
		{"/ack", Acknowledge{}, "Acknowledge the page · Enter logs"},
		{"/page @payments checkout is down", Page{Who: "payments", Known: true, Text: "checkout is down"}, "Page → payments · Enter pages"},
		{"/page @ana now", Page{Who: "Ana Ruiz", Known: true, Text: "now"}, ""},
		{"/page @netops now", Page{Who: "netops", Text: "now"}, "Page → netops, not in the roster · Enter pages"},
		{"/update", Update{}, "Update · Enter opens"},
		{"/update investigation", Update{Template: "investigation"}, "Update → Investigation in progress · Enter opens"},
		{"/update we rolled back", Update{Text: "we rolled back"}, ""},
		{"/milestone detected 12:01", Milestone{Name: "detected", Moment: when.Moment{At: at("2026-11-23 12:01:00"), Note: "12:01 UTC"}}, "Milestone Detected → 12:01 UTC · Enter logs"},
		{"/milestone cause found T+20m", Milestone{Name: "cause-found", Moment: when.Moment{At: at("2026-11-23 12:04:00"), Note: "12:04 UTC"}}, ""},
		{"/milestone mitigated", Milestone{Name: "mitigated", Moment: when.Moment{At: at("2026-11-23 12:31:00")}}, "Milestone Mitigated → now · Enter logs"},
		{"/done 310 ms now", Done{Text: "310 ms now"}, ""},
		{"/todo look at the alert", Later{Text: "look at the alert"}, ""},
		{"/edit db-3, not db-2", Edit{Text: "db-3, not db-2"}, ""},
		{"/edit", Edit{}, "Edit the selected entry · Enter opens"},
		{"/retract wrong host", Retract{Reason: "wrong host"}, ""},
		{"/undo", Undo{}, ""},
		{"/resolve error rate normal for 30 min", Resolve{Verification: "error rate normal for 30 min"}, ""},
		{"/hyp stale pool", Hypothesis{Text: "stale pool"}, "Hypothesis · Enter logs"},
		{"/hyp @tom stale pool", Hypothesis{Owner: "Tom", Text: "stale pool"}, "Hypothesis → Tom · Enter logs"},
		{"/hyp @bob stale pool", Hypothesis{Text: "@bob stale pool", Hint: "nobody here is called bob, the hypothesis has no owner"}, ""},
		{"/decide roll back", Decide{Text: "roll back"}, "Decision · Enter logs"},
		{"/lock load balancer", Lock{Thing: "load balancer"}, "You are changing load balancer, others keep off it · Enter logs"},
		{"/unlock load balancer", Unlock{Thing: "load balancer"}, ""},
		{"/unlock", Unlock{}, "What you were changing is free · Enter logs"},
		{"/check triage-signal", Check{Check: "triage-signal"}, "Ticks triage-signal · Enter logs"},
		{"/check first signal skip: told by phone", Check{Check: "first signal", Skip: "told by phone"}, "Skips first signal: told by phone · Enter logs"},
		{"/tools chat down, vpn DOWN", Tools{States: map[string]string{"chat": "down", "vpn": "down"}}, "Tools: chat down, vpn down · Enter logs"},
		{"/tools Status page=shaky", Tools{States: map[string]string{"Status page": "shaky"}}, ""},
		{"/declare P1 mail is slow", Declare{Severity: "P1", Title: "mail is slow"}, "Declares a P1 · Enter declares"},
		{"  /SEV p2 fewer users  ", Severity{Level: "P2", Reason: "fewer users"}, ""},
	}
	for _, tt := range tests {
		got := Parse(tt.line, room())
		if !reflect.DeepEqual(bare(got), tt.want) {
			t.Errorf("%q\n got %#v\nwant %#v", tt.line, bare(got), tt.want)
		}
		if got.Interpretation() == "" || (tt.says != "" && got.Interpretation() != tt.says) {
			t.Errorf("%q says %q, want %q", tt.line, got.Interpretation(), tt.says)
		}
	}
}

func TestParseMarkedLines(t *testing.T) {
	due := at("2026-11-23 12:41:00")
	tests := []struct {
		line string
		want Intent
	}{
		{"TASK tom 10m: restart db-2", Task{Owner: "Tom", Due: due, Text: "restart db-2"}},
		{"TASK Ana Ruiz 10m: restart", Task{Owner: "Ana Ruiz", Due: due, Text: "restart"}},
		{"TASK: restart", Task{Text: "restart"}},
		{"TASK bob 10m: restart", Task{Due: due, Text: "TASK bob 10m: restart", Hint: "nobody here is called bob, the task has no owner"}},
		{"ROLE IC: Ana", Assign{Role: "ic", Person: "Ana Ruiz"}},
		{"RESOLVE: normal for 30 min", Resolve{Verification: "normal for 30 min"}},
		{"DECLARE P1: checkout fails; 1 in 7 buyers", Declare{Severity: "P1", Title: "checkout fails", Impact: "1 in 7 buyers"}},
		{"HANDOVER IC -> Ana", Handover{Role: "ic", Person: "Ana Ruiz"}},
		{"ACCEPT IC", Accept{Role: "ic"}},
		{"DONE restart finished", Done{Text: "restart finished"}},
		{"TODO: alert threshold", Later{Text: "alert threshold"}},
		{"todo: alert threshold", Later{Text: "alert threshold"}},
	}
	for _, tt := range tests {
		if got := bare(Parse(tt.line, room())); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q\n got %#v\nwant %#v", tt.line, got, tt.want)
		}
	}
}

func TestParseNotes(t *testing.T) {
	now := "2026-11-23 12:31:00"
	tests := []struct {
		line, kind, text, at string
		backdated            bool
	}{
		{"two of six pods healthy", "note", "two of six pods healthy", now, false},
		{"/find pool pinned", "finding", "pool pinned", now, false},
		{"/decide 12:03 roll back", "decision", "roll back", "2026-11-23 12:03:00", true},
		{"/at 12:03 /decide roll back", "decision", "roll back", "2026-11-23 12:03:00", true},
		{"/impact 14 % of buyers", "impact", "14 % of buyers", now, false},
		{"/hyp 12:03 stale pool", "hypothesis", "stale pool", "2026-11-23 12:03:00", true},
		{"/at 12:03 /hyp @tom stale pool", "hypothesis", "@tom stale pool", "2026-11-23 12:03:00", true},
		{"/action restarted", "action", "restarted", now, false},
		{"/vendor ticket 4711", "vendor", "ticket 4711", now, false},
		{"DECISION: roll back", "decision", "roll back", now, false},
		{"Decision: roll back", "decision", "roll back", now, false},
		{"12:03 — Decision: rollback", "decision", "rollback", "2026-11-23 12:03:00", true},
		{"/at 12:03 restarted", "note", "restarted", "2026-11-23 12:03:00", true},
		{"/at 12:03 /find pool pinned", "finding", "pool pinned", "2026-11-23 12:03:00", true},
		{"/at 12:03 FINDING: pool pinned", "finding", "pool pinned", "2026-11-23 12:03:00", true},
		{"/at 12:03 /task @tom x", "note", "/task @tom x", "2026-11-23 12:03:00", true},
		{"/at yesterday 23:50 CET backup ran", "note", "backup ran", "2026-11-22 22:50:00", true},
		{"/at 16:00 vendor said so", "note", "vendor said so", "2026-11-22 16:00:00", true},
		{"/at 12:03 2 of 6 pods", "note", "2 of 6 pods", "2026-11-23 12:03:00", true},
		{"12:02 restarted db-2", "note", "restarted db-2", "2026-11-23 12:02:00", true},
		{"12:02: restarted db-2", "note", "restarted db-2", "2026-11-23 12:02:00", true},
		{"[12:02] restarted db-2", "note", "restarted db-2", "2026-11-23 12:02:00", true},
		{"12:02 UTC - restarted", "note", "restarted", "2026-11-23 12:02:00", true},
		{"-5m restarted", "note", "restarted", "2026-11-23 12:26:00", true},
		{"5m ago restarted", "note", "restarted", "2026-11-23 12:26:00", true},
		{"5 min ago restarted", "note", "restarted", "2026-11-23 12:26:00", true},
		{"T+20m restarted", "note", "restarted", "2026-11-23 12:04:00", true},
		{"yesterday 23:50 backup ran", "note", "backup ran", "2026-11-22 23:50:00", true},
		{"2026-11-20T10:00:00Z deploy", "note", "deploy", "2026-11-20 10:00:00", true},
		{"/find 12:02 pool pinned", "finding", "pool pinned", "2026-11-23 12:02:00", true},
		// What only looks like a time stays text.
		{"2 of 6 pods", "note", "2 of 6 pods", now, false},
		{"500 errors a second", "note", "500 errors a second", now, false},
		{"1405 users hit", "note", "1405 users hit", now, false},
		{"2.14 released", "note", "2.14 released", now, false},
		{"10:1 compression", "note", "10:1 compression", now, false},
		{"-10 % traffic", "note", "-10 % traffic", now, false},
		{"-v set on the job", "note", "-v set on the job", now, false},
		{"12:02-12:10 errors", "note", "12:02-12:10 errors", now, false},
		{"25:99 odd", "note", "25:99 odd", now, false},
		{"16:00 call with the vendor", "note", "16:00 call with the vendor", now, false},
		{"yesterday we deployed", "note", "yesterday we deployed", now, false},
		{"2026-11-20 release is in", "note", "2026-11-20 release is in", now, false},
		{"now it is worse", "note", "now it is worse", now, false},
		{"in 10m we know more", "note", "in 10m we know more", now, false},
		{"Mon 09:00 is the deadline", "note", "Mon 09:00 is the deadline", now, false},
		{"after 12:02 all quiet", "note", "after 12:02 all quiet", now, false},
		{"12:02", "note", "12:02", now, false},
		{"/var/log is full", "note", "/var/log is full", now, false},
		{"line one\nline two", "note", "line one\nline two", now, false},
		{"", "note", "", now, false},
	}
	for _, tt := range tests {
		n, ok := Parse(tt.line, room()).(Note)
		if !ok || n.Kind != tt.kind || n.Text != tt.text || !n.Moment.At.Equal(at(tt.at)) || n.Backdated != tt.backdated {
			t.Errorf("%q: %#v\nwant %s %q at %s, backdated %v", tt.line, n, tt.kind, tt.text, tt.at, tt.backdated)
		}
	}
}

func TestBackdatingIsShown(t *testing.T) {
	c := room()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c.Zone = berlin
	for line, want := range map[string]string{
		"13:02 restarted":            "Note · 13:02 CET = 12:02 UTC · Enter logs",
		"/at yesterday 23:50 ran":    "Note · yesterday 23:50 CET = 22:50 UTC · Enter logs",
		"16:00 call with the vendor": "Note · 16:00 is kept in the text; /at yesterday 16:00 backdates · Enter logs",
		"25:99 odd":                  "Note · 25:99 is no time, kept in the text · Enter logs",
		"all quiet":                  "Note · Enter logs",
	} {
		if got := Parse(line, c).Interpretation(); got != want {
			t.Errorf("%q says %q, want %q", line, got, want)
		}
	}
	// Just after midnight, 23:50 is ten minutes ago, not text.
	c.Now = time.Date(2026, 11, 23, 23, 5, 0, 0, time.UTC)
	if n := Parse("23:50 restarted", c).(Note); !n.Backdated || n.Moment.At != at("2026-11-23 22:50:00") {
		t.Errorf("after midnight: %#v", n)
	}
}

func TestWhatIsNotUnderstoodIsKept(t *testing.T) {
	for line, hint := range map[string]string{
		"/decied roll back":       "there is no command /decied, did you mean /decide?",
		"/frobnicate now":         "there is no command /frobnicate",
		"/sev":                    "the severity is missing",
		"/sev now":                "the severity is missing",
		"/phase identifying":      "the phase is one of triage, investigation",
		"/phase resolved":         "the phase is one of",
		"/task":                   "what to do is missing",
		"/task @tom +10m":         "what to do is missing",
		"/assign":                 "the role and the person are missing",
		"/assign ic":              "the person is missing",
		"/assign ic @bob":         "nobody here is called bob",
		"/assign ic @ben":         "ben can be Ben Okafor or Ben Ahmed",
		"/assign king @ana":       "the role is one of ic, deputy",
		"/assign ic @ana at once": "at once after the name is not understood",
		"/find":                   "the text is missing",
		"/at":                     "the time is not read",
		"/at noonish it broke":    "the time is not read",
		"/at 12:03":               "the text is missing",
		"/at 12:03 IST it broke":  "the time is not read",
		"/milestone lunch 12:00":  "the milestone is one of started",
		"/milestone detected 9x":  "the time is not read",
		"/retract":                "the reason is missing",
		"/resolve":                "how it was verified is missing",
		"/undo that":              "/undo stands alone",
		"/page":                   "whom to page is missing",
		"/page @ben now":          "ben can be",
		"/accept":                 "the role is missing",
		"/declare P0":             "what is broken is missing",
		"/lock":                   "what you are changing is missing",
		"/check":                  "the line of the checklist is missing",
		"/check x skip:":          "why it is skipped is missing",
		"/tools":                  "each tool and how it is",
		"/tools chat":             "each tool and how it is",
		"/tools chat broken":      "each tool and how it is",
		"/tools chat down, vpn":   "each tool and how it is",
		"/hyp":                    "the text is missing",
		"/decide":                 "the text is missing",
		"ROLE IC: bob":            "nobody here is called bob",
	} {
		n, ok := Parse(line, room()).(Note)
		if !ok || n.Kind != "note" || n.Text != line || !strings.Contains(n.Hint, hint) {
			t.Errorf("%q: %#v, want the whole line and a hint with %q", line, n, hint)
		}
		if !strings.HasPrefix(n.Interpretation(), "Kept as a note: ") {
			t.Errorf("%q says %q", line, n.Interpretation())
		}
	}
	long := "/task " + strings.Repeat("x", MaxLine)
	if n, ok := Parse(long, room()).(Note); !ok || n.Text != long || n.Hint == "" {
		t.Error("a line over the limit is not kept whole")
	}
}

func TestParseDeclare(t *testing.T) {
	tests := []struct{ text, severity, title, impact, started string }{
		{"P0 checkout down for all since 11:58", "P0", "checkout down for all", "", "2026-11-23 11:58:00"},
		{"p1: checkout slow since 10 min ago", "P1", "checkout slow", "", "2026-11-23 12:21:00"},
		{"SEV-0 checkout down", "P0", "checkout down", "", ""},
		{"P1: checkout fails; 1 in 7 buyers since 11:58", "P1", "checkout fails", "1 in 7 buyers", "2026-11-23 11:58:00"},
		{"checkout down since 11:58, all regions", "", "checkout down all regions", "", "2026-11-23 11:58:00"},
		{"checkout down since yesterday", "", "checkout down", "", "2026-11-22 00:00:00"},
		{"high error rate since the 11:58 deploy", "", "high error rate since the 11:58 deploy", "", ""},
		{"bad since 2 May release", "", "bad since 2 May release", "", ""},
		{"2 of 6 pods down", "", "2 of 6 pods down", "", ""},
		{"", "", "", "", ""},
	}
	for _, tt := range tests {
		d := ParseDeclare(tt.text, room())
		if d.Severity != tt.severity || d.Title != tt.title || d.Impact != tt.impact || d.HasStarted != (tt.started != "") {
			t.Errorf("%q: %#v", tt.text, d)
		}
		if tt.started != "" && !d.Started.At.Equal(at(tt.started)) {
			t.Errorf("%q started %s, want %s", tt.text, d.Started.At, tt.started)
		}
	}
	if got := ParseDeclare("P0 checkout down since 11:58", room()).Interpretation(); got != "Declares a P0 · started 11:58 UTC · Enter declares" {
		t.Errorf("says %q", got)
	}
}

func TestSuggest(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"/ta", []string{"/task "}},
		{"/de", []string{"/decide ", "/declare "}},
		{"/dec", []string{"/decide ", "/declare "}},
		{"/severity", []string{"/sev "}},
		{"/task @t", []string{"@Tom "}},
		{"/task @be", []string{"@Ben.Okafor ", "@Ben.Ahmed "}},
		{"/task @z", []string{"@Zoë.Müller "}},
		{"/page @p", []string{"@payments ", "@platform "}},
		{"/sev ", []string{"P0 ", "P1 ", "P2 ", "P3 "}},
		{"/sev P0 ", nil},
		{"/phase re", []string{"resolution ", "recovery ", "post-incident "}},
		{"/assign s", []string{"scribe ", "sme ", "security "}},
		{"/assign ic ", []string{"@me ", "@Ana.Ruiz ", "@Tom ", "@Ben.Okafor ", "@Ben.Ahmed ", "@Zoë.Müller "}},
		{"/assign ic A", []string{"@Ana.Ruiz ", "@Ben.Ahmed "}},
		{"/milestone mi", []string{"mitigated "}},
		{"/update inv", []string{"investigation "}},
		{"plain text", nil},
		{"asked @an", []string{"@Ana.Ruiz "}},
	}
	for _, tt := range tests {
		var got []string
		for _, s := range Suggest(tt.line, len(tt.line), room()) {
			got = append(got, s.Text)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
	s := Suggest("/task @to later", 9, room())
	if len(s) != 1 || "/task @to later"[s[0].From:s[0].To] != "@to" {
		t.Errorf("in the middle of a line: %#v", s)
	}
	// What is suggested for a person is read back as that person.
	for _, s := range Suggest("/task @", 7, room()) {
		task, ok := Parse("/task "+s.Text+"x", room()).(Task)
		if !ok || task.Owner != s.Label {
			t.Errorf("%q is read as %#v, want %s", s.Text, task, s.Label)
		}
	}
}

// Every command that is offered works with the words its usage shows, or says
// what is missing.
func TestEveryCommandIsReachable(t *testing.T) {
	for _, c := range commands() {
		n, ok := Parse("/"+c.name, room()).(Note)
		if ok && strings.HasPrefix(n.Hint, "there is no command") {
			t.Errorf("/%s is offered and unknown", c.name)
		}
		if c.about == "" {
			t.Errorf("/%s does not say what it does", c.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"plain", "/sev P0 x", "/task @tom +10m x", "/task by 14:30 x", "/at 12:03 /find x", "/at 12:03 TASK tom 10m: x", "12:02: x", "[12:02] x",
		"DECLARE P1: what; since 11:58, impact", "HANDOVER IC -> Ana", "ROLE IC: Ana", "TODO: x", "/assign @ana ic", "/decied x", "/page @x y",
		"/milestone cause found T+20m", "[:] x", "[] ago x", "5m ago: x", "\xff\xfe /x", "/at 12:03 — x", "DONE: x", "TASK : x", "-m x", "0:00 ,",
	} {
		f.Add(s)
	}
	ctx := room()
	f.Fuzz(func(t *testing.T, line string) {
		in := Parse(line, ctx)
		if in.Interpretation() == "" || len(in.Interpretation()) > 1000 {
			t.Fatalf("%q says %q", line, in.Interpretation())
		}
		if n, ok := in.(Note); ok {
			if !strings.Contains(line, n.Text) {
				t.Fatalf("%q: the note %q is not in it", line, n.Text)
			}
			if strings.TrimSpace(line) != "" && n.Text == "" {
				t.Fatalf("%q: nothing is left of it", line)
			}
			if strings.HasPrefix(n.Interpretation(), "Kept as a note") && n.Text != strings.TrimSpace(line) {
				t.Fatalf("%q: only %q is kept", line, n.Text)
			}
		}
		if task, ok := in.(Task); ok && !strings.Contains(line, task.Text) {
			t.Fatalf("%q: the task %q is not in it", line, task.Text)
		}
		for i := 0; i <= min(len(line), 64); i++ {
			for _, s := range Suggest(line, i, ctx) {
				if s.From < 0 || s.From > s.To || s.To > len(line) || s.To > i {
					t.Fatalf("%q at %d suggests %#v", line, i, s)
				}
			}
		}
		ParseDeclare(line, ctx)
	})
}
