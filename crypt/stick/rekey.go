package stick

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/pair"
)

// ChangePassphrase protects the holder's key on the stick with another
// passphrase, which the caller has judged (keys.Judge). It fails with
// [keys.ErrPassphrase] when current is wrong and [ErrNoKey] when the stick
// carries no holder's key. Until it returns, the current one holds.
func (s *Stick) ChangePassphrase(current, next []byte) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	files, err := readSlots(s.fs, holderSlot)
	if err != nil {
		return err
	}
	err = ErrNoKey
	for _, f := range files {
		var k *keys.HolderKey
		if k, err = keys.OpenHolderKey(f.Data, current); err != nil {
			continue
		}
		defer k.Wipe()
		err = s.choose(k, f.Name, current, next)
		break
	}
	if err != nil {
		return fmt.Errorf("change the passphrase: %w", err)
	}
	s.mu.Lock()
	s.mustChange = false
	s.mu.Unlock()
	return nil
}

// choose protects the holder's key, which lies in a slot, with the passphrase next. The mark that says so comes
// first: a key that somebody has chosen the passphrase of never lies there without.
func (s *Stick) choose(k *keys.HolderKey, slot string, current, next []byte) error {
	sealed, err := k.Choose(current, next, s.note.Policy.WorkFactor, s.o.Clock())
	if err != nil {
		return err
	}
	change := pair.Change{FS: s.fs}
	name, err := change.Free(slotPair(holderSlot), slot)
	if err == nil {
		err = s.writeMark(name, ChosenKey{sealed, k.Recipient(), k.PassphraseSet})
	}
	if err == nil {
		if err = slotPair(holderSlot).Write(s.fs, name, sealed); err != nil {
			_ = s.fs.Remove(chosenName(name))
		}
	}
	if err == nil {
		err = change.Finish()
	}
	if err == nil && s.unlocked.slot != "" {
		s.unlocked.slot = name
	}
	return err
}

// SetHolderKey carries another copy of the holder's protected key file on the
// stick, such as one with a newer passphrase; nil carries none.
func (s *Stick) SetHolderKey(sealed []byte) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	change := pair.Change{FS: s.fs}
	if err := s.writeHolder(&change, sealed); err != nil {
		return err
	}
	s.unlocked.slot = "" // it holds another copy now
	return change.Finish()
}

func (s *Stick) writeHolder(change *pair.Change, sealed []byte) error {
	if sealed == nil {
		change.Drop(slotPair(holderSlot))
		return nil
	}
	_, err := change.Write(slotPair(holderSlot), s.unlocked.slot, sealed)
	return err
}

// RekeyOptions are the options of [Stick.Rekey].
type RekeyOptions struct {
	Holders   []string // age recipients of who may open the stick from now on; none for ICT alone
	HolderKey []byte   // their protected key file, to be carried on the stick; nil for none
	// NewIdentity gives the stick a new identity as well, whose note it signs. It is the stick's school; nil to keep
	// the identity, which is for a new key of the same holder.
	NewIdentity Signer
}

// Rekey gives the stick to another holder, or to the same one with another
// key: the stick's identity is encrypted to the new recipients and to the
// school's recovery key. It is also how a
// stick opened with the recovery key or a recovery code is given back to a
// holder who forgot the passphrase. Until it returns, the old keys open the
// stick as well; when it was interrupted, it is to be called again.
//
// Without a new identity no layer is rewritten, and who held the stick before reads and writes whatever is stored later,
// with the identity that they may have kept. With one, what they kept opens nothing that is stored from now
// on; the layers that are there are encrypted again by [Stick.Rotate], to be called next, which must not be under
// way. The recovery code goes with the old identity.
func (s *Stick) Rekey(ctx context.Context, o RekeyOptions) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.NewIdentity != nil {
		if err := s.rekeyAnew(o); err != nil {
			return fmt.Errorf("rekey: %w", err)
		}
		return nil
	}
	ring := *s.ring.keyring
	ring.holders = o.Holders
	change := pair.Change{FS: s.fs}
	name, err := s.writeRing(&change, &ring)
	if err == nil {
		err = s.writeHolder(&change, o.HolderKey)
	}
	if err == nil {
		err = change.Finish()
	}
	if err != nil {
		return fmt.Errorf("rekey: %w", err)
	}
	s.ring = ringFile{&ring, name}
	s.unlocked.slot = ""
	return nil
}

// rekeyAnew is Rekey with a new identity.
func (s *Stick) rekeyAnew(o RekeyOptions) error {
	if err := s.canRotate(); err != nil {
		return err
	}
	if s.ring.retired != nil {
		return errors.New("the rotation that was begun must be finished first")
	}
	err := s.beginRotation(RotateOptions{School: o.NewIdentity}, &o)
	if err == nil {
		s.unlocked.slot = ""
	}
	return err
}

// Holders are the age recipients of who may open the stick, besides the school.
func (s *Stick) Holders() []string {
	s.write.Lock()
	defer s.write.Unlock()
	return slices.Clone(s.ring.holders)
}

// writeRing writes the files of the stick's identity, and has those of other
// classes removed. It returns the name of one of them.
func (s *Stick) writeRing(change *pair.Change, ring *keyring) (name string, err error) {
	wrapped, err := wrapKeyring(ring, s.note.Recovery)
	if err != nil {
		return "", err
	}
	for _, class := range keys.Classes() {
		if wrapped[class] == nil {
			change.Drop(slotPair(stickSlot(class)))
			continue
		}
		if name, err = change.Write(slotPair(stickSlot(class)), s.ring.name, wrapped[class]); err != nil {
			return "", err
		}
	}
	return name, nil
}

// ReplaceCode protects the stick's identity with another recovery code, of
// keys.GenerateCode, or with none when code is nil. Until it returns, the old
// code opens the stick.
func (s *Stick) ReplaceCode(code []byte) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	change := pair.Change{FS: s.fs}
	err := s.writeCode(&change, s.ring.keyring, code)
	if err == nil {
		err = change.Finish()
	}
	if err != nil {
		return fmt.Errorf("replace the recovery code: %w", err)
	}
	return nil
}

func (s *Stick) writeCode(change *pair.Change, ring *keyring, code []byte) error {
	if code == nil {
		change.Drop(slotPair(codeSlot))
		return nil
	}
	sealed, err := sealCode(ring, code, s.note.Policy.WorkFactor)
	if err != nil {
		return err
	}
	_, err = change.Write(slotPair(codeSlot), "", sealed)
	return err
}
