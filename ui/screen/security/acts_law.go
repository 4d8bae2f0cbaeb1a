package security

import (
	"slices"
	"strings"

	"holdfast/model"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// clock gives a clock of the incident by its id in the policy.
func (s *Screen) clock(id string) model.ClockView {
	for _, c := range s.content.clocks.Clocks {
		if c.Clock == id {
			return c
		}
	}
	return model.ClockView{}
}

// askStart starts a clock, or corrects its start. The decision is the person's
// at this device; another who took it is named in the reason.
func (s *Screen) askStart(a act, l line) form.Ask {
	c := s.clock(l.key)
	q := form.Ask{
		Title: string(a) + ": " + text.Line(c.Name), About: "It starts when " + text.Event(c.Event) + ": a decision with a time of its own, never a guess. " + text.Line(c.Source) + ".",
		Questions: []form.Question{
			s.timeAsked("at", "When that was", ""),
			{Name: "person", Label: "Who decides", Value: s.content.me},
			{Name: "reason", Label: "What the decision rests on", Help: "An authority will ask", Lines: 2},
		},
	}
	if a == actStart {
		q.Questions[0].Value = s.now()
	}
	q.Do = func(answers form.Answers, reply form.Reply) {
		t, ok := s.times(answers, reply, "at")
		if !ok {
			return
		}
		reason, wrong := s.decided(answers)
		if wrong != "" {
			reply(wrong, form.Wrong)
			return
		}
		if a == actMove {
			s.run(model.MoveClock{Incident: s.incident(), Clock: l.key, At: t["at"], Reason: reason}, "Corrected; what it was stays in the history.", reply)
			return
		}
		s.run(model.StartClock{Incident: s.incident(), Clock: l.key, At: t["at"], Reason: reason}, "The clock runs.", reply)
	}
	return q
}

// decided puts who decided before the reason, where that is not who writes.
func (s *Screen) decided(a form.Answers) (reason, wrong string) {
	person := a["person"]
	switch {
	case person == "":
		return "", "Not done: name the person who decides. What you typed is kept."
	case strings.EqualFold(person, s.content.me) || a["reason"] == "":
		return a["reason"], ""
	case !slices.ContainsFunc(s.content.people, func(p string) bool { return strings.EqualFold(p, person) }):
		return "", "Not done: nobody in the room is called " + text.Line(person) + ". What you typed is kept."
	}
	return "Decided by " + person + ": " + a["reason"], ""
}

func (s *Screen) askDecline(l line) form.Ask {
	return form.Ask{Title: "Not notifiable: " + text.Line(s.clock(l.key).Name), About: "The incident stays in the register of breaches, with this reason.", Button: "Record decision", Questions: []form.Question{
		{Name: "reason", Label: "Reason", Lines: 2}, {Name: "approver", Label: "Who approves"},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.DeclineClock{Incident: s.incident(), Clock: l.key, Reason: a["reason"], Approver: a["approver"]}, "Recorded:", reply)
	}}
}

func (s *Screen) askFile(l line) form.Ask {
	c := s.clock(l.key)
	q := form.Ask{Title: "File notice: " + text.Line(c.Name), About: "Record here what was filed with the authority itself; Holdfast sends nothing to it.", Button: "Record filing"}
	var labels []string
	first := ""
	for _, d := range c.Deadlines {
		labels = append(labels, d.Label)
		if first == "" && d.Filed.IsZero() {
			first = d.Label
		}
	}
	if strings.HasPrefix(l.ID, "deadline.") {
		first = l.Label
	}
	if len(labels) > 1 {
		q.Questions = append(q.Questions, form.Question{Name: "label", Label: "Deadline", Options: labels, Value: first})
	}
	q.Questions = append(q.Questions, s.timeAsked("at", "Filed at", s.now()), form.Question{Name: "receipt", Label: "Receipt", Help: "A number, or who took it"},
		form.Question{Name: "phase", Label: "Phase", Options: []string{model.NoticeComplete, model.NoticeFirst, model.NoticeAddition, model.NoticeWithdraw}, Value: model.NoticeComplete},
		form.Question{Name: "reason", Label: "Why it is late, where it is"})
	q.Do = func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "at"); ok {
			s.run(model.FileNotice{Incident: s.incident(), Clock: l.key, Label: a["label"], Phase: a["phase"], At: t["at"], Receipt: a["receipt"], Reason: a["reason"]}, "Filed.", reply)
		}
	}
	return q
}

