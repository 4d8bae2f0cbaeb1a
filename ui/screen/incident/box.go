package incident

import (
	"errors"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/when"
	"holdfast/ui/part"
	"holdfast/ui/screen"
)

// mode is what Enter in the capture box does.
type mode int

const (
	logging    mode = iota // writes an entry or carries out a command
	commanding             // the same, with a line the screen began; a draft waits behind it
	editing                // corrects an entry
	inserting              // writes an entry right after another
	retracting             // takes an entry back for the reason typed
	seeking                // goes to a time
	finding                // goes to the next row with the words typed
	asking                 // answers a question: see ask
)

// placeholders of the empty box.
const (
	promptLog     = "Note what you see, or begin with /sev /task /decide /update /assign"
	promptInsert  = "What happened right after it?"
	promptRetract = "Why is this entry taken back?"
	promptSeek    = "Go to which time?  12:07, T+20m, 2017-01-31 23:00"
	promptFind    = "Find which words?"
	hintLog       = "Enter logs · Shift+Enter new line · Esc goes to the timeline"
)

func (s *Screen) bindBox() {
	b := s.box
	b.SetPlaceHolder(promptLog)
	b.SetHint(hintLog, false)
	b.OnChange = s.changed
	b.OnDraft = s.keep
	b.OnSubmit = s.submit
	b.OnEscape = s.escape
	b.OnSuggestion = s.complete
	b.OnEditLast = s.editLast
	b.OnNoText = s.files.paste
}

// changed says what Enter will do with what is typed, and offers completions.
func (s *Screen) changed(line string) {
	if s.loading {
		return
	}
	defer s.fit()
	s.offers = nil
	s.box.SetSuggestions(nil)
	if strings.TrimSpace(line) == "" {
		s.box.SetHint(s.idleHint(), false)
		return
	}
	p := s.plan(line)
	if p.refuse != "" {
		s.box.SetHint(p.refuse, true)
	} else {
		s.box.SetHint(noArrow(p.says), false)
	}
	if s.mode == logging || s.mode == commanding {
		s.suggest(line)
	}
	if len(s.offers) > 0 && p.refuse == "" {
		s.box.SetHint(noArrow(p.says)+" · Tab completes", false)
	}
}

// fit lays the screen out again where the box grew or shrank: the window would
// do so a frame later, and the box would be drawn squeezed in between.
func (s *Screen) fit() {
	if h := s.box.MinSize().Height; h != s.boxHeight {
		s.boxHeight = h
		s.relayout()
	}
}

func (s *Screen) idleHint() string {
	switch s.mode {
	case editing:
		return "Correcting the entry of " + s.subject.At + " · Esc leaves"
	case inserting:
		return "A new entry after the one of " + s.subject.At + " · Enter logs · Esc leaves"
	case retracting:
		return "Takes back: " + quoted(s.subject.raw) + " · it stays readable · Enter takes it back · Esc leaves"
	case asking:
		return s.question.hint(s.box.Text() == "")
	case logging, commanding, seeking, finding:
	}
	return hintLog
}

func (s *Screen) suggest(line string) {
	s.offers = capture.Suggest(line, len(line), s.content.context(s.host.Now(), s.host.Zone()))
	rows := make([]part.Suggestion, len(s.offers))
	for i, o := range s.offers {
		rows[i] = part.Suggestion{ID: o.Text, Text: o.Label, Note: o.Detail}
	}
	s.box.SetSuggestions(rows)
}

// complete puts a completion into the line.
func (s *Screen) complete(id string) {
	line := s.box.Text()
	for _, o := range s.offers {
		if o.Text == id && o.To <= len(line) {
			s.box.SetText(line[:o.From] + o.Text + line[o.To:])
			s.fit()
			return
		}
	}
}

// plan reads the line in the present mode.
func (s *Screen) plan(line string) plan {
	ctx := s.content.context(s.host.Now(), s.host.Zone())
	switch s.mode {
	case editing:
		return planEdit(s.subject, line, ctx)
	case inserting:
		return s.content.planInsert(s.subject, line, ctx)
	case retracting:
		return plan{
			says:     "Takes back: " + quoted(s.subject.raw) + " · it stays readable · Enter takes it back",
			commands: []model.Command{model.RetractEntry{Entry: s.subject.ID, Reason: strings.TrimSpace(line)}},
		}
	case seeking:
		m, err := when.Options{Start: ctx.Start}.Parse(line, ctx.Now, time.UTC)
		if err != nil {
			return plan{refuse: err.Error()}
		}
		return plan{says: "Goes to " + m.Note + " · Enter goes"}
	case finding:
		return plan{says: "Enter finds the next one"}
	case asking:
		return s.planAnswer(line)
	case logging, commanding:
	}
	in := capture.Parse(line, ctx)
	if n, ok := in.(capture.Note); ok && s.mode == commanding && n.Hint != "" && strings.HasPrefix(line, "/") {
		// Who pressed a key for a command does not want half of it in the record.
		return plan{refuse: sentence(n.Hint)}
	}
	t := target{now: ctx.Now}
	t.selected, _ = s.content.row(s.timeline.Selected())
	t.task, t.openTask = s.side.current(s.content)
	return s.content.planFor(in, t)
}

