package crypt_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/crypt"
	"stowage/crypt/safefile"
	"stowage/crypt/smalldrive"

	"filippo.io/age"
)

var modified = time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)

// tree writes files; a name that ends in a slash is an empty folder.
func tree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(full, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(full, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
}

// readTree is the reverse of tree, without folders that hold something.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if below, _ := os.ReadDir(p); len(below) == 0 {
				files[name+"/"] = ""
			}
			return nil
		}
		data, err := os.ReadFile(p)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// onlyThese fails when anything but the named files lies in a folder.
func onlyThese(t *testing.T, dir string, names ...string) {
	t.Helper()
	var have []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		have = append(have, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(have, names) {
		t.Errorf("%s holds %v, want %v", dir, have, names)
	}
}

func TestFiles(t *testing.T) {
	dir, id := t.TempDir(), x25519(t)
	tree(t, dir, map[string]string{"plain": "hello"})
	plain, sealed, back := filepath.Join(dir, "plain"), filepath.Join(dir, "plain.age"), filepath.Join(dir, "back")
	if err := crypt.EncryptFile(t.Context(), plain, sealed, crypt.FileOptions{}, id.Recipient()); err != nil {
		t.Fatal(err)
	}
	if err := crypt.DecryptFile(t.Context(), sealed, back, crypt.FileOptions{}, id); err != nil {
		t.Fatal(err)
	}
	if got := readTree(t, dir)["back"]; got != "hello" {
		t.Errorf("comes back as %q", got)
	}
	before, _ := os.ReadFile(sealed)
	err := crypt.EncryptFile(t.Context(), plain, sealed, crypt.FileOptions{}, id.Recipient())
	if after, _ := os.ReadFile(sealed); !errors.Is(err, safefile.ErrExists) || !bytes.Equal(before, after) {
		t.Errorf("an existing file: %v", err)
	}
	if err := crypt.EncryptFile(t.Context(), plain, sealed, crypt.FileOptions{Replace: true}, id.Recipient()); err != nil {
		t.Errorf("replacing: %v", err)
	}
	if err := crypt.EncryptFile(t.Context(), dir, sealed, crypt.FileOptions{Replace: true}, id.Recipient()); err == nil {
		t.Error("a folder was encrypted as a file")
	}
	onlyThese(t, dir, "plain", "plain.age", "back")
}

func TestFailedRunsLeaveNothing(t *testing.T) {
	dir, id := t.TempDir(), x25519(t)
	if err := os.WriteFile(filepath.Join(dir, "plain"), plaintext(4*batch), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed := filepath.Join(dir, "plain.age")
	ctx, cancel := context.WithCancel(t.Context())
	err := crypt.EncryptFile(ctx, filepath.Join(dir, "plain"), sealed,
		crypt.FileOptions{Progress: &cancelAfter{n: batch, cancel: cancel}}, id.Recipient())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	onlyThese(t, dir, "plain")

	whole := encrypt(t, plaintext(4*batch), id.Recipient())
	if err := os.WriteFile(sealed, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	err = crypt.DecryptFile(t.Context(), sealed, filepath.Join(dir, "back"), crypt.FileOptions{}, id)
	if !errors.Is(err, crypt.ErrDamaged) {
		t.Errorf("truncated: %v", err)
	}
	err = crypt.DecryptFile(t.Context(), sealed, filepath.Join(dir, "plain"), crypt.FileOptions{Replace: true}, id)
	if got, _ := os.ReadFile(filepath.Join(dir, "plain")); err == nil || !bytes.Equal(got, plaintext(4*batch)) {
		t.Errorf("a failed run replaced a file: %v", err)
	}
	onlyThese(t, dir, "plain", "plain.age")
}

func TestFolders(t *testing.T) {
	dir, id := t.TempDir(), hybrid(t)
	want := map[string]string{
		"report.txt": "one", "sub/deep/ünïcode name.txt": "two", "empty/": "", "sub/big": string(plaintext(3 * batch)), "zero": "",
	}
	tree(t, filepath.Join(dir, "class 4b"), want)
	link := filepath.Join(dir, "class 4b", "link")
	if err := os.Symlink("report.txt", link); err != nil {
		t.Skip("no symbolic links here")
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Skip("symbolic links are something else here")
	}
	sealed := crypt.EncryptedName(filepath.Join(dir, "class 4b"), true)
	skipped, err := crypt.EncryptFolder(t.Context(), filepath.Join(dir, "class 4b"), sealed, crypt.FileOptions{}, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if len(skipped) != 1 || skipped[0].Path != "link" || skipped[0].Mode&fs.ModeSymlink == 0 {
		t.Errorf("skipped %v", skipped)
	}
	back := filepath.Join(dir, "back")
	if err := crypt.DecryptFolder(t.Context(), sealed, back, crypt.FileOptions{}, id); err != nil {
		t.Fatal(err)
	}
	if got := readTree(t, back); !maps.Equal(got, want) {
		t.Errorf("comes back as %v", slices.Sorted(maps.Keys(got)))
	}
	info, err := os.Stat(filepath.Join(back, "sub", "big"))
	if err != nil || !info.ModTime().Equal(modified) {
		t.Errorf("modified %v, %v", info.ModTime(), err)
	}
	if err := crypt.DecryptFolder(t.Context(), sealed, back, crypt.FileOptions{}, id); !errors.Is(err, safefile.ErrExists) {
		t.Errorf("an existing folder: %v", err)
	}
	onlyThese(t, dir, "class 4b", "class 4b.tar.age", "back")
}

func TestHostileArchives(t *testing.T) {
	id := x25519(t)
	for name, h := range map[string]tar.Header{
		"above":    {Name: "../evil", Typeflag: tar.TypeReg},
		"absolute": {Name: "/evil", Typeflag: tar.TypeReg},
		"winding":  {Name: "a/../../evil", Typeflag: tar.TypeReg},
		"symlink":  {Name: "a", Linkname: "/etc", Typeflag: tar.TypeSymlink},
		"hardlink": {Name: "a", Linkname: "/etc/passwd", Typeflag: tar.TypeLink},
		"device":   {Name: "a", Typeflag: tar.TypeChar},
	} {
		dir := t.TempDir()
		inner := filepath.Join(dir, "inner")
		if err := os.Mkdir(inner, 0o755); err != nil {
			t.Fatal(err)
		}
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		if err := errors.Join(w.WriteHeader(&h), w.Close()); err != nil {
			t.Fatal(err)
		}
		sealed := filepath.Join(inner, "x.tar.age")
		if err := os.WriteFile(sealed, encrypt(t, archive.Bytes(), id.Recipient()), 0o600); err != nil {
			t.Fatal(err)
		}
		err := crypt.DecryptFolder(t.Context(), sealed, filepath.Join(inner, "x"), crypt.FileOptions{}, id)
		if !errors.Is(err, crypt.ErrUnsafe) {
			t.Errorf("%s: %v", name, err)
		}
		onlyThese(t, inner, "x.tar.age")
		onlyThese(t, dir, "inner")
	}
}

// TestUnpackOntoDrivesThatRefuseNames unpacks names that the drive does not take: each gets
// another one, which is told, and nothing is left out.
func TestUnpackOntoDrivesThatRefuseNames(t *testing.T) {
	long := strings.Repeat("ysgol ", 33)
	files := map[string]string{"in/what?.txt": "1", "in/" + long + "/a:b.txt": "2", "in/" + long + "a.txt": "3", "in/" + long + "b.txt": "4", "in/fine.txt": "5"}
	for name, mount := range map[string]func(testing.TB) string{"exFAT": smalldrive.Exfat, "short names": smalldrive.ShortNames} {
		t.Run(name, func(t *testing.T) {
			drive, dir, id := mount(t), t.TempDir(), x25519(t)
			tree(t, dir, files)
			sealed := filepath.Join(dir, "in.tar.age")
			if _, err := crypt.EncryptFolder(t.Context(), filepath.Join(dir, "in"), sealed, crypt.FileOptions{}, id.Recipient()); err != nil {
				t.Fatal(err)
			}
			renamed := 0
			options := crypt.FileOptions{Renamed: func(string, string) { renamed++ }}
			if err := crypt.DecryptFolder(t.Context(), sealed, filepath.Join(drive, "out"), options, id); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, content := range readTree(t, filepath.Join(drive, "out")) {
				if content != "" {
					got = append(got, content)
				}
			}
			slices.Sort(got)
			if want := []string{"1", "2", "3", "4", "5"}; !slices.Equal(got, want) || renamed < 2 {
				t.Errorf("unpacked %q, and told of %d", got, renamed)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]struct {
		plain      string
		folder, ok bool
	}{
		"a.pdf.age": {"a.pdf", false, true}, "a.tar.age": {"a", true, true}, "a.pdf": {"a.pdf", false, false},
		".age": {".age", false, false}, ".tar.age": {".tar", false, true}, "A.TAR.AGE": {"A", true, true}, "dir/.age": {"dir/.age", false, false},
	} {
		plain, folder, ok := crypt.DecryptedName(name)
		if plain != want.plain || folder != want.folder || ok != want.ok {
			t.Errorf("%s: %q, %v, %v", name, plain, folder, ok)
		}
	}
}

func TestInspect(t *testing.T) {
	pass, _ := age.NewScryptRecipient("correct horse")
	pass.SetWorkFactor(12)
	for name, c := range map[string]struct {
		to    []age.Recipient
		types []string
		work  int
	}{
		"two":        {[]age.Recipient{x25519(t).Recipient(), x25519(t).Recipient()}, []string{"X25519", "X25519"}, 0},
		"hybrid":     {[]age.Recipient{hybrid(t).Recipient()}, []string{"mlkem768x25519"}, 0},
		"passphrase": {[]age.Recipient{pass}, []string{"scrypt"}, 12},
	} {
		sealed := encrypt(t, []byte("hello"), c.to...)
		info, err := crypt.Inspect(bytes.NewReader(sealed), int64(len(sealed)))
		if err != nil || !slices.Equal(info.Recipients, c.types) || info.WorkFactor != c.work || info.PlainSize != 5 {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
	if _, err := crypt.Inspect(strings.NewReader("hello"), 5); !errors.Is(err, crypt.ErrNotAge) {
		t.Errorf("not an age file: %v", err)
	}
}
