// Package setup is the page on which a computer is told of its school: joining one, or
// creating a new one. The passphrase of a new school is wiped once it is created.
package setup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/gui"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// Page is the page on which a computer is told of its school.
func Page(p *app.Place) gui.Route { return app.PageOf(app.SetupRoute, p.Route(newSetup)) }

// setup tells a computer of its school: ICT creates it or uses its folder; a computer
// of staff joins it, or needs none of this.
type setup struct {
	s    *gui.Session
	p    *app.Place
	view *fyne.Container
}

func newSetup(s *gui.Session, p *app.Place) gui.Screen { return &setup{s: s, p: p} }

// Title is part of Screen.
func (u *setup) Title() string { return u.s.Words.T("setup.title") }

// Content is part of Screen.
func (u *setup) Content() fyne.CanvasObject {
	u.view = container.NewStack()
	u.draw(false)
	return container.NewVScroll(u.view)
}

// Shown is part of Shower.
func (u *setup) Shown() { u.draw(false) }

// draw offers the ways to a school; of a computer that has one it says which, unless
// another is to be chosen.
func (u *setup) draw(another bool) {
	w, c := u.s.Words, u.p.Config()
	where, _ := c.DirectoryPath()
	if where != "" && !another {
		u.view.Objects = []fyne.CanvasObject{widgets.Narrow(4,
			widgets.NewBanner(widgets.Message{Kind: widgets.Good, Happened: w.T("setup.there")}).View,
			widgets.Details(widgets.Detail{Name: w.T("setup.there.where"), Value: filepath.Dir(where)}, widgets.Detail{Name: w.T("settings.key"), Value: c.Verifier}),
			widgets.Row(2, widgets.NewButton(w.T("setup.change"), nil, func() { u.draw(true) })))}
		u.view.Refresh()
		return
	}
	u.view.Objects = []fyne.CanvasObject{widgets.Narrow(3,
		widgets.Body(w.T("setup.intro")),
		widgets.NewAction(widgets.Icon("school"), w.T("setup.create"), w.T("setup.create.hint"), func() { u.s.Push(newCreate(u.s, u.p)) }),
		widgets.NewAction(widgets.IconFolder, w.T("setup.use"), w.T("setup.use.hint"), func() { u.s.Choose.Folder(w.T("setup.use"), u.useFolder) }),
		widgets.NewAction(widgets.IconPeople, w.T("setup.join"), w.T("setup.join.hint"), func() { u.s.Choose.Folder(w.T("setup.join"), u.joinFolder) }),
		widgets.NewAction(widgets.IconFile, w.T("setup.file"), w.T("setup.file.hint"), func() { u.s.Choose.File(w.T("setup.file"), u.joinFile, ".note") }))}
	u.view.Refresh()
}

// useFolder makes this one of ICT's computers.
func (u *setup) useFolder(dir string) {
	u.read(filepath.Join(dir, school.DirectoryFile), func(d *keys.Directory) (config.Config, error) {
		if !school.IsSchool(dir) {
			return config.Config{}, school.ErrNotSchool
		}
		return config.Config{School: dir, Verifier: d.Verifier}, nil
	})
}

// joinFolder joins with the shared folder, which knows no secrets. A school's own
// folder counts as one of ICT's.
func (u *setup) joinFolder(dir string) {
	if school.IsSchool(dir) {
		u.useFolder(dir)
		return
	}
	u.read(filepath.Join(dir, school.DirectoryFile), func(d *keys.Directory) (config.Config, error) {
		return config.Config{Shared: dir, Verifier: d.Verifier}, nil
	})
}

// joinFile joins with a directory file, which is copied to the settings.
func (u *setup) joinFile(path string) {
	u.read(path, func(d *keys.Directory) (config.Config, error) {
		kept := filepath.Join(u.p.Dir(), school.DirectoryFile)
		if err := keepCopy(path, kept); err != nil {
			return config.Config{}, err
		}
		return config.Config{Directory: kept, Verifier: d.Verifier}, nil
	})
}

