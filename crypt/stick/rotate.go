package stick

import (
	"context"
	"fmt"
	"slices"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// RotateOptions are the options of [Stick.Rotate].
type RotateOptions struct {
	School   Signer         // signs the note for the new identity; must be the stick's school
	Code     []byte         // a new recovery code; nil for none
	Progress crypt.Progress // bytes of plaintext encrypted again; may be nil
}

// rotateBytes is how many encrypted bytes are rewritten before the old ones are removed.
const rotateBytes = 64 << 20

// Rotate gives the stick a new identity and encrypts every layer again, for
// when a key may be compromised: rekey first if it was the holder's, or for a stick that goes to another holder. Previous
// versions are kept. It needs free space for the largest layer. It can be
// interrupted at any point: the stick opens meanwhile as before, for reading
// and writing, and Rotate called again finishes the work. A stick that was
// opened with a recovery code is refused with [ErrNoKey]: the code does not say
// who holds the stick now.
func (s *Stick) Rotate(ctx context.Context, o RotateOptions) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.canRotate(); err != nil {
		return err
	}
	if s.ring.retired == nil {
		if err := s.beginRotation(o, nil); err != nil {
			return fmt.Errorf("begin to rotate: %w", err)
		}
	}
	if err := s.rotateLayers(ctx, crypt.OrNoProgress(o.Progress)); err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	if err := s.endRotation(o); err != nil {
		return fmt.Errorf("finish rotating: %w", err)
	}
	return nil
}

// canRotate refuses what would not end well.
func (s *Stick) canRotate() error {
	if s.ring.name == "" {
		return fmt.Errorf("rotate: %w: open it with a holder's key or the recovery key", ErrNoKey)
	}
	return s.checkRotateSpace()
}

// Rotating reports whether a rotation was begun and is to be finished.
func (s *Stick) Rotating() bool {
	s.write.Lock()
	defer s.write.Unlock()
	return s.ring.keyring.retired != nil
}

// checkRotateSpace makes sure that the largest layer can be written again.
func (s *Stick) checkRotateSpace() error {
	var largest int64
	for _, l := range s.layers {
		largest = max(largest, l.Size())
	}
	return s.checkSpace(layer.PaddedSize(max(largest, min(rotateBytes, s.bytes())) + layerOverhead))
}

// bytes returns the size of all layers.
func (s *Stick) bytes() int64 {
	var sum int64
	for _, l := range s.layers {
		sum += l.Size()
	}
	return sum
}

// beginRotation makes the new identity and puts it into force: its key files,
// which open the old layers as well, then the note, then the old ones go. With next, they
// are another holder's.
func (s *Stick) beginRotation(o RotateOptions, next *RekeyOptions) error {
	if o.School.Verifier() != s.unlocked.verifier {
		return keys.ErrOtherSchool
	}
	old := s.ring.current
	identity, err := keys.NewStickIdentity(s.note.School, s.unlocked.verifier, s.note.ID, s.note.Policy.Class, s.o.Clock())
	if err != nil {
		return err
	}
	ring := &keyring{current: identity, retired: old, head: s.head(), holders: s.ring.holders}
	if next != nil {
		ring.holders = next.Holders
	}
	note := s.note
	note.Class, note.Recipient = identity.Class(), sticknote.RecipientDigest(identity.Recipient())
	note.Generation++
	note.Issued = now(s.o.Clock)
	signed, err := note.Sign(o.School)
	if err != nil {
		return err
	}
	stickKeys, err := ring.stickKeys()
	if err != nil {
		return err
	}
	change := pair.Change{FS: s.fs}
	name, err := s.writeRing(&change, ring)
	if err != nil {
		return err
	}
	if err := s.writeCode(&change, ring, o.Code); err != nil {
		return err
	}
	if next != nil {
		if err := s.writeHolder(&change, next.HolderKey); err != nil {
			return err
		}
	}
	if err := s.writeNote(&change, signed); err != nil {
		s.mu.Lock()
		s.uncertain = true // which identity is in force
		s.mu.Unlock()
		return err
	}
	// From here on the new identity is in force.
	retired := s.keys[0]
	retired.Retired, retired.LastSeq = true, ring.head.Seq
	s.mu.Lock()
	s.note, s.ring, s.keys = note, ringFile{ring, name}, []*layer.Key{stickKeys[0], retired}
	s.mu.Unlock()
	return change.Finish()
}

