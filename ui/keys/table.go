package keys

import "fyne.io/fyne/v2"

func ctrl(k fyne.KeyName) []Press      { return []Press{{Mod: Main, Key: k}} }
func ctrlShift(k fyne.KeyName) []Press { return []Press{{Mod: Main | fyne.KeyModifierShift, Key: k}} }
func char(r rune) []Press              { return []Press{{Rune: r}} }
func key(k fyne.KeyName) []Press       { return []Press{{Key: k}} }

// table is the whole keyboard map. Ctrl with A C V X Z Y, the arrows and Backspace belong to text
// entries; Alt alone opens menus; F-keys alone are no shortcuts in Fyne (#2927). None is used.
func table() []Entry {
	var all []Entry
	all = append(all, incidentCommands()...)
	all = append(all, responseCommands()...)
	all = append(all, ticketCommands()...)
	all = append(all, rareCommands()...)
	all = append(all, intakeCommands()...)
	all = append(all, fileCommands()...)
	all = append(all, alertCommands()...)
	all = append(all, timelineCommands()...)
	all = append(all, tellCommands()...)
	all = append(all, goCommands()...)
	all = append(all, roomCommands()...)
	all = append(all, securityCommands()...)
	all = append(all, reviewCommands()...)
	all = append(all, reportCommands()...)
	all = append(all, policyCommands()...)
	all = append(all, panelCommands()...)
	return append(all, viewCommands()...)
}

func incidentCommands() []Entry {
	return []Entry{
		{ID: "incident.declare", Title: "Declare incident", Aliases: []string{"open", "new", "create", "raise"}, Keys: ctrl(fyne.KeyN), Group: Incident, Confirm: true},
		{ID: "incident.severity", Title: "Answer the severity questions", Aliases: []string{"change severity", "sev", "priority", "p0", "p1", "p2", "p3"}, Keys: char('s'), Scope: Command, Group: Incident},
		{ID: "incident.phase", Title: "Change phase", Aliases: []string{"state", "status", "identified", "mitigating", "monitoring"}, Keys: char('p'), Scope: Command, Group: Incident},
		{ID: "incident.assign", Title: "Assign role", Aliases: []string{"ic", "commander", "scribe", "comms", "deputy"}, Keys: char('a'), Scope: Command, Group: Incident},
		{ID: "incident.transfer", Title: "Take command", Aliases: []string{"transfer", "relieve", "ic"}, Group: Incident, Confirm: true},
		{ID: "incident.resolve", Title: "Resolve incident", Aliases: []string{"end", "fixed", "done"}, Group: Incident, Confirm: true},
		{ID: "incident.close", Title: "Close incident", Aliases: []string{"archive", "finish"}, Group: Incident, Confirm: true},
		{ID: "incident.reopen", Title: "Reopen incident", Aliases: []string{"again", "undo resolve"}, Group: Incident, Confirm: true},
		{ID: "incident.task", Title: "Add task", Aliases: []string{"todo", "action", "ask"}, Keys: char('t'), Scope: Command, Group: Incident},
		{ID: "incident.task.done", Title: "Mark task done", Aliases: []string{"tick", "complete"}, Keys: char('x'), Scope: Command, Group: Incident},
		{ID: "incident.task.drop", Title: "Drop task", Aliases: []string{"cancel task", "delete task", "not needed"}, Keys: char('X'), Scope: Command, Group: Incident},
		{ID: "incident.settle", Title: "Settle what was written apart", Aliases: []string{"conflict", "two commanders", "merge"}, Keys: char('='), Scope: Command, Group: Incident},
	}
}

