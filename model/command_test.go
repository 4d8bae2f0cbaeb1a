package model

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"holdfast/model/when"
)

// refusals gives a command and what its refusal must say. A is the incident
// checkout fails, with the entry E and the task T; B is another one.
func refusals(a, b *Incident, entry, task, message ID) []struct {
	name string
	c    Command
	want string
} {
	type row = struct {
		name string
		c    Command
		want string
	}
	mb := strings.Repeat("x", 1<<20)
	far := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	precision := when.Precision(9)
	return []row{
		{"no title", Declare{}, "the title is missing"},
		{"a title of two lines", Declare{Title: "a\nb"}, "the title must be one line"},
		{"a long title", Declare{Title: mb}, "the title has 1048576 bytes; the limit is 200"},
		{"a severity", Declare{Title: "x", Severity: "P9"}, `severity "P9" is not known; it is one of: P0, P1, P2, P3`},
		{"a type", Declare{Title: "x", Type: "Fire"}, `type "Fire" is not known; it is one of: Service Outage`},
		{"a type that fits two", Declare{Title: "x", Type: "data"}, `type "data" is not known`},
		{"a further type", Declare{Title: "x", Types: []string{"Fire"}}, `type "Fire" is not known`},
		{"a detection", Declare{Title: "x", Detection: "luck"}, `detection "luck" is not known; it is one of: Monitoring alerts`},
		{"a milestone", Declare{Title: "x", Milestones: map[string]time.Time{"noticed": testNow}}, `milestone "noticed" is not known; it is one of: started`},
		{"a milestone far off", Declare{Title: "x", Milestones: map[string]time.Time{"started": far}}, "in the year 12000"},
		{"the same import twice", Declare{Title: "x", Source: "gitlab-2017"}, "gitlab-2017 is in this room already, as " + b.Code},
		{"an import with an empty entry", Declare{Title: "x", Entries: []Log{{}}}, "the text is missing"},

		{"no incident", Log{Text: "x"}, "no incident was named"},
		{"an incident that is not here", Log{Incident: "INC-0000", Text: "x"}, `there is no incident "INC-0000" in this room`},
		{"a title that fits two", Log{Incident: "fails", Text: "x"}, `"fails" fits 2 incidents: `},
		{"no text", Log{Incident: a.Code}, "the text is missing"},
		{"blank text", Log{Incident: a.Code, Text: " \n\t"}, "the text is missing"},
		{"a text of 1 MB", Log{Incident: a.Code, Text: mb}, "the text has 1048576 bytes; the limit is 32768. Attach long texts as a file"},
		{"a kind", Log{Incident: a.Code, Text: "x", Kind: "rumour"}, `kind "rumour" is not known; it is one of: note, trigger`},
		{"a precision", Log{Incident: a.Code, Text: "x", Precision: 9}, "precision 9 is not known"},

		{"an entry that is not here", EditEntry{Entry: ID{9}.String(), Text: "x"}, "there is no entry " + ID{9}.String()},
		{"the start of an id that is not here", EditEntry{Entry: "ZZZZZ", Text: "x"}, `there is no entry "ZZZZZ"`},
		{"a short id", EditEntry{Entry: "abc", Text: "x"}, `"abc" is too short for the id of an entry: give at least 4`},
		{"a long correction", EditEntry{Entry: entry.String(), Text: mb}, "the text has 1048576 bytes"},
		{"a kind of a correction", EditEntry{Entry: entry.String(), Kind: "rumour"}, `kind "rumour"`},
		{"a precision of a correction", EditEntry{Entry: entry.String(), Precision: &precision}, "precision 9 is not known"},
		{"a retraction without a reason", RetractEntry{Entry: entry.String()}, "the reason is missing"},

		{"severity without a reason", SetIncident{Incident: a.Code, Severity: P0}, "a change of severity needs a reason; nothing was changed"},
		{"severity with a blank reason", SetIncident{Incident: a.Code, Severity: P0, Reason: " "}, "needs a reason"},
		{"a long reason", SetIncident{Incident: a.Code, Severity: P0, Reason: mb}, "the reason has 1048576 bytes"},
		{"a phase", SetIncident{Incident: a.Code, Phase: "panic"}, `phase "panic" is not known; it is one of: triage`},
		{"nothing to set", SetIncident{Incident: a.Code}, "nothing to set"},
		{"a milestone to set", SetIncident{Incident: a.Code, Milestones: map[string]time.Time{"x": testNow}}, `milestone "x"`},
		{"a long impact", SetIncident{Incident: a.Code, Impact: mb}, "the impact has 1048576 bytes"},
		{"a field that is not in conflict", Settle{Incident: a.Code, Field: FieldSeverity, Value: P0}, "severity of " + a.Code + " is not in conflict"},

		{"no verification", Resolve{Incident: a.Code}, "the verification is missing"},
		{"closing what is open", Close{Incident: a.Code}, "is not resolved; resolve it first"},
		{"reopening what is open", Reopen{Incident: a.Code, Reason: "x"}, a.Code + " is open"},

		{"a role", AssignRole{Incident: a.Code, Role: "king", Person: "Ana"}, `there is no role "king"; roles are ic, on-call`},
		{"no person", AssignRole{Incident: a.Code, Role: "ic"}, "no person was named"},
		{"a person who is not here", AssignRole{Incident: a.Code, Role: "ic", Person: "Zoe"}, `there is no person "Zoe" in this room; known are: Ana Lind, Ana Ruiz <ana@example.com>, Ben Okafor`},
		{"a name that fits two", AssignRole{Incident: a.Code, Role: "ic", Person: "Ana"}, `"Ana" fits 2 people: Ana Lind, Ana Ruiz <ana@example.com>`},
		{"a role that is not mine", AcceptRole{Incident: a.Code, Role: "ic"}, "Incident commander is not assigned to you"},
		{"a role nobody holds", ReleaseRole{Incident: a.Code, Role: "ic"}, "anybody does not hold Incident commander"},

		{"no task", AddTask{Incident: a.Code}, "the task is missing"},
		{"an owner", AddTask{Incident: a.Code, Text: "x", Owner: "Zoe"}, `there is no person "Zoe"`},
		{"a task that is not here", FinishTask{Task: ID{9}.String()}, "there is no task"},
		{"a long result", FinishTask{Task: task.String(), Result: mb}, "the result has 1048576 bytes"},

		{"no subject", QueueMessage{Incident: a.Code}, "the subject is missing"},
		{"no body", QueueMessage{Incident: a.Code, Draft: Draft{Subject: "s"}}, "the message is missing"},
		{"no recipients", QueueMessage{Incident: a.Code, Draft: Draft{Subject: "s", Body: "b", Audience: "vip"}}, `the audience "vip" has no recipients; set them with`},
		{"too many recipients", QueueMessage{Incident: a.Code, Draft: Draft{Subject: "s", Body: "b", Recipients: make([]Recipient, 2001)}}, "2001 recipients; the limit is 2000"},
		{"a message that is not here", ClaimMessage{Message: ID{9}.String()}, "there is no message"},
		{"an outcome", RecordResult{Message: message.String(), Outcome: 9}, "outcome 9 is not known"},

		{"a person without a name", AddPerson{}, "the person's name is missing"},
		{"an e-mail", AddPerson{Name: "Zoe", Email: "at home"}, `"at home" is not an e-mail address`},
		{"an e-mail with a name", AddPerson{Name: "Zoe", Email: "Zoe <zoe@example.com>"}, "is not an e-mail address"},
		{"a detail without a value", AddPerson{Name: "Zoe", Fields: map[string]string{"team": ""}}, "team is missing"},
		{"a detail without a name", AddPerson{Name: "Zoe", Fields: map[string]string{"": "x"}}, "cannot be the name of a detail"},
		{"a setting without a name", SetRoom{Value: "x"}, "cannot be the name of a setting"},
		{"a long setting", SetRoom{Field: "audience.vip", Value: mb}, "the value has 1048576 bytes"},
		{"a setting's name that is no text", SetRoom{Field: "a\xff", Value: "x"}, "not valid UTF-8"},

		{"a role of the room", IssueInvite{Role: "king", Expires: testNow.Add(time.Hour)}, `role "king" is not known; it is one of: member`},
		{"an invite of the past", IssueInvite{Role: RoleMember, Expires: testNow.Add(-time.Hour)}, "would have expired already"},
		{"an invite that is not here", AdmitMember{Invite: ID{9}, Person: "Zoe"}, "the invite is not known here"},
		{"a device that is not here", RemoveMember{Device: "nowhere"}, `there is no device "nowhere" in this room`},
		{"a name of two devices", RemoveMember{Device: "spare"}, `"spare" fits 2 devices; give more of the key`},
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver)
	p := w.peers[0]
	a := p.incident(p.do(Declare{Title: "checkout fails"}).ID)
	b := p.incident(p.do(Declare{Title: "search fails", Source: "gitlab-2017"}).ID)
	entry := p.do(Log{Incident: a.Code, Text: "x"}).ID
	task := p.do(AddTask{Incident: a.Code, Text: "x"}).ID
	message := p.do(QueueMessage{Incident: a.Code, Draft: Draft{Subject: "s", Body: "b", Recipients: []Recipient{{Address: "a@example.com"}}}}).ID
	p.do(AddPerson{Name: "Ana Lind"})
	for i, key := range []DeviceKey{{0x51}, {0x52}} {
		inv := ID{byte(i + 1)}
		p.do(IssueInvite{Invite: inv, Role: RoleMember, Expires: p.now.Add(time.Hour), Uses: 1})
		p.do(AdmitMember{Device: key, Invite: inv, Person: "Gus", Name: "spare"})
	}
	before := hashOf(t, p.state)
	for _, c := range refusals(a, b, entry, task, message) {
		t.Run(c.name, func(t *testing.T) {
			_, err := p.try(c.c)
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want a refusal that says %q, got %v", c.want, err)
			}
		})
	}
	if hashOf(t, p.state) != before {
		t.Error("a refusal changed something")
	}
}

