// Package theme holds the colours, sizes and fonts of the desktop: one fyne.Theme in a dark and a
// light form, with names of its own for what an incident needs (severity, stale, overdue).
//
// A Theme is a value that never changes. Zoom, density or variant change by making a new one and
// handing it to the application's settings; every part re-reads its colours in Refresh.
package theme

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"
)

// Variant says which of the two palettes is drawn.
type Variant int

const (
	// Auto follows the operating system; where it says nothing, the dark palette is used.
	Auto Variant = iota
	// Dark always draws the dark palette.
	Dark
	// Light always draws the light palette.
	Light
)

// Density says how much room a row takes.
type Density int

const (
	// Compact is the default: text 13 units, rows 25.
	Compact Density = iota
	// Comfort is for long shifts: text 15 units, rows 30.
	Comfort
	// Wall is for a board read across a room: text 20 units, rows 40.
	Wall
)

const (
	// MinZoom is the smallest text zoom in percent; below it captions fall under 9 units.
	MinZoom = 80
	// MaxZoom is the largest text zoom in percent (WCAG 1.4.4 asks for 200).
	MaxZoom = 200
	// ZoomStep is what one zoom command changes, in percent.
	ZoomStep = 10
)

// Options choose the form of a Theme.
type Options struct {
	Variant Variant
	Density Density
	Zoom    int // percent; 0 means 100; held between MinZoom and MaxZoom
}

// Theme is the look of the desktop. It implements fyne.Theme.
type Theme struct {
	options Options
	sizes   map[fyne.ThemeSizeName]float32
	dark    map[fyne.ThemeColorName]color.Color
	light   map[fyne.ThemeColorName]color.Color
}

var _ fyne.Theme = (*Theme)(nil)

// New makes a theme. Values outside their range are brought into it.
func New(o Options) *Theme {
	o.Zoom = ClampZoom(o.Zoom)
	return &Theme{
		options: o,
		sizes:   sizesFor(o),
		dark:    colours(DarkPalette()),
		light:   colours(LightPalette()),
	}
}

// ClampZoom brings a zoom in percent into the allowed range; 0 becomes 100.
func ClampZoom(percent int) int {
	if percent == 0 {
		return 100
	}
	return min(max(percent, MinZoom), MaxZoom)
}

// Options returns what the theme was made of, with the zoom as it is used.
func (t *Theme) Options() Options { return t.options }

// IsLight reports whether the light palette is drawn when the system asks for v.
func (t *Theme) IsLight(v fyne.ThemeVariant) bool {
	switch t.options.Variant {
	case Dark:
		return false
	case Light:
		return true
	default:
		return v == base.VariantLight
	}
}

// Color returns the colour of a name; unknown names fall through to Fyne's own palette.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	set, system := t.dark, base.VariantDark
	if t.IsLight(v) {
		set, system = t.light, base.VariantLight
	}
	if c, ok := set[n]; ok {
		return c
	}
	return base.DefaultTheme().Color(n, system)
}

// Font returns Fyne's own Noto Sans, and its monospace for times and identifiers.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace:
		return base.DefaultTextMonospaceFont()
	case s.Symbol:
		return base.DefaultSymbolFont()
	case s.Bold && s.Italic:
		return base.DefaultTextBoldItalicFont()
	case s.Bold:
		return base.DefaultTextBoldFont()
	case s.Italic:
		return base.DefaultTextItalicFont()
	default:
		return base.DefaultTextFont()
	}
}

// Icon returns Fyne's own icon.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return base.DefaultTheme().Icon(n) }

// Size returns a size in units; unknown names fall through to Fyne's own, zoomed.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	if s, ok := t.sizes[n]; ok {
		return s
	}
	return scaled(base.DefaultTheme().Size(n), t.options.Zoom)
}

// scaled keeps sizes on halves of a unit, so that rows keep whole pixels at the usual scales.
func scaled(units float32, zoom int) float32 {
	return float32(math.Round(float64(units)*float64(zoom)/50) / 2)
}
