package review

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/ui/keys"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// act is something that can be done with the post-mortem.
type act struct {
	word string // on its button
	// kind is that of the row it is done with; "" is the whole. none is said
	// where there is no such row.
	kind, none string
	ask        func(s *Screen, l line) form.Ask
}

// acts hold every act of the screen by its command.
var acts = map[keys.ID]act{
	"review.draft":       {word: "Write draft from the log", ask: (*Screen).askDraft},
	"review.owner":       {word: "Change people", ask: (*Screen).askPeople},
	"review.state":       {word: "Change state", ask: (*Screen).askState},
	"review.book":        {word: "Book meeting", ask: (*Screen).askBook},
	"review.held":        {word: "Meeting was held", ask: (*Screen).askHeld},
	"review.factor":      {word: "Add factor", ask: (*Screen).askFactor},
	"review.factor.set":  {word: "Change", kind: rowFactor, none: "No contributing factor is named yet.", ask: (*Screen).askSetFactor},
	"review.factor.drop": {word: "Take back", kind: rowFactor, none: "No contributing factor is named yet.", ask: (*Screen).askDropFactor},
	"review.action":      {word: "Add action", ask: (*Screen).askAction},
	"review.action.set":  {word: "Change", kind: rowAction, none: "No action is recorded yet.", ask: (*Screen).askSetAction},
	"review.action.done": {word: "It is done", kind: rowAction, none: "No action is recorded yet.", ask: (*Screen).askActionDone},
	"review.action.drop": {word: "Drop", kind: rowAction, none: "No action is recorded yet.", ask: (*Screen).askDropAction},
	"review.settle":      {word: "Settle actions", ask: (*Screen).askSettle},
	"review.publish":     {word: "Publish", ask: (*Screen).askPublish},
	"review.export":      {word: "Export", ask: (*Screen).askExport},
	"review.mend":        {word: "Go to it", kind: rowCheck, none: "Nothing is missing."},
}

// carry carries out a command of the palette; false where it is not this
// screen's. It waits until the post-mortem was read.
func (s *Screen) carry(command keys.ID) bool {
	if _, known := acts[command]; !known {
		return false
	}
	if s.later.Keep(command) {
		s.host.Refresh()
		return true
	}
	if s.content.id.Zero() {
		s.host.Toast("There is no incident yet whose post-mortem could be written.")
		return true
	}
	s.begin(command)
	return true
}

// begin opens the form of an act, on the row that is looked at, else on the
// first that fits.
func (s *Screen) begin(command keys.ID) {
	a := acts[command]
	l := s.row(s.list.Selected())
	if a.kind != "" && l.kind != a.kind {
		found := false
		for _, other := range s.rows {
			if found = other.kind == a.kind; found {
				l = other
				s.list.Select(l.ID)
				break
			}
		}
		if !found {
			s.host.Toast(a.none)
			return
		}
	}
	if a.ask == nil {
		s.mend(l)
		return
	}
	q := a.ask(s, l)
	q.ID = s.content.id.String() + "." + string(command) + "." + l.key
	if a.kind == "" {
		q.ID = s.content.id.String() + "." + string(command)
	}
	if q.Button == "" {
		q.Button = a.word
	}
	if q.Doing == "" {
		q.Doing = "Writing …"
	}
	form.Show(s.below, true) // what is hidden takes no keyboard
	form.Show(s.writer.object, false)
	s.page.Objects = []fyne.CanvasObject{s.panel.Object}
	s.page.Refresh()
	s.panel.Open(q)
	s.look()
	s.scroll.ScrollToTop()
}

// mend goes to what a check is about.
func (s *Screen) mend(l line) {
	if section := s.content.sectionOf(l.key); section != "" {
		s.list.Select(rowText + "." + section)
		s.host.Focus(s.writer.area)
		return
	}
	switch {
	case strings.HasPrefix(l.key, "Factor"), strings.HasPrefix(l.key, "No contributing"):
		s.Pick("head.factors")
	case strings.HasPrefix(l.key, "Action"), strings.HasPrefix(l.key, "No action"):
		s.Pick("head.actions")
	default:
		s.begin("review.owner")
		return
	}
	if l.key == "No contributing factor is named" {
		s.begin("review.factor")
		return
	}
	for _, a := range s.content.view.Actions {
		if strings.HasPrefix(l.key, "Action \""+cutAt(a.Text)) {
			s.list.Select(rowAction + "." + a.ID.String())
			s.begin("review.action.set")
			return
		}
	}
}

// checkedWords is how much of the text of an action a check names at least.
const checkedWords = 30

func cutAt(words string) string {
	r := []rune(words)
	return string(r[:min(len(r), checkedWords)])
}

// run has a command carried out and says what came of it.
func (s *Screen) run(c model.Command, says string, reply form.Reply) {
	s.host.Do(c, func(done model.Done, err error) {
		if err != nil {
			reply("Not done: "+sentence(screen.Refusal(err))+" What you typed is kept.", form.Wrong)
			screen.AskAgain(s.host, c, err, func(c model.Command) { s.run(c, says, reply) })
			return
		}
		if done.Note != "" {
			says += " " + sentence(plain.Capital(done.Note))
		}
		reply(says, form.Well)
	})
}

// sentence ends words with a full stop.
func sentence(words string) string {
	if strings.HasSuffix(words, ".") {
		return words
	}
	return words + "."
}
