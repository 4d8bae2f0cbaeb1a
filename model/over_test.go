package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// workedAndClosed gives an incident that was worked on and is closed.
func workedAndClosed(p *peer) (inc *Incident, ids map[string]string) {
	inc = p.incident(p.do(Declare{Title: "checkout fails", Severity: P2}).ID)
	ids = map[string]string{}
	for name, c := range map[string]Command{
		"hypothesis": AddHypothesis{Incident: inc.Code, Text: "the pool is pinned to the old writer"},
		"proposal":   Propose{Incident: inc.Code, Proposal: "freeze all deploys"},
		"team":       AddTeam{Incident: inc.Code, Name: "Alpha", Leader: "Ben", Objective: "find the writer"},
		"lock":       TakeLock{Incident: inc.Code, Thing: "db-2"},
		"role":       AssignRole{Incident: inc.Code, Role: "ic", Person: "Ana"},
		"run":        StartRun{Incident: inc.Code, Runbook: p.state.Runbooks()[0].Book.ID},
		"entry":      Log{Incident: inc.Code, Text: "the pool is full"},
	} {
		ids[name] = p.do(c).ID.String()
	}
	p.do(Resolve{Incident: inc.Code, Verification: "orders pass"})
	p.do(Close{Incident: inc.Code, Customers: "only staff saw it"})
	p.now = p.now.Add(2 * time.Hour)
	return inc, ids
}

// TestAClosedIncidentTakesNoNewWork: what begins work, asks somebody for something
// or says that somebody is at it now is refused, with what to do instead.
func TestAClosedIncidentTakesNoNewWork(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc, ids := workedAndClosed(p)
	at := testNow.Add(5 * time.Hour)
	told := Draft{Subject: "It is over", Body: "Orders pass again.", Audience: AudienceStakeholders, Channel: "mail", Recipients: []Recipient{{"Ana Ruiz", "ana@example.com"}}}
	promised := told
	promised.Next = at.UnixMilli()
	for _, begun := range []struct {
		c    Command
		want string
	}{
		{AddTask{Incident: inc.Code, Text: "read the lag"}, inc.Code + ` is closed, and the response with it; no task was added. Take it up again: reopen ` + inc.Code +
			` --reason "..."; or put it down as an action of the review: action add ` + inc.Code + ` "..."`},
		{TakeLock{Incident: inc.Code, Thing: "db-3"}, "nothing was locked"},
		{AddHypothesis{Incident: inc.Code, Text: "the deploy of 11:58"}, "review factor add " + inc.Code},
		{SetHypothesis{Hypothesis: ids["hypothesis"], Owner: "Ben"}, "the hypothesis was not taken up"},
		{SetHypothesis{Hypothesis: ids["hypothesis"], Due: at}, "the hypothesis was not taken up"},
		{SetHypothesis{Hypothesis: ids["hypothesis"], State: "open"}, "the hypothesis was not taken up"},
		{AddOption{Incident: inc.Code, Text: "roll back"}, "no option was put up"},
		{Propose{Incident: inc.Code, Proposal: "roll back"}, "nothing was proposed"},
		{Decide{Decision: ids["proposal"], Result: Proposed}, "nothing was proposed"},
		{AssignRole{Incident: inc.Code, Role: "scribe", Person: "Ben"}, "or tell what was, with its time: log " + inc.Code},
		{AcceptRole{Incident: inc.Code, Role: "ic"}, "nobody was put into a role"},
		{HandOver{Incident: inc.Code, Role: "ic", To: "Ben"}, "nobody was put into a role"},
		{AddTeam{Incident: inc.Code, Name: "Bravo", Leader: "Ben", Objective: "tell the shops"}, "no team was made"},
		{SetTeam{Team: ids["team"], Objective: "find the reader"}, "the team was not changed"},
		{StartRun{Incident: inc.Code, Runbook: p.state.Runbooks()[0].Book.ID}, "no runbook was started"},
		{EnterPhase{Incident: inc.Code, Phase: "containment"}, "the phase was not changed"},
		{SetIncident{Incident: inc.Code, Phase: "recovery"}, "the phase was not changed"},
		{SetIncident{Incident: inc.Code, NextUpdate: at}, "no update was promised"},
		{Page{Incident: inc.Code, Person: "Ben"}, "nobody was paged"},
		{RecordAttempt{Incident: inc.Code, Rung: "p1-on-call", Person: "Ben", Way: "phone"}, "no call was written down"},
		{SetRhythm{Incident: inc.Code, Long: true}, "no rhythm was announced"},
		{AskAudience{Incident: inc.Code, Audience: "executives"}, "message send " + inc.Code + " --audience executives"},
		{InjectDrill{Incident: inc.Code}, "no event was told"},
		{QueueMessage{Incident: inc.Code, Draft: told, Next: at}, "no next update is promised"},
		{QueueMessage{Incident: inc.Code, Draft: promised}, "or tell it without the time of a next update, as in: message send " + inc.Code},
		{TellByHand{Incident: inc.Code, Draft: told, Where: "the status page", Next: at}, "no next update is promised"},
	} {
		if _, err := p.try(begun.c); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), begun.want) {
			t.Errorf("%+v: %v, want %q", begun.c, err, begun.want)
		}
	}
	p.do(Reopen{Incident: inc.Code, Reason: "it is back"})
	p.do(AddTask{Incident: inc.Code, Text: "read the lag"})
	p.do(Resolve{Incident: inc.Code, Verification: "orders pass again"}) // resolved is not closed: a check may still be asked for
	p.do(AddTask{Incident: inc.Code, Text: "watch the lag for an hour"})
}

