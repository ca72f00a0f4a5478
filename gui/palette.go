package gui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/gui/widgets"
)

// A palette gives every colour name its colour. What is said twice with the same
// colour is said so on purpose: the names mean different things.
type palette map[fyne.ThemeColorName]color.Color

// hex reads a colour: rrggbb or rrggbbaa.
func hex(s string) color.NRGBA {
	if len(s) == 6 {
		s += "ff"
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		panic(err) // the palettes are constants, and a test reads them all
	}
	return color.NRGBA{R: uint8(n >> 24), G: uint8(n >> 16), B: uint8(n >> 8), A: uint8(n)}
}

// lightPalette: paper and harbour teal.
func lightPalette() palette {
	return palette{
		theme.ColorNameBackground:          hex("f4f6f7"),
		widgets.ColorSurface:               hex("ffffff"),
		widgets.ColorRail:                  hex("e9eef0"),
		theme.ColorNameForeground:          hex("16222b"),
		widgets.ColorMuted:                 hex("50606b"),
		widgets.ColorBorder:                hex("cfd8dc"),
		theme.ColorNamePrimary:             hex("0b6664"),
		theme.ColorNameForegroundOnPrimary: hex("ffffff"),
		theme.ColorNameHyperlink:           hex("0b6664"),
		theme.ColorNameButton:              hex("e1e8eb"),
		theme.ColorNameDisabledButton:      hex("ebeff1"),
		theme.ColorNameDisabled:            hex("626e77"),
		theme.ColorNameError:               hex("b42318"),
		theme.ColorNameForegroundOnError:   hex("ffffff"),
		theme.ColorNameWarning:             hex("8a5300"),
		theme.ColorNameForegroundOnWarning: hex("ffffff"),
		theme.ColorNameSuccess:             hex("1a7440"),
		theme.ColorNameForegroundOnSuccess: hex("ffffff"),
		theme.ColorNameFocus:               hex("1d4ed84d"),
		theme.ColorNameHover:               hex("16222b0f"),
		theme.ColorNamePressed:             hex("16222b24"),
		theme.ColorNameSelection:           hex("bfe0dd"),
		theme.ColorNameInputBackground:     hex("ffffff"),
		theme.ColorNameInputBorder:         hex("7d8b95"),
		theme.ColorNamePlaceHolder:         hex("5b6974"),
		theme.ColorNameScrollBar:           hex("6b7a84b0"),
		theme.ColorNameScrollBarBackground: hex("00000000"),
		theme.ColorNameSeparator:           hex("d8e0e3"),
		theme.ColorNameShadow:              hex("0f192038"),
		theme.ColorNameMenuBackground:      hex("ffffff"),
		theme.ColorNameOverlayBackground:   hex("ffffff"),
		theme.ColorNameHeaderBackground:    hex("edf1f3"),
		widgets.ColorShade:                 hex("0f19208c"),
		widgets.ColorRing:                  hex("1d4ed8"),
		widgets.ColorSelected:              hex("d2e8e6"),
		widgets.ColorStripe:                hex("f8fafb"),
		widgets.ColorTint:                  hex("d7ebe9"),
		widgets.ColorOnTint:                hex("0b6664"),
		widgets.ColorInfoBack:              hex("e4eef9"),
		widgets.ColorInfo:                  hex("1d5fa8"),
		widgets.ColorGoodBack:              hex("e3f3e8"),
		widgets.ColorGood:                  hex("1a7440"),
		widgets.ColorWarnBack:              hex("fdf1dc"),
		widgets.ColorWarn:                  hex("8a5300"),
		widgets.ColorErrorBack:             hex("fbe8e6"),
		widgets.ColorError:                 hex("b42318"),
		widgets.ColorToast:                 hex("22313b"),
		widgets.ColorOnToast:               hex("ffffff"),
		widgets.ChartColor(0):              hex("0b6664"),
		widgets.ChartColor(1):              hex("3b7fc4"),
		widgets.ChartColor(2):              hex("b7791f"),
		widgets.ChartColor(3):              hex("7b4ea3"),
		widgets.ChartColor(4):              hex("b4442f"),
		widgets.ChartColor(5):              hex("5f7a1f"),
		widgets.ChartColor(6):              hex("5b6975"),
		widgets.ChartColor(7):              hex("b83280"),
	}
}

