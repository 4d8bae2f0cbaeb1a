package keys

import "fyne.io/fyne/v2"

// intakeCommands take over what was told elsewhere.
func intakeCommands() []Entry {
	return []Entry{
		{ID: "people.import", Title: "Import people from a file", Aliases: []string{"directory", "contacts", "csv", "address book"}, Keys: char('P'), Scope: Command, Group: Room},
		{ID: "incident.import", Title: "Import from a file or pasted text", Aliases: []string{"take over", "told elsewhere", "timeline", "json", "csv", "slack", "pagerduty", "opsgenie", "statuspage", "paste", "postmortem"}, Keys: ctrlShift(fyne.KeyI), Group: Incident},
	}
}
