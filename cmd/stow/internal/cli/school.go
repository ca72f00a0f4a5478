package cli

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/config"
	"stowage/devices/school/unlock"
	"stowage/devices/store"
)

// TheSchool returns the school's folder and the verifier key it was first seen
// with, if any: from --school, or else from the config file.
func (a *App) TheSchool() (dir, verifier string, err error) {
	c, err := a.readConfig()
	if err != nil {
		return "", "", err
	}
	usual, err := c.Folder()
	if dir = cmp.Or(a.SchoolDir, usual); dir == "" {
		return "", "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", "", err
	}
	if dir == usual {
		verifier = c.Verifier
	}
	return dir, verifier, nil
}

// Options are what package school is told in this run.
func (a *App) Options(verifier string) school.Options {
	return school.Options{Actor: a.Actor(), Clock: a.Now, Verifier: verifier, DatabasePassword: func(ctx context.Context) ([]byte, error) { return DatabasePassword(ctx, a) }}
}

// Actor is who does it, for the register.
func (a *App) Actor() string {
	if a.By != "" {
		return a.By
	}
	return config.User()
}

// WithSchool runs do with the school's folder open and its authority locked.
func (a *App) WithSchool(ctx context.Context, do func(*school.School) error) (err error) {
	dir, verifier, err := a.TheSchool()
	if err != nil {
		return err
	}
	s, err := school.Open(ctx, dir, a.Options(verifier))
	if err != nil {
		return On(dir, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// WithAuthority runs do with the school's folder open and its authority
// unlocked.
func (a *App) WithAuthority(ctx context.Context, from PassphraseFlag, do func(*school.School) error) error {
	return a.WithSchool(ctx, func(s *school.School) error {
		if err := a.Unlock(ctx, s, from); err != nil {
			return err
		}
		return do(s)
	})
}

// Unlock asks for the authority's passphrase and unlocks it.
func (a *App) Unlock(ctx context.Context, s *school.School, from PassphraseFlag) error {
	passphrase, err := a.Passphrase(ctx, from, "the school's authority")
	if err != nil {
		return err
	}
	defer clear(passphrase)
	err = unlock.Authority(ctx, s, passphrase)
	GiveBack()
	if p, ok := errors.AsType[*school.PublishError](err); ok {
		a.Warn("The directory is behind the register and could not be published now (%v).", p.Err)
		return nil
	}
	return On("the school's authority", err)
}

// oldDirectory is the age from which a directory is worth a word.
const oldDirectory = 60 * 24 * time.Hour

// Directory reads the school's directory, which needs no register and no
// passphrase. A path takes the place of the one in the school's folder, in the
// shared one, or that this computer joined with. While that is out of reach, the copy that this computer kept is
// used, with a word of its age.
func (a *App) Directory(path string) (*keys.Directory, error) {
	usual := path == ""
	var verifier string
	var err error
	if usual {
		path, verifier, err = directoryPath(a)
	} else if _, verifier, err = a.TheSchool(); errors.Is(err, config.ErrNoSchool) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := a.Serials()
	if err != nil {
		return nil, err
	}
	if !usual { // what somebody names is used, or nothing is
		d, err := school.ReadDirectory(path, verifier)
		if err == nil {
			err = seen.Check(d)
		}
		return d, On("the directory "+path, err)
	}
	newest, err := seen.Newest(path, verifier)
	if err == nil && errors.Is(newest.Kept, keys.ErrOlder) {
		err = newest.Kept // somebody may have put it there
	}
	if err != nil {
		return nil, On("the directory "+path, err)
	}
	if newest.Kept != nil {
		a.Warn("The school's folder cannot be reached, so this uses the directory as it was on %s (number %d); keys that were blocked since then are not known here.", DayText(newest.Published), newest.Serial)
	} else if newest.Age(a.Now()) > oldDirectory && !a.toldAge {
		a.toldAge = true
		a.Warn("The directory is old: it was published on %s (number %d). Ask ICT whether there is a newer one.", DayText(newest.Published), newest.Serial)
	}
	return newest.Directory, nil
}

// directoryPath is where the school's directory is, and the verifier key that it was
// first seen with. It fails with config.ErrNoSchool.
func directoryPath(a *App) (path, verifier string, err error) {
	dir, verifier, err := a.TheSchool()
	if err == nil {
		return filepath.Join(dir, school.DirectoryFile), verifier, nil
	}
	joined, _ := a.readConfig() // where it is not in order, err says so
	if joined.Directory == "" || !errors.Is(err, config.ErrNoSchool) {
		return "", "", err
	}
	return joined.Directory, joined.Verifier, nil
}

// Policy is that of the school's directory, or the default where there is none
// at hand.
func (a *App) Policy() keys.Policy {
	d, err := a.Directory("")
	if err != nil {
		return DefaultPolicy(a)
	}
	return d.Policy
}

// DefaultPolicy is what a new school begins with.
func DefaultPolicy(a *App) keys.Policy {
	p := keys.DefaultPolicy()
	if a.WorkFactor != 0 {
		p.WorkFactor = a.WorkFactor
	}
	return p
}

// DatabasePassword asks for the password of the register's database. Without a terminal
// it is the database that is said to want one, since no option gives it.
func DatabasePassword(ctx context.Context, a *App) ([]byte, error) {
	password, err := a.Passphrase(ctx, PassphraseFlag{}, "the register's database")
	if errors.Is(err, ErrNoTerminal) {
		return nil, store.ErrPassword
	}
	return password, err
}

// Tolerate turns the error of a change that stands, but could not be published,
// into a warning.
func Tolerate(a *App, err error) error {
	if p := PublishError(err); p != nil {
		a.Warn("This is done and in the register, but the directory could not be published (%v); it will be the next time the authority is used, or with: stow directory publish", p.Err)
		return nil
	}
	return err
}

// ReachableShared is shared, and fails where it is out of reach.
func ReachableShared(a *App) (school.Shared, error) {
	shared, err := Shared(a)
	if err != nil {
		return shared, err
	}
	return shared, On(shared.Dir, shared.Reachable())
}

// Shared is the folder that staff's computers reach: the one in use, or that of
// the school in use.
func Shared(a *App) (school.Shared, error) {
	dir, _, err := a.TheSchool()
	if err != nil {
		return school.Shared{}, err
	}
	shared, err := school.SharedAt(dir)
	return shared, On(dir, err)
}
