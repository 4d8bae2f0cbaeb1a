package model

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/assets"
	"holdfast/model/runbook"
)

// gitlabFacts declares the sample incident of 31 January 2017 up to a moment,
// as its people knew it then.
func gitlabFacts(t *testing.T, until string) Declare {
	t.Helper()
	src, err := assets.Sample("gitlab-2017-01-31-database")
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Title, Type string
		Entries     []struct {
			At         time.Time
			Text, Kind string
		}
	}
	if err := json.Unmarshal(src, &told); err != nil {
		t.Fatal(err)
	}
	d := Declare{Title: "Database replication has stopped", Severity: P1, Type: "Performance Degradation"}
	for _, e := range told.Entries {
		if e.At.Format("15:04") <= until {
			d.Entries = append(d.Entries, Log{Text: e.Text, Kind: e.Kind, At: e.At})
		}
	}
	if len(d.Entries) < 9 {
		t.Fatalf("the sample has %d entries until %s", len(d.Entries), until)
	}
	return d
}

func refused(t *testing.T, p *peer, c Command, want string) {
	t.Helper()
	seq := p.seq
	if _, err := p.try(c); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%T: %v, want a refusal with %q", c, err, want)
	}
	if p.seq != seq {
		t.Errorf("%T was refused and wrote", c)
	}
}

// runOf gives the only run of an incident as a peer sees it.
func runOf(t *testing.T, p *peer, inc ID) RunView {
	t.Helper()
	views := p.state.RunViews(p.incident(inc))
	if len(views) != 1 {
		t.Fatalf("%d runs", len(views))
	}
	return views[0]
}

// TestGitlabWipesTheReplicaOnly walks the shipped runbook on the facts of the
// incident in which the data directory of the primary was removed in the
// belief that it was the replica's.
func TestGitlabWipesTheReplicaOnly(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(gitlabFacts(t, "22:00")).ID
	if s := ana.state.SuggestionViews(ana.incident(inc)); len(s) == 0 || s[0].ID != "database-connection" || !slices.Contains(s[0].Reasons, `an alert says "replication"`) {
		t.Fatalf("suggested: %+v", s)
	}
	name := inc.String()
	ana.do(StartRun{Incident: name, Runbook: "database-connection"})
	for _, step := range []DoStep{
		{Step: "error", Branch: "otherwise", Result: "replication to the second database has stopped"},
		{Step: "2", Branch: "otherwise", Result: "name resolves and port is open from both places"},
		{Step: "server", Branch: "otherwise"},
		{Step: "connections", Outcome: "failed", Branch: "", Result: "the view hangs"},
		{Step: "connections", Branch: "otherwise", Result: "8000 is max"},
		{Step: "locks", Branch: "otherwise"},
		{Step: "replication", Branch: "b", Result: "replica about 4 GB behind"},
	} {
		step.Incident = name
		ana.do(step)
	}
	w.meet()
	wipe := DoStep{Incident: name, Step: "re-sync", Target: "db1.cluster.gitlab.com", Second: "Ben Okafor", Result: "directory removed"}
	refused(t, ana, wipe, "is destructive, and the run is not there")
	ana.do(DoStep{Incident: name, Step: "before-wipe", Result: "role replica, backup of unknown age said aloud; a snapshot is 6 h old"})
	refused(t, ana, wipe, "does not say which replica host")
	ana.do(SetRunValue{Incident: name, Name: "replica host", Value: "db2.cluster.gitlab.com"})
	refused(t, ana, SetRunValue{Incident: name, Name: "replica host", Value: "db1.cluster.gitlab.com"}, "that stays")
	refused(t, ana, wipe, `you typed "db1.cluster.gitlab.com", and this run acts on "db2.cluster.gitlab.com"; nothing was recorded. Stop`)
	wipe.Target = "db2.cluster.gitlab.com"
	alone := wipe
	alone.Second = ""
	refused(t, ana, alone, "a second person reads the name aloud")
	alone.Second = "Ana Ruiz"
	refused(t, ana, alone, "another one than Ana Ruiz")

	ana.do(wipe)
	if v := runOf(t, ana, inc); v.At != "re-sync" || v.Waiting != 1 {
		t.Fatalf("before the second person's word the run is at %q, %d wait", v.At, v.Waiting)
	}
	refused(t, ana, ConfirmStep{Incident: name}, "Ben Okafor was named as the second person")
	w.meet()
	done := ben.do(ConfirmStep{Incident: name, Step: "19"})
	if !strings.Contains(done.Note, "by Ana Ruiz: Wipe and re-sync, on db2.cluster.gitlab.com") {
		t.Errorf("Ben is told %q", done.Note)
	}
	ben.do(DoStep{Incident: name, Step: "verify", Outcome: "deviated", Result: "lag watched for 5 minutes only"})
	w.meet()
	w.sameEverywhere()
	v := runOf(t, ana, inc)
	if v.Over != runbook.End || v.Done != 9 || v.Results[8].Witness != WitnessConfirmed || v.Results[8].Second != "Ben Okafor" {
		t.Fatalf("the run ended %q with %d done: %+v", v.Over, v.Done, v.Results)
	}
	var rows []string
	for _, r := range ana.state.Rows(ana.incident(inc)) {
		if r.Kind == "runbook" {
			rows = append(rows, r.Author+" "+r.Text)
		}
	}
	all := strings.Join(rows, "\n")
	for _, want := range []string{
		"Ana Ruiz Database connection failure: started",
		"Database connection failure: replica host is db2.cluster.gitlab.com",
		"Database connection failure: 1. Read the error, done (otherwise): replication to the second database has stopped",
		"7. Count the connections, failed: the view hangs [\"Count the connections\" failed: the view hangs]",
		"Ana Ruiz Database connection failure: 19. Wipe and re-sync, done, confirmed by Ben Okafor: directory removed",
		"Ben Okafor Database connection failure: 20. Verify, deviated: lag watched for 5 minutes only",
		"; the run is finished",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no row %q in\n%s", want, all)
		}
	}
}