func (s *Screen) askEvent(l line) form.Ask {
	event := ""
	for _, d := range s.clock(l.key).Deadlines {
		if d.Label == l.Label {
			event = d.WaitsOn
		}
	}
	return form.Ask{Title: "Record when: " + text.Event(event), About: text.Line(l.Label) + " counts from it.", Button: "Record", Questions: []form.Question{
		s.timeAsked("at", "When that was", s.now()), {Name: "reason", Label: "What it rests on"},
	}, Do: func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "at"); ok {
			s.run(model.RecordClockEvent{Incident: s.incident(), Clock: l.key, Event: event, At: t["at"], Reason: a["reason"]}, "Recorded.", reply)
		}
	}}
}

// assessed gives a field of the assessment by its name.
func (s *Screen) assessed(name string) model.BreachFieldView {
	for _, f := range s.content.breach.Fields {
		if f.Name == name {
			return f
		}
	}
	return model.BreachFieldView{}
}

// unknown is an answer that counts: a first phase of a notice may go without.
const unknown = "unknown"

func (s *Screen) askAssess(l line) form.Ask {
	f := s.assessed(l.key)
	q := form.Ask{Title: text.Line(f.Label), About: "\"unknown\" is an answer too: a first phase of the notice may go without it.", Button: "Set", Questions: fieldQuestions(f)}
	for i := range q.Questions {
		if f.Kind() == "time" {
			q.Questions[i].Help = timeHelp
		}
	}
	q.Questions = append(q.Questions, form.Question{Name: "reason", Label: "What it rests on", Lines: 2})
	q.Do = func(a form.Answers, reply form.Reply) {
		value, err := s.fieldAnswer(f, a)
		if err != nil {
			reply(notDone(err), form.Wrong)
			return
		}
		s.run(model.SetBreach{Incident: s.incident(), Fields: map[string]string{f.Name: value}, Reason: a["reason"]}, "Set.", reply)
	}
	return q
}

// fieldQuestions asks for a field the way it is filled in.
func fieldQuestions(f model.BreachFieldView) []form.Question {
	value := text.Block(f.Value)
	switch f.Kind() {
	case "yes-no":
		return []form.Question{{Name: "value", Label: "Answer", Options: []string{"yes", "no", unknown}, Value: value}}
	case "one":
		return []form.Question{{Name: "value", Label: "One of", Options: append(slices.Clone(f.Options), unknown), Value: value}}
	case "some":
		return []form.Question{{Name: "value", Label: "One or several of", Options: f.Options, Many: true, Value: strings.ReplaceAll(value, ", ", "\n")}}
	case "count":
		low, high, _ := strings.Cut(value, "-")
		return []form.Question{
			{Name: "low", Label: "At least", Help: "The law asks for an approximate figure; or unknown", Value: low}, {Name: "high", Label: "At most", Value: high},
		}
	case "time":
		return []form.Question{{Name: "value", Label: "When", Value: value}}
	}
	return []form.Question{{Name: "value", Label: "Text", Value: value, Lines: 2}}
}

// fieldAnswer puts the answers together as the model reads them.
func (s *Screen) fieldAnswer(f model.BreachFieldView, a form.Answers) (string, error) {
	switch f.Kind() {
	case "some":
		return strings.ReplaceAll(a["value"], "\n", ", "), nil
	case "count":
		if a["high"] == "" {
			return a["low"], nil
		}
		return a["low"] + "-" + a["high"], nil
	case "time":
		if a["value"] == "" || a["value"] == unknown {
			return a["value"], nil
		}
		at, err := s.readTime(a["value"])
		return model.FormatTime(at), err
	}
	return a["value"], nil
}

func (s *Screen) askFactor(l line) form.Ask {
	was := ""
	for _, f := range s.content.breach.Risk.Factors {
		if f.ID == l.key {
			was = f.Level
		}
	}
	return form.Ask{Title: l.Label, About: "A factor of the risk for the people (EDPB Guidelines 9/2022, part IV).", Button: "Set", Questions: []form.Question{
		{Name: "level", Label: "Level", Options: []string{"low", "medium", "high"}, Value: was}, {Name: "reason", Label: "Reason", Lines: 2},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.AssessRisk{Incident: s.incident(), Factor: l.key, Level: a["level"], Reason: a["reason"]}, "Set.", reply)
	}}
}

func (s *Screen) askDecideRisk() form.Ask {
	r := s.content.breach.Risk
	about := "The sheet proposes " + r.Proposed + ": " + r.Why + "."
	if r.Proposed == "" {
		about = "The sheet proposes nothing yet: " + r.Why + "."
	}
	return form.Ask{Title: "Decide the risk", About: about, Button: "Decide", Questions: []form.Question{
		{Name: "result", Label: "Result", Options: model.RiskResults[:], Value: r.Decided}, {Name: "reason", Label: "Reason", Lines: 2},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.DecideRisk{Incident: s.incident(), Result: a["result"], Reason: a["reason"]}, "Decided.", reply)
	}}
}
