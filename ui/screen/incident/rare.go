package incident

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// rare carries out what is done once in an incident, if at all: the palette has
// it, and the box asks what has to be known.
func (s *Screen) rare(command keys.ID) bool {
	inc := s.content.id.String()
	switch command {
	case "incident.option":
		s.askOption()
	case "incident.phase.enter":
		s.askBeside("Which phase runs beside the lead phase?", func(phase, why string) model.Command {
			return model.EnterPhase{Incident: inc, Phase: phase, Reason: why}
		})
	case "incident.phase.leave":
		s.askBeside("Which phase beside the lead phase is over?", func(phase, why string) model.Command {
			return model.LeavePhase{Incident: inc, Phase: phase, Reason: why}
		})
	case "incident.rhythm":
		s.askRhythm()
	case "incident.audience":
		s.asks("Which audience is to be told, that is told only when asked for?", "", "Name the audience", func(name string) model.Command {
			return model.AskAudience{Incident: inc, Audience: name}
		})
	case "incident.present", "incident.absent":
		s.askPresence(command == "incident.absent")
	case "incident.target":
		s.askTarget()
	case "drill.inject":
		s.do(model.InjectDrill{Incident: inc}, "The next event of the scenario is told")
	case "timeline.annotate":
		s.askAbout("What is to be corrected? It stands beside the entry", "Write the correction", func(entry, words string) model.Command {
			return model.Annotate{Of: entry, Text: words}
		})
	case "timeline.restrict":
		s.askAbout("Why does it stay out of every export for outsiders?", "Say why", func(entry, why string) model.Command {
			return model.Restrict{Entry: entry, Reason: why}
		})
	default:
		return s.ofRunbooks(command)
	}
	return true
}

// asks puts one question; an empty answer is refused with what is missing.
func (s *Screen) asks(prompt, begin, missing string, command func(answer string) model.Command) {
	s.ask(question{prompt: prompt, begin: begin, then: func(answer string) plan {
		if answer == "" {
			return plan{refuse: missing}
		}
		return plan{says: "Enter writes it down", commands: []model.Command{command(answer)}, toast: "Written down"}
	}})
}

// twice puts two questions, one after the other; the second may stay empty.
func (s *Screen) twice(first, begin, missing, then string, command func(a, b string) model.Command) {
	s.ask(question{prompt: first, begin: begin, then: func(a string) plan {
		if a == "" {
			return plan{refuse: missing}
		}
		return plan{says: "Asks one thing more · Enter", next: &question{prompt: then, then: func(b string) plan {
			return plan{says: "Enter writes it down", commands: []model.Command{command(a, b)}, toast: "Written down"}
		}}}
	}})
}

func (s *Screen) askOption() {
	o := model.AddOption{Incident: s.content.id.String()}
	back := question{prompt: "How is it undone?", then: func(words string) plan {
		o.WayBack = words
		return plan{says: "Enter puts it up", commands: []model.Command{o}, toast: "The option is put up"}
	}}
	risk := question{prompt: "What may go wrong with it?", then: func(words string) plan {
		o.Risk = words
		return plan{says: "Asks how it is undone next · Enter", next: &back}
	}}
	s.ask(question{prompt: "What could be done?", then: func(words string) plan {
		if words == "" {
			return plan{refuse: "Say what could be done"}
		}
		o.Text = words
		return plan{says: "Asks for the risk next · Enter", next: &risk}
	}})
}

func (s *Screen) askBeside(prompt string, command func(phase, why string) model.Command) {
	s.twice(prompt+" "+strings.Join(model.Phases[:], ", "), "", "Name the phase", "Why? May stay empty", command)
}

func (s *Screen) askRhythm() {
	s.ask(question{prompt: "In which rhythm are people told from now on? long or usual", begin: "long", then: func(word string) plan {
		if word != "long" && word != "usual" {
			return plan{refuse: "Write long, for the slower rhythm of a long incident, or usual"}
		}
		return plan{says: "Enter announces it", commands: []model.Command{model.SetRhythm{Incident: s.content.id.String(), Long: word == "long"}}, toast: "The rhythm is " + word}
	}})
}

