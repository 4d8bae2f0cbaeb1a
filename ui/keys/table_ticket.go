package keys

// ticketCommands are the acts on what was asked of vendors in an incident.
func ticketCommands() []Entry {
	return []Entry{
		{ID: "incident.ticket", Title: "Record a ticket with a vendor", Aliases: []string{"vendor ticket", "support case", "supplier", "provider", "their number"}, Keys: char('V'), Scope: Command, Group: Incident},
		{ID: "incident.ticket.answer", Title: "Write down what a vendor answered", Aliases: []string{"vendor answer", "support case", "supplier", "promised"}, Keys: char('N'), Scope: Command, Group: Incident},
		{ID: "incident.tickets", Title: "Show the tickets with vendors", Aliases: []string{"vendor tickets", "support cases", "suppliers"}, Group: Incident},
	}
}
