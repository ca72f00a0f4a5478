package stick_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
)

// generate makes the example sticks anew, for a new version of the format:
//
//	go test -run TestExampleSticks -generate ./crypt/stick
//
// Those of a version that was released are never made anew: the programs of
// today must open them for ever.
var generate = flag.Bool("generate", false, "make the example sticks anew")

// example describes an example stick; it is the file example.json beside it.
type example struct {
	Passphrase string            // of the holder's key, and of the authority
	Code       string            // recovery code
	Versions   map[string]int    // how many versions some files have
	Files      map[string]string // path and content; folders end in a slash
}

var exampleSticks = map[string]func(*testing.T, *school, *stick.Stick){
	// Everything but tidying: layers in parts, links, whiteouts, odd names.
	"v1-layers": func(t *testing.T, _ *school, st *stick.Stick) {
		put(t, st, map[string]string{
			"letter.txt": "first", "Größe/naïve ☃.txt": "snow", "two\nlines": "odd", "empty/": "",
			"big.bin": text(1, 150_000), "class/7a/marks.csv": "1,2,3", "class/7b/marks.csv": "4,5,6",
		})
		put(t, st, map[string]string{"letter.txt": "second"})
		check(t, st.Rename(t.Context(), "class", "groups"))
		check(t, st.Remove(t.Context(), "groups/7b"))
		put(t, st, map[string]string{"letter.txt": "third"})
	},
	// Tidied, then rotated, then written to.
	"v1-tidied": func(t *testing.T, sc *school, st *stick.Stick) {
		put(t, st, map[string]string{"a": "1", "b": text(2, 90_000), "c": "3"})
		put(t, st, map[string]string{"a": "2", "secret": "s"})
		check(t, st.Remove(t.Context(), "c"))
		must(st.EraseForGood(t.Context(), []string{"secret"}, nil))(t)
		check(t, st.Rotate(t.Context(), stick.RotateOptions{School: sc.authority, Code: sc.code}))
		put(t, st, map[string]string{"a": "3", "d/e/f": "new"})
	},
}

func makeExample(t *testing.T, dir string, fill func(*testing.T, *school, *stick.Stick), class keys.Class) {
	t.Helper()
	sc := newSchool(t, "Example School")
	sc.holder = must(keys.NewHolderKey("Example School", sc.authority.Verifier(), keys.Holder{ID: "h-1", Name: "Alex Example"}, class, start))(t)
	sc.holder.Chosen(start)
	sc.sealed = must(sc.holder.Seal(passphrase, policy.WorkFactor))(t)
	check(t, os.RemoveAll(dir))
	check(t, os.MkdirAll(filepath.Join(dir, "drive"), 0o755))
	drive := must(stick.NewDirFS(filepath.Join(dir, "drive")))(t)
	defer drive.Close()
	o := sc.options()
	o.Policy.Class = class
	must(stick.Issue(t.Context(), drive, o))(t)
	st := sc.openWith(t, drive, stick.OpenOptions{PartSize: 64 << 10, Clock: ticking()})
	fill(t, sc, st)
	ex := example{Passphrase: string(passphrase), Code: string(sc.code), Versions: map[string]int{}, Files: contents(t, st)}
	for p := range ex.Files {
		if v, err := st.Versions(p); err == nil {
			ex.Versions[p] = len(v)
		}
	}
	check(t, st.Close())
	check(t, os.WriteFile(filepath.Join(dir, "example.json"), must(json.MarshalIndent(ex, "", "  "))(t), 0o644))
	sealed := must(sc.authority.Seal(passphrase, policy.WorkFactor))(t)
	check(t, os.WriteFile(filepath.Join(dir, "authority.age"), sealed, 0o644))
}

// TestExampleSticks opens sticks that were written when their version of the
// format was new, in every way, and goes on writing to them.
func TestExampleSticks(t *testing.T) {
	if *generate {
		makeExample(t, "testdata/v1-layers", exampleSticks["v1-layers"], keys.Hybrid)
		makeExample(t, "testdata/v1-tidied", exampleSticks["v1-tidied"], keys.X25519)
	}
	for name := range exampleSticks {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", name)
			var ex example
			check(t, json.Unmarshal(must(os.ReadFile(filepath.Join(dir, "example.json")))(t), &ex))
			authority := must(keys.OpenAuthority(must(os.ReadFile(filepath.Join(dir, "authority.age")))(t), []byte(ex.Passphrase)))(t)
			defer authority.Wipe()
			copied := t.TempDir()
			check(t, os.CopyFS(copied, os.DirFS(filepath.Join(dir, "drive"))))
			drive := must(stick.NewDirFS(copied))(t)
			defer drive.Close()
			for how, with := range map[string]stick.Unlock{
				"passphrase": stick.WithPassphrase([]byte(ex.Passphrase)), "code": stick.WithCode([]byte(ex.Code)),
				"recovery": stick.WithRecovery(authority.Identities(), authority.Verifier()),
			} {
				t.Run(how, func(t *testing.T) { useExample(t, drive, with, ex) })
			}
			t.Run("without its tables", func(t *testing.T) {
				check(t, os.RemoveAll(filepath.Join(copied, "stowage/contents")))
				useExample(t, drive, stick.WithPassphrase([]byte(ex.Passphrase)), ex)
			})
		})
	}
}

func useExample(t *testing.T, drive stick.FS, with stick.Unlock, ex example) {
	st := must(stick.Open(t.Context(), drive, with, stick.OpenOptions{}))(t)
	defer st.Close()
	if len(st.Warnings()) > 0 {
		t.Errorf("warnings: %v", st.Warnings())
	}
	same(t, st, ex.Files)
	for p, want := range ex.Versions {
		if v := must(st.Versions(p))(t); len(v) != want {
			t.Errorf("%q has %d versions, want %d", p, len(v), want)
		}
	}
	put(t, st, map[string]string{"written today": "works"})
	check(t, st.Remove(t.Context(), "written today"))
	same(t, st, ex.Files)
}