func timelineCommands() []Entry {
	return []Entry{
		{ID: "capture.focus", Title: "Write a note", Aliases: []string{"log", "capture", "entry", "type"}, Keys: ctrl(fyne.KeyL), Group: Timeline},
		{ID: "capture.focus.here", Title: "Write a note from the list", Keys: char('i'), Scope: Command, Group: Timeline},
		{ID: "capture.submit", Title: "Log, review or send this step", Aliases: []string{"submit", "send", "save"}, Keys: ctrl(fyne.KeyReturn), Group: Timeline},
		{ID: "timeline.decision", Title: "Record decision", Aliases: []string{"decide"}, Keys: char('d'), Scope: Command, Group: Timeline},
		{ID: "timeline.pin", Title: "Pin fact", Aliases: []string{"fact", "impact", "cause", "workaround"}, Keys: char('m'), Scope: Command, Group: Timeline},
		{ID: "timeline.versions", Title: "Show versions", Aliases: []string{"history", "edits"}, Keys: char('v'), Scope: Command, Group: Timeline},
		{ID: "timeline.edit", Title: "Correct entry", Aliases: []string{"edit", "change"}, Group: Timeline},
		{ID: "timeline.retract", Title: "Retract entry", Aliases: []string{"delete", "remove", "strike"}, Group: Timeline},
		{ID: "timeline.goto", Title: "Go to time", Aliases: []string{"jump"}, Keys: ctrl(fyne.KeyG), Group: Timeline},
		{ID: "timeline.copy", Title: "Copy row as UTC Markdown", Aliases: []string{"clipboard"}, Keys: ctrlShift(fyne.KeyC), Group: Timeline},
		{ID: "list.down", Title: "Move down", Keys: append(char('j'), key(fyne.KeyDown)...), Scope: Command, Group: Timeline},
		{ID: "list.up", Title: "Move up", Keys: append(char('k'), key(fyne.KeyUp)...), Scope: Command, Group: Timeline},
		{ID: "list.top", Title: "Move to the top", Keys: append(char('g'), key(fyne.KeyHome)...), Scope: Command, Group: Timeline},
		{ID: "list.end", Title: "Move to the end", Keys: append(char('G'), key(fyne.KeyEnd)...), Scope: Command, Group: Timeline},
		{ID: "list.open", Title: "Open the row", Keys: key(fyne.KeyReturn), Scope: Command, Group: Timeline},
		{ID: "list.peek", Title: "Peek or select", Keys: key(fyne.KeySpace), Scope: Command, Group: Timeline},
		{ID: "list.filter", Title: "Filter the list", Aliases: []string{"search"}, Keys: char('/'), Scope: Command, Group: Timeline},
	}
}

func tellCommands() []Entry {
	return []Entry{
		{ID: "update.write", Title: "Write update", Aliases: []string{"status page", "tell", "comms", "announce", "message"}, Keys: ctrlShift(fyne.KeyU), Group: Tell},
		{ID: "update.write.here", Title: "Write update from the list", Keys: char('u'), Scope: Command, Group: Tell},
		{ID: "update.approve", Title: "Say who approved the message", Aliases: []string{"approval", "sign off", "legal", "commander"}, Keys: ctrlShift(fyne.KeyY), Group: Tell},
		{ID: "outbox.run", Title: "Send what waits now", Aliases: []string{"outbox", "try again", "deliver", "resend", "mail"}, Keys: ctrlShift(fyne.KeyO), Group: Tell},
	}
}

