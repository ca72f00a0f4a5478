package crypt

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Output is a file that appears under its name only when it is complete. It is
// written under a temporary name in the same folder, readable by its owner
// only. The caller ends it with Commit or Discard; Discard after Commit does
// nothing, so it can be deferred. It is not safe for concurrent use.
type Output struct {
	*os.File
	temporary, name string
	replace         bool
	modified        time.Time
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

// WriteFile writes a small file whole or not at all, as [Output] does; only its owner
// can read it.
func WriteFile(name string, content []byte, replace bool) error {
	out, err := CreateOutput(name, replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return out.Commit()
}

// temporaryName says nothing of what the file will be called.
func temporaryName() string { return ".stowage-" + rand.Text() + ".tmp" }

// SetModified sets the modification time that the file will have.
func (o *Output) SetModified(t time.Time) { o.modified = t }

// Commit makes the file durable and gives it its name. If it fails, nothing of
// the file is left, and a file that was to be replaced is as it was; only when
// syncing the folder fails is the complete file there, although a crash might
// still undo it.
func (o *Output) Commit() error {
	if o.temporary == "" {
		return fmt.Errorf("finish %s: %w", o.name, os.ErrClosed)
	}
	defer o.Discard()
	if err := o.finish(); err != nil {
		return fmt.Errorf("finish %s: %w", o.name, err)
	}
	o.temporary = ""
	return syncFolder(filepath.Dir(o.name))
}

func (o *Output) finish() error {
	if err := o.Sync(); err != nil {
		return err
	}
	if err := o.Close(); err != nil {
		return err
	}
	if !o.modified.IsZero() {
		_ = os.Chtimes(o.temporary, time.Time{}, o.modified) // a nicety that some file systems refuse
	}
	if o.replace {
		return os.Rename(o.temporary, o.name)
	}
	return giveName(o.temporary, o.name)
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
