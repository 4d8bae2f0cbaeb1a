package incident

import (
	"cmp"
	"strings"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/ui/text"
)

// askImpact asks how far the damage reaches: users, regions, services, who, and
// money. What is left as it stands is not written again.
func (s *Screen) askImpact() {
	now := s.content.work.Facts
	c := model.AssessImpact{Incident: s.content.id.String()}
	list := func(typed string, was []string) []string {
		if typed == none || typed == strings.Join(was, ", ") {
			return nil
		}
		var named []string
		for part := range strings.SplitSeq(typed, ",") {
			if part = strings.TrimSpace(part); part != "" {
				named = append(named, part)
			}
		}
		return named
	}
	changed := func(typed, was string) string {
		if typed == none || typed == was {
			return ""
		}
		return typed
	}
	money := question{prompt: "Money at risk? none where nobody knows", begin: or(text.Line(now.Money)), then: func(typed string) plan {
		c.Money = changed(typed, now.Money)
		if c.Share+c.Who+c.Money == "" && len(c.Regions)+len(c.Services) == 0 {
			return plan{refuse: "Nothing was changed"}
		}
		return plan{says: "Enter writes it down", commands: []model.Command{c}, toast: "The impact is written down"}
	}}
	who := question{prompt: "Who is hit, in words?", begin: or(text.Line(now.Who)), then: func(typed string) plan {
		c.Who = changed(typed, now.Who)
		return plan{says: "Asks for the money next · Enter", next: &money}
	}}
	services := question{prompt: "Which services does it touch? With commas", begin: or(text.Line(strings.Join(now.Services, ", "))), then: func(typed string) plan {
		c.Services = list(typed, now.Services)
		return plan{says: "Asks who is hit next · Enter", next: &who}
	}}
	regions := question{prompt: "Which regions? With commas", begin: or(text.Line(strings.Join(now.Regions, ", "))), then: func(typed string) plan {
		c.Regions = list(typed, now.Regions)
		return plan{says: "Asks for the services next · Enter", next: &services}
	}}
	s.ask(question{prompt: "What share of users is hit, in percent? 12, 5-10 or unknown", begin: cmp.Or(strings.TrimSuffix(now.Share, " %"), "unknown"), then: func(typed string) plan {
		c.Share = changed(typed, strings.TrimSuffix(now.Share, " %"))
		return plan{says: "Asks for the regions next · Enter", next: &regions}
	}})
}

// none stands in the box for what nobody has said.
const none = "none"

func or(words string) string { return cmp.Or(words, none) }

// askTrigger asks what was decided where the escalation asked; without a trigger
// it is the one that is due first.
func (s *Screen) askTrigger(trigger string) {
	what := ""
	for _, d := range s.content.work.dues {
		id, _, _ := strings.Cut(d.Key, "/")
		if d.Kind == due.Trigger && d.Open() && (trigger == "" || id == trigger) {
			trigger, what = id, d.What
			break
		}
	}
	if what == "" {
		s.host.Toast("No trigger of the escalation asks for anything now.")
		return
	}
	s.ask(question{prompt: "What was decided?", about: text.Line(what), then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "Say whom it was taken to, or why nothing is needed"}
		}
		return plan{commands: []model.Command{model.AnswerTrigger{Incident: s.content.id.String(), Trigger: trigger, Decision: typed}}, toast: "Written down"}
	}})
}
