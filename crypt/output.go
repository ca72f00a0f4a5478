package crypt

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Output is a file that appears under its name only when it is complete. It is
// written under a temporary name in the same folder, readable by its owner
// only. The caller ends it with Commit or Discard; Discard after Commit does
// nothing, so it can be deferred. It is not safe for concurrent use.
type Output struct {
	*os.File
	temporary, name string
	replace         bool
}

// CreateOutput begins a file to be called name. Unless replace is set, an
// existing file is refused with [ErrExists], now and again by Commit.
func CreateOutput(name string, replace bool) (*Output, error) {
	if _, err := os.Lstat(name); err == nil && !replace {
		return nil, fmt.Errorf("create %s: %w", name, ErrExists)
	}
	temporary := filepath.Join(filepath.Dir(name), temporaryName())
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	return &Output{File: f, temporary: temporary, name: name, replace: replace}, nil
}

// temporaryName says nothing of what the file will be called.
func temporaryName() string { return ".stowage-" + rand.Text() + ".tmp" }

// Commit makes the file durable and gives it its name. If it fails, nothing of
// the file is left.
func (o *Output) Commit() error {
	if o.temporary == "" {
		return fmt.Errorf("finish %s: %w", o.name, os.ErrClosed)
	}
	defer o.Discard()
	if err := o.Sync(); err != nil {
		return fmt.Errorf("finish %s: %w", o.name, err)
	}
	if err := o.Close(); err != nil {
		return fmt.Errorf("finish %s: %w", o.name, err)
	}
	if err := giveName(o.temporary, o.name, o.replace); err != nil {
		return fmt.Errorf("finish %s: %w", o.name, err)
	}
	return syncFolder(filepath.Dir(o.name))
}

// Discard removes the file unless it was committed.
func (o *Output) Discard() {
	if o.temporary == "" {
		return
	}
	o.Close()
	os.Remove(o.temporary)
	o.temporary = ""
}

// giveName renames from to to. A link refuses an existing name without a race;
// file systems that have no links get a check just before.
func giveName(from, to string, replace bool) error {
	if replace {
		return os.Rename(from, to)
	}
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if _, statErr := os.Lstat(to); statErr == nil {
		return ErrExists
	} else if !errors.Is(statErr, fs.ErrNotExist) {
		return err
	}
	return os.Rename(from, to)
}

// syncFolder makes a new name durable. Windows has no such call and needs none.
func syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("sync %s: %w", name, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) && !isInvalid(err) {
		return fmt.Errorf("sync %s: %w", name, err)
	}
	return nil
}
