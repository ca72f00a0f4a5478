package store

import (
	"context"
	"slices"

	"stowage/devices"
)

const keyColumns = "id, version, holder_id, class, recipient, status, reason, issued, ended"

// Key implements [devices.Reader].
func (s *session) Key(ctx context.Context, id string) (devices.Key, error) {
	k, err := one(ctx, s, scanKey, "SELECT "+keyColumns+" FROM holder_keys WHERE id = ?", id)
	if err != nil {
		return devices.Key{}, err
	}
	k.Devices, err = s.keyPlaces(ctx, id)
	return k, err
}

func (s *session) keyPlaces(ctx context.Context, key string) ([]string, error) {
	return all(ctx, s, only[string], "SELECT device_id FROM key_places WHERE key_id = ? ORDER BY device_id", key)
}

// Keys implements [devices.Reader].
func (s *session) Keys(ctx context.Context, q devices.KeyQuery) ([]devices.Key, error) {
	f := &filter{}
	if q.Holder != "" {
		f.add("holder_id = ?", q.Holder)
	}
	if q.Device != "" {
		f.add("id IN (SELECT key_id FROM key_places WHERE device_id = ?)", q.Device)
	}
	if q.Recipient != "" {
		f.add("recipient = ?", q.Recipient)
	}
	statuses := make([]string, len(q.Statuses))
	for i, status := range q.Statuses {
		statuses[i] = string(status)
	}
	in(f, "status", statuses)
	keys, err := all(ctx, s, scanKey, "SELECT "+keyColumns+" FROM holder_keys"+f.where()+" ORDER BY row", f.args...)
	if err != nil || len(keys) == 0 {
		return keys, err
	}
	type place struct{ key, device string }
	places, err := all(ctx, s, func(r row) (p place, err error) {
		err = r.Scan(&p.key, &p.device)
		return p, err
	}, "SELECT key_id, device_id FROM key_places WHERE key_id IN (SELECT id FROM holder_keys"+f.where()+") ORDER BY device_id", f.args...)
	if err != nil {
		return nil, err
	}
	on := make(map[string][]string, len(places))
	for _, p := range places {
		on[p.key] = append(on[p.key], p.device)
	}
	for i, k := range keys {
		keys[i].Devices = on[k.ID]
	}
	return keys, nil
}

// PutKey implements [devices.Tables].
func (s *session) PutKey(ctx context.Context, k devices.Key) error {
	if err := s.put(ctx, "holder_keys", []field{
		{"id", k.ID},
		{"version", k.Version},
		{"holder_id", k.Holder},
		{"class", k.Class},
		{"recipient", k.Recipient},
		{"status", string(k.Status)},
		{"reason", k.Reason},
		{"issued", timeText(k.Issued)},
		{"ended", timeText(k.Ended)},
	}); err != nil {
		return err
	}
	if err := s.exec(ctx, "DELETE FROM key_places WHERE key_id = ?", k.ID); err != nil {
		return err
	}
	for _, device := range k.Devices {
		if err := s.exec(ctx, "INSERT INTO key_places (key_id, device_id) VALUES (?, ?)", k.ID, device); err != nil {
			return err
		}
	}
	return nil
}

func scanKey(r row) (devices.Key, error) {
	var k devices.Key
	var status, issued, ended string
	if err := r.Scan(&k.ID, &k.Version, &k.Holder, &k.Class, &k.Recipient, &status, &k.Reason, &issued, &ended); err != nil {
		return devices.Key{}, err
	}
	check := reading{record: "key", id: k.ID}
	if k.Status = devices.KeyStatus(status); !slices.Contains(devices.KeyStatuses(), k.Status) {
		check.unknown("status", status)
	}
	k.Issued, k.Ended = check.must("issued", issued), check.time("ended", ended)
	return k, check.err
}