func TestWhoMayWhat(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver, RoleAdmin)
	stranger := newWorld(t, 6).peers[5]
	stranger.pull(w.peers[0])
	device := w.peers[1].key.String()
	for _, c := range []struct {
		p    *peer
		c    Command
		want string
	}{
		{stranger, Declare{Title: "x"}, "this device is not a member of the room; ask an admin for an invite"},
		{w.peers[2], Declare{Title: "x"}, "this device is an observer: it reads and cannot write"},
		{w.peers[1], RemoveMember{Device: device}, "only an admin of the room may do this"},
		{w.peers[1], IssueInvite{Role: RoleMember}, "only an admin"},
		{w.peers[1], CloseInvite{}, "only an admin"},
		{w.peers[1], AdmitMember{}, "only an admin"},
		{w.peers[3], RemoveMember{Device: w.peers[0].key.String()}, "was an admin before you; only a senior admin may remove it"},
	} {
		if _, err := c.p.try(c.c); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: want %q, got %v", c.c, c.want, err)
		}
	}
	w.peers[0].do(RemoveMember{Device: device, Reason: "lost"})
	if _, err := w.peers[0].try(RemoveMember{Device: device}); err == nil || !strings.Contains(err.Error(), "was removed already") {
		t.Errorf("removed twice: %v", err)
	}
}

