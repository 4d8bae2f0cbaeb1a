package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"
)

// Colours beyond Fyne's own. Severity colours come through Severity.
const (
	// ColorSurface is the ground of rails, panels and bars.
	ColorSurface fyne.ThemeColorName = "holdfast.surface"
	// ColorRaised is the ground of what lies on a surface: chips, buttons, hovered rows.
	ColorRaised fyne.ThemeColorName = "holdfast.raised"
	// ColorMuted is for text that is read second.
	ColorMuted fyne.ThemeColorName = "holdfast.muted"
	// ColorFocusRing is the 2 unit ring around what the keyboard acts on.
	ColorFocusRing fyne.ThemeColorName = "holdfast.focusRing"
	// ColorSelected is the ground of the selected row.
	ColorSelected fyne.ThemeColorName = "holdfast.selected"
	// ColorOK says that something was checked and is right; never used for decoration.
	ColorOK fyne.ThemeColorName = "holdfast.ok"
	// ColorStale marks facts that have not been heard of lately; a dashed dot goes with it.
	ColorStale fyne.ThemeColorName = "holdfast.stale"
	// ColorScrim dims what lies under an overlay.
	ColorScrim fyne.ThemeColorName = "holdfast.scrim"
)

// Severities is how many severities there are, P0 to P3.
const Severities = 4

// SeverityColors names the colours of one severity.
type SeverityColors struct {
	Fill    fyne.ThemeColorName // ground of the pill
	Label   fyne.ThemeColorName // the two letters on the fill
	Text    fyne.ThemeColorName // words on a surface
	Tint    fyne.ThemeColorName // ground of a header band
	Outline fyne.ThemeColorName // line around the pill
}

// Severity returns the colour names of severity 0 to 3; others are treated as the nearest.
func Severity(n int) SeverityColors {
	p := "holdfast.p" + string(rune('0'+min(max(n, 0), Severities-1))) + "."
	name := func(part string) fyne.ThemeColorName { return fyne.ThemeColorName(p + part) }
	return SeverityColors{Fill: name("fill"), Label: name("label"), Text: name("text"), Tint: name("tint"), Outline: name("outline")}
}

// SeverityPalette is the colours of one severity.
type SeverityPalette struct{ Fill, Label, Text, Tint, Outline color.NRGBA }

// Palette is every colour of one variant.
type Palette struct {
	Background, Surface, Raised, Separator color.NRGBA
	Text, Muted, Disabled                  color.NRGBA
	InputBorder, FocusRing                 color.NRGBA
	Primary, OnPrimary, Selection          color.NRGBA
	OK, OnOK, Stale, OnStale               color.NRGBA
	Severity                               [Severities]SeverityPalette
}

// DarkPalette returns the dark colours.
func DarkPalette() Palette {
	return Palette{
		Background: rgb(0x14171C), Surface: rgb(0x1B1F26), Raised: rgb(0x242A33), Separator: rgb(0x333B47),
		Text: rgb(0xE6EAF0), Muted: rgb(0xA9B3C1), Disabled: rgb(0x7D8896),
		InputBorder: rgb(0x6E7A8A), FocusRing: rgb(0x8AB4FF),
		Primary: rgb(0x6CB4FF), OnPrimary: rgb(0x04182B), Selection: rgb(0x1F3A5F),
		OK: rgb(0x4CC38A), OnOK: rgb(0x04190F), Stale: rgb(0xA9B3C1), OnStale: rgb(0x14171C),
		Severity: [Severities]SeverityPalette{
			{rgb(0xFF5A5F), rgb(0x1A0405), rgb(0xFF8585), rgb(0x3A1619), rgb(0xFF8585)},
			{rgb(0xFF9F45), rgb(0x1F1300), rgb(0xFFB06B), rgb(0x35220F), rgb(0xFF9F45)},
			{rgb(0xF2D64B), rgb(0x1E1900), rgb(0xF2D64B), rgb(0x302A10), rgb(0xF2D64B)},
			{rgb(0x6CB4FF), rgb(0x04182B), rgb(0x8CC4FF), rgb(0x12283E), rgb(0x6CB4FF)},
		},
	}
}

