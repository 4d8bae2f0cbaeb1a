package model

import (
	"strings"
	"testing"
	"time"
)

// TestAMessageAgainstTheRecord: the incident is P1, started 13:20 UTC, and in
// containment; or it is over since 15:00.
func TestAMessageAgainstTheRecord(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	started, over := time.Date(2026, 3, 17, 13, 20, 0, 0, time.UTC), testNow.Add(time.Hour)
	other := ana.do(Declare{Title: "Mail is slow", Severity: P3}).Code
	merged := ana.do(Declare{Title: "Refunds fail", Severity: P1}).Code
	open := ana.do(Declare{Title: "Checkout down in Berlin", Severity: P1, Milestones: map[string]time.Time{"started": started}})
	ana.do(SetIncident{Incident: open.Code, Phase: "investigation"})
	ana.do(MergeIncident{Incident: merged, Into: open.Code})
	closed := ana.do(Declare{Title: "Login slow", Severity: P1, Milestones: map[string]time.Time{"started": started}})
	ana.now = over
	ana.do(Resolve{Incident: closed.Code, Verification: "two test orders", Customers: "sent", At: over})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text, template string
		over           bool
		want           string // "" for nothing
	}{
		"its own level":            {text: "[P1] checkout fails"},
		"another level":            {text: "This is a P2 for us", want: "P2: the incident is P1, high"},
		"the level before":         {text: "Raised from P2 to P1"},
		"another count of levels":  {text: "A SEV3 problem", want: "SEV3: the incident is P1, high"},
		"a count that may be it":   {text: "A SEV2 problem"},
		"small words":              {text: "We see a minor problem", want: "minor: the incident is P1, high"},
		"not small":                {text: "This is not a minor problem"},
		"a level by name":          {text: "Severity: low", want: "Severity: low: the incident is P1, high"},
		"its own by name":          {text: "A high priority incident"},
		"over too early":           {text: "The problem is resolved.", want: "resolved: the record says that it is open, in investigation"},
		"all clear":                {text: "All clear.", want: "All clear: the record says that it is open, in investigation"},
		"fixed too early":          {text: "We have fixed the checkout", want: "fixed: the record says that it is in investigation, and not that the harm has stopped"},
		"not yet over":             {text: "It is not yet resolved. We write when it is fixed, and do not rest until it is solved."},
		"unresolved":               {text: "It stays unresolved."},
		"works":                    {text: "Payments work again", want: "work again: the record says that it is in investigation, and not that the harm has stopped"},
		"over, and it is":          {text: "The problem is resolved, all works as usual", over: true},
		"still looked into":        {text: "We are investigating", over: true, want: "investigating: the record says that it is resolved since 15:00 UTC"},
		"goes on":                  {text: "Work continues", over: true, want: "Work continues: the record says that it is resolved since 15:00 UTC"},
		"looked into, and it is":   {text: "We are investigating"},
		"an end by its template":   {text: "Customers can pay again", template: "status-resolved", want: "status-resolved: the record says that it is open, in investigation"},
		"an end told twice":        {text: "The problem is resolved.", template: "incident-resolved", want: "resolved: the record says that it is open, in investigation"},
		"an end that has come":     {text: "Customers can pay again", template: "status-resolved", over: true},
		"watched too early":        {text: "Back for most", template: "social-monitoring", want: "social-monitoring: the record says that it is in investigation, and not that the harm has stopped"},
		"looked into too late":     {text: "Some cannot pay", template: "status-identified", over: true, want: "status-identified: the record says that it is resolved since 15:00 UTC"},
		"another status":           {text: "Identified: a bad release", template: "status-investigating", want: "Identified: the template is status-investigating"},
		"the status":               {text: "Investigating - some cannot pay", template: "status-investigating"},
		"another incident":         {text: "See " + other, want: other + ": that is another incident; this one is " + open.Code},
		"one that is nowhere":      {text: "See INC-ZZZZ", want: "INC-ZZZZ: the room has no such incident; this one is " + open.Code},
		"its own code":             {text: "See " + open.Code},
		"its chat room":            {text: "Room " + ana.incident(open.ID).channelName() + ", bridge 4"},
		"one that is merged":       {text: "See " + merged},
		"another start":            {text: "Cards fail since 13:50 UTC", want: "since 13:50 UTC: the record says that it started 13:20 UTC (14:20 Berlin)"},
		"the start":                {text: "Cards fail since 13:20 UTC (14:20 Berlin)"},
		"the start, where it is":   {text: "It began at 14:20"},
		"its local time as of UTC": {text: "It began at 14:20 UTC", want: "began at 14:20 UTC: the record says that it started 13:20 UTC (14:20 Berlin)"},
		"the local zone":           {text: "It began at 14:20 CET"},
		"in the afternoon":         {text: "It started at 1:20 pm UTC"},
		"about":                    {text: "It started at about 13:30 UTC"},
		"not even about":           {text: "It started about 12:30 UTC", want: "started about 12:30 UTC: the record says that it started 13:20 UTC (14:20 Berlin)"},
		"a zone nobody has":        {text: "It began at 05:20 PST"},
		"since it was over":        {text: "You can pay as usual since 15:00 UTC", over: true},
		"the day with it":          {text: "Cards fail since 17 Mar 13:20 UTC"},
	} {
		inc := ana.incident(open.ID)
		if c.over {
			inc = ana.incident(closed.ID)
		}
		var got []string
		for _, w := range ana.state.Contradictions(inc, Draft{Subject: "Update", Body: c.text, Template: c.template}, over, berlin) {
			got = append(got, w.Found+": "+w.Advice)
		}
		if text := strings.Join(got, " | "); text != c.want {
			t.Errorf("%s: %q gives %q, want %q", name, c.text, text, c.want)
		}
	}
}

