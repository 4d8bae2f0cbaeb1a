package review

import (
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/report"
	"holdfast/model/when"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/paper"
	"holdfast/ui/text"
)

func (s *Screen) incident() string { return s.content.id.String() }

// names reads names with commas.
func names(typed string) []string {
	var all []string
	for name := range strings.SplitSeq(typed, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

func (s *Screen) askDraft(line) form.Ask {
	return form.Ask{
		Title: "Write the draft from the log", About: "The empty texts are filled from the log, and what a machine cannot know is marked TODO. What people wrote stays.",
		Questions: []form.Question{{Name: "owner", Label: "Who sees it through", Help: "A name, or a part of one; empty leaves it open"}},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.WriteReviewDraft{Incident: s.incident(), Owner: a["owner"]}, "The draft is written.", reply)
		},
	}
}

func (s *Screen) askPeople(line) form.Ask {
	v := s.content.view
	alarm := "no"
	if v.FalseAlarm {
		alarm = "yes"
	}
	return form.Ask{
		Title: "People of the post-mortem", Button: "Save",
		Questions: []form.Question{
			{Name: "owner", Label: "Owner", Help: "One person sees it through", Value: v.Owner},
			{Name: "facilitator", Label: "Facilitator", Help: "Leads the meeting; best somebody who did not work on it", Value: v.Facilitator},
			{Name: "reviewers", Label: "Reviewers", Help: "Who reads it and comes to the meeting: names with commas", Value: strings.Join(v.Attendees, ", ")},
			{Name: "services", Label: "Services it touched", Help: "With commas", Value: strings.Join(v.Services, ", ")},
			{Name: "alarm", Label: "Was it a false alarm?", Options: []string{"no", "yes"}, Value: alarm},
		},
		Do: func(a form.Answers, reply form.Reply) {
			c := model.SetReview{Incident: s.incident(), Owner: a["owner"], Facilitator: a["facilitator"], Attendees: names(a["reviewers"]), Services: names(a["services"])}
			if a["alarm"] != alarm {
				c.FalseAlarm = a["alarm"]
			}
			s.run(c, "Saved.", reply)
		},
	}
}

func (s *Screen) askState(line) form.Ask {
	return form.Ask{
		Title: "State of the post-mortem", Button: "Save", About: "In review: it is read before the meeting. Reviewed: those who were asked approve it. Closed: its actions are done or dropped. Who set it stands in the timeline.",
		Questions: []form.Question{
			{Name: "state", Label: "State", Options: model.ReviewStates[:], Value: or(s.content.view.Status, model.ReviewDraft)},
			{Name: "reason", Label: "Why", Help: "Optional, for the record: who approved, and what is open"},
		},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.SetReview{Incident: s.incident(), Status: a["state"], Reason: a["reason"]}, "The post-mortem is: "+a["state"]+".", reply)
		},
	}
}

func (s *Screen) askBook(line) form.Ask {
	return form.Ask{
		Title: "Book the meeting", Button: "Book",
		Questions: []form.Question{
			{Name: "at", Label: "When", Help: "2026-11-27 10:00, tomorrow 10:00, 2d; in " + s.host.Zone().String()},
			{Name: "reviewers", Label: "Reviewers", Help: "Names with commas", Value: strings.Join(s.content.view.Attendees, ", ")},
		},
		Do: func(a form.Answers, reply form.Reply) {
			at, err := s.ahead(a["at"])
			if err != nil || at.IsZero() {
				reply("Not done: write when the meeting is, such as 2026-11-27 10:00 or 2d. What you typed is kept.", form.Wrong)
				return
			}
			s.run(model.BookReview{Incident: s.incident(), At: at, Attendees: names(a["reviewers"])}, "The meeting is booked.", reply)
		},
	}
}

func (s *Screen) askHeld(line) form.Ask {
	return form.Ask{
		Title: "The meeting was held", Button: "Record",
		Questions: []form.Question{
			{Name: "at", Label: "When", Help: "Empty is now; 14:05, -2h, 2026-11-27 10:00"},
			{Name: "reviewers", Label: "Who came", Help: "Names with commas, all of them", Value: strings.Join(s.content.view.Attendees, ", ")},
		},
		Do: func(a form.Answers, reply form.Reply) {
			at, err := s.past(a["at"])
			if err != nil {
				reply("Not done: "+sentence(text.Line(err.Error()))+" What you typed is kept.", form.Wrong)
				return
			}
			s.run(model.HoldReview{Incident: s.incident(), At: at, Attendees: names(a["reviewers"])}, "Recorded.", reply)
		},
	}
}

