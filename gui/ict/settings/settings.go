// Package settings is ICT's page of the school's policy, folders, programs and authority,
// and of the place of the register. What is signed asks for the authority first.
package settings

import (
	"context"
	"errors"
	"path/filepath"

	"stowage/devices/school/passphrases"
	"stowage/devices/school/programs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// Page is the page of the school's settings.
func Page(p *app.Place) gui.Route { return app.PageOf(app.SettingsRoute, p.Route(newSettings)) }

// settings are the school's policy, its folders and its authority, and the appearance.
type settings struct {
	s      *gui.Session
	p      *app.Place
	page   *fyne.Container
	banner *widgets.Banner
	policy *policyForm
	tidy   func()
	stale  bool
}

func newSettings(s *gui.Session, p *app.Place) gui.Screen {
	t := &settings{s: s, p: p, stale: true}
	t.tidy = p.OnChange(s, func() { t.stale = true })
	return t
}

// Title is part of Screen.
func (t *settings) Title() string { return t.s.Words.T("settings.title") }

// Content is part of Screen.
func (t *settings) Content() fyne.CanvasObject {
	t.banner = widgets.NewBanner(widgets.Message{})
	t.page = widgets.Narrow(4)
	return container.NewVScroll(container.NewPadded(widgets.Column(3, t.banner.View, t.page)))
}

// Shown is part of Shower.
func (t *settings) Shown() {
	if t.stale {
		t.load()
	}
}

// Closed is part of Closer.
func (t *settings) Closed() { t.tidy() }

// Commands is part of Commander.
func (t *settings) Commands() []widgets.Command { return []widgets.Command{t.p.LockCommand(t.s)} }

// published is what the settings show.
type published struct {
	dir       string
	shared    school.Shared
	reachable bool
	directory *keys.Directory
	policy    keys.Policy
	register  string // the connection string of its database, "" in the school's folder
	returnTo  string // where a finder brings a device

	programs    []stick.Program
	programsErr error
}

func (t *settings) load() {
	t.stale = false
	app.Work(t.p, t.s, t.s.Words.T("settings.reading"), func(_ context.Context, s *school.School, _ jobs.Progress) (published, error) {
		return readPublished(s)
	}, t.show)
}

func readPublished(s *school.School) (st published, err error) {
	st.dir, st.policy = s.Dir(), s.Policy()
	if st.shared, err = s.Shared(); err != nil {
		return st, err
	}
	st.reachable = st.shared.Reachable() == nil
	st.programs, st.programsErr = programs.List(s)
	if st.register, err = school.RegisterURL(st.dir); err != nil {
		return st, err
	}
	if st.returnTo, err = s.ReturnAddress(); err != nil && !errors.Is(err, keys.ErrForged) && !errors.Is(err, keys.ErrValue) {
		return st, err
	}
	st.directory, err = s.Directory()
	if errors.Is(err, keys.ErrForged) || errors.Is(err, keys.ErrValue) { // it can be published anew
		err = nil
	}
	return st, err
}

// show draws what was read. Appearance is there whatever happened to the school.
func (t *settings) show(st published, err error) {
	w := t.s.Words
	appearance := widgets.Card(gui.AppearanceForm(t.s))
	if err != nil {
		m := t.s.Explain(err)
		m.Do = widgets.Command{Name: w.T("register.again"), Icon: widgets.Icon("refresh").Resource(), Run: t.load}
		t.banner.Set(m)
		t.page.Objects = []fyne.CanvasObject{appearance}
		t.page.Refresh()
		return
	}
	t.banner.Clear()
	t.policy = newPolicyForm(t, st.policy)
	t.page.Objects = []fyne.CanvasObject{
		widgets.Card(t.policy.view), widgets.Card(t.folders(st)), widgets.Card(t.register(st)), widgets.Card(t.returnTo(st)), widgets.Card(t.programs(st)), widgets.Card(t.authority()), widgets.Card(t.directory(st)), widgets.Card(t.history()), appearance,
	}
	t.page.Refresh()
}

// folders are where the school is.
func (t *settings) folders(st published) fyne.CanvasObject {
	w := t.s.Words
	shared := st.shared.Dir
	if !st.reachable {
		shared += "\n" + w.T("settings.folder.unreachable")
	}
	return widgets.Column(2, widgets.Heading(w.T("settings.folders")),
		widgets.Details(widgets.Detail{Name: w.T("settings.folder.school"), Value: st.dir}),
		widgets.FieldLabel(w.T("settings.folder.shared")), widgets.Body(shared), widgets.Muted(w.T("settings.folder.shared.hint")),
		widgets.Row(2, widgets.NewButton(w.T("settings.folder.move"), widgets.IconFolder.Resource(), func() { t.s.Choose.Folder(w.T("settings.folder.shared"), t.moveShared) })))
}

// moveShared moves the folder that the computers of staff reach.
func (t *settings) moveShared(dir string) {
	app.Work(t.p, t.s, t.s.Words.T("settings.folder.move"), func(_ context.Context, s *school.School, _ jobs.Progress) (school.Shared, error) {
		if dir == filepath.Join(s.Dir(), school.SharedFolder) {
			dir = ""
		}
		return s.SetShared(dir)
	}, func(shared school.Shared, err error) {
		if err != nil {
			t.s.Fail(err)
			return
		}
		t.s.Toast(t.s.Words.T("settings.folder.moved", "folder", shared.Dir), nil)
		t.load()
	})
}

// authority is about the authority's passphrase.
func (t *settings) authority() fyne.CanvasObject {
	w := t.s.Words
	return widgets.Column(2, widgets.Heading(w.T("settings.authority")), widgets.Body(w.T("settings.authority.text")),
		widgets.Row(2, widgets.NewButton(w.T("settings.authority.change"), widgets.IconKey.Resource(), t.changePassphrase)))
}

// changePassphrase asks for the authority's passphrase and a new one.
func (t *settings) changePassphrase() {
	w := t.s.Words
	policy := t.policy.was
	old := widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("settings.authority.old"), Changed: t.s.Used})
	next := widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("settings.authority.new"), Changed: t.s.Used, Judge: func(secret []byte) widgets.Strength { return form.Judged(w, secret, policy) }})
	again := widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("setup.passphrase.again"), Changed: t.s.Used})
	fields := []fyne.CanvasObject{old.View, next.View, again.View}
	form.Show(t.s, form.Says{Title: w.T("settings.authority.change"), Yes: w.T("settings.authority.change")}, fields, old.Focus(), func(f *form.Form) {
		switch {
		case old.Empty():
			return
		case next.Empty():
			next.Refuse(w.T("weak.empty"))
			f.Dialog.Refresh()
			return
		case !next.Same(again):
			again.Refuse(w.T("setup.passphrase.differs"))
			f.Dialog.Refresh()
			return
		}
		current, chosen := old.Take(), next.Take()
		again.Clear()
		f.Follow(app.Work(t.p, t.s, w.T("settings.authority.changing"), func(_ context.Context, s *school.School, _ jobs.Progress) (int, error) {
			defer clear(current)
			defer clear(chosen)
			return 0, passphrases.ChangeAuthority(s, current, func(func([]byte) error) ([]byte, error) {
				return append([]byte(nil), chosen...), nil // which package passphrases judges and wipes
			})
		}, func(_ int, err error) {
			weak, isWeak := errors.AsType[*keys.WeakError](err)
			switch {
			case errors.Is(err, keys.ErrPassphrase):
				old.Refuse(w.T("authority.wrong"))
				f.Dialog.Refresh()
			case isWeak:
				next.Refuse(wording.WeakWords(w, weak))
				f.Dialog.Refresh()
			case err != nil:
				f.Refuse(err)
			default:
				f.Dialog.Close()
				t.s.Tell(widgets.Message{Kind: widgets.Good, Happened: w.T("settings.authority.changed")})
			}
		}))
	})
}

