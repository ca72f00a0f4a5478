package school_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices/school"
	"stowage/devices/school/programs"
	"stowage/devices/school/schooltest"
	"stowage/devices/school/unlock"
)

// FuzzSchoolFiles reads the small files in a school's folder that say where something is, and the
// signed list of programs: what is taken of them is in order.
func FuzzSchoolFiles(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "school")
	plan := school.Plan{Name: "Hill Road Primary", Passphrase: schooltest.AuthorityPassphrase(), Policy: schooltest.Quick()}
	if err := school.Init(f.Context(), dir, plan, schooltest.TickingOptions()); err != nil {
		f.Fatal(err)
	}
	s, err := school.Open(f.Context(), dir, schooltest.TickingOptions())
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	if err := unlock.Authority(f.Context(), s, schooltest.AuthorityPassphrase()); err != nil {
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
		put(school.RegisterURLFile, []byte(text))
		if place, err := school.RegisterURL(dir); err == nil && !strings.HasPrefix(strings.ToLower(place), "postgres") {
			t.Errorf("the register is at %q", place)
		}
		put(programs.File, []byte(text))
		if list, err := programs.List(s); err == nil && len(list) > 0 {
			t.Errorf("not signed, and taken: %+v", list)
		}
		msg, err := a.Sign(text)
		if err != nil {
			return
		}
		put(programs.File, msg)
		list, err := programs.List(s)
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
