package screens

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"stowage/crypt"
	"stowage/crypt/runnable"
	"stowage/crypt/safefile"
	"stowage/crypt/stick"
	"stowage/gui/editing"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// orphan is what was changed and not stored when a stick was pulled out: it stays in its
// private folder until it is on the stick again, was copied elsewhere, or given up.
type orphan struct {
	id    string // of the stick
	files *editing.Folder
}

// unstored are the files of a private folder that were changed and are not on the stick.
func unstored(files *editing.Folder) []editing.File {
	if files == nil {
		return nil
	}
	return slices.DeleteFunc(files.Files(), func(f editing.File) bool { return !f.Changed })
}

// copyUnsaved keeps what was changed and not stored: in a folder that is chosen.
func (o *stickSession) copyUnsaved(unsaved []editing.File) {
	w := o.s.Words
	o.s.Choose.Folder(w.T("stick.pulled.copy"), func(to string) {
		form.AskPlain(o.s, []string{to}, func() { o.copyUnsavedTo(unsaved, to) })
	})
}

func (o *stickSession) copyUnsavedTo(unsaved []editing.File, to string) {
	w := o.s.Words
	jobs.Run(o.s.Jobs, w.T("browser.copying"), func(ctx context.Context, _ jobs.Progress) (int, error) {
		for i, f := range unsaved {
			if err := copyFile(ctx, f.Local, to, path.Base(f.Path)); err != nil {
				return i, err
			}
		}
		return len(unsaved), nil
	}, func(n int, err error) {
		if err != nil {
			o.s.Fail(err)
			return
		}
		o.s.Toast(w.N("browser.copied", n), nil)
		o.k.setNews(widgets.Message{}, "")
		o.k.wipeOrphans(func(orphan) bool { return true })
	})
}

// wipeOrphans removes private folders that are of no more use.
func (k *sticks) wipeOrphans(done func(orphan) bool) {
	var wipe []orphan
	k.orphans = slices.DeleteFunc(k.orphans, func(o orphan) bool {
		if done(o) {
			wipe = append(wipe, o)
			return true
		}
		return false
	})
	go func() {
		for _, o := range wipe {
			_, _ = o.files.Close() // what is left is wiped at the next start
		}
		k.s.Do(k.refreshList)
	}()
}

// adopt stores on a stick that was plugged in again what was changed before it was
// pulled out.
func (k *sticks) adopt(o *stickSession) {
	id := o.stick.Note().ID
	mine := func(p orphan) bool { return p.id == id }
	var unsaved []editing.File
	for _, p := range k.orphans {
		if mine(p) {
			unsaved = append(unsaved, unstored(p.files)...)
		}
	}
	if len(unsaved) == 0 || o.stick.ReadOnly() {
		return
	}
	jobs.Run(k.s.Jobs, k.s.Words.T("stick.saving"), func(ctx context.Context, p jobs.Progress) (int, error) {
		for i, f := range unsaved {
			if err := putBack(ctx, o.stick, f, p); err != nil {
				return i, err
			}
		}
		return len(unsaved), nil
	}, func(n int, err error) {
		o.noteStored(n)
		if err != nil {
			k.s.Fail(err)
			return
		}
		k.s.Toast(k.s.Words.T("stick.adopted", "names", k.s.Words.List(namesOf(unsaved))), nil)
		k.setNews(widgets.Message{}, "")
		k.wipeOrphans(mine)
	})
}

// putBack stores one file under the name that it had.
func putBack(ctx context.Context, s *stick.Stick, f editing.File, p jobs.Progress) error {
	r, err := os.Open(f.Local)
	if err != nil {
		return err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	result, err := s.PutReader(ctx, f.Path, r, info.ModTime(), stick.PutOptions{Clash: stick.Replace, Progress: p})
	if err == nil && len(result.Skipped) > 0 {
		err = result.Skipped[0].Err
	}
	return err
}

// atClose asks before the window closes over what was changed and is nowhere else.
func (k *sticks) atClose(proceed func()) {
	if len(k.orphans) == 0 {
		proceed()
		return
	}
	w := k.s.Words
	k.s.Ask(widgets.Question{
		Title: w.T("lock.unsaved"), Text: w.T("lock.unsaved.close"), Yes: w.T("lock.unsaved.give"), No: w.T("lock.no"), Danger: true,
	}, func(yes bool) {
		if !yes {
			return
		}
		for _, o := range k.orphans {
			_, _ = o.files.Close() // what is left is wiped at the next start
		}
		k.orphans = nil
		proceed()
	})
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
