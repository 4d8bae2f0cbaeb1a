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
incident        show: a brief, with milestones, roles, conflicts, severity_history, tasks, messages, alerts, response, texts
response        response; assess, tools and check without a change: {"assessment", "types", "parent", "children",
                "phases", "checks", "tools", "fallbacks", "facts", "hypotheses", "options", "decisions", "locks",
                "missing", "reopened"}; in an incident only what was answered of questions, checks and tools
lock            lock list (an array): {"id", "incident", "thing", "person", "since", "conflict"}
timeline row    timeline (an array)
entry history   log history
text            text show INC FIELD: {"field", "title", "characters", "waiting", "writers", "edited_at", "text", "version"};
                without FIELD an array of them without "text" and "version"
alert           alert list (an array): {"id", "source", "fingerprint", "class", "severity", "what", "state", "first_signal_at",
                "incidents", "episodes", "flaps", ...}
alert detail    alert show: an alert, with "history": an array of {"at", "by", "text"}
alerts          alert list INC: {"alerts", "distinct", "duplicates", "flapping", "first_signal_at", "detect_s", "acknowledge_s"}
alert report    alert import: {"format", "alerts", "new", "known", "warnings", "dry_run"}
alert route     alert routes (an array): a row of the policy's routing, with "fallback_works" and "why"
done            alert add, ack, link, declare, route and set, declare, set, settle, resolve, close, reopen, role, team, cadence, policy, log, log edit, log retract, text edit, task, assess,
                merge, tools, phase, check, facts, impact, trigger, hypothesis, option, decision, lock take, lock release,
                escalate INC RUNG, page, ack, target set,
                message send, message told, room role, room remove, room revoke, room quarantine accept and discard, people add, config set, hold, attack, what
                adds to the security record, the clocks and the assessment,
                runbook add, revise, retire, review, start, value, step, confirm,
                people set, people tested, vendor add and set, access add, set and test, oncall add, set, weekly,
                import, retire, override, swap, accept, leave, withdraw, handoff with a note, handoff accept,
                review (but show), action (but list), attachment retract:
                {"id", "code", "note"}, each only where there is one
dones           attach (an array of done, one for each file)
attachment      attachments (an array), attachment get: {"id", "name", "type", "size", "sha256", "state", "parts_here", "parts",
                "where", "holders", ...}; a holder has "name", "parts_here", "linked", "asked_at"
room            room list (an array); "damaged" says why one could not be opened
room reply      room create, room join, room recover: {"id", "name"}; join adds "caught_up" and "incidents"
invite          room invite: {"invite", "qr", "expires_at"}; a spoken one has "addresses"
invites         room invites (an array): {"id", "role", "issued_at", "by", "expires_at", "uses", "used", "state",
                "attempts_left"}: wrong proofs it still stands here
member          room members (an array): {"device", "name", "person", "role", "added_at", "last_heard", "last_wrote_at", "commits",
                "changes", ...}
ask             room asks (an array): {"words", "device", "person", "email", "name", "since"}
quarantine      room quarantine (an array): {"device", "name", "person", "feed", "first", "last", "commits", "first_at", "last_at",
                "discarded", "by", "reason", "preview"}; the preview is for admins
card            room overruled (an array): {"at", "by", "act", "outcome", "rule", "device"}
person          people list (an array); people show adds "warnings"
people report   people import: {"added", "known", "refused"}
pack            people print without -o: {"room", "people", "vendors", "access", "on_call", "schedules", "handoffs", "warnings"}
vendor          vendor list (an array)
ticket          vendor tickets (an array): {"id", "incident", "vendor", "number", "level", "opened_at", "promised_at", "answer",
                "answered_at", "state", ...}; show and escalate have them as "tickets"
access fact     access list (an array): {"name", "kind", "where", "openers", "tested_at", "due_at", "warnings", ...}
duty            oncall now (an array): {"schedule", "layer", "person", "until", "next", "ways", "local", ...}
schedule        oncall show (an array): {"id", "name", "zone", "document", "conflict", "problems", "shifts", "changes", "handoffs"}
hand-off        oncall handoff without a note (an array): {"schedule", "layer", "at", "from", "to", "state", "notes", ...}
trouble         oncall gaps: {"troubles", "contacts"}
load            oncall fairness (an array): {"schedule", "layer", "person", "shifts", "total_s", "night_s", "weekend_s", "holiday_s",
                "pages", "pages_night"}
