package model

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
)

// reviewed declares and resolves a P1 and gives its code.
func reviewed(t tb) (*peer, *Incident) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.do(Declare{Title: "Checkout down", Severity: P1, Milestones: map[string]time.Time{"started": p.now.Add(-40 * time.Minute), "detected": p.now.Add(-20 * time.Minute)}}).ID
	p.do(Log{Incident: inc.String(), Text: "The certificate is out of date", Kind: "finding"})
	p.now = p.now.Add(30 * time.Minute)
	p.do(Resolve{Incident: inc.String(), Verification: "a buyer paid", Customers: "told"})
	return p, p.state.Incident(inc)
}

func holds(t *testing.T, list []string, part string) {
	t.Helper()
	if !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, part) }) {
		t.Errorf("nothing says %q:\n%s", part, strings.Join(list, "\n"))
	}
}

func lacks(t *testing.T, list []string, part string) {
	t.Helper()
	if slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, part) }) {
		t.Errorf("something says %q:\n%s", part, strings.Join(list, "\n"))
	}
}

// TestBlamelessCheck: the words look for who, and the same letters elsewhere do
// not.
func TestBlamelessCheck(t *testing.T) {
	p, inc := reviewed(t)
	for _, c := range []struct{ text, want string }{
		{"It was the fault of the operator", "fault of"},
		{"The deploy was Ana's fault", "names Ana Ruiz"},
		{"A default of 30 s and a page fault in fault-tolerant code", ""},
		{"Careless editing", "careless"},
		{"The team failed to notice", "failed to"},
		{"Somebody should have tested it", "should have"},
		{"Human error", "human error"},
		{"It was forgotten", "forgotten"},
		{"Obviously wrong", "obviously"},
		{"They were blamed", "blamed"},
		{"Okafor restarted it", "names Ben Okafor"},
		{"Two analysts of banana exports", ""}, // no name, though letters of one
		{"Nothing watched the date of the certificate", ""},
	} {
		p.do(SetReview{Incident: inc.Code, Texts: map[string]string{"cause": c.text}})
		var got []string
		for _, s := range p.state.CheckReview(inc) {
			if strings.HasPrefix(s, "Root cause analysis") && !strings.HasSuffix(s, "empty") {
				got = append(got, s)
			}
		}
		if c.want == "" && len(got) > 0 {
			t.Errorf("%q: %v", c.text, got)
		}
		if c.want != "" {
			holds(t, got, c.want)
		}
	}
	// A name is no blame where it tells who did what went well.
	p.do(SetReview{Incident: inc.Code, Texts: map[string]string{"cause": "The date was not watched", "well": "Ana Ruiz called at once"}})
	lacks(t, p.state.CheckReview(inc), "names")
}

