package school_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
)

// pick chooses a passphrase without asking anybody.
func pick(passphrase string) school.Choose {
	return func(judge func([]byte) error) ([]byte, error) {
		return []byte(passphrase), judge([]byte(passphrase))
	}
}

func TestIssueKey(t *testing.T) {
	s := newSchool(t)
	id, passphrase := person(t, s, "Alice Jones")
	key, ok, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	path, err := s.KeyFile(key)
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
	if _, err := s.IssueKey(t.Context(), id); !errors.Is(err, school.ErrHasKey) {
		t.Errorf("a second key: %v", err)
	}
	if got := names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
}

// TestIssueKeyFails leaves no key in the register when its file cannot be kept.
func TestIssueKeyFails(t *testing.T) {
	s := newSchool(t)
	h, err := s.Register().AddHolder(t.Context(), "test", devices.HolderDetails{Name: "Alice Jones"})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(s.Dir(), school.KeysFolder)
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := s.IssueKey(t.Context(), h.ID); err == nil {
		t.Fatal("a key was issued without a file")
	}
	if _, ok, err := s.Register().CurrentKey(t.Context(), h.ID); ok || err != nil {
		t.Errorf("the register has a key: %v, %v", ok, err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.IssueKey(t.Context(), h.ID); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestChangePassphrase(t *testing.T) {
	s := newSchool(t)
	id, temporary := person(t, s, "Alice Jones")
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
		if err := s.ChangePassphrase(t.Context(), id, []byte(test.current), pick(test.next)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := s.ChangePassphrase(t.Context(), id, temporary, pick(chosen)); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
	key, _, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	path, err := s.KeyFile(key)
	if err != nil {
		t.Fatal(err)
	}
	// The same for a file anywhere.
	if err := school.ChangeKeyPassphrase(path, []byte(chosen), pick("granite umbrella whistles softly"), schooltest.Quick(), day()); err != nil {
		t.Error(err)
	}
	if err := school.ChangeKeyPassphrase(path, []byte(chosen), pick("granite umbrella whistles softly"), schooltest.Quick(), day()); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("with the old one: %v", err)
	}
}

// TestKeepKeyFile keeps the copy whose passphrase was set last.
func TestKeepKeyFile(t *testing.T) {
	s := newSchool(t)
	id, passphrase := person(t, s, "Alice Jones")
	key, _, err := s.Register().CurrentKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	path, err := s.KeyFile(key)
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
		if kept, err := s.KeepKeyFile(key, k, sealed); err != nil || kept != step.want {
			t.Errorf("set at %s: kept is %v, %v", step.set, kept, err)
		}
	}
	if got := names(t, filepath.Join(s.Dir(), school.KeysFolder)); len(got) != 1 {
		t.Errorf("the folder has the files %v", got)
	}
	if err := os.RemoveAll(filepath.Join(s.Dir(), school.KeysFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.Dir(), school.KeysFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeyFile(key); !errors.Is(err, school.ErrNoKeyFile) {
		t.Errorf("without a file: %v", err)
	}
}

// directory makes a directory with people of both classes.
func directory(t *testing.T) *keys.Directory {
	t.Helper()
	d := &keys.Directory{Policy: schooltest.Quick()}
	hybrid := func() string {
		i, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		return i.Recipient().String()
	}
	x25519 := func() string {
		i, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		return i.Recipient().String()
	}
	d.Recovery = []string{hybrid(), x25519()}
	d.People = []keys.Person{
		{ID: "1", Name: "Alice", Email: "alice@hill.example", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyCurrent}}},
		{ID: "2", Name: "Bob", Keys: []keys.PersonKey{{Recipient: x25519(), Status: keys.KeyCurrent}}},
		{ID: "3", Name: "Carys", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyRevoked}}},
		{ID: "4", Name: "Dai", Keys: []keys.PersonKey{{Recipient: hybrid(), Status: keys.KeyReplaced}}},
	}
	return d
}
