package model

import (
	"strings"
	"testing"
	"time"
)

func TestTheAnswersMeanALevel(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers map[string]string
		level   string // after Apply; empty is refused
		says    string
	}{
		{"nothing said", nil, "", "Is data exposed"},
		{"the second is open", map[string]string{"data": "no"}, "", "Is everything down for everyone?"},
		{"data is lost", map[string]string{"data": "yes"}, P0, "P1 → P0: Is data exposed, lost or wrong, or is an intruder likely? yes"},
		{"unsure takes the higher", map[string]string{"data": "no", "all": "unknown"}, P0, "P0: Is everything down for everyone? unknown"},
		{"a core task", map[string]string{"data": "no", "all": "no", "core": "yes"}, P1, "P1 is still right"},
		{"users notice", map[string]string{"data": "no", "all": "no", "core": "no", "users": "Yes"}, P2, "P1 → P2"},
		{"nobody notices", map[string]string{"data": "no", "all": "no", "core": "no", "users": "no"}, P3, "P1 → P3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P1}).ID)
			done, err := p.try(AssessSeverity{Incident: inc.Code, Answers: c.answers, Apply: true})
			if c.level == "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || inc.Severity() != P1 {
					t.Errorf("at %s, refused with %v", inc.Severity(), err)
				}
				return
			}
			if err != nil || inc.Severity() != c.level || !strings.Contains(done.Note, c.says) {
				t.Errorf("at %s: %q, %v", inc.Severity(), done.Note, err)
			}
		})
	}
}

func TestAnAnswerIsKeptAndChangesNothingByItself(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P1}).ID)
	if note := p.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"data": "no"}}).Note; note != "next question: Is everything down for everyone?" {
		t.Errorf("says %q", note)
	}
	note := p.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"all": "yes"}}).Note
	if inc.Severity() != P1 || !strings.Contains(note, "the answers mean P0, it is P1") {
		t.Errorf("at %s: %q", inc.Severity(), note)
	}
	v := p.state.Response(inc).Assessment
	if v.Suggested != P0 || len(v.Questions) != 4 || v.Questions[0].Answer != "no" || v.Questions[0].By != "Ana Ruiz" || v.Questions[2].Answer != "" {
		t.Errorf("the view has %+v", v)
	}
	for given, want := range map[string]string{"colour": `question "colour" is not known`, "data": `the answer to data "perhaps" is not known; it is one of: yes, no, unknown`} {
		if _, err := p.try(AssessSeverity{Incident: inc.Code, Answers: map[string]string{given: "perhaps"}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", given, err)
		}
	}
}

func TestSayingTheSameLevelAgainIsAFreshAssessment(t *testing.T) {
	p := founded(t).peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P1}).ID)
	p.now = p.now.Add(time.Hour)
	at := p.now
	p.do(SetIncident{Incident: inc.Code, Severity: P1, Reason: "still half of the buyers"})
	if !inc.Assessed().Equal(at) || len(inc.Levels()) != 1 {
		t.Errorf("assessed %s, %d levels", inc.Assessed(), len(inc.Levels()))
	}
}

