// Package school is one school's folder, where keys and register meet: it is founded, opened and closed here, its
// authority unlocked, its directory published, its policy and its shared folder set. What ICT does with it is in the
// packages below, each of which says in its interface School what it needs of one:
//
//	issue        keys and sticks for people        lifecycle   devices through their states, and people who leave
//	checkin      a stick is at school              loss        reports, sightings, incidents
//	backup       what is on sticks                 openings    what ICT opened, and why
//	integrity    the register as a whole           audit       what is there, by scanning
//	programs     those approved for sticks         passphrases, keyfiles, known, unlock
//
// Two are for the computers of staff: filecrypt encrypts files for people, remembered is what a computer has seen.
//
// A school's folder holds
//
//	authority.age    the signing key and the recovery key, under a passphrase
//	directory.note   the signed directory, for everyone
//	register.db      the register, or
//	register.url     where it is kept on PostgreSQL
//	checkpoint.note  the newest signed checkpoint of the register, and as
//	                 checkpoint-N.note those of registers that a backup replaced
//	keys/            holders' keys as issued, each under its holder's passphrase
//	listings/        what was on each stick when it was last checked in, encrypted
//	programs.note    the signed list of the programs that ICT approved for sticks
//	programs/        those programs, by their digests
//	shared/          what the computers of staff reach; see [Shared]
//
// # What is promised
//
//   - The register is the truth and the directory follows it: a change is
//     committed to the register first, then the directory is published. When
//     that second step fails or the program dies between, the change stands, a
//     [*PublishError] says so, and package unlock publishes what is missing.
//   - No text for people: errors are sentinels and types.
//
// # What is not promised
//
//   - Everything that needs the authority needs it unlocked, in the memory of
//     this process. Nobody else keeps it.
//   - Who may do what is decided by who can read the folder and knows the
//     authority's passphrase; an actor is a name for the record.
package school

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school/internal/files"
	"stowage/devices/store"
)

// The files of a school's folder.
const (
	AuthorityFile = "authority.age"
	DirectoryFile = "directory.note"
	RegisterFile  = "register.db"
	KeysFolder    = "keys"

	// unfinishedFile is there while Init works.
	unfinishedFile = "unfinished.txt"
)

// Program is what the register and the locks of sticks call this program.
const Program = "stow"

// The errors that callers decide on. Those of the packages underneath come
// through as they are.
var (
	// ErrNotSchool: the folder is not a school's.
	ErrNotSchool = errors.New("not a school's folder")
	// ErrNotEmpty: a school is to be made where something is already.
	ErrNotEmpty = errors.New("the folder is not empty")
	// ErrLocked: the authority is needed and was not unlocked.
	ErrLocked = errors.New("the authority is locked")
)

// A PersonError says whom an error is about.
type PersonError struct {
	Who string // the name, or what was given as one
	Err error
}

func (e *PersonError) Error() string { return fmt.Sprintf("%q: %v", e.Who, e.Err) }

// Unwrap returns what is wrong.
func (e *PersonError) Unwrap() error { return e.Err }

// AboutPerson says whom err is about; nil stays nil.
func AboutPerson(who string, err error) error {
	if err == nil {
		return nil
	}
	return &PersonError{who, err}
}

// HolderWithKey finds a person of the register with the key in force, and fails with [keys.ErrNoKey] for one who has
// none. The error says whom it is about.
func HolderWithKey(ctx context.Context, r *devices.Register, who string) (devices.Holder, devices.Key, error) {
	holder, err := r.FindHolder(ctx, who)
	if err != nil {
		return devices.Holder{}, devices.Key{}, AboutPerson(who, err)
	}
	key, ok, err := r.CurrentKey(ctx, holder.ID)
	if err == nil && !ok {
		err = keys.ErrNoKey
	}
	return holder, key, AboutPerson(holder.Name, err)
}

// A PublishError says that a change was made and recorded, but the directory
// that should tell of it could not be published.
type PublishError struct{ Err error }

func (e *PublishError) Error() string { return fmt.Sprintf("publish the directory: %v", e.Err) }

// Unwrap returns why.
func (e *PublishError) Unwrap() error { return e.Err }

