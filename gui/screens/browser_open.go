package screens

import (
	"context"
	"errors"
	"path"

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
			b.s.Toast(w.T("open.readonly", "name", path.Base(e.Path)), nil)
			return
		}
		b.s.Toast(w.T("open.saved", "name", path.Base(e.Path)), nil)
	}))
}
