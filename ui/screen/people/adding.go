package people

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// adding is the form of a new person.
type adding struct {
	screen                         *Screen
	name, email, phone, team, zone *form.Input
	button                         *fynex.Button
	says                           *form.Words
	object                         *fyne.Container
}

// draftAdding is where the form is kept while it is typed, a field after its
// name.
const draftAdding = "people.add."

func newAdding(s *Screen) *adding {
	a := &adding{
		screen: s,
		name:   form.NewInput("Name", "As the others know them"),
		email:  form.NewInput("E-mail", "Updates to stakeholders go there"),
		phone:  form.NewInput("Phone", "Optional"),
		team:   form.NewInput("Team", "Optional"),
		zone:   form.NewInput("Time zone", "Optional, such as Europe/Berlin"),
		says:   form.NewWords("", form.Plain),
	}
	a.button = fynex.NewButton("Add person", a.submit)
	for name, i := range a.inputs() {
		i.Fill(s.host.Drafted(draftAdding + name))
		i.Entry.OnChanged = func(typed string) {
			i.Wrong("")
			s.host.Draft(draftAdding+name, typed)
		}
		i.Entry.OnSubmitted = func(string) { a.submit() }
		i.Entry.OnKey = s.escape
	}
	a.object = form.Column(columnWidth, form.Caption("Add a person"),
		form.NewWords("Somebody to tell or to give work to; they need no device. To let a device in, invite it on the Peers screen.", form.Quiet),
		form.Beside(0.5, a.name, a.email), form.Beside(0.5, a.team, a.phone), form.Beside(0.5, a.zone, form.Buttons()),
		form.Buttons(a.button), a.says, s.lists.object)
	return a
}

func (a *adding) inputs() map[string]*form.Input {
	return map[string]*form.Input{"name": a.name, "email": a.email, "phone": a.phone, "team": a.team, "zone": a.zone}
}

func (a *adding) submit() {
	if a.button.Disabled() {
		return
	}
	c := model.AddPerson{Name: strings.TrimSpace(a.name.Text()), Email: strings.TrimSpace(a.email.Text()), Fields: map[string]string{}}
	if c.Name == "" {
		a.name.Wrong("Give the name")
		a.screen.host.Focus(a.name.Entry)
		return
	}
	for name, i := range map[string]*form.Input{"phone": a.phone, "team": a.team, "zone": a.zone} {
		if typed := strings.TrimSpace(i.Text()); typed != "" {
			c.Fields[name] = typed
		}
	}
	if zone := c.Fields["zone"]; zone != "" {
		if _, err := time.LoadLocation(zone); err != nil {
			a.zone.Wrong("This zone is not known; Europe/Berlin and America/New_York are of the kind")
			a.screen.host.Focus(a.zone.Entry)
			return
		}
	}
	a.button.Disable()
	a.say("Adding "+c.Name+" …", form.Plain)
	a.screen.host.Do(c, func(done model.Done, err error) {
		a.button.Enable()
		if err != nil {
			a.refused(err)
			return
		}
		for _, i := range a.inputs() {
			i.Fill("")
		}
		says := c.Name + " was added."
		if done.Note != "" {
			says = done.Note + "."
		}
		a.say(says, form.Well)
		a.screen.host.Focus(a.name.Entry)
	})
}

// refused puts what the model says under the field it is about.
func (a *adding) refused(err error) {
	a.say("", form.Plain)
	switch words := err.Error(); {
	case strings.Contains(words, "e-mail"):
		a.email.Wrong("This is not an e-mail address; ana@example.org is one")
		a.screen.host.Focus(a.email.Entry)
	case strings.Contains(words, "name"):
		a.name.Wrong(words)
		a.screen.host.Focus(a.name.Entry)
	default:
		a.say("Not added: "+words+". What you typed is kept.", form.Wrong)
	}
}

func (a *adding) say(words string, tone form.Tone) {
	a.says.Set(words, tone)
	a.screen.object.Refresh()
}
