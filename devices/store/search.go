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