func TestSecondPersonPresentCountsAtOnceAndShows(t *testing.T) {
	w := founded(t, RoleMember)
	ana := w.peers[0]
	ana.do(AddPerson{Name: "Dita Novak", Email: "dita@example.org"})
	inc := ana.do(Declare{Title: "replica broken"})
	ana.do(AddRunbook{Text: ownBook})
	ana.do(StartRun{Incident: inc.Code, Runbook: "re-sync", Values: map[string]string{"host": "db2"}})
	ana.do(DoStep{Incident: inc.Code})
	step := DoStep{Incident: inc.Code, Step: "wipe", Target: "db2", Second: "Dita Novak"}
	refused(t, ana, step, "Dita Novak has no device in this room to confirm from")
	step.Present = true
	if note := ana.do(step).Note; note != "the run is finished" {
		t.Errorf("told %q", note)
	}
	if v := runOf(t, ana, inc.ID); v.Results[1].Witness != WitnessPresent || v.Results[1].Second != "Dita Novak" || v.Over != runbook.End {
		t.Errorf("%+v", v)
	}
}

// Ben looks on at what Ana does and writes it down himself: that is his word.
// Ana cannot write his word for him.
func TestTheSecondPersonWritesItDown(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(Declare{Title: "replica broken"}).ID
	ana.do(AddRunbook{Text: ownBook})
	run := ana.do(StartRun{Incident: inc.String(), Runbook: "re-sync", Values: map[string]string{"host": "db2"}}).ID
	w.meet()
	ben.do(DoStep{Incident: inc.String(), Person: "Ana"})
	ben.do(DoStep{Incident: inc.String(), Person: "Ana", Target: "db2", Second: "Ben"})
	w.meet()
	if v := runOf(t, ana, inc); v.Over != runbook.End || v.Results[1].Witness != WitnessConfirmed || v.Results[1].Person != "Ana Ruiz" || v.Results[1].By != "Ben Okafor" {
		t.Errorf("%+v", v)
	}
	ana.write([]Op{ana.op(KindItemAdded, inc, itemAdded{Class: ClassRunStep, Fields: map[string]string{
		StepRun: run.String(), StepID: "wipe", StepOutcome: "done", StepPerson: personOf(ana).String(), StepSecond: personOf(ben).String(), StepWitness: WitnessConfirmed,
	}})})
	if v := runOf(t, ana, inc); v.Results[2].Witness != WitnessPresent {
		t.Errorf("Ana wrote that Ben confirmed, and it shows as %q", v.Results[2].Witness)
	}
}

// personOf gives the person of a peer.
func personOf(p *peer) ID { return p.state.Members[p.key].Person }

