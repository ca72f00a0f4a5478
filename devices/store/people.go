package store

import (
	"context"

	"stowage/devices"
)

const holderColumns = "id, version, name, email, site, notes, added, left_at"

// Holder implements [devices.Reader].
func (s *session) Holder(ctx context.Context, id string) (devices.Holder, error) {
	return one(ctx, s, scanHolder, "SELECT "+s.holderColumns+" FROM holders WHERE id = ?", id)
}

// HoldersWithID implements [devices.Reader].
func (s *session) HoldersWithID(ctx context.Context, ids []string) ([]devices.Holder, error) {
	return withID(ctx, s, scanHolder, s.holderColumns, "holders", ids)
}

// HoldersCalled implements [devices.Reader].
func (s *session) HoldersCalled(ctx context.Context, nameOrEmail string) ([]devices.Holder, error) {
	folded := devices.Fold(nameOrEmail)
	if folded == "" {
		return nil, nil
	}
	return all(ctx, s, scanHolder, "SELECT "+s.holderColumns+` FROM holders WHERE name_fold = ? OR email_fold = ?
		ORDER BY left_at <> '', name_key, row LIMIT ?`, folded, folded, devices.MaxCandidates)
}

// Holders implements [devices.Reader].
func (s *session) Holders(ctx context.Context, q devices.HolderQuery) (devices.HolderPage, error) {
	f := &filter{}
	if typed := typedWords(q.Search); len(typed) > 0 {
		f.add("row IN ("+s.holdersWith+")", s.matchingHolders(typed))
	}
	switch {
	case q.All:
	case q.Leavers:
		f.add("left_at <> ''")
	default:
		f.add("left_at = ''")
	}
	found, next, err := page(ctx, s, f, paging{
		from: "holders", columns: s.holderColumns, by: "name_key", limit: pageLimit(q.Limit), after: q.After,
	}, scanHolder)
	return devices.HolderPage{Holders: found, Next: next}, err
}

// PutHolder implements [devices.Tables].
func (s *session) PutHolder(ctx context.Context, h devices.Holder) error {
	return s.putFound(ctx, "holders", "holder_words", []field{
		{"id", h.ID},
		{"version", h.Version},
		{"name", h.Name},
		{"email", h.Email},
		{"site", h.Site},
		{"notes", h.Notes},
		{"added", timeText(h.Added)},
		{"left_at", timeText(h.Left)},
		{"name_fold", devices.Fold(h.Name)},
		{"email_fold", devices.Fold(h.Email)},
		{"name_key", sortKey(h.Name)},
	}, holderWords(h))
}

func scanHolder(r row) (devices.Holder, error) {
	var h devices.Holder
	var added, left string
	if err := r.Scan(&h.ID, &h.Version, &h.Name, &h.Email, &h.Site, &h.Notes, &added, &left); err != nil {
		return devices.Holder{}, err
	}
	check := reading{record: "holder", id: h.ID}
	h.Added, h.Left = check.must("added", added), check.time("left_at", left)
	if h.Name == "" {
		check.fail("name", h.Name)
	}
	return h, check.err
}