// read reads the directory at a path, asks whether it is the right school, and then
// keeps what made works out.
func (u *setup) read(path string, made func(*keys.Directory) (config.Config, error)) {
	w := u.s.Words
	jobs.Run(u.s.Jobs, w.T("setup.joining"), func(context.Context, jobs.Progress) (*keys.Directory, error) {
		d, err := school.ReadDirectory(path, "")
		if errors.Is(err, fs.ErrNotExist) {
			err = school.ErrNotSchool
		}
		return d, err
	}, func(d *keys.Directory, err error) {
		if err != nil {
			u.s.Fail(err)
			return
		}
		u.s.Ask(widgets.Question{Title: w.T("setup.join.title"), Text: w.T("setup.join.text", "school", d.School, "key", d.Verifier), Yes: w.T("setup.join.yes")}, func(yes bool) {
			if !yes {
				return
			}
			jobs.Run(u.s.Jobs, w.T("setup.joining"), func(context.Context, jobs.Progress) (config.Config, error) {
				c, err := made(d)
				if err == nil {
					err = u.p.SetConfig(c)
				}
				return c, err
			}, func(c config.Config, err error) {
				if err != nil {
					u.s.Fail(err)
					return
				}
				u.s.SetICT(c.ICT())
				u.draw(false)
				u.s.Toast(w.T("setup.joined", "school", d.School), nil)
				if c.ICT() {
					u.s.Go("dashboard")
				}
			})
		})
	})
}

// keepCopy copies a small file as a whole or not at all.
func keepCopy(from, to string) error {
	content, err := os.ReadFile(from) // read and checked as a directory just now
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return safefile.Write(to, content, true)
}

// create makes a new school.
type create struct {
	s                 *gui.Session
	p                 *app.Place
	name, folder      form.TextField
	address, contact  *widget.Entry         // where a finder brings a device, and how ICT is reached
	contactField      *widgets.Field        // refuses what the two cannot be
	how               *widgets.Choice[bool] // the passphrase is drawn
	drawn             *form.DrawnPassphrase
	passphrase, again *widgets.Passphrase
	class             *widgets.Choice[keys.Class]
	banner            *widgets.Banner
	busy              *widgets.Busy
	makeIt            *widgets.Button
}

func newCreate(s *gui.Session, p *app.Place) gui.Screen { return &create{s: s, p: p} }

// Title is part of Screen.
func (c *create) Title() string { return c.s.Words.T("setup.create") }

// Content is part of Screen.
func (c *create) Content() fyne.CanvasObject {
	w := c.s.Words
	c.banner = widgets.NewBanner(widgets.Message{})
	c.name = form.NewTextField(w.T("setup.name"), "", "")
	c.folder = form.TextField{Entry: widgets.NewEntry("", nil)}
	c.folder.Entry.Label = w.T("setup.folder")
	choose := widgets.NewButton(w.T("setup.choose"), widgets.IconFolder.Resource(), func() { c.s.Choose.Folder(w.T("setup.folder"), c.folder.Entry.SetText) })
	c.folder.Field = widgets.NewField(w.T("setup.folder"), container.NewBorder(nil, nil, nil, choose, c.folder.Entry), w.T("setup.folder.hint"))
	c.address, c.contact = form.Lines(2), form.Lines(2)
	c.contactField = widgets.NewField(w.T("settings.contact"), c.contact, w.T("setup.contact.hint"))
	c.passphrase = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("setup.passphrase"), Judge: c.judge, Changed: c.s.Used})
	c.again = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("setup.passphrase.again"), Changed: c.s.Used, Submit: c.create})
	c.class = form.NewClassChoice(w)
	c.makeIt = widgets.NewPrimary(w.T("setup.create"), widgets.Icon("school").Resource(), c.create)
	c.drawn = form.NewDrawnPassphrase(w, c.s.Used, c.create)
	own := widgets.Column(1, c.passphrase.View, c.again.View)
	c.how = widgets.NewChoice(func() { c.choose(own) },
		widgets.Option[bool]{Name: w.T("setup.passphrase.drawn"), Value: true},
		widgets.Option[bool]{Name: w.T("setup.passphrase.own"), Value: false})
	form := widgets.Narrow(3, c.banner.View, c.name.View, c.folder.View, widgets.NewField(w.T("settings.return"), c.address, w.T("settings.return.hint")).View, c.contactField.View,
		widgets.Column(1, widgets.FieldLabel(w.T("setup.passphrase")), c.how.View, widgets.Muted(w.T("setup.passphrase.hint")), c.drawn.View, own),
		widgets.Column(1, widgets.FieldLabel(w.T("setup.class")), c.class.View),
		widgets.Row(2, widgets.Spring(), c.makeIt))
	c.busy = widgets.NewBusy(w, container.NewVScroll(form))
	c.choose(own)
	return c.busy.View
}

// isDrawn reports whether the passphrase is the one that the program drew.
func (c *create) isDrawn() bool { return c.how.Value() }

