package school

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices/store"
)

// BackUpRegister writes a copy of the register, as it is at one moment, as an
// age file to the recovery key: the register holds personal data, and only the
// authority opens the copy. The file appears when it is complete; an existing
// one is crypt.ErrExists.
func (s *School) BackUpRegister(ctx context.Context, path string) error {
	if err := s.ExportEncrypted(path, func(w io.Writer) error { return s.store.Backup(ctx, w) }); err != nil {
		return fmt.Errorf("back the register up: %w", err)
	}
	return nil
}

// ExportEncrypted runs write with a new age file to the recovery key, for
// what leaves the building. The file appears when it is complete.
func (s *School) ExportEncrypted(path string, write func(io.Writer) error) error {
	d, err := s.Directory()
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	audience, err := Audiences(d, nil)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	out, err := crypt.CreateOutput(path, false)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer out.Discard()
	w, err := crypt.NewEncryptWriter(out, audience[0].Recipients...)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer w.Abort()
	if err := write(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return out.Commit()
}

// RestoreRegister replaces the register of the school in dir by the backup
// read from r, which is decrypted with the authority and checked completely
// first. It works also when the register there is damaged or missing; if
// anything fails, the register stays as it was. The passphrase is the
// authority's. The checkpoint in the folder is set aside under a name with the
// events it counted, since a register of an earlier day cannot fit it; sticks in
// the field may still hold others like it, and verifying says so when they come.
func RestoreRegister(ctx context.Context, dir string, r io.Reader, passphrase []byte) error {
	if _, err := os.Lstat(filepath.Join(dir, PlaceFile)); err == nil {
		return fmt.Errorf("restore the register: %w", ErrOnServer)
	}
	sealed, err := readSmall(filepath.Join(dir, AuthorityFile))
	if err != nil {
		return fmt.Errorf("restore the register: %w", err)
	}
	a, err := keys.OpenAuthority(sealed, passphrase)
	if err != nil {
		return err
	}
	defer a.Wipe()
	plain, err := crypt.NewDecryptReader(crypt.Reader(ctx, r, nil), a.Identities()...)
	if err != nil {
		return fmt.Errorf("restore the register: %w", err)
	}
	defer plain.Close()
	if err := store.Restore(ctx, filepath.Join(dir, RegisterFile), plain); err != nil {
		return fmt.Errorf("restore the register: %w", err)
	}
	if err := setCheckpointAside(dir, a.Verifier()); err != nil {
		return fmt.Errorf("restore the register: %w", err)
	}
	return nil
}

// CheckRegister looks for damage in the register's file, and replays all its
// events to see that the present state follows from them.
func (s *School) CheckRegister(ctx context.Context) error {
	if err := s.store.Check(ctx, true); err != nil {
		return err
	}
	return s.register.Check(ctx, nil)
}