// Options are what a School takes from outside. The zero value is usable.
type Options struct {
	// Actor is who does it, for the record.
	Actor string
	// Clock returns the time; nil is time.Now.
	Clock func() time.Time
	// Verifier is the school's verifier key as it was first seen; empty takes
	// the one that the directory names, until the authority is unlocked.
	Verifier string
	// DatabasePassword asks for the password of the register's database, when it
	// is on a server that wants one and no file has it; nil never asks.
	DatabasePassword func(context.Context) ([]byte, error)
}

func (o Options) now() time.Time {
	if o.Clock != nil {
		return o.Clock()
	}
	return time.Now()
}

// School is a school's folder, open. It is safe for concurrent use, but Lock, Unlock
// and Close must not come while something runs that needs the authority, whose
// secrets they wipe.
type School struct {
	dir       string
	options   Options
	store     store.Keeper
	register  *devices.Register
	authority atomic.Pointer[keys.Authority] // nil while locked
}

// Open opens the school in the folder dir, locked. It fails with
// [ErrNotSchool] when there is none. The caller closes it.
func Open(ctx context.Context, dir string, o Options) (*School, error) {
	if _, err := os.Stat(filepath.Join(dir, unfinishedFile)); err == nil {
		return nil, fmt.Errorf("open %s: %w", dir, ErrNotSchool)
	}
	wanted := []string{AuthorityFile, RegisterFile}
	if _, err := os.Lstat(filepath.Join(dir, RegisterURLFile)); err == nil {
		wanted[1] = RegisterURLFile
	}
	for _, name := range wanted {
		info, err := os.Stat(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			return nil, fmt.Errorf("open %s: %s: %w", dir, name, ErrNotSchool)
		}
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", dir, err)
		}
	}
	st, err := openRegister(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("open the register: %w", err)
	}
	return &School{dir: dir, options: o, store: st, register: devices.NewRegister(st, devices.Options{Clock: o.Clock})}, nil
}

// Close locks the authority and closes the register.
func (s *School) Close() error {
	s.Lock()
	return s.store.Close()
}

// Dir is the school's folder.
func (s *School) Dir() string { return s.dir }

// Actor is who does things here, for the record.
func (s *School) Actor() string { return s.options.Actor }

// Register is the school's register.
func (s *School) Register() *devices.Register { return s.register }

// Store is where the register is kept. It stays the school's, which closes it.
func (s *School) Store() store.Keeper { return s.store }

// UnlockAuthority unlocks the authority and publishes the directory if the register has moved
// on without it. [unlock.Authority] does what else has waited for that. It fails with
// keys.ErrPassphrase or keys.ErrDamagedKey; a [*PublishError] leaves the authority unlocked.
func (s *School) UnlockAuthority(ctx context.Context, passphrase []byte) error {
	sealed, err := files.ReadSmall(filepath.Join(s.dir, AuthorityFile))
	if err != nil {
		return fmt.Errorf("unlock the authority: %w", err)
	}
	a, err := keys.OpenAuthority(sealed, passphrase)
	if err != nil {
		return err
	}
	s.swap(a)
	if err := s.publishIfBehind(ctx); err != nil {
		return &PublishError{err}
	}
	return nil
}

// Unlocked reports whether the authority is unlocked.
func (s *School) Unlocked() bool { return s.authority.Load() != nil }

// Lock forgets the authority.
func (s *School) Lock() {
	s.swap(nil)
}

// swap puts another authority, or none, in the place of the unlocked one.
func (s *School) swap(a *keys.Authority) {
	if before := s.authority.Swap(a); before != nil {
		before.Wipe()
	}
}

// Authority is the unlocked authority. It fails with [ErrLocked].
func (s *School) Authority() (*keys.Authority, error) {
	a := s.authority.Load()
	if a == nil {
		return nil, ErrLocked
	}
	return a, nil
}

// Policy is the policy in the directory, or the default when there is no
// directory that can be believed.
func (s *School) Policy() keys.Policy {
	d, err := s.Directory()
	if err != nil {
		return keys.DefaultPolicy()
	}
	return d.Policy
}

// Now is the time of what is made, to the second.
func (s *School) Now() time.Time { return s.options.now().UTC().Truncate(time.Second) }

// Clock is the clock that the school was opened with; nil for time.Now.
func (s *School) Clock() func() time.Time { return s.options.Clock }
