package programs_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/release"
	"stowage/crypt/stick/sticktest"
	"stowage/devices/school"
	"stowage/devices/school/issue"
	"stowage/devices/school/programs"
	"stowage/devices/school/schooltest"
)

func TestProgramsOfASchool(t *testing.T) {
	s := schooltest.Ticking(t)
	if list, err := programs.List(s); err != nil || len(list) != 0 {
		t.Errorf("a new school has %v, %v", list, err)
	}
	mac := schooltest.AddProgram(t, s, schooltest.Released(t, "\xcf\xfa\xed\xfe", "stow", "1.2.0", "mac"))
	one := schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	if mac.Name != stick.MacProgram || one.Name != stick.WindowsProgram || one.Version != "v1.2.0" {
		t.Errorf("added %+v and %+v", mac, one)
	}
	two := schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.3.0"))
	list, err := programs.List(s)
	if err != nil || len(list) != 2 || list[0] != two || list[1] != mac {
		t.Errorf("the school has %v, %v", list, err)
	}
	if files := schooltest.Names(t, filepath.Join(s.Dir(), programs.Folder)); len(files) != 2 {
		t.Errorf("an old program was left: %v", files)
	}
	if err := programs.Remove(s, stick.MacProgram); err != nil {
		t.Error(err)
	}
	if err := programs.Remove(s, stick.MacProgram); !errors.Is(err, programs.ErrNoProgram) {
		t.Errorf("removed twice: %v", err)
	}
	for name, path := range map[string]string{
		"a picture":           schooltest.Released(t, "\xff\xd8", "stowage", "1.0.0", ""),
		"a development build": schooltest.Released(t, "MZ", "stowage", "development", ""),
		"stow for Windows":    schooltest.Released(t, "MZ", "stow", "1.0.0", ""),
		"a folder":            t.TempDir(),
	} {
		if _, err := programs.Add(t.Context(), s, path, nil); !errors.Is(err, release.ErrNotProgram) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.Lock()
	if _, err := programs.Add(t.Context(), s, schooltest.ReleasedForWindows(t, "1.4.0"), nil); !errors.Is(err, school.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
	if list, err := programs.List(s); err != nil || len(list) != 1 || list[0] != two {
		t.Errorf("in the end the school has %v, %v", list, err)
	}
}

// TestProgramsSomebodyElseListed: nobody but ICT says what is put on sticks.
func TestProgramsSomebodyElseListed(t *testing.T) {
	s, other := schooltest.Ticking(t), schooltest.Ticking(t)
	schooltest.AddProgram(t, s, schooltest.ReleasedForWindows(t, "1.2.0"))
	schooltest.AddProgram(t, other, schooltest.ReleasedForWindows(t, "6.6.6"))
	path := filepath.Join(s.Dir(), programs.File)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(other.Dir(), programs.File))
	if err != nil {
		t.Fatal(err)
	}
	directory, err := os.ReadFile(filepath.Join(s.Dir(), school.DirectoryFile))
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	later, err := a.Sign("stowage programs v2\n{}\n")
	if err != nil {
		t.Fatal(err)
	}
	alice, _ := schooltest.Person(t, s, "Alice Jones")
	for name, c := range map[string]struct {
		list []byte
		want error
	}{
		"changed":        {bytes.Replace(good, []byte("1.2.0"), []byte("1.2.9"), 1), keys.ErrForged},
		"another school": {foreign, keys.ErrOtherSchool},
		"another note":   {directory, keys.ErrForged},
		"a later list":   {later, keys.ErrNewer},
		"nothing":        {nil, keys.ErrForged},
	} {
		if err := os.WriteFile(path, c.list, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := programs.List(s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		m := sticktest.New()
		p := schooltest.Plan(m, alice, "HRP-1")
		p.Programs = []string{stick.WindowsProgram}
		if _, err := issue.Stick(t.Context(), s, p); !errors.Is(err, c.want) || len(m.Files()) > 0 || schooltest.Count(t, s) > 0 {
			t.Errorf("%s: issued: %v, on the drive %v", name, err, m.Files())
		}
	}
}
