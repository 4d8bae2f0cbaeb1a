package keys

import "fyne.io/fyne/v2"

// intakeCommands take over what was told elsewhere.
func intakeCommands() []Entry {
	return []Entry{
		{ID: "incident.import", Title: "Import an incident from a file", Aliases: []string{"take over", "told elsewhere", "timeline", "json", "postmortem"}, Keys: ctrlShift(fyne.KeyI), Group: Incident},
	}
}
