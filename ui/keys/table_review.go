package keys

// reviewCommands are the acts of the post-mortem.
func reviewCommands() []Entry {
	act := func(id, title string, aliases ...string) Entry {
		return Entry{ID: ID("review." + id), Title: title, Aliases: aliases, Group: Review}
	}
	return []Entry{
		act("draft", "Write the draft of the post-mortem from the log", "fill", "review", "retrospective"),
		act("owner", "Change owner, facilitator and reviewers", "attendees", "services", "false alarm"),
		act("state", "Change the state of the post-mortem", "approve", "in review", "reviewed", "closed"),
		act("book", "Book the review meeting", "schedule", "debrief"),
		act("held", "Note that the review meeting was held", "attendees", "debrief"),
		act("factor", "Add a contributing factor", "cause", "root cause"),
		act("factor.set", "Change a contributing factor", "cause"),
		act("factor.drop", "Take a contributing factor back", "remove cause"),
		act("action", "Add a review action", "action item", "follow-up", "todo"),
		act("action.set", "Change a review action", "owner", "due", "ticket"),
		act("action.done", "Mark a review action done", "proof", "complete"),
		act("action.drop", "Drop a review action", "will not do"),
		act("settle", "Settle the review actions", "none needed"),
		act("publish", "Publish the post-mortem", "share", "learnings"),
		act("export", "Export the post-mortem", "markdown", "html", "pdf", "file"),
		act("mend", "Go to what the post-mortem lacks", "check", "missing", "blame"),
	}
}

// reportCommands are the acts of the reports.
func reportCommands() []Entry {
	act := func(id, title string, aliases ...string) Entry {
		return Entry{ID: ID("reports." + id), Title: title, Aliases: aliases, Group: Reports}
	}
	return []Entry{
		act("weekly", "Show the weekly report", "week", "summary"),
		act("monthly", "Show the monthly report", "month", "trends"),
		act("quarterly", "Show the quarterly report", "quarter", "analysis"),
		act("annual", "Show the annual report", "year", "availability"),
		act("before", "Show the period before", "previous", "earlier", "last month"),
		act("after", "Show the period after", "next", "later"),
		act("export", "Export the report", "pdf", "html", "csv", "markdown", "spreadsheet", "file"),
	}
}