peer            peers (an array)
connection      peers connect: {"address", "name", "person"}; peers forget: {"address"}
clock fix       peers clocks (an array): {"id", "device", "name", "person", "feed", "from", "to", "clock_ahead_s",
                "recorded_at", "counts", "text"}
message         outbox, outbox run (an array)
team            team show: {"members", "teams", "missing", "span", "max_span", "warnings", "offers"}
promise         cadence promises (an array): {"audience", "made_at", "promised_at", "kept_at", "state"}
scenario        drill scenarios (an array)
score           drill score: {"incident", "lines", "points", "most"}
links           drill cut, drill heal: {"online"}
due             due (an array): {"kind", "what", "who", "due_at", "state", ...}, the earliest first; with INC
                what is done too
runbook         runbook list (an array), runbook show; show adds "text", and "history" of one of the room's own
run             runbook status (an array): {"id", "runbook", "at", "hand", "results", "values", "deviations", ...}
suggestion      runbook suggest (an array): {"id", "title", "score", "reasons", "started"}, the best first
escalation      escalate: {"incident", "severity", "exhausted", "rungs", "tickets"}; a rung has "state", "due_at",
                "calls" made, and "tree": whom to call, in order, with "numbers" and "script"
target          target list (an array): {"target", "people", "named"}
security        security, attack without TEXT: {"code", "hold", "privilege", "steps", "attack", "indicators", "evidence",
                "credentials", "systems", "decision_sheets", ...}; evidence list, indicator list and credential
                list print their array alone
confidential    security room: {"room", "name", "code_name", "incident", "pointer", "invites", "note"}
clocks          clock: {"advice", "clocks"}, each with its deadlines in UTC and at the authority
breach          breach show: {"advice", "fields", "risk", "missing_art33", "missing_art34", "steps", "remarks"}
register entry  breach register (an array)
review          review show: {"status", "owner", "steps", "sections", "factors", "actions", "runbook_gaps", "checks", "agenda"}
action          action list (an array): {"id", "text", "kind", "owner", "due_at", "state", "proof", ...}
metrics         metrics: {"incidents", "drills", "durations", "shares", "frequency", "distributions", "pages", "impact", ...};
                each figure has "formula", "n" and its "incidents" or "values"; percentages only from n = 5 on
report          report: {"kind", "from", "to", "compared_from", "metrics", "compared", "new", "open", "closed", "trend", ...}
paper           export --format art33, art34, security, post-mortem, html, eml: {"title", "marks", "missing", "blocks"}
policy section  policy show (an array): {"section", "text", "own", "history", "conflict"}
preview         message preview: {"draft", "missing", "warnings", "next_update_at"}
template        templates list (an array)
import report   import: {"format", "incident", "id", "title", "severity", "entries", "skipped", "warnings", "dry_run", "rows", "more"};
                a row has "at", "precision", "kind", "text", "where", "doubt", "similar"; with --all, "more" are the reports of the others
evidence        export --format evidence: {"file", "bytes", "files", "missing", "sha256"}
export report   export -o, people print -o, oncall export: {"file", "format", "bytes"}; export without -o prints the document
bundle          bundle export, bundle import: {"room", "feeds", "commits", "new", "let_go", "chunks"}
verify          verify: {"feeds", "commits", "signatures", "held", "clock_fixes", "warnings"}
by hand         room request: {"file", "code"}; room answer: {"file", "code"}; room enter: {"room", "name", "by", "new"}
compact         compact: {"bytes_before", "bytes_after", "let_go", "let_go_feeds", "stays"}
hash            state hash: {"hash"}
settings        config list: an object of strings
status          serve, once it listens: {"version", "home", "device", "listen", "intake", "status_page", "keys", "warnings"}
version         version: {"version", "go", "system"}`