// submit carries the line out. The box is emptied only once it is durable.
func (s *Screen) submit(line string) {
	if s.content.id.Zero() {
		s.box.Refuse("no incident is open here")
		return
	}
	switch s.mode {
	case seeking:
		s.seek(line)
		return
	case finding:
		s.find(line)
		return
	case logging, commanding, editing, inserting, retracting, asking:
	}
	p := s.plan(line)
	switch {
	case p.refuse != "":
		s.box.Refuse(p.refuse)
	case p.next != nil:
		s.answered(line, *p.next)
	case p.act != nil:
		s.settled(line)
		p.act()
	case p.compose:
		s.compose(line, p)
	case p.edit:
		s.settled(line)
		s.edit(s.timeline.Selected())
	case p.undo:
		s.undo(line)
	case p.decide != nil:
		s.box.Refuse("") // lets Enter through again, should nobody decide
		s.box.SetHint("Decide above what customers are told; this line is kept", false)
		s.askCustomers("Resolve "+s.content.code, line, p.decide)
	case p.ask != "":
		s.box.Refuse(p.says) // lets Enter through again, should the answer be no
		s.host.Confirm(p.ask, p.askWhy, p.yes, func() { s.carryOut(line, p) })
	default:
		s.carryOut(line, p)
	}
}

func (s *Screen) compose(line string, p plan) {
	id := s.content.id
	if p.keeps {
		s.box.Refuse(p.says)
	} else {
		s.settled(line)
	}
	s.host.Compose(id, p.template)
}

// unwritten is what the line under the box says of a refusal. One that asks says the rest in its question:
// the line has no room for it.
func unwritten(err error) string {
	if errors.Is(err, model.ErrUnconfirmed) {
		return "Not written: is its time right? Enter asks again; your text is kept."
	}
	return "Not written: " + err.Error() + ". Your text is kept; Enter tries again."
}

// carryOut sends the commands of a line one after the other.
func (s *Screen) carryOut(line string, p plan) {
	at, mode, subject := s.content.id, s.mode, s.subject
	s.box.SetHint("Writing …", false)
	s.chain(p.commands, func(done model.Done, err error) {
		if at != s.content.id {
			if err != nil {
				s.host.Fail("Not written to the other incident: "+quoted(line), err)
			} else if s.host.Drafted(draftName(at)) == line {
				s.host.Draft(draftName(at), "")
			}
			return
		}
		if err != nil {
			s.box.Refuse(unwritten(err))
			if len(p.commands) == 1 {
				screen.AskAgain(s.host, p.commands[0], err, func(c model.Command) {
					p.commands = []model.Command{c}
					s.carryOut(line, p)
				})
			}
			return
		}
		s.last = lastAct{command: p.commands[len(p.commands)-1], made: done, before: subject}
		if mode == editing {
			s.host.Draft(editDraftName(subject.ID), "")
		}
		if mode == inserting {
			s.reveal = done.ID.String()
		}
		s.settled(line)
		if p.settles != "" {
			s.settled(p.settles)
		}
		if p.toast != "" {
			s.host.Toast(p.toast)
		}
		if p.opens {
			s.host.Open(done.ID)
		}
	})
}

// chain carries commands out until one is refused.
func (s *Screen) chain(commands []model.Command, done func(model.Done, error)) {
	s.host.Do(commands[0], func(made model.Done, err error) {
		if err != nil || len(commands) == 1 {
			done(made, err)
			return
		}
		s.chain(commands[1:], done)
	})
}

// settled empties the box of what is durable now, and takes up the draft that
// waited behind it.
func (s *Screen) settled(line string) {
	s.box.Clear(line)
	s.box.SetSuggestions(nil)
	defer s.fit()
	if s.mode != logging && strings.TrimSpace(s.box.Text()) == "" {
		s.leave()
		return
	}
	if s.box.Text() == "" {
		s.box.SetHint(hintLog, false)
	}
}
