package store

import (
	"context"
	"errors"
	"strings"

	"stowage/devices"
)

// Search in SQLite: the words are in tables of FTS5.

// matching returns a subquery for the rows of a table of words that have, for
// every word in search, one that begins with it; "" if there is no word.
func matching(table, column, search string) (subquery, argument string) {
	typed := words(search)
	if len(typed) == 0 {
		return "", ""
	}
	typed = typed[:min(len(typed), maxQueryWords)]
	for i, word := range typed {
		typed[i] = `"` + word + `"*` // a word has no quotes in it
	}
	argument = strings.Join(typed, " ")
	if column != "" {
		argument = column + " : (" + argument + ")"
	}
	return "SELECT rowid FROM " + table + " WHERE " + table + " MATCH ?", argument
}

// putWords makes a record found by its own words.
func (s *session) putWords(ctx context.Context, table string, row int64, present string) error {
	before, err := one(ctx, s, only[string], "SELECT present FROM "+table+" WHERE rowid = ?", row)
	switch {
	case errors.Is(err, devices.ErrNotFound):
		return s.exec(ctx, "INSERT INTO "+table+" (rowid, present) VALUES (?, ?)", row, present)
	case err != nil || before == present:
		return err
	}
	return s.exec(ctx, "UPDATE "+table+" SET present = ? WHERE rowid = ?", present, row)
}

// AddText implements [devices.Tables].
func (s *session) AddText(ctx context.Context, device, text string) error {
	row, err := one(ctx, s, only[int64], "SELECT row FROM devices WHERE id = ?", device)
	if err != nil {
		return err
	}
	before, err := one(ctx, s, only[string], "SELECT coalesce(past, '') FROM device_words WHERE rowid = ?", row)
	if err != nil {
		return err
	}
	after := merge(before, text)
	if after == before {
		return nil
	}
	return s.exec(ctx, "UPDATE device_words SET past = ? WHERE rowid = ?", after, row)
}
