package main

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

// theSchool returns the school's folder and the verifier key it was first seen
// with, if any: from --school, or else from the config file.
func (a *app) theSchool() (dir, verifier string, err error) {
	c, err := a.readConfig()
	if err != nil {
		return "", "", err
	}
	usual, err := c.Folder()
	if dir = cmp.Or(a.schoolDir, usual); dir == "" {
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

// options are what package school is told in this run.
func (a *app) options(verifier string) school.Options {
	return school.Options{Actor: a.actor(), Clock: a.now, Verifier: verifier, DatabasePassword: a.databasePassword}
}

// actor is who does it, for the register.
func (a *app) actor() string {
	if a.by != "" {
		return a.by
	}
	return config.User()
}

// withSchool runs do with the school's folder open and its authority locked.
func (a *app) withSchool(ctx context.Context, do func(*school.School) error) (err error) {
	dir, verifier, err := a.theSchool()
	if err != nil {
		return err
	}
	s, err := school.Open(ctx, dir, a.options(verifier))
	if err != nil {
		return on(dir, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// withAuthority runs do with the school's folder open and its authority
// unlocked.
func (a *app) withAuthority(ctx context.Context, from passphraseFlag, do func(*school.School) error) error {
	return a.withSchool(ctx, func(s *school.School) error {
		if err := a.unlock(ctx, s, from); err != nil {
			return err
		}
		return do(s)
	})
}

// unlock asks for the authority's passphrase and unlocks it.
func (a *app) unlock(ctx context.Context, s *school.School, from passphraseFlag) error {
	passphrase, err := a.passphrase(ctx, from, "the school's authority")
	if err != nil {
		return err
	}
	defer clear(passphrase)
	err = unlock.Authority(ctx, s, passphrase)
	giveBack()
	if p, ok := errors.AsType[*school.PublishError](err); ok {
		a.warn("The directory is behind the register and could not be published now (%v).", p.Err)
		return nil
	}
	return on("the school's authority", err)
}

// oldDirectory is the age from which a directory is worth a word.
const oldDirectory = 60 * 24 * time.Hour

// directory reads the school's directory, which needs no register and no
// passphrase. A path takes the place of the one in the school's folder, in the
// shared one, or that this computer joined with. While that is out of reach, the copy that this computer kept is
// used, with a word of its age.
func (a *app) directory(path string) (*keys.Directory, error) {
	usual := path == ""
	var verifier string
	var err error
	if usual {
		path, verifier, err = a.directoryPath()
	} else if _, verifier, err = a.theSchool(); errors.Is(err, config.ErrNoSchool) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := a.serials()
	if err != nil {
		return nil, err
	}
	if !usual { // what somebody names is used, or nothing is
		d, err := school.ReadDirectory(path, verifier)
		if err == nil {
			err = seen.Check(d)
		}
		return d, on("the directory "+path, err)
	}
	newest, err := seen.Newest(path, verifier)
	if err == nil && errors.Is(newest.Kept, keys.ErrOlder) {
		err = newest.Kept // somebody may have put it there
	}
	if err != nil {
		return nil, on("the directory "+path, err)
	}
	if newest.Kept != nil {
		a.warn("The school's folder cannot be reached, so this uses the directory as it was on %s (number %d); keys that were blocked since then are not known here.", dayText(newest.Published), newest.Serial)
	} else if newest.Age(a.now()) > oldDirectory && !a.toldAge {
		a.toldAge = true
		a.warn("The directory is old: it was published on %s (number %d). Ask ICT whether there is a newer one.", dayText(newest.Published), newest.Serial)
	}
	return newest.Directory, nil
}

// directoryPath is where the school's directory is, and the verifier key that it was
// first seen with. It fails with config.ErrNoSchool.
func (a *app) directoryPath() (path, verifier string, err error) {
	dir, verifier, err := a.theSchool()
	if err == nil {
		return filepath.Join(dir, school.DirectoryFile), verifier, nil
	}
	joined, _ := a.readConfig() // where it is not in order, err says so
	if joined.Directory == "" || !errors.Is(err, config.ErrNoSchool) {
		return "", "", err
	}
	return joined.Directory, joined.Verifier, nil
}

// policy is that of the school's directory, or the default where there is none
// at hand.
func (a *app) policy() keys.Policy {
	d, err := a.directory("")
	if err != nil {
		return a.defaultPolicy()
	}
	return d.Policy
}

// defaultPolicy is what a new school begins with.
func (a *app) defaultPolicy() keys.Policy {
	p := keys.DefaultPolicy()
	if a.workFactor != 0 {
		p.WorkFactor = a.workFactor
	}
	return p
}

// databasePassword asks for the password of the register's database. Without a terminal
// it is the database that is said to want one, since no option gives it.
func (a *app) databasePassword(ctx context.Context) ([]byte, error) {
	password, err := a.passphrase(ctx, passphraseFlag{}, "the register's database")
	if errors.Is(err, errNoTerminal) {
		return nil, store.ErrPassword
	}
	return password, err
}

// tolerate turns the error of a change that stands, but could not be published,
// into a warning.
func (a *app) tolerate(err error) error {
	if p := publishError(err); p != nil {
		a.warn("This is done and in the register, but the directory could not be published (%v); it will be the next time the authority is used, or with: stow directory publish", p.Err)
		return nil
	}
	return err
}

// reachableShared is shared, and fails where it is out of reach.
func (a *app) reachableShared() (school.Shared, error) {
	shared, err := a.shared()
	if err != nil {
		return shared, err
	}
	return shared, on(shared.Dir, shared.Reachable())
}

// shared is the folder that staff's computers reach: the one in use, or that of
// the school in use.
func (a *app) shared() (school.Shared, error) {
	dir, _, err := a.theSchool()
	if err != nil {
		return school.Shared{}, err
	}
	shared, err := school.SharedAt(dir)
	return shared, on(dir, err)
}
