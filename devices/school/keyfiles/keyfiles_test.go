package keyfiles_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/schooltest"
)

// TestKeepKeyFile keeps the copy whose passphrase was set last.
func TestKeepKeyFile(t *testing.T) {
	s := schooltest.Ticking(t)
	id, passphrase := schooltest.Person(t, s, "Alice Jones")
	key, _, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	path, err := keyfiles.Path(s, key)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := keys.OpenHolderKey(sealed, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		set  time.Time
		want bool
	}{
		{k.PassphraseSet, false},
		{k.PassphraseSet.Add(-time.Hour), false},
		{k.PassphraseSet.Add(time.Hour), true},
	} {
		k.PassphraseSet = step.set
		if kept, err := keyfiles.Keep(s, key, k, sealed); err != nil || kept != step.want {
			t.Errorf("set at %s: kept is %v, %v", step.set, kept, err)
		}
	}
	if got := schooltest.Names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
	if err := os.RemoveAll(filepath.Join(s.Dir(), school.KeysFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.Dir(), school.KeysFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := keyfiles.Path(s, key); !errors.Is(err, keyfiles.ErrNoKeyFile) {
		t.Errorf("without a file: %v", err)
	}
}
