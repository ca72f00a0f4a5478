package school

import (
	"context"
	"errors"
	"fmt"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
)

// Sight is what a check-in found and did.
type Sight struct {
	Device       devices.Device
	Lost         bool // the register has it as lost or stolen: it turned up
	Older        bool // it is older than it was when last seen
	CodeReplaced bool // a recovery code that had been used was replaced
	KeyKept      bool // the key's newer passphrase was taken into the school's folder
	KeyRenewed   bool // the stick was given a copy of the key whose passphrase is newer
}

// CheckIn records that an opened stick was seen at school, replaces a recovery
// code that was used, and brings the copies of the holder's key on the stick
// and in the school's folder to the newest passphrase. fsys is the stick's
// drive. k is the holder's key that opened it, and nil if something else did;
// then the copies are left alone. It fails with [ErrUnknownStick] if the
// register does not know the stick.
func (s *School) CheckIn(ctx context.Context, fsys stick.FS, opened *stick.Stick, k *keys.HolderKey, health devices.Health, place string) (Sight, error) {
	d, err := s.DeviceOf(ctx, opened.Note())
	if err != nil {
		return Sight{}, err
	}
	seen := Sight{Lost: missing(d.State)}
	if seen.CodeReplaced, err = s.replaceUsedCode(ctx, opened, d); err != nil {
		return seen, err
	}
	if k != nil {
		if err := s.newestKey(ctx, fsys, opened, k, &seen); err != nil {
			return seen, err
		}
	}
	sighting, err := s.sighting(fsys, opened)
	if err != nil {
		return seen, err
	}
	sighting.Health, sighting.Place = health, place
	if seen.Device, err = s.register.CheckIn(ctx, s.options.Actor, d.ID, sighting); err != nil {
		return seen, err
	}
	seen.Older = seen.Device.Seen.Older
	return seen, nil
}

// sighting is what an opened stick says of its state.
func (s *School) sighting(fsys stick.FS, opened *stick.Stick) (devices.Sighting, error) {
	head := opened.Head()
	free, total, err := fsys.Free()
	if err != nil {
		return devices.Sighting{}, fmt.Errorf("look how full the stick is: %w", err)
	}
	return devices.Sighting{
		Stick: opened.Note().ID, Sequence: head.Seq, Digest: head.Digest, Format: 1,
		Used: total - free, Size: total,
	}, nil
}

// replaceUsedCode puts a new recovery code on the stick and into the register
// if the old one was given out. The stick is first: if the program dies in
// between, the register still says that the code was used.
func (s *School) replaceUsedCode(ctx context.Context, opened *stick.Stick, d devices.Device) (bool, error) {
	if d.Recovery.Used.IsZero() || opened.ReadOnly() {
		return false, nil
	}
	return true, s.replaceCode(ctx, s.register, opened, d)
}

func (s *School) replaceCode(ctx context.Context, r *devices.Register, opened *stick.Stick, d devices.Device) error {
	directory, err := s.Directory()
	if err != nil {
		return err
	}
	code, sealed, err := newCode(directory.Recovery, directory.Policy.Class)
	if err != nil {
		return err
	}
	defer clear(code)
	if err := opened.ReplaceCode(code); err != nil {
		return fmt.Errorf("replace the recovery code: %w", err)
	}
	if _, err = r.StoreRecoveryCode(ctx, s.options.Actor, d.ID, sealed); err != nil {
		return fmt.Errorf("replace the recovery code: %w", err)
	}
	return nil
}

// newestKey compares the key on the stick with the copy in the folder. The one
// whose passphrase was set later takes the other's place.
func (s *School) newestKey(ctx context.Context, fsys stick.FS, opened *stick.Stick, k *keys.HolderKey, seen *Sight) error {
	key, ok, err := s.CurrentKey(ctx, k.Holder.ID)
	if err != nil || !ok || key.Recipient != k.Recipient() {
		return err // an older key, which rekeying replaces
	}
	kept, set, err := s.newestKeyFile(key)
	if err != nil && !errors.Is(err, ErrNoKeyFile) {
		return err
	}
	onStick, err := stick.HolderKeys(fsys)
	if err != nil || len(onStick) == 0 {
		return err
	}
	switch {
	case set.Before(k.PassphraseSet):
		if len(onStick) > 1 { // replacing it was interrupted, so it is not known which is k's
			return nil
		}
		seen.KeyKept, err = s.KeepKeyFile(key, k, onStick[0])
		return err
	case set.After(k.PassphraseSet) && !opened.ReadOnly():
		sealed, err := readSmall(kept)
		if err != nil {
			return err
		}
		if err := opened.Rekey(ctx, stick.RekeyOptions{Holders: []string{key.Recipient}, HolderKey: sealed}); err != nil {
			return fmt.Errorf("give the stick the newer copy of the key: %w", err)
		}
		seen.KeyRenewed = true
	}
	return nil
}
