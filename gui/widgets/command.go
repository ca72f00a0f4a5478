package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Ctrl is the modifier of shortcuts: Ctrl, and on a Mac the Command key.
const Ctrl = fyne.KeyModifierShortcutDefault

// Command is something a person can do: by menu, by button or by key. The screens
// list theirs (gui.Commander), and the window shows them in its menus with
// their keys.
type Command struct {
	Name     string // as shown: "New folder"
	Icon     fyne.Resource
	Key      fyne.KeyName     // "" when there is none
	Modifier fyne.KeyModifier // Ctrl and so on; 0 for keys such as F2 and Delete
	Run      func()
	// Disabled says whether it cannot be done now; nil: it always can.
	Disabled func() bool
	// Divide puts a line above it in menus.
	Divide bool
	// Often says that it is one of the few that the right button offers, where not all are.
	Often bool
}

// Can reports whether the command can be run now.
func (c Command) Can() bool { return c.Run != nil && (c.Disabled == nil || !c.Disabled()) }

// Matches reports whether a key without modifiers is the command's.
func (c Command) Matches(key fyne.KeyName) bool {
	return c.Key != "" && c.Modifier == 0 && c.Key == key
}

// Keys is how the command's key is written: "Ctrl+Shift+N", "" without one.
func (c Command) Keys() string {
	if c.Key == "" {
		return ""
	}
	var b strings.Builder
	for _, m := range []struct {
		modifier fyne.KeyModifier
		name     string
	}{
		{fyne.KeyModifierControl, "Ctrl"},
		{fyne.KeyModifierAlt, "Alt"},
		{fyne.KeyModifierShift, "Shift"},
		{fyne.KeyModifierSuper, "⌘"},
	} {
		if c.Modifier&m.modifier != 0 {
			b.WriteString(m.name + "+")
		}
	}
	return b.String() + string(c.Key)
}

// MenuItem returns the command for a menu, with its key beside it. Menus are
// made anew whenever the commands change, so that what is disabled is grey.
func (c Command) MenuItem() *fyne.MenuItem {
	item := fyne.NewMenuItem(c.Name, func() {
		if c.Can() {
			c.Run()
		}
	})
	item.Icon = c.Icon
	item.Disabled = !c.Can()
	item.Shortcut = c.Shortcut()
	return item
}

// Shortcut returns the command's key as Fyne's menus take it, nil without one. A key
// that means something inside a text entry (Ctrl+C, Delete) is only shown by the
// menu and must not be taken away from the entry by it.
func (c Command) Shortcut() fyne.Shortcut {
	if c.Key == "" {
		return nil
	}
	s := &desktop.CustomShortcut{KeyName: c.Key, Modifier: c.Modifier}
	if c.Modifier == 0 || c.Modifier == fyne.KeyModifierShift || c.edits() {
		return shown{s}
	}
	return s
}

// edits reports whether text entries use the command's key themselves.
func (c Command) edits() bool {
	return c.Modifier == Ctrl && slices.Contains([]fyne.KeyName{fyne.KeyA, fyne.KeyC, fyne.KeyV, fyne.KeyX, fyne.KeyY, fyne.KeyZ}, c.Key)
}

// EditShortcut returns the shortcut by which Fyne announces a key that text entries
// use themselves, nil for other keys. The window listens to it on its canvas,
// where it arrives when no entry has the focus.
func (c Command) EditShortcut() fyne.Shortcut {
	if !c.edits() {
		return nil
	}
	return map[fyne.KeyName]fyne.Shortcut{
		fyne.KeyA: &fyne.ShortcutSelectAll{}, fyne.KeyC: &fyne.ShortcutCopy{}, fyne.KeyV: &fyne.ShortcutPaste{},
		fyne.KeyX: &fyne.ShortcutCut{}, fyne.KeyY: &fyne.ShortcutRedo{}, fyne.KeyZ: &fyne.ShortcutUndo{},
	}[c.Key]
}

// shown is a shortcut that menus show and do not act on.
type shown struct{ *desktop.CustomShortcut }

// ShortcutName differs from every real shortcut's.
func (s shown) ShortcutName() string { return "Shown:" + s.CustomShortcut.ShortcutName() }

// Menu makes a menu of commands, with lines where they ask for them.
func Menu(name string, commands []Command) *fyne.Menu {
	menu := fyne.NewMenu(name)
	for i, c := range commands {
		if c.Divide && i > 0 {
			menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
		}
		menu.Items = append(menu.Items, c.MenuItem())
	}
	return menu
}
