// Package files reads and writes the small files of a school's folders. What is read is
// hostile: nothing but a regular file is opened, no more is read than is asked for, and what a later version
// wrote is distinguished from what is damaged.
package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
)

// maxFile bounds what is read from the folder as a key or a signed note.
const maxFile = 64 << 20

// ReadSmall reads a file that has no business being large.
func ReadSmall(path string) ([]byte, error) { return ReadAtMost(path, maxFile) }

// ReadAtMost reads a file of at most so many bytes. A larger one is
// keys.ErrValue.
func ReadAtMost(path string, most int64) ([]byte, error) {
	content, err := safefile.Read(path, most) // somebody may have put a pipe there
	return content, AsValue(err)
}

// AsValue makes the error of a file that is too large keys.ErrValue as well.
func AsValue(err error) error {
	if errors.Is(err, safefile.ErrTooLarge) {
		return fmt.Errorf("%w: %w", err, keys.ErrValue)
	}
	return err
}

// WritePublic writes a small file that everybody may read; an existing one is replaced
// only if replace is set.
func WritePublic(path string, content []byte, replace bool) error {
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

// LaterVersion reports whether a text begins with the intro of another version of the same format.
func LaterVersion(text, intro string) bool {
	return strings.HasPrefix(text, strings.TrimSuffix(intro, "1\n"))
}

// ReadUnversioned reads JSON of a format that has no version of its own yet: a later one says
// which it is in a member "version". What cannot be read is bad, or else keys.ErrNewer.
func ReadUnversioned[T any](plain []byte, bad error) (T, error) {
	var none T
	var says struct {
		Version any `json:"version"`
	}
	read, more, err := keys.ReadJSON(plain, none)
	switch {
	case errors.Is(err, keys.ErrNewer):
		return none, err
	case err != nil:
		return none, fmt.Errorf("%w: %w", bad, err)
	case more && json.Unmarshal(plain, &says) == nil && says.Version != nil && says.Version != 1.0:
		return none, fmt.Errorf("version %v: %w", says.Version, keys.ErrNewer)
	}
	return read, nil
}
