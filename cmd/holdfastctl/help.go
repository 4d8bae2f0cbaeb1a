package main

import "github.com/spf13/cobra"

const longRoot = `holdfastctl runs incidents from a terminal, and is a peer without a screen.

All data is in the home on this machine; peers exchange it directly. Where another process
owns the home (the desktop, or "holdfastctl serve"), commands go through it.

INC is an incident's id, the start of it, or a part of its title that fits one alone. ENTRY,
TASK and DEVICE are ids or the start of one (4 characters or more). TIME is RFC 3339, 14:05,
14:05 CET, -12m, "yesterday 23:50" or seconds since 1970; without a zone it is in --zone.

Exit codes: 0 done; 1 refused or failed, one line on standard error says why; 2 wrong usage.`

// jsonTopic is the text of "help json".
func jsonTopic() *cobra.Command {
	return &cobra.Command{Use: "json", Short: "What --json prints", Long: longJSON}
}

const longJSON = `With --json every command prints one JSON document on standard output. Keys are in
snake_case and are only ever added. Times are RFC 3339 in UTC; one that is not known is left
out or null. Durations are whole seconds and end in _s. Lists are arrays, never null. People
are shown by name. Errors stay one line on standard error.

document        printed by
incident brief  incidents (an array)
incident        show: a brief, with milestones, roles, conflicts, severity_history, tasks, messages
timeline row    timeline (an array)
entry history   log history
done            declare, set, settle, resolve, close, reopen, role, team, cadence, log, log edit, log retract, task,
                message send, room remove, people add, people set, people tested, vendor add and set, access add, set
                and test, oncall add, set, weekly, import, retire, override, swap, accept, leave, withdraw, handoff with
                a note, handoff accept, config set:
                {"id", "code", "note"}, each only where there is one
room            room list (an array)
room reply      room create, room join: {"id", "name"}; join adds "caught_up" and "incidents"
invite          room invite: {"invite", "qr", "expires_at"}
member          room members (an array)
person          people list (an array); people show adds "warnings"
people report   people import: {"added", "known", "refused"}
pack            people print without -o: {"room", "people", "vendors", "access", "on_call", "schedules", "handoffs", "warnings"}
vendor          vendor list (an array)
access fact     access list (an array): {"name", "kind", "where", "openers", "tested_at", "due_at", "warnings", ...}
duty            oncall now (an array): {"schedule", "layer", "person", "until", "next", "ways", "local", ...}
schedule        oncall show (an array): {"id", "name", "zone", "document", "conflict", "problems", "shifts", "changes", "handoffs"}
hand-off        oncall handoff without a note (an array): {"schedule", "layer", "at", "from", "to", "state", "notes", ...}
trouble         oncall gaps: {"troubles", "contacts"}
load            oncall fairness (an array): {"schedule", "layer", "person", "shifts", "total_s", "night_s", "weekend_s", "holiday_s"}
peer            peers (an array)
message         outbox, outbox run (an array)
team            team show: {"members", "teams", "missing", "span", "max_span", "warnings", "offers"}
promise         cadence promises (an array): {"audience", "made_at", "promised_at", "kept_at", "state"}
due             due (an array): {"kind", "what", "who", "due_at", "state", ...}, the earliest first; with INC
                what is done too
policy section  policy show (an array): {"section", "text", "own", "history", "conflict"}
preview         message preview: {"draft", "missing", "warnings", "next_update_at"}
template        templates list (an array)
import report   import: {"incident", "id", "title", "entries", "skipped", "warnings", "dry_run"}
export report   export -o, people print -o, oncall export: {"file", "format", "bytes"}; export without -o prints the document
bundle          bundle export, bundle import: {"room", "feeds", "commits", "new"}
verify          verify: {"feeds", "commits", "signatures"}
hash            state hash: {"hash"}
settings        config list: an object of strings
status          serve, once it listens: {"version", "home", "device", "listen", "keys"}
version         version: {"version", "go", "system"}`
