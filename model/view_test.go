package model

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/model/when"
)

func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// TestViewsKeepTheirForm: the keys are a contract, so a change shows here.
func TestViewsKeepTheirForm(t *testing.T) {
	for _, c := range []struct {
		view any
		keys string
	}{
		{IncidentBrief{}, "id code title severity type types detection phase state declared_at since elapsed_s next_update_at commander conflicts entries drill exhausted"},
		{IncidentView{}, "IncidentBrief milestones roles conflicts impact marks source origin notes zone severity_history tasks messages runs suggested_runbooks alerts tickets response texts"},
		{RunbookView{}, "id title types services alerts owner edition version own steps destructive blanks reviewed_at exercised_at stale warnings conflict text history"},
		{RunbookSuggestion{}, "id title score reasons started"},
		{RunBrief{}, "id runbook title started_at by over next_runbook at done left waiting"},
		{RunView{}, "RunBrief incident version unread changed values stop_if escalate hand parallel results deviations gaps"},
		{RunValueView{}, "name value conflict"},
		{StepView{}, "id number title text expect stop_if risk target roll_back who escalate minutes since branches on_fail on_fail_number needs"},
		{BranchView{}, "letter if to number"},
		{ResultView{}, "id step number title outcome branch result target person second witness at by took_s"},
		{RoleView{}, "role title person person_id accepted since"},
		{ConflictView{}, "field entry values"},
		{ChangeView{}, "value by at reason"},
		{TaskView{}, "id text owner due_at accepted_at done dropped conflict result added_at by"},
		{TimelineRow{}, "id at precision recorded_at author kind text source edited retracted reason conflict feed seq clock_at"},
		{EntryHistory{}, "id incident versions retractions"},
		{VersionView{}, "at precision kind text by recorded_at clock_at current"},
		{ClockFixView{}, "id device name person feed from to clock_ahead_s recorded_at counts text"},
		{MemberView{}, "device name person role added_at removed_at reason archive you commits last_wrote_at last_heard changes"},
		{PersonView{}, "id name email phone team zone title private_phone second_phone messenger second_messenger private_email contact_order skills manager emergency_note left test_page_at test_page_ways test_page_text test_page_acknowledged_at ways devices"},
		{MessageView{}, "id incident template audience channel subject recipients status detail refused queued_at by number next_update_at body approved_by"},
		{RoomView{}, "id name devices people open incidents overdue newer_ops refused_ops quarantined history_days"},
	} {
		var keys []string
		typ := reflect.TypeOf(c.view)
		for i := range typ.NumField() {
			key, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if key == "" {
				key = typ.Field(i).Name
			}
			keys = append(keys, key)
		}
		if got := strings.Join(keys, " "); got != c.keys {
			t.Errorf("%s has keys\n%s, want\n%s", typ.Name(), got, c.keys)
		}
	}
}

// TestEmptyViewsHaveNoNull: a script may loop over every list.
func TestEmptyViewsHaveNoNull(t *testing.T) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails"}).ID)
	h, _ := p.state.History(inc, p.do(Log{Incident: inc.Code, Text: "x"}).ID)
	for _, v := range []any{
		p.state.View(inc, testNow), p.state.Briefs(false, testNow), p.state.Rows(inc), p.state.MemberViews(p.key),
		p.state.PersonViews(), p.state.MessageViews(nil), p.state.ConflictViews(inc), p.state.TaskViews(inc), h,
		NewState(RoomID{}, nil).Briefs(true, testNow), NewState(RoomID{}, nil).PersonViews(), NewState(RoomID{}, nil).MessageViews(nil),
		NewState(RoomID{}, nil).MemberViews(DeviceKey{}), NewState(RoomID{}, nil).Summary(testNow),
	} {
		got, err := jsonOf(v)
		if err != nil || strings.Contains(got, "null") || strings.Contains(got, "0001-01-01") {
			t.Errorf("%T: %s (%v)", v, got, err)
		}
		for _, key := range regexp.MustCompile(`"([^"]+)":`).FindAllStringSubmatch(got, -1) {
			if strings.ToLower(key[1]) != key[1] || strings.Contains(key[1], "-") {
				t.Errorf("%T has the key %q", v, key[1])
			}
		}
	}
}

