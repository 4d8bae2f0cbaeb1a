package theme

import (
	"image/color"
	"math"
)

// Contrast returns the WCAG 2 contrast ratio of two opaque colours, 1 to 21.
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.NRGBA) float64 {
	l := Linear(c)
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// Linear returns red, green and blue with the sRGB gamma removed (WCAG 2, relative luminance), 0 to 1.
func Linear(c color.NRGBA) [3]float64 {
	one := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return [3]float64{one(c.R), one(c.G), one(c.B)}
}

// Blend lays a translucent colour over an opaque one.
func Blend(under, over color.NRGBA) color.NRGBA {
	mix := func(u, o uint8) uint8 {
		a := float64(over.A) / 255
		return uint8(math.Round(float64(u)*(1-a) + float64(o)*a))
	}
	return color.NRGBA{R: mix(under.R, over.R), G: mix(under.G, over.G), B: mix(under.B, over.B), A: 0xFF}
}
