package issue

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/known"
)

// ErrToRotate: a stick was given to another person, but not all that was on it is encrypted anew. What the one before
// has kept opens nothing that is stored from now on; [Rotate] finishes the work.
var ErrToRotate = errors.New("not everything on the stick is encrypted anew yet")

// Rekey gives an opened stick to a holder, with the holder's key in
// force: after that key was replaced, or when the stick goes to another person, for
// whom the register takes it back and issues it again. For the same person no layer is rewritten. For another one
// the stick gets a new identity and everything on it is encrypted again, so that what the one before may have
// kept opens nothing that is stored later: that takes time, and room for the largest layer. If it was
// interrupted, that is [ErrToRotate], and the stick is the new holder's by then. p may be nil.
func Rekey(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, who string, p crypt.Progress) (devices.Device, error) {
	d, anew, err := rekeyTo(ctx, s, fsys, opened, who, p)
	if err != nil {
		return devices.Device{}, err
	}
	if anew {
		rotated, err := Rotate(ctx, s, fsys, opened, p)
		if err != nil {
			_ = s.PublishChange(ctx) // what is not is said, and done, at the next opportunity
			return d, fmt.Errorf("encrypt the stick again for %s: %w: %w", d.HolderName, ErrToRotate, err)
		}
		d = rotated
	}
	return d, s.PublishChange(ctx)
}

// rekeyTo gives the stick to the holder. anew is set if it has a new identity, and is to be rotated.
func rekeyTo(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, who string, p crypt.Progress) (d devices.Device, anew bool, err error) {
	a, err := s.Authority()
	if err != nil {
		return d, false, err
	}
	if d, err = known.Device(ctx, s.Register(), opened.Note()); err != nil {
		return d, false, err
	}
	if who == "" {
		who = d.Holder
	}
	holder, key, err := holderForStick(ctx, s, who)
	if err != nil {
		return d, false, fmt.Errorf("rekey the stick: %w", err)
	}
	if err := keepChosen(s, opened, key); err != nil {
		return d, false, fmt.Errorf("rekey the stick to %s: %w", holder.Name, err)
	}
	options := stick.RekeyOptions{Holders: []string{key.Recipient}}
	policy := s.Policy()
	if policy.KeysOnStick {
		if options.HolderKey, err = readKeyFile(s, key); err != nil {
			return d, false, err
		}
	}
	if anew, err = needsIdentity(ctx, s, fsys, opened, holder, key, p); err != nil {
		return d, false, fmt.Errorf("rekey the stick to %s: %w", holder.Name, err)
	}
	if anew && !opened.Rotating() {
		options.NewIdentity = a
	}
	var gone []devices.Key
	err = s.Register().Atomically(ctx, func(r *devices.Register) error {
		if d, err = handOver(ctx, s, r, d, holder, policy); err != nil {
			return err
		}
		if gone, err = placeOnly(ctx, s, r, d, key, options.HolderKey != nil); err != nil {
			return err
		}
		return opened.Rekey(ctx, options) // last: what follows cannot fail but the commit
	})
	for i := 0; err == nil && i < len(gone); i++ {
		err = keyfiles.Drop(s, gone[i])
	}
	if err != nil {
		return d, false, fmt.Errorf("rekey the stick to %s: %w", holder.Name, err)
	}
	return d, anew, nil
}

// keepChosen takes a copy of a key whose passphrase its holder has chosen, on an opened stick or in its backup, into the
// school's folder: what is then made with the key does not open with the passphrase that ICT gave out.
func keepChosen(s School, opened *stick.Stick, key devices.Key) error {
	chosen, err := opened.ChosenKey()
	if err != nil || chosen == nil || chosen.Recipient != key.Recipient {
		return err
	}
	_, err = keyfiles.KeepSealed(s, key, chosen.Set, chosen.Sealed)
	return err
}