func goCommands() []Entry {
	screen := func(id, name string, k fyne.KeyName, aliases ...string) Entry {
		return Entry{ID: ID("go." + id), Title: "Go to " + name, Aliases: aliases, Keys: ctrl(k), Group: Go}
	}
	return []Entry{
		screen("board", "board", fyne.Key1, "incidents", "list"),
		screen("incident", "incident", fyne.Key2, "timeline", "war room"),
		screen("due", "due", fyne.Key3, "deadlines", "reminders", "wall"),
		screen("comms", "comms", fyne.Key4, "messages", "updates", "outbox"),
		screen("oncall", "on call", fyne.Key5, "rota", "schedule", "shifts", "pager", "who is on call"),
		screen("people", "people", fyne.Key6, "roster", "audiences", "recipients", "contacts", "vendors"),
		screen("security", "security", fyne.Key7, "breach", "evidence", "legal clocks", "gdpr", "indicators"),
		screen("peers", "peers", fyne.Key8, "sync", "health", "devices"),
		screen("settings", "settings", fyne.Key9, "preferences", "options", "mail", "smtp", "account"),
		{ID: "go.policy", Title: "Go to policy", Aliases: []string{"rules", "escalation matrix", "cadence", "severities"}, Keys: ctrlShift(fyne.KeyP), Group: Go},
		{ID: "go.review", Title: "Go to the post-mortem", Aliases: []string{"review", "retrospective", "learnings", "actions"}, Keys: ctrlShift(fyne.KeyR), Group: Go},
		{ID: "go.review.here", Title: "Go to the post-mortem from the list", Keys: char('R'), Scope: Command, Group: Go},
		{ID: "go.reports", Title: "Go to reports", Aliases: []string{"metrics", "figures", "mttr", "mttd", "mtta", "trends", "statistics"}, Keys: ctrlShift(fyne.KeyM), Group: Go},
		{ID: "go.previous", Title: "Previous incident", Keys: ctrl(fyne.KeyLeftBracket), Group: Go},
		{ID: "go.next", Title: "Next incident", Keys: ctrl(fyne.KeyRightBracket), Group: Go},
		{ID: "go.previous.here", Title: "Previous incident from the list", Keys: char('['), Scope: Command, Group: Go},
		{ID: "go.next.here", Title: "Next incident from the list", Keys: char(']'), Scope: Command, Group: Go},
		{ID: "go.find", Title: "Find in this screen", Aliases: []string{"search"}, Keys: ctrl(fyne.KeyF), Group: Go},
		{ID: "go.back", Title: "Back out one level", Keys: key(fyne.KeyEscape), Scope: Command, Group: Go},
	}
}

