package widgets

import (
	"crypto/sha256"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A secretField is a line in which a secret is typed. It is no widget.Entry, since an
// entry keeps its text as strings, which cannot be wiped. While the secret is shown,
// strings of it exist for the screen's sake.
type secretField struct {
	widget.BaseWidget
	secret   *secret
	label    string
	shown    bool
	disabled bool
	focused  bool
	shift    bool
	caps     bool
	changed  func()
	caret    func() // the state of Caps Lock may have changed
	submit   func()
	after    func(d time.Duration, f func())
}

// pastedStays is how long a pasted secret may stay on the clipboard: long enough to
// paste it twice, where it is asked for twice.
const pastedStays = 10 * time.Second

var (
	_ fyne.Focusable      = (*secretField)(nil)
	_ fyne.Tappable       = (*secretField)(nil)
	_ fyne.DoubleTappable = (*secretField)(nil)
	_ fyne.Shortcutable   = (*secretField)(nil)
	_ fyne.Disableable    = (*secretField)(nil)
	_ fyne.Accessible     = (*secretField)(nil)
	_ desktop.Keyable     = (*secretField)(nil)
	_ desktop.Cursorable  = (*secretField)(nil)
)

func newSecretField(label string) *secretField {
	f := &secretField{secret: newSecret(), label: label, changed: func() {}, caret: func() {}, submit: func() {}}
	f.after = func(d time.Duration, then func()) { time.AfterFunc(d, func() { fyne.Do(then) }) }
	f.ExtendBaseWidget(f)
	return f
}

// AccessibilityLabel is part of fyne.Accessible. It never says the secret.
func (f *secretField) AccessibilityLabel() string { return f.label }

// AccessibilityRole is part of fyne.Accessible.
func (f *secretField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Cursor is part of desktop.Cursorable.
func (f *secretField) Cursor() desktop.Cursor { return desktop.TextCursor }

// Enable is part of fyne.Disableable.
func (f *secretField) Enable() { f.disabled = false; f.Refresh() }

// Disable is part of fyne.Disableable.
func (f *secretField) Disable() { f.disabled = true; f.Refresh() }

// Disabled is part of fyne.Disableable.
func (f *secretField) Disabled() bool { return f.disabled }

// FocusGained is part of fyne.Focusable.
func (f *secretField) FocusGained() { f.focused = true; f.Refresh() }

// FocusLost is part of fyne.Focusable.
func (f *secretField) FocusLost() {
	f.focused, f.shift = false, false
	f.Refresh()
}

// KeyDown is part of desktop.Keyable.
func (f *secretField) KeyDown(e *fyne.KeyEvent) {
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		f.shift = true
	case desktop.KeyCapsLock:
		f.caps = false // the next letter tells which way it went
		f.caret()
	}
}

// KeyUp is part of desktop.Keyable.
func (f *secretField) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		f.shift = false
	}
}

// shifted reports whether Shift is held.
func (f *secretField) shifted() bool {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
	}
	return f.shift
}

// TypedRune is part of fyne.Focusable.
func (f *secretField) TypedRune(r rune) {
	if f.disabled {
		return
	}
	if unicode.IsUpper(r) || unicode.IsLower(r) {
		f.caps = unicode.IsUpper(r) != f.shifted()
	}
	b := []byte(string(r))
	f.edited(f.secret.insert(b))
	clear(b)
}

// TypedKey is part of fyne.Focusable.
func (f *secretField) TypedKey(e *fyne.KeyEvent) {
	if f.disabled {
		return
	}
	s := f.secret
	switch e.Name {
	case fyne.KeyBackspace:
		s.remove(-1)
		f.edited(true)
	case fyne.KeyDelete:
		s.remove(1)
		f.edited(true)
	case fyne.KeyLeft:
		f.move(s.caret - 1)
	case fyne.KeyRight:
		f.move(s.caret + 1)
	case fyne.KeyHome:
		f.move(0)
	case fyne.KeyEnd:
		f.move(s.length())
	case fyne.KeyReturn, fyne.KeyEnter:
		f.submit()
	case fyne.KeyEscape:
		escapeFrom(f)
	default:
		if isFunctionKey(e.Name) {
			passKey(f, e)
		}
	}
}

func (f *secretField) move(to int) {
	f.secret.move(to, f.shifted())
	f.Refresh()
}

func (f *secretField) edited(changed bool) {
	f.caret()
	if changed {
		f.changed()
	}
	f.Refresh()
}

// TypedShortcut is part of fyne.Shortcutable. There is no copying out of a secret.
func (f *secretField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		f.paste(s.Clipboard)
	case *fyne.ShortcutSelectAll:
		f.selectAll()
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
	default:
		passOn(f, s)
	}
}

// paste takes the first line of the clipboard, which is emptied soon after unless
// something else was copied meanwhile.
func (f *secretField) paste(c fyne.Clipboard) {
	if f.disabled || c == nil {
		return
	}
	content := c.Content()
	line, _, _ := strings.Cut(strings.TrimLeft(content, "\r\n"), "\n")
	b := []byte(strings.ToValidUTF8(strings.TrimRight(line, "\r"), ""))
	f.edited(f.secret.insert(b))
	clear(b)
	if content == "" {
		return
	}
	sum := sha256.Sum256([]byte(content)) // the secret itself is not kept for so long
	f.after(pastedStays, func() {
		if sha256.Sum256([]byte(c.Content())) == sum {
			c.SetContent("")
		}
	})
}

