package crypt_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"stowage/crypt"
	"stowage/crypt/longtest"
)

// What unpacking an archive may take, whatever it says: far below the size of what
// the archives here claim, or make.
const (
	boundedMemory = 64 << 20
	boundedTime   = 60 * time.Second
)

// bounded runs work, and fails when it took too much memory at once or too long.
func bounded(t *testing.T, work func()) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that what is used is measured, not what was
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := longtest.ProcessorTime()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	work()
	close(stop)
	if most := <-peak; most > before.HeapAlloc+boundedMemory {
		t.Errorf("took %d MB", (most-before.HeapAlloc)>>20)
	}
	if took := longtest.ProcessorTime() - began; took > boundedTime {
		t.Errorf("took %v", took)
	}
}

// tape is a tar that is made while it is read, so that it may be of any size.
func tape(write func(w *tar.Writer) error) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		tw := tar.NewWriter(w)
		err := write(tw)
		if err == nil {
			err = tw.Close()
		}
		w.CloseWithError(err)
	}()
	return r
}

func TestBombs(t *testing.T) {
	many := 50_000
	if longtest.Wanted() {
		many = 1_000_000 // 512 MB of tar
	}
	times := func(n int, h tar.Header) func(*tar.Writer) error {
		return func(w *tar.Writer) error {
			for range n {
				if err := w.WriteHeader(&h); err != nil {
					return err
				}
			}
			return nil
		}
	}
	deep := strings.TrimSuffix(strings.Repeat("d/", 5000), "/")
	for name, c := range map[string]struct {
		write func(*tar.Writer) error
		want  error // nil: it unpacks
	}{
		"a million entries that are one folder": {times(many, tar.Header{Typeflag: tar.TypeDir, Name: "d/"}), nil},
		"more entries than an archive may hold": {times(crypt.MaxEntries+1, tar.Header{Typeflag: tar.TypeDir, Name: "d/"}), crypt.ErrTooMany},
		"a million files of one name":           {times(many, tar.Header{Typeflag: tar.TypeReg, Name: "same"}), os.ErrExist},
		"headers of nothing": {
			times(many/10, tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"x": "y"}}), nil,
		},
		"nested deeper than folders can be": {times(1, tar.Header{Typeflag: tar.TypeDir, Name: deep, Format: tar.FormatPAX}), crypt.ErrUnsafe},
		"a name of a megabyte less a little": {
			times(1, tar.Header{Typeflag: tar.TypeReg, Name: strings.Repeat("x", 1_000_000), Format: tar.FormatPAX}), crypt.ErrUnsafe,
		},
		"PAX records without end": {
			times(60, tar.Header{Typeflag: tar.TypeDir, Name: "d/", PAXRecords: map[string]string{"SCHILY.xattr.user.x": strings.Repeat("y", 900_000)}}), nil,
		},
		"a file of eight exabytes, cut short": {func(w *tar.Writer) error {
			if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "huge", Size: 1<<63 - 1, Format: tar.FormatPAX}); err != nil {
				return err
			}
			return io.EOF
		}, crypt.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == crypt.ErrTooMany && !longtest.Wanted() { //nolint:errorlint // which case it is
				t.Skip("more than a million entries")
			}
			dir := t.TempDir()
			bounded(t, func() {
				src := tape(c.write)
				defer src.Close()
				if err := crypt.Unpack(t.Context(), dir, src, false, nil); !errors.Is(err, c.want) {
					t.Errorf("got %.200v", err)
				}
			})
		})
	}
}

// sparse are the three forms in which GNU tar writes a file of which a few bytes
// fill a disk.
func sparse(t *testing.T) map[string][]byte {
	t.Helper()
	archives := map[string][]byte{}
	for name, records := range map[string]map[string]string{
		"0.1": {"GNU.sparse.size": "1099511627776", "GNU.sparse.numblocks": "1", "GNU.sparse.map": "1099511627264,512"},
		"1.0": {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "bomb", "GNU.sparse.realsize": "1099511627776"},
	} {
		var pax strings.Builder
		for key, value := range records {
			pax.WriteString(record(key, value))
		}
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		// The writer refuses these records, so the extended header is written as a file
		// and its type is changed.
		for _, h := range []tar.Header{{Name: "PaxHeaders", Size: int64(pax.Len())}, {Name: "bomb", Size: 1024}} {
			h.Typeflag, h.Mode = tar.TypeReg, 0o600
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
			content := pax.String()
			if h.Name == "bomb" {
				content = "1\n1099511627264\n512\n" + strings.Repeat("\x00", 1024-19)
			}
			if _, err := io.WriteString(w, content[:h.Size]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		archives[name] = retype(b.Bytes(), 0, tar.TypeXHeader)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "bomb", Size: 512}), w.Flush()); err == nil {
		t.Fatal("the content was not missed")
	}
	_, _ = w.Write(make([]byte, 512))
	_ = w.Close()
	old := b.Bytes()
	copy(old[386:], fmt.Sprintf("%011o\x00%011o\x00", int64(1<<32), 512)) // where the data lies
	copy(old[483:], fmt.Sprintf("%011o\x00", int64(1<<32+512)))           // and how large the file is
	copy(old[257:], "ustar  \x00")
	archives["old"] = retype(old, 0, tar.TypeGNUSparse)
	return archives
}

// record is one record of an extended header: its length counts itself.
func record(key, value string) string {
	rest := " " + key + "=" + value + "\n"
	n := len(rest) + 2
	if n >= 100 {
		n++
	}
	return fmt.Sprint(n) + rest
}

