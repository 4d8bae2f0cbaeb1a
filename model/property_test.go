package model

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	_ "holdfast/model/modeltest/fewer" // cases of properties under the race detector
)

// history makes a random room: commands through the planner, acts nobody has a
// right to, and devices that meet now and then.
type history struct {
	*world
	t *rapid.T
}

func (h *history) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(h.t, what) }

func pickOf[T any](h *history, what string, list []T) T { return list[h.pick(what, len(list))] }

// incidentOf gives an incident the peer knows, to be named in a command.
func (h *history) incidentOf(p *peer) (*Incident, bool) {
	var known []*Incident
	for _, b := range p.state.Briefs(true, p.now) {
		known = append(known, p.state.Incident(b.ID))
	}
	if len(known) == 0 {
		return nil, false
	}
	return pickOf(h, "incident", known), true
}

func (h *history) entryOf(p *peer, inc *Incident) string {
	var ids []ID
	for _, r := range p.state.Timeline(inc) {
		if r.Source == FromEntry {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	return pickOf(h, "entry", ids).String()
}

func (h *history) personOf(p *peer) string {
	people := p.state.PersonViews()
	if len(people) == 0 {
		return "nobody"
	}
	return pickOf(h, "person", people).ID.String()
}

// step makes one thing happen. Refusals are fine: they write nothing.
func (h *history) step() {
	p := pickOf(h, "peer", h.peers)
	inc, ok := h.incidentOf(p)
	kind := h.pick("step", 23)
	if !ok && kind >= 4 {
		kind = 3
	}
	switch kind {
	case 0, 1:
		p.pull(pickOf(h, "from", h.peers))
	case 2:
		h.membership(p)
	case 3:
		_, _ = p.try(Declare{
			Title: fmt.Sprint("incident ", h.pick("title", 3)), Severity: pickOf(h, "severity", Severities[:]),
			Entries: []Log{{Text: "first"}, {Text: "second", At: p.now.Add(-time.Hour)}},
		})
	case 4, 5:
		_, _ = p.try(Log{Incident: inc.ID.String(), Text: fmt.Sprint("text ", h.pick("text", 9)), Kind: pickOf(h, "kind", Kinds[:])})
	case 6:
		_, _ = p.try(EditEntry{Entry: h.entryOf(p, inc), Text: fmt.Sprint("edited ", h.pick("text", 9))})
	case 7:
		_, _ = p.try(RetractEntry{Entry: h.entryOf(p, inc), Reason: "wrong host"})
	case 8:
		_, _ = p.try(SetIncident{
			Incident: inc.ID.String(), Severity: pickOf(h, "severity", Severities[:]), Reason: "spread",
			Phase: pickOf(h, "phase", Phases[:]), Milestones: map[string]time.Time{"detected": p.now},
		})
	case 9, 10:
		h.role(p, inc)
	case 11:
		h.message(p, inc)
	case 12:
		h.task(p, inc)
	case 13:
		h.hostile(p, inc)
	case 14:
		h.board(p, inc)
	case 15, 16:
		h.response(p, inc)
	case 17:
		h.security(p, inc)
	case 18:
		h.breach(p, inc)
	case 19:
		h.runbook(p, inc)
	case 20, 21:
		h.text(p, inc)
	case 22:
		h.clock(p)
	}
}

// response are the acts that write fields of the incident.
func (h *history) response(p *peer, inc *Incident) {
	in := inc.ID.String()
	switch h.pick("act", 7) {
	case 0:
		_, _ = p.try(AssessSeverity{
			Incident: in, Answers: map[string]string{pickOf(h, "question", p.state.Policy().Questions).ID: pickOf(h, "answer", []string{"yes", "no", "unknown"})},
			Apply: h.pick("apply", 2) == 0,
		})
	case 1:
		_, _ = p.try(SetTools{Incident: in, Tools: map[string]string{pickOf(h, "tool", p.state.Policy().Tools).ID: pickOf(h, "state", ToolStates[:])}})
	case 2:
		_, _ = p.try(EnterPhase{Incident: in, Phase: pickOf(h, "phase", Phases[:])})
	case 3:
		_, _ = p.try(LeavePhase{Incident: in, Phase: pickOf(h, "phase", Phases[:])})
	case 4:
		_, _ = p.try(TickCheck{
			Incident: in, Check: pickOf(h, "check", []string{"triage-signal", "containment-stop"}), Skip: pickOf(h, "skip", []string{"", "not here"}),
		})
	case 5:
		_, _ = p.try(RecordFacts{Incident: in, Isolated: []string{fmt.Sprint("db-", h.pick("text", 3))}, Customers: "not needed"})
		_, _ = p.try(SetIncident{Incident: in, Type: pickOf(h, "type", Types[:]), Types: []string{pickOf(h, "type", Types[:])}})
	case 6:
		into := ""
		if other, ok := h.incidentOf(p); ok && h.pick("into", 3) > 0 {
			into = other.ID.String()
		}
		_, _ = p.try(MergeIncident{Incident: in, Into: into})
	}
}

// board are the acts on hypotheses, decisions, locks and tasks.
func (h *history) board(p *peer, inc *Incident) {
	in, v := inc.ID.String(), p.state.Response(inc)
	of := func(ids []string) string {
		if len(ids) == 0 {
			return "none"
		}
		return pickOf(h, "of", ids)
	}
	var hypotheses, decisions []string
	for _, view := range v.Hypotheses {
		hypotheses = append(hypotheses, view.ID.String())
	}
	for _, view := range v.Decisions {
		decisions = append(decisions, view.ID.String())
	}
	switch h.pick("act", 9) {
	case 0:
		_, _ = p.try(AddHypothesis{Incident: in, Text: "the pool", Owner: h.personOf(p)})
	case 1:
		_, _ = p.try(SetHypothesis{Hypothesis: of(hypotheses), State: pickOf(h, "state", HypothesisStates[:]), Reason: "seen"})
	case 2:
		_, _ = p.try(AddIndication{Hypothesis: of(hypotheses), Text: "six pods", Strength: pickOf(h, "strength", Strengths[:])})
	case 3:
		_, _ = p.try(AddOption{Incident: in, Text: "roll back", Risk: "orders"})
	case 4:
		_, _ = p.try(Propose{Incident: in, Proposal: "roll back"})
	case 5:
		_, _ = p.try(Decide{Decision: of(decisions), Result: pickOf(h, "result", DecisionResults[:])})
	case 6:
		_, _ = p.try(TakeLock{Incident: in, Thing: fmt.Sprint("db-", h.pick("thing", 2)), Over: pickOf(h, "over", []string{"", "gone"})})
	case 7:
		_, _ = p.try(ReleaseLock{Incident: in, Thing: fmt.Sprint("db-", h.pick("thing", 2)), Reason: "done"})
	case 8:
		for _, task := range p.state.TaskViews(inc) {
			_, _ = p.try(AcceptTask{Task: task.ID.String()})
		}
	}
}

func (h *history) membership(p *peer) {
	target := pickOf(h, "device", h.peers)
	switch h.pick("act", 11) {
	case 7, 8:
		_, _ = p.try(SetMemberRole{Device: target.key.String(), Role: pickOf(h, "role", changeable), Reason: "shift ended"})
	case 6:
		_, _ = p.try(JudgeQuarantine{Device: target.key.String(), Accept: h.pick("accept", 3) > 0, UpTo: uint64(h.pick("up to", 9)), Reason: "read it"})
	case 5:
		_, _ = p.try(RenewKey{})
		_, _ = p.try(TellRelays{})
		_, _ = p.try(ShareKeys{})
	case 0:
		_, _ = p.try(RemoveMember{Device: target.key.String(), Reason: "lost"})
	case 1:
		_, _ = p.try(AddPerson{Name: fmt.Sprint("person ", h.pick("name", 4)), Email: "p@example.com"})
	case 2:
		_, _ = p.try(SetRoom{Field: "name", Value: fmt.Sprint("room ", h.pick("name", 4))})
	case 3:
		_, _ = p.try(CloseInvite{Invite: ID{byte(h.pick("invite", 2))}, Reason: fmt.Sprint("why ", h.pick("name", 4))})
	case 4: // a restore: the device writes on in a feed of its own
		p.restarts++
		p.feed, p.seq = NewFeedID(h.room, p.key, Nonce{p.key[1], byte(p.restarts)}), 0
	default:
		invite := OpID(p.feed, p.seq, 999)
		role := pickOf(h, "role", RoomRoles[:])
		if _, err := p.try(IssueInvite{Invite: invite, Role: role, Expires: p.now.Add(time.Hour), Uses: 2}); err == nil {
			_, _ = p.try(AdmitMember{Device: target.key, Invite: invite, Person: fmt.Sprint("owner ", h.pick("name", 3)), Name: "d"})
		}
	}
}

func (h *history) role(p *peer, inc *Incident) {
	role := pickOf(h, "response role", ResponseRoles[:]).Name
	switch h.pick("act", 7) {
	case 0:
		_, _ = p.try(AssignRole{Incident: inc.ID.String(), Role: role, Person: h.personOf(p)})
	case 1:
		_, _ = p.try(AcceptRole{Incident: inc.ID.String(), Role: role})
	case 2:
		_, _ = p.try(ReleaseRole{Incident: inc.ID.String(), Role: role})
	case 3:
		_, _ = p.try(HandOver{Incident: inc.ID.String(), Role: role, To: h.personOf(p)})
	case 4:
		_, _ = p.try(AddTeam{Incident: inc.ID.String(), Name: "Alpha", Leader: h.personOf(p), Objective: "bring the writer back"})
	case 5:
		for _, id := range inc.Items.Of(ClassTeam) {
			_, _ = p.try(SetTeam{Team: id.String(), Leader: h.personOf(p), Close: h.pick("close", 2) == 0})
		}
	case 6:
		rung := pickOf(h, "rung", p.state.Policy().Escalation).ID
		_, _ = p.try(RecordAttempt{Incident: inc.ID.String(), Rung: rung, Person: h.personOf(p), Way: "phone", Result: pickOf(h, "result", Results[:])})
	}
	for _, c := range inc.Conflicts() {
		if c.Field != "entry" && h.pick("settle", 2) == 0 {
			_, _ = p.try(Settle{Incident: inc.ID.String(), Field: c.Field, Value: c.Writes[0].Value.Text, Reason: "agreed"})
		}
	}
}

func (h *history) message(p *peer, inc *Incident) {
	views := p.state.MessageViews(inc)
	act := h.pick("act", 3)
	if len(views) == 0 {
		act = 0
	}
	switch act {
	case 0:
		_, _ = p.try(QueueMessage{Incident: inc.ID.String(), Next: p.now.Add(time.Hour), Draft: Draft{
			Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{Address: "a@example.com"}},
		}})
	case 1:
		_, _ = p.try(ClaimMessage{Message: pickOf(h, "message", views).ID.String(), For: time.Minute})
	case 2:
		_, _ = p.try(RecordResult{Message: pickOf(h, "message", views).ID.String(), Outcome: Outcome(h.pick("outcome", 5) + 1)})
	}
}

func (h *history) task(p *peer, inc *Incident) {
	switch h.pick("act", 4) {
	case 0:
		_, _ = p.try(AddTask{Incident: inc.ID.String(), Text: "check", Owner: h.personOf(p)})
	case 1:
		for _, task := range p.state.TaskViews(inc) {
			_, _ = p.try(FinishTask{Task: task.ID.String(), Result: "done"})
		}
	case 2:
		_, _ = p.try(Resolve{Incident: inc.ID.String(), Verification: "quiet for 30 min"})
	case 3:
		if _, err := p.try(Close{Incident: inc.ID.String()}); err != nil {
			_, _ = p.try(Reopen{Incident: inc.ID.String(), Reason: "it came back"})
		}
	}
}

// hostile writes what the planner would never plan: ops of strangers and
// observers, unknown kinds, damaged bodies, cuts of feeds of other devices.
func (h *history) hostile(p *peer, inc *Incident) {
	target := pickOf(h, "device", h.peers)
	var ops []Op
	switch h.pick("act", 12) {
	case 11:
		ops = []Op{p.op(KindRoleChanged, ID{}, roleChanged{
			Device: target.key, Role: pickOf(h, "role", RoomRoles[:]), Pred: []ID{OpID(h.peers[1].feed, uint64(h.pick("seq", 9)), 0)},
			Cuts: []feedCut{{Feed: h.peers[0].feed, Seq: 2}, {Feed: target.feed, Seq: uint64(h.pick("cut", 9))}},
		})}
	case 7:
		ops = []Op{p.op(KindPersonField, OpID(p.feed, uint64(h.pick("seq", 9)), 0), fieldSet{Field: "team", Value: "SRE"}), {Kind: 30, On: inc.ID[:], Body: []byte{0xa0}}}
	case 8: // the founder's device founds the room again
		ops = []Op{p.op(KindRoomFounded, ID{}, roomFounded{Name: "again", Nonce: h.nonce})}
		p = h.peers[0]
		p.restarts++
		p.feed, p.seq = NewFeedID(h.room, p.key, Nonce{p.key[1], byte(p.restarts)}), 0
	case 0:
		ops = []Op{p.op(KindEntryAdded, inc.ID, entryAdded{Text: "no right to"})}
	case 1:
		ops = []Op{{Kind: 999, Body: []byte{0xf6}}, Unreadable}
	case 2:
		ops = []Op{{Kind: KindEntryAdded, On: inc.ID[:], Body: []byte{0x01}}, {Kind: KindMessageQueued, On: []byte{1}, Body: []byte{0xa0}}}
	case 3:
		ops = []Op{p.op(KindMemberRemoved, ID{}, memberRemoved{
			Device: target.key, Cuts: []feedCut{{Feed: h.peers[0].feed, Seq: 1}, {Feed: target.feed, Seq: uint64(h.pick("cut", 9))}},
		})}
	case 4:
		id := OpID(h.peers[0].feed, uint64(h.pick("seq", 9)), 0)
		ops = []Op{
			p.op(KindEntryEdited, inc.ID, entryEdited{Entry: id, Pred: []ID{id}, Text: "of nothing"}),
			p.op(KindEntryRetracted, inc.ID, entryRetracted{Entry: id, Reason: "early"}),
			p.op(KindTaskField, inc.ID, fieldSet{Field: TaskOwner, Value: "x", Of: id}),
			p.op(KindMessageResult, inc.ID, messageResult{Message: id, Outcome: Sent}),
		}
	case 5:
		ops = []Op{p.op(KindInviteIssued, ID{}, inviteIssued{Invite: ID{1}, Role: RoleMember, Uses: uint32(h.pick("uses", 3))})}
	case 6:
		ops = []Op{p.op(KindMemberAdded, ID{}, memberAdded{Device: target.key, Role: pickOf(h, "role", RoomRoles[:]), Keys: []uint32{9, 1 << 31}})}
	case 10:
		ops = []Op{p.op(KindQuarantineJudged, ID{}, quarantineJudged{Feed: target.feed, Seq: uint64(h.pick("up to", 30)), Accept: h.pick("accept", 2) == 0})}
	case 9:
		check := Hash{byte(h.pick("check", 3))}
		ops = []Op{
			p.op(KindEpochStarted, ID{}, epochStarted{Check: check, Boxes: []KeyBox{{Device: target.key}}}),
			p.op(KindEpochShared, ID{}, epochShared{Epoch: EpochNumber(check), Boxes: []KeyBox{{Device: p.key}}}),
		}
	}
	p.write(ops)
}

// TestAnyArrivalFoldsTheSame is the promise of the fold: any interleaving that
// keeps each feed's order, any duplication, any split by snapshots give the
// same state, byte for byte.
func TestAnyArrivalFoldsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{world: founded(rt, RoleAdmin, RoleMember, RoleObserver), t: rt}
		h.peers = append(h.peers, newWorld(rt, 6).peers[4:]...)
		for range rapid.SliceOfN(rapid.Just(0), 20, 120).Draw(rt, "steps") {
			h.step()
		}
		h.meet()
		h.sameEverywhere()
		h.viewsAgree()
		stampsAgree(rt, h.peers[0].state)
		commits := h.peers[0].commits()
		want := hashOf(rt, settled(rt, folded(rt, h.room, nil, inOrder(commits)), commits))
		if got := hashOf(rt, h.peers[0].state); got != want {
			rt.Fatalf("the peers agree on %s, the log's own order gives %s", got, want)
		}
		for n := range 3 {
			got := h.shuffled(commits)
			if n == 0 { // looking at every stamp takes longer than all the rest
				stampsAgree(rt, got)
			}
			if hash := hashOf(rt, got); hash != want {
				rt.Fatalf("another order gives %s, the log's own order %s", hash, want)
			}
		}
	})
}

