package form

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"stowage/gui"
	"stowage/gui/widgets"
)

// secretShown is how long a secret stays on the screen by itself.
const secretShown = 5 * time.Minute

// ShowSecret shows a passphrase or code large, in groups, with how it is spelled below
// it, until the dialog is closed or some minutes have passed. The groups are wiped
// then. Actions stand beside the button that hides it. (What the window draws are strings, which Go gives no way to wipe; they are
// not kept anywhere else.)
func ShowSecret(s *gui.Session, title, text string, groups [][]byte, spelled string, actions ...fyne.CanvasObject) {
	t := s.Words.T
	lines := widgets.Column(1)
	for i := 0; i < len(groups); i += 3 {
		line := ""
		for _, g := range groups[i:min(i+3, len(groups))] {
			line += string(g) + "   "
		}
		lines.Add(secretLine(line))
	}
	box := container.NewStack(widgets.NewGround(widgets.ColorSurface, widgets.ColorBorder, theme.SizeNameCardRadius), widgets.Inset(lines))
	var dialog *widgets.Dialog
	var cancel func()
	end := func() {
		for _, g := range groups {
			clear(g)
		}
		lines.Objects = nil
		cancel()
		dialog.Close()
	}
	hide := widgets.NewPrimary(t("secret.hide"), widgets.IconHide.Resource(), end)
	content := widgets.Column(2, widgets.Body(text), box)
	if spelled != "" {
		spoken := widgets.Body(spelled)
		spoken.TextStyle = fyne.TextStyle{Italic: true}
		scroll := container.NewVScroll(spoken)
		scroll.SetMinSize(fyne.NewSize(400, theme.TextSize()*9))
		content.Add(scroll)
	}
	content.Add(widgets.Row(2, append(append([]fyne.CanvasObject{widgets.Spring()}, actions...), hide)...))
	cancel = s.After(secretShown, end)
	dialog = widgets.ShowDialog(s.Window.Canvas(), title, content, end)
	s.Window.Canvas().Focus(hide)
}

// secretLine is one line of a secret: large, in letters of one width.
func secretLine(text string) *canvas.Text {
	line := canvas.NewText(text, color.Black)
	line.Color = theme.Color(theme.ColorNameForeground)
	line.TextSize = theme.TextSize() * 1.4
	line.TextStyle = fyne.TextStyle{Monospace: true, Bold: true}
	line.Alignment = fyne.TextAlignCenter
	return line
}
