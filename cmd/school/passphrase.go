package school

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"stowage/crypt/keys"
	"stowage/devices"
)

// ChangeKeyPassphrase protects a holder's key file, wherever it lies, with
// another passphrase, which is held to the policy. The file is the old one or
// the new one at any moment.
func ChangeKeyPassphrase(path string, current, next []byte, policy keys.Policy, now time.Time) error {
	sealed, err := changed(path, current, next, policy, now)
	if err != nil {
		return err
	}
	return writeFile(path, sealed.content, true)
}

// ChangePassphrase is [ChangeKeyPassphrase] for the copy of a key in the
// school's folder.
func (s *School) ChangePassphrase(ctx context.Context, who string, current, next []byte) error {
	key, err := s.keyOf(ctx, who)
	if err != nil {
		return err
	}
	path, err := s.KeyFile(key)
	if err != nil {
		return err
	}
	sealed, err := changed(path, current, next, s.Policy(), s.now())
	if err != nil {
		return err
	}
	defer sealed.key.Wipe()
	if filepath.Base(s.keyPath(key, sealed.key.PassphraseSet)) == filepath.Base(path) { // within the same second
		return writeFile(path, sealed.content, true)
	}
	_, err = s.KeepKeyFile(key, sealed.key, sealed.content)
	return err
}

// keyOf is the key in force of a person.
func (s *School) keyOf(ctx context.Context, who string) (devices.Key, error) {
	holder, err := s.register.FindHolder(ctx, who)
	if err != nil {
		return devices.Key{}, fmt.Errorf("find the key of %q: %w", who, err)
	}
	key, ok, err := s.CurrentKey(ctx, holder.ID)
	if err == nil && !ok {
		err = keys.ErrNoKey
	}
	if err != nil {
		return devices.Key{}, fmt.Errorf("find the key of %s: %w", holder.Name, err)
	}
	return key, nil
}

// sealedKey is a key with its file.
type sealedKey struct {
	key     *keys.HolderKey
	content []byte
}

// changed is the key file at path under another passphrase.
func changed(path string, current, next []byte, policy keys.Policy, now time.Time) (sealedKey, error) {
	sealed, err := readSmall(path)
	if err != nil {
		return sealedKey{}, fmt.Errorf("read the key: %w", err)
	}
	k, err := keys.OpenHolderKey(sealed, current)
	if err != nil {
		return sealedKey{}, err
	}
	if err := JudgeChange(current, next, policy, k.Holder.Name, k.School); err != nil {
		k.Wipe()
		return sealedKey{}, err
	}
	k.Chosen(now)
	content, err := k.Seal(next, policy.WorkFactor)
	if err != nil {
		k.Wipe()
		return sealedKey{}, err
	}
	return sealedKey{k, content}, nil
}

// JudgeChange holds a new passphrase to the policy, and refuses the one that it
// is to replace. The error is a [*keys.WeakError].
func JudgeChange(current, next []byte, policy keys.Policy, personal ...string) error {
	if bytes.Equal(current, next) {
		return &keys.WeakError{Reason: keys.ReasonSame, Policy: policy}
	}
	_, err := keys.Judge(next, policy, personal...)
	return err
}
