package screens

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"stowage/crypt"
	"stowage/crypt/runnable"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/gui/editing"
	"stowage/gui/jobs"
)

// openSelected opens the selected file in the program that the desktop has for it.
func (b *browser) openSelected() {
	if e, ok := b.selectedFile(); ok {
		b.openIn(e)
	}
}

// openIn decrypts a file into the private folder, and has its program open it. What the
// program writes is stored again.
func (b *browser) openIn(e stick.Entry) {
	w := b.s.Words
	if b.s.Services.Opener == nil {
		b.saveCopy()
		return
	}
	if b.o.files == nil {
		files, err := editing.New(b.o.k.private, b.o.stick)
		if err != nil {
			b.s.Fail(err)
			return
		}
		b.o.files = files
	}
	files := b.o.files
	b.follow(jobs.Run(b.s.Jobs, w.T("browser.opening"), func(ctx context.Context, p jobs.Progress) (string, error) {
		local, err := files.Open(ctx, e.Path, p)
		if err == nil {
			err = b.s.Services.Opener.Open(local)
		}
		return local, err
	}, func(_ string, err error) {
		if errors.Is(err, stick.ErrGone) {
			b.o.pulled()
			return
		}
		if err != nil {
			b.s.Fail(err)
			return
		}
		if b.o.stick.ReadOnly() {
			b.s.Toast(w.T("open.readonly", "name", baseName(e.Path)), nil)
			return
		}
		b.s.Toast(w.T("open.saved", "name", baseName(e.Path)), nil)
	}))
}

// copyFile copies a file of this computer into a folder, under a name that is free.
func copyFile(ctx context.Context, from, folder, name string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	_, err = writeCopy(ctx, r, folder, name, info.ModTime(), nil)
	return err
}

// writeCopy writes a file into a folder of this computer, under a name that is free,
// and returns that name. A failed run leaves nothing.
func writeCopy(ctx context.Context, r io.Reader, folder, name string, changed time.Time, p crypt.Progress) (string, error) {
	root, err := os.OpenRoot(folder) // what is put in its place meanwhile is not written to
	if err != nil {
		return "", err
	}
	defer root.Close()
	to, err := freeLocal(root, crypt.WindowsName(name))
	for _, other := range crypt.FallbackNames(crypt.WindowsName(name)) {
		if err == nil || !crypt.NameRefused(err) {
			break
		}
		to, err = freeLocal(root, other)
	}
	if err != nil {
		return "", err
	}
	out, err := safefile.CreateIn(root, to, false)
	if err != nil {
		return "", err
	}
	defer out.Discard()
	if _, err := io.Copy(out, crypt.Reader(ctx, r, p)); err != nil {
		return "", err
	}
	out.SetModified(changed)
	out.SetMark(runnable.Mark)
	return to, out.Commit()
}

// freeLocal is a name in a folder of this computer that is free.
func freeLocal(root *os.Root, name string) (string, error) {
	ext := filepath.Ext(name)
	for n := 1; n < 10000; n++ {
		try := name
		if n > 1 {
			try = numbered(name[:len(name)-len(ext)], ext, n)
		}
		if _, err := root.Lstat(try); errors.Is(err, os.ErrNotExist) {
			return try, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", safefile.ErrExists
}
