package devices

import (
	"context"
	"errors"

	"stowage/devices/lists"
)

// A csvRow is a row of a list.
type csvRow struct {
	line  int
	cells []string
	at    map[lists.Column]int // where each column is that the list has
	mapping
}

// mapping is how a list is read.
type mapping struct {
	lists.Mapping
	foreign bool
}

// cell returns what is in a column, and whether the list has it. From elsewhere, words that say nothing are nothing.
func (r csvRow) cell(column string) (text string, ok bool) {
	i, ok := r.at[lists.Column(column)]
	if !ok {
		return "", false
	}
	text = r.cells[i]
	if r.foreign && lists.Blank(text) {
		text = ""
	}
	return restoreCell(text), true
}

func (r csvRow) text(column string) string {
	text, _ := r.cell(column)
	return text
}

// readRows runs row on every row of a list. Everything wrong with how it is written goes into wrong; an error is about
// reading it.
func readRows(ctx context.Context, t *lists.Table, m lists.Mapping, wrong *ImportError, row func(csvRow) error) error {
	at, columns := m.Resolve(t.Header)
	for _, c := range columns {
		wrong.add(t.Line, &InvalidError{Field: shorten(c.Name), Problem: c.Problem})
	}
	how := mapping{m, m.Foreign()}
	names := make([]string, len(t.Header))
	for column, i := range at {
		names[i] = string(column)
	}
	err := t.Rows(ctx, func(line int, cells []string) error {
		if len(columns) > 0 {
			return nil // what the rows say cannot be told
		}
		return row(csvRow{line, cells, at, how})
	}, func(f lists.Fault) {
		field := "row"
		if f.Column >= 0 && names[f.Column] != "" {
			field = names[f.Column]
		}
		wrong.add(f.Line, &InvalidError{Field: field, Problem: f.Problem})
	})
	return fileError(err)
}

// fileError makes what is wrong with a whole file an [*InvalidError].
func fileError(err error) error {
	if bad, ok := errors.AsType[*lists.FileError](err); ok {
		return &InvalidError{Field: "file", Problem: bad.Problem}
	}
	return err
}
