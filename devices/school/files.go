package school

import (
	"errors"
	"fmt"
	"io"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices"
)

// maxFile bounds what is read from the folder as a key or a signed note.
const maxFile = 64 << 20

// readSmall reads a file that has no business being large.
func readSmall(path string) ([]byte, error) { return readAtMost(path, maxFile) }

// readAtMost reads a file of at most so many bytes. A larger one is
// keys.ErrValue.
func readAtMost(path string, most int64) ([]byte, error) {
	content, err := safefile.Read(path, most) // somebody may have put a pipe there
	return content, asValue(err)
}

// readAge is readAtMost for an age file; of anything else no more is read than shows it.
func readAge(path string, most int64) ([]byte, error) {
	f, info, err := safefile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	start := make([]byte, 512)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !crypt.BeginsAsAge(start[:n]) {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrReport, crypt.ErrNotAge)
	}
	content, err := safefile.ReadOpen(f, info, most)
	return content, asValue(err)
}

// asValue makes the error of a file that is too large keys.ErrValue as well.
func asValue(err error) error {
	if errors.Is(err, safefile.ErrTooLarge) {
		return fmt.Errorf("%w: %w", err, keys.ErrValue)
	}
	return err
}

// writePublic writes a small file that everybody may read; an existing one is replaced
// only if replace is set.
func writePublic(path string, content []byte, replace bool) error {
	out, err := safefile.Create(path, replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := out.Chmod(0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return out.Commit()
}

// isNotFound reports whether the register has no such record.
func isNotFound(err error) bool { return errors.Is(err, devices.ErrNotFound) }
