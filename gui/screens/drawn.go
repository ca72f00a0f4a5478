package screens

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

// drawnPassphrase shows a passphrase that was drawn at random, and has it typed once, so that it was written down
// right.
type drawnPassphrase struct {
	view   *fyne.Container
	lines  *fyne.Container
	secret []byte
	typed  *widgets.Passphrase
}

func newDrawnPassphrase(w *i18n.Words, used, submit func()) *drawnPassphrase {
	d := &drawnPassphrase{lines: widgets.Column(1)}
	d.secret, _ = keys.GeneratePassphrase(keys.AuthorityWords) // fails for other numbers of words alone
	all := bytes.Fields(d.secret)
	for i := 0; i < len(all); i += 4 {
		d.lines.Add(secretLine(string(bytes.Join(all[i:min(i+4, len(all))], []byte(" ")))))
	}
	d.typed = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("setup.passphrase.written"), Changed: used, Submit: submit})
	box := container.NewStack(widgets.NewGround(widgets.ColorSurface, widgets.ColorBorder, theme.SizeNameCardRadius), widgets.Inset(d.lines))
	d.view = widgets.Column(1, box, d.typed.View)
	return d
}

// take returns the passphrase, which is the caller's to wipe, if it was typed as it is; otherwise it says so and
// returns nil.
// It stays to be seen and typed again, should making the school fail.
func (d *drawnPassphrase) take(w *i18n.Words) []byte {
	typed := d.typed.Take()
	defer clear(typed)
	if subtle.ConstantTimeCompare(bytes.Join(bytes.Fields(typed), []byte(" ")), d.secret) != 1 {
		d.typed.Refuse(w.T("setup.passphrase.differs"))
		return nil
	}
	return bytes.Clone(d.secret)
}

// clear wipes it.
func (d *drawnPassphrase) clear() {
	clear(d.secret)
	d.lines.Objects = nil
	d.typed.Clear()
}