// factorRoles are the ways a factor may have contributed, with none said first.
func factorRoles() []string { return append([]string{"not said"}, model.FactorRoles[:]...) }

func roleOf(answer string) string {
	if answer == "not said" {
		return ""
	}
	return answer
}

func (s *Screen) askFactor(line) form.Ask {
	return form.Ask{
		Title: "Add a contributing factor", About: "Several, and none of them a person. The same words in two incidents are the same factor: the figures count what comes again.",
		Questions: []form.Question{
			{Name: "text", Label: "In a few words", Help: "Such as: expired certificate"},
			{Name: "role", Label: "How it contributed: trigger set it off, possible let it happen, unnoticed hid it, long made it last", Options: factorRoles(), Value: "not said"},
		},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.AddFactor{Incident: s.incident(), Text: a["text"], Role: roleOf(a["role"])}, "Added.", reply)
		},
	}
}

func (s *Screen) askSetFactor(l line) form.Ask {
	var f model.FactorView
	for _, v := range s.content.view.Factors {
		if v.ID.String() == l.key {
			f = v
		}
	}
	return form.Ask{
		Title: "Change the factor", Button: "Save",
		Questions: []form.Question{{Name: "text", Label: "In a few words", Value: f.Text}, {Name: "role", Label: "How it contributed", Options: factorRoles(), Value: or(f.Role, "not said")}},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.SetFactor{Factor: l.key, Text: a["text"], Role: roleOf(a["role"])}, "Saved.", reply)
		},
	}
}

func (s *Screen) askDropFactor(l line) form.Ask {
	return form.Ask{
		Title: "Take the factor back", About: l.Label, Questions: []form.Question{{Name: "reason", Label: "Why it is none after all"}},
		Do: func(a form.Answers, reply form.Reply) {
			if a["reason"] == "" {
				reply("Not done: say why; the timeline shows it.", form.Wrong)
				return
			}
			s.run(model.SetFactor{Factor: l.key, Dropped: a["reason"]}, "Taken back.", reply)
		},
	}
}

// actionQuestions ask for what an action has; v is what it has now.
func (s *Screen) actionQuestions(v model.ActionView) []form.Question {
	due, priority := s.dayOf(v.DueAt), "no"
	if v.Priority {
		priority = "yes"
	}
	return []form.Question{
		{Name: "text", Label: "What is done", Help: "Verb first: add, remove, test", Value: v.Text},
		{Name: "owner", Label: "Owner", Help: "One person", Value: v.Owner},
		{Name: "due", Label: "Due", Help: "A day such as 2026-12-01, or 14d; if empty, the time in the policy", Value: due},
		{Name: "ticket", Label: "Ticket", Help: "Where it is tracked; optional", Value: v.Ticket},
		{Name: "measure", Label: "Done when", Help: "How we know that it is done", Value: v.Measure},
		{Name: "kind", Label: "For", Options: model.ActionKinds[:], Value: or(v.Kind, model.ActionKinds[0])},
		{Name: "priority", Label: "Priority, which has the shorter time in the policy", Options: []string{"no", "yes"}, Value: priority},
	}
}

func (s *Screen) askAction(line) form.Ask {
	return form.Ask{
		Title: "Add an action", Questions: s.actionQuestions(model.ActionView{}),
		Do: func(a form.Answers, reply form.Reply) {
			due, ok := s.dueDay(a["due"], reply)
			if ok {
				s.run(model.AddAction{
					Incident: s.incident(), Text: a["text"], Kind: a["kind"], Owner: a["owner"], Due: due, Priority: a["priority"] == "yes", Ticket: a["ticket"], Measure: a["measure"],
				}, "Added.", reply)
			}
		},
	}
}

