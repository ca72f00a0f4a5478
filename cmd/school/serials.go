package school

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"stowage/crypt/keys"
)

// Serials remembers on this computer the newest directory seen of each school,
// so that nobody can put an older one in its place, from before a key was
// revoked.
type Serials struct {
	Dir string // made when it is needed
}

// seenDirectory is what is remembered of a school's directory.
type seenDirectory struct {
	Serial int64 `json:"serial"`
}

// Check returns keys.ErrOlder for a directory that is older than one seen
// before, and otherwise remembers it. That it cannot be remembered is no
// error: a computer may be set up so that nothing stays.
func (s Serials) Check(d *keys.Directory) error {
	path := s.path(d.Verifier)
	var seen seenDirectory
	if content, err := readSmall(path); err == nil {
		_ = json.Unmarshal(content, &seen) // what cannot be read counts as none
	}
	if err := d.Newer(seen.Serial); err != nil {
		return err
	}
	if d.Serial == seen.Serial {
		return nil
	}
	content, err := json.Marshal(seenDirectory{d.Serial})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil
	}
	_ = writeFile(path, append(content, '\n'), true)
	return nil
}

// path is the file for a school, by its verifier key.
func (s Serials) path(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:16])+".json")
}
