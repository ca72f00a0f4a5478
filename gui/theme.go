package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/devices/papers/fonts"
	"stowage/gui/widgets"
)

// Theme is the look of the window: colours, type, spacing and pictures, chosen
// here once for everything. It is immutable.
type Theme struct {
	look                  Look
	light, dark, contrast palette
	fonts                 map[fyne.TextStyle]fyne.Resource
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme returns the theme of a look.
func NewTheme(look Look) *Theme {
	font := func(style string) fyne.Resource {
		return fyne.NewStaticResource(style+".ttf", fonts.TTF(style))
	}
	return &Theme{
		look:     look.valid(),
		light:    lightPalette(),
		dark:     darkPalette(),
		contrast: contrastPalette(),
		fonts: map[fyne.TextStyle]fyne.Resource{
			{}:                         font(fonts.Regular),
			{Bold: true}:               font(fonts.SemiBold),
			{Italic: true}:             font(fonts.Italic),
			{Bold: true, Italic: true}: font(fonts.SemiBoldItalic),
		},
	}
}

// Color gives a name its colour. The variant is what the system prefers, which
// counts when the look says so.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if c, ok := t.palette(variant)[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, t.variant(variant))
}

func (t *Theme) palette(variant fyne.ThemeVariant) palette {
	if t.look.Mode == HighContrast {
		return t.contrast
	}
	if t.variant(variant) == theme.VariantDark {
		return t.dark
	}
	return t.light
}

// variant is light or dark.
func (t *Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.look.Mode {
	case Light:
		return theme.VariantLight
	case Dark, HighContrast:
		return theme.VariantDark
	}
	if system == theme.VariantDark {
		return theme.VariantDark
	}
	return theme.VariantLight
}

// Font gives a style its type. What is to be told apart letter by letter
// (recovery codes) is set in the fixed-width type of Fyne.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Monospace || style.Symbol {
		return theme.DefaultTheme().Font(style)
	}
	return t.fonts[fyne.TextStyle{Bold: style.Bold, Italic: style.Italic}]
}

// Size gives a name its size. Text grows as the look says, and space half as much,
// so that large text still fits into the window.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	text := float32(t.look.Text) / 100
	space := (1 + text) / 2
	switch name {
	case theme.SizeNameText:
		return widgets.BaseTextSize * text
	case theme.SizeNameCaptionText:
		return 13 * text
	case theme.SizeNameSubHeadingText:
		return 18 * text
	case theme.SizeNameHeadingText, widgets.SizeTitle:
		return 24 * text
	case theme.SizeNameInlineIcon:
		return 20 * text
	case theme.SizeNamePadding:
		return 4 * space
	case theme.SizeNameInnerPadding:
		return 8 * space
	case widgets.SizeGap:
		return 20 * space
	case theme.SizeNameLineSpacing:
		return 4 * space
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius:
		return 7
	case theme.SizeNameSelectionRadius, theme.SizeNameMenuRadius:
		return 6
	case theme.SizeNameCardRadius, theme.SizeNamePopupRadius:
		return 10
	case theme.SizeNameDialogRadius:
		return 14
	case theme.SizeNameInputBorder:
		return t.thick(1, 2)
	case theme.SizeNameSeparatorThickness:
		return t.thick(1, 2)
	case widgets.SizeRing:
		return t.thick(2.5, 4)
	case theme.SizeNameScrollBar:
		return 12
	case theme.SizeNameScrollBarSmall:
		return 5
	case theme.SizeNameScrollBarRadius:
		return 3
	}
	return theme.DefaultTheme().Size(name)
}

// thick is the thickness of lines, which high contrast makes heavier.
func (t *Theme) thick(usual, contrast float32) float32 {
	if t.look.Mode == HighContrast {
		return contrast
	}
	return usual
}

// Icon gives one of Fyne's pictures, from our own set where that has one.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	if own, ok := ownIcons()[name]; ok {
		return own.Resource()
	}
	return theme.DefaultTheme().Icon(name)
}
