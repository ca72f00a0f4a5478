package widgets

import (
	"crypto/subtle"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"stowage/gui/i18n"
)

// Strength is how well a passphrase resists guessing.
type Strength struct {
	// Level is 0 for nothing typed yet, 1 weak, 2 fair, 3 good, 4 strong.
	Level int
	// Text says more, in words, or is empty: "Add another word."
	Text string
}

// PassphraseOptions say what a passphrase entry can do; all may be left out.
type PassphraseOptions struct {
	Label   string // above the entry; "" is "Passphrase"
	Submit  func() // Enter was pressed
	Changed func() // something was typed
	// Judge says how strong a passphrase is. It must not keep the bytes. Without it
	// there is no meter.
	Judge func(secret []byte) Strength
	// After calls on the window's goroutine later; nil is a real clock. Tests set it.
	After func(d time.Duration, f func())
}

// Passphrase is an entry for a passphrase: with a button that shows and hides it, a
// hint when Caps Lock is on, a place for why it was refused and, when it is being
// chosen, its strength in words. What was typed is never kept as a string unless it is
// shown, and is wiped by Take and Clear: a screen calls one of them when it goes. Nothing
// can be copied out of it, and what is pasted into it leaves the clipboard soon after.
type Passphrase struct {
	View    *fyne.Container // what to put on the page
	words   *i18n.Words
	options PassphraseOptions
	field   *secretField
	show    *Button
	caps    *fyne.Container
	refusal *refusal
	meter   *meter
}

// NewPassphrase returns an empty entry.
func NewPassphrase(w *i18n.Words, o PassphraseOptions) *Passphrase {
	if o.Label == "" {
		o.Label = w.T("widgets.passphrase")
	}
	p := &Passphrase{words: w, options: o, field: newSecretField(o.Label), refusal: newRefusal()}
	p.show = NewQuiet(w.T("widgets.passphrase.show"), IconShow.Resource(), p.toggle)
	p.caps = hint(IconKeyboard, w.T("widgets.passphrase.caps"))
	p.caps.Hide()
	if o.After != nil {
		p.field.after = o.After
	}
	p.field.caret = p.hintCaps
	p.field.changed = p.changed
	p.field.submit = func() {
		if o.Submit != nil {
			o.Submit()
		}
	}
	line := container.NewBorder(nil, nil, nil, p.show, p.field)
	p.View = Column(1, FieldLabel(o.Label), line, p.caps)
	if o.Judge != nil {
		p.meter = newMeter(w)
		p.View.Add(p.meter.view)
	}
	p.View.Add(p.refusal.view)
	p.refusal.grown = p.View.Refresh
	return p
}

// Focus returns what takes the focus.
func (p *Passphrase) Focus() fyne.Focusable { return p.field }

// Empty reports whether nothing is typed.
func (p *Passphrase) Empty() bool { return len(p.field.secret.bytes) == 0 }

// Take returns what was typed, which is the caller's to wipe, and empties the entry.
func (p *Passphrase) Take() []byte {
	out := p.field.secret.take()
	p.changed()
	p.field.Refresh()
	return out
}

// Clear wipes what was typed, and hides what will be typed next.
func (p *Passphrase) Clear() {
	p.field.secret.wipe()
	p.setShown(false)
	p.changed()
	p.field.Refresh()
}

// Same reports whether the same was typed into another entry.
func (p *Passphrase) Same(other *Passphrase) bool {
	return subtle.ConstantTimeCompare(p.field.secret.bytes, other.field.secret.bytes) == 1
}

// Refuse says below the entry why what was typed was refused, until something else
// is typed; "" says nothing.
func (p *Passphrase) Refuse(reason string) { p.refusal.set(reason) }

// Refusal is what Refuse said.
func (p *Passphrase) Refusal() string { return p.refusal.text.Text }

// SetEnabled says whether anything can be typed.
func (p *Passphrase) SetEnabled(on bool) {
	p.field.disabled = !on
	p.show.SetEnabled(on)
	p.field.Refresh()
}

func (p *Passphrase) toggle() { p.setShown(!p.field.shown) }

func (p *Passphrase) setShown(shown bool) {
	p.field.shown = shown
	if shown {
		p.show.SetIcon(IconHide.Resource())
		p.show.SetText(p.words.T("widgets.passphrase.hide"))
	} else {
		p.show.SetIcon(IconShow.Resource())
		p.show.SetText(p.words.T("widgets.passphrase.show"))
	}
	p.field.Refresh()
}

func (p *Passphrase) hintCaps() {
	if p.caps.Hidden == !p.field.caps {
		return
	}
	p.caps.Hidden = !p.field.caps
	p.View.Refresh()
}

func (p *Passphrase) changed() {
	if !p.Empty() {
		p.refusal.set("")
	} else if p.field.caps {
		p.field.caps = false
		p.hintCaps()
	}
	if p.meter != nil {
		p.meter.set(p.judged())
	}
	if p.options.Changed != nil {
		p.options.Changed()
	}
}

func (p *Passphrase) judged() Strength {
	if p.Empty() {
		return Strength{}
	}
	return p.options.Judge(p.field.secret.bytes)
}

// hint is a small line with a picture below a field.
func hint(icon Icon, text string) *fyne.Container {
	return Row(0, widget.NewIcon(icon.Colored(ColorWarn)), styled(text, theme.SizeNameText, false, ColorWarn))
}

// meter shows a strength: four bars and words, since colour alone says nothing to
// some.
type meter struct {
	view  *fyne.Container
	words *i18n.Words
	bars  [4]*Ground
	text  *widget.RichText
}

func newMeter(w *i18n.Words) *meter {
	m := &meter{words: w, text: Muted("")}
	row := container.NewGridWithColumns(len(m.bars))
	for i := range m.bars {
		m.bars[i] = NewGround(ColorBorder, "", theme.SizeNameSelectionRadius)
		row.Add(container.New(thin{}, m.bars[i]))
	}
	m.view = Column(0, row, m.text)
	m.set(Strength{})
	return m
}

func (m *meter) set(s Strength) {
	level := min(max(s.Level, 0), len(m.bars))
	names := [...]i18n.Key{"widgets.strength.none", "widgets.strength.weak", "widgets.strength.fair", "widgets.strength.good", "widgets.strength.strong"}
	colors := [...]fyne.ThemeColorName{ColorBorder, ColorError, ColorWarn, ColorGood, ColorGood}
	for i, bar := range m.bars {
		color := ColorBorder
		if i < level {
			color = colors[level]
		}
		bar.SetColors(color, "")
	}
	text := m.words.T(names[level])
	if s.Text != "" {
		text += ". " + s.Text
	}
	SetText(m.text, text)
	m.view.Refresh()
}

// thin is the height of a bar of the meter.
type thin struct{}

func (thin) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(24, theme.Padding()*1.5) }

func (thin) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
