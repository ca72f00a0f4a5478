package devices

import (
	"context"
	"fmt"
)

// view reads one thing from the store.
func view[T any](ctx context.Context, r *Register, reading string, fn func(Reader) (T, error)) (T, error) {
	var result T
	err := r.store.View(ctx, func(reader Reader) (err error) {
		result, err = fn(reader)
		return err
	})
	if err != nil {
		var none T
		return none, fmt.Errorf("read %s: %w", reading, err)
	}
	return result, nil
}

// Holder returns a person by id.
func (r *Register) Holder(ctx context.Context, id string) (Holder, error) {
	return view(ctx, r, "holder", func(reader Reader) (Holder, error) { return reader.Holder(ctx, id) })
}

// Holders returns a page of people by name.
func (r *Register) Holders(ctx context.Context, q HolderQuery) (HolderPage, error) {
	return view(ctx, r, "holders", func(reader Reader) (HolderPage, error) { return reader.Holders(ctx, q) })
}

// Device returns a device by id.
func (r *Register) Device(ctx context.Context, id string) (Device, error) {
	return view(ctx, r, "device", func(reader Reader) (Device, error) { return reader.Device(ctx, id) })
}

// Devices returns a page of devices.
func (r *Register) Devices(ctx context.Context, q DeviceQuery) (DevicePage, error) {
	q.Now = today(r.now())
	return view(ctx, r, "devices", func(reader Reader) (DevicePage, error) { return reader.Devices(ctx, q) })
}

// DeviceOrder returns the ids of all devices that fit, in the order of the query
// (Limit and After do not matter): for lists of which only parts are shown,
// whose rows [Register.DevicesWithID] then reads.
func (r *Register) DeviceOrder(ctx context.Context, q DeviceQuery) ([]string, error) {
	q.Now = today(r.now())
	return view(ctx, r, "devices", func(reader Reader) ([]string, error) { return reader.DeviceOrder(ctx, q) })
}

// DevicesWithID returns devices by their ids, in that order; those that the
// register does not have are left out.
func (r *Register) DevicesWithID(ctx context.Context, ids []string) ([]Device, error) {
	return view(ctx, r, "devices", func(reader Reader) ([]Device, error) { return devicesInOrder(ctx, reader, ids) })
}

func devicesInOrder(ctx context.Context, reader Reader, ids []string) ([]Device, error) {
	there, err := reader.DevicesWithID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Device, len(there))
	for _, d := range there {
		byID[d.ID] = d
	}
	found := make([]Device, 0, len(ids))
	for _, id := range ids {
		if d, ok := byID[id]; ok {
			found = append(found, d)
		}
	}
	return found, nil
}

// AllDevices returns every device that fits, page after page.
func (r *Register) AllDevices(ctx context.Context, q DeviceQuery) ([]Device, error) {
	var all []Device
	q.Limit = MaxPage
	for {
		page, err := r.Devices(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Devices...)
		if page.Next == "" {
			return all, nil
		}
		q.After = page.Next
	}
}

// CountDevices counts the devices that fit by state.
func (r *Register) CountDevices(ctx context.Context, q DeviceQuery) (map[State]int, error) {
	q.Now = today(r.now())
	return view(ctx, r, "devices", func(reader Reader) (map[State]int, error) { return reader.CountDevices(ctx, q) })
}

// Sites lists the sites that devices are at, sorted.
func (r *Register) Sites(ctx context.Context) ([]string, error) {
	return view(ctx, r, "sites", func(reader Reader) ([]string, error) { return reader.Sites(ctx) })
}

// Key returns a key by id.
func (r *Register) Key(ctx context.Context, id string) (Key, error) {
	return view(ctx, r, "key", func(reader Reader) (Key, error) { return reader.Key(ctx, id) })
}

// Keys returns keys in the order of issue.
func (r *Register) Keys(ctx context.Context, q KeyQuery) ([]Key, error) {
	return view(ctx, r, "keys", func(reader Reader) ([]Key, error) { return reader.Keys(ctx, q) })
}

// CurrentKey is a holder's key in force: not replaced, not revoked. ok is false when there is none.
func (r *Register) CurrentKey(ctx context.Context, holder string) (key Key, ok bool, err error) {
	issued, err := r.Keys(ctx, KeyQuery{Holder: holder, Statuses: []KeyStatus{KeyIssued}})
	if err != nil || len(issued) == 0 {
		return Key{}, false, err
	}
	return issued[len(issued)-1], true, nil
}

// Loan returns a loan by id.
func (r *Register) Loan(ctx context.Context, id string) (Loan, error) {
	return view(ctx, r, "loan", func(reader Reader) (Loan, error) { return reader.Loan(ctx, id) })
}

// Loans returns loans, newest first.
func (r *Register) Loans(ctx context.Context, q LoanQuery) ([]Loan, error) {
	return view(ctx, r, "loans", func(reader Reader) ([]Loan, error) { return reader.Loans(ctx, q) })
}

// Events returns a page of what happened: the history of a device, of a person,
// of a key or of everything.
func (r *Register) Events(ctx context.Context, q EventQuery) ([]Event, error) {
	return view(ctx, r, "events", func(reader Reader) ([]Event, error) { return reader.Events(ctx, q) })
}
