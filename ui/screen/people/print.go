package people

import (
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/sync/export"
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
	p.path = s.input("File", "The whole path, such as /media/stick/pack.md; what is there is replaced", p.submit)
	p.object = form.Column(columnWidth, form.NewWords("One file to print and put beside the telephone: who is on call and the shifts of 14 days, how to reach people and vendors, "+
		"how to get in, a phone tree, a blank activity log. No secret is in it. Write it again after each change of shift.", form.Quiet),
		p.path, form.Buttons(p.button), p.says)
	return p
}

// submit asks for the pack; the next Read takes it from the state.
func (p *printPanel) submit() {
	path := strings.TrimSpace(p.path.Text())
	if !filepath.IsAbs(path) {
		p.path.Wrong("Give the whole path, from the root")
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
	p.screen.host.Task(func() error {
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
