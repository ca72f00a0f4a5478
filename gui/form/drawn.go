package form

import (
	"bytes"
	"crypto/subtle"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"stowage/crypt/keys"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

// DrawnPassphrase shows a passphrase that was drawn at random, and has it typed once, so that it was written down
// right.
type DrawnPassphrase struct {
	View   *fyne.Container
	lines  *fyne.Container
	Secret []byte
	Typed  *widgets.Passphrase
}

// NewDrawnPassphrase draws a passphrase, which has to be typed once.
func NewDrawnPassphrase(w *i18n.Words, used, submit func()) *DrawnPassphrase {
	d := &DrawnPassphrase{lines: widgets.Column(1)}
	d.Secret, _ = keys.GeneratePassphrase(keys.AuthorityWords) // fails for other numbers of words alone
	all := bytes.Fields(d.Secret)
	for i := 0; i < len(all); i += 4 {
		d.lines.Add(secretLine(string(bytes.Join(all[i:min(i+4, len(all))], []byte(" ")))))
	}
	d.Typed = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("setup.passphrase.written"), Changed: used, Submit: submit})
	box := container.NewStack(widgets.NewGround(widgets.ColorSurface, widgets.ColorBorder, theme.SizeNameCardRadius), widgets.Inset(d.lines))
	d.View = widgets.Column(1, box, d.Typed.View)
	return d
}

// Take returns the passphrase, which is the caller's to wipe, if it was typed as it is; otherwise it says so and
// returns nil.
// It stays to be seen and typed again, should making the school fail.
func (d *DrawnPassphrase) Take(w *i18n.Words) []byte {
	typed := d.Typed.Take()
	defer clear(typed)
	if subtle.ConstantTimeCompare(bytes.Join(bytes.Fields(typed), []byte(" ")), d.Secret) != 1 {
		d.Typed.Refuse(w.T("setup.passphrase.differs"))
		return nil
	}
	return bytes.Clone(d.Secret)
}

// Clear wipes it.
func (d *DrawnPassphrase) Clear() {
	clear(d.Secret)
	d.lines.Objects = nil
	d.Typed.Clear()
}
