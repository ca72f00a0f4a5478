package issue

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"stowage/devices/school/backup"
	"stowage/devices/school/keyfiles"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/ict/backups"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// restoring is one backup: it is opened, with the recovery key or with its holder's, to
// see what is in it, and then a stick is made from it.
type restoring struct {
	s    *gui.Session
	p    *app.Place
	kept backups.Kept

	with   *widgets.Choice[bool] // the recovery key, or else the holder's passphrase
	secret *widgets.Passphrase
	answer *widgets.Banner
	found  *fyne.Container
	next   *widgets.Button
	view   *widgets.Busy
	page   *fyne.Container
	source *restoreSource // once it was opened
}

// restoreSource is what a stick is made from.
type restoreSource struct {
	kept     backups.Kept
	contents backup.Contents

	mu  sync.Mutex
	key *keys.HolderKey // opens it; nil for the recovery key
	end bool            // the key was wiped
}

// open opens the backup. The caller closes it.
func (r *restoreSource) open(ctx context.Context, s *school.School) (*backup.Opened, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.end {
		return nil, context.Canceled
	}
	var with stick.Unlock
	if r.key != nil {
		with = stick.WithHolderKey(r.key)
	} else {
		a, err := s.Authority()
		if err != nil {
			return nil, err
		}
		with = stick.WithRecovery(a.Identities(), a.Verifier())
	}
	return backup.Open(ctx, shared, r.kept.Stick, with, stick.OpenOptions{Program: "Stowage", At: r.kept.At})
}

// wipe wipes the key, when nothing is being opened with it.
func (r *restoreSource) wipe() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != nil {
		r.key.Wipe()
	}
	r.end = true
}

func newRestoring(s *gui.Session, p *app.Place, kept backups.Kept) *restoring {
	return &restoring{s: s, p: p, kept: kept}
}

// Title is part of gui.Screen.
func (r *restoring) Title() string { return r.s.Words.T("restore.of", "label", r.kept.Name()) }

// Content is part of gui.Screen.
func (r *restoring) Content() fyne.CanvasObject {
	w := r.s.Words
	when := w.T("restore.unfinished")
	if !r.kept.When.IsZero() {
		when = w.DateTime(r.kept.When)
	}
	state := ""
	if r.kept.Device.ID != "" {
		state = w.T("register.state.since", "state", wording.StateName(w, r.kept.Device.State), "day", w.Date(r.kept.Device.Since))
	}
	facts := widgets.Details(
		widgets.Detail{Name: w.T("restore.column.when"), Value: when},
		widgets.Detail{Name: w.T("restore.column.size"), Value: w.Size(r.kept.Bytes)},
		widgets.Detail{Name: w.T("restore.column.holder"), Value: r.kept.Device.HolderName},
		widgets.Detail{Name: w.T("restore.column.state"), Value: state},
	)
	r.secret = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("restore.passphrase"), Submit: r.look})
	r.secret.View.Hide()
	r.with = widgets.NewChoice(r.chosen,
		widgets.Option[bool]{Name: w.T("restore.with.recovery"), Value: true},
		widgets.Option[bool]{Name: w.T("restore.with.holder"), Value: false})
	r.answer = widgets.NewBanner(widgets.Message{})
	r.found = widgets.Column(2)
	look := widgets.NewButton(w.T("restore.look"), widgets.IconUnlock.Resource(), r.look)
	r.next = widgets.NewPrimary(w.T("restore.next"), widgets.IconForward.Resource(), r.proceed)
	r.next.Disable()
	before := widgets.Column(0)
	if r.kept.At != 0 {
		before.Add(widgets.Body(w.T("restore.before")))
	}
	r.page = widgets.Narrow(3, facts, before, widgets.Card(widgets.Column(2,
		widgets.NewField(w.T("restore.with"), r.with.View, w.T("restore.with.hint")).View, r.secret.View, widgets.Row(0, look))),
		r.answer.View, r.found)
	foot := container.NewPadded(widgets.Row(2, widgets.Spring(), r.next))
	r.view = widgets.NewBusy(w, container.NewBorder(nil, foot, nil, nil, form.Scrolled(r.page)))
	return r.view.View
}

// Closed is part of gui.Closer.
func (r *restoring) Closed() {
	r.secret.Clear()
	r.forget()
}

// forget lets go of what the backup was opened with.
func (r *restoring) forget() {
	if r.source != nil {
		go r.source.wipe() // which waits for what is being opened with it
		r.source = nil
	}
}

