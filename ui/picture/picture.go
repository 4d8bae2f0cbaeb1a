// Package picture decodes what people attach, within bounds: a picture of a few
// bytes can unfold to any size.
package picture

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // what screenshots and photographs are
	_ "image/png"

	"golang.org/x/image/draw"
)

// Bounds of a picture that is shown.
const (
	MaxBytes  = 16 << 20 // a photograph of a telephone
	maxPixels = 32 << 20 // the same; it unfolds to 128 MiB, for a moment
	// Shown is how many pixels the longer side has at most after Decode: what a
	// screen shows.
	Shown = 2048
)

// ErrPicture is what is no picture, or one above the bounds.
var ErrPicture = errors.New("it cannot be shown here: it is no PNG or JPEG, or too large; save it to a file")

// Decode reads a picture within its bounds, and makes it small enough to
// be shown.
func Decode(b []byte) (image.Image, error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height || kind != "png" && kind != "jpeg" {
		return nil, ErrPicture
	}
	full, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, ErrPicture
	}
	longer := max(c.Width, c.Height)
	if longer <= Shown {
		return full, nil
	}
	small := image.NewRGBA(image.Rect(0, 0, max(c.Width*Shown/longer, 1), max(c.Height*Shown/longer, 1)))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
	return small, nil
}
