package app

import (
	"context"
	"errors"
	"time"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// WithAuthority calls then with the school once its authority is unlocked: at once when it
// is, otherwise after asking for its passphrase, which why says the reason for. When
// the person turns back, then is not called. then may use p's work, which
// keeps the authority from being locked meanwhile.
func (p *Place) WithAuthority(s *gui.Session, why i18n.Key, then func(*school.School)) {
	if p.Authority.Unlocked() {
		then(p.Authority.School())
		return
	}
	a := &unlocking{s: s, p: p, then: then}
	a.show(why)
}

// unlocking is the dialog that asks for the authority's passphrase.
type unlocking struct {
	s      *gui.Session
	p      *Place
	then   func(*school.School)
	entry  *widgets.Passphrase
	unlock *widgets.Button
	panel  *widgets.Progress
	dialog *widgets.Dialog
	job    *jobs.Job
}

func (a *unlocking) show(why i18n.Key) {
	w := a.s.Words
	a.entry = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("authority.passphrase"), Submit: a.try, Changed: a.typed})
	a.unlock = widgets.NewPrimary(w.T("authority.unlock"), widgets.IconUnlock.Resource(), a.try)
	a.unlock.Disable()
	a.panel = widgets.NewProgress(w)
	buttons := widgets.Row(2, widgets.Spring(), widgets.NewButton(w.T("widgets.cancel"), nil, a.cancel), a.unlock)
	content := widgets.Column(3, widgets.Body(w.T(why)), a.entry.View, a.panel.View, buttons)
	a.dialog = widgets.ShowDialog(a.s.Window.Canvas(), w.T("authority.title"), content, a.cancel)
	a.s.Window.Canvas().Focus(a.entry.Focus())
}

// typed is told that something was typed.
func (a *unlocking) typed() {
	a.s.Used()
	a.unlock.SetEnabled(!a.entry.Empty() && a.job == nil)
	if a.dialog != nil {
		a.dialog.Refresh()
	}
}

func (a *unlocking) cancel() {
	if a.job != nil {
		a.job.Cancel()
	}
	a.entry.Clear()
	a.dialog.Close()
}

// try unlocks with what was typed.
func (a *unlocking) try() {
	if a.entry.Empty() || a.job != nil {
		return
	}
	passphrase := a.entry.Take()
	a.entry.SetEnabled(false)
	a.job = jobs.Run(a.s.Jobs, a.s.Words.T("authority.unlocking"), func(ctx context.Context, _ jobs.Progress) (time.Duration, error) {
		defer clear(passphrase)
		if err := a.p.OpenSchool(ctx); err != nil {
			return 0, err
		}
		err := a.p.Authority.Unlock(ctx, passphrase)
		if err == nil && ctx.Err() != nil { // the person has turned back
			a.p.Authority.Lock()
			err = ctx.Err()
		}
		var limit time.Duration
		if open := a.p.Authority.School(); open != nil {
			limit = time.Duration(open.Policy().LockMinutes) * time.Minute
		}
		return limit, err
	}, a.tried)
	a.panel.Follow(a.job)
	a.dialog.Refresh()
}

// tried is told how unlocking went.
func (a *unlocking) tried(limit time.Duration, err error) {
	a.job = nil
	a.entry.SetEnabled(true)
	_, behind := errors.AsType[*school.PublishError](err)
	switch {
	case err == nil || behind:
		a.dialog.Close()
		a.p.watch(a.s, limit)
		if behind {
			a.s.Fail(err)
		}
		a.then(a.p.Authority.School())
	case errors.Is(err, context.Canceled):
	case errors.Is(err, keys.ErrPassphrase):
		a.entry.Refuse(a.s.Words.T("authority.wrong"))
		a.s.Window.Canvas().Focus(a.entry.Focus())
	default:
		a.dialog.Close()
		a.s.Fail(err)
	}
	a.dialog.Refresh()
}