func roomCommands() []Entry {
	return []Entry{
		{ID: "room.switch", Title: "Switch room", Aliases: []string{"other room", "change room"}, Group: Room},
		{ID: "room.join", Title: "Create or join another room", Aliases: []string{"new room"}, Group: Room},
		{ID: "room.invite", Title: "Invite a person or device", Aliases: []string{"join", "add member", "qr"}, Group: Room},
		{ID: "room.spoken", Title: "Invite by eight spoken characters", Aliases: []string{"telephone", "read aloud", "code"}, Group: Room},
		{ID: "room.mend", Title: "Do what the health of the room asks for", Aliases: []string{"fix", "warning", "fork", "put back", "two homes"}, Keys: char('F'), Scope: Command, Group: Room},
		{ID: "room.asks", Title: "Answer a device that asks to join", Aliases: []string{"admit", "words", "let in"}, Group: Room},
		{ID: "room.invites", Title: "Show and withdraw invites", Aliases: []string{"revoke", "open invites"}, Keys: char('T'), Scope: Command, Group: Room},
		{ID: "room.invite.withdraw", Title: "Withdraw an invite", Aliases: []string{"revoke invite", "take back invite"}, Keys: char('w'), Scope: Form, Group: Room},
		{ID: "room.relay", Title: "Invite a relay", Aliases: []string{"join as relay", "passes on", "reads nothing"}, Keys: char('B'), Scope: Command, Group: Room},
		{ID: "room.role", Title: "Change the role of a device", Aliases: []string{"promote", "demote", "admin", "observer", "member"}, Keys: char('M'), Scope: Command, Group: Room},
		{ID: "room.archive", Title: "Mark an archive", Aliases: []string{"keeps all history", "backup device", "unmark archive"}, Keys: char('K'), Scope: Command, Group: Room},
		{ID: "room.history", Title: "Set how old history may become", Aliases: []string{"let go", "retention", "days", "archives"}, Keys: char('D'), Scope: Command, Group: Room},
		{ID: "room.clock", Title: "Take back the correction of this device's clock", Aliases: []string{"clock fix", "wrong time", "times were right"}, Keys: char('Z'), Scope: Command, Group: Room},
		{ID: "room.compact", Title: "Let go of old history and make the store smaller", Aliases: []string{"compact", "disk space", "shrink"}, Group: Room},
		{ID: "room.quarantine", Title: "Rule on the quarantine", Aliases: []string{"accept", "discard", "removed device"}, Keys: char('q'), Scope: Command, Group: Room},
		{ID: "room.quarantine.accept", Title: "Let what is in quarantine count", Aliases: []string{"accept", "removed device"}, Keys: char('a'), Scope: Form, Group: Room},
		{ID: "room.quarantine.discard", Title: "Put away what is in quarantine", Aliases: []string{"discard", "removed device"}, Keys: char('d'), Scope: Form, Group: Room},
		{ID: "room.export", Title: "Export bundle", Aliases: []string{"stick", "usb", "carry", "backup"}, Group: Room},
		{ID: "room.import", Title: "Import bundle", Aliases: []string{"stick", "usb", "restore"}, Group: Room},
		{ID: "room.verify", Title: "Verify journal", Aliases: []string{"check", "integrity", "scrub"}, Group: Room},
		{ID: "room.connect", Title: "Connect to address", Aliases: []string{"peer", "ip"}, Group: Room},
		{ID: "room.forget", Title: "Stop trying an address that does not answer", Aliases: []string{"forget address", "no answer"}, Keys: char('U'), Scope: Command, Group: Room},
		{ID: "room.cut", Title: "Cut or heal the links", Aliases: []string{"offline", "drill", "partition", "split"}, Group: Room},
		{ID: "room.remove", Title: "Remove a device", Aliases: []string{"revoke", "lost laptop", "kick"}, Group: Room, Confirm: true},
		{ID: "people.add", Title: "Add a person", Aliases: []string{"contact", "responder"}, Group: Room},
		{ID: "people.edit", Title: "Change a person", Aliases: []string{"contact", "phone", "messenger"}, Group: Room},
		{ID: "people.tested", Title: "Note a test page", Aliases: []string{"pager test"}, Group: Room},
		{ID: "people.audiences", Title: "Change audiences", Aliases: []string{"recipients", "stakeholders"}, Group: Room},
		{ID: "people.audience.add", Title: "Make another audience", Aliases: []string{"recipients", "new list"}, Group: Room},
		{ID: "people.vendors", Title: "Show vendors", Aliases: []string{"support", "contract", "supplier"}, Group: Room},
		{ID: "people.vendor.add", Title: "Add a vendor", Aliases: []string{"support number", "contract", "supplier"}, Group: Room},
		{ID: "people.vendor.retire", Title: "Take a vendor out of use", Aliases: []string{"remove vendor"}, Group: Room, Confirm: true},
		{ID: "people.access", Title: "Show access facts", Aliases: []string{"break-glass", "keys", "registrar", "door"}, Group: Room},
		{ID: "people.access.add", Title: "Add an access fact", Aliases: []string{"break-glass", "registrar", "door"}, Group: Room},
		{ID: "people.access.tested", Title: "Note that an access works", Aliases: []string{"tested", "break-glass test"}, Group: Room},
		{ID: "people.access.retire", Title: "Take an access fact out of use", Aliases: []string{"remove access"}, Group: Room, Confirm: true},
		{ID: "people.print", Title: "Print contacts and access", Aliases: []string{"write the pack", "paper", "phone tree", "offline"}, Group: Room},
		{ID: "oncall.handoff", Title: "Write hand-off note", Aliases: []string{"handover", "shift change"}, Group: Room},
		{ID: "oncall.accept", Title: "Take over on call", Aliases: []string{"accept", "start shift"}, Group: Room},
		{ID: "oncall.override", Title: "Put somebody on call", Aliases: []string{"override", "cover", "replace"}, Keys: char('o'), Scope: Command, Group: Room},
		{ID: "oncall.swap", Title: "Swap shifts", Aliases: []string{"exchange", "trade"}, Keys: char('W'), Scope: Command, Group: Room},
		{ID: "oncall.agree", Title: "Take over or agree to a swap", Aliases: []string{"accept", "yes"}, Group: Room},
		{ID: "oncall.refuse", Title: "Refuse a swap", Aliases: []string{"no", "decline swap"}, Group: Room},
		{ID: "oncall.leave", Title: "Record leave", Aliases: []string{"holiday", "away", "vacation", "sick"}, Keys: char('L'), Scope: Command, Group: Room},
		{ID: "oncall.changes", Title: "Show overrides, swaps and leave", Aliases: []string{"covers", "holiday list"}, Group: Room},
		{ID: "oncall.withdraw", Title: "Take back an override, swap or leave", Aliases: []string{"withdraw", "undo"}, Group: Room},
		{ID: "oncall.load", Title: "Show on-call load", Aliases: []string{"fairness", "nights", "weekends"}, Group: Room},
		{ID: "oncall.schedule", Title: "Make an on-call schedule", Aliases: []string{"rota", "rotation", "weekly", "monthly", "hourly"}, Group: Room},
		{ID: "oncall.schedule.set", Title: "Change an on-call schedule", Aliases: []string{"rota", "rotation", "edit", "order of people"}, Group: Room},
		{ID: "oncall.schedule.retire", Title: "Take an on-call schedule out of use", Aliases: []string{"remove rota", "retire"}, Group: Room},
		{ID: "oncall.calendar", Title: "Import an on-call calendar", Aliases: []string{"ics", "icalendar", "pagerduty", "opsgenie"}, Group: Room},
	}
}