// viewsAgree demands that two peers show the same response of each incident.
func (h *history) viewsAgree() {
	a, b := h.peers[0].state, h.peers[1].state
	for _, view := range []func(*State) any{
		func(s *State) any { return s.MembershipCards() }, func(s *State) any { return s.QuarantineViews(true) },
		func(s *State) any { return s.WritingEpochs() }, func(s *State) any { return s.KeysMissing() },
	} {
		here, err := jsonOf(view(a))
		there, err2 := jsonOf(view(b))
		if err != nil || err2 != nil || here != there {
			h.t.Fatalf("two peers show\n%s\nand\n%s (%v, %v)", here, there, err, err2)
		}
	}
	for inc := range a.Incidents() {
		if !inc.Known() {
			continue
		}
		if rows := a.Timeline(inc); !reflect.DeepEqual(rows, b.Timeline(b.Incident(inc.ID))) {
			h.t.Fatalf("two peers show other rows of %s", inc.Code)
		}
		here, err := jsonOf(a.Response(inc))
		there, err2 := jsonOf(b.Response(b.Incident(inc.ID)))
		if err != nil || err2 != nil || here != there {
			h.t.Fatalf("%s is shown as\n%s\nand\n%s (%v, %v)", inc.Code, here, there, err, err2)
		}
	}
}

