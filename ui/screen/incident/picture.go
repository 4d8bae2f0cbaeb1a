package incident

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/sync/node"
	"holdfast/ui/fynex"
	pictures "holdfast/ui/picture"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// pictured reports whether an attachment can be shown.
func pictured(s node.AttachmentStatus) bool {
	return (s.Type == "image/png" || s.Type == "image/jpeg") && s.Size <= pictures.MaxBytes
}

// picture shows an attachment over the box.
type picture struct {
	screen *Screen
	title  *item.Note
	image  *canvas.Image
	shut   *fynex.Button
	object *fyne.Container
}

func newPicture(s *Screen) *picture {
	p := &picture{screen: s, title: item.NewNote(base.ColorNameForeground, base.SizeNameText, true, true), image: canvas.NewImageFromImage(nil)}
	p.image.FillMode, p.image.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	p.shut = fynex.NewButton("Close", func() { s.drawer.close() })
	p.shut.SetHint("Esc")
	p.object = container.New(&pictureLayout{s}, container.NewBorder(nil, nil, nil, p.shut, p.title), p.image)
	return p
}

// show reads a picture and opens it.
func (p *picture) show(st node.AttachmentStatus) {
	s := p.screen
	var shown image.Image
	s.host.Task(func() error {
		ctx, cancel := s.files.context()
		defer cancel()
		b, err := s.Files.ReadAttachment(ctx, st.ID.String(), pictures.MaxBytes)
		if err == nil {
			shown, err = pictures.Decode(b)
		}
		return err
	}, func(err error) {
		if err != nil {
			s.host.Fail(text.Line(st.Name), err)
			return
		}
		if _, here := s.content.file(st.ID.String()); !here {
			return // another incident is open by now
		}
		p.title.Set(fmt.Sprintf("%s · %s · %s", text.Line(st.Name), st.At.UTC().Format("15:04"), text.Line(st.By)), base.ColorNameForeground)
		p.image.Image = shown
		p.image.Refresh()
		s.drawer.show(drawerPicture, false)
		s.host.Focus(s.timeline) // Esc closes it from there
	})
}

// pictureLayout gives a picture the larger part of the screen.
type pictureLayout struct{ s *Screen }

const pictureShare = 0.5

func (l *pictureLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	high := l.s.body.Size().Height * pictureShare
	if l.s.tight() {
		high = l.s.centre.Size().Height - l.s.box.MinSize().Height - 2*base.Padding()
	}
	return fyne.NewSize(320, max(high, objects[0].MinSize().Height))
}

func (l *pictureLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, head))
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-head, 0)))
}
