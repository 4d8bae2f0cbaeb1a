package keys

// alertCommands are the acts on the alert that is selected on the board.
func alertCommands() []Entry {
	act := func(id, title string, r rune, aliases ...string) Entry {
		return Entry{ID: ID("alert." + id), Title: title, Aliases: aliases, Keys: char(r), Scope: Alert, Group: Alerts}
	}
	return []Entry{
		{ID: "alert.list", Title: "Go to the alerts", Aliases: []string{"waiting alerts", "pages", "monitoring"}, Keys: char('A'), Scope: Command, Group: Alerts},
		{ID: "alert.add", Title: "Write down an alert", Aliases: []string{"add alert", "new alert", "user report", "phone call"}, Keys: char('n'), Scope: Command, Group: Alerts},
		{ID: "alert.import", Title: "Take in alerts from a file", Aliases: []string{"import alerts", "alertmanager", "grafana", "opsgenie", "pagerduty", "json", "csv"}, Keys: char('I'), Scope: Command, Group: Alerts},
		act("ack", "Acknowledge the alert", 'a', "ack", "i have it", "answer"),
		act("declare", "Declare an incident from the alert", 'd', "open", "raise"),
		act("link", "Link the alert to an incident", 'l', "belongs to", "attach", "merge"),
		act("route", "Pass the alert on", 'r', "route", "forward", "notify"),
		act("end", "Say that the alert is over", 'e', "resolve", "ended", "close", "clear"),
	}
}
