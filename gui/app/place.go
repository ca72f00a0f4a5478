// Package app is what the screens of one window share: which school this computer belongs
// to and its authority, the pages and what one asks of another, and what goes on behind
// the screens.
//
// # Promised
//
// No room imports another sideways: it asks the [Navigator] for a page or a screen, with a
// request that has a type. Sticks that are plugged in are backed up, and loss reports
// counted, without anybody asking, until the window closes.
//
// # Not promised
//
// What is not said to be for any goroutine belongs to the window's.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/backup"
	"stowage/devices/school/config"
	"stowage/devices/school/integrity"
	"stowage/devices/school/remembered"
	"stowage/gui"
	"stowage/gui/authority"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// Place is what the screens of one window share: which school this computer belongs
// to, and on ICT's computers its folder.
type Place struct {
	Navigator

	Authority   *authority.Session
	FirstPolicy keys.Policy // that a new school begins with; the zero value is the usual one

	dir     string // of the settings
	Options school.Options
	Own     string // the top of the stick that the program was started from, or empty
	greeted bool   // that stick was shown when the window opened

	mu         sync.Mutex
	config     config.Config
	broken     error // why the config file could not be read
	opening    sync.Mutex
	attached   map[*gui.Session]bool
	autoBackup *AutoBackup  // of backups of sticks that are plugged in; nil in windows without
	inbox      *inboxWatch  // nil in windows without
	asker      *gui.Session // who is asked for the database's password; nil before a page is made
	password   *answered    // while the register moves, what was answered; else nil
}

// NewPlace returns the place of a window, given the folder of the program's settings
// and what is told to package school. A config file that is not in order is said when
// the school is first needed.
func NewPlace(dir string, o school.Options) *Place {
	p := &Place{dir: dir, attached: map[*gui.Session]bool{}}
	if o.DatabasePassword == nil {
		o.DatabasePassword = p.AskDatabasePassword
	}
	p.Authority, p.Options = authority.New(o), o
	p.config, p.broken = config.Read(dir)
	return p
}

// NewPlaceOnStick returns the place of a window that was started from the stick whose top folder
// is given. It knows no school: the computer may be anybody's. dir is a folder for
// what a person sets until the window closes.
func NewPlaceOnStick(top, dir string, o school.Options) *Place {
	p := NewPlace(dir, o)
	p.Own = filepath.Clean(top)
	return p
}

// Config is what the config file says. It may be called from any goroutine.
func (p *Place) Config() config.Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.config
}

// Greet reports, the first time, whether the window was started from a stick, which is
// then shown at once.
func (p *Place) Greet() bool {
	first := p.Own != "" && !p.greeted
	p.greeted = true
	return first
}

// SetConfig replaces the config file. It may be called from any goroutine.
func (p *Place) SetConfig(c config.Config) error {
	if _, err := c.Write(p.dir); err != nil {
		return err
	}
	p.mu.Lock()
	p.config, p.broken = c, nil
	p.mu.Unlock()
	return nil
}

// Dir is the folder of the program's settings.
func (p *Place) Dir() string { return p.dir }

// ICT reports whether this computer is one of ICT's: gui.Options.ICT.
func (p *Place) ICT() bool { return p.Config().ICT() }

// OpenSchool opens the school of the config file unless it is open. It fails with
// config.ErrNoSchool, or as school.Open does. It may be called from any goroutine
// but the window's.
func (p *Place) OpenSchool(ctx context.Context) error {
	p.opening.Lock()
	defer p.opening.Unlock()
	p.mu.Lock()
	c, broken := p.config, p.broken
	p.mu.Unlock()
	switch {
	case broken != nil:
		return broken
	case !c.ICT():
		return config.ErrNoSchool
	}
	if open := p.Authority.School(); open != nil && open.Dir() == c.School {
		return nil
	}
	return p.Authority.Open(ctx, c.School, c.Verifier)
}

// Work runs f with the school as a job, opening the school's folder first where it is
// not, and tells done. Whoever listens is told if f has changed the register.
func Work[T any](p *Place, s *gui.Session, name string, f func(context.Context, *school.School, jobs.Progress) (T, error), done func(T, error)) *jobs.Job {
	return jobs.Run(s.Jobs, name, func(ctx context.Context, progress jobs.Progress) (result T, err error) {
		if err := p.OpenSchool(ctx); err != nil {
			return result, err
		}
		err = p.Authority.Work(ctx, func(open *school.School) error {
			result, err = f(ctx, open, progress)
			return err
		})
		return result, err
	}, done)
}

// attach makes a window let go of the school when it closes.
func (p *Place) attach(s *gui.Session) {
	if p.attached[s] {
		return
	}
	p.attached[s] = true
	p.mu.Lock()
	p.asker = s
	p.mu.Unlock()
	s.AtClose(func(proceed func()) {
		p.Authority.Lock()
		proceed()
	})
}

// OnChange has f called on the window's goroutine whenever the register has changed
// or the authority was locked, until the returned function is called.
func (p *Place) OnChange(s *gui.Session, f func()) (remove func()) {
	gone := false
	stop := p.Authority.OnChange(func() {
		s.Do(func() {
			if !gone {
				f()
			}
		})
	})
	return func() {
		gone = true
		stop()
	}
}

