package stickcmd

import (
	"errors"
	"fmt"
	"io"

	"stowage/cmd/stow/internal/cli"
	"stowage/crypt/stick"
	"stowage/devices/school/backup"
	"stowage/devices/school/checkin"
)

// errForked: a stick was put back to an earlier state and then written on.
var errForked = errors.New("the stick was put back to an earlier state and then written on")

// errUnclear: a stick that nobody opened is not what its backup holds.
var errUnclear = errors.New("the stick is not what its backup holds")

// jsonFork is what a stick had that is no part of its history any more.
type jsonFork struct {
	Kind  stick.WarningKind `json:"kind"`  // forked, or rolled back
	Layer int64             `json:"layer"` // the newest that was lost
	Files []string          `json:"files"` // that were lost
	From  string            `json:"from"`  // where they are known from: backup, which has them, or check-in; "" when nobody knows
}

func forkJSON(f *checkin.Fork) *jsonFork {
	if f == nil {
		return nil
	}
	return &jsonFork{f.Kind, f.Seq, append([]string{}, f.Files...), f.From}
}

func (f *jsonFork) forked() bool { return f != nil && f.Kind == stick.WarnForked }

// err says what became of a stick that is older than it was.
func (f *jsonFork) err() error {
	if f.forked() {
		return errForked
	}
	return errRolledBack
}

// forkText names what was lost, and where it is to be had.
func forkText(w io.Writer, label string, f *jsonFork) {
	switch {
	case f == nil:
		return
	case f.From == "":
		fmt.Fprintln(w, "Nobody knows which files were lost by that: there is no backup of them.")
		return
	case len(f.Files) == 0:
		fmt.Fprintln(w, "No file was lost by that.")
		return
	}
	fmt.Fprintln(w, "Lost by that:")
	for _, name := range f.Files {
		fmt.Fprintln(w, "  "+cli.Printable(name))
	}
	if f.From == backup.FromBackup {
		fmt.Fprintf(w, "The backup has them: stow stick restore DRIVE --from %s --at %d --to PERSON\n", cli.Printable(label), f.Layer)
	} else {
		fmt.Fprintln(w, "There is no backup of them; they are known from the last check-in.")
	}
}
