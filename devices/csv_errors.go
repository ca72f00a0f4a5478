package devices

import (
	"errors"
	"fmt"
	"slices"
)

// maxRowErrors is how many things wrong in a file are listed.
const maxRowErrors = 100

// An ImportError lists what is wrong in a file.
type ImportError struct {
	Rows []RowError // at most 100, in the order of the file
	More int        // how many there are beyond these
}

func (e *ImportError) Error() string {
	if len(e.Rows) == 0 {
		return "nothing can be imported"
	}
	text := e.Rows[0].Error()
	if others := len(e.Rows) - 1 + e.More; others > 0 {
		text += fmt.Sprintf(" (and %d more)", others)
	}
	return text
}

// Unwrap returns what is wrong.
func (e *ImportError) Unwrap() []error {
	all := make([]error, len(e.Rows))
	for i := range e.Rows {
		all[i] = &e.Rows[i]
	}
	return all
}

// A RowError is one thing wrong in a file.
type RowError struct {
	Line   int    // from 1
	Column string // as in the header; empty if it is about the whole row
	Err    error  // an [*InvalidError], [*DuplicateError], [*Refusal], …
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d, column %q: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns Err.
func (e *RowError) Unwrap() error { return e.Err }

// add notes something wrong in a line. The column is the one that err is about.
func (e *ImportError) add(line int, err error) {
	if len(e.Rows) == maxRowErrors {
		e.More++
		return
	}
	row := RowError{Line: line, Err: err}
	var invalid *InvalidError
	var duplicate *DuplicateError
	var ambiguous *AmbiguousError
	var refusal *Refusal
	switch {
	case errors.As(err, &invalid):
		row.Column = invalid.Field
	case errors.As(err, &duplicate):
		row.Column = duplicate.Field
	case errors.As(err, &ambiguous), errors.Is(err, ErrLeft):
		row.Column = colHolder
	case errors.As(err, &refusal):
		row.Column = colState
	}
	if line > 1 && !slices.Contains(csvColumns(), row.Column) {
		row.Column = ""
	}
	e.Rows = append(e.Rows, row)
}

// aboutRow says whether err is about what a row says, rather than about the
// register or the context, in which case the import cannot go on.
func aboutRow(err error) bool {
	var invalid *InvalidError
	var duplicate *DuplicateError
	var ambiguous *AmbiguousError
	var refusal *Refusal
	return errors.As(err, &invalid) || errors.As(err, &duplicate) || errors.As(err, &ambiguous) ||
		errors.As(err, &refusal) || errors.Is(err, ErrLeft)
}
