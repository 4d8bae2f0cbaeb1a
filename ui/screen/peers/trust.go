package peers

import (
	"fmt"
	"strconv"
	"strings"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// changeable are the roles a device can be given, in the order of the chips.
var changeable = [...]string{model.RoleMember, model.RoleObserver, model.RoleAdmin}

// newRole changes the role of the selected device.
func newRole(s *Screen) *act {
	role := form.NewChoice("Member", "Observer, reads only", "Admin")
	reason := form.NewInput("Why", "Optional, for the record")
	about := form.NewWords("", form.Plain)
	var a *act
	a = newAct(s, "Change the role of a device", "For the device selected in the list; Esc goes back to choose another. What it wrote stays as it is; from now on every peer judges it by the new role."+
		" Of two changes made apart the more senior admin's counts.", "Change role", func() {
		d := s.selected()
		a.begin("Changing the role of " + d.name)
		s.host.Do(model.SetMemberRole{Device: d.key.String(), Role: changeable[role.At()], Reason: reason.Text()}, func(done model.Done, err error) {
			a.end()
			switch {
			case err != nil:
				a.say("Not changed: "+err.Error(), form.Wrong)
			case done.Note != "":
				a.say(d.whose()+" "+done.Note+".", form.Plain)
			default:
				reason.Fill("")
				a.say(d.whose()+" is "+changeable[role.At()]+" now. Others learn it as they link.", form.Well)
			}
		})
	}, about, form.Line("Role", role.Object), reason)
	a.choose(role)
	a.keep("role.reason", reason)
	a.aim = func(d device, other bool) {
		about.Set("Selected: "+d.whose()+", "+d.role, form.Plain)
		for i, r := range changeable {
			if other && r == d.role {
				role.Choose(i)
			}
		}
	}
	a.opened = func() {
		a.first = role.Chosen()
		a.say("", form.Plain)
	}
	return a
}

// quarantineForm shows what a removed device wrote and takes the ruling.
type quarantineForm struct {
	*act
	of     model.QuarantineView
	about  *form.Words
	lines  *form.Words
	choice *form.Choice
	upTo   *form.Input
	reason *form.Input
}

func newQuarantine(s *Screen) *quarantineForm {
	f := &quarantineForm{
		about: form.NewWords("", form.Plain), lines: form.NewWords("", form.Plain), choice: form.NewChoice("Let it count", "Put it away"),
		upTo: form.NewInput("Up to commit", "Optional. Left empty: all of it"), reason: form.NewInput("Why", "For the record"),
	}
	f.act = newAct(s, "Rule on the quarantine", "Letting it count brings its words and values, never whom it let in or removed. What is put away"+
		" stays in the record, and can still be let in.", "Record ruling", func() { s.judge(f) }, f.about, f.lines, form.Line("Ruling", f.choice.Object), form.Beside(0.4, f.upTo, f.reason))
	f.choose(f.choice)
	f.choice.Hint(0, keyOf(actAccept))
	f.choice.Hint(1, keyOf(actDiscard))
	for name, i := range f.typed() {
		i.Entry.OnKey = f.escape
		i.Entry.OnSubmitted = func(string) { f.button.Press() }
		i.Entry.OnChanged = func(typed string) {
			i.Wrong("")
			s.host.Draft(f.draft(name), typed)
		}
	}
	return f
}

// typed are the fields of a ruling; what is typed is kept for the feed that it is about.
func (f *quarantineForm) typed() map[string]*form.Input {
	return map[string]*form.Input{"up-to": f.upTo, "reason": f.reason}
}

func (f *quarantineForm) draft(name string) string {
	return draftPeers + "quarantine." + f.of.Feed.String() + "." + name
}

// openQuarantine shows the form with the first lines of a feed.
func (s *Screen) openQuarantine(q model.QuarantineView) {
	f := s.acts.quarantine
	f.of = q
	for name, i := range f.typed() {
		i.Fill(s.host.Drafted(f.draft(name)))
	}
	f.choice.Choose(0)
	f.first = f.choice.Chosen() // a key too many lets nothing count that was not read
	which := fmt.Sprintf("commits %d to %d", q.First, q.Last)
	if q.First == q.Last {
		which = fmt.Sprintf("commit %d", q.First)
	}
	put := ""
	if q.Discarded {
		put = ", put away by " + text.Line(q.By)
	}
	f.about.Set(ownerOf(q)+" wrote "+which+" after its removal"+put+":", form.Plain)
	f.lines.Set("Reading …", form.Quiet)
	f.say("", form.Plain)
	f.show()
	var found []model.QuarantineView
	s.host.Task(func() (err error) {
		found, err = s.link.Quarantine(q.Discarded)
		return err
	}, func(err error) {
		if err != nil {
			f.lines.Set("It could not be read: "+err.Error(), form.Wrong)
		}
		for _, v := range found {
			if v.Feed == f.of.Feed {
				f.lines.Set(preview(v.Preview), form.Plain)
			}
		}
		s.object.Refresh()
	})
}

// preview quotes what the first commits say.
func preview(lines []string) string {
	if len(lines) == 0 {
		return "Nothing of it can be shown."
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("· " + text.Line(l) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s *Screen) judge(f *quarantineForm) {
	j := model.JudgeQuarantine{Device: f.of.Device, Accept: f.choice.At() == 0, Reason: f.reason.Text()}
	if t := strings.TrimSpace(f.upTo.Text()); t != "" {
		n, err := strconv.ParseUint(t, 10, 64)
		if err != nil || n < f.of.First || n > f.of.Last {
			f.upTo.Wrong(fmt.Sprintf("A number from %d to %d", f.of.First, f.of.Last))
			return
		}
		j.UpTo = n
	}
	f.upTo.Wrong("")
	f.begin("Recording the ruling")
	s.host.Do(j, func(_ model.Done, err error) {
		f.end()
		if err != nil {
			f.say("Not recorded: "+err.Error(), form.Wrong)
			return
		}
		for _, i := range f.typed() {
			i.Fill("")
		}
		says := "Put away. It stays in the record and does not count."
		if j.Accept {
			says = "Its words count now. Whom it let in or removed by then does not."
		}
		f.say(says, form.Well)
	})
}

// rule opens what waits in quarantine, where it is not open yet, and chooses a ruling; nothing is recorded by it.
func (s *Screen) rule(command keys.ID) {
	f := s.acts.quarantine
	if s.acts.open != f.act {
		s.goWaiting("room.quarantine")
	}
	if s.acts.open == f.act {
		f.choice.Choose(map[keys.ID]int{actDiscard: 1}[command])
		s.host.Focus(f.choice.Chosen())
	}
}
