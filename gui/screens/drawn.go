package screens

import (
	"bytes"
	"crypto/subtle"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"stowage/crypt/keys"
	"stowage/gui/parts"
	"stowage/gui/words"
)

// drawnPassphrase shows a passphrase that was drawn at random, and has it typed once, so that it was written down
// right.
type drawnPassphrase struct {
	view   *fyne.Container
	lines  *fyne.Container
	secret []byte
	typed  *parts.Passphrase
}

func newDrawnPassphrase(w *words.Words, used, submit func()) *drawnPassphrase {
	d := &drawnPassphrase{lines: parts.Column(1)}
	d.secret, _ = keys.GeneratePassphrase(keys.AuthorityWords) // fails for other numbers of words alone
	all := bytes.Fields(d.secret)
	for i := 0; i < len(all); i += 4 {
		d.lines.Add(secretLine(string(bytes.Join(all[i:min(i+4, len(all))], []byte(" ")))))
	}
	d.typed = parts.NewPassphrase(w, parts.PassphraseOptions{Label: w.T("setup.passphrase.written"), Changed: used, Submit: submit})
	box := container.NewStack(parts.NewGround(parts.ColorSurface, parts.ColorBorder, theme.SizeNameCardRadius), parts.Inset(d.lines))
	d.view = parts.Column(1, box, d.typed.View)
	return d
}

// take returns the passphrase, which is the caller's to wipe, if it was typed as it is; otherwise it says so and
// returns nil.
// It stays to be seen and typed again, should making the school fail.
func (d *drawnPassphrase) take(w *words.Words) []byte {
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