// TestTheRecordOfAClosedIncidentGoesOn: what tells what was, and what ends what was
// begun, is taken as before.
func TestTheRecordOfAClosedIncidentGoesOn(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc, ids := workedAndClosed(p)
	step := p.state.Runs(inc)[0].Book.Steps[0]
	for _, c := range []Command{
		Log{Incident: inc.Code, Text: "the shop called", At: testNow.Add(-time.Hour)},
		EditEntry{Entry: ids["entry"], Text: "the pool was full"},
		SetIncident{Incident: inc.Code, Severity: P1, Reason: "all shops saw it"},
		SetIncident{Incident: inc.Code, Milestones: map[string]time.Time{"started": testNow.Add(-time.Hour)}},
		SetIncident{Incident: inc.Code, Phase: "post-incident"},
		RecordFacts{Incident: inc.Code, Workaround: "none was needed"},
		AddIndication{Hypothesis: ids["hypothesis"], Text: "all six pods talked to db-2"},
		SetHypothesis{Hypothesis: ids["hypothesis"], State: "confirmed"},
		Decide{Decision: ids["proposal"], Result: Dropped, Reason: "it was over"},
		ReleaseLock{Incident: inc.Code},
		ReleaseRole{Incident: inc.Code, Role: "ic"},
		SetTeam{Team: ids["team"], Word: "the writer was db-2", Close: true},
		SetPresence{Incident: inc.Code, Left: true},
		DoStep{Incident: inc.Code, Step: step.ID, Outcome: "skipped", Result: "it was over"},
		AddAction{Incident: inc.Code, Text: "Raise the limit of the pool", Owner: "Ben", Due: testNow.AddDate(0, 0, 20)},
		AddFactor{Incident: inc.Code, Text: "nobody watches the lag"},
		QueueMessage{Incident: inc.Code, Draft: Draft{
			Subject: "It is over", Body: "Orders pass again.", Audience: AudienceStakeholders, Channel: "mail", Recipients: []Recipient{{"Ana Ruiz", "ana@example.com"}},
		}},
		TellByHand{Incident: inc.Code, Draft: Draft{Body: "Orders pass again.", Audience: "public", Channel: "statuspage"}, Where: "the status page"},
	} {
		if _, err := p.try(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestATextForAClosedIncidentPromisesNothing: neither by a time that is typed nor by
// the cadence; and it says what to do instead of asking for the time.
func TestATextForAClosedIncidentPromisesNothing(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	inc, _ := workedAndClosed(p)
	for _, c := range []struct{ name, source, typed, want string }{
		{"typed", "It is over.", "+30m", "no next update is promised"},
		{"named by the template", "It is over. Next update {{next_update}}.", "", "no next update is promised"},
		{"neither", "It is over.", "", ""},
		{"left out where it is not known", "It is over.[[ Next update {{next_update}}.]]", "", ""},
	} {
		o := ComposeOptions{Now: p.now, Fields: map[string]string{}}
		if c.typed != "" {
			o.Fields[fieldNextUpdate] = c.typed
		}
		draft, missing, err := Compose(p.state, inc, c.source, o)
		if c.want == "" && (err != nil || draft.Next != 0 || draft.Body != "It is over.") ||
			c.want != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want) || len(missing) > 0) {
			t.Errorf("%s: %+v, missing %q, %v", c.name, draft, missing, err)
		}
	}
}

// TestWorkBegunBeforeTheClosingWasKnownStands: the rule is of the command, and what
// was begun on the other side of a split is there after it, to be ticked.
func TestWorkBegunBeforeTheClosingWasKnownStands(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.incident(a.do(Declare{Title: "checkout fails", Severity: P2}).ID)
	w.meet()
	a.do(Resolve{Incident: inc.Code, Verification: "orders pass"})
	a.do(Close{Incident: inc.Code, Customers: "only staff saw it"})
	task := b.do(AddTask{Incident: inc.Code, Text: "read the lag"}).ID
	b.do(TakeLock{Incident: inc.Code, Thing: "db-2"})
	w.meet()
	w.sameEverywhere()
	for i, p := range w.peers {
		if got := p.incident(inc.ID); got.State() != StateClosed || got.openTasks() != 1 || len(p.state.Locks()) != 1 {
			t.Errorf("peer %d: %s with %d tasks open and %d locks", i, got.State(), got.openTasks(), len(p.state.Locks()))
		}
	}
	a.do(FinishTask{Task: task.String(), Result: "0 s"})
	a.do(ReleaseLock{Incident: inc.Code, Thing: "db-2", Reason: "it was over"})
}
