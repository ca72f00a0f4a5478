package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"stowage/devices"
)

// behind is what a transaction on a server is still to write. A change is a
// dozen statements and moving a register here a million, and each would wait for the
// server's answer: so they wait until something is read or the transaction ends, and
// go out together, in their order. What is wrong with one is said then, which is
// early enough, since nothing of the transaction is kept.
type behind struct {
	batch  pgx.Batch
	events newEvents
}

// How many statements and events wait at most.
const (
	mostBehind       = 512
	mostEventsBehind = 4096
)

// newEvents are the columns of events that follow one another.
type newEvents struct {
	numbers                                                             []int64
	times, actors, kinds, devices, holders, keys, loans, bodies, logins []*string
	hashes                                                              [][]byte
}

const insertEvents = "INSERT INTO events (" + eventColumns + `, hashes) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[],
	$5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[]) ORDER BY 1`

func (n *newEvents) add(e devices.Event, hashes []byte) {
	at, kind, body := timeText(e.Time), string(e.Kind), string(e.Body)
	n.numbers = append(n.numbers, e.Number)
	n.times, n.actors, n.kinds = append(n.times, &at), append(n.actors, &e.Actor), append(n.kinds, &kind)
	n.devices, n.holders = append(n.devices, unlessEmpty(e.Device)), append(n.holders, unlessEmpty(e.Holder))
	n.keys, n.loans = append(n.keys, unlessEmpty(e.Key)), append(n.loans, unlessEmpty(e.Loan))
	n.bodies, n.logins, n.hashes = append(n.bodies, &body), append(n.logins, &e.Login), append(n.hashes, hashes)
}

func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// later has a statement wait to be written.
func (s *session) later(ctx context.Context, query string, args ...any) error {
	s.behind.queueEvents()
	s.behind.batch.Queue(s.bind(query), args...)
	if s.behind.batch.Len() < mostBehind {
		return nil
	}
	return s.catchUp(ctx)
}

// laterEvent has an event wait to be written.
func (s *session) laterEvent(ctx context.Context, e devices.Event, hashes []byte) error {
	s.behind.events.add(e, hashes)
	if len(s.behind.events.numbers) < mostEventsBehind {
		return nil
	}
	return s.catchUp(ctx)
}

func (b *behind) queueEvents() {
	if n := b.events; len(n.numbers) > 0 {
		b.events = newEvents{}
		b.batch.Queue(insertEvents, n.numbers, n.times, n.actors, n.kinds, n.devices, n.holders, n.keys, n.loans, n.bodies, n.logins, n.hashes)
	}
}

// catchUp writes what waits to be written.
func (s *session) catchUp(ctx context.Context) error {
	if s.behind == nil {
		return nil
	}
	s.behind.queueEvents()
	if s.behind.batch.Len() == 0 {
		return nil
	}
	batch := s.behind.batch
	s.behind.batch = pgx.Batch{}
	return s.direct(func(conn *pgx.Conn) error { return explain(conn.SendBatch(ctx, &batch).Close()) })
}

// direct runs fn on the connection to the server that the transaction is on, below
// package database/sql.
func (s *session) direct(fn func(*pgx.Conn) error) error {
	return s.conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("not a connection to PostgreSQL")
		}
		return fn(conn.Conn())
	})
}

// transact runs fn in a transaction, which is kept if it returns nil.
func (p *Postgres) transact(ctx context.Context, o *sql.TxOptions, b *behind, fn func(*session) error) (err error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close() //nolint:errcheck // gives it back
	return transact(ctx, conn, &session{dialect: dialectOf(p.duty), conn: conn, behind: b}, o, fn)
}
