package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/jackc/pgx/v5"
)

//go:embed postgres/*.sql
var postgresFiles embed.FS

// postgresMigrations returns the SQL that makes version i+1 out of version i.
func postgresMigrations() ([]string, error) {
	names, err := fs.Glob(postgresFiles, "postgres/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	all := make([]string, len(names))
	for i, name := range names {
		text, err := postgresFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all[i] = string(text)
	}
	return all, nil
}

// The roles that a login can be given. They are of the whole server; what a
// login sees in one database is decided by its duty there.
var postgresRoles = []string{"stowage_trust", "stowage_site", "stowage_auditor"}

// SetUpPostgres makes a database ready for a register, or brings it up to this
// version: all of it or nothing. The login must own the database, and the first
// time on a server be allowed to create roles. It is for [OpenPostgres] what
// [Create] is for [Open].
func SetUpPostgres(ctx context.Context, connection string, password []byte) (err error) {
	db, err := dial(connection, password)
	if err != nil {
		return fmt.Errorf("set the database up: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = (&Postgres{db: db, duty: ownerDuty}).transact(ctx, nil, nil, func(s *session) error {
		// Two at once would stand in each other's way; the number is "Stow".
		if err := s.exec(ctx, "SELECT pg_advisory_xact_lock(1400139639)"); err != nil {
			return err
		}
		for _, role := range postgresRoles {
			if err := createRole(ctx, s, role, "NOLOGIN"); err != nil {
				return err
			}
		}
		return upgrade(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("set the database up: %w", err)
	}
	return nil
}

// createRole makes a role unless there is one.
func createRole(ctx context.Context, s *session, name, options string) error {
	there, err := one(ctx, s, only[bool], "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ?)", name)
	if err != nil || there {
		return err
	}
	return s.exec(ctx, "CREATE ROLE "+pgx.Identifier{name}.Sanitize()+" "+options)
}

func upgrade(ctx context.Context, s *session) error {
	for _, query := range []string{
		"CREATE SCHEMA IF NOT EXISTS stowage",
		"CREATE TABLE IF NOT EXISTS stowage.version (number integer NOT NULL)",
		"INSERT INTO stowage.version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM stowage.version)",
	} {
		if err := s.exec(ctx, query); err != nil {
			return err
		}
	}
	all, err := postgresMigrations()
	if err != nil {
		return err
	}
	version, err := one(ctx, s, only[int], "SELECT number FROM stowage.version")
	if err != nil {
		return err
	}
	if version > len(all) {
		return fmt.Errorf("%w: version %d, known is %d", ErrNewer, version, len(all))
	}
	for i, text := range all[version:] {
		// Several statements at once need the simple protocol.
		if _, err := s.tx.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("migration %d: %w", version+i+1, err)
		}
	}
	if err := s.exec(ctx, "UPDATE version SET number = ?", len(all)); err != nil {
		return err
	}
	return boundDesks(ctx, s)
}

// A Duty is what a login to the database is for.
type Duty string

// The duties.
const (
	TrustDuty   Duty = "trust"   // ICT of the trust: everything
	SiteDuty    Duty = "site"    // ICT of some sites
	AuditorDuty Duty = "auditor" // reads everything, changes nothing
)

// Allow gives a login its duty, in place of any before; sites are for [SiteDuty]
// only. A login that the server does not know is made, without a password. Only
// the owner of the database may. An empty duty takes all rights to the register
// from the login.
func Allow(ctx context.Context, connection string, password []byte, login string, duty Duty, sites []string) (err error) {
	known := duty == "" || duty == TrustDuty || duty == SiteDuty || duty == AuditorDuty
	if !known || login == "" || (len(sites) > 0) != (duty == SiteDuty) || slices.Contains(sites, "") {
		return fmt.Errorf("allow %q: the duty is trust or auditor, or site with its sites", login)
	}
	db, err := dial(connection, password)
	if err != nil {
		return fmt.Errorf("allow %q: %w", login, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p := &Postgres{db: db}
	if err := p.identify(ctx); err != nil {
		return fmt.Errorf("allow %q: %w", login, err)
	}
	err = p.transact(ctx, nil, nil, func(s *session) error { return allow(ctx, s, login, duty, sites) })
	if err != nil {
		return fmt.Errorf("allow %q: %w", login, err)
	}
	return nil
}

func allow(ctx context.Context, s *session, login string, duty Duty, sites []string) error {
	if duty != "" {
		if err := createRole(ctx, s, login, "LOGIN"); err != nil {
			return err
		}
	}
	name := pgx.Identifier{login}.Sanitize()
	for _, role := range postgresRoles {
		member, err := one(ctx, s, only[bool], `SELECT EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
			JOIN pg_roles l ON l.oid = m.member WHERE r.rolname = ? AND l.rolname = ?)`, role, login)
		if err != nil {
			return err
		}
		want := role == "stowage_"+string(duty)
		switch {
		case want && !member:
			err = s.exec(ctx, "GRANT "+role+" TO "+name)
		case member && !want:
			err = s.exec(ctx, "REVOKE "+role+" FROM "+name)
		}
		if err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "DELETE FROM desks WHERE login = ?", login); err != nil || duty == "" {
		return err
	}
	if sites == nil {
		sites = []string{}
	}
	if err := s.exec(ctx, "INSERT INTO desks (login, duty, sites) VALUES (?, ?, ?)", login, string(duty), sites); err != nil {
		return err
	}
	return bound(ctx, s, login)
}
