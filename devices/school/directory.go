package school

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school/internal/files"
	"stowage/devices/school/known"
)

// Reasons in the directory say no more than what everyone may know.
const (
	reasonReplaced = "replaced"
	reasonRevoked  = "revoked"
	reasonLost     = "on a lost device"
)

// ReadDirectory reads a directory file. The verifier is the school's verifier
// key as it was first seen, or empty to take the one that the directory names.
// It fails with the errors of keys.OpenDirectory.
func ReadDirectory(path, verifier string) (*keys.Directory, error) {
	msg, err := files.ReadSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return keys.OpenDirectory(msg, verifier)
}

// Directory is the directory as it was last published.
func (s *School) Directory() (*keys.Directory, error) {
	return ReadDirectory(filepath.Join(s.dir, DirectoryFile), s.Verifier())
}

// Verifier is the key that the school's notes must be signed with: that of the
// authority when it is unlocked, otherwise as it was first seen.
func (s *School) Verifier() string {
	if a := s.authority.Load(); a != nil {
		return a.Verifier()
	}
	return s.options.Verifier
}

// PublishDirectory signs a new directory from the register and publishes it.
func (s *School) PublishDirectory(ctx context.Context) (*keys.Directory, error) {
	return s.publish(ctx, true)
}

// SetPolicy publishes a new directory with another policy.
func (s *School) SetPolicy(ctx context.Context, p keys.Policy) (*keys.Directory, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	return s.publishWith(ctx, true, func(d *keys.Directory) { d.Policy = p })
}

// Contact is how ICT is reached, lines, as the directory says; "" where it does not.
func (s *School) Contact() (string, error) {
	d, err := s.Directory()
	if err != nil {
		return "", err
	}
	return d.Contact, nil
}

// SetContact publishes a new directory that says how ICT is reached; an empty text
// takes that out of it. Sticks carry what it was when they were issued, and the newest
// directory. It fails with keys.ErrValue for a text that is too long or no text.
func (s *School) SetContact(ctx context.Context, contact string) (*keys.Directory, error) {
	if strings.TrimSpace(contact) == "" {
		contact = ""
	} else {
		var err error
		if contact, err = cleanLines(contact); err != nil {
			return nil, fmt.Errorf("set how ICT is reached: %w", err)
		}
	}
	return s.publishWith(ctx, true, func(d *keys.Directory) { d.Contact = contact })
}

// publishIfBehind publishes the directory unless it says already what the
// register knows.
func (s *School) publishIfBehind(ctx context.Context) error {
	_, err := s.publish(ctx, false)
	return err
}

// PublishChange publishes the directory, unless it says so already: it follows every change that the
// directory tells of. An error is a [*PublishError].
func (s *School) PublishChange(ctx context.Context) error {
	if err := s.publishIfBehind(context.WithoutCancel(ctx)); err != nil {
		return &PublishError{err}
	}
	return nil
}

func (s *School) publish(ctx context.Context, always bool) (*keys.Directory, error) {
	return s.publishWith(ctx, always, func(*keys.Directory) {})
}

// publishWith builds, signs and writes the directory. The register's write
// lock is held meanwhile, so that two desks cannot publish past each other. Then
// it is copied to the shared folder, where it is published for staff. What is not from
// the register stays as it was, but for what change makes of it.
func (s *School) publishWith(ctx context.Context, always bool, change func(*keys.Directory)) (next *keys.Directory, err error) {
	a, err := s.Authority()
	if err != nil {
		return nil, err
	}
	err = s.register.Atomically(ctx, func(r *devices.Register) error {
		old, err := s.previous(a)
		if err != nil {
			return err
		}
		if next, err = s.buildDirectory(ctx, r, a); err != nil {
			return err
		}
		next.Policy, next.Contact = old.Policy, old.Contact
		change(next)
		next.Serial, next.Published = old.Serial, old.Published
		// A folder that came back from a backup is behind what staff have seen.
		// Their computers take only a directory of a higher number.
		shared, err := s.sharedSerial(a.Verifier())
		if err != nil {
			return err
		}
		last := max(old.Serial, shared)
		if !always && last == old.Serial && same(old, next) {
			return nil
		}
		next.Serial, next.Published = last+1, s.Now()
		note, err := next.Sign(a)
		if err != nil {
			return err
		}
		return files.WritePublic(filepath.Join(s.dir, DirectoryFile), note, true)
	})
	if err == nil {
		err = s.publishShared()
	}
	if err != nil {
		return nil, fmt.Errorf("publish the directory: %w", err)
	}
	return next, nil
}

