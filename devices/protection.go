package devices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// RecordVerification records that somebody checked whether the device is
// encrypted. Method and By are required; At may be zero for now.
func (r *Register) RecordVerification(ctx context.Context, actor, device string, v Verification) (Device, error) {
	return r.changeDevice(ctx, "record verification", actor, device, 0, func(c *change, before Device) error {
		if err := v.clean(c.time); err != nil {
			return err
		}
		return c.record(ctx, Event{Kind: DeviceVerified, Device: device, Holder: before.Holder}, v)
	})
}

func (v *Verification) clean(now time.Time) error {
	var c cleaner
	c.line("encryption", &v.Method)
	c.line("verified by", &v.By)
	c.note("note", &v.Note)
	c.moment("verified", &v.At, now)
	c.required("encryption", v.Method)
	c.required("verified by", v.By)
	if v.At.IsZero() {
		v.At = now
	}
	return c.err
}

// CheckIn records that a device was seen. At may be zero for now. Look at
// Seen.Older of the device returned, and at its State: a lost one stays lost
// until somebody acts on it.
func (r *Register) CheckIn(ctx context.Context, actor, device string, s Sighting) (Device, error) {
	return r.changeDevice(ctx, "check in", actor, device, 0, func(c *change, before Device) error {
		if err := s.clean(c.time); err != nil {
			return err
		}
		s.Older = !s.Settled && (s.Forked || !s.Traced && s.olderThan(before.Seen))
		return c.record(ctx, Event{Kind: DeviceSeen, Device: device, Holder: before.Holder}, s)
	})
}

func (s *Sighting) clean(now time.Time) error {
	var c cleaner
	c.line("place", &s.Place)
	c.line("stick", &s.Stick)
	c.line("digest", &s.Digest)
	c.note("note", &s.Note)
	c.moment("last seen", &s.At, now)
	if s.At.IsZero() {
		s.At = now
	}
	for field, n := range map[string]int64{"sequence": s.Sequence, "format": int64(s.Format), "used": s.Used, "size": s.Size} {
		if n < 0 {
			c.fail(&InvalidError{Field: field, Value: fmt.Sprint(n), Problem: "is negative"})
		}
	}
	switch s.Health {
	case Unchecked, Healthy, Repaired, Broken:
	default:
		c.fail(&InvalidError{Field: "health", Value: shorten(string(s.Health)), Problem: "is not known"})
	}
	if s.Stick == "" {
		*s = Sighting{At: s.At, Place: s.Place, Note: s.Note}
	}
	return c.err
}

// MaxRecoveryCode is the size in bytes of the largest recovery code kept.
const MaxRecoveryCode = 64 << 10

// StoreRecoveryCode keeps a stick's telephone recovery code, as ciphertext that
// only the caller can make sense of, and deletes the one before. At most
// [MaxRecoveryCode] bytes.
func (r *Register) StoreRecoveryCode(ctx context.Context, actor, device string, ciphertext []byte) (Device, error) {
	return r.changeDevice(ctx, "store recovery code", actor, device, 0, func(c *change, before Device) error {
		if len(ciphertext) == 0 || len(ciphertext) > MaxRecoveryCode {
			return &InvalidError{Field: "recovery code", Problem: fmt.Sprintf("has %d bytes", len(ciphertext))}
		}
		digest := digestOf(ciphertext)
		if before.Recovery.Digest == digest {
			return &DuplicateError{Field: "recovery code", Value: digest, Existing: device}
		}
		if before.Recovery.Digest != "" {
			if err := c.DeleteBlob(ctx, before.Recovery.Digest); err != nil {
				return err
			}
		}
		if err := c.PutBlob(ctx, digest, ciphertext); err != nil {
			return err
		}
		return c.record(ctx, Event{Kind: CodeStored, Device: device, Holder: before.Holder}, codeBody{digest})
	})
}

// UseRecoveryCode returns the ciphertext of a stick's recovery code, and records
// that it was given out and how the holder was identified (required).
func (r *Register) UseRecoveryCode(ctx context.Context, actor, device, identified string) ([]byte, error) {
	var ciphertext []byte
	_, err := r.changeDevice(ctx, "use recovery code", actor, device, 0, func(c *change, before Device) error {
		var clean cleaner
		clean.note("identity check", &identified)
		clean.required("identity check", identified)
		if clean.err != nil {
			return clean.err
		}
		if before.Recovery.Digest == "" {
			return fmt.Errorf("recovery code of %s: %w", before.Name(), ErrNotFound)
		}
		var err error
		if ciphertext, err = c.Blob(ctx, before.Recovery.Digest); err != nil {
			return fmt.Errorf("recovery code of %s: %w", before.Name(), err)
		}
		if digestOf(ciphertext) != before.Recovery.Digest {
			return fmt.Errorf("recovery code of %s: %w", before.Name(), ErrCorrupt)
		}
		return c.record(ctx, Event{Kind: CodeUsed, Device: device, Holder: before.Holder}, noteBody{identified})
	})
	if err != nil {
		return nil, err
	}
	return ciphertext, nil
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
