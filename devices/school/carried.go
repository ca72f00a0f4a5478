package school

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
)

// carryDirectory gives a stick the newest directory, unless it has it: away from
// school, who opens the stick knows from it whose keys are blocked and what is lost.
// It is encrypted to the holder's key, since it names everybody. put is nil for a
// stick that cannot be written; one that is full stays without.
func (s *School) carryDirectory(ctx context.Context, drive stick.FS, put func([]byte) error, d devices.Device, seen *CheckInResult) error {
	if put == nil || d.Holder == "" {
		return nil
	}
	directory, err := s.Directory()
	if err != nil {
		return err
	}
	have, err := stick.Directories(drive)
	if err != nil {
		return err
	}
	altered, err := stick.DirectoryAltered(drive)
	if err != nil {
		return err
	}
	if len(have) == 1 && !altered && d.Seen.At.After(directory.Published) {
		seen.Directory = true // given to it the last time
		return nil
	}
	key, ok, err := s.CurrentKey(ctx, d.Holder)
	if err != nil || !ok {
		return err
	}
	note, err := readSmall(filepath.Join(s.dir, DirectoryFile))
	if err != nil {
		return err
	}
	sealed, err := keys.WrapFor(note, append([]string{key.Recipient}, directory.Recovery...))
	if err != nil {
		return err
	}
	err = put(sealed[keys.Class(key.Class)])
	if errors.Is(err, stick.ErrFull) || errors.Is(err, stick.ErrTooLarge) {
		return nil
	}
	seen.Directory = err == nil
	return err
}

// TakeDirectory remembers the directory that a stick carries, if it is newer than the
// newest one seen on this computer. The key is the one that opened the stick, and the
// verifier that of the opened stick: what the school did not sign is not believed.
// It fails with keys.ErrWrongKey or as keys.OpenDirectory does, and with os.ErrNotExist
// for a stick that carries none.
func (s Serials) TakeDirectory(ctx context.Context, drive stick.FS, k *keys.HolderKey, verifier string) error {
	if s.Dir == "" {
		return nil // nothing is remembered here
	}
	found, err := stick.Directories(drive)
	if err != nil {
		return err
	}
	err = os.ErrNotExist
	for _, sealed := range found {
		if err = s.take(ctx, sealed, k, verifier); err == nil || errors.Is(err, keys.ErrOlder) {
			return nil // an older one is of no use, and no harm
		}
	}
	return err
}

func (s Serials) take(ctx context.Context, sealed []byte, k *keys.HolderKey, verifier string) error {
	note, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, k.Identity())
	if err != nil {
		if errors.Is(err, crypt.ErrNoIdentity) {
			return keys.ErrWrongKey
		}
		return err
	}
	d, err := keys.OpenDirectory(note, verifier)
	if err != nil {
		return err
	}
	if err := s.Check(d); err != nil {
		return err
	}
	s.keep(d.Verifier, note)
	return nil
}

// Kept is the newest directory of a school that this computer keeps a copy of, for
// where it was told of no school; false when there is none.
func (s Serials) Kept(verifier string) (*keys.Directory, bool) { return s.kept(verifier) }
