package devices

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNotFound says that the register has no such record.
	ErrNotFound = errors.New("not in the register")
	// ErrChanged says that somebody else changed the record since the caller
	// read it; read it again and decide anew.
	ErrChanged = errors.New("changed by somebody else in the meantime")
	// ErrLeft says that the holder has left, so nothing more can be issued.
	ErrLeft = errors.New("holder has left")
	// ErrCorrupt says that what is stored cannot be a record of this register.
	ErrCorrupt = errors.New("register is corrupt")
	// ErrNewer says that what is stored has a value that this version does not know:
	// a newer one wrote it, and nothing is wrong with it.
	ErrNewer = errors.New("register was written by a newer version of the program")
)

// An InvalidError is a value that the register does not take.
type InvalidError struct {
	Field   string // in the words of the CSV header: "label", "capacity", …
	Value   string // as given, shortened
	Problem string // "is missing", "is longer than 200 characters", …
}

func (e *InvalidError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s %s", e.Field, e.Problem)
	}
	return fmt.Sprintf("%s %q %s", e.Field, e.Value, e.Problem)
}

// A DuplicateError is a label, serial, e-mail or recipient that another record
// has already.
type DuplicateError struct {
	Field    string // "label", "serial", "email" or "recipient"
	Value    string
	Existing string // the id of the record that has it
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%s %q is in the register already", e.Field, e.Value)
}

// An AmbiguousError is a text that fits more than one holder.
type AmbiguousError struct {
	Text       string
	Candidates []Holder // at most [MaxCandidates]
}

// MaxCandidates is how many holders an [AmbiguousError] lists at most.
const MaxCandidates = 20

func (e *AmbiguousError) Error() string {
	names := make([]string, len(e.Candidates))
	for i, h := range e.Candidates {
		names[i] = h.Name
		if h.Email != "" {
			names[i] += " <" + h.Email + ">"
		}
	}
	return fmt.Sprintf("%q could be any of %s", e.Text, strings.Join(names, ", "))
}
