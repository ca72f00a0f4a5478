package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNewer says that the register was made by a newer program.
	ErrNewer = errors.New("register was made by a newer version of the program")
	// ErrDamaged says that the file is damaged; restore a backup.
	ErrDamaged = errors.New("register file is damaged")
	// ErrNotRegister says that the file is something else.
	ErrNotRegister = errors.New("not a register")
	// ErrBusy says that another program kept the register locked for too long.
	ErrBusy = errors.New("register is locked by another program")
	// ErrFull says that there is no space left to write.
	ErrFull = errors.New("no space left for the register")
	// ErrReadOnly says that the register may not be written to.
	ErrReadOnly = errors.New("register is read-only")
)

// explain wraps an error of SQLite in the one of this package that fits.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrNotRegister, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}