// Commands is part of gui.Commander.
func (r *restoring) Commands() []widgets.Command {
	w := r.s.Words
	return []widgets.Command{
		{Name: w.T("restore.look"), Run: r.look},
		{Name: w.T("restore.next"), Run: r.proceed, Disabled: func() bool { return r.source == nil }},
		r.p.LockCommand(r.s),
	}
}

// chosen shows the entry for the holder's passphrase where it is needed.
func (r *restoring) chosen() {
	r.secret.View.Hidden = r.with.Value()
	if r.page != nil {
		r.page.Refresh()
	}
}

// look opens the backup and shows what is in it.
func (r *restoring) look() {
	r.answer.Clear()
	if r.with.Value() {
		form.AskWhyOpened(r.s, func(reason string) {
			r.p.WithAuthority(r.s, "restore.why", func(*school.School) { r.openWith(nil, reason) })
		})
		return
	}
	if r.secret.Empty() {
		r.secret.Refuse(r.s.Words.T("restore.passphrase.missing"))
		r.page.Refresh()
		return
	}
	r.openWith(r.secret.Take(), "")
}

// openWith opens the backup with the holder's passphrase, or with the recovery key for a reason.
func (r *restoring) openWith(passphrase []byte, reason string) {
	kept := r.kept
	r.view.Follow(app.Work(r.p, r.s, r.s.Words.T("restore.opening"), func(ctx context.Context, s *school.School, _ jobs.Progress) (*restoreSource, error) {
		defer clear(passphrase)
		source := &restoreSource{kept: kept}
		var err error
		if passphrase != nil {
			if source.key, err = holderKeyFor(ctx, s, kept, passphrase); err != nil {
				return nil, err
			}
		} else if err := backup.RecordOpening(ctx, s, cmp.Or(kept.Device.ID, kept.Stick), reason); err != nil {
			return nil, err
		}
		opened, err := source.open(ctx, s)
		if err == nil {
			source.contents, err = opened.Contents(ctx)
			err = errors.Join(err, opened.Close())
		}
		if err != nil {
			source.wipe()
			return nil, err
		}
		return source, nil
	}, r.looked))
}

// holderKeyFor unlocks the holder's key that lies in a backup, or else the school's copy
// of it.
func holderKeyFor(ctx context.Context, s *school.School, kept backups.Kept, passphrase []byte) (*keys.HolderKey, error) {
	shared, err := s.Shared()
	if err != nil {
		return nil, err
	}
	sealed, err := backup.Keys(shared, kept.Stick)
	if err != nil {
		return nil, err
	}
	if len(sealed) == 0 && kept.Device.Holder != "" {
		if sealed, err = schoolsCopy(ctx, s, kept.Device.Holder); err != nil {
			return nil, err
		}
	}
	if len(sealed) == 0 {
		return nil, keys.ErrNoKey
	}
	return keyfiles.Copies(sealed).Unlock(passphrase)
}

// schoolsCopy is the file of a holder's key in the school's folder, if there is one.
func schoolsCopy(ctx context.Context, s *school.School, holder string) ([][]byte, error) {
	key, ok, err := s.Register().CurrentKey(ctx, holder)
	if err != nil || !ok {
		return nil, err
	}
	path, err := keyfiles.Path(s, key)
	if errors.Is(err, keyfiles.ErrNoKeyFile) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return keyfiles.FromFile(path)
}

func (r *restoring) looked(source *restoreSource, err error) {
	w := r.s.Words
	r.forget()
	r.found.Objects = nil
	switch {
	case errors.Is(err, keys.ErrPassphrase):
		r.secret.Refuse(w.T("restore.passphrase.wrong"))
		r.s.Window.Canvas().Focus(r.secret.Focus())
	case err != nil:
		r.answer.Set(r.s.Explain(err))
	default:
		r.source = source
		if n := len(source.contents.Warnings); n > 0 {
			m := widgets.Message{Kind: widgets.Warn, Happened: w.N("restore.warnings", n), Files: w.T("restore.warnings.files")}
			for _, warning := range source.contents.Warnings {
				m.Details += warning.String() + "\n"
			}
			r.found.Add(widgets.NewBanner(m).View)
		}
		r.found.Add(widgets.Card(form.ListedFiles(w, source.contents.Listing())))
		r.s.Window.Canvas().Focus(r.next)
	}
	r.next.SetEnabled(r.source != nil)
	r.page.Refresh()
	r.s.Refresh()
}

// proceed chooses the new stick, and who gets it.
func (r *restoring) proceed() {
	if r.source == nil {
		return
	}
	w := newIssueWizard(r.s, r.p)
	w.source = r.source
	r.s.Push(w)
}
