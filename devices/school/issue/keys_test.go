package issue_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/schooltest"
)

func TestIssueKey(t *testing.T) {
	s := schooltest.Ticking(t)
	id, passphrase := schooltest.Person(t, s, "Alice Jones")
	key, ok, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil || !ok {
		t.Fatal(ok, err)
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
	defer k.Wipe()
	if !k.Temporary || k.Recipient() != key.Recipient || k.Holder.ID != id || k.School != "Hill Road Primary" {
		t.Errorf("the key is %+v", k)
	}
	if _, err := issue.Key(t.Context(), s, id); !errors.Is(err, issue.ErrHasKey) {
		t.Errorf("a second key: %v", err)
	}
	if got := schooltest.Names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
}

// TestIssueKeyFails leaves no key in the register when its file cannot be kept.
func TestIssueKeyFails(t *testing.T) {
	s := schooltest.Ticking(t)
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Alice Jones"})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(s.Dir(), school.KeysFolder)
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := issue.Key(t.Context(), s, h.ID); err == nil {
		t.Fatal("a key was issued without a file")
	}
	if _, ok, err := s.Register().CurrentKey(t.Context(), h.ID); ok || err != nil {
		t.Errorf("the register has a key: %v, %v", ok, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := issue.Key(t.Context(), s, h.ID); err != nil {
		t.Errorf("again: %v", err)
	}
}
