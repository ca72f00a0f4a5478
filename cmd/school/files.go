package school

import (
	"errors"
	"fmt"
	"io"
	"os"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices"
)

// maxFile bounds what is read from the folder as a key or a signed note.
const maxFile = 64 << 20

// readSmall reads a file that has no business being large.
func readSmall(path string) ([]byte, error) { return readAtMost(path, maxFile) }

// readAtMost reads a file of at most so many bytes. A larger one is
// keys.ErrValue.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s: %w", path, keys.ErrValue)
	}
	return content, nil
}

// writeFile writes a small file that only its owner can read. It appears only
// when it is complete; an existing one is replaced only if replace is set.
func writeFile(path string, content []byte, replace bool) error {
	return write(path, content, replace, 0o600)
}

// writePublic writes or replaces a small file that everybody may read.
func writePublic(path string, content []byte) error {
	return write(path, content, true, 0o644)
}

func write(path string, content []byte, replace bool, mode os.FileMode) error {
	out, err := crypt.CreateOutput(path, replace)
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := out.Chmod(mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return out.Commit()
}

// isNotFound reports whether the register has no such record.
func isNotFound(err error) bool { return errors.Is(err, devices.ErrNotFound) }
