package security

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Rooms founds rooms of their own for confidential incidents. It is called off
// the UI goroutine. *node.Room is one.
type Rooms interface {
	Device() model.DeviceKey
	Confidential(context.Context, node.ConfidentialRequest) (node.ConfidentialReply, error)
}

// inviteLife is how long the invites to a confidential room are good.
const inviteLife = 24 * time.Hour

// askRoom founds a room of its own for the incident, for the few who need to
// know.
func (s *Screen) askRoom() form.Ask {
	name, err := node.SuggestCodeName()
	if err != nil {
		name = "" // the room suggests one when it is founded
	}
	others := slices.DeleteFunc(slices.Clone(s.content.people), func(p string) bool { return p == s.content.me })
	team := slices.DeleteFunc(slices.Clone(s.content.team), func(p string) bool { return p == s.content.me })
	return form.Ask{
		Title: "A room of its own", About: "Only those invited know what is in it. What was written in this room stays here, for all its members; it points to the new one by its code name.",
		Button: "Found room", Doing: "Founding the room …",
		Questions: []form.Question{
			{Name: "name", Label: "Code name", Help: "Two harmless words that say nothing of what happened", Value: name},
			{Name: "members", Label: "Who needs to know", Options: others, Many: true, Value: strings.Join(team, "\n")},
		}, Do: s.foundRoom,
	}
}

func (s *Screen) foundRoom(a form.Answers, reply form.Reply) {
	q := node.ConfidentialRequest{Incident: s.incident(), CodeName: a["name"], Expires: inviteLife, Members: []string{}}
	if a["members"] != "" {
		q.Members = strings.Split(a["members"], "\n")
	}
	var made node.ConfidentialReply
	s.host.Task(func() (err error) {
		made, err = s.rooms.Confidential(s.ctx, q)
		return err
	}, func(err error) {
		s.invites = invitesOf(made)
		if err != nil {
			reply(notDone(err), form.Wrong)
			return
		}
		reply("The room "+text.Line(made.Name)+" is founded; the incident is "+text.Line(made.Incident)+" there. Switch to it from the palette.", form.Well)
		s.drawDetail()
		s.host.Refresh()
	})
}

// invitesOf shows the invites that were made, a person each.
func invitesOf(made node.ConfidentialReply) []fyne.CanvasObject {
	if len(made.Invites) == 0 {
		return nil
	}
	all := []fyne.CanvasObject{form.NewWords("Each invite is a key to the room. Hand it over by a way outsiders do not read. They are shown once.", form.Warn)}
	for _, i := range made.Invites {
		copied := fynex.NewButton("Copy", func() { fynex.CopyText(fyne.CurrentApp().Clipboard(), i.Invite) })
		all = append(all, form.Caption(text.Line(i.Person)+", until "+moment(i.Expires)+" UTC"), form.Mono(text.Line(i.Invite)), form.Buttons(copied))
	}
	return all
}
