package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school/config"
)

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "yet")
	if c, err := config.Read(dir); err != nil || c != (config.Config{}) {
		t.Fatalf("a missing file is %+v, %v", c, err)
	}
	want := config.Config{
		School: filepath.Join(dir, "school"), Shared: filepath.Join(dir, "shared"), Directory: filepath.Join(dir, "d.note"),
		Verifier: "Hill Road+12345678+key", Me: "0a1b", Backup: dir,
	}
	path, err := want.Write(dir)
	if err != nil || path != filepath.Join(dir, config.File) {
		t.Fatal(path, err)
	}
	if got, err := config.Read(dir); err != nil || got != want {
		t.Errorf("read %+v, %v", got, err)
	}
}

// TestRefuse leaves no doubt about which file is not in order.
func TestRefuse(t *testing.T) {
	for name, text := range map[string]string{
		"no TOML":       "school = ",
		"relative path": "school = \"school\"\n",
		"too long":      strings.Repeat("# nothing to see here\n", 4000),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, config.File), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Read(dir)
		if e, ok := errors.AsType[*config.FileError](err); !ok || e.Path != filepath.Join(dir, config.File) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLaterVersion: settings that this version does not know stay in the file and are named. Where they may
// decide what the others mean, the file is neither used nor written.
func TestLaterVersion(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, config.File)
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	more := "ME = \"0a1b\"\nhue = \"red\"\nwidths = [1.5, 2.0]\n\n[proxy]\nhost = \"p\"\n"
	save(more)
	for _, next := range []config.Config{{Me: "2c3d", Backup: dir}, {}} {
		if unknown, err := config.Unknown(dir); err != nil || !slices.Equal(unknown, []string{"hue", "widths", "proxy"}) {
			t.Errorf("unknown: %v, %v", unknown, err)
		}
		if _, err := next.Write(dir); err != nil {
			t.Fatal(err)
		}
		if c, err := config.Read(dir); err != nil || c != next {
			t.Errorf("read %+v, %v", c, err)
		}
		kept, err := os.ReadFile(path)
		for _, want := range []string{`hue = "red"`, `widths = [1.5, 2.0]`, `host = "p"`} {
			if !strings.Contains(string(kept), want) {
				t.Errorf("lost %s, %v:\n%s", want, err, kept)
			}
		}
	}
	for _, text := range []string{"version = 2\n", "me = [\"a\", \"b\"]\n", "[school]\nsite = \"a\"\n"} {
		save(text)
		_, err := config.Read(dir)
		if _, ok := errors.AsType[*config.FileError](err); !ok || !errors.Is(err, keys.ErrNewer) {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := (config.Config{Me: "x"}).Write(dir); !errors.Is(err, keys.ErrNewer) {
			t.Errorf("written over %q: %v", text, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%q became %q, %v", text, left, err)
		}
	}
}

// TestWriteFails keeps the file as it was.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	before := config.Config{Me: "first"}
	if _, err := before.Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := (config.Config{School: "relative"}).Write(dir); err == nil {
		t.Error("a relative path was written")
	}
	if got, err := config.Read(dir); err != nil || got != before {
		t.Errorf("then it says %+v, %v", got, err)
	}
	blocked := filepath.Join(dir, config.File, "below a file")
	if _, err := before.Write(blocked); err == nil {
		t.Error("written below a file")
	}
}

func TestWhere(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	for _, test := range []struct {
		c                         config.Config
		ict                       bool
		folder, directory, shared string
	}{
		{config.Config{}, false, "", "", ""},
		{config.Config{School: at("ict"), Shared: at("other")}, true, at("ict"), at("ict/directory.note"), at("ict")},
		{config.Config{Shared: at("shared")}, false, at("shared"), at("shared/directory.note"), at("shared")},
		{config.Config{Directory: at("d.note")}, false, "", at("d.note"), ""},
	} {
		folder, err := test.c.Folder()
		if folder != test.folder || (err != nil) != (folder == "") {
			t.Errorf("%+v: folder %q, %v", test.c, folder, err)
		}
		directory, err := test.c.DirectoryPath()
		if directory != test.directory || (err != nil) != (directory == "") {
			t.Errorf("%+v: directory %q, %v", test.c, directory, err)
		}
		shared, err := test.c.SharedFolder()
		if shared.Dir != test.shared || (err != nil) != (shared.Dir == "") {
			t.Errorf("%+v: shared %q, %v", test.c, shared.Dir, err)
		}
		if test.c.ICT() != test.ict {
			t.Errorf("%+v: ICT is %v", test.c, test.c.ICT())
		}
	}
}

// FuzzRead never takes what it would not write back the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte("school = \"/mnt/school\"\nverifier = \"x\"\n"))
	f.Add([]byte("me = [1, 2]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, config.File), text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Read(dir)
		if err != nil {
			return
		}
		if _, err := c.Write(dir); err != nil {
			t.Fatalf("%+v cannot be written: %v", c, err)
		}
		if again, err := config.Read(dir); err != nil || again != c {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}
