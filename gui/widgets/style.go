package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours beyond Fyne's own that the theme gives. The text of each pair is
// readable on the ground of the same name: the theme's test measures it.
const (
	ColorSurface   fyne.ThemeColorName = "surface"   // the ground of cards, tables and side panels
	ColorRail      fyne.ThemeColorName = "rail"      // the ground of the navigation
	ColorBorder    fyne.ThemeColorName = "border"    // the line around cards and tables
	ColorMuted     fyne.ThemeColorName = "muted"     // text of second rank, on any ground
	ColorRing      fyne.ThemeColorName = "ring"      // the ring around what has the focus
	ColorSelected  fyne.ThemeColorName = "selected"  // the ground of a selected row or page
	ColorStripe    fyne.ThemeColorName = "stripe"    // the ground of every other row
	ColorTint      fyne.ThemeColorName = "tint"      // the ground behind the icon of a large action
	ColorOnTint    fyne.ThemeColorName = "onTint"    // the icon on it
	ColorInfoBack  fyne.ThemeColorName = "infoBack"  // the grounds of messages …
	ColorGoodBack  fyne.ThemeColorName = "goodBack"  //
	ColorWarnBack  fyne.ThemeColorName = "warnBack"  //
	ColorErrorBack fyne.ThemeColorName = "errorBack" //
	ColorInfo      fyne.ThemeColorName = "info"      // … and the icons and edges on them
	ColorGood      fyne.ThemeColorName = "good"      //
	ColorWarn      fyne.ThemeColorName = "warn"      //
	ColorError     fyne.ThemeColorName = "bad"       //
	ColorShade     fyne.ThemeColorName = "shade"     // what covers the window behind a dialog
	ColorToast     fyne.ThemeColorName = "toast"     // the ground of toasts
	ColorOnToast   fyne.ThemeColorName = "onToast"   // the text on it
)

// chartColors are the colours of the parts of a chart, in order. They differ in
// lightness as well as hue, and charts always carry their numbers as text.
var chartColors = [...]fyne.ThemeColorName{"chart1", "chart2", "chart3", "chart4", "chart5", "chart6", "chart7", "chart8"}

// ChartColor is the colour of the i-th part of a chart, for i from 0; they repeat
// after eight.
func ChartColor(i int) fyne.ThemeColorName { return chartColors[i%len(chartColors)] }

// Sizes beyond Fyne's own.
const (
	// SizeRing is the thickness of the ring around what has the focus.
	SizeRing fyne.ThemeSizeName = "ring"
	// SizeGap is the space between things that do not belong together, and around
	// a page: four times the padding.
	SizeGap fyne.ThemeSizeName = "gap"
	// SizeTitle is the text size of a page's title.
	SizeTitle fyne.ThemeSizeName = "titleText"
)

// Gap is the space between groups, and around a page.
func Gap() float32 { return theme.Size(SizeGap) }

// themed is the colour that the theme gives a name now.
func themed(name fyne.ThemeColorName) color.Color { return theme.Color(name) }
