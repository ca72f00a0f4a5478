package screens

import (
	"context"
	"errors"
	"path"
	"slices"

	"stowage/crypt/stick"
	"stowage/gui"
	"stowage/gui/editing"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// openSelected opens the selected file in the program that the desktop has for it.
func (b *browser) openSelected() {
	if e, ok := b.selectedFile(); ok {
		b.openIn(e)
	}
}

// openIn decrypts a file into the private folder, and has its program open it. What the
// program writes is stored again. What no program opens does not stay there, and is shown
// inside the window where that can be.
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
		before := slices.ContainsFunc(files.Files(), func(f editing.File) bool { return f.Path == e.Path })
		local, err := files.Open(ctx, e.Path, p)
		if err != nil {
			return "", err
		}
		err = b.s.Services.Opener.Open(local)
		if err != nil && !before {
			err = errors.Join(err, files.Discard(e.Path))
		}
		return local, err
	}, func(_ string, err error) {
		if errors.Is(err, stick.ErrGone) {
			b.o.pulled()
			return
		}
		if errors.Is(err, gui.ErrNoProgram) {
			b.noProgram(e)
			return
		}
		if err != nil {
			b.s.Fail(err)
			return
		}
		if b.o.stick.ReadOnly() {
			b.s.Toast(w.T("open.readonly", "name", path.Base(e.Path)), nil)
			return
		}
		b.s.Toast(w.T("open.saved", "name", path.Base(e.Path)), nil)
	}))
}

// noProgram says that this computer has no program for a file, and shows it instead where
// it can.
func (b *browser) noProgram(e stick.Entry) {
	w, name := b.s.Words, path.Base(e.Path)
	if viewable(e) {
		b.view(e)
		b.s.Toast(w.T("open.noprogram", "name", name), nil)
		return
	}
	b.s.Tell(widgets.Message{
		Happened: w.T("open.noprogram.kind", "name", name), Files: w.T("viewer.cannot.files"), Next: w.T("open.noprogram.next"),
		Do: widgets.Command{Name: w.T("browser.copy"), Run: b.saveCopy},
	})
}