func TestActionsNeedVerbOwnerAndDate(t *testing.T) {
	for _, c := range []struct {
		text       string
		owner, due bool
		want       int
	}{
		{"Add an alert on the expiry of certificates", true, true, 0},
		{"Document: how to fail over", true, true, 0},
		{"Better monitoring", true, true, 1},
		{"We need a runbook", false, true, 2},
		{"Test the backup", false, false, 2},
	} {
		if got := checkAction(c.text, c.owner, c.due); len(got) != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

func TestActionTakesThePolicysTime(t *testing.T) {
	p, inc := reviewed(t)
	for _, c := range []struct {
		priority bool
		days     int
	}{{true, 28}, {false, 56}} {
		id := p.do(AddAction{Incident: inc.Code, Text: "Add an alert", Owner: "Ben", Priority: c.priority}).ID
		for _, a := range inc.Actions() {
			if a.ID == id && !a.Due.Equal(a.Added.AddDate(0, 0, c.days)) {
				t.Errorf("priority %v is due on %s", c.priority, a.Due)
			}
		}
	}
	id := inc.Actions()[0].ID.String()
	p.do(FinishAction{Action: id, Proof: "the alert fired"})
	p.do(SetAction{Action: inc.Actions()[1].ID.String(), Dropped: "the service goes away"})
	views := p.state.ActionViews(inc)
	if views[0].State != ActionFinished || views[0].Proof != "the alert fired" || views[1].State != ActionDropped || len(p.state.OpenActions()) != 0 {
		t.Errorf("%+v", views)
	}
}

// TestDraftLeavesWhatPeopleWrote: a draft fills what is empty, from the log, and
// says what it cannot know.
func TestDraftLeavesWhatPeopleWrote(t *testing.T) {
	p, inc := reviewed(t)
	p.do(SetReview{Incident: inc.Code, Texts: map[string]string{"impact": "412 buyers could not pay"}})
	p.do(WriteReviewDraft{Incident: inc.Code, Owner: "Ben"})
	texts := map[string]string{}
	for _, s := range p.state.ReviewView(inc).Sections {
		texts[s.Name] = s.Text
	}
	if texts["impact"] != "412 buyers could not pay" {
		t.Errorf("the impact is %q", texts["impact"])
	}
	for section, part := range map[string]string{
		"cause": "Found: The certificate is out of date", "detection": "Detected 20 min after the start", "poorly": "Declaration: 20 min after the detection",
		"summary": "Checkout down. TODO: effect on users", "lucky": ReviewTodo,
	} {
		if !strings.Contains(texts[section], part) {
			t.Errorf("%s lacks %q: %q", section, part, texts[section])
		}
	}
	if before := p.state.ReviewDraft(inc); len(before) == 0 {
		t.Error("there is no draft")
	}
	if _, ok := inc.ReviewStep(StepDraft); !ok {
		t.Error("the step is not done")
	}
}

// TestGapsOfARealP0: GitLab's log of 31 January 2017 is silent for half a day;
// naming the time in the section explains it.
func TestGapsOfARealP0(t *testing.T) {
	b, err := assets.Sample("gitlab-2017-01-31-database")
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Title      string
		Milestones map[string]time.Time
		Entries    []struct {
			At         time.Time
			Text, Kind string
		}
	}
	if err := json.Unmarshal(b, &told); err != nil {
		t.Fatal(err)
	}
	for _, severity := range []string{P0, P1} {
		p := founded(t).peers[0]
		d := Declare{Title: told.Title, Severity: severity, Source: "gitlab", Milestones: map[string]time.Time{}}
		for name, at := range told.Milestones {
			if name = strings.TrimSuffix(name, "_at"); slices.Contains(Milestones[:], name) {
				d.Milestones[name] = at
			}
		}
		for _, e := range told.Entries {
			d.Entries = append(d.Entries, Log{Text: e.Text, Kind: e.Kind, At: e.At})
		}
		inc := p.state.Incident(p.do(d).ID)
		gaps := p.state.ReviewGaps(inc)
		if severity != P0 {
			if len(gaps) > 0 {
				t.Errorf("a %s has gaps: %v", severity, gaps)
			}
			continue
		}
		for _, g := range gaps {
			if g.To.Sub(g.From) <= ReviewGapLimit {
				t.Errorf("%s is no gap", g)
			}
		}
		const silent = "01:18 to 17:00 UTC (15 h 42 min)"
		holds(t, p.state.CheckReview(inc), "silent from "+silent)
		p.do(SetReview{Incident: inc.Code, Texts: map[string]string{"timeline": "From 01:18 on the copy ran, at 60 MB/s"}})
		lacks(t, p.state.CheckReview(inc), "silent from "+silent)
	}
}

func TestReviewStepsAreRefusedWithASentence(t *testing.T) {
	p, inc := reviewed(t)
	for _, c := range []struct {
		command Command
		want    string
	}{
		{SetReview{Incident: inc.Code}, "nothing to set"},
		{SetReview{Incident: inc.Code, Texts: map[string]string{"novel": "x"}}, "section \"novel\" is not known"},
		{SetReview{Incident: inc.Code, Status: "great"}, "status \"great\" is not known"},
		{SetReview{Incident: inc.Code, Services: make([]string, maxReviewNames+1)}, "the limit is 100"},
		{SetReview{Incident: inc.Code, Texts: map[string]string{"well": strings.Repeat("x", MaxLongText+1)}}, "the limit is"},
		{BookReview{Incident: inc.Code}, "say when"},
		{HoldReview{Incident: inc.Code, At: p.now.Add(time.Hour)}, "is to come"},
		{SettleActions{Incident: inc.Code}, "has no action"},
		{PublishReview{Incident: inc.Code}, "whom it is shared with is missing"},
		{PublishReview{Incident: inc.Code, Shared: "all"}, "Nothing was changed; correct it"},
		{AddFactor{Incident: inc.Code}, "the factor is missing"},
		{AddAction{Incident: inc.Code, Text: "Add", Kind: "hope"}, "kind \"hope\" is not known"},
		{FinishAction{Action: "ZZZZ", Proof: "x"}, "action"},
	} {
		_, err := p.try(c.command)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %q", c.command, err, c.want)
		}
	}
}

