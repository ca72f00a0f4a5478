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
	"time"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"
)

// Skipped names something in a folder that was left out, since it is neither a
// regular file nor a folder.
type Skipped struct {
	Path string      // relative to the folder, with slashes
	Mode fs.FileMode // its type bits say what it is
}

// ErrUnsafe: an archive holds a name or an entry that would reach outside its
// folder, or that this system cannot hold.
var ErrUnsafe = errors.New("unsafe entry in the archive")

// ErrChanged: a file changed while it was being read.
var ErrChanged = errors.New("the file changed while it was read")

// EncryptFolder encrypts the folder src, with everything below it, as a tar
// archive into the new file dst, with the promises of [EncryptFile]. Names are
// stored in Unicode NFC below the folder's own name; modification times are
// kept to the second, and empty folders too. Links, devices and the like are
// skipped and returned. Nothing outside src is read, even when a folder is
// swapped for a link meanwhile.
func EncryptFolder(ctx context.Context, src, dst string, opts FileOptions, recipients ...age.Recipient) ([]Skipped, error) {
	root, err := os.OpenRoot(src)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	defer root.Close()
	absolute, err := filepath.Abs(src)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	a := &archiver{ctx: ctx, root: root, base: norm.NFC.String(filepath.Base(absolute)), p: OrNoProgress(opts.Progress)}
	if err := a.measure(); err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", src, err)
	}
	err = writeOutput(dst, opts.Replace, func(out io.Writer) error {
		w, err := NewEncryptWriter(out, recipients...)
		if err != nil {
			return err
		}
		defer w.Abort()
		if err := a.write(w); err != nil {
			return fmt.Errorf("encrypt %s: %w", src, err)
		}
		return w.Close()
	})
	return a.skipped, err
}

// archiver writes one folder as a tar archive.
type archiver struct {
	ctx     context.Context
	root    *os.Root
	base    string
	p       Progress
	skipped []Skipped
}

// measure tells the progress how much there is to do.
func (a *archiver) measure() error {
	return fs.WalkDir(a.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			info, err := d.Info()
			if err != nil {
				return err
			}
			a.p.Expect(info.Size())
		}
		return context.Cause(a.ctx)
	})
}

func (a *archiver) write(dst io.Writer) error {
	w := tar.NewWriter(dst)
	err := fs.WalkDir(a.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := context.Cause(a.ctx); err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		stored := path.Join(a.base, norm.NFC.String(name))
		switch {
		case info.IsDir():
			return w.WriteHeader(&tar.Header{
				Typeflag: tar.TypeDir, Name: stored + "/", Mode: 0o755,
				ModTime: info.ModTime().Truncate(time.Second),
			})
		case info.Mode().IsRegular():
			return a.writeFile(w, name, stored)
		}
		a.skipped = append(a.skipped, Skipped{name, info.Mode().Type()})
		return nil
	})
	if err != nil {
		return err
	}
	return w.Close()
}

func (a *archiver) writeFile(w *tar.Writer, name, stored string) error {
	f, err := a.root.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		a.skipped = append(a.skipped, Skipped{name, info.Mode().Type()})
		return nil
	}
	err = w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: stored, Mode: 0o644, Size: info.Size(),
		ModTime: info.ModTime().Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	n, err := io.Copy(w, Reader(a.ctx, f, a.p))
	if errors.Is(err, tar.ErrWriteTooLong) || (err == nil && n != info.Size()) {
		return fmt.Errorf("%s: %w", name, ErrChanged)
	}
	return err
}

// DecryptFolder decrypts the archive src made by [EncryptFolder], or any tar in
// an age file, into the new folder dst, which appears only when it is complete.
// Anything in it that is not a file or a folder, or whose name would reach
// outside dst, ends the run with [ErrUnsafe]. When everything in the archive
// lies in one folder, dst is that folder.
func DecryptFolder(ctx context.Context, src, dst string, opts FileOptions, identities ...age.Identity) error {
	in, err := openRegular(src, opts.Progress)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	defer in.Close()
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("create %s: %w", dst, ErrExists)
	}
	temporary := filepath.Join(filepath.Dir(dst), temporaryName())
	if err := os.Mkdir(temporary, 0o700); err != nil {
		return fmt.Errorf("create %s: %w", dst, err)
	}
	defer os.RemoveAll(temporary)
	r, err := NewDecryptReader(Reader(ctx, in, opts.Progress), identities...)
	if err != nil {
		return fmt.Errorf("decrypt %s: %w", src, err)
	}
	defer r.Close()
	if err := unpack(temporary, r); err != nil {
		return fmt.Errorf("decrypt %s: %w", src, err)
	}
	whole := temporary
	if only, err := os.ReadDir(temporary); err == nil && len(only) == 1 && only[0].IsDir() {
		whole = filepath.Join(temporary, only[0].Name())
	}
	if err := os.Rename(whole, dst); err != nil {
		return fmt.Errorf("create %s: %w", dst, err)
	}
	return nil
}

// unpack extracts the tar archive src into the empty folder dst.
func unpack(dst string, src io.Reader) error {
	root, err := os.OpenRoot(dst)
	if err != nil {
		return err
	}
	defer root.Close()
	times := map[string]time.Time{}
	archive := tar.NewReader(src)
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return archiveError(err)
		}
		name := filepath.FromSlash(path.Clean(h.Name))
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%w: %q", ErrUnsafe, h.Name)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
			times[name] = h.ModTime
		case tar.TypeReg:
			err = unpackFile(root, name, archive, h.ModTime)
		default:
			err = fmt.Errorf("%w: %q is neither a file nor a folder", ErrUnsafe, h.Name)
		}
		if err != nil {
			return err
		}
	}
	for name, t := range times { // last, since files in a folder change its time
		_ = root.Chtimes(name, t, t)
	}
	// The padding after the archive's end must be authentic too.
	_, err = io.Copy(io.Discard, src)
	return err
}

func unpackFile(root *os.Root, name string, src io.Reader, modified time.Time) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, src); err != nil {
		f.Close()
		return archiveError(err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return root.Chtimes(name, modified, modified)
}

// archiveError names a broken archive inside an authentic stream as damage.
func archiveError(err error) error {
	if errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
