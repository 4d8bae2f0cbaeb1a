// Package runbook reads runbooks and says where a run of one stands. It is pure
// and knows nothing of rooms, incidents or storage: a runbook is text, a run is
// that text and the results people gave, and everything else is computed.
//
// # The text
//
// A runbook is Markdown that a team writes by hand and reads on paper:
//
//	---
//	id: re-sync
//	title: Re-sync a replica
//	types: Data Loss or Corruption, Service Outage
//	services: database
//	alerts: replication lag, replica broken
//	owner: database team
//	last-reviewed: 2026-11-25
//	last-exercised: never
//	version: 3
//	---
//
//	Use when a replica no longer follows. Stop conditions of the whole run stand here.
//
//	## 1. Read the lag {#lag}
//
//	On the primary, not on the replica.
//
//	- Expect: a number of seconds, and whether it grows
//	- Minutes: 2
//	- If the lag falls by itself -> end
//	- Otherwise -> wipe
//
//	## 2. Remove the old data of the replica {#wipe}
//
//	- Risk: destructive
//	- Target: {{replica host}}
//	- Stop if: the host name on the screen is not the one typed
//
// A step is a numbered heading; where a text has none, a numbered list item at
// the left margin. {#id} is the step's stable name; without it the name is made
// of the first words of the title. Below stand its text and its fields, each
// "Name: value" on a line or a bullet: Expect, Stop if, Risk (low, medium, high
// or destructive), Roll back, Who, Minutes, Target, Escalate and Requires (ids
// of steps that have to come first). Before the first step, "Stop if" and
// "Escalate" hold for the whole run.
//
// "If condition -> step" is a branch, "Otherwise -> step" is what is left, and
// "Then -> step" jumps without a question. A branch leads to a step's id or
// number, to next, end or stop, or to "runbook other-id", which stops this run
// and names another one. "If it fails -> step" says where a failed step leads;
// without it the step stays at hand. A step that says nothing leads to the one
// below it.
//
// {{words}} is a blank: a value that the team, or the person who starts the run,
// fills in. Code between lines of ``` is text. Headings of the first and second
// level without a number begin notes, which are no step.
//
// # The run
//
// Run.Progress folds the results in their order. The same results give the same
// progress for whoever reads them, so another person carries on by reading.
// Run.Needs says what a step wants before it may be done, and Run.Check refuses
// a result that lacks it. Their sentences quote the text and the notes as they
// are: who shows them makes them plain first. A result that should not be there (recorded twice by
// two people, or on a step whose turn it was not) never fails the fold: it is
// a deviation with a sentence.
package runbook
