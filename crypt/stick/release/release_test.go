package release_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"stowage/crypt/stick/release"
)

func TestRead(t *testing.T) {
	filler := strings.Repeat("\x00code", 300_000)
	stamp := "stowage-" + "program:stowage:1.2.3;"
	for name, c := range map[string]struct {
		file string
		want release.Program
	}{
		"windows":      {"MZ" + filler + stamp + filler, release.Program{Name: "stowage", Version: "v1.2.3", System: release.Windows}},
		"linux":        {"\x7fELF" + stamp, release.Program{Name: "stowage", Version: "v1.2.3", System: release.Linux}},
		"apple":        {"\xcf\xfa\xed\xfe" + "stowage-" + "program:stow:0.0.0-20261124153350-0123456789ab;", release.Program{Name: "stow", Version: "v0.0.0-20261124153350-0123456789ab", System: release.MacOS}},
		"universal":    {"\xca\xfe\xba\xbe" + filler + "stowage-" + "program:stow:v1.2.3;", release.Program{Name: "stow", Version: "v1.2.3", System: release.MacOS}},
		"no stamp":     {"MZ" + filler, release.Program{}},
		"no program":   {stamp, release.Program{}},
		"the prefix":   {"MZ" + "stowage-" + "program:", release.Program{}},
		"no version":   {"MZ" + "stowage-" + "program:stowage:development;", release.Program{}},
		"odd version":  {"MZ" + "stowage-" + "program:stowage:1.02.3;", release.Program{}},
		"another name": {"MZ" + "stowage-" + "program:stowagex:1.2.3;", release.Program{}},
		"empty":        {"", release.Program{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := release.Read(strings.NewReader(c.file))
			if got != c.want || (err == nil) != (c.want != release.Program{}) || err != nil && !errors.Is(err, release.ErrNotProgram) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// TestReadAcrossChunks puts the stamp at every place around where one read ends and the next begins.
func TestReadAcrossChunks(t *testing.T) {
	stamp := "stowage-" + "program:stowage:1.2.3;"
	for at := 1<<20 - 40; at < 1<<20+5; at++ {
		file := "MZ" + strings.Repeat("x", at-2) + stamp + strings.Repeat("x", 1<<19)
		if _, err := release.Read(strings.NewReader(file)); err != nil {
			t.Fatalf("stamp at %d: %v", at, err)
		}
	}
}

func TestReadFails(t *testing.T) {
	broken := errors.New("input/output error")
	if _, err := release.Read(io.MultiReader(strings.NewReader("MZ"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestVersion(t *testing.T) {
	if v := release.Version(); v != "development" {
		t.Errorf("a test is of release %q", v)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("MZ" + "stowage-" + "program:stowage:1.2.3;"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := release.Read(strings.NewReader(string(file)))
		if err == nil && (p.Name == "" || p.System == "" || !strings.HasPrefix(p.Version, "v")) {
			t.Errorf("%+v", p)
		}
	})
}