// previous is the directory that the next one follows. Where there is none that
// can be believed, numbers go on from the clock's seconds, which no count of
// directories has reached, so that nobody takes the new one for an older one. One that a
// later version wrote is keys.ErrNewer: what this version does not know would be lost.
func (s *School) previous(a *keys.Authority) (*keys.Directory, error) {
	old, err := ReadDirectory(filepath.Join(s.dir, DirectoryFile), a.Verifier())
	switch {
	case err == nil:
		return old, old.Complete()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, keys.ErrForged), errors.Is(err, keys.ErrOtherSchool), errors.Is(err, keys.ErrValue):
		return &keys.Directory{Policy: keys.DefaultPolicy(), Serial: s.Now().Unix()}, nil
	}
	return nil, err
}

// buildDirectory works out what the directory has to say from the register.
func (s *School) buildDirectory(ctx context.Context, r *devices.Register, a *keys.Authority) (*keys.Directory, error) {
	d := &keys.Directory{School: a.School(), Verifier: a.Verifier(), Recovery: a.RecoveryRecipients()}
	missing, err := r.AllDevices(ctx, devices.DeviceQuery{States: []devices.State{devices.Lost, devices.Stolen}})
	if err != nil {
		return nil, err
	}
	lost := map[string]devices.Device{}
	for _, dev := range missing {
		lost[dev.ID] = dev
		id, _ := known.Stick(dev)
		d.Lost = append(d.Lost, keys.LostDevice{ID: cmp.Or(id, dev.ID), Label: dev.Name(), Since: dev.Since.UTC()})
	}
	all, err := r.Keys(ctx, devices.KeyQuery{})
	if err != nil {
		return nil, err
	}
	people := map[string]*keys.Person{}
	for _, k := range all {
		p := people[k.Holder]
		if p == nil {
			h, err := r.Holder(ctx, k.Holder)
			if err != nil {
				return nil, err
			}
			p = &keys.Person{ID: h.ID, Name: h.Name, Email: h.Email}
			people[k.Holder] = p
		}
		p.Keys = append(p.Keys, directoryKey(k, lost))
	}
	for _, p := range people {
		d.People = append(d.People, *p)
	}
	slices.SortFunc(d.People, func(a, b keys.Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(d.Lost, func(a, b keys.LostDevice) int { return cmp.Compare(a.ID, b.ID) })
	return d, nil
}

// directoryKey is a key as the directory shows it: one that lies on a lost
// device is blocked until the device is found.
func directoryKey(k devices.Key, lost map[string]devices.Device) keys.PersonKey {
	pk := keys.PersonKey{Recipient: k.Recipient, Status: keys.KeyCurrent, Changed: k.Issued.UTC()}
	switch k.Status {
	case devices.KeyReplaced:
		pk.Status, pk.Reason, pk.Changed = keys.KeyReplaced, reasonReplaced, k.Ended.UTC()
	case devices.KeyRevoked:
		pk.Status, pk.Reason, pk.Changed = keys.KeyRevoked, reasonRevoked, k.Ended.UTC()
	case devices.KeyIssued:
		for _, id := range k.Devices {
			if dev, ok := lost[id]; ok {
				pk.Status, pk.Reason, pk.Changed = keys.KeyRevoked, reasonLost, dev.Since.UTC()
			}
		}
	}
	return pk
}

// CopyDirectory writes the published directory to a file, for a website or a
// folder that everyone can read.
func (s *School) CopyDirectory(path string) error {
	msg, err := files.ReadSmall(filepath.Join(s.dir, DirectoryFile))
	if err != nil {
		return fmt.Errorf("copy the directory: %w", err)
	}
	if err := files.WritePublic(path, msg, true); err != nil {
		return fmt.Errorf("copy the directory: %w", err)
	}
	return nil
}

// same reports whether two directories say the same.
func same(a, b *keys.Directory) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
