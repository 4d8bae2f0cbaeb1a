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
	all = append(all, timelineCommands()...)
	all = append(all, tellCommands()...)
	all = append(all, goCommands()...)
	all = append(all, roomCommands()...)
	return append(all, viewCommands()...)
}

func incidentCommands() []Entry {
	return []Entry{
		{ID: "incident.declare", Title: "Declare incident", Aliases: []string{"open", "new", "create", "raise"}, Keys: ctrl(fyne.KeyN), Group: Incident, Confirm: true},
		{ID: "incident.severity", Title: "Change severity", Aliases: []string{"sev", "priority", "p0", "p1", "p2", "p3"}, Keys: char('s'), Scope: Command, Group: Incident},
		{ID: "incident.phase", Title: "Change phase", Aliases: []string{"state", "status", "identified", "mitigating", "monitoring"}, Keys: char('p'), Scope: Command, Group: Incident},
		{ID: "incident.assign", Title: "Assign role", Aliases: []string{"ic", "commander", "scribe", "comms", "deputy"}, Keys: char('a'), Scope: Command, Group: Incident},
		{ID: "incident.transfer", Title: "Take command", Aliases: []string{"transfer", "relieve", "ic"}, Group: Incident, Confirm: true},
		{ID: "incident.resolve", Title: "Resolve incident", Aliases: []string{"end", "fixed", "done"}, Group: Incident, Confirm: true},
		{ID: "incident.close", Title: "Close incident", Aliases: []string{"archive", "finish"}, Group: Incident, Confirm: true},
		{ID: "incident.reopen", Title: "Reopen incident", Aliases: []string{"again", "undo resolve"}, Group: Incident, Confirm: true},
		{ID: "incident.task", Title: "Add task", Aliases: []string{"todo", "action", "ask"}, Keys: char('t'), Scope: Command, Group: Incident},
		{ID: "incident.task.done", Title: "Mark task done", Aliases: []string{"tick", "complete"}, Keys: char('x'), Scope: Command, Group: Incident},
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
		screen("people", "people", fyne.Key6, "roster", "audiences", "recipients", "contacts", "vendors"),
		screen("security", "security", fyne.Key7, "breach", "evidence", "legal clocks", "gdpr", "indicators"),
		screen("peers", "peers", fyne.Key8, "sync", "health", "devices"),
		screen("settings", "settings", fyne.Key9, "preferences", "options", "mail", "smtp", "account"),
		{ID: "go.policy", Title: "Go to policy", Aliases: []string{"rules", "escalation matrix", "cadence", "severities"}, Keys: ctrlShift(fyne.KeyP), Group: Go},
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
		{ID: "room.export", Title: "Export bundle", Aliases: []string{"stick", "usb", "carry", "backup"}, Group: Room},
		{ID: "room.import", Title: "Import bundle", Aliases: []string{"stick", "usb", "restore"}, Group: Room},
		{ID: "room.verify", Title: "Verify journal", Aliases: []string{"check", "integrity", "scrub"}, Group: Room},
		{ID: "room.connect", Title: "Connect to address", Aliases: []string{"peer", "ip"}, Group: Room},
		{ID: "room.cut", Title: "Cut or heal the links", Aliases: []string{"offline", "drill", "partition", "split"}, Group: Room},
		{ID: "room.remove", Title: "Remove a device", Aliases: []string{"revoke", "lost laptop", "kick"}, Group: Room, Confirm: true},
		{ID: "people.add", Title: "Add a person", Aliases: []string{"contact", "responder"}, Group: Room},
	}
}

func viewCommands() []Entry {
	return []Entry{
		{ID: "view.palette", Title: "Open palette", Aliases: []string{"commands"}, Keys: ctrl(fyne.KeyK), Group: View},
		{ID: "view.panel", Title: "Show or hide right panel", Aliases: []string{"sidebar", "tasks"}, Keys: ctrl(fyne.KeyB), Group: View},
		{ID: "view.zoom.in", Title: "Zoom in", Aliases: []string{"larger", "bigger"}, Keys: append(ctrl(fyne.KeyEqual), Press{Mod: Main, Key: fyne.KeyPlus}), Group: View},
		{ID: "view.zoom.out", Title: "Zoom out", Aliases: []string{"smaller"}, Keys: ctrl(fyne.KeyMinus), Group: View},
		{ID: "view.zoom.reset", Title: "Reset zoom", Aliases: []string{"100 %"}, Keys: ctrl(fyne.Key0), Group: View},
		{ID: "view.variant", Title: "Switch dark and light", Aliases: []string{"theme", "colour", "color", "contrast"}, Keys: ctrlShift(fyne.KeyL), Group: View},
		{ID: "view.density", Title: "Switch comfort rows", Aliases: []string{"density", "compact", "spacing"}, Group: View},
		{ID: "view.help", Title: "Show keys", Aliases: []string{"help", "shortcuts", "cheat sheet"}, Keys: ctrl(fyne.KeySlash), Group: View},
		{ID: "view.help.here", Title: "Show keys from the list", Keys: char('?'), Scope: Command, Group: View},
	}
}
