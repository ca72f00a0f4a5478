package crypt_test

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt"
)

// FuzzUnpack unpacks anything: whatever comes of it, nothing is made outside the folder,
// and nothing in it but files and folders of names that this system holds.
func FuzzUnpack(f *testing.F) {
	var good bytes.Buffer
	w := tar.NewWriter(&good)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeDir, Name: "d/"},
		{Typeflag: tar.TypeReg, Name: "d/con.txt", Size: 3},
		{Typeflag: tar.TypeReg, Name: "../up"},
		{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "/etc"},
		{Typeflag: tar.TypeReg, Name: "cafe\u0301", Format: tar.FormatPAX},
	} {
		if err := w.WriteHeader(&h); err != nil {
			f.Fatal(err)
		}
		_, _ = io.WriteString(w, "abc"[:h.Size])
	}
	_ = w.Close()
	f.Add(good.Bytes(), true)
	f.Add(good.Bytes()[:1536], false)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, archive []byte, windows bool) {
		windows = windows || runtime.GOOS == "windows"
		dir := t.TempDir()
		in := filepath.Join(dir, "in")
		if err := os.Mkdir(in, 0o700); err != nil {
			t.Fatal(err)
		}
		_ = crypt.Unpack(t.Context(), in, bytes.NewReader(archive), windows, nil)
		if beside, err := os.ReadDir(dir); err != nil || len(beside) != 1 {
			t.Fatalf("beside the folder are %v, %v", beside, err)
		}
		total := int64(0)
		err := filepath.WalkDir(in, func(p string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if !d.IsDir() && !info.Mode().IsRegular() {
				t.Errorf("%q is %v", p, info.Mode())
			}
			if windows && p != in && d.Name() != crypt.WindowsName(d.Name()) {
				t.Errorf("%q is no name of Windows'", d.Name())
			}
			if !d.IsDir() {
				total += info.Size()
			}
			return nil
		})
		if err != nil || total > int64(len(archive)) {
			t.Errorf("%d bytes out of %d, %v", total, len(archive), err)
		}
	})
}
