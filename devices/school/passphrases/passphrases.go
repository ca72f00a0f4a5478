// Package passphrases changes the passphrases of holders' keys, wherever these lie, and of the authority. A new one is
// held to the policy, and the old file is overwritten; on flash that leaves copies which no program can reach.
package passphrases

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/keyfiles"
)

// School is what is needed of a school: the files of its keys, its register and its policy. A *school.School is one.
type School interface {
	keyfiles.School
	Register() *devices.Register
	Policy() keys.Policy
	Now() time.Time
}

// Choose has somebody choose a new passphrase, once the old one is known to be
// right. judge refuses one that does not meet the policy, or is the old one,
// with a [*keys.WeakError]; what Choose returns is judged again, and wiped.
type Choose func(judge func(next []byte) error) (next []byte, err error)

// chosen has a passphrase chosen in place of the current one.
func (c Choose) chosen(current []byte, policy keys.Policy, personal ...string) ([]byte, error) {
	judge := func(next []byte) error { return judgeChange(current, next, policy, personal...) }
	next, err := c(judge)
	if err != nil {
		return nil, err
	}
	if err := judge(next); err != nil {
		clear(next)
		return nil, err
	}
	return next, nil
}

// judgeChange holds a new passphrase to the policy, and refuses the one that it
// is to replace.
func judgeChange(current, next []byte, policy keys.Policy, personal ...string) error {
	if bytes.Equal(current, next) {
		return &keys.WeakError{Reason: keys.ReasonSame, Policy: policy}
	}
	_, err := keys.Judge(next, policy, personal...)
	return err
}

// ChangeFile protects a holder's key file, wherever it lies, with
// another passphrase, and overwrites what opened with the old one. The file is the old one or the new one at any
// moment, but see [safefile.ReplaceSecret].
func ChangeFile(path string, current []byte, choose Choose, policy keys.Policy, now time.Time) error {
	sealed, err := changed(path, current, choose, policy, now)
	if err != nil {
		return err
	}
	defer sealed.key.Wipe()
	return safefile.ReplaceSecret(path, sealed.content)
}

// ChangeHolder is [ChangeFile] for the copy of a person's key in
// the school's folder.
func ChangeHolder(ctx context.Context, s School, who string, current []byte, choose Choose) error {
	key, err := keyOf(ctx, s, who)
	if err != nil {
		return err
	}
	path, err := keyfiles.Path(s, key)
	if err != nil {
		return err
	}
	sealed, err := changed(path, current, choose, s.Policy(), s.Now())
	if err != nil {
		return err
	}
	defer sealed.key.Wipe()
	if keyfiles.PathFor(s, key, sealed.key.PassphraseSet) == path { // within the same second
		return safefile.ReplaceSecret(path, sealed.content)
	}
	_, err = keyfiles.Keep(s, key, sealed.key, sealed.content)
	return err
}

// ChangeStick protects the holder's key that a stick carries with
// another passphrase. The stick was opened with the current one.
func ChangeStick(opened *stick.Stick, current []byte, choose Choose) error {
	note := opened.Note()
	personal := []string{note.School, note.Label}
	if holder, ok := opened.Holder(); ok {
		personal = append(personal, holder.Name)
	}
	next, err := choose.chosen(current, note.Policy, personal...)
	if err != nil {
		return err
	}
	defer clear(next)
	return opened.ChangePassphrase(current, next)
}

// ChangeAuthority protects the authority with another passphrase.
func ChangeAuthority(s School, current []byte, choose Choose) error {
	path := filepath.Join(s.Dir(), school.AuthorityFile)
	sealed, err := files.ReadSmall(path)
	if err != nil {
		return fmt.Errorf("unlock the authority: %w", err)
	}
	a, err := keys.OpenAuthority(sealed, current)
	if err != nil {
		return err
	}
	defer a.Wipe()
	policy := s.Policy()
	next, err := choose.chosen(current, policy, a.School())
	if err != nil {
		return err
	}
	defer clear(next)
	if sealed, err = a.Seal(next, policy.WorkFactor); err != nil {
		return err
	}
	return safefile.ReplaceSecret(path, sealed)
}

// keyOf is the key in force of a person.
func keyOf(ctx context.Context, s School, who string) (devices.Key, error) {
	_, key, err := school.HolderWithKey(ctx, s.Register(), who)
	if err != nil {
		return devices.Key{}, fmt.Errorf("find the key: %w", err)
	}
	return key, nil
}

// sealedKey is a key with its file.
type sealedKey struct {
	key     *keys.HolderKey
	content []byte
}

// changed is the key file at path under another passphrase.
func changed(path string, current []byte, choose Choose, policy keys.Policy, now time.Time) (sealedKey, error) {
	sealed, err := files.ReadSmall(path)
	if err != nil {
		return sealedKey{}, fmt.Errorf("read the key: %w", err)
	}
	k, err := keys.OpenHolderKey(sealed, current)
	if err != nil {
		return sealedKey{}, err
	}
	next, err := choose.chosen(current, policy, k.Holder.Name, k.School)
	if err != nil {
		k.Wipe()
		return sealedKey{}, err
	}
	defer clear(next)
	k.Chosen(now)
	content, err := k.Seal(next, policy.WorkFactor)
	if err != nil {
		k.Wipe()
		return sealedKey{}, err
	}
	return sealedKey{k, content}, nil
}
