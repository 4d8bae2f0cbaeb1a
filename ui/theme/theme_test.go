package theme_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/theme"
)

func palettes() map[string]theme.Palette {
	return map[string]theme.Palette{"dark": theme.DarkPalette(), "light": theme.LightPalette()}
}

// least fails when two colours are closer than the ratio the design claims for them.
func least(t *testing.T, what string, a, b color.NRGBA, ratio float64) {
	t.Helper()
	if got := theme.Contrast(a, b); got < ratio-0.05 {
		t.Errorf("%s: contrast %.2f, want at least %.2f", what, got, ratio)
	}
}

func TestTextContrast(t *testing.T) {
	claims := map[string]struct{ text, muted, disabled, border, focus, onPrimary, selected, ok float64 }{
		"dark":  {13.7, 7.8, 4.6, 3.8, 7.9, 8.2, 9.5, 7.5},
		"light": {16.4, 7.5, 4.6, 3.7, 6.4, 6.0, 12.6, 5.4},
	}
	for name, p := range palettes() {
		c := claims[name]
		least(t, name+" text", p.Text, p.Surface, c.text)
		least(t, name+" muted", p.Muted, p.Surface, c.muted)
		least(t, name+" disabled", p.Disabled, p.Surface, c.disabled)
		least(t, name+" input border", p.InputBorder, p.Surface, c.border)
		least(t, name+" focus ring", p.FocusRing, p.Surface, c.focus)
		least(t, name+" on primary", p.OnPrimary, p.Primary, c.onPrimary)
		least(t, name+" text on selection", p.Text, p.Selection, c.selected)
		least(t, name+" ok", p.OK, p.Surface, c.ok)
		least(t, name+" on ok", p.OnOK, p.OK, 4.5)
		least(t, name+" on stale", p.OnStale, p.Stale, 4.5)
		for ground, g := range map[string]color.NRGBA{"background": p.Background, "surface": p.Surface, "raised": p.Raised, "selection": p.Selection} {
			least(t, name+" text on "+ground, p.Text, g, 7)
			least(t, name+" muted on "+ground, p.Muted, g, 4.5)
			least(t, name+" focus ring on "+ground, p.FocusRing, g, 3)
			for i, s := range p.Severity {
				least(t, fmt.Sprintf("%s P%d text on %s", name, i, ground), s.Text, g, 4.5)
			}
		}
	}
}

func TestSeverityContrast(t *testing.T) {
	type claim struct{ label, text float64 }
	claims := map[string][theme.Severities]claim{
		"dark":  {{6.5, 7.0}, {8.9, 9.2}, {12.1, 11.4}, {8.2, 9.0}},
		"light": {{6.6, 7.7}, {5.5, 6.7}, {10.6, 7.6}, {6.0, 7.3}},
	}
	body := map[string]float64{"dark": 11.8, "light": 13.8}
	for name, p := range palettes() {
		for i, s := range p.Severity {
			who, c := fmt.Sprintf("%s P%d", name, i), claims[name][i]
			ground := s.Fill
			if name == "light" && i == 3 {
				ground = p.Surface // outline only
			}
			least(t, who+" label", s.Label, ground, c.label)
			least(t, who+" text", s.Text, p.Surface, c.text)
			least(t, who+" outline", s.Outline, p.Surface, 3)
			least(t, who+" outline on background", s.Outline, p.Background, 3)
			least(t, who+" body on tint", p.Text, s.Tint, body[name])
			least(t, who+" text on tint", s.Text, s.Tint, 4.5)
			if !(name == "light" && i == 2) { // light P2 has an outline instead
				least(t, who+" fill", s.Fill, p.Surface, 3)
			}
		}
	}
}