// TestWhoIsListedJoinsAsThemselves: a directory is often there before its people are.
func TestWhoIsListedJoinsAsThemselves(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	p.do(IssueInvite{Invite: ID{1}, Role: RoleMember, Expires: p.now.Add(time.Hour), Uses: 9})
	p.do(AddPerson{Name: "Ben Okafor", Email: "ben@example.org"})
	for _, email := range []string{"li@example.org", "wei@example.org"} {
		p.do(AddPerson{Name: "Li Wei", Email: email})
	}
	for n, c := range []struct {
		name, email, why string
	}{
		{"Ben Okafor", "other@example.org", "another e-mail address"},
		{"Li Wei", "", "two are called so"},
		{"Ben", "", "a part of the name"},
	} {
		known := len(p.state.People)
		if p.do(AdmitMember{Device: DeviceKey{byte(n + 1)}, Invite: ID{1}, Person: c.name, Email: c.email}); len(p.state.People) != known+1 {
			t.Errorf("%s: %d people, before %d", c.why, len(p.state.People), known)
		}
		p.do(RemoveMember{Device: DeviceKey{byte(n + 1)}.String()})
	}
	w = founded(t)
	p = w.peers[0]
	p.do(IssueInvite{Invite: ID{1}, Role: RoleMember, Expires: p.now.Add(time.Hour), Uses: 9})
	ben := p.do(AddPerson{Name: "Ben Okafor", Email: "ben@example.org"}).ID
	if got := p.do(AdmitMember{Device: DeviceKey{1}, Invite: ID{1}, Person: " ben okafor"}).ID; got != ben {
		t.Errorf("who is listed joined as %v, want %v", got, ben)
	}
	if got := p.do(AdmitMember{Device: DeviceKey{2}, Invite: ID{1}, Person: "Ben Okafor"}).ID; got == ben {
		t.Error("a second device took a name that has one already, without an invite for that person")
	}
}