// TestNoLowerLevelWhileABreachMayBe has each row in both directions: what is
// not known keeps the level, what is known lets it fall.
func TestNoLowerLevelWhileABreachMayBe(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		answer     string // to the question of data; - is none
		data       string // is personal data involved? - is none
		refused    bool
	}{
		{"an outage", "Service Outage", "-", "-", false},
		{"an outage with an open question", "Service Outage", "unknown", "-", false},
		{"a breach nobody looked at", "Security Breach", "-", "-", true},
		{"a breach not yet known", "Security Breach", "unknown", "-", true},
		{"a breach without data", "Security Breach", "no", "-", false},
		{"a breach with data", "Security Breach", "yes", "-", false},
		{"personal data is out of it", "Security Breach", "-", "no", false},
		{"one says no, one does not know", "Security Breach", "no", "unknown", true},
		{"privacy", "Data Privacy Incident", "-", "-", true},
		{"data", "Data Loss or Corruption", "-", "unknown", true},
		{"data that is safe", "Data Loss or Corruption", "no", "no", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			inc := p.incident(p.do(Declare{Title: "x", Severity: P0, Type: c.kind}).ID)
			if c.answer != "-" {
				p.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"data": c.answer}})
			}
			if c.data != "-" {
				p.do(SetIncident{Incident: inc.Code, Data: c.data})
			}
			_, err := p.try(SetIncident{Incident: inc.Code, Severity: P2, Reason: "one customer"})
			if c.data == "unknown" && (err == nil || !strings.Contains(err.Error(), "--data no")) {
				t.Errorf("the refusal does not say how to answer: %v", err)
			}
			if (err != nil) != c.refused || c.refused && !strings.Contains(err.Error(), "nobody has said whether data is exposed") {
				t.Errorf("refused with %v, want a refusal: %v", err, c.refused)
			}
			if _, err := p.try(SetIncident{Incident: inc.Code, Severity: P0, Reason: "as it is"}); err != nil {
				t.Errorf("the same level is refused: %v", err)
			}
		})
	}
}

// TestATypeTakenAwayStillKeepsTheLevel: relabelling a breach is no way round
// the question whether data is exposed.
func TestATypeTakenAwayStillKeepsTheLevel(t *testing.T) {
	for name, first := range map[string]SetIncident{
		"the main type": {Type: "Security Breach"}, "a further type": {Types: []string{"Data Privacy Incident"}},
	} {
		p := founded(t).peers[0]
		inc := p.incident(p.do(Declare{Title: "x", Severity: P0, Type: "Service Outage"}).ID)
		first.Incident = inc.Code
		p.do(first)
		p.do(SetIncident{Incident: inc.Code, Type: "Service Outage", Types: []string{NoTypes}})
		lower := SetIncident{Incident: inc.Code, Severity: P2, Reason: "only an outage"}
		if said := p.refused(lower); !strings.Contains(said, "it had a type of a breach before, and nobody has said whether data is exposed") {
			t.Errorf("%s: %q", name, said)
		}
		p.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"data": "no"}})
		p.do(lower)
	}
}

func TestALowerLevelIsNotChosenOutOfAConflictEither(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.do(Declare{Title: "x", Severity: P1, Type: "Security Breach"}).ID
	w.meet()
	a.do(SetIncident{Incident: inc.String(), Severity: P0, Reason: "an intruder"})
	b.do(AssessSeverity{Incident: inc.String(), Answers: map[string]string{"data": "no"}})
	b.do(SetIncident{Incident: inc.String(), Severity: P2, Reason: "a false alarm"})
	a.do(AssessSeverity{Incident: inc.String(), Answers: map[string]string{"data": "unknown"}})
	w.meet()
	if _, err := a.try(SetIncident{Incident: inc.String(), Severity: P2, Reason: "x", Data: "no"}); err == nil {
		t.Error("one answer was taken for the other")
	}
	settle := Settle{Incident: inc.String(), Field: FieldSeverity, Value: P2, Reason: "false alarm"}
	if _, err := a.try(settle); err == nil || !strings.Contains(err.Error(), "nobody has said whether data is exposed") {
		t.Errorf("settled at the lower level: %v", err)
	}
	a.do(AssessSeverity{Incident: inc.String(), Answers: map[string]string{"data": "no"}})
	a.do(settle)
	if got := a.incident(inc).Severity(); got != P2 {
		t.Errorf("at %s", got)
	}
}

