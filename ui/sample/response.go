package sample

import (
	"fmt"
	"time"

	"holdfast/model"
)

// reach says where the authority sits, and whom the escalation calls.
func (r *Room) reach() {
	d := r.Device(0)
	r.must(d, model.SetPolicy{
		Section: "calendar", Reason: "the authority is in the Netherlands",
		Text: `{"zone":"Europe/Amsterdam","days":["mon","tue","wed","thu","fri"],"begin":"09:00","end":"17:00","holidays":[]}`,
	})
	r.must(d, model.SetTarget{Target: "engineering-manager", People: []string{people[3]}})
	r.must(d, model.SetTarget{Target: "vp-engineering", People: []string{people[1]}})
	r.Meet()
}

// respond is the response to the lost database: what was down, what was thought
// and decided, who was called, and the clock that began to run.
func (r *Room) respond(inc string, now time.Time) {
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	ago := func(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }
	r.step(ago(88), ana, model.SetTools{Incident: inc, Tools: map[string]string{"chat": "down", "vpn": "down", "mail": "shaky", "video": "up", "phone": "up"}})
	r.step(ago(86), ana, model.RecordAttempt{Incident: inc, Rung: "p0-on-call", Person: people[3], Way: "phone", Result: model.Reached})
	r.step(ago(84), li, model.RecordAttempt{Incident: inc, Rung: "p0-manager", Person: people[3], Way: "phone", Result: model.Reached})
	r.step(ago(80), li, model.RecordAttempt{Incident: inc, Rung: "p0-vp", Person: people[1], Way: "phone", Result: model.Voicemail})
	r.step(ago(74), li, model.RecordAttempt{Incident: inc, Rung: "p0-vp", Person: people[1], Way: "phone", Result: model.NoAnswer})
	r.step(ago(72), ana, model.AssessSeverity{Incident: inc, Answers: map[string]string{"data": "yes", "all": "yes"}, Apply: true, Reason: "Production data was removed and the site is offline"})
	r.step(ago(70), ana, model.SetIncident{Incident: inc, Data: "yes"})
	r.step(ago(70), ana, model.StartClock{
		Incident: inc, Clock: "gdpr33", At: ago(91),
		Reason: "Accounts, comments and projects of users were removed and may be lost: a breach of availability",
	})
	cause := r.step(ago(66), tom, model.AddHypothesis{Incident: inc, Text: "The removal ran on the primary, not on the replica", Owner: people[1]})
	r.step(ago(65), tom, model.AddIndication{Hypothesis: cause.ID.String(), Text: "4.5 GB of 300 GB are left on db1", Strength: "strong"})
	r.step(ago(64), jo, model.SetHypothesis{Hypothesis: cause.ID.String(), State: model.HypothesisConfirmed})
	load := r.step(ago(62), jo, model.AddHypothesis{Incident: inc, Text: "Spam accounts drove the load that stopped the replication", Owner: people[3], Due: now.Add(12 * time.Minute)})
	r.step(ago(61), jo, model.AddIndication{Hypothesis: load.ID.String(), Text: "Load rose when the spam began, at 18:00", Strength: "medium", Coincidence: true})
	r.step(ago(60), li, model.AddIndication{Hypothesis: load.ID.String(), Text: "A background job removed a flagged account at the same hour", Against: true})
	r.step(ago(50), tom, model.AddOption{Incident: inc, Text: "Restore from the cloud bucket", Risk: "it may be empty", WayBack: "none needed, nothing is overwritten"})
	staging := r.step(ago(49), jo, model.AddOption{Incident: inc, Text: "Restore from the staging snapshot of 17:20", Risk: "six hours are lost", WayBack: "keep the remains of db1"})
	r.step(ago(46), ana, model.Propose{Incident: inc, Option: staging.ID.String(), Objections: "Webhooks are not in the staging copy", Result: model.Decided})
	r.step(ago(14), ana, model.Propose{Incident: inc, Proposal: "Archive the remains of db1 before anything is written over them"})
	r.step(ago(44), jo, model.TakeLock{Incident: inc, Thing: "db1 data directory"})
	run := r.step(ago(40), jo, model.StartRun{Incident: inc, Runbook: "backup-restore"})
	for i, what := range []string{"writes are off, both databases", "no: the files are gone"} {
		r.follow(jo, inc, run.ID, ago(38-6*i), what)
	}
	r.step(ago(24), ana, model.TickCheck{Incident: inc, Check: "containment-stop"})
	r.step(ago(12), li, model.HandOver{
		Incident: inc, Role: "comms", To: people[0],
		Briefing: "Status page says emergency maintenance; live notes public since 00:44, executives wait for a time",
	})
}

