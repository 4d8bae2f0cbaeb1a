package comms

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// needs is whose word a message wants besides its text.
type needs struct {
	commands []string          // who commands, where that is somebody else
	legal    map[string]string // why an audience hears nothing without the approval of legal; by audience
	lawyers  []string          // who approved for legal before
	roles    []string          // who holds a role
	people   []string          // everybody of the room
}

// needsOf copies them; self is the person who writes.
func needsOf(s *model.State, inc *model.Incident, self model.ID, audiences []string) needs {
	n := needs{legal: map[string]string{}}
	commander, _ := model.FindRole(model.RoleCommander)
	for _, h := range inc.Holders(commander) {
		if h.Person == self {
			n.commands = nil
			break
		}
		n.commands = append(n.commands, text.Line(s.PersonName(h.Person)))
	}
	for _, name := range audiences {
		if err := s.MayTell(inc, name); err != nil {
			n.legal[name] = err.Error()
		}
	}
	for _, id := range inc.Items.Of(model.ClassApproval) {
		if who, err := model.ParseID(inc.Items[id].Fields.Text(model.ApprovalPerson)); err == nil {
			n.lawyers = add(n.lawyers, text.Line(s.PersonName(who)))
		}
	}
	for _, p := range s.PersonViews() {
		n.people = append(n.people, p.Name)
	}
	for _, h := range inc.Team() {
		n.roles = add(n.roles, text.Line(s.PersonName(h.Person)))
	}
	return n
}