// LightPalette returns the light colours.
func LightPalette() Palette {
	return Palette{
		Background: rgb(0xF5F7FA), Surface: rgb(0xFFFFFF), Raised: rgb(0xE9EDF2), Separator: rgb(0xCCD4DE),
		Text: rgb(0x18202B), Muted: rgb(0x4A5666), Disabled: rgb(0x6B7686),
		InputBorder: rgb(0x7A8696), FocusRing: rgb(0x0B57D0),
		Primary: rgb(0x175CD3), OnPrimary: rgb(0xFFFFFF), Selection: rgb(0xD3E3FD),
		OK: rgb(0x18794E), OnOK: rgb(0xFFFFFF), Stale: rgb(0x4A5666), OnStale: rgb(0xFFFFFF),
		Severity: [Severities]SeverityPalette{
			{rgb(0xB42318), rgb(0xFFFFFF), rgb(0xA31D13), rgb(0xFDE7E5), rgb(0xA31D13)},
			{rgb(0xD96A0B), rgb(0x1A0D00), rgb(0x9E3E07), rgb(0xFCEBDD), rgb(0xD96A0B)},
			{rgb(0xF2C400), rgb(0x1E1900), rgb(0x6B5000), rgb(0xFBF3D0), rgb(0x7A5B00)},
			// P3 is drawn as an outline: the label stands on the surface, not on a fill.
			{rgb(0x175CD3), rgb(0x175CD3), rgb(0x1550B8), rgb(0xE3EEFD), rgb(0x175CD3)},
		},
	}
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// colours maps every name we define to its colour. Fyne draws focus by blending ColorNameFocus over
// a filled button, so that one is translucent; rings are drawn with ColorFocusRing. It draws a
// focused list row with ColorNameHover and a split's divider with ColorNameShadow, so both are
// plain tokens here (6 % white and a heavy grey otherwise).
func colours(p Palette) map[fyne.ThemeColorName]color.Color {
	m := map[fyne.ThemeColorName]color.Color{
		base.ColorNameBackground:                p.Background,
		base.ColorNameButton:                    p.Raised,
		base.ColorNameDisabledButton:            p.Raised,
		base.ColorNameDisabled:                  p.Disabled,
		base.ColorNameError:                     p.Severity[0].Text,
		base.ColorNameFocus:                     alpha(p.FocusRing, 0x4C),
		base.ColorNameForeground:                p.Text,
		base.ColorNameForegroundOnError:         p.Surface,
		base.ColorNameForegroundOnPrimary:       p.OnPrimary,
		base.ColorNameForegroundOnSuccess:       p.OnOK,
		base.ColorNameForegroundOnWarning:       p.Surface,
		base.ColorNameHeaderBackground:          p.Surface,
		base.ColorNameHover:                     p.Raised,
		base.ColorNameHyperlink:                 p.Primary,
		base.ColorNameInnerWindowBorder:         p.Separator,
		base.ColorNameInnerWindowBorderInactive: p.Separator,
		base.ColorNameInputBackground:           p.Surface,
		base.ColorNameInputBorder:               p.InputBorder,
		base.ColorNameMenuBackground:            p.Surface,
		base.ColorNameOverlayBackground:         p.Surface,
		base.ColorNamePlaceHolder:               p.Muted,
		base.ColorNamePressed:                   p.Separator,
		base.ColorNamePrimary:                   p.Primary,
		base.ColorNameScrollBar:                 p.InputBorder,
		base.ColorNameScrollBarBackground:       p.Raised,
		base.ColorNameSelection:                 p.Selection,
		base.ColorNameSeparator:                 p.Separator,
		base.ColorNameShadow:                    p.Separator,
		base.ColorNameSuccess:                   p.OK,
		base.ColorNameWarning:                   p.Severity[1].Text,
		ColorSurface:                            p.Surface,
		ColorRaised:                             p.Raised,
		ColorMuted:                              p.Muted,
		ColorFocusRing:                          p.FocusRing,
		ColorSelected:                           p.Selection,
		ColorOK:                                 p.OK,
		ColorStale:                              p.Stale,
		ColorScrim:                              color.NRGBA{A: 0x8C},
	}
	for n, s := range p.Severity {
		names := Severity(n)
		m[names.Fill], m[names.Label], m[names.Text] = s.Fill, s.Label, s.Text
		m[names.Tint], m[names.Outline] = s.Tint, s.Outline
	}
	return m
}
