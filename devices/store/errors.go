package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
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
	// ErrVanished says that the register's file is not where it was: its folder was moved
	// or removed, or the drive or server that it is on was taken away.
	ErrVanished = errors.New("register is no longer there")
	// ErrFailing says that the drive could not read or write what it should.
	ErrFailing = errors.New("drive of the register made an error")
	// ErrNotAllowed says that the login to PostgreSQL has no right to this: it is an
	// auditor's, or of another site.
	ErrNotAllowed = errors.New("not allowed to this login")
	// ErrNoDatabase says that the PostgreSQL server cannot be reached, or has no such
	// database or login.
	ErrNoDatabase = errors.New("no database")
	// ErrPassword says that the PostgreSQL server wants another password.
	ErrPassword = errors.New("database wants a password")
	// ErrURL says that a connection string is not one, or must not be used.
	ErrURL = errors.New("unusable connection string")
	// ErrNotSetUp says that the database's owner has not set it up for a register of
	// this version.
	ErrNotSetUp = errors.New("database is not set up for this version")
	// ErrNotEmpty says that a register is to be copied to where there is one.
	ErrNotEmpty = errors.New("register there is not empty")
	// ErrMoved says that the register is kept elsewhere since it was opened.
	ErrMoved = errors.New("register has moved")
)

// explain wraps an error of a database in the one of this package that fits.
func explain(err error) error {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return explainPostgres(p, err)
	}
	if failed := (*pgconn.ConnectError)(nil); errors.As(err, &failed) {
		return fmt.Errorf("%w: %w", ErrNoDatabase, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Code() == sqlite3.SQLITE_READONLY_DBMOVED {
		return fmt.Errorf("%w: %w", ErrVanished, err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		if strings.Contains(e.Error(), ErrMoved.Error()) { // what the trigger of Move says
			return fmt.Errorf("%w: %w", ErrMoved, err)
		}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrNotRegister, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", ErrVanished, err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%w: %w", ErrFailing, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}

// explainPostgres is explain for what a server says (PostgreSQL documentation,
// appendix A: error codes).
func explainPostgres(p *pgconn.PgError, err error) error {
	switch p.Code {
	case "55P03", "40P01", "57014", "25P03": // lock not available, deadlock, cancelled, idle in transaction
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case "42501": // insufficient privilege, which is also what row-level security says
		return fmt.Errorf("%w: %w", ErrNotAllowed, err)
	case "28P01", "28000":
		return fmt.Errorf("%w: %w", ErrPassword, err)
	case "3D000", "57P03", "53300": // no such database, starting up, too many connections
		return fmt.Errorf("%w: %w", ErrNoDatabase, err)
	case "55000": // what begin_writing says
		return fmt.Errorf("%w: %w", ErrMoved, err)
	case "53100":
		return fmt.Errorf("%w: %w", ErrFull, err)
	case "3F000", "42P01": // no such schema or table, at least for this login
		return fmt.Errorf("%w: %w", ErrNotSetUp, err)
	case "25006":
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case "XX001", "XX002":
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