// choose shows the fields of the way that was chosen.
func (c *create) choose(own *fyne.Container) {
	drawn := c.isDrawn()
	own.Hidden, c.drawn.View.Hidden = drawn, !drawn
	if c.busy != nil {
		c.busy.View.Refresh()
	}
}

// Focus is part of Focuser.
func (c *create) Focus() fyne.Focusable { return c.name.Entry }

// Closed is part of Closer.
func (c *create) Closed() {
	c.passphrase.Clear()
	c.again.Clear()
	c.drawn.Clear()
}

func (c *create) judge(secret []byte) widgets.Strength {
	return form.Judged(c.s.Words, secret, keys.DefaultPolicy(), c.name.Entry.Text)
}

// create makes the school, when all is filled in.
func (c *create) create() {
	w := c.s.Words
	name, dir := strings.TrimSpace(c.name.Entry.Text), strings.TrimSpace(c.folder.Entry.Text)
	c.name.Refuse("")
	c.folder.Refuse("")
	c.contactField.Refuse("")
	switch {
	case name == "":
		c.name.Refuse(w.T("setup.name.wrong"))
		c.s.Window.Canvas().Focus(c.name.Entry)
	case !filepath.IsAbs(dir):
		c.folder.Refuse(w.T("setup.folder.wrong"))
		c.s.Window.Canvas().Focus(c.folder.Entry)
	case c.isDrawn():
		if passphrase := c.drawn.Take(w); passphrase != nil {
			c.run(name, dir, passphrase)
		} else {
			c.s.Window.Canvas().Focus(c.drawn.Typed.Focus())
		}
	case c.passphrase.Empty():
		c.passphrase.Refuse(w.T("weak.empty"))
		c.s.Window.Canvas().Focus(c.passphrase.Focus())
	case !c.passphrase.Same(c.again):
		c.again.Refuse(w.T("setup.passphrase.differs"))
		c.s.Window.Canvas().Focus(c.again.Focus())
	default:
		c.again.Clear()
		c.run(name, dir, c.passphrase.Take())
	}
}

// run makes the school, and wipes the passphrase.
func (c *create) run(name, dir string, passphrase []byte) {
	w, options := c.s.Words, c.p.Options
	policy := firstPolicy(c.p)
	policy.Class = c.class.Value()
	plan := school.Plan{Name: name, Passphrase: passphrase, Policy: policy, Return: c.address.Text, Contact: c.contact.Text}
	c.banner.Clear()
	c.busy.Follow(jobs.Run(c.s.Jobs, w.T("setup.creating"), func(ctx context.Context, _ jobs.Progress) (int, error) {
		defer clear(passphrase)
		if err := school.Init(ctx, dir, plan, options); err != nil {
			return 0, err
		}
		d, err := school.ReadDirectory(filepath.Join(dir, school.DirectoryFile), "")
		if err != nil {
			return 0, err
		}
		if err := c.p.SetConfig(config.Config{School: dir, Verifier: d.Verifier}); err != nil {
			return 0, err
		}
		return 0, publishFirst(ctx, c.p)
	}, func(_ int, err error) {
		if weak, ok := errors.AsType[*keys.WeakError](err); ok {
			c.passphrase.Refuse(wording.WeakWords(w, weak))
			return
		}
		if errors.Is(err, keys.ErrValue) {
			c.contactField.Refuse(w.T("settings.return.wrong"))
			return
		}
		if err != nil {
			c.banner.Set(c.s.Explain(err))
			return
		}
		c.s.SetICT(true)
		c.s.Toast(w.T("setup.created", "school", name), nil)
		c.s.Go("dashboard")
	}))
}

// firstPolicy is what a new school begins with.
func firstPolicy(p *app.Place) keys.Policy {
	if p.FirstPolicy != (keys.Policy{}) {
		return p.FirstPolicy
	}
	return keys.DefaultPolicy()
}

// publishFirst opens the new school, and makes the folder ready that the computers of
// staff reach.
func publishFirst(ctx context.Context, p *app.Place) error {
	if err := p.OpenSchool(ctx); err != nil {
		return err
	}
	return p.Authority.Work(ctx, func(s *school.School) error {
		shared, err := s.Shared()
		if err != nil {
			return err
		}
		_, err = s.SetShared(sharedSetting(s, shared))
		return err
	})
}

// sharedSetting is what SetShared takes for the folder that is in use: "" for the one
// in the school's own.
func sharedSetting(s *school.School, shared school.Shared) string {
	if shared.Dir == filepath.Join(s.Dir(), school.SharedFolder) {
		return ""
	}
	return shared.Dir
}