func (f *secretField) selectAll() {
	f.secret.move(0, false)
	f.secret.move(f.secret.length(), true)
	f.Refresh()
}

// Tapped is part of fyne.Tappable.
func (f *secretField) Tapped(e *fyne.PointEvent) {
	if f.disabled {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil {
		c.Focus(f)
	}
	best, runes := 0, f.secret.length()
	pad := theme.InnerPadding()
	for i := 1; i <= runes; i++ {
		if (f.width(i-1)+f.width(i))/2 <= e.Position.X-pad {
			best = i
		}
	}
	f.secret.move(best, f.shifted())
	f.Refresh()
}

// DoubleTapped is part of fyne.DoubleTappable.
func (f *secretField) DoubleTapped(*fyne.PointEvent) {
	if !f.disabled {
		f.selectAll()
	}
}

// text is what the first runes look like.
func (f *secretField) text(runes int) string {
	if f.shown {
		return string(f.secret.bytes[:f.secret.at(runes)])
	}
	return strings.Repeat("•", runes)
}

// width is how wide the first runes are.
func (f *secretField) width(runes int) float32 {
	return fyne.MeasureText(f.text(runes), theme.TextSize(), fyne.TextStyle{Monospace: f.shown}).Width
}

// CreateRenderer is part of fyne.Widget.
func (f *secretField) CreateRenderer() fyne.WidgetRenderer {
	r := &secretRenderer{f: f, ground: canvas.NewRectangle(nil), text: canvas.NewText("", nil), mark: canvas.NewRectangle(nil), caret: canvas.NewRectangle(nil), ring: newRing()}
	r.line = container.NewWithoutLayout(r.mark, r.text, r.caret)
	r.clip = clipped(r.line)
	r.objects = append([]fyne.CanvasObject{r.ground, r.clip}, r.ring.objects()...)
	r.Refresh()
	return r
}

type secretRenderer struct {
	f            *secretField
	ground, mark *canvas.Rectangle
	caret        *canvas.Rectangle
	text         *canvas.Text
	line         *fyne.Container
	clip         *container.Clip
	ring         *ring
	objects      []fyne.CanvasObject
	size         fyne.Size
}

func (r *secretRenderer) Destroy()                     {}
func (r *secretRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *secretRenderer) MinSize() fyne.Size {
	least := fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{})
	return fyne.NewSize(least.Width*12, least.Height+2*theme.InnerPadding())
}

func (r *secretRenderer) Layout(size fyne.Size) {
	r.size = size
	r.ground.Resize(size)
	r.ring.resize(size)
	pad := theme.InnerPadding()
	r.clip.Move(fyne.NewPos(pad, 0))
	r.clip.Resize(fyne.NewSize(size.Width-2*pad, size.Height))
	r.place()
}

// place puts text, selection and caret where they are, moved so that the caret is
// in view.
func (r *secretRenderer) place() {
	f := r.f
	height := r.text.MinSize().Height
	top := (r.size.Height - height) / 2
	caret, all := f.width(f.secret.caret), f.width(f.secret.length())
	route := r.size.Width - 2*theme.InnerPadding() - 2
	shift := float32(0)
	if all > route && caret > route {
		shift = route - caret
	}
	from, to := f.secret.selection()
	r.text.Move(fyne.NewPos(shift, top))
	r.text.Resize(fyne.NewSize(all, height))
	r.mark.Move(fyne.NewPos(shift+f.width(from), top))
	r.mark.Resize(fyne.NewSize(f.width(to)-f.width(from), height))
	r.caret.Move(fyne.NewPos(shift+caret, top))
	r.caret.Resize(fyne.NewSize(2, height))
}

func (r *secretRenderer) Refresh() {
	f := r.f
	r.ground.FillColor, r.ground.StrokeColor = themed(theme.ColorNameInputBackground), themed(theme.ColorNameInputBorder)
	r.ground.StrokeWidth, r.ground.CornerRadius = theme.Size(theme.SizeNameInputBorder), theme.Size(theme.SizeNameInputRadius)
	r.text.Text, r.text.TextSize = f.text(f.secret.length()), theme.TextSize()
	r.text.TextStyle = fyne.TextStyle{Monospace: f.shown}
	r.text.Color = themed(theme.ColorNameForeground)
	if f.disabled {
		r.text.Color = themed(theme.ColorNameDisabled)
	}
	r.mark.FillColor, r.caret.FillColor = themed(theme.ColorNameSelection), themed(theme.ColorNamePrimary)
	r.caret.Hidden = !f.focused || f.disabled
	r.ring.style(f.focused && !f.disabled, r.ground.CornerRadius)
	r.place()
	for _, o := range []fyne.CanvasObject{r.ground, r.text, r.mark, r.caret, r.line} {
		o.Refresh()
	}
}
