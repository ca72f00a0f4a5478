package store

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"stowage/devices"
)

// Postgres is a register in a PostgreSQL database, for many desks and sites. It
// implements [devices.Store]. Its methods may be called from several goroutines.
type Postgres struct {
	db   *sql.DB
	duty string // of the login, as it was when the register was opened
}

// ownerDuty is the duty of the database's owner.
const ownerDuty = "owner"

var _ devices.Store = (*Postgres)(nil)

// Every connection is set up with these. Locks are waited for as long as in
// SQLite; a desk that fell asleep within a change does not keep the others out.
var postgresSettings = map[string]string{
	"search_path":                         "stowage, pg_temp",
	"application_name":                    "stowage",
	"lock_timeout":                        "15s",
	"statement_timeout":                   "10min",
	"idle_in_transaction_session_timeout": "5min",
	"synchronous_commit":                  "on",
	"plan_cache_mode":                     "force_custom_plan",
	"jit":                                 "off",
	"random_page_cost":                    "1.1", // or indexes are not used, for fear of a turning disk
	"max_parallel_workers_per_gather":     "0",   // to start one takes longer than what it would do
	"timezone":                            "UTC",
}

// OpenPostgres opens the register in the database that a connection string like
// postgres://login@host/database names. The string must hold no password: one is
// taken from ~/.pgpass, a service file or the argument, which may be empty. The
// connection is encrypted and the server's certificate checked, unless the server
// is on this computer. Close the register after use. The error may be [ErrURL],
// [ErrNoDatabase], [ErrPassword], [ErrNotSetUp], [ErrNotAllowed] or [ErrNewer].
func OpenPostgres(ctx context.Context, connection string, password []byte) (*Postgres, error) {
	db, err := dial(connection, password)
	if err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	p := &Postgres{db: db}
	if err := p.identify(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open register on PostgreSQL: %w", err), db.Close())
	}
	return p, nil
}

// IsURL says whether a register's place is a connection string and not a file.
func IsURL(place string) bool {
	u, err := url.Parse(place)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

// CheckURL says what is wrong with a connection string, as [ErrURL], without
// connecting and without repeating it, since it may hold a password.
func CheckURL(connection string) error {
	_, err := parse(connection)
	return err
}

func dial(connection string, password []byte) (*sql.DB, error) {
	config, err := parse(connection)
	if err != nil {
		return nil, err
	}
	if len(password) > 0 {
		config.Password = string(password)
	}
	for name, value := range postgresSettings {
		config.RuntimeParams[name] = value
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxIdleConns(4)
	return db, nil
}

func parse(connection string) (*pgx.ConnConfig, error) {
	u, err := url.Parse(connection)
	if err != nil || !IsURL(connection) {
		return nil, fmt.Errorf("%w: it does not look like postgres://login@host/database", ErrURL)
	}
	query := u.Query()
	if _, has := u.User.Password(); has || query.Has("password") || query.Has("sslpassword") {
		return nil, fmt.Errorf("%w: it holds a password; use ~/.pgpass or a service file", ErrURL)
	}
	if !query.Has("sslmode") && !query.Has("service") && u.Hostname() != "" && !here(u.Hostname()) {
		query.Set("sslmode", "verify-full")
		u.RawQuery = query.Encode()
	}
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be understood", ErrURL)
	}
	open := !here(config.Host) && !verified(config.TLSConfig)
	for _, other := range config.Fallbacks {
		open = open || !here(other.Host) && !verified(other.TLSConfig)
	}
	if open {
		return nil, fmt.Errorf("%w: a server on another computer needs sslmode=verify-full or verify-ca", ErrURL)
	}
	return config, nil
}

// verified says whether a connection is encrypted to a server whose certificate is
// checked. With sslmode=require it is encrypted to anybody, and whoever is in the middle
// reads the register and the password.
func verified(c *tls.Config) bool {
	return c != nil && (!c.InsecureSkipVerify || c.VerifyPeerCertificate != nil || c.VerifyConnection != nil)
}

// here says whether a server is on this computer.
func here(host string) bool {
	if host == "localhost" || filepath.IsAbs(host) || host != "" && host[0] == '/' {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// identify checks that there is a register of this version.
func (p *Postgres) identify(ctx context.Context) error {
	all, err := postgresMigrations()
	if err != nil {
		return err
	}
	var version int
	if err := p.db.QueryRowContext(ctx, "SELECT number FROM version").Scan(&version); err != nil {
		var said *pgconn.PgError
		if errors.As(err, &said) && (said.Code == "42P01" || said.Code == "42501") { // no such table, or none for this login
			return fmt.Errorf("%w: %w", ErrNotSetUp, err)
		}
		return explain(err)
	}
	switch {
	case version > len(all):
		return fmt.Errorf("%w: version %d, known is %d", ErrNewer, version, len(all))
	case version < len(all):
		return fmt.Errorf("%w: it has version %d of %d", ErrNotSetUp, version, len(all))
	}
	return explain(p.db.QueryRowContext(ctx, "SELECT my_duty()").Scan(&p.duty))
}

// Close closes the register.
func (p *Postgres) Close() error { return p.db.Close() }

// View implements [devices.Store].
func (p *Postgres) View(ctx context.Context, fn func(devices.Reader) error) error {
	o := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return p.transact(ctx, o, nil, func(tx *session) error { return fn(tx) })
}

// Update implements [devices.Store]. Writers queue before they read anything, so
// each reads what the one before has written.
func (p *Postgres) Update(ctx context.Context, fn func(devices.Tx) error) error {
	return p.update(ctx, func(s *session) error { return fn(s) })
}

// Check checks for damage: events that are not numbered without gaps, and in full,
// records that do not point to each other any more. The rest is the server's to
// check. The error is [ErrDamaged], or [ErrNotAllowed] to the login of a site.
func (p *Postgres) Check(ctx context.Context, full bool) error {
	o := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err := p.transact(ctx, o, nil, func(s *session) error {
		if err := s.seesAll(ctx); err != nil {
			return err
		}
		if _, err := countEvents(ctx, s); err != nil || !full {
			return err
		}
		strays, err := one(ctx, s, only[int64], `SELECT
			(SELECT count(*) FROM devices d LEFT JOIN device_words w ON w.rowid = d.row WHERE w.rowid IS NULL) +
			(SELECT count(*) FROM device_words w LEFT JOIN devices d ON d.row = w.rowid WHERE d.row IS NULL) +
			(SELECT count(*) FROM holders h LEFT JOIN holder_words w ON w.rowid = h.row WHERE w.rowid IS NULL) +
			(SELECT count(*) FROM holder_words w LEFT JOIN holders h ON h.row = w.rowid WHERE h.row IS NULL)`)
		if err == nil && strays > 0 {
			err = fmt.Errorf("%w: %d records and their words do not fit", ErrDamaged, strays)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("check register: %w", err)
	}
	return nil
}

// seesAll is [ErrNotAllowed] when the login sees only some sites: what needs all
// events would take those it does not see for missing.
func (s *session) seesAll(ctx context.Context) error {
	if !s.postgres {
		return nil
	}
	all, err := one(ctx, s, only[bool], "SELECT sees_all()")
	if err == nil && !all {
		err = fmt.Errorf("%w: it sees only its own site, and this needs all", ErrNotAllowed)
	}
	return err
}
