package crypt

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"stowage/crypt/safefile"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"
)

// copySize is how much of a file is read at a time.
const copySize = 256 << 10

// Skipped names something in a folder that was left out, since it is neither a
// regular file nor a folder.
type Skipped struct {
	Path string      // relative to the folder, with slashes
	Mode fs.FileMode // its type bits say what it is
}

// EncryptFolder encrypts the folder src, with everything below it, as a tar
// archive into the new file dst, with the promises of [EncryptFile]. The same
// tree gives the same archive: names are in Unicode NFC, below the folder's own
// name and in order, modification times are to the second, and who owns a file
// and may read it is left out. Empty folders are kept. Links, devices and the
// like are skipped and returned, and dst itself is when it lies in src. Nothing
// outside src is read, even when a folder is swapped for a link meanwhile.
func EncryptFolder(ctx context.Context, src, dst string, opts FileOptions, recipients ...age.Recipient) ([]Skipped, error) {
	root, err := os.OpenRoot(src)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	a, err := newArchiver(ctx, root, src, opts.Progress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src, err)
	}
	if old, err := os.Lstat(dst); err == nil {
		a.outputs = append(a.outputs, old)
	}
	out, err := safefile.Create(dst, opts.Replace)
	if err != nil {
		return nil, err
	}
	defer out.Discard()
	own, err := out.Stat()
	if err != nil {
		return nil, err
	}
	a.outputs = append(a.outputs, own)
	if err := a.encrypt(out, recipients); err != nil {
		return nil, fmt.Errorf("%s: %w", src, err)
	}
	return a.skipped, out.Commit()
}

// archiver writes one folder as a tar archive.
type archiver struct {
	ctx     context.Context
	root    *os.Root
	p       Progress
	outputs []fs.FileInfo     // what is not archived, since it is the result
	base    string            // what the folder itself is called in the archive
	folders map[string]string // what the folders seen so far are called in the archive
	buf     []byte
	skipped []Skipped
}

func newArchiver(ctx context.Context, root *os.Root, src string, p Progress) (*archiver, error) {
	absolute, err := filepath.Abs(src)
	if err != nil {
		return nil, err
	}
	base := norm.NFC.String(filepath.Base(absolute))
	if !fs.ValidPath(base) || base == "." || filepath.VolumeName(base) != "" || base == `\` {
		base = "files" // the root of a drive has no name
	}
	return &archiver{ctx: ctx, root: root, p: OrNoProgress(p), base: base, folders: map[string]string{}, buf: make([]byte, copySize)}, nil
}

func (a *archiver) encrypt(dst io.Writer, recipients []age.Recipient) error {
	if err := a.measure(); err != nil {
		return err
	}
	w, err := NewEncryptWriter(dst, recipients...)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := a.write(w); err != nil {
		return err
	}
	return w.Close()
}

// walk calls do for everything in the folder, in the order of the names.
func (a *archiver) walk(do func(name string, info fs.FileInfo) error) error {
	return fs.WalkDir(a.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = context.Cause(a.ctx)
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return do(name, info)
	})
}

// measure reports to the progress how much there is to do.
func (a *archiver) measure() error {
	n := 0
	return a.walk(func(_ string, info fs.FileInfo) error {
		if n++; n > maxEntries {
			return ErrTooMany
		}
		if info.Mode().IsRegular() {
			a.p.Expect(info.Size())
		}
		return nil
	})
}

func (a *archiver) write(dst io.Writer) error {
	w := tar.NewWriter(dst)
	err := a.walk(func(name string, info fs.FileInfo) error {
		switch {
		case info.IsDir():
			return w.WriteHeader(&tar.Header{
				Typeflag: tar.TypeDir, Name: a.storedName(name, info) + "/", Mode: 0o755,
				ModTime: info.ModTime().Truncate(time.Second),
			})
		case info.Mode().IsRegular():
			return a.writeFile(w, name)
		}
		a.skipped = append(a.skipped, Skipped{name, info.Mode().Type()})
		return nil
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// storedName is what something is called in the archive: its own name in NFC,
// unless its folder also holds something else of that name.
func (a *archiver) storedName(name string, info fs.FileInfo) string {
	dir, own := path.Dir(name), path.Base(name)
	composed := norm.NFC.String(own)
	if composed != own {
		other, err := a.root.Lstat(filepath.FromSlash(path.Join(dir, composed)))
		if err == nil && !os.SameFile(info, other) {
			composed = own
		}
	}
	stored := path.Join(a.folders[dir], composed)
	if name == "." {
		stored = a.base
	}
	if info.IsDir() {
		a.folders[name] = stored
	}
	return stored
}

func (a *archiver) writeFile(w *tar.Writer, name string) error {
	f, err := a.root.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(a.outputs, func(o fs.FileInfo) bool { return os.SameFile(o, info) }) {
		return nil
	}
	if !info.Mode().IsRegular() {
		a.skipped = append(a.skipped, Skipped{name, info.Mode().Type()})
		return nil
	}
	err = w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: a.storedName(name, info), Mode: 0o644, Size: info.Size(),
		ModTime: info.ModTime().Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, Reader(a.ctx, f, a.p), a.buf)
	if errors.Is(err, tar.ErrWriteTooLong) || (err == nil && n != info.Size()) {
		return fmt.Errorf("%s: %w", name, ErrChanged)
	}
	return err
}
