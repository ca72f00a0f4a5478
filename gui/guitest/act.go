package guitest

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
)

// Press presses the button, action or tick with a text (see Find), and settles.
func (w *Window) Press(text string) {
	w.t.Helper()
	o := w.Find(text)
	if o == nil {
		w.t.Fatalf("nothing to press with the text %q in the window, which says:\n%s", text, w.Text())
	}
	if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
		w.t.Fatalf("%q cannot be pressed now", text)
	}
	test.Tap(o)
	w.Settle()
}

// PressBusy presses what Press does, while jobs still run, and does not wait for them.
func (w *Window) PressBusy(text string) {
	w.t.Helper()
	w.Drain()
	o := w.find(text)
	if o == nil {
		w.t.Fatalf("nothing to press with the text %q in the window, which says:\n%s", text, w.Glimpse())
	}
	test.Tap(o)
	w.Drain()
}

// DropBusy drops files as Drop does, and does not wait for what that begins.
func (w *Window) DropBusy(at fyne.Position, paths ...string) {
	items := make([]fyne.URI, len(paths))
	for i, p := range paths {
		items[i] = storage.NewFileURI(p)
	}
	w.Session.DropFiles(at, items)
	w.Drain()
}

// Type types text into what has the focus, key by key, and settles.
func (w *Window) Type(text string) {
	w.t.Helper()
	focused := w.Session.Window.Canvas().Focused()
	if focused == nil {
		w.t.Fatalf("nothing has the focus to type %q into", text)
	}
	for _, r := range text {
		focused.TypedRune(r)
	}
	w.Settle()
}

// Focus gives something the focus.
func (w *Window) Focus(o fyne.Focusable) {
	w.Session.Window.Canvas().Focus(o)
	w.Settle()
}

// Tab moves the focus to the next control, as the Tab key does.
func (w *Window) Tab() {
	w.Session.Window.Canvas().FocusNext()
	w.Settle()
}

// Key presses a key with modifiers, going the way that the desktop driver sends it:
// to the menus, to what has the focus, to the window.
func (w *Window) Key(name fyne.KeyName, modifiers ...fyne.KeyModifier) {
	w.t.Helper()
	var modifier fyne.KeyModifier
	for _, m := range modifiers {
		modifier |= m
	}
	c := w.Session.Window.Canvas()
	focused := c.Focused()
	held := modifierKeys(modifier)
	keyable, isKeyable := focused.(desktop.Keyable)
	if isKeyable {
		for _, k := range held {
			keyable.KeyDown(&fyne.KeyEvent{Name: k})
		}
	}
	if shortcut := shortcutOf(name, modifier); shortcut != nil {
		w.shortcut(shortcut)
	} else if focused != nil {
		focused.TypedKey(&fyne.KeyEvent{Name: name})
	} else if typed := c.OnTypedKey(); typed != nil {
		typed(&fyne.KeyEvent{Name: name})
	}
	if isKeyable {
		for _, k := range held {
			keyable.KeyUp(&fyne.KeyEvent{Name: k})
		}
	}
	w.Settle()
}

func modifierKeys(m fyne.KeyModifier) []fyne.KeyName {
	var keys []fyne.KeyName
	if m&fyne.KeyModifierShift != 0 {
		keys = append(keys, desktop.KeyShiftLeft)
	}
	if m&fyne.KeyModifierControl != 0 {
		keys = append(keys, desktop.KeyControlLeft)
	}
	return keys
}

// shortcutOf is what the desktop driver makes of a key, nil for plain keys.
func shortcutOf(name fyne.KeyName, modifier fyne.KeyModifier) fyne.Shortcut {
	if modifier == fyne.KeyModifierShortcutDefault {
		clipboard := fyne.CurrentApp().Clipboard()
		switch name {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		case fyne.KeyV:
			return &fyne.ShortcutPaste{Clipboard: clipboard}
		case fyne.KeyC:
			return &fyne.ShortcutCopy{Clipboard: clipboard}
		case fyne.KeyX:
			return &fyne.ShortcutCut{Clipboard: clipboard}
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		}
	}
	if modifier == 0 || modifier == fyne.KeyModifierShift {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: name, Modifier: modifier}
}

// shortcut sends a shortcut to the menus, to what has the focus, or to the window.
func (w *Window) shortcut(s fyne.Shortcut) {
	for _, menu := range w.Session.Window.MainMenu().Items {
		for _, item := range menu.Items {
			if item.Shortcut != nil && item.Shortcut.ShortcutName() == s.ShortcutName() && !item.Disabled {
				item.Action()
				return
			}
		}
	}
	c := w.Session.Window.Canvas()
	if focused, ok := c.Focused().(fyne.Shortcutable); ok {
		focused.TypedShortcut(s)
		if a, ok := focused.(fyne.Accessible); !ok || a.AccessibilityRole() == fyne.AccessibleRoleText {
			return
		}
	}
	if shortcuts := shortcutable(c); shortcuts != nil {
		shortcuts.TypedShortcut(s)
	}
}

// shortcutable is the canvas with its shortcuts, which Fyne's test driver wraps: what
// passes a shortcut on to it (widgets.Table) does not reach it there.
func shortcutable(c fyne.Canvas) fyne.Shortcutable {
	if s, ok := c.(fyne.Shortcutable); ok {
		return s
	}
	if v := reflect.Indirect(reflect.ValueOf(c)).FieldByName("WindowlessCanvas"); v.IsValid() {
		s, _ := v.Interface().(fyne.Shortcutable)
		return s
	}
	return nil
}

// Menu chooses from the menus: the first item with that text.
func (w *Window) Menu(text string) {
	w.t.Helper()
	for _, menu := range w.Session.Window.MainMenu().Items {
		for _, item := range menu.Items {
			if item.Label == text {
				if item.Disabled {
					w.t.Fatalf("%q cannot be chosen now", text)
				}
				item.Action()
				w.Settle()
				return
			}
		}
	}
	w.t.Fatalf("no menu item %q", text)
}

// Drop drops files from the desktop at a position in the window.
func (w *Window) Drop(at fyne.Position, paths ...string) {
	items := make([]fyne.URI, len(paths))
	for i, p := range paths {
		items[i] = storage.NewFileURI(p)
	}
	w.Session.DropFiles(at, items)
	w.Settle()
}