// Route makes the screen of a route, of this place.
func (p *Place) Route(screen func(*gui.Session, *Place) gui.Screen) func(*gui.Session) gui.Screen {
	return func(s *gui.Session) gui.Screen {
		p.attach(s)
		return screen(s, p)
	}
}

// WatchEvery is how often an unlocked authority is looked at.
const WatchEvery = 15 * time.Second

// asleep is how far the clock must have run ahead for the computer to have slept.
const asleep = 2 * time.Minute

// watch locks the authority after a time without use, and when the computer has slept.
func (p *Place) watch(s *gui.Session, limit time.Duration) {
	last := s.Now().Round(0) // without the clock that stands still during sleep
	var look func()
	look = func() {
		if !p.Authority.Unlocked() {
			return
		}
		now := s.Now().Round(0)
		slept := now.Sub(last) > WatchEvery+asleep
		last = now
		if slept || s.Unused() >= limit {
			p.Authority.Lock()
			s.Toast(s.Words.T("authority.locked"), nil)
			return
		}
		s.After(WatchEvery, look)
	}
	s.After(WatchEvery, look)
}

// LockCommand is for the menus of ICT's screens: it locks the authority now.
func (p *Place) LockCommand(s *gui.Session) widgets.Command {
	return widgets.Command{
		Name: s.Words.T("authority.lock"), Icon: widgets.IconLock.Resource(), Divide: true,
		Disabled: func() bool { return !p.Authority.Unlocked() },
		Run: func() {
			p.Authority.Lock()
			s.Toast(s.Words.T("authority.locked"), nil)
		},
	}
}

// RestoreCommand is for the menus of ICT's screens: it leads to the backups of sticks.
func (p *Place) RestoreCommand(s *gui.Session) widgets.Command {
	return widgets.Command{
		Name: s.Words.T("restore.command"), Icon: widgets.Icon("history").Resource(), Divide: true,
		Run: func() { p.Push(s, Restore{}) },
	}
}

// RegisterLook is how often a screen looks for what other programs have changed.
const RegisterLook = 30 * time.Second

// LookAround looks for what other programs have changed in the register, again and
// again until the returned function is called. Whoever listens is told; what is wrong shows when the register is read.
func (p *Place) LookAround(s *gui.Session) (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	cancel := func() {}
	var wait func()
	wait = func() {
		cancel = s.After(RegisterLook, func() {
			InBackground(s, func() error {
				if p.Authority.School() == nil {
					return nil
				}
				return p.Authority.Look(ctx)
			}, func(error) {
				if ctx.Err() == nil {
					wait()
				}
			})
		})
	}
	wait()
	return func() {
		end()
		cancel()
	}
}

// InBackground does what nobody has asked for, off the window's goroutine, and tells done. It is no job: one keeps the
// window open until it ends, and counts as use, so that what locks by itself after a time without would not.
func InBackground[T any](s *gui.Session, do func() T, done func(T)) {
	go func() {
		result := do()
		s.Do(func() { done(result) })
	}()
}

// RestoreRegister closes the school, puts a backup in the place of its register and
// opens it again. If anything fails, the register is as it was.
func (p *Place) RestoreRegister(ctx context.Context, path string, passphrase []byte, progress jobs.Progress) (restored integrity.Restored, err error) {
	c := p.Config()
	f, err := os.Open(path)
	if err != nil {
		return restored, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		progress.Expect(info.Size())
	}
	p.opening.Lock()
	err = p.Authority.Close()
	if err == nil {
		restored, err = integrity.Restore(ctx, c.School, filepath.Base(path), crypt.Reader(ctx, f, progress), passphrase, school.Options{Actor: p.Options.Actor, Clock: p.Options.Clock})
	}
	p.opening.Unlock()
	return restored, errors.Join(err, p.OpenSchool(context.WithoutCancel(ctx)))
}

// Moved is what came of moving the register.
type Moved struct {
	Events int64
	Old    string
}

// MoveRegister moves the register while nothing else has it open here, and opens the
// school again wherever it then is.
func (p *Place) MoveRegister(ctx context.Context, to string, progress func(int64)) (Moved, error) {
	defer p.rememberPassword()()
	p.opening.Lock()
	c := p.Config()
	err := p.Authority.Close()
	var m Moved
	if err == nil {
		o := p.Options
		o.Verifier = c.Verifier
		tree, old, failed := integrity.Move(ctx, c.School, to, o, progress)
		m, err = Moved{tree.Size, old}, failed
	}
	p.opening.Unlock()
	if err != nil {
		return m, err
	}
	return m, p.OpenSchool(ctx)
}

// Settings are what the config file says. It fails with a config.FileError.
func (p *Place) Settings() (config.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.config, p.broken
}

// Heads is where this computer remembers how sticks were left, shared with stow.
func Heads(s *gui.Session) remembered.Heads {
	return remembered.Heads{Dir: filepath.Join(s.Services.Config, "sticks")}
}

// PutKeysBack puts the key files back that were deleted from the stick at a path, from its backup in the school's shared folder.
func (p *Place) PutKeysBack(path string) ([]string, error) {
	if p == nil {
		return nil, config.ErrNoSchool
	}
	p.LeaveDrive(path)
	c, err := p.Settings()
	if err != nil {
		return nil, err
	}
	shared, err := c.SharedFolder()
	if err != nil {
		return nil, err
	}
	fs, err := stick.NewDirFS(path)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	return backup.RestoreKeys(shared, fs)
}