func (s *Screen) askPresence(left bool) {
	prompt, moment := "Who joined the response?", "When did they come? Such as 14:05 or -40m"
	if left {
		prompt, moment = "Who left the response?", "When did they go? Such as 14:05 or -40m"
	}
	c := model.SetPresence{Incident: s.content.id.String(), Left: left}
	at := question{prompt: moment, begin: "now", then: func(words string) plan {
		c.At = time.Time{}
		if words != "now" {
			m, err := when.Parse(words, s.host.Now(), s.host.Zone())
			if err != nil {
				return plan{refuse: "Write a time, such as 14:05 or -40m, or now"}
			}
			c.At = m.At
		}
		return plan{says: "Enter writes down " + c.Person, commands: []model.Command{c}, toast: "Written down"}
	}}
	s.ask(question{prompt: prompt, begin: "@me", then: func(words string) plan {
		name, why := s.person(words)
		if why != "" {
			return plan{refuse: why}
		}
		c.Person = name
		return plan{says: "Asks when next · Enter", next: &at}
	}})
}

// askTarget says who stands behind a name of the escalation.
func (s *Screen) askTarget() {
	s.twice("Which target of the escalation? Such as engineering-manager", "", "Name the target", "Who stands behind it? With commas; empty goes back to titles", func(target, people string) model.Command {
		c := model.SetTarget{Target: target}
		for name := range strings.SplitSeq(people, ",") {
			if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name != "" {
				c.People = append(c.People, name)
			}
		}
		return c
	})
}

// askAbout asks about the selected entry.
func (s *Screen) askAbout(prompt, missing string, command func(entry, words string) model.Command) {
	entry := s.timeline.Selected()
	if entry == "" {
		s.host.Toast("Select an entry of the timeline first")
		return
	}
	s.asks(prompt, "", missing, func(words string) model.Command { return command(entry, words) })
}

// ofRunbooks are the acts on the runbooks of the room.
func (s *Screen) ofRunbooks(command keys.ID) bool {
	switch command {
	case "runbook.add":
		s.chooseRunbook("Add a runbook from", "Add", func(words string) {
			s.do(model.AddRunbook{Text: words}, "The runbook is in the room")
		})
	case "runbook.revise":
		s.chooseRunbook("Write a runbook anew from", "Take", func(words string) {
			s.asks("Why is it written anew?", "", "Say why, for the record", func(why string) model.Command {
				return model.ReviseRunbook{Text: words, Reason: why}
			})
		})
	case "runbook.retire":
		s.ask(question{prompt: "Which runbook of the room goes out of use?", then: func(name string) plan {
			if name == "" {
				return plan{refuse: "Name the runbook"}
			}
			return plan{says: "Asks why next · Enter", next: &question{prompt: "Why?", then: func(why string) plan {
				if why == "" {
					return plan{refuse: "Say why, for the record"}
				}
				return plan{commands: []model.Command{model.RetireRunbook{Runbook: name, Reason: why}}, toast: "Out of use"}
			}}}
		}})
	case "runbook.review":
		s.twice("Which runbook did you look through?", "", "Name the runbook", "What came of it? Begin with tried, if it was", func(name, note string) model.Command {
			return model.ReviewRunbook{Runbook: name, Note: note, Exercised: strings.HasPrefix(strings.ToLower(note), "tried")}
		})
	default:
		return false
	}
	return true
}

// chooseRunbook asks for a Markdown file and reads it.
func (s *Screen) chooseRunbook(title, act string, then func(words string)) {
	s.host.ChooseFile(part.FileAsk{Kind: "runbook", Title: title, Act: act, Types: []string{".md"}, Then: func(path string) {
		var words []byte
		s.host.Task(func() (err error) {
			words, err = readText(path)
			return err
		}, func(err error) {
			if err != nil {
				s.host.Fail("The runbook was not read; nothing was changed", err)
				return
			}
			then(string(words))
		})
	}})
}

// readText reads a file, and no more of it than a text may have.
func readText(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	words, err := io.ReadAll(io.LimitReader(f, model.MaxText+1))
	if err == nil && len(words) > model.MaxText {
		err = fmt.Errorf("%s has more than the %d bytes a text may have", text.Line(path), model.MaxText)
	}
	return words, err
}