// follow does the step at hand of a run, by its first branch where it has one.
func (r *Room) follow(d *Device, inc string, run model.ID, at time.Time, result string) {
	i, err := d.state.FindIncident(inc)
	if err != nil {
		panic("sample: " + err.Error())
	}
	for _, v := range d.state.RunViews(i) {
		if v.ID != run || v.Hand == nil {
			continue
		}
		c := model.DoStep{Incident: inc, Run: run.String(), Result: result}
		if len(v.Hand.Branches) > 0 {
			c.Branch = v.Hand.Branches[len(v.Hand.Branches)-1].Letter
		}
		r.step(at, d, c)
	}
}

// Drill is an exercise a quarter of an hour in, with the chat taken away.
func Drill() (Story, error) {
	start := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	now := start.Add(16*time.Minute + 20*time.Second)
	r := team(start.Add(-time.Hour))
	r.reach()
	if err := r.beside(now); err != nil {
		return Story{}, err
	}
	ana, tom := r.Device(0), r.Device(1)
	drill := r.step(start, ana, model.StartDrill{Scenario: "facebook-2021-10-04-backbone", Down: []string{"chat", "badge"}})
	r.step(start.Add(time.Minute), ana, model.AssignRole{Incident: drill.Code, Role: "ic", Person: people[0]})
	r.step(start.Add(2*time.Minute), ana, model.AssignRole{Incident: drill.Code, Role: "deputy", Person: people[1]})
	r.step(start.Add(3*time.Minute), tom, model.AcceptRole{Incident: drill.Code, Role: "deputy"})
	for i := range 4 {
		r.step(start.Add(time.Duration(4+3*i)*time.Minute), ana, model.InjectDrill{Incident: drill.Code})
	}
	r.step(start.Add(12*time.Minute), tom, model.TakeLock{Incident: drill.Code, Thing: "backbone configuration"})
	r.At(now)
	return Story{Room: r, Now: now, Incident: drill.ID}, nil
}

// crowd is a response with far too much of everything: every tool is down, and
// nothing that was written is short.
func (r *Room) crowd(inc string, now time.Time) error {
	d := r.Device(0)
	d.Now = now
	down := map[string]string{}
	for _, t := range d.state.Policy().Tools {
		down[t.ID] = "down"
	}
	commands := []model.Command{
		model.SetTools{Incident: inc, Tools: down},
		model.SetIncident{Incident: inc, Data: "yes"},
		model.StartRun{Incident: inc, Runbook: "service-outage"},
		model.StartRun{Incident: inc, Runbook: "database-connection"},
		model.AddTeam{Incident: inc, Name: "Payments in every region", Leader: r.Device(4).Name, Objective: longTitle, ReportMinutes: 30, Members: []string{people[1], people[2]}},
		model.HandOver{Incident: inc, Role: "comms", To: r.Device(4).Name, Briefing: longTitle},
		model.RecordAttempt{Incident: inc, Rung: "p0-vp", Person: r.Device(4).Name, Way: "phone", Result: model.NoAnswer, Detail: longTitle},
		model.SetTarget{Target: "vp-engineering", People: []string{r.Device(4).Name, r.Device(5).Name}},
	}
	for _, clock := range []string{"gdpr33", "gdpr34"} {
		commands = append(commands, model.StartClock{Incident: inc, Clock: clock, At: now.Add(-80 * time.Hour), Reason: longTitle})
	}
	for i := range 2 * len(hard) {
		words := hard[i%len(hard)]
		commands = append(commands,
			model.AddHypothesis{Incident: inc, Text: words, Owner: r.Device(i % r.Devices()).Name, Due: now.Add(time.Duration(i-3) * time.Minute), Confirm: true},
			model.Propose{Incident: inc, Proposal: words, Objections: longTitle},
			model.TakeLock{Incident: inc, Thing: fmt.Sprintf("load balancer %d of the region eu-west-2", i)})
	}
	for _, c := range commands {
		if _, err := d.Do(c); err != nil {
			return fmt.Errorf("sample: %T: %w", c, err)
		}
	}
	return nil
}
