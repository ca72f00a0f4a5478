package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// tableCell draws one cell.
type tableCell struct {
	back *canvas.Rectangle
	icon *canvas.Image
	text *canvas.Text
}

func newTableCell() *tableCell {
	c := &tableCell{back: canvas.NewRectangle(nil), icon: canvas.NewImageFromResource(nil), text: canvas.NewText("", nil)}
	c.icon.FillMode = canvas.ImageFillContain
	return c
}

// show draws a cell between two columns' beginnings.
func (c *tableCell) show(s *tableSheet, cell Cell, right bool, from, to, y, height float32) {
	pad, size := theme.InnerPadding(), theme.TextSize()
	x, route := from+pad, to-from-2*pad
	color := cell.Color
	if color == "" {
		color = theme.ColorNameForeground
	}
	style := fyne.TextStyle{Bold: cell.Bold}
	iconSize := float32(0)
	c.icon.Hidden = cell.Icon == "" && cell.Picture == nil || route < size
	if !c.icon.Hidden {
		iconSize = theme.IconInlineSize()
		var r fyne.Resource
		if cell.Picture == nil {
			r = s.icon(cell.Icon, cell.Color)
		} else {
			iconSize = max(height-theme.Padding(), iconSize)
		}
		if c.icon.Resource != r || c.icon.Image != cell.Picture {
			c.icon.Resource, c.icon.Image = r, cell.Picture
			c.icon.Refresh()
		}
		c.icon.Resize(fyne.NewSquareSize(iconSize))
		c.icon.Move(fyne.NewPos(x, y+(height-iconSize)/2))
		iconSize += pad
	}
	text, measured := fit(cell.Text, route-iconSize, size, style)
	if right {
		x += max(route-iconSize-measured.Width, 0)
	}
	c.background(cell, x, y, height, iconSize, measured)
	c.text.Hidden = text == ""
	c.text.Move(fyne.NewPos(x+iconSize, y+(height-measured.Height)/2))
	c.text.Resize(measured)
	if now := themed(color); c.text.Text != text || c.text.Color != now || c.text.TextStyle != style || c.text.TextSize != size {
		c.text.Text, c.text.Color, c.text.TextStyle, c.text.TextSize = text, now, style, size
		c.text.Refresh()
	}
}

// background draws the ground of a state.
func (c *tableCell) background(cell Cell, x, y, height, icon float32, measured fyne.Size) {
	c.back.Hidden = cell.Back == "" || cell.Text == ""
	if c.back.Hidden {
		return
	}
	pad := theme.Padding() * 1.5
	c.back.FillColor, c.back.CornerRadius = themed(cell.Back), (measured.Height+pad)/2
	c.back.Move(fyne.NewPos(x-pad, y+(height-measured.Height-pad)/2))
	c.back.Resize(fyne.NewSize(icon+measured.Width+2*pad, measured.Height+pad))
	c.back.Refresh()
}

// fit shortens text to a width, with an ellipsis, and measures it.
func fit(text string, width, size float32, style fyne.TextStyle) (string, fyne.Size) {
	all := fyne.MeasureText(text, size, style)
	if all.Width <= width || text == "" {
		return text, all
	}
	runes := []rune(text)
	low, high := 0, len(runes)-1 // low runes and the ellipsis fit
	// A first guess saves most of the measuring: letters are about as wide as their mean.
	if guess := int(width / all.Width * float32(len(runes))); guess < high {
		high = min(guess+8, high)
	}
	for low < high {
		mid := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:mid])+"…", size, style).Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low == 0 && width < size {
		return "", fyne.Size{Height: all.Height}
	}
	text = string(runes[:low]) + "…"
	return text, fyne.MeasureText(text, size, style)
}
