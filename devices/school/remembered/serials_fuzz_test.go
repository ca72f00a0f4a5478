package remembered_test

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school/remembered"
	"stowage/devices/school/schooltest"
)

// FuzzSerials reads what a computer remembers of a school's directories, as somebody may have
// changed it: no directory is believed that the school did not sign.
func FuzzSerials(f *testing.F) {
	a, err := keys.NewAuthority("Hill", schooltest.Day())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"serial":7}`), []byte("stowage directory v1\n"))
	f.Add([]byte(`{"serial":-1e9}`), []byte{})
	f.Fuzz(func(t *testing.T, seen, note []byte) {
		s := remembered.Serials{Dir: t.TempDir()}
		path := filepath.Join(t.TempDir(), "directory.note")
		if err := os.WriteFile(path, note, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Newest(path, a.Verifier()); err == nil {
			t.Error("a directory that nobody signed")
		}
		if d, ok := s.Kept(a.Verifier()); ok {
			t.Errorf("kept: %+v", d)
		}
		for _, name := range schooltest.Names(t, s.Dir) {
			if err := os.WriteFile(filepath.Join(s.Dir, name), seen, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if d, ok := s.Kept(a.Verifier()); ok {
			t.Errorf("kept: %+v", d)
		}
	})
}
