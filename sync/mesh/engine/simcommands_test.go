package engine

import (
	"strconv"
	"time"

	"holdfast/model"
)

// command is what somebody at a device happens to do. It may be refused.
func (r *record) command(n *simNode, state *model.State) model.Command {
	now := r.s.now.Add(n.clock)
	briefs := state.Briefs(true, now)
	if len(briefs) == 0 || r.rand.IntN(12) == 0 {
		return model.Declare{
			Title: "incident " + r.number(5), Severity: oneOf(r, model.Severities[:]),
			Entries: []model.Log{{Text: "first"}, {Text: "second", At: now.Add(-time.Hour)}},
		}
	}
	inc := state.Incident(oneOf(r, briefs).ID)
	switch r.rand.IntN(8) {
	case 0:
		return r.inRoom(state)
	case 1, 2:
		return r.onTimeline(state, inc)
	case 3:
		return r.onIncident(state, inc, now)
	case 4:
		return r.onRoles(state, inc)
	case 5:
		return r.onTasks(state, inc)
	case 6:
		return r.onBoard(state, inc)
	default:
		return r.onMessages(state, inc, now)
	}
}

func oneOf[T any](r *record, list []T) T { return list[r.rand.IntN(len(list))] }

func (r *record) number(n int) string { return strconv.Itoa(r.rand.IntN(n)) }

func (r *record) person(state *model.State) string {
	if people := state.PersonViews(); len(people) > 0 {
		return oneOf(r, people).ID.String()
	}
	return "nobody"
}

func (r *record) inRoom(state *model.State) model.Command {
	return oneOf(r, []model.Command{
		model.AddPerson{Name: "person " + r.number(9), Email: "p@example.com"},
		model.SetRoom{Field: "name", Value: "room " + r.number(4)},
		model.CloseInvite{Invite: model.OpID(r.s.nodes[0].own, 1, 1000+r.rand.IntN(len(r.s.nodes))), Reason: "late"},
		model.JudgeQuarantine{Device: oneOf(r, r.s.nodes).key.String(), Accept: r.rand.IntN(3) > 0, UpTo: r.rand.Uint64N(40), Reason: "read it"},
		model.SetMemberRole{Device: oneOf(r, r.s.nodes).key.String(), Role: oneOf(r, []string{model.RoleAdmin, model.RoleMember, model.RoleObserver}), Reason: "shift ended"},
	})
}

func (r *record) onTimeline(state *model.State, inc *model.Incident) model.Command {
	in, entry := inc.ID.String(), "none"
	if rows := state.Timeline(inc); len(rows) > 0 {
		entry = oneOf(r, rows).ID.String()
	}
	if view, err := state.TextView(inc, model.TextSummary); err == nil && r.rand.IntN(3) == 0 {
		at := r.rand.IntN(len(view.Text) + 1)
		text := view.Text[:at] + "pod " + r.number(99) + " " + view.Text[min(len(view.Text), at+r.rand.IntN(4)):]
		return model.EditText{Incident: in, Field: model.TextSummary, Base: view.Version, Seen: view.Text, Text: text}
	}
	return oneOf(r, []model.Command{
		model.Log{Incident: in, Text: "text " + r.number(99), Kind: oneOf(r, model.Kinds[:])},
		model.Log{Incident: in, Text: "text " + r.number(99)},
		model.EditEntry{Entry: entry, Text: "edited " + r.number(99)},
		model.RetractEntry{Entry: entry, Reason: "wrong host"},
	})
}

