package screens

import (
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/stick"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// chooseFolder asks for a folder of the stick into which things are moved. The folders
// to be moved are not offered, nor what is below them.
func chooseFolder(b *browser, moved []string, chosen func(folder string)) {
	w := b.s.Words
	var d *widgets.Dialog
	at := b.folder
	way := widgets.FieldLabel("")
	list := widgets.Column(0)
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(420, 240))
	here := widgets.NewPrimary("", nil, func() {
		d.Close()
		chosen(at)
	})
	var show func(folder string)
	show = func(folder string) {
		at = folder
		name := w.T("browser.top")
		if at != "." {
			name = strings.ReplaceAll(at, "/", " › ")
		}
		widgets.SetText(way, name)
		here.SetText(w.T("move.here"))
		list.Objects = nil
		row := func(icon widgets.Icon, name, to string) {
			list.Add(widgets.NewNavItem(icon, name, func() { show(to) }).View)
		}
		if at != "." {
			row("up", w.T("browser.up"), path.Dir(at))
		}
		entries, err := b.o.stick.List(at)
		if err != nil {
			b.s.Fail(err)
		}
		slices.SortStableFunc(entries, func(x, y stick.Entry) int { return i18n.CompareNames(x.Path, y.Path) })
		for _, e := range entries {
			if e.IsFolder() && !slices.Contains(moved, e.Path) {
				row(widgets.IconFolder, path.Base(e.Path), e.Path)
			}
		}
		if len(list.Objects) == 0 {
			list.Add(widgets.Muted(w.T("move.nofolders")))
		}
		scroll.ScrollToTop()
		list.Refresh()
	}
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("widgets.cancel"), nil, func() { d.Close() }), here)
	show(at)
	d = widgets.ShowDialog(b.s.Window.Canvas(), w.N("move.title", len(moved)), widgets.Column(2, way, scroll, buttons), nil)
	b.s.Window.Canvas().Focus(here)
}
