package incident

import (
	"strings"

	"holdfast/model/capture"
)

// question is asked in the box, and answered with Enter.
type question struct {
	prompt string // what the empty box says
	about  string // what it is about, below the box; "" says the prompt there once it is covered
	begin  string // what stands in the box already
	blank  bool   // an empty answer is one
	then   func(answer string) plan
}

// ask puts a question into the box. What was typed waits behind it.
func (s *Screen) ask(q question) {
	if s.content.id.Zero() {
		return
	}
	s.question = q
	s.enter(asking, row{}, q.prompt, q.begin)
	if q.begin != "@" { // a name follows that one
		s.box.SelectAll()
	}
	s.box.Blank = q.blank
	s.box.SetHint(q.hint(q.begin == ""), false)
}

// hint stands below the box. What the empty box says is not said twice.
func (q question) hint(empty bool) string {
	says := q.about
	if says == "" && !empty {
		says = q.prompt
	}
	if says == "" {
		return "Enter answers, Esc leaves"
	}
	return says + "  ·  Enter answers, Esc leaves"
}

// answered asks what follows an answer.
func (s *Screen) answered(line string, next question) {
	s.box.Clear(line)
	s.ask(next)
}

// planAnswer is what the answer typed so far comes to.
func (s *Screen) planAnswer(line string) plan {
	p := s.question.then(strings.TrimSpace(line))
	if p.says == "" && p.refuse == "" {
		p.says = s.question.hint(line == "")
	}
	return p
}

// person reads a name as the box does everywhere; why is empty where it names
// one person.
func (s *Screen) person(words string) (name, why string) {
	words = strings.TrimSpace(words)
	bare := strings.TrimPrefix(words, "@") // after @ the box reads one word; a whole name may have several
	for _, words := range []string{words, bare} {
		in := capture.Parse("/assign observer "+words, s.content.context(s.host.Now(), s.host.Zone()))
		if a, ok := in.(capture.Assign); ok && a.Person != "" {
			return a.Person, ""
		}
	}
	if bare == "" {
		return "", "a name is missing"
	}
	return "", "nobody here is called " + quoted(bare)
}
