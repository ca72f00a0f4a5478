// Package explain is the one table from an error to what it means to people: the exit
// code of the command line, how grave it is, the texts of the window and the sentence of
// the command line. It knows nothing of the toolkit, so that both programs use it.
//
// It promises a row for every exported error of packages crypt and devices, and that the
// order of the rows means nothing. What a type of error says beyond that (how much room
// there is, who has the stick open) the programs put into words themselves.
package explain

import (
	"slices"

	"stowage/crypt/fault"
	"stowage/gui/i18n"
)

// Severity is how grave an error is.
type Severity int

// The severities.
const (
	Info    Severity = iota // no fault: something is to be done first
	Warning                 // it did not work, and nothing is wrong
	Serious                 // something is damaged, forged or not as it should be
)

// Row is what one error means to people.
type Row struct {
	Is       error
	Code     Code     // the exit code of stow
	Severity Severity // in the window
	Key      i18n.Key // of the window's texts: KEY what happened, KEY.files what became of the files, KEY.next what to do
	About    string   // what it is about where stow does not know; empty where Sentence has no {}
	// Sentence is what stow says: what happened, what became of the files, what to do next.
	// {} stands for what it is about, {or} for the flags of the command that would help.
	Sentence string
}

// Find returns the row for err, from own and the rows that both programs share; false
// where there is none.
//
// The outermost error of the chain that has a row decides, since whoever wrapped it knew
// more; of errors that are joined, the first. What the operating system said decides only
// where nothing of this program does.
func Find(err error, own ...Row) (Row, bool) {
	if r, ok := outermost(err, slices.Concat(own, rows)); ok {
		return r, true
	}
	return outermost(fault.Classify(err), systemRows)
}

// outermost walks the tree of err as errors.Is does, from the outside.
func outermost(err error, rows []Row) (Row, bool) {
	if i := slices.IndexFunc(rows, func(r Row) bool { return itself(err, r.Is) }); i >= 0 {
		return rows[i], true
	}
	switch wrapper := err.(type) { //nolint:errorlint // one layer at a time
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			return outermost(inner, rows)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			if r, ok := outermost(inner, rows); ok {
				return r, true
			}
		}
	}
	return Row{}, false
}

// itself reports whether err, without what it wraps, is the sentinel is.
func itself(err, is error) bool {
	if err == is { //nolint:errorlint // without what it wraps
		return true
	}
	kind, ok := err.(interface{ Is(error) bool }) //nolint:errorlint // without what it wraps
	return ok && kind.Is(is)
}