// needsIdentity reports whether a stick that goes to a holder is to have another identity, since somebody else may
// know the one it has. A rotation that was begun is finished, unless it was for this holder's key, which then is
// the one that is needed.
func needsIdentity(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, holder devices.Holder, key devices.Key, p crypt.Progress) (bool, error) {
	theirs, err := s.Register().Keys(ctx, devices.KeyQuery{Holder: holder.ID})
	if err != nil {
		return false, err
	}
	held := opened.Holders()
	if opened.Rotating() {
		if slices.Equal(held, []string{key.Recipient}) {
			return true, nil
		}
		if _, err := Rotate(ctx, s, fsys, opened, p); err != nil {
			return false, err
		}
	}
	for _, recipient := range held {
		if !slices.ContainsFunc(theirs, func(k devices.Key) bool { return k.Recipient == recipient }) {
			return true, nil
		}
	}
	return len(held) == 0, nil
}

// handOver issues a device to a holder who does not have it yet.
func handOver(ctx context.Context, s School, r *devices.Register, d devices.Device, holder devices.Holder, policy keys.Policy) (devices.Device, error) {
	if d.Holder == holder.ID && d.State == devices.Issued {
		return d, nil
	}
	var err error
	if d.State == devices.Issued {
		if d, err = r.Act(ctx, s.Actor(), d.ID, devices.Return, devices.Facts{Note: "handed over"}); err != nil {
			return d, err
		}
	}
	return r.Issue(ctx, s.Actor(), d.ID, devices.LoanDetails{Holder: holder.ID, Days: policy.LoanDays})
}

// placeOnly records that of all keys only this one lies on a device, or none.
// It returns the others that were there.
func placeOnly(ctx context.Context, s School, r *devices.Register, d devices.Device, key devices.Key, onStick bool) (gone []devices.Key, err error) {
	there, err := r.Keys(ctx, devices.KeyQuery{Device: d.ID})
	if err != nil {
		return nil, err
	}
	for _, k := range there {
		if k.ID == key.ID && onStick {
			continue
		}
		if k, err = r.RemoveKey(ctx, s.Actor(), k.ID, d.ID); err != nil {
			return nil, err
		}
		gone = append(gone, k)
	}
	if onStick {
		_, err = r.PlaceKey(ctx, s.Actor(), key.ID, d.ID)
	}
	return gone, err
}

// Rotate gives an opened stick a new identity and encrypts every layer
// again, for when a key that opened it may be compromised; then it gets a new
// recovery code, since the old one belongs to the old identity. Interrupted, it
// is finished by calling it again.
func Rotate(ctx context.Context, s School, fsys stick.FS, opened *stick.Stick, p crypt.Progress) (devices.Device, error) {
	a, err := s.Authority()
	if err != nil {
		return devices.Device{}, err
	}
	d, err := known.Device(ctx, s.Register(), opened.Note())
	if err != nil {
		return devices.Device{}, err
	}
	if err := opened.Rotate(ctx, stick.RotateOptions{School: a, Progress: p}); err != nil {
		return devices.Device{}, err
	}
	if err := ReplaceCode(ctx, s, opened, d); err != nil {
		return devices.Device{}, err
	}
	sighting, err := known.Sighting(fsys, opened, d)
	if err != nil {
		return devices.Device{}, err
	}
	sighting.Note = "re-encrypted with a new key"
	return s.Register().CheckIn(ctx, s.Actor(), d.ID, sighting)
}

// ErrNoCode: the register has no recovery code for the device.
var ErrNoCode = errors.New("no recovery code is stored")

// TelephoneCode is the one-off code that opens a holder's stick, to be read out
// after identified, which says how the holder was known. That it was given out
// is on record; the program that opens the stick with it removes it there, and the next check-in
// gives the stick a new one. The caller wipes it.
func TelephoneCode(ctx context.Context, s School, device, identified string) ([]byte, devices.Device, error) {
	a, err := s.Authority()
	if err != nil {
		return nil, devices.Device{}, err
	}
	d, err := s.Register().FindDevice(ctx, device)
	if err != nil {
		return nil, d, fmt.Errorf("read out a recovery code: %w", err)
	}
	if d.Recovery.Digest == "" {
		return nil, d, fmt.Errorf("%s: %w", d.Name(), ErrNoCode)
	}
	sealed, err := s.Register().UseRecoveryCode(ctx, s.Actor(), d.ID, identified)
	if err != nil {
		return nil, d, fmt.Errorf("read out a recovery code: %w", err)
	}
	code, err := keys.Unwrap(sealed, a.Identities()...)
	if err != nil {
		return nil, d, fmt.Errorf("read out a recovery code: %w", err)
	}
	return code, d, nil
}
