package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"stowage/devices"
)

// SQLite is a register in one file. It implements [devices.Store]. Its methods
// may be called from several goroutines.
type SQLite struct {
	path  string
	read  *sql.DB
	write *sql.DB // one connection, whose transactions lock out other writers at once
}

var _ devices.Store = (*SQLite)(nil)

// How every connection is set up. The time to wait for another program's lock is
// in milliseconds; a context that ends ends the wait.
const (
	settings = "_busy_timeout=10000&_foreign_keys=on&_synchronous=FULL&_defensive=1&_dqs=0" +
		"&_pragma=trusted_schema(off)&_pragma=cache_size(-32768)&_pragma=journal_size_limit(67108864)"
	forReading  = settings + "&mode=rw&_query_only=on"
	forWriting  = settings + "&mode=rw&_txlock=immediate"
	forChecking = settings + "&mode=ro&_query_only=on"
)

// Create makes a new, empty register in the file at path and opens it. The file
// can be read by its owner only. The error wraps [fs.ErrExist] if there is one.
func Create(ctx context.Context, path string) (*SQLite, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create register: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("create register: %w", err)
	}
	s, err := open(ctx, path, true)
	if err != nil {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(path + suffix)
		}
		return nil, fmt.Errorf("create register: %w", err)
	}
	return s, nil
}

// Open opens the register in the file at path, and brings it up to date if an
// older program made it. Close it after use. The error wraps [fs.ErrNotExist] if
// there is no file; it may be [ErrNewer], [ErrNotRegister], [ErrDamaged] or
// [ErrBusy].
func Open(ctx context.Context, path string) (*SQLite, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	s, err := open(ctx, path, false)
	if err != nil {
		return nil, fmt.Errorf("open register %s: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string, empty bool) (*SQLite, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	if err := checkLog(path); err != nil {
		return nil, err
	}
	s := &SQLite{path: path}
	var err error
	if s.write, err = connect(path, forWriting); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = connect(path, forReading); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.read.SetMaxIdleConns(4)
	if err := prepare(ctx, s.write, empty); err != nil {
		return nil, errors.Join(explain(err), s.Close())
	}
	return s, nil
}

// connect returns the database in a file. Nothing is read before it is used.
func connect(path, options string) (*sql.DB, error) {
	name, err := location(path, options)
	if err != nil {
		return nil, err
	}
	return sql.Open("sqlite", name)
}

// location names a database for the driver, whatever characters its path has.
func location(path, options string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // a Windows drive
		slashed = "/" + slashed
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: options}
	return name.String(), nil
}

// private keeps others from reading the file.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(path, info.Mode().Perm()&^0o077)
}

// Close closes the register.
func (s *SQLite) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// View implements [devices.Store].
func (s *SQLite) View(ctx context.Context, fn func(devices.Reader) error) error {
	return within(ctx, s.read, &sql.TxOptions{ReadOnly: true}, func(tx *session) error { return fn(tx) })
}

// Update implements [devices.Store].
func (s *SQLite) Update(ctx context.Context, fn func(devices.Tx) error) error {
	return s.update(ctx, func(tx *session) error { return fn(tx) })
}

// within runs fn in a transaction, which is kept if it returns nil.
func within(ctx context.Context, db *sql.DB, o *sql.TxOptions, fn func(*session) error) error {
	return transact(ctx, db, &session{dialect: sqliteDialect, prepared: map[string]*sql.Stmt{}, login: computerLogin()}, o, fn)
}

// beginner is a database, or one connection to it.
type beginner interface {
	BeginTx(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error)
}

func transact(ctx context.Context, db beginner, s *session, o *sql.TxOptions, fn func(*session) error) (err error) {
	if s.tx, err = db.BeginTx(ctx, o); err != nil {
		return fmt.Errorf("begin: %w", explain(err))
	}
	defer s.tx.Rollback() //nolint:errcheck // nothing is left to roll back after a commit
	if err := fn(s); err != nil {
		return explain(err)
	}
	if s.postgres && s.cleared != nil {
		// The tables are others than the server knows: it would guess how to read them.
		if err := s.exec(ctx, "ANALYZE events, devices, holders, loans, holder_keys, key_places, incidents, device_words, holder_words"); err != nil {
			return err
		}
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	if err := s.giveWords(ctx); err != nil {
		return err
	}
	// If ctx ended during fn, this fails even if fn did not look.
	if err := s.tx.Commit(); err != nil {
		if errors.Is(err, sql.ErrTxDone) {
			err = errors.Join(context.Cause(ctx), err)
		}
		return fmt.Errorf("commit: %w", explain(err))
	}
	return nil
}
