package store

import (
	"context"
	"errors"
	"strings"

	"stowage/devices"
)

// Search in SQLite: the words are in tables of FTS5.

// typedWords returns the words of what was typed.
func typedWords(search string) []string {
	typed := words(search)
	return typed[:min(len(typed), maxQueryWords)]
}

// match is what FTS5 is asked for: a word that begins with it for every one
// typed.
func match(typed []string, presentOnly bool) string {
	asked := make([]string, len(typed))
	for i, word := range typed {
		asked[i] = `"` + word + `"*` // a word has no quotes in it
	}
	text := strings.Join(asked, " ")
	if presentOnly {
		text = "present : (" + text + ")"
	}
	return text
}

// putFound writes a record that is found by its words.
func (s *session) putFound(ctx context.Context, table, found string, fields []field, present string) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	query, values := upsert(table, fields)
	if s.postgres {
		if err := s.exec(ctx, query, values...); err != nil {
			return err
		}
		return s.exec(ctx, "INSERT INTO "+found+" (rowid, present) SELECT row, ? FROM "+table+" WHERE id = ? ON CONFLICT (rowid) DO UPDATE SET present = excluded.present WHERE "+
			found+".present <> excluded.present", present, fields[0].value)
	}
	row, err := one(ctx, s, only[int64], query+" RETURNING row", values...)
	if err != nil {
		return err
	}
	before, err := one(ctx, s, only[string], "SELECT present FROM "+found+" WHERE rowid = ?", row)
	switch {
	case errors.Is(err, devices.ErrNotFound):
		return s.exec(ctx, "INSERT INTO "+found+" (rowid, present) VALUES (?, ?)", row, present)
	case err != nil || before == present:
		return err
	}
	return s.exec(ctx, "UPDATE "+found+" SET present = ? WHERE rowid = ?", present, row)
}

// AddText implements [devices.Tables].
func (s *session) AddText(ctx context.Context, device, text string) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	before, err := s.textBefore(ctx, device)
	if err != nil {
		return err
	}
	after := merge(before, text)
	if after == before {
		return nil
	}
	return s.exec(ctx, "UPDATE device_words SET past = ? WHERE rowid = (SELECT row FROM devices WHERE id = ?)", after, device)
}

// textBefore returns the words of a device's events so far. After Clear there are none.
func (s *session) textBefore(ctx context.Context, device string) (string, error) {
	if s.cleared != nil && !s.cleared[device] {
		s.cleared[device] = true
		return "", nil
	}
	return one(ctx, s, only[string], "SELECT coalesce(past, '') FROM device_words WHERE rowid = (SELECT row FROM devices WHERE id = ?)", device)
}