// shuffled folds the commits in a random order that keeps each feed's, with
// duplicates, and through snapshots.
func (h *history) shuffled(commits []Commit) *State {
	byFeed := map[FeedID][]Commit{}
	var feeds []FeedID
	for _, c := range inOrder(commits) {
		if byFeed[c.Feed] == nil {
			feeds = append(feeds, c.Feed)
		}
		byFeed[c.Feed] = append(byFeed[c.Feed], c)
	}
	s, at, done := NewState(h.room, nil), map[FeedID]int{}, []Commit(nil)
	for len(feeds) > 0 {
		i := h.pick("feed", len(feeds))
		feed := feeds[i]
		for range h.pick("batch", 4) + 1 {
			if at[feed] == len(byFeed[feed]) {
				break
			}
			c := byFeed[feed][at[feed]]
			at[feed]++
			done = append(done, c)
			for range h.pick("copies", 2) + 1 {
				if err := applyLent(s, c); err != nil {
					h.t.Fatalf("apply: %v", err)
				}
			}
		}
		if at[feed] == len(byFeed[feed]) {
			feeds = append(feeds[:i], feeds[i+1:]...)
		}
		switch h.pick("between", 5) {
		case 0:
			s = stored(h.t, s)
		case 1:
			s = settled(h.t, s, done)
		}
	}
	return settled(h.t, s, commits)
}
