package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Title is the heading of a page.
func Title(text string) *widget.RichText {
	return styled(text, SizeTitle, true, theme.ColorNameForeground)
}

// Heading stands above a group of things on a page.
func Heading(text string) *widget.RichText {
	return styled(text, theme.SizeNameSubHeadingText, true, theme.ColorNameForeground)
}

// Body is running text, broken into lines as its space allows.
func Body(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Muted is text of second rank, broken into lines.
func Muted(text string) *widget.RichText {
	t := styled(text, theme.SizeNameText, false, ColorMuted)
	t.Wrapping = fyne.TextWrapWord
	return t
}

// Caption is small text of second rank, on one line.
func Caption(text string) *widget.RichText {
	return styled(text, theme.SizeNameCaptionText, false, ColorMuted)
}

// SetText replaces the text of what Title, Heading, Muted or Caption made.
func SetText(t *widget.RichText, text string) {
	segment := t.Segments[0].(*widget.TextSegment)
	if segment.Text == text {
		return
	}
	segment.Text = text
	t.Refresh()
}

// TextOf returns the text of what Title, Heading, Muted or Caption made.
func TextOf(t *widget.RichText) string { return t.Segments[0].(*widget.TextSegment).Text }

func styled(text string, size fyne.ThemeSizeName, bold bool, colour fyne.ThemeColorName) *widget.RichText {
	return widget.NewRichText(&widget.TextSegment{
		Text:  text,
		Style: widget.RichTextStyle{ColorName: colour, SizeName: size, TextStyle: fyne.TextStyle{Bold: bold}},
	})
}
