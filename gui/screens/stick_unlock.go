package screens

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// unlockStick asks for the passphrase of a stick, or for the code that ICT reads out.
type unlockStick struct {
	s       *gui.Session
	k       *sticks
	at      stickPlace
	byCode  bool
	keyFile string // a key that is not on the stick

	secret *widgets.Passphrase
	fail   *widgets.Banner
	busy   *widgets.Busy
	page   *fyne.Container
	form   *fyne.Container
	keyed  *widgets.Button
	open   *widgets.Button
}

func newUnlock(k *sticks, at stickPlace) *unlockStick { return &unlockStick{s: k.s, k: k, at: at} }

// Title is part of gui.Screen.
func (u *unlockStick) Title() string {
	return u.s.Words.T("unlock.title", "label", cmp.Or(u.at.look.note.Label, u.at.drive.Name()))
}

// Content is part of gui.Screen.
func (u *unlockStick) Content() fyne.CanvasObject {
	u.page = container.NewStack()
	u.fill()
	return u.page
}

// fill draws the page for what is asked for now.
func (u *unlockStick) fill() {
	w := u.s.Words
	var intro, label, other i18n.Key = "unlock.intro", "unlock.passphrase", "unlock.bycode"
	if u.byCode {
		intro, label, other = "unlock.code.intro", "unlock.code", "unlock.bypassphrase"
	}
	u.secret = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T(label), Submit: u.submit})
	u.open = widgets.NewPrimary(w.T("unlock.open"), widgets.IconUnlock.Resource(), u.submit)
	u.fail = widgets.NewBanner(widgets.Message{})
	turn := widgets.NewQuiet(w.T(other), widgets.Icon("telephone").Resource(), u.turn)
	if u.byCode {
		turn.SetIcon(widgets.IconKey.Resource())
	}
	links := widgets.Column(1, widgets.Row(0, turn))
	if !u.byCode {
		u.keyed = widgets.NewQuiet(u.keyText(), widgets.IconKey.Resource(), u.chooseKey)
		links.Add(widgets.Row(0, u.keyed))
	}
	note := u.at.look.note
	var who fyne.CanvasObject = widgets.Muted(w.T("unlock.school", "school", note.School))
	if note.Contact != "" {
		who = widgets.Column(-2, who, widgets.Muted(w.T("unlock.contact", "contact", strings.ReplaceAll(note.Contact, "\n", ", "))))
	}
	form := widgets.Card(widgets.Column(3, widgets.Heading(note.Label), who, u.startedFrom(), widgets.Body(w.T(intro)), u.secret.View, widgets.Row(2, widgets.Spring(), u.open)))
	u.form = widgets.Narrow(4, u.fail.View, form, links)
	u.busy = widgets.NewBusy(w, u.form)
	u.page.Objects = []fyne.CanvasObject{container.NewVScroll(u.busy.View)}
	u.page.Refresh()
}

func (u *unlockStick) keyText() string {
	if u.keyFile == "" {
		return u.s.Words.T("unlock.keyfile")
	}
	return u.s.Words.T("unlock.keyfile.chosen", "path", u.keyFile)
}

// turn goes between the passphrase and the code.
func (u *unlockStick) turn() {
	u.secret.Clear()
	u.byCode = !u.byCode
	u.fill()
	u.s.Window.Canvas().Focus(u.Focus())
}

// chooseKey takes the key from a file, for sticks that do not carry it.
func (u *unlockStick) chooseKey() {
	u.s.Choose.File(u.s.Words.T("unlock.keyfile"), func(path string) {
		u.keyFile = path
		u.keyed.SetText(u.keyText())
		u.s.Window.Canvas().Focus(u.Focus())
	})
}

// Focus is part of gui.Focuser.
func (u *unlockStick) Focus() fyne.Focusable { return u.secret.Focus() }

// Closed is part of gui.Closer.
func (u *unlockStick) Closed() { u.secret.Clear() }

// submit opens the stick. Checking a passphrase takes a second by design.
func (u *unlockStick) submit() {
	if u.busy.Progress.Job() != nil {
		return
	}
	w := u.s.Words
	if u.secret.Empty() {
		u.secret.Refuse(w.T("unlock.empty"))
		return
	}
	u.say(widgets.Message{})
	secret := u.secret.Take()
	with := unlockWith{secret: secret, code: u.byCode, keyFile: u.keyFile}
	u.busy.Follow(jobs.Run(u.s.Jobs, w.T("unlock.working"), func(ctx context.Context, _ jobs.Progress) (*stickSession, error) {
		return u.k.unlock(ctx, u.at, with)
	}, func(o *stickSession, err error) {
		u.done(o, err, secret)
	}))
}

// done goes on to the files, or to the choice of another passphrase. What was typed
// is wiped when it is of no more use.
func (u *unlockStick) done(o *stickSession, err error, secret []byte) {
	if err != nil {
		clear(secret)
		u.refuse(err)
		return
	}
	if u.s.Current() != gui.Screen(u) { // the person went elsewhere meanwhile
		clear(secret)
		o.abandon()
		return
	}
	if o.stick.MustChangePassphrase() {
		u.s.Back()
		u.s.Push(newFirstPassphrase(o, secret))
		return
	}
	clear(secret)
	u.k.add(o)
	u.s.Back()
	u.k.browse(o)
}

// refuse says why the stick did not open: below the entry when the typing was at
// fault, and above it otherwise.
func (u *unlockStick) refuse(err error) {
	w := u.s.Words
	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, keys.ErrPassphrase):
		u.secret.Refuse(w.T("unlock.wrong"))
	case errors.Is(err, keys.ErrCode):
		u.secret.Refuse(w.T("unlock.code.wrong"))
	case errors.Is(err, stick.ErrKeysGone):
		m := u.s.Explain(err)
		m.Do = widgets.Command{Name: w.T("unlock.keysgone.do"), Run: u.putKeysBack}
		u.say(m)
	case errors.Is(err, stick.ErrNoKey) && !u.byCode:
		u.say(widgets.Message{
			Kind: widgets.Warn, Happened: w.T("unlock.nokey"), Files: w.T("unlock.nokey.files"), Next: w.T("unlock.nokey.next"),
			Do: widgets.Command{Name: w.T("unlock.keyfile"), Run: u.chooseKey},
		})
	default:
		u.say(u.s.Explain(err))
	}
	if u.s.Current() == gui.Screen(u) {
		u.s.Window.Canvas().Focus(u.Focus())
	}
}

// putKeysBack puts the key files back that were deleted from the stick.
func (u *unlockStick) putKeysBack() {
	w := u.s.Words
	u.busy.Follow(jobs.Run(u.s.Jobs, w.T("unlock.keysgone.working"), func(context.Context, jobs.Progress) ([]string, error) {
		return u.k.p.PutKeysBack(u.at.path)
	}, func(_ []string, err error) {
		m := widgets.Message{Kind: widgets.Good, Happened: w.T("unlock.keysgone.done")}
		if err != nil {
			m = u.s.Explain(err)
		}
		u.say(m)
		u.s.Window.Canvas().Focus(u.Focus())
	}))
}

// say shows a message above the form; an empty one takes it away.
func (u *unlockStick) say(m widgets.Message) {
	u.fail.Set(m)
	u.form.Refresh()
}
