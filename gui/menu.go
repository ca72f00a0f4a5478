package gui

import (
	"context"
	"errors"
	"net/url"

	"fyne.io/fyne/v2"

	"stowage/gui/widgets"
)

// menu makes the menus as things are now.
func (h *shell) menu() *fyne.MainMenu {
	w := h.s.Words
	quit := h.item(widgets.Command{Name: w.T("menu.quit"), Key: fyne.KeyQ, Modifier: widgets.Ctrl, Run: h.s.Close})
	quit.IsQuit = true
	file := fyne.NewMenu(w.T("menu.file"), quit)
	menus := []*fyne.Menu{file, h.goMenu()}
	if commands := h.commands(); len(commands) > 0 {
		menus = append(menus, h.menuOf(h.top().screen.Title(), commands))
	}
	menus = append(menus, h.viewMenu(), h.menuOf(w.T("menu.help"), []widgets.Command{
		{Name: w.T("menu.keys"), Key: fyne.KeyF1, Run: h.showKeys},
		{Name: w.T("menu.about"), Run: h.about},
	}))
	return fyne.NewMainMenu(menus...)
}

// goMenu leads everywhere.
func (h *shell) goMenu() *fyne.Menu {
	commands := []widgets.Command{{
		Name: h.s.Words.T("menu.back"), Key: fyne.KeyLeft, Modifier: fyne.KeyModifierAlt, Run: h.stepBack,
		Disabled: func() bool { return h.at == Home && len(h.stack) == 1 },
	}}
	for i, route := range h.routes {
		if route.Side == ICT && !h.s.options.ICT {
			continue
		}
		c := widgets.Command{Name: h.s.Words.T(route.Name), Run: func() { h.goTo(route.ID) }}
		c.Divide = i == 0 || route.Side != h.routes[i-1].Side
		if route.Key != "" {
			c.Key, c.Modifier = route.Key, widgets.Ctrl
		}
		commands = append(commands, c)
	}
	return h.menuOf(h.s.Words.T("menu.go"), commands)
}

// viewMenu is for text size and colours.
func (h *shell) viewMenu() *fyne.Menu {
	w := h.s.Words
	menu := fyne.NewMenu(w.T("menu.view"))
	for i, size := range TextSizes() {
		keys := []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3}
		item := h.item(widgets.Command{
			Name: w.T("appearance.text.size", "percent", size), Key: keys[i], Modifier: widgets.Ctrl | fyne.KeyModifierShift,
			Run: func() {
				look := h.s.Look
				look.Text = size
				h.s.SetLook(look)
			},
		})
		item.Checked = h.s.Look.Text == size
		menu.Items = append(menu.Items, item)
	}
	menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
	for _, mode := range Modes() {
		item := h.item(widgets.Command{Name: modeName(w, mode), Run: func() {
			look := h.s.Look
			look.Mode = mode
			h.s.SetLook(look)
		}})
		item.Checked = h.s.Look.Mode == mode
		menu.Items = append(menu.Items, item)
	}
	return menu
}

// commands are those of the screen in view.
func (h *shell) commands() []widgets.Command {
	if c, ok := h.top().screen.(Commander); ok {
		return c.Commands()
	}
	return nil
}

func (h *shell) menuOf(name string, commands []widgets.Command) *fyne.Menu {
	guarded := make([]widgets.Command, len(commands))
	for i, c := range commands {
		guarded[i] = h.guarded(c)
	}
	return widgets.Menu(name, guarded)
}

func (h *shell) item(c widgets.Command) *fyne.MenuItem { return h.guarded(c).MenuItem() }

// guarded keeps a command from running beneath a dialog, and notes the use.
func (h *shell) guarded(c widgets.Command) widgets.Command {
	if run := c.Run; run != nil {
		c.Run = func() {
			h.s.Used()
			if !h.covered() {
				run()
			}
		}
	}
	return c
}

// covered reports whether a dialog lies over the screen.
func (h *shell) covered() bool { return widgets.Covered(h.s.Window.Canvas()) }

// keys listens for keys that no widget and no menu takes.
func (h *shell) keys() {
	c := h.s.Window.Canvas()
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		h.s.Used()
		if e.Name != fyne.KeyEscape || !widgets.Escape(c) {
			h.typed(e)
		}
	})
	for _, key := range []fyne.KeyName{fyne.KeyA, fyne.KeyC, fyne.KeyV, fyne.KeyX, fyne.KeyY, fyne.KeyZ} {
		edit := widgets.Command{Key: key, Modifier: widgets.Ctrl}
		c.AddShortcut(edit.EditShortcut(), func(fyne.Shortcut) { h.editKey(key) })
	}
}

// editKey runs the screen's command for a key that text entries use themselves.
func (h *shell) editKey(key fyne.KeyName) {
	for _, command := range h.commands() {
		if command.Key == key && command.Modifier == widgets.Ctrl && command.Can() {
			h.guarded(command).Run()
			return
		}
	}
	if key == fyne.KeyZ && !h.covered() {
		h.toasts.Undo()
	}
}

// typed runs the command of a key without modifiers.
func (h *shell) typed(e *fyne.KeyEvent) bool {
	h.s.Used()
	if e.Name == fyne.KeyF1 {
		h.showKeys()
		return true
	}
	for _, c := range h.commands() {
		if c.Matches(e.Name) && c.Can() {
			h.guarded(c).Run()
			return true
		}
	}
	return false
}

// DropFiles hands what was dropped from the desktop to the drop zone under the
// pointer, or to the screen. The window calls it; tests do.
func (s *Session) DropFiles(at fyne.Position, items []fyne.URI) {
	s.Used()
	var paths []string
	for _, item := range items {
		if item.Scheme() == "file" {
			paths = append(paths, item.Path())
		}
	}
	if len(paths) == 0 || s.shell.covered() {
		return
	}
	if widgets.DropOn(s.Window.Content(), at, paths) {
		return
	}
	if d, ok := s.Current().(Dropper); ok {
		d.Dropped(paths)
	}
}

func (h *shell) explain(err error) widgets.Message {
	if h.s.options.Explain != nil {
		if m, ok := h.s.options.Explain(h.s.Words, err); ok {
			return m
		}
	}
	w := h.s.Words
	return widgets.Message{
		Kind: widgets.Bad, Happened: w.T("fail.happened"), Files: w.T("fail.files"), Next: w.T("fail.next"), Details: err.Error(),
	}
}

func (h *shell) fail(err error) {
	switch {
	case err == nil || errors.Is(err, ErrShown):
	case errors.Is(err, context.Canceled):
		h.s.Toast(h.s.Words.T("fail.stopped"), nil)
	default:
		h.s.Tell(h.explain(err))
	}
}

// about says what program this is.
func (h *shell) about() {
	w := h.s.Words
	title := w.T("about.title")
	if h.s.options.Version != "" {
		title += " " + h.s.options.Version
	}
	h.s.Tell(widgets.Message{Happened: title, Files: w.T("about.text"), Next: w.T("about.fonts")})
}

// OpenURL opens a page in the person's browser; an error is shown.
func (s *Session) OpenURL(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = s.App.OpenURL(u)
	}
	if err != nil {
		s.Fail(err)
	}
}