func TestRemarksAreForWhoReads(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.incident(ana.do(Declare{Title: "Checkout down", Severity: P0}).ID)
	rules := func(audience string) string {
		var list []string
		for _, w := range ana.state.Remarks(inc, Draft{Audience: audience, Body: "A P2: Ana restarts db-2, probably the disk. db-2 should have restarted."}, testNow, nil) {
			list = append(list, string(w.Rule))
		}
		return strings.Join(list, " ")
	}
	if got := rules("public"); got != "record person host guess blame" {
		t.Errorf("outside: %s", got)
	}
	if got := rules(AudienceTeam); got != "record blame" {
		t.Errorf("inside: %s", got)
	}
	if done := ana.do(TellByHand{Incident: inc.Code, Draft: Draft{Audience: "public", Body: "A minor problem"}, Where: "page"}); !strings.Contains(done.Note, `mind "minor": the incident is P0`) {
		t.Errorf("told by hand says %q", done.Note)
	}
}

func FuzzContradictions(f *testing.F) {
	for _, text := range []string{"resolved since 13:20 UTC", "P2 SEV3 INC-ZZZZ", "Identified:", "not yet fixed", "\xff\x00", "started at 99:99 pm"} {
		f.Add(text, "status-investigating")
	}
	f.Add("Checkout works again", "status-resolved")
	w := founded(f)
	done := w.peers[0].do(Declare{Title: "Checkout down", Severity: P0, Milestones: map[string]time.Time{"started": testNow.Add(-time.Hour)}})
	inc := w.peers[0].incident(done.ID)
	f.Fuzz(func(t *testing.T, text, id string) {
		whole := "\n" + text
		for _, w := range w.peers[0].state.Contradictions(inc, Draft{Body: text, Template: id}, testNow, time.UTC) {
			found := whole[w.From:w.To]
			if found == "" {
				found = id // what the template says, whatever the text
			}
			if w.Rule != RuleRecord || w.Found != found || w.Advice == "" {
				t.Errorf("%+v of %q", w, text)
			}
		}
	})
}

// TestAPromiseFarAheadIsNamed: at 14:05 "next at 12:10" is tomorrow's, and a P0
// does not wait that long.
func TestAPromiseFarAheadIsNamed(t *testing.T) {
	ana := founded(t).peers[0]
	inc := ana.do(Declare{Title: "Checkout down", Severity: P0})
	told := func(next time.Duration) string {
		return ana.do(TellByHand{Incident: inc.Code, Draft: Draft{Audience: AudienceStakeholders, Body: "Checkout fails for some."}, Where: "mail", Next: testNow.Add(next)}).Note
	}
	if note := told(22 * time.Hour); !strings.Contains(note, "the policy lets Internal stakeholders wait 1 h at the most") {
		t.Errorf("it says %q", note)
	}
	if note := told(30 * time.Minute); strings.Contains(note, "the policy lets") {
		t.Errorf("it says %q", note)
	}

	_, err := ana.try(SetPolicy{Section: "cadence", Text: `[{"audience": "stakeholders", "name": "Internal stakeholders", "severity": "P0", "first": "30m", "then": "2 business days", "long": "2 business days"}]`})
	if err != nil {
		t.Fatal(err)
	}
	if note := told(22 * time.Hour); strings.Contains(note, "the policy lets") {
		t.Errorf("two business days are longer than 22 hours, and it says %q", note)
	}
	if note := told(30 * 24 * time.Hour); !strings.Contains(note, "the policy lets") {
		t.Errorf("a month is longer than two business days, and it says %q", note)
	}
}
