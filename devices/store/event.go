package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"stowage/devices"
)

const eventColumns = "number, time, actor, kind, device_id, holder_id, key_id, loan_id, body, login"

// Record implements [devices.Tx].
func (s *session) Record(ctx context.Context, e devices.Event, apply func(devices.Tables, devices.Event) error) (devices.Event, error) {
	if s.desk != nil {
		return s.recordAtDesk(ctx, e, apply)
	}
	e.Login = s.login
	if err := s.Append(ctx, e); err != nil {
		return devices.Event{}, err
	}
	return e, apply(s, e)
}

// Append implements [devices.Tx].
func (s *session) Append(ctx context.Context, e devices.Event) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	if s.log == nil {
		last, err := s.LastEvent(ctx)
		if err != nil {
			return err
		}
		log, err := devices.LoadFrontier(last, func(number int64) ([]byte, error) { return s.LogHashes(ctx, number) })
		if err != nil {
			return fmt.Errorf("append event %d: %w", e.Number, err)
		}
		s.log = log
	}
	hashes, err := s.log.Add(e)
	if err != nil {
		return fmt.Errorf("append: %w", err)
	}
	if s.behind != nil {
		return s.laterEvent(ctx, e, hashes)
	}
	return s.exec(ctx, "INSERT INTO events ("+eventColumns+", hashes) VALUES ("+marks(11)+")",
		e.Number, timeText(e.Time), e.Actor, string(e.Kind),
		null(e.Device), null(e.Holder), null(e.Key), null(e.Loan), string(e.Body), e.Login, hashes)
}

// LogHashes implements [devices.Reader].
func (s *session) LogHashes(ctx context.Context, number int64) ([]byte, error) {
	hashes, err := one(ctx, s, only[[]byte], s.logHashes, number)
	if err != nil {
		return nil, fmt.Errorf("hashes of event %d: %w", number, err)
	}
	return hashes, nil
}

// LastEvent implements [devices.Reader].
func (s *session) LastEvent(ctx context.Context) (int64, error) {
	return one(ctx, s, only[int64], s.lastEvent)
}

// Events implements [devices.Reader].
func (s *session) Events(ctx context.Context, q devices.EventQuery) ([]devices.Event, error) {
	f := &filter{}
	for column, id := range map[string]string{"device_id": q.Device, "holder_id": q.Holder, "key_id": q.Key} {
		if id != "" {
			f.add(column+" = ?", id)
		}
	}
	kinds := make([]string, len(q.Kinds))
	for i, kind := range q.Kinds {
		kinds[i] = string(kind)
	}
	in(f, "kind", kinds)
	if err := s.within(ctx, f, q); err != nil {
		return nil, err
	}
	beyond, order := "<", " DESC"
	if q.Oldest {
		beyond, order = ">", ""
	}
	if q.After != 0 {
		f.add("number "+beyond+" ?", q.After)
	}
	if q.Limit <= 0 {
		q.Limit = devices.DefaultPage
	}
	return all(ctx, s, scanEvent, "SELECT "+eventColumns+" FROM events"+f.where()+" ORDER BY number"+order+" LIMIT ?",
		append(f.args, min(q.Limit, devices.MaxPage))...)
}

func scanEvent(r row) (devices.Event, error) {
	var e devices.Event
	var at, kind, body string
	var device, holder, key, loan sql.NullString
	if err := r.Scan(&e.Number, &at, &e.Actor, &kind, &device, &holder, &key, &loan, &body, &e.Login); err != nil {
		return devices.Event{}, err
	}
	check := reading{record: "event", id: fmt.Sprint(e.Number)}
	e.Time, e.Kind, e.Body = check.must("time", at), devices.EventKind(kind), json.RawMessage(body)
	e.Device, e.Holder, e.Key, e.Loan = device.String, holder.String, key.String, loan.String
	if !json.Valid(e.Body) {
		check.fail("body", body)
	}
	return e, check.err
}

// PutBlob implements [devices.Tx].
func (s *session) PutBlob(ctx context.Context, digest string, content []byte) error {
	if s.desk != nil {
		s.desk.blobs = append(s.desk.blobs, content)
		return nil
	}
	return s.exec(ctx, s.putBlob, digest, content)
}

// DeleteBlob implements [devices.Tx].
func (s *session) DeleteBlob(ctx context.Context, digest string) error {
	if s.desk != nil { // the server lets go of what nothing needs any more
		return nil
	}
	return s.exec(ctx, s.dropBlob, digest)
}

// Blob implements [devices.Reader].
func (s *session) Blob(ctx context.Context, digest string) ([]byte, error) {
	content, err := one(ctx, s, only[[]byte], s.readBlob, digest)
	if err != nil {
		return nil, fmt.Errorf("blob %.16s: %w", digest, err)
	}
	return content, nil
}
