package school

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/devices"
)

// A holder's key file is called KEY-TIME.age, after the key's id in the
// register and the time when its passphrase was set: the newest is the one
// whose passphrase holds, and a file whose key the register does not know was
// never issued.
const keyTime = "20060102T150405Z"

func (s *School) keyPath(key devices.Key, passphraseSet time.Time) string {
	return filepath.Join(s.dir, KeysFolder, key.ID+"-"+passphraseSet.UTC().Format(keyTime)+".age")
}

// keyFiles are the copies of a key in the folder, oldest first.
func (s *School) keyFiles(keyID string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, KeysFolder))
	if err != nil {
		return nil, fmt.Errorf("find the key's file: %w", err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), keyID+"-") && strings.HasSuffix(e.Name(), ".age") {
			found = append(found, filepath.Join(s.dir, KeysFolder, e.Name()))
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
// was set later than that of the copy there. It reports whether it did. sealed
// is the file of k.
func (s *School) KeepKeyFile(key devices.Key, k *keys.HolderKey, sealed []byte) (bool, error) {
	found, err := s.keyFiles(key.ID)
	if err != nil {
		return false, err
	}
	path := s.keyPath(key, k.PassphraseSet)
	if len(found) > 0 && found[len(found)-1] >= path {
		return false, nil
	}
	if err := crypt.WriteFile(path, sealed, false); err != nil {
		return false, fmt.Errorf("keep the key's file: %w", err)
	}
	for _, older := range found {
		if err := os.Remove(older); err != nil {
			return true, fmt.Errorf("remove the key's older file: %w", err)
		}
	}
	return true, nil
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
