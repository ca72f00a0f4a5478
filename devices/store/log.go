package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"stowage/devices"
)

// Events are read in bulk, since one at a time costs more than hashing them. In
// SQLite many are read as one text, whose fields and events end in characters that
// none of them holds.
const (
	bulk       = 512
	fieldEnd   = "\x1f"
	eventEnd   = "\x1e"
	bulkFields = 10
)

// A bulkRead is the events after a number, as they were read. It runs fn on them
// until something is odd; then ok is false. last is the number of the last event that
// fn was run on.
type bulkRead func(fn func(e devices.Event, hashes []byte) error) (last int64, ok bool, err error)

// Walk implements [devices.Reader]. fn must not use the session.
func (s *session) Walk(ctx context.Context, fn func(e devices.Event, hashes []byte) error) error {
	if err := s.seesAll(ctx); err != nil {
		return err
	}
	last, err := s.LastEvent(ctx)
	if err != nil {
		return err
	}
	parent := ctx // stopping early must not break a query off, nor its connection
	ctx, cancel := context.WithCancelCause(ctx)
	read := make(chan bulkRead, 2)
	done := make(chan struct{})
	readNext, size := s.readBulk, int64(bulk)
	if s.postgres {
		readNext, size = s.readRows, bulkRows
	}
	go func() { // reads ahead while fn works
		defer close(done)
		defer close(read)
		for after := int64(0); after < last; after += size {
			b, err := readNext(parent, after)
			if err != nil {
				cancel(err)
				return
			}
			select {
			case read <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() { cancel(nil); <-done }()
	for b := range read {
		last, ok, err := b(fn)
		if err == nil && !ok { // there is something odd, which reading one by one names
			for range read { // until the reader is done with the session
				cancel(nil)
			}
			<-done
			return s.walkSlowly(context.WithoutCancel(ctx), last, fn)
		}
		if err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// readBulk reads as much as SQLite puts into one text.
func (s *session) readBulk(ctx context.Context, after int64) (bulkRead, error) {
	b := bulkText{after: after}
	_, err := one(ctx, s, func(r row) (none struct{}, err error) { return none, r.Scan(&b.count, &b.text, &b.hashes) },
		readBulk, fieldEnd, eventEnd, after, after+bulk)
	return b.each, err
}

// concat writes an event at once, where || would copy what there is at every field. It
// takes NULL for an empty text, which no event has where a column must not be NULL.
const readBulk = `SELECT count(*), coalesce(group_concat(concat(number, ?1, time, ?1, actor, ?1, kind, ?1,
	device_id, ?1, holder_id, ?1, key_id, ?1, loan_id, ?1, body, ?1, login), ?2), ''),
	CAST(coalesce(group_concat(hashes, ''), '') AS BLOB) FROM events WHERE number > ?3 AND number <= ?4`

// A bulkText is the events after a number, as one text, and their hashes.
type bulkText struct {
	after  int64
	count  int
	text   string
	hashes []byte
}

// each is a bulkRead. Unless the events are all there and in order, fn is not run on
// any.
func (b bulkText) each(fn func(e devices.Event, hashes []byte) error) (last int64, ok bool, err error) {
	events := make([]devices.Event, 0, bulk)
	size := 0
	for text := range strings.SplitSeq(b.text, eventEnd) {
		e, ok := bulkEvent(text)
		if !ok || e.Number != b.after+int64(len(events))+1 {
			return b.after, false, nil
		}
		events = append(events, e)
		size += devices.LogSize(e.Number)
	}
	if len(events) != b.count || size != len(b.hashes) {
		return b.after, false, nil
	}
	hashes := b.hashes
	for _, e := range events {
		size := devices.LogSize(e.Number)
		if err := fn(e, hashes[:size:size]); err != nil {
			return e.Number - 1, true, err
		}
		hashes = hashes[size:]
	}
	return b.after + int64(b.count), true, nil
}

func bulkEvent(text string) (devices.Event, bool) {
	var fields [bulkFields]string
	for i := range fields {
		field, rest, more := strings.Cut(text, fieldEnd)
		if more != (i < bulkFields-1) {
			return devices.Event{}, false
		}
		fields[i], text = field, rest
	}
	number, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return devices.Event{}, false
	}
	return eventOf(number, fields)
}

// eventOf makes an event of its fields, of which the first is its number again.
func eventOf(number int64, fields [bulkFields]string) (devices.Event, bool) {
	check := reading{}
	e := devices.Event{
		Number: number, Time: check.must("time", fields[1]), Actor: fields[2], Kind: devices.EventKind(fields[3]),
		Device: fields[4], Holder: fields[5], Key: fields[6], Loan: fields[7], Body: json.RawMessage(fields[8]), Login: fields[9],
	}
	return e, check.err == nil
}

// walkSlowly is Walk, one event at a time, from the event after a number.
func (s *session) walkSlowly(ctx context.Context, after int64, fn func(e devices.Event, hashes []byte) error) error {
	rows, err := s.query(ctx, "SELECT "+eventColumns+", hashes FROM events WHERE number > ? ORDER BY number", after)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hashes []byte
		e, err := scanEvent(withMore{rows, &hashes})
		if err != nil {
			return explain(err)
		}
		if err := fn(e, hashes); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// withMore scans one more column than it is asked for.
type withMore struct {
	row
	more any
}

func (r withMore) Scan(to ...any) error { return r.row.Scan(append(to, r.more)...) }

// fillLog gives the events of an older register their hashes.
func fillLog(ctx context.Context, s *session) error {
	log := &devices.Frontier{}
	last := int64(0)
	const columns = "number, time, actor, kind, device_id, holder_id, key_id, loan_id, body, '' AS login" // as they were then
	for {
		events, err := all(ctx, s, scanEvent, "SELECT "+columns+" FROM events WHERE number > ? ORDER BY number LIMIT ?", last, devices.MaxPage)
		if err != nil {
			return err
		}
		for _, e := range events {
			hashes, err := log.Add(e)
			if err != nil {
				return err
			}
			if err := s.exec(ctx, "UPDATE events SET hashes = ? WHERE number = ?", hashes, e.Number); err != nil {
				return err
			}
			last = e.Number
		}
		if len(events) < devices.MaxPage {
			return nil
		}
	}
}

// PutWitness implements [devices.Tx].
func (s *session) PutWitness(ctx context.Context, w devices.Witness) error {
	if s.desk != nil {
		return s.exec(ctx, "SELECT put_witness(?, ?, ?, ?, ?)", w.Note, w.Size, w.Root[:], w.Place, w.Device)
	}
	return s.exec(ctx, `INSERT INTO checkpoints (note, size, root, seen, place, device) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (note) DO NOTHING`, w.Note, w.Size, w.Root[:], timeText(w.Seen), w.Place, w.Device)
}

// Witnesses implements [devices.Reader].
func (s *session) Witnesses(ctx context.Context) ([]devices.Witness, error) {
	return all(ctx, s, scanWitness, "SELECT row, note, size, root, seen, place, device FROM checkpoints ORDER BY size, row")
}

func scanWitness(r row) (devices.Witness, error) {
	var w devices.Witness
	var number int64
	var root []byte
	var seen string
	if err := r.Scan(&number, &w.Note, &w.Size, &root, &seen, &w.Place, &w.Device); err != nil {
		return devices.Witness{}, err
	}
	check := reading{record: "checkpoint", id: fmt.Sprint(number)}
	w.Seen = check.must("seen", seen)
	if len(root) != tlog.HashSize {
		check.fail("root", string(root))
		return w, check.err
	}
	w.Root = tlog.Hash(root)
	return w, check.err
}
