package keys

// rareCommands are acts that happen once in an incident, if at all: the palette alone has them.
func rareCommands() []Entry {
	return []Entry{
		{ID: "incident.option", Title: "Put up an option", Aliases: []string{"could be done", "way out", "risk", "way back"}, Group: Incident},
		{ID: "incident.phase.enter", Title: "Run another phase beside the lead phase", Aliases: []string{"parallel phase", "enter phase"}, Group: Incident},
		{ID: "incident.phase.leave", Title: "End a phase beside the lead phase", Aliases: []string{"parallel phase", "leave phase"}, Group: Incident},
		{ID: "incident.rhythm", Title: "Announce the rhythm of a long incident", Aliases: []string{"cadence", "slower updates", "overnight"}, Group: Incident},
		{ID: "incident.audience", Title: "Have an audience told that is told only when asked for", Aliases: []string{"cadence", "executives", "tell"}, Group: Incident},
		{ID: "incident.present", Title: "Note that somebody joined the response", Aliases: []string{"join", "on duty", "here"}, Group: Incident},
		{ID: "incident.absent", Title: "Note that somebody left the response", Aliases: []string{"leave", "off duty", "gone"}, Group: Incident},
		{ID: "incident.target", Title: "Say who is meant by a target of the escalation", Aliases: []string{"engineering manager", "escalation target"}, Group: Incident},
		{ID: "drill.inject", Title: "Tell the next event of the drill", Aliases: []string{"inject", "exercise", "scenario"}, Group: Incident},
		{ID: "timeline.annotate", Title: "Write a correction beside the entry", Aliases: []string{"annotate", "legal hold", "may not be edited"}, Group: Timeline},
		{ID: "timeline.restrict", Title: "Keep the entry out of exports for outsiders", Aliases: []string{"restrict", "confidential", "redact"}, Group: Timeline},
		{ID: "runbook.add", Title: "Add a runbook from a file", Aliases: []string{"playbook", "markdown", "import runbook"}, Group: Room},
		{ID: "runbook.revise", Title: "Write a runbook anew from a file", Aliases: []string{"playbook", "markdown", "new version"}, Group: Room},
		{ID: "runbook.review", Title: "Note that a runbook was looked through or tried", Aliases: []string{"playbook", "tested", "exercised"}, Group: Room},
		{ID: "runbook.retire", Title: "Take a runbook out of use", Aliases: []string{"playbook", "remove runbook"}, Group: Room},
	}
}
