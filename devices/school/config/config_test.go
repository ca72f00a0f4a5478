package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		"no TOML":         "school = ",
		"unknown setting": "shcool = \"/mnt/school\"\n",
		"relative path":   "school = \"school\"\n",
		"wrong type":      "me = 3\n",
		"too long":        strings.Repeat("# nothing to see here\n", 4000),
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