// A run that stops for another runbook says which; one with a text that is not
// read here is neither done nor in the way.
func TestARunStopsForAnotherRunbook(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "replica broken"})
	ana.do(AddRunbook{Text: "# Odd logins\n\n## 1. Was it us? {#us}\n\n- If no -> runbook security\n- Otherwise -> end\n"})
	ana.do(StartRun{Incident: inc.Code, Runbook: "odd-logins"})
	if note := ana.do(DoStep{Incident: inc.Code, Branch: "no", Result: "nobody knows them"}).Note; note != "the run is stopped; go on with the runbook security" {
		t.Errorf("told %q", note)
	}
	if v := runOf(t, ana, inc.ID); v.Over != runbook.Stop || v.Next != "security" || v.Hand != nil {
		t.Errorf("%+v", v)
	}
	refused(t, ana, DoStep{Incident: inc.Code, Step: "us", Branch: "a"}, "the run is over")
	ana.do(DoStep{Incident: inc.Code, Step: "us", Outcome: "missing", Result: "look at the address first"})
	ana.do(StartRun{Incident: inc.Code, Runbook: "security"})
	ana.write([]Op{ana.op(KindItemAdded, inc.ID, itemAdded{Class: ClassRun, Fields: map[string]string{RunText: "# From a newer version", RunTitle: "x"}})})
	ana.do(DoStep{Incident: inc.Code, Branch: "stop", Result: "not us"})
	views := ana.state.RunViews(ana.incident(inc.ID))
	if len(views) != 3 || views[2].Unread == "" || views[2].Over != "" || views[2].Hand != nil || len(views[0].Gaps) != 1 {
		t.Errorf("%+v", views)
	}
}

const ownBook = `---
id: re-sync
services: ledger
alerts: replica broken
last-reviewed: 2026-01-10
---
# Re-sync a replica

## 1. Note the age of the last backup {#copy}

- Minutes: 5

## 2. Remove the old data {#wipe}

- Risk: destructive
- Target: {{host}}
- Requires: copy
`

func TestARunKeepsItsTextAndItsValues(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(Declare{Title: "replica broken"}).ID
	ana.do(AddRunbook{Text: ownBook})
	ana.do(StartRun{Incident: inc.String(), Runbook: "re-sync"})
	w.meet()
	ana.do(ReviseRunbook{Text: strings.Replace(ownBook, "Remove the old data", "Move the old data away", 1), Reason: "never remove"})
	ana.do(SetRunValue{Incident: inc.String(), Name: "host", Value: "db2"})
	ben.do(SetRunValue{Incident: inc.String(), Name: "host", Value: "db3"})
	ben.do(DoStep{Incident: inc.String(), Step: "copy", Result: "6 h"})
	w.meet()
	w.sameEverywhere()
	v := runOf(t, ben, inc)
	if !v.Changed || v.Hand == nil || v.Hand.Title != "Remove the old data" || v.At != "wipe" {
		t.Fatalf("%+v", v)
	}
	if c := v.Values[0].Conflict; len(c) != 2 || c[0].By == c[1].By {
		t.Fatalf("two hosts given apart: %+v", v.Values)
	}
	wipe := DoStep{Incident: inc.String(), Step: "wipe", Target: "db2", Second: "Ben Okafor", Present: true}
	refused(t, ana, wipe, "two values of host were given apart")
	refused(t, ana, SetRunValue{Incident: inc.String(), Name: "host", Value: "db4"}, "one of these settles it")
	ana.do(SetRunValue{Incident: inc.String(), Name: "host", Value: "db2"})
	ana.do(wipe)
	w.meet()
	if v := runOf(t, ben, inc); v.Over != runbook.End || v.Values[0].Value != "db2" || len(v.Values[0].Conflict) != 0 {
		t.Errorf("%+v", v)
	}
	back := stored(t, ben.state)
	if got, want := back.RunViews(back.Incident(inc)), ben.state.RunViews(ben.incident(inc)); !reflect.DeepEqual(got, want) {
		t.Errorf("from a snapshot the run is %+v", got)
	}
}