func TestFocusedButtonIsReadable(t *testing.T) {
	for name, v := range map[string]theme.Variant{"dark": theme.Dark, "light": theme.Light} {
		p := palettes()[name]
		focus := theme.New(theme.Options{Variant: v}).Color(base.ColorNameFocus, 0).(color.NRGBA)
		least(t, name+" text on a focused button", p.Text, theme.Blend(p.Raised, focus), 4.5)
	}
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
var deficiencies = map[string]*[3][3]float64{
	"normal": nil,
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritan": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c color.NRGBA, m *[3][3]float64) [3]float64 {
	l := theme.Linear(c)
	if m == nil {
		return l
	}
	var out [3]float64
	for i := range out {
		for k := range l {
			out[i] += m[i][k] * l[k]
		}
		out[i] = min(1, max(0, out[i]))
	}
	return out
}

func lab(l [3]float64) [3]float64 {
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x := f((0.4124564*l[0] + 0.3575761*l[1] + 0.1804375*l[2]) / 0.95047)
	y := f(0.2126729*l[0] + 0.7151522*l[1] + 0.0721750*l[2])
	z := f((0.0193339*l[0] + 0.1191920*l[1] + 0.9503041*l[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func distance(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

func TestSeveritiesStayApartForColourBlindReaders(t *testing.T) {
	for name, p := range palettes() {
		for who, m := range deficiencies {
			for i := range p.Severity {
				for j := i + 1; j < theme.Severities; j++ {
					floor := 20.0
					if name == "dark" && who == "deutan" && i == 1 && j == 2 {
						floor = 11.5 // the closest pair; label and shape carry it
					}
					d := distance(lab(seen(p.Severity[i].Fill, m)), lab(seen(p.Severity[j].Fill, m)))
					if d < floor {
						t.Errorf("%s %s: P%d and P%d are %.1f apart, want %.1f", name, who, i, j, d, floor)
					}
				}
				if d := distance(lab(seen(p.Severity[i].Fill, m)), lab(seen(p.OK, m))); d < 13 {
					t.Errorf("%s %s: P%d and ok are only %.1f apart", name, who, i, d)
				}
			}
		}
	}
}

func TestEveryColourNameIsDefined(t *testing.T) {
	for _, v := range []theme.Variant{theme.Auto, theme.Dark, theme.Light} {
		th := theme.New(theme.Options{Variant: v})
		test.AssertAllColorNamesDefined(t, th, "holdfast")
		names := []fyne.ThemeColorName{
			theme.ColorSurface, theme.ColorRaised, theme.ColorMuted, theme.ColorFocusRing,
			theme.ColorSelected, theme.ColorOK, theme.ColorStale, theme.ColorScrim,
		}
		for n := range theme.Severities {
			s := theme.Severity(n)
			names = append(names, s.Fill, s.Label, s.Text, s.Tint, s.Outline)
		}
		for _, n := range names {
			if _, _, _, a := th.Color(n, base.VariantDark).RGBA(); a == 0 {
				t.Errorf("%s is transparent", n)
			}
		}
	}
}

func TestAutoFollowsTheSystemAndTheOthersDoNot(t *testing.T) {
	dark, light := theme.DarkPalette().Background, theme.LightPalette().Background
	for _, c := range []struct {
		v      theme.Variant
		system fyne.ThemeVariant
		want   color.NRGBA
	}{
		{theme.Auto, base.VariantDark, dark},
		{theme.Auto, base.VariantLight, light},
		{theme.Dark, base.VariantLight, dark},
		{theme.Light, base.VariantDark, light},
	} {
		if got := theme.New(theme.Options{Variant: c.v}).Color(base.ColorNameBackground, c.system); got != c.want {
			t.Errorf("variant %v under system %v: %v, want %v", c.v, c.system, got, c.want)
		}
	}
}

func TestHoverAndShadowArePlainTokens(t *testing.T) {
	for name, v := range map[string]theme.Variant{"dark": theme.Dark, "light": theme.Light} {
		th, p := theme.New(theme.Options{Variant: v}), palettes()[name]
		if th.Color(base.ColorNameHover, 0) != p.Raised {
			t.Errorf("%s: a focused list row is drawn with hover, which must be the raised token", name)
		}
		if th.Color(base.ColorNameShadow, 0) != p.Separator {
			t.Errorf("%s: a split divider is drawn with shadow, which must be the separator token", name)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		name fyne.ThemeSizeName
		o    theme.Options
		want float32
	}{
		{base.SizeNameText, theme.Options{}, 13},
		{base.SizeNameCaptionText, theme.Options{}, 11},
		{base.SizeNameSubHeadingText, theme.Options{}, 18},
		{theme.SizeClock, theme.Options{}, 15},
		{base.SizeNamePadding, theme.Options{}, 3},
		{base.SizeNameInnerPadding, theme.Options{}, 6},
		{theme.SizeRow, theme.Options{}, 25},
		{base.SizeNameText, theme.Options{Density: theme.Comfort}, 15},
		{theme.SizeRow, theme.Options{Density: theme.Comfort}, 30},
		{base.SizeNameText, theme.Options{Density: theme.Wall}, 20},
		{theme.SizeRow, theme.Options{Density: theme.Wall}, 40},
		{base.SizeNameText, theme.Options{Zoom: 200}, 26},
		{base.SizeNameText, theme.Options{Zoom: 1000}, 26},
		{base.SizeNameText, theme.Options{Zoom: 10}, 10.5},
		{theme.SizeFocusRing, theme.Options{Zoom: 200}, 2},
	} {
		if got := theme.New(c.o).Size(c.name); got != c.want {
			t.Errorf("%s at %+v is %v, want %v", c.name, c.o, got, c.want)
		}
	}
}

func TestTimesAreMonospace(t *testing.T) {
	th := theme.New(theme.Options{})
	if th.Font(fyne.TextStyle{Monospace: true}) != base.DefaultTextMonospaceFont() {
		t.Error("monospace style does not give the monospace font")
	}
	if th.Font(fyne.TextStyle{Bold: true, Strikethrough: true}) != base.DefaultTextBoldFont() {
		t.Error("strikethrough must not change the face")
	}
}