// directory is about the published directory.
func (t *settings) directory(st published) fyne.CanvasObject {
	w := t.s.Words
	told := w.T("dashboard.directory.bad")
	list := fyne.CanvasObject(widgets.Column(0))
	if st.directory != nil {
		told = w.T("settings.directory.text", "serial", w.Number(st.directory.Serial), "when", w.When(st.directory.Published, t.s.Now()))
		list = widgets.Details(widgets.Detail{Name: w.T("settings.key"), Value: st.directory.Verifier})
	}
	return widgets.Column(2, widgets.Heading(w.T("settings.directory")), widgets.Body(told), list,
		widgets.Row(2, widgets.NewButton(w.T("settings.directory.publish"), widgets.Icon("upload").Resource(), t.publish)))
}

// publish signs the directory anew.
func (t *settings) publish() {
	t.p.WithAuthority(t.s, "authority.why.publish", func(*school.School) {
		app.Work(t.p, t.s, t.s.Words.T("settings.directory.publishing"), func(ctx context.Context, s *school.School, _ jobs.Progress) (*keys.Directory, error) {
			return s.PublishDirectory(ctx)
		}, func(_ *keys.Directory, err error) {
			if err != nil {
				t.s.Fail(err)
				return
			}
			t.s.Toast(t.s.Words.T("settings.directory.published"), nil)
			t.load()
		})
	})
}