func viewCommands() []Entry {
	return []Entry{
		{ID: "view.palette", Title: "Open palette", Aliases: []string{"commands"}, Keys: ctrl(fyne.KeyK), Group: View},
		{ID: "view.panel", Title: "Show or hide right panel", Aliases: []string{"sidebar", "tasks"}, Keys: ctrl(fyne.KeyB), Group: View},
		{ID: "view.choose", Title: "Choose a file for the field", Aliases: []string{"browse", "open file", "path", "folder"}, Keys: ctrl(fyne.KeyO), Group: View},
		{ID: "view.zoom.in", Title: "Zoom in", Aliases: []string{"larger", "bigger"}, Keys: append(ctrl(fyne.KeyEqual), Press{Mod: Main, Key: fyne.KeyPlus}), Group: View},
		{ID: "view.zoom.out", Title: "Zoom out", Aliases: []string{"smaller"}, Keys: ctrl(fyne.KeyMinus), Group: View},
		{ID: "view.zoom.reset", Title: "Reset zoom", Aliases: []string{"100 %"}, Keys: ctrl(fyne.Key0), Group: View},
		{ID: "view.variant", Title: "Switch dark and light", Aliases: []string{"theme", "colour", "color", "contrast"}, Keys: ctrlShift(fyne.KeyL), Group: View},
		{ID: "view.density", Title: "Switch comfort rows", Aliases: []string{"density", "compact", "spacing"}, Group: View},
		{ID: "view.help", Title: "Show keys", Aliases: []string{"help", "shortcuts", "cheat sheet"}, Keys: ctrl(fyne.KeySlash), Group: View},
		{ID: "view.help.here", Title: "Show keys from the list", Keys: char('?'), Scope: Command, Group: View},
	}
}