func TestTypesBringTheirFirstQuestions(t *testing.T) {
	p := founded(t).peers[0]
	done := p.do(Declare{Title: "x", Type: "Service Outage", Types: []string{"integration failure"}})
	inc := p.incident(done.ID)
	if done.Note != "Service Outage: What changed last? · Integration Failure: Which vendor, and what is their ticket?" {
		t.Errorf("declared with %q", done.Note)
	}
	note := p.do(SetIncident{Incident: inc.Code, Type: "Security Breach", Types: []string{"Data Privacy Incident", "Service Outage"}}).Note
	for _, want := range []string{"Is the intruder still active?", "Whose data?", "security steps are on", "breach assessment is on"} {
		if !strings.Contains(note, want) {
			t.Errorf("%q lacks %q", note, want)
		}
	}
	if got := strings.Join(inc.AllTypes(), ", "); got != "Security Breach, Data Privacy Incident, Service Outage" {
		t.Errorf("types are %s", got)
	}
	if v := p.state.Response(inc).Types; len(v) != 3 || !v[0].Security || v[0].Privacy || !v[1].Privacy || v[2].Question != "What changed last?" {
		t.Errorf("the view has %+v", v)
	}
	p.do(SetIncident{Incident: inc.Code, Types: []string{NoTypes}})
	if got := inc.AllTypes(); len(got) != 1 {
		t.Errorf("types are %v", got)
	}
	if note := p.do(SetIncident{Incident: inc.Code, Phase: "investigation"}).Note; note != "" {
		t.Errorf("a phase says %q", note)
	}
	note = p.do(SetIncident{Incident: inc.Code, Type: "Service Outage", Types: []string{NoTypes}}).Note
	if !strings.Contains(note, "you do not see the security steps any more") {
		t.Errorf("taking the types away says %q", note)
	}
	if note = p.do(SetIncident{Incident: inc.Code, Title: "y"}).Note; note != "" {
		t.Errorf("a title says %q", note)
	}
}

func TestNothingComesBeforeItsCause(t *testing.T) {
	at := func(minutes int) time.Time { return testNow.Add(time.Duration(minutes) * time.Minute) }
	for _, c := range []struct {
		name    string
		before  map[string]time.Time
		set     map[string]time.Time
		refused string
	}{
		{"in order", map[string]time.Time{"started": at(-30)}, map[string]time.Time{"detected": at(-20), "resolved": at(0)}, ""},
		{"at one instant", map[string]time.Time{"started": at(-30)}, map[string]time.Time{"detected": at(-30)}, ""},
		{"detected before started", map[string]time.Time{"started": at(-30)}, map[string]time.Time{"detected": at(-40)}, "detected at 2026-03-17 13:20:00 UTC would come before started at 2026-03-17 13:30:00 UTC"},
		{"started after detected", map[string]time.Time{"detected": at(-30)}, map[string]time.Time{"started": at(-20)}, "detected at"},
		{"cause found before started", map[string]time.Time{"started": at(-30)}, map[string]time.Time{"cause-found": at(-40)}, "cause-found at 2026-03-17 13:20:00 UTC would come before started"},
		{"both at once", nil, map[string]time.Time{"started": at(-10), "detected": at(-20)}, "would come before started"},
		{"resolved before detected", map[string]time.Time{"detected": at(-30)}, map[string]time.Time{"resolved": at(-40)}, "resolved at"},
		{"resolved before mitigated", map[string]time.Time{"mitigated": at(-30)}, map[string]time.Time{"resolved": at(-40)}, "would come before mitigated"},
		{"acknowledged before detected", map[string]time.Time{"detected": at(-30)}, map[string]time.Time{"acknowledged": at(-31)}, "would come before detected"},
		{"still to come", nil, map[string]time.Time{"started": at(10)}, "started at 2026-03-17 14:10:00 UTC is still to come: it is 2026-03-17 14:0"},
		{"declared before detected", map[string]time.Time{"detected": at(-30)}, map[string]time.Time{"declared": at(-31)}, "would come before detected"},
		{"a cause found at last", map[string]time.Time{"resolved": at(-30)}, map[string]time.Time{"cause-found": at(0)}, ""},
		{"declared after all was over", map[string]time.Time{"resolved": at(-90)}, map[string]time.Time{"declared": at(0)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := founded(t).peers[0]
			inc := p.incident(p.do(Declare{Title: "x", Milestones: c.before, Confirm: true}).ID)
			_, err := p.try(SetIncident{Incident: inc.Code, Milestones: c.set})
			if c.refused == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.refused) || !strings.Contains(err.Error(), "--confirm") {
				t.Errorf("refused with %v", err)
			}
			p.do(SetIncident{Incident: inc.Code, Milestones: c.set, Confirm: true})
		})
	}
	p := founded(t).peers[0]
	odd := map[string]time.Time{"started": at(-10), "detected": at(-20)}
	if _, err := p.try(Declare{Title: "x", Milestones: odd}); err == nil || !strings.Contains(err.Error(), "would come before started") {
		t.Errorf("declared: %v", err)
	}
	inc := p.do(Declare{Title: "x", Milestones: odd, Confirm: true}).ID.String()
	early := Resolve{Incident: inc, Verification: "v", At: at(-30)}
	if _, err := p.try(early); err == nil || !strings.Contains(err.Error(), "resolved at") {
		t.Errorf("resolved: %v", err)
	}
	early.Confirm = true
	p.do(early)
	p.do(Declare{Title: "told", Source: "moj-2023-09-18-disk", Milestones: odd})
}

