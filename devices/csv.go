package devices

import (
	"context"
	"errors"
	"io"
)

var errUnfinished = errors.New("unfinished")

func (r *Register) Export(ctx context.Context, w io.Writer, q DeviceQuery) error {
	return errUnfinished
}

type ImportOptions struct {
	DryRun bool // work out what would change, and change nothing
}
type ImportResult struct {
	Added, Changed, Same int
	Holders              int            // how many holders were added
	Changes              []ImportChange // one for every line that adds or changes, in the order of the file
}
type ImportChange struct {
	Line   int
	Device string   // its id
	Name   string   // its label, or else its serial
	Added  bool     // it was not in the register before
	Fields []string // the columns that differ from the register; nil if Added
}

func (r *Register) Import(ctx context.Context, actor string, src io.Reader, o ImportOptions) (ImportResult, error) {
	return ImportResult{}, errUnfinished
}

type ImportError struct {
	Rows []RowError // at most 100
	More int        // how many there are beyond these
}
type RowError struct {
	Line   int    // from 1
	Column string // as in the header; empty if it is about the whole row
	Err    error  // an [*InvalidError], [*Refusal], …
}

func (e *ImportError) Error() string { return "" }