// responseCommands are the acts of the response.
func responseCommands() []Entry {
	return []Entry{
		{ID: "incident.tools", Title: "Say which tools are down", Aliases: []string{"chat", "vpn", "video", "up", "works"}, Keys: char('w'), Scope: Command, Group: Incident},
		{ID: "incident.handover", Title: "Hand over command", Aliases: []string{"relief", "shift", "ic", "offer"}, Keys: char('h'), Scope: Command, Group: Incident},
		{ID: "incident.sheet", Title: "Show the hand-over sheet", Aliases: []string{"briefing", "201"}, Keys: ctrlShift(fyne.KeyH), Group: Incident},
		{ID: "incident.accept", Title: "Accept what waits for me", Aliases: []string{"role", "task", "yes", "take"}, Keys: char('y'), Scope: Command, Group: Incident},
		{ID: "incident.ack", Title: "Acknowledge the page", Aliases: []string{"ack", "i have it", "answer"}, Group: Incident},
		{ID: "incident.lock", Title: "Take a change lock", Aliases: []string{"changing", "keep off"}, Keys: char('c'), Scope: Command, Group: Incident},
		{ID: "incident.unlock", Title: "Release a change lock", Aliases: []string{"free", "done changing"}, Keys: char('C'), Scope: Command, Group: Incident},
		{ID: "incident.hypothesis", Title: "Add a hypothesis", Aliases: []string{"cause", "theory", "suspect"}, Keys: char('H'), Scope: Command, Group: Incident},
		{ID: "incident.impact", Title: "Say how far the damage reaches", Aliases: []string{"impact", "share of users", "percent", "regions", "services", "money"}, Group: Incident},
		{ID: "incident.trigger", Title: "Answer a trigger of the escalation", Aliases: []string{"escalate", "larger", "vendor", "legal"}, Group: Incident},
		{ID: "incident.runbook", Title: "Start a runbook", Aliases: []string{"playbook", "procedure"}, Group: Incident},
		{ID: "incident.step", Title: "Mark the runbook step done", Aliases: []string{"next step", "step done"}, Group: Incident},
		{ID: "incident.escalate", Title: "Escalate: call the next person", Aliases: []string{"page", "phone", "call", "ladder"}, Keys: ctrlShift(fyne.KeyE), Group: Incident},
		{ID: "incident.clock", Title: "Start a legal clock", Aliases: []string{"gdpr", "nis2", "72 hours", "authority", "notice"}, Group: Incident},
		{ID: "incident.attach", Title: "Attach a file", Aliases: []string{"screenshot", "picture", "log file", "upload", "add file"}, Keys: ctrlShift(fyne.KeyA), Group: Incident},
		{ID: "incident.files", Title: "Show attachments", Aliases: []string{"files", "screenshots", "downloads"}, Keys: char('f'), Scope: Command, Group: Incident},
		{ID: "incident.team", Title: "Make a team", Aliases: []string{"sub-team", "span of control", "group"}, Group: Incident},
		{ID: "incident.team.leader", Title: "Change the leader of a team", Aliases: []string{"sub-team"}, Group: Incident},
		{ID: "incident.team.objective", Title: "Change the objective of a team", Aliases: []string{"sub-team"}, Group: Incident},
		{ID: "incident.team.report", Title: "Write down the report of a team", Aliases: []string{"sub-team", "CAN report", "condition actions needs"}, Group: Incident},
		{ID: "incident.team.members", Title: "Change who is in a team", Aliases: []string{"sub-team", "members"}, Group: Incident},
		{ID: "incident.team.dissolve", Title: "Dissolve a team", Aliases: []string{"sub-team", "close team"}, Group: Incident, Confirm: true},
		{ID: "drill.start", Title: "Start a drill", Aliases: []string{"exercise", "practice", "scenario"}, Group: Incident, Confirm: true},
	}
}

// panelCommands move about in the right panel.
func panelCommands() []Entry {
	return []Entry{
		{ID: "panel.focus", Title: "Go to the right panel", Aliases: []string{"side", "tab"}, Keys: ctrl(fyne.KeyJ), Group: View},
		{ID: "panel.next", Title: "Next tab of the panel", Keys: char('.'), Scope: Command, Group: View},
		{ID: "panel.previous", Title: "Previous tab of the panel", Keys: char(','), Scope: Command, Group: View},
		{ID: "panel.team", Title: "Show team", Aliases: []string{"roles", "who"}, Group: View},
		{ID: "panel.tasks", Title: "Show tasks and decisions", Aliases: []string{"hypotheses", "checklist", "options"}, Group: View},
		{ID: "panel.runbook", Title: "Show runbook", Aliases: []string{"steps"}, Keys: char('r'), Scope: Command, Group: View},
		{ID: "panel.escalation", Title: "Show escalation", Aliases: []string{"phone tree", "ladder", "calls"}, Keys: char('e'), Scope: Command, Group: View},
		{ID: "panel.clocks", Title: "Show clocks and deadlines", Aliases: []string{"due", "legal"}, Keys: char('l'), Scope: Command, Group: View},
	}
}
