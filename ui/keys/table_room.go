package keys

// securityCommands are the acts of the security screen. "Start a legal clock" is incident.clock, which
// both that screen and the incident's have.
func securityCommands() []Entry {
	act := func(id, title string, aliases ...string) Entry {
		return Entry{ID: ID("security." + id), Title: title, Aliases: aliases, Group: Security}
	}
	return []Entry{
		act("tick", "Mark the security step done", "tick step", "response plan", "minute plan"),
		act("skip", "Say that a security step is not needed", "skip step"),
		act("untick", "Open a security step again", "undo step"),
		act("hold", "Set legal hold and privilege", "litigation", "privileged", "keep everything"),
		act("room", "Open a confidential room", "code name", "need to know", "private"),
		act("attack", "Note an act of the intruder", "attacker", "timeline"),
		act("attack.times", "Set entry, spread and last seen", "dwell time", "intruder"),
		act("indicator", "Add an indicator", "ioc", "hash", "domain", "ip"),
		act("seen", "Note that an indicator was seen again", "ioc", "sighting"),
		act("evidence", "Add evidence", "image", "sha-256", "forensics"),
		act("custody", "Hand evidence on", "chain of custody", "transfer", "police"),
		act("credential", "Add a credential", "password", "token", "exposed"),
		act("rotate", "Note that a credential is rotated", "revoke", "new password", "verified"),
		act("isolate", "Isolate a system", "contain", "cut off", "quarantine"),
		act("lift", "Connect a system again", "end isolation"),
		act("waive", "Go on without an image of a system", "waive evidence"),
		act("wipe", "Record a wipe", "rebuild", "erase", "reimage"),
		act("sheet", "Write a decision sheet", "pay", "shut down", "police", "insurer"),
		act("approve", "Approve a message for legal", "legal approval", "counsel"),
		act("move", "Correct the start of a legal clock", "awareness"),
		act("decline", "Say that a breach is not notifiable", "no notice", "register only"),
		act("file", "File a notice", "authority", "receipt", "gdpr", "nis2"),
		act("event", "Record what a deadline waits for", "legal clock", "event"),
		act("assess", "Fill in the breach assessment", "gdpr", "article 33", "missing"),
		act("factor", "Assess a factor of the risk", "risk level", "edpb"),
		act("risk", "Decide the risk", "breach", "high risk"),
		act("export", "Export the draft of a paper", "notice", "letter", "article 34", "write file"),
		act("register", "Show the register of breaches", "article 33(5)", "list of breaches"),
	}
}

// policyCommands are the acts of the policy screen.
func policyCommands() []Entry {
	act := func(id, title string, aliases ...string) Entry {
		return Entry{ID: ID("policy." + id), Title: title, Aliases: aliases, Group: Policy}
	}
	return []Entry{
		act("edit", "Edit a section of the policy", "change the rules", "agree"),
		act("save", "Save the section of the policy", "agree"),
		act("discard", "Go back to the section the room has", "undo", "throw away"),
		act("reset", "Reset a section to what is shipped", "default", "factory"),
		act("export", "Export the policy to a file", "json", "save as"),
		act("import", "Import the policy from a file", "json", "load"),
		act("history", "Show the history of a section", "who changed", "versions"),
		act("settle", "Settle a section that was changed apart", "conflict", "keep a version"),
	}
}
