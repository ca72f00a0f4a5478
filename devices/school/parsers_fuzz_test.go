package school_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices/school"
)

// FuzzReadFound reads what is said of a lost stick, as anybody can who reaches the inbox.
func FuzzReadFound(f *testing.F) {
	f.Add([]byte(`{"stick":"4e5b1d0c-0000-4000-8000-000000000001","label":"HRP-1","seen":"2026-09-24T08:00:00Z","place":"desk"}`))
	f.Add([]byte(`{"stick":"../../x","label":"a\nb"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		found, err := school.ReadFound(plain)
		if err != nil {
			if !errors.Is(err, school.ErrReport) && !errors.Is(err, keys.ErrNewer) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		if found.File != "" || filepath.Base(found.Stick) != found.Stick || strings.ContainsAny(found.Label+found.Place, "\n\x00") {
			t.Errorf("%+v", found)
		}
		if _, err := json.Marshal(found); err != nil {
			t.Errorf("it cannot be told on: %v", err)
		}
	})
}

// FuzzSchoolFiles reads the small files in a school's folder that say where something is, and the
// signed list of programs: what is taken of them is in order.
func FuzzSchoolFiles(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "school")
	plan := school.Plan{Name: "Hill Road Primary", Passphrase: authorityPassphrase, Policy: quick()}
	if err := school.Init(f.Context(), dir, plan, options()); err != nil {
		f.Fatal(err)
	}
	s, err := school.Open(f.Context(), dir, options())
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	if err := s.Unlock(f.Context(), authorityPassphrase); err != nil {
		f.Fatal(err)
	}
	a, err := s.Authority()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("stowage programs v1\n" + `{"programs":[{"name":"Stowage.exe","version":"v1.0.0","size":9,"sha256":"` + strings.Repeat("0f", 32) + `"}]}` + "\n")
	f.Add("stowage programs v1\n" + `{"programs":[{"name":"../x","version":"v1","size":-1,"sha256":"../../x"}]}` + "\n")
	f.Add("/mnt/shared\n")
	f.Add("postgres://a@h/d\n")
	f.Fuzz(func(t *testing.T, text string) {
		put := func(name string, content []byte) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Remove(filepath.Join(dir, name)) })
		}
		put(school.SharedSetting, []byte(text))
		if sh, err := s.Shared(); err == nil && (!filepath.IsAbs(sh.Dir) || strings.ContainsAny(sh.Dir, "\n\x00")) {
			t.Errorf("the shared folder is %q", sh.Dir)
		}
		put(school.PlaceFile, []byte(text))
		if place, err := school.RegisterPlace(dir); err == nil && !strings.HasPrefix(strings.ToLower(place), "postgres") {
			t.Errorf("the register is at %q", place)
		}
		put(school.ProgramsFile, []byte(text))
		if list, err := s.Programs(); err == nil && len(list) > 0 {
			t.Errorf("not signed, and taken: %+v", list)
		}
		msg, err := a.Sign(text)
		if err != nil {
			return
		}
		put(school.ProgramsFile, msg)
		list, err := s.Programs()
		if err != nil {
			return
		}
		for _, p := range list {
			if p.Check() != nil || !slices.Contains(stick.ProgramNames(), p.Name) {
				t.Errorf("%+v", p)
			}
		}
	})
}

// FuzzSerials reads what a computer remembers of a school's directories, as somebody may have
// changed it: no directory is believed that the school did not sign.
func FuzzSerials(f *testing.F) {
	a, err := keys.NewAuthority("Hill", day)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"serial":7}`), []byte("stowage directory v1\n"))
	f.Add([]byte(`{"serial":-1e9}`), []byte{})
	f.Fuzz(func(t *testing.T, seen, note []byte) {
		s := school.Serials{Dir: t.TempDir()}
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
		for _, name := range names(t, s.Dir) {
			if err := os.WriteFile(filepath.Join(s.Dir, name), seen, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if d, ok := s.Kept(a.Verifier()); ok {
			t.Errorf("kept: %+v", d)
		}
	})
}
