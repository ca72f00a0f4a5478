package gui

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"stowage/crypt/runnable"
	"stowage/crypt/safefile"
)

// ErrProgram: what was to be opened would be run.
var ErrProgram = errors.New("a program is not opened")

// ErrNoProgram: the computer has no program that opens such a file.
var ErrNoProgram = errors.New("no program opens this kind of file")

// SystemOpener opens files with the desktop's own programs. No shell is asked, and
// what the desktop would run instead of show is refused with ErrProgram.
type SystemOpener struct {
	// Environment is what the programs that open files are told in place of what this process's
	// environment says: by name, nil for a variable that is not set.
	Environment map[string]*string
}

// Open is part of Opener. It waits a moment for the desktop to say that it has no program
// ([ErrNoProgram]).
func (o SystemOpener) Open(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if runs(path) {
		return fmt.Errorf("open %s: %w", path, ErrProgram)
	}
	if err := openPath(path, o.Environment); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

// runs reports whether the desktop would run a file, by its name or by what it is.
func runs(path string) bool {
	if runnable.ByName(path) != runnable.Nothing {
		return true
	}
	f, _, err := safefile.Open(path)
	if err != nil {
		return false // nor can the desktop read it
	}
	defer f.Close()
	head, _ := io.ReadAll(io.LimitReader(f, runnable.HeadSize))
	return runnable.ByContent(head) != runnable.Nothing
}
