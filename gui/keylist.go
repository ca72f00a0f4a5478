package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"stowage/gui/widgets"
)

// showKeys lists every key there is now: those of the window, and those of the
// screen in view.
func (h *shell) showKeys() {
	if h.covered() {
		return
	}
	w := h.s.Words
	rows := container.New(layout.NewFormLayout())
	add := func(name, keys string) {
		if keys != "" {
			rows.Add(widgets.Caption(keys))
			rows.Add(widgets.Body(name))
		}
	}
	for _, c := range h.commands() {
		add(c.Name, c.Keys())
	}
	for _, menu := range h.menu().Items {
		for _, item := range menu.Items {
			if s, ok := item.Shortcut.(fyne.KeyboardShortcut); ok && menu.Label != h.top().screen.Title() {
				add(item.Label, widgets.Command{Key: s.Key(), Modifier: s.Mod()}.Keys())
			}
		}
	}
	add(w.T("keys.next"), "Tab")
	add(w.T("keys.previous"), "Shift+Tab")
	add(w.T("keys.press"), w.T("keys.enter"))
	add(w.T("keys.menu"), "Alt")
	scroll := container.NewVScroll(rows)
	scroll.SetMinSize(fyne.NewSize(420, 380))
	var d *widgets.Dialog
	shut := widgets.NewPrimary(w.T("widgets.close"), nil, func() { d.Close() })
	d = widgets.ShowDialog(h.s.Window.Canvas(), w.T("menu.keys"), widgets.Column(3, scroll, widgets.Row(2, widgets.Spring(), shut)), nil)
	h.s.Window.Canvas().Focus(shut)
}