func TestRunbooksOfTheRoom(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	find := func(p *peer, id string) RoomRunbook {
		t.Helper()
		r, err := p.state.FindRunbook(id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	refused(t, ana, AddRunbook{Text: strings.Repeat("a", MaxText+1)}, "at most 32768")
	refused(t, ana, AddRunbook{Text: "# Nothing\n"}, "there is no step")
	refused(t, ana, ReviseRunbook{Text: ownBook, Reason: "x"}, "has no runbook")
	refused(t, ana, RetireRunbook{Runbook: "performance", Reason: "x"}, "is shipped and stays as it is")

	own := strings.Replace(ownBook, "id: re-sync", "id: database-connection\ncolour: red", 1)
	if note := ana.do(AddRunbook{Text: own}).Note; !strings.Contains(note, "takes the place of the shipped") || !strings.Contains(note, `"colour" is kept but means nothing here`) {
		t.Errorf("told %q", note)
	}
	refused(t, ana, AddRunbook{Text: own}, "revise it")
	if r := find(ana, "database-connection"); len(r.Book.Steps) != 2 || len(ana.state.Runbooks()) != 6 {
		t.Fatalf("%d steps of %d runbooks", len(r.Book.Steps), len(ana.state.Runbooks()))
	}
	w.meet()
	left, right := strings.Replace(own, "last backup", "last dump", 1), strings.Replace(own, "last backup", "last snapshot", 1)
	ana.do(ReviseRunbook{Text: left, Reason: "we have dumps"})
	ben.do(ReviseRunbook{Text: right, Reason: "we have snapshots"})
	w.meet()
	for _, p := range w.peers {
		v := p.state.RunbookView(find(p, "database-connection"), p.now)
		if len(v.Conflict) != 2 || v.Conflict[0].Value+v.Conflict[1].Value != left+right && v.Conflict[0].Value+v.Conflict[1].Value != right+left || len(v.History) != 3 {
			t.Fatalf("%d in conflict, %d in history", len(v.Conflict), len(v.History))
		}
	}
	ben.do(ReviseRunbook{Text: left, Reason: "agreed"})
	ana.do(AddRunbook{Text: ownBook})
	ben.do(AddRunbook{Text: strings.Replace(ownBook, "last backup", "last snapshot", 1)})
	w.meet()
	if r := find(ana, "re-sync"); len(r.Items) != 2 || len(r.Conflict) != 2 {
		t.Fatalf("added twice, apart: %+v", r)
	}
	ana.do(ReviseRunbook{Text: ownBook, Reason: "one"})
	ana.do(RetireRunbook{Runbook: "database-connection", Reason: "the shipped one is better"})
	w.meet()
	w.sameEverywhere()
	if r := find(ben, "database-connection"); r.Items != nil || len(r.Book.Steps) != 20 {
		t.Errorf("the shipped one is not back: %d steps", len(r.Book.Steps))
	}
	if r := find(ben, "re-sync"); len(r.Items) != 1 || r.Conflict != nil || r.Book.Text != ownBook {
		t.Errorf("not settled: %+v", r.Conflict)
	}
	if got, want := stored(t, ben.state).Runbooks(), ben.state.Runbooks(); !reflect.DeepEqual(got, want) {
		t.Errorf("a snapshot has other runbooks: %d, want %d", len(got), len(want))
	}
}

func TestReviewsAndDrillsCountForARunbook(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	ana.do(AddRunbook{Text: ownBook})
	dates := func() string {
		r, err := ana.state.FindRunbook("re-sync")
		if err != nil {
			t.Fatal(err)
		}
		return r.Book.Reviewed.Format(time.DateOnly) + " " + r.Book.Exercised.Format(time.DateOnly)
	}
	if got := dates(); got != "2026-01-10 0001-01-01" {
		t.Fatalf("as written: %s", got)
	}
	refused(t, ana, ReviewRunbook{Runbook: "re-sync", On: testNow.AddDate(0, 0, 2)}, "still to come")
	ana.do(ReviewRunbook{Runbook: "re-sync", On: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	ana.do(ReviewRunbook{Runbook: "re-sync", Exercised: true, On: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
	if got := dates(); got != "2026-03-01 2026-02-01" {
		t.Fatalf("marked: %s", got)
	}
	for _, drill := range []bool{false, true} {
		inc := ana.do(Declare{Title: fmt.Sprint("replica broken, drill ", drill)})
		if drill {
			op := ana.op(KindIncidentField, inc.ID, fieldSet{Field: FieldDrill, Value: "yes"})
			ana.write([]Op{op})
		}
		ana.do(StartRun{Incident: inc.Code, Runbook: "re-sync"})
		ana.do(DoStep{Incident: inc.Code})
		want := "2026-03-01 2026-02-01"
		if got := dates(); got != want {
			t.Fatalf("before the end: %s", got)
		}
		ana.do(DoStep{Incident: inc.Code, Step: "wipe", Outcome: "skipped", Result: "only an exercise"})
		if drill {
			want = "2026-03-01 2026-03-17"
		}
		if got := dates(); got != want {
			t.Errorf("drill %v, finished: %s, want %s", drill, got, want)
		}
	}
}

// A view may be drawn many times a second, so it reads no text.
func TestViewsReadNoText(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "replica broken"})
	ana.do(AddRunbook{Text: ownBook})
	ana.do(StartRun{Incident: inc.Code, Runbook: "re-sync"})
	for _, s := range []*State{ana.state, stored(t, ana.state)} {
		here := s.Incident(inc.ID)
		if a, b := s.Runs(here)[0], s.Runs(here)[0]; &a.Book.Steps[0] != &b.Book.Steps[0] {
			t.Error("the text of a run was read again")
		}
		for i, a := range s.Runbooks() {
			if b := s.Runbooks()[i]; &a.Book.Steps[0] != &b.Book.Steps[0] {
				t.Errorf("%s was read again", a.Book.ID)
			}
		}
	}
}

// BenchmarkRunViews shows a run of the longest shipped runbook.
func BenchmarkRunViews(b *testing.B) {
	w := founded(b)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "database down"}).ID
	ana.do(StartRun{Incident: inc.String(), Runbook: "database-connection"})
	for range 6 {
		ana.do(DoStep{Incident: inc.String(), Branch: "otherwise"})
	}
	for _, view := range []struct {
		name string
		draw func()
	}{
		{"runs", func() { ana.state.RunViews(ana.state.Incident(inc)) }},
		{"incident", func() { ana.state.View(ana.state.Incident(inc), ana.now) }},
		{"runbooks", func() { ana.state.RunbookViews(ana.now) }},
	} {
		b.Run(view.name, func(b *testing.B) {
			for b.Loop() {
				view.draw()
			}
		})
	}
}

// A hand-made device can write what no command plans. What was done stays, and
// nobody speaks for the second person.
func TestNobodyRewritesARun(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(Declare{Title: "replica broken"}).ID
	ana.do(AddRunbook{Text: ownBook})
	run := ana.do(StartRun{Incident: inc.String(), Runbook: "re-sync", Values: map[string]string{"host": "db2"}}).ID
	ana.do(DoStep{Incident: inc.String(), Step: "copy", Result: "6 h"})
	step := ana.do(DoStep{Incident: inc.String(), Step: "wipe", Target: "db2", Second: "Ben Okafor"}).ID
	var ops []Op
	for _, forged := range []fieldSet{
		{Of: run, Field: RunText, Value: "# Other\n\n## 1. Do harm\n"},
		{Of: run, Field: runValuePrefix + "host", Value: "db1"},
		{Of: step, Field: StepConfirmed, Value: "x"},
		{Of: step, Field: StepWitness, Value: WitnessPresent},
		{Of: step, Field: StepTarget, Value: "db1"},
	} {
		forged.Pred = []ID{forged.Of}
		ops = append(ops, ana.op(KindItemField, inc, forged))
	}
	ana.write(ops)
	w.meet()
	v := runOf(t, ben, inc)
	if v.At != "wipe" || v.Waiting != 1 || v.Unread != "" || v.Values[0].Value != "db2" || v.Results[1].Target != "db2" {
		t.Errorf("%+v", v)
	}
	ben.do(ConfirmStep{Incident: inc.String()})
	if v := runOf(t, ben, inc); v.Over != runbook.End {
		t.Errorf("with Ben's own word the run is %q", v.Over)
	}
	other := ana.op(KindItemAdded, inc, itemAdded{Class: ClassRun, Fields: map[string]string{RunText: ownBook, RunVersion: "00", RunTitle: "x"}})
	ana.write([]Op{other})
	views := ana.state.RunViews(ana.incident(inc))
	if len(views) != 2 || !strings.Contains(views[1].Unread, "SHA-256 differs") || views[1].Hand != nil {
		t.Errorf("a run with another text: %+v", views)
	}
}

// TestRunsMergeTheSame has three people follow runs apart and meet now and
// then; whatever the order in which the commits come, all read one thing.
func TestRunsMergeTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := founded(t, RoleMember, RoleMember)
		h := &history{world: w, t: t}
		inc := w.peers[0].do(Declare{Title: "replica broken"}).ID
		w.peers[0].do(AddRunbook{Text: ownBook})
		w.peers[0].do(StartRun{Incident: inc.String(), Runbook: "database-connection"})
		w.meet()
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			p := pickOf(h, "peer", w.peers)
			if h.pick("meet", 4) == 0 {
				p.pull(pickOf(h, "from", w.peers))
				continue
			}
			h.runbook(p, p.incident(inc))
		}
		w.meet()
		w.sameEverywhere()
		first := w.peers[0].state
		want := first.RunViews(first.Incident(inc))
		rows := first.Rows(first.Incident(inc))
		// Every order that keeps that of each feed.
		left := map[FeedID][]Commit{}
		for feed, commits := range w.peers[0].log {
			left[feed] = slices.Clone(commits)
		}
		other := NewState(w.room, nil)
		for len(left) > 0 {
			feeds := make([]FeedID, 0, len(left))
			for feed := range left {
				feeds = append(feeds, feed)
			}
			slices.SortFunc(feeds, FeedID.Compare)
			feed := pickOf(h, "feed", feeds)
			if err := other.Apply(left[feed][0]); err != nil {
				t.Fatalf("apply: %v", err)
			}
			if left[feed] = left[feed][1:]; len(left[feed]) == 0 {
				delete(left, feed)
			}
		}
		for _, s := range []*State{other, w.peers[1].state, w.peers[2].state, stored(t, first)} {
			if got := s.RunViews(s.Incident(inc)); !reflect.DeepEqual(got, want) {
				t.Fatalf("runs differ:\n%+v\n%+v", got, want)
			}
			if got := s.Rows(s.Incident(inc)); !reflect.DeepEqual(got, rows) {
				t.Fatalf("rows differ:\n%+v\n%+v", got, rows)
			}
			if got := s.Runbooks(); !reflect.DeepEqual(got, first.Runbooks()) {
				t.Fatalf("runbooks differ")
			}
		}
	})
}