func TestIncidentsAreMergedUnderAParent(t *testing.T) {
	p := founded(t).peers[0]
	a, b, c := p.incident(p.do(Declare{Title: "checkout"}).ID), p.incident(p.do(Declare{Title: "search"}).ID), p.incident(p.do(Declare{Title: "mail"}).ID)
	p.do(MergeIncident{Incident: b.Code, Into: a.Code, Reason: "one database"})
	p.do(MergeIncident{Incident: c.Code, Into: b.Code})
	if v := p.state.Response(a); len(v.Children) != 1 || v.Children[0] != b.Code || v.Parent != "" {
		t.Errorf("the parent shows %v under %q", v.Children, v.Parent)
	}
	if v := p.state.Response(b); v.Parent != a.Code || len(v.Children) != 1 {
		t.Errorf("the child shows %v under %q", v.Children, v.Parent)
	}
	for _, ring := range []MergeIncident{{Incident: a.Code, Into: a.Code}, {Incident: a.Code, Into: c.Code}} {
		if _, err := p.try(ring); err == nil || !strings.Contains(err.Error(), "itself") {
			t.Errorf("%s went under %s: %v", ring.Incident, ring.Into, err)
		}
	}
	p.do(MergeIncident{Incident: b.Code})
	if _, err := p.try(MergeIncident{Incident: b.Code}); err == nil || p.state.Response(b).Parent != "" {
		t.Errorf("still under %q, %v", p.state.Response(b).Parent, err)
	}
}

// TestUnknownDataIsAnAnswer: who said that nobody knows whether personal data is
// involved is not asked again whether data is exposed; unsure takes the higher.
func TestUnknownDataIsAnAnswer(t *testing.T) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails", Severity: P1}).ID)
	p.do(SetIncident{Incident: inc.Code, Data: "unknown"})
	v := p.state.Response(inc).Assessment
	if q := v.Questions[0]; q.ID != QuestionData || q.Answer != "unknown" || q.By != "Ana Ruiz" || v.Suggested != P0 ||
		!strings.HasSuffix(v.Why, "unknown, and unsure takes the higher level") {
		t.Errorf("the assessment is %+v", v)
	}
	if done := p.do(AssessSeverity{Incident: inc.Code}); !strings.HasPrefix(done.Note, "the answers mean P0, it is P1") {
		t.Errorf("says %q", done.Note)
	}
	p.do(AssessSeverity{Incident: inc.Code, Answers: map[string]string{"data": "no"}})
	if v := p.state.Response(inc).Assessment; v.Questions[0].Answer != "no" || v.Suggested != "" {
		t.Errorf("answered by itself: %+v", v)
	}
}
