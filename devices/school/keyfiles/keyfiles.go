// Package keyfiles keeps the files of holders' keys in a school's folder, and reads copies of them elsewhere. A file
// is written whole or not at all; of a key's copies the one whose passphrase was set last takes the place of
// the others, which are overwritten. Nothing here is open without the holder's passphrase.
package keyfiles

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
	"stowage/devices/school"
	"stowage/devices/school/internal/files"
)

// School is what is needed of a school: its folder. A *school.School is one.
type School interface {
	Dir() string
}

// ErrNoKeyFile: the register knows the key, but its file is missing.
var ErrNoKeyFile = errors.New("the key's file is missing")

// A holder's key file is called KEY-TIME.age, after the key's id in the
// register and the time when its passphrase was set: the newest is the one
// whose passphrase holds, and a file whose key the register does not know was
// never issued.
const keyTime = "20060102T150405Z"

// PathFor is the path of a key's file whose passphrase was set then; it need not be there.
func PathFor(s School, key devices.Key, passphraseSet time.Time) string {
	return filepath.Join(s.Dir(), school.KeysFolder, key.ID+"-"+passphraseSet.UTC().Format(keyTime)+".age")
}

// copies are the copies of a key in the folder, oldest first.
func copies(s School, keyID string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.Dir(), school.KeysFolder))
	if err != nil {
		return nil, fmt.Errorf("find the key's file: %w", err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), keyID+"-") && strings.HasSuffix(e.Name(), ".age") {
			found = append(found, filepath.Join(s.Dir(), school.KeysFolder, e.Name()))
		}
	}
	slices.Sort(found) // the times sort as text
	return found, nil
}

// Path is the path of a key's newest file in the folder. It fails with
// [ErrNoKeyFile].
func Path(s School, key devices.Key) (string, error) {
	found, err := copies(s, key.ID)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("key %s: %w", key.ID, ErrNoKeyFile)
	}
	return found[len(found)-1], nil
}

// Keep takes a copy of a holder's key into the folder if its passphrase
// was set later than that of the copy there, which is overwritten and removed. It reports whether it did. sealed
// is the file of k.
func Keep(s School, key devices.Key, k *keys.HolderKey, sealed []byte) (bool, error) {
	return KeepSealed(s, key, k.PassphraseSet, sealed)
}

// KeepSealed is [Keep] for a file whose key is not open: set is when its passphrase was set.
func KeepSealed(s School, key devices.Key, set time.Time, sealed []byte) (bool, error) {
	found, err := copies(s, key.ID)
	if err != nil {
		return false, err
	}
	path := PathFor(s, key, set)
	if len(found) > 0 && found[len(found)-1] >= path {
		return false, nil
	}
	if err := safefile.Write(path, sealed, false); err != nil {
		return false, fmt.Errorf("keep the key's file: %w", err)
	}
	for _, older := range found {
		if err := giveUp(s, older); err != nil {
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
func giveUp(s School, path string) error {
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

// Replaced reports whether a key file is one that another took the place of in the folder.
func Replaced(s School, keyID string, sealed []byte) (bool, error) {
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

// Drop gives up the files of a key that is in force no more and lies on no device: nobody needs them, and they
// may still open with the passphrase that was on the slip.
func Drop(s School, key devices.Key) error {
	if key.Status == devices.KeyIssued || len(key.Devices) > 0 {
		return nil
	}
	found, err := copies(s, key.ID)
	if err != nil {
		return err
	}
	for _, path := range found {
		if err := giveUp(s, path); err != nil {
			return fmt.Errorf("remove the old key's file: %w", err)
		}
	}
	return nil
}

// PassphraseSet is when the passphrase of a key's newest file in the folder was
// set. A copy elsewhere may have a newer one. It fails with [ErrNoKeyFile].
func PassphraseSet(s School, key devices.Key) (time.Time, error) {
	_, set, err := Newest(s, key)
	return set, err
}

// Newest is a key's newest file, with the time when its passphrase was
// set. It fails with [ErrNoKeyFile].
func Newest(s School, key devices.Key) (path string, set time.Time, err error) {
	if path, err = Path(s, key); err != nil {
		return "", time.Time{}, err
	}
	stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), key.ID+"-"), ".age")
	if set, err = time.Parse(keyTime, stamp); err != nil {
		return "", time.Time{}, fmt.Errorf("%s: %w", path, ErrNoKeyFile)
	}
	return path, set, nil
}