// TestReviewedWhole walks all the steps and ends with nothing to say.
func TestReviewedWhole(t *testing.T) {
	p, inc := reviewed(t)
	texts := map[string]string{}
	for _, s := range ReviewSections {
		texts[s.Name] = "The date of the certificate was not watched"
	}
	p.do(SetReview{Incident: inc.Code, Owner: "Ben", Texts: texts})
	p.do(BookReview{Incident: inc.Code, At: p.now.Add(24 * time.Hour), Attendees: []string{"Ana", "Ben"}})
	p.now = p.now.Add(24 * time.Hour)
	p.do(HoldReview{Incident: inc.Code})
	p.do(AddFactor{Incident: inc.Code, Text: "expired certificate", Role: "trigger"})
	p.do(AddAction{Incident: inc.Code, Text: "Add an alert", Owner: "Ben"})
	p.do(SettleActions{Incident: inc.Code})
	if found := p.state.CheckReview(inc); len(found) > 0 {
		t.Errorf("the check finds %v", found)
	}
	p.do(PublishReview{Incident: inc.Code, Shared: "engineering"})
	v := p.state.ReviewView(inc)
	if v.Status != ReviewReviewed || v.Shared != "engineering" || len(v.Steps) != 4 || len(v.Attendees) != 2 {
		t.Errorf("%+v", v)
	}
	facts := Facts(p.state, inc, p.now, nil)
	if facts["factors"] != "expired certificate" || facts["pm.owner"] != "Ben Okafor" || !strings.Contains(facts["followups"], "Add an alert (Ben Okafor, ") {
		t.Errorf("%v", facts)
	}
}

func TestOutagesOfTwiceReopened(t *testing.T) {
	p, inc := reviewed(t)
	for range 2 {
		p.now = p.now.Add(time.Hour)
		p.do(Reopen{Incident: inc.Code, Reason: "again"})
		p.now = p.now.Add(10 * time.Minute)
		p.do(Resolve{Incident: inc.Code, Verification: "works"})
	}
	list := inc.Outages()
	resolved, _ := inc.Milestone("resolved")
	if len(list) != 3 || !list[2].To.Equal(resolved) || !list[0].From.IsZero() || !list[0].To.Before(list[1].From) {
		t.Fatalf("%v", list)
	}
	for _, o := range list[1:] {
		if length := o.To.Sub(o.From).Round(time.Minute); length != 10*time.Minute {
			t.Errorf("%v is %s long", o, length)
		}
	}
}

// TestAFactorThatLooksForWhoIsRemarkedAtOnce: not only in the review, where it may
// be read days later. It is written down all the same.
func TestAFactorThatLooksForWhoIsRemarkedAtOnce(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc := p.do(Declare{Title: "checkout fails", Severity: P1}).Code
	for text, want := range map[string]string{
		"expired certificate":        "",
		"Ben Okafor failed to check": `the factor says "failed to": ask how it came about, not who; the factor names Ben Okafor: tell what the system let happen`,
	} {
		done := p.do(AddFactor{Incident: inc, Text: text})
		if done.Note != want {
			t.Errorf("%s: says %q", text, done.Note)
		}
		if done := p.do(SetFactor{Factor: done.ID.String(), Text: text + " "}); done.Note != want {
			t.Errorf("%s, changed: says %q", text, done.Note)
		}
	}
}
