package remembered

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/devices/school/internal/files"
)

// Serials remembers on this computer the newest directory seen of each school,
// so that nobody can put an older one in its place, from before a key was
// revoked, and so that there is one while the school cannot be reached.
type Serials struct {
	Dir string // made when it is needed; "" remembers nothing
}

// seenDirectory is what is remembered of a school's directory.
type seenDirectory struct {
	Serial int64 `json:"serial"`
}

// Known is a directory that this computer knows.
type Known struct {
	*keys.Directory
	// Kept is nil for a directory as the school publishes it now. Otherwise this
	// is the copy that the computer kept, and Kept says why: the school's is out
	// of reach, or is keys.ErrOlder than the copy.
	Kept error
}

// Newest reads the directory at path, and remembers it. Where it cannot be
// reached, or is older than one seen before, it returns the copy that was kept
// of the newest one. The verifier is the school's key as it was first seen, or
// empty to take the one that the directory names; without it there is no copy
// to fall back on. A directory that is there and is not to be believed is an
// error, that of keys.OpenDirectory: somebody has to investigate.
func (s Serials) Newest(path, verifier string) (Known, error) {
	note, err := files.ReadSmall(path)
	if err != nil {
		if k, ok := s.kept(verifier); ok {
			return Known{k, fmt.Errorf("read the directory: %w", err)}, nil
		}
		return Known{}, fmt.Errorf("read the directory: %w", err)
	}
	d, err := keys.OpenDirectory(note, verifier)
	if err != nil {
		return Known{}, err
	}
	if err := s.Check(d); err != nil {
		if k, ok := s.kept(d.Verifier); ok {
			return Known{k, err}, nil
		}
		return Known{}, err
	}
	s.keep(d.Verifier, note)
	return Known{d, nil}, nil
}

// Check returns keys.ErrOlder for a directory that is older than one seen
// before, and otherwise remembers it. That it cannot be remembered is no
// error: a computer may be set up so that nothing stays.
func (s Serials) Check(d *keys.Directory) error {
	if s.Dir == "" {
		return nil
	}
	path := s.path(d.Verifier, ".json")
	seen := s.seen(d.Verifier)
	if err := d.Newer(seen); err != nil {
		return err
	}
	if d.Serial == seen {
		return nil
	}
	content, err := json.Marshal(seenDirectory{d.Serial})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil
	}
	_ = safefile.Write(path, append(content, '\n'), true)
	return nil
}

// seen is the number of the newest directory seen of a school, or 0.
func (s Serials) seen(verifier string) int64 {
	var seen seenDirectory
	if s.Dir == "" {
		return 0
	}
	if content, err := files.ReadSmall(s.path(verifier, ".json")); err == nil {
		_ = json.Unmarshal(content, &seen) // what cannot be read counts as none
	}
	return seen.Serial
}

// keep keeps a copy of a directory, unless it is there already. As for the
// number, that it cannot be kept is no error.
func (s Serials) keep(verifier string, note []byte) {
	if s.Dir == "" {
		return
	}
	path := s.path(verifier, ".note")
	if have, err := files.ReadSmall(path); err == nil && string(have) == string(note) {
		return
	}
	_ = safefile.Write(path, note, true)
}

// kept is the copy that was kept of a school's newest directory. It is believed
// as far as its signature and its number go, as any other.
func (s Serials) kept(verifier string) (*keys.Directory, bool) {
	if verifier == "" || s.Dir == "" {
		return nil, false
	}
	note, err := files.ReadSmall(s.path(verifier, ".note"))
	if err != nil {
		return nil, false
	}
	d, err := keys.OpenDirectory(note, verifier)
	if err != nil || d.Newer(s.seen(verifier)) != nil {
		return nil, false
	}
	return d, true
}

// path is a file for a school, by its verifier key.
func (s Serials) path(verifier, extension string) string {
	sum := sha256.Sum256([]byte(verifier))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:16])+extension)
}

// TakeDirectory remembers the directory that a stick carries, if it is newer than the
// newest one seen on this computer. The key is the one that opened the stick, and the
// verifier that of the opened stick: what the school did not sign is not believed.
// It fails with keys.ErrWrongKey or as keys.OpenDirectory does, and with os.ErrNotExist
// for a stick that carries none.
func (s Serials) TakeDirectory(ctx context.Context, drive stick.FS, k *keys.HolderKey, verifier string) error {
	if s.Dir == "" {
		return nil // nothing is remembered here
	}
	found, err := stick.Directories(drive)
	if err != nil {
		return err
	}
	err = os.ErrNotExist
	for _, sealed := range found {
		if err = s.take(ctx, sealed, k, verifier); err == nil || errors.Is(err, keys.ErrOlder) {
			return nil // an older one is of no use, and no harm
		}
	}
	return err
}

func (s Serials) take(ctx context.Context, sealed []byte, k *keys.HolderKey, verifier string) error {
	note, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, k.Identity())
	if err != nil {
		if errors.Is(err, crypt.ErrNoIdentity) {
			return keys.ErrWrongKey
		}
		return err
	}
	d, err := keys.OpenDirectory(note, verifier)
	if err != nil {
		return err
	}
	if err := s.Check(d); err != nil {
		return err
	}
	s.keep(d.Verifier, note)
	return nil
}

// Kept is the newest directory of a school that this computer keeps a copy of, for
// where none is in its settings; false when there is none.
func (s Serials) Kept(verifier string) (*keys.Directory, bool) { return s.kept(verifier) }

// All are the newest directories of every school that this computer keeps a copy of: for
// a loss that is reported from home, where a stick brought it along.
func (s Serials) All() []*keys.Directory {
	if s.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil
	}
	var all []*keys.Directory
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".note" {
			continue
		}
		path := filepath.Join(s.Dir, e.Name())
		note, err := files.ReadSmall(path)
		if err != nil {
			continue
		}
		claimed, err := keys.OpenDirectory(note, "") // it was checked before it was kept
		if err != nil || s.path(claimed.Verifier, ".note") != path {
			continue
		}
		if d, ok := s.kept(claimed.Verifier); ok {
			all = append(all, d)
		}
	}
	return all
}
