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

// CheckInOptions say what else a check-in is to do.
type CheckInOptions struct {
	Drive   stick.FS        // the stick's drive
	Holder  *keys.HolderKey // the key that opened the stick; nil if something else did
	Health  devices.Health  // what a check came to
	Place   string          // where the stick was seen
	NewCode bool            // replace the recovery code even if it was not used
}

// CheckIn records that an opened stick was seen at school, replaces a recovery
// code that was used, and brings the copies of the holder's key on the stick
// and in the school's folder to the newest passphrase, if that key opened the
// stick. It fails with [ErrUnknownStick] if the register does not know the stick.
func (s *School) CheckIn(ctx context.Context, opened *stick.Stick, o CheckInOptions) (Sight, error) {
	d, err := s.DeviceOf(ctx, opened.Note())
	if err != nil {
		return Sight{}, err
	}
	seen := Sight{Lost: missing(d.State)}
	if o.NewCode || !d.Recovery.Used.IsZero() {
		if err := s.ReplaceCode(ctx, opened, d); err != nil {
			return seen, err
		}
		seen.CodeReplaced = true
	}
	if o.Holder != nil {
		if err := s.newestKey(ctx, o.Drive, opened, o.Holder, &seen); err != nil {
			return seen, err
		}
	}
	sighting, err := s.sighting(o.Drive, opened, d)
	if err != nil {
		return seen, err
	}
	sighting.Health, sighting.Place = o.Health, o.Place
	if seen.Device, err = s.register.CheckIn(ctx, s.options.Actor, d.ID, sighting); err != nil {
		return seen, err
	}
	seen.Older = seen.Device.Seen.Older
	return seen, nil
}

// sighting is what an opened stick says of its state. Since the register knows
// layers by number and digest, it is told no layer where those would mislead
// it: a stick of an earlier generation than it was seen in is older whatever
// its layers are, and while a stick is being rotated its newest layer changes.
func (s *School) sighting(fsys stick.FS, opened *stick.Stick, d devices.Device) (devices.Sighting, error) {
	free, total, err := fsys.Free()
	if err != nil {
		return devices.Sighting{}, fmt.Errorf("look how full the stick is: %w", err)
	}
	note, head := opened.Note(), opened.Head()
	seen := devices.Sighting{Stick: seenAs(note), Sequence: head.Seq, Digest: head.Digest, Format: 1, Used: total - free, Size: total}
	id, generation := knownStick(d)
	switch {
	case id == note.ID && note.Generation < generation:
		seen.Stick, seen.Sequence, seen.Digest = d.Seen.Stick, 0, ""
	case opened.Rotating() && note.Generation > generation:
		seen.Sequence, seen.Digest = 0, ""
	case opened.Rotating():
		seen.Sequence, seen.Digest = d.Seen.Sequence, d.Seen.Digest
	}
	return seen, nil
}

// ReplaceCode puts a new recovery code on an opened stick and into the
// register. The stick is changed last before the register commits, and a code
// that was used counts as used until then, so that a program that dies leaves
// nothing that the next check-in does not put right.
func (s *School) ReplaceCode(ctx context.Context, opened *stick.Stick, d devices.Device) error {
	directory, err := s.Directory()
	if err != nil {
		return err
	}
	code, sealed, err := newCode(directory.Recovery, directory.Policy.Class)
	if err != nil {
		return err
	}
	defer clear(code)
	err = s.register.Atomically(ctx, func(r *devices.Register) error {
		if _, err := r.StoreRecoveryCode(ctx, s.options.Actor, d.ID, sealed); err != nil {
			return err
		}
		return opened.ReplaceCode(code)
	})
	if err != nil {
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
		if err := opened.SetHolderKey(sealed); err != nil {
			return fmt.Errorf("give the stick the newer copy of the key: %w", err)
		}
		seen.KeyRenewed = true
	}
	return nil
}