func TestBriefsComeByUrgency(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	declare := func(title, severity string, ago time.Duration, next time.Duration) {
		inc := p.do(Declare{Title: title, Severity: severity, Milestones: map[string]time.Time{"started": testNow.Add(-ago), "declared": testNow.Add(-ago)}}).ID
		if next != 0 {
			p.do(SetIncident{Incident: inc.String(), NextUpdate: testNow.Add(next)})
		}
	}
	declare("old P2", P2, 3*time.Hour, 0)
	declare("new P0", P0, time.Minute, 0)
	declare("late P2", P2, 2*time.Hour, -time.Minute)
	declare("later P3", P3, 5*time.Hour, -time.Hour)
	declare("older P0", P0, 2*time.Minute, 0)
	declare("silent P1", P1, 40*time.Minute, 0) // its first update was due after 30
	p.do(StartDrill{Title: "drill", Severity: P0})
	done := p.do(Declare{Title: "done", Severity: P0}).ID
	p.do(Resolve{Incident: done.String(), Verification: "quiet"})
	title := func(briefs []IncidentBrief) string {
		var titles []string
		for _, b := range briefs {
			titles = append(titles, b.Title)
		}
		return strings.Join(titles, ", ")
	}
	if got := title(p.state.Briefs(false, testNow)); got != "silent P1, old P2, late P2, later P3, older P0, new P0, drill" {
		t.Errorf("open incidents come as %s", got)
	}
	if got := title(p.state.Briefs(true, testNow)); !strings.Contains(got, "done") {
		t.Errorf("all are %s", got)
	}
	if v := p.state.Summary(testNow); v.Open != 7 || v.Incidents != 8 || v.Overdue != 4 || v.Devices != 1 || v.People != 1 || v.Name != "SRE" {
		t.Errorf("summary is %+v", v)
	}
}

func TestNextUpdateIsPromisedOrFromTheCadence(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	for severity, after := range map[string]time.Duration{P0: 15 * time.Minute, P1: 30 * time.Minute, P2: 15 * time.Minute, P3: -1} {
		inc := p.incident(p.do(Declare{Title: severity, Severity: severity, Milestones: map[string]time.Time{"declared": testNow}}).ID)
		next, ok := p.state.NextUpdate(inc)
		if ok != (after >= 0) || ok && !next.Equal(testNow.Add(after)) {
			t.Errorf("%s: next update %s %v", severity, next, ok)
		}
		p.do(SetIncident{Incident: inc.Code, NextUpdate: testNow.Add(time.Hour)})
		if next, ok := p.state.NextUpdate(inc); !ok || !next.Equal(testNow.Add(time.Hour)) {
			t.Errorf("%s: promised for %s %v", severity, next, ok)
		}
		p.do(Resolve{Incident: inc.Code, Verification: "quiet"})
		if _, ok := p.state.NextUpdate(inc); ok {
			t.Errorf("%s: a resolved incident owes an update", severity)
		}
	}
}

func TestElapsedStopsAtTheResolution(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "x", Milestones: map[string]time.Time{"started": testNow.Add(-time.Hour)}}).ID)
	if b := p.state.Brief(inc, testNow.Add(90*time.Second)); b.ElapsedS != 3690 {
		t.Errorf("elapsed %d s", b.ElapsedS)
	}
	p.do(Resolve{Incident: inc.Code, Verification: "quiet", At: testNow})
	if b := p.state.Brief(inc, testNow.Add(time.Hour)); b.ElapsedS != 3600 {
		t.Errorf("elapsed %d s after the resolution", b.ElapsedS)
	}
}

