package gui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/gui/parts"
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
		parts.ColorSurface:                 hex("ffffff"),
		parts.ColorRail:                    hex("e9eef0"),
		theme.ColorNameForeground:          hex("16222b"),
		parts.ColorMuted:                   hex("50606b"),
		parts.ColorBorder:                  hex("cfd8dc"),
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
		parts.ColorShade:                   hex("0f19208c"),
		parts.ColorRing:                    hex("1d4ed8"),
		parts.ColorSelected:                hex("d2e8e6"),
		parts.ColorStripe:                  hex("f8fafb"),
		parts.ColorTint:                    hex("d7ebe9"),
		parts.ColorOnTint:                  hex("0b6664"),
		parts.ColorInfoBack:                hex("e4eef9"),
		parts.ColorInfo:                    hex("1d5fa8"),
		parts.ColorGoodBack:                hex("e3f3e8"),
		parts.ColorGood:                    hex("1a7440"),
		parts.ColorWarnBack:                hex("fdf1dc"),
		parts.ColorWarn:                    hex("8a5300"),
		parts.ColorErrorBack:               hex("fbe8e6"),
		parts.ColorError:                   hex("b42318"),
		parts.ColorToast:                   hex("22313b"),
		parts.ColorOnToast:                 hex("ffffff"),
		parts.ChartColor(0):                hex("0b6664"),
		parts.ChartColor(1):                hex("3b7fc4"),
		parts.ChartColor(2):                hex("b7791f"),
		parts.ChartColor(3):                hex("7b4ea3"),
		parts.ChartColor(4):                hex("b4442f"),
		parts.ChartColor(5):                hex("5f7a1f"),
		parts.ChartColor(6):                hex("5b6975"),
		parts.ChartColor(7):                hex("b83280"),
	}
}

// darkPalette: the same harbour at night.
func darkPalette() palette {
	return palette{
		theme.ColorNameBackground:          hex("12181d"),
		parts.ColorSurface:                 hex("1b232a"),
		parts.ColorRail:                    hex("0d1216"),
		theme.ColorNameForeground:          hex("e8eef2"),
		parts.ColorMuted:                   hex("a3b1bc"),
		parts.ColorBorder:                  hex("35424c"),
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
		parts.ColorShade:                   hex("000000a6"),
		parts.ColorRing:                    hex("8ab8ff"),
		parts.ColorSelected:                hex("1e413e"),
		parts.ColorStripe:                  hex("182026"),
		parts.ColorTint:                    hex("1d3d3b"),
		parts.ColorOnTint:                  hex("7edbd0"),
		parts.ColorInfoBack:                hex("172a3f"),
		parts.ColorInfo:                    hex("8ab8ff"),
		parts.ColorGoodBack:                hex("12301f"),
		parts.ColorGood:                    hex("5fd08a"),
		parts.ColorWarnBack:                hex("36290f"),
		parts.ColorWarn:                    hex("f2b64f"),
		parts.ColorErrorBack:               hex("3b1a17"),
		parts.ColorError:                   hex("ff8a80"),
		parts.ColorToast:                   hex("e8eef2"),
		parts.ColorOnToast:                 hex("12181d"),
		parts.ChartColor(0):                hex("4cc2b6"),
		parts.ChartColor(1):                hex("7ab0f0"),
		parts.ChartColor(2):                hex("e3a948"),
		parts.ChartColor(3):                hex("b592dc"),
		parts.ChartColor(4):                hex("f08a76"),
		parts.ChartColor(5):                hex("a9c35c"),
		parts.ChartColor(6):                hex("93a2ad"),
		parts.ChartColor(7):                hex("ee82bb"),
	}
}

// contrastPalette: white on black, with yellow for what acts.
func contrastPalette() palette {
	black, white, yellow, cyan := hex("000000"), hex("ffffff"), hex("ffe14d"), hex("5ce1ff")
	return palette{
		theme.ColorNameBackground:          black,
		parts.ColorSurface:                 black,
		parts.ColorRail:                    black,
		theme.ColorNameForeground:          white,
		parts.ColorMuted:                   hex("e6e6e6"),
		parts.ColorBorder:                  white,
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
		parts.ColorShade:                   hex("000000cc"),
		parts.ColorRing:                    cyan,
		parts.ColorSelected:                hex("003f7a"),
		parts.ColorStripe:                  hex("0f0f0f"),
		parts.ColorTint:                    hex("1f1f1f"),
		parts.ColorOnTint:                  yellow,
		parts.ColorInfoBack:                black,
		parts.ColorInfo:                    cyan,
		parts.ColorGoodBack:                black,
		parts.ColorGood:                    hex("7cf5a5"),
		parts.ColorWarnBack:                black,
		parts.ColorWarn:                    hex("ffc869"),
		parts.ColorErrorBack:               black,
		parts.ColorError:                   hex("ff9e9e"),
		parts.ColorToast:                   white,
		parts.ColorOnToast:                 black,
		parts.ChartColor(0):                yellow,
		parts.ChartColor(1):                cyan,
		parts.ChartColor(2):                hex("ff9e9e"),
		parts.ChartColor(3):                hex("7cf5a5"),
		parts.ChartColor(4):                hex("ffb3ff"),
		parts.ChartColor(5):                hex("ffc869"),
		parts.ChartColor(6):                hex("d0d0d0"),
		parts.ChartColor(7):                hex("a9b8ff"),
	}
}
