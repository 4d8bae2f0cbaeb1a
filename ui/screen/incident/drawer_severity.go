package incident

import (
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// severity are the questions of the policy, and the level the answers mean.
func (d *drawer) severity() []item.Block {
	s, a := d.screen, d.screen.content.work.Assessment
	b := item.Block{}
	for i, q := range a.Questions {
		l := line("question."+q.ID, text.Line(q.Text), 2)
		l.Right, l.Hint = "y  n  u", "y yes · n no · u unknown"
		if a.Suggested != "" { // the line below may be out of view
			l.Hint += " · Enter applies " + a.Suggested
			l.Open = func() { s.applySeverity(a) }
		}
		if q.Answer != "" {
			l.Right, l.RightColor = q.Answer, base.ColorNameForeground
		}
		next := "level"
		if i+1 < len(a.Questions) {
			next = "question." + a.Questions[i+1].ID
		}
		answer := func(word string) func() { return func() { d.answer(q.ID, word, next) } }
		l.Rune = on(map[rune]func(){'y': answer("yes"), 'n': answer("no"), 'u': answer("unknown")})
		b.Lines = append(b.Lines, l)
	}
	level := line("level", "Not decided yet. "+text.Line(a.Why), 2)
	level.Bold = true
	if a.Suggested != "" {
		level.Main = "The answers mean " + a.Suggested + ": " + text.Line(a.Why)
		level.Right, level.Hint = "Enter applies", "Enter applies it, with a reason"
		level.Open = func() { s.applySeverity(a) }
	}
	other := quiet("level.other", "Set a level without the questions", 1)
	other.Open, other.Hint = func() { s.begin("/sev ") }, "Enter takes the level and its reason"
	b.Lines = append(b.Lines, level, other)
	return []item.Block{b}
}

// answer keeps the answer to a question, and goes to the next line.
func (d *drawer) answer(id, word, next string) {
	s := d.screen
	s.host.Do(model.AssessSeverity{Incident: s.content.id.String(), Answers: map[string]string{id: word}}, func(_ model.Done, err error) {
		if err != nil {
			s.host.Fail("The answer was not kept", err)
			return
		}
		d.list.Select(next)
	})
}

// applySeverity asks for the reason of a level.
func (s *Screen) applySeverity(a model.AssessmentView) {
	s.ask(question{prompt: "Why " + a.Suggested + "?", begin: text.Line(a.Why), then: func(why string) plan {
		return plan{
			says:     s.content.brief.Severity + " becomes " + a.Suggested + " · Enter applies",
			commands: []model.Command{model.AssessSeverity{Incident: s.content.id.String(), Apply: true, Reason: why}},
			toast:    s.content.code + " is " + a.Suggested,
		}
	}})
}
