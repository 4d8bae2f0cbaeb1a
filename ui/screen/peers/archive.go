package peers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// archiveForm marks the selected device as an archive, or takes the mark away.
type archiveForm struct {
	*act
	about, risk *form.Words
	choice      *form.Choice
	reason      *form.Input
}

func newArchive(s *Screen) *archiveForm {
	f := &archiveForm{
		about: form.NewWords("", form.Plain), risk: form.NewWords("", form.Warn),
		choice: form.NewChoice("Archive, keeps everything", "Not an archive"), reason: form.NewInput("Why", "Optional, for the record"),
	}
	f.act = newAct(s, "Mark an archive", "For the device selected in the list; Esc goes back to choose another. An archive keeps all of the room's history, so that the others need not."+
		" It should be a machine that always runs, with a disk that is backed up.", "Mark as archive", func() { s.archive(f) },
		f.about, form.Line("It is", f.choice.Object), f.risk, f.reason)
	f.choose(f.choice)
	f.keep("archive.reason", f.reason)
	f.first = f.choice.Chosen()
	f.choice.OnChange = func(int) { f.weigh() }
	f.aim = func(d device, other bool) {
		f.name(d)
		if other {
			f.choice.Choose(map[bool]int{true: 1}[d.view.Archive]) // what it is not yet
		}
		f.weigh()
	}
	f.opened = func() {
		f.first = f.choice.Chosen()
		f.say("", form.Plain)
	}
	return f
}

// name says which device it is about.
func (f *archiveForm) name(d device) {
	is := "not an archive"
	if d.view.Archive {
		is = "an archive"
	}
	f.about.Set("Selected: "+d.whose()+", "+d.role+", "+is+".", form.Plain)
}

// weigh says what is relied on after the choice.
func (f *archiveForm) weigh() {
	s := f.screen
	d, not := s.selected(), f.choice.At() == 1
	word, asks := "Mark as archive", fynex.Recommended
	if not {
		word, asks = "Take the mark away", fynex.Danger
	}
	f.button.SetText(word)
	f.button.SetImportance(asks)
	if risk := s.content.risk(d, not, s.history.view); risk != f.risk.Text() {
		f.risk.Set(risk, form.Warn)
		s.object.Refresh()
	}
}

// risk says what the room would rely on once a device is an archive, or is none.
func (c content) risk(d device, not bool, h node.HistoryView) string {
	var left []device
	for _, a := range c.archives() {
		if a.key != d.key {
			left = append(left, a)
		}
	}
	switch {
	case !not && len(left) == 0 && d.view.Archive:
		return "It is the only archive: the room relies on " + c.called(d) + " alone, and one archive is one disk. Mark a second one too."
	case !not && len(left) == 0:
		return "It would be the only archive: the room relies on " + c.called(d) + " alone, and one archive is one disk. Mark a second one too."
	case !not:
		return ""
	case len(left) == 0 && d.view.Archive:
		return "It is the only archive. What other devices let go of is nowhere else: mark another one first, and wait until that has all." + c.without(h)
	case len(left) == 1 && d.view.Archive:
		return "The room would rely on " + c.called(left[0]) + " alone, and one archive is one disk."
	}
	return ""
}

