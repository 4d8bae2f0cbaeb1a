package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// named is a command and the name under which it travels between processes of
// one machine. A command without a name may not travel.
type named struct {
	name   string
	of     reflect.Type
	decode func(name string, args []byte) (Command, error)
}

func name[C Command](name string) named {
	return named{name, reflect.TypeFor[C](), commandFrom[C]}
}

// names lists every command that travels. Names are never used again for
// something else: scripts and other processes hold them.
var names = [...]named{
	name[Declare]("declare"), name[SetIncident]("set"), name[Settle]("settle"), name[Resolve]("resolve"), name[Close]("close"),
	name[Reopen]("reopen"),
	name[Log]("log"), name[EditEntry]("log-edit"), name[RetractEntry]("log-retract"),
	name[AddTask]("task-add"), name[FinishTask]("task-done"), name[DropTask]("task-drop"),
	name[AssignRole]("role-assign"), name[AcceptRole]("role-accept"), name[ReleaseRole]("role-release"), name[HandOver]("role-handover"),
	name[AddTeam]("team-add"), name[SetTeam]("team-set"), name[SetPresence]("presence"), name[SetRhythm]("rhythm"), name[AskAudience]("audience-ask"),
	name[AddPerson]("person-add"), name[SetRoom]("room-set"), name[RemoveMember]("member-remove"), name[CloseInvite]("invite-close"),
	name[RevokeInvite]("invite-revoke"), name[SetMemberRole]("member-role"), name[JudgeQuarantine]("quarantine-judge"),
	name[MarkArchive]("archive-mark"), name[SetHistoryAge]("history-age"), name[CorrectClock]("clock-correct"), name[TakeBackClock]("clock-take-back"),
	name[SetTarget]("target-set"), name[RecordAttempt]("attempt-add"),
	name[AddRunbook]("runbook-add"), name[ReviseRunbook]("runbook-revise"), name[RetireRunbook]("runbook-retire"),
	name[ReviewRunbook]("runbook-review"),
	name[StartRun]("run-start"), name[SetRunValue]("run-value"), name[DoStep]("run-step"), name[ConfirmStep]("run-confirm"),
	name[StartDrill]("drill-start"), name[InjectDrill]("drill-inject"),
	name[AssessSeverity]("severity-assess"), name[MergeIncident]("incident-merge"), name[SetTools]("tools-set"),
	name[EnterPhase]("phase-enter"), name[LeavePhase]("phase-leave"), name[TickCheck]("check-tick"), name[RecordFacts]("facts-set"),
	name[AddHypothesis]("hypothesis-add"), name[SetHypothesis]("hypothesis-set"), name[AddIndication]("indication-add"),
	name[AddOption]("option-add"), name[Propose]("decision-add"), name[Decide]("decision-set"),
	name[TakeLock]("lock-take"), name[ReleaseLock]("lock-release"), name[AcceptTask]("task-accept"),
	name[Page]("page"), name[AckPage]("ack"), name[AnswerPager]("pager-answer"),
	name[TickSecurityStep]("security-step"), name[SetHold]("security-hold"), name[LinkRoom]("security-room"), name[Annotate]("annotate"),
	name[Restrict]("restrict"), name[AddEvidence]("evidence-add"), name[TransferEvidence]("evidence-transfer"), name[Isolate]("isolate"),
	name[LiftIsolation]("isolate-lift"), name[WaiveEvidence]("evidence-waive"), name[RecordWipe]("wipe"),
	name[AddIndicator]("indicator-add"), name[SeeIndicator]("indicator-seen"), name[AddCredential]("credential-add"),
	name[RotateCredential]("credential-rotate"), name[SetAttack]("attack-set"), name[DecideSheet]("decision-sheet"), name[ApproveMessage]("message-approve"), name[TellByHand]("message-told"), name[AssessImpact]("impact-assess"), name[AnswerTrigger]("trigger-answer"),
	name[StartClock]("clock-start"), name[MoveClock]("clock-move"), name[DeclineClock]("clock-none"), name[RecordClockEvent]("clock-event"),
	name[FileNotice]("clock-file"), name[SetBreach]("breach-set"), name[AssessRisk]("risk-assess"), name[DecideRisk]("risk-decide"),
	name[TickBreachStep]("breach-step"),
	name[SetPerson]("person-set"), name[RecordTestPage]("person-test-page"),
	name[OpenTicket]("ticket-open"), name[SetTicket]("ticket-set"),
	name[AddVendor]("vendor-add"), name[SetVendor]("vendor-set"), name[AddAccess]("access-add"), name[SetAccess]("access-set"), name[TestAccess]("access-test"),
	name[AddSchedule]("schedule-add"), name[SetSchedule]("schedule-set"), name[RetireSchedule]("schedule-retire"), name[AddOverride]("override-add"),
	name[AddSwap]("swap-add"), name[AnswerSwap]("swap-answer"), name[AddLeave]("leave-add"), name[WithdrawChange]("rota-withdraw"),
	name[WriteHandoff]("handoff-write"), name[AcceptHandoff]("handoff-accept"),
	name[SetReview]("review-set"), name[WriteReviewDraft]("review-draft"), name[BookReview]("review-book"), name[HoldReview]("review-hold"),
	name[SettleActions]("review-settle"), name[PublishReview]("review-publish"), name[AddFactor]("factor-add"), name[SetFactor]("factor-set"),
	name[AddAction]("action-add"), name[SetAction]("action-set"), name[FinishAction]("action-done"),
	name[TakeAlerts]("alerts-take"), name[AckAlert]("alert-ack"), name[LinkAlert]("alert-link"), name[DeclareAlert]("alert-declare"),
	name[SetAlert]("alert-set"), name[RouteAlert]("alert-route"),
	name[SetPolicy]("policy-set"), name[ImportPolicy]("policy-import"),
	name[EditText]("text-edit"),
	name[RetractAttachment]("attachment-retract"),
}

// CommandName gives the name under which a command travels between processes
// of one machine; "" where it may not travel.
func CommandName(c Command) string {
	for _, n := range names {
		if n.of == reflect.TypeOf(c) {
			return n.name
		}
	}
	return ""
}

// DecodeCommand reads a command that another process of this machine sent.
func DecodeCommand(name string, args []byte) (Command, error) {
	for _, n := range names {
		if n.name == name {
			return n.decode(name, args)
		}
	}
	return nil, refuse("there is no command %.40q", name)
}

func commandFrom[C Command](name string, args []byte) (Command, error) {
	var c C
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("read command %s: %w", name, err)
	}
	return c, nil
}