func (s *Screen) askSetAction(l line) form.Ask {
	var v model.ActionView
	for _, other := range s.content.view.Actions {
		if other.ID.String() == l.key {
			v = other
		}
	}
	return form.Ask{
		Title: "Change the action", Button: "Save", Questions: s.actionQuestions(v),
		Do: func(a form.Answers, reply form.Reply) {
			if a["due"] == s.dayOf(v.DueAt) {
				a["due"] = "" // a day that has passed is not promised anew
			}
			due, ok := s.dueDay(a["due"], reply)
			if ok {
				s.run(model.SetAction{
					Action: l.key, Text: a["text"], Kind: a["kind"], Owner: a["owner"], Due: due, Priority: a["priority"] == "yes", Ticket: a["ticket"], Measure: a["measure"],
				}, "Saved.", reply)
			}
		},
	}
}

// dayOf writes a time as the day it is on; no time is no text.
func (s *Screen) dayOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(s.host.Zone()).Format(time.DateOnly)
}

// dueDay reads a day, or a span from now; no text is none. A day ends with its
// last second.
func (s *Screen) dueDay(typed string, reply form.Reply) (time.Time, bool) {
	if t, err := time.ParseInLocation(time.DateOnly, typed, s.host.Zone()); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Second), true
	}
	at, err := s.ahead(typed)
	if err != nil {
		reply("Not done: write the day as 2026-12-01, or a span such as 14d. What you typed is kept.", form.Wrong)
	}
	return at, err == nil
}

func (s *Screen) askActionDone(l line) form.Ask {
	return form.Ask{
		Title: "The action is done", About: l.Label, Button: "Record", Questions: []form.Question{{Name: "proof", Label: "What shows it", Help: "A link, a test, a change"}},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.FinishAction{Action: l.key, Proof: a["proof"]}, "Recorded.", reply)
		},
	}
}

func (s *Screen) askDropAction(l line) form.Ask {
	return form.Ask{
		Title: "Drop the action", About: l.Label, Questions: []form.Question{{Name: "reason", Label: "Why it is not done"}},
		Do: func(a form.Answers, reply form.Reply) {
			if a["reason"] == "" {
				reply("Not done: say why; the timeline shows it.", form.Wrong)
				return
			}
			s.run(model.SetAction{Action: l.key, Dropped: a["reason"]}, "Dropped.", reply)
		},
	}
}

func (s *Screen) askSettle(line) form.Ask {
	return form.Ask{
		Title: "End the choice of actions", About: "Those recorded stand, each with an owner; or none is needed, for a reason.", Button: "Settle",
		Questions: []form.Question{{Name: "none", Label: "Why no action is needed", Help: "Only where there is none"}},
		Do: func(a form.Answers, reply form.Reply) {
			s.run(model.SettleActions{Incident: s.incident(), None: a["none"]}, "The actions are settled.", reply)
		},
	}
}

func (s *Screen) askPublish(line) form.Ask {
	checks := s.content.view.Checks
	q := form.Ask{
		Title: "Publish the post-mortem", About: "This records the review and whom it was shared with. Export writes the file to share.",
		Questions: []form.Question{{Name: "shared", Label: "Whom it is shared with", Help: "Such as: all of engineering, and customers who asked"}},
	}
	if len(checks) > 0 {
		q.About = text.Count(len(checks), "thing is", "things are") + " missing; they stand at the end of the list. " + q.About
		q.Questions = append(q.Questions, form.Question{Name: "confirm", Label: "Publish it as it is?", Options: []string{"no", "yes"}, Value: "no"})
	}
	q.Do = func(a form.Answers, reply form.Reply) {
		s.run(model.PublishReview{Incident: s.incident(), Shared: a["shared"], Confirm: a["confirm"] == "yes"}, "Published.", reply)
	}
	return q
}

// ahead reads a time to come, or a span from now; no text is none.
func (s *Screen) ahead(typed string) (time.Time, error) {
	return when.Ahead(typed, s.host.Now(), s.host.Zone())
}

// past reads a time that was; no text is none.
func (s *Screen) past(typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	m, err := when.Parse(typed, s.host.Now(), s.host.Zone())
	return m.At, err
}

// askExport writes the whole to a file, as it is at that moment.
func (s *Screen) askExport(line) form.Ask {
	q := paper.Ask(s.host, "Export the post-mortem", false, func(then func(report.Document, [][]string)) {
		s.writer.save()
		s.export = func(d report.Document) { then(d, nil) }
		s.wanted.Lock()
		s.wanted.paper = true
		s.wanted.Unlock()
		s.host.Refresh()
	})
	q.About = "The eight sections of the template. What is not written yet stands as the draft from the log; what is missing is listed first."
	return q
}
