package gui_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/gui"
	"stowage/gui/parts"
)

// luminance is how bright a colour is, as WCAG 2.2 reckons.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	channel := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(n.R) + 0.7152*channel(n.G) + 0.0722*channel(n.B)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast measures text on every ground that it stands on (WCAG 2.2, 1.4.3 and
// 1.4.6), and what shows the focus and the edges of fields (1.4.11).
func TestContrast(t *testing.T) {
	grounds := []fyne.ThemeColorName{
		theme.ColorNameBackground, parts.ColorSurface, parts.ColorRail, parts.ColorStripe, parts.ColorSelected, theme.ColorNameHeaderBackground,
		theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground,
	}
	type pair struct{ text, ground fyne.ThemeColorName }
	pairs := []pair{
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary},
		{theme.ColorNameForegroundOnError, theme.ColorNameError},
		{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning},
		{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess},
		{theme.ColorNameForeground, theme.ColorNameButton},
		{parts.ColorOnToast, parts.ColorToast},
		{parts.ColorOnTint, parts.ColorTint},
		{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground},
		{theme.ColorNameForeground, theme.ColorNameSelection},
		{theme.ColorNameHyperlink, theme.ColorNameBackground},
		{parts.ColorOnTint, parts.ColorSelected},
		{parts.ColorInfo, parts.ColorInfoBack},
		{parts.ColorGood, parts.ColorGoodBack},
		{parts.ColorWarn, parts.ColorWarnBack},
		{parts.ColorError, parts.ColorErrorBack},
		{theme.ColorNameForeground, parts.ColorInfoBack},
		{theme.ColorNameForeground, parts.ColorGoodBack},
		{theme.ColorNameForeground, parts.ColorWarnBack},
		{theme.ColorNameForeground, parts.ColorErrorBack},
		{theme.ColorNameError, theme.ColorNameBackground},
		{theme.ColorNameError, parts.ColorSurface},
		{parts.ColorWarn, theme.ColorNameBackground},
	}
	for _, g := range grounds {
		pairs = append(pairs, pair{theme.ColorNameForeground, g}, pair{parts.ColorMuted, g})
	}
	for _, mode := range []gui.Mode{gui.Light, gui.Dark, gui.HighContrast} {
		th := gui.NewTheme(gui.Look{Mode: mode, Text: 100})
		at := func(name fyne.ThemeColorName) color.Color { return th.Color(name, theme.VariantLight) }
		least := 4.5
		if mode == gui.HighContrast {
			least = 7
		}
		for _, p := range pairs {
			if c := contrast(at(p.text), at(p.ground)); c < least {
				t.Errorf("%s: %s on %s is %.2f to 1, less than %.1f", mode, p.text, p.ground, c, least)
			}
		}
		for _, g := range grounds {
			if c := contrast(at(parts.ColorRing), at(g)); c < 3 {
				t.Errorf("%s: the ring on %s is %.2f to 1, less than 3", mode, g, c)
			}
		}
		for i := range 8 {
			if c := contrast(at(parts.ChartColor(i)), at(parts.ColorSurface)); c < 3 {
				t.Errorf("%s: chart colour %d is %.2f to 1, less than 3", mode, i, c)
			}
		}
		if c := contrast(at(theme.ColorNameInputBorder), at(theme.ColorNameInputBackground)); c < 3 {
			t.Errorf("%s: the edge of entries is %.2f to 1, less than 3", mode, c)
		}
	}
}

func TestPalettesHaveTheSameNames(t *testing.T) {
	for _, mode := range []gui.Mode{gui.Light, gui.Dark, gui.HighContrast} {
		th := gui.NewTheme(gui.Look{Mode: mode})
		for _, name := range []fyne.ThemeColorName{parts.ColorShade, parts.ColorBorder, parts.ChartColor(7), parts.ColorStripe} {
			if c := th.Color(name, theme.VariantDark); c == nil || fmt.Sprint(c) == fmt.Sprint(color.Transparent) {
				t.Errorf("%s has no %s", mode, name)
			}
		}
	}
}
