package report

import (
	"strings"
	"time"

	"holdfast/model"
)

// Art34Letter drafts the message to the people affected (GDPR Art. 34): plain
// words, alone in one message.
func Art34Letter(s *model.State, inc *model.Incident, now time.Time) Document {
	n := newNotice(s, inc, "Message to the people affected (GDPR Art. 34)", Art34, now)
	d := &n.doc
	span := "on " + n.day(model.BreachBegan)
	if ended := n.text(model.BreachEnded); ended != "" && ended != "unknown" {
		span = "between " + n.day(model.BreachBegan) + " and " + n.day(model.BreachEnded)
	}
	d.paragraph("Subject: Important: your data at " + n.word(model.BreachController) + " was affected " + span)
	d.paragraph("Dear " + missing("name, filled in for each person") + ",")
	d.paragraph(span + ": " + n.word(model.BreachNature))
	d.fields(
		n.named("Your data", model.BreachData), n.named("Not affected", model.BreachNotData), n.named("What it can mean for you", model.BreachEffects),
		n.named("What we did", model.BreachMeasures), n.named("What you should do", model.BreachAdvice),
		n.named("Questions", model.BreachQuestions), n.named("Contact", model.BreachContact), n.named("You may complain to", model.BreachAuthority),
	)
	d.paragraph("We will never ask for your password. We apologise.")
	d.heading("Before it is sent (not part of the message)")
	risk := s.Risk(inc, now)
	d.list([]string{
		"High risk is decided and reasoned: " + either(strings.TrimSpace(risk.Decided+" "+risk.Reason), missing("decision on the risk")),
		"In the language of its readers, and apart from advertising",
		"By more than one channel if that is safe, and not through the channel that was breached",
		"Directly, unless that is disproportionate; then by a public notice (34(3)(c))",
		"Did the police ask for a delay? Who, until when?",
		"The support desk is briefed",
		"Count what was sent and what bounced",
	})
	return *d
}

func missing(what string) string { return "[MISSING: " + what + "]" }

// word writes a field into a sentence.
func (n *notice) word(name string) string {
	f := n.field(name)
	if f.Value == "" || f.Value == "unknown" {
		return missing(f.Label)
	}
	return f.Value
}

// day is word for a time, of which people need the day.
func (n *notice) day(name string) string {
	if t, err := time.Parse(stampForm, n.text(name)); err == nil {
		return t.Format("2 January 2006")
	}
	return n.word(name)
}

func (n *notice) named(label, name string) Field {
	f := n.field(name)
	f.Label = label
	return f
}
