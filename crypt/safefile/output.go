package safefile

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"stowage/crypt/runnable"
)

// Output is a file that appears under its name only when it is complete. It is
// written under a temporary name in the same folder, readable by its owner
// only. The caller ends it with Commit or Discard; Discard after Commit does
// nothing, so it can be deferred. It is not safe for concurrent use.
type Output struct {
	*os.File
	at              outputPlace
	temporary, name string
	replace         bool
	modified        time.Time
	mark            runnable.Marker
}

// outputPlace is where a file is made: by its path, or in a folder that is open.
type outputPlace interface {
	create(name string) (*os.File, error)
	exists(name string) bool
	setTime(name string, modified time.Time) error
	rename(from, to string) error
	giveName(from, to string) error // which never replaces anything
	remove(name string) error
	syncFolder(name string) error
	mark(name string, mark runnable.Marker)
}

// Create begins a file to be called name. Unless replace is set, an
// existing file is refused with [ErrExists], now and again by Commit.
func Create(name string, replace bool) (*Output, error) {
	return createAt(byPath{}, name, replace)
}

// CreateIn is [Create] for a name below a folder that is open, for folders
// that others can write to: whatever they put in the place of a folder on the way,
// now or before Commit, the file goes nowhere outside. root must stay open until
// the Output is ended.
func CreateIn(root *os.Root, name string, replace bool) (*Output, error) {
	return createAt(inRoot{root}, name, replace)
}

func createAt(at outputPlace, name string, replace bool) (*Output, error) {
	if !replace && at.exists(name) {
		return nil, fmt.Errorf("create %s: %w", name, ErrExists)
	}
	temporary := filepath.Join(filepath.Dir(name), TemporaryName())
	f, err := at.create(temporary)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	return &Output{File: f, at: at, temporary: temporary, name: name, replace: replace}, nil
}

// Write writes a small file whole or not at all, as [Output] does; only its owner
// can read it.
func Write(name string, content []byte, replace bool) error {
	return writeAt(byPath{}, name, content, replace)
}

// WriteIn is [Write] for a name below a folder that is open, as [CreateIn].
func WriteIn(root *os.Root, name string, content []byte, replace bool) error {
	return writeAt(inRoot{root}, name, content, replace)
}

func writeAt(at outputPlace, name string, content []byte, replace bool) error {
	out, err := createAt(at, name, replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return out.Commit()
}

// TemporaryName says nothing of what the file will be called.
func TemporaryName() string { return ".stowage-" + rand.Text() + ".tmp" }

// SetModified sets the modification time that the file will have.
func (o *Output) SetModified(t time.Time) { o.modified = t }

// SetMark sets what marks the file as coming from elsewhere before it gets its name. Otherwise
// nothing does.
func (o *Output) SetMark(mark runnable.Marker) { o.mark = mark }

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
	return o.at.syncFolder(filepath.Dir(o.name))
}

func (o *Output) finish() error {
	if err := o.Sync(); err != nil {
		return err
	}
	if err := o.Close(); err != nil {
		return err
	}
	if o.mark != nil {
		o.at.mark(o.temporary, o.mark)
	}
	if !o.modified.IsZero() {
		_ = o.at.setTime(o.temporary, o.modified) // a nicety that some file systems refuse
	}
	if o.replace {
		return o.at.rename(o.temporary, o.name)
	}
	return o.at.giveName(o.temporary, o.name)
}

// Discard removes the file unless it was committed.
func (o *Output) Discard() {
	if o.temporary == "" {
		return
	}
	o.Close()
	_ = o.at.remove(o.temporary)
	o.temporary = ""
}
