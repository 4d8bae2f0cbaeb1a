package template

import "unicode"

// Term is one name a template may use.
type Term struct {
	Name  string
	Label string // what a form calls it
	Typed bool   // a person fills it in; otherwise it is a fact of the incident
}

// Vocabulary lists the names every template may use: facts, which are computed
// from the incident, then fields, which a person types. Times stand in the
// form "14:30 UTC (15:30 Berlin)".
func Vocabulary() []Term {
	return append(facts(), typed()...)
}

func facts() []Term {
	return []Term{
		{Name: "incident.id", Label: "Incident id"},
		{Name: "incident.title", Label: "Title"},
		{Name: "severity", Label: "Severity"},
		{Name: "type", Label: "Type"},
		{Name: "phase", Label: "Phase"},
		{Name: "detection", Label: "How it was found"},
		{Name: "started", Label: "Started"},
		{Name: "detected", Label: "Detected"},
		{Name: "declared", Label: "Declared"},
		{Name: "mitigated", Label: "Mitigated"},
		{Name: "resolved", Label: "Resolved"},
		{Name: "duration", Label: "Duration"},
		{Name: "impact.what", Label: "What is affected"},
		{Name: "impact.who", Label: "Who is affected"},
		{Name: "impact.share", Label: "Share of users"},
		{Name: "impact.regions", Label: "Regions"},
		{Name: "workaround", Label: "Workaround"},
		{Name: "cause.current", Label: "Current assumption of the cause"},
		{Name: "cause.age", Label: "How long it has been assumed"},
		{Name: "actions.now", Label: "What is being done"},
		{Name: "needs", Label: "What the room needs"},
		{Name: "next_update", Label: "Next update"},
		{Name: "update.number", Label: "Number of this update"},
		{Name: "ic", Label: "Incident commander"},
		{Name: "comms", Label: "Communications lead"},
		{Name: "bridge", Label: "How to reach the team by voice"},
		{Name: "channel", Label: "How to reach the team in writing"},
		{Name: "status_url", Label: "Status page"},
		{Name: "data_loss", Label: "Data loss"},
		{Name: "tz", Label: "Time zone"},
		{Name: "org", Label: "Organisation"},
		{Name: "product", Label: "Product"},
		{Name: "contact", Label: "Contact"},
		{Name: "responders", Label: "People who took part"},
		{Name: "pm.owner", Label: "Owner of the review"},
		{Name: "pm.time", Label: "Time of the review"},
		{Name: "ttd", Label: "Time to detect"},
		{Name: "ttdec", Label: "Time to declare"},
		{Name: "tta", Label: "Time to acknowledge"},
		{Name: "ttm", Label: "Time to mitigate"},
		{Name: "ttr", Label: "Time to resolve"},
	}
}

func typed() []Term {
	terms := []Term{
		{Name: "user_task", Label: "What users cannot do, in their words"},
		{Name: "feature", Label: "Feature, in users' words"},
		{Name: "unaffected", Label: "What works as usual"},
		{Name: "effect", Label: "What it means for the reader"},
		{Name: "trend", Label: "Better, same or worse"},
		{Name: "known", Label: "What is known"},
		{Name: "confidence", Label: "How sure the assumption is"},
		{Name: "data.affected", Label: "Data affected"},
		{Name: "data.statement", Label: "What to say about data"},
		{Name: "ruled_out", Label: "What has been ruled out"},
		{Name: "trying", Label: "What is tried now, in users' words"},
		{Name: "interval", Label: "Time between posts"},
		{Name: "watch", Label: "How long values have been normal"},
		{Name: "check", Label: "How it was checked"},
		{Name: "fix", Label: "What fixed it"},
		{Name: "lasting", Label: "Lasting effects"},
		{Name: "temporary", Label: "Temporary measures, owner and end date"},
		{Name: "summary", Label: "What users felt, how long, how many"},
		{Name: "factors", Label: "How it came about"},
		{Name: "helped", Label: "What helped"},
		{Name: "hindered", Label: "What made it harder"},
		{Name: "followups", Label: "Actions with owner and date"},
		{Name: "link", Label: "Link to the full text"},
		{Name: "reply_by", Label: "Questions by"},
		{Name: "review_by", Label: "Review published by"},
		{Name: "situation", Label: "Situation, one sentence"},
		{Name: "money", Label: "Money, estimate or unknown"},
		{Name: "result_by", Label: "Result of the action by"},
		{Name: "outlook", Label: "Outlook, no promise"},
		{Name: "legal", Label: "Data or legal"},
		{Name: "decision", Label: "Decision needed"},
		{Name: "public_line", Label: "Public line"},
		{Name: "liaison", Label: "Who takes questions"},
		{Name: "recipient", Label: "Name of the reader"},
		{Name: "sender", Label: "Name and role of the sender"},
		{Name: "skill", Label: "Skill needed"},
		{Name: "context", Label: "Context, one line"},
		{Name: "first_task", Label: "First task"},
		{Name: "changes", Label: "What we change"},
		{Name: "credit", Label: "Credit under the contract"},
		{Name: "correction.time", Label: "Time of the wrong post"},
		{Name: "correction.said", Label: "What it said"},
		{Name: "correction.right", Label: "What is correct"},
		{Name: "vendor.service", Label: "Vendor's service"},
		{Name: "vendor.account", Label: "Account or contract number"},
		{Name: "vendor.symptom", Label: "Symptom with figures"},
		{Name: "vendor.requests", Label: "Request ids"},
		{Name: "vendor.tried", Label: "What we tried"},
	}
	for i := range terms {
		terms[i].Typed = true
	}
	return terms
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
