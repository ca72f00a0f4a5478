package devices

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// AddDevice adds a device, in stock.
func (r *Register) AddDevice(ctx context.Context, actor string, d DeviceDetails) (Device, error) {
	if err := d.clean(); err != nil {
		return Device{}, fmt.Errorf("add device: %w", err)
	}
	var added Device
	err := r.change(ctx, actor, func(c *change) error {
		id := c.newID()
		if err := c.namesAreFree(ctx, d, id); err != nil {
			return err
		}
		err := c.record(ctx, Event{Kind: DeviceAdded, Device: id}, deviceBody{d})
		if err != nil {
			return err
		}
		added, err = c.Device(ctx, id)
		return err
	})
	if err != nil {
		return Device{}, fmt.Errorf("add device: %w", err)
	}
	return added, nil
}

// namesAreFree refuses a label or serial that another device has.
func (c *change) namesAreFree(ctx context.Context, d DeviceDetails, id string) error {
	for field, value := range d.names() {
		other, err := c.DeviceWith(ctx, field, value)
		if errors.Is(err, ErrNotFound) || err == nil && other.ID == id {
			continue
		}
		if err != nil {
			return err
		}
		return &DuplicateError{Field: string(field), Value: value, Existing: other.ID}
	}
	return nil
}

// names yields the identifiers that a device has.
func (d DeviceDetails) names() func(yield func(Identifier, string) bool) {
	return func(yield func(Identifier, string) bool) {
		if d.Label != "" && !yield(Label, d.Label) {
			return
		}
		if d.Serial != "" {
			yield(Serial, d.Serial)
		}
	}
}

// EditDevice replaces what is written down about a device. version is the
// device's as last read, or 0 not to compare.
func (r *Register) EditDevice(ctx context.Context, actor, id string, version int64, d DeviceDetails) (Device, error) {
	if err := d.clean(); err != nil {
		return Device{}, fmt.Errorf("edit device: %w", err)
	}
	return r.changeDevice(ctx, "edit device", actor, id, version, func(c *change, before Device) error {
		return c.editDevice(ctx, before, d)
	})
}

func (c *change) editDevice(ctx context.Context, before Device, d DeviceDetails) error {
	if before.DeviceDetails == d {
		return nil
	}
	if err := c.namesAreFree(ctx, d, before.ID); err != nil {
		return err
	}
	return c.record(ctx, Event{Kind: DeviceEdited, Device: before.ID}, deviceBody{d})
}

// changeDevice runs fn on a device as it is now, and returns it as it is then.
func (r *Register) changeDevice(ctx context.Context, doing, actor, id string, version int64, fn func(*change, Device) error) (Device, error) {
	var changed Device
	err := r.change(ctx, actor, func(c *change) error {
		d, err := c.Device(ctx, id)
		if err != nil {
			return err
		}
		if err := compare(version, d.Version); err != nil {
			return fmt.Errorf("%s: %w", d.Name(), err)
		}
		if err := fn(c, d); err != nil {
			return err
		}
		changed, err = c.Device(ctx, id)
		return err
	})
	if err != nil {
		return Device{}, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// FindDevice finds one device by its id, label or serial. The error is
// [ErrNotFound] or, if the label of one is the serial of another, an
// [*InvalidError].
func (r *Register) FindDevice(ctx context.Context, text string) (Device, error) {
	var found Device
	err := r.store.View(ctx, func(reader Reader) (err error) {
		found, err = findDevice(ctx, reader, text)
		return err
	})
	if err != nil {
		return Device{}, fmt.Errorf("find device: %w", err)
	}
	return found, nil
}

func findDevice(ctx context.Context, reader Reader, text string) (Device, error) {
	if d, err := reader.Device(ctx, text); err == nil || !errors.Is(err, ErrNotFound) {
		return d, err
	}
	byLabel, labelErr := reader.DeviceWith(ctx, Label, text)
	if labelErr != nil && !errors.Is(labelErr, ErrNotFound) {
		return Device{}, labelErr
	}
	bySerial, serialErr := reader.DeviceWith(ctx, Serial, text)
	switch {
	case errors.Is(serialErr, ErrNotFound):
		return byLabel, labelErr
	case serialErr != nil:
		return Device{}, serialErr
	case labelErr == nil && byLabel.ID != bySerial.ID:
		return Device{}, &InvalidError{Field: "device", Value: shorten(text), Problem: "is the label of one and the serial of another"}
	}
	return bySerial, nil
}

// NextLabel suggests the label after the highest one of the form PREFIX followed
// by digits, such as "MS-0042" after "MS-0041".
func (r *Register) NextLabel(ctx context.Context, prefix string) (string, error) {
	next := prefix + "0001"
	err := r.store.View(ctx, func(reader Reader) error {
		q := DeviceQuery{Search: prefix, PresentOnly: true, Sort: ByLabel, Descending: true, Limit: MaxPage}
		for {
			page, err := reader.Devices(ctx, q)
			if err != nil {
				return err
			}
			for _, d := range page.Devices {
				if label, ok := labelAfter(d.Label, prefix); ok {
					next = label
					return nil
				}
			}
			if page.Next == "" {
				return nil
			}
			q.After = page.Next
		}
	})
	if err != nil {
		return "", fmt.Errorf("next label: %w", err)
	}
	return next, nil
}

func labelAfter(label, prefix string) (string, bool) {
	if len(label) <= len(prefix) || !strings.EqualFold(label[:len(prefix)], prefix) {
		return "", false
	}
	digits := label[len(prefix):]
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%s%0*d", prefix, len(digits), n+1), true
}
