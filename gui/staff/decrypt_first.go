package staff

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/keys"
	"stowage/devices/school/passphrases"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// firstOfKey is the screen on which a holder chooses a passphrase for a key file, in
// place of the temporary one that ICT knows.
type firstOfKey struct {
	k       *staff
	path    string // of the key file
	current []byte
	school  string // and holder: what a guesser would try first
	holder  string
	chosen  func() // after which the key can be used

	once, twice *widgets.Passphrase
	fail        *widgets.Banner
	busy        *widgets.Busy
	form        *fyne.Container
}

// Title is part of gui.Screen.
func (f *firstOfKey) Title() string { return f.k.s.Words.T("choose.title") }

// Content is part of gui.Screen.
func (f *firstOfKey) Content() fyne.CanvasObject {
	w := f.k.s.Words
	f.fail = widgets.NewBanner(widgets.Message{})
	f.once = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("choose.once"), Judge: f.judge, Submit: func() { f.focus(f.twice) }})
	f.twice = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("choose.twice"), Submit: f.submit})
	save := widgets.NewPrimary(w.T("choose.save"), widgets.IconKey.Resource(), f.submit)
	f.form = widgets.Narrow(4, f.fail.View, widgets.Card(widgets.Column(3,
		widgets.Heading(w.T("choose.first")), widgets.Body(w.T("decrypt.first")), widgets.Muted(w.T("choose.advice")),
		f.once.View, f.twice.View, widgets.Row(2, widgets.Spring(), save),
	)))
	f.busy = widgets.NewBusy(w, f.form)
	return container.NewVScroll(f.busy.View)
}

// Focus is part of gui.Focuser.
func (f *firstOfKey) Focus() fyne.Focusable { return f.once.Focus() }

func (f *firstOfKey) focus(p *widgets.Passphrase) { f.k.s.Window.Canvas().Focus(p.Focus()) }

// Leave is part of gui.Leaver.
func (f *firstOfKey) Leave(proceed func()) {
	if f.busy.Progress.Job() == nil {
		proceed()
	}
}

// Closed is part of gui.Closer.
func (f *firstOfKey) Closed() {
	f.once.Clear()
	f.twice.Clear()
	clear(f.current)
}

// policy is the school's, or the default where its directory is not at hand.
func (f *firstOfKey) policy() keys.Policy {
	if d := f.k.known.Directory; d != nil {
		return d.Policy
	}
	return keys.DefaultPolicy()
}

func (f *firstOfKey) judge(secret []byte) widgets.Strength {
	w := f.k.s.Words
	strength, err := keys.Judge(secret, f.policy(), f.school, f.holder)
	if weak, ok := errors.AsType[*keys.WeakError](err); ok {
		return widgets.Strength{Level: 1, Text: wording.WeakWords(w, weak)}
	}
	return widgets.Strength{Level: min(max(strength.Score, 2), 4), Text: w.T("choose.enough")}
}

func (f *firstOfKey) submit() {
	w := f.k.s.Words
	switch {
	case f.busy.Progress.Job() != nil:
		return
	case f.once.Empty():
		f.refuse(f.once, w.T("choose.empty"))
		return
	case !f.once.Same(f.twice):
		f.twice.Clear()
		f.refuse(f.twice, w.T("choose.differ"))
		return
	}
	f.fail.Clear()
	next, policy, now := f.once.Take(), f.policy(), f.k.s.Now()
	f.twice.Clear()
	f.busy.Follow(jobs.Run(f.k.s.Jobs, w.T("choose.working"), func(context.Context, jobs.Progress) (int, error) {
		return 0, passphrases.ChangeFile(f.path, f.current, func(func([]byte) error) ([]byte, error) { return next, nil }, policy, now)
	}, func(_ int, err error) {
		clear(next)
		f.changed(err)
	}))
}

func (f *firstOfKey) refuse(p *widgets.Passphrase, why string) {
	p.Refuse(why)
	f.form.Refresh()
	f.focus(p)
}

// changed goes back, or says why the passphrase was not taken.
func (f *firstOfKey) changed(err error) {
	s := f.k.s
	if weak, ok := errors.AsType[*keys.WeakError](err); ok {
		f.refuse(f.once, wording.WeakWords(s.Words, weak))
		return
	}
	if err != nil {
		f.fail.Set(s.Explain(err))
		f.form.Refresh()
		return
	}
	s.Back()
	s.Toast(s.Words.T("choose.done"), nil)
	f.chosen()
}
