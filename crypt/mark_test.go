package crypt_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"stowage/crypt"
)

// marked notes the content of each file that is to be marked, and whether shown was there already.
func marked(t *testing.T, contents *[]string, shown string) func(*os.Root, string) {
	return func(in *os.Root, name string) {
		content, err := in.ReadFile(name)
		if err != nil {
			t.Errorf("marking %s: %v", name, err)
		}
		if _, err := os.Lstat(shown); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s has its name before its mark (%v)", shown, err)
		}
		*contents = append(*contents, string(content))
	}
}

// programs is an archive of programs, as another system packs them.
func programs(t *testing.T, contents ...string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for i, content := range contents {
		h := &tar.Header{Name: "tools/" + string(rune('a'+i)) + "/run.exe", Typeflag: tar.TypeReg, Mode: 0o4777, Size: int64(len(content))}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// TestAttackUnmarkedDecrypted: programs come out of an age file, and out of an archive in one.
func TestAttackUnmarkedDecrypted(t *testing.T) {
	dir, id := t.TempDir(), x25519(t)
	file, folder := filepath.Join(dir, "setup.exe"), filepath.Join(dir, "tools")
	for name, content := range map[string][]byte{file + ".age": []byte("MZ one"), folder + ".tar.age": programs(t, "MZ two", "MZ three")} {
		if err := os.WriteFile(name, encrypt(t, content, id.Recipient()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var contents []string
	err := crypt.DecryptFile(t.Context(), file+".age", file, crypt.FileOptions{Mark: marked(t, &contents, file)}, id)
	if err == nil {
		err = crypt.DecryptFolder(t.Context(), folder+".tar.age", folder, crypt.FileOptions{Mark: marked(t, &contents, folder)}, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"MZ one", "MZ two", "MZ three"}; !slices.Equal(contents, want) {
		t.Errorf("marked were %q, want %q", contents, want)
	}
	notRun(t, file, filepath.Join(folder, "a", "run.exe"), filepath.Join(folder, "b", "run.exe"))
}

// notRun: the system runs none of the files unless somebody says so.
func notRun(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode()&0o111 != 0 {
			t.Errorf("%s may be run: %v", name, info.Mode())
		}
	}
}

// TestEncryptedIsNotMarked: what this program makes itself comes from nowhere else.
func TestEncryptedIsNotMarked(t *testing.T) {
	dir, id := t.TempDir(), x25519(t)
	tree(t, dir, map[string]string{"plain": "hello"})
	options := crypt.FileOptions{Mark: func(_ *os.Root, name string) { t.Errorf("%s was marked", name) }}
	if err := crypt.EncryptFile(t.Context(), filepath.Join(dir, "plain"), filepath.Join(dir, "plain.age"), options, id.Recipient()); err != nil {
		t.Fatal(err)
	}
}
