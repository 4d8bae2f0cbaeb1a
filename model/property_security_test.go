package model

import (
	"strings"
	"time"
)

// security writes to the security record of an incident.
func (h *history) security(p *peer, inc *Incident) {
	of := inc.ID.String()
	item := func(class string) string {
		ids := inc.Items.Of(class)
		if len(ids) == 0 {
			return "none"
		}
		return pickOf(h, "item", ids).String()
	}
	system := pickOf(h, "system", []string{"wiki-1", "db1"})
	var c Command
	switch h.pick("act", 20) {
	case 0, 1:
		c = SetIncident{Incident: of, Type: pickOf(h, "type", []string{"Security Breach", "Service Outage"})}
	case 2:
		c = AddEvidence{Incident: of, What: "disk", Kind: pickOf(h, "kind", EvidenceKinds[:]), System: system, SHA256: strings.Repeat("0f", 32)}
	case 3:
		c = TransferEvidence{Evidence: item(ClassEvidence), Act: pickOf(h, "custody", []string{Transferred, Copied, Released}), To: "safe", Reason: "kept"}
	case 4:
		c = Isolate{Incident: of, System: system, How: "VLAN"}
	case 5:
		c = LiftIsolation{Isolation: item(ClassIsolation), Reason: "clean"}
	case 6:
		c = RecordWipe{Incident: of, System: system, How: "reinstalled"}
	case 7:
		c = WaiveEvidence{Incident: of, System: system, Reason: "no disk", Person: h.personOf(p)}
	case 8:
		c = AddIndicator{Incident: of, Kind: "ip", Value: pickOf(h, "value", []string{"192.0.2.1", "192.0.2.2"})}
	case 9:
		c = SeeIndicator{Indicator: item(ClassIndicator), At: p.now.Add(-time.Duration(h.pick("ago", 90)) * time.Minute)}
	case 10:
		c = AddCredential{Incident: of, Name: "token", Kind: "token", Owner: "IT", Unused: h.pick("unused", 2) == 0}
	case 11:
		c = RotateCredential{Credential: item(ClassCredential), Revoked: p.now, Refused: pickOf(h, "refused", []string{"", "wiki"})}
	case 12:
		c = TickSecurityStep{Incident: of, Step: pickOf(h, "step", SecuritySteps[:]).ID, State: pickOf(h, "state", []string{StepDone, StepOpen})}
	case 13:
		c = SetHold{Incident: of, Hold: pickOf(h, "hold", []string{"yes", "no"}), Privilege: "Privileged", Reason: "claim"}
	case 14:
		c = DecideSheet{Incident: of, Topic: pickOf(h, "topic", SheetTopics[:]), Options: "a, b", Advice: "a", Choice: "a", Person: h.personOf(p)}
	case 15:
		c = Annotate{Of: h.entryOf(p, inc), Text: "on db2, not db1"}
	case 16:
		offset := time.Duration(h.pick("offset", 300)) * time.Second
		c = SetAttack{Incident: of, Entered: p.now.Add(-time.Hour), ClockOffset: &offset}
	case 17:
		c = ApproveMessage{Incident: of, Audience: "stakeholders", Person: h.personOf(p), Text: "as of 18:00"}
	case 18:
		c = Restrict{Entry: h.entryOf(p, inc), Reason: "names a host"}
	case 19:
		c = LinkRoom{Incident: of, CodeName: "Quiet Harbour", Room: h.room.String()}
	}
	_, _ = p.try(c)
	p.state.SecurityView(inc)
}

// breach writes to the legal clocks and the breach assessment of an incident.
func (h *history) breach(p *peer, inc *Incident) {
	of := inc.ID.String()
	clock := pickOf(h, "clock", []string{"gdpr33", "uk-gdpr", "dora"})
	var c Command
	switch h.pick("act", 10) {
	case 0, 1:
		c = StartClock{Incident: of, Clock: clock, At: p.now.Add(-time.Duration(h.pick("ago", 90)) * time.Hour), Reason: "certain"}
	case 2:
		c = MoveClock{Incident: of, Clock: clock, At: p.now.Add(-time.Hour), Reason: "it was then"}
	case 3:
		c = DeclineClock{Incident: of, Clock: clock, Reason: "no data", Approver: h.personOf(p)}
	case 4:
		c = FileNotice{Incident: of, Clock: clock, Label: pickOf(h, "label", []string{"notify", "initial"}), Receipt: "1", Reason: "late", Phase: pickOf(h, "phase", noticePhases)}
	case 5:
		c = RecordClockEvent{Incident: of, Clock: "dora", Event: "aware", At: p.now}
	case 6:
		c = SetBreach{Incident: of, Fields: map[string]string{"people": pickOf(h, "people", []string{"1-9", "unknown", ""}), "nature": "lost"}}
	case 7:
		c = AssessRisk{Incident: of, Factor: pickOf(h, "factor", RiskFactors[:]).ID, Level: pickOf(h, "level", riskLevels), Reason: "so"}
	case 8:
		c = TickBreachStep{Incident: of, Step: pickOf(h, "plan", BreachPlan[:]).ID}
	case 9:
		c = DecideRisk{Incident: of, Result: pickOf(h, "result", RiskResults[:]), Reason: "so"}
	}
	_, _ = p.try(c)
	p.state.BreachView(inc, p.now)
	p.state.BreachRegister(p.now)
}
