package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"stowage/devices"
)

const deviceColumns = `id, version, kind, make, model, serial, capacity, label, site, notes, state, since, added,
	holder_id, holder_name, loan_id, due, encryption, seen, recovery`

// Device implements [devices.Reader].
func (s *session) Device(ctx context.Context, id string) (devices.Device, error) {
	return one(ctx, s, scanDevice, "SELECT "+s.deviceColumns+" FROM devices WHERE id = ?", id)
}

// DevicesWithID implements [devices.Reader].
func (s *session) DevicesWithID(ctx context.Context, ids []string) ([]devices.Device, error) {
	return withID(ctx, s, scanDevice, s.deviceColumns, "devices", ids)
}

// withID returns the records of a table that have these ids, in no order.
func withID[T any](ctx context.Context, s *session, scan func(row) (T, error), columns, table string, ids []string) ([]T, error) {
	const atOnce = 500 // a statement has only so many placeholders
	var found []T
	for some := range slices.Chunk(ids, atOnce) {
		f := &filter{}
		if s.postgres {
			f.add("id = ANY (?)", some)
		} else {
			in(f, "id", some)
		}
		more, err := all(ctx, s, scan, "SELECT "+columns+" FROM "+table+f.where(), f.args...)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// DeviceWith implements [devices.Reader].
func (s *session) DeviceWith(ctx context.Context, field devices.Identifier, value string) (devices.Device, error) {
	column := map[devices.Identifier]string{devices.Label: "label_fold", devices.Serial: "serial_fold"}[field]
	folded := devices.Fold(value)
	if column == "" || folded == "" {
		return devices.Device{}, devices.ErrNotFound
	}
	return one(ctx, s, scanDevice, "SELECT "+s.deviceColumns+" FROM devices WHERE "+column+" = ?", folded)
}

// PutDevice implements [devices.Tables].
func (s *session) PutDevice(ctx context.Context, d devices.Device, texts ...string) error {
	var encryption, seen, recovery, verified string
	if d.Encryption != (devices.Verification{}) {
		encryption = jsonText(d.Encryption)
		if d.Encryption.Encrypted {
			verified = timeText(d.Encryption.At)
		}
	}
	if d.Seen != (devices.Sighting{}) {
		seen = jsonText(d.Seen)
	}
	if d.Recovery != (devices.RecoveryCode{}) {
		recovery = jsonText(d.Recovery)
	}
	fields := []field{
		{"id", d.ID},
		{"version", d.Version},
		{"kind", string(d.Kind)},
		{"make", d.Make},
		{"model", d.Model},
		{"serial", d.Serial},
		{"capacity", d.Capacity},
		{"label", d.Label},
		{"site", d.Site},
		{"notes", d.Notes},
		{"state", string(d.State)},
		{"since", timeText(d.Since)},
		{"added", timeText(d.Added)},
		{"holder_id", null(d.Holder)},
		{"holder_name", d.HolderName},
		{"loan_id", null(d.Loan)},
		{"due", timeText(d.Due)},
		{"encryption", encryption},
		{"seen", seen},
		{"recovery", recovery},
		{"label_fold", null(devices.Fold(d.Label))},
		{"serial_fold", null(devices.Fold(d.Serial))},
		{"label_key", sortKey(d.Label)},
		{"serial_key", sortKey(d.Serial)},
		{"make_key", sortKey(d.Make)},
		{"model_key", sortKey(d.Model)},
		{"site_key", sortKey(d.Site)},
		{"holder_key", sortKey(d.HolderName)},
		{"state_rank", rank(d.State)},
		{"seen_at", timeText(d.Seen.At)},
		{"verified_at", verified},
	}
	text := strings.TrimSpace(strings.Join(texts, " "))
	if !s.postgres {
		return s.putDevice(ctx, d, fields, text)
	}
	if err := s.putFound(ctx, "devices", "device_words", fields, deviceWords(d)); err != nil || text == "" {
		return err
	}
	return s.AddText(ctx, d.ID, text)
}

// rank is a state's place in the order of states.
func rank(s devices.State) int { return slices.Index(devices.States(), s) }

// jsonText writes a part of a record, which cannot fail for these types.
func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func scanDevice(r row) (devices.Device, error) {
	var d devices.Device
	var kind, state, since, added, due, encryption, seen, recovery string
	var holder, loan sql.NullString
	if err := r.Scan(&d.ID, &d.Version, &kind, &d.Make, &d.Model, &d.Serial, &d.Capacity, &d.Label, &d.Site, &d.Notes,
		&state, &since, &added, &holder, &d.HolderName, &loan, &due, &encryption, &seen, &recovery); err != nil {
		return devices.Device{}, err
	}
	check := reading{record: "device", id: d.ID}
	d.Kind, d.State = devices.Kind(kind), devices.State(state)
	if !slices.Contains(devices.Kinds(), d.Kind) {
		check.unknown("kind", kind)
	}
	if rank(d.State) < 0 {
		check.unknown("state", state)
	}
	d.Since, d.Added, d.Due = check.must("since", since), check.must("added", added), check.time("due", due)
	d.Holder, d.Loan = holder.String, loan.String
	readPart(&check, "encryption", encryption, &d.Encryption)
	readPart(&check, "seen", seen, &d.Seen)
	readPart(&check, "recovery", recovery, &d.Recovery)
	return d, check.err
}

// readPart reads a part of a record that is kept as JSON.
func readPart[T any](check *reading, column, text string, v *T) {
	if text == "" {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(v); {
	case err != nil:
		check.wrong(devices.UnreadJSON(err), column, text)
	case jsonText(*v) != text && !sameJSON(jsonText(*v), text):
		check.fail(column, text)
	}
}

// sameJSON says whether two texts are the same value: PostgreSQL sorts names.
func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// HeldBy implements [devices.Tables].
func (s *session) HeldBy(ctx context.Context, holder string) ([]string, error) {
	return all(ctx, s, only[string], "SELECT id FROM devices WHERE holder_id = ? ORDER BY id", holder)
}

// Sites implements [devices.Reader].
func (s *session) Sites(ctx context.Context) ([]string, error) {
	return all(ctx, s, only[string], "SELECT DISTINCT site FROM devices WHERE site <> '' ORDER BY site")
}

// Clear implements [devices.Tx].
func (s *session) Clear(ctx context.Context) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	for _, table := range []string{"incidents", "key_places", "holder_keys", "loans", "devices", "holders", "device_words", "holder_words"} {
		if err := s.exec(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	s.cleared = map[string]bool{}
	return nil
}