// runbook does something with the runbooks of an incident.
func (h *history) runbook(p *peer, inc *Incident) {
	name := inc.ID.String()
	switch h.pick("runbook", 7) {
	case 0:
		_, _ = p.try(StartRun{Incident: name, Runbook: pickOf(h, "book", []string{"re-sync", "security"})})
		return
	case 1:
		_, _ = p.try(AddRunbook{Text: ownBook})
		text := strings.Replace(ownBook, "last backup", pickOf(h, "word", []string{"last dump", "last copy"}), 1)
		_, _ = p.try(ReviseRunbook{Text: text, Reason: "we learned"})
		_, _ = p.try(ReviewRunbook{Runbook: "re-sync", Exercised: h.pick("exercised", 2) == 0})
		return
	}
	runs := p.state.Runs(inc)
	if len(runs) == 0 {
		return
	}
	run := pickOf(h, "run", runs)
	if len(run.Book.Blanks) > 0 && h.pick("value", 3) == 0 {
		_, _ = p.try(SetRunValue{Incident: name, Run: run.ID.String(), Name: pickOf(h, "blank", run.Book.Blanks), Value: pickOf(h, "host", []string{"db1", "db2"})})
	}
	_, _ = p.try(ConfirmStep{Incident: name, Run: run.ID.String()})
	step := DoStep{
		Incident: name, Run: run.ID.String(), Step: run.Progress().At, Outcome: pickOf(h, "outcome", append([]string{"done", "done", "done"}, Outcomes...)),
		Branch: pickOf(h, "branch", []string{"", "a", "b", "otherwise", "stop"}), Result: "seen", Second: h.personOf(p), Present: h.pick("present", 2) == 0,
		Target: pickOf(h, "target", []string{"db1", "db2"}),
	}
	if h.pick("elsewhere", 3) == 0 {
		step.Step = pickOf(h, "step", run.Book.Steps).ID
	}
	if _, err := p.try(step); err != nil {
		step.Branch = cmp.Or(step.Branch, "otherwise")
		_, _ = p.try(step)
	}
}
