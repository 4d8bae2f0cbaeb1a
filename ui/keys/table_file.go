package keys

import "fyne.io/fyne/v2"

// fileCommands have an incident leave as a file, and a device enter the room by files.
func fileCommands() []Entry {
	return []Entry{
		{ID: "incident.export", Title: "Export the incident", Aliases: []string{"save as", "markdown", "pdf", "json", "csv", "mail", "evidence pack", "zip", "form 214", "for outsiders"}, Keys: ctrlShift(fyne.KeyS), Group: Incident},
		{ID: "room.answer", Title: "Answer a request to join that came as a file", Aliases: []string{"stick", "without network", "admit", "let in", "by hand"}, Keys: char('Q'), Scope: Command, Group: Room},
		{ID: "room.files", Title: "Join a room by files", Aliases: []string{"stick", "without network", "request to join", "enter", "by hand"}, Group: Room},
	}
}