func TestInvitesEnd(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	issue := func(id byte, uses uint32) ID {
		p.do(IssueInvite{Invite: ID{id}, Role: RoleMember, Expires: p.now.Add(time.Hour), Uses: uses})
		return ID{id}
	}
	once, closed, late := issue(1, 1), issue(2, 1), issue(3, 1)
	p.do(AdmitMember{Device: DeviceKey{1}, Invite: once, Person: "Ben"})
	p.do(CloseInvite{Invite: closed, Reason: "posted in public"})
	for _, c := range []struct {
		invite ID
		want   string
	}{
		{once, "this invite was used already; ask for a new one"}, {closed, "this invite was closed: posted in public"},
	} {
		if _, err := p.try(AdmitMember{Device: DeviceKey{2}, Invite: c.invite, Person: "Zoe"}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	p.now = p.now.Add(2 * time.Hour)
	if _, err := p.try(AdmitMember{Device: DeviceKey{2}, Invite: late, Person: "Zoe"}); err == nil || !strings.Contains(err.Error(), "this invite expired 1h0m0s ago") {
		t.Errorf("an invite of yesterday: %v", err)
	}
	p.do(RemoveMember{Device: DeviceKey{1}.String()})
	open := issue(4, 2)
	if _, err := p.try(AdmitMember{Device: DeviceKey{1}, Invite: open, Person: "Ben"}); err == nil || !strings.Contains(err.Error(), "cannot come back") {
		t.Errorf("a removed device came back: %v", err)
	}
}

func TestTheLifeOfAnIncident(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails"}).ID)
	if inc.Severity() != P1 || inc.Phase() != "triage" || !strings.HasPrefix(inc.Code, "INC-") {
		t.Fatalf("declared as %s %s %s", inc.Code, inc.Severity(), inc.Phase())
	}
	task := p.do(AddTask{Incident: inc.Code, Text: "check the pool"}).ID
	p.do(Resolve{Incident: inc.Code, Verification: "quiet for 30 min"})
	if _, err := p.try(Resolve{Incident: inc.Code, Verification: "x"}); err == nil || !strings.Contains(err.Error(), "is resolved already") {
		t.Errorf("resolved twice: %v", err)
	}
	if _, err := p.try(Close{Incident: inc.Code}); err == nil || !strings.Contains(err.Error(), "has 1 task open; answer them first") {
		t.Errorf("closed with a task open: %v", err)
	}
	p.do(FinishTask{Task: task.String(), Result: "pool is fine"})
	if _, err := p.try(FinishTask{Task: task.String()}); err == nil || !strings.Contains(err.Error(), "answered already: pool is fine") {
		t.Errorf("answered twice: %v", err)
	}
	if done := p.do(Close{Incident: inc.Code, Customers: "not needed because only staff saw it"}); !strings.Contains(done.Note, "the watch for a recurrence would run until ") {
		t.Errorf("closed at once, and it says %q", done.Note)
	}
	if _, err := p.try(Close{Incident: inc.Code}); err == nil || !strings.Contains(err.Error(), "is closed already") {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := p.try(Reopen{Incident: inc.Code}); err == nil || !strings.Contains(err.Error(), "the reason is missing") {
		t.Errorf("reopened without a reason: %v", err)
	}
	p.do(Reopen{Incident: inc.Code, Reason: "it came back"})
	if !inc.Open() {
		t.Error("it is not open")
	}
	for _, name := range []string{"resolved", "closed", "reopened"} {
		if _, ok := inc.Milestone(name); !ok {
			t.Errorf("milestone %s is not set", name)
		}
	}
}

func TestAMessageIsDeliveredOnce(t *testing.T) {
	w := founded(t, RoleMember)
	p, q := w.peers[0], w.peers[1]
	inc := p.do(Declare{Title: "checkout fails"})
	draft := Draft{Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{Address: "a@example.com"}}}
	first := p.do(QueueMessage{Incident: inc.Code, Draft: draft}).ID
	second := p.do(QueueMessage{Incident: inc.Code, Draft: draft, Next: p.now.Add(time.Hour)}).ID
	w.meet()
	views := q.state.MessageViews(q.incident(inc.ID))
	if len(views) != 2 || views[0].Status != "withdrawn" || views[0].Detail != "replaced by a newer update" || views[1].Status != "waiting" ||
		views[1].Number != 2 || views[1].NextUpdateAt.IsZero() || views[1].Recipients != 1 || views[1].By != "Ana Ruiz" {
		t.Fatalf("messages are %+v", views)
	}
	if _, err := p.try(ClaimMessage{Message: first.String(), For: time.Minute}); err == nil || !strings.Contains(err.Error(), "the message is withdrawn already") {
		t.Errorf("claimed what was withdrawn: %v", err)
	}
	q.do(ClaimMessage{Message: second.String(), For: time.Minute})
	w.meet()
	if _, err := p.try(ClaimMessage{Message: second.String(), For: time.Minute}); err == nil || !strings.Contains(err.Error(), "Ben Okafor is delivering the message") {
		t.Errorf("claimed twice: %v", err)
	}
	q.do(RecordResult{Message: second.String(), Outcome: Sent, Detail: "250 ok", Refused: []Refusal{{"a@example.com", "no such user"}}})
	w.meet()
	v := p.state.MessageViews(nil)[1]
	if v.Status != "sent" || v.Detail != "250 ok" || len(v.Refused) != 1 {
		t.Errorf("message is %+v", v)
	}
}

func TestAnIDBeatsAPartOfATitle(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	inc := p.incident(p.do(Declare{Title: "checkout fails"}).ID)
	p.do(Declare{Title: "after " + inc.Code})
	for _, text := range []string{inc.Code, strings.ToLower(inc.Code), strings.TrimPrefix(inc.Code, "INC-"), inc.ID.String(), inc.ID.Short(6), "checkout"} {
		if got, err := p.state.FindIncident(text); err != nil || got != inc {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestOneCodeOfTwoIncidents: peers apart may pick the same code. Then it is
// refused where it is typed, with what tells the two apart.
func TestOneCodeOfTwoIncidents(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	for range 2 {
		p.write([]Op{p.op(KindDeclared, ID{}, declared{Code: "INC-7K2M", Fields: map[string]string{FieldTitle: "x"}})})
	}
	_, err := p.state.FindIncident("inc-7k2m")
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), `fits 2 incidents: INC-7K2M x (`) {
		t.Errorf("got %v", err)
	}
	if got := p.state.newCode(ID{}); got != "INC-0000" {
		t.Errorf("code of an id of zeros is %s", got)
	}
}

func TestAStrayCorrectionHidesNoEntry(t *testing.T) {
	w, inc, entry := split(t)
	p := w.peers[0]
	other := p.do(Declare{Title: "other"}).ID
	p.write([]Op{p.op(KindEntryEdited, other, entryEdited{Entry: entry, Text: "stray"})})
	got, id, err := stored(t, p.state).FindEntry(entry.String())
	if err != nil || got.ID != inc || id != entry {
		t.Errorf("found in %v, %v", got, err)
	}
	if _, id, err := p.state.FindEntry(entry.Short(8)); err != nil || id != entry {
		t.Errorf("the start of its id: %v", err)
	}
}

func TestTextsAreMadeValid(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	inc := p.do(Declare{Title: "caf\xe9 fails"})
	p.do(Log{Incident: inc.Code, Text: "a\xffb"})
	p.do(SetIncident{Incident: inc.Code, Severity: P0, Reason: "\xff"})
	if p.state.Refused != 0 || p.incident(inc.ID).Title() != "caf\uFFFD fails" {
		t.Errorf("refused %d, title %q", p.state.Refused, p.incident(inc.ID).Title())
	}
}

func TestTheSamePersonTwice(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	first := p.do(AddPerson{Name: "Ben Okafor", Email: "ben@example.com"})
	for _, c := range []struct {
		add  AddPerson
		note string
		same bool
	}{
		{AddPerson{Name: "ben okafor", Email: "BEN@example.com"}, "is known already", true},
		{AddPerson{Name: "Ben Okafor", Fields: map[string]string{"team": "SRE"}}, "1 detail added", true},
		{AddPerson{Name: "Ben Okafor", Fields: map[string]string{"team": "Data"}}, "is known already", true},
		{AddPerson{Name: "Ben Okafor", Email: "other@example.com"}, "", false},
	} {
		done := p.do(c.add)
		if (done.ID == first.ID) != c.same || !strings.Contains(done.Note, c.note) {
			t.Errorf("%+v: %+v", c.add, done)
		}
	}
	if team := p.state.People[first.ID].Fields.Text("team"); team != "SRE" {
		t.Errorf("team is %q", team)
	}
}

// TestEveryCommandTravels: what one process names, the other knows.
func TestEveryCommandTravels(t *testing.T) {
	for _, c := range []Command{
		Declare{},
		SetIncident{},
		Settle{},
		Resolve{},
		Close{},
		Reopen{},
		Log{},
		EditEntry{},
		RetractEntry{},
		AddTask{},
		FinishTask{},
		AssignRole{},
		AcceptRole{},
		ReleaseRole{},
		AddPerson{},
		SetRoom{},
		RemoveMember{},
		CloseInvite{},
		AssessSeverity{},
		MergeIncident{},
		SetTools{},
		EnterPhase{},
		LeavePhase{},
		TickCheck{},
		RecordFacts{},
		AddHypothesis{},
		SetHypothesis{},
		AddIndication{},
		AddOption{},
		Propose{},
		Decide{},
		TakeLock{},
		ReleaseLock{},
		AcceptTask{},
	} {
		text, err := jsonOf(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeCommand(CommandName(c), []byte(text))
		if err != nil || CommandName(back) != CommandName(c) {
			t.Errorf("%T came back as %T, %v", c, back, err)
		}
	}
	for _, c := range []Command{FoundRoom{}, AdmitMember{}, IssueInvite{}} {
		if name := CommandName(c); name != "" {
			t.Errorf("%T may travel, as %s", c, name)
		}
	}
	if _, err := DecodeCommand("drop", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("an unknown command: %v", err)
	}
	if _, err := DecodeCommand("log", []byte(`{"Colour":"red"}`)); err == nil {
		t.Error("an unknown member was taken")
	}
}

// TestTwoPeopleOfOneNameCanBeToldApart: by the start of the id, which the refusal gives.
func TestTwoPeopleOfOneNameCanBeToldApart(t *testing.T) {
	w := founded(t, RoleMember)
	p := w.peers[0]
	inc := p.do(Declare{Title: "checkout fails"}).ID
	p.do(IssueInvite{Invite: ID{1}, Role: RoleMember, Expires: p.now.Add(time.Hour), Uses: 2})
	a := p.do(AdmitMember{Device: DeviceKey{1}, Invite: ID{1}, Person: "Eve Stone"}).ID
	b := p.do(AdmitMember{Device: DeviceKey{2}, Invite: ID{1}, Person: "eve stone"}).ID
	_, err := p.try(AssignRole{Incident: inc.String(), Role: "ic", Person: "Eve Stone"})
	if err == nil || !strings.Contains(err.Error(), "Eve Stone ("+a.Short(8)+")") || !strings.Contains(err.Error(), "eve stone ("+b.Short(8)+")") {
		t.Fatalf("it says %v", err)
	}
	p.do(AssignRole{Incident: inc.String(), Role: "ic", Person: strings.ToLower(b.Short(8))})
	role, _ := FindRole(RoleCommander)
	if held := p.incident(inc).Holders(role); len(held) != 1 || held[0].Person != b {
		t.Errorf("commanders %+v, want %s", held, b)
	}
}

// TestTheStartOfAChoiceIsEnough where it fits one alone.
func TestTheStartOfAChoiceIsEnough(t *testing.T) {
	types := []string{"Security Breach", "Data Loss or Corruption", "Data Privacy Incident", "Data"}
	for text, want := range map[string]string{"security": "Security Breach", "DATA P": "Data Privacy Incident", "data": "Data", "data ": "Data", "sec": "", "": "", "breach": ""} {
		if got, err := choose("type", text, types); got != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v", text, got, err)
		}
	}
}

// TestWhatCanBeConfirmedIsDoubtful: a command with a flag for it says so by its
// method, which sets that flag and nothing else; the desktop and the terminal ask
// no other way.
func TestWhatCanBeConfirmedIsDoubtful(t *testing.T) {
	found := 0
	for _, n := range names {
		_, has := n.of.FieldByName("Confirm")
		d, doubtful := reflect.Zero(n.of).Interface().(Doubtful)
		if has != doubtful {
			t.Errorf("%s: has the flag %v, is doubtful %v", n.name, has, doubtful)
		}
		if !has || !doubtful {
			continue
		}
		found++
		want := reflect.New(n.of).Elem()
		want.FieldByName("Confirm").SetBool(true)
		if got := d.Confirmed(); !reflect.DeepEqual(got, want.Interface()) {
			t.Errorf("%s is confirmed as %+v", n.name, got)
		}
	}
	if found == 0 {
		t.Error("no command can be confirmed")
	}
}