// retype changes the type of the header at an offset, and mends its checksum.
func retype(archive []byte, at int, kind byte) []byte {
	block := archive[at : at+512]
	block[156] = kind
	sum := 0
	for i, c := range block {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
	return archive
}

func TestSparseBombs(t *testing.T) {
	for name, archive := range sparse(t) {
		dir := t.TempDir()
		bounded(t, func() {
			if err := crypt.Unpack(t.Context(), dir, bytes.NewReader(archive), false, nil); !errors.Is(err, crypt.ErrUnsafe) && !errors.Is(err, crypt.ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		})
		for file, content := range readTree(t, dir) {
			t.Errorf("%s: left %s of %d bytes", name, file, len(content))
		}
	}
}

// TestNamesThatLookAlike has names that a person, or some file system, cannot tell
// apart: each is a file of its own, and none takes another's place.
func TestNamesThatLookAlike(t *testing.T) {
	names := []string{
		"café", "cafe\u0301", // normal forms C and D
		"paypal", "pаypal", // the second a is Cyrillic
		"\u212Bngström", "\u00C5ngström", // the sign for the unit, and the letter
		"a\u200bb", "ab", // a space of no width
		"invoice\u202Efdp.exe", "ﬁle", "file",
	}
	dir := t.TempDir()
	src := tape(func(w *tar.Writer) error {
		for i, name := range names {
			content := fmt.Sprint(i)
			if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600, Format: tar.FormatPAX}); err != nil {
				return err
			}
			if _, err := io.WriteString(w, content); err != nil {
				return err
			}
		}
		return nil
	})
	defer src.Close()
	if err := crypt.Unpack(t.Context(), dir, src, false, nil); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, content := range readTree(t, dir) {
		got[content] = true
	}
	if len(got) != len(names) {
		t.Errorf("%d of %d files came out: %v", len(got), len(names), readTree(t, dir))
	}
}

// swapper exchanges a folder for a link to another, once some bytes were read.
type swapper struct {
	after int64
	swap  func()
}

func (s *swapper) Expect(int64) {}

func (s *swapper) Done(n int64) {
	if s.after -= n; s.after <= 0 && s.swap != nil {
		s.swap()
		s.swap = nil
	}
}

// TestFolderSwappedWhileUnpacking exchanges the folder that is unpacked into, or one
// in it, for a link to a folder outside, half-way.
func TestFolderSwappedWhileUnpacking(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege, and open folders cannot be renamed")
	}
	id := x25519(t)
	for _, inner := range []string{"", "sub"} {
		dir, outside := t.TempDir(), t.TempDir()
		tree(t, outside, map[string]string{"only/victim": "safe"})
		var files bytes.Buffer
		w := tar.NewWriter(&files)
		for i := range 8 {
			if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: fmt.Sprintf("sub/%d", i), Size: 1 << 20, Mode: 0o600}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(plaintext(1 << 20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sealed := filepath.Join(dir, "x.tar.age")
		if err := os.WriteFile(sealed, encrypt(t, files.Bytes(), id.Recipient()), 0o600); err != nil {
			t.Fatal(err)
		}
		swapped := false
		err := crypt.DecryptFolder(t.Context(), sealed, filepath.Join(dir, "x"), crypt.FileOptions{Progress: &swapper{4 << 20, func() {
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				if p := filepath.Join(dir, e.Name(), inner); e.IsDir() && os.Rename(p, p+"-moved") == nil {
					swapped = os.Symlink(outside, p) == nil
				}
			}
		}}}, id)
		if !swapped {
			t.Fatalf("%q: nothing was swapped: %v", inner, err)
		}
		if err == nil {
			t.Errorf("%q: the swap went unnoticed", inner)
		}
		if got := readTree(t, outside); len(got) != 1 || got["only/victim"] != "safe" {
			t.Errorf("%q: outside now holds %d files", inner, len(got))
		}
		if _, err := os.Lstat(filepath.Join(dir, "x")); err == nil {
			t.Errorf("%q: a folder appeared all the same", inner)
		}
	}
}

// TestFolderSwappedWhileRenaming exchanges the folder for a link at the last moment.
func TestFolderSwappedWhileRenaming(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege, and open folders cannot be renamed")
	}
	for _, only := range []string{"", "only"} {
		dir, outside := t.TempDir(), t.TempDir()
		tree(t, outside, map[string]string{"only/victim": "safe"})
		folder := filepath.Join(dir, "temporary")
		if err := os.MkdirAll(filepath.Join(folder, only), 0o700); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(folder)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Rename(folder, folder+"-moved"), os.Symlink(outside, folder)); err != nil {
			t.Fatal(err)
		}
		if err := crypt.GiveFolderName(root, folder, filepath.Join(dir, "x")); !errors.Is(err, crypt.ErrUnsafe) {
			t.Errorf("%q: got %v", only, err)
		}
		root.Close()
		if got := readTree(t, outside); len(got) != 1 || got["only/victim"] != "safe" {
			t.Errorf("%q: outside now holds %v", only, got)
		}
		if _, err := os.Lstat(filepath.Join(dir, "x")); err == nil {
			t.Errorf("%q: something got the name all the same", only)
		}
	}
}

func TestUnpackStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	src := tape(func(w *tar.Writer) error {
		for ; n < 1_000_000; n++ {
			if n == 1000 {
				cancel()
			}
			if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "d/"}); err != nil {
				return err
			}
		}
		return nil
	})
	err := crypt.Unpack(ctx, t.TempDir(), src, false, nil)
	src.Close()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
