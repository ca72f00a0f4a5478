// Package issue gives people what is theirs: keys and sticks, made, replaced, restored, encrypted anew and handed on.
// What is made on a stick and in the register together is there on both sides or on neither, as far as a
// program can promise it: an empty stick that was made, but never got into the register, is begun again.
package issue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
	"stowage/devices/school/programs"
)

// School is what is needed of a school: its keys and their files, its register, its programs and its policy. A *school.School is one.
type School interface {
	keyfiles.School
	known.School
	programs.School
	Actor() string
	Clock() func() time.Time
	Policy() keys.Policy
	OpenAsICT(context.Context, stick.FS, stick.OpenOptions) (*stick.Stick, error)
	PublishChange(context.Context) error
}

// ErrHasKey: the holder has a key in force already.
var ErrHasKey = errors.New("the holder has a key already")

// IssuedKey is a key that was just issued.
type IssuedKey struct {
	Key        devices.Key
	Holder     devices.Holder
	File       string // the path of its file in the school's folder
	Sealed     []byte // the content of that file
	Passphrase []byte // the temporary passphrase, for the holder alone; the caller wipes it
}

// Key makes a key for a holder, under a generated passphrase that the
// holder must change. who is an id, name or e-mail address. It fails with
// [ErrHasKey] when the holder has one.
func Key(ctx context.Context, s School, who string) (IssuedKey, error) {
	return issueKey(ctx, s, who, func(r *devices.Register, h devices.Holder) (devices.KeyDetails, error) {
		old, ok, err := r.CurrentKey(ctx, h.ID)
		if err == nil && ok {
			err = fmt.Errorf("key of %s: %w", old.Issued.Format("2006-01-02"), ErrHasKey)
		}
		return devices.KeyDetails{}, err
	})
}

// ReplaceKey makes a new key for a holder in place of the present one: after
// a forgotten passphrase, or because the present one may be compromised. The
// sticks that the old one lies on stay as they are until they are rekeyed or
// rotated; the register knows which.
func ReplaceKey(ctx context.Context, s School, who, reason string) (IssuedKey, error) {
	return issueKey(ctx, s, who, func(r *devices.Register, h devices.Holder) (devices.KeyDetails, error) {
		old, ok, err := r.CurrentKey(ctx, h.ID)
		if err != nil || !ok {
			return devices.KeyDetails{}, err
		}
		return devices.KeyDetails{Replaces: old.ID, Reason: reason}, nil
	})
}

// issueKey makes a key whose further details are decided inside the register's
// transaction. The key's file is written before the register commits, under a
// name under which only a committed key is ever read: what a program that died
// in between leaves is never used. It is not cleared away, since after the
// restore of an older register it may be the only copy of a key in use.
func issueKey(ctx context.Context, s School, who string, decide func(*devices.Register, devices.Holder) (devices.KeyDetails, error)) (IssuedKey, error) {
	a, err := s.Authority()
	if err != nil {
		return IssuedKey{}, err
	}
	holder, err := s.Register().FindHolder(ctx, who)
	if err != nil {
		return IssuedKey{}, fmt.Errorf("issue a key: %w", school.AboutPerson(who, err))
	}
	made, err := makeKey(s, a, holder)
	if err != nil {
		return IssuedKey{}, fmt.Errorf("issue a key: %w", school.AboutPerson(holder.Name, err))
	}
	defer made.key.Wipe()
	issued := IssuedKey{Holder: holder, Sealed: made.sealed, Passphrase: made.passphrase}
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		details, err := decide(r, holder)
		if err != nil {
			return err
		}
		details.Holder, details.Class, details.Recipient = holder.ID, string(made.key.Class()), made.key.Recipient()
		if issued.Key, err = r.IssueKey(ctx, s.Actor(), details); err != nil {
			return err
		}
		issued.File = keyfiles.PathFor(s, issued.Key, made.key.PassphraseSet)
		return safefile.Write(issued.File, made.sealed, false)
	})
	if err != nil {
		if issued.File != "" {
			os.Remove(issued.File)
		}
		clear(made.passphrase)
		return IssuedKey{}, fmt.Errorf("issue a key: %w", school.AboutPerson(holder.Name, err))
	}
	return issued, s.PublishChange(ctx)
}

// madeKey is a key that nobody has yet.
type madeKey struct {
	key        *keys.HolderKey
	sealed     []byte
	passphrase []byte
}

func makeKey(s School, a *keys.Authority, h devices.Holder) (madeKey, error) {
	policy := s.Policy()
	k, err := keys.NewHolderKey(a.School(), a.Verifier(), keys.Holder{ID: h.ID, Name: h.Name}, policy.Class, s.Now())
	if err != nil {
		return madeKey{}, err
	}
	passphrase, err := keys.GeneratePassphrase(policy.Words)
	if err != nil {
		k.Wipe()
		return madeKey{}, err
	}
	sealed, err := k.Seal(passphrase, policy.WorkFactor)
	if err != nil {
		k.Wipe()
		clear(passphrase)
		return madeKey{}, err
	}
	return madeKey{k, sealed, passphrase}, nil
}

// RevokeKey records that the holder's key is not to be trusted any more, and
// publishes it. It returns the key, with the devices that it lies on.
func RevokeKey(ctx context.Context, s School, who, reason string) (devices.Key, error) {
	if _, err := s.Authority(); err != nil {
		return devices.Key{}, err
	}
	holder, key, err := school.HolderWithKey(ctx, s.Register(), who)
	if err != nil {
		return devices.Key{}, fmt.Errorf("revoke the key: %w", err)
	}
	if key, err = s.Register().RevokeKey(ctx, s.Actor(), key.ID, key.Version, reason); err != nil {
		return devices.Key{}, fmt.Errorf("revoke the key: %w", school.AboutPerson(holder.Name, err))
	}
	return key, s.PublishChange(ctx)
}
