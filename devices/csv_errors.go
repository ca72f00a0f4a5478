package devices

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// How many kinds of faults of a file are listed, and how many lines of each.
const (
	maxRowErrors  = 100
	maxFaultLines = 1000
)

// An ImportError lists what is wrong in a file.
type ImportError struct {
	Rows []RowError // at most 100, by their first lines
	More int        // how many lines there are beyond these with something else wrong

	kinds map[string]int // where each kind of fault is in Rows
}

func (e *ImportError) Error() string {
	if len(e.Rows) == 0 {
		return "nothing can be imported"
	}
	text := e.Rows[0].Error()
	if others := e.Count() - 1; others > 0 {
		text += fmt.Sprintf(" (and %d more)", others)
	}
	return text
}

// Count is how many lines have something wrong, one with several things counted for each.
func (e *ImportError) Count() int {
	n := e.More
	for _, row := range e.Rows {
		n += max(row.Count, 1)
	}
	return n
}

// Unwrap returns what is wrong.
func (e *ImportError) Unwrap() []error {
	all := make([]error, len(e.Rows))
	for i := range e.Rows {
		all[i] = &e.Rows[i]
	}
	return all
}

// A RowError is a kind of thing wrong in a file: the same thing in the same column, in one line or more.
type RowError struct {
	Line   int    // the first, from 1
	Lines  []int  // all, the first included; at most 1000
	Count  int    // how many there are
	Column string // as in the header; empty if it is about the whole row
	Err    error  // of the first line: an [*InvalidError], [*DuplicateError], [*Refusal], …
}

func (e *RowError) Error() string {
	text := fmt.Sprintf("line %d", e.Line)
	if e.Column != "" {
		text += fmt.Sprintf(", column %q", e.Column)
	}
	text += fmt.Sprintf(": %v", e.Err)
	if others := e.Count - 1; others > 0 {
		text += fmt.Sprintf(" (and in %d more lines)", others)
	}
	return text
}

// Unwrap returns Err.
func (e *RowError) Unwrap() error { return e.Err }

func (e *ImportError) any() bool { return len(e.Rows) > 0 }

// add notes something wrong in a line. The column is the one that err is about.
func (e *ImportError) add(line int, err error) {
	column, kind := faultOf(err)
	if line > 1 && !slices.Contains(csvColumns(), column) && column != colSaid {
		column = ""
	}
	kind = column + "\x00" + kind
	if i, ok := e.kinds[kind]; ok {
		row := &e.Rows[i]
		if row.Lines[len(row.Lines)-1] == line {
			return
		}
		row.Count++
		if len(row.Lines) < maxFaultLines {
			row.Lines = append(row.Lines, line)
		}
		return
	}
	if len(e.Rows) == maxRowErrors {
		e.More++
		return
	}
	if e.kinds == nil {
		e.kinds = map[string]int{}
	}
	e.kinds[kind] = len(e.Rows)
	e.Rows = append(e.Rows, RowError{Line: line, Lines: []int{line}, Count: 1, Column: column, Err: err})
}

// sort puts what is wrong into the order of the file.
func (e *ImportError) sort() {
	slices.SortStableFunc(e.Rows, func(a, b RowError) int { return cmp.Compare(a.Line, b.Line) })
	e.kinds = nil
}

// faultOf returns the column that an error is about, and what is the same of all errors of its kind.
func faultOf(err error) (column, kind string) {
	var invalid *InvalidError
	var duplicate *DuplicateError
	var ambiguous *AmbiguousError
	var refusal *Refusal
	switch {
	case errors.As(err, &invalid):
		if end := strings.IndexAny(invalid.Problem, ",:\"0123456789"); end >= 0 { // what follows is of the one line
			return invalid.Field, invalid.Problem[:end]
		}
		return invalid.Field, invalid.Problem
	case errors.As(err, &duplicate):
		return duplicate.Field, "duplicate"
	case errors.As(err, &ambiguous):
		return colHolder, "ambiguous"
	case errors.Is(err, ErrLeft):
		return colHolder, "left"
	case errors.As(err, &refusal):
		return colState, string(refusal.State) + " " + string(refusal.Action)
	}
	return "", err.Error()
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
