package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// Check checks the file for damage: quickly, or in full, which reads and
// compares everything. The error is [ErrDamaged].
func (s *SQLite) Check(ctx context.Context, full bool) error {
	// SQLite checks its word indexes by what a connection remembers of them, which
	// may be old: a new connection remembers nothing.
	db, err := connect(s.path, forReading)
	if err != nil {
		return fmt.Errorf("check register file: %w", err)
	}
	if err := errors.Join(checkDatabase(ctx, db, full), db.Close()); err != nil {
		return fmt.Errorf("check register file: %w", err)
	}
	return nil
}

func checkDatabase(ctx context.Context, db *sql.DB, full bool) error {
	pragma := "quick_check"
	if full {
		pragma = "integrity_check"
	}
	return within(ctx, db, &sql.TxOptions{ReadOnly: true}, func(s *session) error {
		problems, err := all(ctx, s, only[string], "PRAGMA "+pragma+"(1)")
		if err != nil {
			return err
		}
		if !slices.Equal(problems, []string{"ok"}) {
			return fmt.Errorf("%w: %.200q", ErrDamaged, problems)
		}
		strays, err := one(ctx, s, only[int64], "SELECT count(*) FROM pragma_foreign_key_check")
		if err != nil {
			return err
		}
		if strays > 0 {
			return fmt.Errorf("%w: %d records refer to others that are not there", ErrDamaged, strays)
		}
		if err := checkSchema(ctx, s); err != nil {
			return err
		}
		_, err = countEvents(ctx, s)
		return err
	})
}

// countEvents counts the events, which must be numbered without gaps.
func countEvents(ctx context.Context, s *session) (int64, error) {
	count, err := one(ctx, s, only[int64], "SELECT count(*) FROM events")
	if err != nil {
		return 0, err
	}
	last, err := s.LastEvent(ctx)
	if err != nil {
		return 0, err
	}
	if last != count {
		return 0, fmt.Errorf("%w: %d events, numbered up to %d", ErrDamaged, count, last)
	}
	return count, nil
}

// checkSchema compares tables, indexes and triggers with what the migrations
// make, so that a file from elsewhere brings nothing of its own.
func checkSchema(ctx context.Context, s *session) (err error) {
	migrations, err := migrations()
	if err != nil {
		return err
	}
	version, err := identify(ctx, s.tx, false, len(migrations))
	if err != nil {
		return err
	}
	fresh, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	fresh.SetMaxOpenConns(1) // every connection has a memory of its own
	var want []string
	err = within(ctx, fresh, nil, func(s *session) (err error) {
		if err := migrate(ctx, s, migrations[:version], 0); err != nil {
			return err
		}
		want, err = schema(ctx, s)
		return err
	})
	if err != nil {
		return err
	}
	got, err := schema(ctx, s)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%w: tables are not those of version %d", ErrDamaged, version)
	}
	return nil
}

func schema(ctx context.Context, s *session) ([]string, error) {
	return all(ctx, s, only[string], `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
		WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name`)
}