func add(list []string, name string) []string {
	if name == "" || slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// approval asks who approved the message, and, in a security incident, who approves for legal.
type approval struct {
	s      *Screen
	who    *picker
	lawyer *picker
	why    *form.Words
	record *fynex.Button
	legal  *fyne.Container
	object *fyne.Container
	asked  bool // the next press goes on without it
	busy   bool
}

func newApproval(s *Screen) *approval {
	a := &approval{s: s, why: form.NewWords("", form.Warn)}
	a.who = newPicker("Approved by", func(words string) { s.change(func(t *typed) { t.Approver = words }) })
	a.lawyer = newPicker("Approved for legal by", func(words string) { s.change(func(t *typed) { t.Lawyer = words }) })
	a.record = fynex.NewButton("Record the approval of legal", a.recordLegal)
	a.lawyer.in.Entry.OnSubmitted = func(string) { a.record.Press() }
	a.legal = form.Stack(fieldGap, form.Caption("Approval of legal"), a.why, a.lawyer.object, form.Buttons(a.record))
	a.object = form.Stack(fieldGap, a.who.object, a.legal)
	return a
}

// take fills in what was typed before.
func (a *approval) take(t typed) {
	a.who.in.Fill(t.Approver)
	a.lawyer.in.Fill(t.Lawyer)
}

// forget empties the field once its message is on its way: the next one is another text.
func (a *approval) forget() {
	if a.s.typed.Approver != "" {
		a.who.in.Fill("")
	}
}

// picker asks for a person of the room: typed, or one of those at hand.
type picker struct {
	in     *form.Input
	near   *fyne.Container
	names  []string
	object *fyne.Container
}

func newPicker(name string, changed func(string)) *picker {
	p := &picker{in: form.NewInput(name, ""), near: newFlow()}
	p.in.Entry.OnChanged = changed
	p.object = form.Stack(fieldGap/2, p.in, p.near)
	return p
}

// maxOffered is how many people are offered as buttons; others are typed.
const maxOffered = 4

func (p *picker) offer(names []string) {
	names = names[:min(len(names), maxOffered)]
	if slices.Equal(names, p.names) {
		return
	}
	p.names = slices.Clone(names)
	p.near.Objects = nil
	for _, n := range names {
		p.near.Add(fynex.NewButton(n, func() { p.in.Fill(n) }))
	}
	p.near.Refresh()
}

// person finds whom words mean; "" where nobody or several.
func person(people []string, words string) string {
	words = strings.ToLower(strings.TrimSpace(words))
	if words == "" {
		return ""
	}
	var found []string
	for _, name := range people {
		low := strings.ToLower(name)
		if low == words {
			return name
		}
		if strings.HasPrefix(low, words) || strings.Contains(low, " "+words) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// judge says below the field whom its words mean.
func (p *picker) judge(people []string, words, help string) {
	switch who := person(people, words); {
	case strings.TrimSpace(words) == "":
		p.in.Wrong("")
		p.in.Say(help)
	case who == "":
		p.in.Wrong("Not one person of the room; type more of the name")
	default:
		p.in.Wrong("")
		p.in.Say(who)
	}
}

// wanted reports that somebody else commands and the message goes outside.
func (a *approval) wanted() bool {
	return len(a.s.content.needs.commands) > 0 && model.External(a.s.audience())
}

// lacks is why legal has to approve first; "" where it has, or need not.
func (a *approval) lacks() string { return a.s.content.needs.legal[a.s.audience()] }

// draw shows what is asked of the message as it stands.
func (a *approval) draw() {
	n, t := a.s.content.needs, a.s.typed
	a.who.offer(n.commands)
	a.who.judge(a.s.content.needs.people, t.Approver, some(n.commands)+"; ask before it goes outside")
	near := n.lawyers
	for _, r := range n.roles {
		near = add(near, r)
	}
	a.lawyer.offer(near)
	a.lawyer.judge(a.s.content.needs.people, t.Lawyer, "Who said yes for legal; one approval lets one message go")
	a.why.Set("This is a security incident: only its response team hears of it, until legal approves the text at the right for "+text.Line(a.s.audience())+".", form.Warn)
	if len(a.s.preview.result.Missing) > 0 || person(a.s.content.needs.people, t.Lawyer) == "" || a.busy {
		a.record.Disable()
	} else {
		a.record.Enable()
	}
	if changed := form.Show(a.who.object, a.wanted()); form.Show(a.legal, a.lacks() != "") || changed {
		a.object.Refresh()
	}
}

// some names who commands: "Ana Ruiz is in command".
func some(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, " and ") + map[bool]string{true: " is in command", false: " are in command"}[len(names) == 1]
}

// approver is who approved the message, "" where nobody was named or none is wanted.
func (a *approval) approver() string {
	if !a.wanted() {
		return ""
	}
	return person(a.s.content.needs.people, a.s.typed.Approver)
}

// open says what of it is not settled; "" where all is.
func (a *approval) open() string {
	switch {
	case !a.wanted():
		return ""
	case strings.TrimSpace(a.s.typed.Approver) == "":
		return some(a.s.content.needs.commands) + ", and no approval is named"
	case a.approver() == "":
		return "Approved by: not one person of the room"
	case !slices.Contains(a.s.content.needs.commands, a.approver()):
		return some(a.s.content.needs.commands) + "; approved by " + a.approver()
	}
	return ""
}

// ask puts the keyboard where an approval is asked for; false where none is.
func (a *approval) ask() bool {
	switch {
	case a.lacks() != "":
		a.s.goTo(a.lawyer.in)
	case a.wanted():
		a.s.goTo(a.who.in)
	default:
		return false
	}
	return true
}

// recordLegal writes down that legal approved the message as it stands.
func (a *approval) recordLegal() {
	s, d := a.s, a.s.preview.result.Draft
	who := person(s.content.needs.people, s.typed.Lawyer)
	if a.lacks() == "" || who == "" || a.busy {
		return
	}
	a.busy = true
	a.draw()
	words := d.Body
	if d.Subject != "" {
		words = d.Subject + "\n\n" + d.Body
	}
	s.host.Do(model.ApproveMessage{Incident: s.content.id.String(), Audience: s.audience(), Person: who, Text: words}, func(_ model.Done, err error) {
		a.busy = false
		if err != nil {
			s.host.Fail("The approval of legal is not recorded; the text is kept", err)
			a.draw()
			return
		}
		s.host.Toast("Recorded: " + who + " approved it for legal. Ctrl+Enter reviews the message")
		s.change(func(t *typed) { t.Lawyer = "" })
		a.lawyer.in.Fill("")
		s.host.Refresh()
		s.host.Focus(s.act)
	})
}
