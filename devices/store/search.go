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
	if s.postgres {
		query, values := upsert(table, fields)
		if err := s.exec(ctx, query, values...); err != nil {
			return err
		}
		return s.exec(ctx, "INSERT INTO "+found+" (rowid, present) SELECT row, ? FROM "+table+" WHERE id = ? ON CONFLICT (rowid) DO UPDATE SET present = excluded.present WHERE "+
			found+".present <> excluded.present", present, fields[0].value)
	}
	row, fresh, err := s.putRow(ctx, table, fields)
	if err != nil {
		return err
	}
	before, err := s.wordsAt(ctx, wordsOf{found, row}, "''", fresh)
	if err != nil || before.there && before.present == present {
		return err
	}
	return s.putWords(ctx, wordsOf{found, row}, foundBy{present: present, there: before.there})
}

// wordsAt are the words that a record has now, none if it is fresh; past is the column of those of its events.
func (s *session) wordsAt(ctx context.Context, of wordsOf, past string, fresh bool) (foundBy, error) {
	if late, ok := s.late.rows[of]; ok || fresh {
		return late, nil
	}
	waiting := s.late // which are of other records
	s.late = lateWords{}
	found, err := one(ctx, s, func(r row) (foundBy, error) {
		w := foundBy{there: true}
		err := r.Scan(&w.present, &w.past)
		return w, err
	}, "SELECT present, "+past+" FROM "+of.table+" WHERE rowid = ?", of.row)
	s.late = waiting
	if errors.Is(err, devices.ErrNotFound) {
		return foundBy{}, nil
	}
	return found, err
}

// putDevice writes a device to SQLite with the words it is found by, and those of an event, at once: words take longer
// than all the rest.
func (s *session) putDevice(ctx context.Context, d devices.Device, fields []field, text string) error {
	if err := s.ownerOnly(); err != nil {
		return err
	}
	row, fresh, err := s.putRow(ctx, "devices", fields)
	if err != nil {
		return err
	}
	of := wordsOf{"device_words", row}
	before, err := s.wordsAt(ctx, of, "coalesce(past, '')", fresh)
	if err != nil {
		return err
	}
	if s.cleared != nil && text != "" {
		s.cleared[d.ID] = true
	}
	after := foundBy{deviceWords(d), before.past, before.there}
	if text != "" {
		after.past = merge(before.past, text)
	}
	if after == before && before.there {
		return nil
	}
	return s.putWords(ctx, of, after)
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
