package incident

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // what screenshots and photographs are
	_ "image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
	"golang.org/x/image/draw"

	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// Bounds of a picture that is shown. One of a few bytes can unfold to any size.
const (
	maxPictureBytes = 16 << 20 // a photograph of a telephone
	maxPixels       = 32 << 20 // the same; it unfolds to 128 MiB, for a moment
	shownPixels     = 2048     // on the longer side: what a screen shows
)

var errPicture = errors.New("it cannot be shown here: it is no PNG or JPEG, or too large; save it to a file")

// pictured reports whether an attachment can be shown.
func pictured(s node.AttachmentStatus) bool {
	return (s.Type == "image/png" || s.Type == "image/jpeg") && s.Size <= maxPictureBytes
}

// decodePicture reads a picture within its bounds, and makes it small enough to
// be shown.
func decodePicture(b []byte) (image.Image, error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height || kind != "png" && kind != "jpeg" {
		return nil, errPicture
	}
	full, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, errPicture
	}
	longer := max(c.Width, c.Height)
	if longer <= shownPixels {
		return full, nil
	}
	small := image.NewRGBA(image.Rect(0, 0, max(c.Width*shownPixels/longer, 1), max(c.Height*shownPixels/longer, 1)))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
	return small, nil
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
		b, err := s.Files.ReadAttachment(ctx, st.ID.String(), maxPictureBytes)
		if err == nil {
			shown, err = decodePicture(b)
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
