// Package fault says what an error of the operating system means to whoever uses a
// drive: that it is full, cannot be written to, is no longer there, or fails. Each
// system has its own numbers for that, Windows quite different ones; the rest of
// the program asks here.
//
// It promises to know the errors that drives, memory sticks and network folders are
// known to give. What it does not know, it leaves as it is.
package fault

import (
	"errors"
	"fmt"
)

// What an error can mean. Nothing is said about what was half done: that is the
// promise of whoever was reading or writing.
var (
	// ErrFull: the drive, or the person's share of it, has no room.
	ErrFull = errors.New("the drive is full")
	// ErrReadOnly: the drive can only be read, perhaps by a switch on it.
	ErrReadOnly = errors.New("the drive is read-only")
	// ErrGone: the drive or the server was taken away while it was used.
	ErrGone = errors.New("the drive is no longer there")
	// ErrFailing: the drive could not read or write what it should. Some systems
	// say so as well when it was pulled out.
	ErrFailing = errors.New("the drive made an error")
)

// meaning is one of the errors above and what a system says for it.
type meaning struct {
	is   error
	says []error
}

// Of returns the error above that err is or means, or nil.
func Of(err error) error {
	if err == nil {
		return nil
	}
	for _, m := range meanings {
		if errors.Is(err, m.is) {
			return m.is
		}
		for _, said := range m.says {
			if errors.Is(err, said) {
				return m.is
			}
		}
	}
	return nil
}

// Classify returns err with what it means, so that errors.Is finds the errors above;
// err itself when it means none of them, or says so already.
func Classify(err error) error {
	is := Of(err)
	if is == nil || errors.Is(err, is) {
		return err
	}
	return fmt.Errorf("%w: %w", is, err)
}
