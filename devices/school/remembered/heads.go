// Package remembered is what one computer remembers of the schools and sticks that it has seen: the newest directory
// of each school and how each stick was left, so that nobody puts an older state in the place of a newer one. There
// is nothing personal in it but the directory, which is public, and a computer may be set up to remember nothing.
package remembered

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices/school/internal/files"
)

// Heads remembers on this computer how each stick was left, so that a stick
// that was put back to an earlier state is noticed. It holds one small file for
// each stick, with nothing personal.
type Heads struct {
	Dir string // made when it is needed; "" remembers nothing
}

// Load returns how the stick was left, or the zero Head for one not seen
// before. A file that cannot be read counts as none.
func (h Heads) Load(stickID string) stick.Head {
	path, err := h.Path(stickID)
	if err != nil || h.Dir == "" {
		return stick.Head{}
	}
	content, err := files.ReadSmall(path)
	if err != nil {
		return stick.Head{}
	}
	var head stick.Head
	if json.Unmarshal(content, &head) != nil || !sound(head) {
		return stick.Head{}
	}
	return head
}

// sound reports whether a head is one that a stick can have.
func sound(h stick.Head) bool {
	digest, err := hex.DecodeString(h.Digest)
	return err == nil && (h.Seq > 0 && len(digest) == 32 || h == stick.Head{})
}

// Save remembers how the stick is left.
func (h Heads) Save(stickID string, head stick.Head) error {
	path, err := h.Path(stickID)
	if err != nil || h.Dir == "" {
		return err
	}
	if err := os.MkdirAll(h.Dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	content, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return safefile.Write(path, append(content, '\n'), true)
}

// Path refuses an id that is none, since it comes from the stick.
func (h Heads) Path(stickID string) (string, error) {
	id, err := uuid.Parse(stickID)
	if err != nil {
		return "", fmt.Errorf("stick id: %w", err)
	}
	return filepath.Join(h.Dir, id.String()+".json"), nil
}
