package people

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Importer takes lists of people over. *node.Room is one.
type Importer interface {
	ImportPeople(ctx context.Context, q node.PeopleImport) (node.PeopleReport, error)
}

// importing takes the people of a file over.
type importing struct {
	act
	path   *form.Input
	left   *form.Words // rows that were left out
	object *fyne.Container
}

func newImporting(s *Screen) *importing {
	p := &importing{left: form.NewWords("", form.Warn)}
	p.act = newAct(s, "Import people", "", p.submit)
	p.path = form.NewPath(s.host, "File", form.PathHelp, part.FileAsk{Kind: "people", Title: "Import people from", Types: []string{".csv"}})
	s.bind(p.path, p.submit)
	p.object = form.Stack(8, form.Caption("Add people from a file"),
		form.NewWords("A CSV file whose first line names the columns: name is needed; email, phone, team, zone, title and more are known. People known already get what they lack.", form.Quiet),
		p.path, form.Buttons(p.button), p.says, p.left)
	return p
}

// maxLeft is how many of the rows that were left out are told; the rest is
// counted.
const maxLeft = 6

func (p *importing) submit() {
	s := p.screen
	path, ok := p.path.Path()
	switch {
	case p.button.Disabled():
		return
	case !ok:
		s.host.Focus(p.path.Entry)
		return
	case s.Importer == nil:
		p.say("Not imported: this device takes no files in.", form.Wrong, nil)
		return
	}
	p.button.Disable()
	p.say("Importing …", form.Plain, nil)
	var r node.PeopleReport
	ctx := context.WithoutCancel(s.Context) // what was begun is written whole, also where the window closes
	s.host.Task(func() (err error) {
		r, err = s.Importer.ImportPeople(ctx, node.PeopleImport{Path: path})
		return err
	}, func(err error) {
		p.button.Enable()
		if err != nil {
			p.say("Not imported: "+text.Line(err.Error())+". What you typed is kept.", form.Wrong, r.Refused)
			return
		}
		p.path.Fill("")
		tone := form.Well
		if r.Added+r.Known == 0 {
			tone = form.Wrong
		}
		p.say(fmt.Sprintf("%s added, %d known already.", text.Count(r.Added, "person", "people"), r.Known), tone, r.Refused)
		s.host.Refresh()
	})
}

// say says what came of it, and which rows were left out.
func (p *importing) say(words string, tone form.Tone, left []string) {
	var lines []string
	for i, l := range left {
		if i == maxLeft {
			lines = append(lines, fmt.Sprintf("… and %d more.", len(left)-i))
			break
		}
		lines = append(lines, "Not added: "+text.Line(l))
	}
	p.says.Set(words, tone)
	p.left.Set(strings.Join(lines, "\n"), form.Warn)
	p.screen.object.Refresh()
}
