// Package store keeps the register of package devices in SQLite.
package store

import (
	"context"
	"errors"
	"io"

	"stowage/devices"
)

// SQLite is a register in one file. It implements [devices.Store].
type SQLite struct{}

var _ devices.Store = (*SQLite)(nil)

var errUnfinished = errors.New("unfinished")

// Open opens the register in the file at path, which is made (readable by its
// owner only) if there is none. Close it after use.
func Open(ctx context.Context, path string) (*SQLite, error) { return nil, errUnfinished }

// Close closes the register.
func (s *SQLite) Close() error { return errUnfinished }

// View implements [devices.Store].
func (s *SQLite) View(ctx context.Context, fn func(devices.Reader) error) error {
	return errUnfinished
}

// Update implements [devices.Store].
func (s *SQLite) Update(ctx context.Context, fn func(devices.Tx) error) error { return errUnfinished }

// Check looks for damage in the file: quickly, or in full, which reads
// everything. The error is [ErrDamaged].
func (s *SQLite) Check(ctx context.Context, full bool) error { return errUnfinished }

// Backup writes a copy of the register, as it is at one moment, to w. The copy is
// a register file itself, and is checked before the first byte is written.
// Others may go on using the register. It is not encrypted.
func (s *SQLite) Backup(ctx context.Context, w io.Writer) error { return errUnfinished }

// BackupFile is [SQLite.Backup] to a new file, which appears when it is complete.
func (s *SQLite) BackupFile(ctx context.Context, path string) error { return errUnfinished }

// Restore replaces the register in the file at path by the backup read from r,
// which is read and checked completely first. If anything fails, the register
// stays as it was. Others who have the register open see the restored one.
func Restore(ctx context.Context, path string, r io.Reader) error { return errUnfinished }

var (
	// ErrNewer says that the register was made by a newer program.
	ErrNewer = errors.New("register was made by a newer version of the program")
	// ErrDamaged says that the file is damaged; restore a backup.
	ErrDamaged = errors.New("register file is damaged")
	// ErrNotRegister says that the file is something else.
	ErrNotRegister = errors.New("not a register")
	// ErrBusy says that another program kept the register locked for too long.
	ErrBusy = errors.New("register is locked by another program")
)
