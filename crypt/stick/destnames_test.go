package stick_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt"
	"stowage/crypt/smalldrive"
	"stowage/crypt/stick"
)

// hardFiles are files whose names a drive may refuse, by their content.
func hardFiles() map[string]string {
	long := strings.Repeat("ysgol ", 33) // 198 bytes
	return map[string]string{
		"what?.txt": "1", "a:b/c|d.txt": "2", "a:b/plain.txt": "3", "quote\"s.txt": "4",
		long + "a.txt": "5", long + "b.txt": "6", long + "/" + long + ".txt": "7", long + "/short.txt": "8", "fine.txt": "9",
		strings.Repeat("é", 100) + ".txt": "10",
	}
}

// TestNamesThatTheDestinationRefuses fetches onto drives that take only some of the names,
// without having asked them before: what is refused gets another name, which is told.
func TestNamesThatTheDestinationRefuses(t *testing.T) {
	for name, mount := range map[string]func(testing.TB) string{"exFAT": smalldrive.Exfat, "short names": smalldrive.ShortNames} {
		t.Run(name, func(t *testing.T) {
			dest := mount(t)
			_, _, st := newStick(t)
			files := hardFiles()
			put(t, st, files)
			for range 2 { // the second time over what is there
				r := must(st.Get(t.Context(), nil, dest, stick.GetOptions{Names: stick.NamesExact, Replace: true}))(t)
				if len(r.Skipped) > 0 {
					t.Fatalf("skipped %v", r.Skipped)
				}
				renamed := 0
				seen := map[string]bool{}
				for _, f := range r.Fetched {
					if path.Base(f.Path) != path.Base(f.Dest) {
						renamed++
					}
					if seen[f.Dest] {
						t.Errorf("%s twice", f.Dest)
					}
					seen[f.Dest] = true
					if f.Kind == stick.KindFile {
						wantContent(t, filepath.Join(dest, filepath.FromSlash(f.Dest)), files[f.Path])
					}
				}
				if renamed < 4 {
					t.Errorf("only %d were renamed: %v", renamed, r.Fetched)
				}
				if got := readTree(t, dest); len(got) != len(files)+2 {
					t.Errorf("%d files and folders are there: %q", len(got), got)
				}
			}
		})
	}
}

func wantContent(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

// TestFallbackNames: each is simpler than the one before, and none is the name itself.
func TestFallbackNames(t *testing.T) {
	long := strings.Repeat("é", 120) + ".txt"
	for name, want := range map[string][]string{
		"plain name.txt": nil,
		"what?.txt":      {"what_.txt"},
		"Gŵyr.txt":       {"G_yr.txt"},
		"naïve?":         {"naïve_", "na_ve_"},
		long:             {strings.Repeat("é", 69) + ".txt", strings.Repeat("_", 56) + ".txt"},
	} {
		if got := crypt.FallbackNames(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
