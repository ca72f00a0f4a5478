package devices

import (
	"context"
	"fmt"
	"slices"
)

// IssueKey records a key issued to a holder and, if it replaces another of
// theirs, that one's end. The error may be [ErrLeft].
func (r *Register) IssueKey(ctx context.Context, actor string, d KeyDetails) (Key, error) {
	var c cleaner
	c.line("class", &d.Class)
	c.clean("recipient", &d.Recipient, func(field, text string) (string, error) {
		return clean(field, text, maxNote, false) // a hybrid one has some 2,000 characters
	})
	c.note("reason", &d.Reason)
	c.required("class", d.Class)
	c.required("recipient", d.Recipient)
	if c.err != nil {
		return Key{}, fmt.Errorf("issue key: %w", c.err)
	}
	var issued Key
	err := r.change(ctx, actor, func(c *change) (err error) {
		issued, err = c.issueKey(ctx, d)
		return err
	})
	if err != nil {
		return Key{}, fmt.Errorf("issue key: %w", err)
	}
	return issued, nil
}

func (c *change) issueKey(ctx context.Context, d KeyDetails) (Key, error) {
	h, err := c.Holder(ctx, d.Holder)
	if err != nil {
		return Key{}, fmt.Errorf("holder: %w", err)
	}
	if !h.Left.IsZero() {
		return Key{}, fmt.Errorf("to %s: %w", h.Name, ErrLeft)
	}
	same, err := c.Keys(ctx, KeyQuery{Recipient: d.Recipient})
	if err != nil {
		return Key{}, err
	}
	if len(same) > 0 {
		return Key{}, &DuplicateError{Field: "recipient", Value: shorten(d.Recipient), Existing: same[0].ID}
	}
	id := c.newID()
	if err := c.replaceKey(ctx, d, id); err != nil {
		return Key{}, err
	}
	if err := c.record(ctx,
		Event{Kind: KeyWasIssued, Holder: d.Holder, Key: id},
		keyBody{Class: d.Class, Recipient: d.Recipient, Replaces: d.Replaces}); err != nil {
		return Key{}, err
	}
	return c.Key(ctx, id)
}

// replaceKey ends the key that d replaces, if any, in favour of the one with id.
func (c *change) replaceKey(ctx context.Context, d KeyDetails, id string) error {
	if d.Replaces == "" {
		return nil
	}
	old, err := c.Key(ctx, d.Replaces)
	switch {
	case err != nil:
		return fmt.Errorf("key to replace: %w", err)
	case old.Holder != d.Holder:
		return &InvalidError{Field: "key to replace", Value: old.ID, Problem: "is somebody else's"}
	case old.Status == KeyReplaced:
		return &InvalidError{Field: "key to replace", Value: old.ID, Problem: "is replaced already"}
	case old.Status == KeyRevoked:
		return nil // it stays revoked, which says more
	}
	return c.record(ctx, Event{Kind: KeyWasReplaced, Holder: old.Holder, Key: old.ID}, reasonBody{Reason: d.Reason, By: id})
}

// RevokeKey records that a key is not to be trusted any more, and why
// (required); a replaced one can be revoked too. version is the key's as last
// read, or 0 not to compare.
func (r *Register) RevokeKey(ctx context.Context, actor, id string, version int64, reason string) (Key, error) {
	return r.changeKey(ctx, "revoke key", actor, id, version, func(c *change, k Key) error {
		var clean cleaner
		clean.note("reason", &reason)
		clean.required("reason", reason)
		if clean.err != nil {
			return clean.err
		}
		if k.Status == KeyRevoked {
			return &InvalidError{Field: "key", Value: k.ID, Problem: "is revoked already"}
		}
		return c.record(ctx, Event{Kind: KeyWasRevoked, Holder: k.Holder, Key: id}, reasonBody{Reason: reason})
	})
}

// PlaceKey records that a key lies on a device. Doing it again changes nothing.
func (r *Register) PlaceKey(ctx context.Context, actor, key, device string) (Key, error) {
	return r.changeKey(ctx, "place key", actor, key, 0, func(c *change, k Key) error {
		if slices.Contains(k.Devices, device) {
			return nil
		}
		if _, err := c.Device(ctx, device); err != nil {
			return fmt.Errorf("device: %w", err)
		}
		return c.record(ctx, Event{Kind: KeyPlaced, Holder: k.Holder, Key: key, Device: device}, reasonBody{})
	})
}

// RemoveKey records that a key lies on a device no more. Doing it again changes
// nothing.
func (r *Register) RemoveKey(ctx context.Context, actor, key, device string) (Key, error) {
	return r.changeKey(ctx, "remove key", actor, key, 0, func(c *change, k Key) error {
		if !slices.Contains(k.Devices, device) {
			return nil
		}
		return c.record(ctx, Event{Kind: KeyRemoved, Holder: k.Holder, Key: key, Device: device}, reasonBody{})
	})
}

func (r *Register) changeKey(ctx context.Context, doing, actor, id string, version int64, fn func(*change, Key) error) (Key, error) {
	var changed Key
	err := r.change(ctx, actor, func(c *change) error {
		k, err := c.Key(ctx, id)
		if err != nil {
			return err
		}
		if err := compare(version, k.Version); err != nil {
			return err
		}
		if err := fn(c, k); err != nil {
			return err
		}
		changed, err = c.Key(ctx, id)
		return err
	})
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}