// without counts who let go of history, where anybody did.
func (c content) without(h node.HistoryView) string {
	n := 0
	if h.LetGo > 0 {
		n++
	}
	for _, d := range c.devices {
		if d.peer.LetGo > 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return " " + text.Count(n, "device has", "devices have") + " let go of some already."
}

func (s *Screen) archive(f *archiveForm) {
	d, not := s.selected(), f.choice.At() == 1
	f.begin("Marking " + d.name)
	s.host.Do(model.MarkArchive{Device: d.key.String(), Not: not, Reason: f.reason.Text()}, func(done model.Done, err error) {
		f.end()
		if err != nil {
			f.say("Not changed: "+err.Error(), form.Wrong)
			return
		}
		f.reason.Fill("")
		f.say(d.whose()+" "+done.Note+".", form.Well)
	})
}

// newAge says how old history may become before it is let go.
func newAge(s *Screen) *act {
	days := form.NewInput("Days", fmt.Sprintf("%d or more, such as 90 or 365; \"never\" keeps all history on every device", model.MinHistoryDays))
	reason := form.NewInput("Why", "Optional, for the record")
	relies := form.NewWords("", form.Plain)
	var a *act
	a = newAct(s, "How old history may become", "Devices that are not archives then let go of older history of closed incidents, once a linked archive says that it holds it."+
		" What was made of it stays readable on every device.", "Set", func() {
		n, err := ageOf(days.Text())
		if err != nil {
			days.Wrong(err.Error())
			return
		}
		days.Wrong("")
		a.begin("Setting the age")
		s.host.Do(model.SetHistoryAge{Days: n, Reason: reason.Text()}, func(done model.Done, err error) {
			a.end()
			if err != nil {
				a.say("Not changed: "+err.Error(), form.Wrong)
				return
			}
			a.forget()
			reason.Fill("")
			note, _, _ := strings.Cut(done.Note, ";") // the panel below says what is missing
			a.say("From now on "+note+".", form.Well)
		})
	}, form.Beside(0.4, days, reason), relies)
	a.first = days.Entry
	for _, i := range []*form.Input{days, reason} {
		i.Entry.OnKey = a.escape
		i.Entry.OnSubmitted = func(string) { a.button.Press() }
	}
	a.keep("age.days", days)
	a.keep("age.reason", reason)
	a.opened = func() {
		days.Wrong("")
		typed := s.host.Drafted(draftPeers + "age.days")
		days.Offer("never")
		if n := s.content.days(); n > 0 {
			days.Offer(strconv.Itoa(n))
		}
		if typed != "" {
			days.Fill(typed)
		}
		relies.Set(s.content.reliance())
		a.say("", form.Plain)
	}
	return a
}

// reliance says on which archives an age relies.
func (c content) reliance() (string, form.Tone) {
	switch list := c.archives(); len(list) {
	case 0:
		return "No device is marked as an archive yet, so none lets go of anything, whatever the age.", form.Warn
	case 1:
		return "The room relies on " + c.called(list[0]) + " alone, and one archive is one disk. Mark a second one before you let history go.", form.Warn
	default:
		return "The room relies on " + c.named(list) + ".", form.Plain
	}
}

// ageOf reads an age in days; zero is never.
func ageOf(words string) (int, error) {
	words = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(words), "s"), " day")
	if strings.EqualFold(words, "never") || words == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(words)
	if err != nil || n < model.MinHistoryDays || n > model.MaxHistoryDays {
		return 0, fmt.Errorf("write %d to %d days, or never", model.MinHistoryDays, model.MaxHistoryDays)
	}
	return n, nil
}

// newShrink lets go of history now, or writes the store anew.
func newShrink(s *Screen) *act {
	var a *act
	about := form.NewWords("", form.Plain)
	days := func() int {
		if s.content.self.keeps {
			return 0
		}
		return s.content.days()
	}
	a = newAct(s, "Make the store smaller", "Writes the store anew without what is free in it; safe at any moment.", "Write anew", func() { s.shrink(a, days()) }, about)
	a.opened = func() {
		a.say("", form.Plain)
		if n := days(); n > 0 {
			a.button.SetText("Let go now")
			about.Set(fmt.Sprintf("Lets go first of what is older than %d days, of closed incidents, as far as an archive that is linked now holds it. Everything stays readable here.", n), form.Plain)
			return
		}
		a.button.SetText("Write anew")
		about.Set("Nothing is let go: this device keeps all of the room's history.", form.Plain)
	}
	return a
}

func (s *Screen) shrink(a *act, days int) {
	a.begin("Writing the store anew")
	var r node.CompactReply
	s.host.Task(func() (err error) {
		r, err = s.link.Shrink(s.ctx, days)
		return err
	}, func(err error) {
		a.end()
		if err != nil {
			a.say("Not done: "+err.Error()+".", form.Wrong)
			return
		}
		words := fmt.Sprintf("The store takes %s, before %s.", size(r.After), size(r.Before))
		switch {
		case r.LetGo > 0:
			words = fmt.Sprintf("Let go of %s of %s, which an archive holds. ", counted(r.LetGo, "commit", "commits"), text.Count(r.Feeds, "feed", "feeds")) + words
		case len(r.Stays) > 0:
			words = "Nothing was let go: " + strings.Join(r.Stays, "; ") + ". " + words
		}
		a.say(plain.Capital(words), form.Well)
		s.hashAt = time.Time{}
		s.hashSoon()
	})
}
