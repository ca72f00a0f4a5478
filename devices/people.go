package devices

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// AddHolder adds a person.
func (r *Register) AddHolder(ctx context.Context, actor string, d HolderDetails) (Holder, error) {
	var added Holder
	err := r.change(ctx, actor, func(c *change) (err error) {
		added, err = c.addHolder(ctx, d)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("add holder: %w", err)
	}
	return added, nil
}

func (c *change) addHolder(ctx context.Context, d HolderDetails) (Holder, error) {
	if err := d.clean(); err != nil {
		return Holder{}, err
	}
	id := c.newID()
	if err := c.emailIsFree(ctx, d.Email, id); err != nil {
		return Holder{}, err
	}
	if err := c.record(ctx, Event{Kind: HolderAdded, Holder: id}, holderBody{d}); err != nil {
		return Holder{}, err
	}
	return c.Holder(ctx, id)
}

// emailIsFree refuses an e-mail address that somebody else at the school has.
func (c *change) emailIsFree(ctx context.Context, email, id string) error {
	if email == "" {
		return nil
	}
	others, err := c.HoldersCalled(ctx, email)
	if err != nil {
		return err
	}
	for _, h := range others {
		if h.ID != id && h.Left.IsZero() && Fold(h.Email) == Fold(email) {
			return &DuplicateError{Field: "email", Value: email, Existing: h.ID}
		}
	}
	return nil
}

// EditHolder replaces what is written down about a person. version is the
// holder's as last read, or 0 not to compare.
func (r *Register) EditHolder(ctx context.Context, actor, id string, version int64, d HolderDetails) (Holder, error) {
	if err := d.clean(); err != nil {
		return Holder{}, fmt.Errorf("edit holder: %w", err)
	}
	return r.changeHolder(ctx, "edit holder", actor, id, version, func(c *change, h Holder) error {
		if h.HolderDetails == d {
			return nil
		}
		if h.Left.IsZero() {
			if err := c.emailIsFree(ctx, d.Email, id); err != nil {
				return err
			}
		}
		return c.record(ctx, Event{Kind: HolderEdited, Holder: id}, holderBody{d})
	})
}

// Leave records that a person has left; nothing more can be issued to them. What
// they still have is returned, and stays theirs on record until it comes back.
// Doing it again changes nothing.
func (r *Register) Leave(ctx context.Context, actor, id string, version int64, note string) (Holdings, error) {
	_, err := r.presence(ctx, "holder leaves", HolderLeft, actor, id, version, note)
	if err != nil {
		return Holdings{}, err
	}
	return r.Holdings(ctx, id)
}

// Rejoin records that a person who left is back. Doing it again changes nothing.
func (r *Register) Rejoin(ctx context.Context, actor, id string, version int64, note string) (Holder, error) {
	return r.presence(ctx, "holder rejoins", HolderRejoined, actor, id, version, note)
}

func (r *Register) presence(ctx context.Context, doing string, kind EventKind, actor, id string, version int64, note string) (Holder, error) {
	note, err := cleanNote("note", note)
	if err != nil {
		return Holder{}, fmt.Errorf("%s: %w", doing, err)
	}
	return r.changeHolder(ctx, doing, actor, id, version, func(c *change, h Holder) error {
		if h.Left.IsZero() == (kind == HolderRejoined) {
			return nil
		}
		if kind == HolderRejoined {
			if err := c.emailIsFree(ctx, h.Email, id); err != nil {
				return err
			}
		}
		return c.record(ctx, Event{Kind: kind, Holder: id}, noteBody{note})
	})
}

func (r *Register) changeHolder(ctx context.Context, doing, actor, id string, version int64, fn func(*change, Holder) error) (Holder, error) {
	var changed Holder
	err := r.change(ctx, actor, func(c *change) error {
		h, err := c.Holder(ctx, id)
		if err != nil {
			return err
		}
		if err := compare(version, h.Version); err != nil {
			return err
		}
		if err := fn(c, h); err != nil {
			return err
		}
		changed, err = c.Holder(ctx, id)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// FindHolder finds one person by id, name or e-mail; a text that fits nobody
// exactly may be the beginnings of names. The error is [ErrNotFound] or an
// [*AmbiguousError]. Those who have left are found only if nobody present fits.
func (r *Register) FindHolder(ctx context.Context, text string) (Holder, error) {
	var found Holder
	err := r.store.View(ctx, func(reader Reader) (err error) {
		found, err = findHolder(ctx, reader, text)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("find holder: %w", err)
	}
	return found, nil
}

func findHolder(ctx context.Context, reader Reader, text string) (Holder, error) {
	if !readable(text) {
		return Holder{}, ErrNotFound
	}
	if h, err := reader.Holder(ctx, text); err == nil || !errors.Is(err, ErrNotFound) {
		return h, err
	}
	fits, err := reader.HoldersCalled(ctx, text)
	if err != nil {
		return Holder{}, err
	}
	if len(fits) == 0 {
		page, err := reader.Holders(ctx, HolderQuery{Search: text, All: true, Limit: MaxPage})
		if err != nil {
			return Holder{}, err
		}
		fits = page.Holders
	}
	return onlyOne(text, fits)
}

// onlyOne chooses the one person meant among those who fit.
func onlyOne(text string, fits []Holder) (Holder, error) {
	present := slices.DeleteFunc(slices.Clone(fits), func(h Holder) bool { return !h.Left.IsZero() })
	if len(present) > 0 {
		fits = present
	}
	switch len(fits) {
	case 0:
		return Holder{}, ErrNotFound
	case 1:
		return fits[0], nil
	}
	return Holder{}, &AmbiguousError{Text: shorten(text), Candidates: fits[:min(len(fits), MaxCandidates)]}
}

// Holdings returns everything that a person has.
func (r *Register) Holdings(ctx context.Context, holder string) (Holdings, error) {
	var all Holdings
	err := r.store.View(ctx, func(reader Reader) (err error) {
		if all.Holder, err = reader.Holder(ctx, holder); err != nil {
			return err
		}
		loans, err := reader.Loans(ctx, LoanQuery{Holder: holder, Open: true})
		if err != nil {
			return err
		}
		for _, loan := range loans {
			d, err := reader.Device(ctx, loan.Device)
			if err != nil {
				return err
			}
			all.Devices = append(all.Devices, d)
		}
		all.Keys, err = reader.Keys(ctx, KeyQuery{Holder: holder, Statuses: []KeyStatus{KeyIssued}})
		return err
	})
	if err != nil {
		return Holdings{}, fmt.Errorf("what a holder has: %w", err)
	}
	return all, nil
}
