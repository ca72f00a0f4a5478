package store

import (
	"context"
	"strings"
)

// lateWords are the words of records that SQLite is still to be given. A list of devices brings those of thousands;
// given one by one, between other changes, each would go to disk by itself and be merged with those before, which takes longer than all the
// rest. They are given when something looks at words, when there are many, and before the transaction ends.
type lateWords struct {
	rows  map[wordsOf]foundBy
	order []wordsOf // as they came
}

// wordsOf is the row of a table of words.
type wordsOf struct {
	table string
	row   int64
}

// foundBy are the words of a record, and of its events if it is a device.
type foundBy struct {
	present, past string
	there         bool // in the table already
}

// mostLateWords is how many records' words wait at most.
const mostLateWords = 2000

// putWords has a record found by words.
func (s *session) putWords(ctx context.Context, of wordsOf, found foundBy) error {
	if s.late.rows == nil {
		s.late.rows = map[wordsOf]foundBy{}
	}
	if _, ok := s.late.rows[of]; !ok {
		s.late.order = append(s.late.order, of)
	}
	s.late.rows[of] = found
	if len(s.late.order) < mostLateWords {
		return nil
	}
	return s.giveWords(ctx)
}

// giveWords gives SQLite the words that wait.
func (s *session) giveWords(ctx context.Context) error {
	late := s.late
	s.late = lateWords{}
	for _, of := range late.order {
		columns, values := "present", []any{late.rows[of].present}
		if past := late.rows[of].past; past != "" {
			columns, values = "present, past", append(values, past)
		}
		query := "INSERT INTO " + of.table + " (" + columns + ", rowid) VALUES (" + marks(len(values)+1) + ")"
		if late.rows[of].there {
			query = "UPDATE " + of.table + " SET " + strings.ReplaceAll(columns, ",", " = ?,") + " = ? WHERE rowid = ?"
		}
		if err := s.exec(ctx, query, append(values, of.row)...); err != nil {
			return err
		}
	}
	return nil
}

// beforeWords gives SQLite the words that wait before a statement that looks at words.
func (s *session) beforeWords(ctx context.Context, query string) error {
	if len(s.late.order) == 0 || !strings.Contains(query, "_words") {
		return nil
	}
	return s.giveWords(ctx)
}
