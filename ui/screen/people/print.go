package people

import (
	"io"

	"fyne.io/fyne/v2"

	"holdfast/sync/export"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// printPanel writes the pack for the day when everything is down.
type printPanel struct {
	act
	path   *form.Input
	file   string // asked for, until the pack is here
	object *fyne.Container
}

func newPrint(s *Screen) *printPanel {
	p := &printPanel{}
	p.act = newAct(s, "Write pack", "Ctrl+Enter", p.submit)
	p.path = form.NewPath(s.host, "File", "A path such as /media/stick/pack.md; Ctrl+O chooses", part.FileAsk{Kind: "pack", Title: "Write pack to", Name: "pack.md", Save: true})
	s.bind(p.path, p.submit)
	p.object = form.Column(columnWidth, form.NewWords("One file to print and put beside the telephone: who is on call and the shifts of the next 14 days, how to reach people and vendors, "+
		"how to get in, a phone tree, a blank activity log. No secret is in it. Write it again after each change of shift.", form.Quiet),
		p.path, form.Buttons(p.button), p.says)
	return p
}

// submit asks for the pack; the next Read takes it from the state.
func (p *printPanel) submit() {
	path, ok := p.path.Path()
	if !ok {
		p.screen.host.Focus(p.path.Entry)
		return
	}
	p.file = path
	p.says.Set("Writing …", form.Plain)
	p.screen.printing.Store(true)
	p.screen.host.Refresh()
}

// write puts the pack into the file.
func (p *printPanel) write(pack export.Pack) {
	path := p.file
	form.Write(p.screen.host, path, func(bool) error {
		_, err := export.File(path, func(w io.Writer) error { return export.WritePack(w, pack) })
		return err
	}, func(err error) {
		if err != nil {
			p.says.Set("Not written: "+err.Error()+". Nothing was replaced; give another file.", form.Wrong)
		} else {
			p.says.Set("Written to "+path+".", form.Well)
		}
		p.screen.object.Refresh()
	})
}
