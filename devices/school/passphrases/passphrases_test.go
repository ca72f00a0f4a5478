package passphrases_test

import (
	"errors"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school"
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