// darkPalette: the same harbour at night.
func darkPalette() palette {
	return palette{
		theme.ColorNameBackground:          hex("12181d"),
		widgets.ColorSurface:               hex("1b232a"),
		widgets.ColorRail:                  hex("0d1216"),
		theme.ColorNameForeground:          hex("e8eef2"),
		widgets.ColorMuted:                 hex("a3b1bc"),
		widgets.ColorBorder:                hex("35424c"),
		theme.ColorNamePrimary:             hex("4cc2b6"),
		theme.ColorNameForegroundOnPrimary: hex("04211f"),
		theme.ColorNameHyperlink:           hex("6fd3c8"),
		theme.ColorNameButton:              hex("2a363f"),
		theme.ColorNameDisabledButton:      hex("20292f"),
		theme.ColorNameDisabled:            hex("91a0ab"),
		theme.ColorNameError:               hex("ff8a80"),
		theme.ColorNameForegroundOnError:   hex("2b0805"),
		theme.ColorNameWarning:             hex("f2b64f"),
		theme.ColorNameForegroundOnWarning: hex("2a1a00"),
		theme.ColorNameSuccess:             hex("5fd08a"),
		theme.ColorNameForegroundOnSuccess: hex("05240f"),
		theme.ColorNameFocus:               hex("8ab8ff59"),
		theme.ColorNameHover:               hex("ffffff12"),
		theme.ColorNamePressed:             hex("ffffff24"),
		theme.ColorNameSelection:           hex("235450"),
		theme.ColorNameInputBackground:     hex("151c22"),
		theme.ColorNameInputBorder:         hex("6f7f8b"),
		theme.ColorNamePlaceHolder:         hex("93a2ad"),
		theme.ColorNameScrollBar:           hex("8796a1b0"),
		theme.ColorNameScrollBarBackground: hex("00000000"),
		theme.ColorNameSeparator:           hex("2b363f"),
		theme.ColorNameShadow:              hex("00000080"),
		theme.ColorNameMenuBackground:      hex("1f2830"),
		theme.ColorNameOverlayBackground:   hex("1f2830"),
		theme.ColorNameHeaderBackground:    hex("232d35"),
		widgets.ColorShade:                 hex("000000a6"),
		widgets.ColorRing:                  hex("8ab8ff"),
		widgets.ColorSelected:              hex("1e413e"),
		widgets.ColorStripe:                hex("182026"),
		widgets.ColorTint:                  hex("1d3d3b"),
		widgets.ColorOnTint:                hex("7edbd0"),
		widgets.ColorInfoBack:              hex("172a3f"),
		widgets.ColorInfo:                  hex("8ab8ff"),
		widgets.ColorGoodBack:              hex("12301f"),
		widgets.ColorGood:                  hex("5fd08a"),
		widgets.ColorWarnBack:              hex("36290f"),
		widgets.ColorWarn:                  hex("f2b64f"),
		widgets.ColorErrorBack:             hex("3b1a17"),
		widgets.ColorError:                 hex("ff8a80"),
		widgets.ColorToast:                 hex("e8eef2"),
		widgets.ColorOnToast:               hex("12181d"),
		widgets.ChartColor(0):              hex("4cc2b6"),
		widgets.ChartColor(1):              hex("7ab0f0"),
		widgets.ChartColor(2):              hex("e3a948"),
		widgets.ChartColor(3):              hex("b592dc"),
		widgets.ChartColor(4):              hex("f08a76"),
		widgets.ChartColor(5):              hex("a9c35c"),
		widgets.ChartColor(6):              hex("93a2ad"),
		widgets.ChartColor(7):              hex("ee82bb"),
	}
}

// contrastPalette: white on black, with yellow for what acts.
func contrastPalette() palette {
	black, white, yellow, cyan := hex("000000"), hex("ffffff"), hex("ffe14d"), hex("5ce1ff")
	return palette{
		theme.ColorNameBackground:          black,
		widgets.ColorSurface:               black,
		widgets.ColorRail:                  black,
		theme.ColorNameForeground:          white,
		widgets.ColorMuted:                 hex("e6e6e6"),
		widgets.ColorBorder:                white,
		theme.ColorNamePrimary:             yellow,
		theme.ColorNameForegroundOnPrimary: black,
		theme.ColorNameHyperlink:           yellow,
		theme.ColorNameButton:              hex("333333"),
		theme.ColorNameDisabledButton:      hex("1a1a1a"),
		theme.ColorNameDisabled:            hex("bdbdbd"),
		theme.ColorNameError:               hex("ff9e9e"),
		theme.ColorNameForegroundOnError:   black,
		theme.ColorNameWarning:             hex("ffc869"),
		theme.ColorNameForegroundOnWarning: black,
		theme.ColorNameSuccess:             hex("7cf5a5"),
		theme.ColorNameForegroundOnSuccess: black,
		theme.ColorNameFocus:               hex("5ce1ff80"),
		theme.ColorNameHover:               hex("ffffff2b"),
		theme.ColorNamePressed:             hex("ffffff47"),
		theme.ColorNameSelection:           hex("004a8f"),
		theme.ColorNameInputBackground:     black,
		theme.ColorNameInputBorder:         white,
		theme.ColorNamePlaceHolder:         hex("d0d0d0"),
		theme.ColorNameScrollBar:           white,
		theme.ColorNameScrollBarBackground: hex("333333"),
		theme.ColorNameSeparator:           hex("9e9e9e"),
		theme.ColorNameShadow:              hex("00000000"),
		theme.ColorNameMenuBackground:      hex("111111"),
		theme.ColorNameOverlayBackground:   black,
		theme.ColorNameHeaderBackground:    hex("1f1f1f"),
		widgets.ColorShade:                 hex("000000cc"),
		widgets.ColorRing:                  cyan,
		widgets.ColorSelected:              hex("003f7a"),
		widgets.ColorStripe:                hex("0f0f0f"),
		widgets.ColorTint:                  hex("1f1f1f"),
		widgets.ColorOnTint:                yellow,
		widgets.ColorInfoBack:              black,
		widgets.ColorInfo:                  cyan,
		widgets.ColorGoodBack:              black,
		widgets.ColorGood:                  hex("7cf5a5"),
		widgets.ColorWarnBack:              black,
		widgets.ColorWarn:                  hex("ffc869"),
		widgets.ColorErrorBack:             black,
		widgets.ColorError:                 hex("ff9e9e"),
		widgets.ColorToast:                 white,
		widgets.ColorOnToast:               black,
		widgets.ChartColor(0):              yellow,
		widgets.ChartColor(1):              cyan,
		widgets.ChartColor(2):              hex("ff9e9e"),
		widgets.ChartColor(3):              hex("7cf5a5"),
		widgets.ChartColor(4):              hex("ffb3ff"),
		widgets.ChartColor(5):              hex("ffc869"),
		widgets.ChartColor(6):              hex("d0d0d0"),
		widgets.ChartColor(7):              hex("a9b8ff"),
	}
}
