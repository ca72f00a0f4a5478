package issue_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/keyfiles"
	"stowage/devices/school/passphrases"
	"stowage/devices/school/schooltest"
)

// pick chooses a passphrase without asking anybody.
func pick(passphrase string) passphrases.Choose {
	return func(judge func([]byte) error) ([]byte, error) {
		return []byte(passphrase), judge([]byte(passphrase))
	}
}

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

func TestChangePassphrase(t *testing.T) {
	s := schooltest.Ticking(t)
	id, temporary := schooltest.Person(t, s, "Alice Jones")
	const chosen = "orange walrus telescope quietly"
	for name, test := range map[string]struct {
		current, next string
		want          error
	}{
		"wrong":    {"wrong", chosen, keys.ErrPassphrase},
		"the same": {string(temporary), string(temporary), keys.ErrTooWeak},
		"weak":     {string(temporary), "monkey123", keys.ErrTooWeak},
		"personal": {string(temporary), "alice jones", keys.ErrTooWeak},
	} {
		if err := passphrases.ChangeHolder(t.Context(), s, id, []byte(test.current), pick(test.next)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := passphrases.ChangeHolder(t.Context(), s, id, temporary, pick(chosen)); err != nil {
		t.Fatal(err)
	}
	if got := schooltest.Names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
	key, _, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	path, err := keyfiles.Path(s, key)
	if err != nil {
		t.Fatal(err)
	}
	// The same for a file anywhere.
	if err := passphrases.ChangeFile(path, []byte(chosen), pick("granite umbrella whistles softly"), schooltest.Quick(), schooltest.Day()); err != nil {
		t.Error(err)
	}
	if err := passphrases.ChangeFile(path, []byte(chosen), pick("granite umbrella whistles softly"), schooltest.Quick(), schooltest.Day()); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("with the old one: %v", err)
	}
}

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
