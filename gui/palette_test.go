package gui_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/gui"
	"stowage/gui/widgets"
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
		theme.ColorNameBackground, widgets.ColorSurface, widgets.ColorRail, widgets.ColorStripe, widgets.ColorSelected, theme.ColorNameHeaderBackground,
		theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground,
	}
	type pair struct{ text, ground fyne.ThemeColorName }
	pairs := []pair{
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary},
		{theme.ColorNameForegroundOnError, theme.ColorNameError},
		{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning},
		{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess},
		{theme.ColorNameForeground, theme.ColorNameButton},
		{widgets.ColorOnToast, widgets.ColorToast},
		{widgets.ColorOnTint, widgets.ColorTint},
		{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground},
		{theme.ColorNameForeground, theme.ColorNameSelection},
		{theme.ColorNameHyperlink, theme.ColorNameBackground},
		{widgets.ColorOnTint, widgets.ColorSelected},
		{widgets.ColorInfo, widgets.ColorInfoBack},
		{widgets.ColorGood, widgets.ColorGoodBack},
		{widgets.ColorWarn, widgets.ColorWarnBack},
		{widgets.ColorError, widgets.ColorErrorBack},
		{theme.ColorNameForeground, widgets.ColorInfoBack},
		{theme.ColorNameForeground, widgets.ColorGoodBack},
		{theme.ColorNameForeground, widgets.ColorWarnBack},
		{theme.ColorNameForeground, widgets.ColorErrorBack},
		{theme.ColorNameError, theme.ColorNameBackground},
		{theme.ColorNameError, widgets.ColorSurface},
		{widgets.ColorWarn, theme.ColorNameBackground},
	}
	for _, g := range grounds {
		pairs = append(pairs, pair{theme.ColorNameForeground, g}, pair{widgets.ColorMuted, g})
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
			if c := contrast(at(widgets.ColorRing), at(g)); c < 3 {
				t.Errorf("%s: the ring on %s is %.2f to 1, less than 3", mode, g, c)
			}
		}
		for i := range 8 {
			if c := contrast(at(widgets.ChartColor(i)), at(widgets.ColorSurface)); c < 3 {
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
		for _, name := range []fyne.ThemeColorName{widgets.ColorShade, widgets.ColorBorder, widgets.ChartColor(7), widgets.ColorStripe} {
			if c := th.Color(name, theme.VariantDark); c == nil || fmt.Sprint(c) == fmt.Sprint(color.Transparent) {
				t.Errorf("%s has no %s", mode, name)
			}
		}
	}
}