func TestViewShowsNamesAndHistory(t *testing.T) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "x", Types: []string{"Security Breach"}, Milestones: map[string]time.Time{"cause_found": testNow}}).ID)
	p.do(AssignRole{Incident: inc.Code, Role: "ic", Person: "Ben"})
	p.do(SetIncident{Incident: inc.Code, Severity: P0, Reason: "all regions", Impact: "no payments"})
	p.do(AddTask{Incident: inc.Code, Text: "check the pool", Owner: "Ben", Due: testNow.Add(time.Hour)})
	v := p.state.View(inc, testNow)
	if len(v.Roles) != 1 || v.Roles[0].Person != "Ben Okafor" || v.Roles[0].Title != "Incident commander" || v.Roles[0].Accepted {
		t.Errorf("roles are %+v", v.Roles)
	}
	if len(v.SeverityHistory) != 2 || v.SeverityHistory[1].Reason != "all regions" || v.SeverityHistory[1].By != "Ana Ruiz" {
		t.Errorf("severities were %+v", v.SeverityHistory)
	}
	if len(v.Tasks) != 1 || v.Tasks[0].Owner != "Ben Okafor" || !v.Tasks[0].DueAt.Equal(testNow.Add(time.Hour)) {
		t.Errorf("tasks are %+v", v.Tasks)
	}
	if v.Impact != "no payments" || !v.Milestones["cause_found"].Equal(testNow) || len(v.Types) != 1 || v.Commander[0] != "Ben Okafor" {
		t.Errorf("view is %+v", v)
	}
	w.peers[1].pull(p)
	w.peers[1].do(AcceptRole{Incident: inc.Code, Role: "ic"})
	p.pull(w.peers[1])
	if v := p.state.View(p.incident(inc.ID), testNow); !v.Roles[0].Accepted {
		t.Error("the role was accepted, the view does not say so")
	}
}

func TestRowsAndHistoryOfAnEntry(t *testing.T) {
	w, inc, entry := split(t)
	p := w.peers[0]
	after := when.After
	p.do(EditEntry{Entry: entry.String(), Text: "errors since 13:50", At: testNow.Add(-10 * time.Minute), Precision: &after, Kind: "impact"})
	p.do(RetractEntry{Entry: entry.String(), Reason: "another system"})
	h, ok := p.state.History(p.incident(inc), entry)
	if !ok || len(h.Versions) != 2 || h.Versions[0].Current || !h.Versions[1].Current || h.Versions[0].Text != "errors since the deploy" ||
		h.Versions[1].Precision != when.After || len(h.Retractions) != 1 || h.Retractions[0].Reason != "another system" {
		t.Fatalf("history is %+v", h)
	}
	if _, ok := p.state.History(p.incident(inc), ID{9}); ok {
		t.Error("an entry that is not here has a history")
	}
	rows := p.state.Rows(p.incident(inc))
	if len(rows) != 2 || rows[0].ID != entry || rows[0].Source != "entry" || rows[0].Kind != "impact" || !rows[0].Retracted ||
		rows[0].Edited != 1 || rows[0].Feed != p.feed.String() || rows[1].Source != "change" || rows[1].Kind != "declared" {
		t.Fatalf("rows are %+v", rows)
	}
}

func TestAbsurdTimesDoNotBreakTheJSON(t *testing.T) {
	w, inc, _ := split(t)
	p := w.peers[0]
	p.write([]Op{p.op(KindEntryAdded, inc, entryAdded{Text: "x", After: 1 << 60})})
	p.write([]Op{p.op(KindMessageQueued, inc, Draft{Subject: "s", Body: "b", Next: -1 << 62})})
	b, err := json.Marshal(p.state.Rows(p.incident(inc)))
	if err != nil || !bytes.Contains(b, []byte(`"text":"x"`)) {
		t.Fatalf("%v: %s", err, b)
	}
	if _, err := json.Marshal(p.state.MessageViews(nil)); err != nil {
		t.Fatal(err)
	}
}

func TestMembersAndPeople(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver)
	p := w.peers[0]
	p.do(RemoveMember{Device: w.peers[2].key.String(), Reason: "lost"})
	p.do(AddPerson{Name: "Finn Gray", Email: "finn@example.com", Fields: map[string]string{"phone": "+46 8", "title": "SME"}})
	m := p.state.MemberViews(w.peers[1].key)
	if len(m) != 3 || m[0].Person != "Ana Ruiz" || m[0].You || !m[1].You || m[1].Role != RoleMember || m[2].RemovedAt.IsZero() || m[2].Reason != "lost" {
		t.Errorf("members are %+v", m)
	}
	people := p.state.PersonViews()
	if len(people) != 4 || people[0].Name != "Ana Ruiz" || people[0].Devices != 1 || people[2].Devices != 0 || people[3].Phone != "+46 8" {
		t.Errorf("people are %+v", people)
	}
}
