package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"stowage/devices"
)

// A session reads and writes within one transaction.
type session struct {
	*dialect
	tx       *sql.Tx
	prepared map[string]*sql.Stmt // by their SQL; closed with the transaction. PostgreSQL's driver keeps its own.
	log      *devices.Frontier    // once an event was appended here

	conn   *sql.Conn // that tx is on; on PostgreSQL only
	behind *behind   // what is still to be written; nil if every statement is sent at once
	login  string    // whose changes these are
	desk   *desk     // a change on PostgreSQL by another than the owner; nil otherwise
	late   lateWords // on SQLite only
	// After Clear, the devices that have words of events again. Nil before.
	cleared map[string]bool
}

var _ devices.Tx = (*session)(nil)

func (s *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := s.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, explain(err)
	}
	s.prepared[query] = stmt
	return stmt, nil
}

func (s *session) exec(ctx context.Context, query string, args ...any) error {
	if s.behind != nil {
		return s.later(ctx, query, args...)
	}
	if s.postgres {
		_, err := s.tx.ExecContext(ctx, s.bind(query), args...)
		return explain(err)
	}
	_, err := s.run(ctx, query, args...)
	return err
}

// run executes a statement in SQLite.
func (s *session) run(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := s.beforeWords(ctx, query); err != nil {
		return nil, err
	}
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	return result, explain(err)
}

// query returns the rows that a query gives, for the caller to close.
func (s *session) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	if err := s.beforeWords(ctx, query); err != nil {
		return nil, err
	}
	var rows *sql.Rows
	var err error
	if s.postgres {
		rows, err = s.tx.QueryContext(ctx, s.bind(query), args...)
	} else {
		var stmt *sql.Stmt
		if stmt, err = s.prepare(ctx, query); err == nil {
			rows, err = stmt.QueryContext(ctx, args...)
		}
	}
	return rows, explain(err)
}

// row is what a record is scanned from.
type row interface{ Scan(to ...any) error }

// all returns every record that a query gives.
func all[T any](ctx context.Context, s *session, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, explain(err)
		}
		found = append(found, one)
	}
	return found, explain(rows.Err())
}

// one returns the only record that a query gives, or [devices.ErrNotFound].
func one[T any](ctx context.Context, s *session, scan func(row) (T, error), query string, args ...any) (T, error) {
	var none T
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, explain(err)
		}
		return none, devices.ErrNotFound
	}
	found, err := scan(rows)
	if err != nil {
		return none, explain(err)
	}
	return found, explain(rows.Close())
}

// only scans a row of a single value.
func only[T any](r row) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}

// A field is a column and the value that it is to have.
type field struct {
	column string
	value  any
}

// put writes a record, new or not. The first field must be its id.
func (s *session) put(ctx context.Context, table string, fields []field) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	if s.postgres {
		query, values := upsert(table, fields)
		return s.exec(ctx, query, values...)
	}
	_, _, err := s.putRow(ctx, table, fields)
	return err
}

// putRow writes a record in SQLite, and returns its row and whether it is new. An INSERT that may become an UPDATE would have
// SQLite keep a copy of every page that it changes, to undo it alone.
func (s *session) putRow(ctx context.Context, table string, fields []field) (row int64, fresh bool, err error) {
	row, err = one(ctx, s, only[int64], "SELECT row FROM "+table+" WHERE id = ?", fields[0].value)
	columns, values := make([]string, len(fields)), make([]any, len(fields))
	for i, f := range fields {
		columns[i], values[i] = f.column, f.value
	}
	switch {
	case err == nil:
		_, err := s.run(ctx, "UPDATE "+table+" SET "+strings.Join(columns[1:], " = ?, ")+" = ? WHERE row = ?", append(values[1:], row)...)
		return row, false, err
	case !errors.Is(err, devices.ErrNotFound):
		return 0, false, err
	}
	result, err := s.run(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+marks(len(fields))+")", values...)
	if err != nil {
		return 0, false, err
	}
	row, err = result.LastInsertId()
	return row, true, err
}

func upsert(table string, fields []field) (query string, values []any) {
	columns := make([]string, len(fields))
	values = make([]any, len(fields))
	var updates []string
	for i, f := range fields {
		columns[i], values[i] = f.column, f.value
		if i > 0 {
			updates = append(updates, f.column+" = excluded."+f.column)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (id) DO UPDATE SET %s",
		table, strings.Join(columns, ", "), marks(len(fields)), strings.Join(updates, ", ")), values
}

// marks returns n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// A filter collects conditions.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// in adds the condition that an expression is one of values, if there are any.
func in[T any](f *filter, expression string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	f.add(expression+" IN ("+marks(len(values))+")", args...)
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// timeText is how a time is stored: as text that sorts, ” for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// null makes an empty text NULL.
func null(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

// A reading checks the values of a record that was read, and keeps the first
// thing wrong.
type reading struct {
	record string
	id     string
	err    error
}

func (r *reading) fail(column, value string) { r.wrong(devices.ErrCorrupt, column, value) }

// unknown notes a word that this version does not know. What is no word at all is corrupt.
func (r *reading) unknown(column, value string) {
	if !devices.IsWord(value) {
		r.fail(column, value)
		return
	}
	r.wrong(devices.ErrNewer, column, value)
}

func (r *reading) wrong(why error, column, value string) {
	switch {
	case r.err != nil:
	case errors.Is(why, devices.ErrNewer):
		r.err = &devices.UnknownError{Record: r.record, ID: r.id, Column: column, Value: value}
	default:
		r.err = fmt.Errorf("%s %q: %w: %s is %.60q", r.record, r.id, why, column, value)
	}
}

func (r *reading) time(column, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	var again [len(time.RFC3339Nano)]byte
	if err != nil || t.IsZero() || string(t.UTC().AppendFormat(again[:0], time.RFC3339)) != text { // as timeText
		r.fail(column, text)
	}
	return t
}

// must reads a time that has to be there.
func (r *reading) must(column, text string) time.Time {
	if text == "" {
		r.fail(column, text)
	}
	return r.time(column, text)
}