// writeNote writes the note under the name that is free. Of two, the one that cannot be read is given up.
func (s *Stick) writeNote(change *pair.Change, signed []byte) error {
	notes, err := sticknote.Read(s.fs)
	if err != nil {
		return err
	}
	_, err = change.Write(sticknote.Pair(), notes[0].Name, signed)
	return err
}

// rotateLayers encrypts the layers of the retired identity again, oldest
// first. The new one has the number of the old one and says which it replaces.
func (s *Stick) rotateLayers(ctx context.Context, p crypt.Progress) error {
	for _, l := range s.layers {
		if l.Key.Retired {
			p.Expect(l.End)
		}
	}
	for {
		done, err := s.rotateBatch(ctx, p)
		if err != nil || done == 0 {
			return err
		}
	}
}

// rotateBatch rotates a few layers and returns how many.
func (s *Stick) rotateBatch(ctx context.Context, p crypt.Progress) (int, error) {
	current := slices.Clone(s.layers)
	refs := map[layer.Ref]layer.Ref{}
	var old, fresh []*layer.Layer
	var bytes int64
	var err error
	for i, l := range current {
		if !l.Key.Retired {
			continue
		}
		if bytes += l.Size(); len(fresh) > 0 && bytes > rotateBytes {
			break
		}
		var now *layer.Layer
		if now, err = s.rotateLayer(ctx, l, refs, p); err != nil {
			break
		}
		current[i], refs[l.Ref()] = now, now.Ref()
		old, fresh = append(old, l), append(fresh, now)
	}
	if len(fresh) == 0 {
		return 0, err
	}
	for _, l := range current {
		l.Redirect(refs)
	}
	s.setLayers(current)
	for _, l := range old {
		if removeErr := s.readers.Remove(s.fs, l); err == nil {
			err = removeErr
		}
	}
	if syncErr := s.fs.SyncDir(layout.Layers); err == nil {
		err = syncErr
	}
	s.pruneTables()
	s.addTable(fresh...)
	return len(fresh), err
}

// rotateLayer encrypts one layer again and reads it back.
func (s *Stick) rotateLayer(ctx context.Context, l *layer.Layer, refs map[layer.Ref]layer.Ref, p crypt.Progress) (*layer.Layer, error) {
	pieces := make([]piece, 0, l.Records.Count)
	for r := range l.Records.All() {
		p := piece{Record: r}
		if r.Kind == layer.FileRecord {
			p.from = r
		}
		pieces = append(pieces, p)
	}
	h := l.Header
	h.Below = slices.Clone(h.Below)
	h.Redirect(refs)
	h.ID, h.Was, h.Replaced = layer.NewID(l.ID.Seq), l.Digest, l.Rotated()
	fresh, err := s.writeLayer(ctx, pieces, h, p)
	if err != nil {
		return nil, err
	}
	if err := s.readBack(ctx, fresh); err != nil {
		_ = layer.RemoveParts(s.fs, fresh.ID, len(fresh.Parts))
		return nil, err
	}
	return fresh, nil
}

// endRotation forgets the retired identity.
func (s *Stick) endRotation(o RotateOptions) error {
	ring := &keyring{current: s.ring.current, holders: s.ring.holders}
	change := pair.Change{FS: s.fs}
	name, err := s.writeRing(&change, ring)
	if err == nil && o.Code != nil {
		err = s.writeCode(&change, ring, o.Code)
	}
	if err == nil {
		err = change.Finish()
	}
	if err == nil {
		err = s.markAgain()
	}
	if err != nil {
		return err
	}
	s.ring.retired.Wipe()
	s.ring = ringFile{ring, name}
	s.mu.Lock()
	s.keys[1].MAC.Wipe()
	s.keys = s.keys[:1]
	s.mu.Unlock()
	return nil
}
