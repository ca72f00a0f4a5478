package screens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/keys"
	"stowage/devices/school/passphrases"
	"stowage/gui"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// newSecret is the screen on which a holder chooses a passphrase: at first use, in
// place of the temporary one that ICT knows, and later when they wish to.
type newSecret struct {
	s       *gui.Session
	o       *stickSession
	current []byte // the passphrase that opened the stick; nil when it is to be asked for
	first   bool   // the stick is not to be used before

	before, once, twice *widgets.Passphrase
	fail                *widgets.Banner
	busy                *widgets.Busy
	form                *fyne.Container
	done                bool
}

// newFirstPassphrase returns the screen for the first use. It takes over the stick and
// the passphrase, and wipes it.
func newFirstPassphrase(o *stickSession, current []byte) *newSecret {
	return &newSecret{s: o.s, o: o, current: current, first: true}
}

// newPassphraseChange returns the screen for another passphrase of an open stick.
func newPassphraseChange(o *stickSession) *newSecret { return &newSecret{s: o.s, o: o} }

// Title is part of gui.Screen.
func (n *newSecret) Title() string { return n.s.Words.T("choose.title") }

// of is part of ofStick.
func (n *newSecret) of() *stickSession { return n.o }

// Content is part of gui.Screen.
func (n *newSecret) Content() fyne.CanvasObject {
	w := n.s.Words
	n.fail = widgets.NewBanner(widgets.Message{})
	n.once = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("choose.once"), Judge: n.judge, Submit: func() { n.focus(n.twice) }})
	n.twice = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("choose.twice"), Submit: n.submit})
	form := widgets.Column(3)
	if n.first {
		form.Add(widgets.Heading(w.T("choose.first")))
		form.Add(widgets.Body(w.T("choose.first.text")))
	} else {
		n.before = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("choose.before"), Submit: func() { n.focus(n.once) }})
		form.Add(n.before.View)
	}
	form.Add(widgets.Muted(w.T("choose.advice")))
	form.Add(n.once.View)
	form.Add(n.twice.View)
	form.Add(widgets.Row(2, widgets.Spring(), widgets.NewPrimary(w.T("choose.save"), widgets.IconKey.Resource(), n.submit)))
	n.form = widgets.Narrow(4, n.fail.View, widgets.Card(form))
	n.busy = widgets.NewBusy(w, n.form)
	return container.NewVScroll(n.busy.View)
}

// Focus is part of gui.Focuser.
func (n *newSecret) Focus() fyne.Focusable {
	if n.before != nil {
		return n.before.Focus()
	}
	return n.once.Focus()
}

func (n *newSecret) focus(p *widgets.Passphrase) { n.s.Window.Canvas().Focus(p.Focus()) }

// Leave is part of gui.Leaver: without a passphrase of its own the stick stays shut.
func (n *newSecret) Leave(proceed func()) {
	if n.busy.Progress.Job() == nil {
		proceed()
	}
}

// Closed is part of gui.Closer.
func (n *newSecret) Closed() {
	for _, p := range []*widgets.Passphrase{n.before, n.once, n.twice} {
		if p != nil {
			p.Clear()
		}
	}
	clear(n.current)
	if n.first && !n.done {
		n.o.abandon()
	}
}

// personal are the words that a guesser would try first.
func (n *newSecret) personal() []string {
	note := n.o.stick.Note()
	list := []string{note.School, note.Label}
	if holder, ok := n.o.stick.Holder(); ok {
		list = append(list, holder.Name)
	}
	return list
}

// judge says how strong what is typed is.
func (n *newSecret) judge(secret []byte) widgets.Strength {
	strength, err := keys.Judge(secret, n.o.stick.Note().Policy, n.personal()...)
	w := n.s.Words
	if weak, ok := errors.AsType[*keys.WeakError](err); ok {
		return widgets.Strength{Level: 1, Text: wording.WeakWords(w, weak)}
	}
	return widgets.Strength{Level: min(max(strength.Score, 2), 4), Text: w.T("choose.enough")}
}

// submit changes the passphrase.
func (n *newSecret) submit() {
	w := n.s.Words
	switch {
	case n.busy.Progress.Job() != nil:
		return
	case n.before != nil && n.before.Empty():
		n.before.Refuse(w.T("unlock.empty"))
		n.focus(n.before)
		return
	case n.once.Empty():
		n.once.Refuse(w.T("choose.empty"))
		n.focus(n.once)
		return
	case !n.once.Same(n.twice):
		n.twice.Clear()
		n.twice.Refuse(w.T("choose.differ"))
		n.focus(n.twice)
		return
	}
	n.say(widgets.Message{})
	current, next := n.current, n.once.Take()
	n.twice.Clear()
	if n.before != nil {
		current = n.before.Take()
	}
	n.busy.Follow(jobs.Run(n.s.Jobs, w.T("choose.working"), func(context.Context, jobs.Progress) (int, error) {
		return 0, passphrases.ChangeStick(n.o.stick, current, func(func([]byte) error) ([]byte, error) { return next, nil })
	}, func(_ int, err error) {
		clear(next)
		if n.before != nil {
			clear(current)
		}
		n.changed(err)
	}))
}

// changed goes on to the files, or says why the passphrase was not taken.
func (n *newSecret) changed(err error) {
	w := n.s.Words
	weak, isWeak := errors.AsType[*keys.WeakError](err)
	switch {
	case isWeak:
		n.once.Refuse(wording.WeakWords(w, weak))
		n.focus(n.once)
	case errors.Is(err, keys.ErrPassphrase) && n.before != nil:
		n.before.Refuse(w.T("unlock.wrong"))
		n.focus(n.before)
	case err != nil:
		n.say(n.s.Explain(err))
	default:
		n.done = true
		n.o.key.Chosen(n.s.Now())
		if n.first {
			n.o.k.add(n.o)
		}
		n.s.Back()
		n.s.Toast(w.T("choose.done"), nil)
		n.o.k.browse(n.o)
	}
}

// say shows a message above the form; an empty one takes it away.
func (n *newSecret) say(m widgets.Message) {
	n.fail.Set(m)
	n.form.Refresh()
}
