package identity

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"rsc.io/qr"
)

// quietZone is the white border of a QR code in modules (ISO/IEC 18004 asks for 4).
const quietZone = 4

// defaultModule is the side of a module in pixels of a PNG.
const defaultModule = 8

// encodeQR uses upper case, which QR codes hold in 5.5 bits a letter, and
// the level that corrects 15 %: a screen is photographed at an angle.
func encodeQR(i Invite) (*qr.Code, error) {
	c, err := qr.Encode(strings.ToUpper(i.String()), qr.M)
	if err != nil {
		return nil, fmt.Errorf("draw invite: %w", err)
	}
	return c, nil
}

// QR draws the invite as a QR code with its white border, each module scale
// pixels wide; 1 lets the caller scale it.
func QR(i Invite, scale int) (image.Image, error) {
	c, err := encodeQR(i)
	if err != nil {
		return nil, err
	}
	scale = max(scale, 1)
	side := (c.Size + 2*quietZone) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.Black(x/scale-quietZone, y/scale-quietZone) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img, nil
}

// QRPNG is QR as a PNG file.
func QRPNG(i Invite) ([]byte, error) {
	img, err := QR(i, defaultModule)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw invite: %w", err)
	}
	return b.Bytes(), nil
}

// QRText is QR for a terminal: two modules a character, one above the
// other. Light modules are drawn as blocks, so the code is right on a dark
// background; with light set it is right on a light one.
func QRText(i Invite, light bool) (string, error) {
	c, err := encodeQR(i)
	if err != nil {
		return "", err
	}
	return textOf(c, light), nil
}

// QRText draws the recovery key as Invite's QRText does.
func (r Recovery) QRText(light bool) (string, error) {
	c, err := qr.Encode(strings.ToUpper(r.String()), qr.M)
	if err != nil {
		return "", fmt.Errorf("draw recovery key: %w", err)
	}
	return textOf(c, light), nil
}

func textOf(c *qr.Code, light bool) string {
	blocks := [4]rune{' ', '▄', '▀', '█'} // bit 1: upper half drawn, bit 0: lower
	var b strings.Builder
	for y := -quietZone; y < c.Size+quietZone; y += 2 {
		for x := -quietZone; x < c.Size+quietZone; x++ {
			n := 0
			if c.Black(x, y) == light {
				n |= 2
			}
			if c.Black(x, y+1) == light {
				n |= 1
			}
			b.WriteRune(blocks[n])
		}
		b.WriteByte('\n')
	}
	return b.String()
}
