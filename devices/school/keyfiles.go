package school

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stowage/crypt/keys"
	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school/internal/files"
)

// ErrNoKeyFile: the register knows the key, but its file is missing.
var ErrNoKeyFile = errors.New("the key's file is missing")

// A holder's key file is called KEY-TIME.age, after the key's id in the
// register and the time when its passphrase was set: the newest is the one
// whose passphrase holds, and a file whose key the register does not know was
// never issued.
const keyTime = "20060102T150405Z"

func (s *School) keyPath(key devices.Key, passphraseSet time.Time) string {
	return filepath.Join(s.Dir(), KeysFolder, key.ID+"-"+passphraseSet.UTC().Format(keyTime)+".age")
}

// keyFiles are the copies of a key in the folder, oldest first.
func (s *School) keyFiles(keyID string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.Dir(), KeysFolder))
	if err != nil {
		return nil, fmt.Errorf("find the key's file: %w", err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), keyID+"-") && strings.HasSuffix(e.Name(), ".age") {
			found = append(found, filepath.Join(s.Dir(), KeysFolder, e.Name()))
		}
	}
	slices.Sort(found) // the times sort as text
	return found, nil
}

// KeyFile is the path of a key's newest file in the folder. It fails with
// [ErrNoKeyFile].
func (s *School) KeyFile(key devices.Key) (string, error) {
	found, err := s.keyFiles(key.ID)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("key %s: %w", key.ID, ErrNoKeyFile)
	}
	return found[len(found)-1], nil
}

// KeepKeyFile takes a copy of a holder's key into the folder if its passphrase
// was set later than that of the copy there, which is overwritten and removed. It reports whether it did. sealed
// is the file of k.
func (s *School) KeepKeyFile(key devices.Key, k *keys.HolderKey, sealed []byte) (bool, error) {
	return s.keepKeyFile(key, k.PassphraseSet, sealed)
}

func (s *School) keepKeyFile(key devices.Key, set time.Time, sealed []byte) (bool, error) {
	found, err := s.keyFiles(key.ID)
	if err != nil {
		return false, err
	}
	path := s.keyPath(key, set)
	if len(found) > 0 && found[len(found)-1] >= path {
		return false, nil
	}
	if err := safefile.Write(path, sealed, false); err != nil {
		return false, fmt.Errorf("keep the key's file: %w", err)
	}
	for _, older := range found {
		if err := s.giveUp(older); err != nil {
			return true, fmt.Errorf("remove the key's older file: %w", err)
		}
	}
	return true, nil
}

// replacedFolder, in the school's folder, has what stays of a key file that another took the place of: its SHA-256, by
// which a copy of it on a stick is known.
const (
	replacedFolder = "replaced-keys"
	replacedEnd    = ".sha256"
)

// giveUp overwrites and removes a key's older file.
func (s *School) giveUp(path string) error {
	sealed, err := files.ReadSmall(path)
	if err != nil {
		return err
	}
	folder := filepath.Join(s.Dir(), replacedFolder)
	if err := safefile.MkdirPrivate(folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".age") + replacedEnd
	if err := safefile.Write(filepath.Join(folder, name), []byte(sha256Text(sealed)+"\n"), true); err != nil {
		return err
	}
	return safefile.RemoveSecret(path)
}

// replaced reports whether a key file is one that another took the place of in the folder.
func (s *School) replaced(keyID string, sealed []byte) (bool, error) {
	folder := filepath.Join(s.Dir(), replacedFolder)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("look for replaced keys: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), keyID+"-") {
			continue
		}
		if sum, err := files.ReadSmall(filepath.Join(folder, e.Name())); err == nil && strings.TrimSpace(string(sum)) == sha256Text(sealed) {
			return true, nil
		}
	}
	return false, nil
}

func sha256Text(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// dropKeyFiles gives up the files of a key that is in force no more and lies on no device: nobody needs them, and they
// may still open with the passphrase that was on the slip.
func (s *School) dropKeyFiles(key devices.Key) error {
	if key.Status == devices.KeyIssued || len(key.Devices) > 0 {
		return nil
	}
	found, err := s.keyFiles(key.ID)
	if err != nil {
		return err
	}
	for _, path := range found {
		if err := s.giveUp(path); err != nil {
			return fmt.Errorf("remove the old key's file: %w", err)
		}
	}
	return nil
}

// KeyFileSet is when the passphrase of a key's newest file in the folder was
// set. A copy elsewhere may have a newer one. It fails with [ErrNoKeyFile].
func (s *School) KeyFileSet(key devices.Key) (time.Time, error) {
	_, set, err := s.newestKeyFile(key)
	return set, err
}

// newestKeyFile is a key's newest file, with the time when its passphrase was
// set. It fails with [ErrNoKeyFile].
func (s *School) newestKeyFile(key devices.Key) (path string, set time.Time, err error) {
	if path, err = s.KeyFile(key); err != nil {
		return "", time.Time{}, err
	}
	stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), key.ID+"-"), ".age")
	if set, err = time.Parse(keyTime, stamp); err != nil {
		return "", time.Time{}, fmt.Errorf("%s: %w", path, ErrNoKeyFile)
	}
	return path, set, nil
}
