package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// applicationID marks a SQLite file as a register: "Stow".
const applicationID = 0x53746f77

//go:embed migrations/*.sql
var migrationFiles embed.FS

// A migration makes version i+1 out of version i.
type migration struct {
	sql  string
	then func(context.Context, *session) error // what SQL cannot do; or nil
}

// migrations returns all migrations in order.
func migrations() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	all := make([]migration, len(names))
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("migrations/%04d_", i+1)) {
			return nil, fmt.Errorf("migration %s is out of order", name)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all[i].sql = string(text)
		if strings.HasSuffix(name, "_log.sql") {
			all[i].then = fillLog
		}
	}
	return all, nil
}

// prepare makes the register ready for use: a known one, of this version, with a
// write-ahead log. Only an empty file is made a register, and only if allowed.
func prepare(ctx context.Context, db *sql.DB, empty bool) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	version, err := identify(ctx, db, empty, len(all))
	if err != nil {
		return err
	}
	if err := writeAhead(ctx, db); err != nil {
		return err
	}
	if version == len(all) {
		return nil
	}
	return within(ctx, db, nil, func(s *session) error {
		// Another program may have been faster.
		version, err := identify(ctx, s.tx, empty, len(all))
		if err != nil {
			return err
		}
		return migrate(ctx, s, all[version:], version)
	})
}

// migrate runs the given migrations, the first of which leads away from version.
func migrate(ctx context.Context, s *session, wanted []migration, version int) error {
	for _, m := range wanted {
		version++
		if _, err := s.tx.ExecContext(ctx, m.sql); err != nil {
			return fmt.Errorf("migration %d: %w", version, err)
		}
		if m.then == nil {
			continue
		}
		if err := m.then(ctx, s); err != nil {
			return fmt.Errorf("migration %d: %w", version, err)
		}
	}
	_, err := s.tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
	return err
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// identify returns the version of a register, 0 of an empty file.
func identify(ctx context.Context, db querier, empty bool, newest int) (int, error) {
	var application, version, objects int
	err := db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).
		Scan(&application, &version, &objects)
	switch {
	case err != nil:
		return 0, explain(err)
	case application == 0 && version == 0 && objects == 0 && empty:
		return 0, nil
	case application != applicationID || version < 1:
		return 0, ErrNotRegister
	case version > newest:
		return 0, fmt.Errorf("%w: version %d, known is %d", ErrNewer, version, newest)
	}
	return version, nil
}

// writeAhead turns the write-ahead log on, which stays on in the file. This
// needs the file alone for a moment, for which SQLite does not wait by itself.
func writeAhead(ctx context.Context, db *sql.DB) error {
	const tries = 100
	var mode string
	for i := 0; ; i++ {
		err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		if err == nil && mode == "wal" {
			return nil
		}
		if err == nil {
			return fmt.Errorf("no write-ahead log on this kind of drive (mode stays %q)", mode)
		}
		if i == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