func (r *record) onIncident(state *model.State, inc *model.Incident, now time.Time) model.Command {
	in := inc.ID.String()
	return oneOf(r, []model.Command{
		model.SetIncident{Incident: in, Severity: oneOf(r, model.Severities[:]), Reason: "spread", Milestones: map[string]time.Time{"detected": now}},
		model.SetIncident{Incident: in, Type: oneOf(r, model.Types[:])},
		model.EnterPhase{Incident: in, Phase: oneOf(r, model.Phases[:])},
		model.LeavePhase{Incident: in, Phase: oneOf(r, model.Phases[:])},
		model.AssessSeverity{Incident: in, Answers: map[string]string{oneOf(r, state.Policy().Questions).ID: oneOf(r, []string{"yes", "no", "unknown"})}, Apply: r.rand.IntN(2) == 0},
		model.SetTools{Incident: in, Tools: map[string]string{oneOf(r, state.Policy().Tools).ID: oneOf(r, model.ToolStates[:])}},
		model.TickCheck{Incident: in, Check: oneOf(r, []string{"triage-signal", "containment-stop"}), Skip: oneOf(r, []string{"", "not here"})},
		model.RecordFacts{Incident: in, Isolated: []string{"db-" + r.number(3)}, Customers: "not needed"},
		model.Resolve{Incident: in, Verification: "quiet for 30 min"},
		model.Close{Incident: in},
		model.Reopen{Incident: in, Reason: "it came back"},
	})
}

func (r *record) onRoles(state *model.State, inc *model.Incident) model.Command {
	in, role := inc.ID.String(), oneOf(r, model.ResponseRoles[:]).Name
	for _, c := range inc.Conflicts() {
		if c.Field != "entry" && r.rand.IntN(2) == 0 {
			return model.Settle{Incident: in, Field: c.Field, Value: c.Writes[0].Value.Text, Reason: "agreed"}
		}
	}
	return oneOf(r, []model.Command{
		model.AssignRole{Incident: in, Role: role, Person: r.person(state)},
		model.AcceptRole{Incident: in, Role: role},
		model.ReleaseRole{Incident: in, Role: role},
		model.HandOver{Incident: in, Role: role, To: r.person(state)},
		model.AddTeam{Incident: in, Name: "team " + r.number(5), Leader: r.person(state), Objective: "bring the writer back"},
		model.RecordAttempt{Incident: in, Rung: oneOf(r, state.Policy().Escalation).ID, Person: r.person(state), Way: "phone", Result: oneOf(r, model.Results[:])},
	})
}

func (r *record) onTasks(state *model.State, inc *model.Incident) model.Command {
	if tasks := state.TaskViews(inc); len(tasks) > 0 && r.rand.IntN(3) > 0 {
		task := oneOf(r, tasks).ID.String()
		return oneOf(r, []model.Command{model.AcceptTask{Task: task}, model.FinishTask{Task: task, Result: "done"}})
	}
	return model.AddTask{Incident: inc.ID.String(), Text: "check " + r.number(9), Owner: r.person(state)}
}

func (r *record) onBoard(state *model.State, inc *model.Incident) model.Command {
	in, v := inc.ID.String(), state.Response(inc)
	all := []model.Command{
		model.AddHypothesis{Incident: in, Text: "the pool", Owner: r.person(state)},
		model.AddOption{Incident: in, Text: "roll back", Risk: "orders"},
		model.Propose{Incident: in, Proposal: "roll back"},
		model.TakeLock{Incident: in, Thing: "db-" + r.number(2), Over: oneOf(r, []string{"", "gone"})},
		model.ReleaseLock{Incident: in, Thing: "db-" + r.number(2), Reason: "done"},
	}
	for _, h := range v.Hypotheses {
		all = append(all,
			model.SetHypothesis{Hypothesis: h.ID.String(), State: oneOf(r, model.HypothesisStates[:]), Reason: "seen"},
			model.AddIndication{Hypothesis: h.ID.String(), Text: "six pods", Strength: oneOf(r, model.Strengths[:])})
	}
	for _, d := range v.Decisions {
		all = append(all, model.Decide{Decision: d.ID.String(), Result: oneOf(r, model.DecisionResults[:])})
	}
	return oneOf(r, all)
}

func (r *record) onMessages(state *model.State, inc *model.Incident, now time.Time) model.Command {
	if views := state.MessageViews(inc); len(views) > 0 && r.rand.IntN(3) > 0 {
		id := oneOf(r, views).ID.String()
		return oneOf(r, []model.Command{
			model.ClaimMessage{Message: id, For: time.Minute},
			model.RecordResult{Message: id, Outcome: model.Outcome(r.rand.IntN(5) + 1)},
		})
	}
	return model.QueueMessage{Incident: inc.ID.String(), Next: now.Add(time.Hour), Draft: model.Draft{
		Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
	}}
}
